"""Serves whole customers from given facilities within their room: shifts and exchanges under a penalty on overload.

A tabu search; the penalty grows while some facility is overloaded and falls while none is, so that the search keeps
crossing the edge of what fits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assetopt.program import Bools, Floats, Ints
from assetopt.proof.location import Location

POOL = 40_000
"""Exchanges that are looked at in one step, at most about so many."""


class Single:
    """Whole customers at facilities held.

    Parameters
    ----------
    location : Location
    held : (m,) bool
    """

    def __init__(self, location: Location, held: Bools) -> None:
        p = self.location = location
        self.sites = np.flatnonzero(held)
        arcs = np.flatnonzero(held[p.arc_facility])
        number = np.full(p.m, -1, dtype=np.int64)
        number[self.sites] = np.arange(len(self.sites))
        self.cost = np.full((p.n, len(self.sites)), np.inf)
        self.arc = np.full((p.n, len(self.sites)), -1, dtype=np.int64)
        self.cost[p.arc_customer[arcs], number[p.arc_facility[arcs]]] = p.arc_cost[arcs]
        self.arc[p.arc_customer[arcs], number[p.arc_facility[arcs]]] = arcs
        self.room = p.capacity[self.sites]
        self.possible = bool(len(self.sites)) and bool((self.arc >= 0).any(axis=1).all())

    def begin(self) -> Ints:
        """Return a first choice of facility per customer, (n,): large customers first, each to the cheapest with room."""
        left = self.room.copy()
        at = np.zeros(len(self.cost), dtype=np.int64)
        demand = self.location.demand
        for j in np.argsort(-demand, kind="stable").tolist():
            fits = np.where(left >= demand[j], self.cost[j], np.inf)
            best = int(np.argmin(fits))
            if not np.isfinite(fits[best]):
                best = int(np.argmax(np.where(np.isfinite(self.cost[j]), left, -np.inf)))
            at[j] = best
            left[best] -= demand[j]
        return at

    def follow(self, share: Floats) -> Ints:
        """Return the choice (n,) that is nearest to shares of the arcs (k,)."""
        of = np.where(self.arc >= 0, share[np.maximum(self.arc, 0)], -1.0)
        tie = np.where(
            np.isfinite(self.cost), -1e-9 * self.cost / (1.0 + np.abs(self.cost[np.isfinite(self.cost)]).max()), -1
        )
        return np.asarray((of + tie).argmax(axis=1), dtype=np.int64)

    def search(
        self, at: Ints, rounds: int, dice: np.random.Generator, stop: Callable[[], bool]
    ) -> tuple[float, Ints] | None:
        """Improve a choice (n,); return the cheapest one that fits and its cost, None where none was found."""
        p, cost, room = self.location, self.cost, self.room
        n, demand, every = p.n, p.demand, np.arange(p.n)
        at = at.copy()
        load = np.bincount(at, weights=demand, minlength=len(room))
        finite = cost[np.isfinite(cost)]
        penalty = 1e-9 + 0.3 * float(np.median(np.abs(finite))) / max(float(np.median(demand)), 1e-9)
        until = np.zeros(cost.shape, dtype=np.int64)
        eps = 1e-9 * np.maximum(1.0, np.where(np.isfinite(room), room, 1.0))
        pool_size = min(n, max(20, POOL // n))
        best: tuple[float, Ints] | None = None
        now = float(cost[every, at].sum())
        for number in range(1, rounds + 1):
            if number % 32 == 0 and stop():
                break
            if (load <= room + eps).all() and (best is None or now < best[0] - 1e-9):
                best = (now, at.copy())
            spare = load - room
            over = np.maximum(spare, 0.0)
            mine = cost[every, at]
            tabu = until > number
            # Shifts: everyone to each facility.
            value = cost - mine[:, None]
            relief = np.maximum(spare[at] - demand, 0.0) - over[at]
            value += penalty * (np.maximum(spare[None, :] + demand[:, None], 0.0) - over[None, :] + relief[:, None])
            value[every, at] = np.inf
            value[tabu & (value > 0)] = np.inf
            shift = int(np.argmin(value))
            least = float(value.flat[shift])
            # Exchanges: some customers with all others.
            some = every if pool_size == n else dice.choice(n, pool_size, replace=False)
            there = (cost - mine[:, None])[some][:, at]
            here = (cost[:, at[some]] - mine[:, None]).T
            step = demand[some][:, None] - demand[None, :]
            swap = there + here
            swap += penalty * (np.maximum(spare[at][None, :] + step, 0.0) - over[at][None, :])
            swap += penalty * (np.maximum(spare[at[some]][:, None] - step, 0.0) - over[at[some]][:, None])
            same = at[some][:, None] == at[None, :]
            swap[same | ((tabu[some][:, at] | tabu[:, at[some]].T) & (swap > 0))] = np.inf
            pair = int(np.argmin(swap))
            if float(swap.flat[pair]) < least:
                a, b = int(some[pair // n]), pair % n
                moves = [(a, int(at[b])), (b, int(at[a]))]
            elif np.isfinite(least):
                moves = [(shift // cost.shape[1], shift % cost.shape[1])]
            else:
                break
            for customer, place in moves:
                old = int(at[customer])
                until[customer, old] = number + 8 + int(dice.integers(0, 12))
                now += float(cost[customer, place] - cost[customer, old])
                load[old] -= demand[customer]
                load[place] += demand[customer]
                at[customer] = place
            penalty *= 0.95 if (load <= room + eps).all() else 1.04
        return best

    def shares(self, at: Ints) -> Floats:
        """Return the shares of the arcs (k,) of a choice (n,)."""
        share = np.zeros(len(self.location.arc_cost))
        share[self.arc[np.arange(len(at)), at]] = 1.0
        return share
