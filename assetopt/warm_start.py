"""A plan from elsewhere as the start of a search: a former run, a neighbouring scenario, or one written by hand.

Its decisions are carried over by id. What does not exist in this problem (another estate, other years) is told and left
out; where the rest breaks a rule, the best plan is taken that can be made of its decisions, or one near it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from assetopt.engines.completion import complete
from assetopt.engines.outcome import Task
from assetopt.engines.start import nearest_plan
from assetopt.formulation import Formulation
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints, codes

Tell = Callable[[int], str]

LISTED = 10
"""Decisions that a note lists singly; the rest are counted."""


@dataclass(frozen=True)
class Carried:
    """A plan carried over: ``values`` (n,) of the decision columns, and what could not be used, one text a decision.

    ``silent`` counts the teams of the estate that the plan does not name; they stay where they are.
    """

    values: Floats
    unused: tuple[str, ...]
    silent: int


@dataclass(frozen=True)
class WarmStart:
    """A plan that keeps every rule, ``values`` (n,), or None where none was found; and notes for the certificate."""

    values: Floats | None
    notes: tuple[str, ...]


def warm_start(form: Formulation, plan: Plan, name: str, task: Task, seconds: float) -> WarmStart:
    """Make a start of a plan from elsewhere.

    Parameters
    ----------
    form : Formulation
        Complete, with every rule's rows.
    plan : Plan
    name : str
        What notes call it.
    seconds : float
        At most this long for the repair of a plan that breaks a rule.
    """
    matrix, mask = form.program.core, form.decision_mask()
    carried = carry(form, plan)
    notes = _told(name, carried)
    spare = replace(task, deadline=max(task.deadline, time.monotonic() + 10.0))
    values = complete(matrix, carried.values, mask, spare)
    if values is None:
        task.report("repairing the start", None, None)
        values, made = (
            _of_its_decisions(form, carried.values, mask, task, seconds / 2),
            "the best plan made of its decisions",
        )
        if values is None:
            values, made = nearest_plan(matrix, carried.values, mask, task, seconds / 2, smallest=0), "a plan near it"
        if values is None:
            notes.append(f"{name} breaks a rule here, and no plan near it was found; it was not used")
            return WarmStart(None, tuple(notes))
        count = _differing(form, carried.values, values, mask)
        notes.append(f"{name} breaks a rule here; {made} differs from it in {_counted(count)}")
    return WarmStart(values, tuple(notes))


def _of_its_decisions(form: Formulation, wanted: Floats, mask: Bools, task: Task, seconds: float) -> Floats | None:
    """Return the cheapest plan found that does nothing but what a plan does, each thing in any year or not at all."""
    fixed = mask.copy()
    for block in (form.move, form.close, form.vacate, form.open, form.build):
        doing = ((block >= 0) & (wanted[np.maximum(block, 0)] > 0)).any(axis=1)
        free = block[doing]
        fixed[free[free >= 0]] = False
    brief = replace(task, gap=max(task.gap, 1e-3), deadline=min(task.deadline, time.monotonic() + seconds))
    return complete(form.program.core, np.zeros(form.program.n_columns), fixed, brief)


def carry(form: Formulation, plan: Plan) -> Carried:
    """Carry a plan's decisions over to a problem by their ids."""
    values, unused = np.zeros(form.program.n_columns), list[str]()
    _sites(form, plan.sites, values, unused)
    _teams(form, plan.teams, values, unused)
    _works(form, plan.interventions, values, unused)
    silent = ~form.problem.facts.teams.index.isin(plan.teams["team_id"])
    return Carried(values, tuple(unused), int(silent.sum()))


def _sites(form: Formulation, table: pd.DataFrame, values: Floats, unused: list[str]) -> None:
    facts = form.problem.facts.sites
    ids, action = table["site_id"].to_numpy(dtype=object), table["action"].to_numpy(dtype=object)
    index = codes(table["site_id"], facts.index)
    _tell(unused, index < 0, lambda row: f"site {ids[row]} is not in the estate")
    for acts, sort, block, why in (
        (("dispose", "exit_lease"), facts.existing, form.vacate, "cannot be left"),
        (("open",), facts.candidate, form.open, "cannot be opened"),
    ):
        wanted = np.isin(action, acts) & (index >= 0)
        possible = wanted & sort[np.maximum(index, 0)]
        for row in np.flatnonzero(wanted & ~possible):
            unused.append(f"site {ids[row]} {why}")
        _put(form.problem, block, index, table, possible, values, unused, lambda row: f"site {ids[row]}: {action[row]}")


def _works(form: Formulation, table: pd.DataFrame, values: Floats, unused: list[str]) -> None:
    ids = table["intervention_id"].to_numpy(dtype=object)
    index = codes(table["intervention_id"], form.problem.facts.interventions.index)
    _tell(unused, index < 0, lambda row: f"intervention {ids[row]} is not in the estate")
    built = (table["action"].to_numpy(dtype=object) == "build") & (index >= 0)
    _put(form.problem, form.build, index, table, built, values, unused, lambda row: f"intervention {ids[row]}: build")


