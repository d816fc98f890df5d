"""The funds as arrays: whose money, in which year, of which kind, what it may pay for, and for whom.

A fund pays for (partner, kind, head) when both its partners and its heads allow it:

    ring_fenced   its own partner, if in ``pays_for``;    heads in ``uses``
    aligned       every partner in ``pays_for``;          heads in ``uses``
    pooled        every partner;                          every head of its kind, and those that ``uses`` names

``uses`` = all means every head of the fund's own kind. A head that is named may be of the other kind too (a capital grant
for moves). VAT follows what it is charged on, so no ``uses`` leave it out. What may be paid therefore only grows from
ring_fenced to aligned to pooled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from assetopt.errors import DataError, Issue
from assetopt.problem.facts import Bools, Floats, Ints, Texts, codes, numbers, texts

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem

Mode = Literal["ring_fenced", "aligned", "pooled"]

ALL = "all"
FLEXIBLE = frozenset({"moving", "penalty", "dilapidations"})
"""Heads of revenue that a receipt may pay under flexible use: one-off cost of changing the estate, never its running."""

REVENUE = frozenset(
    ("running", "variable", "rates", "rent", "income", "moving", "placement", "holding", "dilapidations", "penalty")
    + ("transfer", "vat")
)
"""Heads of revenue that funds may be tested for; side payments are settled outside the funds."""

NO_NEEDS = ("receipts", "haircut", "retention", "residual", "side_payments")
"""Costs that funds do not pay: they are what comes in, an end value, or settled outside the funds."""

MAY_BE_FLEXIBLE = ("council", "police", "fire")
"""Sectors under Part 1 of the Local Government Act 2003, to which England's direction speaks."""


@dataclass(frozen=True)
class Funds:
    """One entry a fund, shape (F,); money in £ of the base year.

    Attributes
    ----------
    ids : (F,) text
    partner : (F,) index of the partner that holds it
    capital : (F,) bool, True for capital, False for revenue
    pays_for : (F, P) bool, partners it may pay for when budgets are aligned
    uses : F sets of heads, or of ``all``
    takes_receipts, carry_forward : (F,) bool
    amount : (F, H) £ of the base year that come in each year
    stands : (F, H) bool, years in which the table has a row
    until : (F,) first year in which it may no longer pay, H mostly
    """

    ids: Texts
    partner: Ints
    capital: Bools
    pays_for: Bools
    uses: tuple[frozenset[str], ...]
    takes_receipts: Bools
    carry_forward: Bools
    amount: Floats
    stands: Bools
    until: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def for_partner(self, mode: Mode) -> Bools:
        """Return (F, P): which partners each fund may pay for."""
        if mode == "pooled":
            return np.ones_like(self.pays_for)
        if mode == "aligned":
            return self.pays_for
        own = self.partner[:, None] == np.arange(self.pays_for.shape[1])[None, :]
        return np.asarray(self.pays_for & own, dtype=bool)

    def for_head(self, mode: Mode, capital: bool, head: str) -> Bools:
        """Return (F,): which funds may pay a head of that kind."""
        named = np.array([head in uses for uses in self.uses], dtype=bool)
        free = np.array([ALL in uses or head == "vat" for uses in self.uses], dtype=bool)
        return np.asarray(named | ((self.capital == capital) & (free | (mode == "pooled"))), dtype=bool)

    def revenue_heads(self, partner: int, year: int) -> frozenset[str]:
        """Return the heads of revenue that are tested: those which the partner's own revenue funds of that year name."""
        mine = (self.partner == partner) & ~self.capital & self.stands[:, year]
        named = frozenset[str]().union(*(self.uses[f] for f in np.flatnonzero(mine)))
        return REVENUE if ALL in named else named & REVENUE


