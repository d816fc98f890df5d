"""What every place of a service takes, and how much of it is used, today and with the plan."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table


def capacity_section(facts: Facts) -> Section:
    """Return the section; empty where no service point may be shown."""
    title, frame = "Capacity and use by site", facts.frame("service_points")
    if not len(frame):
        return Section("capacity", title, Markup(""))
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
    note = Markup("<p>Places where the number of people changes most stand first. {}</p>").format(
        "" if known else "The data says of no place how many visits it takes."
    )
    return Section(
        "capacity",
        title,
        note
        + table(
            "capacity",
            "Places of a service, today and with this plan",
            columns,
            rows,
            source="service_points.csv",
            most=500,
        ),
    )
