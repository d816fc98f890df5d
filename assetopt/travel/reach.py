"""Who can reach what within a limit, and what is nearest, without measuring the way from everywhere to everywhere.

A standard of 15 minutes concerns some 25 surgeries around a zone, not all 9,000 of England. Places stand on the unit
sphere, where the shortest way is the shortest straight line through it; a tree finds those within a limit, and only the
pairs on its very edge are measured again in minutes, so that the answer is the one that every single way would give.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from assetopt.travel.geodesic import EARTH_RADIUS_KM, km_apart

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Measure", "nearest_place", "reached"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

Measure = Callable[[FloatArray], FloatArray]
"""Straight-line kilometres to minutes (or any other length), entry by entry; it must not fall with distance."""

_HALF_WAY_ROUND: Final = np.pi * EARTH_RADIUS_KM
_EDGE_KM: Final = 1e-6  # pairs this near to the limit are measured by themselves ...
_EDGE_CHORD: Final = 1e-9  # ... or this near to it on the unit sphere
_CHUNK_ZONES: Final = 500  # about a million pairs at a time where a limit reaches 2,000 sites


def reached(zones: FloatArray, sites: FloatArray, measure: Measure, limit: FloatArray) -> sparse.csr_matrix:
    """Return which sites each zone reaches within its limit.

    Parameters
    ----------
    zones : ndarray, shape (n, 2)
        Latitude and longitude in degrees (WGS84).
    sites : ndarray, shape (m, 2)
    measure : callable
        What ``limit`` speaks of, from straight-line kilometres.
    limit : ndarray, shape (n,)
        Of each zone; -inf for nobody.

    Returns
    -------
    csr_matrix of bool, shape (n, m), rows sorted
    """
    from scipy import sparse
    from scipy.spatial import cKDTree

    if not len(sites):
        return sparse.csr_matrix(np.zeros((len(zones), 0), dtype=bool))
    furthest = _furthest(measure, limit)
    outer = _chord(furthest + _EDGE_KM) + _EDGE_CHORD
    inner = _chord(furthest - _EDGE_KM) - _EDGE_CHORD
    # Zones of like limits go together, so that a single far one does not make the search wide for all.
    order = np.argsort(furthest, kind="stable")
    order = order[furthest[order] >= 0]
    tree = cKDTree(_on_sphere(sites))
    rows: list[npt.NDArray[np.int32]] = []
    columns: list[npt.NDArray[np.int32]] = []
    places = _on_sphere(zones)
    for start in range(0, len(order), _CHUNK_ZONES):
        chunk = order[start : start + _CHUNK_ZONES]
        widest = float(outer[chunk].max())
        found = cKDTree(places[chunk]).sparse_distance_matrix(tree, widest, output_type="ndarray")
        zone, site, chord = chunk[found["i"]], found["j"], found["v"]
        keep = chord <= inner[zone]
        edge = np.flatnonzero(~keep & (chord <= outer[zone]))
        km = km_apart(zones[zone[edge], 0], zones[zone[edge], 1], sites[site[edge], 0], sites[site[edge], 1])
        keep[edge] = measure(km) <= limit[zone[edge]]
        rows.append(zone[keep].astype(np.int32))
        columns.append(site[keep].astype(np.int32))
    row = np.concatenate([np.empty(0, dtype=np.int32), *rows])
    column = np.concatenate([np.empty(0, dtype=np.int32), *columns])
    found_all: sparse.csr_matrix = sparse.csr_matrix(
        (np.ones(len(row), dtype=bool), (row, column)), shape=(len(zones), len(sites))
    )
    found_all.sort_indices()
    return found_all


def nearest_place(zones: FloatArray, sites: FloatArray) -> tuple[FloatArray, IndexArray]:
    """Return straight-line kilometres to the nearest of one site or more, and its position; each (n,)."""
    from scipy.spatial import cKDTree

    at = np.asarray(cKDTree(_on_sphere(sites)).query(_on_sphere(zones))[1], dtype=np.intp)
    return km_apart(zones[:, 0], zones[:, 1], sites[at, 0], sites[at, 1]), at


def _on_sphere(places: FloatArray) -> FloatArray:
    """Return (n, 3) points on the unit sphere."""
    lat, lon = np.radians(places).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _chord(km: FloatArray) -> FloatArray:
    """Return the straight line through the unit sphere between places so many km apart, -1 below 0 km."""
    within = np.clip(km, 0.0, _HALF_WAY_ROUND)
    return np.where(km < 0, -1.0, 2.0 * np.sin(within / (2.0 * EARTH_RADIUS_KM)))


def _furthest(measure: Measure, limit: FloatArray) -> FloatArray:
    """Return the greatest kilometres whose measure is within each limit, -1 where none is, shape of ``limit``."""
    asked, back = np.unique(limit, return_inverse=True)
    near, far = np.zeros(len(asked)), np.full(len(asked), _HALF_WAY_ROUND)
    everything = measure(far.copy()) <= asked
    nothing = measure(near.copy()) > asked
    for _ in range(60):  # halves 20,015 km down to the last bit
        middle = (near + far) / 2.0
        inside = measure(middle.copy()) <= asked
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    out = np.where(everything, _HALF_WAY_ROUND, np.where(nothing, -1.0, near))
    return np.asarray(out[back.ravel()], dtype=np.float64)
