"""Room for every team, by site, space type and year."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem

from assetopt.formulation import lay_columns
from assetopt.problem import Problem
from assetopt.rules.capacity import constrain

SITES = """
site_id,partner_id,name,easting,northing,tenure
a,council,A,600000,150000,freehold
b,council,B,601000,150000,freehold
"""
SPACES = "site_id,space_type,capacity\na,office,10\nb,office,10\nb,store,4\n"
TEAMS = "team_id,partner_id,name,service_type,site_id,divisible\nt,council,T,admin,a,no\nu,council,U,admin,b,yes\n"
NEEDS = "team_id,space_type,amount\nt,office,6\nu,office,8\n"
WORKS = "intervention_id,site_id,capital_cost,months\nmore,b,10,0\nless,b,10,0\nstore,b,10,0\n"
CHANGE = "intervention_id,space_type,capacity_change\nmore,office,5\nless,office,-3\nstore,store,-6\n"


def asked(needs: str = NEEDS, **settings: object) -> Problem:
    tables = {
        "sites": SITES,
        "spaces": SPACES,
        "teams": TEAMS,
        "needs": needs,
        "interventions": WORKS,
        "intervention_spaces": CHANGE,
    }
    return problem(tables, **settings)


def test_today_fits() -> None:
    assert breaches_of(asked(), "capacity") == []


def test_too_much_in_one_building_is_told_with_what_is_needed_and_held() -> None:
    found = breaches_of(asked(), "capacity", move={"t": ("b", 2028)})
    assert found == [("b", pytest.approx(4), "b, office, 2028: 14 needed, 10 held (4 too much)")]


def test_works_make_room_from_their_year_on() -> None:
    assert breaches_of(asked(), "capacity", move={"t": ("b", 2028)}, build={"more": 2028}) == []
    early = breaches_of(asked(), "capacity", move={"t": ("b", 2027)}, build={"more": 2028})
    assert [message for _, _, message in early] == ["b, office, 2027: 14 needed, 10 held (4 too much)"]


def test_works_may_not_take_away_what_is_in_use() -> None:
    found = breaches_of(asked(), "capacity", build={"less": 2028})
    assert found == [("b", pytest.approx(1), "b, office, 2028: 8 needed, 7 held (1 too much)")]


def test_works_may_not_take_away_more_than_there_is_though_nobody_uses_it() -> None:
    (found, *_) = breaches_of(asked(), "capacity", build={"store": 2027})
    assert found == ("b", pytest.approx(2), "b, store, 2027: 0 needed, -2 held (2 too much)")


def test_a_share_of_a_team_needs_that_share_of_its_room() -> None:
    assert breaches_of(asked(), "capacity", split={"u": [("a", 2027, 0.5)]}) == []  # 6 + 4 = 10
    (found, *_) = breaches_of(asked(), "capacity", split={"u": [("a", 2027, 0.6)]})
    assert found[1] == pytest.approx(0.8)


def test_headroom_is_kept_free() -> None:
    fits = asked(rules={"capacity": {"headroom": 0.2}})
    assert breaches_of(fits, "capacity") == []  # 8 of 10 in use at b
    (found, *_) = breaches_of(fits, "capacity", split={"u": [("a", 2027, 0.5)]})
    assert found[2] == "a, office, 2027: 10 needed, 8 held (2 too much)"


def test_a_building_that_is_overfull_today_may_stay_so_but_not_get_worse() -> None:
    full = asked(NEEDS.replace("u,office,8", "u,office,13"))
    assert breaches_of(full, "capacity") == []
    (found, *_) = breaches_of(full, "capacity", move={"t": ("b", 2027)})
    assert found[1] == pytest.approx(6)


def test_works_that_nobody_could_use_are_in_no_row() -> None:
    # A store at b that no team needs. Its column once landed in the last row of whatever had been written before.
    tables = {
        "sites": SITES,
        "spaces": SPACES,
        "teams": TEAMS,
        "needs": NEEDS,
        "interventions": "intervention_id,site_id,capital_cost,months\nshelf,b,10,0\n",
        "intervention_spaces": "intervention_id,space_type,capacity_change\nshelf,store,6\n",
    }
    form = lay_columns(problem(tables))
    form.program.add_rows("before", 1, upper=1.0, entries=[])
    constrain(form)
    assert form.program.matrix.a[:, form.build[form.build >= 0]].nnz == 0
