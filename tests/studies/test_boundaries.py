"""Prices of boundaries: three partners worked out on paper, uncertainty carried through, and walls that never save."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from estates import estate as make_estate
from offices import assert_same_in_an_office, needs_office
from random_estates import FEATURES, random_problem
from three_partners import TABLES, estate, scenario

from assetopt.errors import AssetoptError
from assetopt.studies.boundaries import boundaries
from assetopt.studies.interval import UNKNOWN, Interval
from assetopt.studies.players import scenario_with
from assetopt.studies.relaxing import relaxations


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boundaries") / "out"
    return boundaries(estate(), scenario(change={"max_moves_per_year": 1}), folder), folder


def test_walls_cost_what_they_cost_on_paper(three):
    found = {(wall.kind, wall.name): wall.price.value for wall in three[0].walls}
    # One move a year, and one year: together they can save 390 (ta to B), and 540 with two moves.
    assert found == {
        ("both", "buildings and money"): 390_000, ("buildings", "buildings"): 390_000,
        ("pair", "a+b"): 390_000, ("pair", "a+c"): 150_000, ("pair", "b+c"): 150_000,
        ("out", "a"): 240_000, ("out", "b"): 240_000, ("out", "c"): 0,
        ("rule", "change: max_moves_per_year"): 150_000,
    }  # fmt: skip
    assert all(wall.price.sure and wall.price.low == wall.price.high for wall in three[0].walls)
    assert three[0].breaches == ()


def test_prices_a_year_are_of_the_running_cost(three):
    # Together they leave A: 100 a year; with one move more C as well: 40.
    found = {wall.name: wall.annual for wall in three[0].walls}
    assert found["buildings"] == pytest.approx(100_000)
    assert found["change: max_moves_per_year"] == pytest.approx(40_000)


def test_the_files_hold_walls_pairs_and_solves(three):
    document = json.loads((three[1] / "boundaries.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in document["walls"]] == [wall.name for wall in three[0].walls]
    pairs = pd.read_csv(three[1] / "pairs.csv", index_col="partner")
    assert pairs.loc["a", "with_b"] == pairs.loc["b", "with_a"] == 390_000
    assert pd.isna(pairs.loc["a", "with_a"])
    solves = pd.read_csv(three[1] / "solves.csv").set_index("solve")
    assert solves.loc["alone: a", "saving"] == 0
    assert solves.loc["as asked", "saving"] == 390_000
    assert any("no [rules.budget]" in sentence for sentence in document["sentences"])


@needs_office
def test_an_office_sees_the_workbook_alike(three, tmp_path):
    assert_same_in_an_office(three[1] / "study.xlsx", tmp_path)


FUNDS = (
    "fund_id,year,partner_id,amount,kind,pays_for\n"
    "fa,2027,a,5000,revenue,all\nfb,2027,b,300000,revenue,all\nfb2,2028,b,300000,revenue,b\n"
)


def test_money_has_walls_where_budgets_hold(tmp_path):
    # ta and tc cost 10 each to move; a has 5, b has plenty and may pay for all, c has no fund: ring-fenced nothing moves that
    # a or c must pay; with money aligned b pays. Only moving is tested.
    funds = FUNDS.replace("pays_for", "pays_for,uses").replace(",all\n", ",all,moving\n").replace(",b\n", ",b,moving\n")
    funds += "fc,2027,c,0,revenue,all,moving\n"
    found = boundaries(make_estate(**TABLES, funds=funds), scenario(rules={"budget": {}}), tmp_path / "out")
    price = {wall.name: wall.price.value for wall in found.walls}
    assert found.breaches == ()
    assert price["buildings, money aligned"] == 540_000
    # Ring-fenced, b can move tb to A: 240 - 10 = 230.
    assert price["buildings, money ring-fenced"] == 230_000
    assert price["money ring-fenced, buildings pooled"] == 310_000
    assert price["money ring-fenced, buildings own"] == 0
    assert price["money aligned, buildings pooled"] == 0
    assert price["budget"] == 0  # the scenario as asked has pooled budgets: testing none of them changes nothing


def test_a_difference_smaller_than_its_gaps_is_not_sure():
    found, proved = Interval(100.0, 100.0, 130.0), Interval(90.0, 90.0, 105.0)
    assert found - proved == Interval(-5.0, 10.0, 40.0)
    assert not (found - proved).sure
    assert (Interval(140.0, 140.0, 150.0) - proved).sure
    assert Interval.exactly(0.0).sure
    assert not UNKNOWN.sure


@pytest.mark.slow
def test_two_partners_have_no_pairs_beside_all(tmp_path):
    found = boundaries(estate(), scenario(), tmp_path / "out", groups={"x": ["a", "b"]})
    price = {(wall.kind, wall.name): wall.price.value for wall in found.walls}
    # x alone saves 390; together 540.
    assert price == {
        ("both", "buildings and money"): 150_000, ("buildings", "buildings"): 150_000,
        ("out", "x"): 150_000, ("out", "c"): 150_000,
    }  # fmt: skip


def test_when_every_solve_fails_the_reason_is_given(tmp_path):
    with pytest.raises(AssetoptError, match=r"every solve failed, the first so: .*engine"):
        boundaries(estate(), scenario_with(scenario(), solver={"engine": "no-such"}), tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3 * len(FEATURES)))
def test_no_wall_saves_money_on_any_estate(seed, tmp_path):
    problem = random_problem(seed)
    if (problem.facts.teams.home < 0).any():
        pytest.skip("no business as usual")
    exact = scenario_with(problem.scenario, solver={"gap": 0.0, "saving_gap": 0.0, "time_limit": 20.0, "threads": 1})
    found = boundaries(problem.estate, exact, tmp_path / "out")
    assert found.breaches == ()
    assert dict(found.failures) == {}


def test_every_rule_that_a_question_has_is_relaxed_by_one_step():
    asked = scenario(
        change={"max_moves_per_year": 4, "max_fte_per_year": 10.0, "lead_months": 4},
        limits={"max_sites": 20, "min_receipts": 1_000.0, "max_carbon_by_year": {"2027": 10.0}},
        rules={"capacity": {"headroom": 0.1}, "step_free": {"unknown": "refused"}, "no_partner_worse_off": {}},
        decisions={"keep": ["A"]},
        placements={"only_listed": True},
        disposals={"max_per_year_per_area": 2},
    )
    found = {relaxed.name: relaxed for relaxed in relaxations(estate(), asked)}
    assert list(found) == [
        "step_free: unknown", "step_free", "no_partner_worse_off: side payments", "no_partner_worse_off",
        "change: max_moves_per_year", "change: max_fte_per_year", "change: lead_months", "disposals: max_per_year_per_area",
        "limits: max_sites", "limits: min_receipts", "limits: max_carbon_by_year", "capacity: headroom", "decisions",
        "placements: only_listed",
    ]  # fmt: skip
    assert found["change: max_moves_per_year"].scenario.change.max_moves_per_year == 5
    assert found["change: max_fte_per_year"].scenario.change.max_fte_per_year == 12.5
    assert found["change: lead_months"].scenario.change.lead_months == 0
    assert found["limits: max_sites"].scenario.limits.max_sites == 22
    assert found["limits: min_receipts"].scenario.limits.min_receipts == 900
