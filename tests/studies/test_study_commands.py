"""The commands of the studies: what they print, the files they leave, and the exit codes of what goes wrong."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from estates import estate as make_estate
from openpyxl import load_workbook
from small_estate import write_model as write_small
from three_partners import TABLES, estate, scenario, write_model
from typer.testing import CliRunner

from assetopt.cli import app
from assetopt.studies.share import share


def run(*arguments: object):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def test_share_says_what_it_found_and_where_it_stands(tmp_path):
    model = write_model(tmp_path)
    done = run("share", model, "--out", tmp_path / "out", "--workers", "0", "--quiet")
    assert done.exit_code == 0, done.output
    assert "Together the 3 save £0.54m" in done.stdout
    assert "The whole is stable" in done.stdout
    assert "Equal: a+b would gain £30,000 by walking out." in done.stdout
    assert json.loads((tmp_path / "out" / "study.json").read_text(encoding="utf-8"))["complete"] is True


def test_partners_speak_with_one_voice_on_the_command_line(tmp_path):
    model = write_model(tmp_path)
    out = tmp_path / "out"
    done = run("share", model, "--out", out, "--workers", "0", "--group", "health=nhs;c", "--quiet")
    assert done.exit_code == 0, done.output
    assert json.loads((out / "share.json").read_text(encoding="utf-8"))["groups"] == {"health": ["b", "c"], "a": ["a"]}
    done = run("boundaries", model, "--out", tmp_path / "two", "--workers", "0", "--by-sector", "--quiet")
    assert done.exit_code == 0, done.output
    assert "council" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("share", "MODEL", "--group", "health="), '--group: "health=" names nobody'),
        (("share", "MODEL", "--group", "x=zoo"), 'group x: no partner and no sector "zoo"'),
        (("boundaries", "none.toml"), "there is no such file or folder"),
        (("frontier", "MODEL", "--axis", "carbn"), 'did you mean "carbon"'),
        (("stress", "nowhere"), "there is no such report folder"),
        (("share", "MODEL", "--scheduler", "tcp://127.0.0.1:9"), ""),
    ],
)
def test_bad_input_is_exit_2_with_what_would_do(arguments, told, tmp_path):
    model = write_model(tmp_path)
    command = [model if part == "MODEL" else part for part in arguments]
    if "--scheduler" in command:
        pytest.importorskip("distributed")
        command += ["--quiet"]
    done = run(*command, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_folder_with_something_else_is_exit_2(tmp_path):
    model = write_model(tmp_path)
    done = run("share", model, "--out", tmp_path, "--workers", "0")
    assert done.exit_code == 2
    assert "something that is no study" in done.stderr


def test_alternatives_and_stress_follow_one_another(tmp_path):
    model = write_model(tmp_path)
    out = tmp_path / "plans"
    done = run("alternatives", model, "--out", out, "--within", "0.7", "--count", "2", "--workers", "0", "--quiet")
    assert done.exit_code == 0, done.output
    assert "2 plans cost" in done.stdout
    done = run(
        "stress", out / "plans" / "best", "--out", tmp_path / "stress", "--draws", "5", "--regrets", "0", "--workers", "0",
        "--quiet",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "As stated the plan saves £0.54m" in done.stdout


def test_frontier_says_what_one_more_buys(tmp_path):
    model = write_model(tmp_path)
    out = tmp_path / "out"
    done = run("frontier", model, "--out", out, "--axis", "moves", "--points", "3", "--workers", "0", "--quiet")
    assert done.exit_code == 0, done.output
    assert "one team that moves more saves £0.39m" in done.stdout


def test_help_of_a_study_loads_no_solver_and_no_pandas():
    code = (
        "import sys; from assetopt.cli import app\n"
        "try:\n app(['share', '--help'])\nexcept SystemExit:\n pass\n"
        "assert not {'pandas', 'highspy', 'ortools', 'distributed'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


class _Scripts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_names_in_the_data_run_nowhere(tmp_path):
    evil = '=HYPERLINK("x")<script>alert(1)</script>'
    tables = {name: text.replace("\na,", f'\n"{evil.replace(chr(34), chr(34) * 2)}",') for name, text in TABLES.items()}
    tables["sites"] = tables["sites"].replace("A,a,", f'A,"{evil.replace(chr(34), chr(34) * 2)}",')
    tables["teams"] = tables["teams"].replace("ta,a,", f'ta,"{evil.replace(chr(34), chr(34) * 2)}",')
    estate = make_estate(**tables)
    share(estate, scenario(), tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    parser = _Scripts()
    parser.feed(page)
    assert len([tag for tag, _ in parser.tags if tag == "script"]) == 1  # the page's own
    assert "<script>alert" not in page
    for name in ("partners", "coalitions", "side_payments"):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell.startswith("=")]


@pytest.mark.slow
def test_the_small_county_runs_through_every_study(tmp_path):
    model = write_small(tmp_path)
    for number, arguments in enumerate(
        (
            ("share", model),
            ("boundaries", model),
            ("frontier", model, "--axis", "access", "--points", "3"),
            ("alternatives", model, "--count", "2"),
        )
    ):
        done = run(*arguments, "--out", tmp_path / f"out{number}", "--workers", "0", "--quiet")
        assert done.exit_code == 0, done.output


def test_a_study_is_for_partners_and_says_so_everywhere(tmp_path):
    out = tmp_path / "out"
    share(estate(), scenario(), out)
    assert json.loads((out / "share.json").read_text(encoding="utf-8"))["audience"] == "partners"
    assert json.loads((out / "study.json").read_text(encoding="utf-8"))["audience"] == "partners"
    assert "<strong>For partners only.</strong>" in (out / "report.html").read_text(encoding="utf-8")
    assert str(load_workbook(out / "study.xlsx")["Summary"]["A3"].value).startswith("For partners only.")
    for words in (["export", "--public", "--out", str(tmp_path / "public")], ["verify"]):
        told = run(words[0], out, *words[1:])
        assert told.exit_code == 2
        assert "is a study, which is for partners only" in told.output
    assert not (tmp_path / "public").exists()
