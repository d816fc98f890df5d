"""The workbook's charts: cash by year beside today's, and the share of people served by every standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assetopt.account.bridge import ALL
from assetopt.account.budget import KINDS
from assetopt.report.tables import Table

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from assetopt.report.workbook import Pen

SHEET = "Charts"
_COLOURS = {"capital": "#1F4E79", "receipts": "#2E8B57", "revenue": "#B8860B"}
_PATTERNS = {"capital": "percent_90", "receipts": "wide_upward_diagonal", "revenue": "small_grid"}
"""Colour and pattern together, so that nothing hangs on colour alone."""


def charts_sheet(book: Workbook, pen: Pen, tables: Mapping[str, Table]) -> None:
    """Add the charts, each beside the figures that it shows; left out where there are none."""
    budget, access = tables.get("budget"), tables.get("access")
    shown_cash = budget is not None and bool((budget.frame["partner_id"] == ALL).any())
    shown_access = access is not None and bool(access.frame["share"].notna().any())
    if not (shown_cash or shown_access):
        return
    sheet = book.add_worksheet(SHEET)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 4, 17)
    row = 0
    if shown_cash:
        assert budget is not None
        row = _cash(book, sheet, pen, budget)
    if shown_access:
        assert access is not None
        _access(book, sheet, pen, access, row)


def _cash(book: Workbook, sheet: Worksheet, pen: Pen, budget: Table) -> int:
    """Write what all partners pay more or less than today, by year and kind, as sums of the sheet Budget."""
    from assetopt.report.workbook import letter_of, write_text

    names = [field.name for field in budget.fields]
    frame = budget.frame[budget.frame["partner_id"] == ALL]
    compared = bool(frame["change_real"].notna().any())
    column = "change_real" if compared else "real"
    title = "Change in cash of all partners against today" if compared else "Cash of all partners"
    at = {name: f"Budget!${letter_of(names.index(name))}$2:${letter_of(names.index(name))}${len(budget.frame) + 1}"
          for name in ("partner_id", "year", "kind", column)}  # fmt: skip
    write_text(sheet, 0, 0, f"{title} (£ real, positive is money out)", pen.bold)
    for place, word in enumerate(("Year", *(kind.capitalize() for kind in KINDS))):
        write_text(sheet, 1, place, word, pen.head)
    amounts = frame.set_index(["year", "kind"])[column]
    years = sorted(frame["year"].unique())
    for row, year in enumerate(years, start=2):
        sheet.write_number(row, 0, year, pen.kinds["year"])
        for place, kind in enumerate(KINDS, start=1):
            formula = f'=SUMIFS({at[column]},{at["partner_id"]},"{ALL}",{at["year"]},$A{row + 1},{at["kind"]},"{kind}")'
            sheet.write_formula(row, place, formula, pen.kinds["money"], float(amounts.get((year, kind), 0.0)))
    last = len(years) + 1
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for place, kind in enumerate(KINDS, start=1):
        chart.add_series(
            {
                "name": [SHEET, 1, place], "categories": [SHEET, 2, 0, last, 0], "values": [SHEET, 2, place, last, place],
                "pattern": {"pattern": _PATTERNS[kind], "fg_color": _COLOURS[kind], "bg_color": "#FFFFFF"},
                "border": {"color": _COLOURS[kind]},
            }
        )  # fmt: skip
    chart.set_title({"name": title, "overlay": False})
    chart.set_y_axis({"name": "£ real", "num_format": "#,##0"})
    chart.set_x_axis({"name": "Financial year (first year)", "label_position": "low"})
    chart.set_size({"width": 760, "height": 380})
    text = (
        f"{title} by year: capital, receipts and revenue, stacked; the figures stand in columns A to D of this sheet."
    )
    sheet.insert_chart(1, 6, chart, {"description": text})
    return max(last, 21) + 2


def _access(book: Workbook, sheet: Worksheet, pen: Pen, access: Table, row: int) -> None:
    """Write the share of people served today and after, standard by standard, as cells of the sheet Access."""
    from assetopt.report.workbook import letter_of, write_text

    names = [field.name for field in access.fields]
    columns = ("share_required", "share_today", "share")
    write_text(sheet, row, 0, "Share of people served, by standard and group", pen.bold)
    for place, word in enumerate(("Standard and group", "Asked", "Today", "After")):
        write_text(sheet, row + 1, place, word, pen.head)
    rows = [at for at, share in enumerate(access.frame["share"]) if share == share]
    labels = access.frame["standard_id"] + ", " + access.frame["group"]
    for line, at in enumerate(rows, start=row + 2):
        write_text(sheet, line, 0, labels.iloc[at])
        for place, name in enumerate(columns, start=1):
            value = access.frame[name].iloc[at]
            if value == value:  # not NaN
                formula = f"=Access!{letter_of(names.index(name))}{at + 2}"
                sheet.write_formula(line, place, formula, pen.kinds["share"], float(value))
    last = row + 1 + len(rows)
    chart = book.add_chart({"type": "bar"})
    for place, (colour, pattern) in enumerate(
        (("#7F7F7F", "wide_upward_diagonal"), ("#1F4E79", "percent_90")), start=2
    ):
        chart.add_series(
            {
                "name": [SHEET, row + 1, place], "categories": [SHEET, row + 2, 0, last, 0],
                "values": [SHEET, row + 2, place, last, place], "border": {"color": colour},
                "pattern": {"pattern": pattern, "fg_color": colour, "bg_color": "#FFFFFF"},
            }
        )  # fmt: skip
    chart.set_title({"name": "People served, today and after", "overlay": False})
    chart.set_x_axis({"name": "Share of people", "num_format": "0 %", "min": 0, "max": 1})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 760, "height": max(320, 90 + 34 * min(len(rows), 40))})
    text = "Share of people served by every standard, today and after the plan; the figures stand in columns A to D of this sheet."
    sheet.insert_chart(row + 1, 6, chart, {"description": text})
