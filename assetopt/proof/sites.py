"""A lower bound from row prices, with everything that happens inside one site decided exactly.

Take the prices y of the rows that link sites. What is left falls apart: every site chooses its switches (vacate, open,
works), the teams it houses within its room (a knapsack), and when its own teams leave. The sum of the sites' least costs,
of the free columns' and of the priced sides is a lower bound on every plan (Geoffrion 1974), for any prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.program import Bools, Floats, Ints, Matrix, Program
from assetopt.proof.knapsack import Table, fill
from assetopt.proof.labels import Labels
from assetopt.proof.prices import usable
from assetopt.proof.structure import Structure, read_structure

_EPS = float(np.finfo(np.float64).eps)


def sites_bound(program: Program, prices: Floats) -> float:
    """Return the bound (£) of a programme at row ``prices`` (m,), worked out anew from the two alone.

    Prices of redundant rows do not count. Valid for any finite prices; -inf where a column without limit spoils it.
    """
    matrix = program.core
    structure = read_structure(matrix, Labels.of(program))
    return Sites(matrix, structure).bound(np.asarray(prices, dtype=np.float64)[~program.redundant_rows])


@dataclass(frozen=True)
class Leaving:
    """What it costs a home team to leave, £.

    Attributes
    ----------
    out, close : (H, D) in each year, by moving out or closing, inf where it cannot
    stay : (H,) to stay throughout
    least : (H,) to leave in the cheapest way
    """

    out: Floats
    close: Floats
    stay: Floats
    least: Floats


@dataclass(frozen=True)
class Answer:
    """What every site does at given prices.

    Attributes
    ----------
    value : (S,) cost of each state of each site, £
    best : (sites,) cheapest state, -1 where a site has none
    slot_value : (L,) profit of the best packing of each slot
    tables : one a room, None where it was not asked for
    reduced : (n,) reduced costs
    leaving : Leaving
    item_profit : (J,) what an item brings where it stands, £
    bonus : (G,) what the first item of a group brings, £
    bound : £
    """

    value: Floats
    best: Ints
    slot_value: Floats
    tables: list[Table | None]
    reduced: Floats
    leaving: Leaving
    item_profit: Floats
    bonus: Floats
    bound: float


class Sites:
    """The sites of one programme (without redundant rows), priced as often as is asked."""

    def __init__(self, matrix: Matrix, structure: Structure) -> None:
        self.matrix, self.structure = matrix, structure
        self.transposed = matrix.a.T.tocsr()
        self._count = np.bincount(matrix.a.indices, minlength=matrix.shape[1]) + 2
        s = structure
        self._slot_order = np.argsort(s.slot_room, kind="stable")
        self._slot_first = np.searchsorted(s.slot_room[self._slot_order], np.arange(len(s.room_site) + 1))
        self._state_of_slot = np.repeat(np.arange(len(s.state_slots)), [len(x) for x in s.state_slots])
        self._slots = np.concatenate(s.state_slots) if s.state_slots else np.empty(0, dtype=np.int64)
        groups = [(k, c) for k, choice in enumerate(s.state_choice) for c in choice]
        self._choice_state = np.array([k for k, _ in groups], dtype=np.int64)
        width = max((len(c) for _, c in groups), default=1)
        self._choice = np.full((len(groups), width), -1, dtype=np.int64)
        for row, (_, columns) in enumerate(groups):
            self._choice[row, : len(columns)] = columns

    def bound(self, prices: Floats) -> float:
        """Return the bound at row prices (m,)."""
        return self.answer(prices).bound

    def answer(self, prices: Floats, trace: bool = False, without: Bools | None = None) -> Answer:
        """Return every site's choice, and the bound, at row prices (m,); ``trace`` keeps what packings are read from.

        ``without`` (n,) leaves columns out; then the bound is one of the programme without them.
        """
        matrix, s = self.matrix, self.structure
        y = np.where(s.kept, 0.0, usable(matrix, prices))
        reduced = matrix.cost - self.transposed @ y
        if without is not None:
            reduced[without] = np.inf
        side = np.where(y > 0, matrix.row_lower, matrix.row_upper)
        rows = np.where(y == 0, 0.0, y * np.where(y == 0, 0.0, side))
        free = s.free
        least = np.where(reduced[free] > 0, matrix.lower[free], matrix.upper[free])
        with np.errstate(invalid="ignore"):
            alone = np.where(reduced[free] == 0, 0.0, reduced[free] * least)
        leaving = self.leaving(reduced)
        profit = self._profits(reduced, leaving)
        bonus = np.where(s.group_strict, -reduced[s.group_column], np.maximum(0.0, -reduced[s.group_column]))
        slot_value = np.zeros(len(s.slot_room))
        tables: list[Table | None] = [None] * len(s.room_site)
        for k in range(len(s.room_site)):
            slots = self._slot_order[self._slot_first[k] : self._slot_first[k + 1]]
            if not len(slots):
                continue
            part = slice(s.room_first[k], s.room_first[k + 1])
            group = s.item_group[part]
            names, local = np.unique(group, return_inverse=True)
            shift = int(len(names) and names[0] < 0)
            gain = np.maximum(profit[part], 0.0).sum() + np.maximum(bonus[names[shift:]], 0.0).sum()
            if gain <= 0:
                continue
            table = fill(
                profit[part],
                s.item_weight[part],
                local - shift,
                bonus[names[shift:]],
                int(s.slot_units[slots].max()),
                trace,
            )
            tables[k] = table
            slot_value[slots] = table.value[s.slot_units[slots]]
        unroomed = (s.item_room < 0) & (profit > 0)
        value = self._states(reduced, leaving, slot_value)
        total = matrix.offset + rows.sum() + alone.sum() - profit[unroomed].sum()
        least_state = np.full(s.sites, np.inf)
        np.minimum.at(least_state, s.state_site, value)
        has = np.isfinite(least_state)
        best = np.full(s.sites, -1, dtype=np.int64)
        cheapest = np.flatnonzero(value <= least_state[s.state_site])[::-1]
        best[s.state_site[cheapest]] = cheapest
        total += least_state[has].sum() - self._margin(y, rows)
        bound = float(total) if np.isfinite(total) else -np.inf
        return Answer(value, best, slot_value, tables, reduced, leaving, profit, bonus, bound)

    def _margin(self, y: Floats, rows: Floats) -> float:
        """Return how wrong the sums may be, £."""
        matrix = self.matrix
        size = np.abs(matrix.cost) + abs(self.transposed) @ np.abs(y)
        reach = np.maximum(
            np.where(np.isfinite(matrix.lower), np.abs(matrix.lower), 1.0),
            np.where(np.isfinite(matrix.upper), np.abs(matrix.upper), 1.0),
        )
        return 8 * _EPS * float((self._count * size * reach).sum() + np.abs(rows).sum() + abs(matrix.offset))

    def leaving(self, reduced: Floats) -> Leaving:
        """Return what leaving costs at reduced costs (n,)."""
        s = self.structure
        stay = reduced[s.stay]
        before = np.cumsum(stay, axis=1) - stay
        out = reduced[s.out] + before
        close = np.where(s.close >= 0, reduced[np.maximum(s.close, 0)] + before, np.inf)
        least = np.minimum(out, close).min(axis=1, initial=np.inf)
        return Leaving(out, close, stay.sum(axis=1), least)

    def _profits(self, reduced: Floats, leaving: Leaving) -> Floats:
        s = self.structure
        columns = s.item_columns
        move = np.where(columns >= 0, reduced[np.maximum(columns, 0)], np.inf).min(axis=1, initial=np.inf)
        profit = -move
        home = s.item_home >= 0
        number = s.item_home[home]
        # Staying instead of leaving.
        profit[home] = leaving.least[number] - leaving.stay[number]
        return np.asarray(profit, dtype=np.float64)

    def _states(self, reduced: Floats, leaving: Leaving, slot_value: Floats) -> Floats:
        """Return the cost of every state, (S,)."""
        s = self.structure
        price = np.where(self._choice >= 0, reduced[np.maximum(self._choice, 0)], np.inf).min(axis=1, initial=np.inf)
        value = _added(self._choice_state, price, len(s.state_site))
        value -= _added(self._state_of_slot, slot_value[self._slots], len(value))
        held = _added(s.home_site, leaving.least, s.sites)
        value = value + np.where(s.state_vacate < 0, held[s.state_site], 0.0)
        gone = s.state_vacate >= 0
        value[gone] += self._vacated(leaving, reduced)[s.state_site[gone], s.state_vacate[gone]]
        # Side columns that an overlap switches on, wherever they are not in play, go to their cheaper limit.
        double = np.where(s.double_column >= 0, reduced[np.maximum(s.double_column, 0)], 0.0)
        spare = np.minimum(double, 0.0)
        value += spare.sum(axis=1)[s.state_site]
        return value

    def _vacated(self, leaving: Leaving, reduced: Floats) -> Floats:
        """Return (sites, D): the least cost of a site's own teams when it is vacated in each year."""
        s = self.structure
        total = np.zeros((s.sites, s.years))
        for v in range(s.years):
            early = np.minimum(
                leaving.out[:, :v].min(axis=1, initial=np.inf), leaving.close[:, : v + 1].min(axis=1, initial=np.inf)
            )
            quiet = np.where(s.double_member[:, v], early, np.minimum(early, leaving.out[:, v]))
            loud = np.minimum(early, leaving.out[:, v])
            # Who is not shown to have left may leave at any time, or stay as an item of a room.
            quiet = np.where(s.forced[:, v], quiet, np.minimum(leaving.least, quiet))
            loud = np.where(s.forced[:, v], loud, leaving.least)
            silent = _added(s.home_site, np.where(np.isinf(quiet), 0.0, quiet), s.sites)
            silent[s.home_site[np.isinf(quiet)]] = np.inf
            noisy = _added(s.home_site, np.where(np.isinf(loud), 0.0, loud), s.sites)
            noisy[s.home_site[np.isinf(loud)]] = np.inf
            column = s.double_column[:, v]
            cost = np.where(column >= 0, np.maximum(reduced[np.maximum(column, 0)], 0.0), 0.0)
            total[:, v] = np.minimum(silent, noisy + cost)
        return total


def _added(place: Ints, amount: Floats, size: int) -> Floats:
    """Add amounts up by place, (size,) float also where there are none."""
    return np.bincount(place, weights=amount, minlength=size).astype(np.float64)
