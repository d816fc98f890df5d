"""Measured runs are kept line by line, and become tables of a page whose words stay as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import command, report, results
from benchmarks.case import Case, Location, Subject
from benchmarks.results import Record


def never() -> Location:
    raise AssertionError("a report reads no problem")


TOWN = Subject(
    "town", "Town", "location", ("cbc", "highs"), (5.0,), lambda: [Case("p1", never), Case("p2", never)], lambda: ""
)
COUNTY = replace(TOWN, name="county", title="County", kind="estate")
BUILD = replace(TOWN, name="build", title="Build", kind="build", peers=("pulp",))

OURS = Record("town", "p1", 5.0, "assetopt", "2 x 3", "plan", objective=100.0, bound=100.0, best=100.0, seconds=1.0)
PEER = replace(OURS, who="cbc", objective=104.0, bound=91.0, seconds=5.0, versions={"pulp": "3.3.2"}, day="2026-01-02")


def test_a_record_comes_back_from_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.jsonl"
    results.append(path, OURS)
    results.append(path, PEER)
    assert results.read(path) == [OURS, PEER]


def test_the_last_run_of_a_name_counts(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    for record in (OURS, PEER, replace(OURS, objective=99.0)):
        results.append(path, record)
    assert [record.objective for record in results.read(path)] == [99.0, 104.0]


def test_gaps_are_counted_from_the_recounted_plan() -> None:
    # (104 - 91) / 104; today 154: saves 50, of which 13 are not proved
    assert PEER.gap == pytest.approx(0.125)
    assert replace(PEER, today=154.0).saving_gap == pytest.approx(13 / 50)
    assert replace(PEER, today=104.5).saving_gap is None
    assert (OURS.proved, PEER.proved) == (True, False)


def test_nine_tenths_of_the_saving_are_there_when_the_trace_says_so() -> None:
    # 200 today, 100 in the end: nine tenths are saved at 110 or less
    trace = [(1.0, 190.0), (4.0, 111.0), (7.0, 110.0), (9.0, 100.0)]
    assert results.saved_90(trace, 200.0, 100.0) == 7.0
    assert results.saved_90([], 200.0, 100.0) is None
    assert results.saved_90(trace, None, 100.0) is None


def test_a_row_says_objective_bound_and_both_gaps() -> None:
    text = report.table(TOWN, [PEER, OURS])
    # ours stands first; the peer is 4 % above the best known value
    rows = [line for line in text.splitlines() if line.startswith("| p1")]
    assert rows[0].startswith("| p1 | 2 x 3 | 5 | assetopt | 100.00 | 100.00 | 0 % | 0 % | 1.00 |")
    assert rows[0].endswith("| proved optimal |")
    assert rows[1].startswith("| p1 | 2 x 3 | 5 | cbc | 104.00 | 91.00 | 12.5000 % | 4.0000 % | 5.00 |")
    assert rows[1].endswith("| plan and bound |")


def test_the_summary_counts_proofs_and_missing_plans() -> None:
    lost = replace(PEER, case="p2", outcome="no plan", why="fractional", objective=None)
    text = report.summary([OURS, PEER, lost])
    assert "| 5 s | assetopt | 1 | 1 | 1 | 0 % | 0 % | 1.00 | 1.00 |" in text
    assert "| 5 s | cbc | 2 | 0 | 0 | no plan for 1 | unknown for 1 | 5.00 | 5.00 |" in text


def test_a_bound_above_a_plan_that_exists_is_called_wrong_and_proves_nothing() -> None:
    liar = replace(PEER, who="highs", objective=104.0, bound=104.0)
    known = report.known_values([OURS, liar])
    assert "bound is wrong" in report.status(liar, known)
    assert "proved" not in report.status(liar, known)
    assert "| 5 s | highs | 1 | 0 |" in report.summary([OURS, liar])


def test_a_killed_run_says_so() -> None:
    killed = replace(PEER, outcome="killed", why="15 s after its budget", objective=None, bound=None)
    assert report.status(killed, {}) == "killed: 15 s after its budget"


def test_an_estate_is_told_by_what_it_saves() -> None:
    ours = replace(OURS, subject="county", objective=90e6, bound=88e6, best=None, today=100e6, saved_90=12.0)
    peer = replace(ours, who="highs", objective=95e6, saved_90=None)
    text = report.table(COUNTY, [ours, peer])
    assert (
        "p1, 5 s: assetopt saves £10.0m with a saving gap of 20.00%; the best peer, highs, saves £5.0m "
        "with a saving gap of 140.00%." in text
    )
    assert "| 90.0 | 88.0 | 10.0 | 12.0 | 2.2222 % | 20.00 % | 0 % | 12 |" in text
    # the peer saves half of what the best plan saves
    assert "| 95.0 | 88.0 | 5.0 | 12.0 | 7.3684 % | 140.00 % | 50.00 % |  |" in text


def test_building_is_told_as_ratios() -> None:
    ours = replace(OURS, subject="build", outcome="built", figures={"build": 2.0, "added": 100.0}, objective=None)
    peer = replace(ours, who="pulp", figures={"build": 30.0, "added": 450.0})
    row = next(line for line in report.table(BUILD, [ours, peer]).splitlines() if "| pulp |" in line)
    assert row.startswith("| p1 | 2 x 3 | pulp | 30.00 | 450 |")
    assert "| 15.0 | 4.5 | built |" in row


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Head\n\n<!-- table town -->\nold\n<!-- end -->\n\nBy hand.\n\n<!-- table county -->\nkept\n<!-- end -->\n"
    )
    report.rewrite(page, [OURS, PEER], [TOWN, COUNTY])
    text = page.read_text()
    assert text.startswith("# Head\n")
    assert "old" not in text
    assert "| p1 | 2 x 3 | 5 | cbc |" in text
    assert "By hand.\n\n<!-- table county -->\nkept\n<!-- end -->" in text


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    report.rewrite(page, [OURS, PEER], [TOWN])
    once = page.read_text()
    report.rewrite(page, [OURS, PEER], [TOWN])
    assert page.read_text() == once
    assert "pulp 3.3.2" in once
    assert once.count("<!-- table town -->") == 1


def test_many_rows_are_folded_under_their_summary() -> None:
    many = [replace(PEER, case=f"q{number}") for number in range(report.LONG + 1)]
    text = report.table(TOWN, many)
    assert text.index("| budget |") < text.index("<details><summary>All 25 runs</summary>")
    assert text.rstrip().endswith("</details>")


def test_the_page_can_be_written_without_running_anything(tmp_path: Path) -> None:
    lines, page = tmp_path / "results.jsonl", tmp_path / "page.md"
    results.append(lines, replace(OURS, subject="holmberg"))
    assert command.main(["--report", "--results", str(lines), "--out", str(page)]) == 0
    assert "## Holmberg p1-p30" in page.read_text()


def test_an_unknown_set_or_peer_is_refused_and_nothing_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "results.jsonl"
    for asked in (["--set", "atlantis"], ["--set", "yang", "--peers", "gurobi"], []):
        assert command.main([*asked, "--results", str(lines)]) == 2
    assert "unknown: atlantis" in capsys.readouterr().out
    assert not lines.exists()
