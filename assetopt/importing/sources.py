"""Reading a register of any kind into rows of text: CSV in any usual encoding, or the first sheet of a spreadsheet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assetopt.errors import DataError, Issue
from assetopt.estate.binary_files import read_sheet, sheet_names
from assetopt.estate.coded import Coded, as_text
from assetopt.estate.fields import Column
from assetopt.estate.findings import Findings
from assetopt.estate.raw import RawTable, digest
from assetopt.estate.text_files import read_csv
from assetopt.estate.words import clean_header

MAX_REGISTER_BYTES = 500_000_000
BOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb")


@dataclass(frozen=True)
class Register:
    """A register as read.

    Attributes
    ----------
    label : str
        How messages call it.
    sha256 : str
        Digest of its bytes.
    header : tuple of str
        As written.
    numbers : tuple of int
        Row numbers as a spreadsheet shows them, the header being row 1; a line feed inside a cell starts no row.
    cells : tuple of tuple of str
        One tuple a row, as written.
    notes : tuple of Issue
        Encoding and ragged rows.
    """

    label: str
    sha256: str
    header: tuple[str, ...]
    numbers: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...]
    notes: tuple[Issue, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The headers as they are compared: without case, spaces and marks."""
        return tuple(header_key(name) for name in self.header)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Headers that stand more than once; the first of each is read."""
        return tuple(sorted({name for name in self.keys if name and self.keys.count(name) > 1}))


def header_key(name: str) -> str:
    """Return a header as it is compared: "Tenure Detail", "TenureDetail" and "tenure_detail" are one."""
    return clean_header(name).replace("_", "")


def read_register(path: Path, wanted: Iterator[str] | tuple[str, ...] = ()) -> Register:
    """Read a register.

    Parameters
    ----------
    path : pathlib.Path
        ``.csv`` (or any text with separators), ``.xlsx``, ``.xls``, ``.ods``; of a workbook the first sheet with a row.
    wanted : sequence of str
        Headers that are looked for, to tell the separator by.

    Raises
    ------
    DataError
        Where it cannot be read, is empty or too large.
    """
    if not path.is_file():
        raise DataError([Issue(str(path), "there is no such file")])
    if path.stat().st_size > MAX_REGISTER_BYTES:
        what = f"is larger than {MAX_REGISTER_BYTES:,} bytes"
        raise DataError([Issue(path.name, what, "give the part of the register that you need")])
    findings = Findings()
    raw = _book(path, findings) if path.suffix.lower() in BOOKS else _text(path, wanted, findings)
    if findings.faults or raw is None:
        raise DataError(findings.faults or [Issue(path.name, "holds no table", "give a header row and rows below it")])
    columns = [_texts(column) for column in raw.columns]
    cells = tuple(zip(*columns, strict=True)) if columns else ()
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    return Register(path.name, sha, raw.header, tuple(raw.numbers.tolist()), cells, tuple(findings.warnings))


def _text(path: Path, wanted: Iterator[str] | tuple[str, ...], findings: Findings) -> RawTable | None:
    known = {clean_header(name): _ANY for name in wanted}
    return read_csv(path, "register", known, findings, digest(path)[1])


def _book(path: Path, findings: Findings) -> RawTable | None:
    for sheet in sheet_names(path, findings):
        tried = Findings()
        raw = read_sheet(path, sheet, "register", tried)
        if raw is not None and raw.header:
            return raw
    return None


def _texts(column: Coded) -> list[str]:
    words = [as_text(word) for word in column.words.to_pylist()]
    return [words[code] if code >= 0 else "" for code in column.codes.tolist()]


_ANY = Column("", "text", False, False, (), None, None, "", "", None, False, "")
