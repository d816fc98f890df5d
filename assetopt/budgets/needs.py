"""What each partner needs by year, kind and head, as sums of columns; and what sales bring to funds.

need[p,u,k,h] = sum over flows that p pays in year u of amount x column   (floor = today: less what business as usual pays)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.costs import cash, haircut, usual
from assetopt.costs.flow import ANYWAY, Flow, by_year
from assetopt.costs.ledger import KINDS
from assetopt.costs.receipts import completion, sells
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints, codes
from assetopt.problem.funds import NO_NEEDS, capital_years, receipts_kept, sale_at_worst

HEADS = tuple(KINDS)
CAPITAL = 1
"""Place of capital on the axis of kinds; revenue is 0."""


@dataclass(frozen=True, eq=False)
class Needs:
    """Cells of need, one a partner, year, kind and head, (n,); each is ``sure`` plus its terms, £.

    ``cell``, ``column`` and ``value`` (m,) are the terms.
    """

    partner: Ints
    year: Ints
    kind: Ints
    head: Ints
    sure: Floats
    cell: Ints
    column: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.partner)

    @property
    def most(self) -> Floats:
        """(n,): what each cell can come to."""
        return self.sure + np.bincount(self.cell, weights=np.maximum(self.value, 0.0), minlength=len(self))

    @property
    def falls(self) -> Bools:
        """(n,): cells that a decision can lower, or that start below nothing."""
        out: Bools = self.sure < 0
        out[self.cell[self.value < 0]] = True
        return out

    def only(self, kept: Bools) -> Needs:
        """Return the cells that are marked."""
        new, at = np.cumsum(kept) - 1, kept[self.cell]
        partner, year, kind, head = (part[kept] for part in (self.partner, self.year, self.kind, self.head))
        return Needs(partner, year, kind, head, self.sure[kept], new[self.cell[at]], self.column[at], self.value[at])


@dataclass(frozen=True, eq=False)
class Sales:
    """What sales bring to their owner's funds, one entry a column: (owner, year of completion, column, £)."""

    owner: Ints
    year: Ints
    column: Ints
    value: Floats


def sales_of(form: Formulation) -> Sales:
    """Return every sale that completes in the horizon, less what a crowded market takes from it."""
    p, s = form.problem, form.problem.facts.sites
    owner, done = codes(s.partner, p.facts.partners), completion(p)
    kept = receipts_kept(p)
    site, year = np.nonzero((form.vacate >= 0) & sells(p)[:, None] & (done < p.horizon))
    parts = [(site, year, form.vacate[site, year], kept[site])]
    if p.scenario.disposals.haircut:
        # The haircut is told on the middle value; budgets count on the low one, less the part that is not kept.
        part = np.divide(s.market_value_low, s.market_value, out=np.zeros(len(s)), where=s.market_value > 0)
        net = s.market_value_low * (1.0 - s.sale_cost_share) - s.disposal_deductions
        part = part * np.divide(kept, net, out=np.ones(len(s)), where=net > 0)
        first, (worst, when, loss) = haircut.places(form), haircut.at_worst(form)
        parts.append((worst, when, form.vacate[worst, when], -loss * part[worst]))
        parts.append((first.site, first.vacated, first.column, first.worth * part[first.site]))
    site, year, column, value = (np.concatenate([part[k] for part in parts]) for k in range(4))
    gains = (sale_at_worst(p) > 0)[site]
    return Sales(owner[site[gains]], done[site, year][gains], column[gains], value[gains])


