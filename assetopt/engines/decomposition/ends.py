"""Plans from prices: a small exact programme over the moves that column generation thinks well of, the end first, years after.

The end state is decided as if everything happened in the last year, every event at the cost of the year its site would
choose; then the chosen events are given their years, exactly, in the whole programme. With one decision year both are one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from assetopt.engines.completion import Slicer
from assetopt.engines.highs_run import run_highs
from assetopt.engines.incumbent import Incumbent
from assetopt.program import INTEGER, Bools, Floats, Ints, Matrix
from assetopt.proof.labels import BUILD, CLOSE, MOVE, OPEN, OUT, STAY, VACATE, Labels

PLACE_GAP = 1e-3
"""Gap at which the years of an end state are good enough, of what the plan saves."""

SAVING_GAP = 2e-3
"""Gap at which a kernel is good enough, of what it saves."""


@dataclass(frozen=True)
class Relaxed:
    """A relaxation's point (n,), row prices (m,) and the costs it was solved at (n,)."""

    use: Floats
    prices: Floats
    cost: Floats


def late(best: Incumbent) -> bool:
    """Say whether the clock or the user asks to stop; a gap that was met is looked at between kernels only."""
    return best.task.stop.is_set() or time.monotonic() >= best.task.deadline


def against(best: Incumbent) -> float:
    """Return the cost (£) against which a saving is counted: today's, or nothing."""
    today = best.task.objective_today
    return today if today is not None else 0.0


