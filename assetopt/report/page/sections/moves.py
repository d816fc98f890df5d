"""Moves and works, as tables and as a strip by year."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.report.page.chart import figure, gantt
from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import plural

MOST_STRIPS = 40
"""Buildings in the strip; the table behind it has all."""


def moves_section(facts: Facts) -> Section:
    """Return the section; empty where nothing moves and nothing is built."""
    teams, works = facts.frame("teams"), facts.frame("interventions")
    moves = teams[teams["action"].isin(["move", "close"])]
    built = works[works["action"] == "build"]
    if not len(moves) and not len(built):
        return Section("moves", "Moves and works", Markup(""))
    parts = [_strip(facts)]
    if len(moves):
        columns = [
            Column("Team"),
            Column("Partner"),
            Column("Service"),
            Column("From"),
            Column("To"),
            Column("Year", "year"),
            Column("Share", "share"),
        ]
        rows = [
            (
                row["name"] or row["team_id"],
                facts.partner(row["partner_id"]),
                service(row["service_type"]),
                facts.site(row["home"]),
                facts.site(row["site_id"])
                if row["action"] == "move"
                else "closes"
                if facts.decided
                else "option: could close",
                row["year"],
                row["share"],
            )
            for row in moves.to_dict("records")
        ]
        parts.append(
            table(
                "moves",
                "Teams that move" if facts.decided else "Teams that could move",
                columns,
                rows,
                source="teams.csv",
            )
        )
    if len(built):
        columns = [Column("Works"), Column("Building"), Column("Year", "year"), Column("Capital (£)", "money")]
        listed: list[tuple[object, ...]] = [
            (row["intervention_id"], facts.site(row["site_id"]), row["year"], row["capital"])
            for row in built.sort_values(["capital", "intervention_id"], ascending=[False, True]).to_dict("records")
        ]
        listed.append(("All works", Markup(""), Markup(""), float(built["capital"].sum())))
        parts.append(table("works", "Works, with optimism bias", columns, listed, source="interventions.csv", sums=1))
    return Section("moves", "Moves and works", Markup("").join(parts))


def _strip(facts: Facts) -> Markup:
    sites, teams, works = facts.frame("sites"), facts.frame("teams"), facts.frame("interventions")
    spans: dict[str, list[tuple[str, int, int, str]]] = {}
    for row in works[works["action"] == "build"].dropna(subset=["year"]).to_dict("records"):
        spans.setdefault(row["site_id"], []).append(
            ("works", int(row["year"]), int(row["year"]), f"works {row['intervention_id']}")
        )
    moved = teams[teams["action"] == "move"].dropna(subset=["year"])
    for (home, at), group in moved.assign(year=moved["year"].astype(int)).groupby(["home", "year"], sort=True):
        if str(home):
            spans.setdefault(str(home), []).append(
                ("move", int(str(at)), int(str(at)), f"{plural(len(group), 'team')} out")
            )
    for row in sites[sites["action"].isin(["dispose", "exit_lease"])].dropna(subset=["year"]).to_dict("records"):
        first, last = (
            int(row["year"]),
            int(row["exit_year"]) if row["exit_year"] == row["exit_year"] else int(row["year"]),
        )
        here = spans.setdefault(row["site_id"], [])
        if last > first:
            here.append(("void", first, last - 1, "empty, still paid for"))
        here.append(("exit", last, last, "no longer paid for"))
    for row in sites[sites["action"] == "open"].dropna(subset=["year"]).to_dict("records"):
        spans.setdefault(row["site_id"], []).append(("works", int(row["year"]), int(row["year"]), "opens"))
    if not spans:
        return Markup("")
    first = min(span[1] for each in spans.values() for span in each)
    last = max(span[2] for each in spans.values() for span in each)
    years = range(first, min(last, first + 20) + 1)
    order = sorted(spans, key=lambda key: (-len(spans[key]), min(span[1] for span in spans[key]), key))
    rows = [
        (facts.site_words(key), [span for span in spans[key] if span[1] <= years[-1]]) for key in order[:MOST_STRIPS]
    ]
    columns = [Column("Building"), Column("What happens"), Column("From", "year"), Column("To", "year")]
    behind = table(
        "strip",
        "What happens at each building, by year",
        columns,
        [(facts.site(key), span[3], span[1], span[2]) for key in order for span in spans[key]],
        source="sites.csv, teams.csv and interventions.csv",
        most=300,
    )
    key = Markup(
        '<ul class="key"><li><b>W</b> works or opening</li><li><b>M</b> teams move out</li><li><b>V</b> empty, still paid for</li>'
        "<li><b>X</b> no longer paid for</li></ul>"
    )
    more = (
        f" The {MOST_STRIPS} buildings where most happens are drawn, of {len(order)}."
        if len(order) > MOST_STRIPS
        else ""
    )
    told = f"{plural(len(order), 'building')} with moves, works or an exit, {years[0]} to {years[-1]}.{more}"
    return figure("strip-chart", "What happens where, by year", told, gantt(rows, list(years)), behind, key) + (
        Markup('<p class="more">{}</p>').format(more.strip()) if more else Markup("")
    )
