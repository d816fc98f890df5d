"""Access standards in months: which points a plan opens or closes, and what they must still serve while it happens.

From the base year on every hard standard holds as asked; in the months before, no less than today (or than asked, where that
is less). Points that never change are taken off; minimum numbers of points are standards of the same shape. Most points hold
at the end of every month; where there are more today, until what mends that is done.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assetopt.calendar.case import AccessTest, Move, PointCap
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats
from assetopt.problem.standards import CoverTest, MeanTest
from assetopt.rules.service_points import limits_of
from assetopt.timeline import Timeline


def standing_points(problem: Problem, line: Timeline, service: int) -> Bools:
    """Return (n_sites,) where a point of a service stands all the time: a team of it stays."""
    f = problem.facts
    least = np.where(f.teams.divisible, f.min_point_share[service], 1.0)
    stays = (f.teams.service == service) & (f.teams.home >= 0) & (line.stay_share >= least - 2e-6)
    out = np.zeros(len(f.sites), dtype=bool)
    out[f.teams.home[stays]] = True
    return out


def access_tests(
    problem: Problem, line: Timeline, moves: Sequence[Move], months: int, start: int
) -> tuple[AccessTest, ...]:
    """Return what must hold in every month; ``start`` is the month of the base year's 1 April."""
    out: list[AccessTest] = []
    changing = {q: _changing(problem, line, moves, q) for q in sorted({v.service for v in moves} - {-1})}
    before = np.arange(months) < start
    if problem.scenario.rules.access is not None:
        for test in problem.cover_tests:
            if test.force == "hard" and changing.get(test.service):
                out += _cover(problem, line, test, changing[test.service], before)
        for mean in problem.mean_tests:
            if mean.force == "hard" and changing.get(mean.service):
                out += _mean(problem, line, mean, start)
    for q, names, mask, fewest, _ in limits_of(problem):
        if not changing.get(q) or fewest <= 0:
            continue
        sites, always = problem.points(q).sites, standing_points(problem, line, q)
        today = _today(problem, q)
        for name, chosen in zip(names, mask, strict=True):
            mine = [i for i in changing[q] if i in set(sites[chosen].tolist())]
            have, had = float(always[sites[chosen]].sum()), float(today[sites[chosen]].sum())
            required: Floats = np.where(before, min(fewest, had), fewest).astype(np.float64) - have
            label = f"{problem.facts.services[q]}: at least {fewest:g} points{' in ' + name if name else ''}"
            if (required > 0).any():
                out.append(AccessTest(label, q, required, np.ones(len(mine)), tuple(frozenset([i]) for i in mine)))
    return tuple(out)


def point_caps(
    problem: Problem, line: Timeline, moves: Sequence[Move], months: int, mended: int
) -> tuple[PointCap, ...]:
    """Return how many points there may be at the end of every month; what is over today may be so until month ``mended``."""
    out: list[PointCap] = []
    for q, names, mask, _, most in limits_of(problem):
        changing = np.array(_changing(problem, line, moves, q), dtype=np.int64)
        if not len(changing) or np.isinf(most):
            continue
        sites, always, today = problem.points(q).sites, standing_points(problem, line, q), _today(problem, q)
        for name, chosen in zip(names, mask, strict=True):
            mine = frozenset(np.intersect1d(changing, sites[chosen]).tolist())
            have, had = float(always[sites[chosen]].sum()), float(today[sites[chosen]].sum())
            cap: Floats = np.where(np.arange(months) < mended, max(most, had), most).astype(np.float64) - have
            label = f"{problem.facts.services[q]}: at most {most:g} points{' in ' + name if name else ''}"
            if (cap < len(mine)).any():
                out.append(PointCap(label, q, mine, cap))
    return tuple(out)


def _changing(problem: Problem, line: Timeline, moves: Sequence[Move], service: int) -> list[int]:
    always = standing_points(problem, line, service)
    touched = {i for v in moves if v.service == service for i in (v.home, v.to)} - {-1}
    return sorted(i for i in touched if not always[i])


def _today(problem: Problem, service: int) -> Bools:
    f = problem.facts
    out = np.zeros(len(f.sites), dtype=bool)
    out[f.teams.home[(f.teams.service == service) & (f.teams.home >= 0)]] = True
    return out


def _cover(problem: Problem, line: Timeline, test: CoverTest, changing: list[int], before: Bools) -> list[AccessTest]:
    always = test.served(standing_points(problem, line, test.service)[test.sites])
    today = test.served(_today(problem, test.service)[test.sites])
    columns = [int(np.flatnonzero(test.sites == i)[0]) for i in changing if (test.sites == i).any()]
    sites = [i for i in changing if (test.sites == i).any()]
    near = (
        np.asarray(test.cover[:, columns].toarray(), dtype=bool) if columns else np.zeros((len(always), 0), dtype=bool)
    )
    rest = np.flatnonzero(~always & near.any(axis=1))
    sets, number = np.unique(near[rest], axis=0, return_inverse=True)
    reach = tuple(frozenset(sites[k] for k in np.flatnonzero(row)) for row in sets)
    out = []
    for group in test.groups:
        have = float(group.weight[always].sum())
        floor = min(group.required, float(group.weight[today].sum()))
        required: Floats = np.where(before, floor, group.required).astype(np.float64) - have
        slack = 1e-6 * max(1.0, group.total)
        if (required <= slack).all():
            continue
        weight = np.bincount(np.asarray(number).ravel(), weights=group.weight[rest], minlength=len(reach)).astype(
            np.float64
        )
        out.append(AccessTest(f"{test.name}: {group.label}", test.service, required, weight, reach, slack))
    return out


def _mean(problem: Problem, line: Timeline, test: MeanTest, start: int) -> list[AccessTest]:
    always = standing_points(problem, line, test.service)[test.sites]
    today = _today(problem, test.service)[test.sites]
    place = {int(i): k for k, i in enumerate(test.sites)}
    out = []
    for group in test.groups:
        asked = [(start, float(group.required))]
        if start > 0:
            asked.append((0, max(float(group.required), float(test.mean(group, today)))))
        for first, most in asked:

            def short(sites: frozenset[int], group=group, most=most) -> float:  # type: ignore[no-untyped-def]
                open_ = always.copy()
                open_[[place[i] for i in sites if i in place]] = True
                over = test.mean(group, open_) - most
                return float(over * group.total) if over > 1e-6 * max(1.0, most) else 0.0

            label = f"{test.name}: {group.label}"
            required = np.array([float(max(0, first))])
            out.append(AccessTest(label, test.service, required, tolerance=1e-6 * group.total, shortfall=short))
    return out
