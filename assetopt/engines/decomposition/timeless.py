"""What is left of a programme when years are forgotten: every event happens once or not at all, and no plan costs less.

A plan of several years becomes one of a single year by adding up: e[f] = sum_t x[f,t] for every event f (a move, a
vacating, an opening), and what stands (stays, points, service) as in the last year. For a row  sum_t,f a[f,t] x[f,t] +
(what stands) <= b,

    sum_f min_t a[f,t] e[f] + (what stands last) + (the least that what stood before can add) <= b

holds too, and so it does for the sum of the rows that say the same of every year (homes and placings add up to "left once,
arrived once"). With prices y on the rows that tell years apart, an event costs what it costs in its cheapest year at these
prices. The programme has a few thousand columns, so branch and cut goes deep where the whole one stalls at its root.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from assetopt.program import Bools, Floats, Ints, Matrix
from assetopt.proof.labels import BUILD, CLOSE, MOVE, OPEN, OUT, SHARE, VACATE, Labels
from assetopt.proof.prices import implied_limits, usable

VACUOUS = 1e-9
"""A row that no point can miss by more than this is left out."""


@dataclass(frozen=True, eq=False)
class Timeless:
    """A programme without years, but for its costs. n columns and m rows with years, N and M without.

    Attributes
    ----------
    matrix : Matrix
        The programme with years, without redundant rows.
    place : (n,) column without years of each column, -1 where what stood before is left out
    event : (n,) bool, whether columns of one place are one event in several years
    form, lower, upper : (N,)
    a, row_lower, row_upper : the rows without years
    exact : (m,) bool, rows that are held as they are, so that a price would be wasted
    summed : (m,) row of the last year whose price is taken off the price of each row, -1 for none: the rows' sum is held
    """

    matrix: Matrix
    place: Ints
    event: Bools
    lower: Floats
    upper: Floats
    form: npt.NDArray[np.int8]
    a: sparse.csr_matrix
    row_lower: Floats
    row_upper: Floats
    exact: Bools
    summed: Ints

    @classmethod
    def of(cls, matrix: Matrix, labels: Labels, family: Ints, row_year: Ints) -> Timeless:
        """Forget the years of a programme without redundant rows.

        Parameters
        ----------
        labels : Labels
            Of its columns.
        family : (n,) int
            Columns that are the same decision in different years have the same number.
        row_year : (m,) year of each row, -1 where it has none
        """
        final = int(labels.year.max(initial=0))
        lower, upper = implied_limits(matrix)
        matrix = replace(matrix, lower=lower, upper=upper)
        names = labels.is_kind(MOVE, CLOSE, OUT, VACATE, OPEN, BUILD, SHARE) & (labels.year >= 0)
        event = names & (lower == 0.0) & np.isfinite(upper) & ~_stands(matrix, labels, family)
        stands = ~event & ((labels.year < 0) | (labels.year == final) | np.isinf(lower) | np.isinf(upper))
        place = _places(event, stands, family)
        years = np.bincount(place[event], minlength=int(place.max(initial=-1)) + 1)
        head = np.zeros(len(years), dtype=np.int64)
        head[place[event]] = np.flatnonzero(event)
        head[place[stands]] = np.flatnonzero(stands)
        lower, upper = lower[head], np.where(years > 0, 0.0, upper[head])
        np.add.at(upper, place[event], matrix.upper[event])
        last = (row_year < 0) | (row_year == final)
        group, several = _groups(matrix, family)
        total = sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))))[several]
        own = np.flatnonzero(last)
        a: sparse.csr_matrix = sparse.vstack([matrix.a[own], total @ matrix.a], format="csr")
        low = np.concatenate([matrix.row_lower[own], _summed(total, matrix.row_lower)])
        high = np.concatenate([matrix.row_upper[own], _summed(total, matrix.row_upper)])
        rows = _Rows.of(matrix, a, low, high, place, event, years)
        exact = np.zeros(len(last), dtype=bool)
        exact[own] = rows.exact[: len(own)]
        held = np.zeros(int(group.max(initial=-1)) + 1, dtype=bool)
        held[several] = rows.exact[len(own) :]
        head_row = np.full(len(held), -1, dtype=np.int64)
        head_row[group[own]] = own
        equal = matrix.row_lower == matrix.row_upper
        summed = np.where(equal & held[group] & ~exact, head_row[group], -1)
        body = rows.worth_having(lower, upper)
        return cls(matrix, place, event, lower, upper, matrix.form[head], *body, exact, summed)

    def priced(self, prices: Floats) -> Matrix:
        """Return the programme without years at row prices (m,); its least cost is a lower bound (£), for any prices."""
        matrix = self.matrix
        before = np.where(self.summed >= 0, prices[np.maximum(self.summed, 0)], 0.0)
        y = usable(matrix, np.where(self.exact, 0.0, prices - before))
        reduced = matrix.cost - matrix.a.T @ y
        side = np.where(y > 0, matrix.row_lower, matrix.row_upper)
        gone = self.place < 0
        least = np.where(reduced > 0, matrix.lower, matrix.upper)[gone] * reduced[gone]
        cost = np.full(len(self.lower), np.inf)
        np.minimum.at(cost, self.place[~gone], reduced[~gone])
        offset = matrix.offset + float((y * np.where(y == 0, 0.0, side)).sum()) + float(least.sum())
        return replace(
            matrix, cost=cost, offset=offset, lower=self.lower, upper=self.upper, form=self.form,
            a=self.a, row_lower=self.row_lower, row_upper=self.row_upper,
        )  # fmt: skip

    def spread(self, values: Floats) -> Floats:
        """Return for every column (n,) the value of its decision among ``values`` (N,), in whatever year."""
        return np.where(self.place >= 0, values[np.maximum(self.place, 0)], 0.0)


def _stands(matrix: Matrix, labels: Labels, family: Ints) -> Bools:
    """Mark the columns of divisible teams that say what stands (a share that stays), not what happens, (n,).

    Such a column is carried on: some row has it with opposite signs in two years.
    """
    share = labels.kind == SHARE
    if not share.any():
        return np.zeros(len(share), dtype=bool)
    a = matrix.a
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    mine = share[a.indices]
    key = row[mine] * (int(family.max()) + 1) + family[a.indices[mine]]
    found, back = np.unique(key, return_inverse=True)
    low, high = np.full(len(found), np.inf), np.full(len(found), -np.inf)
    np.minimum.at(low, back, a.data[mine])
    np.maximum.at(high, back, a.data[mine])
    carried = np.zeros(int(family.max()) + 1, dtype=bool)
    carried[(found % len(carried))[(low < 0) & (high > 0)]] = True
    return np.asarray(share & carried[family], dtype=bool)


def _places(event: Bools, stands: Bools, family: Ints) -> Ints:
    """Number the columns without years: one for each event, one for each column that stands, (n,)."""
    place = np.full(len(family), -1, dtype=np.int64)
    known, number = np.unique(family[event], return_inverse=True)
    place[event] = number
    place[stands] = len(known) + np.arange(int(stands.sum()))
    return place


def _groups(matrix: Matrix, family: Ints) -> tuple[Ints, Ints]:
    """Group rows that speak of the same decisions in the same way in different years: (m,) group, groups of several."""
    a = matrix.a
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    pairs = np.unique(row * (int(family.max(initial=0)) + 1) + family[a.indices])
    word = np.random.default_rng(0).integers(1, 2**62, int(family.max(initial=0)) + 1, dtype=np.int64)
    sign = np.zeros(a.shape[0], dtype=np.int64)
    np.add.at(sign, pairs // len(word), word[pairs % len(word)])
    sides = np.isfinite(matrix.row_lower) * 2 + np.isfinite(matrix.row_upper) + (matrix.row_lower == matrix.row_upper)
    _, group = np.unique(np.stack([sign, sides]), axis=1, return_inverse=True)
    group = group.ravel()
    return group, np.flatnonzero(np.bincount(group) > 1)


def _summed(total: sparse.csr_matrix, side: Floats) -> Floats:
    """Add up row sides by group; infinite where one is."""
    whole = total @ np.where(np.isfinite(side), side, 0.0)
    infinite = total @ np.isinf(side).astype(np.float64)
    sign = 1.0 if (side[np.isinf(side)] > 0).any() else -1.0
    return np.where(infinite > 0, sign * np.inf, whole)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows without years: from below and from above where an event's entries differ from year to year."""

    below: sparse.csr_matrix
    above: sparse.csr_matrix
    low: Floats
    high: Floats
    exact: Bools

    @classmethod
    def of(
        cls, matrix: Matrix, a: sparse.csr_matrix, low: Floats, high: Floats, place: Ints, event: Bools, years: Ints
    ) -> _Rows:
        a.eliminate_zeros()
        k, size = a.shape[0], len(years)
        row = np.repeat(np.arange(k), np.diff(a.indptr)).astype(np.int64)
        column, value = a.indices, a.data
        dated = event[column]
        found, back, count = np.unique(
            row[dated] * size + place[column[dated]], return_inverse=True, return_counts=True
        )
        least, most = np.full(len(found), np.inf), np.full(len(found), -np.inf)
        np.minimum.at(least, back, value[dated])
        np.maximum.at(most, back, value[dated])
        whole = count == years[found % size]
        least, most = np.where(whole, least, np.minimum(least, 0.0)), np.where(whole, most, np.maximum(most, 0.0))
        exact = np.ones(k, dtype=bool)
        exact[(found // size)[least != most]] = False
        gone = place[column] < 0
        exact[row[gone]] = False
        ends = value[gone] * matrix.lower[column[gone]], value[gone] * matrix.upper[column[gone]]
        add_least = np.bincount(row[gone], weights=np.minimum(*ends), minlength=k)
        add_most = np.bincount(row[gone], weights=np.maximum(*ends), minlength=k)
        stands = ~dated & ~gone
        at = np.concatenate([found // size, row[stands]]), np.concatenate([found % size, place[column[stands]]])
        return cls(
            sparse.csr_matrix((np.concatenate([most, value[stands]]), at), shape=(k, size)),
            sparse.csr_matrix((np.concatenate([least, value[stands]]), at), shape=(k, size)),
            low - add_most, high - add_least, exact,
        )  # fmt: skip

    def worth_having(self, lower: Floats, upper: Floats) -> tuple[sparse.csr_matrix, Floats, Floats]:
        """Return the rows that some point within the limits would miss: matrix, lower and upper sides."""
        both = np.flatnonzero(self.exact)
        below = np.flatnonzero(~self.exact & np.isfinite(self.low))
        above = np.flatnonzero(~self.exact & np.isfinite(self.high))
        a: sparse.csr_matrix = sparse.vstack([self.below[both], self.below[below], self.above[above]], format="csr")
        a.eliminate_zeros()
        low = np.concatenate([self.low[both], self.low[below], np.full(len(above), -np.inf)])
        high = np.concatenate([self.high[both], np.full(len(below), np.inf), self.high[above]])
        up, down = a.maximum(0.0), a.minimum(0.0)
        far_up, far_down = np.where(np.isinf(upper), 1e30, upper), np.where(np.isinf(lower), -1e30, lower)
        misses = (up @ far_up + down @ far_down > high + VACUOUS) | (up @ far_down + down @ far_up < low - VACUOUS)
        return a[misses], low[misses], high[misses]
