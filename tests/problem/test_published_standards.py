"""Every shipped set of standards on a hand-made case: what is served, what is asked, and whether it holds."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from estates import problem

from assetopt.errors import DataError, ScenarioError
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.problem.published import folder, published

# Zone z1 is at the point; z2..z4 lie 2, 4 and 9 km east of it in a straight line. z1 and z2 are urban, z1 deprived.
ZONES = (
    "zone_id,easting,northing,population,imd_decile,rural,postcode_district,pop_under_8,pop_8_to_16,"
    "pop_low_income_8_to_11,pop_fire_high_risk,pop_fire_low_risk\n"
    "z1,600000,150000,500,1,no,TN1,50,40,10,100,400\n"
    "z2,602000,150000,300,5,no,TN1,30,30,10,0,300\n"
    "z3,604000,150000,150,5,yes,TN2,10,20,5,0,150\n"
    "z4,609000,150000,50,5,yes,TN2,10,10,5,50,0\n"
)
# By car 3, 6, 9, 16 minutes; by public transport 5, 18, 55, none; back 5, 20, 60, none; on foot 10, 25, none, none.
TRAVEL = "zone_id,site_id,mode,minutes\n" + "".join(
    f"z{k + 1},hall,{mode},{minutes}\n"
    for mode, row in (
        ("car", (3, 6, 9, 16)), ("transit", (5, 18, 55)), ("transit_back", (5, 20, 60)), ("walk", (10, 25)),
    )
    for k, minutes in enumerate(row)
)  # fmt: skip


def asked(*standards: object, **tables: str) -> Problem:
    """Return a town whose hall gives the service ``desk``, under shipped standards mapped to it."""
    mapped = [{"service_type": "desk", **({"set": s} if isinstance(s, str) else s)} for s in standards]  # type: ignore[dict-item]
    return problem(
        {
            "sites": "site_id,partner_id,name,easting,northing,tenure\nhall,council,H,600000,150000,freehold\n",
            "spaces": "site_id,space_type,capacity\nhall,desk,9\n",
            "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,desk,hall\n",
            "needs": "team_id,space_type,amount\nt,desk,1\n",
            "service_types": "service_type,public\ndesk,yes\n",
            "demand": ZONES,
            "travel": TRAVEL,
            **tables,
        },
        rules={"access": {"standards": mapped}},
    )


def standing(name: str) -> dict[str, tuple[float, float, bool]]:
    """Return, for every standard and group of a set: people (or mean) today, what is asked, and whether it holds."""
    p = asked(name)
    out = {}
    for test in p.cover_tests:
        for g in test.groups:
            out[f"{test.name}: {g.label}"] = (g.today, round(g.required, 6), g.today >= g.required - 1e-6)
    for mean in p.mean_tests:
        for g in mean.groups:
            out[f"{mean.name}: {g.label}"] = (round(g.today, 6), g.required, g.today <= g.required + 1e-9)
    return out


def test_post_office() -> None:
    # 1,000 people. Within 3 miles (4.828 km): z1 z2 z3 = 950; within 1 mile: z1 = 500; deprived and urban: z1 alone;
    # urban z1 + z2 = 800, of whom 500 within a mile; rural z3 + z4 = 200, of whom 150 within 3 miles;
    # within 6 miles (9.656 km): everybody.
    assert standing("post_office") == {
        "post_office-3-miles: everyone": (950, 990, False),
        "post_office-1-mile: everyone": (500, 900, False),
        "post_office-deprived-urban: deprived+urban": (500, 495, True),
        "post_office-urban: urban": (500, 760, False),
        "post_office-rural: rural": (150, 190, False),
        "post_office-postcode-district: postcode_district TN1": (800, 760, True),
        "post_office-postcode-district: postcode_district TN2": (200, 190, True),
    }


def test_jobcentre_counts_either_miles_or_minutes_and_never_blocks() -> None:
    # within 3 miles: z1 z2 z3; within 20 minutes by public transport: z1 z2. Today's 950 are what may not fall.
    assert standing("jobcentre") == {"jobcentre-near: everyone": (950, 950, True)}
    assert asked("jobcentre").cover_tests[0].force == "trigger"


@pytest.mark.parametrize(
    ("name", "expected"),
    [  # within a mile z1 = 500, within two (3.219 km) z1 + z2 = 800 of 1,000
        ("inner_london", {"library-inner_london-1-mile": (500, 1000, False)}),
        ("outer_london", {"library-outer_london-1-mile": (500, 990, False)}),
        ("metropolitan", {"library-metropolitan-1-mile": (500, 950, False), "library-metropolitan-2-miles": (800, 1000, False)}),
        ("unitary", {"library-unitary-1-mile": (500, 880, False), "library-unitary-2-miles": (800, 1000, False)}),
        ("county", {"library-county-2-miles": (800, 850, False)}),
        ("county_sparse", {"library-county_sparse-2-miles": (800, 720, True)}),
    ],
)  # fmt: skip
def test_library(name: str, expected: dict[str, tuple[float, float, bool]]) -> None:
    assert standing(f"library/{name}") == {f"{key}: everyone": value for key, value in expected.items()}


def test_pharmacy() -> None:
    # a walk of 20 minutes: z1 (10) only
    assert standing("pharmacy") == {
        "pharmacy-walk: everyone": (500, 892, False),
        "pharmacy-walk-urban: urban": (500, 786.4, False),
        "pharmacy-walk-rural: rural": (0, 37.8, False),
    }


def test_court() -> None:
    # 2019, twelve hours with nothing for the hearing: z1 10, z2 38, z3 115 minutes there and back; z4 has no way
    assert standing("court/2019") == {"court-day: everyone": (950, 951, False)}
    # 2010: within an hour z1 5, z2 18, z3 55
    assert standing("court/2010") == {"court-hour: everyone": (950, 500, True)}


@pytest.mark.parametrize(("stay", "served"), [(600, 950), (605, 950), (606, 800), (683, 500), (711, 0)])
def test_a_day_at_court_is_the_way_there_the_hearing_and_the_way_back(stay: float, served: float) -> None:
    # 720 minutes: z3 needs 55 + 60 = 115, so a stay of up to 605; z2 18 + 20 = 38, up to 682; z1 10, up to 710
    p = asked({"set": "court/2019", "stay_minutes": float(stay)})
    assert p.cover_tests[0].groups[0].today == served


def test_journey_time_benchmarks_hold_todays_share() -> None:
    # by public transport z1 5, z2 18, z3 55 minutes
    assert standing("gp") == {"gp-15: everyone": (500, 500, True), "gp-30: everyone": (800, 800, True)}
    assert standing("hospital") == {
        "hospital-30: everyone": (800, 800, True),
        "hospital-60: everyone": (950, 950, True),
    }
    assert standing("secondary_school") == {
        "secondary_school-20: everyone": (800, 800, True),
        "secondary_school-40: everyone": (800, 800, True),
    }


def test_school() -> None:
    # on foot 1.3 x the straight line: z2 2.6 km, z3 5.2 km
    assert standing("school") == {
        "school-under-8: pop_under_8": (80, 80, True),
        "school-8-to-16: pop_8_to_16": (70, 70, True),
        "school-low-income: pop_low_income_8_to_11": (20, 20, True),
    }


def test_fire_station() -> None:
    # mean by car: (500 x 3 + 300 x 6 + 150 x 9 + 50 x 16) / 1000 = 5.45; urban (1500 + 1800) / 800 = 4.125;
    # rural (1350 + 800) / 200 = 10.75
    assert standing("fire_station/england") == {
        "fire-mean: everyone": (5.45, 8.717, True),
        "fire-mean-urban: urban": (4.125, 7.683, True),
        "fire-mean-rural: rural": (10.75, 10.567, False),
    }
    # within 7 minutes z1 z2: 100 of 150 at high risk; within 15 z1 z2 z3: 850 of 850
    assert standing("fire_station/by_risk") == {
        "fire-high-risk: pop_fire_high_risk": (100, 150, False),
        "fire-low-risk: pop_fire_low_risk": (850, 850, True),
    }


def test_ambulance() -> None:
    # within 15 minutes 950, within 40 everybody; mean 5.45
    assert standing("ambulance") == {
        "ambulance-cat-1: everyone": (950, 900, True),
        "ambulance-cat-2: everyone": (1000, 900, True),
        "ambulance-cat-1-mean: everyone": (5.45, 7, True),
        "ambulance-cat-2-mean: everyone": (5.45, 18, True),
    }


def test_every_shipped_row_has_its_source_its_status_and_a_reason() -> None:
    files = [path.read_text(encoding="utf-8").splitlines() for path in sorted(folder().glob("*.csv"))]
    rows = [row for lines in files for row in csv.DictReader(lines)]
    assert len(rows) == 38
    assert len({row["standard_id"] for row in rows}) == len(rows)
    assert all(row["source"] and row["x_status"] and row["reason"] for row in rows)
    read = {t.name for name in published() for t in [*asked(name).cover_tests, *asked(name).mean_tests]}
    assert read == {row["standard_id"] for row in rows}


def test_a_row_of_the_package_with_the_same_id_wins() -> None:
    own = "standard_id,service_type,mode,max_km,min_share\npost_office-1-mile,desk,crow,2.5,0.5\n"
    tests = {t.name: t for t in asked("post_office", standards=own).cover_tests}
    assert len(tests) == 6
    assert tests["post_office-1-mile"].groups[0].required == 500


def test_a_set_may_be_hardened() -> None:
    assert asked({"set": "library/county", "force": "hard"}).cover_tests[0].force == "hard"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["post_ofice"], 'no set of standards "post_ofice" is shipped; did you mean "post_office"?'),
        (["library"], "name one: library/inner_london, library/outer_london"),
        (["gp", "gp"], '"gp" is named twice'),
    ],
)
def test_a_set_that_is_not_shipped_is_refused(names: list[str], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        asked(*names)
    assert message in str(caught.value)


def test_a_set_for_a_service_that_nobody_gives_is_refused() -> None:
    with pytest.raises(DataError, match='no team gives service "gp"'):
        asked({"set": "gp", "service_type": "gp"})


def test_a_set_whose_column_is_empty_is_refused_with_what_would_do() -> None:
    zones = "zone_id,easting,northing,population\nz1,600000,150000,500\n"
    with pytest.raises(DataError) as caught:
        asked("post_office", demand=zones, travel="zone_id,site_id,mode,minutes\nz1,hall,car,3\n")
    said = str(caught.value)
    assert '"deprived" needs imd_decile, which is empty in every row of demand' in said
    assert "give demand a column pop_deprived_urban" in said
    assert '"postcode_district" needs postcode_district' in said


def test_a_recount_has_the_published_rows_in_its_inputs(tmp_path: Path) -> None:
    from assetopt import verify

    result = optimise(asked("pharmacy"))
    result.write(tmp_path / "out")
    text = (tmp_path / "out" / "inputs" / "data" / "standards.csv").read_text(encoding="utf-8")
    assert text.count("pharmacy-walk") == 3
    assert verify(tmp_path / "out").ok
