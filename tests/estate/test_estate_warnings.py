"""What is odd is told without stopping: full homes, odd areas, double buildings, leases without an end."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_estate import read, said, sites


def test_a_clean_estate_has_no_warnings(tmp_path: Path) -> None:
    assert read(tmp_path).warnings == ()


def test_a_home_that_holds_less_than_its_teams_need_is_told_with_numbers(tmp_path: Path) -> None:
    needs = "team_id,space_type,amount\nfinance,office,840\nnurses,clinical,200\n"
    assert "Sessions House, office: 840 needed, 800 held" in said(read(tmp_path, needs=needs).warnings)


def test_a_team_without_needs_is_told(tmp_path: Path) -> None:
    needs = "team_id,space_type,amount\nfinance,office,5\n"
    assert "Nurses (nurses) has no row in needs" in said(read(tmp_path, needs=needs).warnings)


def test_an_existing_site_without_spaces_is_told(tmp_path: Path) -> None:
    spaces = "site_id,space_type,capacity\nclinic,office,100\nclinic,clinical,300\n"
    needs = "team_id,space_type,amount\nnurses,clinical,5\nfinance,office,0\n"
    assert "Sessions House (hall) has no row in spaces" in said(read(tmp_path, spaces=spaces, needs=needs).warnings)


HEAD = "site_id,partner_id,name,easting,northing,tenure,gia_m2,running_cost,market_value,uprn,postcode,lease_end"
CLINIC = "clinic,nhs,Clinic,615000,157000,freehold,500,60000,900000,,CT1 1AA,"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("hall,kcc,Hall,575000,155000,freehold,70000,9000000,1,,,", "outside the usual 20 to 60,000"),
        ("hall,kcc,Hall,575000,155000,freehold,1000,1000,1,,,", "£1.00 per m2 a year"),
        ("hall,kcc,Hall,575000,155000,freehold,1000,150000,,,,", "1 of 2 existing freehold sites have no market_value"),
        ("hall,kcc,Hall,575000,155000,leasehold,1000,150000,,,,", "a leasehold without lease_end or lease_break"),
        ("hall,kcc,Hall,575000,155000,pfi,1000,150000,,,,", "a pfi contract without lease_end"),
        ("hall,kcc,Hall,575000,155000,freehold,600,90000,1,1.00E+11,,", '"1.00E+11" is no UPRN'),
        ("hall,kcc,clinic,575000,155000,freehold,1000,150000,1,,ct11aa,", "have the same name and postcode"),
        # Spaces of 800 m2 in 500 m2: 1.6 times as much is odd, but may be true.
        ("hall,kcc,Hall,575000,155000,freehold,500,75000,1,,,", "1.6 times as much"),
    ],
)
def test_an_odd_site_is_told(tmp_path: Path, row: str, what: str) -> None:
    assert what in said(read(tmp_path, sites=sites(row, CLINIC, columns=HEAD)).warnings)


def test_sites_with_one_uprn_are_told_unless_one_is_the_others_head(tmp_path: Path) -> None:
    head = "site_id,partner_id,name,easting,northing,tenure,market_value,uprn,head_site_id"
    rows = ["hall,kcc,Hall,575000,155000,freehold,1,0012,", "clinic,nhs,Clinic,575000,155000,freehold,1,12,"]
    told = said(read(tmp_path, sites=sites(*rows, columns=head)).warnings)
    assert "Clinic (clinic) and Hall (hall) have the same UPRN" in told
    rows[1] += "hall"
    assert "UPRN" not in said(read(tmp_path, sites=sites(*rows, columns=head)).warnings)


def test_a_lease_that_ends_before_its_break_is_told(tmp_path: Path) -> None:
    head = "site_id,partner_id,name,easting,northing,tenure,lease_end,lease_break"
    rows = (
        "hall,kcc,Hall,575000,155000,leasehold,2028-01-01,2027-01-01;2029-01-01",
        "clinic,nhs,Clinic,615000,157000,leasehold,2030-01-01,2029-01-01",
    )
    told = said(read(tmp_path, sites=sites(*rows, columns=head)).warnings)
    assert "Hall (hall): lease_end is before the last lease_break" in told
    assert "Clinic (clinic): lease_end" not in told


def test_a_service_type_that_is_not_listed_is_told_with_its_neighbour(tmp_path: Path) -> None:
    text = "service_type,public\ncomunity,yes\nback_office,no\n"
    told = said(read(tmp_path, service_types=text).warnings)
    assert '"community" is not in service_types; it is taken as not public; did you mean "comunity"?' in told


def test_a_compatibility_rule_that_matches_nothing_is_told(tmp_path: Path) -> None:
    told = said(read(tmp_path, compatibility="a,b,rule\ncommunity,comunity,must_not\n").warnings)
    assert 'compatibility.csv, row 2, b: "comunity" matches no service type and no tag' in told
    assert "row 2, a" not in told


def test_a_fund_without_a_kind_is_taken_as_capital_with_a_warning(tmp_path: Path) -> None:
    estate = read(tmp_path, funds="fund_id,year,partner_id,amount\nf,2027,kcc,1\n")
    assert list(estate.funds["kind"]) == ["capital"]
    assert "1 of 1 rows have no kind; capital is taken" in said(estate.warnings)


def test_visits_to_a_service_that_is_not_public_are_told(tmp_path: Path) -> None:
    changes = {
        "demand": "zone_id,easting,northing,population\nz,575000,155000,0\n",
        "visits": "zone_id,service_type,visits\nz,back_office,5\n",
        "service_types": "service_type,public\ncommunity,yes\nback_office,no\n",
    }
    told = said(read(tmp_path, **changes).warnings)
    assert 'visits to "back_office", which is not public' in told
    assert "nobody lives in zone z" in told
