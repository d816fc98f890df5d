"""Looks for good plans with whole customers inside one choice of facilities after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from assetopt.engines.decomposition.location.ascent import Ascent
from assetopt.engines.decomposition.location.core import lay_out
from assetopt.engines.decomposition.location.finish import links_of, near_arcs, search
from assetopt.engines.decomposition.location.fixing import Left
from assetopt.engines.decomposition.location.regroup import regroup
from assetopt.engines.decomposition.location.serving import enough
from assetopt.engines.decomposition.location.single import Single
from assetopt.engines.decomposition.location.work import Work
from assetopt.engines.highs_run import run_highs
from assetopt.program import Bools, Floats

CROWD = 60
"""From so many customers a facility on, branch and cut serves a choice of facilities."""

FEW = 6
"""Facilities a customer is tried at then."""

PROMISING = 1.01
"""A plan within so much of the best is worked on further."""


class Choices:
    """Choices of facilities worth looking into, the most promising first; each is handed out once."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._seen: set[bytes] = set()
        self._waiting: list[tuple[float, Bools, Floats, Floats]] = []
        self._lock = threading.Lock()

    def add(self, held: Bools, ascent: Ascent) -> None:
        """Keep the choice of an ascent, with room added where it has too little."""
        p = self._work.location
        gain = ascent.packing.gain if ascent.packing is not None else np.zeros(p.m)
        held = enough(p, held, p.fixed - gain)
        with self._lock:
            if held.tobytes() not in self._seen:
                self._seen.add(held.tobytes())
                self._waiting.append((ascent.bound, held, ascent.share.copy(), ascent.price.copy()))

    def next(self) -> tuple[Bools, Floats, Floats] | None:
        """Take the most promising choice out: facilities held (m,), shares (k,), prices (n,); None where there is none."""
        with self._lock:
            if not self._waiting:
                return None
            at = min(range(len(self._waiting)), key=lambda k: self._waiting[k][0])
            return self._waiting.pop(at)[1:]


def serve_exactly(work: Work, held: Bools, price: Floats, seconds: float, halt: Callable[[], bool]) -> None:
    """Serve whole customers from facilities held (m,) by branch and cut over the few arcs (k,) that are best at the prices.

    Where many customers share a facility the relaxation is nearly whole, and this is faster than any exchange.
    """
    p = work.location
    unit = work.pricing.pack(price).unit
    mine = np.flatnonzero(held[p.arc_facility])
    customer, facility = p.arc_customer[mine], p.arc_facility[mine]
    order = np.lexsort((p.arc_cost[mine] + p.demand[customer] * unit[facility], customer))
    starts = np.searchsorted(customer, np.arange(p.n + 1))
    rank = np.arange(len(mine)) - starts[customer[order]]
    use = np.zeros(len(p.arc_cost), dtype=bool)
    use[mine[order[rank < FEW]]] = True
    search(work, lay_out(p, use, held, ~held), seconds=seconds, bounding=False, halt=halt, gap=1e-6)


def split_guide(work: Work, left: Left, ascent: Ascent, seconds: float) -> list[Bools]:
    """Return choices of facilities (m,), the best last, that serve best where every customer may be split."""
    p = work.location
    number = int(np.ceil(1.8 * ascent.held.sum())) + 2
    order = np.argsort(-(ascent.often + ascent.held + left.always), kind="stable")
    chosen: Bools = left.always.copy()
    chosen[order[:number]] = True
    chosen &= ~left.never
    core = lay_out(
        p, near_arcs(work, left, ascent, 0.15) & chosen[p.arc_facility], left.always, ~chosen,
        links=links_of(work, left, ascent), split=True,
    )  # fmt: skip
    found: list[Bools] = []

    def hear(values: Floats | None, _bound: float) -> bool:
        plan = core.plan(values) if values is not None else None
        if plan is not None:
            found.append(plan[0])
        return work.over()

    answer = run_highs(core.matrix, seconds=min(seconds, work.task.remaining), gap=1e-5, seed=work.task.seed, hear=hear)
    hear(answer.values, -np.inf)
    return found


def look_into(
    work: Work,
    arcs: Bools,
    held: Bools,
    share: Floats,
    price: Floats,
    dice: np.random.Generator,
    halt: Callable[[], bool],
    *,
    rounds: int = 150,
    tries: int = 15,
) -> None:
    """Search one choice of facilities, held (m,), from shares (k,): tabu, and where that is promising, neighbourhoods.

    Where facilities are crowded branch and cut serves instead, by the arcs that are best at ``price`` (n,).

    Parameters
    ----------
    arcs : (k,) arcs that a better plan may use
    rounds, tries : int
        Of the tabu search; of the neighbourhoods, without success, after which it ends.
    """
    p = work.location
    if p.n >= CROWD * held.sum():
        serve_exactly(work, held, price, 4.0, halt)
        return
    single = Single(p, held)
    if not single.possible:
        return
    found = single.search(single.follow(share), rounds, dice, lambda: work.over() or halt())
    if found is None:
        return
    cost, at = found
    share = single.shares(at)
    work.offer(held, share)
    total = p.offset + float(p.fixed[held].sum()) + cost
    if tries and total - work.upper() <= (PROMISING - 1.0) * abs(work.upper()):
        regroup(work, arcs, held, share, dice, halt, tries)
