"""What one more minute, tonne, move or £100,000 buys: plans of which none is better in both cost and another axis.

    point e      = least cost + small x axis    subject to the rules and   axis <= e        (augmented epsilon-constraint)
    ends         = the least axis there can be, at its least cost; and the least cost, at its least axis
    knee         = the point furthest below the straight line between the ends

References
----------
G. Mavrotas (2009), Effective implementation of the epsilon-constraint method in multi-objective mathematical programming,
Applied Mathematics and Computation 213.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from assetopt.estate import Estate
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.scenario import Scenario
from assetopt.studies.axes import UNITS, WHOLE, Axis, axis_named, line_of
from assetopt.studies.job import Answer, Job
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.searching import (
    Line,
    aim_at,
    hold_below,
    objective_line,
    result_within,
    search,
    with_bound,
)
from assetopt.studies.solving import (
    answer_of,
    certificate_of,
    objective_of,
    one_thread,
    plan_of,
    refuse_other_aims,
    today_cost,
    without_fault,
)
from assetopt.timeline import today

PENNY = 0.01
"""£ that the whole range of an axis is worth in the second place: enough to settle ties."""

SAME = 1e-6
"""Part of a range below which two figures are the same."""

LEAST, CHEAPEST = "least", "cheapest"


@dataclass(frozen=True)
class Point:
    """One plan on the frontier.

    Attributes
    ----------
    name : str
    cost, cost_low : float
        £; no plan with so little of the axis costs less than ``cost_low``.
    axis, axis_low : float
        In the axis's own unit; ``axis_low``: no plan at all has less.
    buys : float
        £ that one step more of the axis saves, between this point and the next; NaN at the last.
    answer : the solve.
    """

    name: str
    cost: float
    cost_low: float
    axis: float
    axis_low: float
    buys: float
    answer: Answer


@dataclass(frozen=True)
class Frontier:
    """Points from the least of the axis to the least cost; ``knee`` is a name, empty with fewer than three points."""

    axis: Axis
    points: tuple[Point, ...]
    knee: str
    notes: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)


def frontier(
    estate: Estate,
    scenario: Scenario,
    out: str | Path,
    *,
    axis: str,
    points: int = 9,
    resources: Resources | None = None,
) -> Frontier:
    """Find the frontier of cost and another axis; written to a folder, each point as a report.

    Parameters
    ----------
    estate, scenario
    out : str or pathlib.Path
        The study's folder; an earlier run's answers in it are used.
    axis : {"access", "carbon", "capital", "moves", "partners"}
    points : int
        At most so many, evenly spread over the axis; the ends among them.
    resources : Resources, optional

    Raises
    ------
    AssetoptError
        Where the axis is unknown or cannot be measured, or an end has no plan.
    FileExistsError
        Where the folder holds something else.
    """
    from assetopt.studies.frontier_report import write_frontier

    refuse_other_aims(scenario)
    chosen = axis_named(axis)
    with Runner(estate, out, "frontier", resources or Resources()) as runner:
        ends = runner.run(
            [Job(name, point, scenario, more={"axis": chosen, "end": name}) for name in (LEAST, CHEAPEST)]
        )
        low, high = (without_fault(ends, name, runner.failures) for name in (LEAST, CHEAPEST))
        answers = dict(ends)
        jobs = _between(scenario, chosen, low, high, points)
        answers |= runner.run(jobs)
        # No point can cost less than the least cost there is.
        bound = certificate_of(high).bound
        for answer in answers.values():
            if answer["plan"] is not None:
                answer["certificate"] = with_bound(certificate_of(answer), bound).as_dict()
        found = _frontier(chosen, answers, runner.failures, len(jobs) + 2)
        write_frontier(runner, scenario, found)
        runner.folder.finish(runner.failures)
    return found


def _between(scenario: Scenario, axis: Axis, low: Answer, high: Answer, points: int) -> list[Job]:
    least, most = (float(cast("float", answer["axis"])) for answer in (low, high))
    limits = np.linspace(least, most, max(2, points))[1:-1]
    if axis in WHOLE:
        limits = np.unique(np.floor(limits + SAME))
        limits = limits[(limits > least + 0.5) & (limits < most - 0.5)]
    if most - least <= SAME * max(1.0, abs(most)):
        return []
    more = {"axis": axis, "range": most - least, "start": low["plan"]}
    return [
        Job(f"point {at}", point, scenario, more={**more, "limit": float(e)}) for at, e in enumerate(limits, start=2)
    ]


def point(estate: Estate, job: Job, _starts: list[Answer]) -> Answer:
    """Find one point: the least of the axis (end least), the least cost (end cheapest), or the least cost up to a limit."""
    from assetopt.optimise import formulate

    axis, scenario = cast("Axis", job.more["axis"]), one_thread(job.scenario)
    problem = Problem(job.estate_of(estate), scenario)
    end = job.more.get("end")
    start = plan_of({"plan": job.more["start"]}) if "start" in job.more else today(problem)
    seconds = scenario.solver.time_limit / (2 if end else 1)
    limit = None if end else float(cast("float", job.more["limit"]))
    axis_low = -np.inf
    if end == LEAST:
        form = formulate(problem)
        line = line_of(form, axis)
        aim_at(form.program, line)
        first, outcome = search(form, start, seconds, gap=0.0)
        if first is None or outcome.values is None:
            return _nothing(outcome.status)
        start, limit, axis_low = first.plan, line.at(outcome.values), float(outcome.bound)
    form = formulate(problem)
    cost, line = objective_line(form.program), line_of(form, axis)
    if limit is not None:
        hold_below(form.program, line, limit)
    span = float(cast("float", job.more.get("range", 0.0)))
    small = PENNY / span if span > 0 else 0.0
    aim_at(form.program, cost, Line(line.column, line.amount * small, line.constant * small))
    recount, outcome = search(form, start, seconds, today=today_cost(problem))
    if recount is None or outcome.values is None:
        return _nothing(outcome.status)
    bound, at = float(outcome.bound) - (PENNY if small else 0.0), line.at(outcome.values)
    if end == CHEAPEST:
        # Of the cheapest plans, the one with the least of the axis.
        form = formulate(problem)
        cost, line = objective_line(form.program), line_of(form, axis)
        hold_below(form.program, cost, float(recount.verdict.objective_recomputed or 0.0))
        aim_at(form.program, line)
        second, after = search(form, recount.plan, seconds)
        if second is not None and after.values is not None and line.at(after.values) < at:
            recount, at = second, line.at(after.values)
    # What is proved of plans with so little of the axis is no bound on every plan that the scenario allows.
    note = (
        f"a point of the frontier of cost and {axis}: the bound is that of every plan of the scenario, "
        f"what is proved of plans with so little {axis} stands in the study"
    )
    result = result_within(form.problem, recount, outcome, bound if end == CHEAPEST else None, note)
    least = bound if np.isfinite(bound) else None
    return {
        **answer_of(result), "axis": at, "axis_low": axis_low if np.isfinite(axis_low) else None, "cost_low": least, "why": "",
    }  # fmt: skip


def _nothing(status: str) -> Answer:
    return {
        "plan": None,
        "why": "no plan keeps every rule" if status == "infeasible" else "the time was too short",
        "axis": None,
    }


def _frontier(axis: Axis, answers: Mapping[str, Answer], failures: Mapping[str, str], asked: int) -> Frontier:
    """Return the points of which none is better in both, from the least of the axis to the least cost."""
    floor = cast("float | None", answers[LEAST]["axis_low"])
    rows = []
    for name, answer in answers.items():
        if answer["plan"] is not None:
            rows.append((float(cast("float", answer["axis"])), float(objective_of(answer) or 0.0), name, answer))
    span = max(row[0] for row in rows) - min(row[0] for row in rows)
    rows.sort(key=lambda row: (row[0], row[1]))
    kept: list[tuple[float, float, str, Answer]] = []
    for row in rows:
        cheaper = not kept or row[1] < kept[-1][1] - max(PENNY, 1e-9 * abs(row[1]))
        if cheaper and kept and row[0] - kept[-1][0] <= SAME * max(span, 1e-9):
            kept.pop()
        if cheaper:
            kept.append(row)
    step = UNITS[axis][1]
    points = []
    for at, (value, cost, name, answer) in enumerate(kept):
        buys = np.nan
        if at + 1 < len(kept):
            buys = (cost - kept[at + 1][1]) / (kept[at + 1][0] - value) * step
        low = cast("float | None", answer["cost_low"])
        least = -np.inf if floor is None else floor
        points.append(Point(name, cost, -np.inf if low is None else low, value, least, buys, answer))
    notes = []
    if len(points) < asked:
        notes.append(f"{asked} points were asked for; {len(points)} differ and are not outdone by another.")
    return Frontier(axis, tuple(points), _knee(points), tuple(notes), dict(failures))


def _knee(points: list[Point]) -> str:
    """Return the point furthest below the line between the ends, both axes counted from 0 to 1."""
    if len(points) < 3:
        return ""
    x = np.array([one.axis for one in points])
    y = np.array([one.cost for one in points])
    x, y = (x - x[0]) / (x[-1] - x[0]), (y - y[-1]) / (y[0] - y[-1])
    below = 1.0 - x - y
    best = int(np.argmax(below))
    return points[best].name if below[best] > SAME else ""


def plans_of(found: Frontier) -> dict[str, Plan]:
    """Return the plan of every point by name."""
    return {one.name: plan_of(one.answer) for one in found.points}
