"""Statistics of ways, against values worked out by hand and against people counted out one by one."""

from __future__ import annotations

import numpy as np
import pytest

from assetopt.measures.spread import equally_distributed, gini, means, quantiles, worst_mean


def test_quantiles_of_groups_are_those_of_people_counted_out() -> None:
    random = np.random.default_rng(1)
    way, people, code = random.integers(1, 30, 60) * 1.0, random.integers(0, 9, 60) * 1.0, random.integers(0, 5, 60)
    found = quantiles(way, people, code, 6, (0.9, 0.95, 1.0))
    for group in range(5):
        each = np.sort(np.repeat(way[code == group], people[code == group].astype(int)))
        for row, share in enumerate((0.9, 0.95, 1.0)):  # the smallest way that the share of people does not exceed
            assert found[row, group] == each[int(np.ceil(share * len(each) - 1e-9)) - 1]
    assert np.isnan(found[:, 5]).all()  # nobody


def test_a_quantile_that_falls_on_people_out_of_reach_is_infinite() -> None:
    way, people = np.array([5.0, np.inf]), np.array([93.0, 7.0])
    assert quantiles(way, people, np.zeros(2, dtype=int), 1, (0.9, 0.95)).ravel().tolist() == [5.0, np.inf]
    assert means(way, np.array([93.0, 0.0]), np.zeros(2, dtype=int), 1).tolist() == [5.0]


def test_gini_is_half_the_mean_difference_over_the_mean() -> None:
    random = np.random.default_rng(2)
    way, people = random.uniform(1, 60, 40), random.integers(1, 20, 40) * 1.0
    each = np.repeat(way, people.astype(int))
    expected = np.abs(each[:, None] - each[None, :]).mean() / (2 * each.mean())
    assert gini(way, people) == pytest.approx(expected)
    assert gini(np.full(4, 7.0), np.ones(4)) == 0.0
    # One of four has all: half the mean difference 2 x 3 x 8 / 16 / 2 = 1.5, over the mean 2.
    assert gini(np.array([0.0, 0.0, 0.0, 8.0]), np.ones(4)) == pytest.approx(0.75)


def test_the_worst_tenth_counts_people_not_zones() -> None:
    # 100 people: the furthest ten are the 4 at 30 minutes and 6 of the 20 at 20 minutes: (4 x 30 + 6 x 20) / 10
    assert worst_mean(np.array([5.0, 20.0, 30.0]), np.array([76.0, 20.0, 4.0])) == pytest.approx(24.0)


def test_the_equally_distributed_equivalent() -> None:
    # Half at 0, half at 20 minutes, aversion 20: 20 ln((1 + e) / 2) = 12.402
    assert equally_distributed(np.array([0.0, 20.0]), np.ones(2), 20.0) == pytest.approx(12.4023, abs=1e-4)
    assert equally_distributed(np.full(3, 9.0), np.arange(1, 4.0), 20.0) == pytest.approx(9.0)
    way, people = np.array([3.0, 40.0, 11.0]), np.array([5.0, 1.0, 9.0])
    steps = [equally_distributed(way, people, aversion) for aversion in (1e6, 100.0, 20.0, 5.0, 0.05)]
    assert steps == sorted(steps)  # the knob turns: from the mean to the longest way
    assert steps[0] == pytest.approx(float(way @ people / people.sum()), abs=1e-3)
    assert steps[-1] == pytest.approx(40.0, abs=0.2)
    # Adding minutes to everybody adds as many to the equivalent (Kolm), and no exponential overflows.
    assert equally_distributed(way + 10_000, people, 5.0) == pytest.approx(10_000 + steps[3])