class Ends:
    """Kernels of one programme.

    Parameters
    ----------
    matrix : Matrix
        Without redundant rows.
    labels : Labels
    block : (n,) int
        Column block of each column: columns of one family (the same decision in other years) are in one block.
    """

    def __init__(self, matrix: Matrix, labels: Labels, block: Ints) -> None:
        self.matrix, self.labels, self.block = matrix, labels, block
        self.slicer = Slicer(matrix)
        self.years = int(labels.year.max(initial=0)) + 1
        self.move = labels.kind == MOVE
        self.lost: Bools = np.zeros(len(labels.kind), dtype=np.bool_)
        self.event: Bools = np.asarray(matrix.form == INTEGER, dtype=bool)
        if self.years > 1:
            keys = np.stack([block, labels.team, labels.site, labels.item], axis=1)
            _, family = np.unique(keys, axis=0, return_inverse=True)
            self.family = family.ravel().astype(np.int64)
            self.grid = np.full((int(self.family.max(initial=-1)) + 1, self.years), -1, dtype=np.int64)
            dated = labels.year >= 0
            self.grid[self.family[dated], labels.year[dated]] = np.flatnonzero(dated)
            self.final = np.flatnonzero((labels.year == self.years - 1) | ~dated)
            self.governor = self._governor()
        self.pair = labels.team * (int(labels.site.max(initial=0)) + 2) + labels.site

    def fix(self, nought: Bools) -> None:
        """Leave out moves that no better plan makes, (n,)."""
        self.lost |= nought

    def kernel(
        self,
        best: Incumbent,
        pairs: Ints,
        use: Floats,
        seconds: float,
        nodes: int,
        threads: int = 1,
        gap: float = SAVING_GAP,
    ) -> None:
        """Decide the moves of ``pairs`` (values of ``self.pair``) and all else anew, from the best plan, and offer what comes.

        ``use`` (n,) tells in which years the mix does what.
        """
        values = best.values
        if values is None:
            return
        until = time.monotonic() + seconds
        wanted = ~self.move | (np.isin(self.pair, pairs) & ~self.lost) | (values > 0.5)
        if self.years == 1:
            self._solve(best, np.flatnonzero(wanted), values, seconds, nodes, threads, gap)
            return
        end = self._end(best, wanted, values, use, seconds, nodes, threads, gap)
        if end is not None:
            self.place(best, [end, values], until - time.monotonic(), threads)

    def relax(self, values: Floats, seconds: float, hear: Callable[[Floats | None, float], bool]) -> Relaxed | None:
        """Solve the relaxation of the end state; None when it does not end in time or has no point."""
        if self.years == 1:
            free, rows = np.arange(len(values)), np.arange(self.matrix.a.shape[0])
            sub = self.matrix
        else:
            free = self.final
            sub, rows = self.slicer.cut(free, values, self.matrix.a @ values)
            cost = self._cost(np.zeros(len(values)), values)[free]
            sub = replace(sub, cost=cost, row_upper=self._wider(rows, sub.row_upper))
        answer = run_highs(sub, relaxed=True, seconds=seconds, threads=1, hear=hear, options={"solver": "simplex"})
        if answer.status != "optimal" or answer.values is None or answer.duals is None:
            return None
        use, prices = np.zeros(len(values)), np.zeros(self.matrix.a.shape[0])
        use[free], prices[rows] = answer.values, np.where(np.isfinite(answer.duals), answer.duals, 0.0)
        cost = np.zeros(len(values))
        cost[free] = sub.cost
        return Relaxed(use, prices, cost)

    def place(self, best: Incumbent, ends: list[Floats], seconds: float, threads: int = 1) -> None:
        """Give every event of the end states its year, anew, and offer the plan; events may also not happen."""
        values = best.values
        if values is None or seconds <= 0:
            return
        on = np.zeros(len(self.grid), dtype=bool)
        for end in ends:
            on[self.family[self.event & (end > 0.5)]] = True
        free = np.flatnonzero(~self.event | on[self.family])
        self._solve(best, free, values, seconds, 10_000, threads, gap=PLACE_GAP)

    def _solve(
        self, best: Incumbent, free: Ints, values: Floats, seconds: float, nodes: int, threads: int, gap: float
    ) -> None:
        sub, _ = self.slicer.cut(free, values, self.matrix.a @ values)
        answer = run_highs(
            replace(sub, offset=sub.offset - against(best)), seconds=max(0.1, seconds), threads=threads, gap=gap,
            seed=best.task.seed, start=values[free], hear=lambda _v, _b: late(best), options={"mip_max_nodes": nodes},
        )  # fmt: skip
        if answer.values is not None:
            whole = values.copy()
            whole[free] = answer.values
            best.offer(whole)

    # --- the end state of several years --------------------------------------------------------------------------

    def _governor(self) -> Ints:
        """Return the site whose year each column follows: its team's home, else its own site, (n,)."""
        labels = self.labels
        home = np.full(int(labels.team.max(initial=-1)) + 2, -1, dtype=np.int64)
        stay = labels.kind == STAY
        home[labels.team[stay]] = labels.site[stay]
        of_team = np.where(labels.team >= 0, home[labels.team], -1)
        return np.where(of_team >= 0, of_team, labels.site)

    def _years_of(self, use: Floats, values: Floats) -> Floats:
        """Return the year in which each site would be changed, from the mix and the plan, (sites + 1,)."""
        labels = self.labels
        size = int(labels.site.max(initial=-1)) + 2
        at = np.isin(labels.kind, (VACATE, OPEN, BUILD))
        weight = np.maximum(use, values)[at]
        total = np.bincount(labels.site[at], weights=weight, minlength=size)
        year = np.bincount(labels.site[at], weights=weight * labels.year[at], minlength=size)
        mean = year.sum() / max(float(total.sum()), 1e-9)
        return np.where(total > 1e-6, year / np.maximum(total, 1e-9), mean)

    def _end(
        self,
        best: Incumbent,
        wanted: Bools,
        values: Floats,
        use: Floats,
        seconds: float,
        nodes: int,
        threads: int,
        gap: float,
    ) -> Floats | None:
        """Return the end state as values of the last year's columns, others as today; None when none was found."""
        start = best.task.start if best.task.start is not None else values
        quiet = start
        free = self.final[wanted[self.final] | self._anytime(values)[self.final]]
        sub, rows = self.slicer.cut(free, quiet, self.matrix.a @ quiet)
        cost = self._cost(use, values)[free]
        upper = self._wider(rows, sub.row_upper)
        sub = replace(sub, cost=cost, row_upper=upper, offset=0.0)
        began = np.where(quiet > 0.5, quiet, self._at_the_end(values))
        began[self.labels.year == self.years - 1] = self._at_the_end(values)[self.labels.year == self.years - 1]
        answer = run_highs(
            sub, seconds=max(0.1, seconds * 0.6), threads=threads, gap=gap, seed=best.task.seed,
            start=began[free], hear=lambda _v, _b: late(best), options={"mip_max_nodes": nodes},
        )  # fmt: skip
        if answer.values is None:
            return None
        end = quiet.copy()
        end[free] = answer.values
        return end

    def _anytime(self, values: Floats) -> Bools:
        """Mark the columns of every decision that the plan takes in some year."""
        on = np.zeros(len(self.grid), dtype=bool)
        on[self.family[self.event & (values > 0.5)]] = True
        return np.asarray(on[self.family], dtype=bool)

    def _at_the_end(self, values: Floats) -> Floats:
        """Return the plan with every event in the last year."""
        labels = self.labels
        out = values.copy()
        sums = np.isin(labels.kind, (MOVE, OUT, CLOSE, VACATE, OPEN, BUILD))
        last = self.grid[:, -1]
        for f in np.unique(self.family[sums & (values > 0.5)]):
            if last[f] >= 0:
                out[last[f]] = 1.0
        return out

    def _cost(self, use: Floats, values: Floats) -> Floats:
        """Return the cost of each column of the last year, in the year its site would choose, (n,)."""
        when = self._years_of(use, values)[self.governor]
        low = np.floor(when).astype(np.int64)
        high = np.minimum(low + 1, self.years - 1)
        grid = np.where(self.grid >= 0, self.matrix.cost[np.maximum(self.grid, 0)], np.nan)
        part = when - low
        cost = grid[self.family, low] * (1.0 - part) + grid[self.family, high] * part
        return np.where(np.isnan(cost), self.matrix.cost, cost)

    def _wider(self, rows: Ints, upper: Floats) -> Floats:
        """Let the last year take what all years may: a cap on the last year's events counts every year's side."""
        a = self.matrix.a
        events = np.isin(self.labels.kind, (MOVE, OUT, CLOSE, VACATE, OPEN, BUILD)) & (
            self.labels.year == self.years - 1
        )
        entry = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
        only = np.bincount(entry, weights=events[a.indices], minlength=a.shape[0]) == np.diff(a.indptr)
        cap = only & np.isfinite(self.matrix.row_upper) & ~np.isfinite(self.matrix.row_lower)
        return np.where(cap[rows], upper * self.years, upper)
