"""What a calendar has to put in order, in whole months: moves, works, handbacks, openings, and every limit between them.

Month 0 is the first in which anything may happen. What happens *in* month m, happens so:

    move      the old place is in use through month m, the new place from month m on (both, in the month of the move)
    works     done *by the start of* month m: they ran in the months before, and their room is there from m on
    handback  the building is kept through month m and gone from m + 1 on
    opening   the building is there from month m on
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from assetopt.problem.facts import Floats

NOWHERE = -1


@dataclass(frozen=True)
class Window:
    """When something may happen: months ``first``..``last`` without those of ``closed``; planned by month ``target``."""

    first: int
    last: int
    target: int
    closed: frozenset[int] = frozenset()

    def months(self) -> list[int]:
        """Return the months that are open."""
        return [m for m in range(self.first, self.last + 1) if m not in self.closed]


@dataclass(frozen=True)
class Move:
    """A team (or a share of one) that leaves ``home`` for ``to``; NOWHERE for a new team's home and a closing team's goal.

    ``need`` is (n_space_types,) room, ``service`` the public service that it is a point of (-1: none), ``decants`` the
    sites in which it may wait, each at ``decant_cost`` £, ``late_cost`` £ for every month after the target.
    """

    team: str
    home: int
    to: int
    need: tuple[float, ...]
    window: Window
    fte: float = 0.0
    service: int = -1
    decants: tuple[int, ...] = ()
    decant_cost: int = 0
    late_cost: int = 0
    partner: str = ""
    name: str = ""
    share: float = 1.0
    closes: bool = False


@dataclass(frozen=True)
class Work:
    """An intervention that takes ``months`` and gives (or takes) ``change`` (n_space_types,) room at ``site``."""

    intervention: str
    site: int
    months: int
    change: tuple[float, ...]
    window: Window
    late_cost: int = 0


@dataclass(frozen=True)
class Exit:
    """A site that is handed back ``handover`` months after its last team left, or later.

    ``cost`` (n_months,) is what keeping it costs in each month, £: running, rent after a missed date, a later receipt.
    """

    site: int
    window: Window
    cost: tuple[int, ...]
    handover: int = 1


@dataclass(frozen=True)
class Opening:
    """A candidate that opens; ``cost`` (n_months,) is what it costs in each month that it is open."""

    site: int
    window: Window
    cost: tuple[int, ...]


Ref = tuple[str, int]
"""An event: ("move" | "work" | "exit" | "open", number)."""


@dataclass(frozen=True)
class Link:
    """What must come before, with, or apart from what.

    ``before``: second >= first + lag; ``together``: same month; ``apart``: at least ``lag`` (>= 1) months between.
    """

    kind: str
    first: Ref
    second: Ref
    lag: int = 0
    reason: str = ""


@dataclass(frozen=True)
class AccessTest:
    """A public standard that must hold in every month, said of the points that this calendar opens or closes.

    At least ``required[m]`` of ``weight`` must be within reach: class c (``weight[c]`` people) is, where one of the sites
    ``reach[c]`` is an open point. What points that never change serve is taken off already. Where there are no classes,
    ``shortfall`` says what is missing for a set of open sites: it can only fall as more are open.
    """

    label: str
    service: int
    required: Floats
    weight: Floats = field(default_factory=lambda: np.empty(0))
    reach: tuple[frozenset[int], ...] = ()
    tolerance: float = 1e-6
    shortfall: Callable[[frozenset[int]], float] | None = None

    def short(self, sites: frozenset[int], month: int) -> float:
        """Return by how much the standard is missed when the changing points ``sites`` are open."""
        if self.shortfall is not None:
            return self.shortfall(sites) if month >= int(self.required[0]) else 0.0
        have = sum(float(w) for w, near in zip(self.weight, self.reach, strict=True) if near & sites)
        return max(0.0, float(self.required[month]) - have)


@dataclass(frozen=True)
class PointCap:
    """At the end of month m at most ``most[m]`` of ``sites`` are points of ``service``; those that never change are taken off.

    A point that moves is in two places for the month of its move and one point all the time: it counts where it is at the end.
    """

    label: str
    service: int
    sites: frozenset[int]
    most: Floats


@dataclass(frozen=True)
class Together:
    """From month ``first`` on no more of a team may be at ``site`` than there is of those that it must be with.

    ``guests`` and ``hosts`` are the moves that touch the site, each counted by its share while it is there; ``staying`` and
    ``hosting`` the shares of either that are there all the time.
    """

    label: str
    site: int
    guests: tuple[int, ...]
    hosts: tuple[int, ...]
    staying: float = 0.0
    hosting: float = 0.0
    first: int = 0


@dataclass(frozen=True)
class Case:
    """All of it. ``limit`` and ``standing`` are (n_sites, n_space_types): most room in use, and use by those who stay."""

    months: int
    sites: tuple[str, ...]
    space_types: tuple[str, ...]
    limit: Floats
    standing: Floats
    moves: tuple[Move, ...] = ()
    works: tuple[Work, ...] = ()
    exits: tuple[Exit, ...] = ()
    openings: tuple[Opening, ...] = ()
    links: tuple[Link, ...] = ()
    tests: tuple[AccessTest, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    """Pairs of moves that must never stand in one building in the same month."""
    caps: tuple[PointCap, ...] = ()
    together: tuple[Together, ...] = ()
    moves_per_month: int | None = None
    fte_per_month: float | None = None
    works_at_once: int | None = None

    def window(self, ref: Ref) -> Window:
        """Return the window of an event."""
        kind, k = ref
        if kind == "move":
            return self.moves[k].window
        if kind == "work":
            return self.works[k].window
        return self.exits[k].window if kind == "exit" else self.openings[k].window

    def refs(self) -> list[Ref]:
        """Return every event."""
        parts = (("move", self.moves), ("work", self.works), ("exit", self.exits), ("open", self.openings))
        return [(kind, k) for kind, events in parts for k in range(len(events))]


@dataclass(frozen=True)
class Schedule:
    """A calendar: the month of every event. ``leave`` is earlier than ``arrive`` for a team that waits at ``decant``."""

    leave: tuple[int, ...]
    arrive: tuple[int, ...]
    decant: tuple[int, ...]
    work: tuple[int, ...]
    exit: tuple[int, ...]
    open: tuple[int, ...]

    def month(self, ref: Ref) -> int:
        """Return the month of an event; of a move, that of the arrival."""
        kind, k = ref
        return {"move": self.arrive, "work": self.work, "exit": self.exit, "open": self.open}[kind][k]


def cost_parts(case: Case, schedule: Schedule) -> dict[str, int]:
    """Return what a calendar costs in £ by head: keeping buildings, early openings, waiting elsewhere, lateness.

    sum_i sum_{m <= exit_i} cost_i[m] + sum_j sum_{m >= open_j} cost_j[m] + sum decant_cost + sum late_cost x months late
    """
    timed: list[tuple[Move | Work, int]] = [*zip(case.moves, schedule.arrive, strict=True)]
    timed += zip(case.works, schedule.work, strict=True)
    late = sum(event.late_cost * max(0, month - event.window.target) for event, month in timed)
    return {
        "kept": sum(sum(x.cost[: m + 1]) for x, m in zip(case.exits, schedule.exit, strict=True)),
        "opened": sum(sum(o.cost[m:]) for o, m in zip(case.openings, schedule.open, strict=True)),
        "decants": sum(v.decant_cost for v, d in zip(case.moves, schedule.decant, strict=True) if d != NOWHERE),
        "lateness": late,
    }
