"""When no calendar exists: which limits are in the way, in the user's words, and what would do, cheapest first.

CP-SAT names limits that cannot hold together (an assumption core). The core is asked about again, and shrunk: a limit stays in
it only if there is a calendar without that one. Where not even a calendar without any limit exists, the months are too few:
blackouts and the reach of the plan's years are tried instead. Every relaxation is solved, so its price is a calendar's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assetopt.calendar import cpsat
from assetopt.calendar.bounds import tightened
from assetopt.calendar.case import NOWHERE, Case, Move, Schedule, Window
from assetopt.calendar.check import name_of
from assetopt.calendar.facts import Diary
from assetopt.calendar.model import Model
from assetopt.calendar.programme import Programme, Tag
from assetopt.calendar.search import solve
from assetopt.problem.tenure import NEVER

DOUBTED = ("room", "moves", "fte", "works", "link", "access", "apart", "must", "points")
"""Limits that somebody could lift; what moves, handbacks and openings are is never doubted."""

NAMED = 6
"""Teams in the way that are tried one by one."""

LATER = 12
"""Months by which the plan's years are stretched to see whether time would help."""


@dataclass(frozen=True)
class Way:
    """A relaxation that gives a calendar: in words, and the £ that the cheapest calendar found with it costs."""

    words: str
    cost: int


@dataclass(frozen=True)
class Diagnosis:
    """Why there is no calendar.

    Attributes
    ----------
    limits : tuple of str
        Limits that cannot hold together, in words; each of them is needed for the conflict when ``shrunk``.
    ways : tuple of Way
        What would do, cheapest first.
    """

    limits: tuple[str, ...]
    ways: tuple[Way, ...]
    shrunk: bool

    def lines(self) -> list[str]:
        """Return it for reading."""
        head = "These limits cannot all hold:" if self.limits else "What is in the way was not found in the time."
        out = [head, *(f"  {limit}" for limit in self.limits)]
        if self.limits and not self.shrunk:
            out.append("  (perhaps not all of them are needed for the conflict: the time was too short to tell)")
        if self.ways:
            out.append("What would do, cheapest first (the price is that of the whole calendar):")
            out += [f"  {way.words}: £{way.cost:,}" for way in self.ways]
        return out


def group_of(tag: Tag) -> Tag:
    """Return the limit that a row belongs to: months of one limit are one."""
    if tag[0] == "room":
        return tag[:3]
    return tag[:2] if tag[0] in ("link", "access", "must", "points") else tag if tag[0] == "apart" else tag[:1]


def diagnose(diary: Diary, seconds: float = 30.0) -> Diagnosis:
    """Say why a case has no calendar; see the module."""
    ends = time.monotonic() + seconds
    # Windows are not cut here: that would hide the crew or the order that cuts them.
    programme = Model(diary.case).programme
    groups = {tag: group_of(tag) for _, _, _, tag in programme.rows if tag and tag[0] in DOUBTED}
    status, core = cpsat.conflict(programme, seconds / 3, groups)
    if status != "infeasible":
        return Diagnosis((), (), False)
    if not core:
        return _too_few_months(diary, ends)
    core, shrunk = _shrink(programme, groups, core, ends - seconds / 3)
    words = tuple(_limit(diary, programme, groups, core, one) for one in core)
    return Diagnosis(words, _ways(diary, core, ends), shrunk)


def _shrink(programme: Programme, groups: dict[Tag, Tag], core: list[Tag], ends: float) -> tuple[list[Tag], bool]:
    """Take out of a core what is not needed; False where it could not be checked to the end."""

    def conflicts(some: Sequence[Tag]) -> str:
        kept = {tag: group for tag, group in groups.items() if group in set(some)}
        bare = replace(programme, rows=[row for row in programme.rows if row[3] not in groups or row[3] in kept])
        return cpsat.conflict(bare, max(0.1, ends - time.monotonic()), kept)[0]

    if conflicts(core) != "infeasible":
        core = sorted(set(groups.values()))  # the core was wrong: begin again with every limit
    for one in list(core):
        if time.monotonic() > ends:
            return core, False
        rest = [group for group in core if group != one]
        if conflicts(rest) == "infeasible":
            core = rest
    return core, True