def read_funds(problem: Problem) -> Funds:
    """Return the funds of the estate in the prices of the base year.

    Money of years before the base year is gone and that behind the horizon is out of sight; neither counts.

    Raises
    ------
    DataError
        Where rows of one fund differ in what they say of it.
    """
    table, partners, h = problem.estate.funds, problem.facts.partners, problem.horizon
    first = table.drop_duplicates("fund_id")
    _refuse_rows_that_differ(table, first)
    ids = texts(first["fund_id"])
    fund = codes(table["fund_id"], pd.Index(ids))
    year = np.asarray(table["year"], dtype=np.int64) - problem.base_year
    price = np.where(
        texts(table["price_basis"]) == "nominal",
        (1.0 + problem.scenario.appraisal.deflator) ** np.maximum(year, 0).astype(np.float64),
        1.0,
    )
    inside = (year >= 0) & (year < h)
    amount, stands = np.zeros((len(ids), h)), np.zeros((len(ids), h), dtype=bool)
    np.add.at(amount, (fund[inside], year[inside]), (numbers(table["amount"]) / price)[inside])
    stands[fund[inside], year[inside]] = True
    named = [_words(cell) for cell in texts(first["pays_for"])]
    pays_for = np.array([[ALL in words or p in words for p in partners] for words in named], dtype=bool)
    listed = Funds(
        ids=ids,
        partner=codes(first["partner_id"], partners),
        capital=texts(first["kind"]) == "capital",
        pays_for=pays_for.reshape(len(ids), len(partners)),
        uses=tuple(_words(cell) for cell in texts(first["uses"])),
        takes_receipts=np.asarray(first["takes_receipts"], dtype=bool),
        carry_forward=np.asarray(first["carry_forward"], dtype=bool),
        amount=amount,
        stands=stands,
        until=np.full(len(ids), h, dtype=np.int64),
    )
    return _with_flexible(problem, listed)


def receipts_kept(problem: Problem) -> Floats:
    """Return (n_sites,): what a sale brings to its owner's funds (£), on the low value; negative where it costs money.

    ``receipt_retention`` of the owner is kept (blank: all); a loss is the owner's alone.
    """
    s = problem.facts.sites
    net = s.market_value_low * (1.0 - s.sale_cost_share) - s.disposal_deductions
    return np.where(net > 0, net * (1.0 - problem.taxes.handed_over(s.partner)), net)


def sale_at_worst(problem: Problem) -> Floats:
    """Return (n_sites,): what a sale brings with the steepest haircut, on the low value (£); a loss where negative.

    A sale that may cost money is a need of capital, at its worst; only others bring money to funds.
    """
    s = problem.facts.sites
    worst = max(problem.scenario.disposals.haircut, default=0.0)
    pressed = np.where(problem.market.of >= 0, worst, 0.0)
    return np.asarray(s.market_value_low * (1.0 - s.sale_cost_share) * (1.0 - pressed) - s.disposal_deductions)


def capital_years(problem: Problem) -> int:
    """Return how many years capital is tested for: to the last row of a capital fund, at least the decision years."""
    f = problem.funds
    last = np.flatnonzero(f.stands[f.capital].any(axis=0))
    return max(problem.years, int(last[-1]) + 1 if len(last) else 0)


def _words(cell: str) -> frozenset[str]:
    words = frozenset(part.strip() for part in str(cell).split(";") if part.strip())
    return words or frozenset({ALL})


def _with_flexible(problem: Problem, funds: Funds) -> Funds:
    """Add one fund a partner that holds receipts set aside for flexible use, where the scenario allows it."""
    rule = problem.scenario.rules.budget
    last = None if rule is None else rule.flexible_receipts_until
    if last is None or last < problem.base_year:
        return funds
    may = np.isin(problem.facts.sectors, MAY_BE_FLEXIBLE)
    taking = np.unique(funds.partner[funds.takes_receipts])
    who = taking[may[taking]]
    n, h = len(who), problem.horizon
    own = who[:, None] == np.arange(len(problem.facts.partners))[None, :]
    join = np.concatenate
    return Funds(
        join([funds.ids, np.array([f"receipts of {problem.facts.partners[p]}" for p in who], dtype=object)]),
        join([funds.partner, who]),
        join([funds.capital, np.zeros(n, dtype=bool)]),
        join([funds.pays_for, own]),
        funds.uses + (FLEXIBLE,) * n,
        join([funds.takes_receipts, np.ones(n, dtype=bool)]),
        join([funds.carry_forward, np.ones(n, dtype=bool)]),
        join([funds.amount, np.zeros((n, h))]),
        join([funds.stands, np.zeros((n, h), dtype=bool)]),
        join([funds.until, np.full(n, min(h, last - problem.base_year + 1), dtype=np.int64)]),
    )


def _refuse_rows_that_differ(table: pd.DataFrame, first: pd.DataFrame) -> None:
    faults = []
    for name in ("partner_id", "kind", "pays_for", "uses", "takes_receipts", "carry_forward"):
        several = table.groupby("fund_id", sort=False)[name].nunique()
        faults += [
            Issue(f"funds, {fund}, {name}", "rows of one fund differ", "give every row of a fund the same value")
            for fund in several.index[several > 1]
        ]
    if faults:
        raise DataError(faults)
