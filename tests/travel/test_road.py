"""Minutes on a road network: hand-drawn streets, and a county's real one beside minutes computed independently."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rutland import NEEDS_RUTLAND, PBF, RUTLAND, places

from assetopt.errors import ScenarioError
from assetopt.travel import TravelParams, build_travel
from assetopt.travel.geodesic import StraightLines
from assetopt.travel.graph import build_graph, least_arcs
from assetopt.travel.osm import Network
from assetopt.travel.road import road_minutes
from assetopt.travel.roads import limit_kmh, road_rules

# --- streets drawn by hand: a degree of latitude is 111.195 km, so 0.001 is 0.111195 km ------------------------------

STEP = 0.1111949  # km
PLAIN = {"parking_minutes": 0.0, "give_way_seconds": 0.0, "signal_seconds": 0.0}


def streets(
    nodes: list[tuple[float, float]],
    ways: list[tuple[list[int], dict[str, str]]],
    tags: dict[int, dict[str, str]] | None = None,
) -> Network:
    """Return a network of nodes at thousandths of a degree near the equator and ways over them."""
    return Network(
        np.array([a for a, _ in nodes]) * 0.001, np.array([b for _, b in nodes]) * 0.001,
        np.concatenate([np.array(run) for run, _ in ways]), np.repeat(np.arange(len(ways)), [len(run) for run, _ in ways]),
        np.arange(len(ways)), tuple(kind for _, kind in ways), tags or {},
    )  # fmt: skip


def minutes(network: Network, zones: list[int], sites: list[int], mode: str = "car", **settings: float) -> np.ndarray:
    """Return minutes between nodes of the network, inf where there is no way."""
    given = TravelParams.model_validate({"provider": "road", "network": "x", "road": {mode: PLAIN | settings}})
    rules = road_rules(mode, given.road[mode])
    at = np.column_stack([network.lat, network.lon])
    found = road_minutes(build_graph(network, rules), rules, StraightLines(at[zones], at[sites]), 120.0, 5.0)
    out = np.full((len(zones), len(sites)), np.inf)
    out[found["zones"].astype(int), found["sites"].astype(int)] = found["minutes"]
    return out


ROAD = {"highway": "unclassified"}  # 40 km/h by the shipped table
ONE = STEP / 40 * 60  # minutes of one step


def test_a_chain_of_nodes_is_one_way_long_and_places_along_it_are_found() -> None:
    # 0 - 1 - 2 - 3 in a row: every node but the ends is merged away, and found again.
    network = streets([(0, 0), (1, 0), (2, 0), (3, 0)], [([0, 1, 2, 3], ROAD)])
    graph = build_graph(network, road_rules("car"))
    assert graph.junctions == 2
    assert len(graph.tail) == 2  # there and back
    want = np.abs(np.subtract.outer(np.arange(4), np.arange(4))) * ONE
    assert minutes(network, [0, 1, 2, 3], [0, 1, 2, 3]) == pytest.approx(want, rel=1e-5, abs=1e-6)


def test_a_one_way_street_is_gone_round() -> None:
    # A square 0-1-2-3 with one way 0 -> 1 -> 2 -> 3 -> 0: one step forward is three steps back.
    network = streets([(0, 0), (1, 0), (1, 1), (0, 1)], [([0, 1, 2, 3, 0], {**ROAD, "oneway": "yes"})])
    want = np.array([[(j - i) % 4 for j in range(4)] for i in range(4)]) * ONE
    assert minutes(network, [0, 1, 2, 3], [0, 1, 2, 3]) == pytest.approx(want, rel=1e-5, abs=1e-6)
    assert minutes(network, [1], [0], "walk") == pytest.approx(np.array([[STEP / 4.8 * 60]]), rel=1e-5)


def test_a_roundabout_is_one_way_without_saying_so() -> None:
    network = streets(
        [(0, 0), (1, 0), (1, 1), (0, 1), (-1, 0)],
        [([0, 1, 2, 3, 0], {**ROAD, "junction": "roundabout"}), ([0, 4], ROAD)],
    )
    assert minutes(network, [4], [3])[0, 0] == pytest.approx(4 * ONE, rel=1e-5)  # 4 -> 0 -> 1 -> 2 -> 3
    assert minutes(network, [3], [4])[0, 0] == pytest.approx(2 * ONE, rel=1e-5)


def test_of_two_roads_between_the_same_junctions_the_faster_counts_and_they_are_not_added() -> None:
    network = streets([(0, 0), (2, 0)], [([0, 1], ROAD), ([0, 1], {"highway": "primary"})])
    assert minutes(network, [0], [1])[0, 0] == pytest.approx(2 * STEP / 65 * 60, rel=1e-5)
    tail, head, least = least_arcs(np.array([0, 0, 1]), np.array([1, 1, 1]), np.array([5.0, 3.0, 1.0]))
    assert (tail.tolist(), head.tolist(), least.tolist()) == ([0], [1], [3.0])


def test_what_cannot_be_left_is_cut_off_and_the_place_goes_to_the_road_beside_it() -> None:
    # A one-way spur 1 -> 4 leads nowhere: whoever lives there is taken to node 1, 0.22 km off at 20 km/h.
    network = streets(
        [(0, 0), (1, 0), (2, 0), (3, 0), (1, 2)], [([0, 1, 2, 3], ROAD), ([1, 4], {**ROAD, "oneway": "yes"})]
    )
    assert minutes(network, [4], [0])[0, 0] == pytest.approx(2 * STEP / 20 * 60 + ONE, rel=1e-4)


def test_a_private_road_and_a_bollard_are_not_passed() -> None:
    detour = [(0, 0), (2, 0), (0, 2), (2, 2)]
    ways = [([0, 2, 3, 1], ROAD)]
    open_road = streets(detour, [*ways, ([0, 1], ROAD)])
    closed = streets(detour, [*ways, ([0, 1], {**ROAD, "access": "private"})])
    assert minutes(open_road, [0], [1])[0, 0] == pytest.approx(2 * ONE, rel=1e-5)
    assert minutes(closed, [0], [1])[0, 0] == pytest.approx(6 * ONE, rel=1e-5)
    allowed = streets(detour, [*ways, ([0, 1], {**ROAD, "access": "no", "motor_vehicle": "yes"})])
    assert minutes(allowed, [0], [1])[0, 0] == pytest.approx(2 * ONE, rel=1e-5)
    bollard = streets([*detour, (1, 0)], [*ways, ([0, 4, 1], ROAD)], {4: {"barrier": "bollard"}})
    assert minutes(bollard, [0], [1])[0, 0] == pytest.approx(6 * ONE, rel=1e-5)
    assert minutes(bollard, [0], [1], "walk")[0, 0] == pytest.approx(2 * STEP / 4.8 * 60, rel=1e-5)


def test_a_posted_limit_caps_the_speed() -> None:
    network = streets([(0, 0), (1, 0)], [([0, 1], {"highway": "primary", "maxspeed": "30 mph"})])
    assert minutes(network, [0], [1])[0, 0] == pytest.approx(STEP / (0.85 * 30 * 1.609344) * 60, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "kmh"),
    [("30 mph", 48.28), ("50", 50), ("80 km/h", 80), ("GB:nsl_single", 96.56), ("none", np.inf), ("", np.inf)],
)
def test_limits_are_read_in_miles_and_kilometres(text: str, kmh: float) -> None:
    assert limit_kmh(text) == pytest.approx(kmh, abs=0.01)


def test_parking_is_added_once_and_signals_and_give_way_at_the_end_of_an_arc() -> None:
    # 0 - 1 - 2 along a lane, 1 on a primary road 3 - 1 - 4 with traffic lights on 1: from 0 to 2 the lane gives way at 1.
    network = streets(
        [(0, 0), (1, 0), (2, 0), (1, 1), (1, -1)],
        [([0, 1, 2], ROAD), ([3, 1, 4], {"highway": "primary"})], {1: {"highway": "traffic_signals"}},
    )  # fmt: skip
    plain = minutes(network, [0], [2])[0, 0]
    full = minutes(network, [0], [2], parking_minutes=3.0, give_way_seconds=6.0, signal_seconds=12.0)[0, 0]
    assert plain == pytest.approx(2 * ONE, rel=1e-5)
    assert full - plain == pytest.approx(3.0 + 0.1 + 0.2)
    along = minutes(network, [3], [4], give_way_seconds=6.0)[0, 0]
    assert along == pytest.approx(2 * STEP / 65 * 60, rel=1e-5)  # the primary road does not give way


def test_a_place_far_from_every_road_is_out_of_reach() -> None:
    network = streets([(0, 0), (1, 0)], [([0, 1], ROAD)])
    rules = road_rules("car")
    lines = StraightLines(np.array([[0.0, 0.0], [0.0, 0.1]]), np.array([[0.001, 0.0]]))
    found = road_minutes(build_graph(network, rules), rules, lines, 120.0, 5.0)
    assert found["zones"].tolist() == [0]
    assert found["zone_km"] == pytest.approx([0.0, 100 * STEP], rel=1e-4)


def test_a_network_without_a_road_for_the_mode_is_refused_in_words() -> None:
    network = streets([(0, 0), (1, 0)], [([0, 1], {"highway": "motorway"})])
    with pytest.raises(ScenarioError, match="no road that may be used by walk"):
        build_graph(network, road_rules("walk"))


def test_merging_changes_no_answer() -> None:
    """A grid with random one-ways: minutes between all nodes equal Dijkstra's on the graph as drawn."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components, dijkstra

    rng = np.random.default_rng(7)
    side = 6
    nodes = [(float(i) + rng.random() * 0.3, float(j) + rng.random() * 0.3) for i in range(side) for j in range(side)]
    ways: list[tuple[list[int], dict[str, str]]] = []
    for i in range(side):
        for j in range(side):
            for di, dj in ((1, 0), (0, 1)):
                if i + di < side and j + dj < side and rng.random() < 0.75:
                    kind = {"highway": str(rng.choice(["residential", "primary", "service"]))}
                    kind |= {"oneway": str(rng.choice(["yes", "-1"]))} if rng.random() < 0.25 else {}
                    ways.append(([i * side + j, (i + di) * side + j + dj], kind))
    network = streets(nodes, ways)
    rules = road_rules("car", TravelParams.model_validate(
        {"provider": "road", "network": "x", "road": {"car": PLAIN}}
    ).road["car"])  # fmt: skip
    full = np.full((36, 36), np.inf)
    for run, kind in ways:
        a, b = run
        km = StraightLines(
            np.array([[network.lat[a], network.lon[a]]]), np.array([[network.lat[b], network.lon[b]]])
        ).km()
        forward, backward = rules.speed(kind)
        for tail, head, kmh in ((a, b, forward), (b, a, backward)):
            if kmh:
                full[tail, head] = min(full[tail, head], km[0, 0] / kmh * 60)
    arcs = sparse.csr_matrix(np.where(np.isfinite(full), full, 0))
    _, part = connected_components(arcs, connection="strong")
    kept = np.flatnonzero(part == np.bincount(part).argmax())
    want = dijkstra(arcs)[np.ix_(kept, kept)]
    got = minutes(network, kept.tolist(), kept.tolist())
    assert len(kept) > 15
    assert got == pytest.approx(want, rel=1e-5, abs=1e-6)


