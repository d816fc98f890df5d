"""Cash by partner and year as differences, and a picture of what all partners pay with each plan less the first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from assetopt.account.bridge import ALL
from assetopt.compare.comparison import Comparison
from assetopt.compare.page.cells import Column, money, table, text
from assetopt.compare.question import letters

_WIDTH, _HEIGHT, _LEFT, _FOOT, _TOP = 900, 300, 80, 30, 14


def cash_section(comparison: Comparison) -> Iterator[str]:
    """Yield, for each plan but the first, a chart and a table of partners by year; £ real, positive is money out."""
    frame = comparison.frames["cash"]
    if not len(frame):
        yield "<p>Cash is the same with all plans, as far as these reports show.</p>"
        return
    yield "<p>Capital, receipts and revenue together, in base-year prices; above 0 is more money out than with plan A.</p>"
    for letter in letters(len(comparison.sides))[1:]:
        less = frame.pivot_table(
            index="partner_id", columns="year", values=f"{letter.lower()}_real_less_a", aggfunc="sum"
        )
        less = less.fillna(0.0)
        years = [int(year) for year in less.columns]
        yield f"<h3>Plan {letter} less plan A</h3>"
        if ALL in less.index:
            yield _bars(less.loc[ALL].to_numpy(dtype=float), years, letter)
        names = [name for name in less.index if name != ALL] + [name for name in less.index if name == ALL]
        shown = [Column("partner", "Partner"), *(Column(str(year), f"{year}/{(year + 1) % 100:02d}", "money") for year in years),
                 Column("sum", "Together", "money")]  # fmt: skip
        rows = [_row(less.loc[name], name, years) for name in names]
        yield table(
            f"cash-{letter.lower()}", f"Cash by partner and year, plan {letter} less plan A (£ real)", shown, rows
        )


def _row(amounts: pd.Series, name: str, years: list[int]) -> dict[str, object]:
    values = [round(float(value), 2) for value in amounts]
    row: dict[str, object] = dict(zip(map(str, years), values, strict=True))
    return {"partner": "all partners" if name == ALL else name, **row, "sum": round(sum(values), 2)}


def _bars(amounts: np.ndarray, years: list[int], letter: str) -> str:
    """Return a bar chart; the table beneath it has its figures."""
    top, low = max(float(amounts.max()), 0.0), min(float(amounts.min()), 0.0)
    span = (top - low) or 1.0
    inner = _HEIGHT - _FOOT - _TOP

    def y(amount: float) -> float:
        return _TOP + inner * (top - amount) / span

    step = (_WIDTH - _LEFT) / len(years)
    bars = "".join(
        f'<rect class="{"out" if amount >= 0 else "in"}" x="{_LEFT + at * step + 1:.1f}" y="{min(y(amount), y(0)):.1f}" '
        f'width="{max(step - 2, 1):.1f}" height="{abs(y(amount) - y(0)):.1f}"/>'
        for at, amount in enumerate(amounts.tolist())
    )
    every = max(1, len(years) // 10)
    labels = "".join(
        f'<text x="{_LEFT + (at + 0.5) * step:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{year}</text>'
        for at, year in enumerate(years)
        if at % every == 0
    )
    ticks = "".join(
        f'<text x="{_LEFT - 6}" y="{y(amount) + 4:.1f}" text-anchor="end">{money(amount)[0]}</text>'
        for amount in dict.fromkeys((top, 0.0, low))
    )
    most = int(np.abs(amounts).argmax())
    told = f"Bars by year; the largest is {money(float(amounts[most]))[0]} in {years[most]}. The table below has every figure."
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Cash of all partners, plan {letter} less '
        f'plan A. {text(told)}">{bars}<line class="axis" x1="{_LEFT}" x2="{_WIDTH}" y1="{y(0):.1f}" y2="{y(0):.1f}"/>'
        f"{labels}{ticks}</svg>"
    )
