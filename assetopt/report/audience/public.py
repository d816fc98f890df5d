"""The public tables: what the plan does to people, and its money in total; nothing that tells which building closes.

Once ``plan_status`` is ``decided``, the sites and what becomes of them are shown too, restricted ones never.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from assetopt.problem.facts import Ints
from assetopt.report.audience.counts import LEAST, Bools, Floats, unsafe, with_complements
from assetopt.report.audience.hidden import Hidden
from assetopt.report.audience.partner import cost_changes
from assetopt.report.audience.redacted import closed_services, filled, kept, scrubbed
from assetopt.report.audience.summary import Line, summary_table, total
from assetopt.report.tables import Table
from assetopt.result import Result

SHOWN = ("access", "access_groups", "access_equity", "travel", "assumptions")
"""Tables of the report that are public, the first two with small counts hidden."""

_DECIDED = ("site_id", "partner_id", "action", "year", "name", "tenure")
"""What everybody may see of a site once the plan is decided."""

_SHARES = {"served_today": ("share_today", "share_change"), "served": ("share", "share_change"),
           "people_losing": ("share_losing", "mean_loss"), "people_gaining": ("mean_gain",),
           "required": ("share_required",)}  # fmt: skip
_VIEW = ["kind", "standard_id", "service_type", "mode"]
"""Columns that tell one set of groups from another."""

_PARTITIONS = ("imd_decile", "rural")
"""Breakdowns whose groups add up to everybody."""

_COUNTED = (
    "served_today", "served", "served_worst_year", "required", "unreached_worst_year", "unreached_today", "unreached",
    "people_further", "people_nearer", "people_losing", "people_gaining",
)  # fmt: skip


def public_tables(
    result: Result, tables: Mapping[str, Table], hidden: Hidden, known: frozenset[str], status: str
) -> dict[str, Table]:
    """Return the tables that everybody may see."""
    services = frozenset(result.problem.estate.teams["service_type"].astype(str))
    closed = closed_services(tables, services, known)
    out = {name: closed[name] for name in SHOWN}
    out["access"] = filled(out["access"], True, max=None, max_today=None)
    out["access_groups"] = filled(out["access_groups"], True, max=None, max_today=None, max_change=None)
    for name in ("access", "access_groups"):
        out[name] = small_counts_hidden(out[name], float(result.problem.estate.demand["population"].sum()))
    if status == "decided":
        out["sites"] = _decided(tables["sites"], hidden)
    out = {name: scrubbed(table, hidden) for name, table in out.items()}
    out["in_total"] = summary_table(_lines(result, tables))
    return out


def _decided(table: Table, hidden: Hidden) -> Table:
    """Return what is decided about every site that is not restricted: action and year, no value, reason or lease date."""
    shown = kept(table, ~table.frame["site_id"].isin(hidden.sites.values()))
    kept_back = {field.name for field in table.fields} - set(_DECIDED)
    return filled(shown, True, **dict.fromkeys(kept_back))


def small_counts_hidden(table: Table, population: float) -> Table:
    """Return an access table in which no count of people under ten is left, nor one by which it could be worked back.

    ``population`` is everybody, where a table does not say how many that are.
    """
    frame = table.frame.copy()
    whole = frame["people"].to_numpy(dtype=np.float64)
    few = unsafe(whole, whole)
    everyone = _everyone(frame, whole)
    everyone = np.where(np.isnan(everyone), population, everyone)
    few = _joined(frame, whole, everyone, few | unsafe(whole, everyone))
    numeric = [field.name for field in table.fields if field.kind in ("people", "share", "travel")]
    for name in (name for name in _COUNTED if name in frame):
        count = frame[name].to_numpy(dtype=np.float64)
        hidden = few | unsafe(count, whole) | _few_others(frame, count)
        if name in ("served", "served_worst_year") and "served_today" in frame:
            hidden |= _close(count, frame["served_today"].to_numpy(dtype=np.float64))
        hidden = _joined(frame, count, whole, hidden)
        for column in (name, *_SHARES.get(name, ())):
            if column in frame:
                frame.loc[hidden, column] = np.nan
    frame.loc[few, numeric] = np.nan
    if "holds" in frame:  # whether a standard holds is a fact of the plan, not of the few
        frame["holds"] = table.frame["holds"]
    return replace(table, frame=frame)


def _close(one: Floats, other: Floats) -> Bools:
    gap = np.abs(np.nan_to_num(one - other))
    return np.asarray((gap > 1e-9) & (gap < LEAST - 1e-9), dtype=bool)


def _blocks(frame: pd.DataFrame) -> Iterator[Ints]:
    """Return the rows of every set of groups that add up to everybody."""
    if "breakdown" not in frame:
        return
    for _, rows in frame.groupby(_VIEW, sort=False):
        for name in _PARTITIONS:
            part = rows.index[rows["breakdown"] == name].to_numpy(dtype=np.int64)
            if len(part):
                yield part


def _everyone(frame: pd.DataFrame, count: Floats) -> Floats:
    """Return for every row what is counted of everybody, NaN where that is not known."""
    out = np.full(len(frame), np.nan)
    if "breakdown" not in frame:
        return out
    for _, rows in frame.groupby(_VIEW, sort=False):
        whole = rows.index[rows["breakdown"] == "everyone"]
        if len(whole):
            out[rows.index] = count[int(whole[0])]
    return out


def _few_others(frame: pd.DataFrame, count: Floats) -> Bools:
    """Return the rows that leave fewer than ten to all the others."""
    return _close(count, np.where(np.isnan(every := _everyone(frame, count)), count, every))


def _joined(frame: pd.DataFrame, count: Floats, whole: Floats, hidden: Bools) -> Bools:
    """Return what is hidden, with the counts that the totals would give away."""
    out = hidden.copy()
    for part in _blocks(frame):
        out[part] = with_complements(count[part], whole[part], out[part])
    return out


def _lines(result: Result, tables: Mapping[str, Table]) -> Iterator[Line]:
    sites, teams = tables["sites"].frame, tables["teams"].frame
    left = int(sites["action"].isin(["dispose", "exit_lease"]).sum())
    moved = int(teams.loc[teams["action"] == "move", "team_id"].nunique())
    words = "hidden: a count under 10, or one that would give such a count away"
    for item, unit, count, of in (
        ("sites that could close", "sites", left, len(sites)),
        ("teams that could move", "teams", moved, int(teams["team_id"].nunique())),
    ):
        hidden = bool(unsafe(np.array([float(count)]), np.array([float(of)]))[0])
        yield Line("all partners", item, unit, None if hidden else float(count), words if hidden else "")
    saved = -cost_changes(result).to_numpy(dtype=np.float64)
    if len(saved):
        yield total("all partners", "saving to the public purse, present value", "£", saved, LEAST)
    yield total("all partners", "net receipts", "£", sites["receipt"].fillna(0.0).to_numpy(), LEAST)
    yield total(
        "all partners", "capital for works", "£", tables["interventions"].frame["capital"].fillna(0.0).to_numpy(), LEAST
    )
