"""The totals of a plan: what reports, gaps and comparisons state, from the ledgers alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.account.books import PARTS, Books, of_part, parts
from assetopt.costs import backlog, closing, haircut
from assetopt.costs.aim import is_measured
from assetopt.costs.receipts import receipt_by_year
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.rules import limits
from assetopt.timeline import Timeline


def totals(problem: Problem, line: Timeline, books: Books) -> dict[str, float | int | str | None]:
    """Return the contract's totals; money in £, discounted where the name says npv."""
    now = parts(books.plan)
    then = parts(books.today) if books.today is not None else dict.fromkeys(PARTS)
    out: dict[str, float | int | str | None] = {"npv_cost": now["npv_cost"], "npv_cost_today": then["npv_cost"]}
    out |= _savings(books)
    for part in PARTS[1:] if is_measured(problem.scenario) else PARTS[1:-1]:
        out[part], out[f"{part}_today"] = now[part], then[part]
    s = problem.facts.sites
    out["annual_saving"] = _annual_saving(problem, books)
    out["receipts"] = limits.receipts(problem, line)
    sold = np.flatnonzero(line.vacated < problem.years)
    for name, value in (("low", s.market_value_low), ("high", s.market_value_high)):
        out[f"receipts_{name}"] = float(
            receipt_by_year(problem, value)[sold, line.vacated[sold]].sum() - haircut.lost(problem, line, value).sum()
        )
    out["capital"] = limits.capital(problem, line)
    out |= _peak(problem, books.plan) | {"payback_year": _payback(problem, books)}
    held = line.operating[:, problem.years - 1]
    moved = line.move_team[problem.facts.teams.home[line.move_team] >= 0]
    out["sites_kept"] = int((held & (s.existing | s.candidate)).sum())
    out["sites_disposed"] = int((line.vacated < NEVER).sum())
    out["teams_moved"] = len(np.unique(moved))
    out["carbon_t"] = limits.carbon(problem, line)
    out["backlog_liability"] = float(backlog.liability(problem, line).sum())
    out["plan_status"] = "model_option"
    return out


def _savings(books: Books) -> dict[str, float | None]:
    if books.today is None:
        return dict.fromkeys(("npv_saving", "npv_saving_estate", "npv_saving_service_closure", "npv_saving_ex_backlog"))

    def saved(where: str | None, exclude: bool = False) -> float:
        total = 0.0
        for sign, book in ((1.0, books.today), (-1.0, books.plan)):
            assert book is not None
            resource = of_part(book, "npv_cost")
            chosen = resource if where is None else resource & ((book["cost"] == where) != exclude)
            total += sign * float(book.loc[chosen, "present"].sum())
        return total

    closure = saved(closing.NAME)
    return {
        "npv_saving": saved(None),
        "npv_saving_estate": saved(None) - closure,
        "npv_saving_service_closure": closure,
        "npv_saving_ex_backlog": saved("backlog", exclude=True),
    }


def _yearly(problem: Problem, book: pd.DataFrame, where: pd.Series) -> np.ndarray:
    out = np.zeros(problem.horizon + 1)
    chosen = book[where]
    np.add.at(out, chosen["year"].to_numpy(dtype=np.int64), chosen["economic"].to_numpy(dtype=np.float64))
    return out


def _annual_saving(problem: Problem, books: Books) -> float | None:
    """Return revenue saved in year D (or the last year), base prices, without backlog, journeys and closures."""
    if books.today is None:
        return None
    year = min(problem.years, problem.horizon - 1)
    cost = [
        _yearly(
            problem, book, of_part(book, "npv_cost") & (book["kind"] == "revenue") & (book["cost"] != closing.NAME)
        )[year]
        for book in (books.today, books.plan)
    ]
    return float(cost[0] - cost[1])


def _peak(problem: Problem, book: pd.DataFrame) -> dict[str, float | int | None]:
    """Return the largest sum of works and openings less receipts up to any year, undiscounted, and that year."""
    chosen = book["head"].isin(["works", "opening", "receipt"])
    running = np.cumsum(_yearly(problem, book, chosen)[: problem.horizon])
    top = int(running.argmax())
    if running[top] <= 0:
        return {"peak_net_capital": 0.0, "peak_year": None}
    return {"peak_net_capital": float(running[top]), "peak_year": problem.base_year + top}


def _payback(problem: Problem, books: Books) -> int | None:
    """Return the first year from which the undiscounted saving to date stays positive; None if it never does."""
    if books.today is None:
        return None
    flow = sum(
        sign * _yearly(problem, book, of_part(book, "npv_cost"))[: problem.horizon]
        for sign, book in ((1.0, books.today), (-1.0, books.plan))
    )
    total = np.cumsum(flow)
    if not np.abs(total).max() > 0.005 or total[-1] <= 0:
        return None
    behind = np.flatnonzero(total <= 0.005)
    return problem.base_year + (int(behind[-1]) + 1 if len(behind) else 0)
