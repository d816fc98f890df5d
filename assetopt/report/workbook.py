"""The plan as a workbook: a sheet per table with filters and live totals, and a summary in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd

from assetopt.account.bridge import ALL
from assetopt.report.tables import Field, Table
from assetopt.report.workbook_charts import charts_sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from assetopt.result import Result

BOOK_FILE = "plan.xlsx"
CREATED = datetime(2000, 1, 1)
"""Stands in the file's properties in place of the clock, so that the same plan gives the same bytes."""

MOST_ROWS = 1_000_000
"""A sheet takes 1,048,576 rows; a longer table is cut here and says so. The CSV has all."""

SHORTER = {"access_groups": 20_000, "access_zones": 20_000, "access_cumulative": 20_000}
"""Tables that grow with the country are cut earlier, so that a workbook opens at once."""

SHEETS = (
    "sites", "teams", "interventions", "access", "access_groups", "access_losers", "access_winners", "access_zones",
    "access_cumulative", "access_equity", "service_points", "rooms", "cash", "transfers", "bridge", "budget", "heads_of_terms",
    "payments", "assignment", "travel", "assumptions",
)  # fmt: skip
"""Tables that have a sheet, in their order."""

_LONGEST_CELL = 32_767
_WIDEST, _NARROWEST = 60, 8
_NUMBER_FORMATS = {
    "year": "0", "count": "#,##0", "money": "#,##0.00;[Red]-#,##0.00", "share": "0.00%", "exact_share": "0.00%",
    "people": "#,##0", "travel": "0.0", "number": "General",
}  # fmt: skip
_SUMMED = ("money",)
BRIDGE = "bridge"
_WITH_SUMS = (BRIDGE, "budget", "assumptions")
"""Tables whose rows do not add up: sums stand among them, or they rest on each other."""

LABELS: tuple[tuple[str, str, str], ...] = (
    ("npv_cost", "Cost of the plan, present value", "£"),
    ("npv_cost_today", "Cost of carrying on as today, present value", "£"),
    ("npv_saving", "Saving against today, present value", "£"),
    ("npv_saving_estate", "of which from the estate", "£"),
    ("npv_saving_service_closure", "of which from closing teams", "£"),
    ("npv_saving_ex_backlog", "Saving without backlog", "£"),
    ("npv_journeys", "Public journeys, priced", "£"),
    ("npv_penalties", "Shortfalls of soft standards, priced", "£"),
    ("npv_preferences", "Preferences, priced", "£"),
    ("npv_equity", "Long ways, priced (equity)", "£"),
    ("npv_journeys_today", "Public journeys today, priced", "£"),
    ("npv_penalties_today", "Shortfalls today, priced", "£"),
    ("npv_preferences_today", "Preferences today, priced", "£"),
    ("npv_equity_today", "Long ways today, priced (equity)", "£"),
    ("natural_units", "The measure of [objective], in its own unit", ""),
    ("natural_units_today", "The same, carrying on as today", ""),
    ("annual_saving", "Revenue saved a year after the last decision year, base-year prices", "£ a year"),
    ("receipts", "Net receipts, undiscounted", "£"),
    ("receipts_low", "Net receipts, low valuation", "£"),
    ("receipts_high", "Net receipts, high valuation", "£"),
    ("capital", "Capital for works and openings, undiscounted", "£"),
    ("peak_net_capital", "Most capital out at any time, net of receipts", "£"),
    ("peak_year", "Year of that peak", "year"),
    ("payback_year", "Year from which the plan has paid back", "year"),
    ("sites_kept", "Sites held at the end", "sites"),
    ("sites_disposed", "Sites left", "sites"),
    ("teams_moved", "Teams that move", "teams"),
    ("carbon_t", "Emissions in the last decision year", "tCO2e a year"),
    ("plan_status", "Status of the plan", ""),
)


def workbook_bytes(
    result: Result,
    tables: Mapping[str, Table],
    totals: Mapping[str, float | int | str | None],
    more: Sequence[str] = (),
) -> bytes:
    """Return ``plan.xlsx``. Text is never written as a formula; totals are formulas that carry their value.

    ``more`` names further tables that get a sheet behind the plan's own.
    """
    out = BytesIO()
    book = new_book(out, result.problem.scenario.name or "Plan")
    pen = Pen(book)
    _summary(book, pen, result, tables, totals)
    charts_sheet(book, pen, tables)
    first = [name for name in tables if name not in (*SHEETS, *more)]
    for name in (*first, *(name for name in SHEETS if name in tables), *more):
        table_sheet(book, pen, tables[name])
    _certificate(book, pen, result)
    book.close()
    return out.getvalue()


