"""Conflicts planted in three buildings and three teams: what would let a plan exist is what enumeration says, no more, no less."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from estates import problem
from faces import broken_rules, every_plan
from typer.testing import CliRunner

from assetopt.cli import app
from assetopt.optimise import optimise
from assetopt.owners import OWNERS
from assetopt.problem import Problem
from assetopt.problem.blockers import blockers
from assetopt.report.notebook import notebook_html

TEAMS = """
team_id,partner_id,name,service_type,site_id
ta,council,TA,custody,a
tb,council,TB,nursery,b
tc,council,TC,advice,c
"""
NEEDS = "team_id,space_type,amount\nta,office,10\ntb,office,10\ntc,office,10\n"
APART = "a,b,rule,reason\ncustody,nursery,must_not,law\ncustody,advice,must_not,law\nnursery,advice,must_not,law\n"
TIGHT, ROOMY = (10, 10, 10), (30, 30, 30)


def asked(
    room: tuple[int, int, int],
    apart: str = "",
    end: str = "",
    carbon: tuple[float, ...] = (5, 3, 2),
    **settings: object,
) -> Problem:
    """Three buildings of the council with a team of ten each, one decision year; ``end``: when c's lease runs out."""
    a, b, c = carbon
    sites = (
        "site_id,partner_id,name,easting,northing,tenure,lease_end,security_of_tenure,market_value,sale_cost_share,months_to_sale,carbon_t\n"
        f"a,council,A,600000,150000,freehold,,,1000,0,0,{a}\nb,council,B,601000,150000,freehold,,,2000,0,0,{b}\n"
        f"c,council,C,602000,150000,{'leasehold' if end else 'freehold'},{end},{'no' if end else ''},,,,{c}\n"
    )
    tables = {
        "sites": sites,
        "spaces": "site_id,space_type,capacity\n"
        + "".join(f"{s},office,{r}\n" for s, r in zip("abc", room, strict=True)),
        "teams": TEAMS,
        "needs": NEEDS,
    }
    if apart:
        tables["compatibility"] = apart
    return problem(tables, appraisal={"decision_years": 1}, **settings)


def alone(stuck: Problem) -> set[str]:
    """Return the rules each of which is all that some plan in form breaks."""
    found = [broken_rules(stuck, line) for line in every_plan(stuck)]
    assert set() not in found
    return {next(iter(rules)) for rules in found if len(rules) == 1} & set(OWNERS)


PLANTED = [
    # Ten each in tens: two buildings hold twenty of thirty. Either three buildings, or too full a room.
    (TIGHT, {"limits": {"max_sites": 2}}, {"limits", "capacity"}),
    (TIGHT, {"limits": {"max_sites": 1}}, {"limits", "capacity"}),
    ((20, 10, 10), {"limits": {"max_sites": 1}}, {"limits", "capacity"}),
    ((20, 20, 20), {"limits": {"max_sites": 1}}, {"limits", "capacity"}),
    ((25, 10, 5), {"limits": {"max_sites": 1}}, {"limits", "capacity"}),
    # All three are held for 10 t; fewer is to leave one, which needs room.
    (TIGHT, {"limits": {"max_carbon": 9}}, {"limits", "capacity"}),
    (TIGHT, {"limits": {"max_carbon": 7}}, {"limits", "capacity"}),
    (TIGHT, {"limits": {"max_carbon": 4}}, {"limits", "capacity"}),
    ((20, 20, 20), {"limits": {"max_carbon": 4}}, {"limits", "capacity"}),
    # 1,000 for a, 2,000 for b; both can only be sold if all go to c.
    (TIGHT, {"limits": {"min_receipts": 500}}, {"limits", "capacity"}),
    (TIGHT, {"limits": {"min_receipts": 1500}}, {"limits", "capacity"}),
    ((20, 20, 20), {"limits": {"min_receipts": 2500}}, {"limits", "capacity"}),
    # Room for all, but nobody, or too few, may move.
    (ROOMY, {"limits": {"max_sites": 2}, "change": {"max_moves_per_year": 0}}, {"limits", "change"}),
    (ROOMY, {"limits": {"max_sites": 1}, "change": {"max_moves_per_year": 0}}, {"limits", "change"}),
    (ROOMY, {"limits": {"max_sites": 1}, "change": {"max_moves_per_year": 1}}, {"limits", "change"}),
    (ROOMY, {"limits": {"max_carbon": 4}, "change": {"max_moves_per_year": 0}}, {"limits", "change"}),
    (ROOMY, {"limits": {"min_receipts": 3000}, "change": {"max_moves_per_year": 1}}, {"limits", "change"}),
    # Room for all, but they must not share.
    (ROOMY, {"limits": {"max_sites": 2}, "apart": APART}, {"limits", "compatibility"}),
    (ROOMY, {"limits": {"max_sites": 1}, "apart": APART}, {"limits", "compatibility"}),
    (ROOMY, {"limits": {"min_receipts": 1}, "apart": APART}, {"limits", "compatibility"}),
    # c's lease ends and nobody may move, or there is no room.
    (ROOMY, {"end": "2027-03-31", "change": {"max_moves_per_year": 0}}, {"change", "tenure"}),
    (TIGHT, {"end": "2027-03-31"}, {"capacity", "tenure"}),
    ((15, 15, 10), {"end": "2027-03-31"}, {"capacity", "tenure"}),
    (ROOMY, {"end": "2027-03-31", "apart": APART}, {"compatibility", "tenure"}),
    # Nothing but one rule: the law of sums.
    (ROOMY, {"limits": {"max_carbon": 1}}, {"limits"}),
    (ROOMY, {"limits": {"min_receipts": 4000}}, {"limits"}),
    (ROOMY, {"limits": {"min_sites": 4}}, {"limits"}),
]


