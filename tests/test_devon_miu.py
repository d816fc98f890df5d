"""Devon's minor injury units with published car and bus minutes: the textbook questions in both modes, beside spopt.

Who cannot reach a unit has no row in the travel table (the source's 9999): 99 of 10,605 pairs by car, beyond the router's
120 minutes, and 40 by bus and foot. Ours counts such a pair as the longest way known for the mode and a minute (121 by car, 544
by transit); spopt takes numbers only, so the same number stands in its matrix. For standards and covering the pair is
unserved on both sides. Everybody reaches some unit in both modes.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from textbook import HAS_SPOPT, NO_SPOPT, PRESETS, Floats, brute, spopt, value_of
from typer.testing import CliRunner

import assetopt as ao
from assetopt.cli import app

MIU = Path(os.environ.get("ASSETOPT_SHARED", Path(__file__).parents[2] / "shared")) / "realdata" / "devon_miu"
pytestmark = pytest.mark.skipif(not MIU.is_dir(), reason=f"the real data is not here: {MIU} (set ASSETOPT_SHARED)")

MODES = ("car", "transit")
P = 6
COVER = {"car": 30.0, "transit": 60.0}
"""Minutes of the covering questions: those of the package's own standards."""
EVERYBODY = {"car": 55.0, "transit": 265.0}
"""Minutes within which everybody is to be, for the fewest units."""
UNREACHED = {"car": 121.0, "transit": 544.0}
PER_UNIT = 44_000.0
"""£ a year that closing a unit saves, the same for each (assumed in the package)."""
OPTIMUM = {
    ("p_median", "car"): 22_150_325.0, ("p_median", "transit"): 81_348_776.0,
    ("p_centre", "car"): 54.0, ("p_centre", "transit"): 262.0,
    ("max_cover", "car"): 103_616.0, ("max_cover", "transit"): 610_302.0,
}  # fmt: skip
"""What all 5,005 sets of six of the fifteen units come to at best, pinned."""


