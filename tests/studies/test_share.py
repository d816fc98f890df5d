"""Sharing a saving: three partners worked out on paper, and what goes wrong."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from offices import assert_same_in_an_office, needs_office
from openpyxl import load_workbook
from random_estates import random_problem
from three_partners import V, estate, scenario

from assetopt.errors import AssetoptError, ScenarioError
from assetopt.finance import discount_factors
from assetopt.studies import share as share_module
from assetopt.studies.coalitions import jobs_of, read_coalitions
from assetopt.studies.interval import Interval
from assetopt.studies.players import by_sector, players_of, scenario_with
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.share import share
from assetopt.studies.side_payments import level_payments
from assetopt.studies.solving import one_thread


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("share") / "out"
    return share(estate(), scenario(), folder), folder


def test_every_coalition_saves_what_it_saves_on_paper(three):
    document = json.loads((three[1] / "share.json").read_text(encoding="utf-8"))
    found = {"+".join(row["members"]): (row["low"], row["saving"], row["high"]) for row in document["coalitions"]}
    assert found == {name: (value, value, value) for name, value in V.items()}
    assert document["saving"] == {"value": 540_000, "low": 540_000, "high": 540_000}


def test_the_rules_give_what_they_give_on_paper(three):
    rules = json.loads((three[1] / "share.json").read_text(encoding="utf-8"))["rules"]
    # a: 390/6 + 150/6 + (540 - 150)/3 = 65 + 25 + 130; b the same; c: 150/6 + 150/6 + (540 - 390)/3 = 25 + 25 + 50.
    assert rules["shapley"] == {"a": 220_000, "b": 220_000, "c": 100_000}
    # c gets between e and 150 - e, so e = 75; then a and b, with 465 together and at most 390 each, halve it.
    assert rules["nucleolus"] == {"a": 232_500, "b": 232_500, "c": 75_000}
    assert rules["equal"] == {"a": 180_000, "b": 180_000, "c": 180_000}
    assert rules["floor_area"] == {"a": 324_000, "b": 162_000, "c": 54_000}  # 600, 300 and 100 of 1,000 m2
    assert rules["fte"] == {"a": 270_000, "b": 180_000, "c": 90_000}  # 30, 20 and 10 of 60
    assert "own_saving" not in rules  # nobody saves anything alone


def test_the_whole_is_stable_and_equal_shares_are_not(three):
    shares = three[0]
    assert not shares.core.empty
    assert shares.core_is_sure
    assert shares.core.value == pytest.approx(-75_000)
    # Equal shares give a and b 360, and they could have 390.
    mask, gain = shares.blocking("equal")
    assert shares.coalitions.members(mask) == ["a", "b"]
    assert (gain.low, gain.value, gain.high) == pytest.approx((30_000, 30_000, 30_000))
    assert shares.blocking("shapley")[1].value == pytest.approx(
        -50_000
    )  # c alone, or a and b, lose 100 and 50 by leaving


def test_side_payments_make_a_rule_come_true_and_net_to_zero(three):
    document = json.loads((three[1] / "share.json").read_text(encoding="utf-8"))
    rows = {row["partner"]: row for row in document["before_and_after"]}
    # A costs 400 in four years, B 240, C 160; ta and tc move to B, which stays as it is.
    assert [rows[p]["before"] for p in "abc"] == [400_000, 240_000, 160_000]
    assert [rows[p]["after"] for p in "abc"] == [10_000, 240_000, 10_000]
    # a saves 390 and gets 220, so it pays 170 in four years; c saves 150 and gets 100.
    assert document["side_payments"]["shapley"] == {"a": -42_500, "b": 55_000, "c": -12_500}
    assert document["side_payments"]["years"] == [2027, 2028, 2029, 2030]
    assert rows["b"]["after_side_payments"]["shapley"] == 20_000
    table = pd.read_csv(three[1] / "side_payments.csv")
    assert len(table) == 5 * 4 * 3
    assert table.groupby(["rule", "year"])["received"].sum().abs().max() == 0


def test_the_workbook_has_every_table(three):
    book = load_workbook(three[1] / "study.xlsx", read_only=True)
    assert book.sheetnames == ["Summary", "Partners", "Coalitions", "Stability", "Side payments"]


@needs_office
def test_an_office_sees_the_workbook_alike(three, tmp_path):
    assert_same_in_an_office(three[1] / "study.xlsx", tmp_path)


def test_a_second_run_solves_nothing_and_writes_the_same(three, tmp_path):
    before = {path.name: path.read_bytes() for path in three[1].iterdir() if path.is_file()}
    told: list[str] = []
    share(estate(), scenario(), three[1], resources=Resources(tell=told.append))
    assert told == ["7 of 7 stand there already"]
    assert {path.name: path.read_bytes() for path in three[1].iterdir() if path.is_file()} == before


def test_partners_may_speak_with_one_voice(tmp_path):
    shares = share(estate(), scenario(), tmp_path / "out", groups={"health": ["nhs", "c"]})
    assert [player.name for player in shares.players] == ["health", "a"]
    # b and c together save 150 without a; all save 540: health 150 + 390/2.
    assert shares.rules["shapley"] == pytest.approx([345_000, 195_000])
    assert shares.own == pytest.approx([150_000, 390_000])


def test_groups_that_cannot_be_are_told_all_at_once():
    with pytest.raises(ScenarioError) as told:
        players_of(estate(), {"x": ["nhs", "zoo"], "y": ["b"], "c": ["a"]})
    text = str(told.value)
    assert 'group x: no partner and no sector "zoo"' in text
    assert 'group y: partner "b" is in group "x" too' in text
    assert "group c: is the id of a partner outside it" in text
    assert [player.name for player in players_of(estate(), by_sector(estate()))] == ["council", "nhs", "police"]


def test_more_partners_than_can_be_asked_are_sampled(tmp_path, monkeypatch):
    monkeypatch.setattr(share_module, "MOST_EXACT", 2)
    shares = share(estate(), scenario(), tmp_path / "out", orders=40)
    low, high = shares.ranges["shapley"]
    assert shares.orders == 40
    assert (low <= [220_000, 220_000, 100_000]).all()
    assert (high >= [220_000, 220_000, 100_000]).all()
    assert shares.rules["shapley"].sum() == pytest.approx(540_000)


SLOWER = [pytest.param(seed, marks=pytest.mark.slow) for seed in (0, 1, 5, 9, 14, 17)]


@pytest.mark.parametrize("seed", [15, 16, *SLOWER])
def test_partners_bear_together_what_the_plan_costs_and_walls_never_save(seed, tmp_path):
    problem = random_problem(seed)
    if (problem.facts.teams.home < 0).any():
        pytest.skip("no business as usual")
    players = players_of(problem.estate)
    exact = scenario_with(problem.scenario, solver={"gap": 0.0, "saving_gap": 0.0, "time_limit": 20.0})
    with Runner(problem.estate, tmp_path / "out", "share", Resources()) as runner:
        answers = runner.run(jobs_of(problem.estate, exact, players, [1, 2, 3]))
    assert runner.failures == {}
    found = read_coalitions(players, [1, 2, 3], answers)
    assert found.breaches == ()
    for answer in answers.values():
        if answer["plan"] is not None:
            for name, total in (("npv", "npv_cost"), ("npv_today", "npv_cost_today")):
                assert sum(p[name] for p in answer["partners"].values()) == pytest.approx(
                    answer["totals"][total], abs=0.01
                )


def test_what_outsiders_bear_does_not_change(tmp_path):
    players = players_of(estate())
    with Runner(estate(), tmp_path / "out", "share", Resources()) as runner:
        answers = runner.run(jobs_of(estate(), scenario(), players, [3]))
    money = answers["coalition a+b"]["partners"]["c"]
    assert money["npv"] == money["npv_today"] == 160_000


def test_a_smaller_coalition_that_saves_more_is_told():
    players = players_of(estate())[:2]
    answers = {
        "coalition a": _answer(objective=50.0, bound=50.0),
        "coalition b": _answer(objective=100.0, bound=100.0),
        "coalition a+b": _answer(objective=90.0, bound=80.0),
    }
    found = read_coalitions(players, [1, 2, 3], answers)
    assert found.breaches == ("coalition a saves at least £50.00, but coalition a+b at most £20.00",)


def test_what_parts_and_wholes_save_narrows_what_is_known():
    # a alone saves 30 to 60; a and b were found to save 20 (a worse plan) and at most 40: so both save 30 to 40.
    players = players_of(estate())[:2]
    answers = {
        "coalition a": _answer(objective=70.0, bound=40.0),
        "coalition b": _answer(objective=100.0, bound=100.0),
        "coalition a+b": _answer(objective=80.0, bound=60.0),
    }
    found = read_coalitions(players, [1, 2, 3], answers)
    assert found.of(1) == Interval(30.0, 30.0, 40.0)
    assert found.of(3) == Interval(30.0, 30.0, 40.0)
    assert found.breaches == ()


def test_coalitions_without_a_plan_go_on_as_today_and_failed_ones_are_bounded():
    players = players_of(estate())[:2]
    answers = {
        "coalition a": {**_answer(objective=None, bound=None), "plan": None},
        "coalition a+b": _answer(objective=80.0, bound=60.0),
    }
    answers["coalition a"]["certificate"]["status"] = "infeasible"
    found = read_coalitions(players, [1, 2, 3], answers)
    assert found.status == ("infeasible", "failed", "feasible")
    assert found.of(1) == Interval.exactly(0.0)
    assert found.of(2) == Interval(0.0, 0.0, 40.0)


def _answer(objective, bound):
    certificate = {
        "status": "feasible", "objective": objective, "objective_today": 100.0, "bound": bound, "gap": None,
        "saving_gap": None, "engine": "", "engine_version": "", "seconds": 0.0, "threads": 1, "seed": 1, "sentence": "",
        "stopped": "", "reasons": [], "notes": [], "reductions": {},
    }  # fmt: skip
    return {"certificate": certificate, "today": 100.0, "plan": {}}


def test_a_team_without_a_home_leaves_nothing_to_compare_with(tmp_path):
    problem = random_problem(7)  # one team is not yet housed
    assert (problem.facts.teams.home < 0).any()
    with pytest.raises(AssetoptError, match="a team has no home today"):
        share(problem.estate, problem.scenario, tmp_path / "out")


def test_payments_are_whole_pence_that_net_to_zero():
    random = np.random.default_rng(2)
    for _ in range(200):
        n = int(random.integers(1, 9))
        own, given = random.normal(size=n) * 1e6, random.normal(size=n) * 1e6
        given += (own.sum() - given.sum()) / n
        annuity = float(discount_factors("green-book-2026", 26)[:-1].sum())
        paid = level_payments(given, own, annuity)
        assert round(float(paid.sum()), 6) == 0
        assert np.abs(paid * annuity - (given - own)).max() < 0.01 * annuity * 2


def test_without_a_plan_of_all_nothing_can_be_shared(tmp_path):
    with pytest.raises(AssetoptError, match=r"without a plan for coalition a\+b\+c: No plan can keep every rule"):
        share(estate(), scenario(limits={"max_sites": 0}), tmp_path / "out")


def test_a_question_that_is_not_about_cost_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="studies compare what plans cost"):
        share(estate(), scenario(objective={"minimise": "access"}), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_partners_that_take_no_part_in_any_case_do_not_share(tmp_path):
    shares = share(estate(), scenario(boundaries={"veto": ["b"]}), tmp_path / "out")
    assert [player.name for player in shares.players] == ["a", "c"]
    assert shares.rules["shapley"] == pytest.approx([75_000, 75_000])  # 150 for tc to A, with b as today
    with pytest.raises(ScenarioError, match="names every partner"):
        players_of(estate(), None, ["a", "b", "c"])


def test_solves_end_by_the_gap_of_the_saving_not_of_all_costs():
    asked = scenario_with(scenario(), solver={"gap": 1e-3, "saving_gap": 0.01, "threads": 8})
    assert (one_thread(asked).solver.gap, one_thread(asked).solver.threads) == (1e-6, 1)
    by_cost_alone = scenario_with(asked, solver={"saving_gap": 0.0})
    assert one_thread(by_cost_alone).solver.gap == 1e-3
