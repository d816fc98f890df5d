"""The workbook: plain sheets that open anywhere, live totals with their value, and text that never runs."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from offices import assert_same_in_an_office, needs_office
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from small_estate import solved

EVIL = '=HYPERLINK("http://x","y")'
NAMES = {"hall": EVIL, "depot": "مكتب البريد 🏛️", "shop": "http://example.org", "clerks": "0012", "desk": "a\x07b"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    return solved(folder, **NAMES).write(folder / "out") / "plan.xlsx"


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return load_workbook(path)


@pytest.fixture(scope="module")
def values(path: Path) -> Workbook:
    return load_workbook(path, data_only=True)


def test_there_is_a_sheet_for_every_table(book: Workbook) -> None:
    assert book.sheetnames == [
        "Summary", "Charts", "Sites", "Teams", "Interventions", "Access", "Access groups", "Access losers", "Access winners",
        "Access zones", "Access cumulative", "Access equity", "Service points", "Rooms", "Cash", "Transfers", "Bridge", "Budget",
        "Heads of terms", "Payments", "Assignment", "Travel", "Assumptions", "Certificate",
    ]  # fmt: skip


def test_text_that_looks_like_a_formula_is_text(book: Workbook) -> None:
    cell = next(row[5] for row in book["Sites"].iter_rows(min_row=2) if row[0].value == "hall")

    assert (cell.value, cell.data_type) == (EVIL, "s")


def test_names_in_any_script_come_through_unharmed(book: Workbook) -> None:
    names = {row[0].value: row[5].value for row in book["Sites"].iter_rows(min_row=2, max_row=4)}
    teams = {row[0].value: row[6].value for row in book["Teams"].iter_rows(min_row=2, max_row=4)}

    assert names["depot"] == NAMES["depot"]
    assert teams["clerks"] == "0012"


def test_a_web_address_is_no_link(book: Workbook) -> None:
    assert all(cell.hyperlink is None for row in book["Sites"].iter_rows() for cell in row)


def test_the_total_of_the_receipts_is_live_and_carries_its_value(book: Workbook, values: Workbook) -> None:
    # Three rows of sites in rows 2-4, a blank row, the total in row 6; column I is the receipt.
    assert book["Sites"]["I6"].value == "=SUBTOTAL(109,I2:I4)"
    assert values["Sites"]["I6"].value == pytest.approx(sum(values["Sites"][f"I{row}"].value for row in (2, 3, 4)))
    assert values["Sites"]["I6"].value > 0


def test_the_summary_counts_sites_that_are_left_by_formula(book: Workbook, values: Workbook) -> None:
    row = next(row for row in range(1, 40) if book["Summary"].cell(row, 1).value == "Sites left")

    assert str(book["Summary"].cell(row, 2).value).startswith("=COUNTIF(Sites!")
    assert values["Summary"].cell(row, 2).value == 1


def test_every_table_has_a_filter_and_a_frozen_header(book: Workbook) -> None:
    for name in ("Sites", "Teams", "Interventions", "Access", "Cash", "Assumptions"):
        assert book[name].auto_filter.ref is not None, name
        assert str(book[name].freeze_panes)[-1] == "2", name
        assert not book[name].merged_cells.ranges, name


def test_the_workbook_has_no_clock_time(book: Workbook) -> None:
    assert book.properties.created.year == 2000
    assert all(cell.value != "seconds" for row in book["Certificate"].iter_rows() for cell in row)


@needs_office
def test_an_office_sees_every_cell_and_works_out_every_formula_alike(path: Path, tmp_path: Path) -> None:
    assert assert_same_in_an_office(path, tmp_path) > 40


def test_tables_that_hold_sums_already_have_no_total_below(book: Workbook) -> None:
    for sheet in ("Bridge", "Budget"):
        cells = [cell.value for row in book[sheet].iter_rows() for cell in row]
        assert not [value for value in cells if isinstance(value, str) and value.startswith("=SUBTOTAL")]


def test_every_sheet_reads_back_as_its_csv(path: Path) -> None:
    from assetopt.report.tables import FIELDS

    for name, fields in FIELDS.items():
        table = pd.read_csv(path.parent / f"{name}.csv", keep_default_na=False, dtype=str)
        sheet = pd.read_excel(
            path, sheet_name=name.replace("_", " ").capitalize(), engine="calamine", keep_default_na=False, dtype=object
        )
        assert [re.sub(r"\.\d+$", "", heading) for heading in sheet.columns] == [field.heading for field in fields], (
            name
        )
        for field, heading in zip(fields, sheet.columns, strict=True):
            # A table's total stands two rows below it.
            seen = sheet[heading].iloc[: len(table)]
            told = table[field.name]
            if field.kind in ("text", "flag"):
                marked = told.str.match(r"^'[=+\-@\t\r\n]")
                assert [str(text) for text in seen] == told.where(~marked, told.str[1:]).tolist(), (name, field.name)
            else:
                numbers = [float("nan") if value in ("", None) else float(value) for value in seen]
                assert numbers == pytest.approx(pd.to_numeric(told, errors="coerce").tolist(), nan_ok=True), (
                    name,
                    field.name,
                )


def test_the_bridge_is_formulas_that_carry_their_value(book: Workbook, values: Workbook) -> None:
    # Seventeen steps a partner; sums are the sum before plus the lines between. All partners stand first: rows 2 to 18.
    sheet, found = book["Bridge"], values["Bridge"]
    sums = {row: sheet[f"F{row}"].value for row in range(2, 19) if str(sheet[f"F{row}"].value).startswith("=")}

    assert sums == {6: "=F2+SUM(F3:F5)", 16: "=F6+SUM(F7:F15)", 18: "=F16+SUM(F17:F17)"}
    for row, below, above in ((6, 2, range(3, 6)), (16, 6, range(7, 16)), (18, 16, range(17, 18))):
        total = found[f"F{below}"].value + sum(found[f"F{line}"].value for line in above)
        assert found[f"F{row}"].value == pytest.approx(total, abs=0.005)
    assert sheet["F19"].value == pytest.approx(found["F19"].value)
    assert not str(sheet["F19"].value).startswith("=")


def test_charts_show_cash_and_access_from_live_cells(book: Workbook, values: Workbook) -> None:
    sheet, found = book["Charts"], values["Charts"]

    assert len(sheet._charts) == 2
    assert sheet["A1"].value == "Change in cash of all partners against today (£ real, positive is money out)"
    # Ten years in rows 3 to 12; the depot's sale brings £487,500 in one of them.
    assert str(sheet["C4"].value).startswith("=SUMIFS(Budget!")
    assert sum(found[f"C{row}"].value for row in range(3, 13)) == pytest.approx(-487_500.0)
    shares = [row for row in range(1, 60) if str(sheet.cell(row, 3).value).startswith("=Access!")]
    assert [found.cell(row, 3).value for row in shares] == pytest.approx([1.0])
