"""Starting a search from a plan, and verifying a bound, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_estate import write_model
from typer.testing import CliRunner, Result

from assetopt.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path)


@pytest.fixture
def former(model: Path, tmp_path: Path) -> Path:
    assert run("solve", model, "--out", tmp_path / "former", "--quiet").exit_code == 0
    return tmp_path / "former"


def certificate(out: Path) -> dict:
    return json.loads((out / "plan.json").read_text(encoding="utf-8"))["certificate"]


def test_a_search_starts_from_its_own_report_and_is_no_worse(model: Path, former: Path, tmp_path: Path) -> None:
    done = run("solve", model, "--start", former, "--out", tmp_path / "out")

    assert done.exit_code == 0
    assert f"the search started from the plan in {former}" in done.stdout
    assert certificate(tmp_path / "out")["objective"] == pytest.approx(certificate(former)["objective"])
    assert run("verify", tmp_path / "out").exit_code == 0


def test_a_report_may_be_overwritten_by_the_search_it_starts(model: Path, former: Path) -> None:
    assert run("solve", model, "--start", former, "--out", former, "--overwrite").exit_code == 0
    assert run("verify", former).exit_code == 0


def test_a_search_starts_from_tables_written_by_hand(model: Path, tmp_path: Path) -> None:
    hand = tmp_path / "hand"
    hand.mkdir()
    (hand / "sites.csv").write_text("site_id,action,year\ndepot,dispose,2028\n", encoding="utf-8")
    (hand / "teams.csv").write_text("team_id,action,site_id,year\nnurses,move,hall,2028\n", encoding="utf-8")

    done = run("solve", model, "--start", hand, "--out", tmp_path / "out")

    assert done.exit_code == 0
    assert f"2 teams are not in the plan in {hand}, taken to stay" in done.stdout
    assert certificate(tmp_path / "out")["status"] == "optimal"


def test_a_start_that_cannot_be_read_is_exit_2_with_its_faults(model: Path, former: Path, tmp_path: Path) -> None:
    (former / "plan.json").unlink()
    text = (former / "teams.csv").read_text(encoding="utf-8")
    (former / "teams.csv").write_text(text.replace("move,hall,2027", "march,hall,2027"), encoding="utf-8")

    done = run("solve", model, "--start", former, "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert 'teams.csv, row 4, action: no action "march"' in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_start_that_is_not_there_is_exit_2(model: Path, tmp_path: Path) -> None:
    done = run("solve", model, "--start", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "there is no such file or folder" in done.stderr


def test_verify_says_what_of_the_bound_it_recounted(former: Path) -> None:
    done = run("verify", former)
    assert done.exit_code == 0
    assert "Bound recounted from prices: £" in done.stdout
    assert "rests on the branch and bound tree of HiGHS" in done.stdout


def test_a_tampered_proof_is_exit_1(former: Path) -> None:
    path = former / "certificate.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["prices"]["values"][0] *= 2
    path.write_text(json.dumps(document), encoding="utf-8")

    done = run("verify", former)

    assert done.exit_code == 1
    assert "stated: certificate.json, steps: the prices give a bound of £" in done.stdout
