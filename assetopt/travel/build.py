"""Decide where minutes come from: the package's own travel table where it has one, straight lines otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assetopt.errors import DataError, Issue, ScenarioError
from assetopt.travel.cache import MatrixCache, default_cache_folder
from assetopt.travel.geodesic import StraightLines
from assetopt.travel.matrix import Travel
from assetopt.travel.params import TravelParams
from assetopt.travel.table import read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["build_travel"]


def build_travel(
    demand: pd.DataFrame,
    sites: pd.DataFrame,
    table: pd.DataFrame | None = None,
    params: TravelParams | None = None,
    *,
    cache_folder: Path | None = None,
) -> Travel:
    """Return the travel of an estate; nothing is computed yet.

    Parameters
    ----------
    demand : DataFrame
        Columns ``zone_id``, ``lat``, ``lon`` (degrees, WGS84); a row for each zone.
    sites : DataFrame
        Columns ``site_id``, ``lat``, ``lon``; a row for each site, external ones included.
    table : DataFrame, optional
        Columns ``zone_id``, ``site_id``, ``mode``, ``minutes``; may be empty.
    params : TravelParams, optional
        The scenario's ``[travel]``. Without a provider, a mode that the table has comes from the table, and car, walk
        and cycle are otherwise estimated. ``provider = "table"`` never estimates; ``"geodesic"`` ignores the table.
    cache_folder : Path, optional
        Where large matrices are kept; see `assetopt.travel.cache.default_cache_folder`.

    Raises
    ------
    ScenarioError
        The road provider (not in this version), or ``provider = "table"`` without a travel table.
    DataError
        A place without coordinates, or a travel row about a place that is not there.
    """
    settings = params if params is not None else TravelParams()
    if settings.provider == "road":
        raise ScenarioError(
            [
                Issue(
                    "[travel] provider",
                    '"road" (times on a road network) is not in this version',
                    "compute minutes with a routing tool and import them as the travel table, or leave provider out",
                )
            ]
        )
    empty = table is None or table.empty
    if settings.provider == "table" and empty:
        raise ScenarioError(
            [
                Issue(
                    "[travel] provider",
                    '"table" is asked for and the package has no rows in travel',
                    "add a travel table, or leave provider out to estimate from straight lines",
                )
            ]
        )
    zone_ids = tuple(demand["zone_id"].astype(str))
    site_ids = tuple(sites["site_id"].astype(str))
    lines = StraightLines(_places(demand, "demand", zone_ids), _places(sites, "sites", site_ids))
    rows = {} if table is None else read_table(table, zone_ids, site_ids)
    folder = cache_folder if cache_folder is not None else default_cache_folder()
    return Travel(zone_ids, site_ids, lines, rows, settings, MatrixCache(folder) if folder is not None else None)


def _places(frame: pd.DataFrame, table: str, ids: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return latitude and longitude, shape (rows, 2); refuse missing ones, which no distance could be true of."""
    places = frame[["lat", "lon"]].to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~np.isfinite(places).all(axis=1))
    if len(bad):
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        what = f"no coordinates for {ids[bad[0]]}{more}"
        raise DataError([Issue(f"{table}, lat and lon", what, "give lat and lon, or easting and northing")])
    return places