@pytest.mark.parametrize(("room", "given", "planted"), PLANTED)
def test_what_would_let_a_plan_exist_is_what_enumeration_says(
    room: tuple[int, int, int], given: dict[str, object], planted: set[str]
) -> None:
    stuck = asked(room, **given)  # type: ignore[arg-type]
    certificate = optimise(stuck).certificate
    ways = [tuple(way["rules"]) for way in certificate.relaxations]  # type: ignore[arg-type]

    assert certificate.status == "infeasible"
    assert {rule for (rule,) in ways} == planted == alone(stuck)
    assert list(dict.fromkeys(rule for (rule,) in ways)) == sorted(planted, key=list(OWNERS).index)
    told = blockers(stuck) or certificate.relaxations[0]["breaches"]
    assert certificate.reasons == tuple(told)  # type: ignore[arg-type]


BOTH = [
    # One building holds all or breaks its room; c must be left, and nobody may move.
    ((20, 10, 10), {"end": "2027-03-31", "limits": {"max_sites": 1}, "change": {"max_moves_per_year": 0}}),
    # Sums that cannot be reached, and a lease that ends with nowhere to go.
    (TIGHT, {"end": "2027-03-31", "limits": {"min_receipts": 4000}}),
    (ROOMY, {"end": "2027-03-31", "limits": {"max_carbon": 1}, "change": {"max_moves_per_year": 0}}),
]


@pytest.mark.parametrize(("room", "given"), BOTH)
def test_where_no_rule_is_enough_each_of_those_told_is_needed(
    room: tuple[int, int, int], given: dict[str, object]
) -> None:
    stuck = asked(room, **given)  # type: ignore[arg-type]
    assert alone(stuck) == set()
    (way,) = optimise(stuck).certificate.relaxations

    assert len(way["rules"]) == 2  # type: ignore[arg-type]
    assert any(broken_rules(stuck, line) == set(way["rules"]) for line in every_plan(stuck))  # type: ignore[call-overload]


def test_the_ways_are_told_in_words_to_everybody() -> None:
    result = optimise(asked(TIGHT, limits={"max_sites": 2}))
    together, *conflict, first, policy, one, two, three = result.certificate.ways()

    assert together == "No plan keeps all of these together (without any one of them a plan keeps the rest):"
    assert conflict == [
        "policy (limits): sites: 3 sites, at most 2 sites allowed",
        *(f"physical (capacity): {s}, office, 2027: 20 needed, 10 held (10 too much)" for s in "abc"),
    ]
    assert first == "A plan exists if one of these gives way:"
    assert policy == "policy (limits): allow 3 sites instead of 2 (limits.max_sites)"
    assert {one, two, three} == {f"physical (capacity): add 10 office at {s.upper()} ({s}) by 2027" for s in "abc"}
    assert policy in notebook_html(result)
    assert json.loads(json.dumps(result.certificate.as_dict()))["relaxations"][0] == {
        "rules": ["limits"], "owner": "policy", "breaches": ["sites: 3 sites, at most 2 sites allowed"],
        "would_do": ["allow 3 sites instead of 2 (limits.max_sites)"], "least": True,
    }  # fmt: skip


def test_two_rules_that_have_to_give_together_are_told_as_one_way() -> None:
    room, given = BOTH[0]
    *_, first, way = optimise(asked(room, **given)).certificate.ways()  # type: ignore[arg-type]
    assert first == "A plan exists if all of this gives way:"
    assert way.count(";") >= 1


def test_what_time_cut_short_is_not_told_as_the_least() -> None:
    certificate = optimise(asked(TIGHT, limits={"max_sites": 2})).certificate
    (policy, *_) = certificate.relaxations
    (first, told) = replace(certificate, conflicts=(), relaxations=({**policy, "least": False},)).ways()
    assert first == "A plan exists if all of this gives way:"
    assert told.endswith("(less may be enough: the time ended before that was settled)")


def test_a_certificate_of_before_is_told_by_its_breaches() -> None:
    certificate = optimise(asked(TIGHT, limits={"max_sites": 2})).certificate
    (policy, *_) = certificate.relaxations
    known = {name: value for name, value in policy.items() if name != "would_do"}
    assert replace(certificate, conflicts=(), relaxations=(known,)).ways()[1:] == [
        "policy (limits): sites: 3 sites, at most 2 sites allowed"
    ]


def test_the_command_says_what_would_have_to_give(tmp_path: Path) -> None:
    folder = tmp_path
    asked(TIGHT).estate.write(folder / "data")
    (folder / "stuck.toml").write_text(
        'data = "data"\n[appraisal]\nbase_year = 2027\ndecision_years = 1\n[limits]\nmax_sites = 2\n', encoding="utf-8"
    )
    run = CliRunner().invoke(app, ["solve", str(folder / "stuck.toml"), "--out", str(folder / "out")])
    assert run.exit_code == 1
    assert "A plan exists if one of these gives way:" in run.output
    assert "policy (limits): allow 3 sites instead of 2 (limits.max_sites)" in run.output
    assert "No plan keeps all of these together" in run.output
