"""From what stands in a column to typed values: every different value is read once, and what cannot be read is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.errors import Severity
from assetopt.estate import words as w
from assetopt.estate.coded import Coded, Codes, as_text
from assetopt.estate.fields import Column
from assetopt.estate.findings import Findings, Place, nearest, shown

if TYPE_CHECKING:
    import pyarrow as pa

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_DIRTY = r"^\s|\s$|[\x{a0}\x{2007}\x{202f}\x{200b}\x{2060}\x{feff}]"
_DIRTY_ID = r"^\s|\s$|[^\x00-\x7f]"
_PLAIN = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_PLACED = ("lat", "lon", "easting", "northing")

NOBODY = ("none", "nobody", "no one", "nothing", "no-one")
"""Words that mean nobody in a list whose empty cell means all."""


@dataclass(frozen=True)
class Cells:
    """The typed values of a column.

    Attributes
    ----------
    values : pandas.Series
        One a row: text, float64, bool or boolean, or datetime64.
    missing : array of bool, shape (rows,)
        No value was given (a value that could not be read counts as given).
    coded : Coded or None
        Text columns keep their different values.
    """

    values: pd.Series
    missing: Bools
    coded: Coded | None = None


def read_cells(column: Column, coded: Coded, place: Place, findings: Findings, commas_unclear: bool = False) -> Cells:
    """Read a column.

    Parameters
    ----------
    column : Column
        What is asked of it.
    coded : Coded
        What was read.
    place : Place
        Where its rows are, for messages.
    findings : Findings
        Takes every value that cannot be read or is out of range.
    commas_unclear : bool
        Whether a comma in a number may be a decimal comma.
    """
    teller = _Teller(column, coded, place, findings)
    if column.several:
        return _several(teller)
    if column.kind == "text":
        return _text(teller)
    if column.is_number:
        return _numbers(teller, commas_unclear)
    return (
        _choices(teller)
        if column.kind == "choice"
        else _booleans(teller)
        if column.kind == "boolean"
        else _dates(teller)
    )


def text_series(words: pa.Array, codes: Codes) -> pd.Series:
    """Return text for every row; code -1 is an empty text."""
    import pyarrow as pa

    every = pa.concat_arrays([words.cast(pa.large_string()), pa.array([""], pa.large_string())])
    index = np.where(codes < 0, np.int32(len(words)), codes)
    return pd.Series(every.take(pa.array(index)).to_pandas(), dtype="str")


@dataclass(frozen=True)
class _Teller:
    """The column at hand, and how to complain about words of it."""

    column: Column
    coded: Coded
    place: Place
    findings: Findings

    def texts(self) -> list[str]:
        """Every different value as cleaned text."""
        return [w.clean(as_text(v)) for v in self.coded.words.to_pylist()]

    def tell(
        self,
        wrong: Bools,
        what: Callable[[str], str],
        fix: str | Callable[[str], str] = "",
        severity: Severity = "fault",
    ) -> None:
        if not wrong.any():
            return
        rows = np.flatnonzero(self.coded.spread(wrong))
        word = self.coded.word
        would_do = fix if isinstance(fix, str) else lambda row: fix(word(row))
        self.findings.rows(self.place, self.column.name, rows, lambda row: what(word(row)), would_do, severity)


def _text(teller: _Teller) -> Cells:
    words = clean_words(teller.coded.words, teller.column.identifier)
    coded = _recode(teller.coded.codes, words)
    missing = coded.codes < 0
    return Cells(text_series(coded.words, coded.codes), missing, coded)


def clean_words(words: pa.Array, identifier: bool) -> pa.Array:
    """Return words as cleaned text, with an empty text for those that mean a missing value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(words.type):
        words = pa.array([as_text(v) for v in words.to_pylist()], pa.string())
    dirty = pc.match_substring_regex(words, _DIRTY_ID if identifier else _DIRTY)
    if pc.any(dirty).as_py():
        clean = w.clean_identifier if identifier else w.clean
        cleaned = pa.array([clean(v) for v in words.filter(dirty).to_pylist()], pa.string())
        words = pc.replace_with_mask(words, dirty, cleaned)
    return _without(words, w.MISSING_TEXT)


