"""Every team is housed once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from estates import breaches_of, line_of, plan_of, problem
from faces import every_plan

from assetopt.problem import Problem
from assetopt.rules import placement
from assetopt.timeline import lay_out

SITES = """
site_id,partner_id,name,easting,northing,tenure
a,council,A,600000,150000,freehold
b,council,B,601000,150000,freehold
c,council,C,602000,150000,freehold
"""
SPACES = "site_id,space_type,capacity\na,office,9\nb,office,9\nc,office,9\n"
TEAMS = """
team_id,partner_id,name,service_type,site_id,divisible,closable
whole,council,W,admin,a,no,yes
split,council,S,admin,a,yes,yes
new,council,N,admin,,no,no
"""
NEEDS = "team_id,space_type,amount\nwhole,office,1\nsplit,office,2\nnew,office,1\n"


def asked(**settings: object) -> Problem:
    return problem({"sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS}, **settings)


PLACED = {"move": {"new": ("b", 2027)}}


def test_a_team_may_stay_and_one_without_a_home_is_placed_in_the_first_year() -> None:
    assert breaches_of(asked(), "placement", **PLACED) == []


def test_a_team_without_a_home_must_be_placed() -> None:
    assert breaches_of(asked(), "plan") == [("new", 1.0, "team new is missing from the plan")]
    line = line_of(asked(), **PLACED)
    nowhere = replace(
        line,
        move_team=line.move_team[:0],
        move_site=line.move_site[:0],
        move_year=line.move_year[:0],
        move_share=line.move_share[:0],
    )
    assert [v.message for v in placement.violations(line.problem, nowhere)] == [
        "team new has no home today and only 0 of it is placed"
    ]


def test_a_team_without_a_home_is_not_placed_later() -> None:
    assert breaches_of(asked(), "placement", move={"new": ("b", 2028)}) == [
        ("new", 1.0, "team new has no home today and must be placed in 2027")
    ]


def test_a_divisible_team_may_be_spread_over_several_sites() -> None:
    assert breaches_of(asked(), "placement", **PLACED, split={"split": [("b", 2028, 0.3), ("c", 2028, 0.2)]}) == []


def test_a_divisible_team_moves_in_one_year() -> None:
    found = breaches_of(asked(), "placement", **PLACED, split={"split": [("b", 2027, 0.3), ("c", 2028, 0.2)]})
    assert found == [("split", 1.0, "team split moves in 2027 and again in 2028; a team moves once")]


def test_a_team_that_closes_does_not_move_too() -> None:
    line = line_of(asked(), **PLACED, close={"whole": 2027})
    team, site, year, share = (np.append(part, extra) for part, extra in zip(
        (line.move_team, line.move_site, line.move_year, line.move_share), (0, 1, 1, 1.0), strict=True))  # fmt: skip
    both = replace(line, move_team=team, move_site=site, move_year=year, move_share=share)
    assert [v.message for v in placement.violations(both.problem, both)] == ["team whole both moves and closes"]


def test_a_team_does_not_move_twice() -> None:
    line = line_of(asked(), move={"new": ("b", 2027), "whole": ("b", 2027)})
    team, site, year, share = (np.append(part, extra) for part, extra in zip(
        (line.move_team, line.move_site, line.move_year, line.move_share), (0, 2, 1, 1.0), strict=True))  # fmt: skip
    twice = replace(line, move_team=team, move_site=site, move_year=year, move_share=share)
    said = [v.message for v in placement.violations(twice.problem, twice)]
    assert "team whole moves with 2 of itself" in said
    assert "team whole moves in 2027 and again in 2028; a team moves once" in said


def test_the_share_that_is_said_to_stay_is_the_share_that_is_left() -> None:
    wrong = asked()
    plan = plan_of(wrong, **PLACED, split={"split": [("b", 2028, 0.3)]})
    at_home = (plan.teams["team_id"] == "split") & (plan.teams["action"] == "stay")
    plan.teams.loc[at_home, "share"] = 0.6
    line, faults = lay_out(wrong, plan)
    assert line is not None, faults
    found = placement.violations(wrong, line)
    assert [v.message for v in found] == ["team split: the plan keeps 0.6 of it at home, but 0.7 is left there"]
    assert found[0].excess == pytest.approx(0.1)


def test_the_enumeration_of_the_faces_knows_every_way_to_house_three_teams() -> None:
    teams, needs = TEAMS.replace("split,council,S,admin,a,yes,yes\n", ""), NEEDS.replace("split,office,2\n", "")
    only = problem({"sites": SITES, "spaces": SPACES, "teams": teams, "needs": needs}, appraisal={"decision_years": 1})
    # whole: stay, b, c, close; new: a, b, c; each of three sites kept or left
    assert sum(1 for _ in every_plan(only)) == 4 * 3 * 2**3
