"""Service points: who comes to each by the nearest way, how many visits that makes, and what is more than it takes.

Everybody goes to the nearest open point by the mode of [costs.journeys]; visits are those of the table ``visits``, capacity
that of the table ``point_capacity`` (visits a year). Nobody is sent elsewhere: what a point cannot take is its overflow.
Only with ``assignment = "system"`` are the visits after the plan those that it sends there, and the column says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetopt.errors import Issue
from assetopt.measures.spread import means, sums
from assetopt.measures.views import View
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, codes
from assetopt.problem.visiting import assigned_services, capacities
from assetopt.timeline import Timeline
from assetopt.visitors import visitors

COLUMNS = (
    "service_type", "site_id", "name", "district", "mode", "basis", "assignment", "open_today", "open", "people_today", "people",
    "visits_today", "visits", "capacity", "use_today", "use", "overflow_today", "overflow", "mean_today", "mean",
)  # fmt: skip


NEAREST = "nearest open point"
SYSTEM = "visits after: assigned by the plan, not the nearest point; today and people: nearest open point"


def points_table(problem: Problem, views: Sequence[View], line: Timeline | None = None) -> pd.DataFrame:
    """Return one row per service and site that is an open point today or after.

    ``visits`` is empty for services without visits, ``capacity``, ``use`` (visits / capacity) and ``overflow`` where the
    point has none given; ``mean`` is the mean way in minutes of the people for whom it is the nearest.
    """
    mode = problem.scenario.costs.journeys.mode
    visits = dict(problem.journey_services) if len(problem.estate.visits) else {}
    sent = dict(assigned_services(problem)) if line is not None else {}
    parts = []
    for view in views:
        if view.standard_id or view.mode != mode:
            continue
        part = _of_service(problem, view, visits.get(view.service))
        if line is not None and view.service in sent:
            part = _resent(problem, line, view.service, sent[view.service], part)
        parts.append(part)
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True)[list(COLUMNS)] if some else pd.DataFrame(columns=list(COLUMNS))


def _of_service(problem: Problem, view: View, visits: Floats | None) -> pd.DataFrame:
    facts, n = problem.facts, len(problem.facts.sites)
    out: dict[str, object] = {}
    for suffix, site, way, places in (
        ("_today", view.point_today, view.today, view.open_today),
        ("", view.point, view.after, view.open_after),
    ):
        code = np.maximum(site, 0)
        people = np.where(site >= 0, view.weight, 0.0)
        out[f"open{suffix}"] = np.isin(np.arange(n), places)
        out[f"people{suffix}"] = sums(people, code, n)
        out[f"mean{suffix}"] = means(way, people, code, n)
        came = np.zeros(n) if visits is None else sums(np.where(site >= 0, visits, 0.0), code, n)
        out[f"visits{suffix}"] = np.full(n, np.nan) if visits is None else came
    capacity = capacities(problem, view.service)
    if visits is None:
        capacity = np.full(n, np.nan)
    for suffix in ("_today", ""):
        came = np.asarray(out[f"visits{suffix}"], dtype=np.float64)
        opened = np.asarray(out[f"open{suffix}"], dtype=bool)
        out[f"use{suffix}"] = np.divide(came, capacity, out=np.full(n, np.nan), where=opened & (capacity > 0))
        out[f"overflow{suffix}"] = np.where(opened, np.maximum(came - capacity, 0.0), np.nan)
    frame = pd.DataFrame(
        {
            "service_type": view.service_type, "site_id": facts.sites.ids,
            "name": problem.estate.sites["name"].to_numpy(dtype=object), "district": problem.site_district,
            "mode": view.mode, "basis": view.basis, "assignment": NEAREST, "capacity": capacity, **out,
        }
    )  # fmt: skip
    return frame[frame["open_today"] | frame["open"]]


def _resent(problem: Problem, line: Timeline, service: int, amount: Floats, part: pd.DataFrame) -> pd.DataFrame:
    """Put the visits that the plan sends to each point in place of those that come by themselves."""
    going = visitors(problem, line, service, problem.years - 1)
    came = np.bincount(going.site, weights=going.share * amount[going.zone], minlength=len(problem.facts.sites))
    at = codes(part["site_id"], problem.facts.sites.index)
    capacity = part["capacity"].to_numpy(dtype=np.float64)
    opened = part["open"].to_numpy(dtype=bool)
    use = np.divide(came[at], capacity, out=np.full(len(at), np.nan), where=opened & (capacity > 0))
    # What the rule allows for rounding is no overflow.
    over = np.where(
        came[at] > capacity * (1 + 1e-6) + 1e-6, came[at] - capacity, np.where(np.isnan(capacity), np.nan, 0.0)
    )
    return part.assign(assignment=SYSTEM, visits=came[at], use=use, overflow=np.where(opened, over, np.nan))


def overflow_warnings(table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return one warning for every point that more visits fall to after the plan than it takes."""
    over = table[table["overflow"].fillna(0.0).astype(float) > 0.5]
    out = []
    for row in over.itertuples():
        told = f"today {row.visits_today:,.0f} go there" if row.open_today else "today it is no point"
        what = (
            f"{row.visits:,.0f} visits a year go to {row.service_type} at {row.name}, the nearest open point by {row.mode} "
            f"({row.basis}); it takes {row.capacity:,.0f}: {row.overflow:,.0f} too many ({told})"
        )
        fix = "make room there, keep another point open near it, or put more visits in point_capacity if they fit"
        out.append(Issue(f"point_capacity, {row.site_id}, {row.service_type}", what, fix, "warning"))
    return tuple(out)
