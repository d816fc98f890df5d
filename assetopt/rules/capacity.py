"""Room for every team, by site, space type and year, with headroom and interventions.

For every site i, space type k, year t, with h the headroom and o the overload of today beyond it (0 where there is none):

    sum_s need[s,k] located[s,i,t]  <=  (1 - h) (capacity[i,k] + sum_m change[m,k] built[m,t]) + o[i,k]   while i is held
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints
from assetopt.timeline import Timeline

NAME = "capacity"


def constrain(form: Formulation) -> None:
    """Write one row per site, space type and year that some team may use or some work may change."""
    p, program, f = form.problem, form.program, form.problem.facts
    keep = 1.0 - p.scenario.rules.capacity.headroom
    limit = p.room_today + p.overload
    housed = np.flatnonzero(f.teams.home >= 0)
    for k in range(len(f.space_types)):
        need = f.teams.need[:, k]
        used = np.zeros(len(f.sites), dtype=bool)
        used[form.pair_site[need[form.pair_team] > 0]] = True
        used[f.teams.home[housed][need[housed] > 0]] = True
        used[f.interventions.site[f.interventions.change[:, k] < 0]] = True
        used &= ~f.sites.external
        sites = np.flatnonzero(used)
        rows = np.arange(len(sites))
        row_of = np.full(len(f.sites), -1, dtype=np.int64)
        row_of[sites] = rows
        row_of_pair = np.where(need[form.pair_team] > 0, row_of[form.pair_site], -1)
        row_of_home = np.where((f.teams.home >= 0) & (need > 0), row_of[np.maximum(f.teams.home, 0)], -1)
        # Works that add room at a site where nobody could use it are in no row.
        effective = (f.interventions.change[:, k] != 0) & (row_of[f.interventions.site] >= 0)
        work = np.flatnonzero((form.build >= 0).any(axis=1) & effective)
        for t in range(p.years):
            use, constant = form.located(t, len(sites), row_of_pair, row_of_home, need[form.pair_team], need)
            held, always = form.held(sites, t, rows, -limit[sites, k])
            built = []
            for u in range(t + 1):
                m = work[form.build[work, u] >= 0]
                built.append((row_of[f.interventions.site[m]], form.build[m, u], -keep * f.interventions.change[m, k]))
            program.add_rows(
                NAME,
                len(sites),
                upper=-constant - always,
                entries=[*use, *held, *built],
                site=sites,
                year=np.full(len(sites), t),
                item=np.full(len(sites), k),
            )


def room(problem: Problem, built: Ints, year: int) -> Floats:
    """Return (n_sites, n_space_types) room for use in a decision year, given the year each intervention is built."""
    f = problem.facts
    capacity = f.capacity.copy()
    on = built <= year
    np.add.at(capacity, f.interventions.site[on], f.interventions.change[on])
    return capacity * (1.0 - problem.scenario.rules.capacity.headroom)


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Check every site, space type and year, also where nobody uses what is taken away."""
    f = problem.facts
    out: list[Violation] = []
    today = np.zeros_like(f.capacity)
    housed = np.flatnonzero(f.teams.home >= 0)
    np.add.at(today, f.teams.home[housed], f.teams.need[housed])
    overload = np.maximum(0.0, today - f.capacity * (1.0 - problem.scenario.rules.capacity.headroom))
    for t in range(problem.years):
        use = line.shares(t).T @ f.teams.need
        allowed = room(problem, line.built, t) + overload
        breach = (use - allowed > 1e-6 * np.maximum(1.0, allowed)) & ~f.sites.external[:, None]
        breach &= line.operating[:, t][:, None] | (use > 0)
        for i, k in zip(*np.nonzero(breach), strict=True):
            over, year = float(use[i, k] - allowed[i, k]), problem.base_year + t
            out.append(
                Violation(
                    NAME,
                    str(f.sites.ids[i]),
                    over,
                    (
                        f"{f.sites.ids[i]}, {f.space_types[k]}, {year}: {use[i, k]:g} needed, {allowed[i, k]:g} "
                        f"held ({over:g} too much)"
                    ),
                )
            )
    return out
