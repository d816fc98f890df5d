"""A short fingerprint of a programme, so that prices cannot be read against another programme than the one they were found for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assetopt.program import Floats, Ints, Program


@dataclass(frozen=True)
class Fingerprint:
    """Size of a programme and the sha256 of its arrays."""

    columns: int
    rows: int
    sha256: str

    def as_dict(self) -> dict[str, int | str]:
        """Return the fingerprint as a JSON object."""
        return {"columns": self.columns, "rows": self.rows, "sha256": self.sha256}


def fingerprint(program: Program) -> Fingerprint:
    """Return the fingerprint of a programme.

    Hashed are, in this order and without the rows that only tighten the relaxation, offset, cost, lower, upper,
    row_lower, row_upper and the entries' values as little-endian float32, the entries' row starts and columns as int64,
    form as one byte each; then which rows of the whole were left out, one byte each. Seven digits are enough to tell
    programmes apart, and the last digits of a sum may differ between processors.
    """
    core, digest = program.core, hashlib.sha256()
    numbers = (core.cost, core.lower, core.upper, core.row_lower, core.row_upper, core.a.data)
    with np.errstate(over="ignore"):
        for part in (np.array([core.offset]), *numbers):
            digest.update(_bytes(part + 0.0, "<f4"))
    for index in (core.a.indptr, core.a.indices):
        digest.update(_bytes(index, "<i8"))
    for flag in (core.form, program.redundant_rows):
        digest.update(_bytes(flag, "|u1"))
    return Fingerprint(program.n_columns, program.n_rows, digest.hexdigest())


def prices_sha256(rows: Ints, values: Floats) -> str:
    """Return the sha256 of sparse prices: row numbers as little-endian int64, then values as little-endian float64."""
    return hashlib.sha256(_bytes(rows, "<i8") + _bytes(values, "<f8")).hexdigest()


def _bytes(array: npt.NDArray[np.generic], kind: str) -> bytes:
    return np.ascontiguousarray(array.astype(kind)).tobytes()
