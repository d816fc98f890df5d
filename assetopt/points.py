"""Service points as columns: a site counts as a point of a service while a team of it is open there.

For every public service q, site i that may have a point, year t:

    point[q,i,t] <= sum over whole teams s of located[s,i,t] + sum over divisible teams s of makes[s,i,t]
    point[q,i,t] >= located[s,i,t]          for every whole team s, where the service has max_points
    point[q,i,t] >= makes[s,i,t]            for every divisible team s, likewise (elsewhere a point can only help)
    least x makes[s,i,t] <= share[s,i,t] <= short + (1 - short) x makes[s,i,t]      makes binary

``least`` is the service's ``min_point_share`` and ``short`` just less, so that a share is a point or is not, never
either. Points that no decision can close have no column.
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.problem.facts import Bools, Floats, Ints
from assetopt.program import IMPLIED

JUST_LESS = 1e-5
"""How far below ``min_point_share`` a share has to be to be no point: ten times the tolerance of the rows."""


def point_columns(form: Formulation, service: int) -> Ints:
    """Return the point columns of a service, (n_point_sites, D), -1 where a point is always open; made on first use."""
    if service not in form.points:
        form.points[service] = _add(form, service)
    return form.points[service]


def open_points(form: Formulation, service: int, year: int, where: Bools) -> tuple[Ints, Ints, Floats]:
    """Return (row, column) of the points in each row of ``where`` (rows, n_point_sites), and how many are always open."""
    columns = point_columns(form, service)[:, year]
    row, point = np.nonzero(where & (columns >= 0)[None, :])
    return row, columns[point], (where & (columns < 0)[None, :]).sum(axis=1).astype(np.float64)


def _add(form: Formulation, service: int) -> Ints:
    p, program, f = form.problem, form.program, form.problem.facts
    points = p.points(service)
    free = np.flatnonzero(~points.pinned)
    n, d = len(free), p.years
    columns = np.full((len(points.sites), d), -1, dtype=np.int64)
    columns[free] = program.add_columns(
        f"point:{service}",
        n * d,
        form=IMPLIED,
        site=np.repeat(points.sites[free], d),
        year=np.tile(np.arange(d), n),
        item=np.full(n * d, service),
    ).reshape(n, d)
    place = np.full(len(f.sites), -1, dtype=np.int64)
    place[points.sites[free]] = np.arange(n)
    whole = Members(form, (f.teams.service == service) & ~f.teams.divisible, place)
    split = Members(form, (f.teams.service == service) & f.teams.divisible, place)
    makes = program.add_columns(
        f"makes_point:{service}",
        split.size * d,
        team=np.repeat(split.team, d),
        site=np.repeat(points.sites[free][split.place], d),
        year=np.tile(np.arange(d), split.size),
    ).reshape(split.size, d)
    least = f.min_point_share[service]
    short = least - JUST_LESS
    limits = p.estate.service_types
    most = bool(limits.loc[limits["service_type"].astype(str) == str(f.services[service]), "max_points"].notna().any())
    most |= str(f.services[service]) in p.scenario.limits.max_points or p.scenario.objective.minimise == "points"
    for t in range(d):
        here, constant = form.located(t, n, whole.by_place(0), whole.by_place(1), -1.0, -1.0)
        program.add_rows(
            "service_points",
            n,
            defines=True,
            upper=-constant,
            site=points.sites[free],
            year=np.full(n, t),
            item=np.full(n, service),
            entries=[(np.arange(n), columns[free, t], 1.0), (split.place, makes[:, t], -1.0), *here],
        )
        m = np.arange(split.size)
        if most:
            each, constant = form.located(t, whole.size, whole.by_member(0), whole.by_member(1), -1.0, -1.0)
            program.add_rows(
                "service_points",
                whole.size,
                defines=True,
                lower=-constant,
                team=whole.team,
                year=np.full(whole.size, t),
                entries=[(np.arange(whole.size), columns[free[whole.place], t], 1.0), *each],
            )
            program.add_rows(
                "service_points",
                split.size,
                defines=True,
                lower=0.0,
                team=split.team,
                year=np.full(split.size, t),
                entries=[(m, columns[free[split.place], t], 1.0), (m, makes[:, t], -1.0)],
            )
        each, constant = form.located(t, split.size, split.by_member(0), split.by_member(1))
        for lower, upper, value in ((-constant, np.inf, -least), (-np.inf, short - constant, short - 1.0)):
            program.add_rows(
                "service_points",
                split.size,
                defines=True,
                lower=lower,
                upper=upper,
                team=split.team,
                year=np.full(split.size, t),
                entries=[(m, makes[:, t], value), *each],
            )
    return columns


class Members:
    """Every (team, point site) of a set of teams: first the pairs, then the homes."""

    def __init__(self, form: Formulation, team: Bools, place: Ints) -> None:
        home = form.problem.facts.teams.home
        self.pair = np.flatnonzero(team[form.pair_team] & (place[form.pair_site] >= 0))
        at_home = team & (home >= 0)
        at_home[at_home] = place[home[at_home]] >= 0
        self.home = np.flatnonzero(at_home)
        self.team = np.concatenate([form.pair_team[self.pair], self.home])
        self.place = np.concatenate([place[form.pair_site[self.pair]], place[home[self.home]]])
        self.size = len(self.team)
        self._shape = (len(form.pair_team), len(home))

    def by_place(self, part: int) -> Ints:
        """Return the point of each pair (part 0) or each home (part 1), -1 where there is none."""
        return self._spread(part, self.place)

    def by_member(self, part: int) -> Ints:
        """Return the member number of each pair (part 0) or each home (part 1), -1 where there is none."""
        return self._spread(part, np.arange(self.size))

    def _spread(self, part: int, value: Ints) -> Ints:
        out = np.full(self._shape[part], -1, dtype=np.int64)
        cut = len(self.pair)
        out[self.pair if part == 0 else self.home] = value[:cut] if part == 0 else value[cut:]
        return out

    def at(self, sites: Ints) -> Members:
        """Return only the members whose place is among ``sites`` (sorted or not)."""
        out = object.__new__(Members)
        of_pair, of_home = np.split(np.isin(self.place, sites), [len(self.pair)])
        out.pair, out.home = self.pair[of_pair], self.home[of_home]
        keep = np.concatenate([of_pair, of_home])
        out.team, out.place, out._shape = self.team[keep], self.place[keep], self._shape
        out.size = len(out.team)
        return out
