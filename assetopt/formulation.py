"""The decisions as columns of the programme: events (a move, a vacating, an opening, works) and what follows from them.

move[s,i,t]   team s moves to site i at the start of year t (share of it, when divisible)
close[s,t]    team s closes          vacate[i,t]  site i stops operating
open[i,t]     candidate i starts     build[m,t]   intervention m serves from t on
out[s,t]    = sum_i move[s,i,t]                          (derived)
stay[s,t]   = stay[s,t-1] - out[s,t] - close[s,t]        (derived; stay[s,-1] = 1)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.plan import ASSIGNMENT_COLUMNS, Plan
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints
from assetopt.problem.tenure import NEVER
from assetopt.program import CONTINUOUS, IMPLIED, INTEGER, Program
from assetopt.timeline import Timeline, leaving_action

Entry = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]


@dataclass
class Formulation:
    """Column numbers of every decision, -1 where a decision does not exist.

    Attributes
    ----------
    pair_team, pair_site : (n_pairs,)
    move : (n_pairs, D)
    close, out, stay : (n_teams, D); ``stay`` is -1 for teams that cannot leave (then they always stay) and without home
    vacate, open : (n_sites, D)
    build : (n_interventions, D)
    """

    problem: Problem
    program: Program
    pair_team: Ints
    pair_site: Ints
    move: Ints
    close: Ints
    out: Ints
    stay: Ints
    vacate: Ints
    open: Ints
    build: Ints
    points: dict[int, Ints] = field(default_factory=dict)
    """Point columns by service, (n_point_sites, D), -1 where a point is always open; see :mod:`assetopt.points`."""
    money: dict[str, list[Any]] = field(default_factory=dict)
    """Flows by cost, kept once a rule has asked for cash; see :func:`assetopt.costs.cash`."""

    shares: dict[int, Any] = field(default_factory=dict)
    """Shares of visits by service, where the plan assigns them; see :mod:`assetopt.assigning`."""
    places: Any = None
    """First places of every market as columns, once made; see :func:`assetopt.costs.haircut.places`."""

    # --- what is where, as entries of rows -----------------------------------------------------------------------

    def held(self, site: Ints, year: int, row: Ints, value: npt.ArrayLike) -> tuple[list[Entry], Floats]:
        """Return entries of ``value`` x held[site, year] in ``row``, and the constant part, shape of ``site``."""
        v = np.broadcast_to(np.asarray(value, dtype=np.float64), (len(site),))
        entries: list[Entry] = []
        for t in range(year + 1):
            gone, came = self.vacate[site, t], self.open[site, t]
            entries.append((row[gone >= 0], gone[gone >= 0], -v[gone >= 0]))
            entries.append((row[came >= 0], came[came >= 0], v[came >= 0]))
        return entries, np.where(self.problem.facts.sites.existing[site], v, 0.0)

    def located(
        self,
        year: int,
        rows: int,
        row_of_pair: Ints,
        row_of_home: Ints,
        value_of_pair: npt.ArrayLike = 1.0,
        value_of_home: npt.ArrayLike = 1.0,
    ) -> tuple[list[Entry], Floats]:
        """Return entries of value x located[team, site, year] over pairs and homes, and what is constant in each row.

        ``row_of_pair`` is (n_pairs,) and ``row_of_home`` (n_teams,): the row of each, -1 to leave it out. The second
        part, (rows,), is the sum over teams that always stay at home: a bound on the row is lowered by it.
        """
        of_pair = np.broadcast_to(np.asarray(value_of_pair, dtype=np.float64), row_of_pair.shape)
        of_home = np.broadcast_to(np.asarray(value_of_home, dtype=np.float64), row_of_home.shape)
        entries: list[Entry] = []
        for t in range(year + 1):
            at = (row_of_pair >= 0) & (self.move[:, t] >= 0)
            entries.append((row_of_pair[at], self.move[at, t], of_pair[at]))
        home = (row_of_home >= 0) & (self.problem.facts.teams.home >= 0)
        leaves = home & (self.stay[:, year] >= 0)
        entries.append((row_of_home[leaves], self.stay[leaves, year], of_home[leaves]))
        constant = np.zeros(rows)
        np.add.at(constant, row_of_home[home & ~leaves], of_home[home & ~leaves])
        return entries, constant

    # --- plan to values and back ---------------------------------------------------------------------------------

    def decision_mask(self) -> Bools:
        """Return which columns are events: with them fixed, the rest of a plan follows."""
        mask = np.zeros(self.program.n_columns, dtype=bool)
        for block in (self.move, self.close, self.vacate, self.open, self.build):
            mask[block[block >= 0]] = True
        return mask

    def encode(self, line: Timeline) -> Floats | None:
        """Return the event columns' values of a plan (others 0), or None where the plan needs a column left out."""
        values = np.zeros(self.program.n_columns)
        ok = True

        def put(block: Ints, index: Ints, year: Ints, amount: npt.ArrayLike = 1.0) -> None:
            nonlocal ok
            at = year < self.problem.years
            column = block[index[at], year[at]]
            ok &= bool((column >= 0).all())
            values[column[column >= 0]] = np.broadcast_to(np.asarray(amount, dtype=float), at.shape)[at][column >= 0]

        key = pd.Index(self.pair_team * len(self.problem.facts.sites) + self.pair_site)
        pair = np.asarray(key.get_indexer(pd.Index(line.move_team * len(self.problem.facts.sites) + line.move_site)))
        if (pair < 0).any():
            return None
        put(self.move, pair, line.move_year, line.move_share)
        put(self.close, np.arange(len(line.closed)), line.closed)
        put(self.vacate, np.arange(len(line.vacated)), line.vacated)
        put(self.open, np.arange(len(line.opened)), line.opened)
        put(self.build, np.arange(len(line.built)), line.built)
        return values if ok else None

    def decode(self, values: Floats) -> Plan:
        """Read the plan from column values."""
        p, f = self.problem, self.problem.facts
        values = np.append(values, 0.0)  # so that -1, where there is no column, reads as no

        def first_year(block: Ints) -> Ints:
            done = values[block] > 0.5
            return np.where(done.any(axis=1), done.argmax(axis=1), NEVER)

        vacated, opened, built, closed = map(first_year, (self.vacate, self.open, self.build, self.close))
        amount = values[self.move]
        divisible = f.teams.divisible[self.pair_team]
        amount = np.where(divisible[:, None], np.where(amount > 1e-9, amount, 0.0), np.round(amount))
        pair, year = np.nonzero(amount)
        share = amount[pair, year]
        moved = np.zeros(len(f.teams))
        np.add.at(moved, self.pair_team[pair], share)
        rest = np.where((f.teams.home >= 0) & (closed >= p.years), 1.0 - moved, 0.0)
        rest = np.where(f.teams.divisible, np.where(rest > 1e-9, rest, 0.0), np.round(rest))
        stays, shut = np.flatnonzero(rest > 0), np.flatnonzero(closed < p.years)
        ours = np.flatnonzero(~f.sites.external)
        leaving = np.array([leaving_action(str(tenure)) for tenure in f.sites.tenure[ours]], dtype=object)
        action = np.where(
            f.sites.candidate[ours],
            np.where(opened[ours] < p.years, "open", "not_opened"),
            np.where(vacated[ours] < p.years, leaving, "keep"),
        )
        event = np.where(f.sites.candidate[ours], opened[ours], vacated[ours])
        return Plan(
            pd.DataFrame(
                {
                    "site_id": f.sites.ids[ours],
                    "partner_id": f.sites.partner[ours],
                    "action": action,
                    "year": np.where(event < p.years, event + p.base_year, np.nan),
                }
            ),
            pd.DataFrame(
                {
                    "team_id": np.concatenate(
                        [f.teams.ids[stays], f.teams.ids[self.pair_team[pair]], f.teams.ids[shut]]
                    ),
                    "action": np.repeat(["stay", "move", "close"], [len(stays), len(pair), len(shut)]),
                    "site_id": np.concatenate(
                        [f.sites.ids[f.teams.home[stays]], f.sites.ids[self.pair_site[pair]], np.repeat("", len(shut))]
                    ),
                    "year": np.concatenate(
                        [np.full(len(stays), np.nan), year + p.base_year, closed[shut] + p.base_year]
                    ),
                    "share": np.concatenate([rest[stays], share, np.ones(len(shut))]),
                }
            ),
            pd.DataFrame(
                {
                    "intervention_id": f.interventions.ids,
                    "site_id": f.sites.ids[f.interventions.site],
                    "action": np.where(built < p.years, "build", "not_built"),
                    "year": np.where(built < p.years, built + p.base_year, np.nan),
                }
            ),
            self._assignment(values),
        )

    def _assignment(self, values: Floats) -> pd.DataFrame:
        """Return who goes where, rounding taken out so that every zone's shares add up to one."""
        p = self.problem
        zones = p.estate.demand["zone_id"].to_numpy(dtype=object)
        parts = [pd.DataFrame(columns=list(ASSIGNMENT_COLUMNS))]
        for service, shares in self.shares.items():
            amount = values[shares.columns]
            amount = np.where(amount > 1e-9, amount, 0.0)
            total = np.zeros((len(zones), p.years))
            np.add.at(total, shares.zone, amount)
            pair, year = np.nonzero(amount)
            zone = shares.zone[pair]
            parts.append(
                pd.DataFrame(
                    {
                        "service_type": str(p.facts.services[service]), "zone_id": zones[zone],
                        "site_id": p.facts.sites.ids[shares.site[pair]], "year": year + p.base_year,
                        "share": amount[pair, year] / total[zone, year],
                    }
                )
            )  # fmt: skip
        return pd.concat(parts[1:], ignore_index=True) if len(parts) > 1 else parts[0]


