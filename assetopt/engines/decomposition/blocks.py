"""Cuts a country into blocks that overlap: a region of sites, and every site around it that its teams could well move to.

The bound of a whole programme (:mod:`assetopt.proof.sites`) is a sum over sites, each of which sees only the prices of the
rows it is in. So the prices of rows that lie wholly inside a block may be improved by the block alone, all other prices
held: block coordinate ascent, and because the blocks overlap it hardly ever sticks at a border.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from assetopt.engines.decomposition.estate import Estate
from assetopt.program import Bools, Floats, Ints, Matrix
from assetopt.proof.labels import MOVE, OUT, STAY, Labels

NEAR = 20
"""Moves of a team that count as near: those of least reduced cost."""

LONG = 400
"""Entries from which on a row that spans regions belongs to the country, and not just to a border."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A block of the programme, once for its prices and once for its plan.

    Attributes
    ----------
    inside : (sites,) bool
    columns : (k,) numbers of its columns; rows : (r,) numbers of its rows
    matrix : Matrix
        Its columns and rows, all else where the plan has it.
    lower, upper : (r,) sides of the rows as the whole programme has them
    free : (r,) bool
        Rows whose price is the block's to choose: no column that matters is outside.
    fixed : (r,) bool
        Rows whose price is held; the rest is held inside a site.
    """

    inside: Bools
    columns: Ints
    rows: Ints
    matrix: Matrix
    lower: Floats
    upper: Floats
    free: Bools
    fixed: Bools


class Blocks:
    """Cuts blocks out of one estate.

    Parameters
    ----------
    estate : Estate
    seed : int
        Breaks ties between moves that look alike.
    """

    def __init__(self, estate: Estate, seed: int) -> None:
        matrix, labels = self.matrix, self.labels = estate.matrix, estate.labels
        self.kept = estate.sites.structure.kept
        """(m,) rows that are held inside a site; they need no price."""
        # Both are copies of the whole matrix: one of each is enough.
        self.slicer, self.transposed = estate.ends.slicer, estate.sites.transposed
        self.length = np.diff(matrix.a.indptr)
        self.sites = int(labels.site.max(initial=-1)) + 1
        self.moves = np.flatnonzero(labels.kind == MOVE)
        of_team = np.full(int(labels.team.max(initial=-1)) + 2, -1, dtype=np.int64)
        stay = labels.kind == STAY
        of_team[labels.team[stay]] = labels.site[stay]
        self.home = of_team[labels.team]
        """(n,) home of each column's team, -1 where it has none."""
        self.site = _anchored(matrix, labels)
        """(n,) site of each column; of one without, the site it has most to do with."""
        self.place = np.where(self.home >= 0, self.home, self.site)
        """(n,) where each column's team lives; of one without, the column's own site."""
        self.years = int(labels.year.max(initial=0)) + 1
        _, pair = np.unique(labels.team[self.moves] * (self.sites + 1) + labels.site[self.moves], return_inverse=True)
        self._tie = np.random.default_rng(seed).random(len(self.moves))[pair]

    def reduced(self, prices: Floats) -> Floats:
        """Return reduced costs (n,) at row prices (m,)."""
        return np.asarray(self.matrix.cost - self.transposed @ prices)

    def near(self, prices: Floats | None) -> Bools:
        """Mark every team's NEAR moves of least reduced cost a year, by lot without prices, and all other columns, (n,)."""
        team = self.labels.team[self.moves]
        worth = self._tie if prices is None else self.reduced(prices)[self.moves]
        order = np.lexsort((self._tie, worth, team))
        rank = np.arange(len(order)) - np.searchsorted(team[order], team[order])
        out = np.ones(len(self.labels.kind), dtype=bool)
        out[self.moves[order[rank >= NEAR * self.years]]] = False
        return out

    def around(self, core: Bools, near: Bools) -> Bools:
        """Return the sites of ``core`` (sites,) and those its teams have a near move to, (sites,)."""
        inside = core.copy()
        out = self.moves[near[self.moves] & self._at(core, self.home[self.moves])]
        inside[self.labels.site[out]] = True
        return inside

    def _at(self, sites: Bools, number: Ints) -> Bools:
        return np.asarray((number >= 0) & sites[np.maximum(number, 0)], dtype=bool)

    def cut(self, inside: Bools, values: Floats, activity: Floats, worth: Bools) -> Cut:
        """Cut the columns at ``inside`` sites out, but the moves of teams from outside that neither the plan makes nor pay.

        Parameters
        ----------
        values : (n,) the plan; activity : (m,) ``A @ values``
        worth : (n,) bool
            Whether a move could pay at the prices as they are.
        """
        matrix, labels = self.matrix, self.labels
        at = self._at(inside, self.site)
        guest = at & (labels.kind == MOVE) & (self.home >= 0) & ~self._at(inside, self.home)
        at &= ~guest | worth | (values > 0.5)
        columns = np.flatnonzero(at)
        sub, rows = self.slicer.cut(columns, values, activity)
        free = (np.diff(sub.a.indptr) == self.length[rows]) & ~self.kept[rows]
        return Cut(
            inside, columns, rows, sub, matrix.row_lower[rows], matrix.row_upper[rows], free, ~free & ~self.kept[rows]
        )

    def guests(self, cut: Cut) -> Bools:
        """Mark the moves of teams from outside, (k,)."""
        labels = self.labels
        home = self.home[cut.columns]
        away: Bools = np.asarray((home >= 0) & ~cut.inside[np.maximum(home, 0)], dtype=bool)
        return np.asarray((labels.kind[cut.columns] == MOVE) & away, dtype=bool)

    def owner(self, region: Ints) -> Ints:
        """Return the region of every row: where its team lives, else where the first of its columns is; -1 without, (m,)."""
        a = self.matrix.a
        row = np.repeat(np.arange(a.shape[0]), self.length)[::-1]
        column = a.indices[::-1]
        place = self.place
        out = np.full(a.shape[0], -1, dtype=np.int64)
        for use in (place[column] >= 0, self.labels.kind[column] == OUT):
            out[row[use]] = region[place[column[use]]]
        return out

    def shared(self, region: Ints) -> Bools:
        """Mark the rows of the country: long ones with columns in several regions, (m,)."""
        a = self.matrix.a
        row = np.repeat(np.arange(a.shape[0]), self.length)
        place = self.place[a.indices]
        at = np.where(place >= 0, region[np.maximum(place, 0)], -1)
        low = np.full(a.shape[0], self.sites, dtype=np.int64)
        high = np.full(a.shape[0], -1, dtype=np.int64)
        np.minimum.at(low, row[at >= 0], at[at >= 0])
        np.maximum.at(high, row[at >= 0], at[at >= 0])
        return np.asarray((low < high) & (self.length > LONG), dtype=bool)


