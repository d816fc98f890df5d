"""A country region by region: every region is an estate of its own, their prices are joined, and the join is priced as one.

Rows that many regions share (a national standard) are given a price, learnt from a few regions, and a quota for each
region's plan: what the region adds today, less its part of what the country has to spare. So the regions' plans fit
together whatever each of them does. The joined prices, levelled at the borders, give one bound for the whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np

from assetopt.engines.completion import Slicer
from assetopt.engines.decomposition.estate import Estate, improve_region
from assetopt.engines.decomposition.fixing import losses
from assetopt.engines.decomposition.projection import placing
from assetopt.engines.decomposition.regions import can_bind, region_of_columns, regions
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Task
from assetopt.errors import SolverError
from assetopt.program import Bools, Floats, Ints, Matrix
from assetopt.proof.labels import MOVE, Labels
from assetopt.proof.prices import usable

LARGEST = 1_500
"""Sites of an estate that is solved in one piece."""

SIZE = 120
"""Sites of a region."""

SAMPLE = 6
"""Regions from which the price of shared rows is learnt."""

LONG = 400
"""Entries from which on a row that spans regions is shared, and not just a border."""

REGIONS_SHARE = 0.6
"""Share of the time left of the first round over the regions; the rest goes to more rounds with other borders."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What one region is asked: its programme, labels, today's values, and prices of shared rows."""

    number: int
    matrix: Matrix
    labels: Labels
    block: Ints
    row_year: Ints
    start: Floats
    shared: Ints
    """Rows of the region that are shared."""
    price: Floats | None
    """Their prices, None where they are to be learnt."""
    seconds: float
    seed: int


@dataclass(frozen=True, eq=False)
class Told:
    """What it answers: values of its columns, prices of its rows."""

    number: int
    values: Floats
    prices: Floats


def solve_region(asked: Asked) -> Told:
    """Solve one region, in a process of its own."""
    shared = np.zeros(asked.matrix.a.shape[0], dtype=bool)
    shared[asked.shared] = True
    estate = Estate.made(
        asked.matrix, asked.labels, asked.block, asked.row_year, shared if asked.price is not None else None
    )
    if asked.price is not None:
        estate.projection.base[asked.shared] = asked.price
    task = Task(
        gap=0.0, saving_gap=0.0, deadline=time.monotonic() + asked.seconds, threads=1, seed=asked.seed,
        start=asked.start, objective_today=asked.matrix.objective(asked.start),
    )  # fmt: skip
    best = Incumbent(asked.matrix, task)
    if best.values is None:
        return Told(asked.number, asked.start, np.zeros(asked.matrix.a.shape[0]))
    prices = improve_region(estate, best, task)
    return Told(asked.number, best.values, prices)


