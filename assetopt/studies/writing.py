"""What a study leaves in its folder beside its JSON: a CSV a table, all tables in one workbook, and a page to read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO

import pandas as pd

from assetopt.report.csv_text import csv_text
from assetopt.report.tables import Field, Kind, Table, laid_out
from assetopt.report.workbook import Pen, new_book, table_sheet, write_text
from assetopt.studies.folder import StudyFolder
from assetopt.studies.interval import Interval
from assetopt.studies.page import PAGE, PARTNERS_ONLY, Picture, study_page

BOOK = "study.xlsx"


def table(
    name: str, columns: Sequence[tuple[str, Kind, str]], rows: Sequence[dict[str, object]] | pd.DataFrame
) -> Table:
    """Return a study's table: ``columns`` are (name, kind, heading), the first the key."""
    fields = tuple(Field(*column) for column in columns)
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), columns=[f.name for f in fields])
    return laid_out(name, fields, (fields[0].name,), frame)


def write_tables(
    folder: StudyFolder,
    title: str,
    lines: Sequence[str],
    tables: Sequence[Table],
    pictures: Mapping[str, Picture] | None = None,
) -> None:
    """Write every table as CSV, the workbook, and the page, with a picture of tables by name."""
    for one in tables:
        folder.write_text(f"{one.name}.csv", csv_text(one))
    folder.write_bytes(BOOK, _workbook(title, lines, tables))
    folder.write_text(PAGE, study_page(title, lines, tables, pictures or {}))


def _workbook(title: str, lines: Sequence[str], tables: Sequence[Table]) -> bytes:
    """Return a workbook: a first sheet with a title and what is to be said, then a sheet a table."""
    out = BytesIO()
    book = new_book(out, title)
    pen = Pen(book)
    first = book.add_worksheet("Summary")
    first.set_column(0, 0, 120)
    write_text(first, 0, 0, title, pen.title)
    for row, line in enumerate((" ".join(PARTNERS_ONLY), *lines), start=2):
        write_text(first, row, 0, line, pen.wrap)
    for one in tables:
        table_sheet(book, pen, one, totals=False)
    book.close()
    return out.getvalue()


def number(value: float) -> float | None:
    """Return a number as JSON has it: pounds to the penny, None where there is none."""
    return round(value, 2) + 0.0 if math.isfinite(value) else None


def range_of(figure: Interval) -> dict[str, float | None]:
    """Return a figure as JSON has it."""
    return {"value": number(figure.value), "low": number(figure.low), "high": number(figure.high)}
