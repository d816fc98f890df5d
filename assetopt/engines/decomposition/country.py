"""A country block by block: prices of a first relaxation, better prices by ascent over blocks that overlap, plans with them.

1. first prices   the relaxation of every block, everything else as today; the prices of its core are kept
2. ascent         the relaxation again, with the teams next door at their prices (one decision year)
3. plans          from the relaxation of every block, all else where the plan has it
4. improvement    column generation on every block at its neighbours' prices, and a plan from its mix, sweep after sweep

Rows of the whole country (a national standard) keep the price that the first relaxations give them on average, and every
block may use its part of what they have to spare. Any prices give a bound; it is worked out for the whole at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TypeVar

import numpy as np

from assetopt.engines.decomposition.block_work import Begin, Improve, Relax, Replan, begin, improve, relax, replan
from assetopt.engines.decomposition.blocks import Blocks, Cut, for_prices, only
from assetopt.engines.decomposition.estate import Estate
from assetopt.engines.decomposition.regions import can_bind, neighbours, regions
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Task
from assetopt.errors import SolverError
from assetopt.program import Bools, Floats, Ints
from assetopt.proof.prices import usable

Asked = TypeVar("Asked")
Told = TypeVar("Told")

LARGEST = 1_500
"""Sites of an estate that is solved in one piece."""

SIZE = 120
"""Sites of a block's core in the first sweep."""

GROWTH = (1.0, 1.3, 0.8, 1.6)
"""Sizes of the cores of later sweeps, of the first: other borders each time."""

FIRST_SHARE, ASCENT_SHARE, PLAN_SHARE = 0.2, 0.25, 0.5
"""Shares of the time left that first prices, the ascent and the first plans may take."""

DENSE = 250_000
"""Columns of a block up to which its prices are improved by column generation."""

ENOUGH = 2.0
"""What a block may take of the average time for its size."""


@dataclass(frozen=True, eq=False)
class Block:
    """One block of a sweep: its number, the sites of its core and those inside, (sites,) each, and its moves."""

    number: int
    core: Bools
    inside: Bools
    work: int


