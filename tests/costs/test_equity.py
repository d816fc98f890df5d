"""The price of long ways: felt minutes to the nearest open point."""

from __future__ import annotations

import numpy as np
import pytest
from estates import NEEDS, PLACE, SPACES, TEAMS, line_of, problem
from faces import both_faces, compare

from assetopt.errors import ScenarioError
from assetopt.measures.spread import equally_distributed
from assetopt.optimise import formulate, optimise
from assetopt.problem import Problem

TABLES = {
    "sites": f"{PLACE},tenure\nhome,council,Home,600000,150000,freehold\nother,council,Other,601000,150000,freehold\n",
    "spaces": SPACES, "teams": TEAMS + "u,council,U,admin,home\n", "needs": NEEDS,
    "service_types": "service_type,public\nadmin,yes\n",
    "demand": "zone_id,easting,northing,population,district\nz1,600000,150000,100,n\nz2,605000,150000,50,s\n",
    "travel": "zone_id,site_id,mode,minutes\nz1,home,car,10\nz1,other,car,25\nz2,other,car,5\n",
}  # fmt: skip


def felt(minutes: float, aversion: float = 20.0) -> float:
    return aversion * (np.exp(minutes / aversion) - 1)


def test_felt_minutes_are_charged_for_every_person_and_year() -> None:
    asked = problem(TABLES, costs={"equity": {"price": 2.0}})
    # z1: 100 people, 10 minutes; z2 reaches home by no way: the longest known, 25, and one
    expected = 4 * 2.0 * (100 * felt(10) + 50 * felt(26))
    assert both_faces(asked, "equity", line_of(asked)) == pytest.approx((expected, expected))
    second = line_of(asked, move={"u": ("other", 2028)})
    expected = 2.0 * (100 * felt(10) + 50 * felt(26)) + 3 * 2.0 * (100 * felt(10) + 50 * felt(5))
    assert both_faces(asked, "equity", second) == pytest.approx((expected, expected))


def test_nothing_is_charged_without_a_price() -> None:
    assert both_faces(problem(TABLES), "equity", line_of(problem(TABLES))) == (0, 0)


def test_an_aversion_too_short_for_the_longest_way_is_refused_in_words() -> None:
    far = {**TABLES, "travel": TABLES["travel"].replace("z1,other,car,25", "z1,other,car,250")}
    with pytest.raises(
        ScenarioError, match=r"20 is too short: the longest way to admin is 250 minutes.*give 21 or more"
    ):
        both_faces(problem(far, costs={"equity": {"price": 1.0}}), "equity", line_of(problem(far)))


def test_services_that_are_named_must_have_points() -> None:
    asked = problem(TABLES, costs={"equity": {"price": 1.0, "services": ["admn"]}})
    with pytest.raises(ScenarioError, match="admn"):
        both_faces(asked, "equity", line_of(asked))


# --- the knob turns -------------------------------------------------------------------------------------------------------

PLACES = {"s1": 0, "s2": 10, "s3": 40}
ZONES = {"z1": (0, 600), "z2": (12, 300), "z3": (44, 20)}
"""Minutes along a line, and people: most live between s1 and s2, a few beside s3."""


def test_programme_and_ledger_agree_on_every_plan() -> None:
    found = compare(problem(TABLES, costs={"equity": {"price": 2.0}}))
    assert found.apart == ()
    assert found.valid > 5


@pytest.mark.parametrize("engine", ["highs", "cbc", "cp-sat", "decomposition"])
def test_every_engine_finds_the_same(engine: str) -> None:
    solver = {"engine": engine, "gap": 0.0, "saving_gap": 0.0, "time_limit": 30, "threads": 1}
    result = optimise(problem(TABLES, costs={"equity": {"price": 2.0}}, solver=solver))
    # Both teams go to the two places at once, nothing costs anything: z1 10 minutes, z2 5, four years.
    assert result.certificate.objective == pytest.approx(4 * 2.0 * (100 * felt(10) + 50 * felt(5)), abs=0.5)
    assert result.certificate.bound == pytest.approx(result.certificate.objective, abs=1.0)


