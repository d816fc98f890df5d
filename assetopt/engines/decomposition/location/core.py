"""Lays a location problem, or what is left of it, out as a small programme for a branch and cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from assetopt.program import CONTINUOUS, INTEGER, Bools, Floats, Ints, Matrix
from assetopt.proof.location import Location


@dataclass(frozen=True, eq=False)
class Core:
    """A programme over some arcs and facilities of a location problem.

    Attributes
    ----------
    matrix : Matrix
        Columns: the facilities that are neither held nor given up for certain, the arcs, the escapes. Its offset and
        costs are the location problem's own.
    sites : (f,) facilities by column
    arcs : (a,) arcs by column
    escapes : (e,) customers whose left-out arcs are stood for by an escape
    """

    location: Location
    matrix: Matrix
    sites: Ints
    arcs: Ints
    escapes: Ints
    always: Bools

    def plan(self, values: Floats) -> tuple[Bools, Floats] | None:
        """Return facilities held (m,) and shares (k,) of the programme's values, None where an escape is used."""
        f, a = len(self.sites), len(self.arcs)
        if (values[f + a :] > 1e-6).any():
            return None
        held = self.always.copy()
        held[self.sites] = values[:f] > 0.5
        share = np.zeros(len(self.location.arc_cost))
        share[self.arcs] = values[f : f + a]
        return held, share

    def start(self, held: Bools, share: Floats) -> Floats | None:
        """Return the programme's values of a plan, None where the plan is not within it."""
        inside = np.zeros(len(share), dtype=bool)
        inside[self.arcs] = True
        free = np.zeros(len(held), dtype=bool)
        free[self.sites] = True
        if (share[~inside] > 1e-9).any() or (held != self.always)[~free].any():
            return None
        return np.concatenate([held[self.sites].astype(np.float64), share[self.arcs], np.zeros(len(self.escapes))])


