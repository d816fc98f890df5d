"""Tables that read well on paper and without scripts, and that can be sorted and filtered where scripts run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assetopt.report.page.shell import template
from assetopt.report.page.words import cell, clean
from assetopt.report.tables import Kind

MOST_ROWS = 1_000
"""Rows of one table on a page; the rest stands in the CSV table that is named beneath it."""


@dataclass(frozen=True)
class Column:
    """A column on a page: its heading with the unit, what it holds, and whether it holds sentences."""

    heading: str
    kind: Kind = "text"
    wide: bool = False

    @property
    def number(self) -> bool:
        """Whether it is set to the right."""
        return self.kind not in ("text", "flag", "year")


def table(
    key: str, caption: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], *, source: str = "", sums: int = 0,
    tools: bool = True, most: int = MOST_ROWS,
) -> Markup:  # fmt: skip
    """Return a table; the first column heads its rows, and it scrolls by itself where the page is narrow.

    Parameters
    ----------
    key : str
        Unique on the page, of letters and hyphens: its id.
    caption : str
    columns : sequence of Column
    rows : iterable of sequences
        One value a column; markup stays as it is, everything else is escaped.
    source : str
        The CSV table that has every row, named where some are left out.
    sums : int
        So many last rows are totals: they stand out, and stay last when sorted.
    tools : bool
        Whether it can be sorted and filtered.
    most : int
        Rows that are shown.
    """
    every = [[cell(value, column.kind) for value, column in zip(row, columns, strict=True)] for row in rows]
    body, ends = every[: len(every) - sums], every[len(every) - sums :]
    left = len(body) - most
    more = f"{left:,} further rows stand in {source or 'the tables of the report'}." if left > 0 else ""
    lines = [(False, row) for row in body[:most]] + [(True, row) for row in ends]
    return Markup(template("table.html").render(
        key=key, caption=clean(caption), columns=columns, rows=lines, tools=tools and len(body) > 1, more=more,
    ))  # fmt: skip
