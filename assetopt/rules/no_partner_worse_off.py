"""No partner that tests a plan loses more than it accepts, against business as usual; with side payments, after settling up.

loss[p,u] = sum over flows of amount x column (what p pays less what it gets in year u) - the same as usual
    NPV of loss[p] <= max_loss[p] + side[p] x (DF(0) + ... + DF(H-1)),   loss[p,u] <= max_annual_loss[p] + side[p],
    loss[p,0] + ... + loss[p,n-1] <= n x side[p] for n = payback_years[p],      sum_p side[p] <= 0

All heads of the cash ledger count, end values as they stand to the partner (not in single years). Without side payments
side = 0. Only partners whose ``consent`` is no_worse_off or max_loss test, give or take; what is paid in the end is worked
out in costs/side_payments.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.costs import book, cash, usual
from assetopt.costs.flow import ANYWAY, Flow, spans
from assetopt.costs.side_payments import asked, losses, positions
from assetopt.formulation import Entry, Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints
from assetopt.program import CONTINUOUS
from assetopt.timeline import Timeline

NAME = "no_partner_worse_off"


@dataclass(frozen=True, eq=False)
class _Test:
    """One thing a partner asks: sum of ``value`` x ``column`` + ``sure`` <= ``limit`` + ``scale`` x side payment."""

    partner: int
    column: Ints
    value: Floats
    sure: float
    limit: float
    scale: float

    @property
    def least(self) -> float:
        """What the partner asks for at best, £ a year."""
        return (self.sure + float(np.minimum(self.value, 0.0).sum()) - self.limit) / self.scale

    @property
    def most(self) -> float:
        """What the partner asks for at worst, £ a year."""
        return (self.sure + float(np.maximum(self.value, 0.0).sum()) - self.limit) / self.scale


def constrain(form: Formulation) -> None:
    """Write one row for every test; with side payments a column for every partner, unless their sum says it all."""
    rule = form.problem.scenario.rules.no_partner_worse_off
    if rule is None:
        return
    tests = _tests(form)
    if not tests:
        return
    if not rule.side_payments:
        _write(form, tests, None)
    elif len({test.partner for test in tests}) == len(tests):
        # Everyone has one test, so settling up works out as long as the tests hold in sum.
        columns = np.concatenate([test.column for test in tests])
        values = np.concatenate([test.value / test.scale for test in tests])
        sure, limit = sum(test.sure / test.scale for test in tests), sum(test.limit / test.scale for test in tests)
        _write(form, [_Test(-1, columns, values, sure, limit, 1.0)], None)
    else:
        _write(form, tests, _side_payments(form, tests))


@dataclass(frozen=True, eq=False)
class _Sides:
    """What partners get (below 0: give), £ a year: ``least`` plus a column, by partner."""

    column: dict[int, int]
    least: dict[int, float]


def _side_payments(form: Formulation, tests: list[_Test]) -> _Sides:
    """Write a column for every partner that tests, and the row that nets them out."""
    partners = sorted({test.partner for test in tests})
    least = np.array([max(test.least for test in tests if test.partner == p) for p in partners])
    most = np.array([max(test.most for test in tests if test.partner == p) for p in partners])
    side = form.program.add_columns(
        "side_payment", len(partners), form=CONTINUOUS, upper=most - least, item=np.array(partners, dtype=np.int64)
    )
    entries: list[Entry] = [(np.zeros(len(side)), side, 1.0)]
    form.program.add_rows(NAME, 1, upper=-float(least.sum()), entries=entries, subjects=["all partners"])
    return _Sides(dict(zip(partners, side.tolist(), strict=True)), dict(zip(partners, least.tolist(), strict=True)))


def _write(form: Formulation, tests: list[_Test], sides: _Sides | None) -> None:
    """Write the tests, each in the unit of its largest flow, so that all are held equally well."""
    entries: list[Entry] = []
    upper = np.zeros(len(tests))
    for row, test in enumerate(tests):
        unit = max(1.0, float(np.abs(test.value).max(initial=0.0)))
        limit = test.limit - test.sure
        entries.append((np.full(len(test.column), row), test.column, test.value / unit))
        if sides is not None:
            limit += test.scale * sides.least[test.partner]
            entries.append((np.array([row]), np.array([sides.column[test.partner]]), np.array([-test.scale / unit])))
        upper[row] = limit / unit
    side = form.problem.scenario.rules.no_partner_worse_off
    settled = side is not None and side.side_payments
    names = ["all partners" if settled else str(form.problem.facts.partners[test.partner]) for test in tests]
    form.program.add_rows(NAME, len(tests), upper=upper, entries=entries, subjects=names)


def _tests(form: Formulation) -> list[_Test]:
    p, consent, h = form.problem, form.problem.consent, form.problem.horizon
    asking = np.flatnonzero(consent.tests)
    today = positions(p, usual(p))
    mine = [_paid(form, partner) for partner in asking.tolist()]
    out = []
    for partner, (column, amount, first, last) in zip(asking.tolist(), mine, strict=True):
        table = spans(p)
        npv = amount * table[first, last], today[partner] @ p.factors[: h + 1]
        tests = [(*npv, float(consent.max_loss[partner]), float(p.span(0, h)))]
        inside = first < h
        if np.isfinite(consent.max_annual_loss[partner]):
            for u in range(h):
                yearly = np.where((first <= u) & (u < last) & inside, amount, 0.0)
                tests.append((yearly, today[partner, u], float(consent.max_annual_loss[partner]), 1.0))
        if consent.payback_years[partner] > 0:
            years = min(int(consent.payback_years[partner]), h)
            early = np.where(inside, amount * np.maximum(np.minimum(last, years) - first, 0), 0.0)
            tests.append((early, today[partner, :years].sum(), 0.0, float(years)))
        for value, base, limit, scale in tests:
            sure = float(value[column == ANYWAY].sum() - base)
            moves = (column != ANYWAY) & (value != 0)
            columns, place = np.unique(column[moves], return_inverse=True)
            summed = np.bincount(place, weights=value[moves], minlength=len(columns)).astype(np.float64)
            out.append(_Test(partner, columns, summed, sure if abs(sure) > 1e-6 else 0.0, limit, scale))
    return out


def _paid(form: Formulation, partner: int) -> tuple[Ints, Floats, Ints, Ints]:
    """Return what a partner pays (positive) or gets: (column, £ a year, first, last)."""
    name = form.problem.facts.partners[partner]
    parts: list[tuple[Ints, Floats, Ints, Ints]] = []
    for flows in cash(form).values():
        for money in flows:
            parts += [_side(money, money.payer == name, 1.0)]
            if money.payee is not None:
                parts += [_side(money, money.payee == name, -1.0)]
    column, first, last = (np.concatenate([part[k] for part in parts]).astype(np.int64) for k in (0, 2, 3))
    return column, np.concatenate([part[1] for part in parts]), first, last


def _side(money: Flow, at: np.ndarray, sign: float) -> tuple[Ints, Floats, Ints, Ints]:
    return money.columns[at], sign * money.amount[at], money.first[at], money.last[at]


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Recount every partner's position from the ledgers of the plan and of business as usual."""
    rule, consent = problem.scenario.rules.no_partner_worse_off, problem.consent
    if rule is None or not consent.tests.any():
        return []
    plan, today = book(problem, line), usual(problem)
    asks, slack = asked(problem, plan, today)
    if rule.side_payments:
        short, exact = float(asks.sum()), float(slack[consent.tests].sum())
        if short <= exact:
            return []
        what = "those that gain cannot make up for what others lose beyond what they accept"
        return [Violation(NAME, "all partners", short, f"£{short:,.2f} a year is missing to settle up: {what}")]
    lost, h = losses(problem, plan, today), problem.horizon
    out: list[Violation] = []

    def breach(p: int, loss: float, limit: float, how: str) -> None:
        if loss > limit + max(0.01, slack[p] * h):
            name = str(problem.facts.partners[p])
            out.append(
                Violation(NAME, name, loss - limit, f"{name} loses £{loss:,.2f} {how}; it accepts £{limit:,.2f}")
            )

    for p in np.flatnonzero((asks > slack) & consent.tests).tolist():
        breach(p, float(lost[p] @ problem.factors[: h + 1]), float(consent.max_loss[p]), "of net present value")
        worst = int(lost[p, :h].argmax())
        breach(p, float(lost[p, worst]), float(consent.max_annual_loss[p]), f"in {problem.base_year + worst}")
        years = min(int(consent.payback_years[p]), h)
        breach(p, float(lost[p, :years].sum()), 0.0 if years else np.inf, f"in the first {years} years")
    return out
