"""Public teams enter step-free sites only, or with the works that make them so.

For every public team s, site i whose ``step_free`` is no, year t:

    sum_{u<=t} move[s,i,u] <= sum over works m at i with ``makes_step_free``, u<=t of build[m,u]

Where no such works can be done the pair has no column (:mod:`assetopt.problem.pairs`). A team may stay behind the steps where
it is today (told by ``check``); a site whose ``step_free`` is unknown counts as step-free, as a named risk, unless the scenario
refuses it. Holds where any site says whether it is step-free, unless ``rules.step_free.hold`` is false. Duty: Equality Act
2010, s20 and s29 (reasonable adjustments by those who serve the public).
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Entry, Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "step_free"


def constrain(form: Formulation) -> None:
    """Write a row for every pair of public team and barred site with works, and every year."""
    p, asked = form.problem, form.problem.step_free
    if asked is None or not len(asked.works):
        return
    f = p.facts
    pair = np.flatnonzero(f.public[f.teams.service[form.pair_team]] & asked.barred[form.pair_site])
    if not len(pair):
        return
    work_site = f.interventions.site[asked.works]
    row, work = np.nonzero(form.pair_site[pair][:, None] == work_site[None, :])
    entries: list[Entry] = []
    for t in range(p.years):
        moves, builds = form.move[pair, t], form.build[asked.works[work], t]
        at, done = np.flatnonzero(moves >= 0), np.flatnonzero(builds >= 0)
        entries = [*entries, (at, moves[at], 1.0), (row[done], builds[done], -1.0)]
        form.program.add_rows(
            NAME,
            len(pair),
            upper=0.0,
            team=form.pair_team[pair],
            site=form.pair_site[pair],
            year=np.full(len(pair), t),
            entries=entries,
        )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Look up the steps of every site that a public team moves into, and the works done there by then."""
    rule = problem.scenario.rules.step_free
    if not rule.hold:
        return []
    sites, teams, works = problem.estate.sites, problem.estate.teams, problem.estate.interventions
    types = problem.estate.service_types
    public = set(types.loc[types["public"].astype(bool), "service_type"])
    refused = {"no"} if rule.unknown == "allowed" else {"no", "unknown", ""}
    out: list[Violation] = []
    for m in range(len(line.move_team)):
        s, i, t = int(line.move_team[m]), int(line.move_site[m]), int(line.move_year[m])
        site = str(sites["site_id"].iloc[i])
        if teams["service_type"].iloc[s] not in public or str(sites["step_free"].iloc[i]) not in refused:
            continue
        mends = (works["site_id"] == site).to_numpy() & works["makes_step_free"].to_numpy(dtype=bool)
        if not (mends & (line.built <= t)).any():
            team = str(teams["team_id"].iloc[s])
            said = str(sites["step_free"].iloc[i]) or "unknown"
            what = f"public team {team} goes to {site} in {problem.base_year + t}, whose step_free is {said}"
            out.append(Violation(NAME, team, 1.0, f"{what}, and no works make it step-free by then"))
    return out
