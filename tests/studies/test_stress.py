"""A stressed plan: a closed-form case within its sampling error, single swings on paper, regret, and stated ranges."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from estates import estate as make_estate
from estates import plan_of
from offices import assert_same_in_an_office, needs_office
from random_estates import random_problem
from three_partners import SITES, TABLES, scenario

from assetopt.errors import DataError, ScenarioError
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.studies.draws import QUANTITIES, Ranges, as_stated, draw, read_ranges, tables_of, triangular
from assetopt.studies.job import with_tables
from assetopt.studies.recosting import Laid, problem_as
from assetopt.studies.stress import stress

FIXED = Ranges(dict.fromkeys(QUANTITIES, (1.0, 1.0, 1.0)))


def with_price(price: int) -> dict[str, str]:
    """The three partners' tables, with a sale price of A."""
    lines = SITES.strip().split("\n")
    priced = [lines[0] + ",market_value", lines[1] + f",{price}", lines[2] + ",", lines[3] + ","]
    return {**TABLES, "sites": "\n".join(priced) + "\n"}


@pytest.fixture
def report(tmp_path):
    """The best plan, A and C left: it saves 540,000, and the price of A."""

    def made(price: int = 0, **settings):
        problem = Problem(make_estate(**with_price(price)), scenario(**settings))
        return optimise(problem).write(tmp_path / "plan")

    return made


@pytest.mark.slow
def test_sales_from_a_triangle_give_its_mean_and_quantiles(report, tmp_path):
    # Saving = 540,000 + 1,000,000 f, f triangular on 0.5, 1, 1.5: mean 1, deviation 1 / sqrt(24) = 0.2041,
    # P10 = 0.5 + sqrt(0.1 x 1 x 0.5) = 0.7236, P90 = 1.2764. Of 400 draws the mean is sure to 0.2041 / 20 = 0.0102, and P10 and
    # P90, where the density is 0.894, to sqrt(0.09 / 400) / 0.894 = 0.0168: four times that is allowed.
    ranges = Ranges({**FIXED.factors, "receipts": (0.5, 1.0, 1.5)})
    found = stress(report(1_000_000), tmp_path / "out", draws=400, regrets=0, ranges=ranges)
    assert found.stated == pytest.approx(1_540_000)
    factor = (found.savings - 540_000) / 1_000_000
    assert abs(factor.mean() - 1.0) < 0.041
    assert abs(factor.std() - 0.2041) < 0.03
    assert abs((found.quantile(0.1) - 540_000) / 1_000_000 - 0.7236) < 0.067
    assert abs((found.quantile(0.9) - 540_000) / 1_000_000 - 1.2764) < 0.067
    assert found.chance_negative == 0
    document = json.loads((tmp_path / "out" / "stress.json").read_text(encoding="utf-8"))
    assert document["standard_error"] == pytest.approx(10_200, rel=0.1)
    assert len(pd.read_csv(tmp_path / "out" / "draws.csv")) == 400


def test_swings_switching_values_and_realisation_are_those_on_paper(report, tmp_path):
    ranges = Ranges({**FIXED.factors, "running_cost": (0.5, 1.0, 1.5), "take_up": (0.5, 1.0, 1.0)})
    found = stress(report(), tmp_path / "out", draws=3, regrets=0, ranges=ranges)
    # Running cost saved is 560, moves cost 20: at half 260, at half as much again 820, nothing at 20 / 560.
    # Half the yearly saving realised: 560 / 2 - 20 = 260; three quarters: 400.
    swings = {s.quantity: (s.saving_low, s.saving_high, s.switching) for s in found.swings}
    assert swings["running_cost"] == pytest.approx((260_000, 820_000, 20 / 560), abs=1e-3)
    assert swings["take_up"] == pytest.approx((260_000, 540_000, 20 / 560), abs=1e-3)
    assert [s.quantity for s in found.swings] == ["running_cost", "take_up"]
    assert found.realised == {0.5: pytest.approx(260_000), 0.75: pytest.approx(400_000)}


def test_regret_is_the_cost_beyond_the_best_with_hindsight(report, tmp_path):
    # If running costs fall to a hundredth or so, no move is worth 10,000: today is best, and the plan costs 20,000 for moves
    # less 4 x (100,000 f[A] + 40,000 f[C]) of running cost.
    ranges = Ranges({**FIXED.factors, "running_cost": (0.0, 0.01, 0.02)})
    folder = report()
    found = stress(folder, tmp_path / "out", draws=5, regrets=3, ranges=ranges)
    problem = Problem(make_estate(**TABLES), scenario())
    regrets = {r.plan: r for r in found.regrets}
    for at, part in enumerate(regrets["this plan"].by_draw):
        f = draw(problem, ranges, 1, at).running_cost
        assert part.value == pytest.approx(20_000 - 4 * (100_000 * f[0] + 40_000 * f[2]))
        assert part.low == pytest.approx(part.high)
    assert regrets["least regret"].largest.value == 0
    assert regrets["best on draw 0"].by_draw[0].value == 0
    assert found.failures == {}


@pytest.mark.slow
def test_the_plan_of_least_regret_hedges_between_draws(report, tmp_path):
    # Where running costs may fall to nothing no move pays, where they do not both do: no plan is best on all draws.
    ranges = Ranges({**FIXED.factors, "running_cost": (0.0, 0.02, 0.4)}, correlation=0.0)
    found = stress(report(), tmp_path / "out", draws=6, regrets=6, ranges=ranges)
    largest = {r.plan: r.largest.value for r in found.regrets}
    assert len(largest) >= 3
    assert largest["least regret"] <= min(largest.values()) + 1.0


