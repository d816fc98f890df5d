"""The registry, the approvals and the outturn: by hand, by two writers at once, and killed at random moments."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_estate import SCENARIO, write_model
from typer.testing import CliRunner

from assetopt.cli import app
from assetopt.errors import DataError
from assetopt.registry import Registry, Run, run_of_folder
from assetopt.report.approvals import APPROVALS_FILE, SCOPES, approve, check_approvals, read_log
from assetopt.report.audit import read_document

ROOT = Path(__file__).parents[1]
WRITER = """
import sys
from pathlib import Path
from assetopt.registry import Registry, Run
registry, name = Registry(Path(sys.argv[1])), sys.argv[2]
for number in range(int(sys.argv[3])):
    registry.put(Run(f"{name}{number:06d}", status="running"))
    print(f"{name}{number:06d}", flush=True)
"""
"""Writes runs and says each one only once it is said to be saved."""

SEALER = """
import sys
from pathlib import Path
from assetopt.report.approvals import approve
from assetopt.report.audit import read_document
folder = Path(sys.argv[1]); document = read_document(folder)
for number in range(int(sys.argv[3])):
    for entry in approve(folder, document, sys.argv[2], "Director", ["data", "plan"], "x" * 200):
        print(entry.seal, flush=True)
"""


def said(*words: object, code: int = 0) -> str:
    run = CliRunner().invoke(app, [str(word) for word in words])
    assert run.exit_code == code, run.output
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model, a solved report and a registry that knows it."""
    folder = tmp_path_factory.mktemp("registry")
    said("solve", write_model(folder), "--out", folder / "out", "--registry", folder / "runs.db", "--quiet")
    return folder


@pytest.fixture
def report(solved: Path, tmp_path: Path) -> Path:
    """A copy of the report, to be approved."""
    return Path(shutil.copytree(solved / "out", tmp_path / "out"))


# --- runs -------------------------------------------------------------------------------------------------------------


def test_a_run_is_written_down_with_its_result_and_is_the_same_when_rebuilt_from_its_folder(
    solved: Path, tmp_path: Path
) -> None:
    (run,) = Registry(solved / "runs.db").runs()
    told = read_document(solved / "out")["certificate"]
    assert isinstance(told, dict)
    assert (run.status, run.objective, run.verified) == ("optimal", told["objective"], 1)
    assert run.began
    assert run.ended >= run.began
    said("runs", "add", solved, "--registry", tmp_path / "new.db")
    assert Registry(tmp_path / "new.db").runs() == [run]
    assert said("verify", solved / "out")


def test_runs_are_listed_shown_rerun_and_forgotten_but_no_folder_is_deleted(solved: Path, tmp_path: Path) -> None:
    registry = tmp_path / "runs.db"
    copy = Path(shutil.copytree(solved / "out", tmp_path / "first"))
    said("runs", "add", copy, "--registry", registry)
    (run,) = Registry(registry).runs()
    assert "1 run" in said("runs", "list", "--registry", registry)
    assert (
        json.loads(said("runs", "show", run.run_id[:5], "--registry", registry, "--json"))["folder_state"]
        == "as it was"
    )
    assert str(copy / "report.html") in said("runs", "open", run.run_id, "--registry", registry)
    again = said("runs", "rerun", run.run_id, "--registry", registry, "--out", tmp_path / "second")
    objective = f"£{run.objective:,.0f}"
    assert f"objective then {objective}, now {objective}" in again
    assert len(Registry(registry).runs()) == 2
    (copy / "plan.json").write_text("{}")
    assert "1 would be forgotten" in said("runs", "prune", "--registry", registry)
    assert len(Registry(registry).runs()) == 2
    assert "holds another plan" in said("runs", "prune", "--registry", registry, "--yes")
    assert [left.folder for left in Registry(registry).runs()] == [str((tmp_path / "second").resolve())]
    assert copy.is_dir()


def test_a_run_that_breaks_off_is_marked_and_one_without_a_plan_keeps_its_status(tmp_path: Path) -> None:
    model = write_model(tmp_path, SCENARIO + "\n[limits]\nmax_sites = 0\n")
    said("solve", model, "--out", tmp_path / "o", "--registry", tmp_path / "r.db", code=1)
    (tmp_path / "bad.toml").write_text("name = 1")
    said("solve", tmp_path / "bad.toml", "--out", tmp_path / "p", "--registry", tmp_path / "r.db", code=2)
    states = {Path(run.folder).name: run.status for run in Registry(tmp_path / "r.db").runs()}
    assert states == {"o": "infeasible", "p": "failed"}


