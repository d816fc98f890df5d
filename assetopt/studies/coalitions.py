"""What every coalition of partners could save: its members pool buildings and money, everybody else goes on as today.

A plan of a coalition is a plan of every larger one too, and so what a larger one saves is never less. That tightens what is
known of each: it saves at least what any part of it was found to save, and at most what any larger one could.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assetopt.estate import Estate
from assetopt.scenario import Scenario
from assetopt.studies.games import Floats, Ints
from assetopt.studies.interval import SMALL, Interval
from assetopt.studies.job import Answer, Job
from assetopt.studies.players import Player, label, only
from assetopt.studies.solving import saving_of, solve, status_of


@dataclass(frozen=True)
class Coalitions:
    """What coalitions save: ``masks`` (k,) as in :mod:`assetopt.studies.games`, sorted, and ``savings``, one a mask.

    ``status`` is that of the solve (optimal, feasible, infeasible, unknown), or failed. ``breaches`` tells where a larger
    coalition was found to save less than a smaller one by more than the gaps allow; there should be none.
    """

    players: tuple[Player, ...]
    masks: Ints
    savings: tuple[Interval, ...]
    status: tuple[str, ...]
    breaches: tuple[str, ...]

    def members(self, mask: int) -> list[str]:
        """Return the names of a coalition's members."""
        return [player.name for i, player in enumerate(self.players) if mask >> i & 1]

    def of(self, mask: int) -> Interval:
        """Return what one coalition saves; nobody saves nothing."""
        if mask == 0:
            return Interval.exactly(0.0)
        return self.savings[int(np.searchsorted(self.masks, mask))]

    @property
    def total(self) -> Interval:
        """What all save together."""
        return self.of((1 << len(self.players)) - 1)

    def game(self, part: str = "value") -> Floats:
        """Return (2 ** n,) the game of ``low``, ``value`` or ``high``, where every coalition was asked."""
        return np.array([0.0, *(float(getattr(saving, part)) for saving in self.savings)])


def key_of(players: Sequence[Player], mask: int) -> str:
    """Return the key of a coalition's job."""
    return f"coalition {label(player for i, player in enumerate(players) if mask >> i & 1)}"


def jobs_of(estate: Estate, scenario: Scenario, players: Sequence[Player], masks: Iterable[int]) -> list[Job]:
    """Return one job a coalition; each starts from the best plan of the coalitions asked that have one member fewer."""
    wanted = sorted(set(masks), key=lambda mask: (mask.bit_count(), mask))
    known, jobs = set(wanted), []
    for mask in wanted:
        members = [player for i, player in enumerate(players) if mask >> i & 1]
        asked, tables = only(estate, scenario, players, members)
        less = [mask & ~(1 << i) for i in range(len(players)) if mask >> i & 1]
        after = tuple(key_of(players, part) for part in less if part in known)
        jobs.append(Job(key_of(players, mask), solve, asked, tables, after=after))
    return jobs


def read_coalitions(players: Sequence[Player], masks: Iterable[int], answers: dict[str, Answer]) -> Coalitions:
    """Return what coalitions save, by the answers of their jobs.

    A coalition that has no plan of its own which keeps every rule goes on as today, and saves nothing.
    """
    wanted = sorted(set(masks))
    found: dict[int, Interval] = {}
    status: list[str] = []
    for mask in wanted:
        answer = answers.get(key_of(players, mask))
        how = "failed" if answer is None else status_of(answer)
        status.append(how)
        if answer is None:
            found[mask] = Interval(-np.inf, np.nan, np.inf)
        else:
            found[mask] = Interval.exactly(0.0) if how == "infeasible" else saving_of(answer)
    breaches = _tighten(players, found)
    savings = tuple(
        Interval(s.low, s.low if np.isnan(s.value) else s.value, s.high) for s in (found[m] for m in wanted)
    )
    return Coalitions(tuple(players), np.array(wanted, dtype=np.int64), savings, tuple(status), tuple(breaches))


def _tighten(players: Sequence[Player], found: dict[int, Interval]) -> list[str]:
    """Let smaller coalitions say how little, and larger ones how much, each can save; return where they contradict."""
    order = sorted(found, key=lambda mask: (mask.bit_count(), mask))
    breaches = []
    for mask in order:
        for part in _one_fewer(mask):
            if part not in found and part:
                continue
            least = found[part].low if part else -np.inf
            value = found[part].value if part else np.nan
            if least > found[mask].high + max(SMALL, 1e-6 * abs(least)):
                breaches.append(
                    f"{key_of(players, part)} saves at least £{least:,.2f}, but {key_of(players, mask)} at most "
                    f"£{found[mask].high:,.2f}"
                )
                continue
            now = found[mask]
            found[mask] = Interval(max(now.low, least), float(np.fmax(now.value, value)), now.high)
    for mask in reversed(order):
        for part in _one_fewer(mask):
            if part in found:
                now = found[part]
                found[part] = Interval(now.low, now.value, max(now.low, min(now.high, found[mask].high)))
    for mask in order:
        if not np.isfinite(found[mask].low):
            found[mask] = Interval(0.0, float(np.fmax(found[mask].value, 0.0)), found[mask].high)
    return breaches


def _one_fewer(mask: int) -> list[int]:
    return [mask & ~(1 << i) for i in range(mask.bit_length()) if mask >> i & 1]
