"""Holding a report for an audience against the full one: every figure must be what the full report gives that audience."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assetopt.errors import DataError, Issue
from assetopt.plan import Violation
from assetopt.report.audience.audience import Audience
from assetopt.report.audience.view import View, view_of
from assetopt.report.audit import FolderVerdict, read_document
from assetopt.report.comparing import compare_csv, compare_object
from assetopt.report.document import PLAN_FILE
from assetopt.report.geojson import MAP_FILE, compare_map
from assetopt.report.reading import read_result


def verify_view(path: str | Path, full: str | Path) -> FolderVerdict:
    """Recount the full report and compare a report for an audience with what it gives.

    Parameters
    ----------
    path : str or pathlib.Path
        A report for an audience.
    full : str or pathlib.Path
        The full report of the same plan, with ``inputs/``.

    Raises
    ------
    DataError
        Where one of them is not there, or ``path`` is for no audience.
    """
    folder = Path(path)
    document = read_document(folder)
    told = document.get("audience")
    if not isinstance(told, dict):
        what = "is no report for an audience: it is verified by itself"
        raise DataError([Issue(str(folder), what, f"assetopt verify {folder}")])
    view = view_of(read_result(full), Audience.from_dict(told))
    found = tuple(_differences(folder, document, view))
    whose = view.audience.name
    if found:
        return FolderVerdict(
            found, None, f"not verified: {len(found)} things are not what the full report gives ({whose})"
        )
    return FolderVerdict((), None, f"verified: every figure is what the full report gives this audience ({whose})")


def _differences(folder: Path, document: dict[str, object], view: View) -> Iterator[Violation]:
    expected = {name: value for name, value in view.document.items() if name != "assetopt_version"}
    yield from compare_object(PLAN_FILE, document, expected)
    for name, table in view.tables.items():
        yield from compare_csv(folder / f"{name}.csv", table)
    yield from compare_map(folder / MAP_FILE, view.layers)
    more = {path.name for path in folder.glob("*.csv")} - {f"{name}.csv" for name in view.tables}
    for name in sorted(more):
        yield Violation("stated", name, 1.0, f"{name} is not for this audience")
