"""Access place by place: every zone whose nearest point changes or that reaches none, and the largest losses and gains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetopt.measures.views import View
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints

SHOWN = 20
"""So many losers, and so many winners, are named for each service and mode."""

PLACES = ("zone_id", "district", "ward", "imd_decile", "rural", "people")
ZONES = (
    "service_type", "mode", "zone_id", "basis", "unit", "state", "district", "ward", "imd_decile", "rural", "people",
    "way_today", "way", "change", "worst_year", "way_worst_year", "point_today", "point_today_name", "point", "point_name",
)  # fmt: skip
WORST = (
    "service_type", "mode", "rank", "zone_id", "basis", "unit", "district", "ward", "imd_decile", "rural",
    "people", "way_today", "way", "change", "worst_year", "way_worst_year", "point_today", "point_today_name", "point",
    "point_name",
)  # fmt: skip


def zones_table(problem: Problem, views: Sequence[View]) -> pd.DataFrame:
    """Return one row per zone, service and mode, for zones that change or reach nothing.

    ``state``: further, nearer, other point (as far as before), on the way (as today in the end, but not in every year),
    lost (reaches none any more), gained (reaches one at last), none (neither). ``change`` is empty for the last three.
    ``way_worst_year`` is the longest way in any decision year, empty where nothing is reached in it.
    """
    parts = []
    for view in _plain(views):
        between = view.worst[0] > np.maximum(view.today, view.after) + 1e-9
        at = np.flatnonzero((view.change != 0) | (view.point != view.point_today) | ~np.isfinite(view.after) | between)
        parts.append(_rows(problem, view, at).assign(state=_state(view, at)))
    return _joined(parts, ZONES)


def worst_table(problem: Problem, views: Sequence[View], *, winners: bool = False) -> pd.DataFrame:
    """Return the twenty zones that lose most (or gain most) of each service and mode.

    Zones that reach no point any more (or one at last) come first, ``change`` empty, then the longest extra (or spared)
    way, then most people. Zones where nobody lives are left out.
    """
    parts = []
    for view in _plain(views):
        size = -view.change if winners else view.change
        at = np.flatnonzero((size > 0) & (view.weight > 0))
        # Steps of a millionth, so that rounding does not decide between equal losses.
        order = at[np.lexsort((at, -view.weight[at], -np.round(size[at], 6)))][:SHOWN]
        parts.append(_rows(problem, view, order).assign(rank=np.arange(1, len(order) + 1)))
    return _joined(parts, WORST)


def _plain(views: Sequence[View]) -> list[View]:
    return [view for view in views if not view.standard_id]


def _joined(parts: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True)[list(columns)] if some else pd.DataFrame(columns=list(columns))


def _rows(problem: Problem, view: View, at: Ints) -> pd.DataFrame:
    def known(values: Floats) -> Floats:
        return np.where(np.isfinite(values), values, np.nan)

    longest, year = view.worst
    columns: dict[str, object] = {
        **view.heads, "people": view.weight[at], "way_today": known(view.today[at]), "way": known(view.after[at]),
        "change": known(view.after[at]) - known(view.today[at]), "worst_year": year[at],
        "way_worst_year": known(longest[at]),
        **_point(problem, "point_today", view.point_today[at]), **_point(problem, "point", view.point[at]),
    }  # fmt: skip
    return pd.concat([place_columns(problem, at), pd.DataFrame(columns)], axis=1)


def place_columns(problem: Problem, at: Ints) -> pd.DataFrame:
    """Return how zones are named in a table: id, district, ward, decile, rural."""
    d = problem.estate.demand.iloc[at]
    rural = d["rural"].astype(object)
    return pd.DataFrame(
        {
            "zone_id": d["zone_id"].to_numpy(dtype=object),
            "district": d["district"].to_numpy(dtype=object),
            "ward": d["ward"].to_numpy(dtype=object),
            "imd_decile": d["imd_decile"].to_numpy(dtype=np.float64),
            "rural": np.where(rural.isna(), "", np.where(rural.fillna(False).astype(bool), "rural", "urban")),
        }
    )


def _point(problem: Problem, name: str, site: Ints) -> dict[str, np.ndarray]:
    there = site >= 0
    ids = np.where(there, problem.facts.sites.ids[np.maximum(site, 0)], "")
    names = np.where(there, problem.estate.sites["name"].to_numpy(dtype=object)[np.maximum(site, 0)], "")
    return {name: ids, f"{name}_name": names}


def _state(view: View, at: Ints) -> np.ndarray:
    before, now, change = np.isfinite(view.today[at]), np.isfinite(view.after[at]), view.change[at]
    return np.select(
        [~before & ~now, before & ~now, ~before & now, change > 0, change < 0, view.point[at] != view.point_today[at]],
        ["none", "lost", "gained", "further", "nearer", "other point"],
        "on the way",
    )
