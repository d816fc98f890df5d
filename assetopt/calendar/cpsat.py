"""The one file of the calendar that speaks to a solver: OR-Tools CP-SAT on a programme of steps.

Assumption cores are asked for without an objective and with one worker, since CP-SAT gives all assumptions back otherwise;
whoever uses one checks it again, since presolve has been seen to name the wrong literal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assetopt.calendar.programme import Programme, Tag
from assetopt.problem.facts import Ints


@dataclass(frozen=True)
class Found:
    """What a search gave: ``status`` (optimal, feasible, infeasible, unknown), (n,) values, and a bound in £."""

    status: str
    values: Ints | None
    bound: float


def version() -> str:
    """Return the name and version of the solver."""
    from importlib.metadata import version as installed

    return f"OR-Tools {installed('ortools')}"


def search(
    programme: Programme,
    seconds: float,
    *,
    threads: int = 1,
    seed: int = 1,
    hint: Mapping[int, int] | None = None,
    fixed: Mapping[int, int] | None = None,
    below: int | None = None,
    cost: Sequence[int] | None = None,
    found: Callable[[Ints], object] | None = None,
    bounded: Callable[[float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Found:
    """Minimise the programme's cost.

    Parameters
    ----------
    seconds : float
    hint, fixed : mapping of variable to 0 or 1, optional
        Where to start, and what is not to change.
    below : int, optional
        £: only calendars that cost at most that.
    cost : sequence of int, optional
        Another cost to minimise in place of the programme's own (``below`` still speaks of the programme's).
    found, bounded : callable, optional
        Told every better calendar and every better bound (£, of the cost that is minimised).
    stop : callable, optional
        Asked ten times a second; True ends the search.
    """
    from ortools.sat.python import cp_model

    cp, columns = _laid(programme, fixed or {})
    own = programme.cost
    aim = list(own if cost is None else cost)
    offset = programme.offset if cost is None else 0
    if below is not None:
        cp.add(cp_model.LinearExpr.weighted_sum(columns, list(own)) <= below - programme.offset)
    cp.minimize(cp_model.LinearExpr.weighted_sum(columns, aim))
    for x, value in (hint or {}).items():
        cp.add_hint(columns[x], value)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    if bounded is not None:
        solver.best_bound_callback = lambda bound: bounded(bound + offset)

    class Listener(cp_model.CpSolverSolutionCallback):  # type: ignore[misc, unused-ignore]
        def on_solution_callback(self) -> None:
            if found is not None:
                found(np.array([self.value(column) for column in columns], dtype=np.int64))

    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            if stop is not None and stop():
                solver.stop_search()

    guard = threading.Thread(target=watch, daemon=True)
    guard.start()
    try:
        status = solver.solve(cp, Listener())
    finally:
        done.set()
        guard.join(1.0)
    if status == cp_model.INFEASIBLE:
        return Found("infeasible", None, np.inf)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found("unknown", None, -np.inf)
    values = np.array([solver.value(column) for column in columns], dtype=np.int64)
    return Found("optimal" if status == cp_model.OPTIMAL else "feasible", values, solver.best_objective_bound + offset)


def conflict(programme: Programme, seconds: float, groups: Mapping[Tag, Tag]) -> tuple[str, list[Tag]]:
    """Ask whether the programme can be kept; where not, which groups of rows are in the way.

    Parameters
    ----------
    groups : mapping of Tag to Tag
        The group of each tag that may be doubted. Rows of other tags always hold; rows whose group is left out too.

    Returns
    -------
    status : "feasible", "infeasible" or "unknown"
    groups : list of Tag
        Some groups that cannot hold together (not the fewest); all that were asked when it cannot be told.
    """
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    columns = [cp.new_bool_var("") for _ in programme.cost]
    names = sorted(set(groups.values()))
    literal = {name: cp.new_bool_var("") for name in names}
    for index, value, most, tag in programme.rows:
        row = cp.add(cp_model.LinearExpr.weighted_sum([columns[x] for x in index], value) <= most)
        if tag in groups:
            row.only_enforce_if(literal[groups[tag]])
    cp.add_assumptions(list(literal.values()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    solver.parameters.num_workers = 1
    status = solver.solve(cp)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return "feasible", []
    if status != cp_model.INFEASIBLE:
        return "unknown", names
    number = {literal[name].index: name for name in names}
    return "infeasible", sorted({number[i] for i in solver.sufficient_assumptions_for_infeasibility() if i in number})


def _laid(programme: Programme, fixed: Mapping[int, int]):  # type: ignore[no-untyped-def]
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    columns = [cp.new_constant(fixed[x]) if x in fixed else cp.new_bool_var("") for x in range(len(programme.cost))]
    for index, value, most, _ in programme.rows:
        if not index:
            if most < 0:
                cp.add_bool_or([])
            continue
        if len(index) == 2 and most == 0 and sorted(value) == [-1, 1]:
            one, other = (index[0], index[1]) if value[0] == 1 else (index[1], index[0])
            cp.add_implication(columns[one], columns[other])
            continue
        cp.add(cp_model.LinearExpr.weighted_sum([columns[x] for x in index], value) <= most)
    return cp, columns
