"""Pictures of a calendar: bars by site or by partner, month by month, and a strip of rooms in use; plain SVG, no script.

Every picture has a title and a description for those who hear it; what it shows stands in full in the tables beside it. Bars
differ by shape and word as well as by colour. Names are other people's text and are escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pandas as pd

from assetopt.calendar.case import NOWHERE

if TYPE_CHECKING:
    from assetopt.calendar.run import Calendar

ROW, MONTH, LEFT, TOP = 20, 26, 260, 46
LONGEST_NAME = 38
COLOURS = {
    "kept": "#b8cfe5",
    "works": "#e0a030",
    "void": "#d9d9d9",
    "move": "#1f4e79",
    "wait": "#8a5fbf",
    "critical": "#b3261e",
}
"""Fills; each is at least 3 : 1 against white or carries a dark edge."""


@dataclass(frozen=True)
class Bar:
    """One bar or mark: months ``first``..``last`` (inside the calendar) of a row; ``kind`` as in :data:`COLOURS`."""

    row: str
    group: str
    first: int
    last: int
    kind: str
    words: str
    critical: bool = False


def bars(found: Calendar) -> list[Bar]:
    """Return what the pictures show: buildings kept and left, works, moves, waiting."""
    case, schedule, diary = found.diary.case, found.schedule, found.diary
    s = diary.problem.facts.sites
    chain = dict(found.chain)
    out: list[Bar] = []

    def add(site: int, first: int, last: int, kind: str, words: str, ref: tuple[str, int]) -> None:
        first, last = max(0, first), min(case.months - 1, last)
        if last >= first:
            out.append(Bar(case.sites[site], str(s.partner[site]), first, last, kind, words, ref in chain))

    for k, (x, m) in enumerate(zip(case.exits, schedule.exit, strict=True)):
        add(x.site, 0, m, "kept", f"in use to {diary.tell(m)}, then handed back", ("exit", k))
        add(x.site, m + 1, case.months - 1, "void", "left", ("exit", k))
    for k, (o, m) in enumerate(zip(case.openings, schedule.open, strict=True)):
        add(o.site, m, case.months - 1, "kept", f"open from {diary.tell(m)}", ("open", k))
    for k, (w, m) in enumerate(zip(case.works, schedule.work, strict=True)):
        add(w.site, m - w.months, m - 1, "works", f"works {w.intervention}, done by {diary.tell(m)}", ("work", k))
    for k, v in enumerate(case.moves):
        leave, arrive, wait = schedule.leave[k], schedule.arrive[k], schedule.decant[k]
        title = f"{v.name or v.team}: "
        goal = "closes" if v.closes else f"moves to {case.sites[v.to]}" if v.to != NOWHERE else ""
        if v.home != NOWHERE:
            add(v.home, leave, leave, "move", f"{title}{goal}, {diary.tell(leave)}", ("move", k))
        elif v.to != NOWHERE:
            add(v.to, arrive, arrive, "move", f"{title}moves in, {diary.tell(arrive)}", ("move", k))
        if wait != NOWHERE:
            add(wait, leave, arrive, "wait", f"{title}waits here to {diary.tell(arrive)}", ("move", k))
    return out


def gantt_frame(found: Calendar) -> pd.DataFrame:
    """Return the bars as a table: site_id, partner_id, first_month, last_month (YYYY-MM), kind, what, critical."""
    first = found.diary.months.first
    rows = [
        (b.row, b.group, first(b.first).isoformat()[:7], first(b.last).isoformat()[:7], b.kind, b.words, b.critical)
        for b in bars(found)
    ]
    columns = ["site_id", "partner_id", "first_month", "last_month", "kind", "what", "critical"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["site_id", "first_month", "kind", "what"], ignore_index=True
    )


def gantt_svg(found: Calendar, by: str = "site") -> str:
    """Return the picture by "site" (a row a building) or by "partner" (a row a partner: moves and handbacks counted)."""
    case, diary = found.diary.case, found.diary
    shown = bars(found)
    if by == "partner":
        return _by_partner(found)
    names = dict(zip(diary.problem.facts.sites.ids, diary.problem.facts.sites.name, strict=True))
    end = {b.row: b.last for b in shown if b.kind == "kept"}
    rows = sorted({b.row for b in shown}, key=lambda site: (end.get(site, case.months), site))
    place = {site: n for n, site in enumerate(rows)}
    many: dict[tuple[str, int], list[Bar]] = {}
    parts = []
    for b in shown:
        y = TOP + place[b.row] * ROW
        if b.kind == "move":
            many.setdefault((b.row, b.first), []).append(b)
            continue
        edge = COLOURS["critical"] if b.critical else "#6b6b6b"
        high, down = (6, 12) if b.kind in ("works", "wait") else (14, 3)
        parts.append(
            f'<rect x="{LEFT + b.first * MONTH}" y="{y + down}" width="{(b.last - b.first + 1) * MONTH}" height="{high}" '
            f'fill="{COLOURS[b.kind]}" stroke="{edge}" stroke-width="{2 if b.critical else 0.5}">'
            f"<title>{escape(b.words)}</title></rect>"
        )
    for (site, month), some in sorted(many.items()):
        across, down_to = LEFT + (month + 0.5) * MONTH, TOP + place[site] * ROW + ROW / 2
        fill = COLOURS["critical" if any(b.critical for b in some) else "move"]
        title = escape("; ".join(b.words for b in some))
        parts.append(f'<g><title>{title}</title><circle cx="{across:g}" cy="{down_to:g}" r="7" fill="{fill}"/>')
        parts.append(f'<text x="{across:g}" y="{down_to + 3.5:g}" class="n">{len(some)}</text></g>')
    labels = [_short(str(names.get(site, site))) for site in rows]
    about = (
        f"{len(rows)} buildings over {case.months} months; a circle gives the number of teams that leave in a month."
    )
    return _frame(found, "Calendar by site", about, labels, parts)


def _by_partner(found: Calendar) -> str:
    case, schedule, s = found.diary.case, found.schedule, found.diary.problem.facts.sites
    counts: dict[tuple[str, int], list[int]] = {}
    for k, v in enumerate(case.moves):
        counts.setdefault((v.partner, schedule.arrive[k]), [0, 0])[0] += 1
    for site, m in zip(case.exits, schedule.exit, strict=True):
        counts.setdefault((str(s.partner[site.site]), m), [0, 0])[1] += 1
    rows = sorted({partner for partner, _ in counts})
    place = {partner: n for n, partner in enumerate(rows)}
    parts = []
    for (partner, month), (moves, exits) in sorted(counts.items()):
        x, y = LEFT + month * MONTH, TOP + place[partner] * ROW
        words = escape(
            f"{partner}, {found.diary.tell(month)}: {moves} teams move or close, {exits} buildings handed back"
        )
        fill = COLOURS["kept"] if moves else "#ffffff"
        parts.append(
            f'<g><title>{words}</title><rect x="{x}" y="{y + 2}" width="{MONTH - 1}" height="{ROW - 4}" '
            f'fill="{fill}" stroke="#6b6b6b" stroke-width="{2 if exits else 0.5}"/>'
        )
        parts.append(f'<text x="{x + MONTH / 2:g}" y="{y + 14}" class="d">{moves or ""}</text></g>')
    about = "Teams that move or close in a month; a thick edge marks a month in which a building is handed back."
    return _frame(found, "Calendar by partner", about, [_short(p) for p in rows], parts)


def occupancy_svg(found: Calendar) -> str:
    """Return the strip of rooms in use: a row a building and space, darker where fuller, with a word in each cell's title."""
    from assetopt.calendar.tables import calendar_tables

    frame = calendar_tables(found)["calendar_rooms"].frame
    first = {found.diary.months.first(m).isoformat()[:7]: m for m in range(found.diary.case.months)}
    keys = sorted(set(zip(frame["site_id"], frame["space_type"], strict=True)))
    place = {key: n for n, key in enumerate(keys)}
    parts = []
    rows = zip(
        *(frame[name].tolist() for name in ("site_id", "space_type", "month", "used", "there", "share")), strict=True
    )
    for site, kind, month, used, there, share in rows:
        light = round(96 - 56 * (0.0 if share != share else min(1.0, share)))  # NaN where there is no room
        x, y = LEFT + first[month] * MONTH, TOP + place[site, kind] * ROW
        words = escape(f"{site}, {kind}, {month}: {used:g} of {there:g} in use")
        parts.append(
            f'<rect x="{x}" y="{y + 2}" width="{MONTH - 1}" height="{ROW - 4}" fill="hsl(210 45% {light}%)">'
            f"<title>{words}</title></rect>"
        )
    labels = [_short(f"{site}, {kind}") for site, kind in keys]
    return _frame(
        found, "Rooms in use", "The darker, the fuller, in each month from the first to the last.", labels, parts
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def _frame(found: Calendar, title: str, about: str, labels: Sequence[str], parts: Sequence[str]) -> str:
    months, tell = found.diary.case.months, found.diary.months
    width, height = LEFT + months * MONTH + 10, TOP + len(labels) * ROW + 10
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title><desc>{escape(about)}</desc>',
        "<style>text{font:12px sans-serif;fill:#1a1a1a}.n{fill:#fff;font-size:10px;text-anchor:middle}"
        ".d{font-size:11px;text-anchor:middle}.m{font-size:10px;text-anchor:middle}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for m in range(months):
        day, x = tell.first(m), LEFT + m * MONTH
        strong = day.month == 4
        out.append(
            f'<line x1="{x}" y1="{TOP - 14}" x2="{x}" y2="{height - 10}" '
            f'stroke="{"#6b6b6b" if strong else "#e3e3e3"}" stroke-width="1"/>'
        )
        out.append(f'<text x="{x + MONTH / 2:g}" y="{TOP - 4}" class="m">{day:%b}</text>')
        if strong or m == 0:
            out.append(f'<text x="{x + 2}" y="{TOP - 20}">{day.year}</text>')
    for n, label in enumerate(labels):
        out.append(f'<text x="4" y="{TOP + n * ROW + 14}">{escape(label)}</text>')
    return "\n".join([*out, *parts, "</svg>"])


_DRAWN = {
    "svg": "viewBox width height role aria-label", "title": "", "desc": "", "style": "", "g": "",
    "rect": "x y width height fill stroke stroke-width", "circle": "cx cy r fill", "text": "x y class",
    "line": "x1 y1 x2 y2 stroke stroke-width",
}  # fmt: skip
"""Every element of a picture with its attributes."""


def is_drawing(text: str) -> bool:
    """Say whether a file holds nothing but what is drawn here, so that a page may take it in as it stands."""
    if "<!" in text or "<?" in text:
        return False
    try:
        every = list(ElementTree.fromstring(text).iter())
    except ElementTree.ParseError:
        return False
    names = [str(element.tag).removeprefix("{http://www.w3.org/2000/svg}") for element in every]
    return all(
        name in _DRAWN and set(one.attrib) <= set(_DRAWN[name].split()) for name, one in zip(names, every, strict=True)
    )
