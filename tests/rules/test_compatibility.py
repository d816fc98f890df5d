"""Who must not, and who must, share a building."""

from __future__ import annotations

from estates import breaches_of, problem

from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,tenure
a,council,A,600000,150000,freehold
b,council,B,601000,150000,freehold
c,council,C,602000,150000,freehold
"""
SPACES = "site_id,space_type,capacity\na,office,9\nb,office,9\nc,office,9\n"
TEAMS = """
team_id,partner_id,name,service_type,site_id,tags,divisible
cells,police,Cells,custody,a,,no
kids,council,Kids,nursery,b,children;families,no
help,council,Help,advice,b,,yes
"""
NEEDS = "team_id,space_type,amount\ncells,office,1\nkids,office,1\nhelp,office,1\n"


def asked(rules: str, teams: str = TEAMS) -> Problem:
    return problem(
        {
            "sites": SITES,
            "spaces": SPACES,
            "teams": teams,
            "needs": NEEDS,
            "compatibility": f"a,b,rule,reason\n{rules}\n",
        }
    )


APART = "custody,children,must_not,law"


def test_teams_in_different_buildings_do_not_meet() -> None:
    assert breaches_of(asked(APART), "compatibility", move={"cells": ("c", 2027)}) == []


def test_two_that_must_not_meet_are_told_by_name_with_the_reason() -> None:
    found = breaches_of(asked(APART), "compatibility", move={"cells": ("b", 2028)})
    assert found == [("b", 1.0, "b, 2028: cells (custody) and kids (children) must not share a site (law)")]


def test_it_does_not_matter_which_of_the_two_is_named_first() -> None:
    assert len(breaches_of(asked("children,custody,must_not,"), "compatibility", move={"cells": ("b", 2028)})) == 1


def test_a_rule_that_today_breaks_is_held_at_todays_pairs() -> None:
    broken = asked("nursery,advice,must_not,")
    assert breaches_of(broken, "compatibility") == []
    assert (
        len(breaches_of(broken, "compatibility", move={"kids": ("c", 2028), "help": ("c", 2028)})) == 1
    )  # elsewhere it holds


def test_a_share_of_a_team_meets_too() -> None:
    found = breaches_of(asked("custody,advice,must_not,"), "compatibility", split={"help": [("a", 2028, 0.1)]})
    assert [message for _, _, message in found] == ["a, 2028: cells (custody) and help (advice) must not share a site"]


def test_must_holds_where_the_other_is_and_breaks_where_it_is_not() -> None:
    rule = asked("nursery,advice,must,staff")
    assert breaches_of(rule, "compatibility") == []
    assert breaches_of(rule, "compatibility", move={"help": ("c", 2028), "kids": ("c", 2028)}) == []
    found = breaches_of(rule, "compatibility", move={"kids": ("c", 2028)})
    assert found == [("c", 1.0, "c, 2028: kids (nursery) may only be where advice is (staff)")]


def test_must_asks_for_as_much_of_the_other_as_there_is_of_the_one() -> None:
    rule = asked("nursery,advice,must,")
    assert (
        len(breaches_of(rule, "compatibility", split={"help": [("c", 2028, 0.4)]})) == 1
    )  # 0.6 of advice is left for all of nursery


def test_a_team_of_both_kinds_does_not_need_another() -> None:
    assert breaches_of(asked("children,nursery,must,"), "compatibility", move={"kids": ("c", 2027)}) == []


def test_a_preference_binds_nobody() -> None:
    assert breaches_of(asked("nursery,advice,prefer,"), "compatibility", move={"kids": ("c", 2027)}) == []
