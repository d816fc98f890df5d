"""From the cost of a plan to the cash of its partners, step by step, to the penny.

    npv_cost (the public purse, present value)
    - what bodies outside the partnership bear of it, and pennies of rounding        (all partners together only)
    - end values, which are nobody's cash
    + what discounting took away
    = economic ledger, real, undiscounted
    + rates, VAT, recharges, receipts handed over, rent, ...: what transfers add to cash, head by head
    = cash_real, the sum of cash.csv
    + inflation
    = cash_nominal, the sum of cash.csv

Lines add up to the sums below them exactly: running sums are rounded to the penny and lines are the differences.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.account.books import Books
from assetopt.account.cash import by_body, cash_table
from assetopt.problem import Problem

ALL = "_all"
"""All partners together, in the place of a partner."""

TRANSFERS: dict[str, str] = {
    "rates": "Business rates, to the billing authority",
    "vat": "VAT that is not recovered, to the exchequer",
    "recharges": "Recharges between hosts and guests",
    "retention": "Parts of receipts that are handed over",
    "rent": "Rent between public bodies, and of bodies outside the public purse",
    "income": "Income between public bodies, and of bodies outside the public purse",
    "receipt": "Receipts of bodies outside the public purse",
    "side_payments": "Side payments between partners",
    "other": "Other payments between bodies (dilapidations, penalties), and pennies of rounding",
}
"""What makes cash differ from the economic ledger, and how it is called."""

LABELS: dict[str, str] = {
    "npv_cost": "Cost to the public purse, present value",
    "outside": "Borne by bodies outside the partnership, and rounding",
    "end_values": "End values, which are nobody's cash",
    "discounting": "Discounting undone",
    "economic_real": "Economic ledger, undiscounted, base-year prices",
    **TRANSFERS,
    "cash_real": "Cash, base-year prices",
    "inflation": "Inflation",
    "cash_nominal": "Cash, prices of each year",
}
"""Every step in its order."""

STEPS = ("npv_cost", "outside", "end_values", "discounting", *TRANSFERS)
"""Steps that are worked out from the lines of the ledger; the others follow."""

SUMS = ("economic_real", "cash_real", "cash_nominal")
"""Steps that are sums of those above them; ``npv_cost`` is where it begins."""


def bridge_table(problem: Problem, books: Books) -> pd.DataFrame:
    """Return the bridge: ``partner_id, step, item, what, sum, amount, amount_today``; £.

    ``partner_id`` is every partner, and ``_all`` for them together; ``sum`` marks the sums. ``amount_today`` is business
    as usual, missing where a team has no home today.
    """
    now = _side(problem, books.plan)
    then = _side(problem, books.today) if books.today is not None else None
    rows = []
    for partner in (*sorted(problem.facts.partners), ALL):
        for step, (item, what) in enumerate(LABELS.items(), start=1):
            today = np.nan if then is None else then[partner][item]
            rows.append((partner, step, item, what, item in ("npv_cost", *SUMS), now[partner][item], today))
    return pd.DataFrame(rows, columns=["partner_id", "step", "item", "what", "sum", "amount", "amount_today"])


def _side(problem: Problem, book: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return item -> £ for every partner and for all, of one ledger."""
    sides = by_body(book, problem)
    ends = sides["kind"] == "end_value"
    who = sides["partner_id"]
    line = sides[~ends]
    steps = pd.DataFrame((line["cash"] - line["economic"]).groupby([who[~ends], _reason(line)]).sum().unstack())
    steps = steps.reindex(index=list(problem.facts.partners), columns=list(STEPS)).fillna(0.0)
    for item, amount in (
        ("npv_cost", sides["present"]),
        ("end_values", -sides["present"][ends]),
        ("discounting", line["economic"] - line["present"]),
    ):
        steps[item] = amount.groupby(who[amount.index]).sum().reindex(steps.index).fillna(0.0)
    cash = cash_table(problem, Books(book, None)).set_index("partner_id")[["cash_real", "cash_nominal"]]
    told = cash.round(2).groupby(level=0).sum()
    partners = list(problem.facts.partners)
    cash_of = told.reindex(partners).fillna(0.0)
    out = {partner: _one(steps.loc[partner].to_dict(), *cash_of.loc[partner]) for partner in partners}
    together = {item: round(sum(one[item] for one in out.values()), 2) + 0.0 for item in LABELS}
    whole = round(float(sides["present"].sum()), 2) + 0.0
    together["outside"] = round(together["npv_cost"] - whole, 2) + 0.0
    together["npv_cost"] = whole
    return {**out, ALL: together}


def _one(steps: dict[str, float], real: float, nominal: float) -> dict[str, float]:
    """Return the items of one partner; its cash is what the rows of cash.csv add up to, in whole pennies."""
    exact = _exact(steps)
    exact["economic_real"] = round(sum(exact[item] for item in list(STEPS)[:4]), 2) + 0.0
    exact["cash_real"] = round(real, 2) + 0.0
    above = exact["economic_real"] + sum(exact[item] for item in TRANSFERS if item != "other")
    exact["other"] = round(real - above, 2) + 0.0  # the pennies that rounding of rows makes go with the last line
    exact["inflation"] = round(nominal - real, 2) + 0.0
    exact["cash_nominal"] = round(nominal, 2) + 0.0
    return exact


def _exact(steps: dict[str, float]) -> dict[str, float]:
    """Return steps in whole pennies whose running sums are the rounded running sums."""
    sums = np.round(np.cumsum(list(steps.values())), 2)
    return dict(zip(steps, (np.round(np.diff(sums, prepend=0.0), 2) + 0.0).tolist(), strict=True))


def _reason(lines: pd.DataFrame) -> pd.Series:
    """Say which step a line belongs to: by its cost where that has a name here, else by its head."""
    by_cost = lines["cost"].where(lines["cost"].isin(["recharges", "retention", "side_payments"]))
    by_head = lines["head"].where(lines["head"].isin(["rates", "vat", "rent", "income", "receipt"]))
    return by_cost.fillna(by_head).fillna("other")
