"""Minutes from a table: missing pairs are out of reach, unknown places are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assetopt.errors import DataError
from assetopt.travel.table import read_table

ZONES = ("z1", "z2", "z3")
SITES = ("a", "b", "c")


def rows(*cells: tuple[str | None, str, str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(list(cells), columns=["zone_id", "site_id", "mode", "minutes"])


TABLE = rows(
    ("z3", "c", "car", 9.0),
    ("z1", "a", "car", 1.0),
    ("z1", "a", "transit", 10.0),
    ("z2", "b", "car", 5.0),
    ("z1", "c", "car", 3.0),
)


def test_a_pair_without_a_row_is_out_of_reach() -> None:
    inf = np.inf
    car = read_table(TABLE, ZONES, SITES)["car"].minutes()
    assert car.tolist() == [[1, inf, 3], [inf, 5, inf], [inf, inf, 9]]


def test_modes_are_kept_apart() -> None:
    table = read_table(TABLE, ZONES, SITES)
    assert list(table) == ["car", "transit"]
    assert table["transit"].minutes()[0, 0] == 10
    assert np.isinf(table["transit"].minutes()).sum() == 8


@pytest.mark.parametrize("asked", [[2], [0, 2], [2, 0], [1, 1, 0], []])
def test_a_subset_of_sites_is_those_columns_in_that_order(asked: list[int]) -> None:
    car = read_table(TABLE, ZONES, SITES)["car"]
    assert np.array_equal(car.minutes(np.array(asked, dtype=np.intp)), car.minutes()[:, asked])


@pytest.mark.parametrize("asked", [[2], [0, 2], [2, 0], []])
def test_within_a_limit_is_what_the_minutes_say(asked: list[int]) -> None:
    car, limit = read_table(TABLE, ZONES, SITES)["car"], np.array([2.0, 5.0, np.inf])
    sites = np.array(asked, dtype=np.intp)
    minutes = car.minutes(sites)
    assert np.array_equal(car.within(limit, sites).toarray(), (minutes <= limit[:, None]) & np.isfinite(minutes))


def test_the_nearest_of_several_sites() -> None:
    car = read_table(TABLE, ZONES, SITES)["car"]
    minutes, place = car.nearest(np.array([2, 0]))  # c, a
    # z1 is 1 minute from a; z2 reaches only b; z3 is 9 from c
    assert minutes.tolist() == [1, np.inf, 9]
    assert place.tolist() == [1, 0, 0]


def test_of_two_sites_as_near_the_first_is_taken() -> None:
    table = rows(("z1", "a", "car", 4.0), ("z1", "b", "car", 4.0))
    assert read_table(table, ZONES, SITES)["car"].nearest(np.array([1, 0]))[1][0] == 0


def test_missing_minutes_are_out_of_reach() -> None:
    car = read_table(rows(("z1", "a", "car", None)), ZONES, SITES)["car"]
    assert np.isinf(car.minutes()).all()
    assert car.within(np.full(3, np.inf), np.arange(3)).nnz == 0
    assert np.isinf(car.nearest(np.arange(3))[0]).all()


def test_an_empty_table_has_no_modes() -> None:
    assert read_table(TABLE.iloc[:0], ZONES, SITES) == {}


@pytest.mark.parametrize("kind", ["category", "object"])
def test_names_may_be_categories_or_objects(kind: str) -> None:
    table = TABLE.astype({"zone_id": kind, "site_id": kind, "mode": kind})
    assert np.array_equal(
        read_table(table, ZONES, SITES)["car"].minutes(), read_table(TABLE, ZONES, SITES)["car"].minutes()
    )


@pytest.mark.parametrize(
    ("zone", "site", "said"),
    [("z9", "a", 'zone_id: no "z9" in demand'), ("z1", "x", 'site_id: no "x" in sites'), (None, "a", "without a name")],
)
def test_a_place_that_is_not_there_is_named(zone: str | None, site: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_table(rows((zone, site, "car", 1.0), ("z1", "a", "car", 1.0)), ZONES, SITES)


def test_silent_places_are_counted() -> None:
    # transit: only z1 and a have a row
    assert read_table(TABLE, ZONES, SITES)["transit"].silent() == (2, 2)
