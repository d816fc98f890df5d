"""The commands that look at finished reports: compare, export, and verify against the full report; and solve for an audience."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_estate import write_model
from typer.testing import CliRunner, Result

from assetopt.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def folder(model: Path) -> Path:
    place = model.parent
    assert run("solve", model, "--out", place / "a", "--quiet").exit_code == 0
    assert run("solve", model, "--out", place / "b", "--quiet", "--set", "boundaries.estate=own").exit_code == 0
    return place


@pytest.mark.parametrize("suffix", ["html", "xlsx", "json"])
def test_compare_writes_what_the_suffix_says_and_tells_what_differs(folder: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    done = run("compare", folder / "a", folder / "b", "--out", out)

    assert done.exit_code == 0
    assert done.stdout == f"The question differs in 1 setting, listed below.\nWritten to {out}\n"
    assert out.stat().st_size > 1000


def test_compare_refuses_bad_input_with_exit_2(folder: Path, tmp_path: Path) -> None:
    for arguments, words in (
        ((folder / "a", "--out", tmp_path / "x.json"), "1 plans were named"),
        ((folder / "a", tmp_path, "--out", tmp_path / "x.json"), "has no plan.json"),
        ((folder / "a", folder / "b", "--out", tmp_path / "x.doc"), "end it in .html"),
        ((folder / "a", folder / "b", "--out", tmp_path / "x.json", "--for", "nobody"), 'no partner "nobody"'),
    ):
        done = run("compare", *arguments)
        assert done.exit_code == 2
        assert words in done.stderr
    assert not list(tmp_path.iterdir())


def test_export_then_verify_against_the_full_report(folder: Path, tmp_path: Path) -> None:
    view = tmp_path / "view"
    assert run("export", folder / "a", "--out", view, "--for", "kcc").exit_code == 0
    done = run("verify", view, "--against", folder / "a")
    assert (done.exit_code, done.stdout.strip()) == (
        0, "verified: every figure is what the full report gives this audience (partner kcc)",
    )  # fmt: skip

    path = view / "plan.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["sites"][0]["receipt"] = 1.0
    path.write_text(json.dumps(document), encoding="utf-8")
    assert run("verify", view, "--against", folder / "a").exit_code == 1
    assert run("verify", view).exit_code == 2


def test_a_view_of_another_plan_does_not_verify(folder: Path, tmp_path: Path) -> None:
    assert run("export", folder / "a", "--out", tmp_path / "view", "--for", "kcc").exit_code == 0
    assert run("verify", tmp_path / "view", "--against", folder / "b").exit_code == 1


def test_solve_writes_for_an_audience_and_refuses_an_unknown_partner_before_the_search(
    model: Path, tmp_path: Path
) -> None:
    assert run("solve", model, "--out", tmp_path / "public", "--public", "--quiet").exit_code == 0
    assert not (tmp_path / "public" / "inputs").exists()
    done = run("solve", model, "--out", tmp_path / "x", "--for", "nobody")
    assert done.exit_code == 2
    assert 'no partner "nobody"; use one of kcc, nhs' in done.stderr
    assert not (tmp_path / "x").exists()


def test_export_of_nothing_in_particular_says_what_to_ask(folder: Path, tmp_path: Path) -> None:
    done = run("export", folder / "a", "--out", tmp_path / "x")
    assert done.exit_code == 2
    assert "--redact, --band, --for PARTNER or --public" in done.stderr