def lay_columns(problem: Problem) -> Formulation:
    """Create the programme and the columns of every decision that may be taken."""
    program = Program()
    f, d = problem.facts, problem.years
    team, site = problem.pairs
    years = np.arange(d)
    when = years[None, :] >= problem.team_from[team][:, None]
    unhoused = f.teams.home[team] < 0
    when &= ~unhoused[:, None] | (years[None, :] == problem.team_from[team][:, None])
    when &= problem.may_change[None, :] | unhoused[:, None]
    split = f.teams.divisible[team]
    move = np.full((len(team), d), -1, dtype=np.int64)
    for kind, of_kind, form in (("move", ~split, INTEGER), ("move_share", split, CONTINUOUS)):
        row, year = np.nonzero(when & of_kind[:, None])
        move[row, year] = program.add_columns(
            kind, len(row), form=form, team=team[row], site=site[row], year=year, item=row
        )

    change = np.broadcast_to(problem.may_change[None, :], (1, d))
    leaving = f.teams.closable & ~problem.stay & (problem.must_go < 0) & (f.teams.home >= 0)
    home = np.maximum(f.teams.home, 0)
    close = _grid(program, "close", leaving[:, None] & change, team=True, site=home)
    may_vacate = f.sites.existing & ~problem.keep
    every_site = np.arange(len(f.sites))
    vacate = _grid(program, "vacate", may_vacate[:, None] & change, site=every_site)
    may_open = f.sites.candidate & ~problem.close
    opened = _grid(program, "open", may_open[:, None] & change, site=every_site)
    target = f.interventions.site
    sound = (f.sites.existing[target] & ~problem.must_leave[target]) | may_open[target]
    sound &= ~problem.aside[target]
    build = _grid(
        program, "build", problem.may_build & problem.may_change[None, :] & sound[:, None], item=True, site=target
    )

    can_leave = leaving.copy()
    can_leave[team] = True
    can_leave &= f.teams.home >= 0
    derived = np.broadcast_to(can_leave[:, None], (len(can_leave), d))
    out = _grid(program, "out", derived & ~f.teams.divisible[:, None], team=True, site=home, form=IMPLIED)
    part = _grid(program, "out_share", derived & f.teams.divisible[:, None], team=True, site=home, form=CONTINUOUS)
    stay = _grid(program, "stay", derived & ~f.teams.divisible[:, None], team=True, site=home, form=IMPLIED)
    rest = _grid(program, "stay_share", derived & f.teams.divisible[:, None], team=True, site=home, form=CONTINUOUS)
    return Formulation(
        problem, program, team, site, move, close, np.maximum(out, part), np.maximum(stay, rest), vacate, opened, build
    )


def _grid(
    program: Program,
    kind: str,
    where: Bools,
    *,
    site: Ints,
    team: bool = False,
    item: bool = False,
    form: int = INTEGER,
) -> Ints:
    """Add one column for every True of an (n, D) mask and return their numbers in that shape, -1 elsewhere.

    ``site`` (n,) is the site each row belongs to; ``team`` and ``item`` say that the rows are teams or interventions.
    """
    row, year = np.nonzero(where)
    out = np.full(where.shape, -1, dtype=np.int64)
    out[row, year] = program.add_columns(
        kind, len(row), form=form, team=row if team else None, site=site[row], year=year, item=row if item else None
    )
    return out