@pytest.mark.parametrize(("content", "what"), [(b"not a database at all" * 99, "rebuild"), (None, "something else")])
def test_a_file_that_is_no_registry_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes | None, what: str
) -> None:
    path = tmp_path / "x.db"
    if content is None:
        import sqlite3

        base = sqlite3.connect(path)
        base.execute("CREATE TABLE photos (name TEXT)")
        base.commit()
        base.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(DataError, match=what):
        Registry(path)
    assert content is None or path.read_bytes() == before


def test_two_processes_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name, "60"], cwd=ROOT, stdout=subprocess.DEVNULL)
        for name in "ab"
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert {run.run_id for run in Registry(path).runs()} == {f"{name}{n:06d}" for name in "ab" for n in range(60)}


def _kill(command: list[str], seconds: float) -> list[str]:
    """Run a command, kill it so long after its first word, and return the words it had said to be saved."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    return [line for line in (first + rest).split("\n")[:-1] if line]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_what_a_killed_writer_said_was_saved_is_there(tmp_path: Path, report: Path) -> None:
    draw, path = random.Random(9), tmp_path / "runs.db"
    for number in range(15):
        told = _kill([sys.executable, "-c", WRITER, str(path), f"w{number:02d}-", "100000"], draw.uniform(0, 0.05))
        assert told
        assert set(told) <= {run.run_id for run in Registry(path).runs()}
    document = read_document(report)
    assert document
    for _ in range(15):
        told = _kill([sys.executable, "-c", SEALER, str(report), "kcc", "100000"], draw.uniform(0, 0.05))
        log, faults = read_log(report)
        assert faults == ()
        assert set(told) <= {entry.seal for entry in log}


# --- approvals --------------------------------------------------------------------------------------------------------


def test_a_plan_is_agreed_only_once_every_partner_has_approved_data_plan_and_charges(report: Path) -> None:
    assert "Not agreed." in said("approvals", report, code=1)
    said("approve", report, "--partner", "kcc", "--as", "Director of Property", "--note", "subject to survey")
    said("approve", report, "--partner", "nhs", "--as", "Chief Finance Officer", "--scope", "data", "--scope", "plan")
    assert "nhs                            charges  missing" in said("approvals", report, code=1)
    said("approve", report, "--partner", "nhs", "--as", "Chief Finance Officer", "--scope", "charges")
    assert "Agreed by every partner" in said("approvals", report)
    said("approve", report, "--partner", "kcc", "--as", "Director of Property", "--scope", "plan", "--withdraw")
    found = json.loads(said("approvals", report, "--json", code=1))
    assert {"partner_id": "kcc", "scope": "plan", "state": "withdrawn"} in found["approvals"]
    said("verify", report)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda lines: [lines[0].replace("Director", "Clerk"), *lines[1:]], "line 1 was changed after it was sealed"),
        (lambda lines: lines[1:], "line 1 does not follow"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "line 1 does not follow"),
        (lambda lines: [*lines, "{}"], "line 4 cannot be read"),
        (lambda lines: [lines[0], lines[0], *lines[2:]], "line 2 does not follow"),
    ],
)
def test_a_log_that_was_tampered_with_is_found_out_and_takes_no_more(report: Path, change: object, what: str) -> None:
    document = read_document(report)
    approve(report, document, "kcc", "Director", SCOPES)
    path = report / APPROVALS_FILE
    lines = path.read_text().splitlines()
    assert len(lines) == 3
    path.write_text("\n".join(change(lines)) + "\n")  # type: ignore[operator]
    assert any(what in violation.message for violation in check_approvals(report, document))
    with pytest.raises(DataError, match=what):
        approve(report, document, "nhs", "Director", SCOPES)


def test_another_plan_in_the_folder_makes_approvals_outdated(report: Path) -> None:
    said("approve", report, "--partner", "kcc", "--as", "Director")
    plan = report / "plan.json"
    plan.write_bytes(plan.read_bytes().replace(b'"seconds": ', b'"seconds":  ', 1))
    assert "kcc approved another plan" in said("verify", report, code=1)
    found = json.loads(said("approvals", report, "--json", code=1))["approvals"]
    assert [row["state"] for row in found if row["partner_id"] == "kcc"] == ["approved", "outdated", "outdated"]


def test_an_approved_report_is_not_overwritten_and_a_broken_one_not_approved(solved: Path, report: Path) -> None:
    said("approve", report, "--partner", "kcc", "--as", "Director")
    told = said("solve", solved / "small.toml", "--out", report, "--overwrite", "--quiet", code=2)
    assert "holds more than a report (approvals.jsonl)" in told
    (report / "inputs" / "data" / "sites.csv").write_text("site_id\n")
    assert "sites.csv" in said("approve", report, "--partner", "kcc", "--as", "Director", code=2)
    assert len(read_log(report)[0]) == 3


def test_a_half_written_last_line_was_never_acknowledged_and_is_cut_off(report: Path) -> None:
    said("approve", report, "--partner", "kcc", "--as", "Director", "--scope", "plan")
    with (report / APPROVALS_FILE).open("a") as file:
        file.write('{"number": 2, "at": "20')
    said("verify", report)
    said("approve", report, "--partner", "nhs", "--as", "Director", "--scope", "plan")
    log, faults = read_log(report)
    assert ([entry.partner_id for entry in log], faults) == (["kcc", "nhs"], ())


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--partner", "kc", "--as", "Director"], 'did you mean "kcc"?'),
        (["--partner", "kcc", "--as", " "], "name the office"),
        (["--partner", "kcc", "--as", "D", "--scope", "plans"], "scopes are data, plan, charges"),
    ],
)
def test_an_approval_by_nobody_or_of_nothing_is_refused(report: Path, words: list[str], what: str) -> None:
    assert what in said("approve", report, *words, code=2)
    assert not (report / APPROVALS_FILE).exists()


# --- outturn ----------------------------------------------------------------------------------------------------------


def test_outturn_is_held_against_the_plan_by_owner_and_benefit(report: Path, tmp_path: Path) -> None:
    rows = read_document(report)["cash"]
    assert isinstance(rows, list)
    line = next(r for r in rows if r["head"] == "running" and r["cash_nominal"] != r["cash_nominal_today"])
    half = (line["cash_nominal"] + line["cash_nominal_today"]) / 2  # half of what was promised came
    actuals = tmp_path / "actuals.csv"
    actuals.write_text(f"partner_id,year,head,amount\n{line['partner_id']},{line['year']},running,{half!r}\n")
    (owner,) = json.loads(said("track", report, actuals, "--json"))["by_owner"]
    promised = line["cash_nominal_today"] - line["cash_nominal"]
    assert owner == pytest.approx(
        {"partner_id": line["partner_id"], "promised": promised, "delivered": promised / 2, "variance": -promised / 2}
    )
    assert " 50%" in said("track", report, actuals)


def test_every_actual_that_the_plan_does_not_know_is_told_at_once(report: Path, tmp_path: Path) -> None:
    actuals = tmp_path / "actuals.csv"
    actuals.write_text(
        "partner_id,year,head,amount\nkc,2027,running,1\nkcc,1999,running,1\nkcc,2027,runing,many\nkcc,202¹,running,1\n"
    )
    told = said("track", report, actuals, code=2)
    for what in (
        'did you mean "kcc"?',
        '"1999" is no year',
        '"202¹" is no year',
        'did you mean "running"?',
        '"many" is no amount',
        "5 faults",
    ):
        assert what in told


def test_a_folder_without_run_json_is_named_by_its_plan(report: Path) -> None:
    (report / "run.json").write_text('{"run_id": 7, "who": ["x"]}')
    run = run_of_folder(report)
    assert run.run_id == run.plan_sha256[:12]
    assert run.who == ""
    assert isinstance(run, Run)


def test_a_registry_whose_description_of_itself_is_no_text_is_refused(tmp_path):
    # Fuzz case 16060: SQLite repeats the damaged words in its message, which Python then cannot decode.
    place = tmp_path / "runs.db"
    Registry(place)
    content = place.read_bytes()
    for word in (b"CREATE TABLE runs", b"CREATE INDEX"):
        at = content.find(word)
        if at >= 0:
            content = content[: at + 2] + b"\xc8" + content[at + 3 :]
    place.write_bytes(content)
    with pytest.raises(DataError, match="cannot be used as a registry"):
        Registry(place).runs()
