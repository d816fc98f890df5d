"""Public teams and steps: who may enter where, with which works, and what is told about the rest."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem
from faces import compare

from assetopt.optimise import optimise
from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,tenure,running_cost,use_status,step_free
home,council,Home,600000,150000,freehold,100,in_use,no
steps,council,Steps,601000,150000,freehold,10,vacant,no
level,council,Level,602000,150000,freehold,20,vacant,yes
dark,council,Dark,603000,150000,freehold,15,vacant,
"""


def asked(works: str = "", public: str = "yes", team: str = "no", **settings: object) -> Problem:
    """Return one team of a desk at home, behind steps, and three empty buildings; nothing but step-free is in question."""
    tables = {
        "sites": SITES,
        "spaces": "".join(
            ["site_id,space_type,capacity\n", *(f"{s},office,9\n" for s in ("home", "steps", "level", "dark"))]
        ),
        "teams": f"team_id,partner_id,name,service_type,site_id,divisible\nt,council,T,desk,home,{team}\n",
        "needs": "team_id,space_type,amount\nt,office,2\n",
        "service_types": f"service_type,public\ndesk,{public}\n",
    }
    if works:
        tables["interventions"] = "intervention_id,site_id,capital_cost,months,makes_step_free\n" + works
    return problem(tables, **settings)


def into(site: str, year: int = 2027, **more: object) -> dict[str, object]:
    return {"move": {"t": (site, year)}, **more}


@pytest.mark.parametrize(
    ("site", "public", "rules", "allowed"),
    [
        ("level", "yes", {"step_free": {}}, True),
        ("steps", "yes", {"step_free": {}}, False),
        ("steps", "no", {"step_free": {}}, True),  # a back office
        ("steps", "yes", {}, False),  # holds by itself
        ("steps", "yes", {"step_free": {"hold": False}}, True),
        ("dark", "yes", {"step_free": {}}, True),  # not known: a named risk
        ("dark", "yes", {"step_free": {"unknown": "refused"}}, False),
    ],
)
def test_who_may_enter(site: str, public: str, rules: dict[str, object], allowed: bool) -> None:
    p = asked(public=public, rules=rules)
    assert (breaches_of(p, "step_free", **into(site)) == []) == allowed
    assert (p.why_not("t", site) == "may move here") == allowed


def test_a_team_may_stay_behind_steps_and_that_is_told() -> None:
    p = asked()
    assert breaches_of(p, "step_free") == []
    assert any("host public teams today: home" in note.what for note in p.notes)


def test_works_open_a_site_from_the_year_they_are_done() -> None:
    p = asked("ramp,steps,5,0,yes\npaint,steps,1,0,no\n")
    assert breaches_of(p, "step_free", **into("steps", 2028, build={"ramp": 2027})) == []
    assert breaches_of(p, "step_free", **into("steps", 2028, build={"ramp": 2028})) == []
    ((subject, _, message),) = breaches_of(p, "step_free", **into("steps", 2027, build={"ramp": 2028}))
    assert subject == "t"
    assert (
        "public team t goes to steps in 2027, whose step_free is no, and no works make it step-free by then" in message
    )
    assert len(breaches_of(p, "step_free", **into("steps", 2027, build={"paint": 2027}))) == 1


@pytest.mark.parametrize("divisible", ["no", "yes"])
def test_rows_and_checker_agree_on_every_plan(divisible: str) -> None:
    works = "ramp,steps,5,0,yes\npaint,steps,1,0,no\nlift,dark,4,0,yes\n"
    rules = {"step_free": {"unknown": "refused"}}
    found = compare(asked(works, team=divisible, rules=rules, appraisal={"decision_years": 1}), shares=(0.5, 1.0))
    assert found.apart == ()
    assert "step_free" in found.broken
    assert found.valid > 0


@pytest.mark.parametrize("engine", ["highs", "cbc", "cp-sat", "decomposition"])
def test_every_engine_builds_the_ramp_where_it_pays(engine: str) -> None:
    # home 100 a year; steps 10 with a ramp of 5; level 20: over four years 40 + 5 against 80
    p = asked("ramp,steps,5,0,yes\n", solver={"engine": engine, "gap": 0.0, "saving_gap": 0.0, "threads": 1})
    plan = optimise(p).plan
    assert plan.teams.loc[plan.teams["action"] == "move", "site_id"].tolist() == ["steps"]
    assert plan.interventions["action"].tolist() == ["build"]


def test_what_is_not_known_is_an_assumption_with_its_sites() -> None:
    (entry,) = [e for e in asked().assumptions if e.column == "step_free"]
    assert entry.rows == 1
    assert entry.note.endswith("dark")


def test_without_the_rule_the_risk_is_told() -> None:
    said = [note.what for note in asked(rules={"step_free": {"hold": False}}).notes]
    assert any("public teams may move into 2 sites that are not step-free: home, steps" in what for what in said)
