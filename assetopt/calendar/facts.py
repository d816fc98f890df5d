"""From a plan in years to a case in months: who moves when at the earliest, by when it was meant to, and what each month costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from assetopt.calendar.case import NOWHERE, Case, Exit, Link, Move, Opening, Ref, Window, Work
from assetopt.calendar.company import kept_apart, kept_together
from assetopt.calendar.leases import Lease, leases_of
from assetopt.calendar.months import Months
from assetopt.calendar.points import access_tests, point_caps
from assetopt.calendar.settings import Settings
from assetopt.calendar.waiting import with_decants
from assetopt.errors import DataError, Issue
from assetopt.finance import add_months
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, codes
from assetopt.problem.tenure import NEVER
from assetopt.timeline import Timeline

Spans = tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class Diary:
    """A case with what its numbers mean.

    Attributes
    ----------
    lease : dict of site index to Lease
        Of every leasehold that the plan leaves.
    keep_rate : (n_sites,) £ a month that a kept building costs, without rent; ``late_receipt`` the part of it that is time.
    spans : tuple of (first day, last day), one tuple a move
        The blackouts that concern it.
    plan_exit, plan_open : dict of site index to month
        The month after which, and from which, the plan's own account stops and starts to pay for a building.
    """

    case: Case
    problem: Problem
    plan: Plan
    line: Timeline
    months: Months
    settings: Settings
    lease: dict[int, Lease]
    running: Floats
    late_receipt: Floats
    spans: tuple[Spans, ...]
    plan_exit: dict[int, int]
    plan_open: dict[int, int]
    notes: tuple[str, ...]

    def tell(self, month: int) -> str:
        """Return a month in words."""
        return self.months.tell(month)


def diary(problem: Problem, plan: Plan, line: Timeline, settings: Settings) -> Diary:
    """Lay a plan out in months.

    Raises
    ------
    DataError
        Deadlines before the first month in which anything may happen, and blackouts that leave a move no month.
    """
    asked = problem.scenario.appraisal.asked_on
    months = Months.after(add_months(asked, problem.scenario.change.lead_months))
    f, d = problem.facts, problem.years
    years = np.concatenate([line.move_year, line.closed, line.vacated, line.opened, line.built])
    last_year = int(years[years < d].max(initial=0))
    count = max(1, months.start_of(problem.base_year + last_year) + settings.slip_months)
    start = {t: months.start_of(problem.base_year + t) for t in range(-1, d + 1)}
    approved = months.at_or_after(add_months(asked, settings.approval_months))
    consulted = months.at_or_after(add_months(asked, settings.approval_months + settings.consultation_months))
    faults: list[Issue] = []

    def window(
        year: int, target: int, name: str, spans: Spans = (), first: int = 0, last: int | None = None, clock: int = 0
    ) -> Window:
        low = max(first, start[year] - settings.run_up_months, 0)
        high = min(count - 1, start[year] + settings.slip_months - 1) if last is None else last
        # A legal clock gives way to a date that cannot move: the decide-by list then says that its day has passed.
        low = min(max(low, clock), max(low, high))
        out = Window(low, high, min(target, high), months.closed(spans, count, settings.least_open_days))
        if high < low and not faults_of(name):
            what = f"must be done by {months.tell(high)}, before the first month in which it may happen, {months.tell(low)}"
            faults.append(Issue(f"calendar, {name}", what, "bring as_at or lead_months forward, or take a later year"))
        elif not out.months() and not faults_of(name):
            what = f"blackouts close every month from {months.tell(low)} to {months.tell(high)}"
            faults.append(Issue(f"blackouts, {name}", what, "shorten a blackout, or say whom it applies to"))
        return out

    def faults_of(name: str) -> bool:
        return any(issue.where.endswith(name) for issue in faults)

    moves: list[Move] = []
    spans: list[Spans] = []
    for kind, team, home, to, year, share in _movers(line):
        here = _spans(problem, team, home, to)
        earliest = f.teams.earliest_move[team]
        first = 0 if np.isnan(earliest) else months.start_of(int(earliest))
        name = str(f.teams.ids[team])
        deadline = None
        if home != NOWHERE and problem.tenure.forced[home] == line.vacated[home] < NEVER:
            deadline = months.ended(_lease_end(problem, home)) - settings.handover_months
        service = int(f.teams.service[team])
        ready = consulted if f.public[service] and home != NOWHERE else approved if home != NOWHERE else 0
        point = bool(f.public[service]) and (not f.teams.divisible[team] or share >= f.min_point_share[service] - 2e-6)
        moves.append(
            Move(
                name, home, to, tuple((f.teams.need[team] * share).tolist()),
                window(year, start[year] - 1, f"team {name}", here, first, deadline, ready),
                float(f.teams.fte[team] * share), service if point else -1,
                decant_cost=max(1, round(float(f.teams.move_cost[team] * share))),
                late_cost=settings.late_cost if home != NOWHERE else 0, partner=str(f.teams.partner[team]),
                name=str(f.teams.name[team]), share=share, closes=kind == "close",
            )
        )  # fmt: skip
        spans.append(here)
    works = []
    for m in np.flatnonzero(line.built < d):
        year, length = int(line.built[m]), max(0, math.ceil(float(problem.works_months[m]) - 1e-9))
        name = str(f.interventions.ids[m])
        place = window(year, start[year], f"intervention {name}", first=length, clock=approved + length)
        works.append(Work(name, int(f.interventions.site[m]), length, tuple(_room(problem, f.interventions.change[m])), place,
                          settings.late_cost))  # fmt: skip
    lease = leases_of(problem, months, count, np.flatnonzero(line.vacated < d))
    running = (problem.fixed_running + f.sites.lifecycle_cost) / 12.0
    late = np.where(
        (f.sites.tenure == "freehold") & (f.sites.on_exit == "sell"), np.maximum(0.0, problem.net_receipt), 0.0
    ) * (float(problem.factors[0] / problem.factors[1]) ** (1 / 12) - 1.0)
    exits, openings, plan_exit, plan_open = [], [], {}, {}
    for i in np.flatnonzero((line.vacated < d) & f.sites.existing).tolist():
        year = int(line.vacated[i])
        plan_exit[i] = start[year] - 1
        name = f"site {f.sites.ids[i]}"
        hard = months.ended(_lease_end(problem, i)) if problem.tenure.forced[i] == year else None
        place = window(year, start[year] - 1, name, last=hard, clock=approved)
        rent = lease[i].extra.copy() if i in lease else np.zeros(count)
        rent[: place.first + 1] = 0.0  # dates before it can be left at all are missed in any case
        if f.sites.tenure[i] == "licence":
            rent = np.full(count, f.sites.rent[i] / 12.0)
        cost = np.maximum(0.0, running[i] + late[i]) + rent
        exits.append(Exit(i, place, tuple(round(float(x)) for x in cost), settings.handover_months))
    for i in np.flatnonzero((line.opened < d) & f.sites.candidate).tolist():
        year = int(line.opened[i])
        plan_open[i] = start[year]
        place = window(year, start[year], f"site {f.sites.ids[i]}")
        monthly = round(float(running[i] + f.sites.rent[i] / 12.0))
        openings.append(Opening(i, place, (max(0, monthly),) * count))
    if faults:
        raise DataError(faults)
    mended = max(0, start[0] + settings.slip_months)
    limit, standing = _rooms(problem, line, moves)
    case = Case(
        count, tuple(str(i) for i in f.sites.ids), tuple(str(k) for k in f.space_types), limit, standing, tuple(moves),
        tuple(works), tuple(exits), tuple(openings),
        tests=access_tests(problem, line, moves, count, start[0]),
        apart=tuple(kept_apart(problem, moves)),
        caps=point_caps(problem, line, moves, count, mended),
        moves_per_month=settings.moves_per_month or _crews(problem, line),
        fte_per_month=_staff(problem, settings),
        works_at_once=settings.works_at_once or problem.scenario.change.max_sites_in_works_per_year,
    )  # fmt: skip
    links, notes = _links(problem, line, case)
    case = replace(case, links=tuple(links))
    if settings.decants:
        case = with_decants(case, problem, set(plan_exit) | set(plan_open))
    case = replace(case, together=tuple(kept_together(problem, line, case, mended)))
    return Diary(case, problem, plan, line, months, settings, lease, running, late, tuple(spans), plan_exit, plan_open,
                 tuple(notes))  # fmt: skip


def _movers(line: Timeline) -> Iterator[tuple[str, int, int, int, int, float]]:
    """Yield (kind, team, home, goal, year, share) of every move and closure."""
    teams = line.problem.facts.teams
    rows = zip(line.move_team, line.move_site, line.move_year, line.move_share, strict=True)
    for team, site, year, share in rows:
        yield "move", int(team), int(teams.home[team]), int(site), int(year), float(share)
    for team in np.flatnonzero((line.closed < line.problem.years) & (teams.home >= 0)):
        yield "close", int(team), int(teams.home[team]), NOWHERE, int(line.closed[team]), 1.0


def _lease_end(problem: Problem, site: int) -> date:
    end: pd.Timestamp = problem.estate.sites["lease_end"].iloc[site]
    return end.date()


def _spans(problem: Problem, team: int, home: int, to: int) -> Spans:
    """Return the blackouts that concern a move."""
    table, f = problem.estate.blackouts, problem.facts
    words = {"", str(f.teams.ids[team]), str(f.teams.partner[team]), str(f.services[f.teams.service[team]])}
    words |= {str(f.sites.ids[i]) for i in (home, to) if i != NOWHERE}
    mine = table[table["applies_to"].astype(str).isin(words)]
    return tuple(sorted((a.date(), b.date()) for a, b in zip(mine["start"], mine["end"], strict=True)))


def _room(problem: Problem, change: Floats) -> list[float]:
    return [float(x) for x in change * (1.0 - problem.scenario.rules.capacity.headroom)]


def _staff(problem: Problem, settings: Settings) -> float | None:
    """Return the staff whose team may move in a month: as asked, else a twelfth of a year's cap; None without either."""
    yearly = problem.scenario.change.max_fte_per_year
    if settings.fte_per_month is not None:
        return settings.fte_per_month
    return None if yearly is None else yearly / 12


