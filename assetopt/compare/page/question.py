"""The plans, what differs in the question, and the totals side by side."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from assetopt.compare.comparison import Comparison
from assetopt.compare.question import letters
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import money, text
from assetopt.report.tables import Table

HEADLINES = (
    "npv_saving", "npv_cost", "annual_saving", "capital", "receipts", "payback_year", "sites_kept", "sites_disposed", "teams_moved",
    "carbon_t",
)  # fmt: skip
"""Totals that are shown at once; the others below."""

SOURCE = "the workbook and the JSON"


def whole_table(key: str, caption: str, source: Table, frame: pd.DataFrame | None = None, most: int = 300) -> Markup:
    """Return a table of the comparison with all its columns."""
    columns = [Column(field.heading, field.kind) for field in source.fields]
    rows = (source.frame if frame is None else frame).itertuples(index=False, name=None)
    return table(key, caption, columns, rows, source=SOURCE, most=most)


def plans_section(comparison: Comparison) -> Section:
    """Return the plans with how good each is, and what differs in version, audience, data and scenario."""
    columns = [Column("Plan"), Column("Name"), Column("Status"), Column("How good it is", wide=True)]
    rows = comparison.frames["plans"].itertuples(index=False, name=None)
    body = table("the-plans", "The plans", columns, rows, tools=False)
    if len(comparison.frames["question"]):
        body += whole_table("question", "What differs in the question", comparison.tables["question"])
    return Section("plans", "Plans and question", body)


def totals_section(comparison: Comparison) -> Section:
    """Return the totals side by side: those that are asked for first, then all."""
    frame = comparison.frames["totals"]
    known = [item for item in HEADLINES if item in set(frame["item"])]
    first = frame.set_index("item").loc[known].reset_index()
    every = _totals(comparison, "all-totals", "All totals", frame)
    body = _totals(comparison, "headlines", "Headlines, side by side", first)
    body += Markup("<details><summary>All {} totals</summary>{}</details>").format(len(frame), every)
    return Section("totals", "Totals", body)


def _totals(comparison: Comparison, key: str, caption: str, frame: pd.DataFrame) -> Markup:
    small = [letter.lower() for letter in letters(len(comparison.sides))]
    names = [*small, *(f"{letter}_less_a" for letter in small[1:])]
    headings = [*(letter.upper() for letter in small), *(f"{letter.upper()} less A" for letter in small[1:])]
    columns = [Column("Measure", wide=True), *(Column(heading, "number") for heading in headings)]
    rows = []
    for row in frame.to_dict("records"):
        unit = str(row["unit"])
        label = str(row["what"]) if unit in ("£", "") else f"{row['what']} ({unit})"
        rows.append([text(label), *(_figure(row[name], unit) for name in names)])
    return table(key, caption, columns, rows, tools=False)


def _figure(value: float, unit: str) -> object:
    if unit.startswith("£"):
        return money(value)
    return Markup(f"{value:.0f}") if unit == "year" and value == value else value  # NaN is told as none
