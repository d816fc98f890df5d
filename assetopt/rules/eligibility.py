"""A team goes only where it may: movable, within its radius, allowed, listed, inside its boundary, and where its space exists.

Pairs that may never be are not created (see :mod:`assetopt.problem.pairs`, which keeps the reason of each), so this rule
writes no rows; the checker tests every move of a plan against the tables, one by one.
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.scenario import Groups
from assetopt.timeline import Timeline
from assetopt.travel.geodesic import km_apart

NAME = "eligibility"


def constrain(form: Formulation) -> None:
    """Write nothing: a pair without a column cannot be chosen."""


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Check every move, closure and event against what the tables allow."""
    teams, sites = problem.estate.teams, problem.estate.sites
    listed = problem.estate.placements
    allowed = {
        (s, i): bool(ok) for s, i, ok in zip(listed["team_id"], listed["site_id"], listed["allowed"], strict=True)
    }
    out: list[Violation] = []

    def breach(name: str, excess: float, message: str) -> None:
        out.append(Violation(NAME, name, excess, message))

    for m in range(len(line.move_team)):
        s, i = int(line.move_team[m]), int(line.move_site[m])
        team, site = str(teams["team_id"].iloc[s]), str(sites["site_id"].iloc[i])
        housed = problem.facts.teams.home[s] >= 0
        if housed and not teams["movable"].iloc[s]:
            breach(team, 1.0, f"team {team} may not move, but goes to {site}")
        if housed and sites["status"].iloc[int(problem.facts.teams.home[s])] == "external":
            breach(team, 1.0, f"team {team} is at a site that is not ours to change, but goes to {site}")
        if sites["status"].iloc[i] == "external":
            breach(team, 1.0, f"team {team} goes to {site}, which is not ours to change")
        if not allowed.get((team, site), not problem.scenario.placements.only_listed):
            breach(team, 1.0, f"team {team} is not allowed at {site}")
        radius = float(teams["radius_km"].iloc[s])
        if housed and not np.isnan(radius):
            home = int(problem.facts.teams.home[s])
            km = float(
                km_apart(sites["lat"].iloc[home], sites["lon"].iloc[home], sites["lat"].iloc[i], sites["lon"].iloc[i])
            )
            if km > radius + 1e-6:
                breach(
                    team,
                    km - radius,
                    f"team {team} goes {km:.1f} km to {site}, further than its radius of {radius:g} km",
                )
        veto = problem.scenario.boundaries.veto
        if sites["partner_id"].iloc[i] in veto and (housed or teams["partner_id"].iloc[s] not in veto):
            breach(team, 1.0, f"team {team} goes to {site}, whose partner takes no part")
        if not _may_share(problem, str(teams["partner_id"].iloc[s]), str(sites["partner_id"].iloc[i])):
            breach(team, 1.0, f"team {team} goes to {site}, outside the buildings its partner may use")
    for s in np.flatnonzero((line.closed < NEVER) & ~problem.facts.teams.closable).tolist():
        breach(str(teams["team_id"].iloc[s]), 1.0, f"team {teams['team_id'].iloc[s]} may not close")
    outside = (problem.facts.teams.home >= 0) & (
        sites["status"].to_numpy(dtype=object)[np.maximum(problem.facts.teams.home, 0)] == "external"
    )
    for s in np.flatnonzero((line.closed < NEVER) & outside).tolist():
        name = str(teams["team_id"].iloc[s])
        breach(name, 1.0, f"team {name} is at a site that is not ours to change, but closes")
    owner = sites["partner_id"].to_numpy(dtype=object)[problem.facts.interventions.site]
    for m in np.flatnonzero((line.built < NEVER) & np.isin(owner, problem.scenario.boundaries.veto)).tolist():
        work = str(problem.facts.interventions.ids[m])
        breach(work, 1.0, f"intervention {work} is built at a site whose partner takes no part")
    return out


def _may_share(problem: Problem, tenant: str, host: str) -> bool:
    estate = problem.scenario.boundaries.estate
    if estate == "pooled" or tenant == host:
        return True
    if not isinstance(estate, Groups):
        return False
    table = problem.estate.partners.set_index("partner_id")["sector"]
    return any(
        {tenant, str(table[tenant])} & set(group) and {host, str(table[host])} & set(group) for group in estate.groups
    )
