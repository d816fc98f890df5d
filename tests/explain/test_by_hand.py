"""An estate whose every price is worked out on paper, and what the command does with good and bad input."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from assetopt.cli import app
from assetopt.engines import Task
from assetopt.engines.completion import complete
from assetopt.estate import Estate
from assetopt.explain.found import ESSENTIAL, FIXED, FREE, PRICED, Found
from assetopt.explain.run import explain
from assetopt.explain.tables import sheets, site_table
from assetopt.formulation import Formulation
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.result import Result
from assetopt.scenario import Scenario

NEAR = 0
HOSTILE = "<script>alert(1)</script>"

SCENARIO = {
    "name": "By hand",
    "appraisal": {
        "base_year": 2027, "as_at": "2026-04-01", "decision_years": 1, "appraisal_years": 10, "discount": 0.0,
        "residual_value": False,
    },
    "defaults": {"use": "none"},
    "solver": {"gap": 0.0, "saving_gap": 0.0, "threads": 1, "time_limit": 60.0},
}  # fmt: skip


def by_hand() -> Result:
    """Five freeholds, two teams; nothing is discounted and ten years count, so £1 a year is £10.

    near  houses the small team, £10,000 a year          far    empty, takes the small team too, £20,000 a year
    big   houses the large team, which fits nowhere else lock   empty, locked
    idle  empty, costs nothing
    """
    names = ["near", "far", "big", "lock", "idle"]
    tables = {
        "partners": pd.DataFrame({"partner_id": ["a"], "name": ["A"], "sector": ["council"]}),
        "sites": pd.DataFrame(
            {
                "site_id": names, "partner_id": "a", "name": ["Near", "Far", HOSTILE, "Lock", "Idle"],
                "easting": [600_000, 600_100, 600_200, 600_300, 600_400], "northing": 150_000, "tenure": "freehold",
                "running_cost": [10_000, 20_000, 1_000, 0, 0], "market_value": 0, "months_to_sale": 12,
                "lock": ["", "", "", "keep", ""],
            }
        ),
        "spaces": pd.DataFrame({"site_id": names, "space_type": "office", "capacity": [10.0, 10.0, 100.0, 1.0, 1.0]}),
        "teams": pd.DataFrame(
            {
                "team_id": ["small", "large"], "partner_id": "a", "name": ["Small", "Large"], "service_type": ["admin", "stores"],
                "site_id": ["near", "big"], "move_cost": [5_000, 0], "fte": [3, 40],
            }
        ),
        "needs": pd.DataFrame({"team_id": ["small", "large"], "space_type": "office", "amount": [8.0, 100.0]}),
    }  # fmt: skip
    return optimise(Problem(Estate.from_frames("by hand", **tables), Scenario.model_validate(SCENARIO)))


@pytest.fixture(scope="module")
def found() -> Found:
    result = by_hand()
    # near 10 x 10,000 + big 10 x 1,000; far is closed at once.
    assert result.certificate.objective == pytest.approx(110_000)
    return explain(result, seconds=60.0, threads=1)


def test_prices_on_paper(found: Found) -> None:
    table = site_table(found).set_index("site_id")
    # The small team would go to far: 10 x (20,000 - 10,000) + 5,000 for the move.
    assert table.loc["near", "price_high"] == pytest.approx(105_000, abs=1.0)
    # Far held empty would cost 10 x 20,000; better to use it and to close near: the same 105,000.
    assert table.loc["far", "price_high"] == pytest.approx(105_000, abs=1.0)
    assert table["standing"].to_dict() == {"big": ESSENTIAL, "lock": FIXED, "near": PRICED, "far": PRICED, "idle": FREE}
    assert table.index.tolist() == ["big", "lock", "far", "near", "idle"], "from essential to swappable, dearest first"
    assert table.loc["big", "fte"] == 40


def test_rules_and_costs_that_drive_it(found: Found) -> None:
    table = site_table(found).set_index("site_id")
    assert "running +£0.10m" in str(table.loc["near", "drivers"])
    assert "moving +£5,000" in str(table.loc["near", "drivers"])
    assert "team small: at Far (in the plan: at Near)" in str(table.loc["near", "what_else_changes"])
    assert "Far: kept (in the plan: sold)" in str(table.loc["near", "what_else_changes"])


def test_switching_values(found: Found) -> None:
    table = site_table(found).set_index("site_id")
    # £105,000 over ten years: near would be left if it cost £10,500 a year more.
    assert table.loc["near", "yearly_high"] == pytest.approx(10_500, abs=0.1)
    # The same for far: £10,500 a year less, and the team would be there.
    assert table.loc["far", "yearly_high"] == pytest.approx(10_500, abs=0.1)
    # A sale in year 1 brings its receipt whole, for nothing is discounted: £105,000 more would sell near.
    assert table.loc["near", "receipt_high"] == pytest.approx(105_000, abs=1.0)


def test_a_switching_value_does_switch(found: Found) -> None:
    problem = found.result.problem
    for more, kept in ((10_400.0, True), (10_600.0, False)):
        tables = {name: problem.estate.tables[name] for name in problem.estate.present}
        tables["sites"] = tables["sites"].assign(
            running_cost=tables["sites"]["running_cost"].astype(float)
            + np.where(tables["sites"]["site_id"] == "near", more, 0.0)
        )
        other = optimise(
            Problem(
                Estate("by hand", {**problem.estate.tables, **tables}, problem.estate.present, (), ()), problem.scenario
            )
        )
        assert (other.sites.set_index("site_id").loc["near", "action"] == "keep") == kept


def test_the_sentence(found: Found) -> None:
    # Asked: near, far, big, idle, and the small team; the large team has nowhere to go and lock is locked.
    assert found.sentence == (
        "No plan under these rules is cheaper, and that is proved; 1 of 5 decisions could change at no cost; 1 building is "
        "essential, and 1 more is held by locks or decisions taken beforehand."
    )


def test_a_sheet_for_each_closed_building(found: Found) -> None:
    closed = {sheet["site_id"]: sheet for sheet in sheets(found)}
    assert "far" in closed
    assert closed["far"]["cost_to_keep_high"] == pytest.approx(105_000, abs=1.0)
    assert "Near: sold (in the plan: kept)" in str(closed["far"]["best_plan_that_keeps_it"])
    assert not closed["far"]["public"]


def enumerated(form: Formulation, columns: np.ndarray, some: bool) -> float:
    """The least cost with the decision the other way, by trying every combination of the decisions."""
    m, mask = form.program.core, form.decision_mask()
    at = np.flatnonzero(mask)
    best = float("inf")
    for bits in itertools.product((0.0, 1.0), repeat=len(at)):
        values = np.zeros(m.shape[1])
        values[at] = bits
        if (values[columns].sum() >= 1) != some:
            continue
        whole = complete(m, values, mask, Task(gap=0.0))
        if whole is not None:
            best = min(best, m.objective(whole))
    return best


def test_trying_every_combination_finds_the_same_prices(found: Found) -> None:
    tried = 0
    for k, question in enumerate(found.asked):
        if question.kind == "site" and not question.fixed:
            true = enumerated(found.form, question.columns, question.some)
            assert found.prices.impossible[k] == (true == float("inf"))
            if true < float("inf"):
                assert found.price(k)[1] == pytest.approx(true - 110_000, abs=1.0)
                tried += 1
    assert tried == 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return by_hand().write(tmp_path_factory.mktemp("explain") / "plan")


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def test_the_command_writes_and_verify_still_passes(folder: Path) -> None:
    code, told = run("explain", str(folder), "--time-limit", "60", "--threads", "1")
    assert code == 0, told
    assert "1 building is essential" in told
    document = json.loads((folder / "explain.json").read_text(encoding="utf-8"))
    assert document["sites"][0]["site_id"] == "big"
    assert document["plan_status"] == "model_option"
    for name in ("explain.html", "report.html"):
        page = (folder / name).read_text(encoding="utf-8")
        assert HOSTILE not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "The price of a decision is" in page
    assert pd.read_csv(folder / "explain_sites.csv")["rank"].tolist() == [1, 2, 3, 4, 5]
    assert run("verify", str(folder))[0] == 0


def test_a_view_takes_no_price_with_it(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "full")
    assert run("explain", str(tmp_path / "full"), "--time-limit", "60", "--threads", "1", "--quiet")[0] == 0
    code, told = run("export", str(tmp_path / "full"), "--out", str(tmp_path / "public"), "--public")
    assert code == 0, told
    assert [path.name for path in (tmp_path / "public").iterdir() if "explain" in path.name] == []
    assert "The price of a decision is" in (tmp_path / "full" / "report.html").read_text(encoding="utf-8")
    assert "The price of a decision is" not in (tmp_path / "public" / "report.html").read_text(encoding="utf-8")


def _rows(page: str, table: str) -> tuple[str, str]:
    """The heading and the total of a table."""
    told = page.split(f'<table id="{table}-table"')[1].split("</table>")[0]
    return told.split("<thead><tr>")[1].split("</tr>")[0], told.split('<tr class="sum">')[1].split("</tr>")[0]


def test_calendar_and_explanation_stand_side_by_side_whichever_came_last(tmp_path: Path) -> None:
    folder = by_hand().write(tmp_path / "plan")
    first = (folder / "report.html").read_text(encoding="utf-8")
    asked = ("explain", str(folder), "--time-limit", "60", "--threads", "1", "--quiet")
    assert run("calendar", str(folder), "--quiet")[0] == 0
    calendar = (folder / "report.html").read_text(encoding="utf-8")
    assert "Handed back on" not in first
    assert "Handed back on" in calendar
    head, total = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in _rows(calendar, "disposals"))
    assert len(head) == len(total)
    assert total[head.index("Handed back on")] == ""
    assert total[head.index("Net receipt (£)")] != ""
    assert run(*asked)[0] == 0
    both = (folder / "report.html").read_text(encoding="utf-8")
    assert len(first) < len(calendar) < len(both)
    assert run("calendar", str(folder), "--quiet")[0] == 0
    assert (folder / "report.html").read_text(encoding="utf-8") == both
    assert run("verify", str(folder))[0] == 0


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a calendar and an explanation in it."""
    folder = by_hand().write(tmp_path_factory.mktemp("both") / "plan")
    assert run("calendar", str(folder), "--quiet")[0] == 0
    assert run("explain", str(folder), "--time-limit", "60", "--threads", "1", "--quiet")[0] == 0
    return folder


