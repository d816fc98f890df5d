"""Every shape of access standard, read from its row."""

from __future__ import annotations

import numpy as np
import pytest
from estates import problem
from towns import TABLES, town

from assetopt.errors import DataError
from assetopt.problem import Problem
from assetopt.problem.standards import CoverTest


def groups(asked: Problem, test: int = 0) -> list[tuple[str, float, float, float]]:
    """Return (label, people, required, served today) of every group of a test."""
    return [(g.label, g.total, g.required, g.today) for g in asked.cover_tests[test].groups]


def covered(test: CoverTest, place: int) -> list[bool]:
    """Return which zones the point at one place covers."""
    points = np.zeros(len(test.sites), dtype=bool)
    points[place] = True
    return test.served(points).tolist()


def test_a_share_of_everyone() -> None:
    # within 12 minutes today: z1 5, z2 12 (just), z3 6; z4 20 is not
    assert groups(town("car,12,0.5", "mode,max_minutes,min_share")) == [("everyone", 1000, 500, 600)]


def test_a_share_in_each_district() -> None:
    assert groups(town("car,12,0.5,district", "mode,max_minutes,min_share,per")) == [
        ("district north", 300, 150, 300), ("district south", 700, 350, 300),
    ]  # fmt: skip


def test_a_zone_without_a_district_is_in_none() -> None:
    found = groups(town("car,12,1,ward", "mode,max_minutes,min_share,per"))
    assert [label for label, *_ in found] == ["ward w1", "ward w2", "ward w3"]


def test_deciles_are_named_as_whole_numbers_and_a_missing_one_is_no_group() -> None:
    found = groups(town("car,12,1,imd_decile", "mode,max_minutes,min_share,per"))
    assert [label for label, *_ in found] == ["imd_decile 1", "imd_decile 2", "imd_decile 3"]


@pytest.mark.parametrize(
    ("segment", "people", "served"),
    [
        ("all", 1000, 600),
        ("rural", 300, 300),  # z3; an empty cell is not rural
        ("urban", 700, 300),
        ("deprived", 400, 400),  # deciles 1 and 2: z1 and z3
        ("pop_over_75", 150, 70),  # an empty cell is nobody
    ],
)
def test_a_segment(segment: str, people: float, served: float) -> None:
    ((_, total, required, today),) = groups(town(f"car,12,1,{segment}", "mode,max_minutes,min_share,segment"))
    assert (total, required, today) == (people, people, served)


def test_what_counts_as_deprived_can_be_set() -> None:
    wide = town(
        "car,12,1,deprived", "mode,max_minutes,min_share,segment", defaults={"use": "none", "deprived_max_decile": 3}
    )
    assert groups(wide)[0][1] == 600


def test_people_without_a_car_are_not_measured_by_car() -> None:
    found = town("car;walk,12,1,pop_no_car", "mode,max_minutes,min_share,segment")
    # on foot within 12 minutes: z1 only (z3 is 15, z2 reaches only mid)
    assert groups(found) == [("pop_no_car", 100, 100, 40)]
    with pytest.raises(DataError, match="people without a car are not measured by car"):
        _ = town("car,12,1,pop_no_car", "mode,max_minutes,min_share,segment").cover_tests


def test_of_several_modes_the_better_counts() -> None:
    both = town("car;walk,7,1", "mode,max_minutes,min_share")
    sites = [both.facts.sites.ids[i] for i in both.cover_tests[0].sites]
    # within 7 minutes of mid: z2 on foot (4), not by car (8)
    assert covered(both.cover_tests[0], sites.index("mid")) == [False, True, False, False]


def test_straight_kilometres() -> None:
    assert groups(town("crow,3,1", "mode,max_km,min_share")) == [("everyone", 1000, 1000, pytest.approx(600))]


def test_kilometres_by_road_are_longer_than_straight_ones() -> None:
    # 3 km as the crow flies is 3.9 by road
    assert groups(town("car,3.8,1", "mode,max_km,min_share"))[0][3] == 400
    assert groups(town("car,4,1", "mode,max_km,min_share"))[0][3] == 600


def test_either_minutes_or_kilometres_will_do() -> None:
    # z1 5 minutes, z2 12; z3 6 minutes; z4: 20 minutes, 10 km = 13 by road
    assert groups(town("car,6,14,1", "mode,max_minutes,max_km,min_share"))[0][3] == 1000


def test_minutes_are_not_asked_of_a_straight_line() -> None:
    with pytest.raises(DataError, match="mode crow has kilometres only"):
        _ = town("crow,12,1", "mode,max_minutes,min_share").cover_tests


