"""Reading one cell of a register: sentinel words are missing values, units become those of the data package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from assetopt.estate.fields import Column, columns_of
from assetopt.estate.package import column_named
from assetopt.estate.records import RECORDS
from assetopt.estate.words import MISSING, clean, read_boolean, read_choice, read_date, read_number
from assetopt.importing.mapping import SPECIAL, UNITS, Source

SENTINELS = frozenset(
    (
        *MISSING,
        "not applicable",
        "not known",
        "not recorded",
        "not available",
        "n/k",
        "nk",
        "no data",
        "tba",
        "#ref!",
        "#value!",
    )
)
"""Words that stand for a missing value, compared without case."""

_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_NUMBERS = ("x", "y", "idle_m2")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Oddity:
    """One cell that is not as a data package wants it, and what was made of it."""

    column: str
    value: str
    defect: str
    done: str


def tidy_text(cell: str) -> str:
    """Return a cell on one line, without outer or doubled blanks."""
    return _BLANKS.sub(" ", clean(cell)).strip(" ,")


def is_sentinel(text: str) -> bool:
    """Say whether tidied text is a word that means a missing value."""
    return text.casefold() in SENTINELS


def fits(text: str, patterns: tuple[str, ...]) -> bool:
    """Say whether tidied text matches one of the patterns, whatever its case."""
    return any(fnmatchcase(text.casefold(), pattern.casefold()) for pattern in patterns)


def postcode_in(text: str) -> str:
    """Return the last postcode in a text as ``GL50 1DY``; empty where there is none."""
    found = _POSTCODE.findall(text)
    return f"{found[-1][0]} {found[-1][1]}".upper() if found else ""


def column_of(fact: str, space: bool = False) -> Column:
    """Return what is asked of a fact."""
    if space or fact in _NUMBERS:
        return Column(fact, "number", False, False, (), 0.0 if space else None, None, "", "", None, False, "")
    if fact in SPECIAL:
        return column_named("sites", f"x_{fact}")
    return columns_of(RECORDS["sites"]).get(fact) or column_named("sites", fact)


def read_amount(text: str, source: Source, column: Column) -> tuple[float | None, str]:
    """Return a number in the unit of the data package, or None and why not."""
    value, fix = read_number(text, column.is_share, commas_unclear=False)
    if value is None:
        return None, fix or "not a number"
    value *= UNITS[source.unit][1]
    if column.low is not None and value < column.low:
        return None, f"below {column.low:g}"
    if column.high is not None and value > column.high:
        return None, f"above {column.high:g}"
    return value, ""


def read_word(text: str, source: Source, column: Column) -> tuple[str, str]:
    """Return a text, date, choice or yes/no as the data package writes it, or an empty text and why not."""
    if source.values:
        for pattern, meant in source.values.items():
            if fits(text, (pattern,)):
                return meant, ""
        return "", f"is none of the values that the mapping knows: {', '.join(source.values)}"
    if column.kind == "choice" and column.choices:
        choice = read_choice(text, column.choices)
        return (choice, "") if choice else ("", f"is none of {', '.join(column.choices)}")
    if column.kind == "boolean":
        truth = read_boolean(text)
        return ("", "is neither yes nor no") if truth is None else ("yes" if truth else "no", "")
    if column.kind == "date" and not column.several:
        day, _, fix = read_date(text)
        return ("", fix) if day is None else (day.isoformat(), "")
    return text, ""
