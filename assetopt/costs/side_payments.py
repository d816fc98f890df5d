"""What partners settle up among themselves so that none is worse off than it accepts: the same sum every year of the horizon.

asks[p] = max( (loss of NPV - max_loss) / (DF(0) + ... + DF(H-1)),  worst year's loss - max_annual_loss,
               loss of the first payback_years / payback_years ),   loss = cash in the plan - cash as usual, £

A partner that asks for more than nothing gets just that; those that could give (asks < 0) pay for it in proportion to what
they could. Payments net to zero, stand in the cash ledger alone, and only partners with a test take part. Where they cannot
cover what is asked there are none (see rules/no_partner_worse_off.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from assetopt.costs.flow import Flow
from assetopt.costs.ledger import Lines, frame, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, codes
from assetopt.timeline import Timeline

NAME = "side_payments"
TOTAL = "npv_cost"
HEAD = "side_payment"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield nothing: what is paid follows from the plan, and costs the public purse nothing."""
    yield from ()


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return nothing: payments follow from all other lines, see :func:`settle`."""
    return []


def settle(problem: Problem, plan: pd.DataFrame, usual: pd.DataFrame) -> list[pd.DataFrame]:
    """Return one line a year for every pair of partners between which money is paid."""
    asks, _ = asked(problem, plan, usual)
    asks = np.where(np.abs(asks) > 0.005, asks, 0.0)
    gets, could = np.maximum(asks, 0.0), np.maximum(-asks, 0.0)
    if not gets.any() or gets.sum() > could.sum() + 0.005 * len(asks):
        return []
    giver, taker = (index.ravel() for index in np.meshgrid(np.flatnonzero(could), np.flatnonzero(gets), indexing="ij"))
    yearly = could[giver] / could.sum() * gets[taker]
    names = np.asarray(problem.facts.partners, dtype=object)
    amounts = np.repeat(yearly[:, None], problem.horizon, axis=1)
    return [frame([lines(problem, NAME, HEAD, names[taker], names[giver], amounts, names[taker])])]


def losses(problem: Problem, plan: pd.DataFrame, usual: pd.DataFrame) -> Floats:
    """Return (P, H + 1) what each partner pays more than as usual, £ a year; the last column holds end values."""
    return positions(problem, plan) - positions(problem, usual)


def positions(problem: Problem, book: pd.DataFrame) -> Floats:
    """Return (P, H + 1) what each partner pays less what it gets, £ a year, side payments left out."""
    out = np.zeros((len(problem.facts.partners), problem.horizon + 1))
    book = book[book["cost"] != NAME]
    money, year = book["amount"].to_numpy(dtype=np.float64), book["year"].to_numpy(dtype=np.int64)
    for side, sign in (("payer", 1.0), ("payee", -1.0)):
        who = codes(book[side], problem.facts.partners)
        np.add.at(out, (who[who >= 0], year[who >= 0]), sign * money[who >= 0])
    return out


def asked(problem: Problem, plan: pd.DataFrame, usual: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return (P,) what each partner asks for a year, below 0 what it could give, 0 without a test; and (P,) how exact it is."""
    consent, h = problem.consent, problem.horizon
    lost = losses(problem, plan, usual)
    asks = (lost @ problem.factors[: h + 1] - consent.max_loss) / problem.span(0, h)
    asks = np.maximum(asks, lost[:, :h].max(axis=1) - consent.max_annual_loss)
    for p in np.flatnonzero(consent.payback_years):
        years = min(int(consent.payback_years[p]), h)
        asks[p] = max(asks[p], lost[p, :years].sum() / years)
    at_stake = np.abs(positions(problem, usual)).max(axis=1)
    return np.where(consent.tests, asks, 0.0), 1e-6 * np.maximum(1.0, at_stake)
