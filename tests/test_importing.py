"""Registers are imported with every row, cell and header accounted for: small ones by hand, published ones by count."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from assetopt.check import check
from assetopt.cli import app
from assetopt.errors import DataError
from assetopt.importing import FORMATS, Imported, draft_mapping, import_registers, read_mapping
from assetopt.importing.sources import read_register
from assetopt.importing.writing import write_import
from assetopt.read import read_model

SHARED = Path(os.environ.get("ASSETOPT_SHARED", Path(__file__).parents[2] / "shared")) / "realdata"
REGISTERS = SHARED / "registers"
needs_registers = pytest.mark.skipif(not REGISTERS.is_dir(), reason="the published registers are not here")

LIBRARIES = """\
Reporting Library Service,Name,Address 1,Address 2,Postcode,UPRN,Type,Facility Operation: 31/12/2023,Year closed
North Town,Central,Shambles Street,North,S70 2JF,2007022988,Static Library,LA,
North Town,Old Mill,Mill Road,North,S70 1AA,A00340,Static Library,Closed,2014
North Town,Van,Depot,North,S70 2JF,,Mobile Library,LA,
North Town,HMP North,Gaol Lane,North,S70 9ZZ,,Prison Library,LA,
North Town,New One,Park,North,no postcode,,Static Library,Facility Not Open,
North Town,Hill,Top,North,s70 1ab,002007022999,Static Library,CR,
"""
POSTCODES = "pcds,oseast1m,osnrth1m\nS70 2JF,434500,406500\nS701AB,435000,407000\nZZ1 1ZZ,not,here\n"

ANY = """\
sector = "council"
[columns]
partner_id = { from = ["Owner"] }
name = { from = ["Building"] }
code = { from = ["Ref"] }
uprn = { from = ["UPRN"] }
postcode = { from = ["Postcode"] }
x = { from = ["X"] }
y = { from = ["Y"] }
gia_m2 = { from = ["Area (sq ft)"], unit = "sqft", zero_is_missing = true }
running_cost = { sum = ["Energy £k", "Other £k"], unit = "gbp_k" }
tenure = { from = ["Tenure"], values = { "Free*" = "freehold" } }
"""
HEAD = "Owner,Building,Ref,UPRN,Postcode,X,Y,Area (sq ft),Energy £k,Other £k,Tenure\n"


def imported(folder: Path, rows: str, mapping: str = ANY, head: str = HEAD) -> Imported:
    (folder / "register.csv").write_text(head + rows, encoding="utf-8")
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return import_registers([(read_mapping(str(folder / "mapping.toml")), folder / "register.csv")])


def sites(found: Imported) -> pd.DataFrame:
    assert found.estate is not None
    return found.estate.sites.set_index("site_id")


# --- cells ------------------------------------------------------------------------------------------------------------


def test_units_sums_and_credits_become_those_of_the_data_package(tmp_path: Path) -> None:
    # 1,000 sq ft x 0.09290304 = 92.90304 m2; £12.5k - £0.5k = £12,000.
    found = imported(tmp_path, "C,Hall,a,1,,400000,300000,1000,12.5,-0.5,Freehold\n")
    row = sites(found).loc["C-1"]
    assert row["gia_m2"] == pytest.approx(92.90304)
    assert row["running_cost"] == pytest.approx(12_000.0)
    assert found.defects == {"negative part of a sum": 1}


def test_words_for_a_missing_value_zero_areas_and_unknown_tenures_are_listed_not_guessed(tmp_path: Path) -> None:
    found = imported(tmp_path, "C,Hall,a,1,,400000,300000,0,N/A,not known,Copyhold\n")
    row = sites(found).loc["C-1"]
    assert pd.isna(row["gia_m2"])
    assert pd.isna(row["running_cost"])
    assert found.defects == {
        "not a value that is known": 1,
        "word for a missing value": 1,
        "zero where there must be some": 1,
    }
    assert found.sentinels == {"n/a": 1, "not known": 1}


def test_degrees_and_grid_are_told_apart_and_what_is_nowhere_in_britain_has_no_place(tmp_path: Path) -> None:
    # Greenwich Observatory: 51.4779 N, 0.0015 W is TQ 388 773 on the grid (Ordnance Survey).
    rows = "C,East,a,1,,-0.0015,51.4779,,,,\nC,Grid,b,2,,395265,222126,,,,\nC,Nowhere,c,3,,0,0,,,,\nC,Sea,d,4,,-40,51,,,,\n"
    found = imported(tmp_path, rows)
    table = sites(found)
    assert table.loc["C-1", "easting"] == pytest.approx(538_800, abs=150)
    assert table.loc["C-1", "northing"] == pytest.approx(177_300, abs=150)
    assert table.loc["C-2", "easting"] == 395_265
    assert found.outcomes == {"site": 2, "merged": 0, "no place": 2, "left out": 0}
    assert list(found.unplaced["site_id"]) == ["C-3", "C-4"]
    assert found.defects["position outside Great Britain"] == 1


def test_a_uprn_loses_its_padding_and_what_is_none_is_not_taken(tmp_path: Path) -> None:
    found = imported(tmp_path, "C,One,a,000012,,400000,300000,,,,\nC,Two,b,A00340,,400900,300000,,,,\n")
    assert list(sites(found).index) == ["C-12", "C-b"]
    assert found.defects == {"UPRN padded with zeros": 1, "not a UPRN": 1}


# --- rows -------------------------------------------------------------------------------------------------------------


def test_parts_of_a_site_join_it_a_repeated_whole_counts_once_and_blocks_add_up(tmp_path: Path) -> None:
    # Site 7: 10,000 sq ft repeated on three blocks is one area of 929.0304 m2, its costs of £1k, £2k, £3k add to £6,000.
    rows = "".join(f"C,Block {i},b{i},7,,400000,300000,10000,{i},,\n" for i in (1, 2, 3))
    found = imported(tmp_path, rows)
    row = sites(found).loc["C-7"]
    assert row["gia_m2"] == pytest.approx(929.0304)
    assert row["running_cost"] == pytest.approx(6_000.0)
    assert found.outcomes == {"site": 1, "merged": 2, "no place": 0, "left out": 0}
    assert found.defects["whole-site figure repeated on each part"] == 1
    assert found.defects["one UPRN on several rows"] == 1


def test_an_area_repeated_on_sites_of_one_postcode_counts_once_and_is_kept_beside(tmp_path: Path) -> None:
    rows = "C,Block A,a,1,S70 2JF,400000,300000,5000,,,\nC,Block B,b,2,S70 2JF,400900,300000,5000,,,\n"
    table = sites(imported(tmp_path, rows))
    assert table.loc["C-1", "gia_m2"] == pytest.approx(464.5152)
    assert pd.isna(table.loc["C-2", "gia_m2"])
    assert float(table.loc["C-2", "x_gia_m2_published"]) == pytest.approx(464.5152)


def test_a_building_of_two_partners_is_marked_on_both_and_merged_on_neither(tmp_path: Path) -> None:
    # Same UPRN; 20 m apart (across a 50 m grid line); 10 km away.
    rows = (
        "C,Civic,a,5,,400000,300000,,,,\nN,Clinic,b,5,,401000,300000,,,,\n"
        "C,Hub,c,6,,410040,300000,,,,\nN,Spoke,d,8,,410060,300000,,,,\nN,Far,e,9,,420000,300000,,,,\n"
    )
    found = imported(tmp_path, rows)
    table = sites(found)
    assert table["x_may_share_with"].to_dict() == {"C-5": "N-5", "N-5": "C-5", "C-6": "N-8", "N-8": "C-6", "N-9": ""}
    assert found.defects == {"one UPRN under two partners": 2, "one place under two partners": 2}


def test_rows_that_are_no_libraries_in_use_are_left_out_each_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "lib.csv").write_text(LIBRARIES, encoding="utf-8")
    (tmp_path / "codes.csv").write_text(POSTCODES, encoding="utf-8")
    found = import_registers([(read_mapping("libraries"), tmp_path / "lib.csv")], tmp_path / "codes.csv")
    assert found.reasons == {
        "a vehicle, not a building": 1, "closed": 1, "inside a prison: not open to the public": 1, "not open yet": 1,
    }  # fmt: skip
    assert sorted(sites(found).index) == ["north-town-2007022988", "north-town-2007022999"]
    assert sites(found)["easting"].to_dict() == {"north-town-2007022988": 434_500, "north-town-2007022999": 435_000}
    assert found.estate is not None
    assert set(found.estate.teams["service_type"]) == {"library"}


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_workbook_gives_what_its_csv_gives(tmp_path: Path) -> None:
    import openpyxl

    rows = [line.split(",") for line in (HEAD + "C,Hall,a,1,,400000,300000,1000,12.5,,Freehold").splitlines()]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([float(c) if c.replace(".", "").isdigit() else c for c in row])
    book.save(tmp_path / "r.xlsx")
    (tmp_path / "r.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    (tmp_path / "m.toml").write_text(ANY, encoding="utf-8")
    mapping = read_mapping(str(tmp_path / "m.toml"))
    one, two = (sites(import_registers([(mapping, tmp_path / f"r.{kind}")])) for kind in ("xlsx", "csv"))
    pd.testing.assert_frame_equal(one.drop(columns="x_register"), two.drop(columns="x_register"))


def test_a_workbook_that_unpacks_to_more_than_may_be_read_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetopt.estate.sizes.MAX_BOOK_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    assert (tmp_path / "bomb.xlsx").stat().st_size < 10_000
    with pytest.raises(DataError, match="unpacks to 2,000,000 bytes; at most 1,000,000 are read"):
        read_register(tmp_path / "bomb.xlsx")


def test_what_is_written_is_read_by_check_and_accounts_for_every_row(tmp_path: Path) -> None:
    rows = "C,=cmd(),a,1,,400000,300000,1000,1,,Freehold\nC,Lost,b,2,,,,,,,\n,,,,,,,,,,\nC,Part,c,1,,400000,300000,500,,,\n"
    found = imported(tmp_path, rows)
    write_import(found, tmp_path / "out")
    told = check(read_model(tmp_path / "out"))
    assert told.counts["sites"] == 1
    assert told.unreachable == ()
    with (tmp_path / "out" / "import" / "rows.csv").open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    assert [(row["row"], row["outcome"]) for row in listed] == [
        ("2", "site"), ("3", "no place"), ("4", "left out"), ("5", "merged"),
    ]  # fmt: skip
    assert listed[0]["name"] == "'=cmd()"
    assert sum(found.outcomes.values()) == 4
    with pytest.raises(DataError, match="not an empty folder"):
        write_import(found, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("[columns", "cannot be read as TOML"),
        ("[columns]\nname = {from=['A']}", "partner_id must come from somewhere"),
        ("[columns]\npartner_id={from=['A']}\nname={from=['B']}\ngia={from=['C']}", 'no fact "gia"'),
        ("[columns]\npartner_id={from=['A']}\nname={from=['B'], unit='rods'}", 'no unit "rods"'),
        ("[columns]\npartner_id={from=['A'], constant='x'}\nname={from=['B']}", "give one of from, join, sum"),
        ("[columns]\npartner_id={from=['Owned by']}\nname={from=['Building']}", "no header tells partner_id"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(tmp_path: Path, mapping: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        imported(tmp_path, "C,Hall,a,1,,400000,300000,1,1,1,\n", mapping)


def test_a_draft_finds_the_likely_headers_their_units_and_is_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(HEAD + "C,Hall,a,1,S70 2JF,400000,300000,1000,1,,Freehold\n", encoding="utf-8")
    text = draft_mapping(read_register(tmp_path / "r.csv"))
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    mapping = read_mapping(str(tmp_path / "m.toml"))
    assert mapping.columns["partner_id"].first == ("Owner",)
    assert mapping.columns["uprn"].first == ("UPRN",)
    assert mapping.columns["gia_m2"].unit == "sqft"
    assert "# Ref: not proposed" in text


def test_the_command_says_the_counts_and_ends_with_1_where_no_row_has_a_place(tmp_path: Path) -> None:
    (tmp_path / "lib.csv").write_text(LIBRARIES, encoding="utf-8")
    run = CliRunner().invoke(
        app, ["import", "libraries", str(tmp_path / "lib.csv"), "--out", str(tmp_path / "o"), "--json"]
    )
    assert run.exit_code == 1
    assert json.loads(run.stdout)["outcomes"] == {"site": 0, "merged": 0, "no place": 2, "left out": 4}
    assert len(pd.read_csv(tmp_path / "o" / "import" / "unplaced.csv")) == 2
    assert not (tmp_path / "o" / "sites.csv").exists()
    run = CliRunner().invoke(app, ["import", "librarys", str(tmp_path / "lib.csv"), "--out", str(tmp_path / "p")])
    assert run.exit_code == 2
    assert 'did you mean "libraries"?' in run.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_the_shipped_mappings_are_mappings(form: str) -> None:
    assert {"partner_id", "name"} <= set(read_mapping(form).columns)


# --- published registers: every defect that their README lists --------------------------------------------------------


@needs_registers
def test_every_listed_defect_of_the_register_of_2021_is_met() -> None:
    found = import_registers([(read_mapping("transparency"), REGISTERS / "cheltenham_land_and_assets_2021.csv")])
    assert len(found.entries) == sum(found.outcomes.values()) == 498
    told = found.defects
    assert told["file read as Windows-1252"] == 1
    assert told["no-break space"] == 1  # "Freehold\xa0"
    assert told["header stands twice"] == 2  # Organisation, OrganisationLabel
    assert found.sentinels == {"n/a": 145}
    assert told["code on several rows"] == 10  # 493 of 498 codes differ: five stand twice
    assert told["UPRN padded with zeros"] == 265
    with (REGISTERS / "cheltenham_land_and_assets_2021.csv").open(encoding="cp1252", newline="") as file:
        raw = list(csv.reader(file))[1:]
    assert found.outcomes["left out"] >= sum(row[14] == "Land" for row in raw) == 286
    broken = sum("\r" in row[place] or "\n" in row[place] for row in raw for place in (6, 7, 9))
    assert told["line break inside the cell"] == broken
    assert sum(not entry.text("postcode") for entry in found.entries) == 327
    assert sites(found)["easting"].between(380_000, 410_000).all()  # GeoX is an easting


@needs_registers
def test_every_listed_defect_of_the_register_of_2023_is_met() -> None:
    found = import_registers([(read_mapping("transparency"), REGISTERS / "cheltenham_land_and_assets_2023.csv")])
    assert len(found.entries) == sum(found.outcomes.values()) == 461
    assert found.reasons["blank row"] == 2
    assert found.reasons["not real property"] == 4  # chattels
    assert found.reasons["no building: art, regalia, bridges, roads, street furniture"] == 20  # 3 + 5 + 10 + 1 + 1
    assert found.defects["postcode inside other text"] == 173
    assert (sites(found)["use_status"] == "surplus").sum() == 5  # "Buildings Declared Surplus", land apart
    assert sites(found)["gia_m2"].isna().all()  # no floor area in the register, and none made up


@needs_registers
def test_eric_costs_and_areas_agree_with_what_another_hand_took_from_it() -> None:
    file, kent = REGISTERS / "nhs_eric_2023_24_site_150_rows.csv", SHARED / "kent" / "sites.csv"
    found = import_registers([(read_mapping("eric"), file)], kent)
    assert found.outcomes == {"site": 79, "merged": 0, "no place": 63, "left out": 8}
    assert found.sentinels["n/a"] == 11_036
    theirs = pd.read_csv(kent).query("site_id.str.startswith('NHS-')")
    theirs.index = theirs["site_id"].str.split("-").str[1]
    ours = found.estate.sites.set_index("x_code")  # type: ignore[union-attr]
    both = ours.index.intersection(theirs.index)
    assert len(both) == 79
    ours, theirs = ours.loc[both], theirs.loc[both]
    assert (ours["gia_m2"] == theirs["gia_m2"]).all()
    assert (ours["tenure"] == theirs["tenure"]).all()
    assert (ours["backlog"].fillna(0) == theirs["backlog"]).all()
    grounds = pd.read_csv(file, na_values="N/A").set_index("Site Code")["Grounds and gardens maintenance (£)"]
    apart = ours["running_cost"] - grounds.reindex(both).fillna(0) - theirs["running_cost"]  # theirs leaves grounds out
    assert apart.dropna().abs().max() <= 1.0
    assert ours["running_cost"].isna().sum() == 9
