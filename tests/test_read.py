"""Real packages read cleanly, and whatever bytes a file holds, the answer is an estate or a list of faults."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetopt.errors import DataError
from assetopt.read import read_estate

SHARED = Path(os.environ.get("ASSETOPT_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "realdata"


def real(name: str) -> Path:
    """The folder of a real package, or a skipped test."""
    if not (SHARED / name).is_dir():
        pytest.skip(f"no real package {name} in {SHARED}; set ASSETOPT_SHARED to the folder that holds realdata")
    return SHARED / name


# Sites, teams and zones as the README of the packages counts them.
@pytest.mark.parametrize(
    ("name", "sites", "teams", "zones"),
    [("kent", 448, 896, 1_065), ("england", 13_863, 27_716, 32_844), ("devon_miu", 15, 15, 707)],
)
def test_a_real_package_reads_cleanly(name: str, sites: int, teams: int, zones: int) -> None:
    estate = read_estate(real(name))
    assert (len(estate.sites), len(estate.teams), len(estate.demand)) == (sites, teams, zones)
    for table in ("sites", "demand"):
        places = estate.tables[table][["lat", "lon", "easting", "northing"]]
        assert np.isfinite(places.to_numpy()).all()


def test_a_real_package_written_and_read_back_is_equal(tmp_path: Path) -> None:
    estate = read_estate(real("devon_miu"))
    estate.write(tmp_path)
    assert read_estate(tmp_path).equals(estate)


def test_real_travel_keeps_only_pairs_that_are_reached() -> None:
    # 707 zones x 15 units = 10,605 pairs a mode, less 99 by car and 40 by transit that were not reached.
    travel = read_estate(real("devon_miu")).travel
    assert travel.groupby("mode").size().to_dict() == {"car": 10_506, "transit": 10_565}


def test_a_register_that_is_no_package_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    register = real("registers") / "cheltenham_land_and_assets_2021.csv"
    (tmp_path / "sites.csv").write_bytes(register.read_bytes())
    with pytest.raises(DataError) as error:
        read_estate(tmp_path)
    told = str(error.value)
    assert "sites.csv, GeoX: unknown column" in told
    assert "sites.csv, site_id: this column is required and missing" in told
    assert "partners: the table partners is required and missing" in told


CELL = st.sampled_from(["a", "", "1", "-1", "é", '"', '""', ",", ";", "\t", "\n", "\r\n", "\r", "\x00", " ", "site_id"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200) | st.lists(CELL, max_size=60).map(lambda cells: "".join(cells).encode()),
    name=st.sampled_from(["sites.csv", "travel.csv", "sites.parquet"]),
)
def test_whatever_a_file_holds_only_faults_are_raised(tmp_path: Path, content: bytes, name: str) -> None:
    for path in tmp_path.iterdir():
        path.unlink()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as error:
        read_estate(tmp_path)
    assert all(issue.where and issue.what for issue in error.value.issues)


def test_a_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "estate.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(DataError, match="cannot be read as a workbook"):
        read_estate(tmp_path / "estate.xlsx")
    with pytest.raises(DataError, match="name the workbook"):
        read_estate(tmp_path)
