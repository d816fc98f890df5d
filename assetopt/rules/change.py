"""The balance between change and maintenance: caps on moves and works a year, and nothing before its time.

sum_{s with a home} out[s,t] <= max_moves_per_year;  sites with a build in t <= max_sites_in_works_per_year, for every t.
Nothing happens before ``as_at`` + ``lead_months`` (works: plus their lifted duration), no move before ``earliest_move``.
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.program import IMPLIED
from assetopt.timeline import Timeline

NAME = "change"


def constrain(form: Formulation) -> None:
    """Write the yearly caps; what may not happen yet has no column."""
    p, program = form.problem, form.program
    years = np.arange(p.years)
    cap = p.scenario.change.max_moves_per_year
    if cap is not None:
        team, year = np.nonzero(form.out >= 0)
        program.add_rows(NAME, p.years, upper=float(cap), entries=[(year, form.out[team, year], 1.0)], year=years)
    works = p.scenario.change.max_sites_in_works_per_year
    if works is not None and (form.build >= 0).any():
        item, year = np.nonzero(form.build >= 0)
        key, place = np.unique(p.facts.interventions.site[item] * p.years + year, return_inverse=True)
        busy = program.add_columns("in_works", len(key), form=IMPLIED, site=key // p.years, year=key % p.years)
        rows = np.arange(len(item))
        program.add_rows(
            NAME,
            len(item),
            upper=0.0,
            item=item,
            year=year,
            entries=[(rows, form.build[item, year], 1.0), (rows, busy[place], -1.0)],
        )
        program.add_rows(NAME, p.years, upper=float(works), entries=[(key % p.years, busy, 1.0)], year=years)


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Count moves and works a year, and look for anything before its time."""
    p, f, out = problem, problem.facts, []
    housed = f.teams.home[line.move_team] >= 0
    for t in range(p.years):
        year = p.base_year + t
        moves = float(line.move_share[housed & (line.move_year == t)].sum())
        cap = p.scenario.change.max_moves_per_year
        if cap is not None and moves > cap + 1e-6:
            out.append(Violation(NAME, str(year), moves - cap, f"{moves:g} teams move in {year}, at most {cap} may"))
        sites = len(np.unique(f.interventions.site[line.built == t]))
        most = p.scenario.change.max_sites_in_works_per_year
        if most is not None and sites > most:
            out.append(
                Violation(
                    NAME, str(year), float(sites - most), f"{sites} sites are in works in {year}, at most {most} may"
                )
            )

    def early(ids: object, when: np.ndarray, what: str) -> None:
        happened = when < p.years
        too_soon = happened & ~p.may_change[np.where(happened, when, 0)]
        for i in np.flatnonzero(too_soon):
            name = ids[i]  # type: ignore[index]
            out.append(
                Violation(
                    NAME,
                    str(name),
                    1.0,
                    (f"{name} {what} in {p.base_year + when[i]}, before as_at and the lead time allow any change"),
                )
            )

    early(f.sites.ids, line.vacated, "is vacated")
    early(f.sites.ids, line.opened, "opens")
    early(f.teams.ids, line.closed, "closes")
    early(f.teams.ids[line.move_team[housed]], line.move_year[housed], "moves")
    for m in np.flatnonzero(housed & (line.move_year < p.team_from[line.move_team])):
        name, first = f.teams.ids[line.move_team[m]], p.team_from[line.move_team[m]]
        when = f"{p.base_year + first}" if first < NEVER else "the horizon ends"
        out.append(
            Violation(
                NAME, str(name), 1.0, f"team {name} moves in {p.base_year + line.move_year[m]}, but not before {when}"
            )
        )
    built = np.flatnonzero(line.built < p.years)
    for m in built[~p.may_build[built, line.built[built]]]:
        name = f.interventions.ids[m]
        out.append(
            Violation(
                NAME,
                str(name),
                1.0,
                (
                    f"intervention {name} cannot be ready by {p.base_year + line.built[m]}: lead time and "
                    "works take longer"
                ),
            )
        )
    return out