def one_point(aversion: float) -> Problem:
    """One library, free to stand in any of three places that cost nothing: where is it best?"""
    minutes = "".join(
        f"{z},{s},car,{abs(at - there) + 1}\n" for z, (at, _) in ZONES.items() for s, there in PLACES.items()
    )
    tables = {
        "sites": f"{PLACE},tenure\n" + "".join(f"{s},council,{s},{600000 + 100 * x},150000,freehold\n" for s, x in PLACES.items()),
        "spaces": "site_id,space_type,capacity\n" + "".join(f"{s},office,100\n" for s in PLACES),
        "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,library,s1\n", "needs": NEEDS,
        "service_types": "service_type,public\nlibrary,yes\n",
        "demand": "zone_id,easting,northing,population\n"
        + "".join(f"{z},{600000 + 100 * x},150000,{n}\n" for z, (x, n) in ZONES.items()),
        "travel": "zone_id,site_id,mode,minutes\n" + minutes,
    }  # fmt: skip
    settings = {"costs": {"equity": {"price": 1.0, "aversion_minutes": aversion}}}
    return problem(tables, appraisal={"decision_years": 1, "appraisal_years": 1}, **settings)


@pytest.mark.parametrize("aversion", [10_000.0, 20.0, 12.0, 4.0])
def test_the_plan_has_the_least_equally_distributed_equivalent(aversion: float) -> None:
    people = np.array([n for _, n in ZONES.values()], dtype=float)
    equivalent = {
        s: equally_distributed(np.array([abs(at - x) + 1.0 for at, _ in ZONES.values()]), people, aversion)
        for s, x in PLACES.items()
    }
    found = optimise(one_point(aversion)).teams["site_id"].iloc[0]
    assert equivalent[found] == pytest.approx(min(equivalent.values()))


def test_the_more_the_aversion_the_more_the_furthest_count() -> None:
    # Least minutes for most people (p-median) is s1; the few who live beside s3 pull it to s2 (92.65 against 93.34 at 12).
    where = [optimise(one_point(a)).teams["site_id"].iloc[0] for a in (10_000.0, 20.0, 12.0, 6.0)]
    assert where == ["s1", "s1", "s2", "s2"]


def test_a_huge_aversion_is_the_plain_mean() -> None:
    asked = one_point(10_000.0)
    counted = both_faces(asked, "equity", line_of(asked))[1]
    plain = sum(n * (abs(at) + 1) for at, n in ZONES.values())  # from s1, at 0 minutes
    assert counted == pytest.approx(plain, rel=0.005)
    # Not the square of the sum, nor the sum of squares: what a person's minute weighs does not depend on how many live there.
    half = problem_with_split_zones()
    assert both_faces(half, "equity", line_of(half))[1] == pytest.approx(
        both_faces(problem(TABLES, costs={"equity": {"price": 1.0}}), "equity", line_of(problem(TABLES)))[1]
    )


def test_zones_whose_nearest_points_are_the_same_share_columns() -> None:
    def far(asked: Problem) -> int:
        return sum(block.size for name, block in formulate(asked).program.columns.items() if name.startswith("far:"))

    # z1 ranks home, other; z2 reaches other alone: the sets {home}, {home, other}, {other} in each of two years.
    assert far(problem(TABLES, costs={"equity": {"price": 1.0}})) == 3 * 2
    # A second zone at the place of z1 has the same sets; one that ranks other, home shares {other} and {home, other}.
    assert far(problem_with_split_zones()) == 3 * 2
    demand, travel = TABLES["demand"] + "z3,600500,150000,10,n\n", TABLES["travel"] + "z3,other,car,3\nz3,home,car,9\n"
    third = problem({**TABLES, "demand": demand, "travel": travel}, costs={"equity": {"price": 1.0}})
    assert far(third) == 3 * 2
    assert compare(third).apart == ()


def problem_with_split_zones() -> Problem:
    """The small estate with zone z1 cut in two halves of 50 people at the same place."""
    demand = TABLES["demand"].replace("z1,600000,150000,100,n", "z1,600000,150000,50,n\nz1b,600000,150000,50,n")
    travel = TABLES["travel"] + "z1b,home,car,10\nz1b,other,car,25\n"
    return problem({**TABLES, "demand": demand, "travel": travel}, costs={"equity": {"price": 1.0}})


def test_the_part_of_the_objective_stands_in_the_totals() -> None:
    result = optimise(problem(TABLES, costs={"equity": {"price": 2.0}}))
    parts = ("npv_cost", "npv_journeys", "npv_penalties", "npv_preferences", "npv_equity")
    totals = result.totals
    assert totals["npv_equity"] > 0  # type: ignore[operator]
    assert sum(float(totals[name]) for name in parts) == pytest.approx(result.certificate.objective)  # type: ignore[arg-type]
