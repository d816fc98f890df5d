"""From which room or minutes on a kept site would go: against every plan of small estates, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from estates import problem
from faces import every_plan
from test_by_hand import by_hand
from towns import SITES, TABLES

from assetopt.account import Books, ledger
from assetopt.costs.aim import counted
from assetopt.explain.found import Found
from assetopt.explain.page import explain_page
from assetopt.explain.run import explain
from assetopt.explain.switching import ROUNDING
from assetopt.explain.tables import site_table
from assetopt.explain.writing import explain_document
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.result import Result
from assetopt.rules import RULES, capacity
from assetopt.timeline import Timeline
from assetopt.verify import today_ledger


def lacking(asked: Problem, line: Timeline) -> float:
    """Return the room a plan lacks, over all sites and space types, each in its fullest year."""
    f, worst = asked.facts, np.zeros_like(asked.facts.capacity)
    for t in range(asked.years):
        use = line.shares(t).T @ f.teams.need
        worst = np.maximum(worst, use - capacity.room(asked, line.built, t) - asked.overload)
    return float(worst.sum())


def least_room(asked: Problem, site: int, most: float) -> float:
    """Return the least room with which a plan leaves the site at no more than ``most``, by trying every plan; inf if none."""
    today, least = today_ledger(asked), np.inf
    for line in every_plan(asked, forbidden=True):
        if line.vacated[site] == NEVER or lacking(asked, line) >= least:
            continue
        if any(rule.violations(asked, line) for name, rule in RULES.items() if name != "capacity"):
            continue
        if Books(ledger(asked, line), today, counted(asked.scenario)).objective <= most + ROUNDING:
            least = lacking(asked, line)
    return least


def checked(result: Result) -> tuple[Found, int]:
    """Hold every switching value of room of an estate against all its plans; return how many there were."""
    found = explain(result, seconds=60.0, threads=1)
    asked, cost = result.problem, result.certificate.objective
    assert cost is not None
    for k, switch in found.switches.items():
        known = least_room(asked, found.asked[k].index, np.inf if found.prices.impossible[k] else cost)
        if switch.room.startswith("no room would do"):
            assert known == np.inf
            continue
        assert switch.room_high == pytest.approx(known, abs=1e-3)
        assert switch.room_low == pytest.approx(known, abs=1e-3)
    return found, len(found.switches)


def test_room_by_hand_and_by_every_plan() -> None:
    found, count = checked(by_hand())
    table = site_table(found).set_index("site_id")
    assert count == 2
    # Near's team of 8 would fit a site that costs nothing and has room for 1.
    assert table.loc["near", "room_high"] == pytest.approx(7.0)
    assert str(table.loc["near", "room"]).startswith("7 more office at ")
    # The large team's site is essential: with the small team gone to far, near lacks 90 of its 100.
    assert table.loc["big", "room"] == "90 more office at Near (near)"
    # Far is sold, idle can go as it is: nothing to say.
    assert table.loc["far", "room"] == table.loc["idle", "room"] == ""


def offices(costs: tuple[int, int, int], room: tuple[int, int, int], needs: tuple[int, int, int]) -> Problem:
    """Three freehold offices with one team each, one decision year."""
    sites = "site_id,partner_id,name,easting,northing,tenure,running_cost\n"
    for name, cost, km in zip("abc", costs, (0, 1, 2), strict=True):
        sites += f"{name},council,{name.upper()},{600000 + 1000 * km},150000,freehold,{cost}\n"
    spaces = "".join(f"{s},office,{r}\n" for s, r in zip("abc", room, strict=True))
    return problem(
        {
            "sites": sites,
            "spaces": "site_id,space_type,capacity\n" + spaces,
            "teams": "team_id,partner_id,name,service_type,site_id\n"
            + "".join(f"t{s},council,T{s},admin,{s}\n" for s in "abc"),
            "needs": "team_id,space_type,amount\n"
            + "".join(f"t{s},office,{n}\n" for s, n in zip("abc", needs, strict=True)),
        },
        appraisal={"decision_years": 1},
    )


@pytest.mark.parametrize(
    ("costs", "room", "needs"),
    [
        ((3000, 2000, 1000), (10, 10, 10), (10, 10, 10)),
        ((3000, 2000, 1000), (12, 15, 25), (10, 8, 6)),
        ((1000, 1000, 5000), (20, 9, 30), (10, 9, 9)),
        ((100, 4000, 4000), (5, 40, 20), (10, 10, 10)),
        ((0, 4000, 100), (7, 18, 12), (7, 9, 8)),
    ],
)
def test_room_is_the_least_of_every_plan(
    costs: tuple[int, int, int], room: tuple[int, int, int], needs: tuple[int, int, int]
) -> None:
    result = optimise(offices(costs, room, needs))
    _, count = checked(result)
    assert count > 0


@pytest.mark.slow
def test_room_is_the_least_of_every_plan_of_sixty_drawn_estates() -> None:
    rng, values = np.random.default_rng(5), 0
    for _ in range(60):
        costs, room, needs = (500 * rng.integers(0, 12, 3), rng.integers(4, 40, 3), rng.integers(1, 14, 3))
        result = optimise(offices(tuple(costs.tolist()), tuple(room.tolist()), tuple(needs.tolist())))
        values += checked(result)[1] if result.plan is not None else 0
    assert values >= 50


def library_town(minutes: int) -> Result:
    """East costs 10,000 a year more than the others, and only it reaches z4 in 20 minutes; mid does in 40."""
    costs = {"west": 1_000, "east": 11_000, "mid": 1_000}
    head, *rows = SITES.strip().splitlines()
    sites = "\n".join([f"{head},running_cost", *(f"{row},{costs[row.split(',')[0]]}" for row in rows)])
    standards = f"standard_id,service_type,mode,max_minutes,min_share\ns,library,car,{minutes},1\n"
    return optimise(problem({**TABLES, "sites": sites, "standards": standards}, rules={"access": {}}))


def test_minutes_by_hand() -> None:
    found = explain(library_town(20), seconds=60.0, threads=1)
    table = site_table(found).set_index("site_id")
    assert table.loc["east", ["decision", "standing"]].tolist() == ["kept", "essential"]
    assert table.loc["east", "minutes"] == "s (everyone) allowed more than 20 and up to 40 minutes"
    assert table.loc["east", "room"] == "no room would do"
    page = explain_page(explain_document(found), "By hand")
    words = "it could be given up, at a cost, if standard s (everyone) allowed more than 20 and up to 40 minutes"
    assert words in page
    assert "would do" not in page


@pytest.mark.parametrize(("minutes", "kept"), [(39, True), (40, False)])
def test_minutes_do_switch(minutes: int, kept: bool) -> None:
    assert (library_town(minutes).sites.set_index("site_id").loc["east", "action"] == "keep") == kept
