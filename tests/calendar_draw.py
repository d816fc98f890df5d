"""Random tiny calendar cases: a few moves, and then one limit of each kind now and then. Small enough to try every calendar.

Each function adds one kind of limit to a case. What the engine's own layout never makes stays out: a site that is handed back is
nobody's goal and nobody waits there, and nobody starts or waits in a candidate.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from assetopt.calendar.case import (
    NOWHERE,
    AccessTest,
    Case,
    Exit,
    Link,
    Move,
    Opening,
    PointCap,
    Ref,
    Together,
    Window,
    Work,
)

SITES = 4
MOST_CALENDARS = 1500
"""More are not tried one by one: another case is drawn."""

Random = np.random.Generator


def random_case(seed: int) -> Case:
    """A random tiny case; over the seeds every kind of limit comes and binds now and then."""
    random = np.random.default_rng(seed)
    while True:
        drawn = _drawn(random)
        if calendars(drawn) <= MOST_CALENDARS:
            return drawn


def calendars(case: Case) -> int:
    """Return how many calendars keep the windows."""
    open_ = [len(e.window.months()) for e in (*case.works, *case.exits, *case.openings)]
    waits = [len(v.decants) * math.comb(len(v.window.months()), 2) for v in case.moves]
    return math.prod(open_) * math.prod(len(v.window.months()) + n for v, n in zip(case.moves, waits, strict=True))


def _drawn(random: Random) -> Case:
    case = _moves(random)
    for add, share in (
        (_works, 0.5), (_exits, 0.7), (_openings, 0.4), (_rooms, 1.0), (_links, 0.45), (_counters, 0.8), (_foes, 0.3),
        (_company, 0.3), (_crews, 0.5), (_staff, 0.45), (_busy_sites, 0.6),
    ):  # fmt: skip
        if random.random() < share:
            case = add(case, random)
    return case


def _moves(random: Random) -> Case:
    months, kinds = int(random.integers(3, 5)), int(random.integers(1, 3))
    served = random.random() < 0.6
    moves = tuple(_move(k, months, kinds, served, random) for k in range(int(random.choice([1, 2, 2, 3, 3]))))
    nothing = np.zeros((SITES, kinds))
    # The months after the last move show what stands when all is done.
    return Case(months + 1, tuple(f"s{i}" for i in range(SITES)), ("office", "store")[:kinds], nothing, nothing, moves)


def _move(k: int, months: int, kinds: int, served: bool, random: Random) -> Move:
    home, to = (int(i) for i in random.choice(SITES, 2, replace=False))
    sort = random.choice(["plain", "plain", "waits", "waits", "new", "closes"])
    need = tuple(float(x) / 4 for x in random.integers(0 if kinds > 1 else 4, 20, kinds))
    closed = frozenset(int(m) for m in random.choice(months, 1)) if random.random() < 0.3 else frozenset()
    window = Window(int(random.integers(0, 2)), months - 1, int(random.integers(0, months - 1)), closed)
    elsewhere = [i for i in range(SITES) if i not in (home, to)]
    return Move(
        f"t{k}", NOWHERE if sort == "new" else home, NOWHERE if sort == "closes" else to, need, window,
        float(random.integers(2, 10)) / 2, 0 if served and random.random() < 0.8 else -1,
        tuple(elsewhere[: int(random.integers(1, 3))]) if sort == "waits" else (), int(random.integers(1, 12)),
        int(random.integers(0, 9)), share=float(random.choice([1.0, 1.0, 0.5, 0.25])), closes=sort == "closes",
    )  # fmt: skip


def _works(case: Case, random: Random) -> Case:
    """One works or two, that give or take room; two are often in two buildings, in the same months."""
    last = case.months - 1
    works = []
    for k in range(int(random.integers(1, 3))):
        length = int(random.integers(1, 3))
        change = tuple(float(x) / 2 for x in random.integers(-2, 8, len(case.space_types)))
        target = int(random.integers(length, last + 1))
        window = Window(length, last, target)
        works.append(Work(f"w{k}", int(random.integers(SITES)), length, change, window, int(random.integers(0, 9))))
    return replace(case, works=tuple(works))


def _exits(case: Case, random: Random) -> Case:
    """Buildings that nobody goes to or waits in, empty ones too."""
    used = {v.to for v in case.moves} | {d for v in case.moves for d in v.decants}
    free = [int(i) for i in random.permutation([i for i in range(SITES) if i not in used])][:2]
    last = case.months - 1
    exits = []
    for site in free:
        cost = tuple(int(x) for x in random.integers(0, 30, case.months))
        exits.append(Exit(site, Window(0, last, last), cost, int(random.integers(0, 2))))
    return replace(case, exits=tuple(exits))


def _openings(case: Case, random: Random) -> Case:
    """A building that teams only go to."""
    used = {v.home for v in case.moves} | {d for v in case.moves for d in v.decants} | {x.site for x in case.exits}
    goals = sorted({v.to for v in case.moves} - used - {NOWHERE})
    if not goals:
        return case
    last = case.months - 1
    cost = tuple(int(x) for x in random.integers(0, 9, case.months))
    return replace(case, openings=(Opening(goals[0], Window(int(random.integers(0, 2)), last, last), cost),))


def _rooms(case: Case, random: Random) -> Case:
    """As much room as is in use today, and a little more; some of it is used by teams that stay."""
    standing = random.integers(0, 5, case.limit.shape) / 2.0
    limit = standing + random.integers(0, 40, case.limit.shape) / 4.0
    for v in case.moves:
        if v.home != NOWHERE:
            limit[v.home] += v.need
    return replace(case, limit=limit, standing=standing)


def _links(case: Case, random: Random) -> Case:
    """One or two links between any events, up to three months apart; works before a team among them."""
    refs = case.refs()
    links = []
    for _ in range(int(random.choice([1, 1, 2]))):
        if len(refs) < 2:
            break
        one, two = (refs[int(i)] for i in random.choice(len(refs), 2, replace=False))
        links.append(
            Link(str(random.choice(["before", "together", "apart"])), one, two, int(random.choice([0, 1, 2, 2, 3])))
        )
    if case.works and random.random() < 0.5:
        first: Ref = ("work", 0)
        links.append(Link("before", first, ("move", 0), int(random.integers(0, 2))))
    return replace(case, links=tuple(links))


def _counters(case: Case, random: Random) -> Case:
    """A standard, a most number of points, or both, of the counters that this calendar opens or closes."""
    public = sorted({i for v in case.moves if v.service == 0 for i in (v.home, v.to)} - {NOWHERE})
    if not public:
        return case
    kind = random.choice(["test", "cap", "cap", "both"])
    if kind != "cap":
        weight = random.integers(1, 9, 2).astype(float)
        size = random.integers(1, len(public) + 1, 2)
        reach = tuple(frozenset(int(i) for i in random.choice(public, int(n), replace=False)) for n in size)
        least = np.full(case.months, float(random.choice([weight.min(), weight.max(), weight.sum(), weight.sum()])))
        least[: int(random.integers(0, 3))] = 0.0  # nothing is asked in the first months
        case = replace(case, tests=(AccessTest("near", 0, least, weight, reach),))
    if kind != "test":
        # One, or as many as there are today or in the end: one may not open before another closes.
        ends = ({v.home for v in case.moves if v.service == 0}, {v.to for v in case.moves if v.service == 0})
        number = int(random.choice([1, max(len(sites - {NOWHERE}) for sites in ends)]))
        most = np.full(case.months, float(number))
        most[: int(random.choice([0, 0, 1, 2]))] = float(SITES)  # what today breaks may last for a time
        case = replace(case, caps=(PointCap("most", 0, frozenset(public), most),))
    return case


def _foes(case: Case, random: Random) -> Case:
    """Two teams that must not meet, while they wait as little as before and after."""
    if len(case.moves) < 2:
        return case
    return replace(case, apart=(tuple(int(k) for k in random.choice(len(case.moves), 2, replace=False)),))  # type: ignore[arg-type]


def _company(case: Case, random: Random) -> Case:
    """A team that must be with others, in its home, its goal or where it waits."""
    guest = case.moves[0]
    where = {guest.home, guest.to, *guest.decants} - {NOWHERE}
    met = where & {i for v in case.moves[1:] for i in (v.home, v.to, *v.decants)}
    hosts = tuple(range(1, len(case.moves)))
    hosting, staying = float(random.choice([0.0, 0.5, 1.0])), float(random.choice([0.0, 0.0, 0.5]))
    rule = Together(
        "with", int(random.choice(sorted(met or where))), (0,), hosts, staying, hosting, int(random.integers(0, 3))
    )
    return replace(case, together=(rule,))


def _crews(case: Case, random: Random) -> Case:
    return replace(case, moves_per_month=int(random.choice([1, 1, 1, 2])))


def _staff(case: Case, random: Random) -> Case:
    return replace(case, fte_per_month=float(random.integers(8, 13)) / 2)


def _busy_sites(case: Case, random: Random) -> Case:
    return replace(case, works_at_once=1)
