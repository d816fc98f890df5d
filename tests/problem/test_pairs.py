"""Which team may move to which site, and why another may not."""

from __future__ import annotations

import numpy as np
import pytest
from estates import problem

from assetopt.errors import ScenarioError
from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,status,tenure,lease_end,security_of_tenure,use_status,lock
home,council,H,600000,150000,existing,freehold,,,in_use,
near,council,N,601000,150000,existing,freehold,,,in_use,
far,council,F,610000,150000,existing,freehold,,,vacant,
other,nhs,O,602000,150000,existing,freehold,,,in_use,
small,council,S,603000,150000,existing,freehold,,,vacant,
cells,police,C,604000,150000,existing,freehold,,,in_use,
ends,council,E,605000,150000,existing,leasehold,2028-03-31,no,vacant,
shut,council,X,606000,150000,existing,freehold,,,vacant,close
away,police,A,607000,150000,external,freehold,,,in_use,
bare,council,B,608000,150000,existing,freehold,,,vacant,
"""
SPACES = "site_id,space_type,capacity\n" + "".join(
    f"{site},office,{room}\n"
    for site, room in (
        ("home", 50),
        ("near", 50),
        ("far", 50),
        ("other", 50),
        ("small", 4),
        ("cells", 50),
        ("ends", 50),
        ("shut", 50),
        ("away", 50),
    )
)
TEAMS = """
team_id,partner_id,name,service_type,site_id,movable,radius_km,earliest_move,divisible
t,council,T,children,home,yes,9.5,,no
still,council,S,admin,home,no,,,no
guard,police,G,custody,cells,no,,,no
late,council,L,admin,home,yes,,2030,no
bits,council,B,admin,home,yes,,,yes
new,council,N,admin,,no,,,no
o,nhs,O,admin,other,yes,,,no
"""
NEEDS = "team_id,space_type,amount\n" + "".join(
    f"{team},office,{5}\n" for team in ("t", "still", "guard", "late", "bits", "new", "o")
)
TABLES = {
    "sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS,
    "compatibility": "a,b,rule\nchildren,custody,must_not\n", "placements": "team_id,site_id,allowed\nt,far,yes\nbits,near,no\n",
}  # fmt: skip


def asked(**settings: object) -> Problem:
    return problem(TABLES, **settings)


@pytest.mark.parametrize(
    ("team", "site", "reason", "settings"),
    [
        ("t", "near", "may move here", {}),
        ("t", "home", "is its home today", {}),
        ("still", "near", "may not move (teams.movable = no)", {}),
        ("t", "near", "is decided to stay", {"decisions": {"stay": ["t"]}}),
        ("t", "near", "is decided to move elsewhere", {"decisions": {"move": {"t": "other"}}}),
        ("t", "other", "may move here", {"decisions": {"move": {"t": "other"}}}),
        ("t", "away", "would go to a site that is not ours to change", {}),
        ("t", "shut", "would go to a site that is to be left", {}),
        ("t", "ends", "would go to a site that is to be left", {}),
        ("t", "near", "would go to a site that is to be left", {"decisions": {"close": ["near"]}}),
        ("t", "other", "would leave the buildings its partner may use", {"boundaries": {"estate": "own"}}),
        ("t", "other", "may move here", {"boundaries": {"estate": {"groups": [["council", "nhs"]]}}}),
        ("bits", "near", "is not allowed there (placements.allowed = no)", {}),
        ("t", "near", "is not listed for that site (placements.only_listed)", {"placements": {"only_listed": True}}),
        ("t", "home", "is its home today", {"placements": {"only_listed": True}}),
        ("t", "small", "finds no room there, even with every intervention", {}),
        ("t", "bare", "finds no room there, even with every intervention", {}),  # no row in spaces
        ("bits", "small", "may move here", {}),  # a part of it fits
        ("bits", "bare", "finds no room there, even with every intervention", {}),
        ("t", "near", "finds no room there, even with every intervention", {"rules": {"capacity": {"headroom": 0.95}}}),
        ("t", "far", "would be further from home than its radius", {}),
        ("t", "cells", "would meet a team there that it must not share a site with", {}),
        ("bits", "cells", "may move here", {}),
        ("late", "near", "has no year in which it may move", {}),
        ("new", "near", "may move here", {}),  # without a home it is placed, movable or not
    ],
)
def test_the_first_reason_that_applies_is_told(team: str, site: str, reason: str, settings: dict[str, object]) -> None:
    assert asked(**settings).why_not(team, site) == reason


def test_works_that_can_be_ready_make_room_and_others_do_not() -> None:
    works = "intervention_id,site_id,capital_cost,months\nw,small,1,{}\n"
    change = "intervention_id,space_type,capacity_change\nw,office,3\n"
    for months, reason in ((6, "may move here"), (60, "finds no room there, even with every intervention")):
        wider = problem({**TABLES, "interventions": works.format(months), "intervention_spaces": change})
        assert wider.why_not("t", "small") == reason


def test_a_building_that_is_overfull_today_has_room_for_as_much_again() -> None:
    full = problem({**TABLES, "spaces": SPACES.replace("other,office,50", "other,office,1")})
    assert full.why_not("t", "other") == "may move here"  # 5 are there today: when they leave, 5 others may come


def test_pairs_are_exactly_those_without_a_reason() -> None:
    estate = asked()
    found = {(estate.facts.teams.ids[s], estate.facts.sites.ids[i]) for s, i in zip(*estate.pairs, strict=True)}
    teams, sites = estate.facts.teams.ids, estate.facts.sites.ids
    assert found == {(team, site) for team in teams for site in sites if estate.why_not(team, site) == "may move here"}
    assert len(found) > 10


def test_a_radius_keeps_the_same_pairs_however_sites_are_searched() -> None:
    rng = np.random.default_rng(3)
    n = 60
    sites = "site_id,partner_id,name,easting,northing,tenure,use_status\n" + "".join(
        f"s{i},council,S,{x},{y},freehold,vacant\n" for i, (x, y) in enumerate(rng.integers(500_000, 520_000, (n, 2)))
    )
    teams = "team_id,partner_id,name,service_type,site_id,radius_km\n" + "".join(
        f"t{i},council,T,a,s{i},{3 + i % 7}\n" for i in range(20)
    )
    spaces = "site_id,space_type,capacity\n" + "".join(f"s{i},office,9\n" for i in range(n))
    needs = "team_id,space_type,amount\n" + "".join(f"t{i},office,1\n" for i in range(20))
    drawn = problem({"sites": sites, "spaces": spaces, "teams": teams, "needs": needs})
    found = set(zip(*(part.tolist() for part in drawn.pairs), strict=True))
    team, site = np.repeat(np.arange(20), n), np.tile(np.arange(n), 20)
    code = drawn.screen(team, site)
    assert found == set(zip(team[code == 0].tolist(), site[code == 0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ({"keep": ["hom"]}, 'no site "hom" in sites'),
        ({"stay": ["tt"]}, 'no team "tt" in teams'),
        ({"move": {"t": "neer"}}, 'no site "neer" in sites'),
        ({"stay": ["t"], "move": {"t": "near"}}, 'team "t" is to stay and to move'),
        ({"stay": ["new"]}, 'team "new" is to stay, but has no home today'),
    ],
)
def test_decisions_about_what_is_not_there_are_refused(decisions: dict[str, object], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        asked(decisions=decisions)
