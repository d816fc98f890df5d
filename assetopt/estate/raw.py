"""A table as it stands in a file, before anything is understood: its header, its columns and its row numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.estate.coded import Coded, from_series

_CHUNK = 1 << 22


@dataclass(frozen=True)
class SourceFile:
    """One file that was read.

    Attributes
    ----------
    name : str
        File name, such as ``sites.csv``.
    path : pathlib.Path
        Where it was found.
    sha256 : str
        Digest of its bytes, in hexadecimal.
    """

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class RawTable:
    """A table as read.

    Attributes
    ----------
    table : str
        Its name in the contract.
    label : str
        How messages call it.
    header : tuple of str
        Column names as written.
    columns : tuple of Coded
        Of equal length, one for each name.
    numbers : array of int, shape (rows,)
        Row numbers as a spreadsheet shows them.
    commas_unclear : bool
        Whether a comma in a number may be a decimal comma.
    """

    table: str
    label: str
    header: tuple[str, ...]
    columns: tuple[Coded, ...]
    numbers: npt.NDArray[np.int64]
    commas_unclear: bool = False


def numbers_from(first: int, count: int) -> npt.NDArray[np.int64]:
    """Return consecutive row numbers."""
    return np.arange(first, first + count, dtype=np.int64)


def from_frame(table: str, frame: pd.DataFrame) -> RawTable:
    """Return a pandas frame as a raw table; its index is not looked at."""
    header = tuple(str(name) for name in frame.columns)
    columns = tuple(from_series(frame.iloc[:, i]) for i in range(frame.shape[1]))
    return RawTable(table, table, header, columns, numbers_from(2, len(frame)))


def digest(path: Path) -> tuple[str, bool]:
    """Return the sha256 of a file, and whether its double quotes come in pairs."""
    sha, quotes = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
            quotes += chunk.count(b'"')
    return sha.hexdigest(), quotes % 2 == 0
