"""Wishes: a credit for every site where both stand together."""

from __future__ import annotations

import pytest
from estates import NEEDS, OTHER, PLACE, line_of, problem, two_sites
from faces import both_faces

TEAMS = "team_id,partner_id,name,service_type,site_id,tags,divisible\nt,council,T,admin,home,,no\nu,council,U,advice,other,{},{}\n"


def asked(rule: str, tags: str = "", divisible: str = "no"):  # type: ignore[no-untyped-def]
    return two_sites(
        "tenure", "freehold", teams=TEAMS.format(tags, divisible), needs=NEEDS + "u,office,1\n",
        compatibility=f"a,b,rule,weight\n{rule}\n",
    )  # fmt: skip


def test_it_is_credited_from_the_year_in_which_they_meet() -> None:
    wish = asked("admin,advice,prefer,40")
    assert both_faces(wish, "preferences", line_of(wish)) == (0, 0)
    assert both_faces(wish, "preferences", line_of(wish, move={"u": ("home", 2028)})) == pytest.approx((-120, -120))


def test_a_team_of_both_kinds_does_not_meet_itself() -> None:
    wish = asked("advice,green,prefer,40", tags="green")
    assert both_faces(wish, "preferences", line_of(wish)) == (0, 0)


def test_two_teams_of_one_kind_meet() -> None:
    wish = asked("green,green,prefer,40", tags="green")
    wish_two = problem({
        "sites": f"{PLACE},tenure\nhome,council,Home,600000,150000,freehold\n{OTHER},freehold\n",
        "spaces": "site_id,space_type,capacity\nhome,office,9\nother,office,9\n",
        "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\nu,council,U,admin,home\n",
        "needs": "team_id,space_type,amount\nt,office,1\nu,office,1\n", "compatibility": "a,b,rule,weight\nadmin,admin,prefer,40\n",
    })  # fmt: skip
    assert both_faces(wish, "preferences", line_of(wish)) == (0, 0)
    assert both_faces(wish_two, "preferences", line_of(wish_two)) == pytest.approx((-160, -160))


def test_a_part_of_a_team_does_not_meet_the_wish() -> None:
    wish = asked("admin,advice,prefer,40", divisible="yes")
    part = line_of(wish, split={"u": [("home", 2027, 0.5)]})
    assert both_faces(wish, "preferences", part) == (0, 0)
    whole = line_of(wish, split={"u": [("home", 2027, 1.0)]})
    assert both_faces(wish, "preferences", whole) == pytest.approx((-160, -160))
