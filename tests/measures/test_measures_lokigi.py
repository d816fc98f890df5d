"""lokigi's decision summary can be read from our report: the instance and the figures of peers.md, section 7.

12 buildings, 40 zones, straight lines x 1.3 at 30 km/h and 2 minutes; B02 and B09 are closed. lokigi 0.9.1 says: 1,037
people (14.6 %) lose more than 1.0 minute, 2.6 on average, worst Z14 from 11.7 to 17.9 minutes; the two next hit, and the six
zones that get worse, are as ``tests/benchmarks/lokigi_live.py`` printed them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assetopt.estate import Estate
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.report.audit import verify_folder
from assetopt.result import Result
from assetopt.scenario import Scenario

NB, NZ = 12, 40
CLOSED = ("B02", "B09")


def great_circle_km(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return km as geopy's great_circle does, radius 6371.009."""
    (lat, lon), (lat2, lon2) = np.radians(a.T[:, :, None]), np.radians(b.T[:, None, :])
    h = np.sin((lat2 - lat) / 2) ** 2 + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    return np.asarray(2 * 6371.009 * np.arcsin(np.sqrt(h)))


def frames() -> tuple[dict[str, pd.DataFrame], np.ndarray, np.ndarray]:
    """The tables, minutes (zones x buildings) and people; the order of the draws matters."""
    r = np.random.default_rng(7)
    blat, blon = 52.5 + r.uniform(-0.15, 0.15, NB), -1.9 + r.uniform(-0.25, 0.25, NB)
    r.choice(["council", "nhs", "police"], NB)
    r.integers(900, 2400, NB)
    cost = r.integers(80, 400, NB) * 1000
    r.integers(200, 2500, NB)
    zlat, zlon = 52.5 + r.uniform(-0.18, 0.18, NZ), -1.9 + r.uniform(-0.3, 0.3, NZ)
    people, imd = r.integers(40, 300, NZ), r.integers(1, 11, NZ)
    km = great_circle_km(np.column_stack([zlat, zlon]), np.column_stack([blat, blon]))
    minutes = np.round(km * 1.3 / 30 * 60 + 2, 1)
    sites, zones = [f"B{j:02d}" for j in range(NB)], [f"Z{i:02d}" for i in range(NZ)]
    teams = [f"t{site}" for site in sites]
    tables = {
        "partners": pd.DataFrame({"partner_id": ["c"], "name": ["Council"], "sector": ["council"]}),
        "sites": pd.DataFrame(
            {"site_id": sites, "partner_id": "c", "name": sites, "lat": blat, "lon": blon, "tenure": "freehold",
             "running_cost": cost}
        ),
        "spaces": pd.DataFrame({"site_id": sites, "space_type": "room", "capacity": 1.0}),
        "teams": pd.DataFrame(
            {"team_id": teams, "partner_id": "c", "name": teams, "service_type": "service", "site_id": sites,
             "movable": "no", "closable": "yes"}
        ),
        "needs": pd.DataFrame({"team_id": teams, "space_type": "room", "amount": 1.0}),
        "service_types": pd.DataFrame({"service_type": ["service"], "public": ["yes"]}),
        "demand": pd.DataFrame(
            {"zone_id": zones, "lat": zlat, "lon": zlon, "population": people, "imd_decile": imd}
        ),
        "travel": pd.DataFrame(
            {"zone_id": np.repeat(zones, NB), "site_id": np.tile(sites, NZ), "mode": "car", "minutes": minutes.ravel()}
        ),
    }  # fmt: skip
    return tables, minutes, people.astype(float)


