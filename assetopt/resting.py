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
from assetopt.timeline import Timeline, as_usual

if TYPE_CHECKING:
    import pandas as pd

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


def resting_on(problem: Problem, line: Timeline, parameters: Iterable[str]) -> dict[str, Resting]:
    """Return what rests on assumed values, by parameter.

    Parameters
    ----------
    problem : Problem
    line : Timeline
        The plan, laid out in years.
    parameters : iterable of str
        Names of ``[defaults]``. Those that are no number of it, or stand at 0 (a quarter more is 0 again), are left out.
    """
    cost, usual = _costs(problem, line)
    out = {}
    for name in sorted(set(parameters)):
        for tried, scenario in _shifted(problem.scenario, name):
            more, usually = _costs(problem.repriced(problem.estate, scenario), line)
            saving = None if usual is None or usually is None else (usually - more) - (usual - cost)
            out[name] = Resting(tried, more - cost, saving)
            break
    return out


def _costs(problem: Problem, line: Timeline) -> tuple[float, float | None]:
    """Return the whole-life cost of a plan and of business as usual, £; the latter None where a team has no home today."""
    housed = bool((problem.facts.teams.home >= 0).all())
    # A plan is years and places: they are the same whatever is assumed of money.
    plan = ledger(problem, line.repriced(problem), PART)
    return _sum(plan), _sum(ledger(problem, as_usual(problem), PART)) if housed else None


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
