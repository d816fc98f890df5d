"""A plan from elsewhere starts the search: carried over by ids, repaired where it breaks a rule, and told in notes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_estate import frames, problem_in_memory

from assetopt.engines import Outcome, Task
from assetopt.estate import Estate
from assetopt.optimise import formulate, optimise
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.program import Program
from assetopt.result import Result
from assetopt.scenario import Scenario
from assetopt.verify import judge
from assetopt.warm_start import carry, warm_start


def plan(sites: list[tuple], teams: list[tuple], works: list[tuple] = []) -> Plan:  # noqa: B006
    """Rows (site, action, year), (team, action, site, year[, share]) and (intervention, action, year)."""
    return Plan(
        pd.DataFrame([(a, "", b, c) for a, b, c in sites], columns=["site_id", "partner_id", "action", "year"]),
        pd.DataFrame([(*row, 1.0)[:5] for row in teams], columns=["team_id", "action", "site_id", "year", "share"]),
        pd.DataFrame([(a, "", b, c) for a, b, c in works], columns=["intervention_id", "site_id", "action", "year"]),
    )


def sell(year: int = 2027) -> Plan:
    """Sell the depot, its nurses go to the hall."""
    return plan([("depot", "dispose", year)], [("nurses", "move", "hall", year)])


def problem(**settings: object) -> Problem:
    """The small estate under other settings of the appraisal."""
    asked = {"decision_years": 2, "appraisal_years": 10, **settings}
    solver = {"gap": 0, "saving_gap": 0, "time_limit": 30, "threads": 1}
    return Problem(
        Estate.from_frames("small", **frames()),
        Scenario.model_validate({"name": "Small", "appraisal": asked, "solver": solver}),
    )


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Let the engine give back its start, and keep what it was asked."""
    asked: list[Task] = []

    def engine(program: Program, task: Task) -> Outcome:
        asked.append(task)
        start = task.start
        objective = None if start is None else program.matrix.objective(start)
        return Outcome(
            "feasible" if start is not None else "unknown", start, objective, -np.inf, 0.0, "idle", "", "time"
        )

    monkeypatch.setattr(sys.modules["assetopt.optimise"], "engine_named", lambda name: engine)
    return asked


# --- carrying over ---------------------------------------------------------------------------------------------------


def test_a_plan_of_the_same_problem_is_carried_whole() -> None:
    form = formulate(problem_in_memory())
    carried = carry(form, sell())
    chosen = np.flatnonzero(carried.values)
    labels = program_labels(form.program, chosen)
    assert labels == {("vacate", 0), ("move", 0)}
    assert carried.unused == ()
    assert carried.silent == 2  # clerks and desk


def program_labels(program: Program, columns: np.ndarray) -> set[tuple[str, int]]:
    return {
        (block.kind, int(block.labels["year"][column - block.first]))
        for column in columns.tolist()
        for block in program.columns.values()
        if block.first <= column < block.first + block.size
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (plan([("castle", "keep", None)], []), "site castle is not in the estate"),
        (plan([("shop", "open", 2027)], []), "site shop cannot be opened"),
        (plan([("depot", "dispose", 2026)], []), "site depot: dispose in 2026 is outside 2027 to 2028"),
        (plan([("depot", "dispose", 2029)], []), "site depot: dispose in 2029 is outside 2027 to 2028"),
        (plan([], [("porters", "stay", "hall", None)]), "team porters is not in the estate"),
        (plan([], [("nurses", "stay", "hall", None)]), "team nurses does not stay at hall: that is not its home"),
        (plan([], [("nurses", "move", "castle", 2027)]), "team nurses: site castle is not in the estate"),
        (plan([], [("nurses", "move", "depot", 2027)]), "team nurses is at depot already"),
        (plan([], [("nurses", "move", "shop", 2027)]), "team nurses cannot move to shop"),  # 10 people on 10 x 3 units
        (plan([], [("nurses", "move", "hall", 2027, 0.5)]), "team nurses cannot be divided"),
        (plan([], [("clerks", "close", "", 2027)]), "team clerks: close in 2027 is not possible"),
        (plan([], [], [("moat", "build", 2027)]), "intervention moat is not in the estate"),
        (
            plan([], [], [("hall-extend", "build", 2030)]),
            "intervention hall-extend: build in 2030 is outside 2027 to 2028",
        ),
    ],
)
def test_what_cannot_be_used_is_told_and_left_out(given: Plan, told: str) -> None:
    carried = carry(formulate(problem_in_memory()), given)
    assert carried.unused == (told,)
    assert not carried.values.any()


