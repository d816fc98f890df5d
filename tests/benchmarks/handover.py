"""An estate's programme as arrays in a file, so that a peer's process holds the programme and nothing else of ours."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from benchmarks.case import Question
from benchmarks.found import Floats
from benchmarks.watchdog import peak_mb

if TYPE_CHECKING:
    from assetopt.program import Matrix

FILE = "handed.npz"


@dataclass(frozen=True, eq=False)
class Handed:
    """What a peer gets: the programme, today's estate as a plan to start from (or None), and what today costs (£)."""

    matrix: Matrix
    start: Floats | None
    today: float | None


def prepare(question: Question, folder: Path, *, with_start: bool = True) -> dict[str, float | None]:
    """Formulate, write the programme, and return its size, today's cost (£), and what reading and formulating took (s, MB)."""
    from assetopt.engines.completion import complete
    from assetopt.engines.outcome import Task
    from assetopt.optimise import formulate
    from assetopt.verify import judge_today

    began = time.monotonic()
    problem = question.problem()
    read = time.monotonic() - began
    form = formulate(problem)
    matrix = form.program.matrix
    formulated, memory = time.monotonic() - began - read, peak_mb()
    today: float | None = None
    start: Floats | None = None
    if with_start:
        recount = judge_today(problem)
        if recount is not None and recount.verdict.ok and recount.line is not None:
            today = recount.verdict.objective_recomputed
            values = form.encode(recount.line)
            if values is not None:
                start = complete(matrix, values, form.decision_mask(), Task())
    np.savez(
        folder / FILE,
        cost=matrix.cost,
        offset=np.array([matrix.offset]),
        lower=matrix.lower,
        upper=matrix.upper,
        form=matrix.form,
        data=matrix.a.data,
        indices=matrix.a.indices,
        indptr=matrix.a.indptr,
        row_lower=matrix.row_lower,
        row_upper=matrix.row_upper,
        redundant=matrix.redundant,
        start=np.empty(0) if start is None else start,
        today=np.array([np.nan if today is None else today]),
    )
    rows, columns = matrix.shape
    return {
        "columns": float(columns),
        "rows": float(rows),
        "terms": float(matrix.a.nnz),
        "today": today,
        "read": read,
        "formulate": formulated,
        "memory": memory,
    }


def receive(folder: Path) -> Handed:
    """Read what `prepare` wrote."""
    from assetopt.program import Matrix

    with np.load(folder / FILE) as part:
        a = {name: part[name] for name in part.files}
    shape = (len(a["row_lower"]), len(a["cost"]))
    matrix = Matrix(
        cost=a["cost"],
        offset=float(a["offset"][0]),
        lower=a["lower"],
        upper=a["upper"],
        form=a["form"],
        a=sparse.csr_matrix((a["data"], a["indices"], a["indptr"]), shape=shape),
        row_lower=a["row_lower"],
        row_upper=a["row_upper"],
        redundant=a["redundant"],
    )
    today = float(a["today"][0])
    return Handed(matrix, a["start"] if len(a["start"]) else None, None if np.isnan(today) else today)


def write_mps(matrix: Matrix, path: Path) -> float:
    """Write the programme as an MPS file, columns c0, c1 ..., without its offset; return the scale of its money.

    Money is scaled as for HiGHS: peers' tolerances are absolute too.
    """
    import highspy

    from assetopt.engines.highs_run import money_scale
    from assetopt.program import CONTINUOUS

    scale = money_scale(matrix.cost)
    rows, columns = matrix.shape
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        columns, rows, matrix.a.nnz,
        int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
        matrix.cost * scale, matrix.lower, matrix.upper, matrix.row_lower, matrix.row_upper,
        matrix.a.indptr.astype(np.int32), matrix.a.indices.astype(np.int32), matrix.a.data,
        (matrix.form != CONTINUOUS).astype(np.int32),
    )  # fmt: skip
    if highs.writeModel(str(path)) == highspy.HighsStatus.kError:
        raise OSError(f"the programme could not be written to {path.name}")
    return scale
