"""A comparison as a workbook: what differs in the question first, then a sheet a table; differences are formulas."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from assetopt.compare.comparison import Comparison
from assetopt.compare.question import letters
from assetopt.report.tables import Table
from assetopt.report.workbook import Pen, letter_of, new_book, table_sheet, write_text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


def workbook_bytes(comparison: Comparison) -> bytes:
    """Return the workbook. Text is never written as a formula; the same comparison gives the same bytes."""
    out = BytesIO()
    book = new_book(out, "Comparison of plans")
    pen = Pen(book)
    sheet = book.add_worksheet("Read first")
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 110)
    write_text(sheet, 0, 0, "Comparison of plans", pen.title)
    for row, note in enumerate(comparison.notes, start=2):
        write_text(sheet, row, 1, note, pen.wrap)
    row = len(comparison.notes) + 3
    for letter, side in zip(letters(len(comparison.sides)), comparison.sides, strict=True):
        write_text(sheet, row, 0, letter, pen.bold)
        write_text(sheet, row, 1, side.name, pen.wrap)
        row += 1
    write_text(
        sheet, row + 1, 1, "Differences are each plan less plan A; money is £, positive is money out in the sheet Cash."
    )
    for table in comparison.tables.values():
        made = table_sheet(book, pen, table)
        _differences(made, pen, table)
    book.close()
    return out.getvalue()


def _differences(sheet: Worksheet, pen: Pen, table: Table) -> None:
    """Write "B less A" as a formula wherever both figures stand in the same row."""
    names = [field.name for field in table.fields]
    for column, field in enumerate(table.fields):
        if not field.name.endswith("less_a"):
            continue
        letter, _, rest = field.name.partition("_")
        what = rest.removesuffix("less_a").rstrip("_")
        one, other = (f"{name}_{what}" if what else name for name in (letter, "a"))
        if one not in names or other not in names:
            continue
        here, there = letter_of(names.index(one)), letter_of(names.index(other))
        for row, value in enumerate(table.frame[field.name].tolist(), start=1):
            if value == value:  # not NaN
                sheet.write_formula(row, column, f"={here}{row + 1}-{there}{row + 1}", pen.kinds[field.kind], value)
