"""Who is nearer or further with each plan than with the first: by service, by group, by ward and zone."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.compare.comparison import Comparison
from assetopt.compare.page.question import SOURCE, whole_table
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table

_SHOWN = ("everyone", "district", "imd_decile")
_FIRST = ("ward", "zone_id", "district")


def access_section(comparison: Comparison) -> Section:
    """Return the section; it says so where nobody is nearer or further."""
    title, found = "Who is nearer, who is further", comparison.tables["access"]
    if not len(found.frame):
        words = "Nobody is nearer or further with one plan than with another, as far as these reports show."
        return Section("access", title, Markup("<p>{}</p>").format(words))
    body = whole_table("access", "People nearer and further than with plan A, by service", found)
    return Section("access", title, body + _groups(comparison) + _zones(comparison))


def _groups(comparison: Comparison) -> Markup:
    found = comparison.tables["access_groups"]
    frame = found.frame[(found.frame["kind"] == "service") & found.frame["breakdown"].isin(_SHOWN)]
    if not len(frame):
        return Markup("")
    fields = [
        field for field in found.fields if field.name not in ("kind", "standard_id") and "share" not in field.name
    ]
    columns = [Column(field.heading, field.kind) for field in fields]
    rows = frame[[field.name for field in fields]].itertuples(index=False, name=None)
    caption = "Mean way of groups whose way differs"
    return Markup("<h3>By district and deprivation</h3>") + table(
        "groups", caption, columns, rows, source=SOURCE, most=300
    )


def _zones(comparison: Comparison) -> Markup:
    found = comparison.tables["access_zones"]
    less = [name for name in found.frame.columns if name.endswith("less_a")]
    size = found.frame[less].abs().max(axis=1).fillna(1e6)  # who reaches a point with one plan only comes first
    frame = found.frame.loc[size.sort_values(ascending=False, kind="stable").index]
    frame = frame.assign(ward=frame["ward"].where(frame["ward"] != "", frame["zone_id"]))
    order = {name: at for at, name in enumerate(_FIRST)}
    fields = sorted(found.fields, key=lambda field: order.get(field.name, len(order)))
    columns = [Column(field.heading, "travel" if field.name in less else field.kind) for field in fields]
    rows = frame[[field.name for field in fields]].itertuples(index=False, name=None)
    caption = "Zones whose way differs most, by ward"
    return Markup("<h3>By ward and zone</h3>") + table("zones", caption, columns, rows, source=SOURCE, most=300)
