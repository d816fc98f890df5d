"""How many pounds of an answer rest on each assumed value: the plan stays, the value moves by a quarter, all is recounted.

A value is tried a quarter higher; where that is no setting (a share of 1), a quarter lower. Nothing is solved again. Values
work together, so the figures of several do not add up to what all of them would change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from assetopt.account import ledger
from assetopt.problem import Problem
from assetopt.timeline import lay_out
from assetopt.verify import today_ledger

if TYPE_CHECKING:
    import pandas as pd

    from assetopt.plan import Plan
    from assetopt.scenario import Scenario

PART = "npv_cost"
STEPS = (1.25, 0.75)
"""The assumed value is multiplied by the first of these that the scenario takes."""


class Resting(NamedTuple):
    """What rests on one assumed value.

    Attributes
    ----------
    tried : float
        The other value.
    cost : float
        By how much the plan's whole-life cost (``npv_cost``) is higher with it, £.
    saving : float or None
        By how much its saving (``npv_saving``) is higher with it, £; None where a team has no home today.
    """

    tried: float
    cost: float
    saving: float | None


def resting_on(problem: Problem, plan: Plan, parameters: Iterable[str]) -> dict[str, Resting]:
    """Return what rests on assumed values, by parameter.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    parameters : iterable of str
        Names of ``[defaults]``. Those that are no number of it, stand at 0 (a quarter more is 0 again), or with another
        value of which the plan cannot be laid out, are left out.
    """
    base = _costs(problem, plan)
    if base is None:
        return {}
    out = {}
    for name in sorted(set(parameters)):
        for tried, scenario in _shifted(problem.scenario, name):
            moved = _costs(problem.repriced(problem.estate, scenario), plan)
            if moved is not None:
                cost, usual = moved[0] - base[0], moved[1]
                out[name] = Resting(tried, cost, None if usual is None or base[1] is None else usual - base[1] - cost)
                break
    return out


def _costs(problem: Problem, plan: Plan) -> tuple[float, float | None] | None:
    """Return the whole-life cost of a plan and of business as usual, £; None where the plan cannot be laid out."""
    line, _ = lay_out(problem, plan)
    if line is None:
        return None
    usual = today_ledger(problem, PART)
    return _sum(ledger(problem, line, PART)), None if usual is None else _sum(usual)


def _sum(book: pd.DataFrame) -> float:
    return float(book["present"].sum())


def _shifted(scenario: Scenario, parameter: str) -> Iterator[tuple[float, Scenario]]:
    """Yield every value to try with its scenario, those that are settings."""
    if parameter not in type(scenario.defaults).model_fields:
        return
    settings = scenario.model_dump(exclude_unset=True)
    for step in STEPS:
        value = scenario.defaults.value(parameter) * step
        changed = settings | {"defaults": settings.get("defaults", {}) | {parameter: value}}
        if value == 0:
            return
        try:
            yield value, type(scenario).model_validate(changed)
        except ValidationError:
            continue
