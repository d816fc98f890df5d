"""The report folder: what stands in it, that it is the same every time, and that it appears whole or not at all."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import pytest
from small_estate import SCENARIO, problem_in_memory, solved, write_model

import assetopt.report.write as writing
from assetopt.errors import DataError
from assetopt.optimise import optimise
from assetopt.read import read_model
from assetopt.report import verify_folder
from assetopt.report.inputs import scenario_toml
from assetopt.result import Result
from assetopt.scenario import Scenario

FILES = {
    "plan.json", "sites.csv", "teams.csv", "interventions.csv", "access.csv", "cash.csv", "transfers.csv",
    "access_groups.csv", "access_zones.csv", "access_losers.csv", "access_winners.csv", "access_cumulative.csv",
    "access_equity.csv", "service_points.csv", "rooms.csv", "assignment.csv", "travel.csv",
    "bridge.csv", "budget.csv", "heads_of_terms.csv", "payments.csv", "assumptions.csv", "plan.xlsx",
    "plan.geojson", "report.html", "certificate.json", "inputs",
}  # fmt: skip


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_report_has_exactly_the_files_of_the_contract(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")

    assert {path.name for path in out.iterdir()} == FILES
    assert list(tmp_path.iterdir()) == [out]


def test_plan_json_has_every_key_of_the_contract_in_its_order(result: Result, tmp_path: Path) -> None:
    text = (result.write(tmp_path / "out") / "plan.json").read_text(encoding="utf-8")

    assert text.endswith("}\n")
    assert list(json.loads(text))[:13] == [
        "schema_version", "assetopt_version", "scenario", "inputs", "certificate", "verdict", "totals", "sites",
        "teams", "interventions", "access", "cash", "assumptions",
    ]  # fmt: skip


def test_the_depot_is_sold_and_its_nurses_move_to_the_hall(result: Result, tmp_path: Path) -> None:
    # Hall has room for 72 and 40 are used; the depot's 30 fit, and its £60,000 a year and £500,000 are saved. The desk's
    # 5 no longer fit then, and building more room costs more than the shop.
    out = result.write(tmp_path / "out")

    depot = next(row for row in rows(out / "sites.csv") if row["site_id"] == "depot")
    nurses = next(row for row in rows(out / "teams.csv") if row["team_id"] == "nurses")
    assert (depot["action"], depot["year"]) == ("dispose", "2027")
    assert (nurses["action"], nurses["site_id"], nurses["home"], nurses["share"]) == ("move", "hall", "depot", "1")


def test_the_same_result_gives_the_same_bytes(result: Result, tmp_path: Path) -> None:
    assert content(result.write(tmp_path / "a")) == content(result.write(tmp_path / "b"))


def test_a_second_run_differs_in_nothing_but_its_seconds(result: Result, tmp_path: Path) -> None:
    again = optimise(result.problem)

    one, two = content(result.write(tmp_path / "a")), content(again.write(tmp_path / "b"))

    plans = [json.loads(files.pop("plan.json")) for files in (one, two)]
    for plan in plans:
        plan["certificate"].pop("seconds")
    assert plans[0] == plans[1]
    assert one == two


def test_rows_are_sorted_by_id(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")

    assert [row["site_id"] for row in rows(out / "sites.csv")] == ["depot", "hall", "shop"]
    assert [row["team_id"] for row in rows(out / "teams.csv")] == ["clerks", "desk", "nurses"]


def test_years_are_empty_where_nothing_changes(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")

    assert next(row["year"] for row in rows(out / "sites.csv") if row["action"] == "keep") == ""
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert next(row["year"] for row in plan["sites"] if row["action"] == "keep") is None


def test_inputs_are_byte_copies_with_their_digest(result: Result, tmp_path: Path) -> None:
    import hashlib

    out = result.write(tmp_path / "out")

    listed = json.loads((out / "plan.json").read_text(encoding="utf-8"))["inputs"]
    found = content(out / "inputs")
    assert {name: hashlib.sha256(data).hexdigest() for name, data in found.items()} == listed
    for file in result.problem.estate.files:
        assert found[f"data/{file.name}"] == file.path.read_bytes()


def test_inputs_may_be_left_out_but_their_digests_stay(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out", inputs=False)

    assert not (out / "inputs").exists()
    assert "data/sites.csv" in json.loads((out / "plan.json").read_text(encoding="utf-8"))["inputs"]
    with pytest.raises(DataError, match="no inputs"):
        verify_folder(out)


def test_an_estate_from_frames_is_written_and_verifies(tmp_path: Path) -> None:
    out = optimise(problem_in_memory()).write(tmp_path / "out")

    assert (out / "inputs" / "data" / "sites.csv").is_file()
    assert verify_folder(out).violations == ()


def test_tables_that_changed_since_reading_are_written_as_they_were_read(tmp_path: Path) -> None:
    found = solved(tmp_path)
    sites = tmp_path / "data" / "sites.csv"
    sites.write_text(sites.read_text().replace("60000", "70000"))

    out = found.write(tmp_path / "out")

    assert verify_folder(out).ok
    assert "60000" in (out / "inputs" / "data" / "sites.csv").read_text()


def test_a_workbook_is_copied_and_verifies(tmp_path: Path) -> None:
    from openpyxl import Workbook
    from small_estate import frames

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, frame in frames().items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
            sheet.append(list(row))
    book.save(tmp_path / "county.xlsx")

    out = optimise(read_model(tmp_path / "county.xlsx", ["solver.time_limit=30"]).problem()).write(tmp_path / "out")

    assert (out / "inputs" / "data" / "county.xlsx").is_file()
    assert verify_folder(out).violations == ()


def test_the_resolved_scenario_reads_back_as_the_same_question(tmp_path: Path) -> None:
    path = write_model(
        tmp_path, SCENARIO + '[decisions]\nmove = {nurses = "hall"}\n[boundaries.estate]\ngroups = [["kcc", "nhs"]]\n'
    )
    asked = read_model(path, ["travel.speeds.car=40", "limits.max_sites=3"]).scenario

    back = Scenario.model_validate(tomllib.loads(scenario_toml(asked, asked.data)))

    assert back == asked


def test_no_assumptions_stays_no_assumptions_when_read_back(tmp_path: Path) -> None:
    path = write_model(tmp_path, SCENARIO + '[defaults]\nuse = "none"\nmove_cost_per_fte = 10.0\n')
    asked = read_model(path).scenario

    back = Scenario.model_validate(tomllib.loads(scenario_toml(asked, asked.data))).defaults

    assert (back.value("holding_cost_per_m2"), back.value("move_cost_per_fte")) == (0.0, 10.0)


def test_a_folder_that_exists_is_not_touched(result: Result, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    with pytest.raises(FileExistsError, match="exists already"):
        result.write(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_overwrite_replaces_a_report(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")
    before = content(out)
    (out / "sites.csv").write_text("old")

    result.write(out, overwrite=True)

    assert content(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_overwrite_refuses_a_folder_that_is_no_report(result: Result, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")

    with pytest.raises(FileExistsError, match="is not a report"):
        result.write(tmp_path / "thesis", overwrite=True)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_overwrite_refuses_a_report_with_somebodys_notes_in_it(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")
    (out / "notes.txt").write_text("mine")

    with pytest.raises(FileExistsError, match=r"more than a report \(notes\.txt\)"):
        result.write(out, overwrite=True)


def test_a_failure_half_way_leaves_nothing_behind(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "csv_text", full)

    with pytest.raises(OSError, match="No space left"):
        result.write(tmp_path / "deep" / "out")
    assert not list(tmp_path.rglob("*out*"))


def test_a_failure_while_overwriting_keeps_the_old_report(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = result.write(tmp_path / "out")
    before = content(out)
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if ".partial-" in self.name:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)

    with pytest.raises(OSError, match="Input/output"):
        result.write(out, overwrite=True)
    assert content(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_below_a_file_cannot_be_made(result: Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(NotADirectoryError, match="is a file"):
        result.write(tmp_path / "file" / "out")


def test_names_in_any_script_come_through_unharmed(tmp_path: Path) -> None:
    names = {"hall": 'The "Old" Hall 🏛️, east', "shop": "مكتب البريد", "desk": "Łódź\ttable"}
    out = solved(tmp_path, **names).write(tmp_path / "out")

    told = {row["site_id"]: row["name"] for row in rows(out / "sites.csv")}
    assert (told["hall"], told["shop"]) == (names["hall"], names["shop"])
    assert names["shop"] in (out / "plan.json").read_text(encoding="utf-8")
    assert verify_folder(out).ok


def test_a_name_that_would_run_as_a_formula_is_quoted_in_csv_and_only_there(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://x","y")'
    out = solved(tmp_path, hall=evil, shop="+44", depot="-1", desk="@me").write(tmp_path / "out")

    sites = {row["site_id"]: row["name"] for row in rows(out / "sites.csv")}
    assert sites == {"hall": f"'{evil}", "shop": "'+44", "depot": "'-1"}
    assert next(row["name"] for row in rows(out / "teams.csv") if row["team_id"] == "desk") == "'@me"
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert next(row["name"] for row in plan["sites"] if row["site_id"] == "hall") == evil
    assert verify_folder(out).ok


def test_negative_numbers_stay_numbers_in_csv(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")

    depot = next(row for row in rows(out / "sites.csv") if row["site_id"] == "depot")
    assert float(depot["npv_change"]) < 0


def test_a_result_without_a_plan_is_not_written(tmp_path: Path) -> None:
    path = write_model(tmp_path, SCENARIO + "[limits]\nmax_sites = 0\n")
    none = optimise(read_model(path).problem())

    with pytest.raises(ValueError, match="there is no plan"):
        none.write(tmp_path / "out")
