"""Descriptions of the data package: what people and machines are told about it agrees with what the reader does."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from python_calamine import CalamineWorkbook
from tiny_estate import FILES, package, read

from assetopt.errors import DataError
from assetopt.estate.fields import columns_of
from assetopt.estate.package import PACKAGE_FILE, datapackage, documentation, write_template
from assetopt.estate.quality import MATTERING, quality
from assetopt.estate.records import RECORDS, REQUIRED_TABLES, Site, Zone
from assetopt.read import read_estate


def test_every_column_is_described_and_every_number_has_a_unit() -> None:
    for table, record in RECORDS.items():
        for name, column in columns_of(record).items():
            assert column.description.endswith("."), (table, name)
            assert not column.is_number or column.unit, (table, name)


def test_the_required_tables_are_those_of_the_contract() -> None:
    assert REQUIRED_TABLES == ("partners", "sites", "spaces", "teams", "needs")


def test_every_reference_points_to_a_table_with_a_key_of_one_column() -> None:
    targets = {column.ref for record in RECORDS.values() for column in columns_of(record).values() if column.ref}
    assert targets == {"partners", "sites", "teams", "interventions", "demand"}
    assert all(len(RECORDS[target].KEY) == 1 for target in targets)


def test_a_record_is_frozen_and_refuses_other_columns() -> None:
    site = Site(site_id="hall", partner_id="kcc", name="Hall", lease_break=(date(2028, 3, 31),))
    with pytest.raises(ValidationError, match="frozen"):
        site.name = "Other"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="rents is no column of sites"):
        Site.model_validate({"site_id": "hall", "partner_id": "kcc", "name": "Hall", "rents": 1})


def test_a_record_takes_population_groups_and_own_columns() -> None:
    zone = Zone.model_validate({"zone_id": "z", "population": 5, "pop_65plus": 1, "x_note": "mine"})
    assert zone.model_extra == {"pop_65plus": 1, "x_note": "mine"}


@pytest.mark.parametrize(("rent", "fine"), [(0.0, True), (-1.0, False), (1e9, True)])
def test_the_record_and_the_reader_agree_on_a_range(tmp_path: Path, rent: float, fine: bool) -> None:
    try:
        Site(site_id="hall", partner_id="kcc", name="Hall", rent=rent)
        by_record = True
    except ValidationError:
        by_record = False
    try:
        read(tmp_path, sites=FILES["sites.csv"].replace("150000,,", f"150000,{rent},"))
        by_reader = True
    except DataError:
        by_reader = False
    assert (by_record, by_reader) == (fine, fine)


def test_the_description_of_an_estate_lists_what_was_written(tmp_path: Path) -> None:
    estate = read(tmp_path)
    estate.write(tmp_path / "out")
    told = json.loads((tmp_path / "out" / PACKAGE_FILE).read_text(encoding="utf-8"))
    assert told == datapackage(estate)
    for resource in told["resources"]:
        header = (tmp_path / "out" / resource["path"]).read_text(encoding="utf-8").splitlines()[0].split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]


def test_the_description_says_keys_references_units_and_defaults() -> None:
    by_name = {resource["name"]: resource for resource in datapackage()["resources"]}  # type: ignore[union-attr,index,call-overload]
    teams = by_name["teams"]["schema"]  # type: ignore[index,call-overload]
    assert list(by_name) == list(RECORDS)
    assert teams["primaryKey"] == ["team_id"]  # type: ignore[index,call-overload]
    assert {"fields": "site_id", "reference": {"resource": "sites", "fields": "site_id"}} in teams["foreignKeys"]  # type: ignore[index,call-overload,operator]
    fields = {field["name"]: field for field in teams["fields"]}  # type: ignore[union-attr,index,call-overload]
    assert fields["movable"]["description"].endswith("Default: yes.")  # type: ignore[index,call-overload,union-attr]
    assert "Unit: £." in fields["move_cost"]["description"]  # type: ignore[index,call-overload,operator]
    assert fields["partner_id"]["constraints"] == {"required": True}  # type: ignore[index,call-overload]


def test_a_template_has_every_table_with_all_its_columns_and_nothing_else(tmp_path: Path) -> None:
    written = {path.name for path in write_template(tmp_path)}
    assert written == {*(f"{table}.csv" for table in RECORDS), "README.md", PACKAGE_FILE}
    for table, record in RECORDS.items():
        assert (tmp_path / f"{table}.csv").read_text().strip().split(",") == list(columns_of(record))


def test_a_filled_template_reads_like_the_same_tables_alone(tmp_path: Path) -> None:
    write_template(tmp_path / "a")
    (tmp_path / "b").mkdir()
    assert read_estate(package(tmp_path / "a")).equals(read_estate(package(tmp_path / "b")))


def test_a_template_does_not_write_over_facts(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text("site_id\n")
    with pytest.raises(FileExistsError, match=r"sites\.csv"):
        write_template(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["sites.csv"]


def test_a_workbook_template_has_a_sheet_for_each_table_and_the_documentation(tmp_path: Path) -> None:
    (path,) = write_template(tmp_path, xlsx=True)
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == [*RECORDS, "documentation"]
    assert book.get_sheet_by_name("funds").to_python()[0] == list(columns_of(RECORDS["funds"]))
    assert len(book.get_sheet_by_name("documentation").to_python()) == 1 + len(documentation())


def test_an_empty_workbook_template_is_told_to_have_no_rows(tmp_path: Path) -> None:
    (path,) = write_template(tmp_path, xlsx=True)
    with pytest.raises(DataError) as error:
        read_estate(path)
    assert [issue.where for issue in error.value.issues] == [f"estate.xlsx sheet {table}" for table in REQUIRED_TABLES]


def test_quality_counts_what_is_filled_and_how_it_is_known(tmp_path: Path) -> None:
    text = (
        "site_id,partner_id,name,easting,northing,tenure,gia_m2,lease_end,market_value,confidence\n"
        "hall,kcc,Hall,575000,155000,freehold,1000,,5,A\nclinic,nhs,Clinic,615000,157000,leasehold,,2030-01-01,,C\n"
    )
    table = quality(read(tmp_path, sites=text)).set_index(["table", "column"])
    # gia_m2: 1 of 2 sites. market_value: 1 of the 1 freehold. lease_end: 1 of the 1 leasehold.
    assert list(table.loc[("sites", "gia_m2"), ["rows", "filled", "filled_share"]]) == [2, 1, 0.5]
    assert list(table.loc[("sites", "market_value"), ["rows", "filled", "measured", "assumed"]]) == [1, 1, 1, 0]
    assert list(table.loc[("sites", "lease_end"), ["rows", "filled", "measured", "assumed"]]) == [1, 1, 0, 1]
    assert "demand" not in table.index.get_level_values("table")


def test_every_column_that_quality_looks_at_is_one_of_the_contract() -> None:
    for table, columns in MATTERING.items():
        assert set(columns) <= set(columns_of(RECORDS[table]))
