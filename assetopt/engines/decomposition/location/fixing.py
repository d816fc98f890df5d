"""Says for certain which facilities are held, which are not, and which arcs serve nobody, in every plan better than the best.

At given prices: the bound with a facility forced open or shut, and with an arc forced as well. Where it is not below the
best plan's cost, no better plan has it so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.engines.decomposition.location.ascent import Ascent
from assetopt.program import Bools
from assetopt.proof.location import Location, Pricing


@dataclass
class Left:
    """What a better plan may still use: facilities (m,) held or given up for certain, arcs (k,) in play."""

    always: Bools
    never: Bools
    arcs: Bools

    @classmethod
    def all(cls, location: Location) -> Left:
        """Return everything."""
        arcs = ~location.never[location.arc_facility]
        return cls(location.always.copy(), location.never.copy(), arcs)

    @property
    def size(self) -> tuple[int, int]:
        """Facilities undecided, and arcs in play."""
        return int((~(self.always | self.never)).sum()), int(self.arcs.sum())

    def pricing(self, location: Location) -> Pricing:
        """Return the prices' problem over what is left."""
        return Pricing(location, self.arcs, self.always, self.never)


def fix(pricing: Pricing, ascent: Ascent, cutoff: float, left: Left) -> bool:
    """Shrink ``left`` in place by an ascent's best prices; say whether there can be a plan cheaper than ``cutoff`` at all.

    Arcs of whole customers only: the share of a customer that may be split can be as small as anything.
    """
    p, packing = pricing.location, ascent.packing
    if packing is None or not np.isfinite(cutoff):
        return True
    base = p.offset + float(ascent.price.sum()) - pricing.margin(ascent.price, packing)
    open_, shut = pricing.cover.forced(p.fixed - packing.gain)
    left.never |= base + open_ >= cutoff
    left.always |= base + shut >= cutoff
    if (left.never & left.always).any():
        return False
    left.arcs &= ~left.never[p.arc_facility]
    arcs = np.flatnonzero(left.arcs & p.whole[p.arc_customer])
    facility, customer = p.arc_facility[arcs], p.arc_customer[arcs]
    weight = np.where(np.isfinite(p.capacity[facility]), p.demand[customer], 0.0)
    reduced = ascent.price[customer] - p.arc_cost[arcs] - weight * packing.unit[facility]
    # Forcing an arc costs -reduced of what the facility gains with split customers, which may be more than it gains.
    lost = np.maximum(-reduced - (packing.loose - packing.gain)[facility], 0.0)
    left.arcs[arcs[base + open_[facility] + lost >= cutoff]] = False
    return bool((np.bincount(p.arc_customer[left.arcs], minlength=p.n) > 0).all())
