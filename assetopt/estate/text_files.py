"""Reading CSV files as people export them: any of the usual encodings and separators, quoted newlines, blank rows.

A clean file is read in one go by Arrow. Anything odd (another encoding, ragged rows, quotes that do not pair) is read
once more record by record, so that each fault has its row.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assetopt.errors import Severity
from assetopt.estate.coded import Coded, from_arrow
from assetopt.estate.fields import Column
from assetopt.estate.findings import LISTED, Findings
from assetopt.estate.raw import RawTable, numbers_from
from assetopt.estate.words import clean, clean_header

_SAMPLE = 1 << 16
_LONG_HEADER = 1 << 24
_BATCH = 50_000
_SEPARATORS = (",", ";", "\t", "|")
_SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_csv(
    path: Path, table: str, known: dict[str, Column], findings: Findings, paired_quotes: bool
) -> RawTable | None:
    """Read a CSV file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    table : str
        Name of the table in the contract.
    known : dict
        Known columns, to tell the separator by.
    findings : Findings
        Takes what is wrong with the file.
    paired_quotes : bool
        Whether its double quotes come in pairs, which the quick way asks for.

    Returns
    -------
    RawTable or None
        None when nothing could be read.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        if not any(end in sample for end in (b"\n", b"\r")):
            sample += file.read(_LONG_HEADER)
    if not sample.strip():
        findings.say(path.name, "the file is empty", "give a header row and rows below it, or take the file away")
        return None
    encoding = next((name for bom, name in _BOMS if sample.startswith(bom)), "utf-8")
    head = _first_record(sample, encoding, known)
    if head is None:
        return _slowly(path, table, _encoding(path, findings), None, known, findings)
    header, separator = head
    if encoding in ("utf-8", "utf-8-sig") and paired_quotes:
        quick = _quickly(path, header, separator)
        if quick is not None:
            rows = len(quick[0]) if quick else 0
            return RawTable(table, path.name, tuple(header), quick, numbers_from(2, rows), separator == ";")
    return _slowly(path, table, _encoding(path, findings), separator, known, findings)


def _first_record(sample: bytes, encoding: str, known: dict[str, Column]) -> tuple[list[str], str] | None:
    text = codecs.getincrementaldecoder(encoding)("ignore").decode(sample)
    separator = _separator(text, known)
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except (csv.Error, StopIteration):
        return None
    return (header, separator) if any(clean(name) for name in header) else None


def _separator(text: str, known: dict[str, Column]) -> str:
    """The separator under which the first record has most known column names; a comma when none does better."""

    def score(separator: str) -> tuple[int, int]:
        try:
            names = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
        except csv.Error:
            return 0, 0
        return sum(clean_header(name) in known for name in names), len(names)

    return max(_SEPARATORS, key=score)


def _quickly(path: Path, header: list[str], separator: str) -> tuple[Coded, ...] | None:
    import pyarrow as pa
    import pyarrow.csv as pc

    names = [str(i) for i in range(len(header))]
    text = pa.dictionary(pa.int32(), pa.string())
    try:
        read = pc.read_csv(
            path,
            read_options=pc.ReadOptions(column_names=names, skip_rows_after_names=1),
            parse_options=pc.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pc.ConvertOptions(
                column_types=dict.fromkeys(names, text), strings_can_be_null=False, null_values=[]
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return tuple(from_arrow(column) for column in read.columns)


def _encoding(path: Path, findings: Findings) -> str:
    """The encoding of a file: by its byte-order mark, else UTF-8, else Windows-1252 with a warning."""
    with path.open("rb") as file:
        start = file.read(4)
        for bom, name in _BOMS:
            if start.startswith(bom):
                return name
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while chunk := file.read(_SAMPLE):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            findings.say(path.name, "is not UTF-8; it was read as Windows-1252", "save it as UTF-8", "warning")
            return "cp1252"
    return "utf-8"


def _slowly(
    path: Path, table: str, encoding: str, separator: str | None, known: dict[str, Column], findings: Findings
) -> RawTable | None:
    """Read record by record; `separator` None when the header is not in the first record."""
    errors = "replace" if encoding == "cp1252" else "strict"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        try:
            first = 1
            if separator is None:
                text = file.read(_SAMPLE)
                lines = text.splitlines()
                separator = _separator(next((line for line in lines if clean(line)), ""), known)
                file.seek(0)
            records = csv.reader(file, delimiter=separator, strict=True)
            header = next(records, [])
            while header is not None and not any(clean(name) for name in header):
                header, first = next(records), first + 1
            columns, numbers = _columns(records, len(header), path.name, first + 1, findings)
        except (csv.Error, UnicodeError) as error:
            findings.say(path.name, f"cannot be read as CSV: {error}", "save it again as CSV UTF-8")
            return None
        except StopIteration:
            findings.say(path.name, "the file is empty", "give a header row and rows below it, or take the file away")
            return None
    return RawTable(table, path.name, tuple(header), columns, numbers, separator == ";")


def _columns(
    records: Iterator[list[str]], width: int, label: str, first: int, findings: Findings
) -> tuple[tuple[Coded, ...], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Gather records into columns; tell rows that are longer or shorter than the header."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    parts: list[list[pa.Array]] = [[] for _ in range(width)]
    long, short, number = _Ragged(label), _Ragged(label), first
    batch: list[list[str]] = []

    def flush() -> None:
        for i, part in enumerate(parts):
            part.append(pa.array([record[i] for record in batch], pa.string()).dictionary_encode())
        batch.clear()

    while True:
        try:
            record = next(records)
        except StopIteration:
            break
        except csv.Error as error:
            fix = "close every quote, and double a quote inside quotes"
            findings.say(f"{label}, row {number}", f"the quotes of this row or a later one do not pair ({error})", fix)
            break
        if len(record) != width:
            if len(record) > width and any(clean(cell) for cell in record[width:]):
                long.add(
                    number, f"the row has {len(record)} cells, the header {width}: {record[width]!r} is one too many"
                )
            elif 0 < len(record) < width and any(clean(cell) for cell in record):
                short.add(number, f"the row has {len(record)} cells, the header {width}; the others were read as empty")
            record = (record + [""] * width)[:width]
        batch.append(record)
        number += 1
        if len(batch) >= _BATCH:
            flush()
    flush()
    long.tell(findings, "put a value that contains the separator in double quotes", fault=True)
    short.tell(findings, "", fault=False)
    columns = tuple(from_arrow(pa.chunked_array(part, text)) for part in parts)
    return columns, numbers_from(first, number - first)


class _Ragged:
    """Rows of the wrong length: the first ones in words, the rest counted."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.said: list[tuple[int, str]] = []
        self.more = 0

    def add(self, number: int, what: str) -> None:
        if len(self.said) < LISTED:
            self.said.append((number, what))
        else:
            self.more += 1

    def tell(self, findings: Findings, fix: str, fault: bool) -> None:
        severity: Severity = "fault" if fault else "warning"
        for number, what in self.said:
            findings.say(f"{self.label}, row {number}", what, fix, severity)
        if self.more:
            where = f"{self.label}, rows after {self.said[-1][0]}"
            findings.say(where, f"{self.more:,} more of the same kind", "", severity)
