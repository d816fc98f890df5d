"""The budget book: revenue and capital of every partner by year, plan beside today's budget, real and nominal.

Today's budget is business as usual: what is committed already. Revenue is shown with what closing teams saves apart,
capital with backlog apart; receipts (less what is handed over) stand on rows of their own. ``net_capital_to_date`` is capital
beyond today's budget, its VAT included, less receipts, added up to each year: its largest value is the partner's peak.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.account.books import Books
from assetopt.account.bridge import ALL
from assetopt.account.cash import by_body, prices
from assetopt.costs import closing, retention
from assetopt.problem import Problem

KINDS = ("capital", "receipts", "revenue")
Floats = npt.NDArray[np.float64]


def budget_table(problem: Problem, books: Books) -> pd.DataFrame:
    """Return the budget book, a row a partner (and ``_all``), year and kind (capital, receipts, revenue).

    Columns: ``partner_id, year, kind, real, nominal, real_today, nominal_today, change_real, change_nominal, backlog,
    backlog_today, service_closure, net_capital_to_date``; £, positive is money out.
    """
    partners = sorted(problem.facts.partners)
    now = _grids(problem, books.plan, partners)
    then = _grids(problem, books.today, partners) if books.today is not None else None
    h = problem.horizon
    rise = prices(problem)[:h]
    empty, gap = np.zeros(h), np.full(h, np.nan)
    frames = []
    for row, partner in enumerate((*partners, ALL)):
        today = {name: gap if then is None else grid[row] for name, grid in (then or now).items()}
        plan = {name: grid[row] for name, grid in now.items()}
        beyond = sum(plan[kind] - (empty if then is None else today[kind]) for kind in ("capital", "receipts"))
        for kind in KINDS:
            change = plan[kind] - today[kind]
            capital = kind == "capital"
            columns = {
                "partner_id": partner,
                "year": problem.base_year + np.arange(h),
                "kind": kind,
                "real": plan[kind],
                "nominal": plan[kind] * rise,
                "real_today": today[kind],
                "nominal_today": today[kind] * rise,
                "change_real": change,
                "change_nominal": change * rise,
                "backlog": plan["backlog"] if capital else empty,
                "backlog_today": today["backlog"] if capital else empty,
                "service_closure": plan["closure"] if kind == "revenue" else empty,
                "net_capital_to_date": np.cumsum(beyond) if capital else gap,
            }
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def _grids(problem: Problem, book: pd.DataFrame, partners: list[str]) -> dict[str, Floats]:
    """Return what is paid by (partner, year), £ real, with all partners together in the last row."""
    lines = by_body(book, problem)
    lines = lines[lines["kind"] != "end_value"]
    row = pd.Index(partners).get_indexer(pd.Index(lines["partner_id"]))
    lines, row = lines[row >= 0], row[row >= 0]
    year, cash = lines["year"].to_numpy(dtype=np.int64), lines["cash"].to_numpy(dtype=np.float64)
    sold = (lines["head"] == "receipt") | (lines["cost"] == retention.NAME)
    capital = (lines["kind"] == "capital") & ~sold

    def grid(where: pd.Series) -> Floats:
        at = where.to_numpy(dtype=bool)
        out = np.zeros((len(partners), problem.horizon))
        np.add.at(out, (row[at], year[at]), cash[at])
        return np.vstack([out, out.sum(axis=0)])

    return {
        "capital": grid(capital),
        "receipts": grid(sold),
        "revenue": grid(lines["kind"] == "revenue"),
        "backlog": grid(lines["head"] == "backlog"),
        "closure": grid(lines["cost"] == closing.NAME),
    }
