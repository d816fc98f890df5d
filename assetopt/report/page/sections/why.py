"""Why each decision stands, where an explanation was made: prices of the other way, and a sheet a building that could close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import text

Row = Mapping[str, Any]

LEAD = (
    "The price of a decision is what the best plan costs more once that one decision is forced the other way and everything else "
    "may change to suit. Where two figures are given, the true price lies between them: the lower one is proved, the upper one "
    "is a plan that was found."
)
LISTED = 12
"""Changes of a plan that a sheet names; the rest are counted."""


def why_section(facts: Facts) -> Section:
    """Return every building with its price the other way; empty where no explanation was made."""
    title = "Why this building, and what the other way would cost"
    if not facts.explained:
        return Section("why", title, Markup(""))
    body = opening(facts.explained) + sites_table(facts.entries_of("sites"), facts.decided)
    return Section("why", title, body + standards_table(facts.entries_of("standards")))


def sheets_section(facts: Facts) -> Section:
    """Return one sheet a building that could close, by ward; empty where no explanation was made."""
    title = "One sheet for each building that closes" if facts.decided else SHEETS
    return Section("sheets", title, building_sheets(facts.entries_of("buildings")))


SHEETS = "One sheet for each building that could close"


def opening(explained: Row) -> Markup:
    """Return what was found in a sentence, what to beware of, and how to read a price."""
    out = Markup("<p><strong>{}</strong></p>").format(text(explained.get("sentence"), 600))
    if explained.get("note"):
        out += Markup('<div class="note"><p>{}</p></div>').format(text(explained["note"], 600))
    return out + Markup("<p>{}</p>").format(LEAD)


def sites_table(sites: Sequence[Row], decided: bool) -> Markup:
    """Return all buildings, the hardest to give up first."""
    if not sites:
        return Markup("")
    columns = [
        Column("Building"), Column("Decision"), Column("Standing"), Column("Price of the other way", wide=True),
        Column("What drives it", wide=True), Column("It would flip if", wide=True), Column("Teams", "count"),
        Column("People nearest to it", "people"),
    ]  # fmt: skip
    rows = [
        (
            row["name"], _decision(row["decision"], decided), row["standing"], row["price"], row["drivers"], _flip(row),
            row["teams"], _known(row["people"]),
        )
        for row in sites
    ]  # fmt: skip
    caption = f"All {len(rows)} buildings, the hardest to give up first"
    return table("why-sites", caption, columns, rows, source="explain_sites.csv", most=500)


def standards_table(standards: Sequence[Row]) -> Markup:
    """Return what each standard costs."""
    if not standards:
        return Markup("")
    columns = [
        Column("Standard"), Column("Service"), Column("Share asked", "share"), Column("Share after", "share"),
        Column("It costs at least (£)", "money"), Column("and at most (£)", "money"), Column("What is known", wide=True),
    ]  # fmt: skip
    keys = ("standard_id", "service_type", "share_required", "share", "price_low", "price_high", "what")
    rows = [tuple(_known(row[key]) for key in keys) for row in standards]
    caption = "What the plan would save without each standard"
    return table("why-standards", caption, columns, rows, source="explain_standards.csv")


def teams_table(teams: Sequence[Row]) -> Markup:
    """Return all teams with their price elsewhere."""
    if not teams:
        return Markup("")
    columns = [
        Column("Team"), Column("Service"), Column("Decision"), Column("Standing"), Column("Price of the other way", wide=True),
        Column("What drives it", wide=True),
    ]  # fmt: skip
    keys = ("name", "service_type", "decision", "standing", "price", "drivers")
    rows = [tuple(row[key] for key in keys) for row in teams]
    return table("why-teams", f"All {len(rows)} teams", columns, rows, source="explain_teams.csv", most=400)


def building_sheets(sheets: Iterable[Row]) -> Markup:
    """Return the sheets, one after the other: ward, service, alternative, way, people, cost to keep, the plan that keeps it."""
    return Markup("").join(_sheet(f"sheet-{_letters(number)}", sheet) for number, sheet in enumerate(sheets))


def _sheet(key: str, sheet: Row) -> Markup:
    out = Markup("<h3>{}</h3>").format(text(sheet["name"]))
    if sheet.get("ward"):
        out += Markup("<p>The ward with most of the people who have it nearest: {}.</p>").format(text(sheet["ward"]))
    out += Markup("<p>Cost to keep: <strong>{}</strong>. Teams: {}.</p>").format(
        text(sheet["cost_to_keep"], 300), text(listed(sheet["teams"]) or "none", 400)
    )
    if sheet["services"]:
        columns = [
            Column("Service"), Column("People today", "people"), Column("Most deprived fifth", "people"),
            Column("Rural", "people"), Column("Way today"), Column("Way after"),
            Column("Alternative", wide=True), Column("Wards", wide=True),
        ]  # fmt: skip
        rows = [
            (
                service(told["service_type"]), told["people"], told["people_deprived"], told["people_rural"],
                _way(told["way_today"], told["unit"]), _way(told["way"], told["unit"]),
                listed(told["alternatives"], 3), listed(told["wards"], 6),
            )
            for told in sheet["services"]
        ]  # fmt: skip
        caption = f"{sheet['name']}: services to the public, means over the people for whom it is the nearest today"
        out += table(key, caption, columns, rows, tools=False)
    else:
        out += Markup("<p>No service is given to the public here.</p>")
    changes = sheet["best_plan_that_keeps_it"]
    if changes:
        items = Markup("").join(Markup("<li>{}</li>").format(text(word, 300)) for word in changes[:LISTED])
        if len(changes) > LISTED:
            items += Markup("<li>and {} more</li>").format(len(changes) - LISTED)
        out += Markup(
            "<details><summary>What else the best plan found that keeps {} changes ({})</summary><ul>{}</ul></details>"
        ).format(text(sheet["name"]), len(changes), items)
    return out


def listed(words: Sequence[str], most: int = 8) -> str:
    """Return the first few, and how many more there are."""
    more = len(words) - most
    return "; ".join(words[:most]) + (f"; and {more} more" if more > 0 else "")


def _decision(word: str, decided: bool) -> str:
    return "option: could close" if word == "closed" and not decided else word


def _known(value: object) -> object:
    """Return a cell, empty where nothing is known."""
    return Markup("") if value is None else value


def _flip(row: Row) -> str:
    high, up, words = row["yearly_high"], row["decision"] == "kept", []
    if row["standing"] == "priced" and high is not None:
        words.append(f"its yearly cost {'rose' if up else 'fell'} by {_range(row['yearly_low'], high)}")
        if row["receipt_high"] is not None:
            words.append(f"its receipt {'rose' if up else 'fell'} by {_range(row['receipt_low'], row['receipt_high'])}")
    if row["room"] and not row["room"].startswith("no room"):
        low, most = row["room_low"], row["room_high"]
        least = f" (at least {low:,.6g} in all)" if low is not None and most - low > 0.01 * most else ""
        words.append(f"there were {row['room']}{least}")
    if row["minutes"] and not row["minutes"].startswith("no minutes"):
        words.append(f"standard {row['minutes']}")
    could = "it could be given up, at a cost, if " if words and row["standing"] == "essential" else ""
    return could + ", or ".join(words)


def _range(low: float | None, high: float) -> str:
    low = 0.0 if low is None else low
    return f"£{high:,.0f}" if high - low < 0.01 * max(1.0, high) else f"£{low:,.0f} to £{high:,.0f}"


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _way(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.1f} {unit}"
