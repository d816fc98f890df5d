"""The runner: what stands is not done again, what fails sinks nothing else, and a killed study goes on to the same files."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import odd_jobs
import pytest
from three_partners import estate, scenario, write_model

from assetopt.errors import AssetoptError
from assetopt.studies.folder import StudyFolder
from assetopt.studies.job import Job, estate_content
from assetopt.studies.players import scenario_with
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.solving import solve


def number(key: str, value: int, *after: str, work=odd_jobs.add, **more: object) -> Job:
    return Job(key, work, scenario(), more={"number": value, "key": key, **more}, after=after)


def run(folder, jobs, **resources):
    with Runner(estate(), folder, "share", Resources(**resources)) as runner:
        return runner.run(jobs), runner


def test_jobs_come_after_those_they_wait_for(tmp_path):
    answers, runner = run(tmp_path / "out", [number("c", 100, "a", "b"), number("a", 1), number("b", 10, "a")])
    assert {key: answer["sum"] for key, answer in answers.items()} == {"c": 112, "a": 1, "b": 11}
    assert runner.solved == 3


def test_what_stands_is_not_done_again_and_what_is_new_is(tmp_path):
    log = str(tmp_path / "log")
    run(tmp_path / "out", [number("a", 1, log=log), number("b", 2, log=log)])
    _, runner = run(tmp_path / "out", [number("a", 1, log=log), number("b", 3, log=log)])
    assert (runner.found, runner.solved) == (1, 1)
    assert sorted((tmp_path / "log").read_text(encoding="utf-8").split()) == ["a", "b", "b"]


def test_what_another_study_has_solved_is_taken_over_and_stands_in_its_own_folder(tmp_path):
    run(tmp_path / "first", [number("a", 1), number("b", 2)])
    with Runner(estate(), tmp_path / "second", "boundaries", Resources(known=(tmp_path / "first",))) as runner:
        answers = runner.run([number("also a", 1), number("c", 3)])
        assert (answers["also a"], runner.solved) == ({"sum": 1}, 2)  # named otherwise: another question
    with Runner(estate(), tmp_path / "third", "boundaries", Resources(known=(tmp_path / "first",))) as runner:
        answers = runner.run([number("a", 1), number("c", 3)])
        assert (answers["a"], runner.found, runner.solved) == ({"sum": 1}, 1, 1)
    with Runner(estate(), tmp_path / "third", "boundaries", Resources()) as runner:
        runner.run([number("a", 1), number("c", 3)])
        assert (runner.found, runner.solved) == (2, 0)


def test_a_known_study_that_is_none_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssetoptError, match=r"no study stands in .*empty, .*nowhere"):
        Runner(estate(), tmp_path / "out", "share", Resources(known=(tmp_path / "empty", tmp_path / "nowhere")))
    assert not (tmp_path / "out").exists()


def test_two_jobs_that_ask_the_same_are_done_once(tmp_path):
    log = str(tmp_path / "log")
    jobs = [Job(key, odd_jobs.add, scenario(), more={"number": 5, "log": log}) for key in ("one", "other")]
    answers, runner = run(tmp_path / "out", jobs)
    assert answers["one"] == answers["other"] == {"sum": 5}
    assert runner.solved == 1


def test_a_name_is_no_part_of_the_question_but_settings_tables_and_facts_are():
    asked = number("a", 1)
    assert Job("b", odd_jobs.add, scenario(name="X"), more=asked.more, after=("a",)).content == asked.content
    others = [
        Job("a", odd_jobs.refuse, asked.scenario, more=asked.more),
        Job("a", odd_jobs.add, scenario_with(asked.scenario, change={"lead_months": 1}), more=asked.more),
        Job("a", odd_jobs.add, asked.scenario, {"sites": estate().sites}, asked.more),
        Job("a", odd_jobs.add, asked.scenario, {"sites": estate().sites.assign(running_cost=1.0)}, asked.more),
    ]
    assert len({job.content for job in (asked, *others)}) == 5


def test_facts_that_change_ask_another_question():
    changed = estate().sites.assign(running_cost=[1.0, 2.0, 3.0])
    other = type(estate())(**{**estate().__dict__, "tables": {**estate().tables, "sites": changed}})
    assert estate_content(estate()) != estate_content(other)
    assert estate_content(estate()) == estate_content(estate())


def test_a_failed_job_is_told_and_the_rest_goes_on(tmp_path):
    told: list[str] = []
    jobs = [
        number("good", 1), number("no", 0, work=odd_jobs.refuse), number("bug", 0, work=odd_jobs.stumble),
        number("after", 2, "no", "good"),
    ]  # fmt: skip
    answers, runner = run(tmp_path / "out", jobs, tell=told.append)
    assert {key: answer["sum"] for key, answer in answers.items()} == {"good": 1, "after": 3}
    assert runner.failures == {"no": "it cannot be", "bug": "ZeroDivisionError: division by zero"}
    assert "no failed: it cannot be" in told
    # A failure is not kept: the next run tries again.
    _, again = run(tmp_path / "out", jobs)
    assert set(again.failures) == {"no", "bug"}
    assert again.solved == 0


def test_jobs_that_wait_for_each_other_are_refused(tmp_path):
    with pytest.raises(ValueError, match="wait for each other"):
        run(tmp_path / "out", [number("a", 1, "b"), number("b", 1, "a")])
    with pytest.raises(ValueError, match='"a" waits for "zoo", which is no job'):
        run(tmp_path / "out", [number("a", 1, "zoo")])
    with pytest.raises(ValueError, match="one key"):
        run(tmp_path / "out", [number("a", 1), number("a", 2)])


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(FileExistsError, match="something that is no study"):
        StudyFolder(tmp_path, "share")
    run(tmp_path / "out", [number("a", 1)])
    with pytest.raises(FileExistsError, match=r"another sort \(share\)"):
        StudyFolder(tmp_path / "out", "stress")
    with pytest.raises(FileExistsError, match="is a file"):
        StudyFolder(tmp_path / "mine.txt", "share")


def test_a_damaged_answer_is_asked_for_again(tmp_path):
    run(tmp_path / "out", [number("a", 1)])
    (kept,) = (tmp_path / "out" / "solves").iterdir()
    kept.write_text('{"sum": 1', encoding="utf-8")
    answers, runner = run(tmp_path / "out", [number("a", 1)])
    assert runner.solved == 1
    assert answers["a"] == {"sum": 1}


def test_progress_says_how_far_and_how_long(tmp_path):
    told: list[str] = []
    run(tmp_path / "out", [number(str(k), k) for k in range(3)], tell=told.append)
    assert told[0].startswith("1 of 3 done, 0 s, about 0 s to go")
    assert told[-1].startswith("3 of 3 done")


@pytest.mark.slow
@pytest.mark.timeout(900)  # every death starts workers anew, which takes long beside other tests
def test_a_worker_that_dies_sinks_only_its_own_job(tmp_path):
    mark = str(tmp_path / "mark")
    jobs = [number(str(k), k) for k in range(6)]
    jobs[1:1] = [number("deadly", 0, work=odd_jobs.die), number("once", 0, work=odd_jobs.die_once, mark=mark)]
    answers, runner = run(tmp_path / "out", jobs, workers=2)
    assert sorted(answers) == ["0", "1", "2", "3", "4", "5", "once"]
    assert list(runner.failures) == ["deadly"]
    assert "died each time" in runner.failures["deadly"]


@pytest.mark.slow
def test_a_worker_takes_no_more_memory_than_it_may(tmp_path):
    jobs = [number("small", 0, work=odd_jobs.take, bytes=8_000), number("big", 0, work=odd_jobs.take, bytes=3e9)]
    answers, runner = run(tmp_path / "out", jobs, workers=1, memory=1.5)
    assert answers["small"]["sum"] == 1_000
    assert "not enough memory" in runner.failures["big"]


@pytest.mark.slow
def test_processes_give_the_same_answers_as_this_process(tmp_path):
    jobs = [Job("all", solve, scenario()), Job("own", solve, scenario(boundaries={"estate": "own"}), after=("all",))]
    here, _ = run(tmp_path / "here", jobs)
    there, _ = run(tmp_path / "there", jobs, workers=2)
    for answer in (*here.values(), *there.values()):
        answer["certificate"]["seconds"] = 0.0
    assert here == there
    assert here["all"]["certificate"]["objective"] == 260_000  # 800,000 today, less 540,000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_study_killed_at_a_random_moment_goes_on_to_the_same_files(tmp_path, seed):
    model = write_model(tmp_path)
    command = [sys.executable, "-m", "assetopt", "share", str(model), "--quiet", "--workers", "2", "--out"]
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True, timeout=200)
    after = random.Random(seed).randrange(1, 7)
    running = subprocess.Popen([*command, str(tmp_path / "killed")], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and running.poll() is None:
        if len(list((tmp_path / "killed").glob("solves/*.json"))) >= after:
            break
        time.sleep(0.002)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    stood = {path.name for path in (tmp_path / "killed" / "solves").glob("*.json")}
    assert len(stood) >= after
    assert json.loads((tmp_path / "killed" / "study.json").read_text(encoding="utf-8")).get("study") == "share"
    subprocess.run([*command, str(tmp_path / "killed")], check=True, capture_output=True, timeout=200)
    assert _files(tmp_path / "whole") == _files(tmp_path / "killed")


def _files(folder):
    """Every file of a study but for the seconds that a solve took."""
    out = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            out[str(path.relative_to(folder))] = path.read_bytes()
            if path.parent.name == "solves":
                answer = json.loads(path.read_text(encoding="utf-8"))
                answer["certificate"]["seconds"] = 0.0
                out[str(path.relative_to(folder))] = json.dumps(answer).encode()
    return out
