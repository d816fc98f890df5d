"""Whether minutes can be minutes: held against straight lines, a matrix in seconds, hours or kilometres gives itself away.

    implied speed = km in a straight line / (minutes / 60)

Routers write 0, 9999, 65535 or 2147483647 for a pair that they cannot route; such a pair must be left out, because 0 would
be the nearest of all. What assetopt computed itself (``x_basis``) is not looked at again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.estate.findings import Findings, shown
from assetopt.estate.typed import Typed

UNREACHED_MINUTES: Final = 9_999.0
"""Routers write 9999, 65535, 2147483647 and the like for a pair that cannot be reached."""
SPEEDS: Final[dict[str, tuple[float, float]]] = {
    "car": (8.0, 110.0), "walk": (1.5, 7.0), "cycle": (4.0, 30.0), "transit": (2.0, 70.0), "transit_back": (2.0, 70.0),
}  # fmt: skip
"""km/h along the straight line between which the middle of all pairs of a mode lies."""
TOP_SPEEDS: Final = {"car": 140.0, "walk": 15.0, "cycle": 50.0}
"""km/h along the straight line that no single pair passes; 250 for others."""
_FAR_KM: Final = 2.0  # nearer pairs say nothing about speed: the start and end of a journey weigh too much
_NOT_THERE_KM: Final = 1.0  # 0 minutes for more than this is no rounding: a car would do 120 km/h
_NEAR_KM: Final = 3.0  # a pair nearer than this that is missing is odd
_LOOKED_AT: Final = 20_000_000
_FEW: Final = 20  # pairs on which a unit is judged
_NAMED: Final = 8
_OURS: Final = ("road", "router", "estimated")

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def check_minutes(tables: dict[str, Typed], findings: Findings) -> None:
    """Check the travel table against the positions of zones and sites.

    Parameters
    ----------
    tables : dict
        Typed tables, perhaps with other faults; unreachable pairs are gone from travel.
    findings : Findings
        Takes faults and warnings.
    """
    travel = tables.get("travel")
    if travel is None or not len(travel) or "minutes" not in travel.given:
        return
    given = _given(travel.frame)
    if not given.any():
        return
    minutes = travel.frame["minutes"].to_numpy(dtype=float)
    km, zone, site = _straight(travel, tables)
    modes = travel.frame["mode"].to_numpy(dtype=object)
    wrong_unit = np.zeros(len(minutes), dtype=bool)
    for mode in sorted({str(m) for m in pd.unique(modes)} - {""}):
        rows = (modes == mode) & given
        told = _unit(travel, mode, minutes[rows], km[rows], findings)
        if told:
            wrong_unit |= rows
        if rows.any() and "demand" in tables and "sites" in tables:
            _missing(travel, mode, zone[rows], site[rows], tables, findings)
    _unreached(travel, minutes, ~wrong_unit, findings)
    _nought(travel, minutes, km, given, findings)
    _too_fast(travel, modes, minutes, km, given & ~wrong_unit, findings)


def _given(frame: pd.DataFrame) -> Bools:
    if "x_basis" not in frame:
        return np.ones(len(frame), dtype=bool)
    return np.asarray(~frame["x_basis"].isin(_OURS).to_numpy(dtype=bool), dtype=bool)


def _straight(travel: Typed, tables: dict[str, Typed]) -> tuple[Floats, Ints, Ints]:
    """Return straight-line km of every row, NaN where a place is not known, and the rows of demand and of sites."""
    zone, zone_at = _positions(travel, "zone_id", tables.get("demand"))
    site, site_at = _positions(travel, "site_id", tables.get("sites"))
    step_east, step_north = zone_at[zone, 0] - site_at[site, 0], zone_at[zone, 1] - site_at[site, 1]
    return np.hypot(step_east, step_north) / 1000.0, zone, site


def _positions(travel: Typed, column: str, owner: Typed | None) -> tuple[Ints, Floats]:
    """Return for every row the row of its place, and easting and northing by row; the last, -1, is not known."""
    nowhere = np.full((1, 2), np.nan)
    if owner is None or not len(owner.frame) or column not in travel.coded or column not in owner.frame:
        return np.full(len(travel), -1, dtype=np.int64), nowhere
    codes = travel.coded[column]
    known = pd.Index(owner.frame[column])
    known = known if known.is_unique else known[~known.duplicated()]
    found = known.get_indexer(pd.Index(codes.words.to_pylist() or [""], dtype=object))
    first = np.flatnonzero(~owner.frame[column].duplicated().to_numpy())
    rows = np.append(np.where(found >= 0, first[found], -1), -1)[codes.codes]
    at = owner.frame[["easting", "northing"]].to_numpy(dtype=float)
    return rows.astype(np.int64), np.concatenate([at, nowhere])


def _unit(travel: Typed, mode: str, minutes: Floats, km: Floats, findings: Findings) -> bool:
    """Tell a mode whose minutes are in another unit; return whether they must be."""
    judged = (km >= _FAR_KM) & (minutes > 0) & np.isfinite(minutes)
    judged &= ~np.isin(minutes, (9_999.0, 32_767.0, 65_535.0, 99_999.0, 2_147_483_647.0))
    if int(judged.sum()) < _FEW:
        return False
    low, high = SPEEDS.get(mode, (1.0, 150.0))
    ratio = minutes[judged] / km[judged]
    speed = float(np.median(60.0 / ratio))
    where = f"{travel.place.label}, minutes"
    said = f"by {mode} the middle pair does {speed:.3g} km/h along the straight line"
    for factor, unit, fix in ((60.0, "seconds", "divide them by 60"), (1 / 60.0, "hours", "multiply them by 60")):
        if not low <= speed <= high and low <= speed * factor <= high:
            findings.say(where, f"{said}: these look like {unit} ({speed * factor:.3g} km/h if they are)", fix)
            return True
    middle, spread = float(np.median(ratio)), float(np.quantile(ratio, 0.9) / np.quantile(ratio, 0.1))
    like = f"each is some {middle:.3g} times the straight line in km"
    if 700 < middle < 3_000:
        findings.say(where, f"{said}: these look like metres ({like})", "give minutes")
        return True
    if not low <= speed <= high:
        kilometres = 0.95 < middle < 2.0
        what = f"these look like kilometres ({like})" if kilometres else f"minutes would give {low:g} to {high:g}"
        findings.say(where, f"{said}: {what}", "give minutes")
        return True
    if 1.0 < middle < 1.6 and spread < 1.35 and float(ratio.min()) > 0.98:
        what = f"by {mode} {like}, near and far alike: these may be kilometres"
        findings.say(where, what, "give minutes if they are", "warning")
    return False


def _unreached(travel: Typed, minutes: Floats, at: Bools, findings: Findings) -> None:
    findings.rows(
        travel.place,
        "minutes",
        np.flatnonzero((minutes >= UNREACHED_MINUTES) & at),
        lambda row: f"{minutes[row]:.0f} minutes looks like a sign for cannot be reached",
        "leave such pairs out, or their minutes empty",
    )


def _nought(travel: Typed, minutes: Floats, km: Floats, at: Bools, findings: Findings) -> None:
    findings.rows(
        travel.place,
        "minutes",
        np.flatnonzero((minutes == 0) & (km > _NOT_THERE_KM) & at),
        lambda row: f"0 minutes for {km[row]:.1f} km: routers write 0 for a pair that they cannot route",
        "leave such pairs out, or give their minutes",
    )


def _too_fast(
    travel: Typed, modes: npt.NDArray[np.object_], minutes: Floats, km: Floats, at: Bools, findings: Findings
) -> None:
    top = pd.Series(modes).map(TOP_SPEEDS).fillna(250.0).to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = km / (minutes / 60.0)
    findings.rows(
        travel.place,
        "minutes",
        np.flatnonzero((km > _FAR_KM) & (minutes > 0) & (speed > top) & at),
        lambda row: f"{minutes[row]:g} minutes by {modes[row]} for {km[row]:.1f} km is {speed[row]:,.0f} km/h",
        "check the minutes, and where zone and site are",
        "warning",
    )


def _missing(travel: Typed, mode: str, zone: Ints, site: Ints, tables: dict[str, Typed], findings: Findings) -> None:
    """Tell zones and sites without any row in a mode, and near pairs that are missing."""
    demand, sites = tables["demand"].frame, tables["sites"].frame
    where = f"{travel.place.label}, {mode}"
    for rows, frame, noun in ((zone, demand, "zone"), (site, sites, "site")):
        ids = frame[f"{noun}_id"].to_numpy(dtype=object)
        silent = np.setdiff1d(np.arange(len(ids)), rows)
        if len(silent):
            names = ", ".join(shown(str(ids[k])) for k in silent[:_NAMED]) + (" ..." if len(silent) > _NAMED else "")
            what = f"{len(silent):,} of {len(ids):,} {noun}s have no row by {mode} and count as out of reach: {names}"
            findings.say(where, what, "add their rows, if they can be reached", "warning")
    count, across = len(demand), len(sites)
    if count * across > _LOOKED_AT or mode not in ("car", "walk"):
        return
    from scipy.spatial import cKDTree

    a, b = (frame[["easting", "northing"]].to_numpy(dtype=float) for frame in (demand, sites))
    here, there = np.flatnonzero(np.isfinite(a).all(axis=1)), np.flatnonzero(np.isfinite(b).all(axis=1))
    if not len(here) or not len(there):
        return
    near = cKDTree(a[here]).sparse_distance_matrix(cKDTree(b[there]), _NEAR_KM * 1000.0, output_type="ndarray")
    # Places without any row have been told already.
    pairs = here[near["i"]] * np.int64(across) + there[near["j"]]
    pairs = pairs[np.isin(pairs // across, zone) & np.isin(pairs % across, site)]
    lost = np.setdiff1d(pairs, zone * np.int64(across) + site)
    if len(lost):
        start, end = demand["zone_id"].to_numpy(dtype=object), sites["site_id"].to_numpy(dtype=object)
        said = ", ".join(f"{start[k // across]} to {end[k % across]}" for k in lost[:_NAMED])
        one = len(lost) == 1
        verbs = ("pair", "has", "counts") if one else ("pairs", "have", "count")
        what = f"{len(lost):,} {verbs[0]} nearer than {_NEAR_KM:g} km {verbs[1]} no row by {mode} and {verbs[2]} as out of reach: "
        what += said + (" ..." if len(lost) > _NAMED else "")
        findings.say(where, what, "add their rows, if they can be reached", "warning")
