"""Who gets further and who nearer: by ward first, then district, deprivation and group; and the twenty worst places."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from assetopt.report.page.chart import bars, figure
from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import name, text

_ORDER = {
    "ward": "By ward",
    "district": "By district",
    "imd_decile": "By deprivation decile (1 = most deprived)",
    "rural": "Rural and urban",
    "group": "By group",
    "everyone": "Everybody",
}


def access_section(facts: Facts) -> Section:
    """Return the section; empty where no access table may be shown."""
    parts = [_standards(facts), _groups(facts), _worst(facts), _cumulative(facts), _travel(facts)]
    return Section("access", "Access: who gets further, who nearer", Markup("").join(parts))


def _standards(facts: Facts) -> Markup:
    frame = facts.frame("access")
    if not len(frame):
        return Markup("")
    columns = [
        Column("Standard"),
        Column("Service"),
        Column("Mode"),
        Column("Group"),
        Column("Force"),
        Column("Share asked", "share"),
        Column("Today", "share"),
        Column("With this plan", "share"),
        Column("Holds", "flag"),
        Column("People with further to go", "people"),
        Column("Mean way today", "travel"),
        Column("Mean way then", "travel"),
    ]
    rows = [
        (
            name(r["standard_id"]),
            service(r["service_type"]),
            r["mode"],
            service(r["group"]),
            r["force"],
            r["share_required"],
            r["share_today"],
            r["share"],
            r["holds"],
            r["people_further"],
            r["mean_today"],
            r["mean"],
        )
        for r in frame.to_dict("records")
    ]
    return Markup("<h3>Access standards</h3>") + table(
        "standards", "Access standards", columns, rows, source="access.csv"
    )


def _groups(facts: Facts) -> Markup:
    frame = facts.frame("access_groups")
    frame = frame[frame["kind"] == "service"]
    if not len(frame):
        return Markup("")
    found = list(dict.fromkeys(frame["breakdown"]))
    order = [word for word in _ORDER if word in found and word != "everyone"] + [
        word for word in found if word not in _ORDER
    ]
    order += ["everyone"] if "everyone" in found else []
    out = _chart(frame)
    for word in order:
        rows = frame[frame["breakdown"] == word]
        title = _ORDER.get(word, f"By {service(word)}")
        out += Markup("<h3>{}</h3>").format(text(title)) + _table(f"access-{order.index(word)}", title, rows)
    caveat = [word for word in dict.fromkeys(frame["caveat"]) if word]
    return out + Markup("").join(Markup('<p class="more">{}</p>').format(text(word, 400)) for word in caveat)


def _table(key: str, title: str, frame: pd.DataFrame) -> Markup:
    decile, several = frame["breakdown"].iloc[0] == "imd_decile", frame["unit"].nunique() > 1
    if not decile:
        frame = frame.sort_values(
            ["people_losing", "group", "service_type", "mode"], ascending=[False, True, True, True], kind="stable"
        )
    columns = [
        Column("Who"),
        Column("Service"),
        Column("Mode"),
        Column("People", "people"),
        Column("People who lose noticeably", "people"),
        Column("Share", "share"),
        Column("They lose", "travel"),
        Column("People who gain noticeably", "people"),
        Column("They gain", "travel"),
        Column("Mean way today", "travel"),
        Column("Mean way then", "travel"),
        Column("Reach none then", "people"),
        *([Column("Unit")] if several else []),
    ]
    rows = [
        (
            name(service(r["group"])),
            service(r["service_type"]),
            r["mode"],
            r["people"],
            r["people_losing"],
            r["share_losing"],
            r["mean_loss"],
            r["people_gaining"],
            r["mean_gain"],
            r["mean_today"],
            r["mean"],
            r["unreached"],
            *([r["unit"]] if several else []),
        )
        for r in frame.to_dict("records")
    ]
    return table(
        key,
        f"{title}: people and their ways to each service" + ("" if several else f" ({frame['unit'].iloc[0]})"),
        columns,
        rows,
        source="access_groups.csv",
        most=600,
    )


def _chart(frame: pd.DataFrame) -> Markup:
    whole = frame[(frame["breakdown"] == "everyone") & (frame["people_losing"] > 0)]
    whole = whole.sort_values(
        ["people_losing", "service_type", "mode"], ascending=[False, True, True], kind="stable"
    ).head(12)
    if not len(whole):
        return Markup("<p>Nobody has noticeably further to go to any service.</p>")
    words = [f"{service(a)}, {b}" for a, b in zip(whole["service_type"], whole["mode"], strict=True)]
    said = [
        f"{people:,.0f} ({share:.1%})"
        for people, share in zip(whole["people_losing"], whole["share_losing"], strict=True)
    ]
    behind = table(
        "losing",
        "People who lose noticeably, by service",
        [Column("Service"), Column("People", "people"), Column("Share", "share")],
        list(zip(words, whole["people_losing"], whole["share_losing"], strict=True)),
        tools=False,
    )
    told = f"Most lose on {words[0]}: {said[0]}."
    return figure(
        "losing-chart",
        "People with noticeably further to go, by service",
        told,
        bars(words, whole["people_losing"].tolist(), said),
        behind,
    )


def _worst(facts: Facts) -> Markup:
    frame = facts.frame("access_losers")
    if not len(frame):
        return Markup("")
    gone = frame["way"].isna()
    order = frame.assign(gone=gone).sort_values(
        ["gone", "change", "people", "zone_id"], ascending=[False, False, False, True], kind="stable"
    )
    columns = [
        Column("Ward or zone"),
        Column("District"),
        Column("Service"),
        Column("Mode"),
        Column("People", "people"),
        Column("Way today", "travel"),
        Column("Way then", "travel"),
        Column("Lost", "travel"),
        Column("Nearest today"),
        Column("Nearest then"),
        Column("Unit"),
    ]
    rows = [
        (
            name(f"{r['ward']} {r['zone_id']}".strip()),
            r["district"],
            service(r["service_type"]),
            r["mode"],
            r["people"],
            r["way_today"],
            r["way"] if r["way"] == r["way"] else Markup("out of reach"),
            r["change"],
            r["point_today_name"],
            r["point_name"],
            r["unit"],
        )
        for r in order.head(20).to_dict("records")
    ]
    return Markup("<h3>The twenty that lose most</h3>") + table(
        "worst", "The twenty places that lose most", columns, rows, source="access_losers.csv"
    )


def _cumulative(facts: Facts) -> Markup:
    frame = facts.frame("access_cumulative")
    frame = frame[(frame["kind"] == "group") & (frame["people_losing_two"] > 0)]
    if not len(frame):
        return Markup("")
    columns = [
        Column("Who"),
        Column("Mode"),
        Column("People", "people"),
        Column("Lose two services or more", "people"),
        Column("Share", "share"),
        Column("Lose one", "people"),
        Column("Extra minutes, all services", "travel"),
    ]
    rows = [
        (
            name(service(r["group"]) if r["breakdown"] != "imd_decile" else f"decile {r['group']}"),
            r["mode"],
            r["people"],
            r["people_losing_two"],
            r["share_losing_two"],
            r["people_losing_one"],
            r["extra_minutes"],
        )
        for r in frame.sort_values(["people_losing_two", "group"], ascending=[False, True], kind="stable").to_dict(
            "records"
        )
    ]
    return Markup("<h3>People who lose on more than one service</h3>") + table(
        "cumulative",
        "People who lose on more than one service",
        columns,
        rows,
        source="access_cumulative.csv",
        most=300,
    )


def _travel(facts: Facts) -> Markup:
    frame = facts.frame("travel")
    if not len(frame) or not len(facts.frame("access_groups")) + len(facts.frame("access")):
        return Markup("")
    items = Markup("").join(
        Markup("<li>{}: {}</li>").format(text(r["mode"]), text(r["about"], 800)) for r in frame.to_dict("records")
    )
    return Markup("<h3>What the minutes are</h3><ul>{}</ul>").format(items)
