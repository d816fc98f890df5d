"""Writing an explanation into its report folder: JSON, three tables and one page."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from assetopt.calendar.writing import calendar_in
from assetopt.explain.found import Found
from assetopt.explain.page import explain_page
from assetopt.explain.tables import better, better_words, sheets, site_table, team_table
from assetopt.plan import table_records
from assetopt.report.csv_text import csv_text
from assetopt.report.document import json_text
from assetopt.report.explained import EXPLAIN_FILE
from assetopt.report.standing import Standing
from assetopt.report.tables import Field, Kind, Table
from assetopt.report.together import write_together

SCHEMA_VERSION = "1.0"
PAGE = "explain.html"
MONEY = ("price_low", "price_high", "yearly_low", "yearly_high", "receipt_low", "receipt_high")


def write_explanation(found: Found, folder: Path) -> list[Path]:
    """Write every file of an explanation into the report folder of its plan; each appears whole.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    result, document = found.result, explain_document(found)
    assert result.recount is not None
    out = {
        f"explain_{name}.csv": csv_text(_table(f"explain_{name}", frame)).encode()
        for name, frame in _frames(found).items()
    }
    out[EXPLAIN_FILE] = json_text(document).encode()
    out[PAGE] = explain_page(document, result.problem.scenario.name).encode()
    out |= Standing.of(folder, result.problem, result.recount).page(*calendar_in(folder), document)
    return write_together(folder, out)


def explain_document(found: Found) -> dict[str, object]:
    """Return ``explain.json`` as Python objects."""
    return {
        "schema_version": SCHEMA_VERSION, "plan_status": str(found.result.totals["plan_status"]), "sentence": found.sentence,
        "note": better_words(found), "objective": round(found.prices.objective, 2),
        "tolerance": round(found.prices.tolerance, 2), "cheaper_plan_by": round(better(found), 2),
        **{name: table_records(frame) for name, frame in _frames(found).items()},
        "buildings": [_plain(sheet) for sheet in sheets(found)],
    }  # fmt: skip


def _frames(found: Found) -> dict[str, pd.DataFrame]:
    frames = {"sites": site_table(found), "teams": team_table(found), "standards": found.standards}
    return {name: _rounded(frame) for name, frame in frames.items()}


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    out = frame.copy()
    for name in MONEY:
        if name in out:
            out[name] = out[name].astype("float64").round(2)
    return out


def _kind(name: str) -> Kind:
    if name in MONEY:
        return "money"
    if name in ("room_low", "room_high"):
        return "number"
    if name in ("people", "fte", "visits"):
        return "people"
    if name.startswith("share"):
        return "share"
    if name == "settled":
        return "flag"
    return "count" if name in ("rank", "teams") else "text"


def _table(name: str, frame: pd.DataFrame) -> Table:
    fields = tuple(Field(str(column), _kind(str(column)), str(column)) for column in frame.columns)
    return Table(name, fields, (str(frame.columns[0]),), frame)


def _plain(value: object) -> object:
    """Return JSON: numbers that are none as null, money and minutes to the hundredth."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 2) if math.isfinite(value) else None
    return value
