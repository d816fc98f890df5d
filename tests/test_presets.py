"""The presets and the objective that is not cost, worked by hand: caps, units, refusals, engines (spopt: test_textbook.py)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from estates import estate

import assetopt as ao
from assetopt.errors import ScenarioError
from assetopt.problem import Problem
from assetopt.read import read_scenario

if TYPE_CHECKING:
    from assetopt.result import Result

PRESETS = Path(__file__).parents[1] / "models" / "presets"
ENGINES = ("highs", "cbc", "cp-sat", "decomposition")


def instance(seed: int, zones: int, places: int, whole: bool) -> tuple[np.ndarray, np.ndarray]:
    """Draw minutes (zones, places) and people (zones,)."""
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(1, 60, (zones, places))
    return (np.round(minutes) if whole else np.round(minutes, 3)), rng.integers(1, 900, zones).astype(float)


def tables(minutes: np.ndarray, people: np.ndarray, limit: float = 0.0) -> dict[str, str]:
    """Write an instance as estate tables: every place is a building with one unit that may close."""
    zones, places = minutes.shape
    here = range(places)
    out = {
        "sites": "site_id,partner_id,name,easting,northing,tenure,running_cost\n"
        + "".join(f"s{i:03},council,S{i},{600_000 + 100 * i},150000,freehold,{1000 + 10 * i}\n" for i in here),
        "spaces": "site_id,space_type,capacity\n" + "".join(f"s{i:03},clinical,10\n" for i in here),
        "teams": "team_id,partner_id,name,service_type,site_id,movable,closable\n"
        + "".join(f"t{i:03},council,T{i},unit,s{i:03},no,yes\n" for i in here),
        "needs": "team_id,space_type,amount\n" + "".join(f"t{i:03},clinical,5\n" for i in here),
        "service_types": "service_type,public\nunit,yes\n",
        "demand": "zone_id,easting,northing,population\n"
        + "".join(f"z{z:03},{600_000 + 100 * z},151000,{people[z]:g}\n" for z in range(zones)),
        "travel": "zone_id,site_id,mode,minutes\n"
        + "".join(f"z{z:03},s{i:03},car,{minutes[z, i]:.3f}\n" for z in range(zones) for i in here
                  if np.isfinite(minutes[z, i])),
    }  # fmt: skip
    if limit:
        out["standards"] = f"standard_id,service_type,mode,max_minutes,min_share\na,unit,car,{limit},1\n"
    return out


def solve(name: str, data: dict[str, str], *overrides: str) -> Result:
    """Solve a preset on inline tables, verified."""
    asked = read_scenario(PRESETS / f"{name}.toml", overrides)
    result = ao.optimise(Problem(estate(**data), asked))
    assert result.verdict is not None, result.certificate.sentence
    assert result.verdict.ok
    assert result.certificate.status == "optimal"
    assert result.verdict.objective_recomputed == pytest.approx(result.certificate.objective, rel=1e-12)
    return result


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["p_median", "p_centre", "max_cover", "set_cover", "least_cost"])
def test_engines_agree(name: str, engine: str) -> None:
    minutes, people = instance(7, 20, 7, whole=True)
    limit = float(minutes.min(axis=1).max())
    data = tables(minutes, people, limit if name in ("set_cover", "least_cost") else 0.0)
    asked = () if "standards" in data else ("limits.max_points={unit=3}",)
    here, there = (solve(name, data, *asked, f"solver.engine={e}").certificate.objective for e in (engine, "highs"))
    assert here == pytest.approx(there, rel=1e-9)


# Three places a, b, c and three zones: people 100, 10, 1.
#            a    b    c
#   z0       5   20   30
#   z1      40   10   30
#   z2       -   50   12        (z2 does not reach a)
HAND = np.array([[5.0, 20.0, 30.0], [40.0, 10.0, 30.0], [np.inf, 50.0, 12.0]])
PEOPLE = np.array([100.0, 10.0, 1.0])


def test_by_hand_with_one_place() -> None:
    # p-median: a = 500 + 400 + 51 (50, the longest way known, and 1) = 951; b = 2000 + 100 + 50 = 2150; c = 3000 + ...
    assert solve("p_median", tables(HAND, PEOPLE), "limits.max_sites=1").certificate.objective == pytest.approx(951.0)
    # with 2000 minutes for z2 at a, a = 500 + 400 + 2000 = 2900 is worse than b = 2150.
    other = solve("p_median", tables(HAND, PEOPLE), "limits.max_sites=1", "objective.unreached_minutes=2000")
    assert other.certificate.objective == pytest.approx(2150.0)
    # p-centre: a 51, b 50, c 30.
    assert solve("p_centre", tables(HAND, PEOPLE), "limits.max_sites=1").certificate.objective == pytest.approx(30.0)
    # beyond 20: a leaves z1, z2 = 11; b leaves z2 = 1; c leaves 110.
    cover = solve("max_cover", tables(HAND, PEOPLE), "limits.max_sites=1")
    assert cover.certificate.objective == pytest.approx(1.0)
    assert cover.certificate.sentence == (
        "No plan is better under these rules: this one comes to 1 people, and that is proved."
    )
    # set cover within 20: b serves z0 and z1, c serves z2; a and b leave z2. So two points, b and c.
    fewest = solve("set_cover", tables(HAND, PEOPLE, 20.0))
    assert fewest.certificate.objective == pytest.approx(2.0)
    assert set(fewest.teams.loc[fewest.teams["action"] == "stay", "team_id"]) == {"t001", "t002"}
    # least cost: running costs 1000, 1010, 1020; b and c = 2030.
    assert solve("least_cost", tables(HAND, PEOPLE, 20.0)).certificate.objective == pytest.approx(2030.0)


def test_the_cost_is_reported_and_may_be_capped() -> None:
    # Best access keeps all three (£3,030): 500 + 100 + 12 = 612. At most £2,020: a and b (£2,010): 500 + 100 + 50 = 650;
    # a and c cost £2,020: 500 + 300 + 12 = 812. At most £2,005: one place, a: 951.
    data = tables(HAND, PEOPLE)
    free = solve("p_median", data)
    assert (free.certificate.objective, free.totals["npv_cost"]) == (pytest.approx(612.0), pytest.approx(3030.0))
    for most, value, cost in ((2020, 650.0, 2010.0), (2005, 951.0, 1000.0)):
        for engine in ENGINES:
            held = solve("p_median", data, f"limits.max_npv_cost={most}", f"solver.engine={engine}")
            assert held.certificate.objective == pytest.approx(value)
            assert held.totals["npv_cost"] == pytest.approx(cost)
            assert held.certificate.saving_gap is None


def test_a_plan_beyond_the_cap_is_a_breach() -> None:
    from assetopt.verify import judge

    free = solve("p_median", tables(HAND, PEOPLE))
    capped = Problem(
        estate(**tables(HAND, PEOPLE)), read_scenario(PRESETS / "p_median.toml", ["limits.max_npv_cost=2000"])
    )
    assert free.plan is not None
    found = [v.message for v in judge(capped, free.plan).verdict.violations]
    assert found == ["npv_cost: £3,030.00, at most £2,000.00 allowed"]


def test_weights_are_people_of_a_group() -> None:
    data = tables(HAND, PEOPLE)
    lines = data["demand"].splitlines()
    data["demand"] = "\n".join([f"{lines[0]},pop_65plus", f"{lines[1]},0", f"{lines[2]},0", f"{lines[3]},1"]) + "\n"
    # Only z2 has older people: c, 12 minutes.
    result = solve("p_median", data, "limits.max_sites=1", "objective.weight=pop_65plus")
    assert result.certificate.objective == pytest.approx(12.0)


def test_priced_access_leaves_the_estate_out() -> None:
    # £60 an hour there and back is £2 a minute: visits 10, 1, 1 with a and c: 2 x (50 + 30 + 12) = £184 in the objective.
    data = tables(HAND, PEOPLE)
    data["visits"] = "zone_id,service_type,visits\nz000,unit,10\nz001,unit,1\nz002,unit,1\n"
    result = solve(
        "p_median", data, "objective.measure=priced", "costs.journeys.value_of_time=60", "limits.max_sites=2"
    )
    # a and b: 2 x (50 + 10 + 50) = 220; b and c: 2 x (200 + 10 + 12); so a and c.
    assert result.certificate.objective == pytest.approx(184.0)
    assert result.totals["npv_journeys"] == pytest.approx(184.0)
    assert "£184" in result.certificate.sentence


@pytest.mark.parametrize("engine", ENGINES)
def test_least_cost_with_access_at_least_so_good(engine: str) -> None:
    # The other way round: a and b for 650 people x minutes cost £2,010; 951 is enough for a alone, £1,000.
    # Nobody further than 20 needs b and c (z2 is 50 from b): £2,030. At most one person beyond 20: b alone, £1,010.
    data = tables(HAND, PEOPLE)
    for measure, most, cost in (("mean", 650.0, 2010.0), ("mean", 951.0, 1000.0), ("furthest", 20.0, 2030.0),
                                ("beyond", 1.0, 1010.0)):  # fmt: skip
        asked = (f"objective.measure={measure}", f"limits.max_measure={most}", f"solver.engine={engine}")
        result = solve("p_median", data, 'objective.minimise="cost"', *asked)
        assert result.certificate.objective == pytest.approx(cost), measure
        assert result.totals["natural_units"] == pytest.approx(most), measure


def test_a_second_look_empties_what_the_first_left_standing() -> None:
    # Two points do, b and c; building a (£1,000) is not needed for them, and money is no part of that objective: the search
    # for the cheapest plan with two points empties it, £2,030 of £3,030 are left.
    data = tables(HAND, PEOPLE, 20.0)
    first = solve("set_cover", data)
    assert (first.certificate.objective, first.totals["npv_cost"]) == (pytest.approx(2.0), pytest.approx(2030.0))
    assert first.totals["sites_kept"] == 2
    assert "no plan as good costs less, and that is proved" in first.certificate.notes[-1]
    # The same by hand, in two steps.
    second = solve("set_cover", data, "objective.minimise=cost", "limits.max_points={unit=2}")
    assert (second.certificate.objective, second.totals["sites_kept"]) == (pytest.approx(2030.0), 2)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('objective.services=["unti"]', 'no public service "unti" has a point'),
        ("objective.weight=pop_65pls", 'demand has no people "pop_65pls"'),
        ("objective.weight=visits", "unit has no visits"),
        ("limits.max_points={unti=2}", 'no public service "unti" has a point'),
    ],
)
def test_settings_that_name_nothing_are_refused(setting: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        solve("p_median", tables(HAND, PEOPLE), setting)


def test_a_report_is_recounted_in_its_unit(tmp_path: Path) -> None:
    for name, asked in (
        ("p_median", "limits.max_sites=2"),
        ("p_centre", "limits.max_sites=2"),
        ("set_cover", "name=x"),
    ):
        result = solve(name, tables(HAND, PEOPLE, 20.0 if name == "set_cover" else 0.0), asked)
        verdict = ao.verify(result.write(tmp_path / name))
        assert verdict.ok, verdict.violations
        assert verdict.objective_recomputed == pytest.approx(result.certificate.objective)
        assert "£" not in verdict.sentence


@pytest.mark.parametrize(("preset", "value"), [("p_median", 2112.0), ("p_centre", 20.0), ("max_cover", 0.0)])
def test_a_point_that_always_stays_counts(preset: str, value: float) -> None:
    # c stays; with b: 2000 + 100 + 12 = 2112 people x minutes, nobody beyond 20. With a: 500 + 300 + 12 = 812, z1 at 30.
    asked = ["limits.max_sites=2", 'decisions.stay=["t002"]']
    if preset == "p_median":
        asked.append('decisions.close=["s000"]')
    assert solve(preset, tables(HAND, PEOPLE), *asked).certificate.objective == pytest.approx(value)


def test_furthest_is_that_of_every_set_of_places() -> None:
    """Twelve draws, up to two places always open and one way missing, against every set of three places."""
    from itertools import combinations

    for seed in range(12):
        minutes, people = instance(100 + seed, 8, 6, whole=seed % 2 == 0)
        minutes[seed % 8, seed % 6] = np.inf
        stays = seed % 3
        asked = ["limits.max_sites=3", f"decisions.stay={[f't{i:03}' for i in range(stays)]}".replace("'", '"')]
        found = solve("p_centre", tables(minutes, people), *asked).certificate.objective
        longest = minutes[np.isfinite(minutes)].max() + 1.0
        filled = np.where(np.isfinite(minutes), minutes, longest)
        best = min(
            filled[:, [*range(stays), *more]].min(axis=1).max() for more in combinations(range(stays, 6), 3 - stays)
        )
        assert found == pytest.approx(best, rel=1e-9)


def test_a_base_that_is_a_preset_by_name_alone_is_told_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('base = "p_median.toml"\ndata = "data"\n')
    with pytest.raises(ScenarioError, match=r"the shipped preset is .*models.presets.p_median\.toml: give that path"):
        ao.read_scenario(path)
