"""Teams that can only be in a few places, and all the room there: too little is told before anything is solved.

For a space type k, teams S that may not close, and N(S) all the sites where one of them may be in the last decision year:

    sum_{s in S} need[s,k]  >  sum_{i in N(S)} room[i,k]     says that no plan exists

room counts every intervention, candidate and today's overload. S is read off a smallest cut between needs and rooms, so the
test misses no such S; teams that cannot be divided may still not fit where it finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from assetopt.problem.facts import Bools, Ints
from assetopt.problem.places import Places, named

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem

WHOLE = 1_000_000_000
"""What all needs together come to as whole numbers, which the cut counts in."""


def shortages(problem: Problem, places: Places) -> Iterator[str]:
    """Yield one text for each space type and group of sites whose teams cannot all be there."""
    f = problem.facts
    room = np.where(
        problem.must_leave[:, None] | (f.sites.external | _out_of_use(problem))[:, None], 0.0, problem.screen.room
    )
    somewhere = np.diff(places.at.indptr) > 0
    outside = np.asarray((places.at @ f.sites.external.astype(np.int64)) > 0).ravel()
    bound = ~places.closes & somewhere & ~outside
    for k, kind in enumerate(f.space_types):
        teams = np.flatnonzero(bound & (f.teams.need[:, k] > 0))
        for some, sites in _cut(places, teams, f.teams.need[teams, k], room[:, k]):
            asked, held = float(f.teams.need[some, k].sum()), float(room[sites, k].sum())
            if asked - held > 1e-6 * max(1.0, held):
                yield _told(problem, str(kind), some, sites, asked, held)


def _out_of_use(problem: Problem) -> Bools:
    """Mark candidates that can open in no decision year."""
    return np.asarray(problem.facts.sites.candidate & ~problem.may_change.any(), dtype=bool)


def _cut(places: Places, teams: Ints, need: np.ndarray, room: np.ndarray) -> Iterator[tuple[Ints, Ints]]:
    """Yield (teams, sites) of every separate group whose needs exceed its room, by a largest flow of needs into rooms."""
    if not len(teams):
        return
    unit = WHOLE / max(float(need.sum()), 1e-9)
    may = places.at[teams].tocoo()
    n, m = len(teams), len(room)
    # Needs are rounded down and rooms up, so that rounding never makes a shortage.
    take = np.floor(need * unit).astype(np.int64)
    hold = np.minimum(np.ceil(room * unit), WHOLE).astype(np.int64)
    source, sink = n + m, n + m + 1
    rows = np.concatenate([np.full(n, source), may.row, n + np.arange(m)])
    columns = np.concatenate([np.arange(n), n + may.col, np.full(m, sink)])
    amount = np.concatenate([take, take[may.row], hold]).astype(np.int32)
    network = sparse.csr_array((amount, (rows, columns)), shape=(n + m + 2, n + m + 2))
    network.sort_indices()
    flow = csgraph.maximum_flow(network, source, sink)
    if flow.flow_value >= int(take.sum()):
        return
    rest = sparse.csr_array((network - flow.flow) > 0)
    reached = csgraph.breadth_first_order(rest, source, return_predecessors=False)
    inside = np.zeros(n + m, dtype=bool)
    inside[reached[reached < n + m]] = True
    short, full = np.flatnonzero(inside[:n]), np.flatnonzero(inside[n:])
    links = places.at[teams[short]][:, full].tocoo()
    size = len(short) + len(full)
    both = sparse.csr_matrix((np.ones(links.nnz), (links.row, len(short) + links.col)), shape=(size, size))
    groups, label = csgraph.connected_components(both, directed=False)
    for g in range(groups):
        yield teams[short[label[: len(short)] == g]], full[label[len(short) :] == g]


def _told(problem: Problem, kind: str, teams: Ints, sites: Ints, asked: float, held: float) -> str:
    f = problem.facts
    names = set(problem.town.of[sites].tolist())
    one = next(iter(names)) if len(names) == 1 else -1
    ours = int((~f.sites.external & ~problem.must_leave).sum())
    area = "the whole estate" if len(sites) == ours else str(problem.town.names[one]) if one >= 0 else ""
    where = f"{area} ({named(f.sites.ids[sites])})" if area else named(f.sites.ids[sites])
    short, more = asked - held, (asked - held) / (1.0 - problem.scenario.rules.capacity.headroom)
    who = f"team {f.teams.ids[teams[0]]}" if len(teams) == 1 else f"{len(teams):,} teams ({named(f.teams.ids[teams])})"
    verb = "needs" if len(teams) == 1 else "need"
    return (
        f"{kind}, {where}: {who} that can be nowhere else {verb} {asked:,.6g}, and all the room there, with every "
        f"intervention, is {held:,.6g}. At least {more:,.6g} more is wanted there (spaces.capacity, interventions), "
        f"or {short:,.6g} less needed (needs.amount), or somewhere else to go (teams.radius_km, placements, locks)"
    )
