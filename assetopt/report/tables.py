"""The tables of a report: which columns, in which order and unit, rounded how; one truth for JSON, CSV and workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from assetopt.plan import table_records

if TYPE_CHECKING:
    from assetopt.result import Result

Kind = Literal["text", "year", "count", "money", "share", "exact_share", "people", "travel", "flag", "number"]

DECIMALS: dict[Kind, int] = {"money": 2, "share": 6, "people": 2, "travel": 2, "number": 9}
"""Decimals to which a number is rounded; kinds that are not named are kept in full."""


@dataclass(frozen=True)
class Field:
    """One column: its name, what it holds, and its heading in the workbook (with the unit)."""

    name: str
    kind: Kind
    heading: str


@dataclass(frozen=True)
class Table:
    """One table of a report, rounded, in fixed order.

    Attributes
    ----------
    name : str
        File name without ``.csv``.
    fields : tuple of Field
    key : tuple of str
        Columns that name a row in messages.
    frame : DataFrame
        Exactly the columns of ``fields``; text is "" where missing, numbers NaN.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    frame: pd.DataFrame

    def records(self) -> list[dict[str, object]]:
        """Return the rows as JSON objects."""
        return table_records(self.frame)


def _fields(*triples: tuple[str, Kind, str]) -> tuple[Field, ...]:
    return tuple(Field(*triple) for triple in triples)


FIELDS: dict[str, tuple[Field, ...]] = {
    "sites": _fields(
        ("site_id", "text", "Site"), ("partner_id", "text", "Partner"), ("action", "text", "Action"),
        ("year", "year", "Year (first of the financial year)"), ("reason", "text", "Reason"),
        ("name", "text", "Name"), ("tenure", "text", "Tenure"),
        ("npv_change", "money", "Change in the site's own cost (£, present value)"),
        ("receipt", "money", "Net receipt (£)"), ("exit_year", "year", "Year in which payments end"),
    ),
    "teams": _fields(
        ("team_id", "text", "Team"), ("action", "text", "Action"), ("site_id", "text", "Site"),
        ("year", "year", "Year (first of the financial year)"), ("share", "exact_share", "Share of the team"),
        ("partner_id", "text", "Partner"), ("name", "text", "Name"), ("service_type", "text", "Service"),
        ("home", "text", "Site today"),
    ),
    "interventions": _fields(
        ("intervention_id", "text", "Intervention"), ("site_id", "text", "Site"), ("action", "text", "Action"),
        ("year", "year", "Year (first of the financial year)"),
        ("capital", "money", "Capital with optimism bias (£)"),
    ),
    "access": _fields(
        ("standard_id", "text", "Standard"), ("measure", "text", "Measure"), ("service_type", "text", "Service"),
        ("mode", "text", "Mode"), ("basis", "text", "Travel times"), ("force", "text", "Force"),
        ("group", "text", "Group"), ("people", "people", "People"),
        ("required", "people", "People asked (mean: limit)"),
        ("served_today", "people", "People served today"),
        ("served_worst_year", "people", "People served in the worst year"), ("worst_year", "year", "Worst year"),
        ("served", "people", "People served after"), ("share_required", "share", "Share asked"),
        ("share_today", "share", "Share today"), ("share", "share", "Share after"), ("holds", "flag", "Holds"),
        ("mean_today", "travel", "Mean today (minutes)"), ("mean", "travel", "Mean after (minutes)"),
        ("p90_today", "travel", "90 % within, today (minutes)"), ("p90", "travel", "90 % within, after (minutes)"),
        ("p95_today", "travel", "95 % within, today (minutes)"), ("p95", "travel", "95 % within, after (minutes)"),
        ("max_today", "travel", "Furthest today (minutes)"), ("max", "travel", "Furthest after (minutes)"),
        ("people_further", "people", "People with further to go"), ("worst_zone", "text", "Zone that loses most"),
        ("worst_zone_extra", "travel", "It loses (minutes)"),
    ),
    "cash": _fields(
        ("partner_id", "text", "Partner"), ("year", "year", "Year (first of the financial year)"),
        ("head", "text", "Head"), ("kind", "text", "Kind"), ("economic", "money", "Public purse (£ real)"),
        ("cash_real", "money", "Cash (£ real)"), ("cash_nominal", "money", "Cash (£ nominal)"),
        ("economic_today", "money", "Public purse, as today (£ real)"),
        ("cash_real_today", "money", "Cash, as today (£ real)"),
        ("cash_nominal_today", "money", "Cash, as today (£ nominal)"), ("fund", "text", "Funds that pay"),
    ),
    "transfers": _fields(
        ("year", "year", "Year (first of the financial year)"), ("payer", "text", "Payer"), ("payee", "text", "Payee"),
        ("head", "text", "Head"), ("amount", "money", "Amount (£ real)"),
        ("amount_nominal", "money", "Amount (£ nominal)"), ("item", "text", "What for"),
    ),
    "bridge": _fields(
        ("partner_id", "text", "Partner (_all: together)"), ("step", "count", "Step"), ("item", "text", "Item"),
        ("what", "text", "What it is"), ("sum", "flag", "Sum of those above"), ("amount", "money", "Plan (£)"),
        ("amount_today", "money", "As today (£)"),
    ),
    "budget": _fields(
        ("partner_id", "text", "Partner (_all: together)"), ("year", "year", "Year (first of the financial year)"),
        ("kind", "text", "Kind"), ("real", "money", "Plan (£ real)"), ("nominal", "money", "Plan (£ nominal)"),
        ("real_today", "money", "Today's budget (£ real)"), ("nominal_today", "money", "Today's budget (£ nominal)"),
        ("change_real", "money", "Change (£ real)"), ("change_nominal", "money", "Change (£ nominal)"),
        ("backlog", "money", "of the plan: backlog (£ real)"),
        ("backlog_today", "money", "of today's budget: backlog (£ real)"),
        ("service_closure", "money", "of the plan: closing teams (£ real)"),
        ("net_capital_to_date", "money", "Capital beyond today's less receipts, to date (£ real)"),
    ),
    "heads_of_terms": _fields(
        ("site_id", "text", "Site"), ("occupier_partner_id", "text", "Occupier"), ("host_partner_id", "text", "Host"),
        ("teams", "text", "Teams"), ("fte", "people", "FTE"), ("space", "text", "Space (unit of the space type)"),
        ("area_m2", "people", "Floor with its part of common parts (m2)"),
        ("common_parts", "share", "Common parts"), ("basis", "text", "Basis of charge"), ("share", "share", "Share of cost"),
        ("agreed", "flag", "In cost_shares"), ("rent_policy", "text", "Rent"),
        ("annual_charge", "money", "Charge in the last decision year (£ a year, real)"),
        ("start_year", "year", "First year"), ("there_today", "flag", "There today"),
        ("exit_notice_months", "number", "Notice (months)"), ("works", "text", "Works"),
        ("works_cost", "money", "Cost of works (£)"), ("works_payer", "text", "Who pays for works"),
        ("receipt", "money", "Net receipt of the buildings left (£)"), ("receipt_kept", "money", "of which kept (£)"),
        ("side_payment", "money", "Side payments by the occupier (£ real)"), ("side_payments", "text", "Side payments by year"),
    ),
    "payments": _fields(
        ("year", "year", "Year (first of the financial year)"), ("fund_id", "text", "Fund"), ("partner_id", "text", "Partner"),
        ("kind", "text", "Kind"), ("head", "text", "Head"), ("amount", "money", "Paid (£ real)"),
    ),
    "assumptions": _fields(
        ("table", "text", "Table"), ("column", "text", "Column"), ("rows", "count", "Rows"),
        ("parameter", "text", "Parameter"), ("value", "number", "Value"), ("unit", "text", "Unit"),
        ("source", "text", "Source"), ("confidence", "text", "Confidence"), ("note", "text", "Note"),
    ),
}  # fmt: skip
"""Every table of a report, in the order of the files; columns are added, never renamed, dropped or moved."""

