"""Rutland's roads, zones and sites, where the real data is at hand."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pandas as pd
import pytest
from pyproj import Transformer

SHARED = Path(os.environ.get("ASSETOPT_SHARED", Path(__file__).resolve().parents[3] / "shared"))
RUTLAND = SHARED / "realdata" / "rutland_road"
PBF = RUTLAND / "rutland-latest.osm.pbf"

_WHY = (
    f"the real data is not here: {RUTLAND} (set ASSETOPT_SHARED)"
    if not RUTLAND.is_dir()
    else "osmium is not installed (pip install assetopt[road])"
)
NEEDS_RUTLAND = pytest.mark.skipif(not RUTLAND.is_dir() or importlib.util.find_spec("osmium") is None, reason=_WHY)


def places() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return demand and sites with latitude and longitude."""
    to_degrees = Transformer.from_crs(27700, 4326, always_xy=True)
    out = []
    for name in ("demand", "sites"):
        frame = pd.read_csv(RUTLAND / f"{name}.csv")
        lon, lat = to_degrees.transform(frame["easting"].to_numpy(), frame["northing"].to_numpy())
        out.append(frame.assign(lat=lat, lon=lon))
    return out[0], out[1]
