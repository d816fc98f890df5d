"""Dirt that people export is met kindly: encodings, separators, spaces, pound signs, blank rows, workbooks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_estate import FILES, faults, package, read, said

from assetopt.estate import Estate
from assetopt.read import read_estate

NAMES = "partner_id,name,sector\nkcc,Café £ Council,council\nnhs,Health,nhs\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    estate = read(tmp_path, partners=NAMES.encode(encoding))
    assert estate.partners["name"][0] == "Café £ Council"
    assert ("Windows-1252" in said(estate.warnings)) == (encoding == "cp1252")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_usual_separators_and_line_ends_are_read(tmp_path: Path, separator: str, end: str) -> None:
    text = NAMES.replace(",", separator).replace("\n", end)
    assert list(read(tmp_path, partners=text).partners["sector"]) == ["council", "nhs"]


def test_headers_may_have_spaces_and_capitals(tmp_path: Path) -> None:
    text = FILES["sites.csv"].replace("site_id", " Site ID").replace("gia_m2", "GIA (m²)")
    estate = read(tmp_path, sites=text)
    assert list(estate.sites["gia_m2"]) == [1000.0, 500.0]


def test_stray_and_invisible_spaces_are_taken_off(tmp_path: Path) -> None:
    text = FILES["teams.csv"].replace("finance,kcc", "finance,\u200bkcc\u00a0")
    assert read(tmp_path, teams=text).teams["partner_id"][0] == "kcc"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ('"£1,250,000"', 1_250_000.0),
        ("1 250", 1_250.0),
        ("12.0", 12.0),
        (" 7 ", 7.0),
        ("1e3", 1000.0),
        ("+5", 5.0),
        ("N/A", np.nan),
        ("n/a", np.nan),
        ("-", np.nan),
        ("null", np.nan),
        ("", np.nan),
    ],
)
def test_numbers_are_read_as_people_write_them(tmp_path: Path, cell: str, number: float) -> None:
    text = FILES["sites.csv"].replace("150000,,", f"150000,{cell},")
    rent = read(tmp_path, sites=text).sites["rent"]
    assert rent.dtype == np.float64
    np.testing.assert_equal(rent[0], number)


def test_a_percentage_is_read_as_a_share(tmp_path: Path) -> None:
    text = "partner_id,name,sector,receipt_retention\nkcc,Kent,council,12.5%\nnhs,Health,nhs,1\n"
    assert list(read(tmp_path, partners=text).partners["receipt_retention"]) == [0.125, 1.0]


def test_a_comma_in_a_number_of_a_semicolon_file_is_refused_as_unclear(tmp_path: Path) -> None:
    text = "site_id;space_type;capacity\nhall;office;1,250\nclinic;clinical;300\n"
    told = faults(tmp_path, spaces=text)
    assert [issue.where for issue in told] == ["spaces.csv, row 2, capacity"]
    assert "semicolons" in told[0].fix


def test_none_is_a_consent_and_elsewhere_a_missing_value(tmp_path: Path) -> None:
    text = "partner_id,name,sector,consent,successor_id\nkcc,Kent,council,none,none\nnhs,Health,nhs,,\n"
    partners = read(tmp_path, partners=text).partners
    assert list(partners["consent"]) == ["none", ""]
    assert list(partners["successor_id"]) == ["", ""]


def test_choices_and_booleans_may_be_written_in_any_case(tmp_path: Path) -> None:
    text = (
        "site_id,partner_id,name,easting,northing,tenure,lock,backlog_funded,step_free\n"
        "hall,kcc,Hall,575000,155000,Freehold,KEEP,No,1\nclinic,nhs,Clinic,615000,157000,PFI,,TRUE,unknown\n"
    )
    sites = read(tmp_path, sites=text).sites
    assert list(sites["tenure"]) == ["freehold", "pfi"]
    assert list(sites["lock"]) == ["keep", ""]
    assert list(sites["backlog_funded"]) == [False, True]
    assert list(sites["step_free"]) == ["yes", "unknown"]


def test_blank_rows_are_skipped_and_rows_keep_their_spreadsheet_numbers(tmp_path: Path) -> None:
    # Rows: 1 header, 2 kcc, 3 and 4 blank, 5 nhs with a bad sector.
    text = "partner_id,name,sector\nkcc,Kent,council\n\n , ,\nnhs,Health,bad\n"
    told = faults(tmp_path, partners=text)
    assert [issue.where for issue in told] == ["partners.csv, row 5, sector"]


def test_a_quoted_line_break_counts_as_one_row(tmp_path: Path) -> None:
    text = 'partner_id,name,sector\nkcc,"Kent\nCounty\nCouncil",council\nnhs,Health,bad\n'
    told = faults(tmp_path, partners=text)
    assert [issue.where for issue in told] == ["partners.csv, row 3, sector"]


def test_a_short_row_is_read_with_a_warning(tmp_path: Path) -> None:
    text = "partner_id,name,sector,consent\nkcc,Kent,council\nnhs,Health,nhs,none\n"
    estate = read(tmp_path, partners=text)
    assert list(estate.partners["consent"]) == ["", "none"]
    assert "partners.csv, row 2: the row has 3 cells, the header 4" in said(estate.warnings)


def test_empty_columns_and_cells_at_the_end_are_let_pass(tmp_path: Path) -> None:
    text = "partner_id,name,sector,,\nkcc,Kent,council,,,,\nnhs,Health,nhs,,\n"
    assert len(read(tmp_path, partners=text).partners) == 2


def test_british_dates_are_read_with_one_warning_a_column(tmp_path: Path) -> None:
    text = (
        "site_id,partner_id,name,easting,northing,tenure,lease_end,lease_break\n"
        "hall,kcc,Hall,575000,155000,leasehold,03/04/2031,31/03/2028;2030-03-31\n"
        "clinic,nhs,Clinic,615000,157000,leasehold,31/12/2032,\n"
    )
    estate = read(tmp_path, sites=text)
    assert list(estate.sites["lease_end"]) == [pd.Timestamp(2031, 4, 3), pd.Timestamp(2032, 12, 31)]
    assert list(estate.sites["lease_break"]) == ["2028-03-31;2030-03-31", ""]
    told = [issue for issue in estate.warnings if "day/month/year" in issue.what]
    assert [issue.where for issue in told] == ["sites.csv, lease_end", "sites.csv, lease_break"]


WILD = ['He said "hi"', "=SUM(A1)", "+44", "@home", "-x", "👩‍👩‍👧 centre", "مركز الصحة", "a, b; c", "two\nlines"]


@pytest.mark.parametrize("name", WILD)
def test_wild_text_comes_through_unharmed(tmp_path: Path, name: str) -> None:
    quoted = name.replace('"', '""')
    estate = read(tmp_path, partners=f'partner_id,name,sector\nkcc,"{quoted}",council\nnhs,Health,nhs\n')
    assert estate.partners["name"][0] == name
    estate.write(tmp_path / "again")
    assert read_estate(tmp_path / "again").partners["name"][0] == name


def test_own_columns_are_carried_through_untouched(tmp_path: Path) -> None:
    text = 'partner_id,name,sector,x_Note\nkcc,Kent,council," N/A "\nnhs,Health,nhs,007\n'
    partners = read(tmp_path, partners=text).partners
    assert list(partners["x_Note"]) == [" N/A ", "007"]
    assert partners.columns[-1] == "x_Note"


def test_other_files_are_left_alone_and_unknown_tables_are_a_warning(tmp_path: Path) -> None:
    extra = {"README.md": "x", "make.py": "x", "x_notes.csv": "a\n1\n", "team.csv": "a\n1\n", ".hidden.csv": "a"}
    estate = read_estate(package(tmp_path, dict(extra)))
    told = [str(issue) for issue in estate.warnings if "unknown table" in issue.what]
    assert told == ['team.csv: unknown table; it was not read; did you mean "teams"?']


def test_a_workbook_reads_like_the_folder_of_the_same_tables(tmp_path: Path) -> None:
    estate = read(tmp_path)
    book = tmp_path / "estate.xlsx"
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for table in ("partners", "sites", "spaces", "teams", "needs"):
            pd.read_csv(tmp_path / f"{table}.csv").to_excel(writer, sheet_name=table, index=False)
    again = read_estate(book)
    assert again.equals(estate)
    assert [file.name for file in again.files] == ["estate.xlsx"]


def test_identifiers_that_a_workbook_holds_as_numbers_are_whole_again(tmp_path: Path) -> None:
    tables = {name: pd.read_csv(pathlike) for name, pathlike in _files(tmp_path).items()}
    tables["sites"]["site_id"] = [12.0, 13.0]
    tables["spaces"]["site_id"] = [12.0, 13.0, 13.0]
    tables["teams"]["site_id"] = ["12", "13"]
    tables["sites"]["lease_end"] = [pd.Timestamp(2031, 3, 31), pd.NaT]
    book = tmp_path / "estate.xlsx"
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for table, frame in tables.items():
            frame.to_excel(writer, sheet_name=table.title(), index=False)
    estate = read_estate(book)
    assert list(estate.sites["site_id"]) == ["12", "13"]
    assert estate.sites["lease_end"][0] == pd.Timestamp(2031, 3, 31)


def test_a_fault_in_a_workbook_names_the_sheet_and_its_row(tmp_path: Path) -> None:
    tables = {name: pd.read_csv(pathlike) for name, pathlike in _files(tmp_path).items()}
    tables["needs"]["amount"] = ["many", 200]
    book = tmp_path / "estate.xlsx"
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for table, frame in tables.items():
            frame.to_excel(writer, sheet_name=table, index=False)
    with pytest.raises(Exception, match=r'estate\.xlsx sheet needs, row 2, amount: "many" is not a number'):
        read_estate(book)


def _files(folder: Path) -> dict[str, Path]:
    package(folder)
    return {name: folder / f"{name}.csv" for name in ("partners", "sites", "spaces", "teams", "needs")}


def test_parquet_reads_like_csv(tmp_path: Path) -> None:
    estate = read(tmp_path)
    for table in ("sites", "needs"):
        pd.read_csv(tmp_path / f"{table}.csv").to_parquet(tmp_path / f"{table}.parquet")
        (tmp_path / f"{table}.csv").unlink()
    again = read_estate(tmp_path)
    assert again.equals(estate)
    assert isinstance(again, Estate)


@pytest.mark.parametrize("mode", ["", "mode,"])
def test_wide_travel_is_stacked_and_empty_pairs_are_left_out(tmp_path: Path, mode: str) -> None:
    demand = "zone_id,easting,northing,population\nz1,575000,155000,100\nz2,575000,155000,100\n"
    cell = "transit," if mode else ""
    travel = f"zone_id,{mode}hall,clinic\nz1,{cell}10,20.5\nz2,{cell},7\n"
    table = read(tmp_path, demand=demand, travel=travel).travel
    rows = table[["zone_id", "site_id", "mode", "minutes"]].values.tolist()
    by = "transit" if mode else "car"
    assert rows == [["z1", "hall", by, 10.0], ["z1", "clinic", by, 20.5], ["z2", "clinic", by, 7.0]]


def test_a_wide_header_of_any_length_is_read(tmp_path: Path) -> None:
    # 9,000 identifiers of 10 characters: longer than the first look at a file.
    names = [f"site{i:06d}" for i in range(9_000)]
    many = "site_id,partner_id,name,easting,northing,tenure\n" + "".join(
        f"{name},kcc,{name},575000,155000,freehold\n" for name in ["hall", "clinic", *names]
    )
    travel = "zone_id," + ",".join(names) + "\nz1," + ",".join(["5"] * len(names)) + "\n"
    demand = "zone_id,easting,northing,population\nz1,575000,155000,100\n"
    assert len(read(tmp_path, sites=many, demand=demand, travel=travel).travel) == 9_000


def test_a_fault_in_wide_travel_names_the_site(tmp_path: Path) -> None:
    demand = "zone_id,easting,northing,population\nz1,575000,155000,100\n"
    told = said(faults(tmp_path, demand=demand, travel="zone_id,hall,clinik\nz1,10,20\n"))
    assert 'travel.csv, row 2, site_id: no site "clinik" in sites.csv; did you mean "clinic"?' in told


def test_long_travel_without_minutes_cannot_be_reached(tmp_path: Path) -> None:
    demand = "zone_id,easting,northing,population\nz1,575000,155000,100\n"
    travel = "zone_id,site_id,mode,minutes\nz1,hall,car,\nz1,clinic,car,12\n"
    assert list(read(tmp_path, demand=demand, travel=travel).travel["site_id"]) == ["clinic"]
