"""Buildings that could be left: why, when, for how much, and whose consent it takes."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from assetopt.report.layers import action_label
from assetopt.report.page.chart import bars, figure
from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import name, pounds, text

_LEAVING = ["dispose", "exit_lease"]


def disposals_section(facts: Facts) -> Section:
    """Return the section; empty where no building is left."""
    sites = facts.frame("sites")
    left = sites[sites["action"].isin(_LEAVING)].sort_values(
        ["receipt", "site_id"], ascending=[False, True], kind="stable"
    )
    title = "Disposals" if facts.decided else "Buildings that could close"
    if not len(left):
        return Section("disposals", title, Markup(""))
    days = _days(facts)
    columns = [
        Column("Building"),
        Column("Partner"),
        Column("What becomes of it"),
        Column("Why", wide=True),
        Column("Left in", "year"),
        Column("Not paid for from", "year"),
        *(Column(heading) for heading in days),
        Column("Net receipt (£)", "money"),
        Column("Change in its own cost (£, present value)", "money"),
        Column("Tenure"),
    ]
    rows: list[tuple[object, ...]] = [
        (
            facts.site(row["site_id"]),
            facts.partner(row["partner_id"]),
            action_label(row["action"], facts.status),
            text(row["reason"], 400),
            row["year"],
            row["exit_year"],
            *(day.get(row["site_id"], "") for day in days.values()),
            row["receipt"],
            row["npv_change"],
            row["tenure"],
        )
        for row in left.to_dict("records")
    ]
    receipts, change = float(left["receipt"].sum()), float(left["npv_change"].sum())
    end: tuple[object, ...] = (
        f"All {len(left)}",
        "",
        "",
        "",
        float("nan"),
        float("nan"),
        *[""] * len(days),
        receipts,
        change,
        "",
    )
    blank = [Markup("") if value != value else value for value in end]
    told = table("disposals", f"{title}, largest receipt first", columns, [*rows, blank], source="sites.csv", sums=1)
    return Section("disposals", title, told + _largest(facts, left) + _services(facts, left) + _consents(facts))


def _days(facts: Facts) -> dict[str, dict[str, str]]:
    """Return by heading the day of each building, where a calendar was made that says any."""
    out = {}
    for heading, table_name, kind in (
        ("Handed back on", "calendar", "handback"), ("Sale completes on", "calendar", "sale"),
        ("Consent to have by", "calendar_decide_by", "consent"),
    ):  # fmt: skip
        frame = facts.tables[table_name].frame if table_name in facts.tables else pd.DataFrame()
        told = frame[frame["kind"] == kind].sort_values("date") if len(frame) else frame
        if len(told):
            out[heading] = {str(site): str(day) for site, day in zip(told["subject"], told["date"], strict=True)}
    return out


def _largest(facts: Facts, left: pd.DataFrame) -> Markup:
    top = left[left["receipt"] > 0].head(10)
    if len(top) < 2:
        return Markup("")
    names = [facts.site_words(key) for key in top["site_id"]]
    drawing = bars(names, top["receipt"].tolist(), [pounds(value) for value in top["receipt"]])
    behind = table(
        "receipts",
        "Largest receipts",
        [Column("Building"), Column("Net receipt (£)", "money")],
        [(name(label), value) for label, value in zip(names, top["receipt"], strict=True)],
        tools=False,
    )
    said = f"The largest is {names[0]} with {pounds(float(top['receipt'].iloc[0]))}."
    return figure("receipts-chart", "Largest receipts", said, drawing, behind)


def _services(facts: Facts, left: pd.DataFrame) -> Markup:
    points = facts.frame("service_points")
    if not len(points):
        return Markup("")
    lost = points[points["site_id"].isin(left["site_id"]) & points["open_today"] & ~points["open"]]
    if not len(lost):
        return Markup("")
    columns = [
        Column("Building"),
        Column("Service"),
        Column("District"),
        Column("People it is nearest to today", "people"),
        Column("Visits a year today", "people"),
        Column("Their mean way today (minutes)", "travel"),
    ]
    rows = [
        (
            facts.site(row["site_id"]),
            service(row["service_type"]),
            row["district"],
            row["people_today"],
            row["visits_today"],
            row["mean_today"],
        )
        for row in lost.to_dict("records")
    ]
    return Markup(
        "<h3>Services that people would go elsewhere for</h3>"
        if not facts.decided
        else "<h3>Services that move or end</h3>"
    ) + table("lost-points", "Public services at these buildings", columns, rows, source="service_points.csv")


def _consents(facts: Facts) -> Markup:
    told = [row for row in facts.entries("warnings") if str(row.get("what", "")).startswith("consent_")]
    if not told:
        return Markup("")
    items = Markup("").join(
        Markup("<li>{}: {}</li>").format(text(row.get("what"), 600), text(row.get("fix"), 600)) for row in told
    )
    return Markup("<h3>Consents that these disposals need</h3><ul>{}</ul>").format(items)
