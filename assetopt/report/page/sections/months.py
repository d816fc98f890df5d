"""The calendar of the plan, where one was made: its pictures, what to decide by when, and every step in its month."""

from __future__ import annotations

import re

from markupsafe import Markup

from assetopt.report.page.facts import Facts
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import text

KEY = (
    "A number in a circle: so many teams leave in that month. Blue: in use; grey: left; a low ochre bar: works; a low purple "
    "bar: a team waits here; red, with a thick edge: on the critical chain, so that a month lost here is a month lost at the "
    "end. By partner, a thick edge marks a month in which a building is handed back."
)
STRIP = "Rooms in use, month by month (the darker, the fuller)"

HEAVIEST = 400_000
"""Bytes of a picture that the page still takes in; a larger one stands in its own file."""


def months_section(facts: Facts) -> Section:
    """Return the section; empty where no calendar was made."""
    title = "Calendar, month by month"
    if "calendar" not in facts.tables:
        return Section("months", title, Markup(""))
    drawn = [_picture(at, name, drawing) for at, (name, drawing) in enumerate(facts.pictures.items())]
    told = Markup("<p>{}</p>").format(KEY) if drawn else Markup("")
    strip = (
        Markup("<details><summary>{}</summary>{}</details>").format(STRIP, drawn[-1]) if len(drawn) > 2 else Markup("")
    )
    body = Markup("").join([told, *drawn[:2], _decide_by(facts), _steps(facts), strip])
    return Section("months", title, body)


def _picture(at: int, title: str, drawing: str) -> Markup:
    if len(drawing) > HEAVIEST:
        return Markup("<p>{}: too large for this page; it stands as a picture in the folder.</p>").format(text(title))
    # The drawing escapes every name itself; its own style would be refused by the page's policy and stands in style.css.
    inside = re.sub(r"<style>.*?</style>", "", drawing, flags=re.DOTALL)
    return Markup(
        '<figure class="chart months" id="months-{}"><figcaption>{}</figcaption>'
        '<div class="wide" role="group" tabindex="0" aria-label="{}">{}</div></figure>'
    ).format(at, text(title), text(title), Markup(inside))


def _decide_by(facts: Facts) -> Markup:
    frame = facts.frame("calendar_decide_by")
    columns = [
        Column("Decide by"), Column("What"), Column("Subject"), Column("Partner"), Column("Lost if missed (£)", "money"),
        Column("Already past", "flag"),
    ]  # fmt: skip
    rows = [
        (row["date"], row["what"], row["subject"], facts.partner(row["partner_id"]), row["lost"], row["past"])
        for row in frame.to_dict("records")
    ]
    return Markup("<h3>Decide by</h3>") + table(
        "decide-by", "The last day for each decision, and what is lost if it is missed", columns, rows,
        source="calendar_decide_by.csv", most=300,
    )  # fmt: skip


def _steps(facts: Facts) -> Markup:
    frame = facts.frame("calendar")
    columns = [
        Column("Month"), Column("What"), Column("Name"), Column("Partner"), Column("From"), Column("To"),
        Column("Waits at"), Column("Months late", "count"), Column("Critical", "flag"),
    ]  # fmt: skip
    rows = [
        (
            row["month"], row["kind"], row["name"] or row["subject"], facts.partner(row["partner_id"]),
            facts.site(row["from_site"]) if row["from_site"] else "", facts.site(row["to_site"]) if row["to_site"] else "",
            facts.site(row["waits_at"]) if row["waits_at"] else "", row["months_late"], row["critical"],
        )
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Markup("<h3>Every step</h3>") + table(
        "steps", "Moves, works, openings and handbacks in their month", columns, rows, source="calendar.csv", most=500
    )
