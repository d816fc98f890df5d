"""What a guest pays its host each year: its share of the building's cost, the cost that its own use brings, and rent.

A team s of another partner than the host, at site i in year u, pays (see :mod:`assetopt.problem.sharing` for share[s,i])

    variable[s,i]                                                   what its own use adds to running cost
    + share[s,i] x (fixed running cost + life-cycle cost            while it is there
                    + fixed_cost                                    until its end
                    + business rates                                until a lease ends
                    + rent)             policy cost: the rent the host pays; market: that, or market_value x yield; nil: none

and with a basis of fixed or benefit its partner p pays weight[i,p] in place of the sum of its teams' shares in every year
in which it has a team there:

    there[p,i,t] >= located[s,i,t] for every team s of p;   there[p,i,t] <= sum over s of located[s,i,t]
    for a divisible team:  0.001 x makes[s,i,t] <= share of it <= makes[s,i,t], makes binary, in the place of located

What interventions change in running cost, backlog and works are the host's (or the named payer's). A recharge divides a cost
that the economic ledger counts in full already, whoever pays it, so there it is nothing: not even when a guest or host is
outside the public purse. Nobody wins by moving only because another then pays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.points import Members
from assetopt.problem import Problem
from assetopt.problem.facts import LEAST_POINT_SHARE, Bools, Floats, Ints
from assetopt.problem.tenure import NEVER
from assetopt.program import IMPLIED
from assetopt.timeline import Timeline

NAME = "recharges"
TOTAL = "npv_cost"


class Part(NamedTuple):
    """A part of a building's cost that guests share: £ a year (n_sites,) in the years start <= u < stop (n_sites,)."""

    yearly: Floats
    start: Ints
    stop: Ints


def shared_cost(problem: Problem) -> list[Part]:
    """Return what guests have a share in, by the years in which the host pays it for a site that it holds."""
    s, sharing, n = problem.facts.sites, problem.sharing, len(problem.facts.sites)
    never, now = np.full(n, NEVER, dtype=np.int64), np.zeros(n, dtype=np.int64)
    forced = problem.tenure.forced
    return [
        Part(sharing.steady, now, never),
        Part(s.fixed_cost, now, problem.tenure.charges_end),
        Part(sharing.rates + sharing.rent, now, forced),
        Part(sharing.replacement, forced, never),
    ]


