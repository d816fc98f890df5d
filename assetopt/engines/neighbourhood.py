"""Improves a large plan piece by piece: a few nearby sites and their teams are decided anew, exactly, all else stays.

No map is needed: two sites are near when the same teams could move to either. A block is a site, its nearest sites and
the teams that live or stand there; HiGHS solves it as a small programme of its own, and what is better is kept. Blocks
that nothing has touched since they were last tried are skipped, so the search ends by itself. What belongs to no site and
may be fractional (what a fund pays, what a standard is short of) follows every block, and is worked out anew where two
answers together would overdraw it.

The order of blocks comes from the seed and their size follows simplex iterations, never the clock; blocks of one batch
share no column and run side by side, one thread each. The same seed and threads therefore give the same plan, unless
the time runs out first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from assetopt.engines.completion import Slicer
from assetopt.engines.highs_run import Answer, Options, run_highs
from assetopt.engines.incumbent import TOLERANCE, Incumbent, cost_of
from assetopt.program import CONTINUOUS, INTEGER, Bools, Floats, Ints, Matrix, Program

FIRST_BLOCK, LEAST_BLOCK, LARGEST_BLOCK = 10, 4, 120
"""Sites in a block: at the start, and the range it may adapt to."""

EFFORT = 1_000
"""Simplex iterations a block should take at first; blocks grow below half of it and shrink above twice. It doubles
whenever every block was tried in vain."""

LONG_ROW = 200
"""Rows with more entries than this (a budget, a cap) do not make their columns neighbours."""

BATCH = 2
"""Blocks in a batch for each thread, where there are several: fewer waits for the last one."""

REFUSALS = 3
"""Blocks that may turn out to overlap before a batch is called complete."""

NODES = 50
"""Branch and bound nodes a block may take at first; grows with the effort."""

_SMALL: dict[str, bool | int | float | str] = {
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_allow_restart": False,
    "mip_detect_symmetry": False,
}


@dataclass(frozen=True, eq=False)
class Chart:
    """Who is near whom, from labels alone. S sites that occur in the programme, n columns."""

    site: Ints
    """(n,) block site of each column, 0..S-1, or -1."""
    team: Ints
    shared: sparse.csr_matrix
    """(S, S) number of teams that have a column at both sites."""
    loose: Bools
    """(n,) columns that follow the others: without team and site, or not INTEGER."""
    common: Ints
    """(c,) columns of no team and no site that may be fractional."""
    short: Bools
    """(m,) rows that make neighbours."""

    @classmethod
    def of(cls, matrix: Matrix, site: Ints, team: Ints) -> Chart | None:
        """Read the labels of a matrix's columns, (n,), -1 for none; None where no INTEGER column names a site."""
        integer = matrix.form == INTEGER
        if not (integer & (site >= 0)).any():
            return None
        known = np.unique(site[site >= 0])
        place = np.where(site >= 0, np.searchsorted(known, site), -1)
        both = (place >= 0) & (team >= 0)
        incidence = sparse.csr_matrix(
            (np.ones(int(both.sum())), (place[both], team[both])), shape=(len(known), int(team.max(initial=0)) + 1)
        )
        incidence.sum_duplicates()
        incidence.data[:] = 1.0
        nowhere = (site < 0) & (team < 0)
        return cls(
            site=place,
            team=team,
            shared=(incidence @ incidence.T).tocsr(),
            loose=~integer | nowhere,
            common=np.flatnonzero(nowhere & (matrix.form == CONTINUOUS)),
            short=np.diff(matrix.a.indptr) <= LONG_ROW,
        )


def improve(
    program: Program, best: Incumbent, until: float, patience: int | None = None, only: Bools | None = None
) -> int:
    """Improve ``best`` by re-deciding blocks of nearby sites.

    Parameters
    ----------
    program : Program
        Its matrix is the one ``best`` keeps a plan of; columns should carry ``site`` and ``team`` labels.
    best : Incumbent
        With a plan; improved in place. Its task says seed, threads and when to stop.
    until : float
        ``time.monotonic()`` at which to stop at the latest.
    patience : int, optional
        Stop after so many blocks without an improvement; default 3 a site.
    only : (n,) bool, optional
        Decisions that may change; default all.

    Returns
    -------
    int
        Blocks solved.
    """
    if best.values is None:
        return 0
    return search(program.core, program.column_label("site"), program.column_label("team"), best, until, patience, only)


