"""The balance between change and maintenance: caps on moves and works a year and town, and nothing before its time.

sum_{s with a home} out[s,t] <= max_moves_per_year;  sum_s fte_s x out[s,t] <= max_fte_per_year, for every t;
sites with a build in t <= max_sites_in_works_per_year, and in every town <= max_sites_in_works_per_year_per_town;
sum_{s with a home, i in town} move[s,i,t] <= max_moves_per_year_per_town, times fte_s <= max_fte_per_year_per_town,
for every town and t.
A town is a site's ``market_area``, else the district around it (:attr:`assetopt.problem.Problem.town`).
Nothing happens before ``as_at`` + ``lead_months`` (works: plus their lifted duration), no move before ``earliest_move``.
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Ints
from assetopt.problem.tenure import NEVER
from assetopt.program import IMPLIED
from assetopt.timeline import Timeline

NAME = "change"


def constrain(form: Formulation) -> None:
    """Write the yearly caps; what may not happen yet has no column."""
    p, program, asked = form.problem, form.program, form.problem.scenario.change
    years = np.arange(p.years)
    team, year = np.nonzero(form.out >= 0)
    for cap, weight in ((asked.max_moves_per_year, 1.0), (asked.max_fte_per_year, p.facts.teams.fte[team])):
        if cap is not None:
            program.add_rows(
                NAME,
                p.years,
                upper=float(cap),
                entries=[(year, form.out[team, year], weight)],
                year=years,
                subjects=[str(p.base_year + t) for t in range(p.years)],
            )
    _moves_into_towns(form)
    _sites_in_works(form)


def _moves_into_towns(form: Formulation) -> None:
    """Write one row per town and year into which teams may move."""
    p, asked = form.problem, form.problem.scenario.change
    if asked.max_moves_per_year_per_town is None and asked.max_fte_per_year_per_town is None:
        return
    pair, year = np.nonzero(form.move >= 0)
    mine = (p.facts.teams.home[form.pair_team[pair]] >= 0) & (p.town.of[form.pair_site[pair]] >= 0)
    pair, year = pair[mine], year[mine]
    key, row = np.unique(p.town.of[form.pair_site[pair]] * p.years + year, return_inverse=True)
    staff = p.facts.teams.fte[form.pair_team[pair]]
    for name, cap, weight in (
        ("moves", asked.max_moves_per_year_per_town, 1.0),
        ("FTE", asked.max_fte_per_year_per_town, staff),
    ):
        if cap is not None:
            form.program.add_rows(
                NAME,
                len(key),
                upper=float(cap),
                year=key % p.years,
                entries=[(row, form.move[pair, year], weight)],
                subjects=_town_years(p, key, name),
            )


def _town_years(problem: Problem, key: Ints, what: str) -> list[str]:
    """Name towns and years, key = town x years + year, as the checker does."""
    names, base, years = problem.town.names, problem.base_year, problem.years
    return [f"{names[k // years]} {base + k % years} {what}" for k in key.tolist()]


def _sites_in_works(form: Formulation) -> None:
    """Write which sites are in works in a year, and how many may be, over all and in each town."""
    p, program, asked = form.problem, form.program, form.problem.scenario.change
    most, in_town = asked.max_sites_in_works_per_year, asked.max_sites_in_works_per_year_per_town
    if (most is None and in_town is None) or not (form.build >= 0).any():
        return
    item, year = np.nonzero(form.build >= 0)
    key, place = np.unique(p.facts.interventions.site[item] * p.years + year, return_inverse=True)
    site, when = key // p.years, key % p.years
    busy = program.add_columns("in_works", len(key), form=IMPLIED, site=site, year=when)
    rows = np.arange(len(item))
    program.add_rows(
        NAME,
        len(item),
        upper=0.0,
        defines=True,
        item=item,
        year=year,
        entries=[(rows, form.build[item, year], 1.0), (rows, busy[place], -1.0)],
    )
    if most is not None:
        program.add_rows(
            NAME,
            p.years,
            upper=float(most),
            entries=[(when, busy, 1.0)],
            year=np.arange(p.years),
            subjects=[str(p.base_year + t) for t in range(p.years)],
        )
    if in_town is not None:
        town = p.town.of[site]
        known = town >= 0
        each, row = np.unique(town[known] * p.years + when[known], return_inverse=True)
        program.add_rows(
            NAME,
            len(each),
            upper=float(in_town),
            entries=[(row, busy[known], 1.0)],
            year=each % p.years,
            subjects=_town_years(p, each, "works"),
        )


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
        staff = float((line.move_share * f.teams.fte[line.move_team])[housed & (line.move_year == t)].sum())
        limit = p.scenario.change.max_fte_per_year
        if limit is not None and staff > limit + 1e-6 * max(1.0, limit):
            said = f"teams of {staff:,.10g} FTE move in {year}, at most {limit:,.10g} may"
            out.append(Violation(NAME, str(year), staff - limit, said))
        out += _in_towns(problem, line, t)
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


def _in_towns(problem: Problem, line: Timeline, t: int) -> list[Violation]:
    """Count moves into each town, and its sites in works, in one year."""
    asked, town, year, out = problem.scenario.change, problem.town, problem.base_year + t, []
    moved = (problem.facts.teams.home[line.move_team] >= 0) & (line.move_year == t)
    share, where = line.move_share[moved], line.move_site[moved]
    staff = share * problem.facts.teams.fte[line.move_team[moved]]
    works = np.unique(problem.facts.interventions.site[line.built == t])
    for name, places, amount, cap, what in (
        ("moves", where, share, asked.max_moves_per_year_per_town, "teams move into"),
        ("FTE", where, staff, asked.max_fte_per_year_per_town, "FTE move into"),
        ("works", works, np.ones(len(works)), asked.max_sites_in_works_per_year_per_town, "sites are in works in"),
    ):
        if cap is None:
            continue
        for k, label in enumerate(town.names):
            count = float(amount[town.of[places] == k].sum())
            if count > cap + 1e-6 * max(1.0, cap):
                said = f"{count:,.10g} {what} {label} in {year}, at most {cap:,.10g} may"
                out.append(Violation(NAME, f"{label} {year} {name}", count - cap, said))
    return out
