"""The command line: exit codes, plain messages, and nothing half done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from small_estate import SCENARIO, write_model
from typer.testing import CliRunner, Result

from assetopt.cli import app
from assetopt.defaults import shipped_values

CROWDED = SCENARIO + "[limits]\nmax_sites = 0\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def process(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assetopt", *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **settings})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path)


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the search end without a plan and without a proof."""
    from assetopt import optimise  # noqa: F401 - loads the module
    from assetopt.engines.outcome import Outcome

    def gives_up(program: object, task: object) -> Outcome:
        return Outcome("unknown", None, None, -float("inf"), 0.0, "highs", "1", "time")

    monkeypatch.setattr(sys.modules["assetopt.optimise"], "engine_named", lambda name: gives_up)


# --- solve -----------------------------------------------------------------------------------------------------------


def test_solve_writes_a_report_and_prints_a_summary(model: Path, tmp_path: Path) -> None:
    done = process("solve", model, "--out", tmp_path / "out")

    assert done.returncode == 0
    assert (tmp_path / "out" / "plan.json").is_file()
    assert "that is proved" in done.stdout
    assert "2 held at the end, 1 left" in done.stdout
    assert "reading" in done.stderr
    assert "formulating" in done.stderr


def test_solve_as_json_prints_json_and_nothing_else_to_standard_output(model: Path, tmp_path: Path) -> None:
    done = process("solve", model, "--out", tmp_path / "out", "--json")

    told = json.loads(done.stdout)
    assert list(told) == ["certificate", "verdict", "totals", "out"]
    assert told["certificate"]["status"] == "optimal"
    assert told["totals"]["sites_disposed"] == 1
    assert told["out"] == str(tmp_path / "out")


