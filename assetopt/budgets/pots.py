"""Pots of money as rows: what bills take out of each, what sales bring in, and that none falls below nothing.

Funds that may pay the same bills and carry money over alike are one pot; needs of a year that the same pots may pay are
one bill. A bill with one pot is taken from it; one with several has a column ``pay`` for each of them:

    sum_q pay[b,q] >= bill[b];    sum_{v<=u} (bills and pay of pot q in v - receipts) <= sum_{v<=u} amount[q,v]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.budgets.needs import CAPITAL, HEADS, Needs, Sales
from assetopt.formulation import Entry, Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints
from assetopt.problem.funds import Funds
from assetopt.program import CONTINUOUS

Terms = tuple[Ints, Floats]
"""Columns and what each takes, £."""


@dataclass(frozen=True, eq=False)
class Bill:
    """What falls due in one year and may be paid from ``pots``: ``sure`` plus its terms, at most ``most`` £."""

    year: int
    pots: Ints
    terms: Terms
    sure: float
    most: float
    falls: bool
    """Whether it may be less than nothing; then it is none, and brings nothing in."""


@dataclass(frozen=True, eq=False)
class Pots:
    """Q pots: which fund is in which, (F,), -1 where it can pay for nothing; and what comes in, (Q, H) £."""

    of_fund: Ints
    amount: Floats
    carries: Bools


def write_pots(rule: str, form: Formulation, needs: Needs, sales: Sales) -> None:
    """Write the rows of a budget."""
    p = form.problem
    may_pay = _eligible(p, needs)
    pots = _merge(p.funds, may_pay)
    writer = _Writer(rule, form, pots)
    for bill in _bills(p, needs, may_pay, pots):
        writer.take(bill)
    writer.bring(sales)
    writer.write()


def _eligible(problem: Problem, needs: Needs) -> Bools:
    """Return (n, F): which funds may pay each cell."""
    mode, funds = problem.scenario.boundaries.budgets, problem.funds
    partner = funds.for_partner(mode)
    out = np.zeros((len(needs), len(funds)), dtype=bool)
    for kind, head in np.unique(np.column_stack([needs.kind, needs.head]), axis=0).tolist():
        at = (needs.kind == kind) & (needs.head == head)
        out[at] = funds.for_head(mode, kind == CAPITAL, HEADS[head])[None, :] & partner[:, needs.partner[at]].T
    return out & (needs.year[:, None] < funds.until[None, :])


def _merge(funds: Funds, may_pay: Bools) -> Pots:
    of_fund = np.full(len(funds), -1, dtype=np.int64)
    useful = np.flatnonzero(may_pay.any(axis=0))
    if not len(useful):
        return Pots(of_fund, np.empty((0, funds.amount.shape[1])), np.empty(0, dtype=bool))
    marks = np.vstack([may_pay[:, useful], funds.carry_forward[useful], funds.until[useful]]).T
    _, first, pot = np.unique(marks, axis=0, return_index=True, return_inverse=True)
    of_fund[useful] = pot.ravel()
    amount = np.zeros((len(first), funds.amount.shape[1]))
    np.add.at(amount, of_fund[useful], funds.amount[useful])
    return Pots(of_fund, amount, funds.carry_forward[useful[first]])


def _bills(problem: Problem, needs: Needs, may_pay: Bools, pots: Pots) -> list[Bill]:
    """Add up needs of one year that the same pots may pay, each on its own where it may fall below nothing."""
    if not len(needs):
        return []
    rule = problem.scenario.rules.budget
    payers = np.zeros((len(needs), len(pots.amount)), dtype=bool)
    for fund in np.flatnonzero(pots.of_fund >= 0):
        payers[:, pots.of_fund[fund]] |= may_pay[:, fund]
    falls = needs.falls
    if rule is not None and rule.floor == "asked":
        falls &= needs.kind != CAPITAL  # nobody saves more capital than business as usual would have spent
    apart = np.where(falls, np.arange(len(needs)), -1)
    marks = np.column_stack([needs.year, apart, payers])
    _, first, bill = np.unique(marks, axis=0, return_index=True, return_inverse=True)
    bill = bill.ravel()
    of_term = bill[needs.cell]
    order = np.argsort(of_term, kind="stable")
    cut = np.searchsorted(of_term[order], np.arange(len(first) + 1))
    sure = np.bincount(bill, weights=needs.sure, minlength=len(first))
    most = np.bincount(bill, weights=needs.most, minlength=len(first))
    out = []
    for b, cell in enumerate(first.tolist()):
        at = order[cut[b] : cut[b + 1]]
        terms = needs.column[at], needs.value[at]
        pot = np.flatnonzero(payers[cell])
        out.append(Bill(int(needs.year[cell]), pot, terms, float(sure[b]), float(most[b]), bool(falls[cell])))
    return out


class _Writer:
    """What goes out of each pot and comes into it in each year, until it is written."""

    def __init__(self, rule: str, form: Formulation, pots: Pots) -> None:
        self.rule, self.form, self.pots = rule, form, pots
        self.sure = np.zeros(pots.amount.shape)
        self.terms: dict[tuple[int, int], list[Terms]] = {}
        self.split: list[Bill] = []
        self.shared: list[tuple[int, Ints, Terms]] = []

    def take(self, bill: Bill) -> None:
        """Take a bill from its pot; one with several, or that may fall below nothing, waits for columns of its own."""
        if len(bill.pots) == 1 and not bill.falls:
            pot = int(bill.pots[0])
            self.terms.setdefault((pot, bill.year), []).append(bill.terms)
            self.sure[pot, bill.year] += bill.sure
        else:
            self.split.append(bill)

    def bring(self, sales: Sales) -> None:
        """Bring receipts to the pots of their owner's funds; between several their owner is free to share."""
        funds = self.form.problem.funds
        for owner, year in np.unique(np.column_stack([sales.owner, sales.year]), axis=0).tolist():
            taking = (funds.partner == owner) & funds.takes_receipts & (funds.until > year)
            pots = np.unique(self.pots.of_fund[taking & (self.pots.of_fund >= 0)])
            at = (sales.owner == owner) & (sales.year == year)
            if len(pots) == 1:
                terms = (sales.column[at], -sales.value[at])
                self.terms.setdefault((int(pots[0]), year), []).append(terms)
            elif len(pots):
                self.shared.append((year, pots, (sales.column[at], sales.value[at])))

    def write(self) -> None:
        """Write the columns, and the rows of bills, of shared receipts and of pots."""
        program = self.form.program
        entries: list[Entry] = []
        pay = self._columns("pay", [(b.year, b.pots, b.most) for b in self.split], 1.0)
        for row, bill in enumerate(self.split):
            entries += [(np.full(len(bill.terms[0]), row), bill.terms[0], -bill.terms[1])]
            entries += [(np.full(len(pay[row]), row), pay[row], 1.0)]
        lower = np.array([bill.sure for bill in self.split])
        program.add_rows(self.rule, len(self.split), lower=lower, entries=entries)
        most = [(year, pots, float(np.maximum(values, 0).sum())) for year, pots, (_, values) in self.shared]
        share = self._columns("receipt_share", most, -1.0)
        entries = []
        for row, (_, _, (columns, values)) in enumerate(self.shared):
            entries += [(np.full(len(columns), row), columns, -values)]
            entries += [(np.full(len(share[row]), row), share[row], 1.0)]
        program.add_rows(self.rule, len(self.shared), upper=0.0, entries=entries)
        self._write_rows()

    def _columns(self, kind: str, wanted: list[tuple[int, Ints, float]], sign: float) -> list[Ints]:
        """Add one column for each pot of each entry, which takes from the pot (1) or brings to it (-1)."""
        size = [len(pots) for _, pots, _ in wanted]
        flat = self.form.program.add_columns(
            kind,
            sum(size),
            form=CONTINUOUS,
            upper=np.repeat(np.array([most for *_, most in wanted]), size),
            year=np.repeat(np.array([year for year, *_ in wanted], dtype=np.int64), size),
        )
        out = np.split(flat, np.cumsum(size)[:-1]) if wanted else []
        for (year, pots, _), columns in zip(wanted, out, strict=True):
            for pot, column in zip(pots.tolist(), columns, strict=True):
                self.terms.setdefault((pot, year), []).append((np.array([column]), np.array([sign])))
        return list(out)

    def _write_rows(self) -> None:
        """Write one row a pot and year in which it may be spent from."""
        spends = self.sure > 0
        for (pot, year), parts in self.terms.items():
            spends[pot, year] |= any(bool((values > 0).any()) for _, values in parts)
        pot_of, year_of = np.nonzero(spends)
        left = self.pots.amount - self.sure
        upper = np.where(self.pots.carries[pot_of], np.cumsum(left, axis=1)[pot_of, year_of], left[pot_of, year_of])
        entries: list[Entry] = []
        for row, (pot, year) in enumerate(zip(pot_of.tolist(), year_of.tolist(), strict=True)):
            first = 0 if self.pots.carries[pot] else year
            for u in range(first, year + 1):
                entries += [(np.full(len(c), row), c, v) for c, v in self.terms.get((pot, u), ())]
        self.form.program.add_rows(self.rule, len(pot_of), upper=upper, entries=entries, year=year_of)