@pytest.mark.parametrize(
    ("force", "floor", "not_below", "required"),
    [
        ("hard", "asked", "no", 800),
        ("hard", "today", "no", 600),  # today's estate serves 600 only
        ("soft", "today", "no", 800),  # only hard standards are lowered
        ("trigger", "today", "no", 800),
    ],
)
def test_today_as_the_floor_lowers_a_hard_standard_that_today_fails(
    force: str, floor: str, not_below: str, required: float
) -> None:
    found = town(
        f"car,12,0.8,{force},{not_below},1",
        "mode,max_minutes,min_share,force,not_below_today,penalty",
        {"floor": floor},
    )
    assert groups(found)[0][2] == pytest.approx(required)


def test_not_below_today_raises_what_is_asked_to_what_is_served() -> None:
    low = town("car,12,0.3,yes", "mode,max_minutes,min_share,not_below_today")
    assert groups(low)[0][2] == 600
    high = town("car,12,0.8,yes", "mode,max_minutes,min_share,not_below_today")
    assert groups(high)[0][2] == 800  # besides min_share, not instead of it


def test_nobody_gets_much_further_than_today() -> None:
    found = town("car,60,0,3", "mode,max_minutes,min_share,max_extra_minutes")
    test = found.cover_tests[1]
    assert test.kind == "extra_minutes"
    sites = [found.facts.sites.ids[i] for i in test.sites]
    # today z1 5, z2 12, z3 6, z4 20: with mid alone 15, 8, 14, 40
    assert covered(test, sites.index("mid")) == [False, True, False, False]
    assert groups(found, 1) == [("everyone", 1000, 1000, 1000)]


def test_zones_that_reach_nothing_today_are_exempt() -> None:
    found = town("walk,60,0,3", "mode,max_minutes,min_share,max_extra_minutes")
    assert groups(found, 1) == [("everyone", 400, 400, 400)]  # z1 and z3 walk to a library today


def test_a_share_may_lose() -> None:
    found = town("car,60,0,3,0.25", "mode,max_minutes,min_share,max_extra_minutes,max_share_losing")
    assert groups(found, 1)[0][2] == 750


@pytest.mark.parametrize(("share", "required"), [("0.25", 750), ("0", 1000)])
def test_without_a_measure_of_loss_whoever_gets_any_further_loses(share: str, required: float) -> None:
    found = town(f"car,60,0,{share}", "mode,max_minutes,min_share,max_share_losing")
    assert (found.cover_tests[1].kind, groups(found, 1)[0][2]) == ("extra_minutes", required)


def test_loss_is_in_kilometres_where_the_standard_is() -> None:
    found = town("crow,60,0,0.1", "mode,max_km,min_share,max_share_losing")
    assert (found.cover_tests[1].kind, groups(found, 1)[0][2]) == ("extra_km", 900)


def test_extra_kilometres() -> None:
    found = town("crow,60,0,4", "mode,max_km,min_share,max_extra_km")
    test = found.cover_tests[1]
    sites = [found.facts.sites.ids[i] for i in test.sites]
    # today 0, 3, 1, 10 km; mid 5, 2, 4, 15
    assert covered(test, sites.index("mid")) == [False, True, True, False]


def test_a_mean() -> None:
    (mean,) = town("car,12,mean", "mode,max_minutes,measure").mean_tests
    # (100 x 5 + 200 x 12 + 300 x 6 + 400 x 20) / 1000 = 12.7
    assert mean.groups[0].today == pytest.approx(12.7)
    assert mean.groups[0].required == 12


@pytest.mark.parametrize(
    ("floor", "not_below", "limit", "required"),
    [("today", "no", 12, 12.7), ("asked", "yes", 14, 12.7), ("asked", "no", 14, 14)],
)
def test_a_mean_against_today(floor: str, not_below: str, limit: float, required: float) -> None:
    found = town(f"car,{limit},mean,{not_below}", "mode,max_minutes,measure,not_below_today", {"floor": floor})
    assert found.mean_tests[0].groups[0].required == pytest.approx(required)


def test_the_mean_of_people_who_reach_nothing_is_endless() -> None:
    (mean,) = town("walk,12,mean", "mode,max_minutes,measure").mean_tests
    assert mean.groups[0].today == np.inf


def test_every_standard_that_cannot_be_read_is_told_at_once() -> None:
    standards = "standard_id,service_type,mode,max_minutes\na,library,crow,9\nb,library,crow,8\n"
    with pytest.raises(DataError) as caught:
        _ = problem({**TABLES, "standards": standards}, rules={"access": {}}).cover_tests
    assert [issue.where for issue in caught.value.issues] == ["standards, a", "standards, b"]


def test_a_point_is_pinned_where_its_team_can_never_leave() -> None:
    found = town("car,12,1", "mode,max_minutes,min_share", decisions={"stay": ["lw"]})
    points = found.points(int(found.facts.services.get_loc("library")))
    names = [found.facts.sites.ids[i] for i in points.sites]
    assert dict(zip(names, points.pinned.tolist(), strict=True)) == {"west": True, "east": False, "mid": False}
    assert dict(zip(names, points.today.tolist(), strict=True)) == {"west": True, "east": True, "mid": False}
