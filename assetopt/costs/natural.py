"""The objective in a unit of its own: the textbook measures of access, and the number of points; no money, never in ``npv_cost``.

With d[q,z,t] the minutes from zone z to the nearest open point of service q, and w[z] people (or visits):

    mean       sum_z w[z] d[q,z,t]                    (p-median; divided by sum_z w[z] it is the mean)
    furthest   max over zones with w[z] > 0 of d[q,z,t]               (p-centre)
    beyond     sum over zones with d[q,z,t] > within_minutes of w[z]  (maximal covering, its complement)
    points     open points of q                                        (set covering)

each summed over services, and over years with discount factors as money is. A zone that reaches no open point counts
``unreached_minutes``, or the longest way known for that mode and service and a minute.

To the solver: mean as in coverage.nearest_chain; beyond = sum w[z] unserved[z,t], unserved[z,t] >= 1 - sum of the points
within reach; furthest = l[0] + sum_k (l[k+1] - l[k]) past[k] over the distinct distances l[0] < l[1] < ..., with
past[k] >= past[k+1], and past[k] >= 1 - sum over j points of point[i] where a zone with none of its j nearest points open is l[k+1]
away (Elloumi, Labbé and Pochet 2004; of such rows only those that no other implies, and the levels in blocks).
"""

from __future__ import annotations

import numpy as np

from assetopt.costs.aim import NATURAL, is_measured
from assetopt.costs.ledger import Lines, lines
from assetopt.coverage import nearest_chain
from assetopt.errors import Issue, ScenarioError, did_you_mean
from assetopt.formulation import Formulation
from assetopt.points import point_columns
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints
from assetopt.problem.standards import nearest_of
from assetopt.program import IMPLIED
from assetopt.timeline import Timeline

NAME = "natural"
TOTAL = NATURAL
SAME = 9
"""Decimals of a minute to which two distances are the same."""
LEAST = 1e-9
"""Minutes beyond ``within_minutes`` that are rounding."""


def price(form: Formulation) -> None:
    """Charge the measure that is asked for in every year."""
    p = form.problem
    if not is_measured(p.scenario):
        return
    charge = {"mean": _charge_mean, "furthest": _charge_furthest, "beyond": _charge_beyond}
    for q in services(p):
        if p.scenario.objective.minimise == "points":
            _charge_points(form, q)
        else:
            charge[p.scenario.objective.measure](form, q)


def _charge_points(form: Formulation, q: int) -> None:
    weight = form.problem.state_weight
    columns = point_columns(form, q)
    form.program.charge_constant(NAME, float((columns < 0).sum(axis=0) @ weight))
    point, year = np.nonzero(columns >= 0)
    form.program.charge(NAME, columns[point, year], weight[year])


def _charge_mean(form: Formulation, q: int) -> None:
    p, program = form.problem, form.program
    people = weights(p, q)
    zones = np.flatnonzero(people > 0)
    minutes, longest = ways(p, q)
    base, zone, far, step = nearest_chain(form, f"{NAME}:{q}", q, minutes, zones, longest)
    program.charge_constant(NAME, float((people[zones] * base).sum() * p.state_weight.sum()))
    for t in range(p.years):
        program.charge(NAME, far[:, t], people[zones[zone]] * step * p.state_weight[t])


