"""The plan as a GeoPackage: the layers of the map with their look, as QGIS opens it (needs the ``geo`` extra).

Styles stand in the table ``layer_styles``, which QGIS reads by itself and other programs leave alone.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assetopt.errors import DataError, Issue
from assetopt.report.layers import WHOLE, Layer
from assetopt.report.qgis_styles import style

if TYPE_CHECKING:
    import geopandas as gpd

MOMENT = "2000-01-01T00:00:00.000Z"
"""Stands in place of the clock, so that the same plan gives the same tables."""

_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""


def write_geopackage(path: str | Path, layers: Sequence[Layer]) -> Path:
    """Write the layers, empty ones too, in EPSG:4326 with their styles; the file appears whole or not at all.

    Raises
    ------
    DataError
        Where the ``geo`` extra is not installed.
    FileExistsError
        Where a file stands there.
    OSError
        Where it cannot be written.
    """
    target = Path(path)
    if target.exists():
        raise FileExistsError(f"{target} exists already; name another file")
    _needs_geo()
    fresh = target.parent / f".{target.stem}.partial-{os.getpid()}.gpkg"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _still_clock():
            for layer in layers:
                frame = _frame(layer)
                frame.to_file(fresh, driver="GPKG", layer=layer.name, engine="pyogrio", geometry_type=layer.geometry)
        _add_styles(fresh, layers)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return target


def _needs_geo() -> None:
    try:
        import geopandas  # noqa: F401
        import pyogrio  # noqa: F401
    except ImportError as fault:
        what = f"needs geopandas and pyogrio ({fault})"
        raise DataError([Issue("GeoPackage", what, "pip install 'assetopt[geo]', or use plan.geojson")]) from fault


@contextlib.contextmanager
def _still_clock() -> Iterator[None]:
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": MOMENT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _frame(layer: Layer) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import shapely

    at = layer.positions
    shapes = shapely.points(at[:, 0, :]) if layer.geometry == "Point" else shapely.linestrings(at)
    table = layer.frame.copy()
    for name in table.columns:
        if name in WHOLE:
            table[name] = table[name].astype("float64").astype("Int64")
        elif table[name].dtype.kind not in "fib":
            table[name] = table[name].astype(object).map(_clean)
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326")


def _clean(text: object) -> str:
    return str(text).replace("\x00", "�")


def _add_styles(path: Path, layers: Sequence[Layer]) -> None:
    with contextlib.closing(sqlite3.connect(path)) as book, book:
        book.execute(_STYLES)
        book.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', 'How QGIS draws the layers', ?, 0)",
            (MOMENT,),
        )
        for layer in layers:
            row = ("", "", layer.name, "geom", layer.name, style(layer.name), "", True, "", "", None, MOMENT)
            book.execute(f"INSERT INTO layer_styles VALUES (NULL, {', '.join('?' * len(row))})", row)
