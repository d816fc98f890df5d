"""A report as one audience may see it: tables, totals, document and map, all made of what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from assetopt.estate.standards_words import EVERYONE, PER_GROUP
from assetopt.problem import Problem
from assetopt.report.audience.audience import Audience, audience_for
from assetopt.report.audience.hidden import Hidden, hidden_of, nothing_hidden
from assetopt.report.audience.money import presses_on_others, visible_totals, without, without_pounds
from assetopt.report.audience.partner import partner_tables
from assetopt.report.audience.public import public_tables
from assetopt.report.audience.redacted import NO_PLACES, banded, redacted
from assetopt.report.audience.summary import Line, band, summary_table
from assetopt.report.document import plan_document, scenario_document
from assetopt.report.layers import Layer, plan_layers
from assetopt.report.tables import IN_PLAN, Table, report_tables, table_of
from assetopt.result import Result

Totals = dict[str, float | int | str | None]

SETTINGS = ("name", "appraisal", "rules", "objective")
"""What a report for one partner or for everybody says of the scenario; the rest may name sites, sums and partners."""


@dataclass(frozen=True)
class View:
    """What one audience may see of a plan.

    Attributes
    ----------
    audience : Audience
    result : Result
        For what is said of certificate and scenario; its ledgers hold nothing that is kept back.
    tables : mapping of str to Table
    totals : dict
        None where a total is kept back.
    document : dict
        ``plan.json``, with the key ``audience``.
    layers : tuple of Layer
    """

    audience: Audience
    result: Result
    tables: Mapping[str, Table]
    totals: Totals
    document: dict[str, object]
    layers: tuple[Layer, ...]


def view_of(result: Result, audience: Audience) -> View:
    """Return what an audience may see of a result that has a plan.

    Raises
    ------
    DataError
        Where there is no such partner.
    ValueError
        For the audience that sees everything: its report is the plan's own.
    """
    if audience.everything or result.plan is None:
        raise ValueError("a view keeps something back; the full report is written by write_report")
    problem = result.problem
    audience_for(problem, redact=audience.redact, band=audience.band, partner=audience.partner, public=audience.public)
    shields = audience.redact or bool(audience.partner)
    hidden = (
        hidden_of(problem, result.plan, "" if audience.redact else audience.partner) if shields else nothing_hidden()
    )
    known = by_place(problem)
    if audience.partner or audience.public:
        shown, tables, totals = _of_many(result, audience, hidden, known)
    else:
        shown, tables, totals = _redacted(result, audience, hidden, known)
    document = _document(shown, audience, hidden, tables, totals)
    status = str(result.totals["plan_status"])
    on_map = {name: tables.get(name) or table_of(name, pd.DataFrame()) for name in ("sites", "teams", "access_zones")}
    return View(audience, shown, tables, totals, document, plan_layers(problem.estate, on_map, status))


def by_place(problem: Problem) -> frozenset[str]:
    """Return the standards that hold in every district, or in every value of another column that may be a place."""
    standards = problem.estate.standards
    if not len(standards):
        return frozenset()
    per = standards["per"].astype(str)
    return frozenset(standards.loc[~per.isin([*EVERYONE, PER_GROUP, *NO_PLACES]), "standard_id"].astype(str))


def _redacted(
    result: Result, audience: Audience, hidden: Hidden, known: frozenset[str]
) -> tuple[Result, dict[str, Table], Totals]:
    bands = audience.band or presses_on_others(result, hidden)
    shown = without(result, hidden, bands)
    tables = redacted(report_tables(shown, weighed=not (hidden.sites or bands)), hidden, known)
    if bands:
        receipts = float(np.nansum(tables["sites"].frame["receipt"]))
        tables = banded(tables)
        line = Line("all partners", "net receipts", "£", None, band(receipts))
        tables["in_total"] = summary_table([line])
    return shown, tables, visible_totals(shown, result, hidden, bands)


def _of_many(
    result: Result, audience: Audience, hidden: Hidden, known: frozenset[str]
) -> tuple[Result, dict[str, Table], Totals]:
    base, tables = result, report_tables(result, weighed=False)
    own = result, tables
    if hidden.sites:
        base = without(result, hidden, receipts=False)
        tables = redacted(report_tables(base, weighed=False), hidden, known)
    if audience.public:
        seen = public_tables(base, tables, hidden, known, str(result.totals["plan_status"]))
    else:
        own = (base, tables) if audience.redact else own
        seen = partner_tables(own, (base, tables), audience.partner, hidden, known)
    totals: Totals = dict.fromkeys(result.totals) | {"plan_status": result.totals["plan_status"]}
    told = {str(row["item"]): row for row in seen["in_total"].records() if row["who"] == "all partners"}
    for item, name in (("sites that could close", "sites_disposed"), ("teams that could move", "teams_moved")):
        amount = told.get(item, {}).get("amount")
        totals[name] = None if amount is None else int(amount)  # type: ignore[call-overload]
    for item, name in (("saving to the public purse, present value", "npv_saving"), ("net receipts", "receipts"),
                       ("capital for works", "capital")):  # fmt: skip
        totals[name] = told.get(item, {}).get("amount")  # type: ignore[assignment]
    assert result.recount is not None
    verdict = replace(result.recount.verdict, objective_recomputed=None)
    shown = replace(
        result, certificate=without_pounds(result.certificate), recount=replace(result.recount, verdict=verdict), proof=None,
        programme=None,
    )  # fmt: skip
    return shown, seen, totals


def _document(
    shown: Result, audience: Audience, hidden: Hidden, tables: Mapping[str, Table], totals: Totals
) -> dict[str, object]:
    """Return ``plan.json`` of a view: the keys of the full one, empty where kept back, and what that is."""
    empty = {name: tables.get(name) or table_of(name, pd.DataFrame()) for name in IN_PLAN}
    out = plan_document(
        shown, {}, empty, totals=totals, warnings=not (audience.partner or audience.public or hidden.sites)
    )
    scenario = scenario_document(shown.problem.scenario)
    if audience.partner or audience.public:
        scenario = {name: scenario[name] for name in SETTINGS if name in scenario}
    out["scenario"] = hidden.scrubbed(scenario)
    out["certificate"] = hidden.scrubbed(out["certificate"])
    out["audience"] = audience.as_dict()
    if "in_total" in tables:
        out["in_total"] = tables["in_total"].records()
    return out
