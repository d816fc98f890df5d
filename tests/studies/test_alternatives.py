"""Other plans: all of them within the limit, verified, different in their sites, and worth what they are worth on paper."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from offices import assert_same_in_an_office, needs_office
from random_estates import random_problem
from three_partners import estate, scenario

from assetopt import verify
from assetopt.errors import AssetoptError
from assetopt.studies.alternatives import alternatives
from assetopt.studies.players import scenario_with
from assetopt.studies.solving import ending_by_cost, objective_of, plan_of


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Today costs 800, the best plan 260 (A and C go); up to 442 there are two more: A alone 410, B and C 420."""
    folder = tmp_path_factory.mktemp("alternatives") / "out"
    return alternatives(estate(), scenario(), folder, within=0.7, count=4), folder


def left(answer):
    sites = plan_of(answer).sites
    return set(sites.loc[sites["action"] != "keep", "site_id"])


def test_the_plans_are_those_on_paper_the_furthest_first(three):
    found = three[0]
    assert [left(answer) for answer in found.answers.values()] == [{"A", "C"}, {"B", "C"}, {"A"}]
    assert [objective_of(answer) for answer in found.answers.values()] == pytest.approx([260_000, 420_000, 410_000])
    assert found.apart.tolist() == [[0, 2, 1], [2, 0, 3], [1, 3, 0]]
    assert found.notes == ("3 of 4 plans: no other was found within the limit",)


def test_every_choice_is_worth_what_it_is_on_paper(three):
    # Best with A gone 260, with A kept 420; with B kept 260, with B gone 420; with C gone 260, with C kept 410.
    found = {c.site_id: (c.count, c.decision, c.worth.low, c.worth.high) for c in three[0].choices}
    assert found == {
        "A": (2, "open", 160_000, 160_000), "B": (1, "open", -160_000, -160_000), "C": (2, "open", 150_000, 150_000),
    }  # fmt: skip


def test_every_plan_stands_as_a_report_that_verifies(three):
    for name in ("best", "plan_2", "plan_3"):
        assert verify(three[1] / "plans" / name).ok
    document = json.loads((three[1] / "alternatives.json").read_text(encoding="utf-8"))
    assert [row["folder"] for row in document["plans"]] == ["plans/best", "plans/plan_2", "plans/plan_3"]
    assert pd.read_csv(three[1] / "choices.csv")["worth"].tolist() == [160_000, -160_000, 150_000]


@needs_office
def test_an_office_sees_the_workbook_alike(three, tmp_path):
    assert_same_in_an_office(three[1] / "study.xlsx", tmp_path)


@pytest.mark.slow
def test_what_is_in_all_plans_is_no_regret_and_what_is_in_none_is_never(tmp_path):
    # Up to 415 there are the best and A alone: A goes in both, B in none.
    found = alternatives(estate(), scenario(), tmp_path / "out", within=155 / 260, count=4)
    assert {c.site_id: c.decision for c in found.choices} == {"A": "no-regret", "B": "never", "C": "open"}


def test_the_limit_may_be_a_share_of_the_saving(tmp_path):
    # A quarter of 540 is 135: no other plan costs 395 or less.
    found = alternatives(estate(), scenario(), tmp_path / "out", within=0.25, of_saving=True, count=3)
    assert found.limit == pytest.approx(395_000)
    assert list(found.answers) == ["best"]


def test_without_a_plan_there_are_no_alternatives(tmp_path):
    impossible = scenario(limits={"max_sites": 0})
    with pytest.raises(AssetoptError, match="nothing can be said without a plan for best: No plan can keep every rule"):
        alternatives(estate(), impossible, tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2, 6, 18])
def test_plans_of_any_estate_are_within_the_limit_and_differ(seed, tmp_path):
    problem = random_problem(seed)
    exact = scenario_with(problem.scenario, solver={"gap": 0.0, "saving_gap": 0.0, "time_limit": 10.0})
    found = alternatives(problem.estate, exact, tmp_path / "out", within=0.3, count=4)
    assert found.failures == {}
    for at, (name, answer) in enumerate(found.answers.items()):
        assert objective_of(answer) <= found.limit + 1e-6 * max(1.0, abs(found.limit))
        assert verify(tmp_path / "out" / "plans" / name.replace(" ", "_")).ok
        assert np.delete(found.apart[at], at).min(initial=99) >= 1


def test_a_gap_of_the_saving_becomes_as_many_pounds_of_the_cost():
    # Best 800,000 against 1,000,000 as today: 5 % of the saving is 10,000, which is 1.25 % of the cost.
    asked = scenario(solver={"gap": 0.001, "saving_gap": 0.05})
    answer = {"today": 1_000_000.0, "certificate": {**BARE, "objective": 800_000.0, "bound": 790_000.0}}
    solver = ending_by_cost(asked, answer).solver
    assert (solver.gap, solver.saving_gap) == (pytest.approx(0.0125), 0.0)
    assert ending_by_cost(asked, {**answer, "today": None}).solver.gap == 0.001


BARE = {
    "status": "feasible", "objective_today": None, "gap": None, "saving_gap": None, "engine": "highs", "engine_version": "1",
    "seconds": 1.0, "threads": 1, "seed": 1, "sentence": "", "stopped": "time", "reasons": [], "notes": [],
}  # fmt: skip