# --- Rutland ---------------------------------------------------------------------------------------------------------


def rutland(**settings: object):  # type: ignore[no-untyped-def]
    demand, sites = places()
    params = TravelParams.model_validate({"provider": "road", "network": str(PBF)} | settings)
    return build_travel(demand, sites, None, params)


def reference(travel) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    """Return our minutes by car and the published ones, pair by pair."""
    table = pd.read_csv(RUTLAND / "reference_travel.csv")
    zone = pd.Index(travel.zone_ids).get_indexer(table["zone_id"])
    site = pd.Index(travel.site_ids).get_indexer(table["site_id"])
    return travel.minutes("car")[zone, site], table["minutes"].to_numpy()


@NEEDS_RUTLAND
def test_under_the_rules_of_the_reference_the_minutes_are_those_of_the_reference() -> None:
    """Measured on 2026-11-23: correlation 0.9986, median ratio 0.99974, furthest place 911 m (reference: at most 914 m)."""
    travel = rutland(road={"car": PLAIN})
    ours, theirs = reference(travel)
    assert np.isfinite(ours).all()
    assert np.corrcoef(ours, theirs)[0, 1] > 0.995
    assert np.median(ours / theirs) == pytest.approx(1.0, abs=0.01)
    assert np.quantile(ours / theirs, [0.01, 0.99]) == pytest.approx([1.0, 1.1], abs=0.06)
    made = travel.made("car")
    assert made is not None
    assert made.snapping is not None
    assert made.snapping.all.max() == pytest.approx(0.914, abs=0.01)


