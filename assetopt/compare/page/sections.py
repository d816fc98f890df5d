"""The sections of the page that are tables: the question, totals, sites and teams, the common core, access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from assetopt.compare.comparison import Comparison
from assetopt.compare.page.cells import Column, columns, number, table, text
from assetopt.compare.question import letters
from assetopt.plan import table_records
from assetopt.report.layers import action_label

MOST_ROWS = 300
"""Rows of a long table that are shown; the workbook and the JSON have all."""

HEADLINES = (
    "npv_saving", "npv_cost", "annual_saving", "capital", "receipts", "payback_year", "sites_kept", "sites_disposed", "teams_moved",
    "carbon_t",
)  # fmt: skip
"""Totals that are shown at once; the others below."""


def plans_section(comparison: Comparison) -> Iterator[str]:
    """Yield the plans with how good each is."""
    shown = columns(comparison.tables["plans"].fields)
    yield table("plans", "The plans", shown, _rows(comparison.frames["plans"]), tools=False)


def question_section(comparison: Comparison) -> Iterator[str]:
    """Yield what differs in version, audience, data and scenario."""
    found = comparison.tables["question"]
    if len(found.frame):
        yield table("question", "What differs in the question", columns(found.fields), _rows(found.frame))


def totals_section(comparison: Comparison) -> Iterator[str]:
    """Yield the totals side by side: those that are asked for first, then all."""
    frame = comparison.frames["totals"]
    first = frame.set_index("item").reindex([item for item in HEADLINES if item in set(frame["item"])]).reset_index()
    yield _totals(comparison, "totals", "Headlines, side by side", first)
    yield f"<details><summary>All {len(frame)} totals</summary>{_totals(comparison, 'all-totals', 'All totals', frame)}</details>"


def _totals(comparison: Comparison, key: str, caption: str, frame: pd.DataFrame) -> str:
    small = [letter.lower() for letter in letters(len(comparison.sides))]
    named = [(one, one.upper()) for one in small] + [(f"{one}_less_a", f"{one.upper()} less A") for one in small[1:]]
    head = "".join(f'<th scope="col" class="num">{heading}</th>' for _, heading in named)
    body = []
    for row in frame.to_dict("records"):
        unit = str(row["unit"])
        kind = "money" if unit.startswith("£") else "number"
        cells = []
        for name, _ in named:
            of = "year" if unit == "year" and not name.endswith("less_a") else kind
            cells.append(f'<td class="num">{number(row[name], of)}</td>')  # type: ignore[arg-type]
        beside = "" if unit in ("£", "") else f" ({text(unit)})"
        body.append(f'<tr><th scope="row">{text(row["what"])}{beside}</th>{"".join(cells)}</tr>')
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{key}-caption"><table id="{key}-table">'
        f'<caption id="{key}-caption">{text(caption)}</caption><thead><tr><th scope="col">Measure</th>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def decisions_section(comparison: Comparison, name: str) -> Iterator[str]:
    """Yield the sites or teams on which plans differ, with what each plan does, when and why."""
    found = comparison.tables[name]
    if not len(found.frame):
        yield f"<p>No {name} differ.</p>"
        return
    shown = [Column("name", "Name"), Column("id", "Id"), Column("partner_id", "Partner")]
    for letter in letters(len(comparison.sides)):
        low = letter.lower()
        shown += [Column(f"{low}_does", f"{letter} does"), Column(f"{low}_why", f"{letter}: why")]
    rows = _rows(found.frame)
    status = str(comparison.sides[0].part("totals").get("plan_status", ""))
    names = _site_names(comparison)
    for row in rows:
        row["name"] = row["name"] or row["id"]
        for letter in letters(len(comparison.sides)):
            year, does = row[f"{letter.lower()}_year"], str(row[f"{letter.lower()}_does"])
            does = action_label(does, status) if name == "sites" else _by_name(does, names)
            row[f"{letter.lower()}_does"] = does if year is None else f"{does}, {year}"
    yield f"<p>{len(rows)} {name} differ between plans.</p>"
    yield table(name, f"{name.capitalize()} on which plans differ, with each plan's reason", shown, rows[:MOST_ROWS])
    yield _more(len(rows))


def _site_names(comparison: Comparison) -> dict[str, str]:
    out: dict[str, str] = {}
    for side in comparison.sides:
        sites = side.tables["sites"]
        out |= dict(zip(sites["site_id"].astype(str), sites["name"].astype(str), strict=True))
    return out


def _by_name(does: str, names: Mapping[str, str]) -> str:
    """Return "move to ID" with the site's name in place of its id."""
    before, to, site = does.partition(" to ")
    return f"{before}{to}{names.get(site) or site}"


