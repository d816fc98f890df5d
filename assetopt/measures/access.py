"""Access today and after a plan, standard by standard and group by group, with the people behind every share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.estate.standards_words import CAR, CROW, alternatives, members, without_a_car
from assetopt.measures.views import NOT_SENT, STRAIGHT
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats
from assetopt.problem.segments import without_car
from assetopt.problem.standards import CoverTest, Group, nearest_of
from assetopt.problem.visiting import assigned_services
from assetopt.problem.ways import Ways
from assetopt.timeline import Timeline

COLUMNS = (
    "standard_id",
    "measure",
    "service_type",
    "mode",
    "basis",
    "force",
    "group",
    "people",
    "required",
    "served_today",
    "served_worst_year",
    "worst_year",
    "served",
    "share_required",
    "share_today",
    "share",
    "holds",
    "mean_today",
    "mean",
    "p90_today",
    "p90",
    "p95_today",
    "p95",
    "max_today",
    "max",
    "people_further",
    "worst_zone",
    "worst_zone_extra",
)


def weighted_quantile(values: Floats, weight: Floats, share: float) -> float:
    """Return the smallest value that at least ``share`` of the weight does not exceed; NaN without weight."""
    at = weight > 0
    if not at.any():
        return float("nan")
    order = np.argsort(values[at], kind="stable")
    total = np.cumsum(weight[at][order])
    return float(values[at][order][min(np.searchsorted(total, share * total[-1] - 1e-9), len(total) - 1)])


def access_table(problem: Problem, line: Timeline | None) -> pd.DataFrame:
    """Return one row per standard, test and group; ``line`` None gives today alone.

    Minutes (``mean``, ``p90``, ``p95``, ``max``; km for mode crow) are to the nearest open point, weighted by people;
    missing where someone reaches none. ``served`` counts people in the last decision year, ``served_worst_year`` the
    fewest in any; ``holds`` says whether the standard as asked is met in every decision year.
    """
    rows = [row for test in problem.cover_tests for row in _rows(problem, test, line)] + [
        _mean_row(problem, number, group, line)
        for number, mean in enumerate(problem.mean_tests)
        for group in mean.groups
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(["standard_id", "measure", "group"], ignore_index=True)


def _common(problem: Problem, standard: int, force: str) -> dict[str, object]:
    row = problem.estate.standards.iloc[standard]
    mode = str(row["mode"]) or CAR
    used = alternatives(mode) + (alternatives(str(row["back_mode"])) if row.get("back_mode") else [])
    single = [one for each in used for one in members(each) if one != CROW]
    basis: str = problem.travel.basis_of(";".join(single)) if single else STRAIGHT
    basis += f"; {NOT_SENT}" if assigned_services(problem) else ""
    return {
        "standard_id": row["standard_id"],
        "service_type": row["service_type"],
        "mode": mode,
        "basis": basis,
        "force": force,
    }


def _way(problem: Problem, test: CoverTest, points: Bools) -> Floats:
    """Return minutes (km for mode crow) from every zone to the nearest of the open points, (n_zones,)."""
    for limit in test.limits:
        if limit.unit == "minutes":
            return limit.metric.nearest(points)
    row = problem.estate.standards.iloc[test.standard]
    modes = alternatives(str(row["mode"]))
    if test.part or without_car(str(row["segment"])):
        modes = without_a_car(modes)
    timed = [mode for mode in modes if mode != CROW]
    ways: Ways = problem.minutes if timed else problem.km
    return ways.nearest(timed or [CROW], test.sites[points])[0]


def _open(problem: Problem, test: CoverTest, line: Timeline | None) -> tuple[Bools, list[Bools]]:
    today = problem.points(test.service).today
    years = [today] if line is None else [line.open_points(test.service, test.sites, t) for t in range(problem.years)]
    return today, years


def _rows(problem: Problem, test: CoverTest, line: Timeline | None) -> list[dict[str, object]]:
    today, years = _open(problem, test, line)
    way_today, way = _way(problem, test, today), _way(problem, test, years[-1])
    zones = problem.estate.demand["zone_id"].to_numpy(dtype=object)
    served_today = test.served(today)
    served = [test.served(points) for points in years]
    out = []
    for group in test.groups:
        people = [float(group.weight[now].sum()) for now in served]
        worst = int(np.argmin(people))
        before, total = float(group.weight[served_today].sum()), group.total
        gap = np.where(
            group.weight > 0,
            np.where(np.isfinite(way_today), way, 0) - np.where(np.isfinite(way_today), way_today, 0),
            0,
        )
        further = gap > 1e-9
        top = int(np.argmax(gap))
        out.append(
            _common(problem, test.standard, test.force)
            | {
                "measure": test.kind,
                "group": group.label,
                "people": total,
                "required": group.required,
                "served_today": before,
                "served_worst_year": people[worst],
                "worst_year": problem.base_year + worst if line is not None else None,
                "served": people[-1],
                "share_required": _share(group.required, total),
                "share_today": _share(before, total),
                "share": _share(people[-1], total),
                "holds": people[worst] >= group.required - 1e-6 * max(1.0, total),
                "people_further": float(group.weight[further].sum()),
                "worst_zone": str(zones[top]) if further.any() else "",
                "worst_zone_extra": float(gap[top]) if further.any() else 0.0,
            }
            | _spread(way_today, group, "_today")
            | _spread(way, group, "")
        )
    return out


def _share(people: float, total: float) -> float:
    return people / total if total > 0 else 1.0


def _spread(way: Floats, group: Group, suffix: str) -> dict[str, object]:
    at = group.weight > 0
    reached = bool(at.any() and np.isfinite(way[at]).all())
    out: dict[str, object] = {f"mean{suffix}": float(group.weight[at] @ way[at] / group.total) if reached else None}
    for name, share in (("p90", 0.9), ("p95", 0.95), ("max", 1.0)):
        value = weighted_quantile(way, group.weight, share)
        out[f"{name}{suffix}"] = value if np.isfinite(value) else None
    return out


def _mean_row(problem: Problem, number: int, group: Group, line: Timeline | None) -> dict[str, object]:
    mean = problem.mean_tests[number]
    today = problem.points(mean.service).today
    years = [today] if line is None else [line.open_points(mean.service, mean.sites, t) for t in range(problem.years)]
    values = [mean.mean(group, points) for points in years]
    worst = int(np.argmax(values))
    return (
        _common(problem, mean.standard, mean.force)
        | {
            "measure": f"mean {mean.unit}",
            "group": group.label,
            "people": group.total,
            "required": group.required,
            "worst_year": problem.base_year + worst if line is not None else None,
            "holds": values[worst] <= group.required * (1 + 1e-6) + 1e-9,
        }
        | _spread(nearest_of(mean.metric[:, today]), group, "_today")
        | _spread(nearest_of(mean.metric[:, years[-1]]), group, "")
    )
