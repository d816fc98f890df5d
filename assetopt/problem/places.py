"""Where each team may be in the end, before anything is decided: its home while it may stay, and every pair that is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from assetopt.problem.facts import Bools, Ints

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem

NAMED = 4
"""Names that a text lists; how many more there are is said."""


@dataclass(frozen=True)
class Places:
    """``at`` (n_teams, n_sites): where a team may be in the last decision year; ``closes`` (n_teams,): it may close instead."""

    at: sparse.csr_matrix
    closes: Bools

    def of(self, team: int) -> Ints:
        """Return the sites of one team, sorted."""
        return np.sort(self.at.indices[self.at.indptr[team] : self.at.indptr[team + 1]]).astype(np.int64)


def places_of(problem: Problem) -> Places:
    """Work out where teams may be in the last decision year, each by itself."""
    f, (team, site) = problem.facts, problem.pairs
    home = f.teams.home
    stays = (home >= 0) & ((problem.must_go < 0) | (problem.must_go == home)) & ~problem.must_leave[np.maximum(home, 0)]
    at_home = np.flatnonzero(stays)
    rows, columns = np.concatenate([team, at_home]), np.concatenate([site, home[at_home]])
    at = sparse.csr_matrix((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(len(f.teams), len(f.sites)))
    closes = f.teams.closable & ~problem.stay & (problem.must_go < 0) & (home >= 0) & bool(problem.may_change.any())
    return Places(at, np.asarray(closes & ~f.sites.external[np.maximum(home, 0)], dtype=bool))


def named(ids: np.ndarray) -> str:
    """Return the first names and how many more there are."""
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return ", ".join(str(name) for name in ids[:NAMED]) + more