def _teams(form: Formulation, table: pd.DataFrame, values: Floats, unused: list[str]) -> None:
    facts = form.problem.facts
    ids, action = table["team_id"].to_numpy(dtype=object), table["action"].to_numpy(dtype=object)
    told = table["site_id"].to_numpy(dtype=object)
    team, site = codes(table["team_id"], facts.teams.index), codes(table["site_id"], facts.sites.index)
    _tell(unused, team < 0, lambda row: f"team {ids[row]} is not in the estate")
    known, home = team >= 0, facts.teams.home[np.maximum(team, 0)]
    shut = known & (action == "close")
    _put(form.problem, form.close, team, table, shut, values, unused, lambda row: f"team {ids[row]}: close")
    _tell(
        unused,
        known & (action == "stay") & (site != home),
        lambda row: f"team {ids[row]} does not stay at {told[row] or 'no site'}: that is not its home",
    )
    moves = known & (action == "move")
    _tell(unused, moves & (site < 0), lambda row: f"team {ids[row]}: site {told[row] or '(none)'} is not in the estate")
    moves &= site >= 0
    _tell(unused, moves & (site == home), lambda row: f"team {ids[row]} is at {told[row]} already")
    moves &= site != home
    share = table["share"].to_numpy(dtype=np.float64)
    split = moves & ~facts.teams.divisible[np.maximum(team, 0)] & ~(np.abs(share - 1.0) <= 1e-9)
    _tell(unused, split, lambda row: f"team {ids[row]} cannot be divided")
    moves &= ~split
    size = len(facts.sites)
    pairs = pd.Index(form.pair_team * size + form.pair_site)
    pair = np.where(moves, pairs.get_indexer(pd.Index(team * size + site)), -1)
    _tell(unused, moves & (pair < 0), lambda row: f"team {ids[row]} cannot move to {told[row]}")
    moves &= pair >= 0
    what = lambda row: f"team {ids[row]}: move to {told[row]}"  # noqa: E731
    _put(form.problem, form.move, pair, table, moves, values, unused, what, share)


def _put(
    problem: Problem,
    block: Ints,
    index: Ints,
    table: pd.DataFrame,
    chosen: Bools,
    values: Floats,
    unused: list[str],
    what: Tell,
    amount: Floats | None = None,
) -> None:
    """Set the columns of the chosen rows' events; tell those that have no column."""
    told = table["year"].to_numpy(dtype=np.float64)
    year = np.nan_to_num(told - problem.base_year, nan=-1.0)
    within = chosen & (year >= 0) & (year < problem.years) & (year == np.floor(year))
    last = problem.base_year + problem.years - 1
    span = f"outside {problem.base_year} to {last}" if problem.years > 1 else f"not {last}"
    _tell(unused, chosen & ~within, lambda row: f"{what(row)} in {told[row]:g} is {span}")
    at = year.astype(np.int64)
    column = np.full(len(at), -1, dtype=np.int64)
    column[within] = block[index[within], at[within]]
    _tell(unused, within & (column < 0), lambda row: f"{what(row)} in {told[row]:g} is not possible")
    used = column >= 0
    values[column[used]] = 1.0 if amount is None else amount[used]


def _tell(unused: list[str], marked: Bools, what: Tell) -> None:
    unused += [what(row) for row in np.flatnonzero(marked).tolist()]


def _told(name: str, carried: Carried) -> list[str]:
    """Return notes on what of a plan could not be used."""
    notes = []
    if carried.unused:
        more = len(carried.unused) - LISTED
        listed = "; ".join(carried.unused[:LISTED]) + (f"; and {more} more" if more > 0 else "")
        notes.append(f"{_counted(len(carried.unused))} of {name} cannot be used here: {listed}")
    if carried.silent:
        some = "1 team is" if carried.silent == 1 else f"{carried.silent} teams are"
        notes.append(f"{some} not in {name}, taken to stay")
    return notes


def _counted(count: int) -> str:
    return "1 decision" if count == 1 else f"{count:,} decisions"


def _differing(form: Formulation, one: Floats, other: Floats, mask: Bools) -> int:
    """Return for how many teams, sites and interventions two plans decide otherwise."""
    program = form.program
    at = np.flatnonzero(mask & (np.abs(one - other) > 1e-6))
    moves = np.zeros(program.n_columns, dtype=bool)
    for block in (form.move, form.close):
        moves[block[block >= 0]] = True
    works = np.zeros(program.n_columns, dtype=bool)
    works[form.build[form.build >= 0]] = True
    sort = np.where(moves, 0, np.where(works, 1, 2))[at]
    team, item, site = (program.column_label(name)[at] for name in ("team", "item", "site"))
    subject = np.where(sort == 0, team, np.where(sort == 1, item, site))
    return len(np.unique(np.stack([sort, subject], axis=1), axis=0))
