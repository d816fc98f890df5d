"""Switching values of room and of standards: from which capacity, or which minutes, would a site that is kept go?

A site with a price would go where that costs nothing extra; an essential one could go, at whatever cost.

    min   room added, over sites and space types                      (or people beyond a standard's reach)
    s.t.  the site is left, every other rule holds, and, for a site with a price, the plan costs no more than the explained one

The plan that comes out is recounted: it breaks nothing but the rule in question, and by how much is the upper value. The lower one
is the search's own bound on room; for minutes it is what is asked today, where no plan leaves the site at that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from assetopt.engines.elastic import elastic
from assetopt.engines.highs_run import Answer, money_scale, run_highs
from assetopt.explain.memory import SAME_TIME, number, plain
from assetopt.explain.pricing import SMALL, Pricer
from assetopt.formulation import Formulation
from assetopt.optimise import formulate
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.nearest_value import nearest_limits, nearest_mean
from assetopt.problem.opened import is_small, make_roomy
from assetopt.program import CONTINUOUS, Ints, Matrix
from assetopt.remedies import site_name
from assetopt.rules import capacity
from assetopt.timeline import Timeline
from assetopt.verify import judge

LEAST, ONE = 2.0, 10.0
"""Seconds of one search, at least and at most; the last questions are not asked rather than all too briefly."""

ROUNDING = 1.0
"""£ by which a plan may be dearer and still cost no more.