KEYS: dict[str, tuple[str, ...]] = {
    "sites": ("site_id",),
    "teams": ("team_id", "site_id"),
    "interventions": ("intervention_id",),
    "access": ("standard_id", "measure", "group"),
    "cash": ("partner_id", "year", "head", "kind"),
    "transfers": ("year", "payer", "payee", "head", "item"),
    "bridge": ("partner_id", "step"),
    "budget": ("partner_id", "year", "kind"),
    "heads_of_terms": ("site_id", "occupier_partner_id"),
    "payments": ("year", "fund_id", "partner_id", "kind", "head"),
    "assumptions": ("table", "column", "parameter"),
}

IN_PLAN = (
    "sites",
    "teams",
    "interventions",
    "access",
    "cash",
    "assumptions",
    "bridge",
    "budget",
    "heads_of_terms",
    "payments",
)
"""Tables that stand in ``plan.json`` too."""


def report_tables(result: Result) -> dict[str, Table]:
    """Return every table of a result that has a plan, by name."""
    frames = {
        "sites": result.sites,
        "teams": result.teams,
        "interventions": result.interventions,
        "access": result.access,
        "cash": result.cash,
        "transfers": result.transfers,
        "bridge": result.bridge,
        "budget": result.budget,
        "heads_of_terms": result.heads_of_terms,
        "payments": result.payments,
        "assumptions": result.assumptions,
    }
    return {name: table_of(name, frame) for name, frame in frames.items()}


def table_of(name: str, frame: pd.DataFrame) -> Table:
    """Return one table in its fixed columns, rounded and sorted by its key."""
    fields, key = FIELDS[name], KEYS[name]
    columns = {field.name: _column(frame, field) for field in fields}
    out = pd.DataFrame(columns, columns=[field.name for field in fields])
    return Table(name, fields, key, out.sort_values(list(key), kind="stable", ignore_index=True))


def _column(frame: pd.DataFrame, field: Field) -> pd.Series:
    if field.name not in frame.columns:
        kind = "str" if field.kind == "text" else "float64"
        return pd.Series([""] * len(frame) if field.kind == "text" else np.full(len(frame), np.nan), dtype=kind)
    values = frame[field.name].reset_index(drop=True)
    if field.kind == "text":
        return values.astype(object).where(values.notna(), "").astype(str).astype("str")
    if field.kind == "flag":
        return values.astype(bool)
    if field.kind == "count":
        return values.astype("int64")
    return pd.Series(rounded(values.to_numpy(dtype=np.float64, na_value=np.nan), field.kind))


def rounded(values: np.ndarray, kind: Kind) -> np.ndarray:
    """Return numbers rounded as their kind is, -0 as 0, infinite as missing."""
    out = np.where(np.isfinite(values), values, np.nan)
    if kind in DECIMALS:
        out = np.round(out, DECIMALS[kind])
    return np.asarray(out + 0.0)
