"""What an estate is once read: types, defaults, positions, equality, writing and reading back."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_estate import FILES, frames, read, said

from assetopt.errors import DataError
from assetopt.estate import Estate
from assetopt.estate.fields import columns_of
from assetopt.estate.records import RECORDS
from assetopt.read import read_estate


def test_an_absent_table_has_all_its_columns_with_the_types_of_a_present_one(tmp_path: Path) -> None:
    bare = read(tmp_path)
    blackouts = "blackout_id,start,end\nb,2027-01-01,2027-02-01\n"
    full = read(tmp_path, blackouts=blackouts)
    assert len(bare.blackouts) == 0
    assert list(bare.blackouts.dtypes) == list(full.blackouts.dtypes)
    assert list(bare.blackouts.columns) == list(columns_of(RECORDS["blackouts"]))
    assert "blackouts" in full.present
    assert "blackouts" not in bare.present


def test_columns_have_the_type_of_their_kind(tmp_path: Path) -> None:
    estate = read(tmp_path)
    for table, record in RECORDS.items():
        for name, column in columns_of(record).items():
            dtype = estate.tables[table][name].dtype
            if column.is_text:
                assert pd.api.types.is_string_dtype(dtype), (table, name)
                assert not estate.tables[table][name].isna().any()
            elif column.is_number:
                assert dtype == np.float64, (table, name)
            elif column.kind == "date":
                assert pd.api.types.is_datetime64_any_dtype(dtype), (table, name)
            elif column.default is not None or (name == "public_purse" and len(estate.tables[table])):
                assert dtype == np.bool_, (table, name)
            else:
                assert dtype == "boolean", (table, name)


def test_contract_defaults_are_filled() -> None:
    estate = Estate.from_frames(**frames())
    site, team = estate.sites.iloc[0], estate.teams.iloc[0]
    assert (site["status"], site["use_status"], site["on_exit"]) == ("existing", "in_use", "sell")
    assert (site["security_of_tenure"], site["backlog_funded"]) == (True, True)
    assert (team["movable"], team["closable"], team["divisible"]) == (True, False, False)
    assert np.isnan(team["move_cost"])


def test_the_public_purse_follows_the_sector_unless_told(tmp_path: Path) -> None:
    text = "partner_id,name,sector,public_purse\nkcc,A,council,\nnhs,B,nhs,no\nha,C,housing,\nvc,D,voluntary,yes\n"
    assert list(read(tmp_path, partners=text).partners["public_purse"]) == [True, False, False, True]


def test_what_happens_on_leaving_follows_the_tenure(tmp_path: Path) -> None:
    text = FILES["sites.csv"].replace("clinic,nhs,Clinic,51.27,1.08,freehold", "clinic,nhs,Clinic,51.27,1.08,licence")
    assert list(read(tmp_path, sites=text).sites["on_exit"]) == ["sell", "hand_back"]


def test_a_site_without_tenure_is_taken_as_freehold_with_a_warning(tmp_path: Path) -> None:
    text = FILES["sites.csv"].replace("freehold", "")
    estate = read(tmp_path, sites=text)
    assert list(estate.sites["tenure"]) == ["freehold", "freehold"]
    assert "sites.csv, tenure: 2 of 2 rows have no tenure; freehold is assumed" in said(estate.warnings)


def test_works_are_paid_by_the_sites_partner_unless_told(tmp_path: Path) -> None:
    text = "intervention_id,site_id,capital_cost,payer_partner_id\ni,hall,1,\nj,hall,1,nhs\n"
    assert list(read(tmp_path, interventions=text).interventions["payer_partner_id"]) == ["kcc", "nhs"]


def test_both_positions_are_filled_from_either(tmp_path: Path) -> None:
    # Caister water tower: the Ordnance Survey's own worked example, 651409.903 E 313177.270 N,
    # is 52.657979 N 1.716052 E in WGS84. Without the OSTN15 grid a few metres of error are allowed.
    demand = "zone_id,easting,northing,lat,lon,population\na,651409.903,313177.270,,,1\nb,,,52.657979,1.716052,1\n"
    zones = read(tmp_path, demand=demand).demand
    assert zones["lat"][0] == pytest.approx(52.657979, abs=1e-4)
    assert zones["lon"][0] == pytest.approx(1.716052, abs=1e-4)
    assert zones["easting"][1] == pytest.approx(651409.903, abs=5)
    assert zones["northing"][1] == pytest.approx(313177.270, abs=5)


def test_two_positions_that_disagree_are_a_warning(tmp_path: Path) -> None:
    demand = "zone_id,easting,northing,lat,lon,population\na,651409,313177,51.5,0.0,1\n"
    assert "m apart" in said(read(tmp_path, demand=demand).warnings)


def test_population_groups_stand_after_the_contracts_columns_and_own_ones_last(tmp_path: Path) -> None:
    demand = "x_a,pop_65plus,zone_id,easting,northing,population\nq,20,z,575000,155000,100\n"
    columns = list(read(tmp_path, demand=demand).demand.columns)
    assert columns[-2:] == ["pop_65plus", "x_a"]
    assert columns[:-2] == list(columns_of(RECORDS["demand"]))


def test_a_fault_in_a_frame_is_placed_by_table_and_row() -> None:
    tables = frames()
    tables["sites"]["rent"] = [0.0, -1.0]
    with pytest.raises(DataError, match=r"^sites, row 3, rent: "):
        Estate.from_frames(**tables)


def test_an_unknown_table_among_frames_is_told() -> None:
    with pytest.raises(DataError, match='site: unknown table; did you mean "sites"'):
        Estate.from_frames(**frames(), site=pd.DataFrame())


def test_the_frames_of_an_estate_make_the_same_estate() -> None:
    estate = Estate.from_frames(**frames())
    assert Estate.from_frames(**estate.tables).equals(estate)


def test_estates_that_differ_in_one_cell_are_not_equal() -> None:
    tables = frames()
    tables["needs"]["amount"] = [11]
    assert not Estate.from_frames(**tables).equals(Estate.from_frames(**frames()))


def test_an_estate_can_be_sent_to_another_process() -> None:
    estate = Estate.from_frames(**frames())
    assert pickle.loads(pickle.dumps(estate)).equals(estate)


def test_the_files_read_are_listed_with_their_digest(tmp_path: Path) -> None:
    estate = read(tmp_path)
    by_name = {file.name: file.sha256 for file in estate.files}
    # printf 'team_id,space_type,amount\nfinance,office,500\nnurses,clinical,200\n' | sha256sum
    assert by_name["needs.csv"] == "40cfd54d47ddb954470a6693fd49cef960ab6fe12895370a5d6aad7c5cd2ac61"
    assert len(by_name) == 5


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    estate = read(tmp_path)
    first = {path.name: path.read_bytes() for path in estate.write(tmp_path / "a")}
    again = {path.name: path.read_bytes() for path in read_estate(tmp_path / "a").write(tmp_path / "b")}
    first.pop("datapackage.json"), again.pop("datapackage.json")  # it holds the folder's name
    assert first == again
    assert b"\r" not in b"".join(first.values())


def test_writing_over_an_earlier_writing_takes_away_tables_that_are_gone(tmp_path: Path) -> None:
    read(tmp_path, blackouts="blackout_id,start,end\nb,2027-01-01,2027-02-01\n").write(tmp_path / "out")
    (tmp_path / "blackouts.csv").unlink()
    estate = read(tmp_path)
    estate.write(tmp_path / "out")
    assert read_estate(tmp_path / "out").equals(estate)


def test_writing_refuses_to_mix_with_the_tables_of_somebody_else(tmp_path: Path) -> None:
    estate = read(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "visits.csv").write_text("zone_id\n")
    with pytest.raises(FileExistsError, match=r"visits\.csv"):
        estate.write(tmp_path / "out")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
MONEY = st.none() | st.floats(0, 1e12, allow_nan=False) | st.integers(0, 10**9)
DAY = st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31))
SITE = st.fixed_dictionaries(
    {
        "name": TEXT.map(lambda text: f"n{text}"),
        "easting": st.floats(100_000, 600_000),
        "northing": st.floats(100_000, 600_000),
        "tenure": st.sampled_from(["freehold", "leasehold", "licence", "pfi", ""]),
        "tags": TEXT,
        "rent": MONEY,
        "carbon_t": MONEY,
        "variable_share": st.none() | st.floats(0, 1),
        "lease_end": DAY,
        "lease_break": st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), max_size=3).map(
            lambda days: ";".join(map(str, days))
        ),
        "restricted": st.none() | st.booleans(),
        "backlog_funded": st.none() | st.booleans(),
        "x_own": TEXT,
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(SITE, min_size=1, max_size=4))
def test_any_estate_that_is_written_and_read_back_is_equal(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    tables = frames()
    tables["sites"] = pd.DataFrame(rows).assign(site_id=["hall", "depot", "c", "d"][: len(rows)], partner_id="kcc")
    tables["spaces"] = tables["spaces"].iloc[:1]
    estate = Estate.from_frames(**tables)
    estate.write(tmp_path / "round")
    again = read_estate(tmp_path / "round")
    pd.testing.assert_frame_equal(again.sites, estate.sites)
    assert again.equals(estate)
