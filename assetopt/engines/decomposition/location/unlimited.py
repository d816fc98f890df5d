"""Location without room limits (also with at most p facilities): exchange for the plan, prices and branch and cut for the proof."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from assetopt.engines.decomposition.location.ascent import Ascent, ascend, begin
from assetopt.engines.decomposition.location.beside import Beside
from assetopt.engines.decomposition.location.branching import Case, Tree
from assetopt.engines.decomposition.location.finish import finish
from assetopt.engines.decomposition.location.fixing import Left, fix
from assetopt.engines.decomposition.location.interchange import Interchange
from assetopt.engines.decomposition.location.work import Work
from assetopt.program import Bools

SHAKES = 3_000
"""Shakes of the exchange search without a better plan, after which it ends."""

SHAKE_SHARE = 0.4
"""Share of the time left that the exchange search may take."""


def solve_unlimited(work: Work) -> None:
    """Solve one such problem as far as the time allows."""
    p = work.location
    ascent = begin(work.pricing)
    work.best.phase = "prices"
    table = Interchange(p) if Interchange.fits(p) else None

    def heard(now: Ascent) -> None:
        if not np.isfinite(work.upper()) or now.rounds % 100 == 0:
            offer(now.held)

    def offer(held: Bools) -> Bools:
        held = (held | p.always) & ~p.never
        if table is not None:
            held = table.improve(held, work.over)
        work.offer_nearest(held)
        return held

    ascend(work.pricing, ascent, work.upper, work.over, rounds=1_500, heard=heard, least_step=0.005)
    held = offer(ascent.held)
    work.prove(ascent.price)
    left = Left.all(p)
    if not fix(work.pricing, ascent, work.cutoff(), left):
        work.end()
    if work.over():
        return
    prove(work, left, ascent, offer, table, held)


def prove(
    work: Work, left: Left, ascent: Ascent, offer: Callable[[Bools], Bools], table: Interchange | None, held: Bools
) -> None:
    """Prove by cases; beside it, where there is a second thread, exchange and then branch and cut."""

    def decide(case: Case) -> bool:
        offer(case.left.always)
        return True

    done = threading.Event()

    def found(held: Bools, _: Ascent) -> None:
        work.offer_nearest(held)

    tree = Tree(work, left, ascent, found, decide)
    work.best.phase = "cases"

    def branch() -> None:
        if table is not None:
            shake(work, table, held, done.is_set)
        if finish(work, left, ascent, reach=1.0, halt=done.is_set):
            work.end()
            done.set()

    if table is not None and work.task.threads == 1 and left.size[0] > 40:
        shake(work, table, held, done.is_set)
    beside = Beside(branch if work.task.threads > 1 else None)
    try:
        if tree.grow(lambda: work.over() or done.is_set()):
            work.end()
    finally:
        done.set()
        beside.join()


def shake(work: Work, table: Interchange, held: Bools, halt: Callable[[], bool]) -> None:
    """Exchange some facilities at random and improve, as long as better plans come of it."""
    dice = np.random.default_rng(work.task.seed)
    ends = time.monotonic() + SHAKE_SHARE * min(work.task.remaining, 120.0)
    best, cost, idle = held, table.total(held), 0
    while idle < SHAKES and not work.over() and not halt() and time.monotonic() < ends:
        idle += 1
        trial = table.improve(table.shaken(best, dice, int(dice.integers(2, 6))), work.over)
        total = table.total(trial)
        if total < cost - 1e-9 * abs(cost):
            best, cost, idle = trial, total, 0
            work.offer_nearest(trial)
        elif total <= cost + 1e-9 * abs(cost):
            best = trial
