"""Sends everyone to the cheapest facility that is held."""

from __future__ import annotations

import numpy as np

from assetopt.program import Bools, Floats
from assetopt.proof.location import Location


def nearest(p: Location, held: Bools) -> Floats | None:
    """Return shares of the arcs (k,) when everyone goes to the cheapest facility held (m,), None where someone has none."""
    arcs = np.flatnonzero(held[p.arc_facility])
    customer = p.arc_customer[arcs]
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    if len(first) < p.n:
        return None
    share = np.zeros(len(p.arc_cost))
    share[arcs[first]] = 1.0
    return share
