"""Who pays whom because of the plan, and what for."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table


def transfers_section(facts: Facts) -> Section:
    """Return the section; empty where nobody pays anybody."""
    frame = facts.frame("transfers")
    if not len(frame):
        return Section("transfers", "Transfers between bodies", Markup(""))
    pairs = frame.groupby(["payer", "payee", "item"], sort=True).agg(
        amount=("amount", "sum"), nominal=("amount_nominal", "sum"), first=("year", "min"), last=("year", "max")
    )
    pairs = pairs.reset_index().sort_values(
        ["amount", "payer", "payee", "item"], ascending=[False, True, True, True], kind="stable"
    )
    columns = [
        Column("Who pays"),
        Column("Who is paid"),
        Column("What for"),
        Column("From", "year"),
        Column("To", "year"),
        Column("All years, base-year prices (£)", "money"),
        Column("Prices of each year (£)", "money"),
    ]
    rows = [
        (
            facts.partner(row["payer"]),
            facts.partner(row["payee"]),
            service(row["item"]),
            row["first"],
            row["last"],
            row["amount"],
            row["nominal"],
        )
        for row in pairs.to_dict("records")
    ]
    note = Markup(
        "<p>Each payment is one body's cost and another's income, so that together they come to nothing. "
        "Every year is in transfers.csv.</p>"
    )
    return Section(
        "transfers",
        "Transfers between bodies",
        note
        + table("transfers", "Who pays whom, all years together", columns, rows, source="transfers.csv", most=300)
        + _terms(facts),
    )


def _terms(facts: Facts) -> Markup:
    frame = facts.frame("heads_of_terms")
    if not len(frame):
        return Markup("")
    columns = [
        Column("Building"),
        Column("Host"),
        Column("Guest"),
        Column("Space"),
        Column("Charge a year (£)", "money"),
        Column("From", "year"),
        Column("There today", "flag"),
        Column("In cost_shares", "flag"),
        Column("Notice (months)", "number"),
    ]
    rows = [
        (
            facts.site(row["site_id"]),
            facts.partner(row["host_partner_id"]),
            facts.partner(row["occupier_partner_id"]),
            row["space"],
            row["annual_charge"],
            row["start_year"],
            row["there_today"],
            row["agreed"],
            row["exit_notice_months"],
        )
        for row in frame.sort_values(["annual_charge", "site_id"], ascending=[False, True], kind="stable").to_dict(
            "records"
        )
    ]
    return Markup("<h3>Buildings shared with guests</h3>") + table(
        "terms", "Heads of terms, one row a building and guest", columns, rows, source="heads_of_terms.csv"
    )
