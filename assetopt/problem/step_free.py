"""Which sites public teams may enter without works, with works, or not at all; and what is not known about steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assetopt.errors import Issue
from assetopt.problem.facts import Bools, Ints, Texts

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem

LISTED = 12
"""Names that a sentence holds before it counts the rest."""


@dataclass(frozen=True)
class StepFree:
    """Steps at every site, (n_sites,).

    ``barred``: a public team may not move in as the site stands. ``works`` (n,): interventions after which it may, at barred
    sites, in a year in which they may be done. ``closed``: barred, and no such works.
    """

    barred: Bools
    works: Ints
    closed: Bools


def read_step_free(problem: Problem) -> StepFree | None:
    """Return what the rule holds to, None where it does not hold or no site says a word; writes down what is not known."""
    rule = problem.scenario.rules.step_free
    if not rule.hold or (rule.unknown == "allowed" and _unknown(problem).all()):
        return None
    barred, unknown = _stated(problem, "no"), _unknown(problem)
    if rule.unknown == "refused":
        barred = barred | unknown
    elif (unknown & _open_to_newcomers(problem)).any():
        sites = np.flatnonzero(unknown & _open_to_newcomers(problem))
        note = f"not known to be step-free; public teams may move in all the same: {_named(problem.facts.sites.ids, sites)}"
        problem.log.record("sites", "step_free", len(sites), "", 1.0, note)
    works = problem.estate.interventions
    at = problem.facts.interventions.site
    makes = np.asarray(works["makes_step_free"], dtype=bool) & problem.may_build.any(axis=1) & barred[at]
    closed = barred.copy()
    closed[at[makes]] = False
    return StepFree(barred, np.flatnonzero(makes), closed)


def step_free_notes(problem: Problem) -> Iterator[Issue]:
    """Yield warnings: public teams that stay behind steps, sites nobody knows about, and a rule that nobody asked for."""
    f = problem.facts
    ids, home = f.sites.ids, f.teams.home
    public = f.public[f.teams.service]
    if not public.any():
        return
    no, unknown, newcomers = _stated(problem, "no"), _unknown(problem), _open_to_newcomers(problem)
    behind = np.unique(home[public & (home >= 0)])
    behind = behind[no[behind]]
    if len(behind):
        what = f"{len(behind):,} sites that are not step-free host public teams today: {_named(ids, behind)}"
        yield Issue(
            "sites, step_free", what, "they may stay; works with makes_step_free = yes would mend it", "warning"
        )
    if problem.step_free is None:
        open_no = np.flatnonzero(no & newcomers)
        if len(open_no):
            what = f"public teams may move into {len(open_no):,} sites that are not step-free: {_named(ids, open_no)}"
            yield Issue("sites, step_free", what, "take rules.step_free.hold = false out of the scenario", "warning")
    elif (unknown & newcomers).any() and problem.scenario.rules.step_free.unknown == "allowed":
        at = np.flatnonzero(unknown & newcomers)
        what = f"{len(at):,} sites that public teams may move into are not known to be step-free: {_named(ids, at)}"
        fix = 'find out, or set rules.step_free.unknown = "refused"'
        yield Issue("sites, step_free", what, fix, "warning")


def _stated(problem: Problem, word: str) -> Bools:
    return np.asarray(problem.estate.sites["step_free"].astype(str) == word, dtype=bool)


def _unknown(problem: Problem) -> Bools:
    return np.asarray(problem.estate.sites["step_free"].astype(str).isin(["", "unknown"]), dtype=bool)


def _open_to_newcomers(problem: Problem) -> Bools:
    s = problem.facts.sites
    return ~s.external & ~problem.must_leave & ~problem.aside


def _named(ids: Texts, at: Ints) -> str:
    shown = ", ".join(str(name) for name in ids[at[:LISTED]])
    return shown + (f" and {len(at) - LISTED:,} more" if len(at) > LISTED else "")