def test_quiet_says_nothing(model: Path, tmp_path: Path) -> None:
    done = process("solve", model, "--out", tmp_path / "out", "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_options_of_solve_override_the_scenario(model: Path, tmp_path: Path) -> None:
    options = ["--seed", 7, "--threads", 1, "--time-limit", 20, "--gap", 0.5, "--saving-gap", 0.25, "--engine", "highs"]

    done = run("solve", model, "--out", tmp_path / "out", *options, "--set", "name=Other question")

    assert done.exit_code == 0
    asked = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["scenario"]
    assert asked["name"] == "Other question"
    solver = {"engine": "highs", "gap": 0.5, "saving_gap": 0.25, "time_limit": 20.0, "threads": 1, "seed": 7}
    assert asked["solver"] == solver


def test_no_plan_is_exit_1_with_the_reason_and_no_folder(tmp_path: Path) -> None:
    model = write_model(tmp_path, CROWDED)

    done = run("solve", model, "--out", tmp_path / "out")

    assert done.exit_code == 1
    assert "No plan can keep every rule" in done.stderr
    assert not (tmp_path / "out").exists()


def test_no_plan_as_json_has_the_certificate(tmp_path: Path) -> None:
    done = run("solve", write_model(tmp_path, CROWDED), "--out", tmp_path / "out", "--json")

    told = json.loads(done.stdout)
    assert told["certificate"]["status"] == "infeasible"
    assert (told["verdict"], told["totals"], told["out"]) == (None, None, None)


@pytest.mark.usefixtures("unknown")
def test_stopping_without_a_plan_is_exit_3(model: Path, tmp_path: Path) -> None:
    done = run("solve", model, "--out", tmp_path / "out")

    assert done.exit_code == 3
    assert "whether one exists is not known" in done.stderr
    assert not (tmp_path / "out").exists()


def test_faults_are_exit_2_each_on_its_line_with_their_count(tmp_path: Path) -> None:
    model = write_model(tmp_path, SCENARIO + "[change]\nlead_month = 3\n[limits]\nmax_sites = -1\n")

    done = process("solve", model, "--out", tmp_path / "out", COLUMNS="20")

    lines = done.stderr.splitlines()
    assert done.returncode == 2
    assert any(line.startswith("small.toml, change.lead_month: ") and "did you mean" in line for line in lines)
    assert "small.toml, limits.max_sites: is -1; give a whole number, 0 to 1,000,000,000" in lines
    assert lines[-1] == "2 faults"
    assert done.stdout == ""


def test_faults_as_json_are_listed_too(model: Path) -> None:
    done = run("check", model, "--set", "solver.sed=1", "--json")

    told = json.loads(done.stdout)
    assert (done.exit_code, told["ok"]) == (2, False)
    assert told["faults"][0]["where"] == "command line, solver.sed"


def test_a_rule_that_is_not_here_is_exit_2(tmp_path: Path) -> None:
    model = write_model(tmp_path, SCENARIO + "[rules.budget]\n")

    done = run("solve", model, "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert "rules.budget" in done.stderr


def test_an_engine_that_is_not_here_is_exit_2(model: Path, tmp_path: Path) -> None:
    done = run("solve", model, "--out", tmp_path / "out", "--engine", "gurobbi")

    assert done.exit_code == 2
    assert 'there is no engine "gurobbi" here' in done.stderr


def test_a_folder_that_exists_is_exit_2_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    done = run("solve", tmp_path / "no-such-model.toml", "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert "exists already" in done.stderr


def test_overwrite_replaces_a_report(model: Path, tmp_path: Path) -> None:
    run("solve", model, "--out", tmp_path / "out")

    done = run("solve", model, "--out", tmp_path / "out", "--overwrite", "--set", "name=Second", "--no-inputs")

    assert done.exit_code == 0
    assert json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["scenario"]["name"] == "Second"
    assert not (tmp_path / "out" / "inputs").exists()


def test_a_folder_that_cannot_be_made_is_exit_2(model: Path) -> None:
    done = run("solve", model, "--out", model / "out")

    assert done.exit_code == 2
    assert "is a file" in done.stderr


def test_a_full_disk_is_exit_2_without_a_traceback(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device", "plan.json")

    monkeypatch.setattr("assetopt.report.write.json_text", full)

    done = run("solve", model, "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_program_shows_its_traceback_on_request_only(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise KeyError("x")

    monkeypatch.setattr("assetopt.report.write.json_text", broken)

    plain = run("solve", model, "--out", tmp_path / "out")
    loud = run("--debug", "solve", model, "--out", tmp_path / "out")

    assert plain.exit_code == 2
    assert "a fault of the program: KeyError" in plain.stderr
    assert isinstance(loud.exception, KeyError)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_search_and_keeps_the_plan(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    from assetopt import optimise

    def interrupted(problem: object, *, stop: threading.Event, **rest: object) -> object:
        os.kill(os.getpid(), number)
        assert stop.wait(5)
        return optimise(problem)  # type: ignore[arg-type]

    monkeypatch.setattr(sys.modules["assetopt.optimise"], "optimise", interrupted)
    before = signal.getsignal(number)

    done = run("solve", model, "--out", tmp_path / "out")

    assert done.exit_code == 0
    assert (tmp_path / "out" / "plan.json").is_file()
    assert signal.getsignal(number) is before


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    model = write_model(tmp_path, SCENARIO.replace('"Small"', '"Small\\u001b[31m red"'))

    assert "\x1b" not in process("solve", model, "--out", tmp_path / "out").stdout


def test_output_in_a_poor_encoding_is_not_a_failure(model: Path, tmp_path: Path) -> None:
    done = process("solve", model, "--out", tmp_path / "out", PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert done.returncode == 0
    assert "?" in done.stdout


# --- verify ----------------------------------------------------------------------------------------------------------


def test_verify_says_that_an_honest_report_is_verified(model: Path, tmp_path: Path) -> None:
    run("solve", model, "--out", tmp_path / "out")

    done = run("verify", tmp_path / "out")

    assert done.exit_code == 0
    assert done.stdout.startswith("verified: ")


def test_verify_is_exit_1_with_each_breach_on_its_line(model: Path, tmp_path: Path) -> None:
    run("solve", model, "--out", tmp_path / "out")
    path = tmp_path / "out" / "sites.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("dispose", "keep"), encoding="utf-8")

    done = run("verify", tmp_path / "out")

    assert done.exit_code == 1
    assert 'stated: sites.csv, depot, action: the file says "keep", the plan says "dispose"' in done.stdout.splitlines()


def test_verify_without_inputs_is_exit_2(model: Path, tmp_path: Path) -> None:
    run("solve", model, "--out", tmp_path / "out", "--no-inputs")

    done = run("verify", tmp_path / "out")

    assert done.exit_code == 2
    assert "--no-inputs" in done.stderr


def test_verify_needs_nothing_but_the_folder(model: Path, tmp_path: Path) -> None:
    run("solve", model, "--out", tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "moved")
    model.unlink()

    assert run("verify", tmp_path / "moved", "--json").exit_code == 0


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_holds_today_against_every_rule(tmp_path: Path) -> None:
    # 900 of 1,000 people live at the shop's door; the other 100 are 2 km away, 1.3 minutes a km and 4 to start with.
    model = write_model(tmp_path, SCENARIO)
    standards = tmp_path / "data" / "standards.csv"
    standards.write_text(
        "standard_id,service_type,mode,max_minutes,min_share,reason\ndesk-car,help_desk,car,7,0.95,policy\n"
    )

    done = run("check", model)

    assert done.exit_code == 0
    assert "  access: BROKEN, 2 times" in done.stdout
    assert "  capacity: holds" in done.stdout
    assert "  limits: not in force: the scenario gives no [limits]" in done.stdout
    assert "desk-car, everyone (hard): 90.00% today, 95.00% asked: FAILS (" in done.stdout
    assert "minutes would hold, or a share of 90.0%)" in done.stdout


def test_check_reports_counts_quality_choice_and_assumptions(model: Path) -> None:
    done = run("check", model)

    for text in ("sites 3", "Data quality", "running_cost 100 %", "teams have a choice", "double_running_months = 2"):
        assert text in done.stdout


def test_check_as_json_can_be_read(model: Path) -> None:
    told = json.loads(run("check", model, "--json").stdout)

    assert told["ok"] is True
    assert told["tables"]["sites"] == 3
    assert {rule["rule"]: rule["state"] for rule in told["rules"]}["placement"] == "holds"
    assert told["objective_today"] > 0


def test_check_finds_every_fault_of_the_data(model: Path) -> None:
    sites = model.parent / "data" / "sites.csv"
    sites.write_text(sites.read_text().replace("60000", "lots").replace("freehold", "freehould"))

    done = run("check", model)

    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == "3 faults"


# --- the rest --------------------------------------------------------------------------------------------------------


def test_init_writes_a_model_that_check_understands(tmp_path: Path) -> None:
    done = run("init", tmp_path / "new")

    assert done.exit_code == 0
    assert {"sites.csv", "teams.csv", "scenario.toml", "datapackage.json"} <= {
        p.name for p in (tmp_path / "new").iterdir()
    }
    assert "sites.csv: the table has no rows" in run("check", tmp_path / "new" / "scenario.toml").stderr


def test_init_writes_a_workbook_on_request(tmp_path: Path) -> None:
    run("init", tmp_path / "new", "--xlsx")

    assert {p.name for p in (tmp_path / "new").iterdir()} == {"estate.xlsx", "scenario.toml"}


def test_init_refuses_a_folder_that_holds_anything(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("")

    done = run("init", tmp_path)

    assert done.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_schema_is_a_json_schema_of_the_scenario() -> None:
    told = json.loads(run("schema").stdout)

    assert told["additionalProperties"] is False
    assert {"appraisal", "solver", "base"} <= set(told["properties"])
    assert "resources" in json.loads(run("schema", "--data").stdout)


def test_defaults_list_every_setting_with_meaning_and_source() -> None:
    values = {value.key: value for value in shipped_values()}

    assert values["defaults.move_cost_per_fte"].value == "300.0"
    assert values["defaults.move_cost_per_fte"].unit == "£ per FTE"
    assert values["appraisal.decision_years"].range == "1 to 30"
    assert values["boundaries.estate"].value == '"pooled"'
    assert values["service_types.min_point_share"].value == "0.2"
    assert [value.key for value in values.values() if not value.meaning] == []
    assert "defaults.move_cost_per_fte = 300.0 £ per FTE" in run("defaults").stdout
    assert len(json.loads(run("defaults", "--json").stdout)) == len(values)


def test_a_reader_that_hangs_up_is_no_failure() -> None:
    command = f'"{sys.executable}" -m assetopt schema | head -c 10'
    done = subprocess.run(command, shell=True, capture_output=True, text=True)

    assert done.stderr == ""


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from assetopt.cli import app; "
        "CliRunner().invoke(app, ['--help']); "
        "print([m for m in ('pandas', 'numpy', 'pydantic', 'ortools', 'highspy', 'pulp', 'scipy', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_version_is_printed() -> None:
    import assetopt

    assert run("--version").stdout == f"assetopt {assetopt.__version__}\n"


def test_the_functions_of_the_package_are_not_hidden_by_its_modules() -> None:
    code = (
        "import assetopt.verify, assetopt.optimise, assetopt as ao; "
        "print(all(callable(f) for f in (ao.verify, ao.optimise, ao.read_model, ao.Problem)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "True"


@pytest.mark.slow
def test_a_real_county_is_solved_and_verified(tmp_path: Path) -> None:
    shared = Path(os.environ.get("ASSETOPT_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    kent = shared / "realdata" / "kent"
    if not kent.is_dir():
        pytest.skip(f"no real package kent in {shared}; set ASSETOPT_SHARED to the folder that holds realdata")

    solved = run("solve", kent, "--out", tmp_path / "out", "--time-limit", 10)
    assert solved.exit_code == 0, solved.output
    assert run("verify", tmp_path / "out").exit_code == 0
