"""Which sites to hold, when each has a price of its own: room for all demand, and a limited number, in whole sites.

    min  sum_i g_i y_i   subject to  sum_i room_i y_i >= total,  fewest <= sum_i y_i <= most,  y binary

Solved as what may be given up: dynamic programming over the room that can be spared, in whole units (spare room and
sites' rooms rounded down, which only ever allows more). Where both the room and the number bind, the number is priced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.program import Bools, Floats, Ints

UNITS = 40_000
"""The room that can be spared is counted in at most so many units."""


@dataclass(frozen=True, eq=False)
class Cover:
    """One choice of sites, asked again and again at other prices.

    Attributes
    ----------
    unit_room : (m,) whole units of room of each site
    spare : int
        Units that may be given up, -1 where all sites together are too small.
    always, never : (m,)
    fewest, most : float
    """

    unit_room: Ints
    spare: int
    always: Bools
    never: Bools
    fewest: float
    most: float

    @classmethod
    def of(cls, room: Floats, total: float, always: Bools, never: Bools, fewest: float, most: float) -> Cover:
        """Count room in units; ``room`` (m,) must not count a site that is never held."""
        near = 1e-9 * max(1.0, total)
        spare = float(room.sum()) - total + near
        if spare < 0:
            return cls(np.zeros(len(room), dtype=np.int64), -1, always, never, fewest, most)
        whole = bool((room == np.rint(room)).all() and total == np.rint(total))
        least = max(1.0, float(np.gcd.reduce(room[room > 0].astype(np.int64)))) if whole and (room > 0).any() else 0.0
        unit = max(least, spare / UNITS) if whole else max(spare / UNITS, near)
        units = np.rint(room / unit) if unit == least else np.floor(room / unit * (1 - 1e-12))
        units = np.minimum(units, 2.0 * UNITS + 2)
        return cls(units.astype(np.int64), int(np.floor(spare / unit * (1 + 1e-12))), always, never, fewest, most)

    def least(self, price: Floats) -> float:
        """Return the least total price (£) of a choice of sites at prices (m,), +inf where there is no choice."""
        return self.solve(price)[0]

    def solve(self, price: Floats) -> tuple[float, Bools]:
        """Return a valid least total price, and the sites held then (m,) (of the last relaxation, where one is used)."""
        if self.spare < 0:
            return np.inf, ~self.never
        free = ~(self.always | self.never)
        count = int(self.always.sum())
        low, high = self.fewest - count, min(self.most - count, float(free.sum()))
        if low > high or high < 0:
            return np.inf, self.always.copy()
        value, held = self._room(price, free)
        number = held[free].sum()
        if low <= number <= high:
            return value, held
        if self.unit_room[free].sum() <= self.spare:
            return self._counted(price, free, low, high)
        # Both bind. Price the number: any price is valid, the best one serves best.
        push, way, limit = self._push(price, free, low, high)
        value, held = self._room(price + way * push, free)
        return value - way * push * (limit + count), held

    def forced(self, price: Floats) -> tuple[Floats, Floats]:
        """Return valid least total prices (m,) with each site held, and (m,) with each site given up."""
        free = ~(self.always | self.never)
        count = int(self.always.sum())
        low, high = self.fewest - count, min(self.most - count, float(free.sum()))
        if self.spare < 0 or low > high or high < 0:
            return np.full(len(price), np.inf), np.full(len(price), np.inf)
        if self.unit_room[free].sum() <= self.spare:
            held, gone = self._forced_counted(price, free, low, high)
        else:
            push, way, limit = self._push(price, free, low, high)
            held, gone = self._forced_room(price + way * push, free)
            constant = way * push * (limit + count) if push else 0.0
            held, gone = held - constant, gone - constant
        return np.where(self.never, np.inf, held), np.where(self.always, np.inf, gone)

    def _push(self, price: Floats, free: Bools, low: float, high: float) -> tuple[float, float, float]:
        """Return the price of the number of sites that serves best, its sign and the limit it belongs to."""
        _, held = self._room(price, free)
        number = held[free].sum()
        if low <= number <= high:
            return 0.0, 1.0, 0.0
        limit, way = (high, 1.0) if number > high else (low, -1.0)
        lower, upper, best, best_push = 0.0, float(np.abs(price).max(initial=0.0)) * 2 + 1.0, -np.inf, 0.0
        for _ in range(24):
            push = 0.5 * (lower + upper)
            got, held = self._room(price + way * push, free)
            got -= way * push * (limit + self.always.sum())
            if got > best:
                best, best_push = got, push
            lower, upper = (push, upper) if way * (held[free].sum() - limit) > 0 else (lower, push)
        return best_push, way, limit

    def _forced_counted(self, price: Floats, free: Bools, low: float, high: float) -> tuple[Floats, Floats]:
        base, chosen = self._counted(price, free, low, high)
        inside, outside = price[chosen & free], price[~chosen & free]
        number = len(inside)
        dearest = float(inside.max()) if number else np.inf
        # One more is held: the dearest goes if there may be no more, or if it does not pay.
        if number + 1 > high:
            more = price - dearest if number else np.full(len(price), np.inf)
        else:
            more = price - max(0.0, dearest if number else 0.0)
        # One less: the cheapest of the others comes if it pays, or if there must be so many.
        cheapest = float(outside.min()) if len(outside) else np.inf
        less = -price + (min(0.0, cheapest) if number - 1 >= low else cheapest)
        return base + np.where(chosen, 0.0, more), base + np.where(chosen & free, less, 0.0)

    def _forced_room(self, price: Floats, free: Bools) -> tuple[Floats, Floats]:
        best, chosen = self._room(price, free)
        keep, drop = np.full(len(price), best), np.full(len(price), best)
        for site in np.flatnonzero(free):
            one = np.zeros(len(price), dtype=bool)
            one[site] = True
            if chosen[site]:
                drop[site] = self._room(price, free & ~one, one)[0]
            else:
                keep[site] = self._room(price, free & ~one)[0]
        return keep, drop

    def _counted(self, price: Floats, free: Bools, low: float, high: float) -> tuple[float, Bools]:
        """Choose by number alone: the cheapest sites, as many as pay or must be."""
        sites = np.flatnonzero(free)
        sites = sites[np.argsort(price[sites], kind="stable")]
        paying = int((price[sites] < 0).sum())
        number = int(min(max(paying, np.ceil(low - 1e-9)), np.floor(high + 1e-9)))
        held = self.always.copy()
        held[sites[:number]] = True
        return float(price[held].sum()), held

    def _room(self, price: Floats, free: Bools, gone: Bools | None = None) -> tuple[float, Bools]:
        """Choose by room alone; the sites ``gone`` are given up whatever they bring."""
        given_up = np.zeros(len(price), dtype=bool) if gone is None else gone.copy()
        spare = self.spare - int(self.unit_room[given_up].sum())
        if spare < 0:
            return np.inf, ~self.never
        sites = np.flatnonzero(free & (price > 0) & (self.unit_room <= spare))
        rooms = self.unit_room[sites]
        if rooms.sum() <= spare:
            given_up[sites] = True
        else:
            given_up[sites[rooms == 0]] = True
            sites, rooms = sites[rooms > 0], rooms[rooms > 0]
            if rooms.min() == rooms.max():
                dearest = sites[np.argsort(-price[sites], kind="stable")]
                given_up[dearest[: spare // int(rooms[0])]] = True
            else:
                given_up[sites[_knapsack(price[sites], rooms, spare)]] = True
        held = ~given_up & ~self.never
        return float(price[held].sum()), held


def _knapsack(profit: Floats, weight: Ints, spare: int) -> Bools:
    """Return which sites to give up, (k,): the exact 0-1 knapsack over the spare units."""
    ratio = profit / weight
    order = np.argsort(-ratio, kind="stable")
    p, w = profit[order], weight[order]
    used = np.cumsum(w)
    broken = int(np.searchsorted(used, spare, side="right"))
    if broken == len(p):
        return np.ones(len(p), dtype=bool)
    room = spare - (int(used[broken - 1]) if broken else 0)
    # A first choice by ratio, then only what its distance to the continuous optimum leaves open.
    chosen = np.arange(len(p)) < broken
    left, greedy = room, 0.0
    for k in range(broken, min(len(p), broken + 60)):
        if w[k] <= left:
            left -= int(w[k])
            greedy += float(p[k])
            chosen[k] = True
    unit = float(p[broken] / w[broken])
    slack = unit * room - greedy
    reduced = p - unit * w
    core = np.abs(reduced) <= slack + 1e-9 * (1.0 + abs(unit) * spare)
    if slack > 0 and core.any():
        inside = ~core & (reduced > 0)
        space = spare - int(w[inside].sum())
        index = np.flatnonzero(core)
        chosen = inside
        chosen[index[_best(p[index], w[index], space)]] = True
    out = np.zeros(len(p), dtype=bool)
    out[order] = chosen
    return out


def _best(profit: Floats, weight: Ints, room: int) -> Bools:
    """Return the best 0-1 choice, (k,), by dynamic programming."""
    value = np.zeros(room + 1)
    steps = []
    for p, w in zip(profit.tolist(), weight.tolist(), strict=True):
        better = np.zeros(room + 1, dtype=bool)
        if w <= room:
            with_it = value[: room + 1 - w] + p
            better[w:] = with_it > value[w:]
            value[w:] = np.maximum(value[w:], with_it)
        steps.append(better)
    chosen = np.zeros(len(profit), dtype=bool)
    at = room
    for k in range(len(profit) - 1, -1, -1):
        if steps[k][at]:
            chosen[k] = True
            at -= int(weight[k])
    return chosen
