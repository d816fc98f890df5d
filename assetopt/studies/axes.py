"""What may be traded against money, as a sum over decisions.

carbon     tCO2e a year of the sites held at the end, with works
capital    £ of works and openings, undiscounted
moves      teams that move away from a home (a divisible team by its share)
partners   partners of which anything changes: a site left or opened, works, a team that moves or a guest that comes
access     people x minutes to the nearest open point, discounted sum over years ([objective] says which services and mode)
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from assetopt.costs import natural
from assetopt.errors import AssetoptError, did_you_mean
from assetopt.formulation import Entry, Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import codes
from assetopt.scenario import Scenario
from assetopt.studies.players import scenario_with
from assetopt.studies.searching import Line

Axis = Literal["access", "carbon", "capital", "moves", "partners"]
AXES: tuple[Axis, ...] = get_args(Axis)

UNITS: dict[Axis, tuple[str, float]] = {
    "access": ("million people x minutes", 1e6),
    "carbon": ("tonne CO2e a year", 1.0),
    "capital": ("£100,000 of capital", 1e5),
    "moves": ("team that moves", 1.0),
    "partners": ("partner that takes part", 1.0),
}
"""What one step is called, and how much it is."""

WHOLE: tuple[Axis, ...] = ("moves", "partners")
"""Axes that are counted."""

NO_LIMIT = 1e15


def axis_named(name: str) -> Axis:
    """Return an axis by its name; raises AssetoptError with the nearest known one."""
    for axis in AXES:
        if axis == name:
            return axis
    raise AssetoptError(f'there is no axis "{name}"; {did_you_mean(name, AXES)} known: {", ".join(AXES)}')


def measured(scenario: Scenario, axis: Axis) -> Scenario:
    """Return the scenario in which the axis is worked out beside the cost."""
    if axis != "access":
        return scenario
    return scenario_with(scenario, limits={"max_measure": NO_LIMIT})


def line_of(form: Formulation, axis: Axis) -> Line:
    """Return an axis as a sum over the columns of a programme; columns and rows that it needs are added.

    Raises
    ------
    ScenarioError
        Where access has nothing to measure: no public service has a possible point.
    """
    if axis == "access":
        return _access(form)
    if axis == "partners":
        return _partners(form)
    entries, constant = _entries(form, axis)
    parts = [np.broadcast_arrays(np.asarray(column), np.asarray(value)) for _, column, value in entries]
    column = np.concatenate([part[0].ravel() for part in parts] or [np.empty(0)]).astype(np.int64)
    amount = np.concatenate([part[1].ravel() for part in parts] or [np.empty(0)]).astype(np.float64)
    return Line(column, amount, constant)


def _entries(form: Formulation, axis: Axis) -> tuple[list[Entry], float]:
    p = form.problem
    zero = np.zeros(0, dtype=np.int64)
    work, when = np.nonzero(form.build >= 0)
    if axis == "carbon":
        ours = np.flatnonzero(~p.facts.sites.external)
        row = np.zeros(len(ours), dtype=np.int64)
        entries, constant = form.held(ours, p.years - 1, row, p.facts.sites.carbon[ours])
        entries.append((zero, form.build[work, when], p.facts.interventions.carbon_change[work]))
        return entries, float(constant.sum())
    if axis == "capital":
        site, year = np.nonzero(form.open >= 0)
        return [
            (zero, form.build[work, when], p.works_cost[work]),
            (zero, form.open[site, year], p.opening_cost[site]),
        ], 0.0
    pair, year = np.nonzero((form.move >= 0) & (p.facts.teams.home[form.pair_team] >= 0)[:, None])
    return [(zero, form.move[pair, year], 1.0)], 0.0


def _access(form: Formulation) -> Line:
    """Charge the measure as the objective would, and take it for a line."""
    program, before = form.program, form.problem
    form.problem = Problem(before.estate, measured(before.scenario, "access"))
    natural.price(form)
    cost = program.cost_of(natural.NAME)
    constant = program.constants.pop(natural.NAME, 0.0)
    program.terms.pop(natural.NAME, None)
    column = np.flatnonzero(cost)
    return Line(column.astype(np.int64), cost[column], constant)


def _partners(form: Formulation) -> Line:
    p, program = form.problem, form.program
    n = len(p.facts.partners)
    site_of, team_of = codes(p.facts.sites.partner, p.facts.partners), codes(p.facts.teams.partner, p.facts.partners)
    part = program.add_columns("takes part", n)
    groups = (
        (form.move, team_of[form.pair_team]), (form.move, site_of[form.pair_site]), (form.close, team_of),
        (form.vacate, site_of), (form.open, site_of), (form.build, site_of[p.facts.interventions.site]),
    )  # fmt: skip
    for block, who in groups:
        at, year = np.nonzero(block >= 0)
        rows, row = np.unique(at, return_inverse=True)
        entries: list[Entry] = [(row, block[at, year], 1.0), (np.arange(len(rows)), part[who[rows]], -1.0)]
        program.add_rows("takes part", len(rows), upper=0.0, entries=entries)
    return Line(part, np.ones(n))
