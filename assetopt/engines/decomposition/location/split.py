"""Location with room limits where customers may be split: flows for the plan, prices and branch and cut for the proof."""

from __future__ import annotations

import threading

import numpy as np

from assetopt.engines.decomposition.location.ascent import Ascent, ascend, begin
from assetopt.engines.decomposition.location.beside import Beside
from assetopt.engines.decomposition.location.branching import Case, Tree
from assetopt.engines.decomposition.location.core import lay_out
from assetopt.engines.decomposition.location.finish import finish, links_of, near_arcs, search, settled
from assetopt.engines.decomposition.location.fixing import Left, fix
from assetopt.engines.decomposition.location.serving import enough, split_among
from assetopt.engines.decomposition.location.work import Work
from assetopt.program import Bools


def solve_split(work: Work) -> None:
    """Solve one such problem as far as the time allows."""
    p = work.location
    ascent = begin(work.pricing)
    work.best.phase = "prices"
    ascend(work.pricing, ascent, work.upper, work.over, rounds=150)
    work.prove(ascent.price)
    first_plan(work, ascent)
    ascend(work.pricing, ascent, work.upper, work.over, rounds=1_500)
    work.prove(ascent.price)
    first_plan(work, ascent)
    left = Left.all(p)
    tighten(work, ascent, left)
    for growth in (1.6, 2.2):
        if work.over():
            return
        if left.size[1] <= 2_000:
            break
        work.best.phase = "kernel"
        upper = work.upper()
        kernel(work, ascent, left, growth)
        if work.upper() < upper:
            tighten(work, ascent, left)
        else:
            break
    if work.over():
        return
    work.best.phase = "branch and cut"
    prove(work, left, ascent)


def prove(work: Work, left: Left, ascent: Ascent) -> None:
    """Branch and cut over what is left, with cases of our own beside it where there is a second thread."""
    done = threading.Event()

    def cases() -> None:
        tree = Tree(work, left, ascent, lambda *_: None, lambda case: decide(work, case))
        if tree.grow(lambda: work.over() or done.is_set()):
            work.end()
            done.set()

    beside = Beside(cases if work.task.threads > 1 else None)
    try:
        if finish(work, left, ascent, halt=done.is_set):
            work.end()
            done.set()
    finally:
        if work.over():
            done.set()
        beside.join()


def decide(work: Work, case: Case) -> bool:
    """Decide a case in which every facility is decided: the flows are all that is left."""
    core = lay_out(work.location, case.left.arcs, case.left.always, case.left.never)
    return settled(work, search(work, core, bounding=False))


def tighten(work: Work, ascent: Ascent, left: Left) -> None:
    """Raise the prices for what is left, and fix by them."""
    for _ in range(2):
        if not fix(left.pricing(work.location), ascent, work.cutoff(), left):
            work.end()
            return
        pricing = left.pricing(work.location)
        before = left.size
        ascent.step, ascent.bound = 0.3, -np.inf
        ascend(pricing, ascent, work.upper, work.over, rounds=200, least_step=0.02)
        work.raise_bound(ascent.bound)
        work.prove(ascent.price)
        if not fix(pricing, ascent, work.cutoff(), left):
            work.end()
            return
        if left.size[0] >= 0.9 * before[0]:
            return


def first_plan(work: Work, ascent: Ascent) -> None:
    """Offer the plan in which the facilities held at the best prices serve everyone."""
    p = work.location
    if ascent.packing is None or p.whole.any():
        return
    held = enough(p, ascent.held, p.fixed - ascent.packing.gain)
    share = split_among(work, held)
    if share is not None:
        work.offer(held, share)


def kernel(work: Work, ascent: Ascent, left: Left, growth: float) -> None:
    """Branch and cut over the facilities and arcs that look best, for a better plan."""
    p = work.location
    if ascent.packing is None:
        return
    often = ascent.often + 1e-6 * (ascent.packing.gain - p.fixed) / (1.0 + np.abs(p.fixed).max())
    plan = work.plan()
    held = plan[0] if plan is not None else ascent.held
    number = int(np.ceil(growth * max(held.sum(), ascent.held.sum()))) + 2
    order = np.argsort(-(often + held + left.always), kind="stable")
    chosen: Bools = np.zeros(p.m, dtype=bool)
    chosen[order[:number]] = True
    chosen &= ~left.never
    arcs = near_arcs(work, left, ascent, 0.15) & chosen[p.arc_facility]
    if plan is not None:
        arcs |= plan[1] > 0
    core = lay_out(p, arcs, left.always, ~(chosen | left.always), links=links_of(work, left, ascent))
    search(work, core, seconds=min(20.0, 0.25 * work.task.remaining), bounding=False, gap=max(work.task.gap, 1e-4))
