"""What cannot be right about people, places and standards: told at once, in words, with row, column, value and what would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_estate import faults, read

ZONES = "zone_id,easting,northing,population,district,pop_young\n"
STANDARDS = "standard_id,service_type,mode,max_minutes,"


def told(folder: Path, **tables: str) -> list[tuple[str, str]]:
    return [(issue.where, issue.what) for issue in faults(folder, **tables)]


def test_everything_wrong_about_people_is_told_at_once(tmp_path: Path) -> None:
    rows = ZONES + (
        "sea,690000,250000,100,a,10\n"  # in the North Sea, 40 km off Felixstowe
        "dublin,115000,370000,100,a,10\n"  # Dublin, on the British grid
        "minus,576000,156000,-5,a,0\n"
        "many,576000,156000,100,a,140\n"
    )
    said = dict(told(tmp_path, demand=rows))
    assert said["demand.csv, row 2, easting"] == (
        "sea at easting 690,000, northing 250,000 is in the sea, more than 5 km from any land; 100 people"
    )
    assert "is in another country; 100 people" in said["demand.csv, row 3, easting"]
    assert "demand.csv, row 4, population" in said
    assert said["demand.csv, row 5, pop_young"] == "140 people of pop_young, but only 100 live in the zone"


@pytest.mark.parametrize(
    ("east", "north"),
    [(576000, 156000), (634000, 141000), (135000, 25000), (91000, 11000), (446000, 1142000), (146000, 529000)],
)
def test_coasts_islands_and_northern_ireland_are_land(tmp_path: Path, east: int, north: int) -> None:
    # Maidstone, Dover, Land's End, Scilly, Shetland, Belfast
    assert told(tmp_path, demand=ZONES + f"z,{east},{north},100,a,10\n") == []


def test_a_zone_without_people_a_rounded_group_and_two_spellings_are_warnings(tmp_path: Path) -> None:
    rows = ZONES + (
        "z1,576000,156000,0,Ashford,0\nz2,576000,157000,50,Ashford,55\nz3,576000,158000,50,ashford ,5\nz4,576000,158500,9,,\n"
    )
    standards = STANDARDS + "per\ns,community,car,20,district\n"
    said = [(w.where, w.what) for w in read(tmp_path, demand=rows, standards=standards).warnings]
    assert ("demand.csv, row 2, population", "nobody lives in zone z1") in said
    assert ("demand.csv, row 3, pop_young", "55 people of pop_young, but only 50 live in the zone") in said
    assert ("demand.csv, row 4, district", 'district "ashford" stands beside "Ashford", and counts as another') in said
    what = "1 of 4 zones (9 people) have no district: a standard per district does not speak of them"
    assert ("demand.csv, district", what) in said


def test_a_site_far_from_everybody_is_told(tmp_path: Path) -> None:
    # the clinic (Canterbury) is about 45 km from a zone at Maidstone
    said = [w.where + ": " + w.what for w in read(tmp_path, demand=ZONES + "z,576000,156000,100,a,10\n").warnings]
    assert any(
        "sites.csv, row 3, lat: clinic is" in one and "km from the nearest zone of demand" in one for one in said
    )


@pytest.mark.parametrize(
    ("columns", "row", "message"),
    [
        ("segment", "community,car,20,pop_yuong", 'no segment "pop_yuong"'),
        (
            "segment",
            "community,car,20,rural+pop_young",
            '"rural" needs rural, which is empty in every row of demand.csv',
        ),
        (
            "segment",
            "community,car,20,deprived",
            '"deprived" needs imd_decile, which is empty in every row of demand.csv',
        ),
        ("per", "community,car,20,borough", 'no column of demand "borough"'),
        ("per", "community,car,20,ward", '"ward" needs ward, which is empty in every row of demand.csv'),
        ("segment", "library,car,20,all", 'no team and no service type "library"'),
        ("segment", "community,bus,20,all", 'no mode "bus"'),
        (
            "segment",
            "community,car+crow,20,all",
            "crow is no way to travel, so it cannot be one of two that must both do",
        ),
    ],
)
def test_a_standard_that_cannot_be_measured_is_refused(tmp_path: Path, columns: str, row: str, message: str) -> None:
    standards = STANDARDS + f"{columns}\ns,{row}\n"
    said = told(tmp_path, demand=ZONES + "z,576000,156000,100,a,10\n", standards=standards)
    assert message in [what for _, what in said]


def test_a_standard_for_a_service_that_no_team_gives_is_refused(tmp_path: Path) -> None:
    tables = {
        "demand": ZONES + "z,576000,156000,100,a,10\n",
        "service_types": "service_type,public\nlibrary,yes\ncommunity,yes\nback_office,no\n",
        "standards": STANDARDS + "segment\ns,library,car,20,all\n",
    }
    said = told(tmp_path, **tables)
    assert said == [
        ("standards.csv, row 2, service_type",
         'no team gives service "library", so it has no point today and can have none'),
    ]  # fmt: skip


def test_todays_share_on_top_of_everybody_is_a_warning(tmp_path: Path) -> None:
    tables = {
        "demand": ZONES + "z,576000,156000,100,a,10\n",
        "standards": STANDARDS + "not_below_today\ns,community,car,20,yes\n",
    }
    said = [(w.where, w.fix) for w in read(tmp_path, **tables).warnings]
    assert ("standards.csv, row 2, min_share", "give min_share = 0 to hold today's share alone") in said
