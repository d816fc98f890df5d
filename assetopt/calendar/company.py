"""Who must not meet, and who must not be without whom, while a plan is carried out month by month (``compatibility``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from assetopt.calendar.case import NOWHERE, Case, Move, Together
from assetopt.problem import Problem
from assetopt.problem.facts import codes
from assetopt.timeline import Timeline


def kept_apart(problem: Problem, moves: Sequence[Move]) -> Iterator[tuple[int, int]]:
    """Yield pairs of moves that must not meet and might: one comes to where the other leaves."""
    number = codes([v.team for v in moves], problem.facts.teams.index).tolist()
    leavers: dict[int, list[int]] = {}
    for k, v in enumerate(moves):
        leavers.setdefault(v.home, []).append(k)
    for a, b in problem.must_not:
        for k, v in enumerate(moves):
            for r in leavers.get(v.to, ()) if v.to != NOWHERE else ():
                one, other = number[k], number[r]
                if one != other and moves[r].home != v.home and ((a[one] and b[other]) or (b[one] and a[other])):
                    yield min(k, r), max(k, r)


def kept_together(problem: Problem, line: Timeline, case: Case, mended: int) -> Iterator[Together]:
    """Yield what every ``must`` asks of every team and site that the calendar changes.

    A team that is without its company at home today may stay so there until month ``mended``, when all that the plan
    means to mend by the base year is done at the latest.
    """
    table, teams = problem.estate.compatibility, problem.facts.teams
    number = codes([v.team for v in case.moves], teams.index)
    touched = [{v.home, v.to, *v.decants} - {NOWHERE} for v in case.moves]
    for rule, a_word, b_word in zip(table["rule"], table["a"], table["b"], strict=True):
        if rule != "must":
            continue
        a, b = problem.tagged(a_word), problem.tagged(b_word)
        hosts = np.flatnonzero(b[number])
        leaving = {i for k in hosts for i in touched[k]}
        for team in np.flatnonzero(a & ~b).tolist():
            mine = np.flatnonzero(number == team)
            home = int(teams.home[team])
            for site in sorted({i for k in mine for i in touched[k]} | ({home} & leaving)):
                guests = tuple(int(k) for k in mine if site in touched[k])
                company = tuple(int(k) for k in hosts if site in touched[k])
                staying = float(line.stay_share[team]) if site == home else 0.0
                hosting = float(line.stay_share[b & (teams.home == site)].sum())
                if staying + sum(case.moves[k].share for k in guests) <= hosting + 1e-6:
                    continue
                alone = site == home and not (b & (teams.home == site)).any()
                label = f"{teams.ids[team]} ({a_word}) may only be where {b_word} is"
                yield Together(label, site, guests, company, staying, hosting, mended if alone else 0)
