"""Which team may move to which site, and for every pair that may not, why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from assetopt.problem.facts import Bools, Facts, Ints, codes
from assetopt.scenario import Groups, Scenario
from assetopt.travel.geodesic import km_apart

REASONS: tuple[str, ...] = (
    "may move here",
    "is its home today",
    "may not move (teams.movable = no)",
    "is decided to stay",
    "is decided to move elsewhere",
    "would go to a site that is not ours to change",
    "would go to a site that is to be left",
    "would leave the buildings its partner may use",
    "is not allowed there (placements.allowed = no)",
    "is not listed for that site (placements.only_listed)",
    "finds no room there, even with every intervention",
    "would be further from home than its radius",
    "would meet a team there that it must not share a site with",
    "has no year in which it may move",
    "would go to a site of a partner that takes no part (boundaries.veto)",
    "would take a public service to a site that is not step-free, and no works make it so",
    "is at a site that is not ours to change (sites.status = external)",
)
(
    ALLOWED,
    HOME,
    FIXED,
    STAYS,
    ELSEWHERE,
    EXTERNAL,
    LEAVING,
    BOUNDARY,
    REFUSED,
    UNLISTED,
    NO_ROOM,
    TOO_FAR,
    CONFLICT,
    NO_YEAR,
    ASIDE,
    STEPS,
    OUTSIDE,
) = range(len(REASONS))


@dataclass(frozen=True)
class Screen:
    """Decides pairs, whole arrays at a time; the first reason that applies is kept.

    All array attributes are (n_sites,) or (n_teams,) unless said otherwise.
    """

    facts: Facts
    leaving: Bools
    """Sites that are closed by lock or decision, or must be left within the decision years."""
    aside: Bools
    """Sites of partners that take no part."""
    stay: Bools
    must_go: Ints
    """Site a team is decided to move to, -1 where open."""
    has_year: Bools
    room: npt.NDArray[np.float64]
    """(n_sites, n_space_types): most room a newcomer could find, interventions included."""
    group_of: Bools
    """(n_partners, n_groups) membership, empty second axis when the estate is pooled."""
    only_listed: bool
    refused: Ints
    """Sorted keys team * n_sites + site that are not allowed."""
    listed: Ints
    """Sorted keys of all listed pairs."""
    conflict: Ints
    """Sorted keys of pairs in conflict with a team that cannot leave."""
    steps: Bools | None = None
    """Sites that public teams may not enter, whatever is built; None where nobody asks."""

    def __call__(self, team: Ints, site: Ints) -> npt.NDArray[np.int8]:
        """Return the reason code of each pair, shape of ``team``."""
        f, s, t = self.facts, self.facts.sites, self.facts.teams
        out = np.zeros(len(team), dtype=np.int8)
        housed = t.home[team] >= 0
        key = team * len(s) + site

        def mark(where: Bools, code: int) -> None:
            out[(out == 0) & where] = code

        mark(t.home[team] == site, HOME)
        mark(housed & ~t.movable[team], FIXED)
        mark(housed & s.external[np.maximum(t.home[team], 0)], OUTSIDE)
        mark(housed & self.stay[team], STAYS)
        mark((self.must_go[team] >= 0) & (self.must_go[team] != site), ELSEWHERE)
        mark(s.external[site], EXTERNAL)
        mark(self.leaving[site], LEAVING)
        mark(self.aside[site] & (housed | (t.partner[team] != s.partner[site])), ASIDE)
        if self.group_of.shape[1]:
            own = codes(t.partner, f.partners)[team]
            host = codes(s.partner, f.partners)[site]
            together = (self.group_of[own] & self.group_of[host]).any(axis=1)
            mark((own != host) & ~together, BOUNDARY)
        mark(_among(key, self.refused), REFUSED)
        if self.only_listed:
            mark(~_among(key, self.listed), UNLISTED)
        if self.steps is not None:
            mark(f.public[t.service[team]] & self.steps[site], STEPS)
        for k in range(len(f.space_types)):
            wanted = t.need[team, k]
            room = self.room[site, k]
            slack = 1e-6 * np.maximum(1.0, room)
            mark((wanted > 0) & np.where(t.divisible[team], room <= 0, wanted > room + slack), NO_ROOM)
        limited = housed & ~np.isnan(t.radius_km[team]) & (out == 0)
        if limited.any():
            at = np.flatnonzero(limited)
            home = t.home[team[at]]
            km = km_apart(s.lat[home], s.lon[home], s.lat[site[at]], s.lon[site[at]])
            out[at[km > t.radius_km[team[at]] + 1e-9]] = TOO_FAR
        mark(_among(key, self.conflict), CONFLICT)
        mark(~self.has_year[team], NO_YEAR)
        return out

    def pairs(self, chunk: int = 500_000) -> tuple[Ints, Ints]:
        """Return every allowed (team, site) pair, sorted by team then site."""
        t, s = self.facts.teams, self.facts.sites
        asks = ((t.home < 0) | (t.movable & ~self.stay)) & self.has_year
        near, far = asks & (t.home >= 0) & ~np.isnan(t.radius_km), asks & ((t.home < 0) | np.isnan(t.radius_km))
        team_parts: list[Ints] = []
        site_parts: list[Ints] = []

        def sift(team: Ints, site: Ints) -> None:
            good = self(team, site) == ALLOWED
            team_parts.append(team[good])
            site_parts.append(site[good])

        open_to = np.flatnonzero(~s.external & ~self.leaving)
        if near.any() and len(open_to):
            # Grid distances differ from great circles by less than 0.1 %: a slack of 1 % loses no pair.
            tree = cKDTree(np.column_stack([s.easting[open_to], s.northing[open_to]]))
            teams = np.flatnonzero(near)
            homes = t.home[teams]
            found = tree.query_ball_point(
                np.column_stack([s.easting[homes], s.northing[homes]]), t.radius_km[teams] * 1010.0 + 1.0
            )
            counts = np.fromiter((len(hit) for hit in found), dtype=np.int64, count=len(teams))
            ends = np.cumsum(counts)
            cuts = np.searchsorted(ends, np.arange(chunk, ends[-1] + chunk, chunk))
            for part in np.split(np.arange(len(teams)), np.minimum(cuts + 1, len(teams))):
                if len(part):
                    hits = [found[p] for p in part]
                    site = np.fromiter((j for hit in hits for j in hit), dtype=np.int64)
                    sift(np.repeat(teams[part], counts[part]), open_to[site])
        teams = np.flatnonzero(far)
        step = max(1, chunk // max(1, len(open_to)))
        for first in range(0, len(teams), step):
            part = teams[first : first + step]
            sift(np.repeat(part, len(open_to)), np.tile(open_to, len(part)))
        if not team_parts:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        team, site = np.concatenate(team_parts), np.concatenate(site_parts)
        order = np.lexsort((site, team))
        return team[order], site[order]


def groups_of(facts: Facts, scenario: Scenario) -> npt.NDArray[np.bool_]:
    """Return (n_partners, n_groups) membership; no group at all means that every building is open to every partner."""
    estate = scenario.boundaries.estate
    if estate == "pooled":
        return np.zeros((len(facts.partners), 0), dtype=bool)
    if isinstance(estate, Groups):
        member = [
            np.isin(np.asarray(facts.partners, dtype=object), group) | np.isin(facts.sectors, group)
            for group in estate.groups
        ]
        return np.column_stack(member) if member else np.zeros((len(facts.partners), 1), dtype=bool)
    return np.zeros((len(facts.partners), 1), dtype=bool)


def _among(key: Ints, known: Ints) -> Bools:
    """Say which keys are among the sorted known ones."""
    if not len(known):
        return np.zeros(len(key), dtype=bool)
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    return np.asarray(known[at] == key, dtype=bool)
