"""Two buildings at once: when a team moves out in the year its home is vacated, part of a year's running cost is paid again.

double[i,t] >= vacate[i,t] + out[s,t] - 1 for every team s at home in i; it costs running_cost x double_running_months / 12.
For a divisible team the share that moves out in that year counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.program import CONTINUOUS, IMPLIED
from assetopt.timeline import Timeline

NAME = "double_running"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Add one column per site that may be vacated and the rows that switch it on; the site's partner pays."""
    p, program, f = form.problem, form.program, form.problem.facts
    yearly = f.sites.running_cost * p.double_running_months / 12.0
    home = np.maximum(f.teams.home, 0)
    paired = (form.out >= 0) & (form.vacate[home] >= 0) & (f.teams.home >= 0)[:, None] & (yearly[home] > 0)[:, None]
    team, year = np.nonzero(paired)
    key, place = np.unique(home[team] * p.years + year, return_inverse=True)
    site, when = key // p.years, key % p.years
    shared = np.zeros(len(f.sites), dtype=bool)
    shared[f.teams.home[f.teams.divisible & (f.teams.home >= 0)]] = True
    double = np.empty(len(key), dtype=np.int64)
    for kind, form_, part in (("double", IMPLIED, ~shared[site]), ("double_share", CONTINUOUS, shared[site])):
        double[part] = program.add_columns(kind, int(part.sum()), form=form_, site=site[part], year=when[part])
    rows = np.arange(len(team))
    program.add_rows(
        NAME,
        len(team),
        lower=-1.0,
        team=team,
        site=home[team],
        year=year,
        entries=[
            (rows, double[place], 1.0),
            (rows, form.vacate[home[team], year], -1.0),
            (rows, form.out[team, year], -1.0),
        ],
    )
    yield flow(p, "running", double, f.sites.partner[site], yearly[site], when)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return one ledger line per site vacated in a year in which a team moved out of it."""
    f = problem.facts
    home = f.teams.home[line.move_team]
    left = np.zeros(len(f.teams) * problem.years)
    housed = home >= 0
    np.add.at(left, line.move_team[housed] * problem.years + line.move_year[housed], line.move_share[housed])
    team, year = np.nonzero(left.reshape(len(f.teams), problem.years))
    share = left.reshape(len(f.teams), problem.years)[team, year]
    last = line.vacated[f.teams.home[team]] == year
    out = np.zeros((len(f.sites), problem.horizon))
    np.maximum.at(out, (f.teams.home[team][last], year[last]), share[last])
    cost = out * (f.sites.running_cost * problem.double_running_months / 12.0)[:, None]
    return [lines(problem, NAME, "running", f.sites.ids, f.sites.partner, cost)]