@pytest.mark.parametrize(
    ("name", "content", "command", "told"),
    [
        ("explain.json", "[" * 100_000, "calendar", "run assetopt explain again"),
        ("explain.json", '{"sites": [{}]}', "calendar", "sentence: Field required"),
        ("calendar.json", "{}", "explain", "cannot be read: 'events'"),
        ("calendar_sites.svg", '<svg><a href="http://x.example">x</a></svg>', "explain", "more than assetopt calendar draws"),
        ("calendar_sites.svg", '<svg><rect onclick="x()"/></svg>', "explain", "more than assetopt calendar draws"),
        ("calendar_sites.svg", "<!DOCTYPE svg><svg/>", "explain", "more than assetopt calendar draws"),
        ("calendar_sites.svg", "<svg>", "explain", "more than assetopt calendar draws"),
    ],
)  # fmt: skip
def test_what_was_spoiled_since_is_told_and_changes_nothing(
    explained: Path, tmp_path: Path, name: str, content: str, command: str, told: str
) -> None:
    folder = shutil.copytree(explained, tmp_path / "plan")
    (folder / name).write_text(content, encoding="utf-8")
    before = (folder / "report.html").read_bytes()
    code, said = run(command, str(folder), "--time-limit", "60", "--threads", "1", "--quiet")
    assert (code, name in said, told in said) == (2, True, True), said
    assert (folder / "report.html").read_bytes() == before


