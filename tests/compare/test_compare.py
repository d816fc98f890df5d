"""Plans side by side: what differs first, then who decides what and why, who is further, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from audience_cases import solved as secret_plan
from offices import assert_same_in_an_office, needs_office
from openpyxl import load_workbook
from small_estate import SCENARIO, write_model

import assetopt as ao
from assetopt.compare import Comparison, compare
from assetopt.compare.people import winners_and_losers, zones
from assetopt.compare.side import read_side
from assetopt.errors import DataError
from assetopt.optimise import optimise
from assetopt.read import read_model
from assetopt.report.audience import EVERYTHING, Audience

EVIL = '=HYPERLINK("http://x")</script><img src=x onerror=alert(1)>\u202e'
OWN = SCENARIO + '\n[boundaries]\nestate = "own"\n'
"""Every partner in its own buildings: the nurses cannot go to the hall, and the depot is kept."""


def plan(folder: Path, name: str, scenario: str = SCENARIO, **names: str) -> Path:
    """A report of the small estate."""
    model = folder / f"{name}-model"
    model.mkdir()
    return optimise(read_model(write_model(model, scenario, **names)).problem()).write(folder / name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("plans")
    plan(place, "shared")
    plan(place, "own", OWN)
    return place


@pytest.fixture(scope="module")
def both(folder: Path) -> Comparison:
    return compare([folder / "shared", folder / "own"])


def test_the_public_compare_is_this_one(folder: Path) -> None:
    assert ao.compare([folder / "shared", folder / "own"]).notes == (
        "The question differs in 1 setting, listed below.",
    )
    assert ao.compare is compare


def test_what_differs_in_the_question_is_said_first(both: Comparison) -> None:
    row = both.frames["question"].iloc[0]
    assert row[["about", "what", "A", "B"]].tolist() == ["scenario", "boundaries.estate", '"pooled"', '"own"']
    assert list(both.as_dict())[1:3] == ["plans", "notes"]


def test_other_data_and_another_version_are_said(folder: Path, tmp_path: Path) -> None:
    other = plan(tmp_path, "other", hall="Town Hall")
    document = json.loads((other / "plan.json").read_text(encoding="utf-8"))
    document["assetopt_version"] = "9.9"
    (other / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    notes = " ".join(compare([folder / "shared", other]).notes)

    assert "different versions" in notes
    assert "different data (sites.csv)" in notes


def test_plans_that_answer_one_question_say_so(folder: Path) -> None:
    found = compare([folder / "shared", folder / "shared"])

    assert "same question on the same data" in found.notes[0]
    assert [len(found.frames[name]) for name in ("question", "sites", "teams", "cash", "access", "access_zones")] == [
        0
    ] * 6
    assert found.frames["totals"]["b_less_a"].eq(0).all()


def test_totals_stand_side_by_side_with_their_difference(both: Comparison, folder: Path) -> None:
    told = [
        json.loads((folder / name / "plan.json").read_text(encoding="utf-8"))["totals"] for name in ("shared", "own")
    ]
    row = both.frames["totals"].set_index("item").loc["npv_cost"]

    assert row[["a", "b"]].tolist() == [told[0]["npv_cost"], told[1]["npv_cost"]]
    assert row["b_less_a"] == pytest.approx(told[1]["npv_cost"] - told[0]["npv_cost"], abs=0.01)
    assert row["b_less_a"] > 0


def test_sites_and_teams_that_differ_stand_with_both_reasons(both: Comparison) -> None:
    sites, teams = both.frames["sites"], both.frames["teams"]

    # In its own buildings alone, the council finds room for the desk in the hall, which the nurses need otherwise.
    assert sites["id"].tolist() == ["depot", "shop"]
    assert sites.iloc[0][["a_does", "a_year", "b_does"]].tolist() == ["dispose", 2027, "keep"]
    assert sites.iloc[0]["a_why"].startswith("emptied (1 team moves)")
    assert sites.iloc[0]["b_why"].startswith("kept: 1 team uses it")
    assert teams[["id", "a_does", "b_does"]].to_numpy().tolist() == [
        ["desk", "stay", "move to hall"],
        ["nurses", "move to hall", "stay"],
    ]
    assert teams.iloc[1]["b_why"].startswith("depot: kept")


def test_the_common_core_is_all_that_every_plan_does_alike(both: Comparison) -> None:
    core = both.frames["common_core"]
    assert dict(zip(core["id"], core["does"], strict=True)) == {
        "hall": "keep", "clerks": "stay", "hall-extend": "not_built",
    }  # fmt: skip
    assert not core["changes"].any()


def test_the_same_action_in_another_year_is_a_difference_and_common_ground(folder: Path, tmp_path: Path) -> None:
    closing = '[decisions]\nclose = ["depot"]\n[change]\nlead_months = 20\n[rules.access]'
    late = plan(tmp_path, "late", SCENARIO.replace("[rules.access]", closing))
    found = compare([folder / "shared", late])
    row = found.frames["sites"].set_index("id").loc["depot"]
    core = found.frames["common_core"].set_index("id").loc["depot"]

    assert row[["a_does", "a_year", "b_does", "b_year"]].tolist() == ["dispose", 2027, "dispose", 2028]
    assert core[["changes", "same_year", "years"]].tolist() == [True, False, "2027, 2028"]


def test_cash_is_each_partners_budget_with_one_plan_less_the_other(both: Comparison, folder: Path) -> None:
    key = ["partner_id", "year", "kind"]
    one, other = (pd.read_csv(folder / name / "budget.csv").set_index(key) for name in ("shared", "own"))
    found = both.frames["cash"].astype({"year": int}).set_index(key)

    less = (other["real"] - one["real"]).round(2)
    differ = ((other[["real", "nominal"]] - one[["real", "nominal"]]).abs() > 0.005).any(axis=1)
    assert set(found.index) == set(less[differ].index)
    assert found["b_real_less_a"].to_dict() == pytest.approx(less.reindex(found.index).to_dict())
    # The depot is sold in the first plan alone: its £487,500 come in for the health partner.
    receipts = found.xs("receipts", level="kind").xs("nhs", level="partner_id")
    assert receipts["b_real_less_a"].sum() == pytest.approx(487_500.0)


def _sides(folder: Path, *ways: dict[str, float]) -> list:
    """The same plan several times, with the zones' ways after it as given; zones that are not named are as today."""
    side = read_side(folder / "shared", EVERYTHING)
    out = []
    for way in ways:
        frame = pd.DataFrame(
            {
                "service_type": "desk", "mode": "car", "zone_id": list(way), "district": "D", "ward": "W", "unit": "minutes",
                "people": [100.0 if zone == "z1" else 50.0 for zone in way], "way_today": 10.0, "way": list(way.values()),
            }
        )  # fmt: skip
        out.append(replace(side, tables={**side.tables, "access_zones": frame}))
    return out