def _limit(diary: Diary, programme: Programme, groups: dict[Tag, Tag], core: list[Tag], one: Tag) -> str:
    case, kind = diary.case, one[0]
    if kind == "room":
        site, space = int(one[1]), int(one[2])
        when = _when(diary, programme, groups, core, one)
        here = [v for v in case.moves if site in (v.home, v.to)]
        teams = _names([v.team for v in here if v.need[space] > 0])
        room = float(case.limit[site, space] - case.standing[site, space])
        name, what = case.sites[site], case.space_types[space]
        return f"{when}{name} has {room:g} of {what} for the teams that leave or come ({teams})"
    if kind == "moves":
        return f"at most {case.moves_per_month} {'team' if case.moves_per_month == 1 else 'teams'} can move in a month"
    if kind == "fte":
        return f"at most {case.fte_per_month:g} FTE can move in a month"
    if kind == "works":
        return f"at most {case.works_at_once} {'site' if case.works_at_once == 1 else 'sites'} may be in works at once"
    if kind == "link":
        link = case.links[int(one[1])]
        word = {"before": f"{link.lag} months or more before", "together": "together with", "apart": "apart from"}[
            link.kind
        ]
        reason = f" ({link.reason})" if link.reason else ""
        return f"{name_of(case, link.first)} {word} {name_of(case, link.second)}{reason}"
    if kind == "apart":
        return f"{case.moves[int(one[1])].team} and {case.moves[int(one[2])].team} must not share a building"
    if kind == "must":
        rule = case.together[int(one[1])]
        return f"{rule.label}, at {case.sites[rule.site]} too while things move"
    if kind == "points":
        return f"{case.caps[int(one[1])].label} at the end of every month"
    return f"{one[1]} must hold in every month"


def _when(diary: Diary, programme: Programme, groups: dict[Tag, Tag], core: list[Tag], one: Tag) -> str:
    """Return between which months a room is in the way."""
    fine = {tag: (tag if group == one else group) for tag, group in groups.items() if group in core}
    bare = replace(programme, rows=[row for row in programme.rows if row[3] not in groups or row[3] in fine])
    status, found = cpsat.conflict(bare, 5.0, fine)
    months = sorted(int(tag[3]) for tag in found if tag[:3] == one and len(tag) == 4)
    if status != "infeasible" or not months:
        return ""
    first, last = diary.tell(months[0]), diary.tell(months[-1])
    return f"in {first} " if first == last else f"between {first} and {last} "


def _names(names: Sequence[str], most: int = 6) -> str:
    some = sorted(set(names))
    return ", ".join(some[:most]) + (f" and {len(some) - most} more" if len(some) > most else "")


# --- what would do -------------------------------------------------------------------------------------------------------