def search(
    matrix: Matrix,
    site: Ints,
    team: Ints,
    best: Incumbent,
    until: float,
    patience: int | None = None,
    only: Bools | None = None,
) -> int:
    """Do the same for a matrix without redundant rows, whose columns stand for ``site`` and ``team`` (n,), -1 for none."""
    chart = Chart.of(matrix, site, team)
    if chart is None:
        best.note("no neighbourhood search: the programme's columns name no sites")
        return 0
    return _Search(matrix, best, chart, until, patience, only).run()


class _Search:
    def __init__(
        self,
        matrix: Matrix,
        best: Incumbent,
        chart: Chart,
        until: float,
        patience: int | None,
        only: Bools | None,
    ) -> None:
        assert best.values is not None
        self.best, self.chart, self.until = best, chart, until
        self.slicer = Slicer(matrix)
        self.purse: sparse.csc_matrix = self.slicer.columnwise[:, chart.common]
        self.purse_column = np.repeat(np.arange(len(chart.common)), np.diff(self.purse.indptr))
        self.integer: Bools = np.asarray(matrix.form == INTEGER, dtype=bool)
        nothing: Bools = np.zeros(matrix.shape[1], dtype=np.bool_)
        self.held: Bools = nothing if only is None else self.integer & ~only
        self.values = best.values.copy()
        self.activity = matrix.a @ self.values
        sites = chart.shared.shape[0]
        self.patience = 3 * sites if patience is None else patience
        self.random = np.random.default_rng(best.task.seed)
        self.size = float(FIRST_BLOCK)
        self.effort = float(EFFORT)
        self.changed = np.zeros(sites, dtype=np.int64)
        self.tried = np.full(sites, -1, dtype=np.int64)
        self.tried_size = np.zeros(sites)
        self.clock = 0
        self.near = [_nearest(chart.shared, centre, LARGEST_BLOCK) for centre in range(sites)]
        threads = best.task.threads
        self.batch = 1 if threads <= 1 else BATCH * threads

    def run(self) -> int:
        solved = dry = 0
        while dry < self.patience and not self._over():
            batch = self._batch()
            if not batch:
                if self.size >= LARGEST_BLOCK or self.effort >= 64 * EFFORT:
                    break
                self.effort *= 2.0
                self.size = min(LARGEST_BLOCK, 1.3 * self.size)
                continue
            solved += len(batch)
            better = self._solve(batch)
            dry = 0 if better else dry + len(batch)
        return solved

    def _over(self) -> bool:
        return time.monotonic() >= self.until or self.best.why_stop() is not None

    def _batch(self) -> list[tuple[int, Ints, Ints]]:
        """Return some blocks without a common decision: (centre, sites, free columns)."""
        batch: list[tuple[int, Ints, Ints]] = []
        taken = np.zeros(len(self.values), dtype=bool)
        used = np.zeros(len(self.tried), dtype=bool)
        refused, size = 0, round(self.size)
        # Longest untried first; ties by chance.
        for centre in np.lexsort((self.random.random(len(self.tried)), self.tried)).tolist():
            block = self.near[centre][:size]
            fresh = self.tried[centre] < 0 or self.changed[block].max() > self.tried[centre]
            if used[block].any() or (not fresh and self.size < 1.3 * self.tried_size[centre]):
                continue
            free = self._free(block)
            # Columns that follow may be shared: a block that no longer fits after its neighbour's answer is tried again.
            decided = free[self.integer[free]]
            if taken[decided].any():
                refused += 1
                if refused > REFUSALS:
                    break
                continue
            taken[decided] = True
            used[block] = True
            batch.append((centre, block, free))
            if len(batch) >= self.batch:
                break
        return batch

    def _free(self, block: Ints) -> Ints:
        """Return the columns to free: the block's own, its teams', and those that follow from either."""
        chart, a = self.chart, self.slicer.columnwise
        sites = np.zeros(chart.shared.shape[0] + 1, dtype=bool)
        sites[block] = True
        here = sites[chart.site]
        has_team = chart.team >= 0
        teams = np.zeros(int(chart.team.max(initial=-1)) + 2, dtype=bool)
        # Teams that stand in the block now (a column of theirs is on) or are at home there (a column that follows).
        teams[chart.team[here & has_team & ((np.abs(self.values) > 0.5) | chart.loose)]] = True
        theirs = has_team & teams[chart.team]
        free = (here & ~has_team) | theirs
        rows = np.zeros(a.shape[0], dtype=bool)
        for _ in range(2):
            rows[:] = False
            rows[a[:, np.flatnonzero(free)].indices] = True
            rows &= chart.short
            follow = np.zeros(len(free), dtype=bool)
            follow[self.slicer.matrix.a[np.flatnonzero(rows)].indices] = True
            free |= follow & chart.loose & (~has_team | theirs)
        for _ in range(2 if len(chart.common) else 0):
            rows[a[:, np.flatnonzero(free)].indices] = True
            free[chart.common[np.unique(self.purse_column[rows[self.purse.indices]])]] = True
        return np.flatnonzero(free & ~self.held)

    def _solve(self, batch: list[tuple[int, Ints, Ints]]) -> bool:
        answers: list[Answer | None] = [None] * len(batch)
        subs = [self.slicer.cut(free, self.values, self.activity) for _, _, free in batch]

        def hear(_values: Floats | None, _bound: float) -> bool:
            return self._over()

        options: Options = {**_SMALL, "mip_max_nodes": round(NODES * self.effort / EFFORT)}

        def work(k: int) -> None:
            # Without the offset, the relative gap is one of the block's own money.
            answers[k] = run_highs(
                replace(subs[k][0], offset=0.0), threads=1, seed=self.best.task.seed, gap=1e-3,
                start=self.values[batch[k][2]], seconds=max(0.1, self.until - time.monotonic()), hear=hear, options=options,
            )  # fmt: skip

        self._share_out(work, len(batch))
        self.clock += 1
        better = False
        for (centre, block, free), answer in zip(batch, answers, strict=True):
            if answer is None:
                continue
            self.tried[centre], self.tried_size[centre] = self.clock, self.size
            self._adapt(answer)
            if answer.values is None:
                continue
            taken = self._accept(free, answer.values)
            if taken is None:
                self.tried[centre] = -1
            elif taken:
                self.changed[block] = self.clock + 1
                better = True
        return better

    def _share_out(self, work: Callable[[int], None], count: int) -> None:
        """Run work(0) .. work(count - 1), ``threads`` at a time; results do not depend on who takes which."""
        left = iter(range(count))
        lock = threading.Lock()

        def take() -> None:
            while True:
                with lock:
                    k = next(left, None)
                if k is None:
                    return
                work(k)

        others = [threading.Thread(target=take, daemon=True) for _ in range(min(self.best.task.threads, count) - 1)]
        for thread in others:
            thread.start()
        take()
        for thread in others:
            thread.join()

    def _adapt(self, answer: Answer) -> None:
        if answer.status == "optimal" and answer.work < self.effort / 2:
            self.size = min(LARGEST_BLOCK, self.size * 1.05)
        elif answer.work > 2 * self.effort:
            self.size = max(LEAST_BLOCK, self.size * 0.93)

    def _accept(self, free: Ints, part: Floats) -> bool | None:
        """Take the block's answer if the whole plan gets cheaper; None when it no longer fits the rest of the plan."""
        matrix = self.slicer.matrix
        whole = matrix.form[free] == INTEGER
        part = np.where(whole, np.rint(part), np.clip(part, matrix.lower[free], matrix.upper[free]))
        step = part - self.values[free]
        gain = -float(matrix.cost[free] @ step)
        if gain <= max(1e-6, 1e-9 * abs(self.best.objective)):
            return False
        values = self.values.copy()
        values[free] = part
        if matrix.excess(values) > TOLERANCE:
            values = self._shared_out(values)
        if cost_of(matrix, values) >= self.best.objective or not self.best.offer(values):
            return None
        self.values = values
        self.activity = matrix.a @ values
        return True

    def _shared_out(self, values: Floats) -> Floats:
        """Return the values with what belongs to no site worked out anew, as they are where that does not help."""
        common = self.chart.common
        if not len(common):
            return values
        part, _ = self.slicer.cut(common, values, self.slicer.matrix.a @ values)
        answer = run_highs(part, relaxed=True, seconds=max(0.1, self.until - time.monotonic()), threads=1)
        if answer.status != "optimal" or answer.values is None:
            return values
        values[common] = np.clip(answer.values, part.lower, part.upper)
        return values


def _nearest(shared: sparse.csr_matrix, centre: int, most: int) -> Ints:
    """Return a site and those that share most teams with it, nearest first."""
    first, last = shared.indptr[centre], shared.indptr[centre + 1]
    there, count = shared.indices[first:last], shared.data[first:last]
    order = np.lexsort((there, -count))
    near = there[order]
    return np.concatenate(([centre], near[near != centre][: most - 1])).astype(np.int64)
