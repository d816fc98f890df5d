"""Several years seen as one: which rows column generation prices, and how their prices hang together over the years.

A team's move costs more or less by year, in the same way for every receiver, so the years' rows ``out[s,t] = sum move[s,.,t]``
need one price a team: the cheapest move of each year is the base, what is priced is the sum of the rows. Rows that repeat
the last year's for an earlier year are left out. Both only take prices away, so every bound stays valid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from assetopt.program import Bools, Floats, Ints, Matrix
from assetopt.proof.labels import MOVE, OUT, Labels


@dataclass(frozen=True)
class Projection:
    """Prices of m rows from q: ``base + spread @ p``; of each of the q rows the sides are given.

    Attributes
    ----------
    base : (m,) £ per row unit
    spread : (m, q) csr
    lower, upper : (q,)
    """

    base: Floats
    spread: sparse.csr_matrix
    lower: Floats
    upper: Floats

    def prices(self, p: Floats) -> Floats:
        """Return the prices of all rows, (m,)."""
        return np.asarray(self.base + self.spread @ p)

    def lift(self, prices: Floats, cost: Floats, move_row: Ints, moves: Ints) -> Floats:
        """Turn prices of the last year's relaxation, solved at ``cost`` (n,), into prices of all rows, (m,).

        ``moves`` (k,) are columns and ``move_row`` (k,) the placing row each is in.
        """
        if not self.base.any():
            return prices
        cheapest = np.full(len(prices), np.inf)
        np.minimum.at(cheapest, move_row, cost[moves])
        shift = np.where(np.isfinite(cheapest) & (prices != 0), cheapest, 0.0)
        return self.prices(np.asarray(self.spread.T @ np.where(self.base != 0, prices + shift, prices)))


def project(matrix: Matrix, labels: Labels, kept: Bools, row_year: Ints) -> Projection:
    """Choose the priced rows of a programme without redundant rows.

    Parameters
    ----------
    kept : (m,) rows that every site holds by itself
    row_year : (m,) year label of each row, -1 where it has none
    """
    m = len(kept)
    years = int(labels.year.max(initial=0)) + 1
    base = np.zeros(m)
    group = np.full(m, -1, dtype=np.int64)
    priced = np.flatnonzero(~kept)
    if years == 1:
        group[priced] = np.arange(len(priced))
        return _grouped(matrix, base, group)
    team, year = placing(matrix, labels)
    tied = (team >= 0) & ~kept
    # The cheapest move of each team and year.
    moves = np.flatnonzero(labels.kind == MOVE)
    cheapest = np.full((int(labels.team.max(initial=0)) + 1, years), np.inf)
    np.minimum.at(cheapest, (labels.team[moves], labels.year[moves]), matrix.cost[moves])
    rows = np.flatnonzero(tied)
    cost = cheapest[team[rows], year[rows]]
    base[rows] = np.where(np.isfinite(cost), -cost, 0.0)
    group[rows] = team[rows]
    others = np.flatnonzero(
        ~kept & ~tied & ((row_year < 0) | (row_year == years - 1) | ~_repeats(matrix, labels, years))
    )
    group[others] = int(group.max(initial=-1)) + 1 + np.arange(len(others))
    used = np.unique(group[group >= 0])
    group[group >= 0] = np.searchsorted(used, group[group >= 0])
    return _grouped(matrix, base, group)


def _grouped(matrix: Matrix, base: Floats, group: Ints) -> Projection:
    rows = np.flatnonzero(group >= 0)
    count = int(group.max(initial=-1)) + 1
    spread = sparse.csr_matrix((np.ones(len(rows)), (rows, group[rows])), shape=(len(base), count))
    lower = np.bincount(group[rows], weights=matrix.row_lower[rows], minlength=count)
    upper = np.bincount(group[rows], weights=matrix.row_upper[rows], minlength=count)
    return Projection(base, spread, lower.astype(np.float64), upper.astype(np.float64))


def placing(matrix: Matrix, labels: Labels) -> tuple[Ints, Ints]:
    """Return team and year, (m,), of every row that reads out[s,t] - sum of its moves in t = 0; -1 for other rows."""
    a = matrix.a
    m = a.shape[0]
    row = np.repeat(np.arange(m), np.diff(a.indptr))
    out = (labels.kind[a.indices] == OUT) & (a.data == 1.0)
    team, year = np.full(m, -1, dtype=np.int64), np.full(m, -1, dtype=np.int64)
    team[row[out]], year[row[out]] = labels.team[a.indices[out]], labels.year[a.indices[out]]
    move = (labels.kind[a.indices] == MOVE) & (a.data == -1.0)
    same = (labels.team[a.indices] == team[row]) & (labels.year[a.indices] == year[row])
    good = np.bincount(row, weights=(out | move) & same, minlength=m) == np.diff(a.indptr)
    good &= np.bincount(row, weights=out, minlength=m) == 1
    good &= (matrix.row_lower == 0.0) & (matrix.row_upper == 0.0)
    return np.where(good, team, -1), np.where(good, year, -1)


def _repeats(matrix: Matrix, labels: Labels, years: int) -> Bools:
    """Say which rows speak of what stands in an earlier year: no column of the last year, but not events alone, (m,)."""
    a = matrix.a
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    events = np.isin(labels.kind[a.indices], (MOVE, OUT))
    count = np.diff(a.indptr)
    return np.asarray(np.bincount(row, weights=events, minlength=a.shape[0]) < count, dtype=bool)
