"""Decisions that are taken already hold."""

from __future__ import annotations

from estates import breaches_of, problem

from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,status,tenure,use_status,lock,lock_reason
a,council,A,600000,150000,existing,freehold,in_use,,
b,council,B,601000,150000,existing,freehold,in_use,keep,listed
c,council,C,602000,150000,existing,freehold,vacant,close,
n,council,N,603000,150000,candidate,freehold,in_use,keep,
o,council,O,604000,150000,candidate,freehold,in_use,close,
idle,council,I,605000,150000,existing,freehold,in_use,,
"""
SPACES = "site_id,space_type,capacity\na,office,9\nb,office,9\nc,office,9\nn,office,9\no,office,9\nidle,office,9\n"
TEAMS = "team_id,partner_id,name,service_type,site_id,closable\nt,council,T,admin,a,yes\n"
NEEDS = "team_id,space_type,amount\nt,office,1\n"
HELD = {"leave": {"c": 2028}, "open_": {"n": 2028}}


def asked(**settings: object) -> Problem:
    return problem({"sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS}, **settings)


def said(**changes: object) -> list[str]:
    settings = changes.pop("settings", {})
    return [message for _, _, message in breaches_of(asked(**settings), "locks", **changes)]  # type: ignore[arg-type]


def test_locks_are_kept() -> None:
    assert said(**HELD) == []


def test_a_site_locked_keep_is_not_given_up_and_the_reason_is_told() -> None:
    assert said(leave={"b": 2027, "c": 2028}, open_={"n": 2027}) == [
        "b is locked keep (listed), but the plan gives it up"
    ]


def test_a_candidate_locked_keep_is_opened() -> None:
    assert said(leave={"c": 2028}) == ["n is locked keep, but the plan gives it up"]


def test_a_site_locked_close_is_vacated_in_some_decision_year() -> None:
    assert said(open_={"n": 2027}) == ["c is to be closed, but the plan holds it"]


def test_a_candidate_locked_close_is_never_opened() -> None:
    assert said(leave={"c": 2027}, open_={"n": 2027, "o": 2028}) == ["o is to be closed, but the plan holds it"]


def test_decisions_of_the_scenario_hold_like_locks() -> None:
    decided = {"decisions": {"keep": ["a"], "close": ["idle"]}}
    assert said(settings=decided, **HELD) == ["idle is to be closed, but the plan holds it"]
    moved = {"leave": {"c": 2028, "a": 2028, "idle": 2028}, "open_": {"n": 2028}, "move": {"t": ("b", 2028)}}
    assert said(settings=decided, **moved) == ["a is locked keep, but the plan gives it up"]


def test_a_team_decided_to_stay_neither_moves_nor_closes() -> None:
    decided = {"decisions": {"stay": ["t"]}}
    assert said(settings=decided, **HELD) == []
    for change in ({"move": {"t": ("b", 2027)}}, {"close": {"t": 2027}}):
        assert said(settings=decided, **HELD, **change) == [
            "team t is decided to stay, but the plan moves or closes it"
        ]


def test_a_team_decided_to_move_is_there_by_the_last_decision_year() -> None:
    decided = {"decisions": {"move": {"t": "b"}}}
    assert said(settings=decided, **HELD, move={"t": ("b", 2028)}) == []
    assert said(settings=decided, **HELD) == [
        "team t is decided to move to b, but is not there in the last decision year"
    ]


def test_a_site_that_hosts_no_team_may_be_someones_school_and_is_kept() -> None:
    shipped = {"defaults": {}}
    assert said(settings=shipped, leave={"c": 2028, "idle": 2027}, open_={"n": 2028}) == [
        "idle is locked keep, but the plan gives it up"
    ]
    assert said(leave={"c": 2028, "idle": 2027}, open_={"n": 2028}) == []  # with use = "none" it is free to go