def _without(words: pa.Array, missing: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = pc.is_in(pc.utf8_lower(words), value_set=pa.array(missing))
    return pc.if_else(gone, "", words) if pc.any(gone).as_py() else words


def _recode(codes: Codes, words: pa.Array) -> Coded:
    """Number the cleaned words anew: equal ones get one number, empty ones get -1."""
    import pyarrow as pa
    import pyarrow.compute as pc

    again = pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words).dictionary_encode()
    number = again.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return Coded(np.append(number, np.int32(-1))[codes], again.dictionary)


def _numbers(teller: _Teller, commas_unclear: bool) -> Cells:
    column = teller.column
    values, missing, left = _fast_numbers(teller.coded.words)
    hints: dict[str, str] = {}
    wrong = np.zeros(len(values), dtype=bool)
    for i in left.tolist():
        raw = as_text(teller.coded.words[i].as_py())
        text = w.clean(raw)
        if w.is_missing(text):
            missing[i] = True
            continue
        number, hint = w.read_number(text, column.is_share, commas_unclear)
        if number is None:
            wrong[i], hints[raw] = True, hint
        else:
            values[i] = number
    teller.tell(wrong, lambda v: f"{shown(v)} is not a number", lambda v: hints[v])
    if column.name not in _PLACED:
        _tell_range(teller, values)
    spread_missing = teller.coded.spread(missing, True)
    every = np.append(values, np.nan)[teller.coded.codes]
    return Cells(pd.Series(every), spread_missing)