@NEEDS_RUTLAND
def test_shipped_penalties_add_minutes_and_keep_the_order() -> None:
    """Two minutes of parking and the giving way; measured on 2026-11-23: correlation 0.9984, median ratio 1.19."""
    ours, theirs = reference(rutland())
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99
    assert 1.1 < np.median(ours / theirs) < 1.3
    assert (ours > theirs).all()
    assert np.median(ours - theirs) == pytest.approx(2.3, abs=0.5)


@NEEDS_RUTLAND
def test_walkers_take_paths_and_ignore_one_ways_and_walk_the_length_of_the_way() -> None:
    travel = rutland(modes=["car", "walk", "cycle"])
    walk, km = travel.minutes("walk"), travel.km()
    at = np.isfinite(walk)
    assert 0.2 < at.mean() < 0.6  # two hours reach some
    assert (walk[at] >= km[at] / 4.8 * 60 * 0.999).all()  # nobody is faster than the crow walks
    assert np.median(walk[at] / (km[at] / 4.8 * 60)) == pytest.approx(1.38, abs=0.08)  # circuity in the country: 1.4
    cycle = travel.minutes("cycle")
    both = at & np.isfinite(cycle)
    assert np.median(walk[both] / cycle[both]) == pytest.approx(14 / 4.8, rel=0.15)
    assert dict(travel.basis) == {"car": "road", "cycle": "road", "walk": "road"}
    assert "road network rutland-latest.osm.pbf" in travel.about(["walk"])["walk"]


