"""Straight lines and the minutes they take."""

from __future__ import annotations

import numpy as np
import pytest

from assetopt.travel import TravelParams
from assetopt.travel.geodesic import (
    GEOPY_PAIRS,
    StraightLines,
    curve_minutes,
    estimated_minutes,
    great_circle_km,
    haversine_km,
    km_apart,
)


def places(count: int, seed: int) -> np.ndarray:
    """Places in and around England, (count, 2)."""
    draw = np.random.default_rng(seed)
    return np.column_stack([draw.uniform(50, 55.8, count), draw.uniform(-5.7, 1.8, count)])


@pytest.mark.parametrize("measure", [great_circle_km, haversine_km])
def test_a_degree_of_latitude_is_111_kilometres(measure: object) -> None:
    # 2 pi x 6371.0088 km / 360 = 111.19508 km
    km = measure(np.array([[51.0, 0.5]]), np.array([[52.0, 0.5], [51.0, 0.5]]))  # type: ignore[operator]
    assert km.shape == (1, 2)
    assert km[0] == pytest.approx([111.19508, 0.0], abs=1e-5)


def test_antipodes_are_half_way_round() -> None:
    # pi x 6371.0088 km = 20015.1 km; the sine may round past 1
    assert haversine_km(np.array([[37.3, 12.1]]), np.array([[-37.3, -167.9]]))[0, 0] == pytest.approx(20015.1, abs=0.1)


def test_numpy_and_geopy_agree_to_a_part_in_a_million() -> None:
    zones, sites = places(40, 1), places(40, 2)
    near = zones + [1e-4, 1e-4]  # some 13 metres off
    for others in (sites, near):
        assert haversine_km(zones, others) == pytest.approx(great_circle_km(zones, others), rel=1e-6)


def test_both_are_within_0_6_percent_of_the_ellipsoid() -> None:
    from geopy.distance import geodesic

    zones, sites = places(30, 3), places(30, 4)
    truth = np.array([[geodesic(zone, site).kilometers for site in sites] for zone in zones])
    assert haversine_km(zones, sites) == pytest.approx(truth, rel=0.006)
    assert great_circle_km(zones, sites) == pytest.approx(truth, rel=0.006)


def test_the_answer_does_not_depend_on_how_many_pairs_there_are() -> None:
    few_zones, few_sites = places(10, 5), places(20, 6)
    assert len(few_zones) * len(few_sites) <= GEOPY_PAIRS
    more_zones = np.vstack([few_zones, places(500, 7)])
    few = StraightLines(few_zones, few_sites).km()
    many = StraightLines(more_zones, few_sites).km()[:10]
    assert many == pytest.approx(few, rel=1e-6)


def test_a_column_is_the_same_to_the_last_bit_whichever_way_it_is_asked_for() -> None:
    lines = StraightLines(places(100, 8), places(50, 9))  # 5,000 pairs: numpy; one column alone is 100
    assert np.array_equal(lines.km(np.array([7])), lines.km()[:, [7]])


def test_point_by_point_is_the_diagonal_of_every_pair() -> None:
    one, other = places(30, 12), places(30, 13)
    assert np.array_equal(km_apart(*one.T, *other.T), haversine_km(one, other).diagonal())


def test_chunks_leave_no_seam() -> None:
    zones, sites = places(1_300, 10), places(1_000, 11)  # 1.3 million pairs: two chunks
    km = haversine_km(zones, sites)
    for row in (0, 999, 1_000, 1_299):
        assert np.array_equal(km[row], haversine_km(zones[[row]], sites)[0])


@pytest.mark.parametrize(("zones", "sites"), [(0, 3), (3, 0), (0, 0)])
def test_no_places_make_an_empty_matrix(zones: int, sites: int) -> None:
    assert haversine_km(places(zones, 1), places(sites, 1)).shape == (zones, sites)
    assert great_circle_km(places(zones, 1), places(sites, 1)).shape == (zones, sites)


@pytest.mark.parametrize(
    ("km", "minutes"),
    [
        (0, 4),
        (2.5, 9.75),  # half way from 4 to 15.5
        (5, 15.5),
        (10, 22.2),  # half way from 15.5 to 28.9
        (15, 28.9),
        (40, 49.4),
        (100, 97),
        (160, 144.6),  # the last slope, (97 - 49.4) / 60 = 0.7933 a km: 97 + 47.6
    ],
)
def test_car_minutes_follow_the_shipped_curve_of_straight_kilometres(km: float, minutes: float) -> None:
    assert estimated_minutes(np.array([[km]]), "car", TravelParams())[0, 0] == pytest.approx(minutes)


def test_walking_a_straight_kilometre_takes_16_and_a_quarter_minutes() -> None:
    # 1 km x 1.3 / 4.8 km/h x 60 = 16.25
    assert estimated_minutes(np.array([[1.0]]), "walk", TravelParams())[0, 0] == pytest.approx(16.25)


def test_cycling_seven_straight_kilometres_takes_39_minutes() -> None:
    # 7 km x 1.3 / 14 km/h x 60 = 39
    assert estimated_minutes(np.array([[7.0]]), "cycle", TravelParams())[0, 0] == pytest.approx(39)


def test_a_curve_that_ends_flat_stays_flat() -> None:
    assert curve_minutes(np.array([50.0]), [(0, 5), (10, 30), (20, 30)])[0] == 30
