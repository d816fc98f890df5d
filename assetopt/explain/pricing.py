"""What each decision costs to force the other way: bounds first, small searches near the plan, exact solves last.

    low  = (a lower bound on every plan that decides the other way) - (what this plan costs)
    high = (the cheapest plan found that decides the other way)     - (what this plan costs)

The true price lies between. Where time ends first, the interval is what is known.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from assetopt.engines import Task, engine_named
from assetopt.engines.completion import Slicer
from assetopt.engines.forced import ForcedRelaxation
from assetopt.engines.highs_run import run_highs
from assetopt.errors import SolverError
from assetopt.explain.memory import Entry, Memory, number, plain
from assetopt.explain.questions import Question, answered_by, rows_of
from assetopt.formulation import Formulation
from assetopt.program import INTEGER, Bools, Floats, Ints
from assetopt.proof.labels import Labels
from assetopt.proof.sites import Sites
from assetopt.proof.structure import read_structure

SAME = 1e-6
"""Share of the plan's cost below which two costs are the same: the gap at which the certificate says optimal."""

SMALL = 3_000
"""INTEGER columns up to which every question goes straight to an exact solve."""

BOUNDS_SHARE, NEAR_SHARE = 0.35, 0.7
"""Shares of the time left that bounds, and searches near the plan, may take."""

NEAR_SECONDS, FIRST_SLICE = 2.0, 4.0
"""Seconds of one search near the plan, and of the first exact solve of a question; each further round has double."""

EXCESS = 1e-6


@dataclass(eq=False)
class Prices:
    """What is known, one entry a question: costs in £ (``least``, ``most``), whether none exists, and the best plan."""

    objective: float
    least: Floats
    most: Floats
    impossible: Bools
    how: list[str]
    plans: list[Floats | None]

    @property
    def tolerance(self) -> float:
        """What counts as no difference, £."""
        return SAME * max(1.0, abs(self.objective))

    @property
    def settled(self) -> Bools:
        """Which questions need no more work."""
        with np.errstate(invalid="ignore"):
            return self.impossible | (self.most - self.least <= self.tolerance)

    @property
    def low(self) -> Floats:
        """(q,) the least that the other way costs more, £; inf where there is no other way."""
        return np.where(self.impossible, np.inf, np.minimum(self.least, self.most) - self.objective)

    @property
    def high(self) -> Floats:
        """(q,) the most that it costs more, £; inf where no plan is known."""
        return np.where(self.impossible, np.inf, self.most - self.objective)


