"""Visits assigned by the plan within what points take: hand-worked, checked, and the same from every engine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from estates import PLACE, line_of, plan_of, problem
from faces import both_faces, compare
from pydantic import ValidationError

from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.report.audit import verify_folder
from assetopt.verify import judge

TABLES = {
    "sites": f"{PLACE},tenure,running_cost\na,council,A,600000,150000,freehold,1000\nb,council,B,601000,150000,freehold,1000\n",
    "spaces": "site_id,space_type,capacity\na,room,9\nb,room,9\n",
    "teams": "team_id,partner_id,name,service_type,site_id,movable\nla,council,LA,library,a,no\nlb,council,LB,library,b,no\n",
    "needs": "team_id,space_type,amount\nla,room,1\nlb,room,1\n",
    "service_types": "service_type,public\nlibrary,yes\n",
    "demand": "zone_id,easting,northing,population\nz1,600000,150000,100\nz2,601000,150000,60\nz3,602000,150000,30\n",
    "travel": "zone_id,site_id,mode,minutes\nz1,a,car,5\nz1,b,car,11\nz2,a,car,8\nz2,b,car,9\nz3,a,car,25\n",
    "visits": "zone_id,service_type,visits\nz1,library,50\nz2,library,30\nz3,library,20\n",
    "point_capacity": "site_id,service_type,visits\na,library,60\n",
}  # fmt: skip
SYSTEM = {"costs": {"journeys": {"value_of_time": 30.0, "assignment": "system"}}}
"""£30 an hour: £1 for each minute there and back of a visit."""


def asked(**changes: str) -> Problem:
    return problem({**TABLES, **changes}, appraisal={"decision_years": 1, "appraisal_years": 1}, **SYSTEM)


def test_visits_go_where_there_is_room_at_the_least_travel() -> None:
    result = optimise(asked())
    # z3 reaches a alone: 20. Of the other 40 at a: moving a visit to b costs z1 6 minutes and z2 1, so z2's 30 go to b,
    # and z1 would still have 50 for 40 places: 10 of them go to b.
    sent = {(r.zone_id, r.site_id): r.share for r in result.assignment.itertuples()}
    assert sent == pytest.approx({("z1", "a"): 0.8, ("z1", "b"): 0.2, ("z2", "b"): 1.0, ("z3", "a"): 1.0})
    expected = 20 * 25 + 40 * 5 + 10 * 11 + 30 * 9
    assert result.totals["npv_journeys"] == pytest.approx(expected)
    # As usual everybody goes to the nearest point, a, and 100 visits are 40 too many: no plan, and that is said.
    assert result.totals["npv_journeys_today"] == pytest.approx(50 * 5 + 30 * 8 + 20 * 25)
    assert result.certificate.objective_today is None


def test_the_tables_say_that_the_plan_assigns() -> None:
    result = optimise(asked())
    points = result.service_points.set_index("site_id")
    assert points["visits_today"].to_dict() == {"a": 100, "b": 0}
    assert points["visits"].to_dict() == pytest.approx({"a": 60, "b": 40})
    assert (points.loc["a", "overflow_today"], points.loc["a", "overflow"]) == (40, 0)
    assert "assigned by the plan" in points.loc["a", "assignment"]
    for table in (result.access_groups, result.access_equity, result.access_cumulative):
        assert table["basis"].str.contains("though the plan assigns visits").all()
    assert not [w for w in result.warnings if w.where.startswith("point_capacity")]


def test_people_who_choose_overflow_and_are_told_not_sent_away() -> None:
    result = optimise(problem(TABLES, appraisal={"decision_years": 1, "appraisal_years": 1}))
    points = result.service_points.set_index("site_id")
    assert points["visits"].to_dict() == {"a": 100, "b": 0}
    assert points.loc["a", "overflow"] == 40
    assert not len(result.assignment)
    told = [w for w in result.warnings if w.where.startswith("point_capacity")]
    assert len(told) == 1
    assert "40 too many" in told[0].what


def test_without_room_there_is_no_plan() -> None:
    result = optimise(asked(point_capacity=TABLES["point_capacity"] + "b,library,30\n"))
    assert (result.certificate.status, result.plan) == ("infeasible", None)


def test_both_faces_count_the_same() -> None:
    wide = asked(point_capacity="site_id,service_type,visits\na,library,100\n")
    assert both_faces(wide, "journeys", line_of(wide)) == pytest.approx((990, 990))


def test_where_points_take_everybody_rows_and_checker_agree_on_every_plan() -> None:
    """With room for all, the least travel is the nearest point, which is what the checker takes for a plan without a word."""
    tables = {**TABLES, "teams": TABLES["teams"].replace("movable", "movable,closable").replace(",no\n", ",no,yes\n")}
    tables["point_capacity"] = "site_id,service_type,visits\na,library,100\n"
    found = compare(problem(tables, **SYSTEM))
    assert found.apart == ()
    assert (found.plans, "visits" in found.broken) == (81, True)  # two sites and two teams, each now, later or never
    # z3 reaches a alone, so plans without a point there are refused.


def breaches(plan_rows: list[tuple[str, str, float]]) -> list[str]:
    here = asked()
    table = pd.DataFrame(
        [("library", zone, site, 2027, share) for zone, site, share in plan_rows],
        columns=["service_type", "zone_id", "site_id", "year", "share"],
    )
    verdict = judge(here, replace(plan_of(here), assignment=table)).verdict
    return [v.message for v in verdict.violations if v.rule == "visits"]


def test_the_checker_adds_up_what_is_sent() -> None:
    good = [("z1", "a", 0.8), ("z1", "b", 0.2), ("z2", "b", 1.0), ("z3", "a", 1.0)]
    assert breaches(good) == []
    assert breaches([("z1", "a", 0.8), *good[2:]]) == [
        "80.0% of the visits of z1 to library are assigned in 2027, not all"
    ]
    too_many = [("z1", "a", 1.0), *good[2:]]
    assert breaches(too_many) == ["70 visits to library go to a in 2027, and it takes 60"]
    beyond = [*good[:3], ("z3", "b", 1.0)]
    assert "z3 to library go to b, which is no open point within its reach" in breaches(beyond)[0]
    # A plan that says nothing sends everybody to the nearest: too many for a.
    assert breaches([]) == ["100 visits to library go to a in 2027, and it takes 60"]


def test_the_report_holds_the_assignment_and_verify_recounts_it(tmp_path: Path) -> None:
    out = optimise(asked()).write(tmp_path / "out")
    assert verify_folder(out).ok, verify_folder(out).violations
    document = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    row = next(row for row in document["assignment"] if (row["zone_id"], row["site_id"]) == ("z1", "a"))
    row["share"] += 0.1
    (out / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    rules = {v.rule for v in verify_folder(out).violations}
    assert {"visits", "stated"} <= rules


@pytest.mark.parametrize("engine", ["highs", "cbc", "cp-sat", "decomposition"])
def test_every_engine_assigns_alike(engine: str) -> None:
    tables = {**TABLES, "teams": TABLES["teams"].replace("movable", "movable,closable").replace(",no\n", ",no,yes\n")}
    tables["point_capacity"] = "site_id,service_type,visits\na,library,60\nb,library,85\n"
    here = problem(tables, solver={"engine": engine, "gap": 0.0, "saving_gap": 0.0, "time_limit": 30, "threads": 1},
                   appraisal={"decision_years": 2, "appraisal_years": 2}, **SYSTEM)  # fmt: skip
    result = optimise(here)
    # Neither point takes all 100 visits, so both stay open in both years, as above.
    assert result.certificate.objective == pytest.approx(2 * (2000 + 1080), abs=0.5)
    assert result.verdict is not None
    assert result.verdict.ok


def test_assigning_needs_a_value_of_time() -> None:
    with pytest.raises(ValidationError, match="needs a value_of_time above 0"):
        problem(TABLES, costs={"journeys": {"assignment": "system"}})
