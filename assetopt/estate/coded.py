"""A column as read: each different value once, and for every row which one it is; so that each value is judged once.

Large tables repeat themselves: a travel table of millions of rows knows some thousand zones. Parsing, cleaning and
checking work on the different values and are carried to the rows by number.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Coded:
    """One column: ``words[codes[row]]`` is the value of a row, and code -1 is missing.

    Attributes
    ----------
    codes : array of int32, shape (rows,)
        Position in `words`, or -1.
    words : pyarrow.Array
        The different values, as read: text, or numbers, booleans and dates where the source has types.
    """

    codes: Codes
    words: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Coded:
        """Return the column with only these rows."""
        return Coded(self.codes[rows], self.words)

    def spread(self, of_words: npt.NDArray[np.bool_], missing: bool = False) -> npt.NDArray[np.bool_]:
        """Carry a yes or no of every word to the rows; `missing` is the answer for missing values."""
        answer: npt.NDArray[np.bool_] = np.append(of_words, missing)[self.codes]
        return answer

    def word(self, row: int) -> str:
        """Return the text of one row as it was read."""
        code = int(self.codes[row])
        return "" if code < 0 else as_text(self.words[code].as_py())


def from_arrow(column: pa.Array | pa.ChunkedArray) -> Coded:
    """Return the coded form of an arrow column of any type."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if not pa.types.is_dictionary(column.type):
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_decimal(column.type):
            column = pa.array([as_text(v) for v in column.to_pylist()], pa.string())
        if pa.types.is_large_string(column.type) or pa.types.is_null(column.type):
            column = column.cast(pa.string())
        column = column.dictionary_encode()
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    words = column.dictionary
    if pa.types.is_large_string(words.type):
        words = words.cast(pa.string())
    if pa.types.is_floating(words.type):
        words = words.cast(pa.float64())
        gone = np.isnan(words.to_numpy(zero_copy_only=False))
        if gone.any():
            codes = np.where(np.append(gone, False)[codes], np.int32(-1), codes)
    return Coded(codes, words)


def from_series(series: pd.Series) -> Coded:
    """Return the coded form of a pandas column; cells of mixed kinds are written as text, one by one."""
    import pyarrow as pa

    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if pd.api.types.is_object_dtype(series.dtype):
        return from_arrow(pa.array([as_text(value) for value in series], pa.string()))
    return from_arrow(pa.array(series))


def from_texts(texts: list[str]) -> Coded:
    """Return the coded form of a list of texts."""
    import pyarrow as pa

    return from_arrow(pa.array(texts, pa.string()))


def as_text(value: object) -> str:
    """Write one cell as text: whole numbers without ``.0``, dates in ISO form, nothing for a missing value.

    An identifier that a spreadsheet turned into the number 12.0 is thus "12" again; the text "12.0" stays as it is.
    """
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if np.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, np.datetime64):
        return as_text(pd.Timestamp(value).to_pydatetime())
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        return ";".join(as_text(part) for part in value)
    return str(value)
