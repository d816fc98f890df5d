"""The questions: what if this decision had gone the other way? Each is one row on the columns of one decision.

kept site, candidate left out      sum over years of vacate (open) >= 1
closed site, opened candidate      sum over years of vacate (open) <= 0
team                               nothing of it in the last decision year where most of it is in the plan
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from assetopt.formulation import Formulation
from assetopt.program import Floats, Ints
from assetopt.timeline import Timeline


@dataclass(frozen=True, eq=False)
class Question:
    """One decision to force the other way.

    Attributes
    ----------
    kind : "site" or "team"
    index : int, among the sites or teams of the problem
    decision, other : str, the plan's decision and the other way, in words
    columns : (k,) columns of the programme
    some : bool, whether the other way is "at least one of them"; else it is "none of them"
    fixed : str, why there is no other way to ask about; empty where there is
    """

    kind: str
    index: int
    decision: str
    other: str
    columns: Ints
    some: bool
    fixed: str = ""

    @property
    def sides(self) -> tuple[float, float]:
        """What the sum of the columns is held between."""
        return (1.0, np.inf) if self.some else (-np.inf, 0.0)


def questions(form: Formulation, line: Timeline) -> list[Question]:
    """Return the question of every site that is ours and of every team, sites first."""
    return [*_sites(form, line), *_teams(form, line)]


def rows_of(asked: list[Question], columns: int) -> sparse.csr_matrix:
    """Return (questions, columns): the sum that each question speaks of."""
    row = np.repeat(np.arange(len(asked)), [len(question.columns) for question in asked])
    column = np.concatenate([question.columns for question in asked] or [np.empty(0, dtype=np.int64)])
    return sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(asked), columns))


def answered_by(asked: list[Question], rows: sparse.csr_matrix, values: Floats) -> np.ndarray:
    """Say which questions (q,) a plan, (n,) values, is an answer to."""
    total = rows @ values
    some = np.array([question.some for question in asked], dtype=bool)
    free = np.array([not question.fixed for question in asked], dtype=bool)
    return np.asarray(free & np.where(some, total >= 1.0 - 1e-6, total <= 1e-6))


def _sites(form: Formulation, line: Timeline) -> Iterator[Question]:
    p, s = form.problem, form.problem.facts.sites
    for i in np.flatnonzero(~s.external).tolist():
        if s.candidate[i]:
            columns, done = form.open[i], line.opened[i] < p.years
            words = ("opened", "not opened") if done else ("not opened", "opened")
            fixed = "decided beforehand: it is not to be opened"
        else:
            columns, done = form.vacate[i], line.vacated[i] < p.years
            words = ("closed", "kept") if done else ("kept", "closed")
            fixed = "held by a lock or a decision taken beforehand"
        columns = columns[columns >= 0]
        yield Question("site", i, *words, columns, not done, "" if len(columns) else fixed)


def _teams(form: Formulation, line: Timeline) -> Iterator[Question]:
    p, f = form.problem, form.problem.facts
    end = line.shares(p.years - 1).tocsr()
    for k in range(len(f.teams)):
        there, share = end.indices[end.indptr[k] : end.indptr[k + 1]], end.data[end.indptr[k] : end.indptr[k + 1]]
        if not len(share) or share.max() <= 1e-9:
            columns = form.close[k][form.close[k] >= 0]
            yield Question("team", k, "closed", "not closed", columns, False, "" if len(columns) else "not housed")
            continue
        site = int(there[share.argmax()])
        name = str(f.sites.ids[site])
        if site == f.teams.home[k]:
            columns = form.stay[k, -1:]
            columns = columns[columns >= 0]
            fixed = "" if len(columns) else "there is no other place where it may be"
            yield Question("team", k, f"stays at {name}", f"not at {name}", columns, False, fixed)
            continue
        pair = np.flatnonzero((form.pair_team == k) & (form.pair_site == site))
        columns = form.move[pair].ravel()
        yield Question("team", k, f"moves to {name}", f"not at {name}", columns[columns >= 0], False)