def _ways(diary: Diary, core: Sequence[Tag], ends: float) -> tuple[Way, ...]:
    case = diary.case
    tried: list[tuple[str, Case]] = []
    rooms = [(int(tag[1]), int(tag[2])) for tag in core if tag[0] == "room"]
    sites = {site for site, _ in rooms}
    waiting = _all_may_wait(case, sites)
    if waiting is not None:
        tried.append(
            (f"let one of the teams of {_names([case.sites[i] for i in sites])} wait in another building", waiting)
        )
    tried += [(f"give every change up to {LATER} months more", _later(case, LATER))]
    if any(case.window(ref).closed for ref in case.refs()):
        tried.append(("lift the blackouts", _without_blackouts(case)))
    for tag in core:
        if tag[0] == "link":
            link = case.links[int(tag[1])]
            less = replace(case, links=tuple(x for x in case.links if x is not link))
            tried.append((f"lift the order of {name_of(case, link.first)} and {name_of(case, link.second)}", less))
        if tag[0] == "access":
            less = replace(case, tests=tuple(test for test in case.tests if test.label != tag[1]))
            tried.append((f"let {tag[1]} lapse while things move", less))
        if tag[0] == "must":
            rule = case.together[int(tag[1])]
            less = replace(case, together=tuple(x for x in case.together if x.label != rule.label))
            tried.append((f"let it lapse while things move that {rule.label}", less))
        if tag[0] == "points":
            cap = case.caps[int(tag[1])]
            less = replace(case, caps=tuple(x for x in case.caps if x is not cap))
            tried.append((f"let {cap.label} be passed while things move", less))
    out = [way for words, relaxed in tried for way in _priced(words, relaxed, ends)]
    for site, space in rooms:
        extra = _least(lambda n, i=site, k=space: _roomier(case, i, k, float(n)), 1, 4_096, ends)  # type: ignore[misc]
        if extra:
            words = f"find {extra} more of {case.space_types[space]} at {case.sites[site]} for a time (its price comes on top)"
            out += _priced(words, _roomier(case, site, space, float(extra)), ends)
    for name, word in (("moves_per_month", "teams a month"), ("works_at_once", "sites in works at once")):
        have = getattr(case, name)
        if have is not None and any(tag[0] == ("moves" if name == "moves_per_month" else "works") for tag in core):
            extra = _least(lambda n, a=name, h=have: replace(case, **{a: h + n}), 1, max(1, len(case.moves)), ends)  # type: ignore[misc]
            if extra:
                out += _priced(
                    f"allow {have + extra} {word} in place of {have}", replace(case, **{name: have + extra}), ends
                )
    out += _by_name(diary, core, ends)
    return tuple(sorted(out, key=lambda way: (way.cost, way.words)))


def _by_name(diary: Diary, core: Sequence[Tag], ends: float) -> Iterator[Way]:
    """Yield what would do for one team: waiting in a building that is named, or a later month, while all else stays as it is."""
    case = diary.case
    sites = {int(tag[1]) for tag in core if tag[0] == "room"}
    linked = {
        ref
        for tag in core
        if tag[0] == "link"
        for ref in (case.links[int(tag[1])].first, case.links[int(tag[1])].second)
    }
    crews = any(tag[0] in ("moves", "fte") for tag in core)
    all_wait = _all_may_wait(case, sites)
    in_the_way = [k for k, v in enumerate(case.moves) if crews or sites & {v.home, v.to} or ("move", k) in linked]
    for k in in_the_way[:NAMED]:
        team = case.moves[k].team
        if all_wait is not None and all_wait.moves[k].decants != case.moves[k].decants:
            moves = [all_wait.moves[n] if n == k else v for n, v in enumerate(case.moves)]
            found = _solved(replace(case, moves=tuple(moves)), ends)
            if found is not None and found[0].decant[k] != NOWHERE:
                where, cost = case.sites[found[0].decant[k]], case.moves[k].decant_cost
                yield Way(f"let {team} wait at {where} (£{cost:,} for the second move)", found[1])
        home = case.moves[k].home
        if home != NOWHERE and diary.problem.tenure.forced[home] == diary.line.vacated[home] < NEVER:
            continue  # a lease that ends cannot wait
        found = _solved(_later_only(case, k, LATER), ends)
        if found is not None and found[0].arrive[k] > case.moves[k].window.last:
            month = diary.tell(found[0].arrive[k])
            yield Way(f"move {team} in {month}, after {diary.tell(case.moves[k].window.last)}", found[1])


def _solved(case: Case, ends: float) -> tuple[Schedule, int] | None:
    left = ends - time.monotonic()
    if left <= 0.5:
        return None
    answer = solve(case, seconds=min(6.0, left), threads=1, gap=0.02)
    return None if answer.schedule is None or answer.objective is None else (answer.schedule, answer.objective)


def _later_only(case: Case, move: int, more: int) -> Case:
    """Return the case in which one team, and the handback of its building, may be ``more`` months later."""
    wide, home = _later(case, more), case.moves[move].home
    moves = tuple(
        v if n == move else replace(v, window=was.window)
        for n, (v, was) in enumerate(zip(wide.moves, case.moves, strict=True))
    )
    exits = tuple(
        v if v.site == home else replace(v, window=was.window) for v, was in zip(wide.exits, case.exits, strict=True)
    )
    openings = tuple(replace(v, window=was.window) for v, was in zip(wide.openings, case.openings, strict=True))
    return replace(wide, moves=moves, exits=exits, works=case.works, openings=openings)


