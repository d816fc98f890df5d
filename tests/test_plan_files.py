"""Plans are read from a report, from plan.json or from tables written by hand, and every fault in them is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_estate import solved

from assetopt.errors import DataError
from assetopt.plan import Plan
from assetopt.plan_files import read_plan
from assetopt.result import Result

SITES = "site_id,action,year\ndepot,dispose,2027\nhall,keep,\nshop,keep,\n"
TEAMS = "team_id,action,site_id,year\nclerks,stay,hall,\ndesk,stay,shop,\nnurses,move,hall,2027\n"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


def folder(place: Path, **tables: str) -> Path:
    place.mkdir(exist_ok=True)
    for name, text in {"sites": SITES, "teams": TEAMS, **tables}.items():
        (place / f"{name}.csv").write_bytes(text.encode("utf-8"))
    return place


def faults(place: Path) -> list[str]:
    with pytest.raises(DataError) as found:
        read_plan(place)
    return [str(issue) for issue in found.value.issues]


def plan_of(result: Result) -> Plan:
    assert result.plan is not None
    return result.plan


def test_a_report_folder_and_its_plan_json_give_the_plan(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")
    assert read_plan(out).same_as(plan_of(result))
    assert read_plan(str(out / "plan.json")).same_as(plan_of(result))


def test_the_tables_of_a_report_give_the_plan(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")
    (out / "plan.json").unlink()
    assert read_plan(out).same_as(plan_of(result))


def test_a_plan_by_hand_needs_two_tables_and_few_columns(tmp_path: Path) -> None:
    plan = read_plan(folder(tmp_path))
    assert plan.sites[["site_id", "action"]].to_numpy().tolist() == [
        ["depot", "dispose"],
        ["hall", "keep"],
        ["shop", "keep"],
    ]
    assert plan.teams["share"].tolist() == [1.0, 1.0, 1.0]
    assert plan.interventions.empty


def test_a_table_as_a_spreadsheet_exports_it_is_read(tmp_path: Path) -> None:
    text = "﻿" + TEAMS.replace(",", ";").replace("\n", "\r\n").replace("2027", " 2027.0 ")
    assert read_plan(folder(tmp_path / "one", teams=text)).same_as(read_plan(folder(tmp_path / "other")))


def test_a_table_without_rows_changes_nothing(tmp_path: Path) -> None:
    plan = read_plan(folder(tmp_path, teams="team_id,action,site_id,year\n"))
    assert plan.teams.empty
    assert len(plan.sites) == 3


def test_an_id_that_looks_like_a_formula_loses_the_quote_of_the_report(tmp_path: Path) -> None:
    plan = read_plan(folder(tmp_path, sites="site_id,action,year\n'-7,keep,\n'quoted,keep,\n"))
    assert plan.sites["site_id"].tolist() == ["'quoted", "-7"]


@pytest.mark.parametrize(
    ("table", "old", "new", "fault"),
    [
        ("sites", "dispose,2027", "sell,2027", 'sites.csv, row 2, action: no action "sell"; use keep'),
        (
            "sites",
            "dispose,2027",
            "disposed,2027",
            'sites.csv, row 2, action: no action "disposed"; did you mean "dispose"?',
        ),
        ("sites", "dispose,2027", "dispose,", "sites.csv, row 2, year: dispose needs a year"),
        ("sites", "dispose,2027", "dispose,soon", 'sites.csv, row 2, year: "soon" is no year'),
        ("sites", "dispose,2027", "dispose,2027.5", 'sites.csv, row 2, year: "2027.5" is no year'),
        ("sites", "hall,keep", ",keep", "sites.csv, row 3, site_id: is empty"),
        ("sites", "shop,keep", "hall,keep", 'sites.csv, row 4, site_id: "hall" stands twice'),
        ("sites", "action", "what", "sites.csv, action: the column is missing"),
        ("teams", "move,hall", "move,", "teams.csv, row 4, site_id: is empty; name the site"),
        ("teams", "year\n", "year,share\n", 'teams.csv, row 2, share: "1.5" is no share'),
    ],
)
def test_a_fault_is_named_with_file_row_and_column(tmp_path: Path, table: str, old: str, new: str, fault: str) -> None:
    text = {"sites": SITES, "teams": TEAMS}[table].replace(old, new)
    if "share" in new:
        text = text.replace("hall,\n", "hall,,1.5\n")
    assert any(told.startswith(fault) for told in faults(folder(tmp_path, **{table: text})))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    told = faults(folder(tmp_path, sites=SITES.replace("keep", "kept"), teams=TEAMS.replace("stay", "remain")))
    assert len(told) == 4


def test_a_folder_that_holds_no_plan_is_a_fault(tmp_path: Path) -> None:
    assert "sites.csv: there is no such file" in faults(tmp_path)[0]
    assert "there is no such file or folder" in faults(tmp_path / "nowhere")[0]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sites": 3, "teams": []}', '{"sites": [1], "teams": []}'])
def test_a_document_that_holds_no_plan_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    assert "plan.json" in faults(tmp_path)[0]


def test_a_fault_in_plan_json_is_named_with_its_row(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")
    document = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    document["teams"][2]["year"] = "soon"
    (out / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    assert faults(out)[0].startswith('plan.json, teams, row 3, year: "soon" is no year')
