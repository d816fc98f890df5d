"""The verdict on anything that holds a plan: a report folder, or a result in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from assetopt.report.audit import FolderVerdict
    from assetopt.result import Result
    from assetopt.verify import Verdict


@overload
def verify(plan: str | Path) -> FolderVerdict: ...
@overload
def verify(plan: Result) -> Verdict: ...
def verify(plan: str | Path | Result) -> FolderVerdict | Verdict:
    """Recount a plan from its facts, without any solver.

    Parameters
    ----------
    plan : str, pathlib.Path or Result
        A report folder, whose every stated figure is compared too, or a result with a plan.

    Returns
    -------
    FolderVerdict or Verdict
        ``ok``, and ``violations`` with each breach in plain words.

    Raises
    ------
    DataError
        A folder that holds nothing to verify.
    ValueError
        A result without a plan.
    """
    from assetopt.report.audit import verify_folder
    from assetopt.verify import judge

    if isinstance(plan, str | Path):
        return verify_folder(plan)
    if plan.plan is None:
        raise ValueError(f"there is no plan: {plan.certificate.sentence}")
    return judge(plan.problem, plan.plan).verdict