def core_section(comparison: Comparison) -> Iterator[str]:
    """Yield what every plan does alike: the changes in full, what stays in number."""
    frame = comparison.frames["common_core"]
    changes = frame[frame["changes"]]
    words = [
        f"{count} {kind}s" if count != 1 else f"1 {kind}"
        for kind in ("site", "team", "intervention")
        if (count := int(((frame["kind"] == kind) & ~frame["changes"]).sum()))
    ]
    if words:
        yield f"<p>All plans leave {', '.join(words)} as they are.</p>"
    if not len(changes):
        yield "<p>No change is common to all plans.</p>"
        return
    yield f"<p>{len(changes)} changes are common to all plans: they are the ones least in doubt.</p>"
    shown = [Column("name", "Name"), Column("id", "Id"), Column("kind", "Kind"), Column("partner_id", "Partner"),
             Column("does", "All plans"), Column("years", "Year")]  # fmt: skip
    status = str(comparison.sides[0].part("totals").get("plan_status", ""))
    names = _site_names(comparison)
    rows = [{**row, "name": row["name"] or row["id"]} for row in _rows(changes)]
    for row in rows:
        does = str(row["does"])
        row["does"] = action_label(does, status) if row["kind"] == "site" else _by_name(does, names)
    yield table("core", "Changes that all plans make", shown, rows[:MOST_ROWS])
    yield _more(len(rows))


def access_section(comparison: Comparison) -> Iterator[str]:
    """Yield who is nearer or further with each plan than with the first: by service, by group, by zone."""
    found = comparison.tables["access"]
    if not len(found.frame):
        yield "<p>Nobody is nearer or further with one plan than with another, as far as these reports show.</p>"
        return
    yield table(
        "access", "People nearer and further than with plan A, by service", columns(found.fields), _rows(found.frame)
    )
    groups = comparison.tables["access_groups"]
    by_place = groups.frame[
        (groups.frame["kind"] == "service") & groups.frame["breakdown"].isin(["everyone", "district", "imd_decile"])
    ]
    if len(by_place):
        leave = [
            field.name for field in groups.fields if field.name in ("kind", "standard_id") or "share" in field.name
        ]
        yield "<h3>By district and deprivation</h3>"
        yield table(
            "groups", "Mean way of groups whose way differs", columns(groups.fields, leave), _rows(by_place)[:MOST_ROWS]
        )
        yield _more(len(by_place))
    zones = comparison.tables["access_zones"]
    less = [name for name in zones.frame.columns if name.endswith("less_a")]
    size = zones.frame[less].abs().max(axis=1).fillna(1e6)
    worst = zones.frame.loc[size.sort_values(ascending=False, kind="stable").index]
    yield "<h3>By ward and zone</h3>"
    shown = sorted(columns(zones.fields), key=lambda column: ("ward", "district", "zone_id").index(column.name)
                   if column.name in ("ward", "district", "zone_id") else 9)  # fmt: skip
    yield table("zones", "Zones whose way differs most", shown, _rows(worst.head(MOST_ROWS)))
    yield _more(len(worst))


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    return table_records(frame)


def _more(count: int) -> str:
    return f"<p>{count - MOST_ROWS:,} further rows are in the workbook and the JSON.</p>" if count > MOST_ROWS else ""
