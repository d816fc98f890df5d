"""Totals side by side, and cash by partner and year as differences from the first plan."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from assetopt.compare.question import letters
from assetopt.compare.side import Side
from assetopt.report.workbook import LABELS

_KEY = ["partner_id", "year", "kind"]


def totals(sides: Sequence[Side]) -> pd.DataFrame:
    """Return the totals: ``item, what, unit, a, b, ..., b_less_a, ...``; missing where a plan does not state one."""
    every = [side.part("totals") for side in sides]
    rows = []
    for name, what, unit in LABELS:
        values = [one.get(name) for one in every]
        numbers = [float(v) if isinstance(v, int | float) and not isinstance(v, bool) else float("nan") for v in values]
        if any(isinstance(value, str) for value in values) or all(number != number for number in numbers):
            continue
        rows.append((name, what, unit, *numbers, *(round(number - numbers[0], 3) for number in numbers[1:])))
    small = [letter.lower() for letter in letters(len(sides))]
    return pd.DataFrame(rows, columns=["item", "what", "unit", *small, *(f"{one}_less_a" for one in small[1:])])


def cash(sides: Sequence[Side]) -> pd.DataFrame:
    """Return cash by partner (and ``_all``), year and kind (capital, receipts, revenue) with each plan, and differences.

    Columns: ``partner_id, year, kind``, real and nominal £ of each plan (``a_real``, ``a_nominal``) and each other plan's
    less the first's (``b_real_less_a``, ...). Positive is money out. Rows in which no plan differs are left out.
    """
    each = [side.tables["budget"].set_index(_KEY)[["real", "nominal"]] for side in sides]
    index = each[0].index
    for one in each[1:]:
        index = index.union(one.index)
    out = pd.DataFrame(index=index)
    for letter, one in zip(letters(len(sides)), each, strict=True):
        for name in ("real", "nominal"):
            out[f"{letter.lower()}_{name}"] = one[name].reindex(index)
    differ = pd.Series(False, index=index)
    for letter in (letter.lower() for letter in letters(len(sides))[1:]):
        for name in ("real", "nominal"):
            less = (out[f"{letter}_{name}"] - out[f"a_{name}"]).round(2) + 0.0
            out[f"{letter}_{name}_less_a"] = less
            differ |= (less.abs() > 0.005) | less.isna()
    return out[differ].reset_index()
