"""What is within reach, found without measuring everything, is what measuring everything would say."""

from __future__ import annotations

import numpy as np
import pytest

from assetopt.travel.geodesic import haversine_km
from assetopt.travel.reach import nearest_place, reached


def places(count: int, seed: int, wide: float = 3.0) -> np.ndarray:
    """Places around (52, -1), (count, 2); ``wide`` degrees to either side."""
    draw = np.random.default_rng(seed)
    return np.column_stack([draw.uniform(52 - wide, 52 + wide, count), draw.uniform(-1 - wide, -1 + wide, count)])


def by_km(km: np.ndarray) -> np.ndarray:
    return km


def by_step(km: np.ndarray) -> np.ndarray:
    """Ten minutes up to 50 km and thirty beyond: flat, then a jump."""
    return np.where(km <= 50.0, 10.0, 30.0)


@pytest.mark.parametrize("limit", [0.5, 40.0, 250.0])
def test_one_limit_for_all(limit: float) -> None:
    zones, sites = places(1_200, 1), places(80, 2)  # three chunks of zones
    found = reached(zones, sites, by_km, np.full(1_200, limit))
    assert np.array_equal(found.toarray(), haversine_km(zones, sites) <= limit)
    assert found.has_sorted_indices


def test_every_zone_its_own_limit() -> None:
    zones, sites = places(1_200, 3), places(80, 4)
    limit = np.random.default_rng(5).uniform(-20, 300, 1_200)  # below 0 nothing is reached
    limit[[0, 700]] = -np.inf, np.inf
    found = reached(zones, sites, by_km, limit)
    assert np.array_equal(found.toarray(), haversine_km(zones, sites) <= limit[:, None])


@pytest.mark.parametrize("limit", [9.0, 10.0, 29.0, 30.0])
def test_a_measure_may_stand_still_and_jump(limit: float) -> None:
    zones, sites = places(100, 6), places(80, 7)
    found = reached(zones, sites, by_step, np.full(100, limit))
    assert np.array_equal(found.toarray(), by_step(haversine_km(zones, sites)) <= limit)


def test_a_site_exactly_at_the_limit_is_reached() -> None:
    zones, sites = places(50, 8), places(50, 9)
    km = haversine_km(zones, sites)
    limit = km[np.arange(50), np.arange(50)]
    assert reached(zones, sites, by_km, limit).toarray().diagonal().all()
    assert not reached(zones, sites, by_km, np.nextafter(limit, 0)).toarray().diagonal().any()


def test_a_site_on_the_spot_is_reached_in_no_time() -> None:
    zones = places(20, 10)
    assert np.array_equal(reached(zones, zones, by_km, np.zeros(20)).toarray(), np.eye(20, dtype=bool))


def test_half_way_round_the_world_is_far_enough_for_everywhere() -> None:
    zones, sites = np.array([[37.3, 12.1]]), np.array([[-37.3, -167.9], [90.0, 0.0]])
    assert reached(zones, sites, by_km, np.array([20_016.0])).toarray().all()
    # the antipode is 20,015.1 km away, the pole 90 - 37.3 = 52.7 degrees: 5,860 km
    assert reached(zones, sites, by_km, np.array([20_000.0])).toarray().tolist() == [[False, True]]


def test_the_nearest_place() -> None:
    zones, sites = places(200, 11), places(80, 12)
    km, place = nearest_place(zones, sites)
    every = haversine_km(zones, sites)
    assert np.array_equal(place, every.argmin(axis=1))
    assert np.array_equal(km, every.min(axis=1))
