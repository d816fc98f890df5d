"""Textbook games of cooperation: published values, nuclei and cores."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from assetopt.studies.core import every, excesses, nucleolus, proper, worst
from assetopt.studies.games import (
    coalitions_of,
    in_proportion,
    membership,
    partners_of,
    sampled_orders,
    sampled_shapley,
    shapley,
    shapley_range,
)


def game_of(n: int, gain) -> np.ndarray:
    """The game in which the members listed gain ``gain(members)``."""
    return np.array([float(gain([i for i in range(n) if c >> i & 1])) if c else 0.0 for c in range(1 << n)])


# One left glove, two right gloves; a pair is worth 1.
GLOVE = game_of(3, lambda who: min(who.count(0), who.count(1) + who.count(2)))
# Two of three decide.
MAJORITY = game_of(3, lambda who: len(who) >= 2)
# A runway for planes that need 8, 11, 13 and 18: together they pay for the longest, and save the rest.
NEED = np.array([8.0, 11.0, 13.0, 18.0])
AIRPORT = game_of(4, lambda who: NEED[who].sum() - NEED[who].max())
CLAIMS = np.array([100.0, 200.0, 300.0])


def bankruptcy(left: float) -> np.ndarray:
    """What a group of creditors can be sure of: what is left when all others are paid in full."""
    return game_of(3, lambda who: max(0.0, left - (CLAIMS.sum() - CLAIMS[who].sum())))


def test_the_glove_game_has_its_published_shapley_value_and_nucleolus():
    assert shapley(GLOVE) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert nucleolus(GLOVE) == pytest.approx([1, 0, 0], abs=1e-8)  # the only point of the core


def test_the_core_of_the_glove_game_is_one_point():
    found = every(GLOVE)
    assert not found.empty
    assert found.value == 0
    assert found.x == pytest.approx([1, 0, 0], abs=1e-8)


def test_an_airport_shares_each_stretch_of_runway_among_those_who_need_it():
    # Littlechild and Owen (1973): 8/4 = 2; + 3/3 = 3; + 2/2 = 4; + 5 = 9 are the costs.
    assert NEED - shapley(AIRPORT) == pytest.approx([2, 3, 4, 9])


def test_the_nucleolus_of_an_airport_follows_littlechild():
    # Littlechild (1974): the least of 8/2, 11/3, 13/4 and 18/4 is 13/4 = 3.25: the first three pay it, the last the rest.
    assert NEED - nucleolus(AIRPORT) == pytest.approx([3.25, 3.25, 3.25, 8.25])


@pytest.mark.parametrize(
    ("left", "shares"), [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])], ids=str
)
def test_the_nucleolus_divides_an_estate_as_the_talmud_does(left, shares):
    # Aumann and Maschler (1985), Kethubot 93a.
    assert nucleolus(bankruptcy(left)) == pytest.approx(shares)


def test_the_shapley_value_of_a_bankruptcy_is_the_mean_of_all_queues():
    # O'Neill (1982): paid in the order of arrival while there is money.
    paid = np.zeros(3)
    for order in permutations(range(3)):
        money = 200.0
        for who in order:
            paid[who] += min(money, CLAIMS[who])
            money -= min(money, CLAIMS[who])
    assert shapley(bankruptcy(200)) == pytest.approx(paid / 6)


def test_the_majority_game_has_an_empty_core_and_says_who_proves_it():
    found = every(MAJORITY)
    assert found.empty
    assert found.value == pytest.approx(1 / 3)  # each gets a third; any two together have 2/3 and could have 1
    assert sorted(found.coalitions) == [0b011, 0b101, 0b110]
    assert found.weights == pytest.approx([0.5, 0.5, 0.5])
    assert nucleolus(MAJORITY) == pytest.approx([1 / 3] * 3)


def test_the_coalition_that_would_walk_out_is_named():
    assert worst(MAJORITY, np.array([1.0, 0.0, 0.0])) == (0b110, 1.0)
    assert worst(GLOVE, np.array([1.0, 0.0, 0.0]))[1] == 0.0


def test_a_game_whose_partners_gain_more_apart_has_a_pre_nucleolus():
    # v(i) = 1, together 1: each gets half, and both would leave for half.
    apart = np.array([0.0, 1.0, 1.0, 1.0])
    assert nucleolus(apart) == pytest.approx([0.5, 0.5])
    assert every(apart).value == pytest.approx(0.5)


@pytest.mark.parametrize("seed", range(12))
def test_the_nucleolus_is_no_worse_than_any_other_sharing_in_lexical_order(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 6))
    game = random.integers(0, 30, 1 << n).astype(float)
    game[0], game[-1] = 0.0, game.sum()
    listed = proper(game)
    best = np.sort(excesses(listed, game[listed], nucleolus(game)))[::-1]
    assert nucleolus(game).sum() == pytest.approx(game[-1])
    for _ in range(200):
        step = random.normal(size=n)
        other = nucleolus(game) + (step - step.mean()) * float(random.choice([1e-3, 0.1, 1.0]))
        worse = np.sort(excesses(listed, game[listed], other))[::-1]
        first = np.flatnonzero(np.abs(worse - best) > 1e-7)
        assert not len(first) or worse[first[0]] > best[first[0]]


@pytest.mark.parametrize("seed", range(6))
def test_the_shapley_value_is_the_mean_over_all_orders(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 6))
    game = random.normal(size=1 << n) * 1e6
    game[0] = 0.0
    brought = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        met = 0
        for who in order:
            brought[who] += game[met | 1 << who] - game[met]
            met |= 1 << who
    assert shapley(game) == pytest.approx(brought / len(orders))
    assert shapley(game).sum() == pytest.approx(game[-1])


def test_the_range_of_the_shapley_value_holds_every_game_between():
    random = np.random.default_rng(3)
    low = random.integers(0, 50, 16).astype(float)
    low[0] = 0.0
    high = low + random.integers(0, 9, 16)
    high[0] = 0.0
    least, most = shapley_range(low, high)
    for _ in range(50):
        between = low + random.random(16) * (high - low)
        value = shapley(between)
        assert (least - 1e-9 <= value).all()
        assert (value <= most + 1e-9).all()


def test_sampled_orders_come_with_their_reverse_and_end_with_all():
    orders = sampled_orders(5, 4, seed=7)
    assert orders.shape == (8, 5)
    assert (orders[0::2, ::-1] == orders[1::2]).all()
    assert (coalitions_of(orders)[:, -1] == 0b11111).all()


def test_sampling_is_exact_for_a_game_without_interplay():
    worth = np.array([3.0, 1.0, 4.0, 1.0])
    game = membership(4) @ worth
    found = sampled_shapley(lambda c: float(game[c]), sampled_orders(4, 3, seed=1))
    assert found.value == pytest.approx(worth)
    assert (found.low <= worth + 1e-12).all()
    assert (found.high >= worth - 1e-12).all()


def test_sampled_intervals_hold_the_true_value_about_as_often_as_they_say():
    # 95 % intervals of 4 partners over 60 seeds: 240 intervals, of which 12 are expected to miss; 30 would be far too many.
    true = shapley(AIRPORT)
    missed = 0
    for seed in range(60):
        found = sampled_shapley(lambda c: float(AIRPORT[c]), sampled_orders(4, 12, seed))
        assert found.value.sum() == pytest.approx(AIRPORT[-1])
        missed += int(((true < found.low - 1e-9) | (true > found.high + 1e-9)).sum())
    assert missed < 30


def test_one_pair_of_orders_says_nothing_of_its_error():
    found = sampled_shapley(lambda c: float(GLOVE[c]), sampled_orders(3, 1, 0))
    assert np.isinf(found.high).all()


def test_values_that_are_no_game_are_refused():
    with pytest.raises(ValueError, match="2 to the n values, not 3"):
        partners_of(np.zeros(3))
    with pytest.raises(ValueError, match="empty coalition is given 2"):
        partners_of(np.array([2.0, 1.0]))


def test_proportions_need_something_to_divide_by():
    assert in_proportion(90.0, np.array([1.0, 2.0])) == pytest.approx([30, 60])
    assert in_proportion(90.0, np.zeros(2)) is None
