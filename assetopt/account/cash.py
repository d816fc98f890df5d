"""Cash and transfers: who pays whom, in which year, under which head, and from which fund."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.account.books import Books
from assetopt.budgets.paying import spend
from assetopt.problem import Problem
from assetopt.problem.facts import Floats
from assetopt.timeline import Timeline

KEY = ["partner_id", "year", "head", "kind"]


def by_body(book: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return the ledger from every body's side: columns ``partner_id, year, head, kind, cost, economic, present, cash``.

    What a body pays is positive, what it receives negative; ``year`` is the index. What the public purse bears of a line
    stands with the body of the two that is inside it, so that ``economic`` adds up to the economic ledger. End values are
    nobody's cash; journeys, penalties and preferences are nobody's at all and left out.
    """
    lines = book[book["payer"] != ""]
    columns = ["year", "head", "kind", "cost"]
    amount = lines["amount"].to_numpy(dtype=np.float64) * (lines["kind"] != "end_value").to_numpy(dtype=bool)
    transfer = (lines["payee"] != "").to_numpy(dtype=bool)
    outside = transfer & (lines["economic"].to_numpy(dtype=np.float64) != 0)
    outside &= _in_purse(problem, lines["payer"]) == 0
    pays = lines[columns].assign(
        partner_id=lines["payer"],
        economic=np.where(outside, 0.0, lines["economic"]),
        present=np.where(outside, 0.0, lines["present"]),
        cash=amount,
    )
    receives = lines[columns].assign(
        partner_id=lines["payee"],
        economic=np.where(outside, lines["economic"], 0.0),
        present=np.where(outside, lines["present"], 0.0),
        cash=-amount,
    )
    return pd.concat([pays, receives[transfer]], ignore_index=True)


def _in_purse(problem: Problem, bodies: pd.Series) -> Floats:
    return problem.facts.in_purse(bodies.to_numpy(dtype=object)) if len(bodies) else np.zeros(0)


def cash_table(problem: Problem, books: Books) -> pd.DataFrame:
    """Return cash by partner, year and head, both ledgers, plan beside today.

    Columns: ``partner_id, year, head, kind, economic, cash_real, cash_nominal, economic_today, cash_real_today,
    cash_nominal_today``; £, positive is money out. ``economic`` is what the public purse bears, in base-year prices;
    ``cash_real`` is what the body pays less what it receives; ``cash_nominal`` the same in that year's prices. End values
    stand in year H with kind ``end_value`` and no cash. Reserved bodies start with ``_``; resources have no payee, so only
    transfers net to zero.
    """
    sides = [("", books.plan)] + ([("_today", books.today)] if books.today is not None else [])
    tables = []
    for suffix, book in sides:
        summed = by_body(book, problem).groupby(KEY, sort=True)[["economic", "cash"]].sum()
        summed.columns = pd.Index([f"economic{suffix}", f"cash_real{suffix}"])
        tables.append(summed)
    out = pd.concat(tables, axis=1).fillna(0.0).sort_index().reset_index()
    rise = prices(problem)[out["year"].to_numpy(dtype=np.int64)]
    out["year"] = out["year"].astype(np.int64) + problem.base_year
    out.insert(6, "cash_nominal", out["cash_real"] * rise)
    if books.today is not None:
        out["cash_nominal_today"] = out["cash_real_today"] * rise
    return out


def prices(problem: Problem) -> Floats:
    """Return (H + 1,) prices of each year, base year = 1."""
    return np.power(1.0 + problem.scenario.appraisal.deflator, np.arange(problem.horizon + 1), dtype=np.float64)


def transfer_table(problem: Problem, book: pd.DataFrame) -> pd.DataFrame:
    """Return transfers between bodies: ``year, payer, payee, head, amount, amount_nominal, item``; £.

    Each nets to zero by nature: it stands once, with both sides. ``item`` is what it is for, by the name of the cost.
    """
    chosen = book[(book["payee"] != "") & (book["kind"] != "end_value")].rename(columns={"cost": "item"})
    out = chosen.groupby(["year", "payer", "payee", "head", "item"], sort=True, as_index=False)["amount"].sum()
    rise = prices(problem)[out["year"].to_numpy(dtype=np.int64)]
    out["year"] = out["year"].astype(np.int64) + problem.base_year
    out["amount_nominal"] = out["amount"] * rise
    columns = ["year", "payer", "payee", "head", "amount", "amount_nominal", "item"]
    return pd.DataFrame(out, columns=columns)


def payment_table(problem: Problem, line: Timeline) -> pd.DataFrame:
    """Return which fund pays what: ``year, fund_id, partner_id, kind, head, amount`` (£ real); empty without budgets."""
    columns = ["year", "fund_id", "partner_id", "kind", "head", "amount"]
    if problem.scenario.rules.budget is None:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame(spend(problem, line).payments, columns=columns)


def funds_of(cash: pd.DataFrame, payments: pd.DataFrame) -> pd.Series:
    """Return for each row of the cash table the funds that pay it, ``;`` between; empty where none has to."""
    if not len(payments):
        return pd.Series("", index=cash.index, dtype=object)
    names = payments.groupby(KEY, as_index=False)["fund_id"].agg(lambda ids: ";".join(sorted(set(ids))))
    told = cash[KEY].merge(names, on=KEY, how="left")["fund_id"].fillna("")
    return pd.Series(told.to_numpy(dtype=object), index=cash.index)
