"""Compound segments, groups, both-must modes, days out, and how a standard that fails is told."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem
from towns import TABLES, town

from assetopt.check import check
from assetopt.errors import DataError
from assetopt.problem import Problem
from assetopt.problem.blockers import blockers
from assetopt.read import Model

TRANSIT = """
z1,west,transit,40
z2,west,transit,10
z3,east,transit,9
z4,east,transit,35
z1,west,transit_back,20
z2,west,transit_back,90
z3,east,transit_back,9
"""


def shape(row: str, columns: str, **more: str) -> Problem:
    """Return the town of ``towns`` with public transport, and one standard for libraries."""
    standards = f"standard_id,service_type,{columns}\ns,library,{row}\n"
    tables = {**TABLES, "travel": TABLES["travel"] + TRANSIT.lstrip(), "standards": standards, **more}
    return problem(tables, rules={"access": {}})


def groups(asked: Problem, test: int = 0) -> list[tuple[str, float, float]]:
    return [(g.label, g.total, g.today) for g in asked.cover_tests[test].groups]


@pytest.mark.parametrize(
    ("segment", "people", "served"),
    [
        ("deprived+urban", 100, 100),  # z1; z3 is deprived but rural
        ("rural+deprived", 300, 300),  # z3
        ("deprived+pop_over_75", 70, 70),  # z1 10, z3 60
        ("urban+pop_over_75", 90, 10),  # z1 10, z4 80; z2 is empty
    ],
)
def test_a_compound_segment_is_the_group_in_the_zones_that_are_all_of_it(
    segment: str, people: float, served: float
) -> None:
    # within 12 minutes by car today: z1, z2, z3
    assert groups(shape(f"car,12,{segment}", "mode,max_minutes,segment")) == [(segment, people, served)]


def test_a_compound_that_has_a_column_of_its_own_is_read_from_it() -> None:
    rows = TABLES["demand"].strip().splitlines()
    own = "\n".join(
        [rows[0] + ",pop_deprived_urban", *(r + f",{n}" for r, n in zip(rows[1:], (90, 5, 0, 0), strict=True))]
    )
    found = shape("car,6,deprived+urban", "mode,max_minutes,segment", demand=own)
    assert groups(found) == [("deprived+urban", 95, 90)]


def test_two_groups_at_once_are_refused_as_nobody_knows_who_is_both() -> None:
    with pytest.raises(DataError, match="nobody knows how many people are both pop_no_car and pop_over_75"):
        shape("walk,12,pop_no_car+pop_over_75", "mode,max_minutes,segment")


def test_people_without_a_car_in_a_compound_are_not_measured_by_car() -> None:
    found = shape("car;walk,12,urban+pop_no_car", "mode,max_minutes,segment")
    assert groups(found) == [("urban+pop_no_car", 70, 40)]  # z1 walks 10; z2 and z4 have no walk


def test_per_group_holds_for_every_group_and_takes_the_car_from_who_has_none() -> None:
    found = shape("car;walk,12,group", "mode,max_minutes,per")
    assert groups(found, 0) == [("pop_over_75", 150, 70)]
    assert groups(found, 1) == [("pop_no_car", 100, 40)]
    assert found.cover_tests[0].label != found.cover_tests[1].label


def test_per_group_by_car_alone_leaves_people_without_one_out_and_says_so() -> None:
    found = shape("car,12,group", "mode,max_minutes,per")
    assert [t.groups[0].label for t in found.cover_tests] == ["pop_over_75"]
    assert any("pop_no_car is left out" in note.what for note in found.notes)


@pytest.mark.parametrize("per", ["district", "imd_decile", "group", "ward"])
def test_not_below_today_holds_in_every_part(per: str) -> None:
    found = shape(f"car;walk,12,0,yes,{per}", "mode,max_minutes,min_share,not_below_today,per")
    every = [g for t in found.cover_tests for g in t.groups]
    assert len(every) > 1
    assert all(g.required == g.today for g in every)


def test_both_must_is_the_slower_of_the_two() -> None:
    # car+transit within 12: z2 (12, 10), z3 (6, 9); z1 5 by car but 40 by bus
    assert groups(shape("car+transit,12", "mode,max_minutes"))[0][2] == 500
    # or on foot: z1 too
    assert groups(shape("walk;car+transit,12", "mode,max_minutes"))[0][2] == 600


def test_a_day_out_needs_the_way_back() -> None:
    # there + 30 + back: z1 40 + 20 = 90, z2 10 + 90 = 130, z3 9 + 9 = 48; z4 gets there, but not back
    columns = "mode,back_mode,stay_minutes,max_minutes"
    assert groups(shape("transit,transit_back,30,90", columns))[0][2] == 400
    assert groups(shape("transit,transit_back,30,89.9", columns))[0][2] == 300
    assert groups(shape("transit,transit_back,30,999", columns))[0][2] == 600


def test_a_stay_without_a_way_back_is_refused() -> None:
    with pytest.raises(DataError, match="stay_minutes is given without back_mode"):
        _ = shape("transit,30,90", "mode,stay_minutes,max_minutes").cover_tests


def told(asked: Problem) -> list[tuple[str, str]]:
    found = check(Model(asked.estate, asked.scenario, ()))
    return [(row["group"], row["nearest"]) for row in found.access.to_dict("records") if not row["holds"]]


@pytest.mark.parametrize(
    ("row", "columns", "expected"),
    [
        # z4 (400 of 1,000) is 20 minutes away
        ("car,12,0.8", "mode,max_minutes,min_share", [("everyone", "20.0 minutes would hold, or a share of 60.0%")]),
        ("crow,3,0.8", "mode,max_km,min_share", [("everyone", "9.97 km would hold, or a share of 60.0%")]),
        # in the south z3 300 of 700 are served
        ("car,12,0.9,district", "mode,max_minutes,min_share,per",
         [("district south", "20.0 minutes would hold, or a share of 42.8%")]),
        # 12.7 minutes on the mean
        ("car,12,mean", "mode,max_minutes,measure", [("everyone", "a mean of 12.7 minutes would hold")]),
        # nobody at all walks from z2 and z4
        ("walk,12,0.8", "mode,max_minutes,min_share", [("everyone", "a share of 10.0% would hold")]),
        # either will do: 20 minutes for z4, or its 9.97 x 1.3 km by road
        ("car,12,9,0.8", "mode,max_minutes,max_km,min_share",
         [("everyone", "20.0 minutes would hold, or 12.96 km, or a share of 60.0%")]),
    ],
)  # fmt: skip
def test_what_today_fails_is_told_with_the_nearest_value_that_holds(
    row: str, columns: str, expected: list[tuple[str, str]]
) -> None:
    asked = town(row, columns)
    assert told(asked) == expected


def test_a_trigger_is_told_and_blocks_nothing() -> None:
    from assetopt.check import check_text

    asked = town("car,12,0.8,trigger", "mode,max_minutes,min_share,force")
    text = check_text(check(Model(asked.estate, asked.scenario, ())))
    assert "TRIGGERED (20.0 minutes would hold, or a share of 60.0%)" in text
    assert "  access: not in force: there is no hard standard" in text


def test_a_standard_that_no_plan_can_keep_is_told_with_what_would_hold() -> None:
    # with every possible point open z4 is still 20 minutes away
    said = blockers(town("car,12,1", "mode,max_minutes,min_share"))
    assert len(said) == 1
    assert "20.0 minutes would hold, or a share of 60.0%" in said[0].lower()
    # the mean with all three open: (500 + 200 x 8 + 1800 + 8000) / 1000 = 11.9
    said = blockers(town("car,11,mean", "mode,max_minutes,measure"))
    assert said[0].endswith("A mean of 11.9 minutes would hold")


def test_points_run_by_others_count_and_cannot_change() -> None:
    lines = TABLES["sites"].strip().splitlines()
    outside = "\n".join([lines[0] + ",status", *(f"{line},existing" for line in lines[1:])])
    outside += "\nfar,nhs,F,620000,150000,freehold,in_use,external\n"
    tables = {
        **TABLES,
        "sites": outside,
        "spaces": TABLES["spaces"] + "far,desk,9\n",
        "teams": TABLES["teams"] + "lf,nhs,LF,library,far,yes\n",
        "needs": TABLES["needs"] + "lf,desk,1\n",
        "standards": "standard_id,service_type,mode,max_km,min_share\ns,library,crow,3,1\n",
    }
    asked = problem(tables, rules={"access": {}})
    test = asked.cover_tests[0]
    names = [asked.facts.sites.ids[i] for i in test.sites]
    assert test.pinned[names.index("far")]
    assert "lf" not in {str(asked.facts.teams.ids[s]) for s in asked.pairs[0]}
    assert asked.why_not("lf", "mid") == "is at a site that is not ours to change (sites.status = external)"
    assert breaches_of(asked, "eligibility", move={"lf": ("mid", 2027)})
    assert test.groups[0].today == 1000  # z4 is served from far
