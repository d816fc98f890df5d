"""Straight-line kilometres between zones and sites, and the minutes they are likely to take.

Distances are great circles on a sphere of 6371.0088 km (within 0.6 % of the ellipsoid). A few pairs go through geopy;
many go through the same formula in numpy, 12 million pairs a second; both agree to a part in a million or better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assetopt.travel.params import CurvePoint, TravelParams

__all__ = [
    "EARTH_RADIUS_KM",
    "GEOPY_PAIRS",
    "StraightLines",
    "curve_minutes",
    "estimated_minutes",
    "great_circle_km",
    "haversine_km",
    "km_apart",
    "speed_minutes",
]

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth (IUGG)."""

GEOPY_PAIRS: Final = 2_000
"""Up to this many pairs of zone and site are measured by geopy."""

_CHUNK_PAIRS: Final = 1_000_000  # working memory per chunk: a few arrays of 8 MB

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class StraightLines:
    """The places between which straight lines are drawn.

    Attributes
    ----------
    zones : ndarray of float64, shape (zones, 2)
        Latitude and longitude in degrees (WGS84).
    sites : ndarray of float64, shape (sites, 2)
        The same for sites.
    """

    zones: FloatArray
    sites: FloatArray

    def km(self, sites: IndexArray | None = None) -> FloatArray:
        """Return kilometres, shape (zones, sites asked for).

        Whether geopy or numpy measures depends on the whole, not on the sites asked for, so a column is the same to
        the last bit whichever way it is asked for.
        """
        chosen = self.sites if sites is None else self.sites[sites]
        if len(self.zones) * len(self.sites) <= GEOPY_PAIRS:
            return great_circle_km(self.zones, chosen)
        return haversine_km(self.zones, chosen)


def great_circle_km(zones: FloatArray, sites: FloatArray) -> FloatArray:
    """Return great-circle kilometres measured by geopy, pair by pair: for small cases and as a check.

    Parameters
    ----------
    zones : ndarray, shape (n, 2)
        Latitude and longitude in degrees.
    sites : ndarray, shape (m, 2)

    Returns
    -------
    ndarray of float64, shape (n, m)
    """
    from geopy.distance import great_circle

    pairs = [
        great_circle(zone, site, radius=EARTH_RADIUS_KM).kilometers
        for zone in zones.tolist()
        for site in sites.tolist()
    ]
    return np.array(pairs, dtype=np.float64).reshape(len(zones), len(sites))


def km_apart(
    from_lat: npt.ArrayLike, from_lon: npt.ArrayLike, to_lat: npt.ArrayLike, to_lon: npt.ArrayLike
) -> FloatArray:
    """Return great-circle kilometres between points (degrees, WGS84) by the haversine formula.

    ``2 R arcsin sqrt(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2))``

    The shapes are broadcast: like ones go point by point, a column and a row give every pair.
    """
    phi, psi = np.radians(from_lat), np.radians(to_lat)
    half = np.asarray(np.sin((np.radians(to_lon) - np.radians(from_lon)) / 2))
    half *= half
    half *= np.cos(psi)
    half *= np.cos(phi)
    half += np.sin((psi - phi) / 2) ** 2
    np.minimum(half, 1.0, out=half)  # rounding may pass 1 between antipodes
    np.sqrt(half, out=half)
    np.arcsin(half, out=half)
    half *= 2 * EARTH_RADIUS_KM
    return half


def haversine_km(zones: FloatArray, sites: FloatArray) -> FloatArray:
    """Return great-circle kilometres from every zone to every site, in chunks of zones.

    Parameters
    ----------
    zones : ndarray, shape (n, 2)
        Latitude and longitude in degrees.
    sites : ndarray, shape (m, 2)

    Returns
    -------
    ndarray of float64, shape (n, m)
    """
    km = np.empty((len(zones), len(sites)))
    step = max(1, _CHUNK_PAIRS // max(1, len(sites)))
    for start in range(0, len(zones), step):
        part = zones[start : start + step]
        km[start : start + step] = km_apart(part[:, :1], part[:, 1:], sites[:, 0], sites[:, 1])
    return km


def curve_minutes(km: FloatArray, points: list[CurvePoint]) -> FloatArray:
    """Return minutes by a curve of straight-line km: straight between its points, the last slope beyond them.

    Parameters
    ----------
    km : ndarray
        Kilometres, 0 or more; any shape.
    points : list of (km, minutes)
        At least two, the first at 0 km, km rising.

    Returns
    -------
    ndarray of float64, same shape
    """
    xs, ys = np.array(points, dtype=np.float64).T
    minutes = np.interp(km, xs, ys)
    slope = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    beyond = km > xs[-1]
    minutes[beyond] += slope * (km[beyond] - xs[-1])
    return np.asarray(minutes, dtype=np.float64)


def speed_minutes(km: FloatArray, circuity: float, speed: float) -> FloatArray:
    """Return minutes for straight-line km x circuity at a speed in km/h."""
    return np.asarray(km * (circuity / speed * 60.0), dtype=np.float64)


def estimated_minutes(km: FloatArray, mode: str, params: TravelParams) -> FloatArray:
    """Return the minutes that straight-line kilometres are likely to take.

    Raises
    ------
    KeyError
        The mode has neither a curve nor a speed; ask ``params.estimated_modes`` first.
    """
    if mode in params.curves:
        return curve_minutes(km, params.curves[mode])
    return speed_minutes(km, params.circuity[mode], params.speeds[mode])
