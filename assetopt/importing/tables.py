"""The tables of a data package from entries: what the register says, and, marked as assumed, who is in each building."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dict

import pandas as pd

from assetopt.estate.fields import OWN, columns_of
from assetopt.estate.records import RECORDS
from assetopt.importing.entries import NO_PLACE, SITE, SPACE, Entry
from assetopt.importing.mapping import Mapping
from assetopt.report.csv_text import harmless

WHOLE = "building"
"""The kind of space of a site of which no space is known: one unit, and its occupier takes all of it."""


def package_tables(
    entries: Sequence[Entry], mappings: Sequence[Mapping], partners: Dict[str, Dict[str, str]]
) -> dict[str, pd.DataFrame]:
    """Return the five required tables as text.

    Every site in use has one team, its occupier, that does not move: a register does not say who is inside. Its need
    is the space that the register does not call empty or under-used, or the whole building where no space is known.
    """
    sites, spaces, teams, needs = [], [], [], []
    for entry, mapping in zip(entries, mappings, strict=True):
        if entry.outcome != SITE:
            continue
        sites.append(site_row(entry, mapping))
        known = {
            k.removeprefix(SPACE): v
            for k, v in entry.facts.items()
            if k.startswith(SPACE) and isinstance(v, float) and v > 0
        }
        area, idle = entry.number("gia_m2"), entry.number("idle_m2") or 0.0
        used = max(0.0, 1.0 - idle / area) if area else 1.0
        marks = {"source": mapping.source, "as_of": mapping.as_of}
        given = marks | {"confidence": "A" if known else "C"}
        known = known or {WHOLE: 1.0}
        spaces += [_texts({"site_id": entry.site_id, "space_type": k, "capacity": v}) | given for k, v in known.items()]
        if entry.text("use_status") in ("vacant", "surplus"):
            continue
        team = f"{entry.site_id}/{mapping.occupier.service_type}"
        guessed = marks | {"confidence": "C"}
        teams.append(
            {
                "team_id": team,
                "partner_id": entry.text("partner_id"),
                "name": mapping.occupier.name.replace("{site}", _name(entry)),
                "service_type": mapping.occupier.service_type,
                "site_id": entry.site_id,
                "movable": "no",
            }
            | guessed
        )
        needs += [_texts({"team_id": team, "space_type": k, "amount": v * used}) | guessed for k, v in known.items()]
    owners = {row["partner_id"] for row in sites}
    return {
        "partners": _frame("partners", [dict(row) for name, row in sorted(partners.items()) if name in owners]),
        "sites": _frame("sites", sites),
        "spaces": _frame("spaces", spaces),
        "teams": _frame("teams", teams),
        "needs": _frame("needs", needs),
    }


def unplaced_table(entries: Iterable[Entry], mappings: Iterable[Mapping]) -> pd.DataFrame:
    """Return the rows of ``sites`` that only lack a place, ready for coordinates to be filled in."""
    pairs = zip(entries, mappings, strict=True)
    rows = [site_row(entry, mapping) for entry, mapping in pairs if entry.outcome == NO_PLACE]
    table = _frame("sites", rows)
    for axis in ("easting", "northing"):
        table[axis] = table.get(axis, "")
    return table


def site_row(entry: Entry, mapping: Mapping) -> dict[str, str]:
    """Return a row of ``sites``; an unnamed building is called by its postcode, UPRN or code."""
    known = columns_of(RECORDS["sites"])
    facts = {k: v for k, v in entry.facts.items() if k in known or k.startswith(OWN)}
    row = _texts(facts | {"site_id": entry.site_id, "name": _name(entry)})
    row |= {"x_register": entry.register, "x_register_row": str(entry.row), "x_code": entry.text("code")}
    return row | {"source": mapping.source, "as_of": mapping.as_of, "confidence": "B"}


def _name(entry: Entry) -> str:
    ways = ("name", "x_address", "postcode", "uprn", "code")
    return next((entry.text(way) for way in ways if entry.text(way)), entry.site_id)


def _texts(row: Dict[str, str | float]) -> dict[str, str]:
    return {k: v if isinstance(v, str) else f"{v:.10g}" for k, v in row.items()}


def _frame(table: str, rows: Sequence[Dict[str, str]]) -> pd.DataFrame:
    first = [name for name in columns_of(RECORDS[table]) if any(name in row for row in rows)]
    own = sorted({name for row in rows for name in row if name.startswith(OWN)})
    return pd.DataFrame(
        [[_inert(row.get(name, "")) for name in (*first, *own)] for row in rows], columns=[*first, *own], dtype="str"
    )


def _inert(text: str) -> str:
    """Return text that no spreadsheet runs: the package is opened in one, and its register was written by others."""
    try:
        float(text)
    except ValueError:
        return harmless(text)
    return text
