"""Each row of a register as an entry: its facts, what was odd about its cells, and whether it is a building at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace

from assetopt.errors import DataError, Issue
from assetopt.estate.fields import Column
from assetopt.estate.findings import nearest
from assetopt.importing.mapping import Filter, Mapping, Source
from assetopt.importing.sources import Register, header_key
from assetopt.importing.values import (
    Oddity,
    column_of,
    fits,
    is_sentinel,
    postcode_in,
    read_amount,
    read_word,
    tidy_text,
)

Fact = str | float
SITE, LEFT_OUT, MERGED, NO_PLACE = "site", "left out", "merged", "no place"
OUTCOMES = (SITE, MERGED, NO_PLACE, LEFT_OUT)
"""What may become of a row; every row has exactly one."""

SPACE = "space:"
_UPRN = re.compile(r"\d{1,12}")


@dataclass
class Entry:
    """One row on its way to the data package.

    Attributes
    ----------
    register : str
        Label of the register.
    row : int
        As a spreadsheet numbers it.
    facts : dict
        Text and numbers by fact, in the units of the data package; kinds of space under ``space:KIND``.
    odd : list of Oddity
        What was met in its cells and what was done about it.
    outcome, reason : str
        One of `OUTCOMES`, and why.
    site_id : str
        The site it became or joined.
    """

    register: str
    row: int
    facts: dict[str, Fact] = field(default_factory=dict)
    odd: list[Oddity] = field(default_factory=list)
    outcome: str = SITE
    reason: str = ""
    site_id: str = ""

    def text(self, fact: str) -> str:
        """Return a fact as text, empty where missing."""
        return str(self.facts.get(fact, ""))

    def number(self, fact: str) -> float | None:
        """Return a fact as a number, None where missing."""
        value = self.facts.get(fact)
        return value if isinstance(value, float) else None

    def say(self, column: str, value: str, defect: str, done: str) -> None:
        """Write down one oddity, once: a cell may be read for two facts."""
        odd = Oddity(column, value, defect, done)
        if odd not in self.odd:
            self.odd.append(odd)

    def leave(self, reason: str) -> None:
        """Leave the row out, and say why."""
        self.outcome, self.reason = LEFT_OUT, reason


def read_entries(register: Register, mapping: Mapping) -> list[Entry]:
    """Return one entry for every row of a register, in its order.

    Raises
    ------
    DataError
        Where no header tells who owns a row, or what it is called.
    """
    at = {key: i for i, key in reversed(list(enumerate(register.keys))) if key}
    _demand_headers(register, mapping, at)
    wanted = [(fact, source, column_of(fact)) for fact, source in mapping.columns.items()]
    wanted += [(f"{SPACE}{kind}", source, column_of(kind, space=True)) for kind, source in mapping.spaces.items()]
    return [_entry(register, i, mapping, wanted, at) for i in range(len(register.cells))]


def used_headers(register: Register, mapping: Mapping) -> dict[str, str]:
    """Return every header of a register with the facts it tells, ``left out by it`` and ``not read``."""
    facts: dict[str, list[str]] = {}
    for fact, source in [*mapping.columns.items(), *((f"{SPACE}{k}", s) for k, s in mapping.spaces.items())]:
        for name in source.headers:
            facts.setdefault(header_key(name), []).append(fact)
    for rule in mapping.leave_out:
        for name in rule.column:
            facts.setdefault(header_key(name), []).append("leaves rows out")
    return {
        f"{i + 1} {name}": "; ".join(dict.fromkeys(facts.get(key, []))) or "not read"
        for i, (name, key) in enumerate(zip(register.header, register.keys, strict=True))
    }


def _demand_headers(register: Register, mapping: Mapping, at: Dict[str, int]) -> None:
    issues = []
    for fact in ("partner_id", "name"):
        source = mapping.columns[fact]
        if not source.constant and not any(header_key(name) in at for name in source.headers):
            near = next(filter(None, (nearest(name, [h for h in register.header if h]) for name in source.headers)), "")
            what = f"no header tells {fact}: looked for {', '.join(source.headers)}"
            fix = near or f"say in a mapping.toml which of these does: {', '.join(register.header)[:300]}"
            issues.append(Issue(f"{register.label}, row 1", what, fix))
    if issues:
        raise DataError(issues)


def _entry(
    register: Register, i: int, mapping: Mapping, wanted: list[tuple[str, Source, Column]], at: Dict[str, int]
) -> Entry:
    cells = register.cells[i]
    entry = Entry(register.label, register.numbers[i])
    if not any(tidy_text(cell) for cell in cells):
        entry.leave("blank row")
        return entry
    for fact, source, column in wanted:
        _read(entry, fact, source, column, cells, at)
    for rule in mapping.leave_out:
        if _applies(rule, cells, at) and not (rule.unless and _applies(rule.unless, cells, at)):
            entry.leave(rule.reason)
            break
    if entry.outcome == SITE and not entry.text("partner_id"):
        entry.leave("no partner named")
    return entry


def _applies(rule: Filter, cells: tuple[str, ...], at: Dict[str, int]) -> bool:
    for name in rule.column:
        if header_key(name) in at:
            text = tidy_text(cells[at[header_key(name)]])
            return bool(text) and not is_sentinel(text) and fits(text, rule.values)
    return False


def _given(
    entry: Entry, fact: str, names: tuple[str, ...], cells: tuple[str, ...], at: Dict[str, int]
) -> Iterator[tuple[str, str]]:
    """Give header and text of every cell that says something; sentinels and line breaks are written down."""
    for name in names:
        place = at.get(header_key(name))
        if place is None:
            continue
        raw = cells[place]
        text = tidy_text(raw)
        if "\n" in raw.strip("\n\r ") or "\r" in raw or raw.startswith(("\n", " \n")) or raw.endswith("\n"):
            entry.say(name, text, "line break inside the cell", "read as one line")
        elif "\u00a0" in raw:
            entry.say(name, text, "no-break space", "read as a space")
        if text and is_sentinel(text):
            entry.say(name, text, "word for a missing value", f"{fact} not taken from it")
        elif text:
            yield name, text


def _read(entry: Entry, fact: str, source: Source, column: Column, cells: tuple[str, ...], at: Dict[str, int]) -> None:
    if source.constant:
        given = iter([("constant", source.constant)])
    elif source.sum:
        _sum(entry, fact, source, column, cells, at)
        return
    elif source.join:
        parts = [text for _, text in _given(entry, fact, source.join, cells, at)]
        given = iter([(fact, ", ".join(parts))] if parts else [])
    else:
        given = _given(entry, fact, source.first, cells, at)
    unknown: list[tuple[str, str, str]] = []
    value: Fact | None
    for name, text in given:
        if column.is_number or fact in ("postcode", "uprn"):
            value = _value(entry, fact, name, text, source, column)
        else:
            value, wrong = read_word(text, source, column)
            if wrong:
                unknown.append((name, text, wrong))
                continue
        if value is not None:
            if value != "":
                entry.facts[fact] = value
            return
    for name, text, wrong in unknown:
        entry.say(name, text, "not a value that is known", f"{fact} left empty: {wrong}")


def _value(entry: Entry, fact: str, name: str, text: str, source: Source, column: Column) -> Fact | None:
    """Return the postcode, UPRN or number that a text tells; None where the next header may tell it."""
    if fact == "postcode":
        return _postcode(entry, name, text)
    if fact == "uprn":
        return _uprn(entry, name, text)
    number, wrong = read_amount(text, source, column)
    if number is None:
        entry.say(name, text, "not a number that can be used", f"{fact} left empty: {wrong}")
    elif number == 0 and source.zero_is_missing:
        entry.say(name, text, "zero where there must be some", f"{fact} left empty")
        return None
    return number


def _postcode(entry: Entry, name: str, text: str) -> str | None:
    found = postcode_in(text)
    if found and header_key(text) != header_key(found):
        entry.say(name, text, "postcode inside other text", f"read {found}")
    elif not found and "post" in header_key(name):
        entry.say(name, text, "not a postcode", "postcode left empty")
    return found or None


def _uprn(entry: Entry, name: str, text: str) -> str | None:
    digits = text.removesuffix(".0")
    if not _UPRN.fullmatch(digits) or not digits.strip("0"):
        entry.say(name, text, "not a UPRN", "uprn left empty; a UPRN is up to 12 digits")
        return None
    if digits.startswith("0"):
        entry.say(name, text, "UPRN padded with zeros", "written without them")
    return digits.lstrip("0")


def _sum(entry: Entry, fact: str, source: Source, column: Column, cells: tuple[str, ...], at: Dict[str, int]) -> None:
    total, told, words, silent = 0.0, 0, 0, 0
    for name in source.sum:
        place = at.get(header_key(name))
        if place is None:
            silent += 1
            continue
        text = tidy_text(cells[place])
        if not text or is_sentinel(text):
            silent, words = silent + 1, words + bool(text)
            continue
        number, wrong = read_amount(text, source, replace(column, low=None))
        if number is None:
            entry.say(name, text, "not a number that can be used", f"left out of {fact}: {wrong}")
            continue
        if number < 0:
            entry.say(name, text, "negative part of a sum", f"taken off {fact} as a credit")
        total, told = total + number, told + 1
    if told and silent:
        entry.say(
            fact,
            f"{silent} of {len(source.sum)} parts not given",
            "sum of fewer parts",
            f"{fact} is the sum of those given",
        )
    if not told and words:
        entry.say(fact, f"{words} parts", "word for a missing value", f"{fact} left empty")
    if told and column.low is not None and total < column.low:
        entry.say(fact, f"{total:g}", "not a number that can be used", f"{fact} left empty: below {column.low:g}")
    elif told and not (total == 0 and source.zero_is_missing):
        entry.facts[fact] = total
    elif told:
        entry.say(fact, "0", "zero where there must be some", f"{fact} left empty")