def _anchored(matrix: Matrix, labels: Labels) -> Ints:
    """Return the site of every column; one without follows the columns it shares short rows with, -1 where there are none."""
    lost = np.flatnonzero(labels.site < 0)
    out = labels.site.copy()
    if not len(lost):
        return out
    known = np.flatnonzero(labels.site >= 0)
    count = int(labels.site.max(initial=-1)) + 1
    member = sparse.csr_matrix(
        (np.ones(len(known), dtype=np.float32), (known, labels.site[known])), shape=(len(out), count)
    )
    pattern = matrix.a[np.diff(matrix.a.indptr) <= LONG].copy()
    pattern.data = np.ones_like(pattern.data)
    votes = (pattern[:, lost].T @ (pattern @ member)).tocsr()
    best = np.asarray(votes.argmax(axis=1)).ravel()
    out[lost] = np.where(np.diff(votes.indptr) > 0, best, -1)
    return out


def for_prices(cut: Cut) -> Matrix:
    """Return the block with the sides of the whole programme: what its bound is made of."""
    return replace(cut.matrix, row_lower=cut.lower, row_upper=cut.upper)


def only(matrix: Matrix, columns: Ints) -> Matrix:
    """Return the programme in some of its columns, all others at nought."""
    return replace(
        matrix,
        cost=matrix.cost[columns],
        lower=matrix.lower[columns],
        upper=matrix.upper[columns],
        form=matrix.form[columns],
        a=matrix.a[:, columns].tocsr(),
    )