def _charge_furthest(form: Formulation, q: int) -> None:
    p, program, d = form.problem, form.program, form.problem.years
    zones = np.flatnonzero(weights(p, q) > 0)
    if not len(zones):
        return
    minutes, longest = ways(p, q)
    minutes = np.round(minutes, SAME)
    longest = float(np.round(longest, SAME))
    # However many points are open, one zone is this far away: what is nearer makes no difference.
    least = float(minutes[zones].min(axis=1, initial=longest).max())
    program.charge_constant(NAME, least * float(p.state_weight.sum()))
    reach, after = _strongest(*_prefixes(np.maximum(minutes[zones], least), p.points(q).pinned, longest))
    levels = np.unique(np.append(after, least))
    n = len(levels) - 1
    if not n:
        return
    # One chain over all levels would be thousands of steps deep, and HiGHS 1.14 follows such chains by recursion until its
    # stack is full (Kent's libraries: 24,453 levels). In blocks it is twice the square root.
    size = int(np.ceil(np.sqrt(n)))
    block = np.arange(n) // size
    blocks = int(block[-1]) + 1
    past = _grid(form, f"past:{NAME}:{q}", n)
    some = _grid(form, f"past_some:{NAME}:{q}", blocks)
    columns, free = point_columns(form, q), np.flatnonzero(~p.points(q).pinned)
    level = np.searchsorted(levels, after) - 1
    row, point = np.nonzero(reach)
    rows, every, low = np.arange(len(after)), np.arange(blocks), np.arange(min(n, (blocks - 1) * size))
    inner = np.flatnonzero(np.diff(block) == 0)

    def at_least(t: int, item: Ints, more: Ints, less: Ints) -> None:
        """Write more >= less, column by column."""
        k = np.arange(len(item))
        year = np.full(len(item), t)
        program.add_rows(NAME, len(item), lower=0.0, item=item, year=year, entries=[(k, more, 1.0), (k, less, -1.0)])

    for t in range(d):
        program.add_rows(
            NAME, len(rows), lower=1.0, item=level, year=np.full(len(rows), t),
            entries=[(rows, past[level, t], 1.0), (row, columns[free[point], t], 1.0)],
        )  # fmt: skip
        at_least(t, inner, past[inner, t], past[inner + 1, t])
        at_least(t, every, some[:, t], past[every * size, t])
        at_least(t, every[:-1], some[:-1, t], some[1:, t])
        at_least(t, low, past[low, t], some[block[low] + 1, t])
        program.charge(NAME, past[:, t], np.diff(levels) * p.state_weight[t])


def _grid(form: Formulation, kind: str, n: int) -> Ints:
    """Add (n, D) columns that are 0 or 1 in some best plan."""
    d = form.problem.years
    item, year = np.repeat(np.arange(n), d), np.tile(np.arange(d), n)
    return form.program.add_columns(kind, n * d, form=IMPLIED, item=item, year=year).reshape(n, d)


def _strongest(reach: Bools, after: Floats) -> tuple[Bools, Floats]:
    """Return the sets without those that another implies: a part of them, none of it open, makes somebody go as far."""
    words = np.packbits(reach, axis=1)
    words = np.pad(words, ((0, 0), (0, -words.shape[1] % 8))).view(np.uint64)
    kept = np.zeros_like(words)
    number: list[int] = []
    for s in np.lexsort((reach.sum(axis=1), -after)).tolist():
        n = len(number)
        if not ((kept[:n] & ~words[s]) == 0).all(axis=1).any():
            kept[n] = words[s]
            number.append(s)
    order = np.sort(np.array(number, dtype=np.int64))
    return reach[order], after[order]


def _prefixes(minutes: Floats, pinned: Bools, longest: float) -> tuple[Bools, Floats]:
    """Return sets of points, (n, n_free) bool, and how far away some zone is when none of a set is open, (n,).

    A zone's sets are its nearest point, its two nearest and so on, up to its first point that is always open; of equal sets
    the one with the longest way stands for all.
    """
    zones, points = minutes.shape
    order = np.argsort(minutes, axis=1, kind="stable")
    ranked = np.column_stack([np.take_along_axis(minutes, order, axis=1), np.full(zones, longest)])
    near = np.where(pinned.any(), minutes[:, pinned].min(axis=1, initial=longest), longest)
    free = np.flatnonzero(~pinned)
    place = np.empty((zones, points), dtype=np.int64)
    np.put_along_axis(place, order, np.arange(points)[None, :], axis=1)
    sets, after = [], []
    for k in range(points):
        # Of ways equally long only the whole of them make a set.
        at = np.flatnonzero((ranked[:, k + 1] > ranked[:, k]) & (ranked[:, k] < near))
        if not len(at):
            continue
        inside, number = np.unique(np.packbits(place[np.ix_(at, free)] <= k, axis=1), axis=0, return_inverse=True)
        way = np.zeros(len(inside))
        np.maximum.at(way, np.ravel(number), ranked[at, k + 1])
        sets.append(np.unpackbits(inside, axis=1, count=len(free)).astype(bool))
        after.append(way)
    if not sets:
        return np.zeros((0, len(free)), dtype=bool), np.zeros(0)
    return np.vstack(sets), np.concatenate(after)


