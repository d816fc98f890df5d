"""Estates too large for one exact solve: prices and packings first, small exact programmes around them, then neighbourhoods.

1. relaxation    a first bound, row prices and a first kernel within seconds
2. columns       column generation over sites on one core (bound, prices, mix), kernels of its rounds on the other
   years as one  of several years: branch and cut on what is left when years are forgotten (bound, end states)
3. kernels       the moves whose reduced cost is nought, then more; neighbourhoods in between
4. branch and cut, where the programme is small enough for it to end

Every phase hands on the best plan and the best bound; all obey the clock and Ctrl-C.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from assetopt.engines.decomposition.ends import SAVING_GAP, Ends, Relaxed, late
from assetopt.engines.decomposition.fixing import never
from assetopt.engines.decomposition.patterns import Mix, generate
from assetopt.engines.decomposition.projection import Projection, project
from assetopt.engines.decomposition.timeless import Timeless
from assetopt.engines.highs import LARGE, branch
from assetopt.engines.highs_run import Answer, Options, run_highs
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.neighbourhood import improve
from assetopt.engines.outcome import Task
from assetopt.program import INTEGER, Bools, Floats, Ints, Matrix, Program
from assetopt.proof import Proof
from assetopt.proof.labels import MOVE, Labels
from assetopt.proof.sites import Sites
from assetopt.proof.structure import read_structure

COLUMNS_SHARE = 0.6
"""Share of the time left that column generation may take."""

SNAPSHOTS = (11, 17)
"""Rounds of column generation whose mix becomes a kernel. Fixed, so that the same seed gives the same plan."""

ROUGH_GAP, ROUGH_NODES = 1e-2, 1
"""Gap (of the saving) and nodes of kernels beside column generation, whose mix is not yet worth more."""

ROUGH_SHARE = 0.15
"""Share of the time left that one of them may take."""

KERNEL_NODES = 200
"""Branch and bound nodes a kernel may take at first."""

MOST = 60_000
"""INTEGER columns up to which the whole relaxation is solved for prices that tell years apart (44,000 took 25 s)."""

RELAX_SHARE, ONE_SHARE = 0.3, 0.3
"""Shares of the time left that this relaxation, and branch and cut without years, may take."""

DOUBT = 1e-9
"""Share of a bound that rounding may have added to its offset."""

ONE_NODES = 200
"""Nodes of that branch and cut: the bound comes from its root."""

NEAR = 1.0
"""Reduced cost (£) up to which a packing counts as nought."""

POLISH = 15.0
"""Seconds of neighbourhoods between two kernels at least."""


@dataclass(frozen=True, eq=False)
class Estate:
    """One programme, read as an estate: its core matrix, labels, sites, projection and kernels."""

    program: Program | None
    matrix: Matrix
    labels: Labels
    row_year: Ints
    sites: Sites
    projection: Projection
    ends: Ends

    @classmethod
    def read(cls, program: Program) -> Estate | None:
        """Return the estate, or None where the programme names no moves between sites."""
        labels = Labels.of(program)
        if not (labels.kind == MOVE).any():
            return None
        row_year = np.concatenate([block.labels.get("year", np.full(block.size, -1)) for block in program.rows])
        block = np.repeat(np.arange(len(program.columns)), [block.size for block in program.columns.values()])
        made = cls.made(program.core, labels, block, row_year[~program.redundant_rows], None)
        return replace(made, program=program)

    @classmethod
    def made(cls, matrix: Matrix, labels: Labels, block: Ints, row_year: Ints, unpriced: Bools | None) -> Estate:
        """Return the estate of a programme without redundant rows; ``unpriced`` rows keep the price they are given."""
        structure = read_structure(matrix, labels)
        left = structure.kept if unpriced is None else structure.kept | unpriced
        projection = project(matrix, labels, left, row_year)
        return cls(None, matrix, labels, row_year, Sites(matrix, structure), projection, Ends(matrix, labels, block))

    def prove(self, best: Incumbent, bound: float, prices: Floats) -> None:
        """Tell a bound that rests on row prices (m,) of the core."""
        if not np.isfinite(bound) or bound <= best.bound:
            return
        if self.program is None:
            best.raise_bound(bound)
            return
        whole = np.zeros(self.program.n_rows)
        whole[~self.program.redundant_rows] = prices
        best.raise_bound(bound, Proof("sites", whole, bound))


def first_prices(
    estate: Estate, values: Floats, seconds: float, hear: Callable[[Floats | None, float], bool]
) -> Relaxed | None:
    """Return row prices (m,) and a mix from the relaxation of the end state; None when it does not end in time."""
    found = estate.ends.relax(values, seconds, hear)
    if found is None:
        return None
    a = estate.matrix.a
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    placed = (estate.labels.kind[a.indices] == MOVE) & (estate.projection.base[row] != 0)
    moves = a.indices[placed].astype(np.int64)
    return replace(found, prices=estate.projection.lift(found.prices, found.cost, row[placed], moves))


def solve(estate: Estate, best: Incumbent, task: Task) -> dict[str, int]:
    """Improve plan and bound of ``best``, which has a plan, until a gap is met or time is up; return counts of reductions."""
    run = _Run(estate, best, task)
    run.relax()
    if best.why_stop() is None:
        run.columns()
    if best.why_stop() is None and estate.ends.years > 1 and int((estate.matrix.form == INTEGER).sum()) <= MOST:
        run.years_as_one()
    if best.why_stop() is None and run.mix is not None:
        run.fix()
        if int((estate.matrix.form == INTEGER).sum()) <= LARGE:
            run.branch()
        else:
            run.kernels()
    return run.counts


class _Run:
    def __init__(self, estate: Estate, best: Incumbent, task: Task) -> None:
        self.estate, self.best, self.task = estate, best, task
        self.prices: Floats = np.zeros(estate.matrix.shape[0])
        self.use: Floats = np.zeros(estate.matrix.shape[1])
        self.mix: Mix | None = None
        s = estate.sites.structure
        self.counts = {
            "rows held inside a site": int(s.kept.sum()),
            "rows priced": int(estate.projection.spread.shape[1]),
        }

    def _phase(self, name: str) -> None:
        self.best.phase = name
        self.best.report()

    # --- 1 -------------------------------------------------------------------------------------------------------

    def relax(self) -> None:
        """Take prices and a first kernel from the relaxation of the end state."""
        estate, best = self.estate, self.best
        self._phase("relaxation")
        assert best.values is not None
        found = first_prices(estate, best.values, 0.3 * self.task.remaining, lambda _v, _b: late(best))
        if found is None:
            self.prices = estate.projection.base.copy()
            return
        self.prices, self.use = found.prices, found.use
        estate.prove(best, estate.sites.bound(self.prices), self.prices)

    # --- 2 -------------------------------------------------------------------------------------------------------

    def columns(self) -> None:
        """Run column generation, with kernels of its rounds beside it where there is a second thread."""
        estate, best, task = self.estate, self.best, self.task
        self._phase("columns")
        assert best.values is not None
        until = time.monotonic() + COLUMNS_SHARE * task.remaining
        board = _Board()

        def hear(bound: float, prices: Floats) -> bool:
            estate.prove(best, bound, prices)
            return late(best)

        def each(number: int, mix: Callable[[], Mix]) -> None:
            if number in SNAPSHOTS:
                board.post(number, mix().use)

        def rough(use: Floats) -> None:
            self.kernel(use > 1e-6, use, ROUGH_SHARE * task.remaining, ROUGH_NODES, gap=ROUGH_GAP)

        def beside() -> None:
            rough(self.use)
            for number in SNAPSHOTS:
                use = board.wait(number)
                if use is None or late(best):
                    break
                rough(use)

        worker = _Worker(beside) if task.threads > 1 else None
        try:
            self.mix = generate(
                estate.sites, estate.projection, self.prices, [best.values], until=until, hear=hear, each=each
            )
        finally:
            board.close()
            if worker is not None:
                worker.join()
        self.prices, self.use = self.mix.prices, self.mix.use
        self.counts["packings"] = self.mix.patterns
        self.counts["rounds of column generation"] = self.mix.rounds

    def years_as_one(self) -> None:
        """Bound the programme by one without years, and give the events it chooses their years."""
        estate, best, task = self.estate, self.best, self.task
        self._phase("years as one")
        found: list[Answer] = []
        seconds = RELAX_SHARE * task.remaining

        def stop(_values: Floats | None, _bound: float) -> bool:
            return late(best)

        def relaxed() -> None:
            options: Options = {"solver": "ipm", "run_crossover": "off"}
            found.append(run_highs(estate.matrix, relaxed=True, seconds=seconds, hear=stop, options=options))

        worker = _Worker(relaxed)
        if task.threads > 1 and self.mix is not None:
            self.kernel(self.mix.use > 1e-6, self.mix.use, seconds)
        worker.join()
        if best.why_stop() is not None or not found or found[0].duals is None:
            return
        timeless = Timeless.of(estate.matrix, estate.labels, estate.ends.family, estate.row_year)
        without = timeless.priced(np.where(np.isfinite(found[0].duals), found[0].duals, 0.0))

        def hear(_values: Floats | None, bound: float) -> bool:
            best.raise_bound(bound - DOUBT * abs(bound))
            return late(best)

        answer = run_highs(
            without, seconds=ONE_SHARE * task.remaining, threads=task.threads, gap=SAVING_GAP, seed=task.seed, hear=hear,
            options={"mip_max_nodes": ONE_NODES},
        )  # fmt: skip
        best.raise_bound(answer.bound - answer.tolerance - DOUBT * abs(answer.bound))
        if answer.values is not None and best.values is not None and not late(best):
            ends = [timeless.spread(answer.values), best.values]
            estate.ends.place(best, ends, ONE_SHARE * task.remaining, task.threads)

    # --- 3 -------------------------------------------------------------------------------------------------------

    def kernels(self) -> None:
        """Alternate kernels of growing width and neighbourhoods until a gap is met or time is up."""
        best, mix = self.best, self.mix
        assert mix is not None
        self._phase("kernels")
        self.kernel(mix.use > 1e-6, mix.use, 0.5 * self.task.remaining, threads=self.task.threads)
        width, nodes = NEAR, KERNEL_NODES
        while best.why_stop() is None:
            before = best.objective
            self._phase("kernels")
            self.kernel(mix.near <= width, mix.use, 0.5 * self.task.remaining, nodes, self.task.threads)
            if best.why_stop() is not None:
                break
            self._phase("neighbourhoods")
            assert self.estate.program is not None
            improve(self.estate.program, best, time.monotonic() + max(POLISH, 0.1 * self.task.remaining))
            if best.objective >= before - 1e-9 * abs(before):
                width, nodes = max(10.0 * width, 1_000.0), 2 * nodes

    def kernel(
        self,
        wanted: Bools,
        use: Floats,
        seconds: float,
        nodes: int = KERNEL_NODES,
        threads: int = 1,
        gap: float = SAVING_GAP,
    ) -> None:
        estate = self.estate
        pairs = np.unique(estate.ends.pair[wanted & (estate.labels.kind == MOVE)])
        if len(pairs) and seconds > 0:
            estate.ends.kernel(self.best, pairs, use, seconds, nodes, threads, gap)

    def fix(self) -> None:
        """Take out what no better plan can do."""
        best = self.best
        answer = self.estate.sites.answer(self.prices, trace=True)
        nought, one = never(self.estate.sites, answer, best.objective)
        self.counts["decisions fixed by their price"] = int((nought | one).sum())
        self.estate.ends.fix(nought)

    def branch(self) -> None:
        """Branch and cut on the whole programme with the time that is left."""
        self._phase("branch and cut")
        branch(self.estate.matrix, self.best, self.task)


class _Board:
    """Where one thread posts what another waits for, by number."""

    def __init__(self) -> None:
        self._posted: dict[int, Floats] = {}
        self._closed = False
        self._changed = threading.Condition()

    def post(self, number: int, value: Floats) -> None:
        with self._changed:
            self._posted[number] = value
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait(self, number: int) -> Floats | None:
        """Return what was posted under ``number``, None when it never will be."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._posted or self._closed)
            return self._posted.get(number)


class _Worker:
    """A thread whose error is raised where it is joined."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            self._error = error

    def join(self) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error
