"""A lower bound for a location problem from one price a customer: what it would pay to be served, whoever serves it.

At customer prices the sites fall apart. Each one that is held serves whom it gains most by within its room (a knapsack,
continuous, or exact 0-1 where customers are whole and their demands whole numbers), and which sites to hold is then a
small problem of its own: room for all demand, and at most so many sites, decided in whole sites (dynamic programming).

    bound = offset + sum_j price_j + min over sites held of sum_i (fixed_i - gain_i)

It is a lower bound on every plan for any prices. Nothing here calls a solver.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assetopt.program import Bools, Floats, Ints, Program
from assetopt.proof.location_cover import Cover
from assetopt.proof.location_reading import Location, read_location

__all__ = ["Location", "Pricing", "location_bound", "read_location"]

_EPS = float(np.finfo(np.float64).eps)

MOST_CELLS = 40_000_000
"""Largest table (cells, over all steps) that the exact knapsacks may fill; above it they stay continuous."""


def location_bound(program: Program, prices: Floats) -> float:
    """Return a lower bound (£) on every plan of a location problem, for any ``prices``.

    Parameters
    ----------
    program : Program
        One that :func:`read_location` reads.
    prices : (m,) array
        Row prices, £; only those of the rows that place a customer are used.

    Returns
    -------
    float
        The bound, rounding taken off; +inf where the sites cannot hold all demand, -inf where the programme is no
        location problem.

    Raises
    ------
    ValueError
        If there is not one finite price a row.
    """
    y = np.asarray(prices, dtype=np.float64)
    if y.shape != (program.n_rows,) or not np.isfinite(y).all():
        raise ValueError("location_bound needs one finite price for every row")
    location = read_location(program)
    return -np.inf if location is None else Pricing(location).bound(y[location.customer_row])


@dataclass(frozen=True, eq=False)
class Packing:
    """What each facility gains at given prices.

    Attributes
    ----------
    gain : (m,) most that a facility can gain, never too small but for rounding, £
    loose : (m,) the same where customers may be split, £; ``gain`` itself unless the knapsacks are exact
    unit : (m,) what one more unit of room would bring, £
    arc : (a,) arcs that gain, sorted by facility and gain per unit
    profit, take : (a,) their gain, £, and the share that is taken, 0..1
    """

    gain: Floats
    loose: Floats
    unit: Floats
    arc: Ints
    profit: Floats
    take: Floats


class Pricing:
    """The facilities of one location problem, priced as often as is asked.

    Parameters
    ----------
    location : Location
    use : (k,) bool, optional
        Arcs that are looked at; the bound then holds for plans that use no other arc.
    always, never : (m,) bool, optional
        Facilities that are taken to be held, or not held.
    """

    def __init__(
        self, location: Location, use: Bools | None = None, always: Bools | None = None, never: Bools | None = None
    ) -> None:
        self.location = location
        self.always = location.always if always is None else always
        self.never = location.never if never is None else never
        arcs = np.arange(len(location.arc_cost)) if use is None else np.flatnonzero(use)
        arcs = arcs[~self.never[location.arc_facility[arcs]]]
        self.arcs = arcs[np.argsort(location.arc_facility[arcs], kind="stable")]
        self.facility = location.arc_facility[self.arcs]
        self.customer = location.arc_customer[self.arcs]
        self.cost = location.arc_cost[self.arcs]
        self.weight = np.where(np.isfinite(location.capacity[self.facility]), location.demand[self.customer], 0.0)
        reach = np.bincount(self.facility, weights=location.demand[self.customer], minlength=location.m)
        room = np.where(self.never, 0.0, np.minimum(location.capacity, reach))
        self.cover = Cover.of(room, location.total, self.always, self.never, location.fewest, location.most)

    @cached_property
    def exact(self) -> bool:
        """Whether the knapsacks can be solved exactly: whole customers, whole numbers and not too many of them."""
        p = self.location
        whole = bool(p.whole.all()) and bool((p.demand == np.rint(p.demand)).all())
        finite = np.isfinite(p.capacity)
        return whole and bool(finite.any()) and float(p.capacity[finite].max()) * int(finite.sum()) <= MOST_CELLS / 20

    def pack(self, price: Floats) -> Packing:
        """Fill every facility at customer prices (n,) by gain per unit of room, the last customer in part."""
        gained = price[self.customer] - self.cost
        at = np.flatnonzero(gained > 0)
        profit, weight, facility = gained[at], self.weight[at], self.facility[at]
        with np.errstate(divide="ignore"):
            ratio = profit / weight
        # Any order gives a valid gain below: it is evaluated from the price of room, not from what was taken.
        finite = np.where(np.isfinite(ratio), ratio, 0.0)
        scale = 1.0 / max(float(finite.max(initial=0.0)), 1e-300)
        order = np.argsort(facility - np.where(np.isfinite(ratio), 0.9 * finite * scale, 0.95), kind="stable")
        at, profit, weight, facility, ratio = at[order], profit[order], weight[order], facility[order], ratio[order]
        m = self.location.m
        starts = np.searchsorted(facility, np.arange(m + 1))
        used = np.concatenate([[0.0], np.cumsum(weight)])
        room = self.location.capacity[facility] - (used[:-1] - used[starts[facility]])
        with np.errstate(divide="ignore", invalid="ignore"):
            take = np.where(weight > 0, np.clip(room / weight, 0.0, 1.0), 1.0)
        # The price of room is the ratio of the first customer that does not fit whole.
        part = np.flatnonzero(take < 1.0)
        unit = np.zeros(m)
        unit[facility[part][::-1]] = ratio[part][::-1]
        unit = np.where(np.isfinite(unit), unit, 0.0)
        above = np.maximum(profit - weight * unit[facility], 0.0)
        gain = np.bincount(facility, weights=above, minlength=m) + unit * np.where(
            unit > 0, self.location.capacity, 0.0
        )
        return Packing(gain, gain, unit, self.arcs[at], profit, take)

    def pack_exactly(self, packing: Packing) -> Packing:
        """Return the packing with whole customers: the exact 0-1 knapsack of every facility, for all of them at once.

        Of each facility only the customers are left open whose choice the continuous solution does not decide: one
        whose change would cost more than all that rounding the continuous solution down loses. A facility with too many
        of them keeps its continuous gain.
        """
        p, m = self.location, self.location.m
        facility, weight = p.arc_facility[packing.arc], self._weight(packing.arc)
        profit = packing.profit
        reduced = profit - weight * packing.unit[facility]
        limited = np.isfinite(p.capacity)
        room = np.floor(np.where(limited, p.capacity, 0.0) + 1e-9)
        plan = packing.take >= 1.0
        free = room - np.bincount(facility, weights=weight * plan, minlength=m)
        # A first plan: of the next few customers by ratio, whoever still fits.
        later = ~plan
        before = np.concatenate([[0], np.cumsum(later)])
        rank = before[1:] - before[np.searchsorted(facility, np.arange(m + 1))][facility]
        for step in range(1, 7):
            at = np.flatnonzero(later & (rank == step))
            at = at[weight[at] <= free[facility[at]]]
            plan[at] = True
            np.subtract.at(free, facility[at], weight[at])
        slack = packing.gain - np.bincount(facility, weights=profit * plan, minlength=m)
        doubt = 1e-9 * (1.0 + np.abs(packing.gain))
        undecided = (limited & (slack > doubt))[facility] & (weight > 0)
        core = undecided & (np.abs(reduced) <= (slack + doubt)[facility])
        inside = np.where(undecided & ~core, reduced > 0, plan & ~core)
        left = (room - np.bincount(facility, weights=weight * inside, minlength=m)).astype(np.int64)
        cells = np.bincount(facility[core], minlength=m) * (np.maximum(left, 0) + 1)
        order = np.argsort(cells, kind="stable")
        small = np.zeros(m, dtype=bool)
        small[order] = np.cumsum(cells[order]) <= MOST_CELLS
        solved = small & limited & (slack > doubt)
        gain = packing.gain.copy()
        gain[solved] = np.bincount(facility, weights=profit * inside, minlength=m)[solved]
        take = np.where(solved[facility], inside, plan).astype(np.float64)
        at = np.flatnonzero(core & solved[facility])
        if len(at):
            most, chosen = _fill(facility[at], profit[at], weight[at].astype(np.int64), left, m)
            gain += most
            take[at] = chosen
        return Packing(np.minimum(gain, packing.gain), packing.loose, packing.unit, packing.arc, profit, take)

    def _weight(self, arc: Ints) -> Floats:
        p = self.location
        return np.where(np.isfinite(p.capacity[p.arc_facility[arc]]), p.demand[p.arc_customer[arc]], 0.0)

    def bound(self, price: Floats) -> float:
        """Return the bound at customer prices (n,), rounding taken off."""
        packing = self.pack(price)
        if self.exact:
            packing = self.pack_exactly(packing)
        return self.bound_of(price, packing)

    def bound_of(self, price: Floats, packing: Packing) -> float:
        """Return the bound at customer prices (n,) when the facilities gain what ``packing`` says."""
        value = self.cover.least(self.location.fixed - packing.gain)
        return float(self.location.offset + price.sum() + value - self.margin(price, packing))

    def margin(self, price: Floats, packing: Packing) -> float:
        """Return how wrong the sums may be, £."""
        p = self.location
        sizes = float(np.abs(price).sum() + np.abs(p.fixed).sum() + abs(p.offset))
        most = np.bincount(p.arc_facility[packing.arc], minlength=p.m)
        room = packing.unit * np.where(packing.unit > 0, np.where(np.isfinite(p.capacity), p.capacity, 0.0), 0.0)
        gains = float(((most + 4) * (np.abs(packing.gain) + room)).sum())
        return float(8 * _EPS * (sizes * (4.0 + np.log2(p.n + p.m + 2)) + gains))


def _fill(facility: Ints, profit: Floats, weight: Ints, room: Ints, m: int) -> tuple[Floats, Bools]:
    """Solve many 0-1 knapsacks side by side.

    Parameters
    ----------
    facility : (a,) increasing; profit : (a,); weight : (a,) above 0; room : (m,)

    Returns
    -------
    (m,), (a,)
        The most that each can hold, and what it holds then.
    """
    busy, number = np.unique(facility, return_inverse=True)
    starts = np.searchsorted(facility, busy)
    position = np.arange(len(facility)) - starts[number]
    widest = int(room[busy].max(initial=0))
    value = np.zeros((len(busy), widest + 1))
    steps: list[tuple[Ints, Bools]] = []
    cells = np.arange(widest + 1)
    for step in range(int(position.max(initial=-1)) + 1):
        at = np.flatnonzero(position == step)
        rows = number[at]
        before = value[rows] if len(rows) < len(busy) else value
        shifted = cells[None, :] - weight[at][:, None]
        with_it = np.take_along_axis(before, np.maximum(shifted, 0), axis=1) + profit[at][:, None]
        better = (with_it > before) & (shifted >= 0)
        steps.append((at, better))
        value[rows] = np.where(better, with_it, before)
    best = np.zeros(m)
    left = np.maximum(room[busy], 0)
    best[busy] = value[np.arange(len(busy)), left]
    chosen = np.zeros(len(facility), dtype=bool)
    for at, better in reversed(steps):
        taken = better[np.arange(len(at)), left[number[at]]]
        chosen[at] = taken
        left[number[at]] -= np.where(taken, weight[at], 0)
    return best, chosen
