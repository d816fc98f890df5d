"""Every pound of a plan, added up: the ledger, and the totals that reports, gaps and comparisons use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.costs import COSTS, backlog, closing
from assetopt.costs.ledger import COLUMNS
from assetopt.costs.receipts import receipt_by_year
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.rules import limits
from assetopt.timeline import Timeline

PARTS = ("npv_cost", "npv_journeys", "npv_penalties", "npv_preferences")
"""The four parts of the objective."""


def ledger(problem: Problem, line: Timeline) -> pd.DataFrame:
    """Return every ledger line of a plan (see :mod:`assetopt.costs.ledger`), with its ``present`` value in £."""
    parts = [part for cost in COSTS.values() for part in cost.amount(problem, line) if len(part)]
    out = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    factor = problem.factors[out["year"].to_numpy(dtype=np.int64)]
    return out.assign(present=out["economic"].to_numpy(dtype=np.float64) * factor)


def parts(book: pd.DataFrame) -> dict[str, float]:
    """Return the four parts of the objective, discounted £."""
    return {part: float(book.loc[_of(book, part), "present"].sum()) for part in PARTS}


def _of(book: pd.DataFrame, part: str) -> pd.Series:
    """Say which ledger lines belong to a part of the objective."""
    return book["cost"].isin([name for name, cost in COSTS.items() if part == cost.TOTAL])


@dataclass(frozen=True)
class Books:
    """The ledgers of a plan and of business as usual; ``today`` is None where a team has no home today."""

    plan: pd.DataFrame
    today: pd.DataFrame | None

    @property
    def objective(self) -> float:
        """What the plan costs, all four parts, £ discounted."""
        return sum(parts(self.plan).values())


def totals(problem: Problem, line: Timeline, books: Books) -> dict[str, float | int | str | None]:
    """Return the contract's totals; money in £, discounted where the name says npv."""
    now = parts(books.plan)
    then = parts(books.today) if books.today is not None else dict.fromkeys(PARTS)
    out: dict[str, float | int | str | None] = {"npv_cost": now["npv_cost"], "npv_cost_today": then["npv_cost"]}
    out |= _savings(books)
    for part in PARTS[1:]:
        out[part], out[f"{part}_today"] = now[part], then[part]
    s = problem.facts.sites
    out["annual_saving"] = _annual_saving(problem, books)
    out["receipts"] = limits.receipts(problem, line)
    sold = np.flatnonzero(line.vacated < problem.years)
    for name, value in (("low", s.market_value_low), ("high", s.market_value_high)):
        out[f"receipts_{name}"] = float(receipt_by_year(problem, value)[sold, line.vacated[sold]].sum())
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
            resource = _of(book, "npv_cost")
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
        _yearly(problem, book, _of(book, "npv_cost") & (book["kind"] == "revenue") & (book["cost"] != closing.NAME))[
            year
        ]
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
        sign * _yearly(problem, book, _of(book, "npv_cost"))[: problem.horizon]
        for sign, book in ((1.0, books.today), (-1.0, books.plan))
    )
    total = np.cumsum(flow)
    if not np.abs(total).max() > 0.005 or total[-1] <= 0:
        return None
    behind = np.flatnonzero(total <= 0.005)
    return problem.base_year + (int(behind[-1]) + 1 if len(behind) else 0)


def cash_table(problem: Problem, books: Books) -> pd.DataFrame:
    """Return cash by partner, year and head, both ledgers, plan beside today.

    Columns: ``partner_id, year, head, kind, economic, cash_real, cash_nominal, economic_today, cash_real_today``; £,
    positive is money out. ``economic`` counts the public purse's resources in base-year prices; ``cash_real`` is what
    the partner pays less what it receives; ``cash_nominal`` the same in that year's prices. End values stand in year
    H with kind ``end_value`` and no cash. Reserved bodies start with ``_``; resources have no payee, so only transfers
    net to zero.
    """
    deflator = 1.0 + problem.scenario.appraisal.deflator
    sides = [("", books.plan)] + ([("_today", books.today)] if books.today is not None else [])
    tables = []
    for suffix, book in sides:
        book = book[book["payer"] != ""]  # journeys, penalties and preferences are nobody's cash
        end = (book["kind"] == "end_value").to_numpy(dtype=bool)
        paid = book["amount"].to_numpy(dtype=np.float64) * ~end
        inside = np.where(
            book["payee"] == "", 1.0, problem.facts.in_purse(book["payer"].to_numpy(dtype=object)) if len(book) else 0.0
        )
        base = book.assign(
            partner_id=book["payer"], cash=paid, share=book["amount"].to_numpy(dtype=np.float64) * inside
        )
        back = base[base["payee"] != ""]
        received = problem.facts.in_purse(back["payee"].to_numpy(dtype=object)) if len(back) else np.zeros(0)
        mirror = back.assign(
            partner_id=back["payee"], cash=-back["cash"], share=-back["amount"].to_numpy(dtype=np.float64) * received
        )
        both = pd.concat([base, mirror], ignore_index=True)
        summed = both.groupby(["partner_id", "year", "head", "kind"], sort=True)[["share", "cash"]].sum()
        summed.columns = pd.Index([f"economic{suffix}", f"cash_real{suffix}"])
        tables.append(summed)
    out = pd.concat(tables, axis=1).fillna(0.0).sort_index().reset_index()
    out["year"] = out["year"].astype(np.int64) + problem.base_year
    nominal = out["cash_real"] * deflator ** (out["year"] - problem.base_year)
    out.insert(6, "cash_nominal", nominal)
    return out


def transfer_table(problem: Problem, book: pd.DataFrame) -> pd.DataFrame:
    """Return transfers between bodies: ``year, payer, payee, head, amount`` (£ real); each nets to zero by nature."""
    chosen = book[(book["payee"] != "") & (book["kind"] != "end_value")]
    out = chosen.groupby(["year", "payer", "payee", "head"], sort=True, as_index=False)["amount"].sum()
    out["year"] = out["year"].astype(np.int64) + problem.base_year
    return pd.DataFrame(out, columns=["year", "payer", "payee", "head", "amount"])
