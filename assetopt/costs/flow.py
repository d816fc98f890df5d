"""A flow of money that a decision brings: ``amount`` £ a year from ``payer`` in the years first <= u < last.

Each cost says its flows once (``flows(form)``). They are priced for the objective, and summed as cash for the rules that
test money by partner and year:

    charge[column] += sum over flows of amount x crossing(payer, payee) x (DF(first) + ... + DF(last - 1))
    cash[payer, u, head] = sum over flows with first <= u < last of amount x column;   the payee's is minus that
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.costs.ledger import KINDS, TAXES, Kind, crossing
from assetopt.problem import Problem
from assetopt.problem.facts import PRIVATE, Bools, Floats, Ints, Texts
from assetopt.program import Program

ANYWAY = -1
"""In place of a column: the flow comes whatever is decided."""


@dataclass(frozen=True, eq=False)
class Flow:
    """One kind of flow, one entry a column; all arrays (k,).

    Attributes
    ----------
    head : a key of :data:`assetopt.costs.ledger.KINDS`.
    columns : the column that brings the flow when it is 1; :data:`ANYWAY` where it comes whatever is decided.
    payer, payee : partner ids or reserved bodies; without ``payee`` the money leaves for good.
    amount : £ a year, base-year prices, undiscounted.
    first, last : years first <= u < last of the horizon; an end value stands at first = H, last = H + 1.
    """

    head: str
    columns: Ints
    payer: Texts
    amount: Floats
    first: Ints
    last: Ints
    payee: Texts | None = None
    other_kind: Kind | None = None
    """Where the kind is not the usual one of the head: VAT on works is capital."""

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def kind(self) -> Kind:
        """capital, revenue or end_value."""
        return self.other_kind or KINDS[self.head]


def flow(
    problem: Problem,
    head: str,
    columns: npt.ArrayLike,
    payer: Texts,
    amount: npt.ArrayLike,
    first: npt.ArrayLike,
    last: npt.ArrayLike | None = None,
    payee: Texts | None = None,
) -> Flow:
    """Return a flow without the entries that bring nothing.

    All but ``payer`` and ``payee`` broadcast against these, shape (k,). ``last`` is one year after ``first`` when left
    out. Years behind the horizon are cut off.
    """
    value = np.broadcast_to(np.asarray(amount, dtype=np.float64), payer.shape)
    start = np.broadcast_to(np.asarray(first, dtype=np.int64), payer.shape)
    stop = start + 1 if last is None else np.broadcast_to(np.asarray(last, dtype=np.int64), payer.shape)
    if KINDS[head] != "end_value":
        stop = np.minimum(stop, problem.horizon)
    brings = (value != 0) & (start < stop)
    column = np.broadcast_to(np.asarray(columns, dtype=np.int64), payer.shape)
    return Flow(
        head,
        column[brings],
        payer[brings],
        value[brings],
        start[brings],
        stop[brings],
        None if payee is None else payee[brings],
    )


def anyway(problem: Problem, which: Bools, head: str, payer: Texts, amount: npt.ArrayLike, first: npt.ArrayLike,
           last: npt.ArrayLike | None = None, payee: Texts | None = None) -> Flow:  # fmt: skip
    """Return the flow that comes whatever is decided, of the entries marked in ``which`` (k,)."""
    return flow(problem, head, ANYWAY, payer, np.where(which, amount, 0.0), first, last, payee)


def by_year(money: Flow, years: Bools) -> tuple[Ints, Ints]:
    """Return (entry, year) of every entry of a flow in every year of the horizon that is marked in ``years`` (H,)."""
    last = np.minimum(money.last, len(years))
    length = np.maximum(last - money.first, 0)
    entry = np.repeat(np.arange(len(money)), length)
    year = np.arange(len(entry)) - np.repeat(np.cumsum(length) - length, length) + money.first[entry]
    kept = years[year]
    return entry[kept], year[kept]


def charge(program: Program, problem: Problem, term: str, money: Flow) -> None:
    """Price a flow in the cost ``term``: what the public purse bears of it, discounted."""
    if money.head in TAXES or not len(money):
        return
    cost = money.amount * spans(problem)[money.first, money.last]
    if money.payee is not None:
        cost = cost * borne(problem, money.payer, money.payee)
    sure = money.columns == ANYWAY
    if sure.any():
        program.charge_constant(term, float(cost[sure].sum()))
    if not sure.all():
        program.charge(term, money.columns[~sure], cost[~sure])


def borne(problem: Problem, payer: Texts, payee: Texts) -> Floats:
    """Return what the public purse bears of a transfer, as :func:`crossing` does, asking for each body once."""
    from_code, from_body = pd.factorize(payer)
    to_code, to_body = pd.factorize(payee)
    outsider = np.full(max(len(from_body), len(to_body)), PRIVATE, dtype=object)
    out = crossing(problem, from_body, outsider[: len(from_body)])[from_code]
    return np.asarray(out + crossing(problem, outsider[: len(to_body)], to_body)[to_code], dtype=np.float64)


def spans(problem: Problem) -> Floats:
    """Return (H + 1, H + 2): the sum of the discount factors of years first..last-1; end values stand in year H."""
    h = problem.horizon
    out = np.zeros((h + 1, h + 2))
    out[:, : h + 1] = problem.tail[:, None] - problem.tail[None, :]
    years = np.arange(h + 1)
    out[years, years + 1] = problem.factors[: h + 1]
    return out
