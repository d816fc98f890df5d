"""Improves a choice of facilities without room limits: add one, drop one or exchange two while that pays, then shake.

Whitaker's fast interchange (1983), every exchange of a round evaluated at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assetopt.program import Bools, Floats, Ints
from assetopt.proof.location import Location

MOST_CELLS = 6_000_000
"""Largest table of facilities x customers that is laid out."""


class Interchange:
    """The table of costs of one location problem without room limits (m, n); a pair that is no arc costs more than anything."""

    def __init__(self, location: Location) -> None:
        p = self.location = location
        self.far = 1.0 + float(np.abs(p.arc_cost).sum() + np.abs(p.fixed).sum())
        self.cost = np.full((p.m, p.n), self.far)
        self.cost[p.arc_facility, p.arc_customer] = p.arc_cost

    @staticmethod
    def fits(location: Location) -> bool:
        """Say whether the table is small enough."""
        return not location.bounded and location.m * location.n <= MOST_CELLS

    def total(self, held: Bools) -> float:
        """Return what facilities held cost with everyone at the nearest, offset left out."""
        if not held.any():
            return np.inf
        return float(self.location.fixed[held].sum() + self.cost[held].min(axis=0).sum())

    def improve(self, held: Bools, stop: Callable[[], bool]) -> Bools:
        """Return a choice that no single addition, drop or exchange makes cheaper."""
        p = self.location
        held = held.copy()
        if not held.any():
            held[int(np.argmin(np.where(p.never, np.inf, p.fixed + self.cost.sum(axis=1))))] = True
        movable = ~(p.always | p.never)
        while not stop():
            sites = np.flatnonzero(held)
            near, d1, d2 = self._two_nearest(sites)
            bring = np.maximum(d1[None, :] - self.cost, 0.0).sum(axis=1) - p.fixed
            miss = np.bincount(near, weights=d2 - d1, minlength=len(sites)) - p.fixed[sites]
            order = np.argsort(near, kind="stable")
            groups, begins = np.unique(near[order], return_index=True)
            saved = np.maximum(d2[order] - np.maximum(self.cost[:, order], d1[order]), 0.0)
            gain = bring[:, None] - miss[None, :]
            gain[:, groups] += np.add.reduceat(saved, begins, axis=1)
            may_come, may_go = movable & ~held, movable[sites]
            gain[~may_come] = -np.inf
            gain[:, ~may_go] = -np.inf
            add = np.where(may_come, bring, -np.inf) if len(sites) + 1 <= p.most else np.full(p.m, -np.inf)
            drop = (
                np.where(may_go, -miss, -np.inf)
                if len(sites) - 1 >= max(1.0, p.fewest)
                else np.full(len(sites), -np.inf)
            )
            best = int(np.argmax(gain))
            options = (float(gain.flat[best]), float(add.max()), float(drop.max()))
            choice = int(np.argmax(options))
            if options[choice] <= 1e-9 * (1.0 + abs(float(d1.sum()))):
                break
            if choice == 0:
                held[best // len(sites)] = True
                held[sites[best % len(sites)]] = False
            elif choice == 1:
                held[int(np.argmax(add))] = True
            else:
                held[sites[int(np.argmax(drop))]] = False
        return held

    def _two_nearest(self, sites: Ints) -> tuple[Ints, Floats, Floats]:
        table = self.cost[sites]
        near = table.argmin(axis=0)
        every = np.arange(table.shape[1])
        d1 = table[near, every]
        if len(sites) == 1:
            return near, d1, np.full(len(d1), self.far)
        table[near, every] = np.inf
        return near, d1, table.min(axis=0)

    def shaken(self, held: Bools, dice: np.random.Generator, many: int) -> Bools:
        """Return ``held`` with some facilities exchanged for others at random."""
        p = self.location
        out = held.copy()
        movable = ~(p.always | p.never)
        inside, outside = np.flatnonzero(held & movable), np.flatnonzero(~held & movable)
        k = min(many, len(inside), len(outside))
        if k:
            out[dice.choice(inside, k, replace=False)] = False
            out[dice.choice(outside, k, replace=False)] = True
        return out
