"""Every citizen's way to every service, in every decision year."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem
from towns import TABLES, town

from assetopt.optimise import optimise


def test_a_standard_that_is_met_is_no_breach() -> None:
    assert breaches_of(town("car,12,0.6", "mode,max_minutes,min_share"), "access") == []


def test_people_short_are_told_by_standard_group_and_year() -> None:
    found = breaches_of(town("car,12,0.6", "mode,max_minutes,min_share"), "access", close={"le": 2028})
    # with west alone: z1 and z2, 300 of 1000
    assert found == [
        (
            "s: everyone",
            pytest.approx(300),
            "standard s, everyone, 2028: 300 of 1,000 people (30.0%) are within reach, 600 (60.0%) asked; 300 short",
        )
    ]


def test_the_district_that_falls_short_is_named() -> None:
    found = breaches_of(town("car,12,0.3,district", "mode,max_minutes,min_share,per"), "access", close={"le": 2028})
    assert [subject for subject, _, _ in found] == ["s: district south"]


def test_a_standard_holds_in_every_year_not_only_at_the_end() -> None:
    asked = town("car,12,0.6", "mode,max_minutes,min_share")
    assert len(breaches_of(asked, "access", close={"le": 2027})) == 2


def test_a_mean_that_gets_too_long_is_told() -> None:
    asked = town("car,13,mean", "mode,max_minutes,measure")
    assert breaches_of(asked, "access") == []
    # le at mid: z1 5, z2 8, z3 14, z4 40: 500 + 1600 + 4200 + 16000 = 22,300 -> 22.3
    found = breaches_of(asked, "access", move={"le": ("mid", 2028)})
    assert found == [
        ("s: everyone", pytest.approx(9.3), "standard s, everyone, 2028: mean 22.30 minutes, at most 13.00 asked")
    ]


def test_somebody_who_gets_too_far_away_is_told() -> None:
    asked = town("car,60,0,9", "mode,max_minutes,min_share,max_extra_minutes")
    found = breaches_of(asked, "access", move={"le": ("mid", 2028)})
    # z4: 40 against 20 today; z3 14 against 6 is within 9
    assert [excess for _, excess, _ in found] == [pytest.approx(400)]
    assert "no further than allowed beyond today" in found[0][2]


@pytest.mark.parametrize("force", ["soft", "trigger"])
def test_only_hard_standards_bind(force: str) -> None:
    asked = town(f"car,12,1,{force},1", "mode,max_minutes,min_share,force,penalty")
    assert breaches_of(asked, "access") == []


def test_without_the_table_the_rule_does_not_hold() -> None:
    standards = "standard_id,service_type,mode,max_minutes\ns,library,car,1\n"
    assert breaches_of(problem({**TABLES, "standards": standards}), "access") == []


def test_a_mean_with_today_as_its_floor_binds_nobody_where_today_reaches_nobody() -> None:
    asked = town("walk,12,mean", "mode,max_minutes,measure", {"floor": "today"})
    assert breaches_of(asked, "access") == []
    assert optimise(asked).certificate.status == "optimal"
