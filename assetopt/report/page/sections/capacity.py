"""What every site is, how much room it has by kind of space, and how much is used: today, with the plan, and at the fullest."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from assetopt.report.layers import action_label
from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import plural

MOST_ROWS = 500
"""Rows of each table; the CSV tables have all."""

_ORDER = ("dispose", "exit_lease", "open", "keep", "not_opened")
_FULL = 0.95


def capacity_section(facts: Facts) -> Section:
    """Return the section; empty where neither sites nor service points may be shown."""
    body = _sites(facts) + _rooms(facts) + _points(facts)
    return Section("capacity", "Capacity and use by site", body)


def _sites(facts: Facts) -> Markup:
    frame = facts.frame("sites")
    if not len(frame):
        return Markup("")
    rank = frame["action"].map({action: place for place, action in enumerate(_ORDER)})
    order = frame.assign(rank=rank).sort_values(
        ["rank", "gia_m2", "site_id"], ascending=[True, False, True], kind="stable"
    )
    figures = [
        (name, column)
        for name, column in (
            ("gia_m2", Column("Floor area (m2)", "people")),
            ("running_cost_today", Column("Running cost today (£ a year)", "money")),
            ("running_cost", Column("Running cost then (£ a year)", "money")),
        )
        if frame[name].notna().any()
    ]
    columns = [
        Column("Site"),
        Column("What becomes of it"),
        Column("Year", "year"),
        Column("Owner or tenant"),
        Column("Tenure"),
        *(column for _, column in figures),
    ]
    rows = [
        (
            facts.site(row["site_id"]),
            action_label(row["action"], facts.status),
            row["year"],
            facts.partner(row["partner_id"]),
            row["tenure"],
            *(row[name] for name, _ in figures),
        )
        for row in order.to_dict("records")
    ]
    note = Markup(
        "<p>Sites that change stand first, and the largest of them. Running cost is without rent, rates and VAT; then is the "
        "year after the last decision, at prices of the base year.</p>"
    )
    return note + table(
        "all-sites", "Every site, and what becomes of it", columns, rows, source="sites.csv", most=MOST_ROWS
    )


def _rooms(facts: Facts) -> Markup:
    frame = facts.frame("rooms")
    if not len(frame):
        return Markup("")
    full = int((frame["use_worst_year"] > _FULL).sum())
    note = Markup(
        "<h3>Room by kind of space</h3><p>In the unit of each kind of space: square metres, desks or rooms. Works that are "
        "built are counted, the headroom that the capacity rule keeps free is not taken off. {} of {} would be more than "
        "{:.0%} full in some decision year; the fullest stand first.</p>"
    ).format(f"{full:,}", plural(len(frame), "row"), _FULL)
    held = (Column("Room today", "people"), Column("Used today", "people"), Column("Share used today", "share"))
    then = (Column("Room then", "people"), Column("Used then", "people"), Column("Share used then", "share"))
    worst = (
        Column("Fullest year", "year"),
        Column("Room in it", "people"),
        Column("Used in it", "people"),
        Column("Share used in it", "share"),
    )
    names = ["room_today", "used_today", "use_today", "room", "used", "use"]
    names += ["worst_year", "room_worst_year", "used_worst_year", "use_worst_year"]
    order = frame.sort_values(["use_worst_year", "site_id", "space_type"], ascending=[False, True, True], kind="stable")
    rows = [
        (
            facts.site(row["site_id"]),
            service(row["space_type"]),
            *(row[name] for name in names),
        )
        for row in order.to_dict("records")
    ]
    return (
        note
        + table(
            "rooms-all",
            "Room and use of all these sites together",
            [Column("Kind of space"), Column("Sites", "count"), *held, *then],
            list(_together(frame)),
            tools=False,
        )
        + table(
            "rooms",
            "Room and use by site and kind of space",
            [Column("Site"), Column("Kind of space"), *held, *then, *worst],
            rows,
            source="rooms.csv",
            most=MOST_ROWS,
        )
    )


def _together(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    amounts = ["room_today", "used_today", "room", "used"]
    sums = frame.groupby("space_type", sort=True).agg({"site_id": "nunique", **dict.fromkeys(amounts, "sum")})
    return [
        (service(kind), sites, room0, used0, _share(used0, room0), room1, used1, _share(used1, room1))
        for kind, sites, room0, used0, room1, used1 in sums.itertuples(name=None)
    ]


def _share(used: float, room: float) -> float:
    return used / room if room > 0 else float("nan")


def _points(facts: Facts) -> Markup:
    frame = facts.frame("service_points")
    if not len(frame):
        return Markup("")
    known = bool(frame["capacity"].notna().any())
    visits = bool(frame["visits"].notna().any() or frame["visits_today"].notna().any())
    columns = [
        Column("Site"),
        Column("Service"),
        Column("District"),
        Column("Open today", "flag"),
        Column("Open then", "flag"),
        Column("People it is nearest to today", "people"),
        Column("Then", "people"),
    ]
    columns += [Column("Visits a year today", "people"), Column("Visits then", "people")] if visits else []
    columns += (
        [
            Column("Visits a year it takes", "people"),
            Column("Use today", "share"),
            Column("Use then", "share"),
            Column("Visits too many then", "people"),
        ]
        if known
        else []
    )
    names = [
        "people_today",
        "people",
        *(["visits_today", "visits"] if visits else []),
        *(["capacity", "use_today", "use", "overflow"] if known else []),
    ]
    order = frame.assign(more=(frame["people"] - frame["people_today"].fillna(0)).abs())
    order = order.sort_values(["more", "service_type", "site_id"], ascending=[False, True, True], kind="stable")
    rows = [
        (
            facts.site(r["site_id"]),
            service(r["service_type"]),
            r["district"],
            r["open_today"],
            r["open"],
            *(r[name] for name in names),
        )
        for r in order.to_dict("records")
    ]
    note = Markup(
        "<h3>Places of a service</h3><p>Places where the number of people changes most stand first. {}</p>"
    ).format("" if known else "The data says of no place how many visits it takes.")
    return note + table(
        "capacity",
        "Places of a service, today and with this plan",
        columns,
        rows,
        source="service_points.csv",
        most=MOST_ROWS,
    )
