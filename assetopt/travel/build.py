"""Decide where minutes come from: the package's own travel table, a road network, a routing service, straight lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assetopt.errors import DataError, Issue, ScenarioError
from assetopt.travel.cache import MatrixCache, default_cache_folder
from assetopt.travel.geodesic import StraightLines
from assetopt.travel.made import Basis, Made, Modes, Provider
from assetopt.travel.matrix import Travel
from assetopt.travel.params import COMPUTED, TravelParams
from assetopt.travel.table import read_table
from assetopt.travel.telling import described

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
        and cycle are otherwise estimated. ``provider = "table"`` never estimates; ``"geodesic"`` ignores the table;
        ``"road"``, ``"osrm"`` and ``"valhalla"`` compute their modes when first asked for, take others from the table and
        never estimate.
    cache_folder : Path, optional
        Where large matrices are kept; see `assetopt.travel.cache.default_cache_folder`.

    Raises
    ------
    ScenarioError
        ``provider = "table"`` without a travel table, or minutes that were to be recorded and are not.
    DataError
        A place without coordinates, or a travel row about a place that is not there.
    """
    settings = params if params is not None else TravelParams()
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
    folder = cache_folder if cache_folder is not None else default_cache_folder()
    cache = MatrixCache(folder) if folder is not None else None
    given, bases, windows = _of_table(table, zone_ids, site_ids)
    provider = _provider(settings, zone_ids, site_ids, lines, cache)
    if settings.recorded and settings.provider in COMPUTED:
        lacking = [mode for mode in settings.modes if mode not in given]
        if lacking and len(zone_ids) and len(site_ids):
            what = f"minutes by {', '.join(lacking)} are to be recorded in the travel table and are not there"
            raise ScenarioError([Issue("[travel] recorded", what, "take recorded out to have them computed")])
    elif provider is not None:
        for mode in provider.modes:
            given.pop(mode, None)
            windows.pop(mode, None)
            bases[mode] = provider.basis
    return Travel(zone_ids, site_ids, lines, Modes(given, bases, provider), settings, cache, windows)


def _of_table(
    table: pd.DataFrame | None, zone_ids: tuple[str, ...], site_ids: tuple[str, ...]
) -> tuple[dict[str, Made], dict[str, Basis], dict[str, str]]:
    """Return what the travel table has, by mode: rows, what they are called, and when people set out."""
    if table is None or table.empty:
        return {}, {}, {}
    rows, told = read_table(table, zone_ids, site_ids), described(table)
    given = {mode: Made(rows[mode], told[mode][1]) for mode in rows}
    windows = {mode: told[mode][2] for mode in rows if told[mode][2]}
    return given, {mode: told[mode][0] for mode in rows}, windows


def _provider(
    settings: TravelParams,
    zone_ids: tuple[str, ...],
    site_ids: tuple[str, ...],
    lines: StraightLines,
    cache: MatrixCache | None,
) -> Provider | None:
    if settings.recorded or settings.provider not in COMPUTED:
        return None
    if settings.provider == "road":
        from assetopt.travel.road import RoadNetwork

        return RoadNetwork(settings.network_path, zone_ids, site_ids, lines, settings, cache)
    from assetopt.travel.router import Router

    return Router(settings.provider, zone_ids, site_ids, lines, settings)


def _places(frame: pd.DataFrame, table: str, ids: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return latitude and longitude, shape (rows, 2); refuse missing ones, which no distance could be true of."""
    places = frame[["lat", "lon"]].to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~np.isfinite(places).all(axis=1))
    if len(bad):
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        what = f"no coordinates for {ids[bad[0]]}{more}"
        raise DataError([Issue(f"{table}, lat and lon", what, "give lat and lon, or easting and northing")])
    return places
