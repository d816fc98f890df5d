"""From an OpenStreetMap extract to a plan, and its recount without the extract: Rutland's libraries and surgeries.

Zones, people and sites are real; spaces, teams, needs, money and the standard are made up here.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rutland import NEEDS_RUTLAND, PBF, RUTLAND
from typer.testing import CliRunner

import assetopt as ao
from assetopt.cli import app

SCENARIO = """
name = "Rutland by road"
data = "../data/rutland"
[appraisal]
base_year = 2027
decision_years = 2
appraisal_years = 10
[boundaries]
estate = "pooled"
[rules.access]
[travel]
provider = "road"
network = "../roads/rutland.osm.pbf"
[defaults]
use = "none"
[solver]
time_limit = 60
gap = 1e-9
saving_gap = 0.0
"""

pytestmark = NEEDS_RUTLAND


def package(folder: Path) -> Path:
    """Write roads, data and model below a folder; return the scenario file."""
    data, roads, models = folder / "data" / "rutland", folder / "roads", folder / "models"
    for place in (data, roads, models):
        place.mkdir(parents=True)
    shutil.copyfile(PBF, roads / "rutland.osm.pbf")
    shutil.copyfile(RUTLAND / "demand.csv", data / "demand.csv")
    sites = pd.read_csv(RUTLAND / "sites.csv")
    sites = sites[sites["tags"].isin(["library", "gp"])].reset_index(drop=True)
    service = sites["tags"].to_numpy()
    pd.DataFrame(
        {
            "partner_id": ["county", "nhs"], "name": ["County", "NHS"], "sector": ["council", "nhs"],
            "consent": ["none", "none"],
        }
    ).to_csv(data / "partners.csv", index=False)  # fmt: skip
    sites.assign(
        partner_id=np.where(service == "gp", "nhs", "county"), tenure="freehold", running_cost=60_000, market_value=0,
        status="existing", use_status="in_use",
    ).drop(columns=["tags"]).to_csv(data / "sites.csv", index=False)  # fmt: skip
    pd.DataFrame({"site_id": sites["site_id"], "space_type": "front", "capacity": 400}).to_csv(
        data / "spaces.csv", index=False
    )
    teams = "T-" + sites["site_id"]
    pd.DataFrame(
        {
            "team_id": teams, "partner_id": np.where(service == "gp", "nhs", "county"), "name": sites["name"],
            "service_type": service, "site_id": sites["site_id"], "closable": np.where(service == "library", "yes", "no"),
        }
    ).to_csv(data / "teams.csv", index=False)  # fmt: skip
    pd.DataFrame({"team_id": teams, "space_type": "front", "amount": 150}).to_csv(data / "needs.csv", index=False)
    (data / "service_types.csv").write_text("service_type,public\nlibrary,yes\ngp,yes\n")
    (data / "standards.csv").write_text(
        "standard_id,service_type,mode,max_minutes,min_share,force\n"
        "library-15,library,car,15,0.8,hard\ngp-walk-45,gp,walk,45,0.3,hard\n"
    )
    (models / "road.toml").write_text(SCENARIO)
    return models / "road.toml"


def test_from_the_extract_to_a_plan_that_is_verified_without_the_extract(tmp_path: Path) -> None:
    model = package(tmp_path / "model")
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["solve", str(model), "--out", str(out), "--quiet"])
    assert done.exit_code == 0, done.output
    plan = json.loads((out / "plan.json").read_text())
    assert plan["certificate"]["status"] == "optimal"
    assert plan["totals"]["sites_disposed"] > 0  # teams share buildings, within the standards
    assert {row["basis"] for row in plan["access"]} == {"road"}
    told = {row["mode"]: row for row in plan["travel"]}
    assert set(told) == {"car", "walk"}
    assert "sha256 1ff975d78688c229" in told["car"]["about"]

    # The share of people within 15 minutes of an open library, recounted from the recorded minutes by pandas.
    minutes = pd.read_parquet(out / "inputs" / "data" / "travel.parquet").astype({"zone_id": str, "site_id": str})
    assert set(minutes["x_basis"].astype(str)) == {"road"}
    open_at = {row["site_id"] for row in plan["teams"] if row["action"] != "close" and "-LIB" in row["team_id"].upper()}
    row = next(row for row in plan["access"] if row["standard_id"] == "library-15")
    car = minutes[(minutes["mode"].astype(str) == "car") & minutes["site_id"].isin(open_at)]
    people = pd.read_csv(RUTLAND / "demand.csv").set_index("zone_id")["population"]
    served = people[people.index.isin(car.loc[car["minutes"] <= 15, "zone_id"])].sum() / people.sum()
    assert row["share"] == pytest.approx(served, abs=1e-6)
    assert served >= 0.8

    # Elsewhere, without roads, data or cache, the folder is verified by what it holds.
    moved = tmp_path / "elsewhere"
    shutil.move(out, moved)
    shutil.rmtree(tmp_path / "model")
    assert not list((moved / "inputs").rglob("*.pbf"))
    verdict = ao.verify(moved)
    assert verdict.ok, verdict.violations

    # Whoever has an extract puts it beside the inputs to learn whether it is the one that was used.
    assert plan["inputs"]["network/rutland.osm.pbf"] == hashlib.sha256(PBF.read_bytes()).hexdigest()
    (moved / "inputs" / "network").mkdir()
    shutil.copyfile(PBF, moved / "inputs" / "network" / "rutland.osm.pbf")
    assert ao.verify(moved).ok
    (moved / "inputs" / "network" / "rutland.osm.pbf").write_bytes(b"of another day")
    said = [v.message for v in ao.verify(moved).violations]
    assert said == ["inputs/network/rutland.osm.pbf is not the file that was solved (sha256 differs)"]
    shutil.rmtree(moved / "inputs" / "network")

    # Another network's minutes are noticed, by their sha256 and by what follows from them.
    table = pd.read_parquet(moved / "inputs" / "data" / "travel.parquet")
    table["minutes"] += 2.0
    table.to_parquet(moved / "inputs" / "data" / "travel.parquet")
    said = [v.message for v in ao.verify(moved).violations]
    assert any("travel.parquet is not the file that was solved" in text for text in said)
    assert any("access" in text for text in said)


def test_the_same_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    model = package(tmp_path / "model")
    for name in ("a", "b"):
        assert CliRunner().invoke(app, ["solve", str(model), "--out", str(tmp_path / name), "--quiet"]).exit_code == 0
    for path in (tmp_path / "a" / "inputs").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes(), path


def test_the_network_is_looked_for_beside_the_file_that_names_it(tmp_path: Path) -> None:
    model = package(tmp_path / "model")
    child = tmp_path / "model" / "studies" / "deep"
    child.mkdir(parents=True)
    (child / "child.toml").write_text('base = "../../models/road.toml"\nname = "A study"\n')
    read = ao.read_model(child / "child.toml")
    assert read.scenario.travel.network_path.resolve() == (tmp_path / "model" / "roads" / "rutland.osm.pbf").resolve()
    gone = CliRunner().invoke(app, ["check", str(model), "--set", "travel.network=gone.osm.pbf"])
    assert gone.exit_code == 2
    assert "[travel] network: gone.osm.pbf is not there" in gone.output


def test_a_transit_table_beside_the_roads_is_recorded_with_them(tmp_path: Path) -> None:
    model = package(tmp_path / "model")
    data = tmp_path / "model" / "data" / "rutland"
    zones, sites = pd.read_csv(data / "demand.csv")["zone_id"], pd.read_csv(data / "sites.csv")["site_id"]
    rows = [
        (z, s, "transit", 20.0 + (7 * i + 3 * j) % 50)
        for i, z in enumerate(zones)
        for j, s in enumerate(sites)
        if (i + j) % 4
    ]
    table = pd.DataFrame(rows, columns=["zone_id", "site_id", "mode", "minutes"])
    table.assign(x_window="Tue 10:00-12:00").to_csv(data / "travel.csv", index=False)
    (data / "standards.csv").write_text(
        "standard_id,service_type,mode,max_minutes,min_share,force\n"
        "both,gp,car+transit,40,0.5,hard\neither,library,walk;car+transit,30,0.3,hard\n"
    )
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["solve", str(model), "--out", str(out), "--quiet"])
    assert done.exit_code == 0, done.output
    names = {path.name for path in (out / "inputs" / "data").iterdir()}
    assert "travel.parquet" in names
    assert "travel.csv" not in names
    plan = json.loads((out / "plan.json").read_text())
    assert {row["standard_id"]: row["basis"] for row in plan["access"]} == {
        "both": "road, table (Tue 10:00-12:00)", "either": "road, table (Tue 10:00-12:00)",
    }  # fmt: skip
    told = {row["mode"]: (row["basis"], row["window"]) for row in plan["travel"]}
    assert told["transit"] == ("table", "Tue 10:00-12:00")
    verdict = ao.verify(out)
    assert verdict.ok, verdict.violations
