"""A team is only in a site that is held, and interventions serve only in sites that stay held.

Existing site i, team s coming from elsewhere:  sum_t move[s,i,t] <= held[i,D-1]      (vacated stays vacated)
Home:                                          stay[s,t] <= held[home,t]              for every t
Candidate i:                                   sum_{u<=t} move[s,i,u] <= sum_{u<=t} open[i,u]   for every t
Intervention m at i:                           sum_t build[m,t] <= held[i,D-1], built no earlier than a candidate opens
Each event at most once:                       sum_t vacate[i,t] <= 1, sum_t open[i,t] <= 1, sum_t build[m,t] <= 1
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Bools
from assetopt.timeline import Timeline

NAME = "open_site"


def constrain(form: Formulation) -> None:
    """Write the links between teams, works and the sites they need."""
    p, program, f = form.problem, form.program, form.problem.facts
    last = p.years - 1
    every_site = np.arange(len(f.sites))
    for block, site in ((form.vacate, every_site), (form.open, every_site), (form.build, f.interventions.site)):
        has = np.flatnonzero((block >= 0).sum(axis=1) > 1)
        row, year = np.nonzero(block[has] >= 0)
        program.add_rows(NAME, len(has), upper=1.0, entries=[(row, block[has][row, year], 1.0)], site=site[has])
    leavable: Bools = np.asarray((form.vacate >= 0).any(axis=1), dtype=bool)
    # A team that needs room is kept out of a vacated site by the capacity rows already.
    needy: Bools = np.asarray((f.teams.need > 0).any(axis=1), dtype=bool)
    for redundant in (False, True):
        which: Bools = np.equal(needy, redundant)
        _link_arrivals(form, leavable, which, redundant)
        _link_homes(form, leavable, which, redundant)
    pair = np.flatnonzero(f.sites.candidate[form.pair_site])
    for t in range(p.years):
        entries = [
            (np.flatnonzero(form.move[pair, u] >= 0), form.move[pair, u][form.move[pair, u] >= 0], 1.0)
            for u in range(t + 1)
        ]
        held, constant = form.held(form.pair_site[pair], t, np.arange(len(pair)), -1.0)
        program.add_rows(
            NAME,
            len(pair),
            upper=-constant,
            entries=[*entries, *held],
            team=form.pair_team[pair],
            site=form.pair_site[pair],
            year=np.full(len(pair), t),
        )
    work = np.flatnonzero((form.build >= 0).any(axis=1))
    for t in range(p.years):
        at_candidate = f.sites.candidate[f.interventions.site[work]]
        if t < last and not at_candidate.any():
            continue
        use = work if t == last else work[at_candidate]
        rows = np.arange(len(use))
        entries = [
            (rows[form.build[use, u] >= 0], form.build[use, u][form.build[use, u] >= 0], 1.0) for u in range(t + 1)
        ]
        held, constant = form.held(f.interventions.site[use], t, rows, -1.0)
        program.add_rows(
            NAME,
            len(use),
            upper=-constant,
            entries=[*entries, *held],
            item=use,
            site=f.interventions.site[use],
            year=np.full(len(use), t),
        )


def _link_arrivals(form: Formulation, leavable: Bools, which: Bools, redundant: bool) -> None:
    pair = np.flatnonzero(leavable[form.pair_site] & which[form.pair_team])
    row, year = np.nonzero(form.move[pair] >= 0)
    held, constant = form.held(form.pair_site[pair], form.problem.years - 1, np.arange(len(pair)), -1.0)
    form.program.add_rows(
        NAME,
        len(pair),
        upper=-constant,
        entries=[(row, form.move[pair][row, year], 1.0), *held],
        redundant=redundant,
        team=form.pair_team[pair],
        site=form.pair_site[pair],
    )


def _link_homes(form: Formulation, leavable: Bools, which: Bools, redundant: bool) -> None:
    home = form.problem.facts.teams.home
    teams = np.flatnonzero((home >= 0) & which)
    teams = teams[leavable[home[teams]] | form.problem.facts.sites.candidate[home[teams]]]
    rows = np.arange(len(teams))
    for t in range(form.problem.years):
        stay = form.stay[teams, t]
        held, constant = form.held(home[teams], t, rows, -1.0)
        form.program.add_rows(
            NAME,
            len(teams),
            upper=-constant - (stay < 0),
            redundant=redundant,
            entries=[(rows[stay >= 0], stay[stay >= 0], 1.0), *held],
            team=teams,
            site=home[teams],
            year=np.full(len(teams), t),
        )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Check every year: nobody and nothing in a site that is not held."""
    f = problem.facts
    out: list[Violation] = []
    for t in range(problem.years):
        shares = line.shares(t).tocoo()
        shut = ~line.operating[shares.col, t] & ~f.sites.external[shares.col] & (np.abs(shares.data) > 1e-6)
        for s, i in zip(shares.row[shut], shares.col[shut], strict=True):
            team, site, year = f.teams.ids[s], f.sites.ids[i], problem.base_year + t
            out.append(
                Violation(NAME, str(site), 1.0, f"team {team} is at {site} in {year}, but the site is not held then")
            )
        built = np.flatnonzero(line.built <= t)
        for m in built[~line.operating[f.interventions.site[built], t]]:
            site = f.sites.ids[f.interventions.site[m]]
            out.append(
                Violation(
                    NAME,
                    str(f.interventions.ids[m]),
                    1.0,
                    (
                        f"intervention {f.interventions.ids[m]} is built at {site}, which is not held in "
                        f"{problem.base_year + t}"
                    ),
                )
            )
    return out
