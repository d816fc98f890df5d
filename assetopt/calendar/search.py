"""Finding a calendar and proving how good it is: a first one at once, then branch and cut beside a search of neighbourhoods.

1. windows cut by chains and crews, the energy bound;  2. the relaxation's bound, recounted from its prices;  3. a first
calendar by CP-SAT from the plan's own years;  4. side by side until proved, asked to stop or out of time: branch and cut
(HiGHS) on the whole, which raises the bound, and neighbourhoods (CP-SAT): the events of some buildings or of some months are
ordered anew, all else stays;  5. without raising the cost, everything as early as it can be.
Every calendar goes through the checker before it counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from assetopt.calendar import cpsat
from assetopt.calendar.bounds import energy_bound, relaxation_bound, tightened
from assetopt.calendar.case import NOWHERE, Case, Schedule, cost_parts
from assetopt.calendar.check import check
from assetopt.calendar.model import Model
from assetopt.certificate import gap_of
from assetopt.engines.highs_run import run_highs
from assetopt.problem.facts import Ints

TIDY_SHARE = 0.1
"""Share of the time for putting everything as early as the cost allows."""


@dataclass(frozen=True)
class Answer:
    """A calendar and its certificate.

    Attributes
    ----------
    status : "optimal", "feasible", "infeasible" or "unknown"
    schedule : Schedule or None
        Checked month by month.
    objective, bound : £; gap = (objective - bound) / max(1, objective)
    bounds : dict of £ by how each was found: energy and chains, prices, branch and cut
    first : seconds to the first checked calendar, None without one
    """

    status: str
    schedule: Schedule | None
    objective: int | None
    bound: float
    bounds: dict[str, float]
    seconds: float
    first: float | None
    notes: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """The gap, None without a calendar or a bound."""
        return gap_of(self.objective, self.bound) if np.isfinite(self.bound) else None


@dataclass
class _Best:
    """The best checked calendar so far; safe between threads."""

    case: Case
    model: Model
    began: float
    told: Callable[[int | None, float, float], None]
    schedule: Schedule | None = None
    values: Ints | None = None
    cost: int | None = None
    bounds: dict[str, float] = field(default_factory=dict)
    first: float | None = None
    refused: list[Schedule] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def bound(self) -> float:
        return max(self.bounds.values(), default=-np.inf)

    def offer(self, values: Ints) -> bool:
        with self.lock:
            cost = self.model.programme.value(values)
            if self.cost is not None and cost >= self.cost:
                return True
            schedule = self.model.read(values)
            wrong = check(self.case, schedule)
            if wrong:
                if all(violation.rule == "access" for violation in wrong):
                    self.refused.append(schedule)
                else:
                    note = f"a calendar was refused by the checker: {wrong[0].message}"
                    if note not in self.notes:
                        self.notes.append(note)
                return False
            real = sum(cost_parts(self.case, schedule).values())
            if self.cost is None or real < self.cost:
                self.schedule, self.values, self.cost = schedule, values, real
                if self.first is None:
                    self.first = time.monotonic() - self.began
                self.tell()
            return True

    def raise_bound(self, name: str, bound: float) -> None:
        with self.lock:
            if np.isfinite(bound) and bound > self.bounds.get(name, -np.inf):
                # Pounds are whole, so a bound may be rounded up; a thousandth is left for rounding.
                better = np.ceil(bound - 1e-3) > np.ceil(self.bound - 1e-3) if np.isfinite(self.bound) else True
                self.bounds[name] = float(bound)
                if better:
                    self.tell()

    def proved(self) -> bool:
        return self.cost is not None and np.isfinite(self.bound) and self.cost <= np.ceil(self.bound - 1e-3)

    def tell(self) -> None:
        self.told(self.cost, self.bound, time.monotonic() - self.began)


def solve(
    case: Case,
    *,
    seconds: float = 60.0,
    threads: int = 2,
    seed: int = 1,
    gap: float = 0.0,
    stop: threading.Event | None = None,
    told: Callable[[int | None, float, float], None] = lambda cost, bound, seconds: None,
) -> Answer:
    """Return the best calendar that was found, and how much better another could be.

    Parameters
    ----------
    seconds : float
    threads : int
        With one, branch and cut takes turns with the neighbourhoods.
    gap : float
        Stop at this share of the cost.
    stop : threading.Event, optional
        Set from outside to stop and keep the best.
    told : callable
        Given best cost (£, None), bound (£) and seconds whenever one of them is better.
    """
    began = time.monotonic()
    ends = began + seconds
    stop = stop or threading.Event()
    if not case.refs():
        return Answer("optimal", Schedule((), (), (), (), (), ()), 0, 0.0, {}, 0.0, 0.0)
    model = Model(tightened(case))
    best = _Best(case, model, began, told)
    best.raise_bound("energy and chains", energy_bound(model.case))

    def over() -> bool:
        near = gap_of(best.cost, best.bound) if best.cost is not None and np.isfinite(best.bound) else None
        return stop.is_set() or time.monotonic() >= ends or best.proved() or (near is not None and near <= gap)

    def left() -> float:
        return max(0.0, ends - time.monotonic())

    status = ""
    while not over():
        count = len(best.refused)
        relaxed = relaxation_bound(model.programme, 0.3 * left())
        if relaxed == np.inf:
            status = "infeasible"
            break
        best.raise_bound("prices", relaxed)
        if best.schedule is None:
            status = _first(best, threads, seed, left, over)
            if status == "infeasible":
                break
        if best.schedule is not None and not over():
            _side_by_side(best, ends - TIDY_SHARE * left(), threads, seed, over)
        if len(best.refused) == count:
            break
        _cut(model, best.refused[count:])
    if status == "infeasible" and best.schedule is None:
        return Answer("infeasible", None, None, np.inf, best.bounds, time.monotonic() - began, None, tuple(best.notes))
    if best.schedule is None:
        return Answer("unknown", None, None, best.bound, best.bounds, time.monotonic() - began, None, tuple(best.notes))
    _tidy(best, min(max(1.0, TIDY_SHARE * seconds), max(1.0, left())), threads, seed, stop)
    final = "optimal" if best.proved() else "feasible"
    bound = float(best.cost) if best.proved() and best.cost is not None else best.bound
    return Answer(
        final, best.schedule, best.cost, bound, best.bounds, time.monotonic() - began, best.first, tuple(best.notes)
    )


def _first(best: _Best, threads: int, seed: int, left: Callable[[], float], over: Callable[[], bool]) -> str:
    """Look for any calendar, from the months in which the plan means things to happen."""
    case, model = best.case, best.model
    moves = tuple(v.window.target for v in case.moves)
    months = [tuple(e.window.target for e in events) for events in (case.works, case.exits, case.openings)]
    plan = Schedule(moves, moves, (NOWHERE,) * len(moves), *months)
    before = len(best.refused)
    found = cpsat.search(
        model.programme, left(), threads=threads, seed=seed, hint=model.step_values(plan), found=best.offer,
        stop=lambda: over() or best.schedule is not None or len(best.refused) > before,
    )  # fmt: skip
    return found.status


def _side_by_side(best: _Best, ends: float, threads: int, seed: int, over: Callable[[], bool]) -> None:
    """Run branch and cut on the whole beside the neighbourhoods."""
    done = threading.Event()
    refused = len(best.refused)

    def halt() -> bool:
        return over() or done.is_set() or time.monotonic() >= ends or len(best.refused) > refused

    def branch() -> None:
        matrix = best.model.programme.matrix()
        start = None if best.values is None else best.values.astype(np.float64)

        def hear(values: np.ndarray | None, bound: float) -> bool:
            if values is not None:
                best.offer(np.rint(values).astype(np.int64))
            best.raise_bound("branch and cut", bound)
            return halt()

        answer = run_highs(
            matrix, seconds=max(0.1, ends - time.monotonic()), threads=1, seed=seed, start=start, hear=hear
        )
        if answer.values is not None:
            best.offer(np.rint(answer.values).astype(np.int64))
        best.raise_bound("branch and cut", answer.bound - answer.tolerance)
        if answer.status == "optimal":
            done.set()

    if threads < 2:
        branch()
        return
    worker = threading.Thread(target=branch, daemon=True)
    worker.start()
    _neighbourhoods(best, threads - 1, seed, halt)
    worker.join(max(0.0, ends - time.monotonic()) + 5.0)


def _neighbourhoods(best: _Best, threads: int, seed: int, halt: Callable[[], bool]) -> None:
    """Order the events of some buildings, or of some months, anew; all else stays where the best calendar has it."""
    random = np.random.default_rng(seed)
    case, model = best.case, best.model
    near = _neighbours(case)
    size = 12
    while not halt():
        assert best.schedule is not None
        values = model.step_values(best.schedule)
        if random.random() < 0.6 or not len(case.moves):
            chosen = _around(near, int(random.integers(len(near))), size)
            free = {k for k, v in enumerate(case.moves) if v.home in chosen or v.to in chosen}
        else:
            width = max(2, int(random.integers(2, 5)))
            m = int(random.integers(0, max(1, case.months - width)))
            free = {k for k, month in enumerate(best.schedule.arrive) if m <= month < m + width}
            free = set(random.permutation(sorted(free))[: 3 * size].tolist())
            chosen = {i for k in free for i in (case.moves[k].home, case.moves[k].to)}
        open_ = {x for k in free for steps in (model.leave[k], model.arrive[k]) for x in steps.variable}
        open_ |= {g for k in free for g in model.at.get(k, {}).values()}
        for events, all_steps in ((case.exits, model.exit), (case.openings, model.open), (case.works, model.work)):
            open_ |= {x for e, s in zip(events, all_steps, strict=True) if e.site in chosen for x in s.variable}  # type: ignore[attr-defined]
        fixed = {x: v for x, v in values.items() if x not in open_}
        before = best.cost
        found = cpsat.search(
            model.programme, 2.0, threads=threads, seed=int(random.integers(1 << 30)), hint=values, fixed=fixed,
            below=None if before is None else before - 1, found=best.offer, stop=halt,
        )  # fmt: skip
        size = min(60, size + 1) if found.status in ("optimal", "infeasible") else max(4, size - 2)


def _neighbours(case: Case) -> list[dict[int, int]]:
    out: list[dict[int, int]] = [{} for _ in case.sites]
    for v in case.moves:
        if v.home != NOWHERE and v.to != NOWHERE:
            out[v.home][v.to] = out[v.home].get(v.to, 0) + 1
            out[v.to][v.home] = out[v.to].get(v.home, 0) + 1
    busy = sorted({i for v in case.moves for i in (v.home, v.to)} - {NOWHERE})
    # Buildings that no move joins follow each other as they stand in the case.
    for one, two in pairwise(busy):
        out[one].setdefault(two, 0)
        out[two].setdefault(one, 0)
    return [out[i] | {i: 1} for i in busy] if busy else [{}]


def _around(near: list[dict[int, int]], start: int, size: int) -> set[int]:
    chosen = set(near[start])
    k = start
    while len(chosen) < size and k + 1 < len(near):
        k += 1
        chosen |= set(near[k])
    return chosen


def _cut(model: Model, refused: list[Schedule]) -> None:
    """Learn from calendars that failed a mean standard: of the points that were shut, one must be open."""
    case = model.case
    for test in case.tests:
        if test.shortfall is None:
            continue
        every = frozenset(i for v in case.moves if v.service == test.service for i in (v.home, v.to)) - {NOWHERE}
        seen: set[frozenset[int]] = set()
        for schedule in refused:
            for m in range(int(test.required[0]), case.months):
                open_ = frozenset(
                    site
                    for k, v in enumerate(case.moves)
                    if v.service == test.service
                    for site, here in ((v.home, m <= schedule.leave[k]), (v.to, m >= schedule.arrive[k]))
                    if here and site != NOWHERE
                )
                if test.short(open_, m) <= test.tolerance:
                    continue
                for site in sorted(every - open_):  # as many open as still fail: the cut that says most
                    if test.short(open_ | {site}, m) > test.tolerance:
                        open_ |= {site}
                if every - open_ not in seen:
                    seen.add(every - open_)
                    model.need_one_of(test, every - open_)


def _tidy(best: _Best, seconds: float, threads: int, seed: int, stop: threading.Event) -> None:
    """Without raising the cost, put every event as early as it can be; the last one first of all."""
    model, case = best.model, best.case
    if best.schedule is None or best.cost is None:
        return
    early = [0] * len(model.programme.cost)
    for steps in (*model.arrive, *model.leave, *model.work, *model.exit):
        for x in dict.fromkeys(steps.variable):
            early[x] -= 1
    found = cpsat.search(
        model.programme, seconds, threads=threads, seed=seed, hint=model.step_values(best.schedule), below=best.cost,
        cost=early, stop=stop.is_set,
    )  # fmt: skip
    if found.values is None:
        return
    schedule = model.read(found.values)
    cost = sum(cost_parts(case, schedule).values())
    if cost <= best.cost and not check(case, schedule):
        best.schedule, best.values, best.cost = schedule, found.values, cost