class Pen:
    """The cell formats of a workbook."""

    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format(
            {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
        )
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.bold: Format = book.add_format({"bold": True})
        self.wrap: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.kinds: dict[str, Format] = {
            kind: book.add_format({"num_format": text}) for kind, text in _NUMBER_FORMATS.items()
        }
        self.sums: dict[str, Format] = {
            kind: book.add_format({"num_format": text, "bold": True, "top": 1})
            for kind, text in _NUMBER_FORMATS.items()
        }


def new_book(out: BytesIO, title: str) -> Workbook:
    """Return a workbook in which no text ever runs, and no clock time stands."""
    import xlsxwriter

    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": title, "created": CREATED})
    return book


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Format | None = None) -> None:
    """Write text as text, cut to what a cell takes."""
    sheet.write_string(row, column, text[:_LONGEST_CELL], look)


def table_sheet(book: Workbook, pen: Pen, table: Table, *, totals: bool = True) -> Worksheet:
    """Add a table as a sheet: filters, frozen header, and live totals of money unless ``totals`` is false."""
    sheet = book.add_worksheet(sheet_title(table.name))
    frame = table.frame.head(SHORTER.get(table.name, MOST_ROWS))
    last = len(frame)
    summed = () if not totals or table.name in _WITH_SUMS or _holds_sums(frame) else _SUMMED
    for column, field in enumerate(table.fields):
        write_text(sheet, 0, column, field.heading, pen.head)
        values = frame[field.name]
        _column(sheet, pen, column, field, values)
        sheet.set_column(column, column, _width(field, values))
        if table.name == BRIDGE and field.kind == "money":
            _running_sums(sheet, pen, column, frame, field.name)
        if field.kind in summed and last:
            cell = _range(column, last)
            total = round(float(values.sum()), 2)
            sheet.write_formula(last + 2, column, f"=SUBTOTAL(109,{cell})", pen.sums["money"], total)
    if last:
        if any(field.kind in summed for field in table.fields):
            write_text(sheet, last + 2, 0, "Total of the rows shown", pen.bold)
        sheet.autofilter(0, 0, last, len(table.fields) - 1)
    if len(table.frame) > last:
        write_text(
            sheet, last + 3, 0, f"{len(table.frame) - last} further rows stand in {table.name}.csv only", pen.bold
        )
    sheet.freeze_panes(1, len(table.key) if table.key[0] == table.fields[0].name else 0)
    return sheet


def _holds_sums(frame: pd.DataFrame) -> bool:
    """Say whether rows of all partners together stand among those of each."""
    return "partner_id" in frame and bool((frame["partner_id"] == ALL).any())


def _running_sums(sheet: Worksheet, pen: Pen, column: int, frame: pd.DataFrame, name: str) -> None:
    """Write the sums of the bridge as formulas: the sum before plus the lines between, partner by partner."""
    letter, before = letter_of(column), 0
    partners, sums, amounts = (frame[key].tolist() for key in ("partner_id", "sum", name))
    for row, (partner, is_sum, amount) in enumerate(zip(partners, sums, amounts, strict=True), start=2):
        if row == 2 or partner != partners[row - 3]:
            before = row
        elif is_sum and amount == amount:  # not NaN
            formula = f"={letter}{before}+SUM({letter}{before + 1}:{letter}{row - 1})"
            sheet.write_formula(row - 1, column, formula, pen.sums["money"], amount)
            before = row


def sheet_title(name: str) -> str:
    """Return the name of a table's sheet."""
    return name.replace("_", " ").capitalize()


def _column(sheet: Worksheet, pen: Pen, column: int, field: Field, values: pd.Series) -> None:
    if field.kind in ("text", "flag"):
        for row, value in enumerate(values.tolist(), start=1):
            text = value if field.kind == "text" else ("yes" if value else "no")
            if text:
                write_text(sheet, row, column, text)
        return
    look = pen.kinds[field.kind]
    for row, value in enumerate(values.tolist(), start=1):
        if value == value:  # not NaN
            sheet.write_number(row, column, value, look)


def _width(field: Field, values: pd.Series) -> float:
    heading = max((len(word) for word in field.heading.split()), default=0)
    if field.kind in ("text", "flag"):
        longest = int(values.str.len().max()) if field.kind == "text" and len(values) else 3
    else:
        largest = values.abs().max() if len(values) else 0
        longest = 8 if largest != largest else len(f"{largest:,.2f}") + 1
    return float(min(_WIDEST, max(_NARROWEST, heading + 2, longest + 2)))


