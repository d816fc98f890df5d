"""Decisions that are taken already hold: sites to keep, to close, teams to stay, teams to move to a named site.

Keep: no vacating (a candidate: opened).  Close: sum_t vacate[i,t] = 1 (a candidate: never opened).
Move: sum_t move[s,i,t] = 1 for the named site.  Stay: neither moved nor closed (no columns exist).
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.timeline import Timeline

NAME = "locks"


def constrain(form: Formulation) -> None:
    """Write the sums that must be one; what may not happen has no column to begin with."""
    p, program, f = form.problem, form.program, form.problem.facts
    for block, sites in ((form.vacate, f.sites.existing & p.close), (form.open, f.sites.candidate & p.keep)):
        at = np.flatnonzero(sites)
        row, year = np.nonzero(block[at] >= 0)
        program.add_rows(NAME, len(at), lower=1.0, upper=1.0, entries=[(row, block[at][row, year], 1.0)], site=at)
    teams = np.flatnonzero((p.must_go >= 0) & (p.must_go != f.teams.home))
    row_of = np.full(len(f.teams), -1, dtype=np.int64)
    row_of[teams] = np.arange(len(teams))
    pair, year = np.nonzero((form.move >= 0) & (row_of[form.pair_team] >= 0)[:, None])
    right = form.pair_site[pair] == p.must_go[form.pair_team[pair]]
    pair, year = pair[right], year[right]
    program.add_rows(
        NAME, len(teams), lower=1.0, entries=[(row_of[form.pair_team[pair]], form.move[pair, year], 1.0)], team=teams
    )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Check locks of the sites table and decisions of the scenario."""
    f = problem.facts
    out: list[Violation] = []
    lost = problem.keep & ((f.sites.existing & (line.vacated < NEVER)) | (f.sites.candidate & (line.opened == NEVER)))
    held = problem.close & ((f.sites.existing & (line.vacated == NEVER)) | (f.sites.candidate & (line.opened < NEVER)))
    reason = problem.estate.sites["lock_reason"].astype(object).to_numpy()
    for i in np.flatnonzero(lost):
        why = f" ({reason[i]})" if reason[i] else ""
        out.append(
            Violation(NAME, str(f.sites.ids[i]), 1.0, f"{f.sites.ids[i]} is locked keep{why}, but the plan gives it up")
        )
    for i in np.flatnonzero(held):
        out.append(
            Violation(NAME, str(f.sites.ids[i]), 1.0, f"{f.sites.ids[i]} is to be closed, but the plan holds it")
        )
    moved = np.zeros(len(f.teams))
    np.add.at(moved, line.move_team, line.move_share)
    for s in np.flatnonzero(problem.stay & ((moved > 1e-9) | (line.closed < NEVER))):
        out.append(
            Violation(
                NAME,
                str(f.teams.ids[s]),
                1.0,
                f"team {f.teams.ids[s]} is decided to stay, but the plan moves or closes it",
            )
        )
    end = line.shares(problem.years - 1)
    for s in np.flatnonzero(problem.must_go >= 0):
        there = float(end[[s], [problem.must_go[s]]][0, 0])
        if there < 1 - 1e-6:
            site = f.sites.ids[problem.must_go[s]]
            out.append(
                Violation(
                    NAME,
                    str(f.teams.ids[s]),
                    1 - there,
                    (f"team {f.teams.ids[s]} is decided to move to {site}, but is not there in the last decision year"),
                )
            )
    return out
