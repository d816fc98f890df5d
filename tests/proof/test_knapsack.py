"""The dynamic programme behind every room: brute force agrees, with and without groups."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from assetopt.program import Floats, Ints
from assetopt.proof.knapsack import fill


def brute(profit: Floats, weight: Ints, group: Ints, bonus: Floats, room: int) -> float:
    best = 0.0
    for taken in product((False, True), repeat=len(profit)):
        on = np.array(taken)
        if weight[on].sum() <= room:
            opened = np.unique(group[on & (group >= 0)])
            best = max(best, float(profit[on].sum() + bonus[opened].sum()))
    return best


@pytest.mark.parametrize("seed", range(60))
def test_value_and_choice_are_those_of_brute_force_for_every_room(seed: int) -> None:
    random = np.random.default_rng(seed)
    k, groups = int(random.integers(1, 9)), int(random.integers(0, 4))
    profit = random.normal(2.0, 4.0, k).round(3)
    weight = random.integers(0, 9, k)
    group = random.integers(-1, groups, k) if groups else np.full(k, -1)
    bonus = random.normal(0.0, 4.0, groups).round(3)
    table = fill(profit, weight, group, bonus, 20, trace=True)
    for room in range(21):
        assert table.value[room] == pytest.approx(brute(profit, weight, group, bonus, room))
        items = table.chosen(room)
        opened = {int(group[j]) for j in items if group[j] >= 0}
        assert len(set(items)) == len(items)
        assert weight[items].sum() <= room
        assert profit[items].sum() + sum(bonus[g] for g in opened) == pytest.approx(table.value[room])


def test_a_bonus_opens_a_group_whose_item_alone_would_cost() -> None:
    # The item costs 1 and brings 3 for being the first of its group: 2 in all; it needs 2 units.
    table = fill(np.array([-1.0]), np.array([2]), np.array([0]), np.array([3.0]), 3)
    assert table.value.tolist() == [0.0, 0.0, 2.0, 2.0]
