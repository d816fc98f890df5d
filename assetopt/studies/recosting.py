"""What a plan costs and saves if things turn out otherwise: every figure recounted from the facts as drawn, without a solver.

    saving = cost of business as usual - cost of the plan - (1 - take-up) x yearly saving, discounted

Costs are the whole objective. The yearly saving is revenue of the estate; take-up is the part of it that is realised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import pandas as pd

from assetopt.account import Books, ledger
from assetopt.account.books import of_part
from assetopt.costs.aim import counted
from assetopt.errors import AssetoptError
from assetopt.estate import Estate
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.scenario import Scenario
from assetopt.studies.draws import Draw, Ranges, as_stated, draw, tables_of
from assetopt.studies.job import Answer, Job, with_tables
from assetopt.studies.solving import plan_of
from assetopt.timeline import Timeline, as_usual, lay_out

BATCH = 25
"""Draws that are worked on at a time: what a broken study may lose."""


def problem_as(problem: Problem, drawn: Draw) -> Problem:
    """Return the problem with its facts as drawn."""
    return problem.repriced(with_tables(problem.estate, tables_of(problem, drawn)))


@dataclass(frozen=True)
class Laid:
    """A plan and business as usual laid out in years, once for all draws: amounts of money change neither."""

    line: Timeline
    usual: Timeline

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> Laid:
        """Lay out a plan.

        Raises
        ------
        AssetoptError
            Where the plan cannot be laid out, or a team has no home today.
        """
        line, faults = lay_out(problem, plan)
        if line is None:
            raise AssetoptError(f"the plan does not fit this estate: {faults[0].message}")
        if (problem.facts.teams.home < 0).any():
            raise AssetoptError("a saving needs business as usual, but a team has no home today")
        return cls(line, as_usual(problem))

    def figures(self, problem: Problem, take_up: float = 1.0) -> dict[str, float]:
        """Return what the plan comes to with other amounts: ``cost``, ``today``, ``saving``, its yearly part ``revenue``.

        All are £ present value; ``take_up`` is the part of the yearly saving that is realised.
        """
        line, usual = self.line.repriced(problem), self.usual.repriced(problem)
        books = Books(ledger(problem, line), ledger(problem, usual), counted(problem.scenario))
        assert books.today is not None
        revenue = _revenue(books.today) - _revenue(books.plan)
        unrealised = (1.0 - take_up) * revenue
        cost, today = books.objective + unrealised, float(books.objective_today or 0.0)
        return {"cost": cost, "today": today, "saving": today - cost, "revenue": revenue}


def _revenue(book: pd.DataFrame) -> float:
    yearly = (
        of_part(book, "npv_cost")
        & (book["kind"] == "revenue")
        & ~book["head"].isin(["moving", "dilapidations", "penalty"])
    )
    return float(book.loc[yearly, "present"].sum())


def recost(estate: Estate, job: Job, _starts: list[Answer]) -> Answer:
    """Cost a plan on draws ``first`` .. ``first + count - 1`` of a seed."""
    problem = Problem(job.estate_of(estate), job.scenario)
    plan, ranges = plan_of(dict(job.more)), ranges_of(job.more)
    first, count, seed = (int(cast("int", job.more[name])) for name in ("first", "count", "seed"))
    laid, rows = Laid.of(problem, plan), []
    for number in range(first, first + count):
        drawn = draw(problem, ranges, seed, number)
        rows.append({"draw": number, **laid.figures(problem_as(problem, drawn), drawn.take_up)})
    return {"rows": rows}


def ranges_of(more: Mapping[str, object]) -> Ranges:
    """Return the ranges of a job."""
    given = cast("Mapping[str, tuple[float, float, float]]", more["ranges"])
    return Ranges(
        {name: (three[0], three[1], three[2]) for name, three in given.items()},
        float(cast("float", more["correlation"])),
    )


def batches(scenario: Scenario, plan: Mapping[str, object], ranges: Ranges, seed: int, draws: int) -> list[Job]:
    """Return the jobs that cost a plan on so many draws."""
    asked = {
        "plan": plan, "ranges": {name: list(three) for name, three in ranges.factors.items()},
        "correlation": ranges.correlation, "seed": seed,
    }  # fmt: skip
    return [
        Job(f"draws {first}", recost, scenario, more={**asked, "first": first, "count": min(BATCH, draws - first)})
        for first in range(0, draws, BATCH)
    ]


def one_way(problem: Problem, laid: Laid, name: str, factor: float) -> float:
    """Return what a plan saves with one quantity times ``factor`` everywhere, all else as stated."""
    base = as_stated(len(problem.facts.sites))
    now = getattr(base, name)
    drawn = replace(base, **{name: now * factor})
    return laid.figures(problem_as(problem, drawn), drawn.take_up)["saving"]
