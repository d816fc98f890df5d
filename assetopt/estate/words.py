"""Reading single values as people write them: £1,250,000, 12.5%, yes, 31/03/2028, N/A, and spaces nobody can see."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"), None)
_TABLE = {**_SPACES, **_INVISIBLE}
_MARK_ENDS = re.compile(r"^[\s\u200c-\u200f]+|[\s\u200c-\u200f]+$")

MISSING_TEXT = ("n/a", "#n/a", "null", "-", "–", "—")
"""Words that mean a missing value even in free text (compared without case)."""

MISSING = (*MISSING_TEXT, "na", "none", "nan", "nat", "<na>", "#null!", "tbc", "unknown", "?")
"""Words that mean a missing value in a number, a date, a yes/no, a choice or a reference, where not a legal value."""

_BOOLEANS = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "1.0"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0", "0.0"), False),
}
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([, '’]\d{3})+(\.\d*)?")
_SCALED = re.compile(r"[+-]?(\d[\d,]*(?:\.\d+)?) ?(k|m|bn|million|thousand)", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9}
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {m: i for i, m in enumerate(_MONTH_NAMES, 1)}
_WRITTEN = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-. /]+([A-Za-z]{3,9}|\d{1,2})[-. /]+(\d{2}|\d{4})")
_EXCEL_EPOCH = date(1899, 12, 30)


def clean(text: str) -> str:
    """Return text without outer and invisible spaces; no-break spaces become plain ones."""
    return text.translate(_TABLE).strip()


def clean_identifier(text: str) -> str:
    """Return an identifier for comparing: `clean`, no direction marks at its ends, composed accents (NFC)."""
    return unicodedata.normalize("NFC", _MARK_ENDS.sub("", text.translate(_TABLE)))


def clean_header(text: str) -> str:
    """Return a header as a column name: " Site ID" becomes ``site_id``, "GIA (m²)" becomes ``gia_m2``."""
    plain = unicodedata.normalize("NFKC", clean(text)).casefold()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def is_missing(text: str) -> bool:
    """Say whether cleaned text stands for a missing value where a value of some kind is asked."""
    return not text or text.casefold() in MISSING


def read_number(text: str, share: bool, commas_unclear: bool) -> tuple[float | None, str]:
    """Read a number as people write it.

    Parameters
    ----------
    text : str
        Cleaned, not missing. Pound signs, thousands separators, parentheses for negatives and, for a share, a percent
        sign are understood.
    share : bool
        Whether the number is a share between 0 and 1.
    commas_unclear : bool
        Whether a comma may be a decimal comma (the file is separated by semicolons).

    Returns
    -------
    (float or None, str)
        The number, or None and what would do.
    """
    bare = text.replace("\u2212", "-")
    negative = bare.startswith("(") and bare.endswith(")")
    if negative:
        bare = bare[1:-1].strip()
    sign = bare[0] if bare[:1] in ("-", "+") else ""
    bare = re.sub(r"^(£|GBP)\s*", "", bare[len(sign) :].strip(), flags=re.IGNORECASE)
    percent = bare.endswith("%")
    if percent:
        bare = bare[:-1].strip()
    if scaled := _SCALED.fullmatch(bare):
        value = float(scaled[1].replace(",", "")) * _SCALES[scaled[2].casefold()]
        return None, f"write {value:.0f}"
    if "," in bare and commas_unclear:
        return None, "write it without a comma: in a file separated by semicolons it may mean a thousand or a decimal"
    if _GROUPED.fullmatch(bare):
        bare = re.sub(r"[, '’]", "", bare)
    if not _PLAIN.fullmatch(bare):
        return None, "give a plain number, such as 1250000"
    value = float(sign + bare)
    if percent and not share:
        return None, "a percent sign is understood for shares only; give the number in the unit of the column"
    if abs(value) == float("inf"):
        return None, "give a plain number, such as 1250000"
    value = value / 100 if percent else value
    return (-value if negative else value), ""


def read_boolean(text: str) -> bool | None:
    """Read yes/no, true/false, 1/0; None when it is none of them."""
    return _BOOLEANS.get(text.casefold())


def read_choice(text: str, choices: tuple[str, ...]) -> str | None:
    """Read one of the choices, whatever its case and spaces; None when it is none of them."""
    folded = re.sub(r"[\s\-]+", "_", text.casefold())
    for choice in choices:
        if folded == choice.casefold():
            return choice
    if "yes" in choices and (meant := read_boolean(text)) is not None:
        return "yes" if meant else "no"
    return None


def read_date(text: str) -> tuple[date | None, bool, str]:
    """Read an ISO date, or a British one.

    Returns
    -------
    (date or None, bool, str)
        The date, whether it was written dd/mm/yyyy, and what would do when there is no date.
    """
    if iso := _ISO.fullmatch(text):
        found = _date(int(iso[1]), int(iso[2]), int(iso[3]))
        return found, False, "" if found else "there is no such day"
    if british := _BRITISH.fullmatch(text):
        found = _date(int(british[3]), int(british[2]), int(british[1]))
        return found, True, "" if found else "there is no such day in the order day/month/year; write YYYY-MM-DD"
    if written := _WRITTEN.fullmatch(text):
        month = _MONTHS.get(written[2][:3].casefold()) or (int(written[2]) if written[2].isdigit() else 0)
        year = int(written[3]) + (2000 if len(written[3]) == 2 else 0)
        if meant := _date(year, month, int(written[1])):
            return None, False, f"write {meant.isoformat()} if that is meant"
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        meant = _EXCEL_EPOCH + timedelta(days=int(text[:5]))
        return None, False, f"it looks like a spreadsheet's day number; write {meant.isoformat()} if that is meant"
    return None, False, "write dates as YYYY-MM-DD"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= 1700 else None
    except ValueError:
        return None


def several(cell: str) -> tuple[str, ...]:
    """Split a cell that holds several values with ``;`` (or a comma) between them, such as tags or partner ids."""
    return tuple(part for part in (clean(p) for p in re.split(r"[;,]", cell)) if part)
