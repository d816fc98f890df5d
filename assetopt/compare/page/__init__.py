"""A comparison as one page that opens anywhere, offline: no request, readable without scripts, every name escaped."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.compare.comparison import Comparison
from assetopt.compare.page.access import access_section
from assetopt.compare.page.cash import cash_section
from assetopt.compare.page.decisions import core_section, sites_section, teams_section
from assetopt.compare.page.maps import map_section
from assetopt.compare.page.question import plans_section, totals_section
from assetopt.report.page.shell import page
from assetopt.report.page.words import text

SECTIONS = (
    plans_section, totals_section, map_section, sites_section, teams_section, core_section, access_section, cash_section,
)  # fmt: skip
"""In the order of the page."""

FOOT = "Differences are each plan less plan A. Plans are options, neither decisions nor a consultation."


def page_text(comparison: Comparison) -> str:
    """Return the page; the same comparison gives the same bytes."""
    notes = Markup("").join(Markup("<p>{}</p>").format(text(note, 600)) for note in comparison.notes)
    lead = Markup('<div class="note">{}</div><p>{}</p>').format(notes, FOOT)
    return page("Comparison of plans", lead, [make(comparison) for make in SECTIONS], FOOT)
