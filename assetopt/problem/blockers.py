"""Reasons, found before any search, why no plan can exist; in the words of the estate, with the nearest value that works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from assetopt.problem.facts import codes as positions
from assetopt.problem.nearest_value import nearest_mean, nearest_value
from assetopt.problem.pairs import HOME, REASONS
from assetopt.problem.problem import Problem
from assetopt.problem.standards import CoverTest


def blockers(problem: Problem) -> list[str]:
    """Return every reason found, the most physical first; empty when none is found (a plan may still not exist)."""
    return [
        *_homeless(problem),
        *_stuck(problem),
        *_decided(problem),
        *_works(problem),
        *_unreachable(problem),
        *_points(problem),
    ]


def _why_nowhere(problem: Problem, team: int) -> str:
    sites = np.flatnonzero(~problem.facts.sites.external)
    codes = problem.screen(np.full(len(sites), team), sites)
    counts = Counter(int(code) for code in codes if code != HOME)
    return "; ".join(f"at {n} sites it {REASONS[code]}" for code, n in counts.most_common(3))


def _homeless(problem: Problem) -> Iterator[str]:
    f = problem.facts
    placed = np.zeros(len(f.teams), dtype=bool)
    placed[problem.pairs[0]] = True
    for s in np.flatnonzero((f.teams.home < 0) & ~placed):
        if problem.team_from[s] >= problem.years:
            yield (
                f"team {f.teams.ids[s]} has no home today and may not be placed before "
                f"{f.teams.earliest_move[s]:.0f}, after the last decision year"
            )
        else:
            yield f"team {f.teams.ids[s]} has no home today and nowhere to go: {_why_nowhere(problem, int(s))}"


def _stuck(problem: Problem) -> Iterator[str]:
    f, t = problem.facts, problem.tenure
    can_leave = np.zeros(len(f.teams), dtype=bool)
    can_leave[problem.pairs[0]] = True
    can_leave |= f.teams.closable & ~problem.stay & bool(problem.may_change.any())
    for i in np.flatnonzero(problem.must_leave & f.sites.existing):
        name = f.sites.ids[i]
        year = problem.base_year + t.forced[i]
        insecure = f"must be left by {year}, as its lease ends without security of tenure"
        cause = "is to be closed" if problem.close[i] else insecure
        if problem.keep[i]:
            yield f"site {name} {cause}, but is locked keep"
        elif not problem.may_change[: min(problem.years, t.forced[i] + 1)].any():
            yield f"site {name} {cause}, but as_at and the lead time allow no change by then"
        for s in np.flatnonzero((f.teams.home == i) & ~can_leave):
            yield f"site {name} {cause}, but team {f.teams.ids[s]} cannot leave it: {_why_nowhere(problem, int(s))}"


def _decided(problem: Problem) -> Iterator[str]:
    f = problem.facts
    teams = np.flatnonzero((problem.must_go >= 0) & (problem.must_go != f.teams.home))
    codes = problem.screen(teams, problem.must_go[teams])
    for s, code in zip(teams, codes, strict=True):
        if code:
            yield (
                f"team {f.teams.ids[s]} is decided to move to {f.sites.ids[problem.must_go[s]]}, but it {REASONS[code]}"
            )


def _works(problem: Problem) -> Iterator[str]:
    s = problem.facts.sites
    for i in np.flatnonzero(s.candidate & problem.keep):
        if not problem.may_change.any():
            yield (
                f"candidate {s.ids[i]} is decided to be kept, but as_at and the lead time allow no opening "
                "in the decision years"
            )


def _unreachable(problem: Problem) -> Iterator[str]:
    if problem.scenario.rules.access is None:
        return
    for test in problem.cover_tests:
        if test.force == "hard":
            yield from _short_of(problem, test)
    for mean in problem.mean_tests:
        everywhere = np.ones(len(mean.sites), dtype=bool)
        for group in mean.groups if mean.force == "hard" else ():
            best = mean.mean(group, everywhere)
            if best > group.required * (1 + 1e-6) + 1e-9:
                told = nearest_mean(mean, group, everywhere)
                yield (
                    f"standard {mean.name}, {group.label}: even with all {len(mean.sites)} possible points open the mean is "
                    f"{best:.2f} {mean.unit}, at most {group.required:.2f} asked"
                    + (f". {told[0].upper()}{told[1:]}" if told else "")
                )


def _short_of(problem: Problem, test: CoverTest) -> Iterator[str]:
    """Yield each group that stays short even with every possible point open."""
    everywhere = np.ones(len(test.sites), dtype=bool)
    served = test.served(everywhere)
    zones = problem.estate.demand["zone_id"].to_numpy(dtype=object)
    for group in test.groups:
        have = float(group.weight[served].sum())
        if have >= group.required - 1e-6 * max(1.0, group.total):
            continue
        worst = int(np.argmax(np.where(served, 0.0, group.weight)))
        text = (
            f"standard {test.name}, {group.label}: even with all {len(test.sites)} possible points "
            f"open only {have / group.total:.1%} of "
            f"people are served, {group.required / group.total:.1%} asked; the largest zone left out "
            f"is {zones[worst]} ({group.weight[worst]:,.0f} people)"
        )
        if len(test.sites) and test.limits:
            limit = test.limits[0]
            way, place = limit.metric.ways.nearest(limit.metric.modes, test.sites)
            if np.isfinite(way[worst]):
                text += (
                    f", whose nearest possible point is {problem.facts.sites.ids[test.sites[place[worst]]]}, "
                    f"{way[worst]:.1f} {'/'.join(limit.metric.modes)} {limit.unit} away"
                )
        if told := nearest_value(test, group, everywhere):
            text += f". {told[0].upper()}{told[1:]}"
        yield text


def _points(problem: Problem) -> Iterator[str]:
    for _, row in problem.estate.service_types.iterrows():
        q = int(positions([str(row["service_type"])], problem.facts.services)[0])
        possible = len(problem.points(q).sites)
        if row["min_points"] > possible:
            yield (
                f"{row['service_type']}: at least {row['min_points']:.0f} points asked, only {possible} "
                "sites can be one"
            )
