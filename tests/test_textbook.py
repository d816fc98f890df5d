"""The presets of models/presets are the textbook problems: equal to brute force, to spopt in the same run, engine by engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from textbook import HAS_SPOPT, NO_SPOPT, asked, brute, brute_cover, draw, spopt, tables, value_of

import assetopt as ao

P = 3
RADIUS = 17.0
SEEDS = range(6)
BY_P = ("p_median", "p_centre", "max_cover")
ENGINES = ("highs", "cbc", "cp-sat", "decomposition")


def wide(minutes: np.ndarray, places: int) -> float:
    """Return a radius at which ``places`` places can be enough: between the best of them and the best of all."""
    return float(np.ceil(brute("p_centre", minutes, np.ones(len(minutes)), places) * 10) / 10)


def settings(preset: str, engine: str = "highs") -> list[str]:
    cap = [f"limits.max_points.library={P}"] if preset in BY_P else []
    reach = [f"objective.within_minutes={RADIUS}"] if preset == "max_cover" else []
    return [*cap, *reach, f"solver.engine={engine}", "solver.threads=1"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("preset", BY_P)
def test_best_access_with_p_places_is_the_textbooks(preset: str, seed: int) -> None:
    minutes, people = draw(seed)
    result = ao.optimise(asked(preset, tables(minutes, people), *settings(preset)))
    assert result.certificate.status == "optimal"
    assert result.certificate.objective == pytest.approx(brute(preset, minutes, people, P, RADIUS), rel=1e-9)
    assert result.verdict is not None
    assert result.verdict.ok
    # The places that the plan keeps open are worth what the certificate says.
    teams = result.teams
    opened = [int(team[1:]) for team in teams.loc[teams["action"] != "close", "team_id"]]
    assert len(opened) <= P
    assert value_of(preset, minutes, people, opened, RADIUS) == pytest.approx(result.certificate.objective)
    assert result.verdict.objective_recomputed == pytest.approx(result.certificate.objective)


def test_the_furthest_zone_among_many_different_ways() -> None:
    """Sixty zones and fourteen places, 840 different ways, so that the levels stand in several blocks."""
    minutes, people = draw(2, zones=60, sites=14)
    problem = asked("p_centre", tables(minutes, people), *settings("p_centre"))
    assert ao.optimise(problem).certificate.objective == pytest.approx(brute("p_centre", minutes, people, P))


@pytest.mark.skipif(not HAS_SPOPT, reason=NO_SPOPT)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("preset", BY_P)
def test_spopt_says_the_same(preset: str, seed: int) -> None:
    minutes, people = draw(seed)
    ours = ao.optimise(asked(preset, tables(minutes, people), *settings(preset))).certificate.objective
    assert ours == pytest.approx(spopt(preset, minutes, people, P, RADIUS), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fewest_places_that_leave_nobody_out(seed: int) -> None:
    minutes, people = draw(seed)
    radius = wide(minutes, P)
    result = ao.optimise(asked("set_cover", tables(minutes, people, radius), *settings("set_cover")))
    assert result.certificate.status == "optimal"
    assert result.certificate.objective == pytest.approx(brute_cover(minutes, radius, [1.0] * minutes.shape[1]))
    if HAS_SPOPT:
        assert result.certificate.objective == pytest.approx(
            spopt("set_cover", minutes, people, radius=radius), rel=1e-6
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cheapest_places_that_leave_nobody_out(seed: int) -> None:
    minutes, people = draw(seed)
    radius, cost = wide(minutes, P), (np.random.default_rng(seed).integers(10, 90, minutes.shape[1]) * 100.0).tolist()
    result = ao.optimise(asked("least_cost", tables(minutes, people, radius, cost), *settings("least_cost")))
    assert result.certificate.objective == pytest.approx(brute_cover(minutes, radius, cost))
    assert result.totals["npv_cost"] == pytest.approx(result.certificate.objective)


@pytest.mark.parametrize("preset", ["set_cover", "least_cost"])
def test_a_radius_that_nothing_meets_has_no_plan_and_says_why(preset: str) -> None:
    minutes, people = draw(0)
    radius = float(minutes.min(axis=1).max()) - 0.5
    result = ao.optimise(asked(preset, tables(minutes, people, radius), *settings(preset)))
    assert result.certificate.status == "infeasible"
    assert "all" in result.certificate.sentence


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("preset", [*BY_P, "set_cover", "least_cost"])
def test_every_engine_gives_the_same_answer(preset: str, engine: str) -> None:
    minutes, people = draw(3)
    radius = wide(minutes, P) if preset in ("set_cover", "least_cost") else None
    certificate = ao.optimise(asked(preset, tables(minutes, people, radius), *settings(preset, engine))).certificate
    right = (
        brute(preset, minutes, people, P, RADIUS)
        if radius is None
        else brute_cover(minutes, radius, [1.0] * minutes.shape[1])
    )
    assert certificate.objective == pytest.approx(right, rel=1e-6)
    assert certificate.bound is not None
    assert certificate.bound <= right + 1e-6 * right
    assert certificate.gap is not None
    assert certificate.gap <= 1e-5  # CP-SAT counts in whole steps


def test_the_certificate_states_its_unit_and_no_money() -> None:
    minutes, people = draw(0)
    said = {
        preset: ao.optimise(asked(preset, tables(minutes, people), *settings(preset))).certificate.sentence
        for preset in BY_P
    }
    assert "people x minutes" in said["p_median"]
    assert " minutes" in said["p_centre"]
    assert " people" in said["max_cover"]
    assert not any("£" in text for text in said.values())


@pytest.mark.parametrize("preset", BY_P)
def test_the_report_of_a_preset_is_recounted(preset: str, tmp_path: Path) -> None:
    minutes, people = draw(1)
    result = ao.optimise(asked(preset, tables(minutes, people), *settings(preset)))
    result.write(tmp_path / "out")
    verdict = ao.verify(tmp_path / "out")
    assert verdict.ok, verdict.violations
    assert verdict.objective_recomputed == pytest.approx(brute(preset, minutes, people, P, RADIUS))
