"""Location with room limits and whole customers: tabu for the plan; for the proof a tree of cases beside branch and cut."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from assetopt.engines.decomposition.location.ascent import Ascent, ascend, begin
from assetopt.engines.decomposition.location.beside import Beside
from assetopt.engines.decomposition.location.branching import Case, Tree
from assetopt.engines.decomposition.location.core import lay_out
from assetopt.engines.decomposition.location.finish import finish, search, settled
from assetopt.engines.decomposition.location.fixing import Left, fix
from assetopt.engines.decomposition.location.regroup import regroup
from assetopt.engines.decomposition.location.search_whole import CROWD, Choices, look_into, serve_exactly, split_guide
from assetopt.engines.decomposition.location.work import Work

SMALL = 3_000
"""With so few arcs left, branch and cut comes at once."""

LONG = 150.0
"""Seconds that a step may take on one thread before the next has its turn."""

LEAF = 3.0
"""Seconds that branch and cut may take on one choice of facilities."""


def solve_whole(work: Work) -> None:
    """Solve one such problem as far as the time allows."""
    p = work.location
    dice = np.random.default_rng(work.task.seed)
    choices, left = Choices(work), Left.all(p)
    ascent = begin(work.pricing)
    work.best.phase = "prices"
    ascend(work.pricing, ascent, work.upper, work.over, rounds=120)
    work.prove(ascent.price)
    choices.add(ascent.held, ascent)
    look(work, left, choices, 1, dice, work.over, tries=0)
    ascend(work.pricing, ascent, work.upper, work.over, rounds=1_500, heard=lambda now: choices.add(now.held, now))
    work.prove(ascent.price)
    choices.add(ascent.held, ascent)
    look(work, left, choices, 3, dice, work.over, tries=0)
    if not fix(work.pricing, ascent, work.cutoff(), left):
        work.end()
    if work.over():
        return
    if left.size[1] <= SMALL:
        work.best.phase = "branch and cut"
        if finish(work, left, ascent, seconds=0.1 * min(work.task.remaining, LONG)):
            work.end()
            return
    if p.n >= CROWD * ascent.held.sum():
        work.best.phase = "kernel"
        for held in split_guide(work, left, ascent, 0.2 * min(work.task.remaining, LONG))[-2:]:
            serve_exactly(work, held, ascent.price, 4.0, work.over)
        if not fix(work.pricing, ascent, work.cutoff(), left):
            work.end()
    sharpen(work, left, ascent)
    look(work, left, choices, 4, dice, work.over, tries=6)
    if work.over():
        return
    work.best.phase = "cases"
    done = threading.Event()

    def leaf(case: Case) -> bool:
        return decide(work, case, np.random.default_rng(work.task.seed), done.is_set)

    tree = Tree(work, left, ascent, choices.add, leaf)

    def prove() -> None:
        if tree.grow(lambda: work.over() or done.is_set()):
            work.end()
            done.set()

    beside = Beside(prove if work.task.threads > 1 else None)
    try:
        look(work, left, choices, 25, dice, done.is_set)
        plan = work.plan()
        if plan is not None:
            regroup(work, left.arcs, *plan, dice, done.is_set, tries=25)
        if work.task.threads == 1:
            ends = time.monotonic() + 0.5 * min(work.task.remaining, LONG)
            if tree.grow(lambda: work.over() or time.monotonic() > ends):
                work.end()
                return
        if work.over() or done.is_set():
            return
        fix(left.pricing(p), ascent, work.cutoff(), left)
        ours = LONG if work.task.threads == 1 else np.inf
        if finish(work, left, ascent, halt=done.is_set, seconds=min(ours, work.task.remaining)):
            work.end()
            done.set()
        elif work.task.threads == 1:
            prove()
    finally:
        if work.over():
            done.set()
        beside.join()


def look(
    work: Work,
    left: Left,
    choices: Choices,
    many: int,
    dice: np.random.Generator,
    halt: Callable[[], bool],
    tries: int = 15,
) -> None:
    """Look into the most promising choices, at most ``many``."""
    for _ in range(many):
        choice = choices.next()
        if choice is None or work.over() or halt():
            return
        look_into(work, left.arcs, *choice, dice, halt, tries=tries)


def sharpen(work: Work, left: Left, ascent: Ascent) -> None:
    """Raise the prices with exact knapsacks, and fix by them."""
    pricing = left.pricing(work.location)
    if not pricing.exact:
        return
    ends = time.monotonic() + min(4.0, 0.08 * min(work.task.remaining, LONG))
    ascent.step, ascent.bound = 0.4, -np.inf
    ascend(pricing, ascent, work.upper, lambda: work.over() or time.monotonic() > ends, exact=True)
    work.raise_bound(ascent.bound)
    work.prove(ascent.price)
    if not fix(pricing, ascent, work.cutoff(), left):
        work.end()


def decide(work: Work, case: Case, dice: np.random.Generator, halt: Callable[[], bool]) -> bool:
    """Try to decide a case in which every facility is decided: tabu for a plan, then branch and cut; say whether it is."""
    if not case.left.arcs.any():
        return True
    look_into(work, case.left.arcs, case.left.always, case.share, case.price, dice, halt, tries=0)
    core = lay_out(work.location, case.left.arcs, case.left.always, case.left.never)
    return settled(work, search(work, core, seconds=LEAF, bounding=False, halt=halt))
