"""The most that a room can hold: exact 0-1 knapsacks over whole units, with a bonus for the first item of a group.

    max  sum_j p_j x_j + sum_g b_g [some x_j = 1, j in g]    subject to  sum_j w_j x_j <= C,  x binary

solved by dynamic programming for every room up to the largest at once. Weights are whole numbers: a caller that rounds
weights down and rooms down gets a value that is never too small.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from assetopt.program import Bools, Floats, Ints


@dataclass
class Table:
    """Values for every room 0..C, and, where asked for, what was chosen."""

    value: Floats
    steps: list[tuple[int, int, Bools, Bools | None]] = field(default_factory=list)
    """(item or -1, weight or group, choice, first of its group) in the order of the dynamic programme."""

    def chosen(self, room: int) -> list[int]:
        """Return the items of a best choice for ``room``, highest step first."""
        out: list[int] = []
        inside = False
        for item, weight, choice, first in reversed(self.steps):
            if item < 0:
                inside = bool(choice[room])
            elif choice[room] and (first is None or inside):
                inside = first is not None and not first[room]
                out.append(item)
                room -= weight
        return out


def fill(profit: Floats, weight: Ints, group: Ints, bonus: Floats, room: int, trace: bool = False) -> Table:
    """Solve one knapsack for every room 0..``room``.

    Parameters
    ----------
    profit : (k,) float
        £; may be negative.
    weight : (k,) int, not negative
    group : (k,) int
        Group of each item, -1 for none.
    bonus : (g,) float
        What the first chosen item of a group brings (negative: costs).
    room : int
        The largest room.
    trace : bool
        Keep what is needed to read the choice back.
    """
    value = np.zeros(room + 1)
    table = Table(value)
    fits = weight <= room
    alone = np.flatnonzero(fits & (group < 0) & (profit > 0))
    for j in alone[np.argsort(weight[alone], kind="stable")]:
        w = int(weight[j])
        with_it = value[: room + 1 - w] + profit[j]
        better = with_it > value[w:]
        if trace:
            choice = np.zeros(room + 1, dtype=bool)
            choice[w:] = better
            table.steps.append((int(j), w, choice, None))
        np.copyto(value[w:], with_it, where=better)
    for g in np.unique(group[fits & (group >= 0)]):
        members = np.flatnonzero(fits & (group == g))
        most = profit[members].max(initial=-np.inf)
        # A group is worth opening only if its bonus and its items together bring something.
        if bonus[g] + np.maximum(profit[members], 0.0).sum() + min(most, 0.0) <= 0:
            continue
        _group(table, members, profit, weight, float(bonus[g]), room, trace)
    return table


def _group(table: Table, members: Ints, profit: Floats, weight: Ints, bonus: float, room: int, trace: bool) -> None:
    before = table.value.copy()
    inside = np.full(room + 1, -np.inf)
    for j in members:
        w = int(weight[j])
        if profit[j] <= 0 and profit[j] + bonus <= 0:
            continue
        more = inside[: room + 1 - w] + profit[j]
        start = before[: room + 1 - w] + (profit[j] + bonus)
        first = start > more
        best = np.where(first, start, more)
        better = best > inside[w:]
        if trace:
            choice, opens = np.zeros(room + 1, dtype=bool), np.zeros(room + 1, dtype=bool)
            choice[w:] = better
            opens[w:] = first & better
            table.steps.append((int(j), w, choice, opens))
        inside[w:] = np.where(better, best, inside[w:])
    use = inside > before
    if trace:
        table.steps.append((-1, 0, use, None))
    np.copyto(table.value, inside, where=use)