@needs_office
def test_an_office_sees_the_workbook_alike(report, tmp_path):
    stress(report(1_000_000), tmp_path / "out", draws=6, regrets=1)
    assert_same_in_an_office(tmp_path / "out" / "study.xlsx", tmp_path / "office")


@pytest.mark.slow
def test_a_second_run_costs_nothing_again(report, tmp_path):
    folder = report()
    stress(folder, tmp_path / "out", draws=6, regrets=1)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "solves").iterdir()}
    stress(folder, tmp_path / "out", draws=6, regrets=1)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()} == before
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "solves").iterdir()} == kept


@pytest.mark.parametrize("seed", [0, 1, 14, 15, 18])
def test_a_plan_as_stated_comes_to_what_the_verifier_says(seed):
    problem = random_problem(seed)
    if (problem.facts.teams.home < 0).any():
        pytest.skip("no business as usual")
    plan = plan_of(problem)
    stated = problem_as(problem, as_stated(len(problem.facts.sites)))
    laid = Laid.of(problem, plan)
    assert laid.figures(stated) == pytest.approx(laid.figures(problem))


@pytest.mark.parametrize("seed", [0, 1, 14, 15])
def test_a_problem_with_other_amounts_costs_as_one_made_afresh(seed):
    problem = random_problem(seed)
    plan = plan_of(problem)
    laid = Laid.of(problem, plan)
    for number in range(3):
        drawn = draw(problem, Ranges(), seed, number)
        afresh = Problem(with_tables(problem.estate, tables_of(problem, drawn)), problem.scenario)
        assert laid.figures(problem_as(problem, drawn)) == Laid.of(afresh, plan).figures(afresh)


def test_a_low_and_high_of_the_table_are_its_range():
    tables = with_price(1_000_000)
    tables["sites"] = tables["sites"].replace("market_value\n", "market_value,market_value_low,market_value_high\n")
    tables["sites"] = tables["sites"].replace(",1000000\n", ",1000000,900000,1050000\n")
    tables["sites"] = tables["sites"].replace("300,\n", "300,,,\n").replace("100,\n", "100,,,\n")
    problem = Problem(make_estate(**tables), scenario())
    found = np.array([draw(problem, Ranges(), 3, k).receipts for k in range(300)])
    assert 0.9 <= found[:, 0].min() < 0.92
    assert 1.03 < found[:, 0].max() <= 1.05
    assert found[:, 1].min() < 0.9


def test_sites_of_one_market_move_together_as_far_as_is_stated():
    tables = {**TABLES, "sites": SITES.replace("gia_m2\n", "gia_m2,market_area\n").replace("00\n", "00,town\n")}
    problem = Problem(make_estate(**tables), scenario())

    def together(correlation: float) -> float:
        ranges = Ranges(dict(QUANTITIES), correlation)
        found = np.array([draw(problem, ranges, 5, k).receipts for k in range(500)])
        return float(np.corrcoef(found[:, 0], found[:, 1])[0, 1])

    assert together(1.0) > 0.999
    assert 0.4 < together(0.5) < 0.6  # sampling error of 500 draws: about 0.035
    assert abs(together(0.0)) < 0.14


def test_a_draw_depends_on_seed_and_number_alone():
    problem = Problem(make_estate(**TABLES), scenario())
    one, other = draw(problem, Ranges(), 1, 7), draw(problem, Ranges(), 1, 7)
    assert (one.receipts == other.receipts).all()
    assert (one.receipts != draw(problem, Ranges(), 2, 7).receipts).any()
    drawn = tables_of(problem, one)["sites"]["running_cost"].to_numpy()
    assert drawn == pytest.approx(np.array([100_000, 60_000, 40_000]) * one.running_cost)


def test_the_triangle_is_turned_inside_out():
    u = np.array([0.0, 0.1, 0.25, 0.5, 1.0])
    low, mode, high = np.full(5, 0.0), np.full(5, 1.0), np.full(5, 4.0)
    # Up to the mode a quarter: F = x^2 / 4; beyond: 1 - F = (4 - x)^2 / 12.
    assert triangular(u, low, mode, high) == pytest.approx([0, np.sqrt(0.4), 1, 4 - np.sqrt(6), 4])
    assert triangular(u[:1], mode[:1], mode[:1], mode[:1]) == 1


def test_ranges_that_cannot_be_are_told_all_at_once(tmp_path):
    path = tmp_path / "ranges.toml"
    path.write_text('receipt = [1, 1, 1]\ncapital = [1, 0.5, 2]\ncorrelation = 2\ndemand = "much"\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as told:
        read_ranges(path)
    assert [issue.where for issue in told.value.issues] == [
        "ranges.toml, receipt", "ranges.toml, capital", "ranges.toml, correlation", "ranges.toml, demand",
    ]  # fmt: skip
    assert 'did you mean "receipts"?' in str(told.value)
    path.write_text("receipts = [0.5, 1, 2]\ncorrelation = 0.2\n", encoding="utf-8")
    assert read_ranges(path).factors["receipts"] == (0.5, 1.0, 2.0)
    assert read_ranges(path).correlation == 0.2


def test_a_folder_that_is_no_report_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such report folder"):
        stress(tmp_path / "none", tmp_path / "out")
