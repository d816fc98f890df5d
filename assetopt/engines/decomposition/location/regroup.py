"""Improves a plan with whole customers: a few facilities at a time hand their customers round anew, exactly.

A neighbourhood is a handful of facilities that could serve each other's customers, with all who are served there; branch
and cut finds the cheapest way among them, every other time with some more facilities that could be held instead.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assetopt.engines.decomposition.location.core import lay_out
from assetopt.engines.decomposition.location.work import Work
from assetopt.engines.highs_run import run_highs
from assetopt.program import Bools, Floats, Ints

MOST_CELLS = 4_000_000
"""Largest table of facilities x customers; above it only facilities held are looked at."""

TRY = 1.0
"""Seconds that one neighbourhood may take."""

SMALLEST, LARGEST = 2, 7
"""Facilities in a neighbourhood; the number follows how soon branch and cut is done."""


def regroup(
    work: Work,
    arcs: Bools,
    held: Bools,
    share: Floats,
    dice: np.random.Generator,
    halt: Callable[[], bool],
    tries: int,
) -> tuple[Bools, Floats]:
    """Improve a plan until nothing comes of it, and return it: facilities held (m,), shares (k,).

    Parameters
    ----------
    work : Work
    arcs : (k,) arcs that may be used
    held, share : (m,), (k,) the plan
    dice : numpy.random.Generator
    halt : callable
        Asked before every neighbourhood.
    tries : int
        Neighbourhoods without success after which it ends.
    """
    p = work.location
    usable = np.zeros(p.m, dtype=bool)
    usable[p.arc_facility[arcs]] = p.m * p.n <= MOST_CELLS
    sites, table = _table(work, held | usable)
    size, idle, quick = 3, 0, 0
    while idle < tries and held.sum() >= SMALLEST and not work.over() and not halt():
        more = 2 + quick % 3 if idle % 2 else 0
        idle += 1
        inside = np.zeros(p.m, dtype=bool)
        inside[_group(sites, table, held, size, more, dice)] = True
        serving = share > 0.5
        mine = serving & inside[p.arc_facility]
        customers = np.zeros(p.n, dtype=bool)
        customers[p.arc_customer[mine]] = True
        use = (arcs & inside[p.arc_facility] & customers[p.arc_customer]) | mine
        # Facilities outside have no arcs here: what they hold is paid for already.
        always = held & (~inside | p.always) if more else held
        core = lay_out(p, use, always, ~(always | inside) if more else ~held, only=customers)
        answer = run_highs(
            core.matrix,
            seconds=min(TRY, work.task.remaining),
            start=core.start(held, np.where(mine, share, 0.0)),
            seed=work.task.seed,
            hear=lambda *_: work.over() or halt(),
            options={"mip_allow_restart": False},
        )
        plan = core.plan(answer.values) if answer.values is not None else None
        if answer.status == "optimal":
            quick += 1
            if quick % 4 == 0:
                size = min(size + 1, LARGEST)
        else:
            size, quick = max(SMALLEST, size - 1), 0
        if plan is None:
            continue
        new = np.where(use, np.rint(plan[1]), share)
        before, after = (float(p.arc_cost @ s + p.fixed[h].sum()) for h, s in ((held, share), (plan[0], new)))
        if after < before - 1e-9 * (1.0 + abs(before)):
            held, share, idle = plan[0], new, 0
            work.offer(held, share)
    return held, share


def _table(work: Work, wanted: Bools) -> tuple[Ints, Floats]:
    """Return the facilities wanted (s,) and what they ask of every customer, (s, n)."""
    p = work.location
    sites = np.flatnonzero(wanted)
    number = np.full(p.m, -1, dtype=np.int64)
    number[sites] = np.arange(len(sites))
    use = np.flatnonzero(number[p.arc_facility] >= 0)
    far = float(np.abs(p.arc_cost[use]).max(initial=0.0)) * 2 + 1.0
    table = np.full((len(sites), p.n), far)
    table[number[p.arc_facility[use]], p.arc_customer[use]] = p.arc_cost[use]
    return sites, table


def _group(sites: Ints, table: Floats, held: Bools, size: int, more: int, dice: np.random.Generator) -> Ints:
    """Return a facility held at random, some of those held that are most like it, and ``more`` of those that are not."""
    inside = held[sites]
    centre = int(dice.choice(np.flatnonzero(inside)))
    apart = np.abs(table - table[centre]).sum(axis=1)
    apart[centre] = np.inf
    order = np.argsort(apart, kind="stable")[:-1]
    chosen = [np.array([centre])]
    for pool, number in ((order[inside[order]], size - 1), (order[~inside[order]], more)):
        near = pool[: 3 * number]
        chosen.append(dice.choice(near, min(len(near), number), replace=False))
    return np.asarray(sites[np.concatenate(chosen)], dtype=np.int64)
