"""Why a plan does what it does to each site, in one line a person can check."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.account import Books
from assetopt.certificate import pounds
from assetopt.costs import haircut, running, variable
from assetopt.costs.receipts import receipt_by_year
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.problem.facts import codes
from assetopt.problem.tenure import NEVER
from assetopt.timeline import Timeline


def site_reasons(problem: Problem, line: Timeline, books: Books, plan: Plan) -> pd.DataFrame:
    """Return the plan's sites with name, tenure, floor area, what they cost or save, and the reason."""
    s = problem.facts.sites
    index = codes(plan.sites["site_id"], s.index)
    change = _change(problem, books)
    left = line.vacated[index] < problem.years
    receipt = np.where(left, receipt_by_year(problem)[index, np.where(left, line.vacated[index], 0)], 0.0)
    receipt -= haircut.lost(problem, line)[index]
    exits = line.exit_year[index]
    end = line.shares(problem.years - 1).tocoo()
    users = np.bincount(end.col[end.data > 1e-9], minlength=len(s))
    reasons = [
        _reason(problem, line, int(i), float(change[i]), float(r), int(users[i]))
        for i, r in zip(index, receipt, strict=True)
    ]
    return plan.sites.assign(
        reason=reasons,
        name=s.name[index],
        tenure=s.tenure[index],
        npv_change=change[index],
        receipt=receipt,
        exit_year=np.where(exits < problem.horizon, exits + problem.base_year, np.nan),
        gia_m2=s.gia[index],
        running_cost_today=_running(problem, books.today, 0)[index],
        running_cost=_running(problem, books.plan, min(problem.years, problem.horizon - 1))[index],
    )


def _running(problem: Problem, book: pd.DataFrame | None, year: int) -> np.ndarray:
    """Return (n_sites,) what running a site and its use cost in a year, £ real; NaN where there is no such ledger."""
    if book is None:
        return np.full(len(problem.facts.sites), np.nan)
    of = book["cost"].isin([running.NAME, variable.NAME]) & book["head"].isin(["running", "variable"])
    chosen = book[of & (book["year"] == year)]
    at = codes(chosen["subject"], problem.facts.sites.index)
    return np.bincount(at, weights=chosen["amount"].to_numpy(dtype=np.float64), minlength=len(problem.facts.sites))


def _change(problem: Problem, books: Books) -> np.ndarray:
    """Return (n_sites,) the plan's ledger lines about a site less today's, £ discounted."""
    ids = problem.facts.sites.index
    out = np.zeros(len(ids))
    for sign, book in ((1.0, books.plan), (-1.0, books.today)):
        if book is not None and len(book):
            at = codes(book["subject"], ids)
            known = at >= 0
            np.add.at(out, at[known], sign * book["present"].to_numpy(dtype=np.float64)[known])
    return out


def _reason(problem: Problem, line: Timeline, i: int, change: float, receipt: float, users: int) -> str:
    s, f = problem.facts.sites, problem.facts
    there = np.flatnonzero(f.teams.home == i)
    if s.external[i]:
        return "not ours to change"
    if s.candidate[i]:
        if line.opened[i] == NEVER:
            return "not opened: the plan is no cheaper with it"
        came = line.move_team[line.move_site == i]
        return f"opened for {_teams(len(came))} at {pounds(problem.opening_cost[i])}"
    if line.vacated[i] < NEVER:
        gone = [_count(sum(flags), verb) for flags, verb in _went(line, there) if sum(flags)]
        saved = (
            f"its own costs fall by {pounds(-change)} over the appraisal"
            if change < 0
            else f"its own costs rise by {pounds(change)}"
        )
        parts = [f"emptied ({', '.join(gone)})" if gone else "empty", saved]
        if receipt > 0:
            parts.append(f"receipt {pounds(receipt)}")
        if problem.close[i]:
            parts.insert(0, "decided to close")
        if problem.tenure.forced[i] < problem.years:
            parts.insert(0, f"lease ends without security of tenure by {problem.base_year + problem.tenure.forced[i]}")
        if problem.tenure.missed[i]:
            parts.append(f"{problem.tenure.missed_words[i]} and cannot be used")
        if s.trigger_words[i]:
            parts.append(f"the sale takes {s.months_to_sale[i]:.10g} months, of which {s.trigger_words[i]}")
        return "; ".join(parts)
    missed = f"; {problem.tenure.missed_words[i]} and cannot be used" if problem.tenure.missed[i] else ""
    if problem.keep[i]:
        why = str(problem.estate.sites["lock_reason"].iloc[i]) or (
            "no team known there" if not len(there) else "decided"
        )
        return f"kept by lock: {why}{missed}"
    return f"kept: {_teams(users)} {'uses' if users == 1 else 'use'} it; the plan is no cheaper without it{missed}"


def _teams(count: int) -> str:
    return "1 team" if count == 1 else f"{count} teams"


def _count(count: int, verb: str) -> str:
    return f"{_teams(count)} {verb}{'s' if count == 1 else ''}"


def _went(line: Timeline, teams: np.ndarray) -> list[tuple[list[bool], str]]:
    moved = set(line.move_team.tolist())
    return [
        ([int(s) in moved for s in teams], "move"),
        ([bool(line.closed[s] < NEVER) for s in teams], "close"),
    ]
