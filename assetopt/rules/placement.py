"""Every team is housed once: it stays, moves once or closes, and is never in two places.

For every team s with a home and year t:  stay[s,t] = stay[s,t-1] - sum_i move[s,i,t] - close[s,t],  stay >= 0, stay[s,-1] = 1.
For every team without a home:            sum_i move[s,i,t0] = 1 in year 0 (or ``earliest_move``).
For every divisible team with a home:     sum_i move[s,i,t] <= goes[s,t], sum_t goes[s,t] <= 1: it moves once, in one year.
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Ints
from assetopt.problem.tenure import NEVER
from assetopt.timeline import Timeline

NAME = "placement"


def constrain(form: Formulation) -> None:
    """Tie ``out`` and ``stay`` to the moves, and place every team without a home."""
    program, f = form.program, form.problem.facts
    leaves = np.flatnonzero(form.stay[:, 0] >= 0)
    row_of = np.full(len(f.teams), -1, dtype=np.int64)
    row_of[leaves] = np.arange(len(leaves))
    n = len(leaves)
    rows = np.arange(n)
    for t in range(form.problem.years):
        pair = np.flatnonzero((row_of[form.pair_team] >= 0) & (form.move[:, t] >= 0))
        program.add_rows(
            NAME,
            n,
            lower=0.0,
            upper=0.0,
            team=leaves,
            year=np.full(n, t),
            entries=[(rows, form.out[leaves, t], 1.0), (row_of[form.pair_team[pair]], form.move[pair, t], -1.0)],
        )
        closes = form.close[leaves, t] >= 0
        before = [(rows, form.stay[leaves, t - 1], -1.0)] if t else []
        begin = 0.0 if t else 1.0
        program.add_rows(
            NAME,
            n,
            lower=begin,
            upper=begin,
            team=leaves,
            year=np.full(n, t),
            entries=[
                (rows, form.stay[leaves, t], 1.0),
                (rows, form.out[leaves, t], 1.0),
                (rows[closes], form.close[leaves[closes], t], 1.0),
                *before,
            ],
        )
    _once(form, leaves[f.teams.divisible[leaves]])
    unhoused = np.flatnonzero(f.teams.home < 0)
    row_of[:] = -1
    row_of[unhoused] = np.arange(len(unhoused))
    pair, year = np.nonzero((form.move >= 0) & (row_of[form.pair_team] >= 0)[:, None])
    program.add_rows(
        NAME,
        len(unhoused),
        lower=1.0,
        upper=1.0,
        team=unhoused,
        entries=[(row_of[form.pair_team[pair]], form.move[pair, year], 1.0)],
    )


def _once(form: Formulation, team: Ints) -> None:
    """Let the shares of a divisible team leave home in one year only (a whole team cannot do otherwise)."""
    d = form.problem.years
    if d == 1 or not len(team):
        return
    n = len(team)
    goes = form.program.add_columns("goes", n * d, team=np.repeat(team, d), year=np.tile(np.arange(d), n)).reshape(n, d)
    for t in range(d):
        form.program.add_rows(
            NAME,
            n,
            upper=0.0,
            team=team,
            year=np.full(n, t),
            entries=[(np.arange(n), form.out[team, t], 1.0), (np.arange(n), goes[:, t], -1.0)],
        )
    form.program.add_rows(NAME, n, upper=1.0, team=team, entries=[(np.repeat(np.arange(n), d), goes.ravel(), 1.0)])


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Check that shares add up to one at the end and never exceed one or fall below zero."""
    f = problem.facts
    out: list[Violation] = []
    moved = np.zeros(len(f.teams))
    np.add.at(moved, line.move_team, line.move_share)
    closed = line.closed < NEVER
    for s in np.flatnonzero(closed & (moved > 1e-9)):
        out.append(
            Violation(NAME, str(f.teams.ids[s]), float(moved[s]), f"team {f.teams.ids[s]} both moves and closes")
        )
    for s in np.flatnonzero(moved > 1 + 1e-6):
        out.append(
            Violation(
                NAME,
                str(f.teams.ids[s]),
                float(moved[s] - 1),
                f"team {f.teams.ids[s]} moves with {moved[s]:.6g} of itself",
            )
        )
    for s in np.flatnonzero((f.teams.home < 0) & (moved < 1 - 1e-6)):
        out.append(
            Violation(
                NAME,
                str(f.teams.ids[s]),
                float(1 - moved[s]),
                f"team {f.teams.ids[s]} has no home today and only {moved[s]:.6g} of it is placed",
            )
        )
    first = np.full(len(f.teams), NEVER)
    last = np.full(len(f.teams), -1)
    np.minimum.at(first, line.move_team, line.move_year)
    np.maximum.at(last, line.move_team, line.move_year)
    for s in np.flatnonzero(last > first):
        name, one, other = f.teams.ids[s], problem.base_year + first[s], problem.base_year + last[s]
        out.append(
            Violation(NAME, str(name), 1.0, f"team {name} moves in {one} and again in {other}; a team moves once")
        )
    late = (f.teams.home[line.move_team] < 0) & (line.move_year != problem.team_from[line.move_team])
    for m in np.flatnonzero(late):
        name = f.teams.ids[line.move_team[m]]
        year = problem.base_year + problem.team_from[line.move_team[m]]
        out.append(Violation(NAME, str(name), 1.0, f"team {name} has no home today and must be placed in {year}"))
    return out + _stated_shares(problem, line, moved, closed)


def _stated_shares(problem: Problem, line: Timeline, moved: np.ndarray, closed: np.ndarray) -> list[Violation]:
    f = problem.facts
    staying = line.stay_share
    expected = np.where((f.teams.home >= 0) & ~closed, 1.0 - moved, 0.0)
    return [
        Violation(
            NAME,
            str(f.teams.ids[s]),
            float(abs(staying[s] - expected[s])),
            (
                f"team {f.teams.ids[s]}: the plan keeps {staying[s]:.6g} of it at home, but "
                f"{expected[s]:.6g} is left there"
            ),
        )
        for s in np.flatnonzero(np.abs(staying - expected) > 1e-6)
    ]
