"""Registers become a data package that `assetopt check` reads, with a list of what became of every row and cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assetopt.estate import Estate
from assetopt.importing.entries import NO_PLACE, OUTCOMES, Entry, read_entries, used_headers
from assetopt.importing.mapping import Mapping
from assetopt.importing.places import mark_repeats, mark_shared, name_sites
from assetopt.importing.positions import clean_partner, locate, read_postcodes
from assetopt.importing.sources import Register, read_register
from assetopt.importing.tables import package_tables, unplaced_table
from assetopt.importing.values import is_sentinel, tidy_text


@dataclass(frozen=True)
class Imported:
    """What came of an import.

    Attributes
    ----------
    registers : tuple of Register
        As read.
    entries : tuple of Entry
        One for every row of every register, in order.
    estate : Estate or None
        The data package; None where no row has both an owner and a place.
    unplaced : pandas.DataFrame
        Rows of ``sites`` that only lack a place.
    headers : dict
        Header to the facts it tells, by register.
    sentinels : dict
        Cells that hold a word for a missing value, in all columns read or not: count by word.
    """

    registers: tuple[Register, ...]
    entries: tuple[Entry, ...]
    estate: Estate | None
    unplaced: pd.DataFrame
    headers: dict[str, dict[str, str]]
    sentinels: dict[str, int]

    @property
    def outcomes(self) -> dict[str, int]:
        """Rows by what became of them; they add up to the rows read."""
        counted = Counter(entry.outcome for entry in self.entries)
        return {outcome: counted[outcome] for outcome in OUTCOMES}

    @property
    def reasons(self) -> dict[str, int]:
        """Rows left out and rows without a place, by reason."""
        kept = (e.reason for e in self.entries if e.outcome in ("left out", NO_PLACE))
        return dict(sorted(Counter(kept).items()))

    @property
    def defects(self) -> dict[str, int]:
        """What was odd about cells and rows, counted by kind, and headers that stand twice."""
        counted = Counter(odd.defect for entry in self.entries for odd in entry.odd)
        counted["header stands twice"] = sum(len(register.repeated) for register in self.registers)
        counted["file read as Windows-1252"] = sum("Windows-1252" in n.what for r in self.registers for n in r.notes)
        return {kind: count for kind, count in sorted(counted.items()) if count}

    def as_dict(self) -> dict[str, object]:
        """Return the counts as a JSON object."""
        return {
            "registers": [{"file": r.label, "sha256": r.sha256, "rows": len(r.cells)} for r in self.registers],
            "outcomes": self.outcomes,
            "reasons": self.reasons,
            "defects": self.defects,
            "sentinels": self.sentinels,
            "headers_not_read": sum(fact == "not read" for heads in self.headers.values() for fact in heads.values()),
            "warnings": [str(issue) for issue in self.estate.warnings] if self.estate else [],
        }


def import_registers(parts: Sequence[tuple[Mapping, Path]], postcodes: Path | None = None) -> Imported:
    """Read registers together, so that buildings that several partners name are met.

    Parameters
    ----------
    parts : sequence of (Mapping, pathlib.Path)
        Each register with its mapping.
    postcodes : pathlib.Path, optional
        A table with postcode, easting and northing (or lat and lon), for rows without coordinates.

    Raises
    ------
    DataError
        Where a file cannot be read, or its headers tell neither owner nor name.
    """
    places = read_postcodes(postcodes) if postcodes else {}
    registers, entries, headers = [], [], {}
    partners: dict[str, dict[str, str]] = {}
    origin: dict[int, Mapping] = {}
    for mapping, path in parts:
        wanted = tuple(name for source in mapping.columns.values() for name in source.headers)
        register = read_register(path, wanted)
        rows = read_entries(register, mapping)
        for name, partner in clean_partner(rows, mapping.sector).items():
            partners.setdefault(name, partner)
        registers.append(register)
        headers[register.label] = used_headers(register, mapping)
        origin.update((id(entry), mapping) for entry in rows)
        entries += rows
    name_sites(entries)
    mark_repeats(entries)
    locate(entries, places)
    mark_shared(entries)
    mapped = [origin[id(entry)] for entry in entries]
    tables = package_tables(entries, mapped, partners)
    estate = Estate.from_frames("imported", **tables) if len(tables["sites"]) else None
    unplaced = unplaced_table(entries, mapped)
    return Imported(tuple(registers), tuple(entries), estate, unplaced, headers, _sentinels(registers))


def _sentinels(registers: Sequence[Register]) -> dict[str, int]:
    cells = (tidy_text(cell) for register in registers for row in register.cells for cell in row)
    return dict(sorted(Counter(text.casefold() for text in cells if text and is_sentinel(text)).items()))
