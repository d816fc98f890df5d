"""The report of a running search: at every moment absent, as it was, or one that verifies."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_estate import solved

import assetopt.report.running as running
from assetopt.optimise import optimise
from assetopt.report import verify_folder
from assetopt.report.running import RunningReport
from assetopt.result import Result
from assetopt.timeline import business_as_usual
from assetopt.verify import judge


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


def on_the_way(result: Result, bound: float | None = None) -> Result:
    """The same answer as a search would show it before its end."""
    from assetopt.certificate import gap_of, saving_gap_of, sentence

    told = result.certificate
    gap, share = gap_of(told.objective, bound), saving_gap_of(told.objective, bound, told.objective_today)
    words = sentence("feasible", told.objective, bound, told.objective_today, "running", ())
    certificate = replace(
        told, status="feasible", bound=bound, gap=gap, saving_gap=share, stopped="running", sentence=words
    )
    return Result(result.problem, certificate, result.recount)


def as_today(result: Result) -> Result:
    """Carrying on as today, as a plan on the way."""
    recount = judge(result.problem, business_as_usual(result.problem))
    cost = recount.verdict.objective_recomputed
    first = Result(result.problem, replace(result.certificate, objective=cost), recount)
    return on_the_way(first)


def state(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_plan_on_the_way_is_a_small_folder_that_verifies(result: Result, tmp_path: Path) -> None:
    RunningReport(tmp_path / "out").save(on_the_way(result, 100_000.0))

    assert state(tmp_path / "out") == ["inputs", "plan.json"]
    assert state(tmp_path) == ["out"]
    verdict = verify_folder(tmp_path / "out")
    assert verdict.ok
    assert "Saved while the search was running" in verdict.sentence
    document = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert document["interim"] is True
    assert document["certificate"]["bound"] == 100_000.0


def test_a_plan_on_the_way_does_not_spend_time_on_what_rests_on_assumptions(result: Result, tmp_path: Path) -> None:
    RunningReport(tmp_path / "out").save(on_the_way(result))
    told = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["assumptions"]

    assert told
    assert {row["cost_change"] for row in told} == {None}


def test_a_better_plan_replaces_the_one_before(result: Result, tmp_path: Path) -> None:
    report = RunningReport(tmp_path / "out")
    report.save(as_today(result))
    before = verify_folder(tmp_path / "out")
    report.save(on_the_way(result))
    after = verify_folder(tmp_path / "out")

    assert before.ok
    assert after.ok
    assert (after.objective_recomputed or 0.0) < (before.objective_recomputed or 0.0)
    assert state(tmp_path) == ["out"]


def test_the_finished_report_is_what_would_have_been_written_at_once(result: Result, tmp_path: Path) -> None:
    report = RunningReport(tmp_path / "out")
    report.save(on_the_way(result))
    report.finish(result)
    at_once = result.write(tmp_path / "at_once")

    def files(folder: Path) -> dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert files(tmp_path / "out") == files(at_once)
    assert state(tmp_path) == ["at_once", "out"]


def test_a_search_without_plans_on_the_way_writes_its_report(result: Result, tmp_path: Path) -> None:
    RunningReport(tmp_path / "out").finish(result)
    assert verify_folder(tmp_path / "out").ok


def test_a_run_that_dies_between_any_two_files_leaves_a_report_that_verifies(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, moved = running.os.replace, list[str]()

    def dies_after(count: int) -> None:
        def move(source: Path, target: Path) -> None:
            if len(moved) >= count:
                raise KeyboardInterrupt
            moved.append(Path(target).name)
            real(source, target)

        monkeypatch.setattr(running.os, "replace", move)

    seen = set[bool]()
    for count in range(28):
        moved.clear()
        folder = tmp_path / f"out{count}"
        report = RunningReport(folder)
        report.save(on_the_way(result))
        dies_after(count)
        try:
            report.finish(result)
        except KeyboardInterrupt:
            pass
        else:
            seen.add(True)
        monkeypatch.undo()
        assert verify_folder(folder).ok
    assert moved[-1] == "plan.json"
    assert seen == {True}  # the last ones went through


def test_a_disk_that_fills_leaves_the_last_saved_plan(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = RunningReport(tmp_path / "out")
    report.save(as_today(result))

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(running, "_interim", full)
    monkeypatch.setattr(running, "fill", full)
    for write in (report.save, report.finish):
        with pytest.raises(OSError, match="No space"):
            write(result)

    assert verify_folder(tmp_path / "out").ok
    assert state(tmp_path) == ["out"]


def test_what_stands_there_is_refused_before_the_search(result: Result, tmp_path: Path) -> None:
    result.write(tmp_path / "out")
    with pytest.raises(FileExistsError, match="exists already"):
        RunningReport(tmp_path / "out")
    RunningReport(tmp_path / "out", overwrite=True).save(on_the_way(result))
    assert state(tmp_path / "out") == ["inputs", "plan.json"]


def test_a_folder_that_was_taken_away_is_written_anew(result: Result, tmp_path: Path) -> None:
    import shutil

    report = RunningReport(tmp_path / "out")
    report.save(on_the_way(result))
    shutil.rmtree(tmp_path / "out")
    report.save(on_the_way(result))
    assert verify_folder(tmp_path / "out").ok
    shutil.rmtree(tmp_path / "out")
    report.finish(result)
    assert verify_folder(tmp_path / "out").ok


def test_an_edit_of_a_plan_on_the_way_is_found(result: Result, tmp_path: Path) -> None:
    RunningReport(tmp_path / "out").save(on_the_way(result))
    path = tmp_path / "out" / "plan.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["totals"]["npv_cost"] -= 1.0
    path.write_text(json.dumps(document), encoding="utf-8")
    assert not verify_folder(tmp_path / "out").ok


def test_a_plan_on_the_way_can_start_the_next_search(result: Result, tmp_path: Path) -> None:
    RunningReport(tmp_path / "out").save(on_the_way(result))
    again = optimise(result.problem, start=tmp_path / "out")
    assert again.certificate.objective == pytest.approx(result.certificate.objective)
