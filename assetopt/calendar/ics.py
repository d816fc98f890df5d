"""Milestones as an iCalendar file (RFC 5545): all-day events with fixed identifiers, so that a new file updates an old one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

LINE = 75
"""Octets in a line; longer ones are folded."""


def ics_text(name: str, stamp: date, events: Iterable[tuple[date, str, str, str]]) -> str:
    """Return the calendar.

    Parameters
    ----------
    name : str
        Of the calendar.
    stamp : date
        Stands in DTSTAMP in place of the clock, so that the same calendar gives the same bytes.
    events : iterable of (day, kind, subject, words)
        ``kind`` and ``subject`` identify an event; its day and words may change from one file to the next.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//assetopt//calendar//EN", "CALSCALE:GREGORIAN",
             f"X-WR-CALNAME:{escaped(name)}"]  # fmt: skip
    seen: dict[str, int] = {}
    for day, kind, subject, words in events:
        key = f"{kind}\x00{subject}"
        seen[key] = seen.get(key, 0) + 1
        uid = hashlib.sha256(f"{key}\x00{seen[key]}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}@assetopt",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(words)}",
            f"CATEGORIES:{escaped(kind)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Return text as RFC 5545 writes it; control characters go."""
    plain = "".join(c if c == "\n" or (ord(c) >= 32 and ord(c) != 127) else " " for c in text.replace("\r\n", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """Return a line cut after at most 75 octets, never inside a character, each further line led by a space."""
    parts, room, part = [], LINE, b""
    for character in line:
        octets = character.encode("utf-8")
        if len(part) + len(octets) > room:
            parts.append(part)
            part, room = b"", LINE - 1
        part += octets
    parts.append(part)
    return "\r\n ".join(p.decode("utf-8") for p in parts)
