"""A report table as CSV: UTF-8, one line feed a row, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io

import pandas as pd

from assetopt.report.tables import DECIMALS, Field, Table

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Text that starts so is written with a ``'`` in front; numbers are not touched."""


def csv_text(table: Table) -> str:
    """Return the table with a header of column names; flags are yes/no, missing values empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in table.fields])
    writer.writerows(zip(*(cells(table.frame[field.name], field) for field in table.fields), strict=True))
    return out.getvalue()


def cells(values: pd.Series, field: Field) -> list[str]:
    """Return a column as the texts of its cells."""
    if field.kind == "text":
        return [harmless(text.replace("\r\n", "\n").replace("\r", "\n")) for text in values.tolist()]
    if field.kind == "flag":
        return ["yes" if value else "no" for value in values.tolist()]
    return [number_text(value, field) for value in values.tolist()]


def number_text(value: float, field: Field) -> str:
    """Return a number as its cell shows it: years and counts whole, money with pence, empty where missing."""
    if value != value:  # NaN
        return ""
    if field.kind in ("year", "count"):
        return str(int(value))
    if field.kind in ("money", "share"):
        return f"{value:.{DECIMALS[field.kind]}f}"
    return str(int(value)) if value == int(value) else repr(value)


def harmless(text: str) -> str:
    """Return text that no spreadsheet runs: a ``'`` goes before a cell that starts like a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def read_csv_text(text: str) -> list[list[str]]:
    """Return the cells of a CSV text, row by row."""
    return list(csv.reader(io.StringIO(text, newline="")))