def test_many_unused_decisions_are_counted() -> None:
    given = plan([(f"castle{n:02}", "keep", None) for n in range(13)], [])
    warm = warm_start(formulate(problem_in_memory()), given, "the plan given", Task(), 5.0)
    assert warm.notes[0].startswith("13 decisions of the plan given cannot be used here: site castle00 is not")
    assert warm.notes[0].endswith("; and 3 more")


# --- starting --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("idle")
def test_a_sound_plan_is_the_start_as_it_stands() -> None:
    given = sell(2028)
    result = optimise(problem_in_memory(), start=given)
    assert result.plan is not None
    assert result.plan.sites["year"].tolist()[0] == 2028
    assert "the search started from the plan given" in result.certificate.notes


@pytest.mark.usefixtures("idle")
def test_a_plan_that_costs_more_than_today_gives_way_to_today() -> None:
    # Extending the hall costs £500,000 and nobody needs it.
    result = optimise(problem_in_memory(), start=plan([], [], [("hall-extend", "build", 2028)]))
    assert result.plan is not None
    assert set(result.plan.interventions["action"]) == {"not_built"}
    assert any("costs more than carrying on as today" in note for note in result.certificate.notes)


@pytest.mark.usefixtures("idle")
def test_a_plan_that_breaks_a_rule_is_repaired_and_the_difference_counted() -> None:
    # The depot is sold with its nurses in it; the plan moves nobody, so all that is left of it is to keep the depot.
    result = optimise(problem_in_memory(), start=plan([("depot", "dispose", 2027)], []))
    assert result.verdict is not None
    assert result.verdict.ok
    note = "the plan given breaks a rule here; the best plan made of its decisions differs from it in 1 decision"
    assert note in result.certificate.notes


@pytest.mark.usefixtures("idle")
def test_what_breaks_a_rule_is_dropped_and_what_pays_is_kept() -> None:
    # 72 units at the hall: 40 clerks' and the nurses' 30 fit, the desk's 5 do not. Selling the depot saves most by far.
    crowded = plan(
        [("depot", "dispose", 2027)], [("nurses", "move", "hall", 2027), ("desk", "move", "hall", 2027)]
    )  # fmt: skip
    result = optimise(problem_in_memory(), start=crowded)
    assert result.plan is not None
    assert result.plan.sites["action"].tolist() == ["dispose", "keep", "keep"]
    note = "the plan given breaks a rule here; the best plan made of its decisions differs from it in 1 decision"
    assert note in result.certificate.notes


@pytest.mark.usefixtures("idle")
def test_a_plan_near_it_is_taken_where_its_own_decisions_make_none() -> None:
    # The desk has no home today and the plan does not place it, so that no choice among its decisions is a plan.
    tables = frames()
    tables["teams"].loc[tables["teams"]["team_id"] == "desk", "site_id"] = None
    homeless = Problem(Estate.from_frames("small", **tables), problem_in_memory().scenario)
    result = optimise(homeless, start=sell())
    assert result.plan is not None
    assert result.plan.sites["action"].tolist() == ["dispose", "keep", "keep"]
    assert any("a plan near it differs from it in 1 decision" in note for note in result.certificate.notes)


@pytest.mark.usefixtures("idle")
def test_a_plan_of_other_years_starts_with_what_can_be_used() -> None:
    # A former plan over five years moves the desk in 2031, which is no decision year here; the sale of 2027 is used.
    former = plan(
        [("depot", "dispose", 2027)], [("nurses", "move", "hall", 2027), ("desk", "move", "hall", 2031)]
    )  # fmt: skip
    result = optimise(problem_in_memory(), start=former)
    assert result.plan is not None
    assert result.plan.sites["action"].tolist() == ["dispose", "keep", "keep"]
    note = "1 decision of the plan given cannot be used here: team desk: move to hall in 2031 is outside 2027 to 2028"
    assert note in result.certificate.notes


