"""Hand the funds' money out for one plan: needs in the order of the years, from funds that may pay, as far as it goes.

Money flows from the funds of each year (carried over where they may), and from the sales that complete in it, to the needs
of the year. Paths that reroute earlier payments are tried before a need is left short, so what is short here could not
have been paid in any other way, and the first year in which money runs out is the one that is named. A largest flow by
paths is simple enough to follow by hand; nothing is optimised. Money is counted in whole pence.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from assetopt.costs import book, haircut, usual
from assetopt.problem import Problem
from assetopt.problem.facts import codes
from assetopt.problem.funds import NO_NEEDS, capital_years, receipts_kept, sale_at_worst
from assetopt.timeline import Timeline

Node = tuple[str, int, int]
"""("fund", fund, year), ("sales", partner, year) or ("bill", group, year)."""

BILL = ["partner_id", "year", "kind", "head"]


@dataclass(frozen=True, eq=False)
class Payments:
    """What funds pay of a plan.

    Attributes
    ----------
    bills : DataFrame
        ``partner_id, year, kind, head, need, paid``; £ of the base year, years as in the contract.
    payments : DataFrame
        ``fund_id, partner_id, year, kind, head, amount``; who pays which bill.
    """

    bills: pd.DataFrame
    payments: pd.DataFrame


def spend(problem: Problem, line: Timeline) -> Payments:
    """Pay what a plan needs from the funds of the scenario, by its budgets."""
    bills = _bills(problem, line)
    funds, mode = problem.funds, problem.scenario.boundaries.budgets
    partner = codes(bills["partner_id"], problem.facts.partners)
    may = np.zeros((len(bills), len(funds)), dtype=bool)
    for row, (p, u, kind, head) in enumerate(
        zip(partner, bills["year"], bills["kind"] == "capital", bills["head"], strict=True)
    ):
        may[row] = funds.for_partner(mode)[:, p] & funds.for_head(mode, kind, head) & (u < funds.until)
    _, group = np.unique(may, axis=0, return_inverse=True)
    group = group.ravel()
    net = _Network(problem, line)
    need = np.round(bills["need"].to_numpy(dtype=np.float64) * 100).astype(np.int64)
    paid = np.zeros(len(bills), dtype=np.int64)
    payers = {int(g): np.flatnonzero(may[row]).tolist() for row, g in enumerate(group)}
    for row, (g, u) in enumerate(zip(group.tolist(), bills["year"].tolist(), strict=True)):
        mine = [f for f in payers[g] if funds.partner[f] == partner[row]]
        for candidates, among in ((mine, frozenset(mine)), (payers[g], None)):
            giving = [("fund", f, u) for f in candidates]
            paid[row] += net.pay(("bill", g, u), giving, int(need[row] - paid[row]), among)
    told = _told(problem, bills, group, paid, partner, net)
    return Payments(bills.assign(paid=paid / 100.0, need=need / 100.0, year=bills["year"] + problem.base_year), told)


def _bills(problem: Problem, line: Timeline) -> pd.DataFrame:
    """Return what is asked of funds, positive amounts alone, in the order of years; ``year`` is an index."""
    parts = [_paid(problem, book(problem, line), 1.0), _losses(problem, line)]
    rule = problem.scenario.rules.budget
    if rule is not None and rule.floor == "today":
        parts.append(_paid(problem, usual(problem), -1.0))
    table = pd.concat(parts, ignore_index=True).groupby(BILL, sort=True, as_index=False)["need"].sum()
    asked = np.zeros(len(table), dtype=bool)
    partner = codes(table["partner_id"], problem.facts.partners)
    last = capital_years(problem)
    for row, (p, u, kind, head) in enumerate(zip(partner, table["year"], table["kind"], table["head"], strict=True)):
        asked[row] = u < last if kind == "capital" else head in problem.funds.revenue_heads(int(p), int(u))
    due: pd.DataFrame = table.loc[asked & (table["need"] > 0.005).to_numpy()]
    return due.sort_values(["year", "kind", "partner_id", "head"], kind="stable", ignore_index=True)


def _paid(problem: Problem, lines: pd.DataFrame, sign: float) -> pd.DataFrame:
    known = lines["payer"].isin(problem.facts.partners) & ~lines["cost"].isin(NO_NEEDS) & (lines["kind"] != "end_value")
    mine = lines[known]
    return pd.DataFrame(
        {
            "partner_id": mine["payer"].astype(object),
            "year": mine["year"].astype(np.int64),
            "kind": mine["kind"].astype(object),
            "head": mine["head"].astype(object),
            "need": sign * mine["amount"].astype(np.float64),
        }
    )


def _sold(problem: Problem, line: Timeline) -> tuple[np.ndarray, np.ndarray]:
    """Return (sites, years) of the sales that complete in the horizon."""
    s = problem.facts.sites
    freehold = s.existing & (s.tenure == "freehold") & (s.on_exit == "sell")
    sold = np.flatnonzero(freehold & (line.vacated < problem.years))
    done = line.vacated[sold] + problem.void_years[sold]
    return sold[done < problem.horizon], done[done < problem.horizon]


def _losses(problem: Problem, line: Timeline) -> pd.DataFrame:
    """Return sales that cost their owner money, as bills."""
    site, year = _sold(problem, line)
    worst = sale_at_worst(problem)[site]
    return pd.DataFrame(
        {
            "partner_id": problem.facts.sites.partner[site],
            "year": year,
            "kind": "capital",
            "head": "receipt",
            "need": np.maximum(-worst, 0.0),
        }
    )


def brought(problem: Problem, line: Timeline) -> dict[tuple[int, int], float]:
    """Return what sales bring to funds by (partner, year), £."""
    s = problem.facts.sites
    site, year = _sold(problem, line)
    net = s.market_value_low * (1.0 - s.sale_cost_share) - s.disposal_deductions
    share = np.divide(receipts_kept(problem), net, out=np.ones(len(s)), where=net > 0)
    left = (net - haircut.lost(problem, line, s.market_value_low)) * share
    gains = sale_at_worst(problem)[site] > 0
    out: dict[tuple[int, int], float] = defaultdict(float)
    for p, u, money in zip(
        codes(s.partner[site[gains]], problem.facts.partners), year[gains], left[site[gains]], strict=True
    ):
        out[int(p), int(u)] += float(money)
    return out


class _Network:
    """Money on its way; ``flow`` holds what goes along every arc, in pence."""

    def __init__(self, problem: Problem, line: Timeline) -> None:
        funds = problem.funds
        self.until, self.carries = funds.until, funds.carry_forward
        self.source: dict[Node, int] = {}
        for f, u in zip(*np.nonzero(funds.amount), strict=True):
            self.source["fund", int(f), int(u)] = int(np.floor(funds.amount[f, u] * 100 + 0.5))
        self.takers: dict[Node, list[Node]] = {}
        self.givers: dict[Node, list[Node]] = defaultdict(list)
        for (p, u), money in brought(problem, line).items():
            sale: Node = ("sales", p, u)
            self.source[sale] = int(np.floor(money * 100 + 0.5))
            mine = np.flatnonzero((funds.partner == p) & funds.takes_receipts & (funds.until > u))
            self.takers[sale] = [("fund", int(f), u) for f in mine]
            for node in self.takers[sale]:
                self.givers[node].append(sale)
        self.flow: dict[tuple[Node, Node], int] = defaultdict(int)
        self.out: dict[Node, dict[Node, None]] = defaultdict(dict)

    def pay(self, bill: Node, payers: list[Node], need: int, among: frozenset[int] | None) -> int:
        """Send up to ``need`` pence to a bill and return what arrived; ``among``: by way of these funds alone."""
        self.givers[bill] = payers
        paid = 0
        while paid < need:
            path = self._path(bill, among)
            if not path:
                break
            start = path[0]
            room = min(need - paid, self.source[start])
            for here, there in pairwise(path):
                if not self._forward(here, there):
                    room = min(room, self.flow[there, here])
            for here, there in pairwise(path):
                if self._forward(here, there):
                    self.flow[here, there] += room
                    self.out[here][there] = None
                else:
                    self.flow[there, here] -= room
            self.source[start] -= room
            paid += room
        return paid

    def _forward(self, here: Node, there: Node) -> bool:
        """Say whether money may go from here to there, rather than be taken back from there."""
        if there[0] == "bill":
            return True
        if there[0] == "fund":
            return here[0] == "sales" or (here[0] == "fund" and here[2] < there[2])
        return False

    def _into(self, node: Node) -> list[Node]:
        """Return the nodes from which more could come to this one."""
        before = list(self.givers.get(node, ()))
        if node[0] == "fund" and node[2] > 0 and self.carries[node[1]] and node[2] < self.until[node[1]]:
            before.append(("fund", node[1], node[2] - 1))
        # What this node has given on could stay here, if the taker found it elsewhere.
        return before + [taker for taker in self.out[node] if self.flow[node, taker] > 0]

    def _path(self, bill: Node, among: frozenset[int] | None) -> list[Node]:
        """Return the shortest way from money that is left to the bill, empty if there is none."""
        after: dict[Node, Node | None] = {bill: None}
        queue = deque([bill])
        while queue:
            node = queue.popleft()
            if self.source.get(node, 0) > 0:
                path = [node]
                while (step := after[path[-1]]) is not None:
                    path.append(step)
                return path
            for other in self._into(node):
                if other not in after and (among is None or other[0] != "fund" or other[1] in among):
                    after[other] = node
                    queue.append(other)
        return []


def _told(
    problem: Problem, bills: pd.DataFrame, group: np.ndarray, paid: np.ndarray, partner: np.ndarray, net: _Network
) -> pd.DataFrame:
    """Return who pays which bill: each fund its own partner's first, then in the order of the tables."""
    funds, rows = problem.funds, []
    left = paid.copy()
    given: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for (giver, taker), money in net.flow.items():
        if taker[0] == "bill" and money > 0:
            given[taker[1], taker[2]][giver[1]] = money
    where: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, (g, u) in enumerate(zip(group.tolist(), bills["year"].tolist(), strict=True)):
        where[g, u].append(row)
    for key, mine in where.items():
        for own in (True, False):
            for f in sorted(given[key]):
                for row in mine:
                    money = min(given[key][f], int(left[row])) if (funds.partner[f] == partner[row]) == own else 0
                    if money > 0:
                        given[key][f] -= money
                        left[row] -= money
                        rows.append((funds.ids[f], *(bills[name].iloc[row] for name in BILL), money / 100.0))
    out = pd.DataFrame(rows, columns=["fund_id", *BILL, "amount"])
    out["year"] = out["year"].astype(np.int64) + problem.base_year
    return out.sort_values([*BILL, "fund_id"], kind="stable", ignore_index=True)
