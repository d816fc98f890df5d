"""``explain.html``: every decision with its price the other way, and one sheet a building, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetopt.report.page.sections.why import (
    SHEETS,
    building_sheets,
    opening,
    sites_table,
    standards_table,
    teams_table,
)
from assetopt.report.page.shell import Section, page


def explain_page(document: Mapping[str, Any], name: str) -> str:
    """Return the page of ``explain.json`` about the plan of a name; every name in it is escaped."""
    sections = [
        Section(
            "sites", "Buildings, from essential to swappable",
            sites_table(document["sites"], document["plan_status"] == "decided"),
        ),
        Section("sheets", SHEETS, building_sheets(document["buildings"])),
        Section("standards", "What each standard costs", standards_table(document["standards"])),
        Section("teams", "Teams", teams_table(document["teams"])),
    ]  # fmt: skip
    foot = "Money is in pounds of the base year, present value over the appraisal, excluding VAT."
    return page(f"{name or 'Plan'}: why this, and what the other way would cost", opening(document), sections, foot)