def test_a_run_from_its_own_plan_is_no_worse() -> None:
    first = optimise(problem_in_memory())
    again = optimise(problem_in_memory(), start=first.plan)
    assert first.certificate.objective is not None
    assert again.certificate.objective == pytest.approx(first.certificate.objective)


def test_a_start_is_read_from_a_folder_and_named_in_the_notes(tmp_path: Path) -> None:
    out = optimise(problem_in_memory()).write(tmp_path / "former")
    result = optimise(problem_in_memory(), start=out)
    assert f"the search started from the plan in {out}" in result.certificate.notes


def test_the_start_of_a_neighbouring_scenario_keeps_the_answer() -> None:
    former = optimise(problem(decision_years=3)).plan
    with_it, without = optimise(problem(), start=former), optimise(problem())
    assert with_it.certificate.status == without.certificate.status == "optimal"
    assert with_it.certificate.objective == pytest.approx(without.certificate.objective or 0.0)


# --- plans on the way ------------------------------------------------------------------------------------------------


def test_a_better_plan_is_handed_on_verified_while_the_search_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["assetopt.optimise"]
    monkeypatch.setattr(module, "FIRST_SAVE", 0.0)
    monkeypatch.setattr(module, "SAVE_EVERY", 0.0)
    came, seen = threading.Event(), list[Result]()

    def engine(program: Program, task: Task) -> Outcome:
        assert task.start is not None
        better = carry(formulate(problem_in_memory()), sell()).values
        from assetopt.engines.completion import complete

        best = complete(program.matrix, better, formulate(problem_in_memory()).decision_mask(), task)
        assert best is not None
        task.found(np.zeros(3), 0.0)  # a plan of some smaller programme is passed over
        task.found(task.start, -np.inf)  # today is no news
        task.found(best, 1000.0)
        assert came.wait(20)
        objective = program.matrix.objective(best)
        return Outcome("feasible", best, objective, 1000.0, 0.0, "slow", "", "time")

    def on_plan(result: Result) -> None:
        seen.append(result)
        came.set()

    monkeypatch.setattr(module, "engine_named", lambda name: engine)
    final = optimise(problem_in_memory(), on_plan=on_plan)

    assert [result.certificate.stopped for result in seen] == ["running"]
    assert seen[0].certificate.bound == 1000.0
    assert seen[0].verdict is not None
    assert seen[0].verdict.ok
    assert seen[0].plan is not None
    assert final.plan is not None
    assert seen[0].plan.same_as(final.plan)


def test_a_plan_that_cannot_be_saved_is_a_note_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["assetopt.optimise"]
    monkeypatch.setattr(module, "FIRST_SAVE", 0.0)
    came, given = threading.Event(), problem_in_memory()

    def engine(program: Program, task: Task) -> Outcome:
        form = formulate(given)
        from assetopt.engines.completion import complete

        best = complete(program.matrix, carry(form, sell()).values, form.decision_mask(), task)
        assert best is not None
        task.found(best, -np.inf)
        assert came.wait(20)
        return Outcome("feasible", best, program.matrix.objective(best), -np.inf, 0.0, "slow", "", "time")

    def full(_result: Result) -> None:
        came.set()
        raise OSError("no space left on device")

    monkeypatch.setattr(module, "engine_named", lambda name: engine)
    result = optimise(given, on_plan=full)
    assert result.plan is not None
    assert "saving plans on the way ended: no space left on device" in result.certificate.notes


def test_saving_on_the_way_does_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["assetopt.optimise"]
    monkeypatch.setattr(module, "FIRST_SAVE", 0.0)
    monkeypatch.setattr(module, "SAVE_EVERY", 0.0)
    with_it, without = optimise(problem_in_memory(), on_plan=lambda _: None), optimise(problem_in_memory())
    assert with_it.plan is not None
    assert without.plan is not None
    assert with_it.plan.same_as(without.plan)
    assert judge(with_it.problem, with_it.plan).verdict.ok
