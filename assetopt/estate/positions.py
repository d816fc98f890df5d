"""Where things stand on the map: latitude and longitude, or British National Grid, checked and filled from each other.

The conversion between WGS84 and EPSG:27700 uses pyproj without the OSTN15 grid, which agrees with the Ordnance Survey
to a few metres: enough for journeys, not for boundaries.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assetopt.estate.findings import Findings, Place
from assetopt.estate.typed import Typed

if TYPE_CHECKING:
    from pyproj import Transformer

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LATITUDES = (49.8, 60.9)
LONGITUDES = (-8.7, 1.8)
EASTINGS = (0.0, 700_000.0)
NORTHINGS = (0.0, 1_300_000.0)
PLACED_TABLES = ("sites", "demand")
_APART_METRES = 1_000.0


def to_grid(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Return easting and northing in metres (EPSG:27700), shape as given; a few metres of error."""
    east, north = _transformer("EPSG:4326", "EPSG:27700").transform(lon, lat)
    return np.asarray(east, dtype=float), np.asarray(north, dtype=float)


def to_degrees(easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
    """Return latitude and longitude in degrees (WGS84), shape as given; a few metres of error."""
    lon, lat = _transformer("EPSG:27700", "EPSG:4326").transform(easting, northing)
    return np.asarray(lat, dtype=float), np.asarray(lon, dtype=float)


@cache
def _transformer(source: str, target: str) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


def fill_positions(typed: Typed, findings: Findings) -> None:
    """Check the positions of a table and fill ``lat``, ``lon``, ``easting`` and ``northing`` from each other.

    Parameters
    ----------
    typed : Typed
        ``sites`` or ``demand``; its frame is changed.
    findings : Findings
        Takes missing, lone, swapped and impossible positions.
    """
    frame = typed.frame
    lat, lon, east, north = (frame[c].to_numpy(dtype=float, copy=True) for c in ("lat", "lon", "easting", "northing"))
    unread = np.zeros(len(frame), dtype=bool)
    for column in ("lat", "lon", "easting", "northing"):
        unread |= typed.unread.get(column, unread)
    degrees = _checked_degrees(typed, lat, lon, unread, findings)
    metres = _checked_metres(typed, east, north, unread, findings)
    none = np.isnan(lat) & np.isnan(lon) & np.isnan(east) & np.isnan(north) & ~unread
    fix = "give lat and lon, or easting and northing"
    findings.rows(typed.place, "lat", np.flatnonzero(none), "the row has no position", fix)
    both = degrees & metres
    if both.any():
        _tell_apart(typed, lat, lon, east, north, both, findings)
    if (todo := degrees & ~metres & np.isnan(east) & np.isnan(north)).any():
        east[todo], north[todo] = to_grid(lat[todo], lon[todo])
        frame["easting"], frame["northing"] = east, north
    if (todo := metres & ~degrees & np.isnan(lat) & np.isnan(lon)).any():
        lat[todo], lon[todo] = to_degrees(east[todo], north[todo])
        frame["lat"], frame["lon"] = lat, lon


def _within(values: Floats, low_high: tuple[float, float]) -> Bools:
    inside: Bools = (values >= low_high[0]) & (values <= low_high[1])
    return inside


def _checked_degrees(typed: Typed, lat: Floats, lon: Floats, unread: Bools, findings: Findings) -> Bools:
    """Tell wrong latitudes and longitudes; return the rows that have a right pair."""
    given, place = ~np.isnan(lat) & ~np.isnan(lon), typed.place
    _tell_lone(typed, "lat", "lon", lat, lon, unread, findings)
    right = given & _within(lat, LATITUDES) & _within(lon, LONGITUDES)
    swapped = given & ~right & _within(lon, LATITUDES) & _within(lat, LONGITUDES)
    grid = given & ~right & ((np.abs(lat) > 180) | (np.abs(lon) > 180))
    far = given & ~right & ~swapped & ~grid
    _tell_pairs(
        place, "lat", "lon", lat, lon, swapped, "lat and lon look swapped", "put the one near 50 into lat", findings
    )
    fix = "put them into the columns easting and northing"
    _tell_pairs(place, "lat", "lon", lat, lon, grid, "these look like easting and northing", fix, findings)
    fix = "lat is 49.8 to 60.9 and lon -8.7 to 1.8; is a minus sign missing?"
    _tell_pairs(place, "lat", "lon", lat, lon, far, "outside the United Kingdom", fix, findings)
    return right


def _checked_metres(typed: Typed, east: Floats, north: Floats, unread: Bools, findings: Findings) -> Bools:
    """Tell wrong eastings and northings; return the rows that have a right pair."""
    given, place = ~np.isnan(east) & ~np.isnan(north), typed.place
    _tell_lone(typed, "easting", "northing", east, north, unread, findings)
    degrees = given & (
        (_within(east, LATITUDES) & _within(north, LONGITUDES))
        | (_within(north, LATITUDES) & _within(east, LONGITUDES))
    )
    right = given & ~degrees & _within(east, EASTINGS) & _within(north, NORTHINGS)
    swapped = given & ~right & ~degrees & _within(north, EASTINGS) & _within(east, NORTHINGS)
    far = given & ~right & ~degrees & ~swapped
    names = ("easting", "northing")
    fix = "put them into the columns lat and lon"
    _tell_pairs(place, *names, east, north, degrees, "these look like degrees", fix, findings)
    fix = "put the smaller one into easting"
    _tell_pairs(place, *names, east, north, swapped, "easting and northing look swapped", fix, findings)
    fix = "easting is 0 to 700,000 and northing 0 to 1,300,000 metres"
    _tell_pairs(place, *names, east, north, far, "outside the British grid", fix, findings)
    return right


def _tell_pairs(
    place: Place, a: str, b: str, of_a: Floats, of_b: Floats, wrong: Bools, what: str, fix: str, findings: Findings
) -> None:
    rows = np.flatnonzero(wrong)
    findings.rows(place, a, rows, lambda row: f"{a} {of_a[row]:g}, {b} {of_b[row]:g}: {what}", fix)


def _tell_lone(typed: Typed, a: str, b: str, of_a: Floats, of_b: Floats, unread: Bools, findings: Findings) -> None:
    for has, lacks, lone in ((a, b, ~np.isnan(of_a) & np.isnan(of_b)), (b, a, np.isnan(of_a) & ~np.isnan(of_b))):
        rows = np.flatnonzero(lone & ~unread)
        findings.rows(typed.place, lacks, rows, f"{has} is given without {lacks}", "give both, or neither")


def _tell_apart(
    typed: Typed,
    lat: Floats,
    lon: Floats,
    east: Floats,
    north: Floats,
    both: Bools,
    findings: Findings,
) -> None:
    """Warn where the two positions of a row disagree."""
    rows = np.flatnonzero(both)
    as_east, as_north = to_grid(lat[rows], lon[rows])
    apart = np.hypot(as_east - east[rows], as_north - north[rows])
    far = apart > _APART_METRES
    metres = dict(zip(rows[far].tolist(), apart[far].tolist(), strict=True))
    findings.rows(
        typed.place,
        "lat",
        rows[far],
        lambda row: f"lat/lon and easting/northing are {metres[row]:,.0f} m apart",
        "both are kept as they are; correct one of them",
        "warning",
    )
