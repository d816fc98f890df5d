"""A programme of yes-or-no steps: "done by the end of month m" for every event and month, and rows sum(a x) <= b of whole numbers.

Steps only ever rise, so precedence is one difference a month and the relaxation to fractions is tight: its dual prices give
a lower bound that anybody can recount.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from assetopt.calendar.case import Window
from assetopt.problem.facts import Ints
from assetopt.program import INTEGER, Matrix

NO, YES = -1, -2
"""Terms that are no variable: known to be 0, known to be 1."""

Tag = tuple[str, ...]
"""What a row is about: the limit, and whom or what it concerns. Rows without a tag say what steps are."""

Term = tuple[int, int]
"""(coefficient, variable or NO or YES)."""


@dataclass
class Steps:
    """The steps of one event: ``at(m)`` is the variable that says it is done by month m."""

    first: int
    last: int
    variable: list[int]

    def at(self, month: int) -> int:
        """Return the term of "done by the end of ``month``"."""
        if month < self.first:
            return NO
        if month >= self.last:
            return YES
        return self.variable[month - self.first]


@dataclass
class Programme:
    """Grown row by row; see the module. ``cost`` in £ by variable, ``offset`` in £."""

    cost: list[int] = field(default_factory=list)
    offset: int = 0
    rows: list[tuple[list[int], list[int], int, Tag]] = field(default_factory=list)

    def variable(self) -> int:
        """Add a yes-or-no variable."""
        self.cost.append(0)
        return len(self.cost) - 1

    def steps(self, window: Window) -> Steps:
        """Add the steps of an event; a window without an open month leaves a row that cannot hold."""
        months = window.months()
        if not months:
            self.rows.append(([], [], -1, ("window",)))
            return Steps(window.first, window.first, [])
        first, last = months[0], months[-1]
        variable: list[int] = []
        for month in range(first, last):
            if month in window.closed:
                variable.append(variable[-1])
                continue
            variable.append(self.variable())
            if len(variable) > 1:
                self.add([(1, variable[-2]), (-1, variable[-1])], 0)
        return Steps(first, last, variable)

    def add(self, terms: Iterable[Term], most: int, tag: Tag = ()) -> None:
        """Add sum of terms <= most; what is known is worked out, and a row that always holds is left out."""
        sums: dict[int, int] = {}
        for factor, x in terms:
            if x == YES:
                most -= factor
            elif x != NO:
                sums[x] = sums.get(x, 0) + factor
        kept = {x: a for x, a in sums.items() if a}
        if sum(a for a in kept.values() if a > 0) <= most:
            return
        self.rows.append((list(kept), list(kept.values()), most, tag))

    def charge(self, amount: int, x: int) -> None:
        """Charge ``amount`` £ where a term is 1."""
        if x == YES:
            self.offset += amount
        elif x != NO:
            self.cost[x] += amount

    def matrix(self) -> Matrix:
        """Return the programme as arrays for the MIP engines."""
        sizes = [len(row[0]) for row in self.rows]
        index = np.array([x for row in self.rows for x in row[0]], dtype=np.int64)
        value = np.array([a for row in self.rows for a in row[1]], dtype=np.float64)
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        m, n = len(self.rows), len(self.cost)
        return Matrix(
            np.array(self.cost, dtype=np.float64), float(self.offset), np.zeros(n), np.ones(n), np.full(n, INTEGER, np.int8),
            sparse.csr_matrix((value, index, start), shape=(m, n)), np.full(m, -np.inf),
            np.array([float(row[2]) for row in self.rows]), np.zeros(m, dtype=bool),
        )  # fmt: skip

    def value(self, values: Sequence[int] | Ints) -> int:
        """Return the cost of (n,) values, £."""
        return self.offset + int(np.dot(np.asarray(self.cost, dtype=np.int64), np.asarray(values, dtype=np.int64)))
