"""Sites and teams on which plans differ, with every plan's reason, and what all plans agree on."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.compare.comparison import Comparison
from assetopt.compare.page.question import SOURCE
from assetopt.compare.question import letters
from assetopt.report.layers import action_label
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import plural, text

MOST = 300


def sites_section(comparison: Comparison) -> Section:
    """Return the sites on which plans differ, with what each plan does, when and why."""
    return Section("sites", "Sites that differ", _differing(comparison, "sites"))


def teams_section(comparison: Comparison) -> Section:
    """Return the teams on which plans differ."""
    return Section("teams", "Teams that differ", _differing(comparison, "teams"))


def _differing(comparison: Comparison, kind: str) -> Markup:
    frame = comparison.frames[kind]
    if not len(frame):
        return Markup("<p>No {} differ.</p>").format(kind)
    words = _Words(comparison)
    columns = [Column("Name"), Column("Id"), Column("Partner")]
    small = [letter.lower() for letter in letters(len(comparison.sides))]
    columns += [Column(f"Plan {letter.upper()}", wide=True) for letter in small]
    rows = []
    for row in frame.to_dict("records"):
        cells: list[object] = [row["name"] or row["id"], row["id"], row["partner_id"]]
        for letter in small:
            year = row[f"{letter}_year"]
            does = words.told("site" if kind == "sites" else "team", str(row[f"{letter}_does"]))
            why = Markup("<br>{}").format(text(row[f"{letter}_why"], 400)) if row[f"{letter}_why"] else ""
            cells.append(
                Markup("<strong>{}</strong>{}").format(text(does if year != year else f"{does}, {year:.0f}"), why)
            )
        rows.append(cells)
    caption = f"{kind.capitalize()} on which plans differ, with each plan's reason"
    return Markup("<p>{} differ between plans.</p>").format(plural(len(rows), kind[:-1])) + table(
        kind, caption, columns, rows, source=SOURCE, most=MOST
    )


def core_section(comparison: Comparison) -> Section:
    """Return what every plan does alike: the changes in full, what stays in number."""
    frame, title = comparison.frames["common_core"], "What all plans agree on"
    kinds = ("site", "team", "intervention")
    still = [
        plural(count, kind) for kind in kinds if (count := int(((frame["kind"] == kind) & ~frame["changes"]).sum()))
    ]
    body = Markup("<p>All plans leave {} as they are.</p>").format(", ".join(still)) if still else Markup("")
    changes = frame[frame["changes"]]
    if not len(changes):
        return Section("core", title, body + Markup("<p>No change is common to all plans.</p>"))
    words = _Words(comparison)
    rows = [
        (
            row["name"] or row["id"],
            row["id"],
            row["kind"],
            row["partner_id"],
            words.told(row["kind"], row["does"]),
            row["years"],
        )
        for row in changes.to_dict("records")
    ]
    columns = [Column("Name"), Column("Id"), Column("Kind"), Column("Partner"), Column("All plans"), Column("Year")]
    body += Markup("<p>{} common to all plans: least in doubt.</p>").format(
        plural(len(rows), "change is", "changes are")
    )
    return Section(
        "core", title, body + table("core", "Changes that all plans make", columns, rows, source=SOURCE, most=MOST)
    )


class _Words:
    """Says what a plan does as a reader takes it: options as options, sites by name."""

    def __init__(self, comparison: Comparison) -> None:
        self.status = str(comparison.sides[0].part("totals").get("plan_status", ""))
        self.names: dict[str, str] = {}
        for side in comparison.sides:
            sites = side.tables["sites"]
            self.names |= dict(zip(sites["site_id"].astype(str), sites["name"].astype(str), strict=True))

    def told(self, kind: str, does: str) -> str:
        """Return what happens to a site, team or intervention in words."""
        if kind == "site":
            return action_label(does, self.status)
        before, to, site = does.partition(" to ")
        return f"{before}{to}{self.names.get(site) or site}"
