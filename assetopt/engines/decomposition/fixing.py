"""Decisions that no better plan can take: what the prices say, once there is a plan to compare with.

With L the bound at some prices and U the cost of a plan, a state of a site that costs more than U - L above the site's
cheapest is in no better plan; nor is a team at a site whose room, with the team in it, loses more than that.
"""

from __future__ import annotations

import numpy as np

from assetopt.program import Bools, Floats
from assetopt.proof.sites import Answer, Sites


def never(sites: Sites, answer: Answer, objective: float) -> tuple[Bools, Bools]:
    """Return which columns are 0, and which are 1, in every plan cheaper than ``objective``; (n,), (n,).

    ``answer`` must have been made with ``trace``, so that the tables of rooms are there.
    """
    s = sites.structure
    gap = objective - answer.bound + 1e-6 * max(1.0, abs(objective))
    n = len(answer.reduced)
    nought, one = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    if not np.isfinite(gap):
        return nought, one
    cheapest = answer.value[answer.best]
    lost = answer.value - np.where(answer.best >= 0, cheapest, 0.0)[s.state_site] > gap
    _switches(sites, lost, nought, one)
    _items(sites, answer, lost, gap, nought)
    return nought, one


def _switches(sites: Sites, lost: Bools, nought: Bools, one: Bools) -> None:
    s = sites.structure
    alive = np.zeros(len(nought), dtype=np.int64)
    every = np.zeros(len(nought), dtype=np.int64)
    states = np.bincount(s.state_site[~lost], minlength=s.sites)
    site_of = np.full(len(nought), -1, dtype=np.int64)
    for k, choice in enumerate(s.state_choice):
        for columns in choice:
            site_of[columns] = s.state_site[k]
            alive[columns] += not lost[k]
            every[columns] += not lost[k] and len(columns) == 1
    known = site_of >= 0
    nought |= known & (alive == 0)
    one |= known & (every == states[site_of]) & (every > 0)


def _items(sites: Sites, answer: Answer, lost: Bools, gap: float, nought: Bools) -> None:
    """Mark the moves that cost too much in every state that would let the team in."""
    s = sites.structure
    loss = losses(sites, answer, answer.item_profit, lost)
    gone = (s.item_room >= 0) & (s.item_home < 0) & (loss > gap)
    columns = s.item_columns[gone]
    nought[columns[columns >= 0]] = True


def losses(sites: Sites, answer: Answer, profit: Floats, lost: Bools | None = None) -> Floats:
    """Return what a site loses at least when an item of ``profit`` (J,) has to be in, (J,); inf where it cannot be."""
    s = sites.structure
    least = np.full(len(s.slot_room), np.inf)
    base = answer.value - answer.value[answer.best][s.state_site]
    for k, slots in enumerate(s.state_slots):
        if lost is None or not lost[k]:
            least[slots] = np.minimum(least[slots], base[k])
    loss = np.full(len(s.item_room), np.inf)
    for x in np.flatnonzero(np.isfinite(least)):
        k, units = int(s.slot_room[x]), int(s.slot_units[x])
        part = slice(s.room_first[k], s.room_first[k + 1])
        weight, table, group = s.item_weight[part], answer.tables[k], s.item_group[part]
        rest = table.value[np.maximum(units - weight, 0)] if table is not None else np.zeros(len(weight))
        bonus = (
            np.where(group >= 0, np.maximum(0.0, answer.bonus[np.maximum(group, 0)]), 0.0) if len(answer.bonus) else 0.0
        )
        with_it = least[x] + answer.slot_value[x] - (profit[part] + bonus + rest)
        loss[part] = np.minimum(loss[part], np.where(weight <= units, with_it, np.inf))
    return loss
