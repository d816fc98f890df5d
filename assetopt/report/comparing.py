"""What a report states beside what a recount finds: every difference in plain words, with file, row and column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np

from assetopt.plan import Violation
from assetopt.report.csv_text import csv_text, read_csv_text
from assetopt.report.tables import DECIMALS, Field, Table

MOST_SHOWN = 50
"""Differences shown for one table; how many more there are is said."""

_RELATIVE = 1e-9


def stated(value: object) -> str:
    """Return a value as a message shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f'"{value}"' if value else "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else text[:197] + "..."


def same_number(found: object, expected: float, tolerance: float) -> bool:
    """Say whether a stated number is the recounted one within ``tolerance`` (absolute) or 1e-9 of it."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    return bool(abs(found - expected) <= tolerance + _RELATIVE * abs(expected))


def _tolerance(kind: str) -> float:
    """Return by how much a number of a kind may differ: one unit of its last decimal."""
    if kind == "exact_share":
        return 1e-9
    decimals = DECIMALS.get(kind)  # type: ignore[call-overload]
    return 0.0 if decimals is None else 1.0001 * 10.0**-decimals


def difference(where: str, found: object, expected: object) -> Violation:
    """Return one difference as a violation of the rule "stated"."""
    by = 1.0
    if isinstance(found, int | float) and isinstance(expected, int | float):
        by = abs(float(found) - float(expected)) or 1.0
    return Violation("stated", where, by, f"{where}: the file says {stated(found)}, the plan says {stated(expected)}")


def compare_object(where: str, found: object, expected: object, tolerance: float = 0.01) -> Iterator[Violation]:
    """Compare two JSON objects, numbers within ``tolerance``; keys that only the file has are left alone."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            yield difference(where, found, expected)
            return
        for name, value in expected.items():
            if name not in found:
                yield Violation(
                    "stated", f"{where}, {name}", 1.0, f"{where}, {name}: is missing; the plan says {stated(value)}"
                )
            else:
                yield from compare_object(f"{where}, {name}", found[name], value, tolerance)
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            yield difference(where, found, expected)
            return
        for number, (one, other) in enumerate(zip(found, expected, strict=True), start=1):
            yield from compare_object(f"{where}, {number}", one, other, tolerance)
    elif isinstance(expected, float):
        if not same_number(found, expected, tolerance):
            yield difference(where, found, expected)
    elif found != expected or isinstance(found, bool) != isinstance(expected, bool):
        yield difference(where, found, expected)


def compare_rows(name: str, found: object, table: Table) -> Iterator[Violation]:
    """Compare the rows of one table of ``plan.json`` with the recount, row by row."""
    rows: Sequence[Mapping[str, object]] = found if isinstance(found, list) else []
    yield from limited(f"plan.json, {name}", _rows(name, rows, table))


def _rows(name: str, rows: Sequence[Mapping[str, object]], table: Table) -> Iterator[Violation]:
    expected = table.records()
    for number, (row, wanted) in enumerate(zip_longest(rows, expected), start=1):
        named = wanted if wanted is not None else row
        where = f"plan.json, {name}, {_named(named, table, number)}"
        if row is None:
            yield Violation("stated", where, 1.0, f"{where}: the row is missing")
        elif wanted is None:
            yield Violation("stated", where, 1.0, f"{where}: the row stands in the file only")
        else:
            for field in table.fields:
                if field.name not in row:
                    yield Violation("stated", where, 1.0, f"{where}, {field.name}: is missing")
                elif not _same(row[field.name], wanted[field.name], field):
                    yield difference(f"{where}, {field.name}", row[field.name], wanted[field.name])


def _named(row: Mapping[str, object], table: Table, number: int) -> str:
    return " ".join(str(row[key]) for key in table.key if row.get(key) not in (None, "")) or f"row {number}"


def _same(found: object, expected: object, field: Field) -> bool:
    if isinstance(expected, float) or (isinstance(expected, int) and not isinstance(expected, bool)):
        return same_number(found, expected, _tolerance(field.kind))
    return found == expected and isinstance(found, bool) == isinstance(expected, bool)


def compare_csv(path: Path, table: Table) -> Iterator[Violation]:
    """Compare a CSV file with the text that the plan gives; only rounding may differ."""
    yield from limited(path.name, _csv(path, table))


def _csv(path: Path, table: Table) -> Iterator[Violation]:
    if not path.is_file():
        yield Violation("stated", path.name, 1.0, f"{path.name} is missing")
        return
    content, wanted = path.read_bytes(), csv_text(table)
    if content == wanted.encode("utf-8"):
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Violation("stated", path.name, 1.0, f"{path.name} is not UTF-8 text")
        return
    found_rows, wanted_rows = read_csv_text(text), read_csv_text(wanted)
    names = [field.name for field in table.fields]
    if not found_rows or found_rows[0] != names:
        yield Violation("stated", path.name, 1.0, f"{path.name}: the columns are not {', '.join(names)}")
        return
    records = table.records()
    for number, (row, expected) in enumerate(zip_longest(found_rows[1:], wanted_rows[1:])):
        line = _named(records[number], table, number + 2) if number < len(records) else f"row {number + 2}"
        where = f"{path.name}, {line}"
        if row is None:
            yield Violation("stated", where, 1.0, f"{where}: the row is missing")
        elif expected is None or len(row) != len(names):
            yield Violation("stated", where, 1.0, f"{where}: the row is not one of the plan's")
        else:
            for field, cell, value in zip(table.fields, row, expected, strict=True):
                if cell != value and not _same_cell(cell, value, field):
                    yield difference(f"{where}, {field.name}", cell, value)


def _same_cell(found: str, expected: str, field: Field) -> bool:
    """Say whether two cells show the same number."""
    if field.kind in ("text", "flag") or not found or not expected:
        return False
    try:
        one, other = float(found), float(expected)
    except ValueError:
        return False
    return bool(np.isfinite(one)) and same_number(one, other, _tolerance(field.kind))


def limited(where: str, found: Iterator[Violation]) -> Iterator[Violation]:
    """Pass on the first :data:`MOST_SHOWN` differences, and say how many more there are."""
    more = 0
    for number, violation in enumerate(found):
        if number < MOST_SHOWN:
            yield violation
        else:
            more += 1
    if more:
        yield Violation("stated", where, float(more), f"{where}: {more} further differences")
