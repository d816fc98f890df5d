"""Reading a scenario file: base, overrides, and faults in the user's words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_estate import estate, write_model

from assetopt.errors import DataError, InputError, ScenarioError
from assetopt.read import read_model, read_scenario
from assetopt.scenario import Scenario
from assetopt.templates import scenario_text


def scenario(folder: Path, text: str, name: str = "s.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        read_model(path, overrides)
    return "\n".join(str(issue) for issue in caught.value.issues)


def test_a_file_lies_over_its_base_key_by_key(tmp_path: Path) -> None:
    scenario(tmp_path, "[appraisal]\nbase_year = 2030\ndecision_years = 3\n[solver]\ngap = 0.5\n", "base.toml")
    top = scenario(tmp_path, 'base = "base.toml"\n[appraisal]\ndecision_years = 2\n')

    read = read_scenario(top)

    assert (read.appraisal.base_year, read.appraisal.decision_years, read.solver.gap) == (2030, 2, 0.5)


def test_a_base_with_a_base_is_refused(tmp_path: Path) -> None:
    scenario(tmp_path, "", "a.toml")
    scenario(tmp_path, 'base = "a.toml"\n', "b.toml")

    with pytest.raises(ScenarioError, match=r'"b\.toml" has a base itself, "a\.toml"'):
        read_scenario(scenario(tmp_path, 'base = "b.toml"\n'))


def test_a_missing_base_says_where_it_was_looked_for(tmp_path: Path) -> None:
    scenario(tmp_path, "", "baseline.toml")

    told = faults(scenario(tmp_path, 'base = "basline.toml"\n'))

    assert str(tmp_path / "basline.toml") in told
    assert 'did you mean "baseline.toml"?' in told


def test_data_is_relative_to_the_file_that_states_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write_model(tmp_path / "deep", 'data = "data"\n')
    top = scenario(tmp_path, 'base = "deep/small.toml"\n')

    assert len(read_model(top).estate.sites) == 3


def test_every_file_that_was_read_is_listed(tmp_path: Path) -> None:
    path = write_model(tmp_path)

    names = [file.name for file in read_model(path).files]

    assert names[0] == "small.toml"
    assert {"sites.csv", "teams.csv", "needs.csv"} <= set(names)


def test_overrides_are_read_as_toml_and_bare_words_as_text(tmp_path: Path) -> None:
    path = scenario(tmp_path, "")
    texts = ["solver.time_limit=60", "solver.engine=cp-sat", "appraisal.as_at=2026-11-01", 'decisions.keep=["a", "b"]']

    read = read_scenario(path, [*texts, 'decisions.move."team.1"=hall', "appraisal.optimism_bias=false"])

    assert (read.solver.time_limit, read.solver.engine) == (60.0, "cp-sat")
    assert read.appraisal.as_at == date(2026, 11, 1)
    assert read.decisions.keep == ("a", "b")
    assert read.decisions.move == {"team.1": "hall"}
    assert read.appraisal.optimism_bias is False


@pytest.mark.parametrize("text", ["solver.gap", "=1", "solver.gap=", "a b=1", "a=1\nb=2", "solver.gap=[1"])
def test_an_override_that_is_no_setting_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ScenarioError, match="--set"):
        read_scenario(scenario(tmp_path, ""), [text])


def test_an_unknown_key_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(scenario(tmp_path, "[appraisal]\ndecision_yeers = 4\n"))

    (issue,) = caught.value.issues
    assert issue.where == "s.toml, appraisal.decision_yeers"
    assert 'did you mean "decision_years"?' in issue.fix


def test_all_faults_come_together_with_value_and_range(tmp_path: Path) -> None:
    text = '[appraisal]\ndecision_years = 99\n[boundaries]\nestate = "poled"\n[defaults]\nvariable_share = 2\n'

    with pytest.raises(ScenarioError) as caught:
        read_scenario(scenario(tmp_path, text), ["change.lead_months=true"])

    told = [str(issue) for issue in caught.value.issues]
    assert len(told) == 4
    assert "s.toml, appraisal.decision_years: is 99; give a whole number, 1 to 30" in told
    assert any('boundaries.estate: is "poled"; give "own", "pooled" or {groups' in line for line in told)
    assert "s.toml, defaults.variable_share: is 2; give a number, 0 to 1" in told
    assert "command line, change.lead_months: is true; give a whole number, 0 to 600" in told


def test_a_fault_names_the_base_file_when_the_base_states_it(tmp_path: Path) -> None:
    scenario(tmp_path, "[solver]\nseed = -1\n", "base.toml")

    with pytest.raises(ScenarioError, match=r"base\.toml, solver\.seed: is -1"):
        read_scenario(scenario(tmp_path, 'base = "base.toml"\n[solver]\ngap = 0\n'))


def test_settings_at_odds_are_explained(tmp_path: Path) -> None:
    text = "[appraisal]\ndecision_years = 9\nappraisal_years = 5\n"

    with pytest.raises(
        ScenarioError, match=r"s\.toml, appraisal: appraisal_years \(5\) must be at least decision_years \(9\)"
    ):
        read_scenario(scenario(tmp_path, text))


def test_an_unknown_discount_schedule_is_found_on_reading(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match='did you mean "green-book-2026"'):
        read_scenario(scenario(tmp_path, '[appraisal]\ndiscount = "green-book-2025"\n'))


def test_a_toml_fault_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"s\.toml: is no valid TOML: .*line 2"):
        read_scenario(scenario(tmp_path, 'name = "x"\ndata = ../data\n'))


def test_a_file_that_is_not_utf_8_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b'# one\nname = "caf\xe9"\n')

    with pytest.raises(ScenarioError, match=r"s\.toml, line 2: is not UTF-8"):
        read_scenario(path)


def test_windows_files_with_a_mark_and_crlf_are_read(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "x"\r\n[solver]\r\nseed = 7\r\n')

    assert read_scenario(path).solver.seed == 7


def test_a_missing_scenario_names_its_neighbour(tmp_path: Path) -> None:
    scenario(tmp_path, "", "total_place.toml")

    assert 'did you mean "total_place.toml"?' in faults(tmp_path / "total_plase.toml")


def test_missing_data_says_which_path_was_looked_at_and_relative_to_what(tmp_path: Path) -> None:
    (tmp_path / "data" / "wealdmere").mkdir(parents=True)
    (tmp_path / "models").mkdir()

    told = faults(scenario(tmp_path / "models", 'data = "../data/wealdmer"\n'))

    assert f"looked for {tmp_path / 'data' / 'wealdmer'}, relative to the folder of s.toml" in told
    assert 'did you mean "wealdmere"?' in told


def test_a_scenario_without_data_says_what_to_write(tmp_path: Path) -> None:
    assert 's.toml, data: is missing; data = "../data/NAME"' in faults(scenario(tmp_path, 'name = "x"\n'))


def test_faults_of_scenario_and_data_come_together(tmp_path: Path) -> None:
    path = write_model(tmp_path, 'data = "data"\n[solver]\nsede = 1\n')
    sites = tmp_path / "data" / "sites.csv"
    sites.write_text(sites.read_text().replace("500000", "lots"))

    told = faults(path)

    assert "solver.sede" in told
    assert "sites.csv, row" in told


def test_a_data_folder_is_a_model_with_access_in_force(tmp_path: Path) -> None:
    estate().write(tmp_path / "somewhere")

    model = read_model(tmp_path / "somewhere", ["solver.seed=5"])

    assert model.scenario.name == "somewhere"
    assert model.scenario.rules.access is not None
    assert model.scenario.solver.seed == 5


def test_a_scenario_in_a_data_folder_that_is_not_used_is_pointed_out(tmp_path: Path) -> None:
    estate().write(tmp_path)
    scenario(tmp_path, 'data = "."\n', "scenario.toml")

    (note,) = read_model(tmp_path).notes

    assert "was not used" in note.what


def test_one_table_is_no_model(tmp_path: Path) -> None:
    estate().write(tmp_path)

    assert f"name its folder, {tmp_path}" in faults(tmp_path / "sites.csv")


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="sites"):
        read_model(tmp_path)


def test_the_template_is_a_valid_scenario_with_every_line_uncommented(tmp_path: Path) -> None:
    lines = [line for line in scenario_text(".").splitlines() if " = ... " not in line and "# base = " not in line]
    text = "\n".join(line.removeprefix("# ") if " = " in line and line.startswith("# ") else line for line in lines)
    plain = scenario(tmp_path, scenario_text("."), "plain.toml")

    full = read_scenario(scenario(tmp_path, text))

    assert "variable_share = 0.25" in text
    assert full == read_scenario(plain)


def test_every_whole_number_has_a_most_that_plan_json_holds_exactly() -> None:
    schema = Scenario.model_json_schema()
    found = {}
    for table in (schema, *schema["$defs"].values()):
        for name, field in table.get("properties", {}).items():
            for kind in (field, *field.get("anyOf", ())):
                if kind.get("type") == "integer":
                    found[f"{table['title']}.{name}"] = max(abs(kind.get("minimum", 9**99)), kind.get("maximum", 9**99))
    assert len(found) > 15
    assert {name: most for name, most in found.items() if most > 2**53} == {}