class Pricer:
    """Prices questions about one plan within a time limit.

    Parameters
    ----------
    form : Formulation
        Complete.
    values : (n,) array
        The plan.
    bound : float
        A lower bound on every plan's cost (£), -inf for none.
    asked : list of Question
    duals : (m,) array or None
        Row prices of the plan's proof, all rows of the programme.
    """

    def __init__(
        self, form: Formulation, values: Floats, bound: float, asked: list[Question], duals: Floats | None,
        *, seconds: float, threads: int, seed: int, stop: Event, told: Callable[[str, int, int], None],
        memory: Memory | None = None,
    ) -> None:  # fmt: skip
        self.memory, self.bounded, self.tried, self.slice = memory, set[int](), set[int](), FIRST_SLICE
        self.form, self.values, self.asked, self.stop, self.told = form, values, asked, stop, told
        self.threads, self.seed, self.deadline = threads, seed, time.monotonic() + seconds
        self.matrix = form.program.core
        self.decisions = int((self.matrix.form == INTEGER).sum())
        self.rows = rows_of(asked, form.program.n_columns)
        q = len(asked)
        self.prices = Prices(
            self.matrix.objective(values), np.full(q, bound), np.full(q, np.inf), np.zeros(q, dtype=bool),
            ["certificate of the plan"] * q, [None] * q,
        )  # fmt: skip
        self.open = np.array([not question.fixed for question in asked], dtype=bool)
        self.duals = duals
        self._relaxation: ForcedRelaxation | None = None

    @property
    def left(self) -> float:
        """Seconds left."""
        return 0.0 if self.stop.is_set() else max(0.0, self.deadline - time.monotonic())

    @property
    def relaxation(self) -> ForcedRelaxation:
        """The relaxation that is asked about one question after another; made once."""
        if self._relaxation is None:
            self._relaxation = ForcedRelaxation(self.matrix, self.rows)
        return self._relaxation

    def run(self) -> Prices:
        """Work until everything is settled or the time is up; what is known by then is returned."""
        self._recall()
        if self.decisions > SMALL:
            self._from_proof()
            self._bounds(BOUNDS_SHARE * self.left)
            self._near(NEAR_SHARE * self.left)
        self._exact()
        self.keep(now=True)
        return self.prices

    # --- what is known already -------------------------------------------------------------------------------------

    def known(self, k: int) -> Entry:
        """Return what is known of one question, for the memory."""
        prices = self.prices
        return {
            "least": plain(float(prices.least[k])), "how": prices.how[k], "impossible": bool(prices.impossible[k]),
            "bounded": k in self.bounded, "tried": k in self.tried, "slice": self.slice,
        }  # fmt: skip

    def plan(self, k: int) -> Floats | None:
        """Return the best plan that answers a question."""
        return self.prices.plans[k]

    def keep(self, *, now: bool = False) -> None:
        """Let the memory write what is new."""
        if self.memory is not None:
            self.memory.keep(self, now=now)

    def _recall(self) -> None:
        """Take in what an earlier run found: its bounds as they stand, its plans as they are worked out anew."""
        if self.memory is None:
            return
        for k, question in enumerate(self.asked):
            entry = self.memory.entry(question)
            if not entry or question.fixed:
                continue
            self._raise(k, number(entry.get("least"), -np.inf), str(entry.get("how", "")))
            if entry.get("impossible") is True:
                self._impossible(k, str(entry.get("how", "")))
            self.bounded |= {k} if entry.get("bounded") is True else set()
            self.tried |= {k} if entry.get("tried") is True else set()
            self.slice = max(self.slice, number(entry.get("slice"), 0.0))
            values, sure = self.memory.plan(question), self.matrix.form == INTEGER
            if values is not None and np.abs(values[sure] - np.rint(values[sure])).max(initial=0.0) <= EXCESS:
                self.take(values)

    # --- lower bounds ---------------------------------------------------------------------------------------------

    def _raise(self, k: int, least: float, how: str) -> None:
        if least > self.prices.least[k]:
            self.prices.least[k], self.prices.how[k] = least, how

    def _from_proof(self) -> None:
        """Read what the plan's own proof says of each site: its cheapest state the other way, all else at its best."""
        if self.duals is None:
            return
        sites = Sites(self.matrix, read_structure(self.matrix, Labels.of(self.form.program)))
        answer, s = sites.answer(self.duals[~self.form.program.redundant_rows]), sites.structure
        if not np.isfinite(answer.bound):
            return
        slot = np.full(self.matrix.shape[1], -1, dtype=np.int64)
        for state, choice in enumerate(s.state_choice):
            for columns in choice:
                slot[columns] = s.state_site[state]
        for k, question in enumerate(self.asked):
            if question.kind != "site" or question.fixed:
                continue
            at = np.unique(slot[question.columns])
            if len(at) != 1 or at[0] < 0:
                continue
            states = np.flatnonzero(s.state_site == at[0])
            mine = set(question.columns.tolist())
            doing = [any(set(c.tolist()) & mine for c in s.state_choice[x]) for x in states.tolist()]
            never = [not any(set(c.tolist()) <= mine for c in s.state_choice[x]) for x in states.tolist()]
            other = states[np.array(doing if question.some else never, dtype=bool)]
            if len(other):
                more = float(answer.value[other].min() - answer.value[states].min())
                if np.isfinite(more):
                    self._raise(k, answer.bound + more - 1e-9 * abs(answer.bound), "row prices of the plan's proof")

    def _bounds(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        todo = [k for k in np.flatnonzero(self.open).tolist() if k not in self.bounded]
        if not todo:
            return
        self.relaxation.bound(seconds)
        for k in todo:
            rest = min(until - time.monotonic(), self.left)
            if rest <= 0:
                return
            least = self.relaxation.ask(k, *self.asked[k].sides, min(rest, 10.0))
            if least == np.inf:
                self._impossible(k, "proved by bounds alone")
            else:
                self._raise(k, least, "relaxation solved again")
            self.bounded.add(k)
            self.keep()
            self.told("bounds", k + 1, len(self.asked))

    def _impossible(self, k: int, how: str) -> None:
        if np.isfinite(self.prices.most[k]):
            return
        self.prices.impossible[k], self.prices.how[k] = True, how

    # --- plans ----------------------------------------------------------------------------------------------------

    def take(self, values: Floats) -> None:
        """Let a plan answer every question that it does answer."""
        if self.matrix.excess(values) > EXCESS:
            return
        cost = self.matrix.objective(values)
        for k in np.flatnonzero(answered_by(self.asked, self.rows, values) & (cost < self.prices.most)).tolist():
            self.prices.most[k], self.prices.plans[k], self.prices.impossible[k] = cost, values, False

    def _order(self) -> Ints:
        """Return the questions that are not settled: sites first, what the plan closes before what it keeps."""
        at = np.flatnonzero(self.open & ~self.prices.settled)
        team = np.array([self.asked[k].kind == "team" for k in at], dtype=bool)
        kept = np.array([self.asked[k].some for k in at], dtype=bool)
        return at[np.lexsort((at, kept, team))] if len(at) else at

    def _near(self, seconds: float) -> None:
        """Search near the plan: only the teams and sites that the decision touches may change."""
        until = time.monotonic() + seconds
        order = [k for k in self._order().tolist() if k not in self.tried]
        if not order:
            return
        whole = self.relaxation.matrix
        slicer, activity = Slicer(whole), whole.a @ self.values
        team, site = (self.form.program.column_label(name) for name in ("team", "site"))
        common = (team < 0) & (site < 0)
        for done, k in enumerate(order):
            if min(until - time.monotonic(), self.left) <= 0:
                return
            if np.isfinite(self.prices.most[k]) and self.asked[k].kind == "team":
                continue
            for wide in (False, True):
                free = np.flatnonzero(common | self._touched(k, team, site, wide))
                row = self.relaxation.first + k
                lower, upper = whole.row_lower.copy(), whole.row_upper.copy()
                lower[row], upper[row] = self.asked[k].sides
                slicer.matrix = replace(whole, row_lower=lower, row_upper=upper)
                sub, _ = slicer.cut(free, self.values, activity)
                answer = run_highs(
                    replace(sub, offset=0.0), seconds=min(NEAR_SECONDS, self.left), threads=self.threads, gap=1e-4,
                    seed=self.seed, hear=lambda _values, _bound: self.stop.is_set(),
                )  # fmt: skip
                if answer.values is not None:
                    values = self.values.copy()
                    sure = sub.form == INTEGER
                    values[free] = np.where(sure, np.rint(answer.values), np.clip(answer.values, sub.lower, sub.upper))
                    self.take(values)
                    break
            self.tried.add(k)
            self.keep()
            self.told("near the plan", done + 1, len(order))

    def _touched(self, k: int, team: Ints, site: Ints, wide: bool) -> Bools:
        """Return the columns (n,) of the teams that a decision touches and of the sites where they could be."""
        form, question, home = self.form, self.asked[k], self.form.problem.facts.teams.home
        here = np.where(form.move >= 0, self.values[form.move], 0.0).sum(axis=1)
        if question.kind == "team":
            teams = np.array([question.index])
        else:
            moved = form.pair_team[(form.pair_site == question.index) & (here > 1e-9)]
            teams = np.union1d(np.flatnonzero(home == question.index), moved)
        sites = np.union1d(form.pair_site[np.isin(form.pair_team, teams)], home[teams][home[teams] >= 0])
        if question.kind == "site":
            sites = np.union1d(sites, [question.index])
        if wide:
            more = np.flatnonzero(np.isin(home, sites))
            arrived = form.pair_team[np.isin(form.pair_site, sites) & (here > 1e-9)]
            teams = np.union1d(teams, np.union1d(more, arrived))
        return np.asarray(np.isin(team, teams) | ((team < 0) & np.isin(site, sites)))

    def _exact(self) -> None:
        """Solve what bounds left open, from the best plan known, round by round with more time."""
        engine, small = engine_named("auto"), self.decisions <= SMALL
        while self.left > 0:
            order = self._order()
            if not len(order):
                return
            for done, k in enumerate(order.tolist()):
                if self.left <= 0:
                    return
                if self.prices.settled[k]:
                    continue
                question = self.asked[k]
                program = self.form.program.copied()
                low, high = question.sides
                program.add_rows(
                    "explain", 1, entries=[(np.zeros(len(question.columns), dtype=np.int64), question.columns, 1.0)],
                    lower=low, upper=high,
                )  # fmt: skip
                seconds = self.left if small else min(self.left, self.slice)
                task = Task(
                    gap=SAME / 10, saving_gap=0.0, deadline=time.monotonic() + seconds, threads=self.threads,
                    seed=self.seed, start=self.prices.plans[k], stop=self.stop,
                )  # fmt: skip
                try:
                    outcome = engine(program, task)
                except SolverError:
                    continue
                if outcome.status == "infeasible":
                    self._impossible(k, "proved by an exact solve")
                    self.keep()
                    continue
                if outcome.values is not None:
                    self.take(outcome.values)
                self._raise(
                    k, outcome.bound, "exact solve" if outcome.status == "optimal" else "solve with its own gap"
                )
                self.keep()
                self.told("exact", done + 1, len(order))
            self.slice *= 2
