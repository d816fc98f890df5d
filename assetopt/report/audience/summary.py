"""The totals of a view, one a line, with the reason where a figure is kept back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.report.audience.counts import Floats, rests_on_many
from assetopt.report.tables import Field, Table

NAME = "in_total"
FIELDS = (
    Field("who", "text", "Who"),
    Field("item", "text", "Item"),
    Field("unit", "text", "Unit"),
    Field("amount", "number", "Amount"),
    Field("shown_as", "text", "Shown as"),
)
KEY = ("who", "item")

BANDS = (0.0, 100_000.0, 250_000.0, 500_000.0, 1_000_000.0, 2_500_000.0, 5_000_000.0, 10_000_000.0)
"""Where the bands of receipts begin, £."""


@dataclass(frozen=True)
class Line:
    """One line: ``amount`` is None where it is kept back or a band, and then ``shown_as`` says so."""

    who: str
    item: str
    unit: str
    amount: float | None
    shown_as: str = ""


def total(who: str, item: str, unit: str, parts: Floats, least: int) -> Line:
    """Return a sum as a line, or say that it is kept back as it rests on too few, or on one or two."""
    parts = parts[np.abs(parts) > 0.005]
    if not len(parts):
        return Line(who, item, unit, 0.0)
    if rests_on_many(parts, least):
        return Line(who, item, unit, round(float(parts.sum()), 2))
    return Line(who, item, unit, None, f"hidden: fewer than {least} make it up, or one or two dominate it")


def summary_table(lines: Iterable[Line]) -> Table:
    """Return the lines as a table, in their order."""
    rows = [
        (line.who, line.item, line.unit, np.nan if line.amount is None else line.amount, line.shown_as)
        for line in lines
    ]
    frame = pd.DataFrame(rows, columns=[field.name for field in FIELDS])
    return Table(NAME, FIELDS, KEY, frame.astype({"amount": "float64"}))


def band(amount: float, bands: Sequence[float] = BANDS) -> str:
    """Return the band of a receipt in words: "£250k to £500k", "none", "a net cost"."""
    if abs(amount) <= 0.005:
        return "none"
    if amount < 0:
        return "a net cost"
    low = max(edge for edge in bands if edge <= amount)
    above = [edge for edge in bands if edge > amount]
    if not above:
        return f"{_short(low)} and more"
    return f"up to {_short(above[0])}" if low == 0 else f"{_short(low)} to {_short(above[0])}"


def _short(pounds: float) -> str:
    return f"£{pounds / 1e6:g}m" if pounds >= 1e6 else f"£{pounds / 1e3:g}k"
