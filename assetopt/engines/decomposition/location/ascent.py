"""Finds customer prices that prove a good lower bound: a subgradient ascent with Polyak steps and deflection.

Held, Wolfe and Crowder (1974); the steps aim at a little above the best plan, and are halved when nothing comes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assetopt.program import Bools, Floats
from assetopt.proof.location import Packing, Pricing

DEFLECTION = 0.7
"""Share of the new direction in the step; the rest is the one before."""

DRY = 20
"""Iterations without a better bound after which the step is halved."""


@dataclass
class Ascent:
    """Where an ascent stands.

    Attributes
    ----------
    price : (n,) best prices, £
    bound : float
        Their bound, £, rounding taken off; -inf before the first.
    packing : Packing or None
        What the facilities gain at them.
    held : (m,) facilities held at them
    often : (m,) how often each facility was held of late, 0..1
    share : (k,) how much each arc served of late, 0..1
    """

    price: Floats
    bound: float
    packing: Packing | None
    held: Bools
    often: Floats
    share: Floats
    step: float = 1.0
    rounds: int = 0


def begin(pricing: Pricing) -> Ascent:
    """Return prices to begin with: what the third cheapest facility asks of each customer, and its share of the fixed cost."""
    p = pricing.location
    count = np.diff(p.first)
    third = p.first[:-1] + np.minimum(2, np.maximum(count - 1, 0))
    price = (
        np.where(count > 0, p.arc_cost[np.minimum(third, len(p.arc_cost) - 1)], 0.0)
        if len(p.arc_cost)
        else np.zeros(p.n)
    )
    return Ascent(
        np.asarray(price, dtype=np.float64), -np.inf, None, ~pricing.never, np.zeros(p.m), np.zeros(len(p.arc_cost))
    )


def ascend(
    pricing: Pricing,
    ascent: Ascent,
    upper: Callable[[], float],
    stop: Callable[[], bool],
    *,
    rounds: int = 2_000,
    exact: bool = False,
    least_step: float = 0.01,
    heard: Callable[[Ascent], None] | None = None,
) -> Ascent:
    """Improve ``ascent`` in place and return it.

    Parameters
    ----------
    pricing : Pricing
    ascent : Ascent
        Where to start.
    upper : callable
        Returns the best plan's cost (£), inf where there is none.
    stop : callable
        Asked every iteration.
    rounds : int
        Most iterations.
    exact : bool
        Solve the knapsacks exactly.
    least_step : float
        Share of the Polyak step below which it ends.
    heard : callable, optional
        Called every 25 iterations.
    """
    p = pricing.location
    price, last = ascent.price.copy(), np.zeros(p.n)
    dry = 0
    for number in range(rounds):
        if stop() or ascent.step < least_step:
            break
        packing = pricing.pack(price)
        if exact:
            packing = pricing.pack_exactly(packing)
        value, held = pricing.cover.solve(p.fixed - packing.gain)
        bound = p.offset + float(price.sum()) + value - pricing.margin(price, packing)
        if bound == np.inf:
            ascent.bound = bound
            break
        taken = packing.take * held[p.arc_facility[packing.arc]]
        served = np.bincount(p.arc_customer[packing.arc], weights=taken, minlength=p.n)
        ascent.often += 0.03 * (held - ascent.often)
        ascent.share *= 0.97
        ascent.share[packing.arc] += 0.03 * taken
        if bound > ascent.bound + 1e-7 * abs(bound):
            dry = 0
        else:
            dry += 1
        if bound > ascent.bound:
            ascent.price, ascent.bound, ascent.packing, ascent.held = price.copy(), bound, packing, held
        if dry >= DRY:
            ascent.step *= 0.5
            dry = 0
            price, last = ascent.price.copy(), np.zeros(p.n)
            continue
        slope = 1.0 - served
        direction = DEFLECTION * slope + (1.0 - DEFLECTION) * last
        size = float(direction @ direction)
        if size == 0.0:
            break
        best = upper()
        lift = 0.05 * max(abs(ascent.bound), 1e-9)
        target = min(best, ascent.bound + lift) if np.isfinite(best) else ascent.bound + lift
        far = max(target - bound, 1e-6 * abs(bound))
        price = price + ascent.step * far / size * direction
        last = direction
        ascent.rounds += 1
        if heard is not None and number % 25 == 24:
            heard(ascent)
    return ascent