@pytest.fixture(scope="module")
def result() -> Result:
    tables, _, _ = frames()
    kept = [f"B{j:02d}" for j in range(NB) if f"B{j:02d}" not in CLOSED]
    settings = {
        "appraisal": {"base_year": 2027, "as_at": "2026-04-01", "decision_years": 1, "appraisal_years": 1, "discount": 0.0,
                      "residual_value": False, "optimism_bias": False},
        "defaults": {"use": "none"},
        "decisions": {"keep": kept, "close": list(CLOSED), "stay": [f"t{site}" for site in kept]},
    }  # fmt: skip
    found = optimise(Problem(Estate.from_frames("lokigi", **tables), Scenario.model_validate(settings)))
    assert set(found.sites.loc[found.sites["action"] == "dispose", "site_id"]) == set(CLOSED)
    return found


def test_how_many_lose_and_how_much(result: Result) -> None:
    row = result.access_groups.query("kind == 'service' and breakdown == 'everyone'").iloc[0]
    assert (row["people"], row["people_losing"]) == (7118, 1037)
    assert round(100 * row["share_losing"], 1) == 14.6
    assert round(row["mean_loss"], 1) == 2.6
    assert row["worst_zone"] == "Z14"


def test_the_worst_hit_places_by_name(result: Result) -> None:
    first = result.access_losers.iloc[0]
    assert (first["zone_id"], round(first["way_today"], 1), round(first["way"], 1)) == ("Z14", 11.7, 17.9)
    assert first["rank"] == 1
    hit = [(r.zone_id, round(r.way_today, 1), round(r.way, 1)) for r in result.access_losers.itertuples()]
    assert hit[1:3] == [("Z39", 20.5, 24.1), ("Z11", 17.7, 20.3)]
    assert (result.access_losers["change"] > 1.0).sum() == 6  # "0 of 40 regions improved; 6 worsened; 34 unchanged"
    assert first["point_today"] in CLOSED
    assert first["point"] not in CLOSED
    assert result.access_losers["change"].is_monotonic_decreasing
    assert not len(result.access_winners)  # closing brings nobody nearer


def test_no_equity_band_is_dropped(result: Result) -> None:
    bands = result.access_groups.query("breakdown == 'imd_decile'")
    assert bands["group"].tolist() == [str(n) for n in range(1, 11)]
    assert bands["people"].sum() == 7118
    assert bands["people_losing"].sum() == 1037
    assert (bands["people_losing"] == 0).any()  # bands in which nobody loses stand there all the same


def test_every_figure_again_from_the_matrix(result: Result) -> None:
    _, minutes, people = frames()
    kept = [j for j in range(NB) if f"B{j:02d}" not in CLOSED]
    before, after = minutes.min(axis=1), minutes[:, kept].min(axis=1)
    row = result.access_groups.query("kind == 'service' and breakdown == 'everyone'").iloc[0]
    assert row["mean_today"] == pytest.approx(before @ people / people.sum())
    assert row["mean"] == pytest.approx(after @ people / people.sum())
    assert row["people_further"] == people[after > before].sum()
    each = np.sort(np.repeat(after, people.astype(int)))
    for name, share in (("p90", 0.9), ("p95", 0.95), ("max", 1.0)):
        assert row[name] == each[int(np.ceil(share * len(each) - 1e-9)) - 1]
    equity = result.access_equity.iloc[0]
    a = equity["aversion_minutes"]
    assert equity["ede"] == pytest.approx(a * np.log(people @ np.exp(after / a) / people.sum()))


def test_verify_finds_the_same_and_any_other_figure(result: Result, tmp_path: Path) -> None:
    out = result.write(tmp_path / "out")
    assert verify_folder(out).ok
    for name, old, new in (
        ("access_groups.csv", ",1037,", ",937,"), ("access_losers.csv", ",17.9,", ",12.9,"),
        ("access_equity.csv", ",7118,", ",7117,"), ("service_points.csv", "B00,", "B01,"),
        ("access_zones.csv", "further", "nearer"), ("access_cumulative.csv", ",7118,", ",7117,"),
    ):  # fmt: skip
        text = (out / name).read_text(encoding="utf-8")
        assert old in text, name
        (out / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        assert any(name in v.message for v in verify_folder(out).violations), name
        (out / name).write_text(text, encoding="utf-8")
