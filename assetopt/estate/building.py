"""Making an estate from tables as read: type them, fill what the contract fills, and check them against each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetopt.errors import DataError
from assetopt.estate.access import check_access
from assetopt.estate.consistency import check_consistency
from assetopt.estate.estate import Estate
from assetopt.estate.findings import Findings, nearest
from assetopt.estate.matrices import renamed
from assetopt.estate.minutes import check_minutes
from assetopt.estate.money import check_money
from assetopt.estate.plausibility import check_plausibility, check_units
from assetopt.estate.positions import PLACED_TABLES, fill_positions
from assetopt.estate.raw import RawTable, SourceFile
from assetopt.estate.records import RECORDS, REQUIRED_TABLES
from assetopt.estate.records.partners import PRIVATE_SECTORS
from assetopt.estate.records.places import ASSUMED_TENURE
from assetopt.estate.references import check_references
from assetopt.estate.typed import Typed, empty_frame, read_table, stacked


def build_estate(
    name: str,
    raws: Sequence[RawTable],
    files: Sequence[SourceFile] = (),
    findings: Findings | None = None,
    tried: frozenset[str] = frozenset(),
) -> Estate:
    """Return the estate, or raise every fault at once.

    Parameters
    ----------
    name : str
        Name of the estate.
    raws : sequence of RawTable
        The tables that were found.
    files : sequence of SourceFile
        The files they were read from.
    findings : Findings, optional
        What was already found while reading the files.
    tried : frozenset of str
        Tables that were found but may have been unreadable, which `findings` then says; they are not called missing.

    Raises
    ------
    DataError
        With all faults of all tables.
    """
    found = findings if findings is not None else Findings()
    by_table = {raw.table: raw for raw in raws}
    for table in REQUIRED_TABLES:
        if table not in by_table and table not in tried:
            found.say(table, f"the table {table} is required and missing", f"add {table}, with a header and rows")
    tables: dict[str, Typed] = {}
    for table in RECORDS:
        if table in by_table:
            tables[table] = read_table(stacked(renamed(by_table[table])), found)
            if table in PLACED_TABLES:
                fill_positions(tables[table], found)
    _fill_dependent_defaults(tables, found)
    _without_unreachable_pairs(tables)
    check_references(tables, found)
    check_access(tables, found)
    check_consistency(tables, found)
    check_minutes(tables, found)
    check_money(tables, found)
    check_units(tables, found)
    if not found.faults:
        check_plausibility(tables, found)
    if found.faults:
        raise DataError(found.faults)
    frames = {table: tables[table].frame if table in tables else empty_frame(table) for table in RECORDS}
    present = frozenset(table for table, frame in frames.items() if len(frame))
    return Estate(name, frames, present, tuple(found.warnings), tuple(files))


def unknown_table(name: str) -> str:
    """Return what would do for a table name that is not in the contract."""
    near = nearest(name, RECORDS)
    return near or "tables are " + ", ".join(RECORDS)


def _fill_dependent_defaults(tables: dict[str, Typed], findings: Findings) -> None:
    """Fill contract defaults that depend on another column."""
    if partners := tables.get("partners"):
        frame = partners.frame
        public = pd.Series(~frame["sector"].isin(PRIVATE_SECTORS).to_numpy(), dtype="boolean")
        frame["public_purse"] = frame["public_purse"].fillna(public).astype(bool)
    if sites := tables.get("sites"):
        frame = sites.frame
        _assume(sites, "tenure", ASSUMED_TENURE, findings)
        by_tenure = pd.Series(np.where(frame["tenure"] == "freehold", "sell", "hand_back"), dtype="str")
        frame["on_exit"] = frame["on_exit"].where(frame["on_exit"] != "", by_tenure)
    if works := tables.get("interventions"):
        frame = works.frame
        if sites is not None:
            owner = sites.frame.drop_duplicates("site_id").set_index("site_id")["partner_id"]
            by_site = frame["site_id"].map(owner).astype("str").fillna("")
            frame["payer_partner_id"] = frame["payer_partner_id"].where(frame["payer_partner_id"] != "", by_site)


def _assume(typed: Typed, column: str, value: str, findings: Findings) -> None:
    """Fill an empty text with an assumed value and warn with the count."""
    frame = typed.frame
    empty = (frame[column] == "").to_numpy(dtype=bool)
    said = int((empty & ~typed.unread.get(column, np.zeros(len(frame), dtype=bool))).sum())
    if said:
        what = f"{said:,} of {len(frame):,} rows have no {column}; {value} is assumed"
        findings.say(f"{typed.place.label}, {column}", what, f"give the {column} of each row", "warning")
    frame[column] = frame[column].where(frame[column] != "", value)


def _without_unreachable_pairs(tables: dict[str, Typed]) -> None:
    """Leave out travel rows without minutes: a pair that is not listed cannot be reached."""
    travel = tables.get("travel")
    if travel is None or "minutes" not in travel.given:
        return
    reached = travel.frame["minutes"].notna().to_numpy() | travel.unread["minutes"]
    if not reached.all():
        travel.frame = travel.frame.loc[reached].reset_index(drop=True)
        travel.coded = {name: coded.take(reached) for name, coded in travel.coded.items()}
        travel.unread = {name: rows[reached] for name, rows in travel.unread.items()}
        travel.place = type(travel.place)(travel.place.table, travel.place.label, travel.place.numbers[reached])
