"""What a plan is judged by: the parts of the objective that count, and the unit they are stated in.

    [objective] minimise     measure            objective
    cost                     (any)              npv_cost + npv_journeys + npv_penalties + npv_preferences + npv_equity, £
    access                   priced             npv_journeys + npv_penalties + npv_preferences + npv_equity, £
    access                   mean               natural_units: people (or visits) x minutes
    access                   furthest           natural_units: minutes
    access                   beyond             natural_units: people
    points                   (any)              natural_units: points

What does not count is worked out and reported all the same; ``limits.max_npv_cost`` may cap what the estate costs.
"""

from __future__ import annotations

from assetopt.certificate import POUNDS, Unit
from assetopt.scenario import Scenario

BESIDE = ("npv_journeys", "npv_penalties", "npv_preferences", "npv_equity")
"""Parts that are priced beside the cost of the estate."""

NATURAL = "natural_units"
"""The part that is not money."""


def is_natural(scenario: Scenario) -> bool:
    """Say whether the objective is in a unit of its own, not in £."""
    asked = scenario.objective
    return asked.minimise == "points" or (asked.minimise == "access" and asked.measure != "priced")


def is_measured(scenario: Scenario) -> bool:
    """Say whether the measure in its own unit is worked out: to be minimised, or held below limits.max_measure."""
    return is_natural(scenario) or (scenario.limits.max_measure is not None and scenario.objective.measure != "priced")


def counted(scenario: Scenario) -> tuple[str, ...]:
    """Return the parts that add up to the objective."""
    if is_natural(scenario):
        return (NATURAL,)
    return BESIDE if scenario.objective.minimise == "access" else ("npv_cost", *BESIDE)


def unit_of(scenario: Scenario) -> Unit:
    """Return the unit in which objective, bound and gap are stated."""
    asked = scenario.objective
    if not is_natural(scenario):
        return POUNDS if asked.minimise == "cost" else Unit("", saves=False)
    people = "visits" if asked.weight == "visits" else "people"
    words = {"mean": f"{people} x minutes", "furthest": "minutes", "beyond": people}
    name = "points" if asked.minimise == "points" else words[asked.measure]
    years = scenario.appraisal.appraisal_years
    return Unit(name if years == 1 else f"{name}, discounted sum of {years} years", saves=False)
