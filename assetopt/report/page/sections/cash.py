"""Cash by partner and year, and the bridge from the present value to the sum of cash."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from assetopt.account.bridge import ALL
from assetopt.report.page.chart import SERIES, bridge, figure, legend, lines, stacked
from assetopt.report.page.facts import Facts
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import pounds, text, year


def cash_section(facts: Facts) -> Section:
    """Return the section; empty where no money by year may be shown."""
    budget = facts.frame("budget")
    parts = []
    if len(budget):
        parts = [_all_partners(budget), _by_partner(facts, budget)]
    if len(facts.frame("bridge")):
        parts.append(_bridge(facts))
    intro = Markup("<p>Cash in base-year prices: capital and revenue, less receipts; positive is money out.</p>")
    return Section("money", "Cash by partner and year", intro + Markup("").join(parts) if parts else Markup(""))


def _all_partners(budget: pd.DataFrame) -> Markup:
    whole = budget[budget["partner_id"] == ALL].groupby("year")[["real", "real_today"]].sum()
    if not len(whole):
        return Markup("")
    years = [int(value) for value in whole.index]
    plan, today = whole["real"].to_numpy(), whole["real_today"].to_numpy()
    rows: list[tuple[object, ...]] = [
        (year(at), one, two, one - two) for at, one, two in zip(years, plan.tolist(), today.tolist(), strict=True)
    ]
    rows.append(("All years", float(plan.sum()), float(today.sum()), float(plan.sum() - today.sum())))
    columns = [
        Column("Year"),
        Column("This plan (£)", "money"),
        Column("Business as usual (£)", "money"),
        Column("Change (£)", "money"),
    ]
    behind = table("cash-all", "Cash of all partners by year", columns, rows, source="budget.csv", sums=1)
    least = int((plan - today).argmin())
    told = (
        f"Over {len(years)} years the plan costs {pounds(float(plan.sum()))}, business as usual {pounds(float(today.sum()))}; "
        f"the year that saves most is {years[least]} with {pounds(float(today[least] - plan[least]))}."
    )
    names = ["This plan", "Business as usual"]
    drawing = lines([str(at) for at in years], np.stack([plan, today]))
    return Markup("<p>{}</p>").format(told) + figure(
        "cash-lines",
        "Cash of all partners, this plan and business as usual",
        told,
        drawing,
        behind,
        legend("cash-lines", names, lines=True),
    )


def _by_partner(facts: Facts, budget: pd.DataFrame) -> Markup:
    own = budget[budget["partner_id"] != ALL]
    change = own.pivot_table(
        index="partner_id", columns="year", values="change_real", aggfunc="sum", fill_value=0.0
    ).sort_index()
    if not len(change):
        return Markup("")
    years = [int(at) for at in change.columns]
    summed = change.to_numpy().sum(axis=0)
    amounts_of = [*change.to_numpy().tolist(), summed.tolist()]
    named = [*(facts.partner(key) for key in change.index), Markup("All partners")]
    if len(named) <= len(years):  # years down the page: few partners fit beside each other, and paper is narrow
        columns = [Column("Year"), *(Column(who, "money") for who in named)]
        rows: list[tuple[object, ...]] = [
            (year(at), *each) for at, each in zip(years, zip(*amounts_of, strict=True), strict=True)
        ]
        rows.append(("All years", *(sum(each) for each in amounts_of)))
    else:
        columns = [Column("Partner"), *(Column(year(at), "money") for at in years), Column("All years", "money")]
        rows = [(who, *each, sum(each)) for who, each in zip(named, amounts_of, strict=True)]
    behind = table(
        "cash-partners",
        "Change of cash against business as usual, by partner and year (£)",
        columns,
        rows,
        source="budget.csv",
        sums=1,
    )
    size = change.abs().sum(axis=1).sort_values(ascending=False, kind="stable")
    chief = list(size.index[: SERIES - 1] if len(size) > SERIES else size.index)
    names = [facts.partner_words(key) for key in chief]
    amounts = change.loc[chief].to_numpy()
    if len(chief) < len(change):
        amounts = np.vstack([amounts, change.drop(index=chief).to_numpy().sum(axis=0)])
        names.append(f"{len(change) - len(chief)} others together")
    total = change.sum(axis=1)
    best = str(total.idxmin())
    told = (
        f"{facts.partner_words(best)} saves most, {pounds(-float(total[best]))} over all years."
        if total[best] < 0
        else "No partner saves cash."
    )
    drawing = stacked("cash-bars", [str(at) for at in years], amounts)
    return figure(
        "cash-partner-chart",
        "Change of cash against business as usual, by partner",
        told,
        drawing,
        behind,
        legend("cash-bars", names),
    )


def _bridge(facts: Facts) -> Markup:
    steps = facts.frame("bridge")
    whole = steps[steps["partner_id"] == ALL].sort_values("step", kind="stable")
    if not len(whole):
        return Markup("")
    columns = [
        Column("Step"),
        Column("This plan (£)", "money"),
        Column("Business as usual (£)", "money"),
        Column("Change (£)", "money"),
    ]
    rows = [
        (
            Markup("<b>{}</b>").format(text(row["what"])) if row["sum"] else row["what"],
            row["amount"],
            row["amount_today"],
            row["amount"] - row["amount_today"],
        )
        for row in whole.to_dict("records")
    ]
    behind = table(
        "bridge", "From present value to cash, all partners", columns, rows, source="bridge.csv", tools=False
    )
    drawn = whole[whole["sum"] | (whole["amount"].abs() >= 1)]
    amounts, totals = drawn["amount"].tolist(), drawn["sum"].tolist()
    told = f"From {pounds(amounts[0])} present value to {pounds(amounts[-1])} of cash in prices of each year."
    drawing = bridge(drawn["what"].tolist(), amounts, totals)
    return figure("bridge-chart", "The bridge from present value to cash, all partners", told, drawing, behind)
