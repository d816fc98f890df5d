"""``report.html``: one plan on one page, section by section; a section whose facts are not there is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from assetopt.report.layers import Layer
from assetopt.report.page.facts import Facts
from assetopt.report.page.sections.access import access_section
from assetopt.report.page.sections.capacity import capacity_section
from assetopt.report.page.sections.cash import cash_section
from assetopt.report.page.sections.certificate import certificate_section
from assetopt.report.page.sections.decision import decision_section
from assetopt.report.page.sections.disposals import disposals_section
from assetopt.report.page.sections.ground import assumptions_section, audit_section, quality_section, rules_section
from assetopt.report.page.sections.months import months_section
from assetopt.report.page.sections.moves import moves_section
from assetopt.report.page.sections.options import options_section
from assetopt.report.page.sections.places import map_section
from assetopt.report.page.sections.transfers import transfers_section
from assetopt.report.page.sections.why import sheets_section, why_section
from assetopt.report.page.shell import page
from assetopt.report.page.words import text
from assetopt.report.tables import Table

PAGE_FILE = "report.html"

SECTIONS = (
    decision_section, certificate_section, options_section, map_section, disposals_section, why_section, sheets_section,
    moves_section, months_section, cash_section, transfers_section, access_section, capacity_section, assumptions_section,
    quality_section, rules_section, audit_section,
)  # fmt: skip
"""In the order of the page."""


def report_page(
    document: Mapping[str, object],
    tables: Mapping[str, Table],
    layers: Iterable[Layer],
    partners: Mapping[str, str],
    pictures: Mapping[str, str] | None = None,
    explained: Mapping[str, object] | None = None,
) -> str:
    """Return the page; the same report gives the same bytes, and no figure that it does not state elsewhere.

    Parameters
    ----------
    document : mapping
        ``plan.json``.
    tables : mapping of str to Table
        From `report_tables`, or what an audience may see of them.
    layers : iterable of Layer
        From `plan_layers`.
    partners : mapping of str to str
        Names by id.
    pictures : mapping of str to str, optional
        Of a calendar, where there is one: ``svg`` elements by title.
    explained : mapping, optional
        ``explain.json``, where there is one.
    """
    facts = Facts(document, tables, {layer.name: layer for layer in layers}, partners, pictures or {}, explained or {})
    title = str(facts.part("scenario").get("name") or "Plan")
    lead = Markup("")
    audience = facts.part("audience")
    if audience:
        kept = audience.get("kept_back")
        items = Markup("").join(
            Markup("<li>{}</li>").format(text(rule, 600)) for rule in (kept if isinstance(kept, list) else [])
        )
        lead = Markup('<div class="note"><p>This report is for: {}.</p><ul>{}</ul></div>').format(
            text(audience.get("for")), items
        )
    foot = (
        "Money is in pounds of the base year unless said otherwise, excluding VAT. Every figure of this page "
        "stands in the tables of the report folder, which assetopt verify counts again."
    )
    return page(f"{title}: report on the plan", lead, [make(facts) for make in SECTIONS], foot)
