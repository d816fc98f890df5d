"""The tables without restricted sites: their rows keep action and year under another name, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from assetopt.report.audience.hidden import Hidden
from assetopt.report.audience.summary import band
from assetopt.report.tables import Field, Table

NO_PLACES = ("everyone", "imd_decile", "rural", "group")
"""How people are grouped other than by place; every other breakdown is a column that may be one."""

BAND = Field("receipt_band", "text", "Net receipt, band")
_BY_ZONE = ("access_zones", "access_losers", "access_winners", "assignment")
_WORST = ("worst_zone", "worst_zone_extra")
_OWN_RECEIPT = ("receipt", "receipt_kept", "side_payment", "side_payments")


def redacted(tables: Mapping[str, Table], hidden: Hidden, known: frozenset[str]) -> dict[str, Table]:
    """Return tables in which nothing tells name, place or value of what is kept back.

    Parameters
    ----------
    tables : mapping of str to Table
        Made of ledgers without them (`without`).
    hidden : Hidden
    known : frozenset of str
        Standards that are tested place by place.
    """
    out = closed_services(tables, hidden.services, known)
    for name, key in (("sites", "site_id"), ("interventions", "site_id")):
        out[name] = _emptied(
            out[name], out[name].frame[key].isin(hidden.sites), ("action", "year", "partner_id", "tenure")
        )
    out["teams"] = _emptied(
        out["teams"], out["teams"].frame["team_id"].isin(hidden.teams), ("action", "year", "share", "partner_id")
    )
    out["service_points"] = kept(out["service_points"], ~out["service_points"].frame["site_id"].isin(hidden.sites))
    out["rooms"] = kept(out["rooms"], ~out["rooms"].frame["site_id"].isin({*hidden.sites, *hidden.hosts}))
    if hidden.sites:
        hosts = out["sites"].frame["site_id"].isin(hidden.hosts)  # their use is not in the ledger here
        out["sites"] = filled(out["sites"], hosts, running_cost=None, running_cost_today=None)
        out["payments"] = kept(out["payments"], False)
        out["cash"] = filled(out["cash"], True, fund="")
        terms = out["heads_of_terms"]
        theirs = [bool(set(text.split("; ")) & set(hidden.teams)) for text in terms.frame["teams"]]
        terms = filled(terms, pd.Series(theirs, dtype=bool), **dict.fromkeys(_OWN_RECEIPT))
        terms = filled(terms, terms.frame["site_id"].isin(hidden.hosts), annual_charge=None)
        out["heads_of_terms"] = kept(terms, ~terms.frame["site_id"].isin(hidden.sites))
    return {name: scrubbed(table, hidden) for name, table in out.items()}


def closed_services(tables: Mapping[str, Table], services: frozenset[str], known: frozenset[str]) -> dict[str, Table]:
    """Return the tables with the access of some services by group alone: no zone, district, ward or service point."""
    out = dict(tables)
    for name in (*_BY_ZONE, "service_points"):
        out[name] = kept(out[name], ~out[name].frame["service_type"].isin(services))
    for name in ("access", "access_groups"):
        frame = out[name].frame
        of = frame["service_type"].isin(services)
        placed = ~frame["breakdown"].isin(NO_PLACES) if "breakdown" in frame else frame["standard_id"].isin(known)
        blank = filled(out[name], of, **dict.fromkeys(_WORST))
        out[name] = kept(blank, ~(of & placed))
    if services:
        cumulative = out["access_cumulative"].frame
        by_group = (cumulative["kind"] == "group") & cumulative["breakdown"].isin(NO_PLACES)
        out["access_cumulative"] = kept(out["access_cumulative"], by_group)
    return out


def banded(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Return the tables with receipts in bands, and without what would tell them exactly."""
    out = dict(tables)
    sites = out["sites"]
    frame = sites.frame.assign(
        receipt_band=[band(amount) if amount == amount else "" for amount in sites.frame["receipt"]],
        receipt=np.nan,
        npv_change=np.nan,
        reason=[without_money(text) for text in sites.frame["reason"]],
    )
    out["sites"] = replace(
        sites, fields=(*sites.fields, BAND), frame=frame.astype({"receipt_band": "str", "reason": "str"})
    )
    out["heads_of_terms"] = filled(out["heads_of_terms"], True, **dict.fromkeys(_OWN_RECEIPT))
    out["payments"] = kept(out["payments"], False)
    out["cash"] = filled(out["cash"], True, fund="")
    return out


def without_money(text: str) -> str:
    """Return a reason without its parts that state pounds."""
    return "; ".join(part for part in text.split("; ") if "£" not in part)


def kept(table: Table, rows: pd.Series | bool) -> Table:
    """Return the table with these rows alone."""
    chosen = np.full(len(table.frame), rows) if isinstance(rows, bool) else rows.to_numpy(dtype=bool)
    return replace(table, frame=table.frame[chosen].reset_index(drop=True))


def filled(table: Table, rows: pd.Series | bool, **values: object) -> Table:
    """Return the table with columns set in these rows; None empties them."""
    at = np.full(len(table.frame), rows) if isinstance(rows, bool) else rows.to_numpy(dtype=bool)
    frame, kinds = table.frame.copy(), {field.name: field.kind for field in table.fields}
    for name, value in values.items():
        if name not in kinds:
            continue
        empty: object = "" if kinds[name] == "text" else np.nan
        frame[name] = frame[name].where(~at, empty if value is None else value)
    return replace(table, frame=frame)


def _emptied(table: Table, rows: pd.Series, told: tuple[str, ...]) -> Table:
    """Return the table with everything emptied in these rows but the ids, which are renamed later, and what is told."""
    ids = (*table.key, "site_id", "home")
    gone = {field.name: None for field in table.fields if field.name not in (*told, *ids)}
    if "reason" in gone:
        return filled(table, rows, **(gone | {"reason": "restricted"}))
    return filled(table, rows, **gone)


def scrubbed(table: Table, hidden: Hidden) -> Table:
    """Return the table with every text free of what is kept back, sorted anew."""
    if not hidden.words:
        return table
    frame = table.frame.copy()
    for field in table.fields:
        if field.kind == "text":
            texts = frame[field.name]
            new = {text: _each(text, hidden) for text in texts.unique()}
            frame[field.name] = texts.map(new).astype("str")
    frame = frame.sort_values(list(table.key), kind="stable", ignore_index=True)
    return replace(table, frame=frame)


def _each(text: str, hidden: Hidden) -> str:
    return "; ".join(hidden.scrub(part) for part in text.split("; "))
