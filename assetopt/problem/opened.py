"""A problem whose locks, decisions and limits on where teams may go are lifted, so that they too can be asked to give way.

A model without a plan is laid out from this one; what was lifted comes back as rows (:mod:`assetopt.forbidding`), which, unlike
decisions that do not exist, can be broken at a price. Teams at sites that others run, earliest years and the lead time hold.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np

from assetopt.problem.access import Access
from assetopt.problem.pairs import Screen
from assetopt.problem.problem import Problem

MOST = 400_000
"""Teams x sites x decision years up to which teams may go anywhere; in larger models only where their rules let them."""


def is_small(problem: Problem) -> bool:
    """Say whether every pair of team and site is laid out."""
    f = problem.facts
    return len(f.teams) * len(f.sites) * problem.years <= MOST


def open_up(problem: Problem) -> Problem:
    """Return a copy without locks on sites and teams; where it is small, also without limits on where teams may go."""
    f = problem.facts
    home = f.teams.home
    outside = (home >= 0) & f.sites.external[np.maximum(home, 0)]
    nowhere = np.zeros(len(f.sites), dtype=bool)
    out = copy.copy(problem)
    facts = replace(f, teams=replace(f.teams, movable=np.ones(len(f.teams), dtype=bool)))
    if is_small(problem):
        facts = replace(facts, teams=replace(facts.teams, radius_km=np.full(len(f.teams), np.nan)))
    out.facts = facts
    out.keep = problem.keep & f.sites.candidate
    out.close = problem.close & f.sites.existing
    out.must_leave, out.aside, out.stay = nowhere, nowhere, outside
    return _judged_by(_wide(problem, out), out, problem)


def make_roomy(problem: Problem) -> Problem:
    """Return a copy in which teams may also go where there is too little room for them: the rows of capacity say so then."""
    screen = replace(problem.screen, room=np.full_like(problem.screen.room, np.inf))
    return _judged_by(screen, copy.copy(problem), problem)


def _judged_by(screen: Screen, copied: Problem, problem: Problem) -> Problem:
    """Let a copied problem judge pairs by a screen; what is known of travel stays known."""
    copied.__dict__.pop("pairs", None)
    copied.__dict__["screen"] = screen
    copied.__dict__["access"] = access = Access(copied)
    known = problem.access.__dict__
    access.__dict__.update(
        {name: known[name] for name in ("travel", "minutes", "km", "site_district") if name in known}
    )
    return copied


def _wide(problem: Problem, opened: Problem) -> Screen:
    """Return the judge of pairs of the opened problem; room, steps and who shares are left to the rows."""
    none = np.empty(0, dtype=np.int64)
    screen = replace(
        problem.screen, facts=opened.facts, leaving=opened.must_leave, aside=opened.aside, stay=opened.stay,
        must_go=np.full_like(problem.must_go, -1), conflict=none,
    )  # fmt: skip
    if not is_small(problem):
        return screen
    return replace(
        screen, room=np.full_like(screen.room, np.inf), group_of=screen.group_of[:, :0], only_listed=False, refused=none,
        steps=None,
    )  # fmt: skip
