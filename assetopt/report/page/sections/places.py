"""The map before and after, and the table that says the same in words."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from assetopt.report.page.facts import Facts
from assetopt.report.page.map import before_after
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import name, plural


def map_section(facts: Facts) -> Section:
    """Return the section; empty where nothing may be shown on a map."""
    title = "Map, today and with this plan"
    if not facts.layers or not len(facts.layers["sites"].frame):
        return Section("map", title, Markup(""))
    maps = before_after(facts.layers, facts.status)
    left = sum(layer.left_out for layer in facts.layers.values())
    more = Markup("<p>{} are not drawn; the tables have them.</p>").format(plural(left, "feature")) if left else ""
    intro = Markup(
        '<p class="screen">The slider uncovers one map over the other. Without scripts both stand one beside the other.</p>'
    )
    return Section("map", title, intro + maps + more + _changes(facts) + _zones(facts))


def _changes(facts: Facts) -> Markup:
    frame = facts.layers["sites"].frame
    changed = frame[frame["action"].isin(["dispose", "exit_lease", "open"])]
    if not len(changed):
        return Markup("<p>No site changes.</p>")
    columns = [Column("Site"), Column("Partner"), Column("What becomes of it"), Column("Year", "year")]
    rows = [
        (facts.site(row["site_id"]), facts.partner(row["partner_id"]), row["label"], row["year"])
        for row in changed.to_dict("records")
    ]
    return table("map-sites", "Sites on the map that change", columns, rows, source="sites.csv")


def _zones(facts: Facts) -> Markup:
    frame = facts.layers["zones"].frame
    if not len(frame):
        return Markup("")
    worst = np.where(frame["services_lost"] > 0, np.inf, frame["most_further"].fillna(-frame["most_nearer"].abs()))
    frame = frame.assign(order=worst).sort_values(["order", "zone_id"], ascending=[False, True], kind="stable")
    unit = str(frame["unit"].iloc[0])
    columns = [
        Column("Ward or zone"),
        Column("District"),
        Column("People", "people"),
        Column(f"Most lost ({unit})", "travel"),
        Column(f"Most gained ({unit})", "travel"),
        Column("Services"),
    ]
    rows = [
        (
            name(row["ward"]) + " " + name(row["zone_id"]) if row["ward"] else name(row["zone_id"]),
            row["district"],
            row["people"],
            row["most_further"],
            -row["most_nearer"] if row["most_nearer"] == row["most_nearer"] else np.nan,
            row["services"],
        )
        for row in frame.to_dict("records")
    ]
    shown = table(
        "map-zones", "Places on the map that lose or gain", columns, rows, source="access_zones.csv", most=400
    )
    return Markup("<details><summary>Every place on the map ({})</summary>{}</details>").format(
        f"{len(frame):,}", shown
    )
