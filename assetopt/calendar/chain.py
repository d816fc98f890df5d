"""The critical chain: from the last handback back to the start, what each step was waiting for."""

from __future__ import annotations

from assetopt.calendar.case import NOWHERE, Case, Ref, Schedule


def critical_chain(case: Case, schedule: Schedule) -> list[tuple[Ref, str]]:
    """Return (event, what it waits for) from the first event of the chain to the last; empty where nothing happens."""
    refs = case.refs()
    if not refs:
        return []
    # The last event; handbacks before moves where both are last, and the dearest of them.
    last = max(refs, key=lambda ref: (schedule.month(ref), ref[0] == "exit", _rate(case, ref), -ref[1]))
    chain: list[tuple[Ref, str]] = []
    here: Ref | None = last
    while here is not None and here not in {ref for ref, _ in chain}:
        before, why = _waits_for(case, schedule, here)
        chain.append((here, why))
        here = before
    return chain[::-1]


def _rate(case: Case, ref: Ref) -> int:
    return case.exits[ref[1]].cost[0] if ref[0] == "exit" and case.exits[ref[1]].cost else 0


def _waits_for(case: Case, schedule: Schedule, ref: Ref) -> tuple[Ref | None, str]:
    kind, k = ref
    month = schedule.month(ref)
    for link in case.links:
        if link.second == ref and link.kind == "before" and schedule.month(link.first) + link.lag == month:
            return link.first, link.reason or "what must come before it"
        if link.kind == "together" and ref in (link.first, link.second):
            other = link.first if ref == link.second else link.second
            if other < ref:
                return other, "goes together with it"
    if kind == "exit":
        site = case.exits[k]
        for n, v in enumerate(case.moves):
            if v.home == site.site and schedule.leave[n] + site.handover == month:
                return ("move", n), "its last team leaves"
    if kind == "move":
        move = case.moves[k]
        for n, place in enumerate(case.openings):
            if place.site == move.to and schedule.open[n] == month:
                return ("open", n), "the building opens"
        for n, work in enumerate(case.works):
            if work.site == move.to and schedule.work[n] == month:
                return ("work", n), "works make the room"
        for n, v in enumerate(case.moves):
            if (
                n != k
                and v.home == move.to != NOWHERE
                and schedule.leave[n] == month - 1
                and any(a > 0 and b > 0 for a, b in zip(v.need, move.need, strict=True))
            ):
                return ("move", n), "room that another team leaves"
        if case.moves_per_month is not None and month > 0:
            busy = sum(m == month - 1 for m, v in zip(schedule.leave, case.moves, strict=True) if not v.closes)
            if busy >= case.moves_per_month:
                return None, "crews are busy the month before"
    if month - 1 in case.window(ref).closed:
        return None, "a blackout ends"
    return None, "the first month that is allowed" if month <= case.window(ref).first else "it is cheapest then"
