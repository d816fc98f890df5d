"""Travel: which minutes come from where, the better of several modes, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assetopt.errors import DataError, ScenarioError
from assetopt.travel import Travel, TravelParams, build_travel, matrix, split_modes

DEMAND = pd.DataFrame({"zone_id": ["z1", "z2"], "lat": [51.0, 51.1], "lon": [0.5, 0.5], "population": [10, 20]})
SITES = pd.DataFrame({"site_id": ["a", "b", "c"], "lat": [51.0, 51.1, 51.2], "lon": [0.5, 0.5, 0.5]})
TABLE = pd.DataFrame(
    [("z1", "a", "car", 5.0), ("z1", "b", "car", 20.0), ("z2", "b", "car", 6.0)]
    + [("z1", "a", "transit", 12.0), ("z1", "b", "transit", 15.0), ("z1", "c", "transit", 40.0)],
    columns=["zone_id", "site_id", "mode", "minutes"],
)
NO_TABLE = TABLE.iloc[:0]
TENTH = 11.119508  # km in a tenth of a degree of latitude


def travel(table: pd.DataFrame | None = TABLE, **settings: object) -> Travel:
    return build_travel(DEMAND, SITES, table, TravelParams.model_validate(settings))


def test_kilometres_are_straight_lines() -> None:
    km = travel().km()
    assert km == pytest.approx(np.array([[0, TENTH, 2 * TENTH], [TENTH, 0, TENTH]]), abs=1e-5)


def test_a_mode_in_the_table_comes_from_the_table() -> None:
    car = travel().minutes("car")
    assert car.tolist() == [[5, 20, np.inf], [np.inf, 6, np.inf]]


def test_a_mode_that_the_table_lacks_is_estimated_and_said_to_be() -> None:
    found = travel()
    assert dict(found.basis) == {"car": "table", "cycle": "estimated", "transit": "table", "walk": "estimated"}
    assert found.modes == ("car", "cycle", "transit", "walk")
    assert found.minutes("walk")[0, 1] == pytest.approx(TENTH * 1.3 / 4.8 * 60, rel=1e-5)
    assert "minutes by walk are estimated from straight lines; the travel table has only car, transit" in found.notes


def test_modes_that_nobody_asked_for_are_not_remarked_upon() -> None:
    assert travel().notes == ()


@pytest.mark.parametrize("table", [None, NO_TABLE])
def test_without_a_table_minutes_are_estimated(table: pd.DataFrame | None) -> None:
    found = travel(table)
    assert dict(found.basis) == {"car": "estimated", "cycle": "estimated", "walk": "estimated"}
    # 11.1195 km lies between (5, 15.5) and (15, 28.9): 15.5 + 6.1195 x 1.34 = 23.700
    assert found.minutes("car")[0] == pytest.approx([4, 23.700, 28.9 + (2 * TENTH - 15) * 0.82], abs=1e-3)


def test_places_that_the_table_is_silent_about_are_counted() -> None:
    found = travel()
    found.minutes("car;transit")
    assert found.notes == (
        "1 site has no row by car in the travel table and count as out of reach",
        "1 zone has no row by transit in the travel table and count as out of reach",
    )


def test_the_better_of_two_modes_is_taken_pair_by_pair() -> None:
    assert travel().minutes("car;transit").tolist() == [[5, 15, 40], [np.inf, 6, np.inf]]
    assert np.array_equal(travel().minutes(" transit ; car"), travel().minutes("car;transit"))


def test_the_better_of_a_table_and_an_estimate_is_an_estimate() -> None:
    found = travel()
    assert found.basis_of("car;transit") == "table"
    assert found.basis_of("car;walk") == "estimated"
    assert found.basis_of("crow") == "estimated"


def test_both_must_do_takes_the_slower_of_the_two() -> None:
    # By car z1 reaches a in 5 and b in 20, z2 b in 6; by transit z1 reaches a in 12, b in 15, c in 40.
    both = travel().minutes("car+transit")
    assert both.tolist() == [[12, 20, np.inf], [np.inf, np.inf, np.inf]]
    assert np.array_equal(travel().minutes(" transit + car "), both)
    # Either on foot, or by both of the others: 0 km are no minutes on foot.
    assert travel().minutes("walk;car+transit")[0].tolist() == [
        0,
        20,
        pytest.approx(2 * TENTH * 1.3 / 4.8 * 60, rel=1e-5),
    ]
    assert travel().within("car+transit", 15, [0, 1, 2]).toarray().tolist() == [[True, False, False], [False] * 3]
    minutes, place = travel().nearest("car+transit", [1, 0])
    assert (minutes.tolist(), place.tolist()) == ([12, np.inf], [1, 0])


def test_both_must_do_is_an_estimate_as_soon_as_one_is() -> None:
    found = travel()
    assert found.basis_of("car+transit") == "table"
    assert found.basis_of("car+walk") == "estimated"
    assert found.is_estimated("transit;car+walk")
    assert not found.is_estimated("car+transit")


@pytest.mark.parametrize("mode", ["car+crow", "+", "car;+"])
def test_what_cannot_be_both_is_refused(mode: str) -> None:
    with pytest.raises(ValueError, match=r"mode|crow"):
        travel().minutes(mode)


def test_a_part_that_nobody_knows_is_named() -> None:
    with pytest.raises(ScenarioError, match='no minutes by mode "tram"'):
        travel().minutes("car+tram")


def test_a_window_of_departure_stands_in_the_basis() -> None:
    windows = {"car": "", "transit": "Thu 23 April 2026, 14:00-15:00"}
    found = travel(TABLE.assign(x_window=TABLE["mode"].map(windows)))
    assert found.basis_of("transit") == "table (Thu 23 April 2026, 14:00-15:00)"
    assert found.basis_of("car;transit") == "table, table (Thu 23 April 2026, 14:00-15:00)"
    assert dict(found.basis)["transit"] == "table"
    assert "setting out Thu 23 April 2026, 14:00-15:00" in found.about()["transit"]


def test_an_estimate_that_was_stored_stays_an_estimate() -> None:
    found = travel(TABLE.assign(x_basis=["estimated"] * 3 + ["timetable"] * 3, x_about="as told"))
    assert dict(found.basis)["car"] == "estimated"
    assert dict(found.basis)["transit"] == "table"
    assert found.basis_of("car") == "estimated"
    assert found.minutes("car")[0, 1] == 20
    assert found.about(["car"])["car"] == "as told"


def test_an_estimate_says_how_far_off_it_may_be() -> None:
    about = travel(None).about()
    assert "estimated from straight lines" in about["car"]
    assert "eight in ten lie within -20 % to +24 % of it" in about["car"]
    assert "not measured" in about["walk"]
    assert "whose error is not known" in travel(None, speeds={"walk": 6.0}).about(["walk"])["walk"]


@pytest.mark.parametrize("mode", ["car", "walk", "car;walk"])
@pytest.mark.parametrize("asked", [[1], [2, 0], [0, 0], []])
def test_a_subset_of_sites_is_those_columns_in_that_order(mode: str, asked: list[int]) -> None:
    assert np.array_equal(travel().minutes(mode, asked), travel().minutes(mode)[:, asked])


def test_a_subset_is_the_same_before_and_after_the_whole_was_asked_for() -> None:
    found = travel()
    before = found.km([2])
    found.km()
    assert np.array_equal(found.km([2]), before)


@pytest.mark.parametrize("asked", [[3], [-1], [[0, 1]]])
def test_positions_that_are_not_there_are_refused(asked: list[int]) -> None:
    with pytest.raises(IndexError, match="positions 0 to 2"):
        travel().minutes("car", asked)


def test_a_mask_is_not_taken_for_positions() -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        travel().minutes("car", [True, False, True])


@pytest.mark.parametrize("mode", ["car", "walk", "car;walk"])
def test_a_matrix_that_is_shared_cannot_be_written_to(mode: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        travel().minutes(mode)[0, 0] = 1


def test_nothing_larger_than_the_sites_asked_for_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    # 40,000 zones x 14,000 sites would be 4.5 GB a mode
    built: list[tuple[int, int]] = []
    measure = matrix.StraightLines.km

    def spied(lines: matrix.StraightLines, sites: np.ndarray | None = None) -> np.ndarray:
        km = measure(lines, sites)
        built.append(km.shape)
        return km

    monkeypatch.setattr(matrix.StraightLines, "km", spied)
    zones = pd.DataFrame({"zone_id": np.arange(40_000).astype(str), "lat": 52.0, "lon": 0.1})
    sites = pd.DataFrame({"site_id": np.arange(14_000).astype(str), "lat": 52.1, "lon": 0.1})
    found = build_travel(zones, sites)
    assert found.minutes("car", [13_999, 5]).shape == (40_000, 2)
    assert built == [(40_000, 2)]


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["crow", "car;crow"])
def test_crow_has_kilometres_and_no_minutes(mode: str) -> None:
    with pytest.raises(ValueError, match=r"max_km.*no minutes"):
        travel().minutes(mode)


@pytest.mark.parametrize("mode", ["", " ; "])
def test_no_mode_at_all_is_refused(mode: str) -> None:
    with pytest.raises(ValueError, match="no mode of travel"):
        travel().minutes(mode)
    assert split_modes("car; transit;") == ("car", "transit")


@pytest.mark.parametrize("mode", ["transit", "car;transit"])
def test_transit_without_a_table_asks_for_a_matrix(mode: str) -> None:
    with pytest.raises(ScenarioError, match=r'no minutes by mode "transit".*import a matrix'):
        travel(NO_TABLE).minutes(mode)


def test_transit_may_be_estimated_by_a_curve_of_your_own() -> None:
    own = travel(NO_TABLE, curves={"transit": [[0, 10], [10, 60]]})
    # 10 + 11.1195 x 5 = 65.598
    assert own.minutes("transit")[0, 1] == pytest.approx(65.598, abs=1e-3)
    assert own.basis_of("transit") == "estimated"


def test_a_mistyped_mode_gets_a_suggestion() -> None:
    with pytest.raises(ScenarioError, match='did you mean "transit"'):
        travel().minutes("tranist")


def test_an_explicit_table_never_estimates() -> None:
    found = travel(provider="table")
    assert found.modes == ("car", "transit")
    with pytest.raises(ScenarioError, match=r'"walk".*the travel table has car, transit.*take provider = "table" out'):
        found.minutes("walk")


def test_an_explicit_table_needs_a_table() -> None:
    with pytest.raises(ScenarioError, match="no rows in travel"):
        travel(NO_TABLE, provider="table")


def test_an_explicit_geodesic_leaves_the_table_aside() -> None:
    found = travel(provider="geodesic")
    assert found.minutes("car")[0, 0] == 4
    assert found.notes == ("minutes by car are estimated from straight lines",)
    with pytest.raises(ScenarioError, match=r'leaves the travel table aside.*take provider = "geodesic" out'):
        found.minutes("transit")


def test_a_place_without_coordinates_is_named() -> None:
    with pytest.raises(DataError, match=r"sites, lat and lon: no coordinates for b"):
        build_travel(DEMAND, SITES.assign(lat=[51.0, np.nan, 51.2]))


# --- within a limit, and nearest ----------------------------------------------------------------------------------------


MODES = ["car", "walk", "car;transit", "walk; car"]
MODES += ["car+walk", "car+transit", "walk;car+transit", "transit+bus", "car+cycle;transit"]


def scattered() -> Travel:
    """40 zones x 30 sites in and around England: a third of the pairs have transit minutes, half have bus minutes."""
    draw = np.random.default_rng(3)
    zones = pd.DataFrame({"zone_id": np.arange(40).astype(str), "lat": draw.uniform(50, 55, 40)})
    sites = pd.DataFrame({"site_id": np.arange(30).astype(str), "lat": draw.uniform(50, 55, 30)})
    pairs = pd.MultiIndex.from_product([zones["zone_id"], sites["site_id"]], names=["zone_id", "site_id"]).to_frame()
    table = pairs[draw.random(len(pairs)) < 1 / 3].reset_index(drop=True)
    table = table.assign(mode="transit", minutes=draw.integers(5, 400, len(table)).astype(float))
    bus = pairs[draw.random(len(pairs)) < 1 / 2].reset_index(drop=True)
    table = pd.concat([table, bus.assign(mode="bus", minutes=draw.integers(5, 400, len(bus)).astype(float))])
    return build_travel(zones.assign(lon=draw.uniform(-3, 1, 40)), sites.assign(lon=draw.uniform(-3, 1, 30)), table)


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("mode", MODES)
def test_within_a_limit_is_what_all_minutes_say(mode: str, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not few:
        monkeypatch.setattr(matrix, "_REMEMBERED_PAIRS", 0)
    found, sites = scattered(), np.arange(30)[::-1][:25]
    limit = np.linspace(0, 400, 40)
    limit[5] = -np.inf
    inside = found.within(mode, limit, sites).toarray()
    assert inside.any()
    assert np.array_equal(inside, found.minutes(mode, sites) <= limit[:, None])


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("mode", MODES)
def test_the_nearest_is_the_least_of_all_minutes(mode: str, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not few:
        monkeypatch.setattr(matrix, "_REMEMBERED_PAIRS", 0)
    found, sites = scattered(), np.arange(30)[::-1][:25]
    minutes, place = found.nearest(mode, sites)
    every = found.minutes(mode, sites)
    assert minutes == pytest.approx(every.min(axis=1), rel=1e-6)
    assert every[np.arange(40), place] == pytest.approx(every.min(axis=1), rel=1e-6)


@pytest.mark.parametrize("few", [True, False])
def test_kilometres_within_a_limit_may_be_by_road(few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not few:
        monkeypatch.setattr(matrix, "_REMEMBERED_PAIRS", 0)
    found, sites = scattered(), np.arange(30)
    inside = found.within_km(150.0, sites, 1.3).toarray()
    assert np.array_equal(inside, found.km() * 1.3 <= 150.0)
    assert found.nearest_km(sites)[0] == pytest.approx(found.km().min(axis=1), rel=1e-6)


@pytest.mark.parametrize("mode", MODES)
def test_without_sites_nothing_is_near(mode: str) -> None:
    found, none = scattered(), np.empty(0, dtype=np.intp)
    assert found.within(mode, 1e9, none).shape == (40, 0)
    assert np.isinf(found.nearest(mode, none)[0]).all()
    assert np.isinf(found.nearest_km(none)[0]).all()


@pytest.mark.parametrize("few", [True, False])
def test_what_is_found_without_the_matrix_is_remarked_upon_too(few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not few:
        monkeypatch.setattr(matrix, "_REMEMBERED_PAIRS", 0)
    found, reached = travel(NO_TABLE), travel()
    found.nearest("walk", [0])
    assert found.notes == ("minutes by walk are estimated from straight lines",)
    reached.within("car", 10.0, [0])
    assert reached.notes == ("1 site has no row by car in the travel table and count as out of reach",)


# --- kept ------------------------------------------------------------------------------------------------------------


def large(**settings: object) -> Travel:
    """1,000 zones x 1,000 sites: as many pairs as are worth a file."""
    draw = np.random.default_rng(1)
    zones = pd.DataFrame({"zone_id": np.arange(1000).astype(str), "lat": draw.uniform(50, 55, 1000), "lon": 0.1})
    sites = pd.DataFrame({"site_id": np.arange(1000).astype(str), "lat": draw.uniform(50, 55, 1000), "lon": 0.1})
    return build_travel(zones, sites, params=TravelParams.model_validate(settings))


def test_a_large_matrix_is_stored_by_what_it_depends_on(tmp_path: Path) -> None:
    first = large().minutes("car")
    (stored,) = (tmp_path / "cache").iterdir()
    written = stored.stat().st_ino
    assert np.array_equal(large().minutes("car"), first)
    assert [path.stat().st_ino for path in (tmp_path / "cache").iterdir()] == [written]
    faster = large(speeds={"car": 60}).minutes("car")
    assert not np.array_equal(faster, first)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_cache_that_cannot_be_used_is_noted_and_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ASSETOPT_CACHE", str(tmp_path / "file"))
    found = large()
    assert found.minutes("car").shape == (1000, 1000)
    assert any("not stored" in note for note in found.notes)


def test_a_small_matrix_is_not_stored(tmp_path: Path) -> None:
    travel(NO_TABLE).minutes("car")
    assert not (tmp_path / "cache").exists()


def test_travel_can_be_sent_to_another_process() -> None:
    found = travel()
    copy = pickle.loads(pickle.dumps(found))
    assert np.array_equal(copy.minutes("car;walk"), found.minutes("car;walk"))
