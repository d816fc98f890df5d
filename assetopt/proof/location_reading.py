"""Reads a programme as a pure location problem: which sites to keep, and which of them serves each team without a home.

Nothing is known of rules: labels and shapes of columns and rows only. A programme with one column or row that is not
explained is no location problem.

    minimise  offset + sum_i fixed_i held_i + sum_a cost_a x_a
    subject to  sum over a customer's arcs x_a = 1;  x_a <= held_i;  sum over a site's arcs demand_j x_a <= capacity_i held_i;
                fewest <= sum of held over the sites that may change <= most
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assetopt.program import CONTINUOUS, INTEGER, Bools, Floats, Ints, Matrix, Program

_NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Location:
    """A location problem: m facilities, n customers, arcs sorted by customer, then by cost.

    Attributes
    ----------
    columns : int
        Columns of the programme.
    offset : float
        Cost (£) of nothing held and nobody served.
    fixed : (m,) cost of holding a facility, £
    capacity : (m,) room of a facility that is held; inf where it cannot bind
    least, most_held : (m,) int8; 1 where a facility is always held, 0 where it never is
    demand : (n,) room a customer takes
    whole : (n,) whether a customer may not be split
    customer_row : (n,) row of the programme that places the customer
    arc_facility, arc_customer, arc_cost, arc_column : (k,) arcs; £ for serving the whole customer
    first : (n + 1,) arcs of customer j are ``first[j] .. first[j + 1]``
    switch : (m,) column that gives up (sign -1) or opens (sign +1) a facility, -1 where it has none
    sign : (m,)
    fewest, most : float
        Limits of the number of facilities held.
    rest : (columns,) values of the columns that are neither arcs nor switches
    """

    columns: int
    offset: float
    fixed: Floats
    capacity: Floats
    always: Bools
    never: Bools
    demand: Floats
    whole: Bools
    customer_row: Ints
    arc_facility: Ints
    arc_customer: Ints
    arc_cost: Floats
    arc_column: Ints
    first: Ints
    switch: Ints
    sign: Ints
    fewest: float
    most: float
    rest: Floats

    @property
    def m(self) -> int:
        """How many facilities."""
        return len(self.fixed)

    @property
    def n(self) -> int:
        """How many customers."""
        return len(self.demand)

    @cached_property
    def total(self) -> float:
        """What all customers take together."""
        return float(self.demand.sum())

    @cached_property
    def bounded(self) -> bool:
        """Whether any capacity can bind."""
        return bool(np.isfinite(self.capacity).any())

    def values(self, held: Bools, share: Floats) -> Floats:
        """Return the programme's columns, (columns,), for facilities held (m,) and shares of the arcs (k,)."""
        values = self.rest.copy()
        values[self.arc_column] = share
        has = self.switch >= 0
        values[self.switch[has]] = np.where(self.sign[has] > 0, held[has], ~held[has])
        return values

    def read(self, values: Floats) -> tuple[Bools, Floats]:
        """Return facilities held (m,) and shares of the arcs (k,) of programme values (columns,)."""
        switched = values[np.maximum(self.switch, 0)] > 0.5
        held = np.where(self.switch < 0, self.always, np.where(self.sign > 0, switched, ~switched))
        return held.astype(bool), values[self.arc_column]


def read_location(program: Program) -> Location | None:
    """Return the programme as a location problem, or None where a column or row of it is something else."""
    columns = _Columns.of(program)
    return None if columns is None else _read_rows(program, columns)


@dataclass(frozen=True, eq=False)
class _Columns:
    """Arcs and switches by number; (k,) and (m,)."""

    arc: Ints
    facility: Ints
    customer: Ints
    sites: Ints
    teams: Ints
    switch: Ints
    sign: Ints
    rest: Floats
    place: Ints
    """(columns,) -1 for other columns, arc number for arcs, arcs + facility for switches."""

    @classmethod
    def of(cls, program: Program) -> _Columns | None:
        matrix = program.matrix
        arc_parts, switch_parts, sign_parts = [], [], []
        other = np.zeros(program.n_columns, dtype=bool)
        for block in program.columns.values():
            if block.kind in ("move", "move_share") and {"team", "site"} <= set(block.labels):
                arc_parts.append(block.ids)
            elif block.kind in ("vacate", "open") and "site" in block.labels:
                switch_parts.append(block.ids)
                sign_parts.append(np.full(block.size, 1 if block.kind == "open" else -1, dtype=np.int64))
            else:
                other[block.ids] = True
        if not arc_parts or not switch_parts:
            return None
        arc, switches, signs = np.concatenate(arc_parts), np.concatenate(switch_parts), np.concatenate(sign_parts)
        team, site = program.column_label("team"), program.column_label("site")
        chosen = np.concatenate([arc, switches])
        if not len(arc) or (site[chosen] < 0).any() or (team[arc] < 0).any():
            return None
        if ((matrix.lower[chosen] != 0) & (matrix.lower[chosen] != 1)).any() or (matrix.lower[arc] != 0).any():
            return None
        if ((matrix.upper[chosen] != 0) & (matrix.upper[chosen] != 1)).any() or (
            matrix.form[switches] != INTEGER
        ).any():
            return None
        rest = _alone(matrix, other)
        sites, number = np.unique(site[chosen], return_inverse=True)
        teams, customer = np.unique(team[arc], return_inverse=True)
        facility, of_switch = number[: len(arc)], number[len(arc) :]
        pair = customer * len(sites) + facility
        if rest is None or len(np.unique(pair)) < len(pair) or len(np.unique(of_switch)) < len(of_switch):
            return None
        switch, sign = np.full(len(sites), -1, dtype=np.int64), np.zeros(len(sites), dtype=np.int64)
        switch[of_switch], sign[of_switch] = switches, signs
        place = np.full(program.n_columns, -1, dtype=np.int64)
        place[arc] = np.arange(len(arc))
        place[switches] = len(arc) + of_switch
        return cls(arc, facility, customer, sites, teams, switch, sign, rest, place)


