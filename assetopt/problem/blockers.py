"""Reasons, found before any search, why no plan can exist; in the words of the estate, with the nearest value that works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from assetopt.problem.company import contradictions
from assetopt.problem.facts import Bools
from assetopt.problem.facts import codes as positions
from assetopt.problem.nearest_value import nearest_mean, nearest_value
from assetopt.problem.pairs import ALLOWED, HOME, REASONS
from assetopt.problem.places import named, places_of
from assetopt.problem.problem import Problem
from assetopt.problem.rooms import shortages
from assetopt.problem.standards import CoverTest, Group, MeanTest
from assetopt.travel.geodesic import km_apart


def blockers(problem: Problem) -> list[str]:
    """Return every reason found, the most physical first; empty when none is found (a plan may still not exist)."""
    places = places_of(problem)
    return [
        *_homeless(problem),
        *_stuck(problem),
        *shortages(problem, places),
        *_decided(problem),
        *contradictions(problem, places),
        *_superior(problem),
        *_works(problem),
        *_unreachable(problem),
        *_points(problem),
    ]


def _why_nowhere(problem: Problem, team: int) -> str:
    sites = np.flatnonzero(~problem.facts.sites.external)
    codes = problem.screen(np.full(len(sites), team), sites)
    counts = Counter(int(code) for code in codes if code != HOME)
    told = "; ".join(f"at {n} sites it {REASONS[code]}" for code, n in counts.most_common(3))
    return told + "".join(f". {text}" for text in _nearest_place(problem, team))


def _nearest_place(problem: Problem, team: int) -> Iterator[str]:
    """Yield what would give a team a place: the least room, or the least radius, where nothing else is in its way."""
    f, screen = problem.facts, problem.screen
    sites = np.flatnonzero(~f.sites.external & (np.arange(len(f.sites)) != f.teams.home[team]))
    who = np.full(len(sites), team)
    need = f.teams.need[team]
    roomy = replace(screen, room=np.full_like(screen.room, np.inf))
    at = sites[roomy(who, sites) == ALLOWED]
    if len(at) and not f.teams.divisible[team]:
        short = np.maximum(0.0, need - screen.room[at])
        best = int(np.argmin((short / np.maximum(need, 1e-9)).sum(axis=1)))
        short = short / (1.0 - problem.scenario.rules.capacity.headroom)
        missing = ", ".join(
            f"{short[best, k]:,.6g} more {f.space_types[int(k)]}" for k in np.flatnonzero(short[best] > 0)
        )
        yield f"{missing} at {f.sites.ids[at[best]]} would do (spaces.capacity)"
    free = replace(screen, facts=replace(f, teams=replace(f.teams, radius_km=np.full(len(f.teams), np.nan))))
    at = sites[free(who, sites) == ALLOWED]
    if len(at) and f.teams.home[team] >= 0:
        home = f.teams.home[team]
        km = km_apart(f.sites.lat[home], f.sites.lon[home], f.sites.lat[at], f.sites.lon[at])
        nearest = int(np.argmin(km))
        yield (
            f"A radius of {np.ceil(km[nearest] * 10) / 10:.1f} km would let it go to {f.sites.ids[at[nearest]]} "
            f"(teams.radius_km, {f.teams.radius_km[team]:g} km today)"
        )


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
            yield f"site {name} {cause}, but is locked keep: take one of the two out (sites.lock, decisions.keep)"
        elif not problem.may_change[: min(problem.years, t.forced[i] + 1)].any():
            yield (
                f"site {name} {cause}, but as_at and the lead time allow no change by then: decide later, or cut "
                "change.lead_months"
            )
        for s in np.flatnonzero((f.teams.home == i) & ~can_leave):
            yield f"site {name} {cause}, but team {f.teams.ids[s]} cannot leave it: {_why_nowhere(problem, int(s))}"


def _decided(problem: Problem) -> Iterator[str]:
    f = problem.facts
    teams = np.flatnonzero((problem.must_go >= 0) & (problem.must_go != f.teams.home))
    codes = problem.screen(teams, problem.must_go[teams])
    for s, code in zip(teams, codes, strict=True):
        if code:
            yield (
                f"team {f.teams.ids[s]} is decided to move to {f.sites.ids[problem.must_go[s]]}, but it {REASONS[code]}: "
                "take the decision back (decisions.move), or what stands in its way"
            )


def _superior(problem: Problem) -> Iterator[str]:
    """Yield interests that are to be kept longer than the one above them may be."""
    s = problem.facts.sites
    for i in np.flatnonzero((s.head >= 0) & problem.keep & ~s.external):
        h = s.head[i]
        if not s.external[h] and problem.must_leave[h] and s.existing[h]:
            yield (
                f"site {s.ids[i]} is locked keep, but its superior interest {s.ids[h]} is to be left: keep both or neither "
                "(sites.lock, sites.head_site_id, decisions)"
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
            if np.isinf(best) and np.isfinite(group.required):
                yield _unreached(problem, mean, group)
            elif best > group.required * (1 + 1e-6) + 1e-9:
                told = nearest_mean(mean, group, everywhere)
                yield (
                    f"standard {mean.name}, {group.label}: even with all {len(mean.sites)} possible points open the mean is "
                    f"{best:.2f} {mean.unit}, at most {group.required:.2f} asked"
                    + (f". {told[0].upper()}{told[1:]}" if told else "")
                )


def _unreached(problem: Problem, mean: MeanTest, group: Group) -> str:
    """Say which zones no possible point is reached from, so that there is no mean at all."""
    left_out = np.flatnonzero((group.weight > 0) & ~np.isfinite(mean.metric).any(axis=1))
    zones = problem.estate.demand["zone_id"].to_numpy(dtype=object)[left_out]
    return (
        f"standard {mean.name}, {group.label}: {len(zones):,} zones ({named(zones)}; {group.weight[left_out].sum():,.0f} people) "
        f"reach none of the {len(mean.sites)} possible points, so their mean has no end: add the ways (travel), or leave "
        "the zones out of the standard"
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
        nowhere = np.flatnonzero((group.weight > 0) & ~served & _never_reached(test))
        if len(nowhere):
            what = f"{len(nowhere):,} zones ({named(zones[nowhere])}; {group.weight[nowhere].sum():,.0f} people)"
            text += f"; {what} reach no possible point at all (travel)"
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


def _never_reached(test: CoverTest) -> Bools:
    """Return the zones that have no way at all to any possible point, (n_zones,)."""
    everywhere = np.ones(len(test.sites), dtype=bool)
    ways = [np.isfinite(limit.metric.nearest(everywhere)) for limit in test.limits]
    return np.asarray(~np.any(ways, axis=0) if ways else np.zeros(test.cover.shape[0], dtype=bool), dtype=bool)


def _points(problem: Problem) -> Iterator[str]:
    for _, row in problem.estate.service_types.iterrows():
        q = int(positions([str(row["service_type"])], problem.facts.services)[0])
        possible = len(problem.points(q).sites)
        if row["min_points"] > possible:
            yield (
                f"{row['service_type']}: at least {row['min_points']:.0f} points asked, only {possible} "
                "sites can be one"
            )
