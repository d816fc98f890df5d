"""What all steps of one location solve share: the problem, the best plan and bound so far, and when to stop."""

from __future__ import annotations

import numpy as np

from assetopt.engines.decomposition.location.nearest import nearest
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Task
from assetopt.program import Bools, Floats, Program
from assetopt.proof import Proof
from assetopt.proof.location import Location, Pricing


class Work:
    """One location solve.

    Parameters
    ----------
    program : Program
    location : Location
        The same, read as a location problem.
    best : Incumbent
        Takes plans and bounds.
    task : Task
    """

    def __init__(self, program: Program, location: Location, best: Incumbent, task: Task) -> None:
        self.program, self.location, self.best, self.task = program, location, best, task
        self.pricing = Pricing(location)
        self.grain = 1.0 if _whole_costs(location) else 0.0
        self.proved = -np.inf
        """The best bound that rests on prices alone, £."""

    def upper(self) -> float:
        """Return the best plan's cost, £; inf where there is none."""
        return self.best.objective

    def over(self) -> bool:
        """Say whether to stop now."""
        return self.best.why_stop() is not None

    def slack(self) -> float:
        """Return by how much (£) a plan must be cheaper to count as better."""
        upper = self.upper()
        tiny = 0.5 * max(1e-6, 1e-9 * abs(upper)) if np.isfinite(upper) else 0.0
        return max(tiny, self.grain - 1e-4) if self.grain else tiny

    def cutoff(self) -> float:
        """Return the cost (£) below which a plan counts as better; inf where there is no plan."""
        return self.upper() - self.slack()

    def offer(self, held: Bools, share: Floats) -> bool:
        """Offer a plan: facilities held (m,), shares of the arcs (k,)."""
        p = self.location
        used = np.zeros(p.m, dtype=bool)
        used[p.arc_facility[share > 0]] = True
        spare = held & ~used & ~p.always & (p.fixed > 0)
        if held.sum() - spare.sum() >= p.fewest:
            held = held & ~spare
        return self.best.offer(p.values(held, share))

    def offer_nearest(self, held: Bools) -> bool:
        """Offer the plan in which everyone goes to the cheapest facility held (m,), where there are no room limits."""
        share = nearest(self.location, held)
        return share is not None and self.offer(held, share)

    def plan(self) -> tuple[Bools, Floats] | None:
        """Return the best plan: facilities held (m,), shares (k,)."""
        values = self.best.values
        return None if values is None else self.location.read(values)

    def lifted(self, bound: float) -> float:
        """Return a bound rounded up to the next cost that a plan can have."""
        if not self.grain or not np.isfinite(bound):
            return bound
        offset = self.location.offset
        return float(np.ceil(bound - offset - 1e-4)) + offset

    def raise_bound(self, bound: float) -> None:
        """Take a bound on all plans better than the best: nothing else can be cheaper than the best plan."""
        lifted, upper = self.lifted(bound), self.upper()
        if np.isfinite(upper):
            lifted = min(lifted, upper if self.grain else upper - self.slack())
        self.best.raise_bound(lifted)

    def end(self) -> None:
        """Take note that nothing better than the best plan is left; without a plan, that there is none."""
        if np.isfinite(self.upper()):
            self.raise_bound(np.inf)
        else:
            self.best.infeasible_proved = True

    def prove(self, price: Floats) -> float:
        """Take the bound of customer prices (n,), which anyone can recount, and return it."""
        bound = self.pricing.bound(price)
        if np.isfinite(bound) and bound > self.proved:
            self.proved = bound
            prices = np.zeros(self.program.n_rows)
            prices[self.location.customer_row] = price
            self.best.raise_bound(bound, Proof("location", prices, bound))
            self.raise_bound(bound)
        return bound


def _whole_costs(p: Location) -> bool:
    """Say whether every plan worth having costs a whole number of pounds more than the offset."""
    if p.bounded and not p.whole.all():
        return False
    costs = np.concatenate([p.fixed, p.arc_cost])
    return bool((costs == np.rint(costs)).all() and np.abs(costs).sum() < 1e12)