def test_an_explained_report_may_be_overwritten(explained: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(explained, tmp_path / "plan")
    assert (folder / "explain_answers").is_dir()
    by_hand().write(folder, overwrite=True)
    assert [path.name for path in folder.iterdir() if path.name.startswith(("explain", "calendar"))] == []


def test_one_site_alone_is_told_and_not_written(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("explain*"))
    code, told = run("explain", str(copy), "--site", "near", "--time-limit", "60", "--threads", "1")
    assert code == 0, told
    assert "£0.10m" in told or "£0.11m" in told
    assert not (Path(copy) / "explain.json").exists()


def test_bad_input_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    code, told = run("explain", str(folder), "--site", "nowhere", "--team", "nobody")
    assert code == 2
    assert "nowhere" in told
    assert "nobody" in told
    assert run("explain", str(tmp_path / "missing"))[0] == 2
    bare = by_hand().write(tmp_path / "bare", inputs=False)
    code, told = run("explain", str(bare))
    assert code == 2
    assert "inputs" in told


def test_a_range_is_told_as_what_it_is(found: Found) -> None:
    """The price of near with the same plan, where less is proved, and where a cheaper plan was met."""
    k = next(k for k, question in enumerate(found.asked) if question.kind == "site" and question.index == NEAR)
    for least, most, words in (
        (150_000.0, 215_000.0, "between £40,000 and £0.10m"),
        (90_000.0, 215_000.0, "at most £0.10m, perhaps nothing"),
        (50_000.0, 100_000.0, "less than nothing: a plan that has it closed is £10,000 cheaper"),
        (140_000.0, np.inf, "at least £30,000; no plan that has it closed was found in the time given"),
    ):
        prices = replace(found.prices, least=found.prices.least.copy(), most=found.prices.most.copy())
        prices.least[k], prices.most[k] = least, most
        assert replace(found, prices=prices).price_words(k) == words