@NEEDS_RUTLAND
def test_a_limit_leaves_the_rest_out_of_reach() -> None:
    near, far = rutland(max_minutes=10).minutes("car"), rutland().minutes("car")
    assert np.array_equal(np.isfinite(near), far <= 10)
    assert near[far <= 10] == pytest.approx(far[far <= 10], rel=1e-9)


@NEEDS_RUTLAND
def test_the_second_time_comes_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    first = rutland().minutes("car")

    def never(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("assetopt.travel.road.read_network", never)
    monkeypatch.setattr("assetopt.travel.road.road_minutes", never)
    assert np.array_equal(rutland().minutes("car"), first)
    with pytest.raises(AssertionError, match="read again"):
        rutland(road={"car": {"parking_minutes": 5}}).minutes("car")


@NEEDS_RUTLAND
def test_places_off_the_network_are_named_and_far_ones_reach_nothing() -> None:
    demand, sites = places()
    sites = pd.concat([sites, pd.DataFrame({"site_id": ["IN-THE-SEA"], "lat": [53.2], "lon": [0.6]})])
    params = TravelParams.model_validate({"provider": "road", "network": str(PBF), "snap_warn_km": 0.5})
    travel = build_travel(demand, sites, None, params)
    assert not np.isfinite(travel.minutes("car")[:, -1]).any()
    said = " ".join(travel.notes)
    assert "1 place is further than 5 km from the network; they count as out of reach: IN-THE-SEA (" in said
    assert "E01013787 (0.9 km)" in said
    assert "1 site has no row by car on the network" in said


@NEEDS_RUTLAND
def test_it_can_be_sent_to_another_process() -> None:
    travel = rutland()
    car = travel.minutes("car")
    assert np.array_equal(pickle.loads(pickle.dumps(travel)).minutes("car"), car)


@NEEDS_RUTLAND
def test_transit_is_taken_from_the_table_and_a_road_never_estimates() -> None:
    demand, sites = places()
    table = pd.DataFrame([(demand["zone_id"][0], sites["site_id"][0], mode, 33.0) for mode in ("car", "transit")])
    table.columns = ["zone_id", "site_id", "mode", "minutes"]
    params = TravelParams.model_validate({"provider": "road", "network": str(PBF)})
    travel = build_travel(demand, sites, table, params)
    assert travel.minutes("transit")[0, 0] == 33.0
    assert travel.minutes("car")[0, 0] != 33.0  # the network says how long by car
    with pytest.raises(ScenarioError, match='provider = "road" computes car, walk, and the travel table has transit'):
        travel.minutes("cycle")


# --- what goes wrong -------------------------------------------------------------------------------------------------


def small(network: Path):  # type: ignore[no-untyped-def]
    demand = pd.DataFrame({"zone_id": ["z"], "lat": [52.6], "lon": [-0.6]})
    sites = pd.DataFrame({"site_id": ["s"], "lat": [52.61], "lon": [-0.6]})
    return build_travel(demand, sites, None, TravelParams(provider="road", network=str(network)))


def test_without_osmium_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.osm.pbf").write_bytes(b"none")
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(ScenarioError, match=r"pip install assetopt\[road\]"):
        small(tmp_path / "x.osm.pbf").minutes("car")


def test_a_network_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"\[travel\] network: .*gone\.osm\.pbf is not there"):
        small(tmp_path / "gone.osm.pbf").minutes("car")


@NEEDS_RUTLAND
def test_a_damaged_extract_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "cut.osm.pbf").write_bytes(PBF.read_bytes()[:600_000])
    with pytest.raises(ScenarioError, match="cannot be read as an OpenStreetMap extract"):
        small(tmp_path / "cut.osm.pbf").minutes("car")


def test_a_class_that_is_no_class_and_a_mode_that_no_road_has_are_refused() -> None:
    given = TravelParams.model_validate(
        {"provider": "road", "network": "x", "road": {"car": {"speeds": {"primray": 60}}}}
    )
    with pytest.raises(ScenarioError, match='did you mean "primary"'):
        road_rules("car", given.road["car"])
    with pytest.raises(ScenarioError, match='no minutes by "transit" on a road network'):
        road_rules("transit")
