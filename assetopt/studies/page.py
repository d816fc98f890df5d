"""The report of a study: what was found in sentences, a picture and a table of each part, on one page that opens offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from markupsafe import Markup

from assetopt.report.page.chart import bars, figure
from assetopt.report.page.shell import Section, page
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import pounds, text
from assetopt.report.tables import Table
from assetopt.report.workbook import sheet_title

PAGE = "report.html"

PARTNERS_ONLY = (
    "For partners only.",
    "It says who gains, who loses and who would walk out, and names every building, restricted ones too. "
    "For others, export the report of a plan (assetopt export).",
)
"""What every study says first."""


@dataclass(frozen=True)
class Picture:
    """Bars of money lying down: what stands before each, and £; ``title`` says what they are."""

    title: str
    words: tuple[str, ...]
    amounts: tuple[float, ...]


def study_page(title: str, lines: Sequence[str], tables: Sequence[Table], pictures: Mapping[str, Picture]) -> str:
    """Return the page: ``lines`` first, then a section a table, with its picture where there is one."""
    head = Markup("<p><strong>{}</strong> {}</p>").format(*PARTNERS_ONLY)
    items = Markup("").join(Markup("<li>{}</li>").format(text(line, 2000)) for line in lines)
    sections = [_section(one, pictures.get(one.name)) for one in tables]
    return page(
        title,
        Markup("{}<ul>{}</ul>").format(head, items),
        sections,
        f"assetopt {version('assetopt')}. Every table stands beside this page as CSV, and all of them in study.xlsx.",
    )


def _section(one: Table, picture: Picture | None) -> Section:
    key = one.name.replace("_", "-")
    shown = table(
        f"{key}-table",
        f"{sheet_title(one.name)}, in figures",
        [Column(field.heading, field.kind) for field in one.fields],
        one.frame.itertuples(index=False, name=None),
        source=f"{one.name}.csv",
    )
    if picture is None or not picture.words:
        return Section(key, sheet_title(one.name), shown)
    said = [pounds(amount) for amount in picture.amounts]
    told = "; ".join(f"{word} {amount}" for word, amount in zip(picture.words, said, strict=True))
    drawing = bars(picture.words, picture.amounts, said)
    return Section(key, sheet_title(one.name), figure(f"{key}-picture", picture.title, told, drawing, shown))