Without it the row on cost is met to the last digit, and HiGHS 1.14's presolve has called twice the least room optimal then.
"""

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Switch:
    """From where on a kept site would go; room in the unit of the space type, NaN where none is known or units are mixed.

    ``room`` and ``minutes`` say it in words; empty where it was not found in the time given. ``done`` says that more time
    would find no more.
    """

    room_low: float
    room_high: float
    room: str
    minutes: str
    done: bool = False


def switches(pricer: Pricer, until: float, told: Told) -> dict[int, Switch]:
    """Return the switching values of kept sites by question: what is essential first, then the dearest."""
    prices, out = pricer.prices, dict[int, Switch]()
    order = [
        k for k, question in enumerate(pricer.asked)
        if question.kind == "site" and question.decision == "kept" and not question.fixed
        and (prices.impossible[k] or prices.high[k] > prices.tolerance)
    ]  # fmt: skip
    order.sort(key=lambda k: (not prices.impossible[k], -prices.low[k]))
    if not order:
        return out
    search = None
    for done, k in enumerate(order):
        left = until - time.monotonic()
        slice_ = min(ONE, max(LEAST, left / (2 * (len(order) - done))))
        if left < LEAST or pricer.stop.is_set():
            return out
        known = _recalled(pricer, k, slice_)
        if known is None:
            search = search or _Search(pricer)
            known = search.ask(k, slice_)
            _noted(pricer, k, slice_, known)
        out[k] = known
        told("switching values", done + 1, len(order))
    return out


def _recalled(pricer: Pricer, k: int, seconds: float) -> Switch | None:
    """Return what an earlier run found in as much time, None where it found nothing or had less."""
    if pricer.memory is None:
        return None
    known = pricer.memory.about("switches", pricer.memory.name(pricer.asked[k]))
    room, minutes = known.get("room"), known.get("minutes")
    if not isinstance(room, str) or not isinstance(minutes, str):
        return None
    if known.get("done") is not True and number(known.get("seconds"), 0.0) < SAME_TIME * seconds:
        return None
    return Switch(number(known.get("room_low"), np.nan), number(known.get("room_high"), np.nan), room, minutes, True)


def _noted(pricer: Pricer, k: int, seconds: float, found: Switch) -> None:
    """Keep what was found; not what Ctrl-C cut short."""
    if pricer.memory is None or pricer.stop.is_set():
        return
    entry = {
        "seconds": seconds, "room_low": plain(found.room_low), "room_high": plain(found.room_high), "room": found.room,
        "minutes": found.minutes, "done": found.done,
    }  # fmt: skip
    pricer.memory.note("switches", pricer.memory.name(pricer.asked[k]), entry)
    pricer.keep()


class _Search:
    """Looks for plans that leave a site, cost no more, and break room, or standards, as little as can be."""

    def __init__(self, pricer: Pricer) -> None:
        self._pricer = pricer
        problem = pricer.form.problem
        self._whole, self._ended = is_small(problem), True
        self._roomy: Formulation = formulate(make_roomy(problem)) if self._whole else pricer.form
        self._limit = pricer.prices.objective + max(ROUNDING, pricer.prices.tolerance)
        # Presolve pays in large models only; see ROUNDING.
        self._options = {"presolve": "off"} if pricer.decisions <= SMALL else {}

    @property
    def _problem(self) -> Problem:
        return self._pricer.form.problem

    def ask(self, k: int, seconds: float) -> Switch:
        self._ended = True
        room, minutes = self._room(k, seconds), self._minutes(k, seconds)
        return Switch(*room, minutes, self._ended)

    def _room(self, k: int, seconds: float) -> tuple[float, float, str]:
        unknown = (np.nan, np.nan, "")
        form = self._roomy
        soft = _with_room(form)
        if soft is None:
            return unknown
        answer = self._solve(form, soft, k, seconds)
        if answer.status == "infeasible" and self._whole:
            return np.nan, np.nan, self._none(k, "room")
        found = self._judged(form, answer, "capacity", k)
        if found is None:
            return unknown
        line, _ = found
        added = _room_added(self._problem, line)
        kinds = self._problem.facts.space_types
        words = ", ".join(
            f"{added[i, j]:,.6g} more {kinds[int(j)]} at {site_name(self._problem, int(i))}"
            for i, j in zip(*np.nonzero(added), strict=True)
        )
        if len(kinds) > 1:
            return np.nan, np.nan, words
        keep = 1.0 - self._problem.scenario.rules.capacity.headroom
        low = max(0.0, answer.bound / keep) if self._whole and np.isfinite(answer.bound) else 0.0
        return min(low, float(added.sum())), float(added.sum()), words

    def _minutes(self, k: int, seconds: float) -> str:
        form = self._pricer.form
        rows = _rows_of(form, "access")
        if not len(rows):
            return ""
        soft, _ = elastic(form.program.matrix, rows)
        answer = self._solve(form, soft, k, seconds)
        if answer.status == "infeasible":
            return self._none(k, "minutes")
        found = self._judged(form, answer, "access", k)
        if found is None:
            return ""
        prices = self._pricer.prices
        sure = bool(prices.impossible[k] or prices.low[k] > prices.tolerance)
        told = list(_standards(self._problem, *found, sure))
        # Where one of them would not hold at any length of way, looser limits for the others are no answer.
        return "" if "" in told else ", and ".join(told)

    def _solve(self, form: Formulation, soft: Matrix, k: int, seconds: float) -> Answer:
        """Look for the least of what ``soft`` charges, where the question is decided the other way at no more cost."""
        cost, question = form.program.matrix.cost, self._pricer.asked[k]
        vacate = form.vacate[question.index]
        vacate = vacate[vacate >= 0]
        scale = 0.1 * money_scale(cost)
        more = sparse.csr_matrix(
            (
                np.concatenate([cost * scale, np.ones(len(vacate))]),
                (np.repeat([0, 1], [len(cost), len(vacate)]), np.concatenate([np.arange(len(cost)), vacate])),
            ),
            shape=(2, soft.shape[1]),
        )
        limit = (self._most(k) - form.program.matrix.offset) * scale
        matrix = replace(
            soft,
            a=sparse.vstack([soft.a, more], format="csr"),
            row_lower=np.append(soft.row_lower, [-np.inf, 1.0]),
            row_upper=np.append(soft.row_upper, [limit, np.inf]),
            redundant=np.append(soft.redundant, [False, False]),
        )
        stop = self._pricer.stop
        answer = run_highs(
            matrix, seconds=seconds, gap=1e-6, threads=1, seed=self._pricer.seed, hear=lambda _v, _b: stop.is_set(),
            options=self._options,
        )  # fmt: skip
        self._ended &= answer.status in ("optimal", "infeasible")
        return answer

    def _most(self, k: int) -> float:
        """Return what a plan may cost, £."""
        return np.inf if self._pricer.prices.impossible[k] else self._limit

    def _none(self, k: int, what: str) -> str:
        return f"no {what} would do" + ("" if self._pricer.prices.impossible[k] else " at no extra cost")

    def _judged(self, form: Formulation, answer: Answer, rule: str, k: int) -> tuple[Timeline, list[Violation]] | None:
        """Return the plan and its breaches where a recount finds that it breaks nothing else and costs no more."""
        if answer.values is None:
            return None
        recount = judge(self._problem, form.decode(answer.values[: form.program.n_columns]))
        cost, broken = recount.verdict.objective_recomputed, recount.verdict.violations
        if recount.line is None or cost is None or cost > self._most(k) + 0.01 or not broken:
            return None
        return (recount.line, list(broken)) if all(v.rule == rule for v in broken) else None


def _rows_of(form: Formulation, rule: str) -> Ints:
    """Return the rows that a rule asks for, without those that only define columns."""
    blocks = [b for b in form.program.rows if b.rule == rule and not b.defines]
    parts = [np.arange(b.first, b.first + b.size, dtype=np.int64) for b in blocks]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _with_room(form: Formulation) -> Matrix | None:
    """Return the programme in which room may be added at each site from the start, at a cost of 1 a unit and no other cost."""
    matrix, blocks = form.program.matrix, [b for b in form.program.rows if b.rule == capacity.NAME]
    if not blocks:
        return None
    rows = np.concatenate([np.arange(b.first, b.first + b.size) for b in blocks])
    key = np.concatenate([b.labels["site"] * len(form.problem.facts.space_types) + b.labels["item"] for b in blocks])
    each, column = np.unique(key, return_inverse=True)
    k = len(each)
    room = sparse.csr_matrix((np.full(len(rows), -1.0), (rows, column)), shape=(matrix.shape[0], k))
    return replace(
        matrix,
        cost=np.append(np.zeros(matrix.shape[1]), np.ones(k)),
        offset=0.0,
        lower=np.append(matrix.lower, np.zeros(k)),
        upper=np.append(matrix.upper, np.full(k, np.inf)),
        form=np.append(matrix.form, np.full(k, CONTINUOUS, dtype=matrix.form.dtype)),
        a=sparse.hstack([matrix.a, room], format="csr"),
    )


def _room_added(problem: Problem, line: Timeline) -> np.ndarray:
    """Return (n_sites, n_space_types): the capacity that a plan lacks in its fullest year."""
    f, keep = problem.facts, 1.0 - problem.scenario.rules.capacity.headroom
    short = np.zeros_like(f.capacity)
    for t in range(problem.years):
        use = np.asarray(line.shares(t).T @ f.teams.need)
        short = np.maximum(short, use - capacity.room(problem, line.built, t) - problem.overload)
    short[f.sites.external] = 0.0
    return np.where(short > 1e-6 * np.maximum(1.0, f.capacity), short / keep, 0.0)


def _standards(problem: Problem, line: Timeline, broken: list[Violation], sure: bool) -> Iterator[str]:
    """Say of each standard that a plan breaks what would hold in its worst year; empty where no limit would."""
    subjects = {violation.subject for violation in broken}
    for test in problem.cover_tests:
        for group in test.groups:
            if test.force != "hard" or f"{test.name}: {group.label}" not in subjects:
                continue
            years = [line.open_points(test.service, test.sites, t) for t in range(problem.years)]
            worst = min(years, key=lambda points: float(group.weight[test.served(points)].sum()))
            values = nearest_limits(test, group, worst) if test.kind == "share" else []
            if not values:
                yield ""
                continue
            value, unit = values[0]
            most = next(limit.most for limit in test.limits if limit.unit == unit)
            low = f"more than {most:g} and " if sure and isinstance(most, int | float) else ""
            yield f"{test.name} ({group.label}) allowed {low}up to {value:g} {unit}"
    for mean in problem.mean_tests:
        for group in mean.groups:
            if mean.force == "hard" and f"{mean.name}: {group.label}" in subjects:
                years = [line.open_points(mean.service, mean.sites, t) for t in range(problem.years)]
                worst = max(years, key=lambda points: mean.mean(group, points))
                told = nearest_mean(mean, group, worst).removesuffix(" would hold")
                low = f"more than {group.required:.2f} and up to " if sure else "up to "
                yield f"{mean.name} ({group.label}) allowed {low}{told}" if told else ""