@cache
def matrix(mode: str) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Minutes (707, 15) with the gaps filled, people and the units, read from the files without assetopt."""
    demand, sites = pd.read_csv(MIU / "demand.csv"), pd.read_csv(MIU / "sites.csv")
    travel = pd.read_parquet(MIU / "travel.parquet")
    wide = travel[travel["mode"] == mode].pivot(index="zone_id", columns="site_id", values="minutes")
    minutes = wide.reindex(index=demand["zone_id"], columns=sites["site_id"]).to_numpy(dtype=np.float64)
    assert np.nanmax(minutes) + 1.0 == UNREACHED[mode]
    return np.nan_to_num(minutes, nan=UNREACHED[mode]), demand["population"].to_numpy(float), tuple(sites["site_id"])


def settings(preset: str, mode: str) -> list[str]:
    cap = [] if preset in ("set_cover", "least_cost") else [f"limits.max_sites={P}"]
    reach = [f"objective.within_minutes={COVER[mode]}"] if preset == "max_cover" else []
    return [*cap, *reach, f"objective.mode={mode}", "solver.threads=1"]


def solved(preset: str, mode: str, data: Path, out: Path) -> ao.Result:
    """Solve a preset over a package, and have the report folder recounted."""
    result = ao.optimise(ao.read_model(PRESETS / f"{preset}.toml", [f"data={data}", *settings(preset, mode)]).problem())
    result.write(out)
    verdict = ao.verify(out)
    assert verdict.ok, verdict.violations
    assert verdict.objective_recomputed == pytest.approx(result.certificate.objective)
    return result


def opened(result: ao.Result, names: tuple[str, ...]) -> list[int]:
    return [names.index(site) for site in result.sites.loc[result.sites["action"] == "keep", "site_id"]]


def with_standards(folder: Path, mode: str) -> Path:
    """Copy the package with one standard in place of its own: everybody within reach by one mode."""
    shutil.copytree(MIU, folder)
    (folder / "standards.csv").write_text(
        f"standard_id,service_type,mode,max_minutes,min_share\neverybody,minor_injuries,{mode},{EVERYBODY[mode]},1\n"
    )
    return folder


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("preset", ["p_median", "p_centre", "max_cover"])
def test_best_access_with_six_units(preset: str, mode: str, tmp_path: Path) -> None:
    minutes, people, names = matrix(mode)
    result = solved(preset, mode, MIU, tmp_path / "out")
    assert result.certificate.status == "optimal"
    assert result.certificate.objective == pytest.approx(OPTIMUM[preset, mode], rel=1e-9)
    units = opened(result, names)
    assert value_of(preset, minutes, people, units, COVER[mode]) == pytest.approx(OPTIMUM[preset, mode], rel=1e-9)
    # The second look leaves the fewest units that are as good: by car four of them already bring everybody within 54 minutes.
    fewest = next(n for n in range(1, P + 1) if brute(preset, minutes, people, n, COVER[mode]) <= OPTIMUM[preset, mode])
    assert len(units) == fewest
    # Every unit closed saves £44,000: told, though it is not what was asked for.
    assert result.totals["npv_cost"] == pytest.approx(fewest * PER_UNIT)
    assert result.totals["npv_saving"] == pytest.approx((15 - fewest) * PER_UNIT)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("preset", ["p_median", "p_centre", "max_cover"])
def test_the_pins_are_the_best_of_all_sets_of_six(preset: str, mode: str) -> None:
    minutes, people, _ = matrix(mode)
    assert brute(preset, minutes, people, P, COVER[mode]) == OPTIMUM[preset, mode]


@pytest.mark.skipif(not HAS_SPOPT, reason=NO_SPOPT)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("preset", ["p_median", "p_centre", "max_cover", "set_cover"])
def test_spopt_says_the_same(preset: str, mode: str, tmp_path: Path) -> None:
    minutes, people, _ = matrix(mode)
    data = with_standards(tmp_path / "data", mode) if preset == "set_cover" else MIU
    radius = EVERYBODY[mode] if preset == "set_cover" else COVER[mode]
    ours = solved(preset, mode, data, tmp_path / "out").certificate.objective
    assert ours == pytest.approx(spopt(preset, minutes, people, P, radius), rel=1e-6)


@pytest.mark.parametrize("mode", MODES)
def test_the_fewest_and_the_cheapest_units_for_everybody(mode: str, tmp_path: Path) -> None:
    data = with_standards(tmp_path / "data", mode)
    fewest = solved("set_cover", mode, data, tmp_path / "fewest")
    cheapest = solved("least_cost", mode, data, tmp_path / "cheapest")
    assert fewest.certificate.status == cheapest.certificate.status == "optimal"
    # Every unit costs the same, so the cheapest are the fewest.
    assert cheapest.certificate.objective == pytest.approx(PER_UNIT * fewest.certificate.objective)
    minutes, people, names = matrix(mode)
    assert minutes[:, opened(cheapest, names)].min(axis=1).max() <= EVERYBODY[mode]
    # One unit fewer never does: the best radius with that many is longer.
    n = int(fewest.certificate.objective)
    assert brute("p_centre", minutes, people, n) <= EVERYBODY[mode] < brute("p_centre", minutes, people, n - 1)


def test_the_cheapest_estate_that_meets_the_packages_own_standards(tmp_path: Path) -> None:
    result = solved("least_cost", "car", MIU, tmp_path / "out")
    # The four standards hold with little slack: two units of fifteen may go.
    assert result.certificate.objective == pytest.approx(13 * PER_UNIT)
    assert result.access["holds"].all()
    # No three may: every set of twelve breaks a standard (455 sets).
    from itertools import combinations

    demand = pd.read_csv(MIU / "demand.csv")
    rural, poor = demand["rural"].eq("yes").to_numpy(), demand["imd_decile"].le(2).to_numpy()
    asked = pd.read_csv(MIU / "standards.csv")
    own = {"all": np.ones(len(demand), dtype=bool), "rural": rural, "deprived": poor}
    limits = []
    for row in asked.itertuples():
        minutes, people, _ = matrix(row.mode)
        weight = np.where(own[row.segment], people, 0.0)
        share = float(row.min_share)
        if str(row.not_below_today) in ("yes", "True"):
            share = max(share, float(weight[minutes.min(axis=1) <= row.max_minutes].sum() / weight.sum()))
        limits.append((minutes <= row.max_minutes, weight, share * weight.sum()))

    def holds(units: tuple[int, ...]) -> bool:
        return all(weight[within[:, units].any(axis=1)].sum() >= least - 1e-6 for within, weight, least in limits)

    assert any(holds(units) for units in combinations(range(15), 13))
    assert not any(holds(units) for units in combinations(range(15), 12))


def test_solve_and_verify_on_the_command_line(tmp_path: Path) -> None:
    options = [f"data={MIU}", f"limits.max_sites={P}"]
    sets = [word for option in options for word in ("--set", option)]
    done = CliRunner().invoke(app, ["solve", str(PRESETS / "p_median.toml"), "--out", str(tmp_path / "out"), *sets])
    assert done.exit_code == 0, done.output
    assert "22,150,325 people x minutes, and that is proved" in done.output
    checked = CliRunner().invoke(app, ["verify", str(tmp_path / "out")])
    assert checked.exit_code == 0, checked.output
    assert "22,150,325.00 people x minutes" in checked.output
