"""A plan laid out in years: who is where, which sites operate and what was built, as arrays for the recount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from assetopt.plan import INTERVENTION_ACTIONS, SITE_ACTIONS, TEAM_ACTIONS, Plan, Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints, codes
from assetopt.problem.tenure import NEVER


@dataclass(frozen=True)
class Timeline:
    """The same plan as year indices; NEVER where nothing happens.

    Attributes
    ----------
    vacated, opened : (n_sites,) int
    built : (n_interventions,) int
    closed : (n_teams,) int
    move_team, move_site, move_year, move_share : (n_moves,)
        One entry per team and site it moves to, first placements of teams without a home included.
    """

    problem: Problem
    vacated: Ints
    opened: Ints
    built: Ints
    closed: Ints
    move_team: Ints
    move_site: Ints
    move_year: Ints
    move_share: Floats
    stay_share: Floats
    """(n_teams,): share that the plan says stays at home."""
    usual: bool = False
    """Whether this is business as usual: what is paid anyway, before any option of doing more."""
    assigned: Mapping[tuple[int, int], tuple[Ints, Ints, Floats]] = field(default_factory=dict)
    """By service and year: (zone, site, share of the zone's visits), where the plan says who goes where."""

    @cached_property
    def changes(self) -> tuple[Ints, Ints, Ints, Floats]:
        """(team, site, first year, share gained or lost from then on); summed up, they say who is where."""
        teams = self.problem.facts.teams
        housed = np.flatnonzero(teams.home >= 0)
        away = teams.home[self.move_team] >= 0
        shut = np.flatnonzero((self.closed < NEVER) & (teams.home >= 0))
        team = np.concatenate([housed, self.move_team, self.move_team[away], shut])
        site = np.concatenate([teams.home[housed], self.move_site, teams.home[self.move_team[away]], teams.home[shut]])
        first = np.concatenate(
            [np.zeros(len(housed), np.int64), self.move_year, self.move_year[away], self.closed[shut]]
        )
        share = np.concatenate([np.ones(len(housed)), self.move_share, -self.move_share[away], -np.ones(len(shut))])
        return team, site, first, share

    def repriced(self, problem: Problem) -> Timeline:
        """Return the same years on a problem that :meth:`Problem.repriced` has made: who is where is known already."""
        out = replace(self, problem=problem)
        out.__dict__["_shares"] = self._shares
        return out

    def shares(self, year: int) -> sparse.csr_matrix:
        """Return (n_teams, n_sites) shares in decision year ``year``, after that year's changes; not to be written to."""
        return self._shares[year]

    @cached_property
    def _shares(self) -> list[sparse.csr_matrix]:
        team, site, first, share = self.changes
        shape = (len(self.problem.facts.teams), len(self.problem.facts.sites))
        years = []
        for year in range(self.problem.years):
            on = first <= year
            out = sparse.csr_matrix((share[on], (team[on], site[on])), shape=shape)
            out.sum_duplicates()
            out.data[np.abs(out.data) < 1e-12] = 0.0
            out.eliminate_zeros()
            years.append(out)
        return years

    @cached_property
    def operating(self) -> Bools:
        """(n_sites, H): which of our sites are held and in use in each appraisal year."""
        sites = self.problem.facts.sites
        year = np.arange(self.problem.horizon)
        existing = sites.existing[:, None] & (year[None, :] < self.vacated[:, None])
        candidate = sites.candidate[:, None] & (year[None, :] >= self.opened[:, None])
        return existing | candidate

    @cached_property
    def replaced_from(self) -> Ints:
        """(n_sites,): year from which an insecure lease that was not left in time is replaced at another rent."""
        forced = self.problem.tenure.forced
        return np.where(self.vacated > forced, forced, NEVER)

    @cached_property
    def exit_year(self) -> Ints:
        """(n_sites,): year from which a vacated site is no longer paid for; NEVER while occupied or without an exit."""
        gone = self.vacated < self.problem.years
        at = np.where(gone, self.vacated, 0)
        return np.where(gone, self.problem.tenure.exit_year[np.arange(len(at)), at], NEVER)

    def open_points(self, service: int, sites: Ints, year: int) -> Bools:
        """Return which of ``sites`` are open points of a service in a decision year, shape of ``sites``."""
        facts = self.problem.facts
        share = self.shares(year).tocoo()
        least = np.where(facts.teams.divisible[share.row], facts.min_point_share[service], 1.0)
        enough = (facts.teams.service[share.row] == service) & (share.data >= least - 2e-6)
        is_open = np.zeros(len(facts.sites), dtype=bool)
        is_open[share.col[enough]] = True
        return np.asarray(is_open[sites], dtype=bool)


def lay_out(problem: Problem, plan: Plan) -> tuple[Timeline | None, list[Violation]]:
    """Turn a plan into years, or say what is wrong with its form (unknown or missing rows, impossible years, shares)."""
    faults: list[Violation] = []
    facts = problem.facts

    def fault(subject: str, message: str) -> None:
        faults.append(Violation("plan", subject, 1.0, message))

    def year_index(table: pd.DataFrame, ids: pd.Series, changed: Bools, what: str) -> Ints:
        year = table["year"].to_numpy(dtype=np.float64) - problem.base_year
        whole = np.nan_to_num(year, nan=-1.0)
        bad = changed & ((whole < 0) | (whole >= problem.years) | (whole != np.floor(whole)))
        for row in np.flatnonzero(bad):
            fault(
                str(ids.iloc[row]),
                (
                    f"{what} {ids.iloc[row]}: {table['action'].iloc[row]} needs a decision year, has "
                    f"{table['year'].iloc[row]:g}"
                ),
            )
        for row in np.flatnonzero(~changed & ~np.isnan(year)):
            fault(
                str(ids.iloc[row]),
                (
                    f"{what} {ids.iloc[row]}: {table['action'].iloc[row]} has no year, but "
                    f"{table['year'].iloc[row]:g} is given"
                ),
            )
        return np.where(changed & ~bad, whole, NEVER).astype(np.int64)

    def match(ids: pd.Series, known: pd.Index, wanted: Bools, what: str, unique: bool) -> Ints:
        index = codes(ids, known)
        for name in ids[index < 0]:
            fault(str(name), f"{what} {name} is not in the estate")
        missing = wanted.copy()
        missing[index[index >= 0]] = False
        for row in np.flatnonzero(missing):
            fault(str(known[int(row)]), f"{what} {known[int(row)]} is missing from the plan")
        if unique:
            for name in ids[ids.duplicated()]:
                fault(str(name), f"{what} {name} stands twice in the plan")
        return index

    def actions(table: pd.DataFrame, ids: pd.Series, allowed: tuple[str, ...], what: str) -> None:
        for row in np.flatnonzero(~table["action"].isin(list(allowed)).to_numpy()):
            fault(
                str(ids.iloc[row]),
                (f'{what} {ids.iloc[row]}: no action "{table["action"].iloc[row]}"; use {", ".join(allowed)}'),
            )

    sites, teams, works = plan.sites, plan.teams, plan.interventions
    actions(sites, sites["site_id"], SITE_ACTIONS, "site")
    actions(teams, teams["team_id"], TEAM_ACTIONS, "team")
    actions(works, works["intervention_id"], INTERVENTION_ACTIONS, "intervention")
    ours = ~facts.sites.external
    site = match(sites["site_id"], facts.sites.index, ours, "site", True)
    team = match(teams["team_id"], facts.teams.index, np.ones(len(facts.teams), dtype=bool), "team", False)
    work = match(
        works["intervention_id"],
        facts.interventions.index,
        np.ones(len(facts.interventions), dtype=bool),
        "intervention",
        True,
    )
    action = sites["action"].to_numpy(dtype=object)
    site_year = year_index(sites, sites["site_id"], np.isin(action, ["dispose", "exit_lease", "open"]), "site")
    team_action = teams["action"].to_numpy(dtype=object)
    team_year = year_index(teams, teams["team_id"], np.isin(team_action, ["move", "close"]), "team")
    work_year = year_index(
        works, works["intervention_id"], works["action"].to_numpy(dtype=object) == "build", "intervention"
    )
    placed = team_action != "close"
    where = codes(teams["site_id"], facts.sites.index)
    for row in np.flatnonzero(placed & (where < 0)):
        fault(
            str(teams["team_id"].iloc[row]),
            f'team {teams["team_id"].iloc[row]}: no site "{teams["site_id"].iloc[row]}" in the estate',
        )
    if faults:
        return None, faults

    for place, i in enumerate(site.tolist()):
        wanted = _possible_actions(problem, i)
        if action[place] not in wanted:
            fault(
                str(facts.sites.ids[i]),
                (f"site {facts.sites.ids[i]}: {action[place]} is not possible for it; possible: {', '.join(wanted)}"),
            )
        if sites["partner_id"].iloc[place] != facts.sites.partner[i]:
            fault(
                str(facts.sites.ids[i]),
                (
                    f"site {facts.sites.ids[i]} belongs to {facts.sites.partner[i]}, not to "
                    f"{sites['partner_id'].iloc[place]}"
                ),
            )
    home = facts.teams.home[team]
    names = teams["team_id"].to_numpy(dtype=object)
    for row in np.flatnonzero((team_action == "stay") & (where != home)):
        fault(str(names[row]), f"team {names[row]} stays, but {teams['site_id'].iloc[row]} is not its home today")
    for row in np.flatnonzero((team_action == "move") & (where == home)):
        fault(str(names[row]), f"team {names[row]} moves to the site where it already is")
    for row in np.flatnonzero((team_action == "close") & (home < 0)):
        fault(str(names[row]), f"team {names[row]} is not yet housed and cannot close")
    for row in np.flatnonzero((team_action == "close") & (teams["site_id"].to_numpy(dtype=object) != "")):
        fault(
            str(names[row]), f"team {names[row]} closes and so has no site, but {teams['site_id'].iloc[row]} is given"
        )
    share = teams["share"].to_numpy(dtype=np.float64)
    for row in np.flatnonzero(~((share > 0) & (share <= 1 + 1e-6))):
        fault(str(names[row]), f"team {names[row]}: a share of {share[row]:g} is not between 0 and 1")
    whole = ~facts.teams.divisible[team]
    for row in np.flatnonzero(whole & (np.abs(share - 1.0) > 1e-9)):
        fault(str(names[row]), f"team {names[row]} is not divisible, but has a share of {share[row]:g}")
    key = pd.Series(list(zip(names, teams["site_id"], strict=True)), dtype=object)
    for row in np.flatnonzero(key.duplicated().to_numpy()):
        fault(str(names[row]), f"team {names[row]} stands twice at {teams['site_id'].iloc[row]}")
    if faults:
        return None, faults

    assigned, faults = _assigned(problem, plan.assignment)
    if faults:
        return None, faults

    never = np.full
    vacated, opened = never(len(facts.sites), NEVER), never(len(facts.sites), NEVER)
    leaving = np.isin(action, ["dispose", "exit_lease"])
    vacated[site[leaving]] = site_year[leaving]
    opened[site[action == "open"]] = site_year[action == "open"]
    built = never(len(facts.interventions), NEVER)
    built[work] = work_year
    closed = never(len(facts.teams), NEVER)
    shut = team_action == "close"
    closed[team[shut]] = team_year[shut]
    moved = team_action == "move"
    kept = np.zeros(len(facts.teams))
    np.add.at(kept, team[team_action == "stay"], share[team_action == "stay"])
    return (
        Timeline(
            problem, vacated, opened, built, closed, team[moved], where[moved], team_year[moved], share[moved], kept,
            assigned=assigned,
        ),
        [],
    )  # fmt: skip


def _assigned(
    problem: Problem, table: pd.DataFrame
) -> tuple[dict[tuple[int, int], tuple[Ints, Ints, Floats]], list[Violation]]:
    """Return who goes where by service and year, and what is wrong with the table."""
    if not len(table):
        return {}, []
    service = codes(table["service_type"], problem.facts.services)
    zone = codes(table["zone_id"], pd.Index(problem.estate.demand["zone_id"]))
    site = codes(table["site_id"], problem.facts.sites.index)
    year = table["year"].to_numpy(dtype=np.float64) - problem.base_year
    share = table["share"].to_numpy(dtype=np.float64)
    sound = (service >= 0) & (zone >= 0) & (site >= 0) & np.isin(year, np.arange(problem.years))
    sound &= (share > 0) & (share <= 1 + 1e-6)
    what = "no such service, zone, site or decision year, or a share outside 0-1"
    names = table["zone_id"].astype(str)
    faults = [
        Violation("plan", names.iloc[k], 1.0, f"assignment, row {k + 1} ({names.iloc[k]}): {what}")
        for k in np.flatnonzero(~sound)
    ]
    out: dict[tuple[int, int], tuple[Ints, Ints, Floats]] = {}
    for q in np.unique(service[sound]):
        for t in range(problem.years):
            at = sound & (service == q) & (year == t)
            out[int(q), t] = zone[at], site[at], share[at]
    return out, faults


def _possible_actions(problem: Problem, site: int) -> tuple[str, ...]:
    facts = problem.facts.sites
    if facts.external[site]:
        return ("keep",)
    if facts.candidate[site]:
        return ("open", "not_opened")
    return ("keep", leaving_action(str(facts.tenure[site])))


def leaving_action(tenure: str) -> str:
    """Return what leaving a building of that tenure is called: a freehold is disposed of, anything else is handed back."""
    return "dispose" if tenure == "freehold" else "exit_lease"


def today(problem: Problem) -> Plan | None:
    """Return the plan in which nothing changes, or None where a team has no home today."""
    facts = problem.facts
    if (facts.teams.home < 0).any():
        return None
    return business_as_usual(problem)


def business_as_usual(problem: Problem) -> Plan:
    """Return the plan in which nobody moves and nothing is built; teams without a home are left out of it."""
    facts = problem.facts
    ours = np.flatnonzero(~facts.sites.external)
    housed = np.flatnonzero(facts.teams.home >= 0)
    return Plan(
        pd.DataFrame(
            {
                "site_id": facts.sites.ids[ours],
                "partner_id": facts.sites.partner[ours],
                "action": np.where(facts.sites.candidate[ours], "not_opened", "keep"),
                "year": np.nan,
            }
        ),
        pd.DataFrame(
            {
                "team_id": facts.teams.ids[housed],
                "action": "stay",
                "site_id": facts.sites.ids[facts.teams.home[housed]],
                "year": np.nan,
                "share": 1.0,
            }
        ),
        pd.DataFrame(
            {
                "intervention_id": facts.interventions.index,
                "site_id": facts.sites.ids[facts.interventions.site],
                "action": "not_built",
                "year": np.nan,
            }
        ),
    )


def as_usual(problem: Problem) -> Timeline:
    """Return business as usual laid out in years; teams without a home are nowhere."""
    f = problem.facts
    sites, works, teams = (np.full(len(table), NEVER) for table in (f.sites, f.interventions, f.teams))
    none = np.empty(0, dtype=np.int64)
    housed = (f.teams.home >= 0).astype(np.float64)
    return Timeline(problem, sites, sites, works, teams, none, none, none, np.empty(0), housed, usual=True)
