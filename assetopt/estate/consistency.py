"""Rows that contradict themselves: a low value above the high one, an end before its start, a promise without limit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.estate.findings import Findings
from assetopt.estate.typed import Typed


def check_consistency(tables: dict[str, Typed], findings: Findings) -> None:
    """Check every row of every table against itself.

    Parameters
    ----------
    tables : dict
        Typed tables.
    findings : Findings
        Takes the contradictions.
    """
    checks = {
        "partners": _partners,
        "sites": _sites,
        "service_types": _service_types,
        "blackouts": _blackouts,
        "precedence": _precedence,
        "standards": _standards,
        "funds": _funds,
    }
    for table, check in checks.items():
        if table in tables:
            check(tables[table], findings)


def _unread(typed: Typed, *columns: str) -> pd.Series:
    rows = np.zeros(len(typed), dtype=bool)
    for column in columns:
        rows |= typed.unread.get(column, np.zeros(len(typed), dtype=bool))
    return pd.Series(rows)


def _partners(typed: Typed, findings: Findings) -> None:
    frame, tests = typed.frame, ["max_loss", "max_annual_loss", "payback_years"]
    bare = (frame["consent"] == "max_loss") & frame[tests].isna().all(axis=1) & ~_unread(typed, *tests)
    what = "consent is max_loss, but no loss is given"
    findings.rows(typed.place, "max_loss", np.flatnonzero(bare), what, "give max_loss or max_annual_loss")


def _sites(typed: Typed, findings: Findings) -> None:
    frame = typed.frame
    low, value, high = frame["market_value_low"], frame["market_value"], frame["market_value_high"]
    wrong = np.flatnonzero((low > value) | (value > high) | (low > high))
    findings.rows(
        typed.place,
        "market_value",
        wrong,
        lambda row: f"low {low[row]:g}, value {value[row]:g}, high {high[row]:g} are not in rising order",
        "market_value_low <= market_value <= market_value_high",
    )
    own = np.flatnonzero((frame["landlord_partner_id"] != "") & (frame["landlord_partner_id"] == frame["partner_id"]))
    fix = "name the partner that is paid the rent, or leave it empty"
    findings.rows(typed.place, "landlord_partner_id", own, "the site's own partner is its landlord", fix, "warning")


def _service_types(typed: Typed, findings: Findings) -> None:
    low, high = typed.frame["min_points"], typed.frame["max_points"]
    findings.rows(
        typed.place,
        "min_points",
        np.flatnonzero(low > high),
        lambda row: f"min_points {low[row]:g} is above max_points {high[row]:g}",
        "lower it",
    )


def _blackouts(typed: Typed, findings: Findings) -> None:
    start, end = typed.frame["start"], typed.frame["end"]
    findings.rows(
        typed.place,
        "end",
        np.flatnonzero(end < start),
        lambda row: f"the end {end[row]:%Y-%m-%d} is before the start {start[row]:%Y-%m-%d}",
        "swap or correct them",
    )


def _precedence(typed: Typed, findings: Findings) -> None:
    frame = typed.frame
    same = np.flatnonzero((frame["before"] == frame["after"]) & (frame["before"] != ""))
    findings.rows(typed.place, "after", same, "before and after are the same", "name two different things")


def _standards(typed: Typed, findings: Findings) -> None:
    frame = typed.frame
    bare = frame["max_minutes"].isna() & frame["max_km"].isna() & ~_unread(typed, "max_minutes", "max_km")
    what = "the standard has neither max_minutes nor max_km"
    findings.rows(typed.place, "max_minutes", np.flatnonzero(bare), what, "give at least one of them")
    _tell_default(typed, "mode", "car", findings)
    unpriced = np.flatnonzero((frame["force"] == "soft") & frame["penalty"].isna() & ~_unread(typed, "penalty"))
    fix = "give the price of each person short"
    findings.rows(typed.place, "penalty", unpriced, "a soft standard without a penalty", fix, "warning")


def _funds(typed: Typed, findings: Findings) -> None:
    _tell_default(typed, "kind", "capital", findings)


def _tell_default(typed: Typed, column: str, default: str, findings: Findings) -> None:
    """Warn where a default that matters was filled in."""
    rows = typed.coded[column].codes < 0 if column in typed.coded else np.ones(len(typed), dtype=bool)
    count = int((rows & ~typed.unread.get(column, np.zeros(len(typed), dtype=bool))).sum())
    if count:
        what = f"{count:,} of {len(typed):,} rows have no {column}; {default} is taken"
        findings.say(f"{typed.place.label}, {column}", what, f"give the {column}", "warning")
