"""Text and numbers as a page shows them: names are escaped and cannot turn the line; money is short, and exact on demand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from assetopt.report.tables import Field, Kind

LONGEST = 400
"""Letters of a text that are shown."""

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def text(value: object) -> str:
    """Return text for the inside of an element: escaped, without marks that nobody sees, cut where it is very long."""
    clean = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", str(value))
    return escape(clean if len(clean) <= LONGEST else f"{clean[:LONGEST]}\N{HORIZONTAL ELLIPSIS}")


def money(amount: float) -> tuple[str, str]:
    """Return £ short and exact: £1.2m and £1,234,567.89."""
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    if size >= 999_950:
        short = f"{sign}£{size / 1e6:,.1f}m"
    elif size >= 1_000:
        short = f"{sign}£{size / 1e3:,.0f}k"
    else:
        short = f"{sign}£{size:,.0f}"
    return short, f"{sign}£{size:,.2f}"


def number(value: object, kind: Kind) -> str:
    """Return a number as HTML; "none" where it is missing."""
    if not isinstance(value, int | float) or value != value:  # NaN
        return '<span class="none">none</span>'
    if kind == "money":
        short, exact = money(value)
        return short if short == exact else f'<span class="short">{short}</span><span class="exact">{exact}</span>'
    if kind in ("year", "count"):
        return str(int(value))
    if kind in ("share", "exact_share"):
        return f"{value:.1%}"
    if kind == "people":
        return f"{value:,.0f}"
    if kind == "travel":
        return f"{value:.1f}" if abs(value) >= 0.095 or value == 0 else f"{value:.2f}"
    return f"{value:,.10g}"


@dataclass(frozen=True)
class Column:
    """A column of a table on the page: what the rows call it, its heading and what it holds."""

    name: str
    heading: str
    kind: Kind = "text"


def columns(fields: Iterable[Field], leave: Sequence[str] = ()) -> list[Column]:
    """Return the columns of a report table."""
    return [Column(field.name, field.heading, field.kind) for field in fields if field.name not in leave]


def table(
    key: str, caption: str, shown: Sequence[Column], rows: Sequence[dict[str, object]], tools: bool = True
) -> str:
    """Return a table that scrolls sideways by itself where the page is narrow; the first column heads its rows.

    With ``tools`` it can be sorted and filtered where scripts run.
    """
    head = "".join(
        f'<th scope="col"{"" if column.kind == "text" else " class=num"}>{text(column.heading)}</th>'
        for column in shown
    )
    body = "".join(
        f"<tr>{''.join(_cell(row, column, at == 0) for at, column in enumerate(shown))}</tr>" for row in rows
    )
    mark = ' data-tools=""' if tools and len(rows) > 1 else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{key}-caption">'
        f'<table id="{key}-table"{mark}><caption id="{key}-caption">{text(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(row: dict[str, object], column: Column, heads: bool) -> str:
    value = row.get(column.name)
    if heads and not value:
        value = "not known"
    if column.kind == "text":
        inside, look = f"<bdi>{text(value)}</bdi>" if value else "", ""
    elif column.kind == "flag":
        inside, look = ("yes" if value else "no"), ""
    else:
        inside, look = number(value, column.kind), ' class="num"'
        if isinstance(value, int | float) and value == value:  # not NaN
            look += f' data-value="{value!r}"'
    return f'<th scope="row"{look}>{inside}</th>' if heads else f"<td{look}>{inside}</td>"