def _alone(matrix: Matrix, other: Bools) -> Floats | None:
    """Return values of columns that stand in no row that counts, at their cheaper limit; None where one does or has no limit."""
    rows = matrix.a[~matrix.redundant]
    if other[rows.indices].any():
        return None
    low = np.where(matrix.form == CONTINUOUS, matrix.lower, np.ceil(matrix.lower - 1e-6))
    high = np.where(matrix.form == CONTINUOUS, matrix.upper, np.floor(matrix.upper + 1e-6))
    best = np.where(matrix.cost > 0, low, np.where(matrix.cost < 0, high, np.clip(0.0, low, high)))
    values = np.where(other, best, 0.0)
    return values if np.isfinite(values).all() and not (other & (low > high)).any() else None


class _Rows:
    """What the rows say, gathered one row block at a time."""

    def __init__(self, program: Program, columns: _Columns) -> None:
        self.c, self.k, self.matrix = columns, len(columns.arc), program.matrix
        m, n = len(columns.sites), len(columns.teams)
        self.row = np.full(n, -1, dtype=np.int64)
        self.capacity = np.full(m, np.inf)
        self.demand, self.known = np.zeros(n), np.zeros(n, dtype=bool)
        self.linked = columns.switch[columns.facility] < 0
        self.shut = np.zeros(self.k, dtype=bool)
        self.fewest, self.most = -np.inf, np.inf

    def take(self, rows: Ints) -> bool:
        """Explain some rows that count; say whether all of them are."""
        matrix, c, k = self.matrix, self.c, self.k
        a = matrix.a[rows]
        row = np.repeat(np.arange(len(rows)), np.diff(a.indptr))
        place, value = c.place[a.indices], a.data
        is_arc, is_switch = (place >= 0) & (place < k), place >= k
        arcs = np.bincount(row, weights=is_arc, minlength=len(rows))
        switches = np.bincount(row, weights=is_switch, minlength=len(rows))
        low, high = matrix.row_lower[rows], matrix.row_upper[rows]
        lower, upper = matrix.lower[a.indices] * value, matrix.upper[a.indices] * value
        least = np.bincount(row, weights=np.minimum(lower, upper), minlength=len(rows))
        most = np.bincount(row, weights=np.maximum(lower, upper), minlength=len(rows))
        # A row that the columns' limits satisfy says nothing; one without columns that they do not, cannot be kept.
        empty = (least >= low) & (most <= high)
        if (~empty & (arcs == 0) & (switches == 0)).any():
            return False
        placing = (low == 1) & (high == 1) & (arcs > 0) & (switches == 0) & ~empty
        limit = (arcs == 0) & (switches > 0) & ~empty
        site_row = ~placing & ~limit & ~empty & (arcs > 0) & (switches <= 1) & (low == -np.inf) & np.isfinite(high)
        if not (placing | limit | site_row | empty).all():
            return False
        return (
            self._placing(rows, row, place, value, placing)
            and all(self._limit(a[r], low[r], high[r]) for r in np.flatnonzero(limit).tolist())
            and self._site_rows(row, place, value, site_row, high)
        )

    def _placing(self, rows: Ints, row: Ints, place: Ints, value: Floats, placing: Bools) -> bool:
        use = placing[row]
        customer = self.c.customer[place[use]]
        if (value[use] != 1).any() or (self.row[customer] >= 0).any():
            return False
        of_row = np.full(len(rows), -1, dtype=np.int64)
        of_row[row[use]] = customer
        if (of_row[row[use]] != customer).any():
            return False
        self.row[customer] = rows[row[use]]
        return True

    def _limit(self, a: object, low: float, high: float) -> bool:
        place, value = self.c.place[a.indices] - self.k, a.data  # type: ignore[attr-defined]
        counted = self.c.switch >= 0
        if len(place) != counted.sum() or (value != self.c.sign[place]).any():
            return False
        existing = float((self.c.sign < 0).sum())
        self.fewest, self.most = max(self.fewest, low + existing), min(self.most, high + existing)
        return True

    def _site_rows(self, row: Ints, place: Ints, value: Floats, site_row: Bools, high: Floats) -> bool:
        """Read rows sum_j d_j x <= capacity x held, and links x <= held, which are the same with one customer."""
        c, k = self.c, self.k
        use = site_row[row] & (place < k)
        r, arc, d = row[use], place[use], value[use]
        count = len(site_row)
        facility = np.full(count, -1, dtype=np.int64)
        facility[r] = c.facility[arc]
        if (facility[r] != c.facility[arc]).any() or (d <= 0).any():
            return False
        # With x <= cap - cap x vacate the side is the room; with x - cap x open <= 0 the coefficient is.
        use = site_row[row] & (place >= k)
        rs, at, coefficient = row[use], place[use] - k, value[use]
        if (facility[rs] != at).any():
            return False
        room, slope = high.copy(), np.zeros(count)
        slope[rs] = coefficient * c.sign[at]
        sign = np.zeros(count, dtype=np.int64)
        sign[rs] = c.sign[at]
        room = np.where(sign > 0, room - slope, room)  # held: activity of the arcs <= high - coefficient
        left = np.where(sign > 0, high, high + slope)  # not held
        switched = np.zeros(count, dtype=bool)
        switched[rs] = True
        near = _NEAR * np.maximum(1.0, np.abs(high))
        if (room < -near)[site_row].any() or (switched & (np.abs(left) > near)).any():
            return False
        shut = ~switched & site_row & (room <= 0)
        self.shut[arc[shut[r]]] = True
        self.linked[arc[switched[r]]] = True
        # A row that cannot bind while the facility is held says no more than that.
        binds = site_row & ~shut & (np.bincount(r, weights=d, minlength=count) > room + near)
        rows_of = np.bincount(facility[binds], minlength=len(c.sites))
        if (rows_of > 1).any():
            return False
        if np.isfinite(self.capacity[facility[binds]]).any():
            return False
        self.capacity[facility[binds]] = room[binds]
        use = binds[r]
        customer, amount = c.customer[arc[use]], d[use]
        self.demand[customer[~self.known[customer]]] = amount[~self.known[customer]]
        self.known[customer] = True
        self.pairs.append((arc[use], amount))
        return True

    pairs: list[tuple[Ints, Floats]]


