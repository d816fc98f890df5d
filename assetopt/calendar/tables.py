"""The tables of a calendar: what happens in which month, what to decide by when, staff on the move, rooms in use, money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetopt.calendar.capital import capital_by_year
from assetopt.calendar.case import NOWHERE
from assetopt.calendar.money import void
from assetopt.report.tables import DECIMALS, Field, Kind, Table

if TYPE_CHECKING:
    from assetopt.calendar.run import Calendar

_COLUMNS: dict[str, tuple[tuple[str, Kind, str], ...]] = {
    "calendar": (
        ("month", "text", "Month"), ("date", "text", "Day"), ("kind", "text", "What"), ("subject", "text", "Team, site or works"),
        ("name", "text", "Name"), ("partner_id", "text", "Partner"), ("from_site", "text", "From"), ("to_site", "text", "To"),
        ("began", "text", "Works, void begin, or team leaves (month)"), ("waits_at", "text", "Waits at"), ("fte", "number", "FTE"),
        ("planned", "text", "Meant by (month)"), ("months_late", "count", "Months late"), ("critical", "flag", "Critical"),
        ("waits_for", "text", "On the critical chain: waits for"),
    ),
    "calendar_decide_by": (
        ("date", "text", "Decide by"), ("kind", "text", "Step"), ("subject", "text", "Subject"), ("partner_id", "text", "Partner"),
        ("what", "text", "What"), ("lost", "money", "Lost if missed (£)"), ("past", "flag", "Already past"),
    ),
    "calendar_staff": (
        ("month", "text", "Month"), ("partner_id", "text", "Partner"), ("site_id", "text", "Site they leave"),
        ("teams", "count", "Teams that move"), ("fte", "number", "FTE"),
    ),
    "calendar_rooms": (
        ("month", "text", "Month"), ("site_id", "text", "Site"), ("space_type", "text", "Space"), ("used", "number", "In use"),
        ("there", "number", "There"), ("share", "share", "Share in use"),
    ),
    "calendar_money": (
        ("subject", "text", "Site or team"), ("partner_id", "text", "Partner"), ("head", "text", "Head"),
        ("year", "year", "Year (first of the financial year)"), ("months", "number", "Months longer (+) or shorter (-)"),
        ("economic", "money", "Economic (£)"), ("cash", "money", "Cash (£)"), ("present_value", "money", "Present value (£)"),
        ("counted", "flag", "Within the appraisal"),
    ),
    "calendar_capital": (
        ("intervention_id", "text", "Works"), ("site_id", "text", "Site"), ("partner_id", "text", "Who pays"),
        ("booked", "year", "Year to which the plan books it"), ("year", "year", "Year in which it falls"),
        ("months", "count", "Months of works in it"), ("capital", "money", "Capital with optimism bias (£)"),
    ),
}  # fmt: skip
KEYS = {
    "calendar": ("month", "kind", "subject"), "calendar_decide_by": ("date", "kind", "subject"),
    "calendar_staff": ("month", "partner_id", "site_id"), "calendar_rooms": ("month", "site_id", "space_type"),
    "calendar_money": ("subject", "head", "year"), "calendar_capital": ("intervention_id", "year"),
}  # fmt: skip
SHEETS = tuple(_COLUMNS)


def calendar_tables(found: Calendar) -> dict[str, Table]:
    """Return every table of a calendar, rounded and in fixed order."""
    rows: dict[str, list[tuple[object, ...]]] = {
        "calendar": list(_events(found)), "calendar_decide_by": list(_steps(found)), "calendar_staff": list(_staff(found)),
        "calendar_rooms": list(_rooms(found)), "calendar_capital": [*sorted(capital_by_year(found.diary, found.schedule))],
    }  # fmt: skip
    out = {
        name: _table(name, pd.DataFrame(some, columns=[c[0] for c in _COLUMNS[name]])) for name, some in rows.items()
    }
    out["calendar_money"] = _table("calendar_money", found.restated.lines)
    return out


def key_of(name: str) -> str:
    """Return the key of ``calendar.json`` under which a table stands."""
    return "events" if name == "calendar" else name.removeprefix("calendar_")


def tables_from(records: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, Table]:
    """Return the tables of a calendar from their records by name, as ``calendar.json`` has them."""
    return {
        name: _table(name, pd.DataFrame(list(rows), columns=[column[0] for column in _COLUMNS[name]]))
        for name, rows in records.items()
    }


def _table(name: str, frame: pd.DataFrame) -> Table:
    fields = tuple(Field(*column) for column in _COLUMNS[name])
    frame = frame[[field.name for field in fields]].copy()
    for field in fields:
        if field.kind == "text":
            frame[field.name] = frame[field.name].astype(object).astype(str)
        elif field.kind == "flag":
            frame[field.name] = frame[field.name].astype(bool)
        else:
            values = pd.to_numeric(frame[field.name]).astype("float64")
            frame[field.name] = values.round(DECIMALS.get(field.kind, 9)) + 0.0
    return Table(name, fields, KEYS[name], frame)


def _events(found: Calendar) -> Iterator[tuple[object, ...]]:
    diary, case, schedule = found.diary, found.diary.case, found.schedule
    s, name = (
        diary.problem.facts.sites,
        dict(zip(diary.problem.facts.sites.ids, diary.problem.facts.sites.name, strict=True)),
    )
    chain = dict(found.chain)
    rows = []

    def site(i: int) -> str:
        return "" if i == NOWHERE else case.sites[i]

    def row(ref: tuple[str, int], month: int, kind: str, subject: str, title: str, partner: str, *rest: object) -> None:
        spans = diary.spans[ref[1]] if ref[0] == "move" else ()
        day = diary.months.last(month) if ref[0] == "exit" else diary.months.open_day(month, spans)
        target = case.window(ref).target
        rows.append(
            (day.isoformat()[:7], day.isoformat(), kind, subject, title, partner, *rest, diary.months.first(target).isoformat()[:7],
             max(0, month - target), ref in chain, chain.get(ref, ""))
        )  # fmt: skip

    for k, v in enumerate(case.moves):
        kind = "closure" if v.closes else "first move in" if v.home == NOWHERE else "move"
        waits = schedule.decant[k]
        began = diary.months.first(schedule.leave[k]).isoformat()[:7] if waits != NOWHERE else ""
        row(
            ("move", k),
            schedule.arrive[k],
            kind,
            v.team,
            v.name,
            v.partner,
            site(v.home),
            site(v.to),
            began,
            site(waits),
            v.fte,
        )
    for k, w in enumerate(case.works):
        begin = diary.months.first(schedule.work[k] - w.months).isoformat()[:7]
        title = name[case.sites[w.site]]
        row(
            ("work", k),
            schedule.work[k],
            "works done",
            w.intervention,
            title,
            str(s.partner[w.site]),
            "",
            site(w.site),
            begin,
            "",
            0.0,
        )
    for k, x in enumerate(case.exits):
        title = name[case.sites[x.site]]
        row(
            ("exit", k),
            schedule.exit[k],
            "handback",
            site(x.site),
            title,
            str(s.partner[x.site]),
            site(x.site),
            "",
            "",
            "",
            0.0,
        )
        if s.tenure[x.site] == "freehold" and s.on_exit[x.site] == "sell":
            empty, sold = void(diary, x.site, schedule.exit[k])
            day, began = diary.months.first(sold), diary.months.first(empty).isoformat()[:7]
            about = (site(x.site), title, str(s.partner[x.site]), site(x.site), "", began, "", 0.0, "", 0, False, "")
            rows.append((day.isoformat()[:7], day.isoformat(), "sale", *about))
    for k, o in enumerate(case.openings):
        title = name[case.sites[o.site]]
        row(
            ("open", k),
            schedule.open[k],
            "opening",
            site(o.site),
            title,
            str(s.partner[o.site]),
            "",
            site(o.site),
            "",
            "",
            0.0,
        )
    yield from sorted(rows, key=lambda r: (str(r[0]), str(r[2]), str(r[3]), str(r[7])))


def _steps(found: Calendar) -> Iterator[tuple[object, ...]]:
    for step in found.steps:
        yield step.day.isoformat(), step.kind, step.subject, step.partner, step.what, step.lost, step.past


def _staff(found: Calendar) -> Iterator[tuple[object, ...]]:
    case, schedule = found.diary.case, found.schedule
    sums: dict[tuple[str, str, str], list[float]] = {}
    for k, v in enumerate(case.moves):
        if v.closes:
            continue
        stops = [(schedule.leave[k], v.home)]
        if schedule.decant[k] != NOWHERE:
            stops.append((schedule.arrive[k], schedule.decant[k]))
        for month, site in stops:
            key = (
                found.diary.months.first(month).isoformat()[:7],
                v.partner,
                "" if site == NOWHERE else case.sites[site],
            )
            here = sums.setdefault(key, [0, 0.0])
            here[0] += 1
            here[1] += v.fte
    for key in sorted(sums):
        yield (*key, *sums[key])


def _rooms(found: Calendar) -> Iterator[tuple[object, ...]]:
    """Yield what is in use of every room that a move, or works, concern."""
    case, schedule = found.diary.case, found.schedule
    places = {
        (i, k)
        for v in case.moves
        for i in (v.home, v.to, *v.decants)
        if i != NOWHERE
        for k, n in enumerate(v.need)
        if n
    }
    gone = {x.site: m for x, m in zip(case.exits, schedule.exit, strict=True)}
    opened = {o.site: m for o, m in zip(case.openings, schedule.open, strict=True)}
    for month in range(case.months):
        used = case.standing.copy()
        there = case.limit.copy()
        for k, v in enumerate(case.moves):
            here = {v.home} if month <= schedule.leave[k] else set()
            here |= {v.to} if month >= schedule.arrive[k] else set()
            here |= {schedule.decant[k]} if schedule.leave[k] <= month <= schedule.arrive[k] else set()
            for i in here - {NOWHERE}:
                used[i] += v.need
        for w, done in zip(case.works, schedule.work, strict=True):
            for kind, change in enumerate(w.change):
                if (change > 0 and month >= done) or (change < 0 and month >= done - w.months):
                    there[w.site, kind] += change
        for i, kind in sorted(places):
            if month > gone.get(i, case.months) or month < opened.get(i, 0) or there[i, kind] >= 1e9:
                continue
            room = float(there[i, kind])
            share = float(used[i, kind]) / room if room > 0 else (np.nan if used[i, kind] == 0 else 1.0)
            yield (found.diary.months.first(month).isoformat()[:7], case.sites[i], case.space_types[kind], float(used[i, kind]),
                   room, share)  # fmt: skip
