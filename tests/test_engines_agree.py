"""Fifty small estates drawn at random, some without any plan: every engine gives the same answer to each."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from estates import problem
from faces import proofs

from assetopt.certificate import Certificate
from assetopt.errors import SolverError
from assetopt.optimise import optimise
from assetopt.problem import Problem

MODULES = {"cbc": "assetopt.engines.pulp", "cp-sat": "assetopt.engines.cpsat"}
QUICK = (0, 3, 5, 7, 11)


def draw(seed: int, engine: str) -> Problem:
    """Draw an estate of four to six sites, five to eight teams and six zones, with most kinds of rule and cost."""
    rng = np.random.default_rng(seed)
    n_sites, n_teams = int(rng.integers(4, 7)), int(rng.integers(5, 9))

    def pick(*words: str) -> str:
        return str(rng.choice(words))

    def money(low: int, high: int) -> int:
        return int(rng.integers(low, high)) * 10

    sites = [
        "site_id,partner_id,name,easting,northing,status,tenure,use_status,running_cost,variable_share,rent,lease_end,lease_break,security_of_tenure,dilapidations,market_value,months_to_sale,holding_cost,backlog,opening_cost,gia_m2"
    ]
    for i in range(n_sites):
        tenure = pick("freehold", "freehold", "leasehold", "licence")
        leased, candidate = tenure == "leasehold", i == n_sites - 1
        sites.append(",".join(str(cell) for cell in (
            f"s{i}", pick("council", "nhs"), f"S{i}", 600_000 + int(rng.integers(0, 200)) * 100,
            150_000 + int(rng.integers(0, 200)) * 100,
            "candidate" if candidate else "existing", tenure, pick("in_use", "vacant"), money(100, 900), 0.25,
            money(50, 300) if leased else "",
            f"{2028 + int(rng.integers(0, 3))}-03-31" if leased else "", "2029-03-31" if leased and rng.random() < 0.5 else "",
            pick("yes", "yes", "no") if leased else "", money(20, 80) if leased else "",
            money(200, 1500) if tenure == "freehold" else "",
            pick("0", "12", "18"), money(1, 20), money(0, 100), money(50, 300) if candidate else "", "",
        )))  # fmt: skip
    room = rng.integers(6, 16, n_sites)
    spaces = ["site_id,space_type,capacity"] + [f"s{i},office,{room[i]}" for i in range(n_sites)]
    split = seed % 5 == 0
    teams = ["team_id,partner_id,name,service_type,site_id,movable,closable,divisible,move_cost,running_cost,radius_km"]
    needs = ["team_id,space_type,amount"]
    for s in range(n_teams):
        home = "" if rng.random() < 0.15 else f"s{int(rng.integers(0, n_sites - 1))}"
        service = pick("library", "clinic", "admin")
        teams.append(",".join([
            f"t{s}", pick("council", "nhs"), f"T{s}", service, home, pick("yes", "yes", "yes", "no"), pick("no", "no", "yes"),
            "yes" if split and s < 2 else "no", str(money(5, 40)), str(money(5, 40)), pick("", "", "12"),
        ]))  # fmt: skip
        needs.append(f"t{s},office,{int(rng.integers(1, 6))}")
    demand = ["zone_id,easting,northing,population,district"]
    visits = ["zone_id,service_type,visits"]
    for z in range(6):
        x, y = 600_000 + int(rng.integers(0, 200)) * 100, 150_000 + int(rng.integers(0, 200)) * 100
        demand.append(f"z{z},{x},{y},{money(5, 60)},{pick('n', 's')}")
        visits.append(f"z{z},library,{money(1, 40)}")
    share = pick("0.3", "0.5", "0.7")
    standards = (
        "standard_id,service_type,mode,max_minutes,min_share,per,measure,not_below_today,max_extra_minutes,force,penalty\n"
        f"a,library,car,20,{share},all,share,no,,hard,\nb,library,car,18,0.9,district,share,no,,soft,{money(1, 4)}\n"
        f"c,clinic,car,60,0,all,share,yes,{pick('', '10', '25')},hard,\nd,clinic,car,{pick('25', '40')},,all,mean,no,,hard,\n"
    )
    given = {row.split(",")[3] for row in teams[1:]}
    head, *rows = standards.splitlines()
    standards = "\n".join(
        [head, *(row for row in rows if row.split(",")[1] in given)]
    )  # none without a team is allowed
    tables = {
        "sites": "\n".join(sites), "spaces": "\n".join(spaces), "teams": "\n".join(teams), "needs": "\n".join(needs),
        "demand": "\n".join(demand), "visits": "\n".join(visits), "standards": standards,
        "service_types": "service_type,public,min_points\nlibrary,yes,\nclinic,yes,\nadmin,no,\n",
        "compatibility": f"a,b,rule,weight\nclinic,admin,{pick('must_not', 'prefer')},300\nlibrary,clinic,prefer,250\n",
        "interventions": f"intervention_id,site_id,capital_cost,running_cost_change,months\n"
            f"w0,s0,{money(50, 200)},-50,6\nw1,s1,{money(10, 90)},20,3\n",
        "intervention_spaces": "intervention_id,space_type,capacity_change\nw0,office,8\nw1,office,-2\n",
    }  # fmt: skip
    return problem(
        tables,
        appraisal={"discount": 0.035, "residual_value": True, "optimism_bias": True, "appraisal_years": 6},
        defaults={"use": "shipped"},
        rules={"access": {"floor": pick("asked", "today", "today")}, "capacity": {"headroom": 0.1}},
        costs={"journeys": {"value_of_time": 4.0}},
        change={"max_moves_per_year": int(rng.integers(1, 5))},
        limits={"max_sites": n_sites - int(rng.integers(0, 3))},
        solver={"gap": 0.0, "saving_gap": 0.0, "time_limit": 60.0, "threads": 1, "engine": engine},
    )  # fmt: skip


def answer(seed: int, engine: str) -> Certificate:
    """Solve one estate with one engine."""
    return optimise(draw(seed, engine)).certificate


def agree(seed: int, engine: str) -> None:
    if find_spec(MODULES[engine]) is None:
        pytest.skip(f"the engine {engine} is not in this version")
    ours = answer(seed, "highs")
    if engine == "cp-sat" and draw(seed, engine).facts.teams.divisible.any():
        with pytest.raises(SolverError, match="divisible teams"):
            answer(seed, engine)
        return
    theirs = answer(seed, engine)
    if ours.status == "infeasible":
        assert theirs.status == "infeasible"
        return
    assert theirs.status in proofs(draw(seed, engine), engine)
    assert theirs.objective == pytest.approx(ours.objective, rel=1e-6)
    assert theirs.bound is not None
    assert theirs.bound <= theirs.objective


@pytest.mark.parametrize("engine", MODULES)
@pytest.mark.parametrize("seed", QUICK)
def test_the_engines_agree(seed: int, engine: str) -> None:
    agree(seed, engine)


@pytest.mark.slow
@pytest.mark.parametrize("engine", MODULES)
@pytest.mark.parametrize("seed", range(50))
def test_the_engines_agree_on_every_estate(seed: int, engine: str) -> None:
    agree(seed, engine)


def test_the_draws_are_of_both_kinds() -> None:
    """Among the quick seeds there are estates with a plan and estates without, and plans that change something."""
    found = [answer(seed, "highs") for seed in QUICK]
    assert {certificate.status for certificate in found} == {"optimal", "infeasible"}