def test_zones_that_one_report_does_not_list_are_as_today(folder: Path) -> None:
    # z1 is 4 minutes further with A and as today (10) with B: 4 nearer with B. z2 is 2 further with both: no difference.
    sides = _sides(folder, {"z1": 14.0, "z2": 12.0}, {"z2": 12.0})
    found = zones(sides)

    assert found[["zone_id", "a_way", "b_way", "b_less_a"]].to_numpy().tolist() == [["z1", 14.0, 10.0, -4.0]]
    row = winners_and_losers(sides, found).iloc[0]
    assert row[["plan", "people_nearer", "people_further", "mean_nearer", "most_nearer_zone"]].tolist() == [
        "B",
        100.0,
        0.0,
        -4.0,
        "z1",
    ]


def test_whoever_reaches_a_point_with_one_plan_only_is_counted(folder: Path) -> None:
    sides = _sides(folder, {"z1": float("nan"), "z2": 11.0}, {"z2": float("nan")})
    row = winners_and_losers(sides, zones(sides)).iloc[0]

    assert row[["people_gaining", "people_losing"]].tolist() == [100.0, 50.0]


def test_eight_plans_are_compared_with_the_first(folder: Path) -> None:
    found = compare([folder / "shared", *[folder / "own"] * 7])

    assert [name for name in found.frames["totals"].columns if name.endswith("less_a")] == [
        f"{x}_less_a" for x in "bcdefgh"
    ]
    assert found.frames["sites"].iloc[0]["h_does"] == "keep"


@pytest.mark.parametrize("count", [1, 9])
def test_fewer_than_two_and_more_than_eight_are_refused(folder: Path, count: int) -> None:
    with pytest.raises(DataError, match="two to 8"):
        compare([folder / "shared"] * count)


def test_plans_of_different_estates_are_refused_with_the_reason(folder: Path, tmp_path: Path) -> None:
    other = secret_plan().write(tmp_path / "county")
    with pytest.raises(DataError, match="different estates: 0 sites in common of 3 and 18"):
        compare([folder / "shared", other])


@pytest.mark.parametrize(
    ("place", "message"),
    [("nowhere", "no such report folder"), (".", r"no plan\.json"), ("shared/inputs", r"no plan\.json")],
)
def test_what_is_no_report_is_told(folder: Path, place: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        compare([folder / "shared", folder / place])


# --- files -----------------------------------------------------------------------------------------------------------


def test_json_holds_every_table(both: Comparison, folder: Path, tmp_path: Path) -> None:
    compare([folder / "shared", folder / "own"], tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))

    assert document["plans"] == {"A": "Small (shared)", "B": "Small (own)"}
    assert set(document["tables"]) == set(both.frames)
    assert document["tables"]["sites"][0]["a_year"] == 2027