def _rooms(problem: Problem, line: Timeline, moves: list[Move]) -> tuple[Floats, Floats]:
    """Return the most that may be in use, and what those use who stay; nowhere is fuller than it is today or may be."""
    f = problem.facts
    standing, today = np.zeros_like(f.capacity), np.zeros_like(f.capacity)
    housed = np.flatnonzero(f.teams.home >= 0)
    np.add.at(today, f.teams.home[housed], f.teams.need[housed])
    np.add.at(standing, f.teams.home[housed], f.teams.need[housed] * line.stay_share[housed][:, None])
    limit = np.maximum(f.capacity * (1.0 - problem.scenario.rules.capacity.headroom), today)
    limit[f.sites.external] = 1e9
    return limit, standing


def _crews(problem: Problem, line: Timeline) -> int:
    cap = problem.scenario.change.max_moves_per_year
    if cap is not None:
        return max(1, math.ceil(cap / 12))
    busiest = int(np.bincount(line.move_year, minlength=1).max(initial=0))
    return max(2, math.ceil(busiest / 12))


def _links(problem: Problem, line: Timeline, case: Case) -> tuple[list[Link], list[str]]:
    """Return what must come before what, and what of the table concerns nothing that this plan changes."""
    refs: dict[str, list[Ref]] = {}
    for k, v in enumerate(case.moves):
        refs.setdefault(v.team, []).append(("move", k))
    for k, w in enumerate(case.works):
        refs.setdefault(w.intervention, []).append(("work", k))
    for k, x in enumerate(case.exits):
        refs.setdefault(case.sites[x.site], []).append(("exit", k))
    for k, o in enumerate(case.openings):
        refs.setdefault(case.sites[o.site], []).append(("open", k))
    out: list[Link] = []
    notes: list[str] = []
    table = problem.estate.precedence
    for before, after, lag, kind, reason in zip(
        table["before"], table["after"], table["lag_months"], table["kind"], table["reason"], strict=True
    ):
        if before not in refs or after not in refs:
            idle = " and ".join(str(name) for name in (before, after) if name not in refs)
            notes.append(f"precedence {before} - {after}: the plan does not change {idle}")
            continue
        for one in refs[before]:
            for two in refs[after]:
                out.append(_ordered(case, str(kind), one, two, math.ceil(float(lag)), str(reason)))
    ramps = set(_step_free(problem, line, case))
    built = {(w.site, k) for k, w in enumerate(case.works)}
    for site, k in sorted(built):
        for m, v in enumerate(case.moves):
            if v.to == site and (v.window.target >= case.works[k].window.target - 1 or (k, m) in ramps):
                out.append(Link("before", ("work", k), ("move", m), 0, "works come before the teams that move in"))
    exit_of = {x.site: n for n, x in enumerate(case.exits)}
    for i, n in exit_of.items():
        head = int(problem.facts.sites.head[i])
        if head in exit_of:
            out.append(Link("before", ("exit", n), ("exit", exit_of[head]), 0, "the inferior interest ends first"))
    return out, notes


def _step_free(problem: Problem, line: Timeline, case: Case) -> Iterator[tuple[int, int]]:
    """Yield (work, move): the first works that make a barred site step-free, and a public team that the plan brings there after.

    A move with a deadline has a nearer target than its year; its works still come first.
    """
    asked, f = problem.step_free, problem.facts
    if asked is None:
        return
    number = codes([w.intervention for w in case.works], f.interventions.index)
    for m, (team, site, year) in enumerate(zip(line.move_team, line.move_site, line.move_year, strict=True)):
        if not (f.public[f.teams.service[team]] and asked.barred[site]):
            continue
        done = [
            (int(line.built[n]), k) for k, n in enumerate(number) if n in asked.works and case.works[k].site == site
        ]
        if done and min(done)[0] <= year:
            yield min(done)[1], m


def _ordered(case: Case, kind: str, one: Ref, two: Ref, lag: int, reason: str) -> Link:
    if kind == "finish_start":
        # Works are done by the start of their month; all else fills its month.
        lag += case.works[two[1]].months if two[0] == "work" else 0
        lag += 1 if two[0] == "work" and one[0] != "work" else 0
        return Link("before", one, two, lag, reason)
    return Link(kind, one, two, max(1, lag) if kind == "apart" else 0, reason)
