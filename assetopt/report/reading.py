"""Reading a report folder back: the plan is recounted from its own inputs, and a folder that breaks a rule is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from assetopt.errors import DataError, Issue

if TYPE_CHECKING:
    from assetopt.certificate import Certificate
    from assetopt.problem import Problem
    from assetopt.result import Result
    from assetopt.verify import Recount


def read_result(path: str | Path) -> Result:
    """Read a full report folder as a result, recounted from ``inputs/``.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder that `write_report` wrote for no audience in particular, with ``inputs/``.

    Raises
    ------
    DataError
        Where there is no such report, or where the plan does not verify from its inputs: then `assetopt verify` says why.
    """
    from assetopt.report.audit import plan_of, problem_of, read_plan_document
    from assetopt.report.comparing import same_number
    from assetopt.report.document import PLAN_FILE
    from assetopt.result import Result
    from assetopt.verify import judge

    folder = Path(path)
    document = read_plan_document(folder)
    problem = problem_of(folder)
    recount = judge(problem, plan_of(folder, document))
    told = document["certificate"]
    assert isinstance(told, Mapping)
    objective = recount.verdict.objective_recomputed
    if not recount.verdict.ok or objective is None or not same_number(told.get("objective"), objective, 0.01):
        what = f"{PLAN_FILE} is not what its inputs give"
        raise DataError([Issue(str(folder), what, f"`assetopt verify {folder}` says where they differ")])
    return Result(problem, certificate_of(told), recount)


def verified_plan(folder: Path) -> tuple[Problem, Recount, Mapping[str, object]]:
    """Return the problem, the judged plan and ``plan.json`` of a report folder that verifies in every figure.

    Raises
    ------
    DataError
        With every reason for which it does not verify.
    """
    from assetopt.report.audit import plan_of, problem_of, read_plan_document, verify_folder
    from assetopt.verify import judge

    verdict = verify_folder(folder)
    if not verdict.ok:
        fix = "run `assetopt verify` on it and solve again"
        raise DataError(
            [Issue(f"{folder}, {v.subject}", f"{v.rule}: {v.message}", fix) for v in verdict.violations[:20]]
        )
    document, problem = read_plan_document(folder), problem_of(folder)
    return problem, judge(problem, plan_of(folder, document)), document


def certificate_of(told: Mapping[str, object]) -> Certificate:
    """Return the certificate that a ``plan.json`` states."""
    from assetopt.certificate import Certificate

    known = {part.name: told[part.name] for part in fields(Certificate) if part.name in told}
    for name in ("reasons", "notes", "relaxations", "conflicts"):
        if name in known:
            known[name] = tuple(known[name])  # type: ignore[arg-type]
    return Certificate(**known)  # type: ignore[arg-type]
