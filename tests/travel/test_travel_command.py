"""``assetopt travel``: what it computes, what it says, what it writes, and its exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from rutland import NEEDS_RUTLAND
from test_road_plan import package
from typer.testing import CliRunner

import assetopt as ao
from assetopt.cli import app
from assetopt.travel import build_travel
from assetopt.travel.stored import stored_table

DEMAND = "zone_id,easting,northing,population\nz1,480000,300000,100\nz2,484000,300000,50\n"
SITES = "site_id,partner_id,name,easting,northing\na,p,A,480000,301000\nb,p,B,490000,300000\n"


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["travel", *map(str, words)])
    return done.exit_code, done.output


@pytest.fixture
def model(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    (data / "partners.csv").write_text("partner_id,name,sector\np,P,council\n")
    (data / "demand.csv").write_text(DEMAND)
    (data / "sites.csv").write_text(SITES)
    (data / "spaces.csv").write_text("site_id,space_type,capacity\na,office,10\n")
    (data / "teams.csv").write_text("team_id,partner_id,name,service_type,site_id\nt,p,T,desk,a\n")
    (data / "needs.csv").write_text("team_id,space_type,amount\nt,office,5\n")
    (tmp_path / "model.toml").write_text('name = "m"\ndata = "data"\n')
    return tmp_path / "model.toml"


def test_straight_lines_are_called_estimated_with_their_band(model: Path) -> None:
    code, said = run(model)
    assert code == 0
    assert "car (estimated): 4 of 2 x 2 pairs" in said
    assert "eight in ten lie within -20 % to +24 % of it" in said


def test_a_limit_leaves_far_pairs_out_and_json_says_the_same(model: Path) -> None:
    # z1-a 1 km: 6.3 minutes; z2-a 4.12 km: 13.5; z1-b 10 km: 22.2; z2-b 6 km: 16.84
    code, said = run(model, "--within", 15, "--json")
    assert code == 0
    (mode,) = json.loads(said)["modes"]
    assert (mode["pairs"], mode["unreachable"], mode["zones_without"], mode["sites_without"]) == (2, 2, 0, 1)
    assert mode["within"] == 15


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_what_is_written_can_be_taken_in_and_stays_an_estimate(model: Path, suffix: str) -> None:
    out = model.parent / "data" / f"travel{suffix}"
    assert run(model, "--out", out, "--mode", "car", "--mode", "walk")[0] == 0
    read = ao.read_model(model)
    travel = read.problem().travel
    estimate = build_travel(read.estate.demand, read.estate.sites)
    assert travel.minutes("car") == pytest.approx(estimate.minutes("car"), rel=1e-12)
    assert travel.basis_of("car") == "estimated"
    assert dict(travel.table.bases) == {"car": "estimated", "walk": "estimated"}
    assert "eight in ten" in travel.about(["car"])["car"]


def test_rows_are_in_order_and_names_are_written_once(model: Path) -> None:
    travel = ao.read_model(model).problem().travel
    table = stored_table(travel, ["walk", "car"], 60.0)
    frame = table.to_pandas()
    assert list(frame.columns) == ["zone_id", "site_id", "mode", "minutes", "x_basis", "x_about", "x_window"]
    assert frame["mode"].tolist() == ["walk"] + ["car"] * 4  # 1 km is 16 minutes on foot, 4.1 km 67
    assert frame["zone_id"].astype(str).tolist() == ["z1", "z1", "z1", "z2", "z2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mode", "transit"], 'no minutes by mode "transit"'),
        (["--out", "minutes.xlsx"], "minutes.xlsx is neither .parquet nor .csv"),
        (["--set", "travel.provider=road"], 'provider = "road" needs network'),
        (["--set", "travel.provider=osrm"], 'provider = "osrm" needs url'),
    ],
)
def test_bad_input_exits_with_2(model: Path, words: list[str], said: str) -> None:
    code, told = run(model, *words)
    assert code == 2
    assert said in told


def test_without_demand_there_is_nothing_to_compute(model: Path) -> None:
    (model.parent / "data" / "demand.csv").unlink()
    code, told = run(model)
    assert code == 2
    assert "there is no demand table" in told


@NEEDS_RUTLAND
def test_minutes_on_roads_are_kept_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETOPT_CACHE", str(tmp_path / "kept"))
    model = package(tmp_path / "model")
    code, said = run(model)
    assert code == 0
    assert "car (road): 230 of 23 x 10 pairs" in said
    assert "places to the network: median" in said
    assert "furthest: E01013787 911 m" in said
    assert f"Kept in {tmp_path / 'kept'}" in said
    assert len(list((tmp_path / "kept").glob("travel-*.npz"))) == 4  # a graph and a matrix for each of two modes
    shutil.rmtree(tmp_path / "model" / "roads")  # the next run needs the file, if only for its sha256
    assert run(model)[0] == 2


@NEEDS_RUTLAND
def test_minutes_on_roads_as_a_table(tmp_path: Path) -> None:
    model = package(tmp_path / "model")
    out = tmp_path / "model" / "data" / "rutland" / "travel.parquet"
    assert run(model, "--out", out)[0] == 0
    frame = pd.read_parquet(out)
    assert set(frame["x_basis"].astype(str)) == {"road"}
    travel = ao.read_model(model, ["travel.provider=table"]).problem().travel
    assert travel.basis_of("car") == "road"
    again = ao.read_model(model).problem().travel
    assert (travel.minutes("car") == again.minutes("car")).all()
