"""How good the facts are: which columns that matter are filled, and whether they were measured or assumed."""

from __future__ import annotations

import pandas as pd

from assetopt.estate.estate import Estate

MATTERING: dict[str, tuple[str, ...]] = {
    "partners": ("consent", "receipt_retention", "vat_recovery_capital", "vat_recovery_opex"),
    "sites": (
        "uprn",
        "postcode",
        "gia_m2",
        "running_cost",
        "variable_share",
        "fixed_cost",
        "business_rates",
        "rent",
        "lease_end",
        "break_notice_months",
        "dilapidations",
        "backlog",
        "backlog_year",
        "market_value",
        "market_value_low",
        "market_value_high",
        "sale_cost_share",
        "months_to_sale",
        "holding_cost",
        "carbon_t",
        "condition",
    ),
    "spaces": ("capacity",),
    "teams": ("site_id", "fte", "move_cost", "radius_km"),
    "needs": ("amount",),
    "interventions": ("capital_cost", "optimism_class", "months"),
    "demand": ("population", "district", "imd_decile", "rural"),
    "visits": ("visits",),
    "point_capacity": ("visits",),
    "travel": ("minutes",),
    "standards": ("reason",),
    "funds": ("amount",),
}
"""Columns whose gaps the model fills by assumption, or that carry an answer."""

_SOLD = ("market_value", "market_value_low", "market_value_high", "sale_cost_share", "months_to_sale")
_RENTED = ("rent", "lease_end", "break_notice_months", "dilapidations")


def quality(estate: Estate) -> pd.DataFrame:
    """Return how far the columns that matter are filled.

    Parameters
    ----------
    estate : Estate
        The facts.

    Returns
    -------
    pandas.DataFrame
        One row for each table that is present and column that matters: ``table``, ``column``, ``rows`` (to which the
        column applies: values and sale costs to freeholds, lease facts to other tenures, external sites to none),
        ``filled``, ``filled_share`` (0-1, NaN without rows), and the rows by confidence: ``measured`` (A),
        ``estimated`` (B), ``assumed`` (C), ``unmarked``.
    """
    lines = []
    for table, columns in MATTERING.items():
        if table in estate.present:
            frame = estate.tables[table]
            lines += [_line(table, column, _applies(table, column, frame)) for column in columns]
    names = ["table", "column", "rows", "filled", "filled_share", "measured", "estimated", "assumed", "unmarked"]
    return pd.DataFrame(lines, columns=names)


def _applies(table: str, column: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table to which a column applies."""
    if table != "sites":
        return frame
    rows = frame["status"] != "external"
    if column in _SOLD:
        rows &= frame["tenure"] == "freehold"
    if column in _RENTED:
        rows &= frame["tenure"] != "freehold"
    return frame.loc[rows]


def _line(table: str, column: str, frame: pd.DataFrame) -> tuple[str, str, int, int, float, int, int, int, int]:
    values = frame[column]
    filled = int((values.notna() & (values != "")).sum())
    marks = frame["confidence"].value_counts()
    a, b, c, none = (int(marks.get(mark, 0)) for mark in ("A", "B", "C", ""))
    return table, column, len(frame), filled, filled / len(frame) if len(frame) else float("nan"), a, b, c, none
