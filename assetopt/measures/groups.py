"""Access by group: each service and mode, and each standard, for every band of people, today and after.

Means are over the people who reach a point both today and after, so that the same people are compared; how many reach
none stands beside them. Quantiles are over everyone, and empty where they fall on people who reach nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetopt.estate.standards_words import NO_CAR
from assetopt.measures.bands import Bands, bands_of
from assetopt.measures.spread import means, quantiles, sums
from assetopt.measures.views import View
from assetopt.problem import Problem
from assetopt.problem.facts import Floats

COLUMNS = (
    "kind", "standard_id", "service_type", "mode", "row", "breakdown", "group", "basis", "unit", "caveat", "segment",
    "people", "max_minutes", "max_km", "served_today", "served", "share_today", "share", "share_change",
    "worst_year", "served_worst_year", "unreached_worst_year", "mean_worst_year", "unreached_today", "unreached",
    "mean_today", "mean", "mean_change", "p90_today", "p90", "p90_change", "p95_today",
    "p95", "p95_change", "max_today", "max", "max_change", "people_further", "people_nearer", "people_losing",
    "share_losing", "mean_loss", "people_gaining", "mean_gain", "worst_zone", "worst_zone_extra",
)  # fmt: skip

CAR_ONLY = "car owners only: people without a car are not counted in the data"
CAR_FOR_ALL = "as if everybody had a car; people without one are the group pop_no_car, by other modes"


def groups_table(problem: Problem, views: Sequence[View]) -> pd.DataFrame:
    """Return one row per view and group.

    ``people_losing`` are those whose way gets longer by more than ``noticeable_minutes`` (or km), ``mean_loss`` how much
    they lose on average; ``people_further`` counts any lengthening. The group ``pop_no_car`` has no row by car.
    ``worst_year`` is the group's worst decision year: the fewest served (standards), else the most who reach none, else the
    longest mean; ``mean_worst_year`` is over those who reach a point in that year.
    """
    if not views:
        return pd.DataFrame(columns=list(COLUMNS))
    bands = bands_of(problem)
    zones = problem.estate.demand["zone_id"].to_numpy(dtype=object)
    no_car = NO_CAR in problem.estate.demand.columns
    parts: list[pd.DataFrame] = []
    for view in views:
        row = 0
        for band in bands:
            if band.people is not None and (view.segment != "all" or (band.labels == (NO_CAR,) and view.by_car)):
                continue
            part = _rows(view, band, zones)
            caveat = (CAR_FOR_ALL if no_car else CAR_ONLY) if view.by_car and view.segment != NO_CAR else ""
            parts.append(part.assign(row=np.arange(row, row + len(part)), caveat=caveat))
            row += len(part)
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _rows(view: View, bands: Bands, zones: np.ndarray) -> pd.DataFrame:
    code, n = bands.code, len(bands.labels)
    weight = view.weight if bands.people is None else bands.people
    people = sums(weight, code, n)
    change = view.change
    both = np.isfinite(view.today) & np.isfinite(view.after)
    alike = np.where(both, weight, 0.0)
    loses, gains = view.loses, view.gains

    def count(where: np.ndarray) -> Floats:
        return sums(np.where(where, weight, 0.0), code, n)

    def of_people(part: Floats) -> Floats:
        return np.asarray(np.divide(part, people, out=np.full(n, np.nan), where=people > 0), dtype=np.float64)

    out: dict[str, object] = {
        "kind": view.kind, "standard_id": view.standard_id, **view.heads, "breakdown": bands.name,
        "group": list(bands.labels), "segment": view.segment, "people": people, "max_minutes": view.max_minutes,
        "max_km": view.max_km, "unreached_today": count(~np.isfinite(view.today)),
        "unreached": count(~np.isfinite(view.after)), "people_further": count(change > 0),
        "people_nearer": count(change < 0), "people_losing": count(loses), "people_gaining": count(gains),
        "mean_loss": means(np.where(loses & both, change, 0.0), np.where(loses, alike, 0.0), code, n),
        "mean_gain": means(np.where(gains & both, -change, 0.0), np.where(gains, alike, 0.0), code, n),
    }  # fmt: skip
    out["share_losing"] = of_people(count(loses))
    for suffix, served in (("_today", view.served_today), ("", view.served)):
        out[f"served{suffix}"] = np.full(n, np.nan) if served is None else count(served)
        out[f"share{suffix}"] = of_people(out[f"served{suffix}"])  # type: ignore[arg-type]
    for suffix, way in (("_today", view.today), ("", view.after)):
        out[f"mean{suffix}"] = means(way, alike, code, n)
        for name, value in zip(("p90", "p95", "max"), quantiles(way, weight, code, n, (0.9, 0.95, 1.0)), strict=True):
            out[f"{name}{suffix}"] = np.where(np.isfinite(value), value, np.nan)
    for name in ("share", "mean", "p90", "p95", "max"):
        out[f"{name}_change"] = out[name] - out[f"{name}_today"]  # type: ignore[operator]
    out["worst_zone"], out["worst_zone_extra"] = _worst(change, weight, code, n, zones)
    return pd.DataFrame(out | _worst_year(view, weight, code, n))


def _worst_year(view: View, weight: Floats, code: np.ndarray, n: int) -> dict[str, object]:
    """Return each group's worst decision year and what holds in it."""
    seen: dict[int, tuple[Floats, Floats, Floats]] = {}
    years = []
    for number, way in enumerate(view.years):
        if id(way) not in seen:
            out_of_reach = sums(np.where(np.isfinite(way), 0.0, weight), code, n)
            reached = np.where(np.isfinite(way), weight, 0.0)
            served = np.where(view.served_years[number], weight, 0.0) if view.served_years else np.zeros(len(way))
            seen[id(way)] = sums(served, code, n), out_of_reach, means(way, reached, code, n)
        years.append(seen[id(way)])
    served_by, out_by, mean_by = (np.array([year[part] for year in years]) for part in range(3))
    # The last year decides ties, so that a plan that only gets worse shows its end.
    worst = np.zeros(n, dtype=np.int64)
    every = np.arange(n)
    for t in range(1, len(years)):
        keys = zip((-served_by, out_by, np.nan_to_num(mean_by)), (1e-6, 1e-6, 1e-9), strict=True)
        worse, level = np.zeros(n, dtype=bool), np.ones(n, dtype=bool)
        for key, slack in keys:
            gap = key[t] - key[worst, every]
            worse |= level & (gap > slack)
            level &= np.abs(gap) <= slack
        worst = np.where(worse | level, t, worst)
    has = sums(weight, code, n) > 0
    return {
        "worst_year": np.where(has, view.base_year + worst, np.nan),
        "served_worst_year": served_by[worst, every] if view.served_years else np.full(n, np.nan),
        "unreached_worst_year": out_by[worst, every], "mean_worst_year": mean_by[worst, every],
    }  # fmt: skip


def _worst(change: Floats, weight: Floats, code: np.ndarray, n: int, zones: np.ndarray) -> tuple[list[str], Floats]:
    """Return the zone of each group that loses most, and how much; a zone that reaches nothing any more comes first."""
    names, extra = [""] * n, np.full(n, np.nan)
    at = np.flatnonzero((weight > 0) & (change > 0))
    order = at[np.lexsort((-weight[at], -change[at], code[at]))]
    groups, first = np.unique(code[order], return_index=True)
    for group, place in zip(groups, order[first], strict=True):
        names[group] = str(zones[place])
        extra[group] = change[place] if np.isfinite(change[place]) else np.nan
    return names, extra