def test_the_workbook_says_first_what_differs_and_has_differences_as_formulas(folder: Path, tmp_path: Path) -> None:
    compare([folder / "shared", folder / "own"], tmp_path / "out.xlsx")
    book = load_workbook(tmp_path / "out.xlsx")
    values = load_workbook(tmp_path / "out.xlsx", data_only=True)

    assert book.sheetnames[:3] == ["Read first", "Plans", "Question"]
    assert book["Read first"]["B3"].value == "The question differs in 1 setting, listed below."
    assert book["Totals"]["F2"].value == "=E2-D2"
    assert values["Totals"]["F2"].value == pytest.approx(
        values["Totals"]["E2"].value - values["Totals"]["D2"].value, abs=0.01
    )
    assert not [sheet.title for sheet in book if sheet.merged_cells.ranges]


@needs_office
def test_an_office_sees_the_workbook_alike_and_works_out_every_difference(folder: Path, tmp_path: Path) -> None:
    compare([folder / "shared", folder / "own"], tmp_path / "out.xlsx")
    assert assert_same_in_an_office(tmp_path / "out.xlsx", tmp_path / "office") > 5


@pytest.mark.parametrize("suffix", ["json", "xlsx"])
def test_the_same_plans_give_the_same_bytes(folder: Path, tmp_path: Path, suffix: str) -> None:
    for name in ("one", "two"):
        compare([folder / "shared", folder / "own"], tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"two.{suffix}").read_bytes()


def test_hostile_names_are_text_everywhere(tmp_path: Path) -> None:
    paths = [plan(tmp_path, "one", depot=EVIL, nurses=EVIL), plan(tmp_path, "two", OWN, depot=EVIL, nurses=EVIL)]
    found = compare(paths, tmp_path / "out.xlsx")

    assert found.frames["sites"].iloc[0]["name"] == EVIL  # the ' that the CSV puts before it is gone
    cell = load_workbook(BytesIO((tmp_path / "out.xlsx").read_bytes()))["Sites"]["B2"]
    assert (cell.value, cell.data_type) == (EVIL, "s")


def test_a_file_that_stands_there_is_kept(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("mine")
    with pytest.raises(FileExistsError):
        compare([folder / "shared", folder / "own"], out)
    assert out.read_text() == "mine"
    compare([folder / "shared", folder / "own"], out, overwrite=True)
    assert out.read_text() != "mine"
    with pytest.raises(DataError, match=r"end it in \.html, \.xlsx, \.json"):
        compare([folder / "shared", folder / "own"], tmp_path / "out.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


# --- audiences -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = tmp_path_factory.mktemp("secret")
    return [secret_plan().write(place / "a"), secret_plan(values={"a1": 444_000.0}).write(place / "b")]


@pytest.mark.parametrize("suffix", ["json", "xlsx"])
@pytest.mark.parametrize(
    "audience", [Audience(redact=True), Audience(redact=True, public=True), Audience(partner="a")], ids=lambda a: a.name
)
def test_a_comparison_for_an_audience_names_no_restricted_site(
    secret: list[Path], tmp_path: Path, suffix: str, audience: Audience, every_part: Callable[[Path], bytes]
) -> None:
    compare(secret, tmp_path / f"out.{suffix}", audience=audience)
    data = every_part(tmp_path / f"out.{suffix}").lower()

    for word in ("Rosewood", "refuge-team", "oldrefuge", "ME14 9QQ", "777701", "555503"):
        assert word.lower().encode() not in data, word


@pytest.fixture
def every_part() -> Callable[[Path], bytes]:
    import zipfile

    def read(path: Path) -> bytes:
        if path.suffix != ".xlsx":
            return path.read_bytes()
        with zipfile.ZipFile(path) as book:
            return b"".join(book.read(name) for name in book.namelist())

    return read


def test_reports_for_an_audience_can_be_compared_and_say_what_is_not_known(secret: list[Path], tmp_path: Path) -> None:
    from assetopt.report.exporting import export

    views = [export(path, tmp_path / path.name, public=True) for path in secret]
    found = compare(views)

    assert "not known" in found.notes[-1]
    assert len(found.frames["sites"]) == 0
    assert found.frames["totals"].set_index("item").loc["receipts", "b_less_a"] > 0
    with pytest.raises(DataError, match="for an audience already"):
        compare(views, audience=Audience(redact=True))
    assert "different audiences" in " ".join(compare([secret[0], views[1]]).notes)
