"""Reading the plan that a calendar is for: a report folder whose plan verifies, and nothing else."""

from __future__ import annotations

from pathlib import Path

from assetopt.errors import DataError, Issue
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.verify import Recount, judge


def read_plan(folder: Path) -> tuple[Problem, Recount]:
    """Return the problem and the judged plan of a report folder.

    Raises
    ------
    DataError
        With every reason for which it does not verify.
    """
    from assetopt.read import read_model
    from assetopt.report.audit import read_plan_document, verify_folder
    from assetopt.report.inputs import INPUTS, SCENARIO_FILE

    verdict = verify_folder(folder)
    if not verdict.ok:
        fix = "run `assetopt verify` on it and solve again"
        raise DataError(
            [Issue(f"{folder}, {v.subject}", f"{v.rule}: {v.message}", fix) for v in verdict.violations[:20]]
        )
    document = read_plan_document(folder)
    names = ("sites", "teams", "interventions", "assignment")
    plan = Plan.from_records({name: document[name] for name in names if name in document})  # type: ignore[misc]
    problem = read_model(folder / INPUTS / SCENARIO_FILE).problem()
    return problem, judge(problem, plan)