def _read_rows(program: Program, c: _Columns) -> Location | None:
    matrix = program.matrix
    rows = _Rows(program, c)
    rows.pairs = []
    counted = np.flatnonzero(~matrix.redundant)
    if not rows.take(counted) or (rows.row < 0).any():
        return None
    facility, customer, k = c.facility, c.customer, len(c.arc)
    # Each finite capacity must count every arc of its facility by the customer's own demand (none where it takes no room).
    counted_as = np.zeros(k)
    for arc, amount in rows.pairs:
        counted_as[arc] = amount
    finite = np.isfinite(rows.capacity)[facility]
    if (counted_as[finite] != rows.demand[customer[finite]]).any() or not rows.linked[~rows.shut].all():
        return None
    lower, upper = matrix.lower, matrix.upper
    at, has = np.maximum(c.switch, 0), c.switch >= 0
    always = ~has | np.where(c.sign > 0, lower[at] == 1, upper[at] == 0)
    never = has & np.where(c.sign > 0, upper[at] == 0, lower[at] == 1)
    split = matrix.form[c.arc] == CONTINUOUS
    whole = np.zeros(len(c.teams), dtype=bool)
    whole[customer[~split]] = True
    if (whole[customer] == split).any():
        return None
    use = (upper[c.arc] > 0) & ~never[facility] & ~rows.shut
    # A whole customer that is too large for a facility cannot go there.
    use &= ~whole[customer] | (rows.demand[customer] <= rows.capacity[facility] * (1 + 1e-12))
    cost = matrix.cost[c.arc]
    order = np.flatnonzero(use)
    order = order[np.lexsort((facility[order], cost[order], customer[order]))]
    gone = has & (c.sign < 0)
    price = np.where(has, matrix.cost[at], 0.0)
    return Location(
        columns=program.n_columns,
        offset=float(matrix.offset + price[gone].sum() + matrix.cost @ c.rest),
        fixed=np.where(gone, -price, price) + 0.0,
        capacity=rows.capacity,
        always=always & ~never,
        never=never,
        demand=rows.demand,
        whole=whole,
        customer_row=rows.row,
        arc_facility=facility[order],
        arc_customer=customer[order],
        arc_cost=cost[order],
        arc_column=c.arc[order],
        first=np.searchsorted(customer[order], np.arange(len(c.teams) + 1)),
        switch=c.switch,
        sign=c.sign,
        fewest=rows.fewest + float((~has).sum()),
        most=rows.most + float((~has).sum()),
        rest=c.rest,
    )
