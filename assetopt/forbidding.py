"""What an opened problem lets be although the problem forbids it, as rows: locks, decisions, and where teams may not go.

For every site that is kept:            sum_t vacate[i,t] <= 0        (a candidate that is not to open: sum_t open[i,t] <= 0)
For every team that is decided to stay: sum_t (out[s,t] + close[s,t]) <= 0
For every team that may not move:       sum_t out[s,t] <= 0
For every team and what bars its way:   sum over those sites, t of move[s,i,t] <= 0
For every work at a partner's that takes no part: sum_t build[m,t] <= 0
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assetopt.formulation import Entry, Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Ints
from assetopt.problem.opened import is_small
from assetopt.problem.pairs import ALLOWED


def forbid(form: Formulation, problem: Problem) -> None:
    """Write what ``problem`` forbids and the opened problem of ``form`` does not; each row has one team or site."""
    f, opened = problem.facts, form.problem
    kept = f.sites.existing & problem.keep
    _at_most_none(form, "locks", [form.vacate], np.flatnonzero(kept), of_sites=True)
    _at_most_none(form, "locks", [form.open], np.flatnonzero(f.sites.candidate & problem.close), of_sites=True)
    stays = problem.stay & ~opened.stay
    _at_most_none(form, "locks", [form.out, form.close], np.flatnonzero(stays), of_sites=False)
    _at_most_none(
        form, "eligibility", [form.out], np.flatnonzero(~f.teams.movable & (f.teams.home >= 0)), of_sites=False
    )
    if is_small(problem):
        _no_way(form, problem)
    _no_works(form, problem)


def _at_most_none(form: Formulation, rule: str, blocks: list[Ints], at: Ints, of_sites: bool) -> None:
    """Write one row for each of ``at``: none of these events in any year."""
    at = at[np.any([(block[at] >= 0).any(axis=1) for block in blocks], axis=0)]
    entries: list[Entry] = []
    for block in blocks:
        row, year = np.nonzero(block[at] >= 0)
        entries.append((row, block[at][row, year], 1.0))
    form.program.add_rows(
        rule, len(at), upper=0.0, entries=entries, site=at if of_sites else None, team=None if of_sites else at
    )


def _no_way(form: Formulation, problem: Problem) -> None:
    f, opened = problem.facts, form.problem
    team, site = form.pair_team, form.pair_site
    # Room and who shares have rows of their own; locks and steps are told apart from what else bars the way.
    screen = replace(
        opened.screen, aside=problem.aside, group_of=problem.screen.group_of, only_listed=problem.screen.only_listed,
        refused=problem.screen.refused, facts=replace(f, teams=replace(f.teams, movable=np.ones(len(f.teams), dtype=bool))),
    )  # fmt: skip
    _barred(form, "eligibility", np.asarray(screen(team, site) != ALLOWED, dtype=bool))
    steps = problem.screen.steps
    if steps is not None:
        _barred(form, "step_free", np.asarray(f.public[f.teams.service[team]] & steps[site], dtype=bool))


def _barred(form: Formulation, rule: str, pairs: Bools) -> None:
    pair, year = np.nonzero((form.move >= 0) & pairs[:, None])
    teams, row = np.unique(form.pair_team[pair], return_inverse=True)
    form.program.add_rows(rule, len(teams), upper=0.0, entries=[(row, form.move[pair, year], 1.0)], team=teams)


def _no_works(form: Formulation, problem: Problem) -> None:
    work = np.flatnonzero(problem.aside[problem.facts.interventions.site] & (form.build >= 0).any(axis=1))
    row, year = np.nonzero(form.build[work] >= 0)
    names = [str(name) for name in problem.facts.interventions.ids[work]]
    form.program.add_rows(
        "eligibility", len(work), upper=0.0, entries=[(row, form.build[work][row, year], 1.0)], subjects=names
    )