def _priced(words: str, case: Case, ends: float) -> Iterator[Way]:
    found = _solved(case, ends)
    if found is not None:
        yield Way(words, found[1])


def _least(make: Callable[[int], Case], low: int, high: int, ends: float) -> int:
    """Return the least whole number with which a calendar exists, 0 where even ``high`` gives none."""

    def exists(n: int) -> bool:
        left = ends - time.monotonic()
        return left > 0.2 and cpsat.conflict(Model(tightened(make(n))).programme, min(3.0, left), {})[0] == "feasible"

    if not exists(high):
        return 0
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if exists(middle) else (middle + 1, high)
    return low


def _roomier(case: Case, site: int, space: int, extra: float) -> Case:
    limit = case.limit.copy()
    limit[site, space] += extra
    return replace(case, limit=limit)


def _all_may_wait(case: Case, sites: set[int]) -> Case | None:
    """Return the case in which teams at the full sites may wait in any two buildings with room; None where none has."""
    use = case.standing.copy()
    for v in case.moves:
        for i in {v.home, v.to} - {NOWHERE}:
            use[i] += v.need
    changing = {x.site for x in case.exits} | {o.site for o in case.openings}

    def waits(v: Move) -> Move:
        if v.closes or v.service != -1 or NOWHERE in (v.home, v.to) or not {v.home, v.to} & sites:
            return v
        fits = (case.limit - use >= np.array(v.need) - 1e-9).all(axis=1)
        places = [int(i) for i in np.flatnonzero(fits) if i not in changing | {v.home, v.to}]
        return replace(v, decants=tuple(places[:3]))

    moves = tuple(waits(v) for v in case.moves)
    return (
        replace(case, moves=moves)
        if any(a.decants != b.decants for a, b in zip(moves, case.moves, strict=True))
        else None
    )


def _later(case: Case, more: int) -> Case:
    def wide(window: Window) -> Window:
        return replace(window, last=window.last + more)

    def long(cost: tuple[int, ...]) -> tuple[int, ...]:
        return cost + (cost[-1],) * more if cost else cost

    tests = tuple(
        replace(t, required=np.concatenate([t.required, np.full(more, t.required[-1])])) if t.shortfall is None else t
        for t in case.tests
    )
    caps = tuple(replace(c, most=np.concatenate([c.most, np.full(more, c.most[-1])])) for c in case.caps)
    return replace(
        case, months=case.months + more, tests=tests, caps=caps,
        moves=tuple(replace(v, window=wide(v.window)) for v in case.moves),
        works=tuple(replace(v, window=wide(v.window)) for v in case.works),
        exits=tuple(replace(v, window=wide(v.window), cost=long(v.cost)) for v in case.exits),
        openings=tuple(replace(v, window=wide(v.window), cost=long(v.cost)) for v in case.openings),
    )  # fmt: skip


def _without_blackouts(case: Case) -> Case:
    return replace(case, moves=tuple(replace(v, window=replace(v.window, closed=frozenset())) for v in case.moves))


def _too_few_months(diary: Diary, ends: float) -> Diagnosis:
    """Say which events chains and closed months leave no month for."""
    case = tightened(replace(diary.case, moves_per_month=None))
    stuck = [ref for ref in case.refs() if not case.window(ref).months()]
    limits = []
    for ref in stuck:
        was = diary.case.window(ref)
        low, high = diary.tell(was.first), diary.tell(was.last)
        limits.append(f"{name_of(case, ref)} has from {low} to {high}, and what must come before it takes longer")
    if not limits:
        limits = ["the months of the plan's years are too few for its moves, works and handbacks"]
    tried = [(f"give every change up to {LATER} months more", _later(diary.case, LATER))]
    if any(diary.case.window(ref).closed for ref in diary.case.refs()):
        tried.append(("lift the blackouts", _without_blackouts(diary.case)))
    ways = [way for words, relaxed in tried for way in _priced(words, relaxed, ends)]
    return Diagnosis(tuple(limits), tuple(sorted(ways, key=lambda way: (way.cost, way.words))), bool(stuck))
