"""Writing an import: the data package, and beside it what became of every row, cell and header."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assetopt.errors import DataError, Issue
from assetopt.estate.writing import write_estate
from assetopt.importing.imported import Imported
from assetopt.report.csv_text import harmless
from assetopt.report.write import beside, move_in

FOLDER = "import"
"""Folder beside the tables; reading a data package does not look into it."""

_LISTED = 10


def write_import(found: Imported, out: Path) -> tuple[Path, ...]:
    """Write an import into a new or empty folder, whole or not at all, and return the files.

    ``import/rows.csv`` has a row for every row read, ``import/defects.csv`` for every odd cell, ``import/headers.csv``
    for every header, ``import/unplaced.csv`` for every site without a place, ``import/import.json`` the counts.

    Raises
    ------
    DataError
        Where the folder is not empty.
    """
    refuse_folder(out)
    target = out.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = beside(target)
    try:
        fresh.mkdir()
        names = [path.relative_to(fresh) for path in _write(found, fresh, target.name)]
        move_in(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return tuple(out / name for name in names)


def _write(found: Imported, folder: Path, name: str) -> tuple[Path, ...]:
    side = folder / FOLDER
    side.mkdir(parents=True, exist_ok=True)
    rows = ((e.register, e.row, e.text("code"), e.text("name"), e.outcome, e.site_id, e.reason) for e in found.entries)
    odd = ((e.register, e.row, e.site_id, o.column, o.value, o.defect, o.done) for e in found.entries for o in e.odd)
    heads = ((label, head, told) for label, names in found.headers.items() for head, told in names.items())
    texts = {
        "rows.csv": _csv(("register", "row", "code", "name", "outcome", "site_id", "reason"), rows),
        "defects.csv": _csv(("register", "row", "site_id", "column", "value", "defect", "done"), odd),
        "headers.csv": _csv(("register", "header", "tells"), heads),
        "unplaced.csv": _csv([str(name) for name in found.unplaced], found.unplaced.itertuples(index=False)),
        "import.json": json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n",
    }
    for file, text in texts.items():
        (side / file).write_bytes(text.encode("utf-8", "replace"))
    tables = write_estate(dataclasses.replace(found.estate, name=name), folder) if found.estate is not None else ()
    return (*tables, *(side / file for file in sorted(texts)))


def refuse_folder(out: Path) -> None:
    """Raise DataError where a folder is there and not empty: nobody's facts are overwritten."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError([Issue(str(out), "is not an empty folder; nothing was written", "name a new folder")])


def import_text(found: Imported) -> str:
    """Return the counts for reading."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Imported) -> Iterator[str]:
    for register in found.registers:
        yield f"{register.label}: {len(register.cells):,} rows, {len(register.header)} columns"
        yield from (f"  {note}" for note in register.notes)
        if register.repeated:
            yield f"  headers that stand twice (the first is read): {', '.join(register.repeated)}"
    yield "Rows: " + ", ".join(f"{count:,} {outcome}" for outcome, count in found.outcomes.items())
    yield from _counts("Why rows are no sites:", found.reasons)
    yield from _counts("Met in rows and cells (import/defects.csv lists each):", found.defects)
    yield from _counts("Words for a missing value, in all columns:", found.sentinels)
    unread = [head for heads in found.headers.values() for head, told in heads.items() if told == "not read"]
    yield f"Headers that were not read: {len(unread)} (import/headers.csv lists each)"
    if found.estate is None:
        yield "No row has both an owner and a place: no tables were written. See import/unplaced.csv."
        return
    warnings = found.estate.warnings
    yield f"The data package has {len(found.estate.sites):,} sites; {len(warnings)} warnings:"
    yield from (f"  {issue}".replace("\n", " ") for issue in warnings[:_LISTED])
    if len(warnings) > _LISTED:
        yield f"  and {len(warnings) - _LISTED} more: `assetopt check` lists them"
    yield "Every occupier, and every space called building, is assumed: give teams, spaces and needs before solving."


def _counts(title: str, counts: dict[str, int]) -> Iterator[str]:
    if counts:
        yield title
        yield from (f"  {count:>7,}  {name}" for name, count in counts.items())


def _csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    return out.getvalue()
