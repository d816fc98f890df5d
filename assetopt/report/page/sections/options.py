"""The options side by side, business as usual first."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.report.page.facts import Facts
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import money

_ROWS = (
    ("npv_cost", "Cost to the public purse, present value"),
    ("npv_journeys", "Journeys, present value"),
    ("npv_penalties", "Penalties of soft standards, present value"),
    ("npv_preferences", "Preferences, present value"),
)


def options_section(facts: Facts) -> Section:
    """Return the section; empty where the totals are kept back."""
    if facts.total("npv_cost") is None or facts.total("npv_cost_today") is None:
        return Section("options", "Options", Markup(""))
    sites = facts.frame("sites")
    held = int(sites["action"].isin(["keep", "dispose", "exit_lease"]).sum())
    shown = [(key, label) for key, label in _ROWS if facts.total(key) or facts.total(f"{key}_today")]
    columns = [
        Column("Option"),
        *(Column(f"{label} (£)", "money") for _, label in shown),
        Column("Saving against business as usual (£)", "money"),
        Column("Saving a year (£)", "money"),
        Column("Capital (£)", "money"),
        Column("Receipts (£)", "money"),
        Column("Sites held at the end", "count"),
        Column("Teams that move", "count"),
    ]
    today = ["Business as usual", *(facts.total(f"{key}_today") for key, _ in shown), 0.0, 0.0, 0.0, 0.0, held, 0]
    plan = [
        "This plan",
        *(facts.total(key) for key, _ in shown),
        facts.total("npv_saving"),
        facts.total("annual_saving"),
        facts.total("capital"),
        facts.total("receipts"),
        facts.total("sites_kept"),
        facts.total("teams_moved"),
    ]
    body = table("options", "Options", columns, [today, plan], tools=False)
    low, high = facts.total("receipts_low"), facts.total("receipts_high")
    if low is not None and high is not None and high - low > 0.005:
        body += Markup("<p>Receipts of this plan lie between {} and {}, as the owners' valuations do.</p>").format(
            money(low), money(high)
        )
    body += Markup(
        "<p>Business as usual keeps every building and team where it is and pays for it over the same years. Capital and "
        "receipts are those of the plan's changes.</p>"
    )
    return Section("options", "Options, business as usual first", body)