def _fast_numbers(words: pa.Array) -> tuple[Floats, Bools, npt.NDArray[np.intp]]:
    """Read plain numbers at once; return values, which words are missing, and the positions still to be read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(words.type) or pa.types.is_floating(words.type):
        values = np.array(words.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        return values, np.isnan(values), np.flatnonzero(np.isinf(values))
    if not pa.types.is_string(words.type):
        words = pa.array([as_text(v) for v in words.to_pylist()], pa.string())
    empty = pc.equal(words, "")
    plain = pc.match_substring_regex(words, _PLAIN)
    numbers = pc.if_else(plain, words, pa.scalar(None, pa.string())).cast(pa.float64())
    values = np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
    missing = np.array(empty.to_numpy(zero_copy_only=False), dtype=bool)
    return values, missing, np.flatnonzero(~np.isfinite(values) & ~missing)


def _tell_range(teller: _Teller, values: Floats) -> None:
    column = teller.column
    low, high = column.low, column.high
    with np.errstate(invalid="ignore"):
        outside = np.zeros(len(values), dtype=bool)
        outside |= values < low if low is not None else False
        outside |= values > high if high is not None else False
        broken = (
            (values != np.floor(values)) & np.isfinite(values) if column.kind == "integer" else np.zeros_like(outside)
        )
    if low is not None and high is not None:
        asked = f"it must be between {low:g} and {high:g}"
        if column.is_share:
            asked += "; write 12.5 % as 0.125 or 12.5%"
    else:
        asked = f"it must be at least {low:g}" if low is not None else f"it must be at most {high or 0:g}"
    if column.unit == "minutes":
        asked += "; leave a pair that cannot be reached out, or its minutes empty"
    teller.tell(outside, lambda v: f"{shown(v)} is out of range ({column.unit})", asked)
    teller.tell(broken & ~outside, lambda v: f"{shown(v)} is not a whole number", "give a whole number")


def _booleans(teller: _Teller) -> Cells:
    texts = teller.texts()
    read = [w.read_boolean(t) for t in texts]
    missing = np.array([b is None and w.is_missing(t) for b, t in zip(read, texts, strict=True)], dtype=bool)
    wrong = np.array([b is None for b in read], dtype=bool) & ~missing
    teller.tell(wrong, lambda v: f"{shown(v)} is neither yes nor no", "give yes or no")
    known = np.append(np.array([b is None for b in read], dtype=bool), True)[teller.coded.codes]
    truth = np.append(np.array([bool(b) for b in read], dtype=bool), False)[teller.coded.codes]
    return Cells(pd.Series(pd.arrays.BooleanArray(truth, known)), teller.coded.spread(missing, True))


def _choices(teller: _Teller) -> Cells:
    import pyarrow as pa

    choices, texts = teller.column.choices, teller.texts()
    read = [w.read_choice(t, choices) for t in texts]
    missing = np.array([c is None and w.is_missing(t) for c, t in zip(read, texts, strict=True)], dtype=bool)
    wrong = np.array([c is None for c in read], dtype=bool) & ~missing
    teller.tell(wrong, lambda v: f"{shown(v)} is not known here", lambda v: _one_of(v, choices))
    coded = _recode(teller.coded.codes, pa.array([c or "" for c in read], pa.string()))
    return Cells(text_series(coded.words, coded.codes), teller.coded.spread(missing, True), coded)


def _one_of(value: str, choices: tuple[str, ...]) -> str:
    near = nearest(w.clean_header(value), choices)
    listed = "give one of " + ", ".join(choices)
    return f"{near} ({listed})" if near else listed


def _dates(teller: _Teller) -> Cells:
    texts = teller.texts()
    read = [w.read_date(t) for t in texts]
    missing = np.array([d is None and w.is_missing(t) for (d, _, _), t in zip(read, texts, strict=True)], dtype=bool)
    _tell_dates(teller, texts, missing)
    days = np.array([d or "NaT" for d, _, _ in read] + ["NaT"], dtype="datetime64[s]")
    return Cells(pd.Series(days[teller.coded.codes]), teller.coded.spread(missing, True))


def _tell_dates(teller: _Teller, texts: list[str], missing: Bools) -> None:
    parts = [[w.read_date(p) for p in _parts(t)] for t in texts]
    wrong = np.array([any(d is None for d, _, _ in p) for p in parts], dtype=bool) & ~missing
    british = np.array([any(b for _, b, _ in p) for p in parts], dtype=bool) & ~missing & ~wrong

    def hint(value: str) -> str:
        read = (w.read_date(p) for p in _parts(w.clean(value)))
        return next(fix for found, _, fix in read if found is None)

    teller.tell(wrong, lambda v: f"{shown(v)} is not a date", hint)
    if british.any():
        count = int(teller.coded.spread(british).sum())
        example = texts[int(np.flatnonzero(british)[0])]
        where = f"{teller.place.label}, {teller.column.name}"
        what = f"{count:,} dates are written like {shown(example)} and were read as day/month/year"
        teller.findings.say(where, what, "write dates as YYYY-MM-DD", "warning")


def _parts(text: str) -> list[str]:
    return [part for part in (w.clean(p) for p in text.split(";")) if part]


def _several(teller: _Teller) -> Cells:
    """Several values in a cell, held as text with ``;`` between them; each is read as a single one would be."""
    import pyarrow as pa

    column, texts = teller.column, teller.texts()
    missing = np.array([w.is_missing(t) for t in texts], dtype=bool)
    if column.default == "all":  # empty means all, so a word for nobody must not be read as empty
        nobody = np.array([t.casefold() in NOBODY or bool(t and not _parts(t)) for t in texts], dtype=bool)
        teller.tell(nobody, lambda v: f"{shown(v)} allows nobody", lambda _: "name those that it allows, or all")
    joined: list[str] = []
    if column.kind == "date":
        _tell_dates(teller, texts, missing)
        for text in texts:
            days = sorted({d.isoformat() for d, _, _ in map(w.read_date, _parts(text)) if d})
            joined.append(";".join(days))
    elif column.kind == "choice":
        read = [[(p, w.read_choice(p, column.choices)) for p in _parts(t)] for t in texts]
        wrong = np.array([any(c is None for _, c in parts) for parts in read], dtype=bool) & ~missing

        def hint(value: str) -> str:
            parts = _parts(w.clean(value))
            return next(_one_of(p, column.choices) for p in parts if w.read_choice(p, column.choices) is None)

        teller.tell(wrong, lambda v: f"{shown(v)} is not known here", hint)
        joined = [";".join(dict.fromkeys(c for _, c in parts if c)) for parts in read]
    else:
        joined = [";".join(dict.fromkeys(w.clean_identifier(p) for p in _parts(t))) for t in texts]
        joined = ["" if gone else text for gone, text in zip(missing, joined, strict=True)]
    coded = _recode(teller.coded.codes, pa.array(joined, pa.string()))
    return Cells(text_series(coded.words, coded.codes), teller.coded.spread(missing, True), coded)
