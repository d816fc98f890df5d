"""Cash by partner and year as differences, with a picture of what all partners pay beyond the first plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from assetopt.account.bridge import ALL
from assetopt.account.budget import KINDS
from assetopt.compare.comparison import Comparison
from assetopt.compare.question import letters
from assetopt.report.page.chart import figure, legend, stacked
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import pounds, year


def cash_section(comparison: Comparison) -> Section:
    """Return, for each plan but the first, a chart and a table of partners by year; £ real, positive is money out."""
    frame, title = comparison.frames["cash"], "Cash by partner and year"
    if not len(frame):
        return Section("cash", title, Markup("<p>Cash is the same with all plans, as far as these reports show.</p>"))
    body = Markup("<p>Base-year prices; above 0 is more money out than with plan A.</p>")
    for letter in letters(len(comparison.sides))[1:]:
        body += Markup("<h3>Plan {} less plan A</h3>").format(letter) + _plan(frame, letter)
    return Section("cash", title, body)


def _plan(frame: pd.DataFrame, letter: str) -> Markup:
    column, key = f"{letter.lower()}_real_less_a", f"cash-{letter.lower()}"
    less = frame.pivot_table(index="partner_id", columns="year", values=column, aggfunc="sum").fillna(0.0)
    years = [float(value) for value in less.columns]
    columns = [Column("Partner"), *(Column(year(value), "money") for value in years), Column("Together", "money")]
    names = [*(name for name in less.index if name != ALL), *(name for name in less.index if name == ALL)]
    rows = [
        ["all partners" if name == ALL else name, *less.loc[name].round(2), round(float(less.loc[name].sum()), 2)]
        for name in names
    ]
    caption = f"Cash by partner and year, plan {letter} less plan A (£ real)"
    beneath = table(key, caption, columns, rows, sums=int(ALL in less.index))
    together = frame[frame["partner_id"] == ALL]
    if together.empty:
        return beneath
    amounts = together.pivot_table(index="kind", columns="year", values=column, aggfunc="sum")
    grid = amounts.reindex(index=list(KINDS), columns=less.columns).fillna(0.0).to_numpy(dtype=float)
    sums = grid.sum(axis=0)
    most = int(np.abs(sums).argmax())
    told = (
        f"Together they come to {pounds(float(sums.sum()))}; most in {year(years[most])}, {pounds(float(sums[most]))}."
    )
    picture = stacked(f"{key}-bars", [year(value) for value in years], grid)
    return figure(
        f"{key}-bars", f"All partners, plan {letter} less plan A", told, picture, beneath, legend(f"{key}-bars", KINDS)
    )