class Country:
    """One programme, its prices as they stand, and the processes that improve them.

    Parameters
    ----------
    estate : Estate
    best : Incumbent
        With a plan.
    pool : ProcessPoolExecutor
    """

    def __init__(self, estate: Estate, best: Incumbent, task: Task, pool: ProcessPoolExecutor) -> None:
        assert best.values is not None
        self.estate, self.best, self.task, self.pool = estate, best, task, pool
        self.matrix = estate.matrix
        self.today = best.values
        self.blocks = Blocks(estate, task.seed)
        self.prices = np.zeros(self.matrix.shape[0])
        """(m,) of every row; those held inside a site have the price of room in the last relaxation."""
        self.shared: Bools = np.zeros(self.matrix.shape[0], dtype=np.bool_)
        self.weight = np.asarray(abs(self.matrix.a).sum(axis=1)).ravel()
        self.neighbours = neighbours(estate.labels)
        self.count = 0
        self.evaluation = 0.0

    # --- the sweeps ----------------------------------------------------------------------------------------------

    def first(self, until: float) -> None:
        """Give every row the price that the relaxation of its own block gives it, all else as today."""
        self._phase("first prices")
        region = self._regions(1.0)
        owner = self.blocks.owner(region)
        self.shared = self.blocks.shared(region)
        near = self.blocks.near(None)
        sweep = self._sweep(region, near)
        self.count = len(sweep)
        nowhere = np.zeros(len(near), dtype=np.bool_)
        activity = self.matrix.a @ self.today
        prices, weights = np.zeros(len(self.prices)), np.zeros(len(self.prices))
        cuts: dict[int, Cut] = {}

        def ask(block: Block, seconds: float) -> Begin:
            cut = cuts[block.number] = self.blocks.cut(block.inside, self.today, activity, nowhere)
            lower, upper = self._quota(cut, self.today, activity)
            some = np.flatnonzero(near[cut.columns])
            columns = cut.columns[some]
            return Begin(
                only(replace(cut.matrix, row_lower=lower, row_upper=upper), some),
                self.estate.labels.take(columns).compact(), self.estate.ends.block[columns],
                self.estate.row_year[cut.rows], self.today[columns], seconds,
            )  # fmt: skip

        for block, found in self._each(sweep, begin, ask, until, disjoint=False):
            cut = cuts.pop(block.number)
            if found is None:
                continue
            mine = (owner[cut.rows] == block.number) & ~self.shared[cut.rows]
            self.prices[cut.rows[mine]] = found[mine]
            common = self.shared[cut.rows]
            prices[cut.rows[common]] += found[common] * block.core.sum()
            weights[cut.rows[common]] += block.core.sum()
        self.prices[self.shared] = prices[self.shared] / np.maximum(weights[self.shared], 1.0)

    def ascend(self, until: float, size: float) -> None:
        """Improve the prices by the relaxations of the blocks, their neighbours' prices held."""
        self._phase("ascent")
        region = self._regions(size)
        near = self.blocks.near(self.prices)
        activity = self.matrix.a @ self.today
        cuts: dict[int, Cut] = {}

        def ask(block: Block, seconds: float) -> Relax:
            cut = cuts[block.number] = self._cut(block, self.today, activity)
            matrix = for_prices(cut)
            held = np.where(cut.fixed, self.prices[cut.rows], 0.0)
            matrix = replace(matrix.without(cut.fixed), cost=matrix.cost - matrix.a.T @ held)
            return Relax(matrix, self.estate.labels.team[cut.columns], near[cut.columns], seconds)

        for block, found in self._each(self._sweep(region), relax, ask, until):
            cut = cuts.pop(block.number)
            if found is not None:
                self.prices[cut.rows[~cut.fixed]] = found

    def replan(self, until: float, size: float) -> None:
        """Improve the plan by the relaxations of the blocks, all else where the plan has it."""
        self._phase("plans")
        region = self._regions(size)
        near = self.blocks.near(self.prices)
        nowhere = np.zeros(len(near), dtype=np.bool_)
        estate = self.estate
        cuts: dict[int, Ints] = {}

        def ask(block: Block, seconds: float) -> Replan:
            assert self.best.values is not None
            activity = self.matrix.a @ self.best.values
            cut = self.blocks.cut(block.inside, self.best.values, activity, nowhere)
            lower, upper = self._quota(cut, self.best.values, activity)
            some = np.flatnonzero(near[cut.columns] | (self.best.values[cut.columns] > 0.5))
            columns = cuts[block.number] = cut.columns[some]
            matrix = only(replace(cut.matrix, row_lower=lower, row_upper=upper), some)
            bind = can_bind(matrix)
            return Replan(
                matrix.without(~bind), estate.labels.take(columns).compact(), estate.ends.block[columns],
                self.best.values[columns], matrix.objective(self.today[columns]), seconds, self.task.seed,
            )  # fmt: skip

        for block, found in self._each(self._sweep(region, near), replan, ask, until):
            self._put(cuts.pop(block.number), found)

    def _put(self, columns: Ints, values: Floats) -> None:
        """Offer the plan with other values of some columns."""
        assert self.best.values is not None
        whole = self.best.values.copy()
        whole[columns] = values
        self.best.offer(whole)

    def improve(self, until: float, size: float) -> None:
        """Improve prices and plan by column generation on the blocks, their neighbours' prices and plans held."""
        self._phase("blocks")
        region = self._regions(size)
        estate = self.estate
        cuts: dict[int, Cut] = {}

        def ask(block: Block, seconds: float) -> Improve:
            assert self.best.values is not None
            activity = self.matrix.a @ self.best.values
            cut = cuts[block.number] = self._cut(block, self.best.values, activity)
            lower, upper = self._quota(cut, self.best.values, activity)
            return Improve(
                replace(cut.matrix, row_lower=lower, row_upper=upper), cut.lower, cut.upper,
                estate.labels.take(cut.columns).compact(), estate.ends.block[cut.columns], estate.row_year[cut.rows],
                cut.fixed, self.prices[cut.rows], self.blocks.guests(cut), self.best.values[cut.columns],
                self.today[cut.columns], seconds, self.task.seed,
            )  # fmt: skip

        size_of = np.bincount(np.maximum(self.blocks.site, 0), minlength=self.blocks.sites)
        sweep = [block for block in self._sweep(region) if size_of[block.inside].sum() <= DENSE]
        for block, found in self._each(sweep, improve, ask, until):
            cut = cuts.pop(block.number)
            self.prices[cut.rows[cut.free]] = found.prices[cut.free]
            self._put(cut.columns, found.values)

    def prove(self) -> None:
        """Work the bound of the whole out at the prices as they are."""
        if self.task.stop.is_set():
            return
        self._phase("bound")
        began = time.monotonic()
        prices = usable(self.matrix, self.prices)
        self.estate.prove(self.best, self.estate.sites.bound(prices), prices)
        self.evaluation = 1.2 * (time.monotonic() - began)

    # --- blocks --------------------------------------------------------------------------------------------------

    def _phase(self, name: str) -> None:
        self.best.phase = name
        self.best.report()

    def _regions(self, size: float) -> Ints:
        return regions(self.estate.labels, round(size * SIZE), self.neighbours)

    def _sweep(self, region: Ints, near: Bools | None = None) -> list[Block]:
        """Return the blocks that have moves, neighbours after each other as far as may be."""
        moves = np.bincount(self.blocks.place[self.blocks.moves], minlength=self.blocks.sites)
        every = np.ones(len(self.blocks.home), dtype=np.bool_)
        out = []
        for number in range(int(region.max(initial=-1)) + 1):
            core = region == number
            work = int(moves[core].sum())
            if work:
                out.append(Block(number, core, self.blocks.around(core, every if near is None else near), work))
        return out

    def _cut(self, block: Block, values: Floats, activity: Floats) -> Cut:
        prices = np.where(self.blocks.kept, 0.0, self.prices)
        return self.blocks.cut(block.inside, values, activity, self.blocks.reduced(prices) < 0)

    def _quota(self, cut: Cut, values: Floats, activity: Floats) -> tuple[Floats, Floats]:
        """Return the sides of a block's rows: of the country's rows, what the plan has but for the block's part of the slack."""
        lower, upper = cut.matrix.row_lower.copy(), cut.matrix.row_upper.copy()
        at = np.flatnonzero(self.shared[cut.rows])
        whole = cut.rows[at]
        a = cut.matrix.a[at]
        part = 0.99 * np.asarray(abs(a).sum(axis=1)).ravel() / np.maximum(self.weight[whole], 1e-12)
        own = a @ values[cut.columns]
        lower[at] = own - part * np.maximum(0.0, activity[whole] - self.matrix.row_lower[whole])
        upper[at] = own + part * np.maximum(0.0, self.matrix.row_upper[whole] - activity[whole])
        return lower, upper

    # --- processes -----------------------------------------------------------------------------------------------

    def _each(
        self,
        sweep: list[Block],
        work: Callable[[Asked], Told],
        ask: Callable[[Block, float], Asked],
        until: float,
        disjoint: bool = True,
    ) -> Iterator[tuple[Block, Told]]:
        """Have every block worked on in a process, as many at a time as there are threads, and hand on what comes.

        ``disjoint`` blocks alone run side by side: what one finds holds whatever the other does.

        Raises SolverError when a process dies (too little memory; a script that is not guarded by ``__main__``).
        """
        left = list(sweep)
        waiting: dict[Future[Told], Block] = {}
        busy = np.zeros(self.blocks.sites, dtype=np.int64)
        while left or waiting:
            late = time.monotonic() > until or self._stopped()
            while not late and len(waiting) < self.task.threads:
                block = next((b for b in left if not disjoint or not busy[b.inside].any()), None)
                if block is None:
                    break
                left.remove(block)
                share = block.work / max(1, block.work + sum(b.work for b in [*left, *waiting.values()]))
                seconds = max(2.0, ENOUGH * share * (until - time.monotonic()) * self.task.threads)
                busy[block.inside] += 1
                waiting[self.pool.submit(work, ask(block, min(seconds, until - time.monotonic())))] = block
            if not waiting:
                return
            done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            if self._stopped():
                return
            for future in sorted(done, key=lambda item: waiting[item].number):
                block = waiting.pop(future)
                busy[block.inside] -= 1
                try:
                    yield block, future.result()
                except BrokenProcessPool as error:
                    raise SolverError("a process that solved a block has died") from error

    def _stopped(self) -> bool:
        return self.task.stop.is_set() or self.task.remaining <= 0


def solve(estate: Estate, best: Incumbent, task: Task) -> dict[str, int]:
    """Improve plan and bound of ``best``, which has a plan; return counts for the certificate."""
    with ProcessPoolExecutor(max(1, task.threads), mp_context=get_context("spawn")) as pool:
        try:
            country = Country(estate, best, task, pool)
            country.first(time.monotonic() + FIRST_SHARE * task.remaining)
            if estate.ends.years == 1 and best.why_stop() is None:
                country.ascend(time.monotonic() + ASCENT_SHARE * task.remaining, GROWTH[1])
            country.prove()
            if best.why_stop() is None:
                country.replan(time.monotonic() + PLAN_SHARE * task.remaining, GROWTH[0])
            sweep = 1
            while best.why_stop() is None and task.remaining > country.evaluation:
                country.improve(task.deadline - country.evaluation, GROWTH[sweep % len(GROWTH)])
                country.prove()
                sweep += 1
        finally:
            for process in list((pool._processes or {}).values()):
                process.terminate()
    return {"blocks": country.count, "rows shared by blocks": int(country.shared.sum())}
