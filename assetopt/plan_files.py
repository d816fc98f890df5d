"""Reading a plan that was kept or written by hand: a report folder, a plan.json, or the tables sites, teams and interventions.

What is read is a plan in form only; whether its sites and teams are those of an estate is asked elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.errors import DataError, Issue
from assetopt.estate.coded import as_text
from assetopt.estate.fields import columns_of
from assetopt.estate.findings import Findings, Place, nearest, shown
from assetopt.estate.raw import RawTable, digest
from assetopt.estate.records import RECORDS
from assetopt.estate.text_files import read_csv
from assetopt.estate.words import clean, clean_header
from assetopt.plan import (
    INTERVENTION_ACTIONS,
    INTERVENTION_COLUMNS,
    SITE_ACTIONS,
    SITE_COLUMNS,
    TEAM_ACTIONS,
    TEAM_COLUMNS,
    Plan,
)

PLAN_FILE = "plan.json"

_TABLES = {
    "sites": (SITE_COLUMNS, ("site_id", "action", "year"), SITE_ACTIONS),
    "teams": (TEAM_COLUMNS, ("team_id", "action", "site_id", "year"), TEAM_ACTIONS),
    "interventions": (INTERVENTION_COLUMNS, ("intervention_id", "action", "year"), INTERVENTION_ACTIONS),
}
"""Of each table: all columns, those it must have, and the actions it knows."""

_UNCHANGED = ("keep", "not_opened", "stay", "not_built")
_QUOTED_FORMULA = re.compile(r"^'(?=[=+\-@\t\r\n])")
Texts = Mapping[str, list[str]]


def read_plan(path: str | Path) -> Plan:
    """Read a plan.

    Parameters
    ----------
    path : str or pathlib.Path
        A report folder (its ``plan.json`` counts), a ``plan.json``, or a folder with ``sites.csv``, ``teams.csv`` and,
        where there are interventions, ``interventions.csv`` in the columns of a report; other columns are left alone.

    Raises
    ------
    DataError
        With every fault: file, row, column, value and what would do.
    """
    place, findings = Path(path), Findings()
    if place.is_dir() and (place / PLAN_FILE).is_file():
        place = place / PLAN_FILE
    if place.is_dir():
        tables = _folder(place, findings)
    elif place.is_file():
        tables = _document(place, findings)
    else:
        raise DataError([Issue(str(path), "there is no such file or folder", "name a report folder or a plan.json")])
    if findings.faults:
        raise DataError(findings.faults)
    return Plan(*(tables[name] for name in _TABLES))


def _folder(folder: Path, findings: Findings) -> dict[str, pd.DataFrame]:
    out = {}
    for name, (columns, _, _) in _TABLES.items():
        place = folder / f"{name}.csv"
        if not place.is_file():
            out[name] = pd.DataFrame(columns=list(columns))
            if name != "interventions":
                fix = f"a plan is a folder with {PLAN_FILE}, or with sites.csv and teams.csv"
                findings.say(str(place), "there is no such file", fix)
            continue
        raw = read_csv(place, name, columns_of(RECORDS[name]), findings, digest(place)[1])
        if raw is not None:
            out[name] = _table(name, _texts(raw), Place(name, place.name, raw.numbers), findings)
    return out


def _texts(raw: RawTable) -> dict[str, list[str]]:
    """Return the cells of a CSV table as cleaned text, by column."""
    out = {}
    for header, column in zip(raw.header, raw.columns, strict=True):
        words = [_QUOTED_FORMULA.sub("", clean(as_text(word))) for word in column.words.to_pylist()]
        out[clean_header(header)] = [words[code] if code >= 0 else "" for code in column.codes.tolist()]
    return out


def _document(place: Path, findings: Findings) -> dict[str, pd.DataFrame]:
    try:
        document = json.loads(place.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        what = f"cannot be read as JSON: {fault}"
        raise DataError([Issue(str(place), what, f"name a report folder or its {PLAN_FILE}")]) from fault
    out: dict[str, pd.DataFrame] = {}
    for name, (columns, _, _) in _TABLES.items():
        rows = document.get(name) if isinstance(document, dict) else None
        if rows is None and name == "interventions" and isinstance(document, dict):
            rows = []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            findings.say(f"{place.name}, {name}", "is not a list of decisions", f"name a {PLAN_FILE} of a report")
            continue
        present = [column for column in columns if not rows or any(column in row for row in rows)]
        texts = {column: [_text(row.get(column)) for row in rows] for column in present}
        label = Place(name, f"{place.name}, {name}", np.arange(1, len(rows) + 1, dtype=np.int64))
        out[name] = _table(name, texts, label, findings)
    return out


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _table(name: str, texts: Texts, place: Place, findings: Findings) -> pd.DataFrame:
    """Return one table of the plan, and tell what in it cannot be read."""
    columns, required, actions = _TABLES[name]
    lacking = [column for column in required if column not in texts]
    for column in lacking:
        findings.say(f"{place.label}, {column}", "the column is missing", f"the columns are {', '.join(columns)}")
    if lacking:
        return pd.DataFrame(columns=list(columns))
    key, size = columns[0], len(texts[columns[0]])
    action = texts["action"]
    findings.words(
        place, key, texts[key], _where(not text for text in texts[key]), lambda _: "is empty", lambda _: "give the id"
    )
    findings.words(
        place, "action", action, _where(word not in actions for word in action),
        lambda word: f"no action {shown(word)}", lambda word: nearest(word, actions) or f"use {', '.join(actions)}",
    )  # fmt: skip
    years, unclear = _numbers(texts["year"])
    unclear |= np.isfinite(years) & (years != np.floor(years))
    whole = lambda _: "give the first calendar year of a financial year, such as 2027"  # noqa: E731
    findings.words(place, "year", texts["year"], np.flatnonzero(unclear), lambda t: f"{shown(t)} is no year", whole)
    changes = np.array([word in actions and word not in _UNCHANGED for word in action], dtype=bool)
    rows = np.flatnonzero(changes & np.isnan(years) & ~unclear)
    findings.rows(place, "year", rows, lambda row: f"{action[row]} needs a year", "give the year in which it happens")
    out: dict[str, object] = {column: texts.get(column, [""] * size) for column in columns}
    out["year"] = years
    twice = pd.DataFrame({column: out[column] for column in ((key, "site_id") if name == "teams" else (key,))})
    again = np.flatnonzero(twice.duplicated().to_numpy() & np.array([bool(text) for text in texts[key]], dtype=bool))
    findings.words(
        place, key, texts[key], again, lambda t: f"{shown(t)} stands twice", lambda _: "keep one of the rows"
    )
    if name == "teams":
        share, wrong = _numbers(texts.get("share", [""] * size))
        share = np.where(np.isnan(share) & ~wrong, 1.0, share)
        wrong |= ~((share > 0) & (share <= 1 + 1e-6))
        told = texts.get("share", [""] * size)
        findings.words(
            place, "share", told, np.flatnonzero(wrong), lambda t: f"{shown(t)} is no share",
            lambda _: "give a number above 0, at most 1",
        )  # fmt: skip
        out["share"] = share
        homeless = _where(word == "move" and not site for word, site in zip(action, texts["site_id"], strict=True))
        findings.rows(place, "site_id", homeless, "is empty", "name the site to which the team moves")
    return pd.DataFrame(out)


def _numbers(texts: list[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return texts as numbers, NaN where empty, and which of them are none."""
    numbers = np.asarray(pd.to_numeric(pd.Series(texts, dtype="str"), errors="coerce"), dtype=np.float64)
    given = np.array([bool(text) for text in texts], dtype=bool)
    return numbers, given & ~np.isfinite(numbers)


def _where(marks: Iterable[bool]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(np.fromiter(marks, dtype=bool))
