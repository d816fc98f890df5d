"""What a plan costs: one cost a file, said to the solver (``flows`` or ``price``) and recounted for the ledger (``amount``).

A cost module has ``NAME``, ``TOTAL`` (which of the objective's parts it belongs to), a docstring with its formula, and

    amount(problem: Problem, line: Timeline) -> list[Lines]         ledger lines by year, from the plan's states

and for the solver one of

    flows(form: Formulation) -> Iterator[Flow]      money that somebody pays: priced here, and summed as cash by the rules
    on_top(form: Formulation, money: Mapping[str, Sequence[Flow]]) -> Iterator[Flow]
                                                    the same, worked out from the flows of all other costs (taxes)
    price(form: Formulation) -> None                charges columns (and adds derived ones); nobody's cash

A cost that is worked out from the others' lines has, beside an ``amount`` that returns nothing,

    amount_on_top(problem: Problem, line: Timeline, lines: DataFrame) -> list[DataFrame]
"""

from __future__ import annotations

from types import ModuleType
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from assetopt.costs import (
    backlog,
    closing,
    dilapidations,
    double_running,
    equity,
    fixed,
    haircut,
    holding,
    income,
    journeys,
    moving,
    natural,
    opening,
    penalties,
    placements,
    preferences,
    receipts,
    recharges,
    rent,
    residual,
    retention,
    running,
    side_payments,
    subletting,
    variable,
    vat,
    works,
)
from assetopt.costs.aim import NATURAL, counted
from assetopt.costs.flow import Flow, charge
from assetopt.costs.ledger import frame
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline, as_usual

COSTS: dict[str, ModuleType] = {
    cost.NAME: cost
    for cost in (
        running,
        variable,
        rent,
        income,
        fixed,
        backlog,
        opening,
        works,
        moving,
        placements,
        closing,
        double_running,
        holding,
        receipts,
        haircut,
        subletting,
        dilapidations,
        residual,
        recharges,
        retention,
        vat,
        side_payments,
        journeys,
        penalties,
        preferences,
        equity,
        natural,
    )
}
"""Every cost by name."""


def cash(form: Formulation) -> dict[str, list[Flow]]:
    """Return every flow by cost, those on top included; worked out once and kept in ``form.money``."""
    money: dict[str, list[Flow]] = form.money
    if not money:
        for name, cost in COSTS.items():
            if hasattr(cost, "flows"):
                money[name] = list(cost.flows(form))
        plain = dict(money)
        for name, cost in COSTS.items():
            if hasattr(cost, "on_top"):
                money[name] = list(cost.on_top(form, plain))
    return money


def book(problem: Problem, line: Timeline, total: str = "") -> pd.DataFrame:
    """Return every ledger line of a plan, those on top included; columns as in :mod:`assetopt.costs.ledger`.

    Where a ``total`` is named, only lines that belong to that part of the objective.
    """
    costs = [cost for cost in COSTS.values() if total in ("", cost.TOTAL)]
    plain = frame([part for cost in costs for part in cost.amount(problem, line)])
    more = [
        part
        for cost in costs
        if hasattr(cost, "amount_on_top")
        for part in cost.amount_on_top(problem, line, plain)
        if len(part)
    ]
    out = pd.concat([plain, *more], ignore_index=True) if more else plain
    rule = problem.scenario.rules.no_partner_worse_off
    if line.usual or rule is None or not rule.side_payments or side_payments not in costs:
        return out
    settled = side_payments.settle(problem, out, usual(problem))
    return pd.concat([out, *settled], ignore_index=True) if settled else out


def usual(problem: Problem) -> pd.DataFrame:
    """Return the ledger lines of business as usual, teams without a home left out; worked out once, not to be changed."""
    if problem not in _USUAL:
        _USUAL[problem] = book(problem, as_usual(problem))
    return _USUAL[problem]


_USUAL: WeakKeyDictionary[Problem, pd.DataFrame] = WeakKeyDictionary()


def price(form: Formulation) -> None:
    """Charge every cost that counts; flows are not kept unless a rule has asked for cash before."""
    kept: dict[str, list[Flow]] = form.money
    limits, counts = form.problem.scenario.limits, counted(form.problem.scenario)
    caps = {"npv_cost": limits.max_npv_cost, NATURAL: limits.max_measure}
    for name, cost in COSTS.items():
        if cost.TOTAL not in counts and caps.get(cost.TOTAL) is None:
            continue
        if hasattr(cost, "price"):
            cost.price(form)
        elif hasattr(cost, "flows"):
            for money in kept[name] if name in kept else cost.flows(form):
                charge(form.program, form.problem, name, money)
        else:
            for money in kept.get(name, ()):
                charge(form.program, form.problem, name, money)
    for part, most in caps.items():
        if most is not None:
            _hold_below(form, part, most)
    for name in [name for name in {*form.program.terms, *form.program.constants} if COSTS[name].TOTAL not in counts]:
        form.program.terms.pop(name, None)
        form.program.constants.pop(name, None)


def _hold_below(form: Formulation, part: str, most: float) -> None:
    """Write part of the objective <= most, from what has been charged (see rules/limits.py, which recounts it)."""
    program = form.program
    names = [name for name, cost in COSTS.items() if part == cost.TOTAL]
    cost = np.zeros(program.n_columns)
    for name in names:
        cost += program.cost_of(name)
    column = np.flatnonzero(cost)
    # A row in pounds would have coefficients beyond what a solver's absolute tolerance is made for.
    scale = 10.0 ** -np.ceil(np.log10(float(np.abs(cost).max(initial=1.0))))
    room = most - sum(program.constants.get(name, 0.0) for name in names)
    row = np.zeros(len(column), dtype=np.int64)
    subject = "measure" if part == NATURAL else part
    program.add_rows(
        "limits",
        1,
        upper=np.array([room * scale]),
        entries=[(row, column, cost[column] * scale)],
        subjects=[subject],
    )
