"""What would have to be done for a plan to be allowed that breaks a rule: said in the estate's names, units and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, codes
from assetopt.problem.nearest_value import nearest_limits, nearest_mean, nearest_value
from assetopt.problem.standards import CoverTest, Group
from assetopt.rules import capacity, service_points
from assetopt.timeline import Timeline
from assetopt.travel.geodesic import km_apart


def remedies(problem: Problem, opened: Problem, line: Timeline, found: Sequence[Violation]) -> list[str]:
    """Return what would do, a text for each thing that has to give, in the order of the breaches.

    Parameters
    ----------
    problem, opened : Problem
        With its locks, and without: the second knows every possible point of ``line``.
    line : Timeline
        The plan that breaks the rules, laid out from ``opened``.
    found : sequence of Violation
        All that it breaks.
    """
    out: list[str] = []
    for rule, subject in dict.fromkeys((v.rule, v.subject) for v in found):
        of_it = [v for v in found if (v.rule, v.subject) == (rule, subject)]
        telling = _TELLERS.get(rule)
        told = [] if telling is None else list(telling(problem, opened, line, of_it))
        out += told or [f"accept this: {violation.message}" for violation in of_it[:1]]
    return list(dict.fromkeys(out))


def site_name(problem: Problem, site: int) -> str:
    """Return a site's name and id, once where they are the same."""
    return _both(problem.facts.sites.name[site], problem.facts.sites.ids[site])


def team_name(problem: Problem, team: int) -> str:
    """Return a team's name and id, once where they are the same."""
    return _both(problem.facts.teams.name[team], problem.facts.teams.ids[team])


def _both(name: object, key: object) -> str:
    return f"{name} ({key})" if name and str(name) != str(key) else str(key)


Found = Sequence[Violation]


