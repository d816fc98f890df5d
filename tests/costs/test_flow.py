"""Flows say the same money as the ledger, by payer, payee, head and year, and charge it discounted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from estates import GONE, line_of, two_sites
from random_estates import FEATURES, random_problem

from assetopt.costs import book, cash, price
from assetopt.costs.flow import ANYWAY, by_year, flow, spans
from assetopt.engines.completion import complete
from assetopt.engines.highs_run import run_highs
from assetopt.engines.outcome import Task
from assetopt.formulation import Formulation, lay_columns
from assetopt.problem import Problem
from assetopt.program import Floats
from assetopt.rules import RULES
from assetopt.timeline import lay_out

KEY = ["cost", "head", "kind", "payer", "payee", "year"]


def summed(problem: Problem, money: dict[str, list], values: Floats) -> pd.Series:
    """Cash by cost, head, kind, payer, payee and year at the columns' values."""
    years = np.ones(problem.horizon + 1, dtype=bool)
    parts = []
    for cost, flows in money.items():
        for one in flows:
            entry, year = by_year(one, years)
            switched = np.where(one.columns == ANYWAY, 1.0, values[np.maximum(one.columns, 0)])
            payee = np.full(len(one), "", dtype=object) if one.payee is None else one.payee
            parts.append(
                pd.DataFrame(
                    {"cost": cost, "head": one.head, "kind": one.kind, "payer": one.payer[entry], "payee": payee[entry],
                     "year": year, "amount": (one.amount * switched)[entry]}
                )
            )  # fmt: skip
    return pd.concat(parts).groupby(KEY)["amount"].sum()


def formed(problem: Problem) -> Formulation:
    """The programme, its flows kept."""
    form = lay_columns(problem)
    for rule in RULES.values():
        rule.constrain(form)
    cash(form)
    price(form)
    return form


def random_plans(form: Formulation, number: int) -> list[Floats]:
    """Plans that keep every rule: the best for made-up prices of the decisions, derived columns at their true best."""
    matrix, events = form.program.matrix, form.decision_mask()
    out = []
    for seed in range(number):
        random = np.random.default_rng(seed)
        cost = np.where(events, random.normal(size=matrix.shape[1]), 0.0)
        answer = run_highs(replace(matrix, cost=cost), seconds=10.0)
        if answer.values is not None:
            chosen, task = np.where(events, np.round(answer.values, 6), 0.0), Task(gap=0.0, saving_gap=0.0, threads=1)
            done = complete(matrix, chosen, events, task)
            out += [done] if done is not None else []
    return out


@pytest.mark.parametrize("seed", range(3 * len(FEATURES)))
def test_cash_of_flows_is_cash_of_the_ledger(seed: int) -> None:
    problem = random_problem(seed)
    form = formed(problem)
    money = form.money
    for values in random_plans(form, 3):
        line, faults = lay_out(problem, form.decode(values))
        assert line is not None, faults
        lines = book(problem, line)
        told = lines[lines["cost"].isin(money) & (lines["cost"] != "side_payments")].groupby(KEY)["amount"].sum()
        both = pd.concat([summed(problem, money, values), told], axis=1).fillna(0.0).to_numpy()
        assert np.abs(both[:, 0] - both[:, 1]).max() < 1e-3


def test_a_flow_is_charged_for_its_years() -> None:
    asked = two_sites("tenure,running_cost", "freehold,1000", appraisal={"discount": 0.1})
    table = spans(asked)
    # 1 + 1/1.1 = 1.909090...; year 4 is the end: 1/1.1^4
    assert table[0, 2] == pytest.approx(1 + 1 / 1.1)
    assert table[4, 5] == pytest.approx(1.1**-4)


def test_years_behind_the_horizon_are_cut_off() -> None:
    asked = two_sites("tenure,running_cost", "freehold,1000")
    payer = np.array(["council"] * 3, dtype=object)
    cut = flow(asked, "holding", [1, 2, 3], payer, [10.0, 0.0, 30.0], [2, 0, 4], [9, 4, 9])
    assert (cut.columns.tolist(), cut.first.tolist(), cut.last.tolist()) == ([1], [2], [4])
    # years 2 and 3 of the one entry that is left
    entry, year = by_year(cut, np.ones(4, dtype=bool))
    assert (entry.tolist(), year.tolist()) == ([0, 0], [2, 3])


def test_rates_are_cash_and_cost_nothing() -> None:
    asked = two_sites("tenure,business_rates", "freehold,500")
    form = formed(asked)
    for changes, yearly in (({}, 500.0), (GONE, 0.0)):
        values = form.encode(line_of(asked, **changes))
        assert values is not None
        paid = summed(asked, form.money, values).loc["running", "rates"]
        assert paid.to_list() == [yearly] * 4
        assert set(paid.index.get_level_values("payee")) == {"_billing_authority"}
        assert form.program.term_values(values).get("running", 0.0) == 0.0
