"""From a table as read to a typed one: columns by their names, blank rows gone, defaults filled, keys unique."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.estate.cells import Cells, clean_words, read_cells, text_series
from assetopt.estate.coded import Coded
from assetopt.estate.fields import GROUP, OWN, Column, Record, columns_of
from assetopt.estate.findings import Findings, Place, nearest, shown
from assetopt.estate.raw import RawTable
from assetopt.estate.records import RECORDS
from assetopt.estate.words import clean, clean_header

Bools = npt.NDArray[np.bool_]


@dataclass
class Typed:
    """A table while it is being checked.

    Attributes
    ----------
    place : Place
        Where its rows came from.
    frame : pandas.DataFrame
        Typed columns in contract order, then ``pop_``, then ``x_``.
    coded : dict
        For text columns: the different values.
    given : frozenset of str
        Columns that stood in the source.
    unread : dict
        For each column the rows whose value could not be read; later checks leave them out.
    """

    place: Place
    frame: pd.DataFrame
    coded: dict[str, Coded]
    given: frozenset[str]
    unread: dict[str, Bools] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)


def group_column(name: str) -> Column:
    """Return the column of a population group, ``pop_<group>``."""
    about = f"Residents in the group {name.removeprefix(GROUP)}: people, not a share."
    return Column(name, "number", False, False, (), 0.0, None, "people", "", None, False, about)


def empty_frame(table: str) -> pd.DataFrame:
    """Return a table without rows that has all its columns, of the right types."""
    return _empty_frame(table).copy()


@cache
def _empty_frame(table: str) -> pd.DataFrame:
    return pd.DataFrame({name: _blank(column, 0) for name, column in columns_of(RECORDS[table]).items()})


def _blank(column: Column, rows: int) -> pd.Series:
    """A column that was not given: its contract default, or missing."""
    if column.is_text:
        return pd.Series([str(column.default or "")] * rows, dtype="str")
    if column.kind == "boolean":
        if column.default is None:
            return pd.Series([pd.NA] * rows, dtype="boolean")
        return pd.Series(np.full(rows, bool(column.default)))
    if column.kind == "date":
        return pd.Series(np.full(rows, np.datetime64("NaT"), dtype="datetime64[s]"))
    return pd.Series(np.full(rows, np.nan if column.default is None else float(column.default)))


def read_table(raw: RawTable, findings: Findings) -> Typed:
    """Type a table and tell every cell that cannot be read.

    Parameters
    ----------
    raw : RawTable
        As read.
    findings : Findings
        Takes unknown, double and missing columns, cells, missing values and double keys.
    """
    record = RECORDS[raw.table]
    raw = _without_blank_rows(raw)
    place = Place(raw.table, raw.label, raw.numbers)
    columns = dict(columns_of(record))
    names = _names(raw, record, columns, findings)
    for name in names:
        if name.startswith(GROUP) and record.GROUPS:
            columns[name] = group_column(name)
    if not len(raw.numbers) and record.REQUIRED_TABLE:
        findings.say(raw.label, f"the table has no rows, and {raw.table} is required", "add rows below the header")
    ordered = {**columns_of(record), **columns}
    frame: dict[str, pd.Series] = {}
    coded: dict[str, Coded] = {}
    unread: dict[str, Bools] = {}
    for name, column in ordered.items():
        if name not in names:
            frame[name] = _blank(column, len(raw.numbers))
            if column.required:
                findings.say(f"{raw.label}, {name}", "this column is required and missing", _missing_fix(name, raw))
            continue
        cells = read_cells(column, raw.columns[names[name]], place, findings, raw.commas_unclear)
        if cells.coded is not None:
            coded[name] = cells.coded
        unread[name] = _unread(column, cells)
        may_be_empty = raw.table == "travel" and name == "minutes"
        if column.required and not may_be_empty:
            _tell_missing(place, column, np.flatnonzero(cells.missing), findings)
        frame[name] = _filled(column, cells)
    for name, position in names.items():
        if name.startswith(OWN):
            frame[name] = _untouched(raw.columns[position])
    typed = Typed(place, pd.DataFrame(frame), coded, frozenset(names), unread)
    _tell_double_keys(typed, record, findings)
    return typed


def _missing_fix(name: str, raw: RawTable) -> str:
    near = nearest(name, [h for h in map(clean_header, raw.header) if h and h not in columns_of(RECORDS[raw.table])])
    return f"add it, or rename another column ({near})" if near else "add it"


def _without_blank_rows(raw: RawTable) -> RawTable:
    import pyarrow.compute as pc

    used = np.zeros(len(raw.numbers), dtype=bool)
    for column in raw.columns:
        if used.all():
            return raw
        words = column.words
        if str(words.type) == "string":
            blank = pc.invert(pc.match_substring_regex(words, r"[^\s\x{a0}\x{200b}\x{feff}]"))
            used |= column.spread(~np.array(blank.to_numpy(zero_copy_only=False), dtype=bool), False)
        else:
            used |= column.codes >= 0
    if used.all():
        return raw
    columns = tuple(column.take(used) for column in raw.columns)
    return RawTable(raw.table, raw.label, raw.header, columns, raw.numbers[used], raw.commas_unclear)


def _names(raw: RawTable, record: type[Record], known: dict[str, Column], findings: Findings) -> dict[str, int]:
    """Find the column of each known name; tell headers that are unknown, double or empty."""
    names: dict[str, int] = {}
    for i, written in enumerate(raw.header):
        name = clean(written)
        if name.casefold().startswith(OWN):
            name = OWN + name[len(OWN) :]
        else:
            name = clean_header(written)
            if not name and not written.strip():
                if (raw.columns[i].spread(_filled_words(raw.columns[i]))).any():
                    findings.say(
                        f"{raw.label}, column {i + 1}", "the column has values and no name", "name it, or drop it"
                    )
                continue
            if name not in known and not (record.GROUPS and name.startswith(GROUP)):
                others = [k for k in known if k not in names]
                fix = nearest(name, others) or nearest(name, known)
                advice = "names that start with x_ are your own"
                findings.say(f"{raw.label}, {clean(written)}", "unknown column", f"{fix} ({advice})" if fix else advice)
                continue
        if name in names:
            first = raw.header[names[name]]
            findings.say(
                f"{raw.label}, {clean(written)}", f"the column stands twice ({shown(first)})", "keep one of them"
            )
            continue
        names[name] = i
    return names


def _filled_words(column: Coded) -> Bools:
    return np.array([bool(clean(str(v))) for v in column.words.to_pylist()], dtype=bool)


def _unread(column: Column, cells: Cells) -> Bools:
    """Rows that gave a value which could not be read."""
    empty = (cells.values == "" if column.is_text else cells.values.isna()).to_numpy(dtype=bool)
    return empty & ~cells.missing


def _filled(column: Column, cells: Cells) -> pd.Series:
    values = cells.values
    if column.kind == "boolean":
        return values if column.default is None else values.fillna(bool(column.default)).astype(bool)
    if column.default is None:
        return values
    if column.is_text:
        return values.where(values != "", str(column.default))
    return values.fillna(float(column.default))


def _untouched(column: Coded) -> pd.Series:
    import pyarrow as pa

    words = column.words
    if not pa.types.is_string(words.type):
        words = clean_words(words, False)
    return text_series(words, column.codes)


def _tell_missing(place: Place, column: Column, rows: npt.NDArray[np.intp], findings: Findings) -> None:
    if len(rows):
        choices = "give one of " + ", ".join(column.choices) if column.choices else "give a value"
        findings.rows(place, column.name, rows, "a value is required", choices)


def _tell_double_keys(typed: Typed, record: type[Record], findings: Findings) -> None:
    if any(key not in typed.given and columns_of(record)[key].required for key in record.KEY):
        return
    keys = [key for key in record.KEY if key in typed.given]
    code = np.zeros(len(typed), dtype=np.int64)
    whole = np.ones(len(typed), dtype=bool)
    for key in keys:
        if key in typed.coded:
            part, count = typed.coded[key].codes, len(typed.coded[key].words)
        else:
            numbers, different = pd.factorize(typed.frame[key])
            part, count = numbers.astype(np.int32), len(different)
        whole &= part >= 0
        code = code * (count + 1) + part
    rows = np.flatnonzero(whole)
    double = pd.Series(code[rows]).duplicated().to_numpy()
    if not double.any():
        return
    again = rows[np.isin(code[rows], np.unique(code[rows[double]]))]
    first: dict[int, int] = {}
    for row in again.tolist():
        first.setdefault(int(code[row]), row)

    def what(row: int) -> str:
        values = " + ".join(shown(_plain(typed.frame[key].iloc[row])) for key in keys)
        return f"{values} stands twice, first in row {typed.place.numbers[first[int(code[row])]]}"

    findings.rows(typed.place, ", ".join(keys), rows[double], what, "keys must differ; take one of the rows out")


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def stacked(raw: RawTable) -> RawTable:
    """Turn a wide travel table (zones down, sites across) into a long one; other tables are returned as they are.

    A long travel table has a column ``site_id`` or ``minutes``. In a wide one every column beside ``zone_id`` and
    ``mode`` (and ``source``, ``as_of``, ``confidence``, ``x_...``) is a site. Empty pairs are left out.
    """
    import pyarrow as pa

    names = [clean_header(name) for name in raw.header]
    if raw.table != "travel" or "zone_id" not in names or {"site_id", "minutes"} & set(names):
        return raw
    keep = [i for i, n in enumerate(names) if n in ("zone_id", "mode", *Record.model_fields) or n.startswith(OWN)]
    sites = [i for i in range(len(names)) if i not in keep and clean(raw.header[i])]
    rows = len(raw.numbers)
    index = np.repeat(np.arange(rows), len(sites))
    site_codes = np.tile(np.arange(len(sites), dtype=np.int32), rows)
    words = [clean(raw.header[i]) for i in sites]
    parts, offset, codes = [], 0, np.full((rows, len(sites)), -1, dtype=np.int32)
    for j, i in enumerate(sites):
        column = raw.columns[i]
        text = column.words if pa.types.is_string(column.words.type) else clean_words(column.words, False)
        codes[:, j] = np.where(column.codes < 0, -1, column.codes + offset)
        parts.append(text)
        offset += len(text)
    minutes = Coded(codes.ravel(), pa.concat_arrays(parts) if parts else pa.array([], pa.string()))
    columns = [raw.columns[i].take(index) for i in keep]
    header = [raw.header[i] for i in keep] + ["site_id", "minutes"]
    columns += [Coded(site_codes, pa.array(words, pa.string())), minutes]
    return RawTable(raw.table, raw.label, tuple(header), tuple(columns), raw.numbers[index], raw.commas_unclear)
