"""Writing a calendar into its report folder: tables, JSON, milestones for a diary, pictures, and sheets in the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from assetopt.calendar import cpsat
from assetopt.calendar.gantt import gantt_svg, occupancy_svg
from assetopt.calendar.ics import ics_text
from assetopt.calendar.run import Calendar
from assetopt.calendar.tables import SHEETS, calendar_tables
from assetopt.report.csv_text import csv_text
from assetopt.report.document import json_text
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
    out |= _with_the_plan(found, folder, tables, dict(zip(TITLES, pictures, strict=True)))
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
        **{name.removeprefix("calendar_") if name != "calendar" else "events": table.records() for name, table in tables.items()},
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


def _with_the_plan(
    found: Calendar, folder: Path, tables: Mapping[str, Table], pictures: Mapping[str, str]
) -> dict[str, bytes]:
    """Return the plan's workbook with the calendar's sheets behind its own, and its page with a section for the calendar."""
    from assetopt.certificate import Certificate
    from assetopt.report.audit import read_plan_document
    from assetopt.report.document import totals_document
    from assetopt.report.layers import plan_layers
    from assetopt.report.page import PAGE_FILE, report_page
    from assetopt.report.tables import report_tables
    from assetopt.report.workbook import BOOK_FILE, workbook_bytes
    from assetopt.report.write import partner_names
    from assetopt.result import Result

    document = read_plan_document(folder)
    told = document["certificate"]
    assert isinstance(told, dict)
    told = {**told, "reasons": tuple(told.get("reasons", ())), "notes": tuple(told.get("notes", ()))}
    result = Result(found.diary.problem, Certificate(**told), found.recount)
    own = report_tables(result)
    both = {**own, **tables}
    layers = plan_layers(result.problem.estate, own, str(result.totals["plan_status"]))
    return {
        BOOK_FILE: workbook_bytes(result, both, totals_document(result.totals), SHEETS),
        PAGE_FILE: report_page(document, both, layers, partner_names(result), pictures).encode(),
    }
