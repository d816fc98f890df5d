"""Money without what is kept back: its lines are taken out of the ledger before any table or total is made of it.

So no difference between two published figures can give a hidden one away: it is in none of them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from assetopt.certificate import Certificate
from assetopt.costs import haircut, recharges, residual, retention, side_payments, variable, vat
from assetopt.costs.receipts import receipt_by_year
from assetopt.problem.facts import codes
from assetopt.problem.tenure import NEVER
from assetopt.report.audience.hidden import Hidden
from assetopt.result import Result

_OF_RECEIPTS = (retention.NAME, haircut.NAME, residual.NAME)
_OF_USE = (variable.NAME, recharges.NAME, vat.NAME)
UNCOUNTED = ("carbon_t", "backlog_liability")
"""Totals that are of sites, not of money in the ledger: not stated where sites are kept back."""


def presses_on_others(result: Result, hidden: Hidden) -> bool:
    """Say whether a site that is kept back lowers what others sell for: then their receipts speak of it."""
    assert result.recount is not None
    assert result.recount.line is not None
    at = codes(list(hidden.sites), result.problem.facts.sites.index)
    return bool(len(at)) and bool((haircut.weight(result.problem)[at] > 0).any() and haircut_holds(result))


def haircut_holds(result: Result) -> bool:
    """Say whether sales press on one market in this plan."""
    assert result.recount is not None
    assert result.recount.line is not None
    return bool((np.abs(haircut.lost(result.problem, result.recount.line)) > 0.005).any())


def without(result: Result, hidden: Hidden, receipts: bool) -> Result:
    """Return the result with ledgers that hold nothing of what is kept back, and a certificate without pounds.

    Parameters
    ----------
    hidden : Hidden
        Lines about these sites, teams and works go; side payments, which follow from every partner's total; and the use of
        buildings to which such teams move, as they bring along what they used.
    receipts : bool
        Whether receipts, parts of them that are handed over, and end values go too, for all sites.
    """
    recount = result.recount
    assert recount is not None
    assert recount.books is not None

    def left(book: pd.DataFrame | None) -> pd.DataFrame | None:
        if book is None:
            return None
        gone = book["subject"].isin(hidden.subjects) | (book["cost"] == side_payments.NAME)
        gone |= book["subject"].isin(hidden.hosts) & book["cost"].isin(_OF_USE)
        if receipts:
            gone |= (book["head"] == "receipt") | book["cost"].isin(_OF_RECEIPTS)
        return book[~gone].reset_index(drop=True)

    plan = left(recount.books.plan)
    assert plan is not None
    books = replace(recount.books, plan=plan, today=left(recount.books.today))
    verdict = replace(recount.verdict, objective_recomputed=None)
    return replace(
        result,
        certificate=without_pounds(result.certificate),
        recount=replace(recount, books=books, verdict=verdict),
        proof=None,
        programme=None,
    )


def without_pounds(told: Certificate) -> Certificate:
    """Return a certificate that says how good the plan is and not what it costs."""
    if told.status == "optimal":
        words = "No plan costs less under these rules, and that is proved."
    elif told.gap is None:
        words = "How much better another plan could be is not known."
    else:
        words = f"Within {told.gap:.3%} of the best that can exist under these rules."
    return replace(
        told, objective=None, objective_today=None, bound=None, gap=None if told.gap is None else round(told.gap, 5),
        saving_gap=None, sentence=words, reasons=(), notes=(),
    )  # fmt: skip


def visible_totals(
    result: Result, whole: Result, hidden: Hidden, receipts: bool
) -> dict[str, float | int | str | None]:
    """Return the totals of a result made by `without`: money of what is shown, counts of all.

    Parameters
    ----------
    result, whole : Result
        What `without` returned, and what it was made of.
    """
    out = dict(result.totals)
    line = whole.recount.line if whole.recount is not None else None
    assert line is not None
    problem, sites, works = whole.problem, whole.problem.facts.sites, whole.problem.facts.interventions
    seen = np.array([str(name) not in hidden.sites for name in sites.ids], dtype=bool)
    sold = np.flatnonzero((line.vacated < problem.years) & seen)
    for name, value in (("", None), ("_low", sites.market_value_low), ("_high", sites.market_value_high)):
        gross = receipt_by_year(problem, value)[sold, line.vacated[sold]].sum()
        out[f"receipts{name}"] = None if receipts else float(gross - haircut.lost(problem, line, value)[sold].sum())
    built = np.array([str(name) not in hidden.interventions for name in works.ids], dtype=bool) & (line.built < NEVER)
    opened = seen & (line.opened < NEVER)
    out["capital"] = float(problem.works_cost[built].sum() + problem.opening_cost[opened].sum())
    if hidden.sites:
        out |= dict.fromkeys(UNCOUNTED)
    return out
