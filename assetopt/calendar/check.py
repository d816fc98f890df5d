"""Checking a calendar month by month, as a diary would be: who stands where, what is open, what is full. No model, no solver.

It shares the facts (`case`) with the model and not a line of its rows: it walks through the months and counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from assetopt.calendar.case import NOWHERE, Case, Link, Schedule
from assetopt.plan import Violation

TOLERANCE = 1e-6


def check(case: Case, schedule: Schedule, tell: Callable[[int], str] = str) -> list[Violation]:
    """Return every breach.

    Parameters
    ----------
    case : Case
    schedule : Schedule
    tell : callable
        Turns a month number into the word that is used in messages.
    """
    wrong = list(_form(case, schedule))
    if wrong:
        return wrong
    out = list(_windows(case, schedule, tell))
    out += _links(case, schedule, tell)
    for month in range(case.months):
        where = _places(case, schedule, month)
        out += _rooms(case, schedule, where, month, tell(month))
        out += _crews(case, schedule, month, tell(month))
        out += _buildings(case, schedule, where, month, tell(month))
        out += _public(case, where, month, tell(month))
        out += _company(case, where, month, tell(month))
        out += _escorted(case, where, month, tell(month))
        out += _points(case, schedule, month, tell(month))
    return out


def _form(case: Case, schedule: Schedule) -> Iterator[Violation]:
    for name, events in (
        ("leave", case.moves), ("arrive", case.moves), ("decant", case.moves), ("work", case.works),
        ("exit", case.exits), ("open", case.openings),
    ):  # fmt: skip
        if len(getattr(schedule, name)) != len(events):
            yield Violation("calendar", name, 1.0, f"the calendar does not name every {name} once")


def _places(case: Case, schedule: Schedule, month: int) -> list[set[int]]:
    """Return, for every move, the sites that its team uses in a month."""
    out = []
    for k, move in enumerate(case.moves):
        here = set()
        gone, come = schedule.leave[k], schedule.arrive[k]
        if month <= gone:
            here.add(move.home)
        if month >= come:
            here.add(move.to)
        if gone <= month <= come and schedule.decant[k] != NOWHERE:
            here.add(schedule.decant[k])
        out.append(here - {NOWHERE})
    return out


def _windows(case: Case, schedule: Schedule, tell: Callable[[int], str]) -> Iterator[Violation]:
    named = [
        *(("move", v.team, v.window, m) for v, m in zip(case.moves, schedule.leave, strict=True)),
        *(("move", v.team, v.window, m) for v, m in zip(case.moves, schedule.arrive, strict=True)),
        *(("works", w.intervention, w.window, m) for w, m in zip(case.works, schedule.work, strict=True)),
        *(("handback", case.sites[x.site], x.window, m) for x, m in zip(case.exits, schedule.exit, strict=True)),
        *(("opening", case.sites[o.site], o.window, m) for o, m in zip(case.openings, schedule.open, strict=True)),
    ]
    for what, name, window, month in named:
        if month < window.first or month > window.last:
            early = month < window.first
            end, off = (window.first, window.first - month) if early else (window.last, month - window.last)
            word = "not before" if early else "not after"
            yield Violation("window", name, float(off), f"{what} of {name} in {tell(month)}, {word} {tell(end)}")
        elif month in window.closed:
            yield Violation("blackout", name, 1.0, f"{what} of {name} in {tell(month)}, when nothing may change for it")
    for k, move in enumerate(case.moves):
        gone, come, place = schedule.leave[k], schedule.arrive[k], schedule.decant[k]
        if gone > come:
            yield Violation("order", move.team, float(gone - come), f"{move.team} arrives before it leaves")
        if gone < come and place == NOWHERE:
            yield Violation(
                "lapse", move.team, float(come - gone), f"{move.team} is nowhere from {tell(gone)} to {tell(come)}"
            )
        if place != NOWHERE and (place not in move.decants or gone >= come):
            yield Violation("decant", move.team, 1.0, f"{move.team} must not wait at {case.sites[place]}")


def _links(case: Case, schedule: Schedule, tell: Callable[[int], str]) -> list[Violation]:
    out = []
    for link in case.links:
        one, two = schedule.month(link.first), schedule.month(link.second)
        names = f"{_named(case, link, True)} ({tell(one)}) and {_named(case, link, False)} ({tell(two)})"
        if link.kind == "before" and two - one < link.lag:
            said = f"{names}: the second must come {link.lag} months after the first, or later"
            out.append(Violation("precedence", _named(case, link, False), float(link.lag - two + one), said))
        if link.kind == "together" and one != two:
            out.append(
                Violation("precedence", _named(case, link, False), float(abs(one - two)), f"{names}: must go together")
            )
        if link.kind == "apart" and abs(one - two) < max(1, link.lag):
            said = f"{names}: must lie {max(1, link.lag)} months apart"
            out.append(Violation("precedence", _named(case, link, False), 1.0, said))
    return out


def _named(case: Case, link: Link, first: bool) -> str:
    return name_of(case, link.first if first else link.second)


def name_of(case: Case, ref: tuple[str, int]) -> str:
    """Return the identifier of what an event is about."""
    kind, k = ref
    if kind == "move":
        return case.moves[k].team
    if kind == "work":
        return case.works[k].intervention
    return case.sites[case.exits[k].site if kind == "exit" else case.openings[k].site]


def _rooms(case: Case, schedule: Schedule, where: list[set[int]], month: int, said: str) -> Iterator[Violation]:
    used: dict[tuple[int, int], float] = defaultdict(float)
    for move, sites in zip(case.moves, where, strict=True):
        for site in sites:
            for kind, need in enumerate(move.need):
                used[site, kind] += need
    room: dict[tuple[int, int], float] = defaultdict(float)
    for work, done in zip(case.works, schedule.work, strict=True):
        for kind, change in enumerate(work.change):
            if (change > 0 and month >= done) or (change < 0 and month >= done - work.months):
                room[work.site, kind] += change
                used[work.site, kind] += 0.0
    for (site, kind), moving in sorted(used.items()):
        use = moving + float(case.standing[site, kind])
        held = float(case.limit[site, kind]) + room[site, kind]
        if use - held > TOLERANCE * max(1.0, held):
            name = case.sites[site]
            text = f"{name}, {case.space_types[kind]}, {said}: {use:g} in use, {max(0.0, held):g} there"
            yield Violation("space", name, use - held, f"{text} ({use - held:g} too much)")


def _crews(case: Case, schedule: Schedule, month: int, said: str) -> Iterator[Violation]:
    moves, staff = 0, 0.0
    for k, move in enumerate(case.moves):
        if move.closes:
            continue
        times = int(schedule.leave[k] == month)
        times += int(schedule.decant[k] != NOWHERE and schedule.arrive[k] == month)
        moves, staff = moves + times, staff + times * move.fte
    if case.moves_per_month is not None and moves > case.moves_per_month:
        over = moves - case.moves_per_month
        yield Violation("crews", said, float(over), f"{moves} teams move in {said}, at most {case.moves_per_month} can")
    if case.fte_per_month is not None and staff > case.fte_per_month + TOLERANCE * max(1.0, case.fte_per_month):
        over_fte = staff - case.fte_per_month
        yield Violation("crews", said, over_fte, f"{staff:g} FTE move in {said}, at most {case.fte_per_month:g} can")
    busy = {w.site for w, done in zip(case.works, schedule.work, strict=True) if done - w.months <= month < done}
    if case.works_at_once is not None and len(busy) > case.works_at_once:
        text = f"{len(busy)} sites are in works in {said}, at most {case.works_at_once} may be"
        yield Violation("works", said, float(len(busy) - case.works_at_once), text)


def _buildings(case: Case, schedule: Schedule, where: list[set[int]], month: int, said: str) -> Iterator[Violation]:
    inside: dict[int, list[str]] = defaultdict(list)
    for move, sites in zip(case.moves, where, strict=True):
        for place in sites:
            inside[place].append(move.team)
    for site, done in zip(case.exits, schedule.exit, strict=True):
        if month > done - site.handover and inside[site.site]:
            name = case.sites[site.site]
            who = ", ".join(inside[site.site])
            text = f"{who} still in {name} in {said}, {site.handover} months or less before it is handed back"
            yield Violation("handback", name, 1.0, text)
    for opening, start in zip(case.openings, schedule.open, strict=True):
        if month < start and inside[opening.site]:
            name = case.sites[opening.site]
            yield Violation(
                "opening", name, 1.0, f"{', '.join(inside[opening.site])} in {name} in {said}, before it opens"
            )


def _public(case: Case, where: list[set[int]], month: int, said: str) -> Iterator[Violation]:
    for test in case.tests:
        # A place in which a team only waits is no point of its service.
        open_ = frozenset(
            site
            for move, sites in zip(case.moves, where, strict=True)
            if move.service == test.service
            for site in sites & {move.home, move.to}
        )
        short = test.short(open_, month)
        if short > test.tolerance:
            yield Violation(
                "access", test.label, short, f"{test.label}: {short:,.0f} people too few are served in {said}"
            )


def _company(case: Case, where: list[set[int]], month: int, said: str) -> Iterator[Violation]:
    for one, two in case.apart:
        for site in where[one] & where[two]:
            names = f"{case.moves[one].team} and {case.moves[two].team}"
            text = f"{names} are both in {case.sites[site]} in {said}, and must not be"
            yield Violation("compatibility", case.moves[one].team, 1.0, text)


def _escorted(case: Case, where: list[set[int]], month: int, said: str) -> Iterator[Violation]:
    for rule in case.together:
        if month < rule.first:
            continue
        there, hosts = (
            sum(case.moves[k].share for k in group if rule.site in where[k]) for group in (rule.guests, rule.hosts)
        )
        alone = there + rule.staying - hosts - rule.hosting
        if there + rule.staying > TOLERANCE and alone > 1e-5 * (3 + len(rule.guests) + len(rule.hosts)):
            yield Violation("compatibility", rule.label, alone, f"{case.sites[rule.site]}, {said}: {rule.label}")


def _points(case: Case, schedule: Schedule, month: int, said: str) -> Iterator[Violation]:
    for cap in case.caps:
        ends = set()
        for move, gone, come in zip(case.moves, schedule.leave, schedule.arrive, strict=True):
            if move.service == cap.service:
                ends |= {site for site, there in ((move.home, gone > month), (move.to, come <= month)) if there}
        over = len(ends & cap.sites) - float(cap.most[month])
        if over > TOLERANCE:
            yield Violation("points", cap.label, over, f"{cap.label}: {over:g} too many at the end of {said}")
