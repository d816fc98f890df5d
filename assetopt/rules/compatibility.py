"""Who must not, and who must, share a building, by service type or tag.

must_not (a, b): no team of a and (another) team of b at one site; a pair that shares its home today may stay as it is.
must (a, b):     located[s,i,t] <= sum over teams r of b of located[r,i,t], for every team s of a that is not of b itself.
Both for every site i and year t; a divisible team is at a site with any share of it. ``prefer`` is a cost, see
costs/preferences.py.

Where no team is of both kinds and nothing is broken today, one derived column per site keeps the sides apart:
located[s,i,t] <= side[i,t] for s in a, located[r,i,t] <= 1 - side[i,t] for r in b.
Elsewhere here[s,i,t] >= located[s,i,t] and here[s] + here[r] <= 1. Shares need ``side`` or ``here`` to be whole.
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.points import Members
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Ints
from assetopt.program import CONTINUOUS, IMPLIED, INTEGER
from assetopt.timeline import Timeline

NAME = "compatibility"

NONE = 1e-6
"""A share up to this is nobody: the tolerance of the rows."""


def constrain(form: Formulation) -> None:
    """Write the rows of every must_not and must."""
    p = form.problem
    everywhere = np.arange(len(p.facts.sites))
    for number, (a, b) in enumerate(p.must_not):
        one, other = Members(form, a, everywhere), Members(form, b, everywhere)
        both = np.intersect1d(one.place, other.place)
        home = p.facts.teams.home
        broken = np.intersect1d(home[a & (home >= 0)], home[b & (home >= 0)])
        apart = np.setdiff1d(both, broken) if not (a & b).any() else np.empty(0, dtype=np.int64)
        _keep_apart(form, number, one.at(apart), other.at(apart), apart)
        rest = np.setdiff1d(both, apart)
        _keep_pairs_apart(form, number, Members(form, a | b, everywhere).at(rest), a, b)
    table = p.estate.compatibility
    rows = table[table["rule"] == "must"]
    for number, (a_word, b_word) in enumerate(zip(rows["a"], rows["b"], strict=True)):
        a, b = p.tagged(a_word), p.tagged(b_word)
        _keep_together(form, number, Members(form, a & ~b, everywhere), b)


def _keep_apart(form: Formulation, number: int, one: Members, other: Members, sites: Ints) -> None:
    program, d = form.program, form.problem.years
    divisible = form.problem.facts.teams.divisible
    shares = bool(divisible[one.team].any() and divisible[other.team].any())
    side = program.add_columns(
        f"side:{number}",
        len(sites) * d,
        form=INTEGER if shares else IMPLIED,
        site=np.repeat(sites, d),
        year=np.tile(np.arange(d), len(sites)),
    ).reshape(len(sites), d)
    for members, sign, limit in ((one, -1.0, 0.0), (other, 1.0, 1.0)):
        rows, spot = np.arange(members.size), np.searchsorted(sites, members.place)
        for t in range(d):
            here, constant = form.located(t, members.size, members.by_member(0), members.by_member(1))
            program.add_rows(
                NAME,
                members.size,
                upper=limit - constant,
                entries=[(rows, side[spot, t], sign), *here],
                team=members.team,
                site=members.place,
                year=np.full(members.size, t),
            )


def _keep_pairs_apart(form: Formulation, number: int, members: Members, a: Bools, b: Bools) -> None:
    """Write located[s] + located[r] <= 1 for every two teams that must not meet, except two at home together today."""
    program, d, home = form.program, form.problem.years, form.problem.facts.teams.home
    order = np.argsort(members.place, kind="stable")
    left, right = [], []
    for group in np.split(order, np.flatnonzero(np.diff(members.place[order])) + 1):
        x, y = np.triu_indices(len(group), 1)
        left.append(group[x])
        right.append(group[y])
    one, two = np.concatenate(left or [order[:0]]), np.concatenate(right or [order[:0]])
    s, r, site = members.team[one], members.team[two], members.place[one]
    clash = (s != r) & ((a[s] & b[r]) | (a[r] & b[s])) & ~((home[s] == site) & (home[r] == site))
    one, two = one[clash], two[clash]
    if not len(one):
        return
    here = np.empty((members.size, d), dtype=np.int64)
    divisible = form.problem.facts.teams.divisible[members.team]
    for kind, of_kind, part in (("here", CONTINUOUS, ~divisible), ("here_share", INTEGER, divisible)):
        at = np.flatnonzero(part)
        here[at] = program.add_columns(
            f"{kind}:{number}",
            len(at) * d,
            form=of_kind,
            team=np.repeat(members.team[at], d),
            site=np.repeat(members.place[at], d),
            year=np.tile(np.arange(d), len(at)),
        ).reshape(len(at), d)
    rows = np.arange(members.size)
    for t in range(d):
        located, constant = form.located(t, members.size, members.by_member(0), members.by_member(1), -1.0, -1.0)
        program.add_rows(
            NAME,
            members.size,
            lower=-constant,
            entries=[(rows, here[:, t], 1.0), *located],
            team=members.team,
            site=members.place,
            year=np.full(members.size, t),
        )
        n = np.arange(len(one))
        program.add_rows(
            NAME,
            len(one),
            upper=1.0,
            entries=[(n, here[one, t], 1.0), (n, here[two, t], 1.0)],
            site=members.place[one],
            year=np.full(len(one), t),
        )


def _keep_together(form: Formulation, number: int, members: Members, b: Bools) -> None:
    program, d = form.program, form.problem.years
    sites = np.unique(members.place)
    place = np.full(len(form.problem.facts.sites), -1, dtype=np.int64)
    place[sites] = np.arange(len(sites))
    hosts = Members(form, b, place)
    whole = not form.problem.facts.teams.divisible[b].any()
    some = program.add_columns(
        f"together:{number}",
        len(sites) * d,
        form=IMPLIED if whole else CONTINUOUS,
        site=np.repeat(sites, d),
        year=np.tile(np.arange(d), len(sites)),
    ).reshape(len(sites), d)
    for t in range(d):
        there, constant = form.located(t, len(sites), hosts.by_place(0), hosts.by_place(1), -1.0, -1.0)
        program.add_rows(
            NAME,
            len(sites),
            upper=-constant,
            entries=[(np.arange(len(sites)), some[:, t], 1.0), *there],
            site=sites,
            year=np.full(len(sites), t),
        )
        here, constant = form.located(t, members.size, members.by_member(0), members.by_member(1))
        program.add_rows(
            NAME,
            members.size,
            upper=-constant,
            team=members.team,
            site=members.place,
            year=np.full(members.size, t),
            entries=[(np.arange(members.size), some[place[members.place], t], -1.0), *here],
        )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Look at who is where in every year."""
    table = problem.estate.compatibility
    f, out = problem.facts, []
    for rule, a_word, b_word, reason in zip(table["rule"], table["a"], table["b"], table["reason"], strict=True):
        if rule == "prefer":
            continue
        a, b = problem.tagged(a_word), problem.tagged(b_word)
        why = f" ({reason})" if reason else ""
        for t in range(problem.years):
            shares = line.shares(t).tocsc()
            shares.sort_indices()
            for i in np.unique(shares[a].tocoo().col):
                here = slice(shares.indptr[i], shares.indptr[i + 1])
                team, share = shares.indices[here], shares.data[here]
                together = float(share[b[team]].sum())
                present = share > NONE
                team, share = team[present], share[present]
                year, site = problem.base_year + t, f.sites.ids[i]
                alone = team[a[team] & ~b[team] & (share > together + NONE)]
                if rule == "must" and len(alone):
                    names = ", ".join(f.teams.ids[alone])
                    out.append(
                        Violation(
                            NAME,
                            str(site),
                            1.0,
                            f"{site}, {year}: {names} ({a_word}) may only be where {b_word} is{why}",
                        )
                    )
                if rule == "must_not":
                    clashes = [
                        (s, r)
                        for s in team[a[team]]
                        for r in team[b[team]]
                        if s != r and not (f.teams.home[s] == i and f.teams.home[r] == i)
                    ]
                    if clashes:
                        s, r = clashes[0]
                        out.append(
                            Violation(
                                NAME,
                                str(site),
                                float(len(clashes)),
                                (
                                    f"{site}, {year}: {f.teams.ids[s]} ({a_word}) and {f.teams.ids[r]} ({b_word}) must not "
                                    f"share a site{why}"
                                ),
                            )
                        )
    return out
