"""The tables of a report: which columns, in which order and unit, rounded how; one truth for JSON, CSV and workbook."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


_PLACE: tuple[tuple[str, Kind, str], ...] = (
    ("district", "text", "District"), ("ward", "text", "Ward"), ("imd_decile", "number", "Deprivation decile (1 = most)"),
    ("rural", "text", "Rural or urban"),
)  # fmt: skip
_WAYS: tuple[tuple[str, Kind, str], ...] = (
    ("way_today", "travel", "Way today"), ("way", "travel", "Way after"), ("change", "travel", "Change"),
    ("worst_year", "year", "Worst year"), ("way_worst_year", "travel", "Longest way in any year"),
    ("point_today", "text", "Nearest point today"), ("point_today_name", "text", "Its name"),
    ("point", "text", "Nearest point after"), ("point_name", "text", "Its name"),
)  # fmt: skip
_RANKED: tuple[tuple[str, Kind, str], ...] = (
    ("service_type", "text", "Service"), ("mode", "text", "Mode"), ("rank", "count", "Rank"), ("zone_id", "text", "Zone"),
    ("basis", "text", "Travel times"), ("unit", "text", "Unit of the ways"), *_PLACE, ("people", "people", "People"), *_WAYS,
)  # fmt: skip
FIELDS: dict[str, tuple[Field, ...]] = {
    "sites": _fields(
        ("site_id", "text", "Site"), ("partner_id", "text", "Partner"), ("action", "text", "Action"),
        ("year", "year", "Year (first of the financial year)"), ("reason", "text", "Reason"),
        ("name", "text", "Name"), ("tenure", "text", "Tenure"),
        ("npv_change", "money", "Change in the site's own cost (£, present value)"),
        ("receipt", "money", "Net receipt (£)"), ("exit_year", "year", "Year in which payments end"),
        ("gia_m2", "people", "Floor area (m2)"),
        ("running_cost_today", "money", "Running cost today (£ a year)"),
        ("running_cost", "money", "Running cost after the last decision year (£ a year, real)"),
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
    "access_groups": _fields(
        ("kind", "text", "Service or standard"), ("standard_id", "text", "Standard"),
        ("service_type", "text", "Service"),
        ("mode", "text", "Mode"), ("row", "count", "Row"), ("breakdown", "text", "By"), ("group", "text", "Group"),
        ("basis", "text", "Travel times"), ("unit", "text", "Unit of the ways"), ("caveat", "text", "Caveat"),
        ("segment", "text", "Whom the standard speaks of"), ("people", "people", "People"),
        ("max_minutes", "travel", "Threshold (minutes)"), ("max_km", "travel", "Threshold (km)"),
        ("served_today", "people", "People served today"), ("served", "people", "People served after"),
        ("share_today", "share", "Share served today"), ("share", "share", "Share served after"),
        ("share_change", "share", "Change of the share"), ("worst_year", "year", "Worst year"),
        ("served_worst_year", "people", "People served in the worst year"),
        ("unreached_worst_year", "people", "People who reach none in the worst year"),
        ("mean_worst_year", "travel", "Mean way in the worst year"),
        ("unreached_today", "people", "People who reach none today"),
        ("unreached", "people", "People who reach none after"),
        ("mean_today", "travel", "Mean way today"), ("mean", "travel", "Mean way after"),
        ("mean_change", "travel", "Change of the mean"),
        ("p90_today", "travel", "90 % within, today"), ("p90", "travel", "90 % within, after"),
        ("p90_change", "travel", "Change"),
        ("p95_today", "travel", "95 % within, today"), ("p95", "travel", "95 % within, after"),
        ("p95_change", "travel", "Change"),
        ("max_today", "travel", "Furthest today"), ("max", "travel", "Furthest after"),
        ("max_change", "travel", "Change"),
        ("people_further", "people", "People with further to go"),
        ("people_nearer", "people", "People with less far to go"),
        ("people_losing", "people", "People who lose noticeably"),
        ("share_losing", "share", "Share who lose noticeably"),
        ("mean_loss", "travel", "They lose on average"), ("people_gaining", "people", "People who gain noticeably"),
        ("mean_gain", "travel", "They gain on average"), ("worst_zone", "text", "Zone that loses most"),
        ("worst_zone_extra", "travel", "It loses"),
    ),
    "access_zones": _fields(
        ("service_type", "text", "Service"), ("mode", "text", "Mode"), ("zone_id", "text", "Zone"),
        ("basis", "text", "Travel times"), ("unit", "text", "Unit of the ways"), ("state", "text", "What happens"),
        *_PLACE, ("people", "people", "People"),
        *_WAYS,
    ),
    "access_losers": _fields(*_RANKED),
    "access_winners": _fields(*_RANKED),
    "access_cumulative": _fields(
        ("kind", "text", "Group or zone"), ("mode", "text", "Mode"), ("row", "count", "Row"),
        ("breakdown", "text", "By"),
        ("group", "text", "Group or zone"), ("basis", "text", "Travel times"), *_PLACE, ("people", "people", "People"),
        ("services_losing", "count", "Services lost or further (group: most in a zone)"),
        ("services", "text", "Which services"), ("people_losing_two", "people", "People who lose two or more"),
        ("share_losing_two", "share", "Share who lose two or more"),
        ("people_losing_one", "people", "People who lose one"),
        ("extra_minutes", "travel", "Extra minutes, all services (group: mean)"),
        ("lost", "text", "No longer reached"),
    ),
    "access_equity": _fields(
        ("service_type", "text", "Service"), ("mode", "text", "Mode"), ("basis", "text", "Travel times"),
        ("unit", "text", "Unit of the ways"), ("people", "people", "People"),
        ("people_compared", "people", "People who reach one today and after"),
        ("people_unreached", "people", "People who do not"), ("aversion_minutes", "number", "Aversion (minutes)"),
        *(pair for name, heading in (
            ("mean", "Mean way"), ("gini", "Gini (0 all alike, 1 most unequal)"),
            ("worst_decile", "Mean of the tenth of people furthest away"),
            ("deprived_fifth", "Mean, most deprived fifth"), ("least_deprived_fifth", "Mean, least deprived fifth"),
            ("deprived_gap", "Most less least deprived fifth"), ("rural_mean", "Mean, rural"), ("urban_mean", "Mean, urban"),
            ("rural_gap", "Rural less urban"), ("ede", "Equally-distributed equivalent (Kolm-Pollak)"),
        ) for kind in (("share" if name == "gini" else "travel"),)
          for pair in ((f"{name}_today", kind, f"{heading}, today"), (name, kind, f"{heading}, after"))),
    ),
    "service_points": _fields(
        ("service_type", "text", "Service"), ("site_id", "text", "Site"), ("name", "text", "Name"),
        ("district", "text", "District"), ("mode", "text", "Mode"), ("basis", "text", "Travel times"),
        ("assignment", "text", "Who goes where"), ("open_today", "flag", "Open today"), ("open", "flag", "Open after"),
        ("people_today", "people", "People it is nearest to today"),
        ("people", "people", "People it is nearest to after"),
        ("visits_today", "people", "Visits a year today"), ("visits", "people", "Visits a year after"),
        ("capacity", "people", "Visits a year it takes"), ("use_today", "share", "Use today"),
        ("use", "share", "Use after"),
        ("overflow_today", "people", "Visits too many today"), ("overflow", "people", "Visits too many after"),
        ("mean_today", "travel", "Mean way today (minutes)"), ("mean", "travel", "Mean way after (minutes)"),
    ),
    "rooms": _fields(
        ("site_id", "text", "Site"), ("space_type", "text", "Kind of space"), ("name", "text", "Name"),
        ("partner_id", "text", "Partner"),
        ("room_today", "people", "Room today (unit of the kind of space)"), ("used_today", "people", "Used today"),
        ("use_today", "share", "Share used today"), ("room", "people", "Room after"),
        ("used", "people", "Used after"), ("use", "share", "Share used after"),
        ("worst_year", "year", "Fullest year"), ("room_worst_year", "people", "Room in the fullest year"),
        ("used_worst_year", "people", "Used in the fullest year"),
        ("use_worst_year", "share", "Share used in the fullest year"),
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
        ("common_parts", "share", "Common parts"), ("basis", "text", "Basis of charge"),
        ("share", "share", "Share of cost"),
        ("agreed", "flag", "In cost_shares"), ("rent_policy", "text", "Rent"),
        ("annual_charge", "money", "Charge in the last decision year (£ a year, real)"),
        ("start_year", "year", "First year"), ("there_today", "flag", "There today"),
        ("exit_notice_months", "number", "Notice (months)"), ("works", "text", "Works"),
        ("works_cost", "money", "Cost of works (£)"), ("works_payer", "text", "Who pays for works"),
        ("receipt", "money", "Net receipt of the buildings left (£)"), ("receipt_kept", "money", "of which kept (£)"),
        ("side_payment", "money", "Side payments by the occupier (£ real)"),
        ("side_payments", "text", "Side payments by year"),
    ),
    "payments": _fields(
        ("year", "year", "Year (first of the financial year)"), ("fund_id", "text", "Fund"),
        ("partner_id", "text", "Partner"),
        ("kind", "text", "Kind"), ("head", "text", "Head"), ("amount", "money", "Paid (£ real)"),
    ),
    "assignment": _fields(
        ("service_type", "text", "Service"), ("zone_id", "text", "Zone"), ("site_id", "text", "Site it is sent to"),
        ("year", "year", "Year (first of the financial year)"), ("share", "exact_share", "Share of the zone's visits"),
    ),
    "travel": _fields(
        ("mode", "text", "Mode"), ("basis", "text", "Travel times"), ("window", "text", "Setting out"),
        ("about", "text", "What they are, and how far off they may be"),
    ),
    "assumptions": _fields(
        ("table", "text", "Table"), ("column", "text", "Column"), ("rows", "count", "Rows"),
        ("parameter", "text", "Parameter"), ("value", "number", "Value"), ("unit", "text", "Unit"),
        ("source", "text", "Source"), ("confidence", "text", "Confidence"), ("note", "text", "Note"),
        ("value_tried", "number", "Another value tried"),
        ("cost_change", "money", "With it the plan costs more by (£, present value)"),
        ("saving_change", "money", "With it the plan saves more by (£, present value)"),
    ),
}  # fmt: skip
"""Every table of a report, in the order of the files; columns are added, never renamed, dropped or moved."""

KEYS: dict[str, tuple[str, ...]] = {
    "sites": ("site_id",),
    "teams": ("team_id", "site_id"),
    "interventions": ("intervention_id",),
    "access": ("standard_id", "measure", "group"),
    "access_groups": ("kind", "standard_id", "service_type", "mode", "row", "group"),
    "access_zones": ("service_type", "mode", "zone_id"),
    "access_losers": ("service_type", "mode", "rank"),
    "access_winners": ("service_type", "mode", "rank"),
    "access_cumulative": ("kind", "mode", "row", "group"),
    "access_equity": ("service_type", "mode"),
    "service_points": ("service_type", "site_id"),
    "rooms": ("site_id", "space_type"),
    "cash": ("partner_id", "year", "head", "kind"),
    "transfers": ("year", "payer", "payee", "head", "item"),
    "bridge": ("partner_id", "step"),
    "budget": ("partner_id", "year", "kind"),
    "heads_of_terms": ("site_id", "occupier_partner_id"),
    "payments": ("year", "fund_id", "partner_id", "kind", "head"),
    "assignment": ("service_type", "zone_id", "site_id", "year"),
    "travel": ("mode",),
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
    "assignment",
    "travel",
)
"""Tables that stand in ``plan.json`` too."""


def report_tables(result: Result, *, weighed: bool = True) -> dict[str, Table]:
    """Return every table of a result that has a plan, by name.

    ``weighed`` is whether assumptions say how many pounds rest on them. Those are of all sites together, so no view that keeps
    a site back may say them; and they take a recount for each, so a plan on the way does not.
    """
    frames = {
        "sites": result.sites,
        "teams": result.teams,
        "interventions": result.interventions,
        "access": result.access,
        "access_groups": result.access_groups,
        "access_zones": result.access_zones,
        "access_losers": result.access_losers,
        "access_winners": result.access_winners,
        "access_cumulative": result.access_cumulative,
        "access_equity": result.access_equity,
        "service_points": result.service_points,
        "rooms": result.rooms,
        "cash": result.cash,
        "transfers": result.transfers,
        "bridge": result.bridge,
        "budget": result.budget,
        "heads_of_terms": result.heads_of_terms,
        "payments": result.payments,
        "assignment": result.assignment,
        "travel": _travel(result),
        "assumptions": result.assumptions if weighed else result.problem.assumption_table(),
    }
    return {name: table_of(name, frame) for name, frame in frames.items()}


def _travel(result: Result) -> pd.DataFrame:
    """Return what is known of the minutes of every mode that an access table names."""
    from assetopt.travel.telling import travel_frame

    named = {mode for frame in (result.access, result.access_groups) if "mode" in frame for mode in frame["mode"]}
    return travel_frame(result.problem.travel if named else None, named)


def table_of(name: str, frame: pd.DataFrame) -> Table:
    """Return one table in its fixed columns, rounded and sorted by its key."""
    table = laid_out(name, FIELDS[name], KEYS[name], frame)
    return replace(table, frame=table.frame.sort_values(list(table.key), kind="stable", ignore_index=True))


def laid_out(name: str, fields: tuple[Field, ...], key: tuple[str, ...], frame: pd.DataFrame) -> Table:
    """Return a table in the columns given, rounded, rows as they stand."""
    columns = {field.name: _column(frame, field) for field in fields}
    return Table(name, fields, key, pd.DataFrame(columns, columns=[field.name for field in fields]))


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
