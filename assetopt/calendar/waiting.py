"""Swing space: teams that stand in each other's way may wait in a third building, where one has room.

Moves wait for each other in a circle when each goes to where the next must first leave: those may wait. So may a team whose goal
is not ready (full until another leaves, in works, not open yet) while its building costs more to keep than a second move; where
these are many, those with the most to save. Only teams that serve no public wait:
a public service is never without its counter. Nobody waits where a team stands, comes or waits that it must not meet.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from assetopt.calendar.case import NOWHERE, Case
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, codes

PLACES = 3
"""Third buildings that a team may choose from: the nearest with room."""


def circles(case: Case) -> Bools:
    """Return (n_moves,) which moves stand in a circle in which each needs the room that another leaves."""
    use = case.standing.copy()
    for v in case.moves:
        if v.home != NOWHERE:
            use[v.home] += v.need
    n = len(case.moves)
    at: dict[int, list[int]] = {}
    for k, v in enumerate(case.moves):
        at.setdefault(v.home, []).append(k)
    pairs = []
    for k, v in enumerate(case.moves):
        if v.to == NOWHERE or v.home == NOWHERE:
            continue
        incoming = np.sum([w.need for w in case.moves if w.to == v.to], axis=0)
        if (use[v.to] + incoming > case.limit[v.to] + 1e-9).any():
            pairs += [(k, r) for r in at.get(v.to, ())]
    if not pairs:
        return np.zeros(n, dtype=bool)
    rows, columns = np.array(pairs).T
    links = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    _, group = connected_components(links, directed=True, connection="strong")
    return np.asarray(np.bincount(group)[group] > 1, dtype=bool)


MOST = 12
"""Teams outside circles that may wait, as every one makes the model larger."""


def saving(case: Case) -> Floats:
    """Return (n_moves,) the most £ that a team could save by waiting elsewhere for a goal that is not ready; 0 where none.

    That is what keeping its building costs from the month after its first one to its last; less the second move.
    """
    goals = np.zeros_like(case.limit)
    use = case.standing.copy()
    for v in case.moves:
        if v.home != NOWHERE:
            use[v.home] += v.need
        if v.to != NOWHERE:
            goals[v.to] += v.need
    not_ready: Bools = np.asarray((use + goals > case.limit + 1e-9).any(axis=1), dtype=bool)
    not_ready[[o.site for o in case.openings] + [w.site for w in case.works]] = True
    kept = {x.site: x.cost for x in case.exits}
    return np.array(
        [
            max(0.0, sum(kept[v.home][v.window.first + 1 : v.window.last + 1]) - v.decant_cost)
            if v.home in kept and v.to != NOWHERE and not_ready[v.to]
            else 0.0
            for v in case.moves
        ]
    )


def with_decants(case: Case, problem: Problem, changing: set[int]) -> Case:
    """Return the case with waiting places; ``changing`` sites, which open or go, are none."""
    s = problem.facts.sites
    use: Floats = case.standing.copy()
    for v in case.moves:
        for i in {v.home, v.to} - {NOWHERE}:
            use[i] += v.need
    spare = case.limit - use
    number = codes([v.team for v in case.moves], problem.facts.teams.index).tolist()
    at: dict[int, set[int]] = {}  # teams that stand, come or may wait at a site
    for team, home in enumerate(problem.facts.teams.home.tolist()):
        at.setdefault(home, set()).add(team)
    for team, v in zip(number, case.moves, strict=True):
        at.setdefault(v.to, set()).add(team)
    fits = s.existing & ~np.isin(np.arange(len(s)), sorted(changing))
    moves = []
    may = np.array([not v.closes and v.service == -1 and v.home != NOWHERE for v in case.moves], dtype=bool)
    stuck = circles(case) & may
    worth = np.where(may & ~stuck, saving(case), 0.0)
    worth[np.argsort(-worth, kind="stable")[MOST:]] = 0.0
    for team, v, waits in zip(number, case.moves, stuck | (worth > 0), strict=True):
        if not waits:
            moves.append(v)
            continue
        room = fits & (spare >= np.array(v.need) - 1e-9).all(axis=1)
        room[[v.home, v.to]] = False
        foes = {
            int(r)
            for a, b in problem.must_not
            for m, other in ((a, b), (b, a))
            if m[team]
            for r in np.flatnonzero(other)
        }
        room[[i for i, teams in at.items() if i != NOWHERE and (foes - {team}) & teams]] = False
        far = np.hypot(s.easting - s.easting[v.home], s.northing - s.northing[v.home])
        near = sorted(np.flatnonzero(room).tolist(), key=lambda i: (float(far[i]), i))[:PLACES]
        for i in near:
            at.setdefault(i, set()).add(team)
        moves.append(replace(v, decants=tuple(near)))
    return replace(case, moves=tuple(moves))
