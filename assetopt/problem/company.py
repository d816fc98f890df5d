"""Who must, and who must not, share a building (table compatibility), held against where teams may be at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from assetopt.problem.facts import Ints
from assetopt.problem.places import Places, named

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem


def contradictions(problem: Problem, places: Places) -> Iterator[str]:
    """Yield teams that can meet nobody they must be with, and pairs that must not meet but have one and the same place."""
    yield from _lonely(problem, places)
    yield from _crowded(problem, places)


def _clash(problem: Problem, s: int, r: int) -> bool:
    return any((a[s] and b[r]) or (a[r] and b[s]) for a, b in problem.must_not)


def _lonely(problem: Problem, places: Places) -> Iterator[str]:
    f, table = problem.facts, problem.estate.compatibility
    for number, (rule, a_word, b_word) in enumerate(zip(table["rule"], table["a"], table["b"], strict=True), start=1):
        if rule != "must":
            continue
        a, b = problem.tagged(a_word), problem.tagged(b_word)
        hosts = np.flatnonzero(b)
        for s in np.flatnonzero(a & ~b & ~places.closes):
            mine = places.of(int(s))
            if not len(mine):
                continue  # nowhere to go at all: said already
            apart = [bool(_clash(problem, int(s), int(r))) for r in hosts]
            meets = False
            for r, never in zip(hosts, apart, strict=True):
                shared = np.intersect1d(mine, places.of(int(r)))
                home = f.teams.home[s]
                meets |= bool(len(shared)) if not never else bool(home == f.teams.home[r] and home in shared)
            if meets:
                continue
            what = (
                f"team {f.teams.ids[s]} ({a_word}) may only be where {b_word} is (compatibility, row {number}), "
                f"but may only be at {named(f.sites.ids[mine])}"
            )
            theirs = np.unique(np.concatenate([places.of(int(r)) for r in hosts] or [np.empty(0, dtype=np.int64)]))
            if all(apart) and len(hosts):
                yield f"{what}, and must not share a site with any of {b_word} (must_not): take one of the two rows out"
            elif len(theirs):
                yield (
                    f"{what}, and {b_word} only at {named(f.sites.ids[theirs])}: let one of them go where the other may be, "
                    "or take the row out"
                )
            else:
                yield f"{what}, and no team of {b_word} can be anywhere: add one, or take the row out"


def _crowded(problem: Problem, places: Places) -> Iterator[str]:
    f = problem.facts
    only = np.flatnonzero((np.diff(places.at.indptr) == 1) & ~places.closes)
    site = places.at.indices[places.at.indptr[only]]
    clashing = np.zeros(len(f.teams), dtype=bool)
    for a, b in problem.must_not:
        clashing |= a | b
    for i in np.unique(site):
        here: Ints = only[(site == i) & clashing[only]]
        for x, s in enumerate(here):
            for r in here[x + 1 :]:
                together = f.teams.home[s] == i and f.teams.home[r] == i
                if not together and _clash(problem, int(s), int(r)):
                    yield (
                        f"teams {f.teams.ids[s]} and {f.teams.ids[r]} must not share a site (compatibility, must_not), but "
                        f"each may be nowhere but at {f.sites.ids[i]}: let one of them go elsewhere "
                        "(decisions, teams.movable, teams.radius_km, placements), or take the row out"
                    )