# --- said to the solver ------------------------------------------------------------------------------------------------


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield every guest at home for ever, what leaving ends and what coming begins; then those who pay by weight.

    They cost nothing, so where no rule has asked for cash (``form.money`` is empty) they are not worked out.
    """
    if not form.money:
        return
    p, f = form.problem, form.problem.facts
    host = f.sites.partner
    home = np.flatnonzero(f.teams.home >= 0)
    home = home[p.sharing.guest(home, f.teams.home[home])]
    pair = np.flatnonzero(p.sharing.guest(form.pair_team, form.pair_site))
    for charge, start, stop in _charges(p, home, f.teams.home[home]):
        payer, payee = f.teams.partner[home], host[f.teams.home[home]]
        yield anyway(p, np.ones(len(home), dtype=bool), "transfer", payer, charge, start, stop, payee)
        for block in (form.out, form.close):
            row, year = np.nonzero((block[home] >= 0) & (charge != 0)[:, None])
            first, last = np.maximum(year, start[row]), stop[row]
            yield flow(p, "transfer", block[home[row], year], payer[row], -charge[row], first, last, payee[row])
    for charge, start, stop in _charges(p, form.pair_team[pair], form.pair_site[pair]):
        row, year = np.nonzero((form.move[pair] >= 0) & (charge != 0)[:, None])
        payer, payee = f.teams.partner[form.pair_team[pair[row]]], host[form.pair_site[pair[row]]]
        first, last = np.maximum(year, start[row]), stop[row]
        yield flow(p, "transfer", form.move[pair[row], year], payer, charge[row], first, last, payee)
    yield from _by_weight(form)


def _charges(problem: Problem, team: Ints, site: Ints) -> Iterator[tuple[Floats, Ints, Ints]]:
    """Yield what each guest is charged a year, £, and between which years, shape of ``team``."""
    part, share = problem.sharing.part[site], problem.sharing.share(team, site)
    whole = np.zeros(len(team), dtype=np.int64)
    yield part * problem.variable_cost_of(team, site), whole, whole + problem.horizon
    for yearly, start, stop in shared_cost(problem):
        yield part * share * yearly[site], start[site], np.minimum(stop[site], problem.horizon)


def _by_weight(form: Formulation) -> Iterator[Flow]:
    """Yield what partners pay by weight, switched by a column that says whether a team of theirs is there."""
    p, f = form.problem, form.problem.facts
    weighted = np.flatnonzero(p.sharing.by_weight(np.arange(len(f.sites))) & (p.sharing.part > 0))
    for site in weighted.tolist():
        for code, partner in enumerate(f.partners):
            weight = p.sharing.weight[site, code]
            guest = np.asarray(f.teams.partner == partner, dtype=bool)
            guest &= p.sharing.guest(np.arange(len(f.teams)), np.full(len(f.teams), site))
            if weight <= 0 or not guest.any():
                continue
            payer = np.full(p.years, partner, dtype=object)
            payee = np.full(p.years, f.sites.partner[site], dtype=object)
            there = _there(form, guest, site, f"{site}:{code}")
            if there is None:
                continue
            for yearly, start, stop in shared_cost(p):
                first = np.arange(p.years)
                last = np.append(first[1:], p.horizon)  # the last state lasts to the end of the horizon
                charged = np.full(p.years, weight * yearly[site])
                yield flow(p, "transfer", there, payer, charged, np.maximum(first, start[site]),
                           np.minimum(last, stop[site]), payee)  # fmt: skip


def _there(form: Formulation, guest: Bools, site: int, label: str) -> Ints | None:
    """Return (D,) columns that are 1 while a team of ``guest`` is at the site; None where none can be."""
    p, program, f = form.problem, form.program, form.problem.facts
    place = np.full(len(f.sites), -1, dtype=np.int64)
    place[site] = 0
    whole = Members(form, guest & ~f.teams.divisible, place)
    split = Members(form, guest & f.teams.divisible, place)
    if not whole.size + split.size:
        return None
    years = np.arange(p.years)
    there = program.add_columns(f"there:{label}", p.years, form=IMPLIED, site=np.full(p.years, site), year=years)
    makes = program.add_columns(
        f"makes_there:{label}", split.size * p.years, team=np.repeat(split.team, p.years),
        site=np.full(split.size * p.years, site), year=np.tile(years, split.size),
    ).reshape(split.size, p.years)  # fmt: skip
    w, m = np.arange(whole.size), np.arange(split.size)
    for t in years.tolist():
        here, constant = form.located(t, 1, whole.by_place(0), whole.by_place(1), -1.0, -1.0)
        entries = [(np.zeros(1, np.int64), there[t : t + 1], 1.0), (np.zeros(split.size, np.int64), makes[:, t], -1.0)]
        program.add_rows(NAME, 1, upper=-constant, site=np.full(1, site), year=np.full(1, t), entries=[*entries, *here])
        each, constant = form.located(t, whole.size, whole.by_member(0), whole.by_member(1), -1.0, -1.0)
        program.add_rows(
            NAME, whole.size, lower=-constant, team=whole.team, year=np.full(whole.size, t),
            entries=[(w, np.full(whole.size, there[t]), 1.0), *each],
        )  # fmt: skip
        program.add_rows(
            NAME, split.size, lower=0.0, team=split.team, year=np.full(split.size, t),
            entries=[(m, np.full(split.size, there[t]), 1.0), (m, makes[:, t], -1.0)],
        )  # fmt: skip
        each, constant = form.located(t, split.size, split.by_member(0), split.by_member(1))
        for lower, upper, value in ((-constant, np.inf, -LEAST_POINT_SHARE), (-np.inf, -constant, -1.0)):
            program.add_rows(
                NAME, split.size, lower=lower, upper=upper, team=split.team, year=np.full(split.size, t),
                entries=[(m, makes[:, t], value), *each],
            )  # fmt: skip
    return there


# --- said to the checker -----------------------------------------------------------------------------------------------


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines of every guest team at every host site, and of partners that pay by weight; told by site."""
    f, sharing, h = problem.facts, problem.sharing, problem.horizon
    team, site, first, share = line.changes
    guest = sharing.guest(team, site)
    team, site, first, share = team[guest], site[guest], first[guest], share[guest]
    keys, at = np.unique(team * len(f.sites) + site, return_inverse=True)
    there = np.zeros((len(keys), h))
    np.add.at(there, (at, first), share)
    there = np.cumsum(there, axis=1)
    there[np.abs(there) < 1e-9] = 0.0
    who, where = keys // len(f.sites), keys % len(f.sites)
    building = _building_cost(problem)
    charge = sharing.share(who, where)[:, None] * building[where] + problem.variable_cost_of(who, where)[:, None]
    owed = there * charge * sharing.part[where][:, None]
    out = [lines(problem, NAME, "transfer", f.sites.ids[where], f.teams.partner[who], owed, f.sites.partner[where])]
    # By weight: a partner pays while any of its teams is there.
    partner = np.asarray(f.partners.get_indexer(pd.Index(f.teams.partner[who])), dtype=np.int64)
    for key in np.unique(np.where(sharing.by_weight(where), where * len(f.partners) + partner, -1)):
        if key < 0:
            continue
        i, p = divmod(int(key), len(f.partners))
        present = (there[(where == i) & (partner == p)] > 1e-9).any(axis=0)
        yearly = (present * sharing.weight[i, p] * building[i] * sharing.part[i])[None, :]
        payer = np.array([f.partners[p]], dtype=object)
        out.append(lines(problem, NAME, "transfer", f.sites.ids[[i]], payer, yearly, f.sites.partner[[i]]))
    return out


def _building_cost(problem: Problem) -> Floats:
    """Return (n_sites, H) what guests have a share in, £ by year, while the site is held."""
    s, sharing, tenure = problem.facts.sites, problem.sharing, problem.tenure
    year = np.arange(problem.horizon)[None, :]
    out = np.repeat(sharing.steady[:, None], problem.horizon, axis=1)
    out = out + s.fixed_cost[:, None] * (year < tenure.charges_end[:, None])
    lease_ended = year >= tenure.forced[:, None]
    return np.where(
        lease_ended, out + sharing.replacement[:, None], out + sharing.rates[:, None] + sharing.rent[:, None]
    )
