"""Small calendars for tests: hand-made, random and tiny, and the random corruptions that a checker must catch."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from calendar_judge import may_stand, price

from assetopt.calendar.case import (
    NOWHERE,
    AccessTest,
    Case,
    Exit,
    Link,
    Move,
    Opening,
    PointCap,
    Schedule,
    Together,
    Window,
    Work,
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


def random_case(seed: int) -> Case:
    """A random tiny case of every kind of limit: small enough to try every calendar."""
    random = np.random.default_rng(seed)
    months, sites = int(random.integers(3, 5)), 4
    count = int(random.integers(1, 4))
    moves, used = [], np.zeros(sites)
    for k in range(count):
        home, to = (int(i) for i in random.choice(sites, 2, replace=False))
        home = NOWHERE if random.random() < 0.1 else home
        closes = home != NOWHERE and random.random() < 0.1
        need = float(random.integers(1, 5))
        if home != NOWHERE:
            used[home] += need
        first = int(random.integers(0, 2))
        closed = frozenset(int(m) for m in random.choice(months, 1)) if random.random() < 0.3 else frozenset()
        window = Window(first, months - 1, int(random.integers(0, months)), closed)
        wait = home != NOWHERE and not closes and random.random() < 0.4
        decants = tuple(i for i in range(sites) if i not in (home, to))[:2] if wait else ()
        service = 0 if home != NOWHERE and not closes and not wait and random.random() < 0.4 else -1
        moves.append(
            Move(
                f"t{k}", home, NOWHERE if closes else to, (need,), window, float(random.integers(1, 5)), service, decants,
                int(random.integers(1, 20)), int(random.integers(0, 9)), closes=closes,
            )
        )  # fmt: skip
    limit = used + random.integers(0, 8, sites)
    works = []
    if random.random() < 0.5:
        length = int(random.integers(1, 3))
        works.append(Work("w0", int(random.integers(sites)), length, (float(random.integers(-2, 4)),),
                          Window(length, months, months), int(random.integers(0, 5))))  # fmt: skip
    homes = sorted(
        {v.home for v in moves if v.home != NOWHERE} - {v.to for v in moves} - {d for v in moves for d in v.decants}
    )
    exits = tuple(
        Exit(
            i,
            Window(0, months, months),
            tuple(int(x) for x in random.integers(0, 30, months + 1)),
            int(random.integers(0, 2)),
        )
        for i in homes[:2]
    )
    goals = sorted(
        {v.to for v in moves if v.to != NOWHERE} - {v.home for v in moves} - {d for v in moves for d in v.decants}
    )
    openings = tuple(
        Opening(i, Window(0, months - 1, months - 1), tuple(int(x) for x in random.integers(0, 9, months + 1)))
        for i in goals[:1]
        if random.random() < 0.5
    )
    links = []
    if count > 1 and random.random() < 0.6:
        kind = str(random.choice(["before", "together", "apart"]))
        links.append(Link(kind, ("move", 0), ("move", 1), int(random.integers(0, 2))))
    if works and random.random() < 0.5:
        links.append(Link("before", ("work", 0), ("move", 0), 0))
    public = sorted({i for v in moves if v.service == 0 for i in (v.home, v.to)})
    tests = ()
    if public and random.random() < 0.6:
        reach = tuple(
            frozenset(int(i) for i in random.choice(public, int(random.integers(1, len(public) + 1)), replace=False))
            for _ in range(2)
        )
        weight = random.integers(1, 9, 2).astype(float)
        tests = (
            AccessTest("near", 0, np.full(months + 1, float(random.integers(0, int(weight.sum())))), weight, reach),
        )
    apart = ((0, 1),) if count > 1 and not moves[0].decants and not moves[1].decants and random.random() < 0.3 else ()
    cap = PointCap("most", 0, frozenset(public), np.full(months + 1, float(random.integers(1, 4))))
    caps = (cap,) if public and random.random() < 0.5 else ()
    together: tuple[Together, ...] = ()
    if count > 1 and random.random() < 0.4:
        where = sorted({moves[0].home, moves[0].to, *moves[0].decants} - {NOWHERE})
        hosting = float(random.integers(0, 2))
        together = (
            Together(
                "with",
                int(random.choice(where)),
                (0,),
                tuple(range(1, count)),
                0.0,
                hosting,
                int(random.integers(0, 2)),
            ),
        )
    return Case(
        months + 1, tuple(f"s{i}" for i in range(sites)), ("office",), limit[:, None], np.zeros((sites, 1)), tuple(moves),
        tuple(works), exits, openings, tuple(links), tests, apart,
        moves_per_month=int(random.integers(1, 3)) if random.random() < 0.5 else None,
        fte_per_month=float(random.integers(4, 9)) if random.random() < 0.4 else None,
        works_at_once=1 if random.random() < 0.3 else None, caps=caps, together=together,
    )  # fmt: skip


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
