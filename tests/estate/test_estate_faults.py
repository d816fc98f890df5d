"""Every fault is told, with its place, its value and what would do, and all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_estate import FILES, faults, package, read, said, sites

from assetopt.errors import DataError
from assetopt.read import read_estate


def test_a_clean_package_reads_without_faults(tmp_path: Path) -> None:
    estate = read(tmp_path)
    assert list(estate.sites["site_id"]) == ["hall", "clinic"]
    assert estate.present == {"partners", "sites", "spaces", "teams", "needs"}


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    assert "needs: the table needs is required and missing" in said(faults(tmp_path, needs=None))


def test_a_missing_column_is_named_with_the_column_that_may_be_meant(tmp_path: Path) -> None:
    text = FILES["partners.csv"].replace("sector", "sectr")
    told = said(faults(tmp_path, partners=text))
    assert "partners.csv, sector: this column is required and missing" in told
    assert 'partners.csv, sectr: unknown column; did you mean "sector"?' in told


def test_an_empty_required_cell_is_told_with_its_row(tmp_path: Path) -> None:
    text = FILES["partners.csv"].replace("Kent Health", "")
    assert "partners.csv, row 3, name: a value is required" in said(faults(tmp_path, partners=text))


def test_an_unknown_partner_is_told_with_its_neighbour(tmp_path: Path) -> None:
    text = FILES["teams.csv"].replace("finance,kcc", "finance,kcc2")
    assert 'teams.csv, row 2, partner_id: no partner "kcc2" in partners.csv; did you mean "kcc"?' in said(
        faults(tmp_path, teams=text)
    )


@pytest.mark.parametrize(
    ("table", "text", "where"),
    [
        ("spaces", "site_id,space_type,capacity\nhal,office,800\nclinic,clinical,300\n", "spaces.csv, row 2, site_id"),
        ("needs", "team_id,space_type,amount\nfinanc,office,5\nnurses,clinical,2\n", "needs.csv, row 2, team_id"),
        ("placements", "team_id,site_id\nfinance,nowhere\n", "placements.csv, row 2, site_id"),
        ("interventions", "intervention_id,site_id,capital_cost\ni,nowhere,1\n", "interventions.csv, row 2, site_id"),
        ("cost_shares", "site_id,basis\nnowhere,fte\n", "cost_shares.csv, row 2, site_id"),
        ("funds", "fund_id,year,partner_id,amount,kind\nf,2027,who,1,capital\n", "funds.csv, row 2, partner_id"),
        (
            "funds",
            "fund_id,year,partner_id,amount,kind,pays_for\nf,2027,kcc,1,capital,kcc;who\n",
            "funds.csv, row 2, pays_for",
        ),
        (
            "blackouts",
            "blackout_id,start,end,applies_to\nb,2027-01-01,2027-02-01,who\n",
            "blackouts.csv, row 2, applies_to",
        ),
        ("precedence", "before,after\nfinance,who\n", "precedence.csv, row 2, after"),
        (
            "standards",
            "standard_id,service_type,mode,max_minutes\ns,comunity,car,30\n",
            "standards.csv, row 2, service_type",
        ),
    ],
)
def test_a_reference_to_nothing_is_told(tmp_path: Path, table: str, text: str, where: str) -> None:
    assert where in said(faults(tmp_path, **{table: text}))


def test_a_double_key_is_told_with_both_rows(tmp_path: Path) -> None:
    text = FILES["partners.csv"] + " kcc ,Again,council\n"
    told = said(faults(tmp_path, partners=text))
    assert 'partners.csv, row 4, partner_id: "kcc" stands twice, first in row 2' in told


def test_a_key_of_two_columns_may_repeat_one_of_them_but_not_both(tmp_path: Path) -> None:
    head = "fund_id,year,partner_id,amount,kind\n"
    good = head + "f,2027,kcc,1,capital\nf,2028,kcc,1,capital\n"
    assert faults(tmp_path, funds=good) == []
    told = said(faults(tmp_path, funds=good + "f,2028,kcc,2,capital\n"))
    assert 'funds.csv, row 4, fund_id, year: "f" + "2028" stands twice, first in row 3' in told


def test_a_column_that_stands_twice_is_told(tmp_path: Path) -> None:
    text = "partner_id,name,sector,Sector\nkcc,Kent,council,nhs\nnhs,Health,nhs,nhs\n"
    assert "partners.csv, Sector: the column stands twice" in said(faults(tmp_path, partners=text))


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("abc", '"abc" is not a number'),
        ("-5", '"-5" is out of range (£/yr); it must be at least 0'),
        ("(500)", '"(500)" is out of range'),
        ("inf", '"inf" is not a number'),
        ("£1.2m", '"£1.2m" is not a number; write 1200000'),
        ("12%", "a percent sign is understood for shares only"),
        ("#REF!", '"#REF!" is not a number'),
    ],
)
def test_a_rent_that_cannot_be_is_told(tmp_path: Path, cell: str, what: str) -> None:
    text = FILES["sites.csv"].replace("150000,,", f"150000,{cell},")
    told = said(faults(tmp_path, sites=text))
    assert "sites.csv, row 2, rent: " in told
    assert what in told


def test_a_share_above_one_is_told_with_the_percent_form(tmp_path: Path) -> None:
    text = "partner_id,name,sector,receipt_retention\nkcc,Kent,council,12.5\nnhs,Health,nhs,12.5%\n"
    told = faults(tmp_path, partners=text)
    assert [issue.where for issue in told] == ["partners.csv, row 2, receipt_retention"]
    assert "12.5 % as 0.125" in told[0].fix


def test_a_choice_that_is_none_of_them_is_told_with_the_nearest(tmp_path: Path) -> None:
    text = FILES["partners.csv"].replace(",nhs\n", ",nsh\n")
    told = said(faults(tmp_path, partners=text))
    assert 'partners.csv, row 3, sector: "nsh" is not known here; did you mean "nhs"?' in told
    assert "give one of council, nhs, police" in told


@pytest.mark.parametrize(
    ("cell", "fix"),
    [
        ("2028-02-30", "there is no such day"),
        ("31-Mar-2028", "write 2028-03-31"),
        ("46843", "write 2028-03-31"),
        ("soon", "YYYY-MM-DD"),
    ],
)
def test_a_date_that_is_none_is_told_with_what_may_be_meant(tmp_path: Path, cell: str, fix: str) -> None:
    # 46843 is Excel's number for 2028-03-31: days since 1899-12-30.
    head = "site_id,partner_id,name,easting,northing,tenure,lease_end"
    rows = (f"hall,kcc,Hall,575000,155000,leasehold,{cell}", "clinic,nhs,Clinic,615000,157000,leasehold,2029-01-01")
    told = faults(tmp_path, sites=sites(*rows, columns=head))
    assert [issue.where for issue in told] == ["sites.csv, row 2, lease_end"]
    assert fix in told[0].fix


@pytest.mark.parametrize(
    ("lat", "lon", "what"),
    [
        ("0.52", "51.28", "lat and lon look swapped"),
        ("575000", "155000", "these look like easting and northing"),
        ("48.85", "2.35", "outside the United Kingdom"),
        ("51.28", "", "lat is given without lon"),
        ("", "", "the row has no position"),
    ],
)
def test_a_wrong_position_in_degrees_is_told(tmp_path: Path, lat: str, lon: str, what: str) -> None:
    text = FILES["sites.csv"].replace("51.28,0.52", f"{lat},{lon}")
    told = faults(tmp_path, sites=text)
    assert len(told) == 1
    assert what in str(told[0])
    assert "row 2" in told[0].where


@pytest.mark.parametrize(
    ("easting", "northing", "what"),
    [
        ("155000", "1575000", "outside the British grid"),
        ("810000", "155000", "easting and northing look swapped"),
        ("0.52", "51.28", "these look like degrees"),
        ("51.28", "0.52", "these look like degrees"),
    ],
)
def test_a_wrong_position_on_the_grid_is_told(tmp_path: Path, easting: str, northing: str, what: str) -> None:
    rows = (f"hall,kcc,Hall,{easting},{northing},freehold,1000", "clinic,nhs,Clinic,615000,157000,freehold,500")
    told = faults(tmp_path, sites=sites(*rows))
    assert len(told) == 1
    assert what in str(told[0])


def test_a_needed_space_type_that_nobody_provides_is_told(tmp_path: Path) -> None:
    text = FILES["needs.csv"] + "nurses,ofice,3\nnurses,custody,0\n"
    told = faults(tmp_path, needs=text)
    # custody is not provided either, but nothing of it is needed.
    assert [str(issue) for issue in told] == [
        'needs.csv, row 4, space_type: "ofice" is a needed space type that no site or intervention provides; '
        'did you mean "office"?'
    ]


def test_a_space_type_that_only_works_would_provide_is_no_fault(tmp_path: Path) -> None:
    changes = {
        "needs": FILES["needs.csv"] + "nurses,custody,3\n",
        "interventions": "intervention_id,site_id,capital_cost\ncells,hall,100\n",
        "intervention_spaces": "intervention_id,space_type,capacity_change\ncells,custody,10\n",
    }
    assert faults(tmp_path, **changes) == []


def test_head_sites_in_a_circle_are_told(tmp_path: Path) -> None:
    head = "site_id,partner_id,name,easting,northing,tenure,head_site_id"
    rows = ("hall,kcc,Hall,575000,155000,freehold,clinic", "clinic,nhs,Clinic,615000,157000,freehold,hall")
    told = said(faults(tmp_path, sites=sites(*rows, columns=head)))
    assert 'sites.csv, row 2, head_site_id: "clinic" leads back to this row itself' in told
    assert "sites.csv, row 3, head_site_id" in told


def test_an_order_that_runs_in_a_circle_is_told(tmp_path: Path) -> None:
    text = "before,after,kind\nfinance,nurses,\nnurses,hall,\nhall,finance,\nclinic,hall,\nhall,clinic,apart\n"
    told = faults(tmp_path, precedence=text)
    # finance -> nurses -> hall -> finance; clinic only leads into the circle, and apart is no order.
    assert [issue.where for issue in told] == [f"precedence.csv, row {row}, after" for row in (2, 3, 4)]


def test_market_values_out_of_order_are_told(tmp_path: Path) -> None:
    head = "site_id,partner_id,name,easting,northing,tenure,market_value,market_value_low,market_value_high"
    rows = ("hall,kcc,Hall,575000,155000,freehold,100,120,150", "clinic,nhs,Clinic,615000,157000,freehold,100,,")
    told = faults(tmp_path, sites=sites(*rows, columns=head))
    assert [issue.where for issue in told] == ["sites.csv, row 2, market_value"]


def test_capacity_in_square_feet_is_told_with_the_factor(tmp_path: Path) -> None:
    # 800 m2 is 8,608 square feet, in a building of 1,000 m2: 8.6 times as much.
    text = FILES["spaces.csv"].replace("hall,office,800", "hall,office,8608")
    told = faults(tmp_path, spaces=text)
    assert len(told) == 1
    assert "8.6 times as much" in told[0].what
    assert "square feet" in told[0].fix
    assert "10.76" in told[0].fix


def test_capacity_in_square_feet_is_told_beside_other_faults(tmp_path: Path) -> None:
    spaces = FILES["spaces.csv"].replace("hall,office,800", "hall,office,8608")
    told = said(faults(tmp_path, spaces=spaces, partners=FILES["partners.csv"].replace("council\n", "cuncil\n")))
    assert "square feet" in told
    assert "sector" in told


def test_a_standard_without_a_limit_is_told(tmp_path: Path) -> None:
    demand = "zone_id,easting,northing,population,district\nz,575000,155000,100,Maidstone\n"
    standards = "standard_id,service_type,mode\ns,community,car\n"
    told = said(faults(tmp_path, demand=demand, standards=standards))
    assert "standards.csv, row 2, max_minutes: the standard has neither max_minutes nor max_km" in told


def test_a_standard_for_people_that_demand_does_not_tell_apart_is_told(tmp_path: Path) -> None:
    demand = "zone_id,easting,northing,population,district,pop_65plus\nz,575000,155000,100,Maidstone,20\n"
    standards = (
        "standard_id,service_type,mode,max_minutes,segment,per\n"
        "s,community,car,30,rural,all\nt,community,car,30,pop_65,all\nu,community,car,30,Pop_65plus,distric\n"
    )
    told = said(faults(tmp_path, demand=demand, standards=standards))
    assert 'row 2, segment: "rural" needs rural, which is empty in every row of demand.csv' in told
    assert 'row 3, segment: no segment "pop_65"; did you mean "pop_65plus"?' in told
    assert 'row 4, per: no column of demand "distric"; did you mean "district"?' in told
    assert "row 4, segment" not in told


def test_minutes_to_zones_of_a_demand_table_without_rows_are_told(tmp_path: Path) -> None:
    told = faults(
        tmp_path, demand="zone_id,lat,lon,population\n", travel="zone_id,site_id,mode,minutes\nz,hall,car,9\n"
    )
    assert "travel.csv, row 2, zone_id" in [issue.where for issue in told]


@pytest.mark.parametrize("minutes", ["9999", "2147483647", "-1"])
def test_a_routers_sign_for_unreachable_is_told(tmp_path: Path, minutes: str) -> None:
    demand = "zone_id,easting,northing,population\nz,575000,155000,100\n"
    told = faults(tmp_path, demand=demand, travel=f"zone_id,site_id,mode,minutes\nz,hall,car,{minutes}\n")
    assert [issue.where for issue in told] == ["travel.csv, row 2, minutes"]
    assert "empty" in told[0].fix


def test_an_imd_decile_of_eleven_is_told(tmp_path: Path) -> None:
    demand = "zone_id,easting,northing,population,imd_decile\nz,575000,155000,100,11\n"
    assert "demand.csv, row 2, imd_decile" in said(faults(tmp_path, demand=demand))


def test_a_row_with_too_many_cells_is_told(tmp_path: Path) -> None:
    text = FILES["partners.csv"].replace("Kent Health", "Kent, Health")
    told = said(faults(tmp_path, partners=text))
    assert "partners.csv, row 3: the row has 4 cells, the header 3" in told


def test_a_quote_that_is_never_closed_is_told(tmp_path: Path) -> None:
    text = FILES["partners.csv"].replace("Kent County", '"Kent County')
    told = said(faults(tmp_path, partners=text))
    assert "partners.csv, row 2: the quotes of this row or a later one do not pair" in told


def test_an_empty_file_is_told_once(tmp_path: Path) -> None:
    assert said(faults(tmp_path, partners="")).startswith("partners.csv: the file is empty")


def test_a_required_table_of_a_header_only_is_told(tmp_path: Path) -> None:
    told = said(faults(tmp_path, needs="team_id,space_type,amount\n"))
    assert "needs.csv: the table has no rows, and needs is required" in told


def test_a_table_that_stands_as_csv_and_parquet_is_told(tmp_path: Path) -> None:
    package(tmp_path)
    (tmp_path / "partners.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"the table stands twice: partners\.csv and partners\.parquet"):
        read_estate(tmp_path)


def test_a_folder_that_is_not_there_is_told_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "wealdmere").mkdir()
    with pytest.raises(DataError, match=r'did you mean "wealdmere"\?'):
        read_estate(tmp_path / "wealdmeer")


def test_the_faults_of_all_tables_are_told_at_once(tmp_path: Path) -> None:
    told = said(
        faults(
            tmp_path,
            partners="partner_id,name,sector\nkcc,Kent,councl\nnhs,,nhs\n",
            sites=FILES["sites.csv"].replace("51.28,0.52", "0.52,51.28").replace("60000,,", "sixty,,"),
            spaces=FILES["spaces.csv"].replace("hall", "hal"),
            teams=FILES["teams.csv"].replace("Finance,", ","),
            needs="team_id,space_type,amont\nfinance,office,5\n",
            interventions="intervention_id,site_id,capital_cost\ni,nowhere,1\n",
            blackouts="blackout_id,start,end\nb,2027-03-01,2027-02-01\n",
        )
    )
    for where in (
        "partners.csv, row 2, sector",
        "partners.csv, row 3, name",
        "sites.csv, row 2, lat",
        "sites.csv, row 3, running_cost",
        "spaces.csv, row 2, site_id",
        "teams.csv, row 2, name",
        "needs.csv, amount",
        "needs.csv, amont",
        "blackouts.csv, row 2, end",
        "interventions.csv, row 2, site_id",
    ):
        assert where in told


def test_many_faults_of_one_kind_are_counted_after_twenty(tmp_path: Path) -> None:
    text = "zone_id,easting,northing,population\n" + "".join(f"z{i},575000,155000,x\n" for i in range(50))
    told = faults(tmp_path, demand=text)
    # 20 listed and one line that counts the other 30.
    assert len(told) == 21
    assert str(told[-1]) == "demand.csv, rows 22 to 51, population: 30 more of the same kind"


@pytest.mark.parametrize("partners", ["partner_id,name,sector\n", "partner_id,name,sector\n,,\n"])
def test_a_table_without_rows_does_not_bring_faults_in_others(tmp_path: Path, partners: str) -> None:
    assert [issue.where for issue in faults(tmp_path, partners=partners)] == ["partners.csv"]


def test_a_table_that_cannot_be_read_does_not_bring_faults_in_others(tmp_path: Path) -> None:
    assert len(faults(tmp_path, partners="")) == 1