def _charge_beyond(form: Formulation, q: int) -> None:
    p, program, d = form.problem, form.program, form.problem.years
    people, points = weights(p, q), p.points(q)
    minutes, _ = ways(p, q)
    within = minutes <= p.scenario.objective.within_minutes + LEAST
    open_to = np.flatnonzero((people > 0) & ~within[:, points.pinned].any(axis=1))
    free = np.flatnonzero(~points.pinned)
    # Zones that the same points serve are one.
    bits, number = np.unique(np.packbits(within[np.ix_(open_to, free)], axis=1), axis=0, return_inverse=True)
    heads = np.bincount(np.ravel(number), weights=people[open_to], minlength=len(bits))
    cover = np.unpackbits(bits, axis=1, count=len(free)).astype(bool)
    never = ~cover.any(axis=1)
    program.charge_constant(NAME, float(heads[never].sum() * p.state_weight.sum()))
    cover, heads = cover[~never], heads[~never]
    n = len(heads)
    unserved = program.add_columns(
        f"unserved:{NAME}:{q}", n * d, form=IMPLIED, item=np.repeat(np.arange(n), d), year=np.tile(np.arange(d), n)
    ).reshape(n, d)
    row, point = np.nonzero(cover)
    columns = point_columns(form, q)
    for t in range(d):
        program.add_rows(
            NAME, n, lower=1.0, item=np.arange(n), year=np.full(n, t),
            entries=[(np.arange(n), unserved[:, t], 1.0), (row, columns[free[point], t], 1.0)],
        )  # fmt: skip
        program.charge(NAME, unserved[:, t], heads * p.state_weight[t])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by service and year, in units of the objective."""
    asked = problem.scenario.objective
    if not is_measured(problem.scenario):
        return []
    which = services(problem)
    out = np.zeros((len(which), problem.horizon))
    for row, q in enumerate(which):
        sites = problem.points(q).sites
        if asked.minimise != "points":
            people = weights(problem, q)
            minutes, longest = ways(problem, q)
        for t in range(problem.years):
            opened = line.open_points(q, sites, t)
            if asked.minimise == "points":
                value = float(opened.sum())
            else:
                way = np.minimum(nearest_of(minutes[:, opened]), longest)
                value = {
                    "mean": float(people @ way),
                    "furthest": float(way[people > 0].max(initial=0.0)),
                    "beyond": float(people[way > asked.within_minutes + LEAST].sum()),
                }[asked.measure]
            out[row, t if t < problem.years - 1 else slice(t, None)] = value
    names = problem.facts.services[which] if which else np.empty(0, dtype=object)
    return [lines(problem, NAME, NAME, names, np.full(len(which), "", dtype=object), out)]


def services(problem: Problem) -> list[int]:
    """Return the services that count; raises ScenarioError for a name that is none of them, and where there is none."""
    could = {
        str(name): q
        for q, name in enumerate(problem.facts.services)
        if problem.facts.public[q] and len(problem.points(q).sites)
    }
    named = problem.scenario.objective.services
    where, listed = "scenario, objective.services", f"name some of: {', '.join(could)}"
    faults = [
        Issue(where, f'no public service "{name}" has a point', did_you_mean(name, could) or listed)
        for name in named
        if name not in could
    ]
    if not could:
        faults = [Issue(where, "no public service has a possible point", "mark one with public = yes in service_types")]
    elif not len(problem.estate.demand) and problem.scenario.objective.minimise == "access":
        faults = [Issue("scenario, objective.minimise", "access needs the table demand: who lives where")]
    if faults:
        raise ScenarioError(faults)
    return sorted(could[name] for name in (named or could))


def weights(problem: Problem, service: int) -> Floats:
    """Return (n_zones,) how much each zone counts: people of a column of ``demand``, or the service's visits."""
    demand, name = problem.estate.demand, problem.scenario.objective.weight
    if name == "visits":
        found = dict(problem.journey_services).get(service)
        if found is None:
            what = f"{problem.facts.services[service]} has no visits"
            raise ScenarioError(
                [Issue("scenario, objective.weight", what, 'fill the table visits, or use "population"')]
            )
        return found
    groups = [str(column) for column in demand.columns if column == "population" or str(column).startswith("pop_")]
    if name not in groups:
        listed = f"give visits or one of: {', '.join(groups)}"
        fix = did_you_mean(name, groups) or listed
        raise ScenarioError([Issue("scenario, objective.weight", f'demand has no people "{name}"', fix)])
    return np.nan_to_num(np.asarray(demand[name], dtype=np.float64))


def ways(problem: Problem, service: int) -> tuple[Floats, float]:
    """Return the minutes (n_zones, n_points), none above what counts for a zone that reaches nothing, and that number."""
    asked = problem.scenario.objective
    minutes = problem.minutes.every(asked.mode.split(";"), problem.points(service).sites)
    reached = np.isfinite(minutes)
    longest = asked.unreached_minutes
    if longest is None:
        longest = float(minutes[reached].max(initial=0.0)) + 1.0
    return np.where(reached, np.minimum(minutes, longest), longest), float(longest)