def lay_out(
    location: Location,
    arcs: Bools,
    always: Bools,
    never: Bools,
    *,
    links: Bools | None = None,
    escape: bool = False,
    split: bool = False,
    cover: bool = True,
    only: Bools | None = None,
) -> Core:
    """Return the programme over the marked arcs.

    Parameters
    ----------
    location : Location
    arcs : (k,) bool
        Arcs to keep; those of facilities that are never held go anyway.
    always, never : (m,) bool
        Facilities that are held, or given up, for certain.
    links : (k,) bool, optional
        Arcs whose link to their facility is stated; the links that the room rows do not imply always are.
    escape : bool
        Let a customer use the cheapest of its left-out arcs without room or facility: the least cost is then a lower
        bound of the whole problem's.
    split : bool
        Let every customer be split: a relaxation where customers are whole.
    cover : bool
        State that the room held must do for all, and how many facilities that takes at least.
    only : (n,) bool, optional
        Customers to serve; the others have no arcs marked, and no row.
    """
    p = location
    kept = np.flatnonzero(arcs & ~never[p.arc_facility])
    facility, customer = p.arc_facility[kept], p.arc_customer[kept]
    sites = np.flatnonzero(~(always | never))
    column = np.full(p.m, -1, dtype=np.int64)
    column[sites] = np.arange(len(sites))
    f, a = len(sites), len(kept)
    out = ~arcs & ~never[p.arc_facility] if escape else np.zeros(len(arcs), dtype=bool)
    least = np.full(p.n, np.inf)
    np.minimum.at(least, p.arc_customer[out], p.arc_cost[out])
    escapes = np.flatnonzero(np.isfinite(least))
    e = len(escapes)
    rows = _Rows(f + a + e)
    # Placement: customers that are none of its business have an empty row, 0 = 0.
    wanted = np.ones(p.n) if only is None else only.astype(np.float64)
    rows.add(np.concatenate([customer, escapes]), f + np.arange(a + e), np.ones(a + e), wanted, wanted)
    # Room; a facility whose room cannot bind needs its links.
    weight = p.demand[customer]
    limited = np.isfinite(p.capacity) & ~never
    with_room = np.flatnonzero(limited)
    number = np.full(p.m, -1, dtype=np.int64)
    number[with_room] = np.arange(len(with_room))
    has = limited[facility] & (weight > 0)
    mine = with_room[column[with_room] >= 0]
    rows.add(
        np.concatenate([number[facility[has]], number[mine]]),
        np.concatenate([f + np.flatnonzero(has), column[mine]]),
        np.concatenate([weight[has], -p.capacity[mine]]),
        np.full(len(with_room), -np.inf),
        np.where(column[with_room] >= 0, 0.0, p.capacity[with_room]),
    )
    switched = column[facility] >= 0
    need = switched & (~has | (links[kept] if links is not None else False))
    at = np.flatnonzero(need)
    rows.add(
        np.concatenate([np.arange(len(at))] * 2),
        np.concatenate([f + at, column[facility[at]]]),
        np.concatenate([np.ones(len(at)), -np.ones(len(at))]),
        np.full(len(at), -np.inf),
        np.zeros(len(at)),
    )
    if cover and f:
        # Arcs that escapes stand for need room too.
        within = kept if not escape else np.flatnonzero(~never[p.arc_facility])
        reach = np.bincount(p.arc_facility[within], weights=p.demand[p.arc_customer[within]], minlength=p.m)
        _cover(p, rows, sites, always & ~never, np.minimum(p.capacity, reach), float(p.demand @ wanted))
    fixed_in = float(p.fixed[always & ~never].sum())
    form = np.where((p.whole[customer] & (not split)), INTEGER, CONTINUOUS)
    n = f + a + e
    matrix = Matrix(
        cost=np.concatenate([p.fixed[sites], p.arc_cost[kept], least[escapes]]),
        offset=p.offset + fixed_in,
        lower=np.zeros(n),
        upper=np.ones(n),
        form=np.concatenate([np.full(f, INTEGER), form, np.full(e, CONTINUOUS)]).astype(np.int8),
        a=rows.matrix(),
        row_lower=np.concatenate(rows.lower),
        row_upper=np.concatenate(rows.upper),
        redundant=np.zeros(rows.count, dtype=bool),
    )
    return Core(p, matrix, sites, kept, escapes, always & ~never)


class _Rows:
    """Rows as they are added."""

    def __init__(self, columns: int) -> None:
        self.columns, self.count = columns, 0
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self._parts: list[tuple[Ints, Ints, Floats]] = []

    def add(self, row: Ints, column: Ints, value: Floats, lower: Floats, upper: Floats) -> None:
        self._parts.append((row + self.count, column, value))
        self.lower.append(lower)
        self.upper.append(upper)
        self.count += len(lower)

    def matrix(self) -> sparse.csr_matrix:
        row, column = (np.concatenate([part[k] for part in self._parts]) for k in (0, 1))
        value = np.concatenate([part[2] for part in self._parts])
        return sparse.csr_matrix((value, (row, column)), shape=(self.count, self.columns))


def _cover(p: Location, rows: _Rows, sites: Ints, always: Bools, room: Floats, total: float) -> None:
    """State room for all demand, the number of facilities that takes, and the limits on their number."""
    short = total - float(room[always].sum())
    zeros, ones = np.zeros(len(sites), dtype=np.int64), np.ones(len(sites))
    most_room = np.cumsum(np.sort(room[sites])[::-1])
    fewest = -np.inf
    if short > 1e-9 * max(1.0, total):
        rows.add(zeros, np.arange(len(sites)), room[sites], np.array([short * (1 - 1e-12)]), np.array([np.inf]))
        fewest = float(np.searchsorted(most_room, short * (1 - 1e-9)) + 1)
    count = float(always.sum())
    low, high = max(fewest, p.fewest - count), p.most - count
    if np.isfinite(low) or np.isfinite(high):
        rows.add(zeros, np.arange(len(sites)), ones, np.array([low]), np.array([high]))