def needs_of(form: Formulation) -> Needs:
    """Gather every flow that a partner pays and that funds have to cover."""
    p = form.problem
    tested = _tested(p)
    keys: list[Ints] = [np.empty(0, dtype=np.int64)]
    columns: list[Ints] = [np.empty(0, dtype=np.int64)]
    values: list[Floats] = [np.empty(0)]

    def add(partner: Ints, year: Ints, kind: int, head: str, column: Ints, value: Floats) -> None:
        at = (partner, year, np.full(len(year), kind), np.full(len(year), HEADS.index(head)))
        keys.append(np.ravel_multi_index(at, tested.shape))
        columns.append(column)
        values.append(value)

    for name, flows in cash(form).items():
        for money in flows if name not in NO_NEEDS else ():
            payer, entry, year = _paid(p, money, tested)
            add(payer, year, int(money.kind == "capital"), money.head, money.columns[entry], money.amount[entry])
    owner, year, column, loss = _losses(form)
    asked = tested[owner, year, CAPITAL, HEADS.index("receipt")]
    add(owner[asked], year[asked], CAPITAL, "receipt", column[asked], loss[asked])

    key, column, value = np.concatenate(keys), np.concatenate(columns), np.concatenate(values)
    base = _today(p, tested)
    cells, cell = np.unique(key, return_inverse=True)
    anyway = column == ANYWAY
    sure: Floats = np.bincount(cell[anyway], weights=value[anyway], minlength=len(cells)).astype(np.float64)
    if len(base):
        sure -= base.ravel()[cells]
        sure[np.abs(sure) < 1e-6] = 0.0
    partner, year, kind, head = np.unravel_index(cells, tested.shape)
    needs = Needs(partner, year, kind, head, sure, cell[~anyway], column[~anyway], value[~anyway])
    return needs.only(needs.most > 1e-9)


def _paid(problem: Problem, money: Flow, tested: Bools) -> tuple[Ints, Ints, Ints]:
    """Return (partner, entry, year) of what a flow asks of funds."""
    if money.kind == "end_value":
        return (np.empty(0, dtype=np.int64),) * 3
    asked = tested[:, :, int(money.kind == "capital"), HEADS.index(money.head)]
    if not asked.any():
        return (np.empty(0, dtype=np.int64),) * 3
    payer = codes(money.payer, problem.facts.partners)
    entry, year = by_year(money, np.asarray(asked.any(axis=0), dtype=bool))
    kept = (payer[entry] >= 0) & asked[payer[entry], year]
    return payer[entry[kept]], entry[kept], year[kept]


def _losses(form: Formulation) -> tuple[Ints, Ints, Ints, Floats]:
    """Return sales that cost their owner money: (owner, year, column, £)."""
    p = form.problem
    worst, done = sale_at_worst(p), completion(p)
    site, year = np.nonzero((form.vacate >= 0) & (sells(p) & (worst < 0))[:, None] & (done < p.horizon))
    owner = codes(p.facts.sites.partner, p.facts.partners)[site]
    return owner, done[site, year], form.vacate[site, year], -worst[site]


def _tested(problem: Problem) -> Bools:
    """Return (P, H, 2, heads): where need is tested."""
    out = np.zeros((len(problem.facts.partners), problem.horizon, 2, len(HEADS)), dtype=bool)
    out[:, : capital_years(problem), CAPITAL, :] = True
    for p in range(out.shape[0]):
        for u in range(problem.horizon):
            for head in problem.funds.revenue_heads(p, u):
                out[p, u, 0, HEADS.index(head)] = True
    return out


def _today(problem: Problem, tested: Bools) -> Floats:
    """Return (P, H, 2, heads) what business as usual pays, £; empty where funds pay for that too."""
    rule = problem.scenario.rules.budget
    if rule is None or rule.floor == "asked":
        return np.zeros(0)
    book = usual(problem)
    book = book[(book["kind"] != "end_value") & ~book["cost"].isin(NO_NEEDS)]
    partner = codes(book["payer"], problem.facts.partners)
    out = np.zeros(tested.shape)
    at = partner >= 0
    head = np.array([HEADS.index(name) for name in book["head"]], dtype=np.int64)
    year = book["year"].to_numpy(dtype=np.int64)
    kind = (book["kind"] == "capital").to_numpy(dtype=np.int64)
    np.add.at(out, (partner[at], year[at], kind[at], head[at]), book["amount"].to_numpy(dtype=np.float64)[at])
    return out
