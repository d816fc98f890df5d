"""Frontiers: every point equals brute force on a tiny estate, whatever the axis; ends, knee and prices on paper."""

from __future__ import annotations

import json
from itertools import product

import pandas as pd
import pytest
from estates import estate as make_estate
from estates import plan_of as plan_in_one_line
from offices import assert_same_in_an_office, needs_office
from three_partners import SITES, TABLES, estate, scenario

from assetopt import verify
from assetopt.errors import AssetoptError
from assetopt.problem import Problem
from assetopt.rules import limits
from assetopt.studies.frontier import frontier
from assetopt.verify import judge

SPACES = "site_id,space_type,capacity\nA,office,60\nB,office,40\nC,office,20\n"
WORKS = {
    "interventions": "intervention_id,site_id,capital_cost,months\nextend,B,30000,0\n",
    "intervention_spaces": "intervention_id,space_type,capacity_change\nextend,office,20\n",
}
CARBON = SITES.replace("gia_m2\n", "gia_m2,carbon_t\n").replace(",600\n", ",600,9\n").replace(",300\n", ",300,30\n")
CARBON = CARBON.replace(",100\n", ",100,5\n")
ACCESS = {
    "service_types": "service_type,public\nadmin,yes\n",
    "demand": (
        "zone_id,easting,northing,population\nz1,600000,150000,100\nz2,612000,150000,40\nz3,600200,162000,70\n"
    ),
}  # fmt: skip
FAR = SITES.replace("600100,150000", "612000,150000").replace("600200,150000", "600200,162000")


def every_plan(problem):
    """Every plan of the three partners: each team anywhere, works or none, and what is empty left."""
    works = list(problem.facts.interventions.ids) if len(problem.facts.interventions) else []
    for where in product("ABC", repeat=3):
        for built in ((), tuple(works)) if works else ((),):
            home = dict(zip(("ta", "tb", "tc"), "ABC", strict=True))
            now = dict(zip(home, where, strict=True))
            move = {team: (site, 2027) for team, site in now.items() if site != home[team]}
            leave = {site: 2027 for site in "ABC" if site not in where}
            plan = plan_in_one_line(problem, move=move, leave=leave, build=dict.fromkeys(built, 2027))
            recount = judge(problem, plan)
            if recount.verdict.ok:
                yield recount, now, home, built


def outlined(pairs):
    """The pairs (axis, cost) of which none is better in both, by the axis."""
    kept = []
    for axis, cost in sorted(set(pairs)):
        if not kept or cost < kept[-1][1] - 0.005:
            kept.append((axis, cost))
    return kept


def check(found, expected):
    assert [(one.axis, one.cost) for one in found.points] == [pytest.approx(pair) for pair in expected]
    for one in found.points:
        assert one.cost_low == pytest.approx(one.cost, abs=0.02)
        assert one.axis_low == pytest.approx(expected[0][0])


def test_moves_are_worth_what_they_are_on_paper(tmp_path):
    found = frontier(estate(), scenario(), tmp_path / "out", axis="moves", points=3)
    # No move 800; one (ta to B) 410; two (tc as well) 260.
    check(found, [(0, 800_000), (1, 410_000), (2, 260_000)])
    assert [one.buys for one in found.points[:2]] == pytest.approx([390_000, 150_000])
    # On 0 to 1 the middle is at (0.5, 150/540): 0.22 below the line.
    assert found.knee == "point 2"
    assert found.notes == ()
    document = json.loads((tmp_path / "out" / "frontier.json").read_text(encoding="utf-8"))
    assert [row["folder"] for row in document["points"]] == ["plans/least", "plans/point_2", "plans/cheapest"]
    for row in document["points"]:
        assert verify(tmp_path / "out" / row["folder"]).ok
        # Every folder knows that no plan at all costs less than 260,000: only the last is proved to be the best.
        certificate = json.loads((tmp_path / "out" / row["folder"] / "plan.json").read_text())["certificate"]
        assert certificate["bound"] == pytest.approx(260_000, abs=0.02)
        assert (certificate["status"] == "optimal") == (row["name"] == "cheapest")
    assert pd.read_csv(tmp_path / "out" / "points.csv")["cost"].tolist() == [800_000, 410_000, 260_000]


@needs_office
def test_an_office_sees_the_workbook_alike(tmp_path):
    frontier(estate(), scenario(), tmp_path / "out", axis="moves", points=3)
    assert_same_in_an_office(tmp_path / "out" / "study.xlsx", tmp_path / "office")


@pytest.mark.slow
def test_partners_that_take_part_equal_brute_force(tmp_path):
    problem = Problem(make_estate(**TABLES), scenario())
    owner = dict(zip("ABC", "abc", strict=True))
    pairs = []
    for recount, now, home, _ in every_plan(problem):
        part = {p for team, site in now.items() if site != home[team] for p in (owner[site], owner[home[team]])}
        pairs.append((len(part), recount.verdict.objective_recomputed))
    expected = outlined(pairs)
    assert expected == [(0, 800_000), (2, 410_000), (3, 260_000)]
    check(frontier(estate(), scenario(), tmp_path / "out", axis="partners", points=4), expected)


@pytest.mark.slow
@pytest.mark.parametrize(("axis", "points"), [("carbon", 40), ("capital", 4)])
def test_carbon_and_capital_equal_brute_force(axis, points, tmp_path):
    tables = {**TABLES, "sites": CARBON, "spaces": SPACES, **WORKS}
    problem = Problem(make_estate(**tables), scenario())
    measure = getattr(limits, axis)
    expected = outlined([(measure(problem, r.line), r.verdict.objective_recomputed) for r, *_ in every_plan(problem)])
    assert len(expected) >= 2
    found = frontier(problem.estate, problem.scenario, tmp_path / "out", axis=axis, points=points)
    check(found, expected)


@pytest.mark.slow
def test_access_equals_brute_force(tmp_path):
    tables = {**TABLES, "sites": FAR, **ACCESS}
    asked = scenario(objective={"mode": "car"})
    problem = Problem(make_estate(**tables), asked)
    measured = Problem(make_estate(**tables), scenario(objective={"mode": "car"}, limits={"max_measure": 1e15}))
    pairs = []
    for recount, *_ in every_plan(measured):
        natural = recount.books.plan
        pairs.append(
            (float(natural.loc[natural["cost"] == "natural", "present"].sum()), recount.verdict.objective_recomputed)
        )
    expected = outlined([(round(axis, 6), cost) for axis, cost in pairs])
    assert len(expected) >= 3
    found = frontier(problem.estate, asked, tmp_path / "out", axis="access", points=25)
    check(found, expected)


def test_an_axis_that_does_not_move_has_one_point(tmp_path):
    found = frontier(estate(), scenario(decisions={"keep": ["A", "B", "C"]}), tmp_path / "out", axis="moves", points=5)
    check(found, [(0, 800_000)])
    assert found.knee == ""


def test_what_cannot_be_traded_is_told(tmp_path):
    with pytest.raises(AssetoptError, match='no axis "carbn"; did you mean "carbon"'):
        frontier(estate(), scenario(), tmp_path / "out", axis="carbn")
    with pytest.raises(AssetoptError, match="no public service has a possible point"):
        frontier(estate(), scenario(), tmp_path / "two", axis="access")
    with pytest.raises(AssetoptError, match="nothing can be said without a plan for least: no plan keeps every rule"):
        frontier(estate(), scenario(limits={"max_sites": 0}), tmp_path / "three", axis="moves")
