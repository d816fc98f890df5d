"""May a calendar stand, and what does it cost? Answered from docs/calendar.md, sharing no line with checker, model or prices.

It writes a diary first, one entry for every team, place and month, and then asks each rule of the whole diary.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from assetopt.calendar.case import NOWHERE, Case, Schedule

Diary = set[tuple[int, int, int]]
"""(move, site, month): the team uses the site in that month."""


def may_stand(case: Case, plan: Schedule) -> bool:
    """Say whether a calendar keeps every limit of its case."""
    return next(broken(case, plan), None) is None


def broken(case: Case, plan: Schedule) -> Iterator[str]:
    """Yield the kind of every limit that a calendar breaks, some of them more than once."""
    yield from _when_it_may_be(case, plan)
    yield from _in_order(case, plan)
    yield from _by_the_crews(case, plan)
    diary = _diary(case, plan)
    yield from _in_the_buildings(case, plan, diary)
    yield from _in_company(case, diary)
    yield from _most_points(case, plan)
    if not all(_served(case, diary, month) for month in range(case.months)):
        yield "access"


def price(case: Case, plan: Schedule) -> int:
    """Return what a calendar costs, £."""
    pounds = 0
    for site, last in zip(case.exits, plan.exit, strict=True):
        for month in range(len(site.cost)):
            pounds += site.cost[month] if month <= last else 0
    for opening, first in zip(case.openings, plan.open, strict=True):
        for month in range(len(opening.cost)):
            pounds += opening.cost[month] if month >= first else 0
    for move, place, come in zip(case.moves, plan.decant, plan.arrive, strict=True):
        pounds += (move.decant_cost if place != NOWHERE else 0) + move.late_cost * max(0, come - move.window.target)
    for work, done in zip(case.works, plan.work, strict=True):
        pounds += work.late_cost * max(0, done - work.window.target)
    return pounds


def _diary(case: Case, plan: Schedule) -> Diary:
    out: Diary = set()
    for k, move in enumerate(case.moves):
        for month in range(case.months):
            if move.home != NOWHERE and month <= plan.leave[k]:
                out.add((k, move.home, month))
            if move.to != NOWHERE and month >= plan.arrive[k]:
                out.add((k, move.to, month))
            if plan.decant[k] != NOWHERE and plan.leave[k] <= month <= plan.arrive[k]:
                out.add((k, plan.decant[k], month))
    return out


def _when_it_may_be(case: Case, plan: Schedule) -> Iterator[str]:
    dated = [
        *zip(case.moves, plan.leave, strict=True), *zip(case.moves, plan.arrive, strict=True),
        *zip(case.works, plan.work, strict=True), *zip(case.exits, plan.exit, strict=True),
        *zip(case.openings, plan.open, strict=True),
    ]  # fmt: skip
    for event, month in dated:
        window = event.window
        if not window.first <= month <= window.last:
            yield "window"
        elif month in window.closed:
            yield "blackout"
    for move, gone, come, place in zip(case.moves, plan.leave, plan.arrive, plan.decant, strict=True):
        if come < gone:
            yield "waiting"
        # Whoever arrives later than it leaves waits somewhere that is allowed, and nobody else waits.
        if (place == NOWHERE) != (come == gone) or (place != NOWHERE and place not in move.decants):
            yield "waiting"


def _in_order(case: Case, plan: Schedule) -> Iterator[str]:
    month = {
        **{("move", k): m for k, m in enumerate(plan.arrive)}, **{("work", k): m for k, m in enumerate(plan.work)},
        **{("exit", k): m for k, m in enumerate(plan.exit)}, **{("open", k): m for k, m in enumerate(plan.open)},
    }  # fmt: skip
    for link in case.links:
        gone_by = month[link.second] - month[link.first]
        if link.kind == "before" and gone_by < link.lag:
            yield "before"
        if link.kind == "together" and gone_by != 0:
            yield "together"
        if link.kind == "apart" and abs(gone_by) < max(1, link.lag):
            yield "apart"


def _by_the_crews(case: Case, plan: Schedule) -> Iterator[str]:
    removals = []
    for k, move in enumerate(case.moves):
        if not move.closes:
            removals += [(plan.leave[k], move.fte)]
            removals += [(plan.arrive[k], move.fte)] if plan.decant[k] != NOWHERE else []
    busy = {(w.site, m) for w, done in zip(case.works, plan.work, strict=True) for m in range(done - w.months, done)}
    for month in range(-case.months, 2 * case.months):
        at_once = [fte for when, fte in removals if when == month]
        if case.moves_per_month is not None and len(at_once) > case.moves_per_month:
            yield "moves"
        if case.fte_per_month is not None and sum(at_once) > case.fte_per_month + 1e-6:
            yield "fte"
        if case.works_at_once is not None and sum(m == month for _, m in busy) > case.works_at_once:
            yield "works"


def _in_the_buildings(case: Case, plan: Schedule, diary: Diary) -> Iterator[str]:
    for (site, month), kind in itertools.product(
        itertools.product(range(len(case.sites)), range(case.months)), range(len(case.space_types))
    ):
        use = float(case.standing[site, kind]) + sum(
            case.moves[k].need[kind] for k, s, m in diary if (s, m) == (site, month)
        )
        room = float(case.limit[site, kind])
        for work, done in zip(case.works, plan.work, strict=True):
            change = work.change[kind]
            # New room is there when the works are done; what they take is gone when they begin.
            since = done if change > 0 else done - work.months
            room += change if work.site == site and month >= since else 0.0
        if use > room + 1e-6:
            yield "room"
    for (_, site, month), (number, exit_) in itertools.product(diary, enumerate(case.exits)):
        if site == exit_.site and month > plan.exit[number] - exit_.handover:
            yield "handback"
    for (_, site, month), (number, opening) in itertools.product(diary, enumerate(case.openings)):
        if site == opening.site and month < plan.open[number]:
            yield "opening"


def _in_company(case: Case, diary: Diary) -> Iterator[str]:
    for one, two in case.apart:
        if {(s, m) for k, s, m in diary if k == one} & {(s, m) for k, s, m in diary if k == two}:
            yield "must not"
    for rule in case.together:
        for month in range(rule.first, case.months):
            guests = sum(case.moves[k].share for k in rule.guests if (k, rule.site, month) in diary) + rule.staying
            hosts = sum(case.moves[k].share for k in rule.hosts if (k, rule.site, month) in diary) + rule.hosting
            if guests > hosts + 1e-4:
                yield "must"


def _most_points(case: Case, plan: Schedule) -> Iterator[str]:
    for cap in case.caps:
        teams = [k for k, move in enumerate(case.moves) if move.service == cap.service]
        for month in range(case.months):
            ends = {case.moves[k].home for k in teams if plan.leave[k] > month}
            ends |= {case.moves[k].to for k in teams if plan.arrive[k] <= month}
            if len(ends & cap.sites) > cap.most[month]:
                yield "points"


def _served(case: Case, diary: Diary, month: int) -> bool:
    for test in case.tests:
        teams = [k for k, move in enumerate(case.moves) if move.service == test.service]
        # Where a team only waits it serves nobody.
        there = {s for k, s, m in diary if m == month and k in teams and s in (case.moves[k].home, case.moves[k].to)}
        people = sum(float(w) for w, reach in zip(test.weight, test.reach, strict=True) if there & set(reach))
        if people < float(test.required[month]) - test.tolerance:
            return False
    return True