def letter_of(column: int) -> str:
    """Return the letters by which a spreadsheet names a column."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _range(column: int, last: int) -> str:
    return f"{letter_of(column)}2:{letter_of(column)}{last + 1}"


# --- summary ---------------------------------------------------------------------------------------------------------


def _summary(
    book: Workbook,
    pen: Pen,
    result: Result,
    tables: Mapping[str, Table],
    totals: Mapping[str, float | int | str | None],
) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.set_column(0, 0, 62)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 2, 14)
    scenario = result.problem.scenario
    kept_back = result.certificate.objective is None
    write_text(sheet, 0, 0, scenario.name or "Plan", pen.title)
    write_text(sheet, 1, 0, result.certificate.sentence)
    for column, word in enumerate(("Measure", "Value", "Unit")):
        write_text(sheet, 3, column, word, pen.head)
    labels = [label for label in LABELS if label[0] in totals]
    at = {name: row for row, (name, _, _) in enumerate(labels, start=4)}
    live = _formulas(tables, at) if tables.keys() >= {"sites", "teams", "interventions"} else {}
    for name, label, unit in labels:
        row, value = at[name], totals[name]
        write_text(sheet, row, 0, label)
        write_text(sheet, row, 2, unit)
        if isinstance(value, str):
            write_text(sheet, row, 1, value)
        elif value is None:
            write_text(sheet, row, 1, "not stated" if kept_back else "not known" if unit == "£" else "none")
        else:
            look = pen.kinds["year" if unit == "year" else "money" if unit.startswith("£") else "number"]
            formula = live.get(name)
            if formula is not None and abs(formula[1](totals) - value) < 0.02:
                sheet.write_formula(row, 1, formula[0], look, value)
            else:
                sheet.write_number(row, 1, value, look)
    sheet.freeze_panes(4, 0)


_Totals = Mapping[str, float | int | str | None]
_Live = tuple[str, Callable[[_Totals], float]]


def _formulas(tables: Mapping[str, Table], at: Mapping[str, int]) -> dict[str, _Live]:
    """Return the totals that other cells add up to, as formulas, each with its value recomputed from those cells."""

    def number(totals: _Totals, name: str) -> float:
        value = totals[name]
        return float(value) if isinstance(value, int | float) else float("nan")

    def count(table: str, *words: str) -> _Live:
        where, column = _whole(tables[table], "action")
        text = "=" + "+".join(f'COUNTIF({where},"{word}")' for word in words)
        return text, lambda _: float(column.isin(words).sum())

    def total(table: str, name: str) -> _Live:
        where, column = _whole(tables[table], name)
        return f"=SUM({where})", lambda _: float(column.sum())

    def less(a: str, b: str) -> _Live:
        return f"=B{at[a] + 1}-B{at[b] + 1}", lambda totals: number(totals, a) - number(totals, b)

    return {
        "npv_saving": less("npv_cost_today", "npv_cost"),
        "npv_saving_estate": less("npv_saving", "npv_saving_service_closure"),
        "receipts": total("sites", "receipt"),
        "capital": total("interventions", "capital"),
        "sites_kept": count("sites", "keep", "open"),
        "sites_disposed": count("sites", "dispose", "exit_lease"),
        "teams_moved": count("teams", "move"),
    }


def _whole(table: Table, name: str) -> tuple[str, pd.Series]:
    column = next(number for number, field in enumerate(table.fields) if field.name == name)
    last = max(1, len(table.frame.head(MOST_ROWS)))
    letter = letter_of(column)
    return f"{table.name.capitalize()}!${letter}$2:${letter}${last + 1}", table.frame[name].head(MOST_ROWS)


def _certificate(book: Workbook, pen: Pen, result: Result) -> None:
    sheet = book.add_worksheet("Certificate")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    for column, word in enumerate(("Item", "Value")):
        write_text(sheet, 0, column, word, pen.head)
    verdict = result.verdict
    rows = {name: value for name, value in result.certificate.as_dict().items() if name != "seconds"}
    if verdict is not None:
        rows["verified"] = "yes" if verdict.ok else "no"
        rows["objective_recomputed"] = verdict.objective_recomputed
    for row, (name, value) in enumerate(rows.items(), start=1):
        write_text(sheet, row, 0, name.replace("_", " "))
        if isinstance(value, dict):
            value = [f"{item}: {count}" for item, count in value.items()]
        if isinstance(value, list):
            write_text(sheet, row, 1, "\n".join(str(item) for item in value), pen.wrap)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            share = name in ("gap", "saving_gap")
            look = pen.kinds["share" if share else "year" if isinstance(value, int) else "money"]
            sheet.write_number(row, 1, value, look)
        else:
            write_text(sheet, row, 1, "none" if value is None else str(value), pen.wrap)
    sheet.freeze_panes(1, 0)