def _capacity(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    f, i = problem.facts, int(codes([found[0].subject], problem.facts.sites.index)[0])
    use = np.array([(line.shares(t)[:, [i]].T @ f.teams.need).ravel() for t in range(problem.years)])
    held = np.array([capacity.room(problem, line.built, t)[i] for t in range(problem.years)]) + problem.overload[i]
    short = (use - held).max(axis=0) / (1.0 - problem.scenario.rules.capacity.headroom)
    for k in np.flatnonzero(short > 1e-6 * np.maximum(1.0, held.max(axis=0))):
        year = problem.base_year + int(np.argmax(use[:, k] - held[:, k] > 1e-6))
        yield f"add {short[k]:,.6g} {f.space_types[int(k)]} at {site_name(problem, i)} by {year}"


def _limits(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    limits = problem.scenario.limits
    for v in found:
        subject = v.subject
        if subject == "sites":
            fewer = limits.min_sites is not None and "at least" in v.message
            asked = (limits.min_sites if fewer else limits.max_sites) or 0
            now = asked - v.excess if fewer else asked + v.excess
            verb, key = ("ask for", "min_sites") if fewer else ("allow", "max_sites")
            yield f"{verb} {now:g} site{'' if now == 1 else 's'} instead of {asked} (limits.{key})"
        elif subject == "receipts":
            asked_money = limits.min_receipts or 0.0
            got = np.floor(asked_money - v.excess)
            yield f"ask for £{got:,.0f} of receipts instead of £{asked_money:,.0f} (limits.min_receipts)"
        elif subject in ("capital", "npv_cost"):
            most = float(getattr(limits, f"max_{subject}"))
            what = "capital" if subject == "capital" else "cost, present value,"
            yield f"allow £{np.ceil(most + v.excess):,.0f} of {what} instead of £{most:,.0f} (limits.max_{subject})"
        elif subject == "measure":
            most = float(limits.max_measure or 0.0)
            yield f"allow a measure of {most + v.excess:,.6g} instead of {most:,.6g} (limits.max_measure)"
        else:
            year = subject.removeprefix("carbon").strip()
            most = float(limits.max_carbon_by_year[year] if year else limits.max_carbon or 0.0)
            key = "max_carbon_by_year" if year else "max_carbon"
            when = f" in {year}" if year else ""
            value = np.ceil((most + v.excess) * 100 - 1e-6) / 100
            yield f"allow {value:,.10g} tCO2e{when} instead of {most:,.10g} (limits.{key})"


def _locks(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    f, subject = problem.facts, found[0].subject
    of_team = any("team " in v.message for v in found)
    if not of_team and subject in f.sites.index:
        i = int(codes([subject], f.sites.index)[0])
        name = site_name(problem, i)
        if f.sites.candidate[i] and problem.keep[i]:
            yield f"leave {name} unopened (sites.lock, decisions.keep)"
        elif f.sites.candidate[i]:
            yield f"let {name} open (sites.lock, decisions.close, boundaries.veto)"
        elif problem.keep[i]:
            yield f"unlock {name}, so that it can be given up (sites.lock, decisions.keep, boundaries.veto)"
        else:
            yield f"keep {name} (sites.lock, decisions.close)"
        return
    s = int(codes([subject], f.teams.index)[0])
    if problem.must_go[s] >= 0 and problem.must_go[s] != f.teams.home[s]:
        there = site_name(problem, int(problem.must_go[s]))
        yield f"let team {team_name(problem, s)} be elsewhere than {there} (decisions.move)"
    else:
        yield f"let team {team_name(problem, s)} move (decisions.stay, boundaries.veto)"


def _eligibility(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    f, subject = problem.facts, found[0].subject
    if subject not in f.teams.index:
        yield f"let {subject} be built (boundaries.veto)"
        return
    s = int(codes([subject], f.teams.index)[0])
    who, home = f"team {team_name(problem, s)}", int(f.teams.home[s])
    if home >= 0 and not f.teams.movable[s]:
        yield f"let {who} move (teams.movable)"
    for i in line.move_site[line.move_team == s].tolist():
        there = site_name(problem, i)
        if home >= 0 and not np.isnan(f.teams.radius_km[s]):
            km = float(km_apart(f.sites.lat[home], f.sites.lon[home], f.sites.lat[i], f.sites.lon[i]))
            if km > f.teams.radius_km[s] + 1e-6:
                far, radius = np.ceil(km * 10 - 1e-6) / 10, f.teams.radius_km[s]
                yield f"let {who} go {far:.1f} km to {there} instead of {radius:g} (teams.radius_km)"
        if any("is not allowed at" in v.message and v.message.endswith(str(f.sites.ids[i])) for v in found):
            yield f"allow {who} at {there} (placements)"
        if any("outside the buildings its partner may use" in v.message for v in found):
            yield f"let {who} use {there} of {f.sites.partner[i]} (boundaries.estate)"
        if any("whose partner takes no part" in v.message for v in found):
            yield f"win {f.sites.partner[i]} over to take part, for {there} (boundaries.veto)"


def _compatibility(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    f, table = problem.facts, problem.estate.compatibility
    i = int(codes([found[0].subject], f.sites.index)[0])
    there = site_name(problem, i)
    present = np.zeros(len(f.teams), dtype=bool)
    for t in range(problem.years):
        present |= np.asarray(line.shares(t)[:, [i]].todense()).ravel() > 1e-6
    for rule, a_word, b_word in zip(table["rule"], table["a"], table["b"], strict=True):
        told = [v for v in found if f"({a_word})" in v.message]
        a, b = problem.tagged(a_word) & present, problem.tagged(b_word) & present
        if rule == "must" and told and a.any() and any("may only be where" in v.message for v in told):
            yield f"let {a_word} be at {there} without {b_word} (compatibility)"
        if rule == "must_not" and a.any() and b.any() and any(f"({b_word}) must not" in v.message for v in told):
            yield f"let {a_word} and {b_word} share {there} (compatibility)"


def _step_free(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    s = int(codes([found[0].subject], problem.facts.teams.index)[0])
    for i in line.move_site[line.move_team == s].tolist():
        if problem.step_free is not None and problem.step_free.barred[i]:
            there, who = site_name(problem, i), team_name(problem, s)
            yield f"make {there} step-free for team {who} (works with makes_step_free, or sites.step_free)"


def _tenure(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    i = int(codes([found[0].subject], problem.facts.sites.index)[0])
    end = problem.estate.sites["lease_end"].iloc[i]
    yield f"secure {site_name(problem, i)} beyond {end:%Y-%m-%d} (sites.lease_end, security_of_tenure)"


def _superior(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    s, i = problem.facts.sites, int(codes([found[0].subject], problem.facts.sites.index)[0])
    above = site_name(problem, int(s.head[i]))
    yield f"hold {above} as long as {site_name(problem, i)} (sites.head_site_id)"


def _change(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    asked = problem.scenario.change
    for v in found:
        for key, words in (
            ("max_moves_per_year", " teams move in "),
            ("max_fte_per_year", " FTE move in "),
            ("max_sites_in_works_per_year", " sites are in works in "),
        ):
            cap = getattr(asked, key)
            if cap is not None and words in v.message and v.subject.isdigit():
                one = "" if cap + v.excess == 1 else "s"
                what = {"max_moves_per_year": f"team{one} move", "max_fte_per_year": "FTE move"}.get(
                    key, f"site{one} be in works"
                )
                yield f"let {cap + v.excess:,.10g} {what} in {v.subject} instead of {cap:,.10g} (change.{key})"


def _disposals(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    cap = problem.scenario.disposals.max_per_year_per_area or 0
    for v in found:
        area, _, year = v.subject.rpartition(" ")
        yield (
            f"let {cap + v.excess:g} sales complete in {area} in {year} instead of {cap} (disposals.max_per_year_per_area)"
        )


def _access(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    subject = found[0].subject
    for test in opened.cover_tests:
        for group in test.groups:
            if test.force != "hard" or f"{test.name}: {group.label}" != subject:
                continue
            served = [line.open_points(test.service, test.sites, t) for t in range(problem.years)]
            worst = min(served, key=lambda points: float(group.weight[test.served(points)].sum()))
            if float(group.weight[test.served(worst)].sum()) >= group.required - 1e-6 * max(1.0, group.total):
                continue
            yield _loosened(test, group, worst)
    for mean in opened.mean_tests:
        for group in mean.groups:
            if mean.force != "hard" or f"{mean.name}: {group.label}" != subject:
                continue
            points = [line.open_points(mean.service, mean.sites, t) for t in range(problem.years)]
            worst = max(points, key=lambda there: mean.mean(group, there))
            if mean.mean(group, worst) > group.required * (1 + 1e-6) + 1e-9 and (
                told := nearest_mean(mean, group, worst)
            ):
                value = told.removesuffix(" would hold")
                yield f"raise standard {mean.name}, {group.label}, from a mean of {group.required:.2f} to {value}"


def _loosened(test: CoverTest, group: Group, points: Bools) -> str:
    """Say which minutes, or which share, a share test holds with these points open."""
    name, asked = f"standard {test.name}, {group.label}", group.required / max(group.total, 1e-9)
    values, most = nearest_limits(test, group, points), [limit.most for limit in test.limits]
    share = float(group.weight[test.served(points)].sum()) / max(group.total, 1e-9)
    less = f"a share of {np.floor(share * 1000 + 1e-6) / 1000:.1%} instead of {asked:.1%}"
    if test.kind != "share" or len(values) != 1 or len(most) != 1 or not isinstance(most[0], int | float):
        told = nearest_value(test, group, points)
        return f"loosen {name}: {told}" if told else f"ask of {name} for {less}"
    (value, unit) = values[0]
    return f"raise {name}, from {most[0]:g} to {value:g} {unit}, or ask for {less}"


def _service_points(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    for q, names, mask, fewest, most in service_points.limits_of(opened):
        service = str(problem.facts.services[q])
        if service != found[0].subject:
            continue
        sites = opened.points(q).sites
        counts = np.array([mask[:, line.open_points(q, sites, t)].sum(axis=1) for t in range(problem.years)])
        for area, low, high in zip(names, counts.min(axis=0), counts.max(axis=0), strict=True):
            where = f" in {area}" if area else ""
            if low < fewest:
                yield f"ask for {low} point{'' if low == 1 else 's'} of {service}{where} instead of {fewest:g} (service_types)"
            if high > most:
                much = f"{high} point{'' if high == 1 else 's'} of {service}{where}"
                yield f"allow {much} instead of {most:g} (service_types, limits.max_points)"


def _budget(problem: Problem, opened: Problem, line: Timeline, found: Found) -> Iterator[str]:
    for v in found:
        yield f"find £{np.ceil(v.excess):,.0f} more ({v.message})"


_TELLERS: dict[str, Callable[[Problem, Problem, Timeline, Found], Iterator[str]]] = {
    "capacity": _capacity,
    "limits": _limits,
    "locks": _locks,
    "eligibility": _eligibility,
    "compatibility": _compatibility,
    "step_free": _step_free,
    "tenure": _tenure,
    "superior_interest": _superior,
    "change": _change,
    "disposals": _disposals,
    "access": _access,
    "service_points": _service_points,
    "budget": _budget,
}
