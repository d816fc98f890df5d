"""Cuts a country into regions of neighbouring sites, so that each is an estate of its own size.

No map is needed: two sites are neighbours when the same teams could stand at either. A region grows from a site by its
nearest neighbours until it is full; what is left over joins the region it has most to do with.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from assetopt.program import Bools, Floats, Ints, Matrix
from assetopt.proof.labels import MOVE, STAY, Labels


def regions(labels: Labels, size: int, shared: sparse.csr_matrix | None = None) -> Ints:
    """Return the region of every site, (sites,), about ``size`` sites each; -1 for sites without a column.

    ``shared`` is what :func:`neighbours` returns, where it is at hand.
    """
    sites = int(labels.site.max(initial=-1)) + 1
    if shared is None:
        shared = neighbours(labels)
    region = np.full(sites, -1, dtype=np.int64)
    degree = np.asarray(shared.sum(axis=1)).ravel()
    present = np.zeros(sites, dtype=bool)
    present[np.unique(labels.site[labels.site >= 0])] = True
    number = 0
    # Begin at the edge: what is grown from there leaves no islands behind.
    order = np.argsort(degree, kind="stable")
    pull = np.zeros(sites)
    for seed in order:
        if region[seed] >= 0 or not present[seed]:
            continue
        members = _grow(shared, int(seed), size, region, pull)
        if len(members) < size // 3:
            around = region[np.unique(np.concatenate([_row(shared, i) for i in members]))]
            around = around[around >= 0]
            if len(around):
                region[members] = np.bincount(around).argmax()
                continue
        region[members] = number
        number += 1
    used = np.unique(region[region >= 0])
    return np.where(region >= 0, np.searchsorted(used, region), -1)


def neighbours(labels: Labels) -> sparse.csr_matrix:
    """Return how many teams could stand at both of two sites, (sites, sites)."""
    sites = int(labels.site.max(initial=-1)) + 1
    at = ((labels.kind == MOVE) | (labels.kind == STAY)) & (labels.site >= 0)
    teams = int(labels.team.max(initial=0)) + 1
    there = sparse.csr_matrix(
        (np.ones(int(at.sum()), dtype=np.float32), (labels.site[at], labels.team[at])), shape=(sites, teams)
    )
    there.data[:] = 1.0
    return (there @ there.T).tocsr()


def _row(shared: sparse.csr_matrix, i: int) -> Ints:
    return np.asarray(shared.indices[shared.indptr[i] : shared.indptr[i + 1]], dtype=np.int64)


def _grow(shared: sparse.csr_matrix, seed: int, size: int, region: Ints, pull: Floats) -> Ints:
    """Return up to ``size`` free sites around ``seed``, each time the one most drawn to those taken."""
    pull[:] = 0.0
    members = [seed]
    taken = np.zeros(len(region), dtype=bool)
    taken[seed] = True
    free = region < 0
    last = seed
    degree = np.diff(shared.indptr)
    while len(members) < size:
        part = slice(shared.indptr[last], shared.indptr[last + 1])
        pull[shared.indices[part]] += shared.data[part]
        open_ = free & ~taken & (pull > 0)
        if not open_.any():
            break
        candidates = np.flatnonzero(open_)
        last = int(candidates[np.argmax(pull[candidates] / (1.0 + degree[candidates]))])
        taken[last] = True
        members.append(last)
    return np.array(members, dtype=np.int64)


def can_bind(matrix: Matrix) -> Bools:
    """Say which rows some point within the columns' limits would violate, (m,); the others may be left out."""
    a = matrix.a
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    at_lower, at_upper = a.data * matrix.lower[a.indices], a.data * matrix.upper[a.indices]
    least = np.bincount(row, weights=np.minimum(at_lower, at_upper), minlength=a.shape[0])
    most = np.bincount(row, weights=np.maximum(at_lower, at_upper), minlength=a.shape[0])
    return np.asarray((least < matrix.row_lower - 1e-9) | (most > matrix.row_upper + 1e-9), dtype=bool)
