"""Small calendars for tests: hand-made, random and tiny, and the random corruptions that a checker must catch."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
from calendar_judge import broken, may_stand, price

from assetopt.calendar.case import (
    NOWHERE,
    Case,
    Exit,
    Move,
    Schedule,
    Window,
)


def move(team: str, home: int, to: int, need: float = 10.0, last: int = 5, **more: object) -> Move:
    """A team that may move in months 0..last; target is the last month."""
    window = more.pop("window", Window(0, last, last))
    return Move(team, home, to, (need,), window, **more)  # type: ignore[arg-type]


def case(months: int, limit: list[float], standing: list[float] | None = None, **more: object) -> Case:
    """A case of one space type with a limit a site."""
    stand = standing or [0.0] * len(limit)
    sites = tuple(f"s{i}" for i in range(len(limit)))
    return Case(months, sites, ("office",), np.array(limit)[:, None], np.array(stand)[:, None], **more)  # type: ignore[arg-type]


def leaving(site: int, rate: int, months: int, handover: int = 0, **more: object) -> Exit:
    """An exit at a steady price a month."""
    window = more.pop("window", Window(0, months - 1, months - 1))
    return Exit(site, window, (rate,) * months, handover)  # type: ignore[arg-type]


def every_schedule(asked: Case):  # type: ignore[no-untyped-def]
    """Yield every calendar that keeps the windows; exits and openings at every month too."""
    choices = []
    for v in asked.moves:
        months = v.window.months()
        plain = [(m, m, NOWHERE) for m in months]
        plain += [(a, b, d) for a in months for b in months if a < b for d in v.decants]
        choices.append(plain)
    rest = [x.window.months() for x in (*asked.works, *asked.exits, *asked.openings)]
    w, x = len(asked.works), len(asked.exits)
    for picked in itertools.product(*choices):
        for others in itertools.product(*rest):
            yield Schedule(
                tuple(p[0] for p in picked), tuple(p[1] for p in picked), tuple(p[2] for p in picked),
                others[:w], others[w : w + x], others[w + x :],
            )  # fmt: skip


def cheapest(asked: Case) -> int | None:
    """Return the least cost by trying every calendar, None where none holds."""
    best: int | None = None
    for schedule in every_schedule(asked):
        cost = price(asked, schedule)
        if (best is None or cost < best) and may_stand(asked, schedule):
            best = cost
    return best


def limits_of(asked: Case) -> set[str]:
    """Return the kinds of limit that a case has, and what else is out of the ordinary in it."""
    lags = {f"{x.kind} with a lag" for x in asked.links if x.lag > 1 and x.kind != "together"}
    has = {
        "blackout": any(v.window.closed for v in asked.moves), "moves": asked.moves_per_month is not None,
        "fte": asked.fte_per_month is not None, "works": asked.works_at_once is not None and len(asked.works) > 1,
        "room": True, "handback": bool(asked.exits), "opening": bool(asked.openings), "must not": bool(asked.apart),
        "must": bool(asked.together), "points": bool(asked.caps), "access": bool(asked.tests),
        "two works": len(asked.works) > 1, "standing": bool(asked.standing.any()), "two kinds": len(asked.space_types) > 1,
        "foes that wait": any(asked.moves[k].decants for pair in asked.apart for k in pair),
        "a counter that waits": any(v.service == 0 and v.decants for v in asked.moves),
        "an empty building": any(x.site not in {v.home for v in asked.moves} for x in asked.exits),
    }  # fmt: skip
    return {name for name, there in has.items() if there} | {x.kind for x in asked.links} | lags


def binding(asked: Case) -> set[str]:
    """Return the kinds of limit without which a calendar would be cheaper, or without which there would be one."""
    free = replace(
        asked, moves=tuple(replace(v, window=replace(v.window, closed=frozenset())) for v in asked.moves)
    )  # without blackouts; the judge is asked about the case as it is
    out: set[str] = set()
    for _, schedule in sorted(((price(asked, x), x) for x in every_schedule(free)), key=lambda pair: pair[0]):
        kinds = _first_two(asked, schedule)
        if not kinds:
            return out
        if len(kinds) == 1:
            out |= kinds
    return out


def _first_two(asked: Case, schedule: Schedule) -> set[str]:
    kinds: set[str] = set()
    for kind in broken(asked, schedule):
        kinds.add(kind)
        if len(kinds) > 1:
            break
    return kinds


def aimed(asked: Case, sound: Schedule, random: np.random.Generator, seen: Counter[str]) -> Schedule:
    """Return a corruption that breaks one kind of limit only, of those on offer the one least seen; else any."""
    plain = corrupted(asked, sound, random)
    if random.random() < 0.05:
        return plain
    alone = {}
    for _ in range(60):
        tried = corrupted(asked, sound, random)
        kinds = set(broken(asked, tried))
        if len(kinds) == 1:
            alone[kinds.pop()] = tried
    return alone[min(sorted(alone), key=lambda kind: seen[kind])] if alone else plain


def corrupted(asked: Case, schedule: Schedule, random: np.random.Generator) -> Schedule:
    """Change one month of one event, or one waiting place."""
    names = [n for n in ("leave", "arrive", "work", "exit", "open") if getattr(schedule, n)]
    if any(v.decants for v in asked.moves):
        names += ["decant", "decant"]
    name = str(random.choice(names))
    if name == "decant":
        return _waiting_elsewhere(asked, schedule, random)
    months = list(getattr(schedule, name))
    k = int(random.integers(len(months)))
    months[k] = int(random.integers(-2, asked.months + 2))
    out = replace(schedule, **{name: tuple(months)})
    if name in ("leave", "arrive") and random.random() < 0.7:  # a plain move, at another time
        out = replace(out, leave=tuple(months), arrive=tuple(months))
    return out


def _waiting_elsewhere(asked: Case, schedule: Schedule, random: np.random.Generator) -> Schedule:
    """Let one team wait: at any site or nowhere, from any month to any other."""
    k = int(random.integers(len(asked.moves)))
    place = int(random.integers(NOWHERE, len(asked.sites)))
    gone, come = (int(m) for m in random.integers(0, asked.months, 2))
    if random.random() < 0.5:  # the same months, another place
        gone, come = schedule.leave[k], schedule.arrive[k]
    changed = {"leave": gone, "arrive": come, "decant": place}
    lists = {name: list(getattr(schedule, name)) for name in changed}
    for name, value in changed.items():
        lists[name][k] = value
    return replace(schedule, **{name: tuple(values) for name, values in lists.items()})
