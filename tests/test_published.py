"""The readers of the published instances: every file complete, one value of each set, and the traps of each format."""

from __future__ import annotations

import numpy as np
import pytest
from published import (
    SETS,
    WHY_SKIPPED,
    Instance,
    available,
    best_known,
    frames,
    instances,
    problems,
    read,
    scenario,
)

pytestmark = pytest.mark.skipif(not available(), reason=WHY_SKIPPED)


def least_cost(instance: Instance) -> float:
    """Solve by scipy's milp, with the x <= y rows: an oracle that shares nothing with assetopt."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack, kron

    m, n = instance.cost.shape
    costs = np.concatenate([instance.fixed, instance.cost.ravel()])
    none = csr_array((n, m))
    served = hstack([none, kron(np.ones((1, m)), eye_array(n))])
    within = hstack([-np.diag(instance.capacity), kron(eye_array(m), instance.demand[None, :])])
    only_open = hstack([kron(-eye_array(m), np.ones((n, 1))), eye_array(m * n)])
    rows = [
        LinearConstraint(served.tocsr(), 1, 1),
        LinearConstraint(within.tocsr(), -np.inf, 0),
        LinearConstraint(only_open.tocsr(), -np.inf, 0),
    ]
    if instance.p is not None:
        rows.append(LinearConstraint(np.concatenate([np.ones(m), np.zeros(m * n)])[None, :], 0, instance.p))
    whole = np.concatenate([np.ones(m), np.full(m * n, 0 if instance.divisible or instance.p else 1)])
    answer = milp(costs, constraints=rows, integrality=whole, bounds=Bounds(0, 1), options={"mip_rel_gap": 0})
    assert answer.status == 0, answer.message
    return float(answer.fun)


@pytest.mark.parametrize(
    ("set_", "count", "shapes"),
    [
        ("orlib_cap", 15, {(16, 50): 8, (25, 50): 4, (100, 1000): 3}),
        ("holmberg", 30, {(10, 50): 12, (20, 50): 12, (30, 150): 6}),
        ("yang", 8, {(30, 200): 5, (60, 200): 3}),
        ("delmaire", 15, {(10, 20): 6, (15, 30): 9}),
        ("tbed1", 4, {(300, 300): 3, (500, 500): 1}),
        ("koerkel_ghosh", 2, {(250, 250): 2}),
        ("pmed", 20, {(100, 100): 5, (200, 200): 5, (300, 300): 5, (400, 400): 5}),
        ("coursera", 4, {(25, 50): 1, (50, 200): 1, (100, 100): 1, (200, 800): 1}),
    ],
)
def test_every_instance_is_complete_finite_and_servable(
    set_: str, count: int, shapes: dict[tuple[int, int], int]
) -> None:
    names = instances(set_)
    assert len(names) == count
    found: dict[tuple[int, int], int] = {}
    for name in names:
        instance = read(set_, name)
        m, n = instance.cost.shape
        assert (len(instance.fixed), len(instance.capacity), len(instance.demand)) == (m, m, n)
        for values in (instance.fixed, instance.capacity, instance.demand, instance.cost):
            assert np.isfinite(values).all()
            assert (values >= 0).all()
        assert instance.demand.sum() <= instance.capacity.sum()
        found[m, n] = found.get((m, n), 0) + 1
    assert found == shapes


def test_there_are_98_instances_in_natural_order() -> None:
    assert sum(len(instances(set_)) for set_ in SETS) == 98
    assert instances("pmed")[:3] == ["pmed1", "pmed2", "pmed3"]


# --- one value of each set, as it stands in the file -----------------------------------------------------------------


def test_orlib_cap_has_capacity_before_fixed_cost_and_the_optimum_is_no_cost() -> None:
    cap61 = read("orlib_cap", "cap61")
    assert (cap61.capacity[0], cap61.fixed[0], cap61.fixed[10]) == (15000, 7500, 0)
    assert cap61.demand[:3].tolist() == [146, 87, 672]
    assert cap61.cost[0, 0] == pytest.approx(6739.725)
    assert cap61.cost[-1, -1] == pytest.approx(7448.1)  # the file ends 7448.1 932615.8


def test_holmberg_padding_is_no_number() -> None:
    p2 = read("holmberg", "p2")
    assert p2.cost[-1, -1] == 673


def test_delmaire_rows_are_customers() -> None:
    p1 = read("delmaire", "p1")
    assert p1.cost[:3, 0].tolist() == [8, 85, 5]  # the first row of the file is the first customer
    assert p1.cost[0, :3].tolist() == [8, 9, 35]


def test_tbed1_costs_are_multiplied_by_demand() -> None:
    from published import _bytes, _numbers

    file = _numbers(_bytes("tbed1", "p1"))
    p1 = read("tbed1", "p1")
    assert p1.demand[:3].tolist() == [26, 24, 21]
    unit = file[2 + 300 + 300 + 300 :]
    assert p1.cost[0, 1] == unit[1] * 24
    assert p1.cost[299, 0] == unit[299 * 300] * 26


def test_koerkel_ghosh_rows_are_facilities() -> None:
    ga, gs = read("koerkel_ghosh", "ga250a-1"), read("koerkel_ghosh", "gs250a-1")
    assert (ga.fixed[0], ga.cost[0, 0], ga.cost[0, 1]) == (130, 1696, 1309)
    assert not np.array_equal(ga.cost, ga.cost.T)
    assert np.array_equal(gs.cost, gs.cost.T)


def test_pmed_distances_are_shortest_paths_between_all_nodes() -> None:
    pmed1 = read("pmed", "pmed1")
    assert pmed1.p == 5
    assert pmed1.cost[0, 1] == 30  # the first edge, 1-2 of length 30
    assert np.array_equal(pmed1.cost, pmed1.cost.T)
    assert not pmed1.cost.diagonal().any()
    through = (pmed1.cost[:, :, None] + pmed1.cost[None, :, :]).min(axis=1)
    assert np.array_equal(through, pmed1.cost)


def test_coursera_costs_are_distances_and_not_multiplied_by_demand() -> None:
    small = read("coursera", "fl_25_2")
    assert (small.fixed[0], small.capacity[0], small.demand[-1]) == (7500, 58268, 222)
    # facility 1 at (430582.903998, 430582.903998), last customer at (416191.073327, 280003.552376)
    assert small.cost[0, -1] == pytest.approx(
        ((430582.903998 - 416191.073327) ** 2 + (430582.903998 - 280003.552376) ** 2) ** 0.5
    )


def test_yang_first_lines() -> None:
    p1 = read("yang", "p1")
    assert p1.cost.shape == (30, 200)
    assert not p1.divisible


# --- the problem asked ------------------------------------------------------------------------------------------------


def test_the_same_file_may_be_split_or_whole() -> None:
    assert problems("orlib_cap", "cap61") == ["CFLP", "SSCFLP"]
    assert read("orlib_cap", "cap61").divisible
    assert not read("orlib_cap", "cap61", "SSCFLP").divisible


def test_without_capacities_space_never_binds() -> None:
    cap71 = read("orlib_cap", "cap71", "UFLP")
    assert set(cap71.demand) == {1.0}
    assert set(cap71.capacity) == {50.0}


def test_a_problem_that_was_not_published_is_refused() -> None:
    with pytest.raises(ValueError, match="published for SSCFLP, not for UFLP"):
        read("holmberg", "p1", "UFLP")


def test_best_known_values_are_found_and_missing_ones_refused() -> None:
    assert best_known("orlib_cap", "cap61", "CFLP") == 932615.75
    assert best_known("delmaire", "p1", "SSCFLP") == 2014
    assert best_known("pmed", "pmed1", "PMED") == 5819
    with pytest.raises(KeyError):
        best_known("koerkel_ghosh", "ga250a-1", "UFLP")


@pytest.mark.parametrize(
    ("set_", "name", "problem"),
    [
        ("orlib_cap", "cap61", "CFLP"),
        ("orlib_cap", "cap71", "UFLP"),
        ("delmaire", "p1", "SSCFLP"),  # 2040 with rows and columns swapped
        ("pmed", "pmed1", "PMED"),  # 5718 with the shortest of several edges
    ],
)
def test_an_independent_solver_finds_the_published_value(set_: str, name: str, problem: str) -> None:
    assert least_cost(read(set_, name, problem)) == pytest.approx(best_known(set_, name, problem), rel=1e-6)


# --- as assetopt tables ----------------------------------------------------------------------------------------------


def test_the_tables_hold_the_instance() -> None:
    instance = read("delmaire", "p1")
    tables = frames(instance)
    assert list(tables) == ["partners", "sites", "spaces", "teams", "needs", "placements"]
    assert [len(table) for table in tables.values()] == [1, 10, 10, 20, 20, 200]
    assert tables["sites"]["running_cost"].tolist() == instance.fixed.tolist()
    assert tables["spaces"]["capacity"].tolist() == instance.capacity.tolist()
    assert tables["needs"]["amount"].tolist() == instance.demand.tolist()
    back = tables["placements"].pivot(index="site_id", columns="team_id", values="annual_cost")
    assert np.array_equal(back.to_numpy(), instance.cost)


def test_customers_are_teams_without_a_home_that_move_whole_or_split() -> None:
    whole = frames(read("orlib_cap", "cap61", "SSCFLP"))["teams"]
    split = frames(read("orlib_cap", "cap61", "CFLP"))["teams"]
    assert set(whole["site_id"]) == {""}
    assert (whole["movable"].all(), whole["closable"].any()) == (True, False)
    assert (split["divisible"].all(), whole["divisible"].any()) == (True, False)


def test_identifiers_are_different_and_places_too() -> None:
    sites = frames(read("coursera", "fl_200_7"))["sites"]
    assert sites["site_id"].is_unique
    assert not sites.duplicated(["lat", "lon"]).any()


def test_the_scenario_is_the_textbook_one() -> None:
    assert scenario(read("yang", "p1")) == {
        "name": "yang/p1",
        "appraisal": {
            "decision_years": 1,
            "appraisal_years": 1,
            "discount": 0,
            "residual_value": False,
            "optimism_bias": False,
        },
        "boundaries": {"estate": "pooled"},
        "defaults": {"use": "none"},
    }


def test_a_p_median_may_keep_at_most_p_sites() -> None:
    assert scenario(read("pmed", "pmed1"))["limits"] == {"max_sites": 5}
