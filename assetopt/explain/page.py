"""``explain.html``: every decision with its price the other way, and one sheet a building, on one page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from assetopt.explain.found import Found
from assetopt.explain.tables import better_words, listed
from assetopt.report.page.shell import Section, page
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import text


def explain_page(
    found: Found, sites: pd.DataFrame, teams: pd.DataFrame, standards: pd.DataFrame, sheets: list[dict[str, Any]]
) -> str:
    """Return the page; every name in it is escaped."""
    title = f"{found.result.problem.scenario.name or 'Plan'}: why this, and what the other way would cost"
    note = better_words(found)
    lead = Markup("<p><strong>{}</strong></p>").format(text(found.sentence, 600))
    if note:
        lead += Markup('<div class="note"><p>{}</p></div>').format(text(note, 600))
    lead += Markup(
        "<p>The price of a decision is what the best plan costs more once that one decision is forced the other way and "
        "everything else may change to suit. Where two figures are given, the true price lies between them: the lower one is "
        "proved, the upper one is a plan that was found.</p>"
    )
    sections = [
        Section("sites", "Buildings, from essential to swappable", _sites(sites)),
        Section("sheets", "One sheet for each building that could close", _sheets(sheets)),
        Section("standards", "What each standard costs", _standards(standards)),
        Section("teams", "Teams", _teams(teams)),
    ]
    foot = "Money is in pounds of the base year, present value over the appraisal, excluding VAT."
    return page(title, lead, sections, foot)


def _sites(sites: pd.DataFrame) -> Markup:
    if not len(sites):
        return Markup("")
    columns = [
        Column("Building"), Column("Decision"), Column("Standing"), Column("Price of the other way", wide=True),
        Column("What drives it", wide=True), Column("It would flip if", wide=True), Column("Teams", "count"),
        Column("People nearest to it", "people"),
    ]  # fmt: skip
    rows = [
        (
            row["name"], row["decision"], row["standing"], row["price"], row["drivers"], _flip(row), row["teams"],
            Markup("") if row["people"] != row["people"] else row["people"],
        )
        for row in sites.to_dict("records")
    ]  # fmt: skip
    return table(
        "sites", f"All {len(rows)} buildings, the hardest to give up first", columns, rows, source="explain_sites.csv"
    )


def _flip(row: dict[Any, Any]) -> str:
    high, up, words = row["yearly_high"], row["decision"] == "kept", []
    if row["standing"] == "priced" and high == high:
        words.append(f"its yearly cost {'rose' if up else 'fell'} by {_range(row['yearly_low'], high)}")
        if row["receipt_high"] == row["receipt_high"]:
            words.append(f"its receipt {'rose' if up else 'fell'} by {_range(row['receipt_low'], row['receipt_high'])}")
    if row["room"] and not row["room"].startswith("no room"):
        low, most = row["room_low"], row["room_high"]
        least = f" (at least {low:,.6g} in all)" if low == low and most - low > 0.01 * most else ""
        words.append(f"there were {row['room']}{least}")
    if row["minutes"] and not row["minutes"].startswith("no minutes"):
        words.append(f"standard {row['minutes']}")
    could = "it could be given up, at a cost, if " if words and row["standing"] == "essential" else ""
    return could + ", or ".join(words)


def _range(low: float, high: float) -> str:
    return f"£{high:,.0f}" if high - low < 0.01 * max(1.0, high) else f"£{low:,.0f} to £{high:,.0f}"


def _sheets(sheets: list[dict[str, Any]]) -> Markup:
    out = Markup("")
    columns = [
        Column("Service"), Column("People today", "people"), Column("Most deprived fifth", "people"),
        Column("Rural", "people"), Column("Way today"), Column("Way after"),
        Column("Alternative", wide=True), Column("Wards", wide=True),
    ]  # fmt: skip
    for number, sheet in enumerate(sheets):
        out += Markup("<h3>{}</h3><p>Cost to keep: <strong>{}</strong>. Teams: {}.</p>").format(
            text(sheet["name"]), text(sheet["cost_to_keep"], 300), text(listed(sheet["teams"]) or "none", 400)
        )
        if sheet["services"]:
            rows = [
                (
                    service["service_type"], service["people"], service["people_deprived"], service["people_rural"],
                    _way(service["way_today"], service["unit"]), _way(service["way"], service["unit"]),
                    listed(service["alternatives"], 3), listed(service["wards"], 6),
                )
                for service in sheet["services"]
            ]  # fmt: skip
            caption = "Services to the public: means over the people for whom it is the nearest today"
            out += table(f"sheet-{_letters(number)}", caption, columns, rows, tools=False)
        else:
            out += Markup("<p>No service is given to the public here.</p>")
        changes = sheet["best_plan_that_keeps_it"]
        if changes:
            items = Markup("").join(Markup("<li>{}</li>").format(text(word, 300)) for word in changes[:12])
            more = f"And {len(changes) - 12} more." if len(changes) > 12 else ""
            out += Markup("<p>The best plan found that keeps it also changes:</p><ul>{}</ul><p>{}</p>").format(
                items, more
            )
    return out


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _way(value: float, unit: str) -> str:
    return "" if value != value else f"{value:.1f} {unit}"


def _standards(standards: pd.DataFrame) -> Markup:
    if not len(standards):
        return Markup("")
    columns = [
        Column("Standard"), Column("Service"), Column("Share asked", "share"), Column("Share after", "share"),
        Column("It costs at least (£)", "money"), Column("and at most (£)", "money"), Column("What is known", wide=True),
    ]  # fmt: skip
    keys = ("standard_id", "service_type", "share_required", "share", "price_low", "price_high", "what")
    rows = [
        tuple(Markup("") if row[key] != row[key] else row[key] for key in keys) for row in standards.to_dict("records")
    ]
    return table(
        "standards", "What the plan would save without each standard", columns, rows, source="explain_standards.csv"
    )


def _teams(teams: pd.DataFrame) -> Markup:
    if not len(teams):
        return Markup("")
    columns = [
        Column("Team"), Column("Service"), Column("Decision"), Column("Standing"), Column("Price of the other way", wide=True),
        Column("What drives it", wide=True),
    ]  # fmt: skip
    keys = ("name", "service_type", "decision", "standing", "price", "drivers")
    rows = [tuple(row[key] for key in keys) for row in teams.to_dict("records")]
    return table("teams", f"All {len(rows)} teams", columns, rows, source="explain_teams.csv", most=400)
