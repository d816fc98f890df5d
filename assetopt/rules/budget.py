"""Money is spent only where a fund has it: by partner, year, kind and head, from the funds that may pay.

need[p,u,h] = what p pays under head h in year u (capital: every head; revenue: the heads its own revenue funds name)
sum_f pay[f,p,u,h] >= need[p,u,h], f among the funds that may pay (see :mod:`assetopt.problem.funds`)
sum_{v<=u} (pay[f,v] - receipts[f,v]) <= sum_{v<=u} amount[f,v]   with carry_forward; year by year without

A sale brings market_value_low, net of cost and times ``receipt_retention``, in the year it completes, to those of the
owner's funds that take receipts. With floor = today, need is what the plan pays beyond business as usual.
"""

from __future__ import annotations

from assetopt.budgets.needs import needs_of, sales_of
from assetopt.budgets.paying import spend
from assetopt.budgets.pots import write_pots
from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "budget"


def constrain(form: Formulation) -> None:
    """Write what needs take from each pot of money and what sales bring to it."""
    if form.problem.scenario.rules.budget is not None:
        write_pots(NAME, form, needs_of(form), sales_of(form))


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Hand the funds' money out year by year, and name what is left unpaid."""
    if problem.scenario.rules.budget is None:
        return []
    bills = spend(problem, line).bills
    slack = max(0.02, 1e-6 * float(bills["need"].sum()))
    unpaid = bills.assign(short=bills["need"] - bills["paid"])
    summed = unpaid.groupby(["partner_id", "year", "kind"], sort=True)["short"].sum()
    short = summed[summed > slack].reset_index()
    whose = "its funds" if problem.scenario.boundaries.budgets == "ring_fenced" else "the funds that may pay for it"
    return [
        Violation(NAME, str(who), float(money), f"{who}: £{money:,.0f} of {kind} in {year} is not covered by {whose}")
        for who, year, kind, money in zip(
            short["partner_id"], short["year"], short["kind"], short["short"], strict=True
        )
    ]
