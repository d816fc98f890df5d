"""Reading Parquet files and workbooks, whose cells already have types."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assetopt.estate.coded import as_text, from_arrow, from_texts
from assetopt.estate.findings import Findings
from assetopt.estate.matrices import with_window
from assetopt.estate.raw import RawTable, numbers_from
from assetopt.estate.sizes import MAX_CELLS, too_large_book
from assetopt.estate.words import clean


def read_parquet(path: Path, table: str, findings: Findings) -> RawTable | None:
    """Read a Parquet file; None, and a fault, when it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
        if about.num_rows * about.num_columns > MAX_CELLS:
            what = f"unpacks to {about.num_rows:,} rows of {about.num_columns:,} columns; at most {MAX_CELLS:,} cells are read"
            findings.say(path.name, what, "give the rows that the estate needs")
            return None
        read = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as error:  # a name that is no text is a ValueError
        findings.say(path.name, f"cannot be read as Parquet: {str(error).splitlines()[0]}", "write the file again")
        return None
    names = [name for name in read.column_names if not name.startswith("__index_level_")]
    columns = tuple(from_arrow(read.column(name)) for name in names)
    raw = RawTable(table, path.name, tuple(names), columns, numbers_from(2, read.num_rows))
    written = read.schema.metadata or {}
    return with_window(raw, {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in written.items()})


def sheet_names(path: Path, findings: Findings) -> list[str]:
    """Return the names of a workbook's sheets; none, and a fault, when it cannot be read."""
    from python_calamine import CalamineWorkbook

    if refused := too_large_book(path):
        findings.say(path.name, refused, "give the tables as CSV or Parquet files")
        return []
    try:
        return list(CalamineWorkbook.from_path(str(path)).sheet_names)
    except BaseException as error:
        _only_of_the_reader(error)
        findings.say(path.name, f"cannot be read as a workbook: {error}", "save it again as .xlsx")
        return []


def _only_of_the_reader(error: BaseException) -> None:
    """Raise again what is no fault of the file; the reader's own panic, on a damaged one, is no `Exception` but is."""
    from python_calamine import CalamineError

    if not isinstance(error, CalamineError | OSError) and type(error).__name__ != "PanicException":
        raise error


def read_sheet(path: Path, sheet: str, table: str, findings: Findings) -> RawTable | None:
    """Read one sheet of a workbook; its first row that is not blank is the header."""
    from python_calamine import CalamineWorkbook

    label = f"{path.name} sheet {sheet}"
    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except BaseException as error:
        _only_of_the_reader(error)
        findings.say(label, f"cannot be read: {error}", "save the workbook again as .xlsx")
        return None
    top = next((i for i, row in enumerate(rows) if any(clean(as_text(cell)) for cell in row)), None)
    if top is None:
        findings.say(label, "the sheet is empty", "give a header row and rows below it, or take the sheet away")
        return None
    header = [as_text(cell) for cell in rows[top]]
    body = rows[top + 1 :]
    columns = tuple(from_texts([as_text(row[i]) for row in body]) for i in range(len(header)))
    return RawTable(table, label, tuple(header), columns, np.asarray(numbers_from(top + 2, len(body))))
