"""How sure a plan's saving is: drawn from stated ranges, one thing at a time, and against what hindsight would choose.

regret(plan, draw) = cost of the plan on the draw - cost of the best plan for that draw
least regret       = the plan whose largest regret over the draws is smallest
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from assetopt.errors import AssetoptError
from assetopt.estate import Estate
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.problem.facts import Floats
from assetopt.program import CONTINUOUS
from assetopt.report.audit import read_plan_document
from assetopt.report.inputs import INPUTS, SCENARIO_FILE
from assetopt.scenario import Scenario
from assetopt.studies.draws import QUANTITIES, Ranges, draw, tables_of
from assetopt.studies.interval import Interval
from assetopt.studies.job import Answer, Job
from assetopt.studies.recosting import Laid, batches, one_way, problem_as, ranges_of
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.searching import Line, aim_at, objective_line, search
from assetopt.studies.solving import cost_of, one_thread, plan_of, refuse_other_aims, solve

REALISED = (0.5, 0.75)
"""Parts of the yearly saving at which the whole is stated."""

SWITCH_MOST, SWITCH_STEPS = 5.0, 14
"""Switching values are looked for between 0 and this times what is stated, by so many halvings."""


@dataclass(frozen=True)
class Swing:
    """One quantity alone: the saving at its low and its high, and the factor at which nothing is saved (None: nowhere looked)."""

    quantity: str
    low: float
    high: float
    saving_low: float
    saving_high: float
    switching: float | None


@dataclass(frozen=True)
class Regret:
    """A plan against what would have been best on each draw: £, one a draw, each between low and high."""

    plan: str
    by_draw: tuple[Interval, ...]

    @property
    def largest(self) -> Interval:
        """The largest over the draws."""
        parts = self.by_draw
        return Interval(max(p.low for p in parts), max(p.value for p in parts), max(p.high for p in parts))


@dataclass(frozen=True)
class Stress:
    """How a plan's saving stands up; money in £ present value.

    ``savings`` (draws,) in the order of the draws; ``stated`` is the saving as the facts say, ``realised`` at parts of the
    yearly saving; ``least_regret`` is the plan of least largest regret, None where none was looked for.
    """

    stated: float
    savings: Floats
    swings: tuple[Swing, ...]
    realised: Mapping[float, float]
    regrets: tuple[Regret, ...]
    least_regret: Answer | None
    ranges: Ranges
    seed: int
    asked: int
    failures: Mapping[str, str] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """Return the saving that a share of the draws does not reach (nearest rank)."""
        ordered = np.sort(self.savings)
        return float(ordered[min(len(ordered) - 1, max(0, int(np.ceil(share * len(ordered))) - 1))])

    @property
    def chance_negative(self) -> float:
        """The part of the draws in which the plan costs more than it saves."""
        return float((self.savings < 0).mean())


def stress(
    report: str | Path,
    out: str | Path,
    *,
    draws: int = 1000,
    regrets: int = 6,
    ranges: Ranges | None = None,
    seed: int = 1,
    resources: Resources | None = None,
) -> Stress:
    """Try a plan on draws from stated ranges; written to a folder.

    Parameters
    ----------
    report : str or pathlib.Path
        A report folder with its inputs.
    out : str or pathlib.Path
        The study's folder; an earlier run's answers in it are used.
    draws : int
        How often the plan is costed again.
    regrets : int
        On how many of the draws another plan is looked for; 0: on none.
    ranges : Ranges, optional
    seed : int
    resources : Resources, optional

    Raises
    ------
    DataError
        Where there is no such report.
    AssetoptError
        Where business as usual has no cost, or no draw could be costed.
    """
    from assetopt.read import read_model
    from assetopt.studies.stress_report import write_stress

    folder, ranges = Path(report), ranges or Ranges()
    document = read_plan_document(folder)
    model = read_model(folder / INPUTS / SCENARIO_FILE)
    refuse_other_aims(model.scenario)
    tables = {name: document[name] for name in ("sites", "teams", "interventions", "assignment") if name in document}
    plan = Plan.from_records(cast("Mapping[str, list[Mapping[str, object]]]", tables))
    problem = Problem(model.estate, one_thread(model.scenario))
    laid = Laid.of(problem, plan)
    stated = laid.figures(problem)
    with Runner(model.estate, out, "stress", resources or Resources()) as runner:
        jobs = batches(problem.scenario, plan.records(), ranges, seed, draws)
        answers = runner.run(jobs)
        rows = [
            row for job in jobs for row in cast("list[Mapping[str, float]]", answers.get(job.key, {}).get("rows", []))
        ]
        if not rows:
            raise AssetoptError(
                "no draw could be costed: " + next(iter(runner.failures.values()), "none was asked for")
            )
        found, least = _regrets(runner, problem, plan, ranges, seed, min(regrets, draws))
        result = Stress(
            stated=stated["saving"],
            savings=np.array([row["saving"] for row in rows]),
            swings=tuple(_swings(problem, laid, ranges, stated["saving"])),
            realised={part: laid.figures(problem, part)["saving"] for part in REALISED},
            regrets=found,
            least_regret=least,
            ranges=ranges,
            seed=seed,
            asked=draws,
            failures=dict(runner.failures),
        )
        write_stress(runner, problem.scenario, result)
        runner.folder.finish(runner.failures)
    return result


def _swings(problem: Problem, laid: Laid, ranges: Ranges, stated: float) -> list[Swing]:
    """Return every quantity by itself, the widest swing first."""
    out = []
    for name in QUANTITIES:
        low, _, high = ranges.factors[name]
        if low == high:
            continue
        at_low, at_high = (one_way(problem, laid, name, factor) for factor in (low, high))
        out.append(Swing(name, low, high, at_low, at_high, _switching(problem, laid, name, stated)))
    return sorted(out, key=lambda swing: -abs(swing.saving_high - swing.saving_low))


def _switching(problem: Problem, laid: Laid, name: str, stated: float) -> float | None:
    """Return the factor nearest to 1 at which the saving turns, None where it does not between 0 and the most looked for."""
    for end in (0.0, SWITCH_MOST):
        near, far = 1.0, end
        if (one_way(problem, laid, name, far) >= 0) == (stated >= 0):
            continue
        for _ in range(SWITCH_STEPS):
            middle = (near + far) / 2
            if (one_way(problem, laid, name, middle) >= 0) == (stated >= 0):
                near = middle
            else:
                far = middle
        return (near + far) / 2
    return None


def _regrets(
    runner: Runner, problem: Problem, plan: Plan, ranges: Ranges, seed: int, count: int
) -> tuple[tuple[Regret, ...], Answer | None]:
    """Return regrets of the plan, of every plan that is best on a draw, and of the plan of least regret."""
    if count < 1:
        return (), None
    drawn = [draw(problem, ranges, seed, number) for number in range(count)]
    given: Answer = {"plan": plan.records()}
    start = {"start": plan.records()}
    jobs = [
        Job(f"best on draw {k}", solve, problem.scenario, tables_of(problem, one), start) for k, one in enumerate(drawn)
    ]
    answers = runner.run(jobs)
    known = [k for k, job in enumerate(jobs) if job.key in answers and answers[job.key]["plan"] is not None]
    if not known:
        return (), None
    best = {k: cost_of(answers[jobs[k].key]) for k in known}
    more = {
        "ranges": {name: list(three) for name, three in ranges.factors.items()}, "correlation": ranges.correlation,
        "seed": seed, "draws": known, "best": [best[k].value for k in known],
        "starts": [given["plan"], *(answers[jobs[k].key]["plan"] for k in known)],
    }  # fmt: skip
    least = runner.run([Job("least regret", least_regret, problem.scenario, more=more)]).get("least regret")
    plans: dict[str, Answer] = {"this plan": given}
    plans |= {jobs[k].key: answers[jobs[k].key] for k in known}
    if least is not None and least["plan"] is not None:
        plans["least regret"] = least
    found = []
    facts = {k: problem_as(problem, drawn[k]) for k in known}
    for name, answer in plans.items():
        laid = Laid.of(problem, plan_of(answer))
        costs = [laid.figures(facts[k])["cost"] for k in known]
        parts = [Interval.exactly(cost) - best[k] for k, cost in zip(known, costs, strict=True)]
        found.append(Regret(name, tuple(Interval(max(0.0, p.low), max(0.0, p.value), max(0.0, p.high)) for p in parts)))
    return tuple(found), least


def least_regret(estate: Estate, job: Job, _starts: list[Answer]) -> Answer:
    """Find the plan whose largest regret over some draws is least: minimise z with cost on each draw - best there <= z.

    Take-up is left out: it does not change which plan is best on a draw by itself.
    """
    from assetopt.optimise import formulate

    problem = Problem(job.estate_of(estate), job.scenario)
    ranges, seed = ranges_of(job.more), int(cast("int", job.more["seed"]))
    numbers, best = cast("list[int]", job.more["draws"]), cast("list[float]", job.more["best"])
    form = formulate(problem)
    lines = []
    for number in numbers:
        other = formulate(problem_as(problem, draw(problem, ranges, seed, number))).program
        if other.n_columns != form.program.n_columns:
            raise AssetoptError(
                "the draws change which decisions there are, so that no plan can be weighed over all of them"
            )
        lines.append(objective_line(other))
    program = form.program
    z = program.add_columns("largest regret", 1, form=CONTINUOUS, lower=0.0, upper=np.inf)
    for line, cost in zip(lines, best, strict=True):
        # In thousands of pounds: a row in pounds would have coefficients beyond a solver's absolute tolerance.
        row = np.zeros(len(line.column) + 1, dtype=np.int64)
        column, amount = np.append(line.column, z), np.append(line.amount / 1000.0, -1.0)
        program.add_rows("regret", 1, upper=(cost - line.constant) / 1000.0, entries=[(row, column, amount)])
    aim_at(program, Line(z, np.array([1000.0])))
    starts = [plan_of({"plan": plan}) for plan in cast("Sequence[object]", job.more["starts"])]
    recount, outcome = search(form, _fairest(problem, job, starts), problem.scenario.solver.time_limit, gap=0.01)
    bound = float(outcome.bound) if np.isfinite(outcome.bound) else None
    return {"plan": None if recount is None else recount.plan.records(), "bound": bound}


def _fairest(problem: Problem, job: Job, plans: Sequence[Plan]) -> Plan:
    """Return the plan of least largest regret among those known."""
    ranges, seed = ranges_of(job.more), int(cast("int", job.more["seed"]))
    numbers, best = cast("list[int]", job.more["draws"]), cast("list[float]", job.more["best"])
    facts = [problem_as(problem, draw(problem, ranges, seed, number)) for number in numbers]

    def largest(plan: Plan) -> float:
        laid = Laid.of(problem, plan)
        return max(laid.figures(one)["cost"] - least for one, least in zip(facts, best, strict=True))

    return min(plans, key=largest)


def title_of(scenario: Scenario) -> str:
    """Return the title of the study's files."""
    return f"Stress: {scenario.name or 'plan'}"
