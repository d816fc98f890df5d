"""A real office program (LibreOffice): opens a workbook, works out every formula afresh, and says what it sees."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed here")


def opened(path: Path, into: Path) -> Path:
    """Return what LibreOffice saves again of a workbook."""
    into.mkdir(parents=True, exist_ok=True)
    command = [
        "soffice", f"-env:UserInstallation={(into / 'profile').as_uri()}", "--headless",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(into), str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return into / path.name


def assert_same_in_an_office(path: Path, tmp: Path) -> int:
    """Hold every cell of a workbook against what LibreOffice sees in it; formulas are worked out by LibreOffice alone.

    The values that the file carries for its formulas are taken out first, so that none can be handed back unread.

    Returns
    -------
    int
        How many formulas were compared.
    """
    tmp.mkdir(parents=True, exist_ok=True)
    bare = load_workbook(path)
    formulas = {
        (sheet.title, cell.coordinate)
        for sheet in bare
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    bare.save(tmp / path.name)  # openpyxl writes formulas without their values
    stated = load_workbook(path, data_only=True)
    seen, worked = (
        load_workbook(opened(one, tmp / name), data_only=True)
        for one, name in ((path, "as_it_is"), (tmp / path.name, "worked_out"))
    )
    assert seen.sheetnames == worked.sheetnames == stated.sheetnames
    for sheet in stated:
        for row in sheet.iter_rows():
            for cell in row:
                place = (sheet.title, cell.coordinate)
                told = _plain(cell.value)
                assert _near(_plain(seen[sheet.title][cell.coordinate].value), told, 1e-6), place
                # Totals are rounded to the penny one by one: a sum of them may be a penny or two off the total stated.
                off = 0.02 if place in formulas else 1e-6
                assert _near(_plain(worked[sheet.title][cell.coordinate].value), told, off), place
    return len(formulas)


def _plain(value: object) -> object:
    return "" if value is None else value


def _near(one: object, other: object, off: float) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-9, abs=off)
    return one == other
