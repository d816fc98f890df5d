"""Writing a calendar into its report folder: tables, JSON, milestones for a diary, pictures, and sheets in the workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from assetopt.calendar import cpsat
from assetopt.calendar.gantt import gantt_svg, is_drawing, occupancy_svg
from assetopt.calendar.ics import ics_text
from assetopt.calendar.run import Calendar
from assetopt.calendar.tables import SHEETS, calendar_tables, key_of, tables_from
from assetopt.errors import DataError, Issue
from assetopt.report.csv_text import csv_text
from assetopt.report.document import json_text
from assetopt.report.explained import explained_in
from assetopt.report.standing import Standing
from assetopt.report.tables import Table
from assetopt.report.together import write_together

SCHEMA_VERSION = "1.0"
JSON_FILE, ICS_FILE = "calendar.json", "calendar.ics"
PICTURES = ("calendar_sites.svg", "calendar_partners.svg", "calendar_rooms.svg")
TITLES = ("Calendar by building", "Calendar by partner", "Rooms in use")
"""Of the pictures, on the page."""


def write_calendar(found: Calendar, folder: str | Path, *, threads: int, seed: int) -> list[Path]:
    """Write every file of a calendar into the report folder of its plan: all, or those of an earlier calendar stay.

    Returns
    -------
    list of pathlib.Path
        What was written.
    """
    folder = Path(folder)
    tables = calendar_tables(found)
    out = {f"{name}.csv": csv_text(table).encode() for name, table in tables.items()}
    out[JSON_FILE] = json_text(document(found, tables, threads, seed)).encode()
    out[ICS_FILE] = ics_text(
        f"Estate calendar: {found.diary.problem.scenario.name}", found.diary.problem.scenario.appraisal.asked_on,
        milestones(found, tables),
    ).encode()  # fmt: skip
    pictures = (gantt_svg(found, "site"), gantt_svg(found, "partner"), occupancy_svg(found))
    out |= {name: text.encode() for name, text in zip(PICTURES, pictures, strict=True)}
    report = Standing.of(folder, found.diary.problem, found.recount)
    out |= report.workbook(tables, SHEETS)
    out |= report.page(tables, dict(zip(TITLES, pictures, strict=True)), explained_in(folder))
    return write_together(folder, out)


def document(found: Calendar, tables: Mapping[str, Table], threads: int, seed: int) -> dict[str, object]:
    """Return ``calendar.json`` as Python objects."""
    answer, money, case = found.answer, found.restated, found.diary.case
    return {
        "schema_version": SCHEMA_VERSION,
        "certificate": {
            "status": answer.status, "objective": answer.objective, "bound": answer.bound, "gap": answer.gap,
            "bounds": answer.bounds, "seconds": round(answer.seconds, 3),
            "seconds_to_first": None if answer.first is None else round(answer.first, 3),
            "engine": "cp-sat and highs", "engine_version": cpsat.version(), "threads": threads, "seed": seed,
            "sentence": found.sentence, "notes": list(answer.notes),
        },
        "verdict": {"ok": not found.violations, "violations": [v.as_dict() for v in found.violations]},
        "cost": found.cost(),
        "plan_cost": {
            "npv_cost": round(money.npv_cost, 2), "npv_cost_with_calendar": round(money.npv_cost_with_calendar, 2),
            "difference": round(money.difference, 2), "cash_difference": round(money.cash_difference, 2),
            "by_head": {
                head: {"present_value": round(value, 2), "cash": round(cash, 2)} for head, (value, cash) in money.by_head().items()
            },
            "sentence": money.sentence(),
        },
        "first_month": found.diary.months.origin.isoformat(),
        "months": case.months,
        "limits": {
            "moves_per_month": case.moves_per_month, "fte_per_month": case.fte_per_month, "works_at_once": case.works_at_once,
        },
        "settings": found.diary.settings.model_dump(mode="json"),
        "critical_chain": [{"kind": ref[0], "subject": _subject(found, ref), "waits_for": why} for ref, why in found.chain],
        "missed": _missed(found),
        "notes": list(found.diary.notes),
        **{key_of(name): table.records() for name, table in tables.items()},
    }  # fmt: skip


def _subject(found: Calendar, ref: tuple[str, int]) -> str:
    from assetopt.calendar.check import name_of

    return name_of(found.diary.case, ref)


def _missed(found: Calendar) -> list[dict[str, object]]:
    """Return breaks and expiries that could not be used any more, as notice would have been due before month 0."""
    return [
        {"site_id": found.diary.case.sites[i], "date": event.day.isoformat(), "notice": event.notice.isoformat()}
        for i, lease in sorted(found.diary.lease.items())
        for event in lease.missed
        if event.notice is not None
    ]


def milestones(found: Calendar, tables: Mapping[str, Table]) -> list[tuple[date, str, str, str]]:
    """Return (day, kind, subject, words) of every move, works, handback and opening, and of every decide-by."""
    words = {
        "move": "{0} moves from {1} to {2}", "closure": "{0} closes at {1}", "first move in": "{0} moves into {2}",
        "works done": "Works {3} ready at {2}", "handback": "{0} is handed back", "opening": "{0} opens",
        "sale": "Sale of {0} completes",
    }  # fmt: skip
    out = []
    frame = tables["calendar"].frame
    names = ("date", "kind", "subject", "name", "from_site", "to_site")
    for day, kind, subject, name, left, to in zip(*(frame[column].tolist() for column in names), strict=True):
        text = words[kind].format(name or subject, left, to, subject)
        out.append((date.fromisoformat(day), str(kind), f"{subject} {to}", text))
    for step in found.steps:
        out.append((step.day, step.kind, f"{step.subject} {step.what}", f"Decide by: {step.what} ({step.subject})"))
    return sorted(out)


def calendar_in(folder: Path) -> tuple[dict[str, Table], dict[str, str]]:
    """Return the tables and pictures of the calendar that stands in a report folder; both empty where there is none.

    Raises
    ------
    DataError
        Where it cannot be read.
    """
    if not (folder / JSON_FILE).is_file():
        return {}, {}
    try:
        told = json.loads((folder / JSON_FILE).read_text(encoding="utf-8"))
        drawn = {
            title: (folder / name).read_text(encoding="utf-8") for title, name in zip(TITLES, PICTURES, strict=True)
        }
        tables = tables_from({name: told[key_of(name)] for name in SHEETS})
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise DataError(
            [Issue(str(folder / JSON_FILE), f"cannot be read: {fault}", "run assetopt calendar again")]
        ) from None
    changed = [name for title, name in zip(TITLES, PICTURES, strict=True) if not is_drawing(drawn[title])]
    if changed:
        what = "holds more than assetopt calendar draws, and is not taken onto the page"
        raise DataError([Issue(str(folder / name), what, "run assetopt calendar again") for name in changed])
    return tables, drawn
