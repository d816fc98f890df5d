"""One plan of a comparison: what its report folder states, read without solving or recounting anything."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assetopt.errors import DataError, Issue
from assetopt.report.audience import Audience, View, view_of
from assetopt.report.audit import read_document
from assetopt.report.csv_text import csv_text
from assetopt.report.geojson import MAP_FILE, map_document
from assetopt.report.reading import read_result
from assetopt.report.tables import FIELDS

TABLES = ("sites", "teams", "interventions", "access", "access_groups", "access_zones", "budget")
"""Tables that are compared."""


@dataclass(frozen=True, eq=False)
class Side:
    """One plan.

    Attributes
    ----------
    name : str
        Scenario and folder.
    document : mapping
        ``plan.json``.
    tables : mapping of str to DataFrame
        Text is "" and numbers NaN where missing.
    features : tuple of dict
        Of ``plan.geojson``; empty where the folder has none.
    """

    name: str
    document: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame]
    features: tuple[Mapping[str, object], ...]

    def part(self, name: str) -> Mapping[str, object]:
        """Return a part of ``plan.json`` that is an object."""
        value = self.document.get(name)
        return value if isinstance(value, dict) else {}


def read_side(path: str | Path, audience: Audience) -> Side:
    """Read a report folder; for an audience that may not see everything it is made into a view first."""
    folder = Path(path)
    document = read_document(folder)
    if not audience.everything and "audience" not in document:
        return _of_view(folder, view_of(read_result(folder), audience))
    if not audience.everything:
        what = "is a report for an audience already"
        raise DataError(
            [Issue(str(folder), what, "name the full report, or compare without --redact, --for and --public")]
        )
    tables = {}
    for name in TABLES:
        place = folder / f"{name}.csv"
        if place.is_file():
            try:
                tables[name] = _read(place.read_bytes().decode("utf-8-sig"), name)
            except ValueError as fault:  # no UTF-8, or no table: both of pandas' faults are one
                raise DataError([Issue(str(place), f"is no table: {fault}", "write the report again")]) from fault
        else:
            tables[name] = pd.DataFrame(columns=[field.name for field in FIELDS[name]])
    return Side(_name(folder, document), document, tables, _features(folder / MAP_FILE))


def _of_view(folder: Path, view: View) -> Side:
    tables = {}
    for name in TABLES:
        if name in view.tables:
            tables[name] = _read(csv_text(view.tables[name]), name)
        else:
            tables[name] = pd.DataFrame(columns=[field.name for field in FIELDS[name]])
    features = map_document(view.layers)["features"]
    assert isinstance(features, list)
    return Side(_name(folder, view.document), view.document, tables, tuple(features))


def _name(folder: Path, document: Mapping[str, object]) -> str:
    scenario = document.get("scenario")
    title = str(scenario.get("name") or "") if isinstance(scenario, dict) else ""
    return f"{title} ({folder.name})" if title and title != folder.name else folder.name


def _read(text: str, name: str) -> pd.DataFrame:
    """Return a CSV of a report as it was written: only columns that it lacks are empty."""
    kinds = {field.name: field.kind for field in FIELDS[name]}
    words = {column for column, kind in kinds.items() if kind in ("text", "flag")}
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_filter=False)
    out = {}
    for column in kinds:
        values = frame[column] if column in frame else pd.Series([""] * len(frame), dtype="str")
        out[column] = _shown(values) if column in words else pd.to_numeric(values, errors="coerce").astype("float64")
    return pd.DataFrame(out)


def _shown(values: pd.Series) -> pd.Series:
    """Return text without the mark that keeps a spreadsheet from running it."""
    marked = values.str.match(r"^'[=+\-@\t\r\n]")
    return values.where(~marked, values.str[1:]).astype("str")


def _features(place: Path) -> tuple[Mapping[str, object], ...]:
    if not place.is_file():
        return ()
    try:
        found = json.loads(place.read_text(encoding="utf-8"))["features"]
        return tuple(feature for feature in found if isinstance(feature, dict))
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise DataError([Issue(str(place), f"is no map: {fault}", "write the report again")]) from fault