class Country:
    """The regions of one programme.

    Parameters
    ----------
    estate : Estate
    best : Incumbent
        With a plan.
    """

    def __init__(self, estate: Estate, best: Incumbent, task: Task, size: int) -> None:
        assert best.values is not None
        self.estate, self.best, self.task = estate, best, task
        matrix, labels = estate.matrix, estate.labels
        self.start = best.values.copy()
        region = regions(labels, size)
        self.of_column = region_of_columns(matrix, labels, region)
        self.count = int(region.max(initial=-1)) + 1
        self.slicer = Slicer(matrix)
        self.activity = matrix.a @ self.start
        self.shared = self._shared_rows()
        self.prices = np.zeros(matrix.a.shape[0])
        self.priced: Bools = np.zeros(matrix.a.shape[0], dtype=np.bool_)
        self.parts: dict[int, tuple[Ints, Ints]] = {}

    def _shared_rows(self) -> Ints:
        a = self.estate.matrix.a
        row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
        at = self.of_column[a.indices]
        low = np.full(a.shape[0], self.count, dtype=np.int64)
        high = np.full(a.shape[0], -1, dtype=np.int64)
        np.minimum.at(low, row[at >= 0], at[at >= 0])
        np.maximum.at(high, row[at >= 0], at[at >= 0])
        self.spanning = low < high
        return np.flatnonzero(self.spanning & (np.diff(a.indptr) > LONG))

    def ask(self, number: int, price: Floats | None, seconds: float) -> Asked:
        """Return region ``number`` as a programme; ``price`` is that of the shared rows, in their order."""
        matrix, estate = self.estate.matrix, self.estate
        columns = np.flatnonzero(self.of_column == number)
        sub, rows = self.slicer.cut(columns, self.start, self.activity)
        place = np.full(matrix.a.shape[0], -1, dtype=np.int64)
        place[self.shared] = np.arange(len(self.shared))
        shared = place[rows] >= 0
        lower, upper = self._quota(sub, rows, columns)
        sub = replace(sub, row_lower=lower, row_upper=upper)
        bind = can_bind(sub) | shared
        sub, rows, shared = sub.without(~bind), rows[bind], shared[bind]
        self.parts[number] = (columns, rows)
        return Asked(
            number, sub, estate.labels.take(columns).compact(), estate.ends.block[columns], estate.row_year[rows],
            self.start[columns], np.flatnonzero(shared), None if price is None else price[place[rows[shared]]],
            seconds, self.task.seed,
        )  # fmt: skip

    def _quota(self, sub: Matrix, rows: Ints, columns: Ints) -> tuple[Floats, Floats]:
        """Return the sides of a region's rows: where others have a part in a row, as today but for a part of the slack."""
        matrix = self.estate.matrix
        lower, upper = sub.row_lower.copy(), sub.row_upper.copy()
        at = self.spanning[rows]
        whole = rows[at]
        size = np.asarray(abs(sub.a[at]).sum(axis=1)).ravel()
        part = 0.99 * size / np.maximum(np.asarray(abs(matrix.a[whole]).sum(axis=1)).ravel(), 1e-12)
        own = sub.a[at] @ self.start[columns]
        lower[at] = own - part * np.maximum(0.0, self.activity[whole] - matrix.row_lower[whole])
        upper[at] = own + part * np.maximum(0.0, matrix.row_upper[whole] - self.activity[whole])
        return lower, upper

    def take(self, told: Told) -> None:
        """Put a region's plan and prices into the whole."""
        columns, rows = self.parts[told.number]
        assert self.best.values is not None
        values = self.best.values.copy()
        values[columns] = told.values
        self.best.offer(values)
        new = ~self.priced[rows]
        self.prices[rows[new]] = told.prices[new]
        self.priced[rows] = True

    def learn(self, seconds: float) -> Floats:
        """Return the price of every shared row, from a few regions that keep their own quota."""
        if not len(self.shared):
            return np.empty(0)
        size = np.bincount(self.of_column[self.of_column >= 0], minlength=self.count)
        order = np.argsort(-size, kind="stable")
        chosen = order[np.linspace(len(order) // 8, len(order) // 2, min(SAMPLE, len(order))).astype(int)]
        prices, weights = [], []
        for told in self._each([self.ask(int(k), None, seconds) for k in np.unique(chosen)]):
            _, rows = self.parts[told.number]
            mine = np.zeros(len(self.shared))
            at = np.isin(self.shared, rows)
            mine[at] = told.prices[np.searchsorted(rows, self.shared[at])]
            prices.append(mine)
            weights.append(float(size[told.number]))
        return np.average(prices, axis=0, weights=weights) if prices else np.zeros(len(self.shared))

    def run(self, until: float, price: Floats | None = None) -> None:
        """Solve every region once and join their prices; ``price`` is that of the shared rows where it is known."""
        each = max(2.0, self.task.threads * (until - time.monotonic()) / (self.count + SAMPLE))
        if price is None:
            self.best.phase = "prices of shared rows"
            self.best.report()
            price = self.learn(1.5 * each)
        self.best.phase = "regions"
        self.best.report()
        moves = self.of_column[(self.estate.labels.kind == MOVE) & (self.of_column >= 0)]
        work = np.bincount(moves, minlength=self.count)
        numbers = [int(k) for k in np.argsort(-work, kind="stable") if work[k] > 0]
        left = max(2.0, until - time.monotonic()) * self.task.threads / max(1, len(numbers))
        for told in self._each(self.ask(k, price, 2.0 * left) for k in numbers):
            self.take(told)
            if time.monotonic() > until:
                break
        self.prices[self.shared] = price

    def _each(self, asked: Iterator[Asked] | list[Asked]) -> Iterator[Told]:
        """Solve regions in processes, as many as threads, and hand on what comes as it comes.

        Raises SolverError when a process dies (too little memory; a script that is not guarded by ``__main__``).
        """
        waiting: dict[Future[Told], int] = {}
        source = iter(asked)
        with ProcessPoolExecutor(max(1, self.task.threads), mp_context=get_context("spawn")) as pool:
            try:
                while True:
                    while len(waiting) < self.task.threads + 1:
                        new = next(source, None)
                        if new is None or self._stopped():
                            break
                        waiting[pool.submit(solve_region, new)] = new.number
                    if not waiting or self._stopped():
                        return
                    done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                    for future in sorted(done, key=lambda item: waiting[item]):
                        del waiting[future]
                        try:
                            told = future.result()
                        except BrokenProcessPool as error:
                            raise SolverError("a process that solved a region has died") from error
                        yield told
            finally:
                for process in list((pool._processes or {}).values()):
                    process.terminate()

    def _stopped(self) -> bool:
        return self.task.stop.is_set() or self.task.remaining <= 0


def solve(estate: Estate, best: Incumbent, task: Task) -> dict[str, int]:
    """Improve plan and bound of ``best``, which has a plan; return counts for the certificate."""
    country = Country(estate, best, task, SIZE)
    country.run(time.monotonic() + REGIONS_SHARE * task.remaining)
    counts = {"regions": country.count, "rows shared by regions": len(country.shared)}
    if task.stop.is_set():
        return counts
    best.phase = "joined prices"
    best.report()
    across = (estate.labels.kind == MOVE) & (country.of_column < 0)
    prices = usable(estate.matrix, level(estate, country.prices, across))
    estate.prove(best, estate.sites.bound(prices), prices)
    size = SIZE
    while best.why_stop() is None:
        # Other borders each time: what was cut off before is inside now.
        size = round(1.25 * size)
        again = Country(estate, best, task, size)
        if again.count < 2:
            break
        again.run(task.deadline, country.prices[again.shared])
    return counts


def level(estate: Estate, prices: Floats, across: Bools) -> Floats:
    """Return joined prices at which no move across a border would pay its receiver, (m,).

    Inside a region a team that has nowhere to go may be promised any sum; its neighbours beyond the border would all take
    it. So each team's price falls by the most that a site beyond the border could gain by it.
    """
    sites, s = estate.sites, estate.sites.structure
    out = prices.copy()
    inside = sites.answer(prices, without=across)
    whole = sites.matrix.cost - sites.transposed @ np.where(s.kept, 0.0, prices)
    columns = s.item_columns
    profit = -np.where(columns >= 0, whole[np.maximum(columns, 0)], np.inf).min(axis=1, initial=np.inf)
    gain = -losses(sites, inside, profit)
    over = (columns.max(axis=1) >= 0) & (s.item_home < 0) & across[columns.max(axis=1)] & (gain > 0)
    team = estate.labels.team[columns[over].max(axis=1)]
    most = np.zeros(int(estate.labels.team.max(initial=-1)) + 1)
    np.maximum.at(most, team, gain[over])
    row_team, _ = placing(estate.matrix, estate.labels)
    rows = np.flatnonzero(row_team >= 0)
    # The row reads out - moves = 0: its price is what leaving earns, the moves pay it.
    out[rows] += most[row_team[rows]]
    return out
