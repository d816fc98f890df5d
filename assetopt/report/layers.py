"""What a plan looks like on a map: sites by what becomes of them, moves as lines, and the zones whose ways change.

Positions are WGS84 longitude and latitude, to the sixth decimal (about 0.1 m). What cannot be drawn is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.report.tables import FIELDS, Table, rounded

if TYPE_CHECKING:
    from assetopt.estate import Estate

Geometry = Literal["Point", "LineString"]

MOST_ZONES = 5_000
"""Zones drawn, those whose ways change most; more make a map slow. The CSV tables have all."""

_PLACES = 6
_SITE_COLUMNS = (
    "site_id",
    "name",
    "partner_id",
    "action",
    "label",
    "year",
    "tenure",
    "receipt",
    "npv_change",
    "reason",
)
_MOVE_COLUMNS = ("team_id", "name", "partner_id", "service_type", "from_site_id", "to_site_id", "year", "share")
_ZONE_COLUMNS = (
    "zone_id", "district", "ward", "people", "services_further", "services_nearer", "services_lost", "most_further", "most_nearer",
    "unit", "services",
)  # fmt: skip

_OPTION: dict[str, str] = {
    "keep": "keep",
    "dispose": "option: could close and be sold or handed on",
    "exit_lease": "option: could close, lease given up",
    "open": "option: could open",
    "not_opened": "not opened",
}
_DECIDED: dict[str, str] = {
    "keep": "keep",
    "dispose": "closes, sold or handed on",
    "exit_lease": "closes, lease given up",
    "open": "opens",
    "not_opened": "not opened",
}


@dataclass(frozen=True)
class Layer:
    """One layer of a map.

    Attributes
    ----------
    name : str
    geometry : "Point" or "LineString"
    frame : DataFrame
        One row a feature; text is "" and numbers NaN where missing.
    positions : (n, k, 2) array
        Longitude and latitude of its k corners, in degrees.
    left_out : int
        Features that have a row in the tables and none here.
    """

    name: str
    geometry: Geometry
    frame: pd.DataFrame
    positions: npt.NDArray[np.float64]
    left_out: int = 0


def action_label(action: str, status: str) -> str:
    """Return what becomes of a site in words: an option, as long as ``plan_status`` is not ``decided``."""
    words = _DECIDED if status == "decided" else _OPTION
    return words.get(action, action)


def plan_layers(estate: Estate, tables: Mapping[str, Table], status: str) -> tuple[Layer, ...]:
    """Return the layers ``sites``, ``moves`` and ``zones`` of a plan.

    Parameters
    ----------
    estate : Estate
        Where sites and zones are.
    tables : mapping of str to Table
        The report's; what a table does not show is not on the map.
    status : str
        ``plan_status``, which says how actions are worded.
    """
    where = _positions(estate.sites, "site_id")
    zones = _positions(estate.demand, "zone_id")
    return (
        _sites(tables["sites"].frame, where, status),
        _moves(tables["teams"].frame, where),
        _zones(tables["access_zones"].frame, zones),
    )


def _positions(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    places = frame[["lon", "lat"]].astype("float64").round(_PLACES) + 0.0
    return places.set_axis(pd.Index(frame[key].astype(str)), axis=0)


def _at(places: pd.DataFrame, ids: pd.Series) -> npt.NDArray[np.float64]:
    return places.reindex(ids.astype(str)).to_numpy(dtype=np.float64)


def _sites(frame: pd.DataFrame, where: pd.DataFrame, status: str) -> Layer:
    label = [action_label(str(action), status) for action in frame["action"]]
    shown = frame.assign(label=pd.Series(label, dtype="str"))
    return _layer("sites", "Point", shown[list(_SITE_COLUMNS)], _at(where, frame["site_id"])[:, None, :])


def _moves(frame: pd.DataFrame, where: pd.DataFrame) -> Layer:
    moves = frame[frame["action"] == "move"].reset_index(drop=True)
    ends = np.stack([_at(where, moves["home"]), _at(where, moves["site_id"])], axis=1)
    shown = moves.rename(columns={"home": "from_site_id", "site_id": "to_site_id"})
    return _layer("moves", "LineString", shown[list(_MOVE_COLUMNS)], ends)


def _zones(frame: pd.DataFrame, where: pd.DataFrame) -> Layer:
    if frame.empty:
        return _layer("zones", "Point", pd.DataFrame(columns=list(_ZONE_COLUMNS)), np.empty((0, 1, 2)))
    change = frame["change"].to_numpy(dtype=np.float64)
    lost = (frame["way_today"].notna() & frame["way"].isna()).to_numpy()
    found = (frame["way_today"].isna() & frame["way"].notna()).to_numpy()
    unit = [" min" if word == "minutes" else f" {word}" for word in frame["unit"]]
    words = [
        f"{service} ({mode}) {'no longer reached' if gone else 'reached at last' if new else f'{by:+.1f}{of}'}"
        for service, mode, by, of, gone, new in zip(
            frame["service_type"], frame["mode"], change, unit, lost, found, strict=True
        )
    ]
    rows = frame.assign(
        services_further=lost | (change > 0), services_nearer=found | (change < 0), services_lost=lost,
        most_further=np.where(change > 0, change, np.nan), most_nearer=np.where(change < 0, change, np.nan), services=words,
    )  # fmt: skip
    rows = rows[lost | found | (np.nan_to_num(change) != 0)]
    each = rows.groupby("zone_id", sort=True)
    shown = each.agg(
        district=("district", "first"), ward=("ward", "first"), people=("people", "first"),
        services_further=("services_further", "sum"), services_nearer=("services_nearer", "sum"),
        services_lost=("services_lost", "sum"), most_further=("most_further", "max"), most_nearer=("most_nearer", "min"),
        unit=("unit", "first"), services=("services", "; ".join),
    ).reset_index()  # fmt: skip
    for name in ("most_further", "most_nearer"):
        shown[name] = rounded(shown[name].to_numpy(dtype=np.float64), "travel")
    size = np.maximum(shown["most_further"].fillna(0.0), -shown["most_nearer"].fillna(0.0))
    size = size.where(shown["services_lost"] == 0, np.inf)
    kept = np.sort(np.argsort(-size.to_numpy(), kind="stable")[:MOST_ZONES])
    more = len(shown) - len(kept)
    shown = shown.iloc[kept].reset_index(drop=True)
    return _layer("zones", "Point", shown[list(_ZONE_COLUMNS)], _at(where, shown["zone_id"])[:, None, :], more)


def _layer(
    name: str, geometry: Geometry, frame: pd.DataFrame, positions: npt.NDArray[np.float64], more: int = 0
) -> Layer:
    drawn = np.isfinite(positions).all(axis=(1, 2))
    return Layer(
        name,
        geometry,
        frame.iloc[np.flatnonzero(drawn)].reset_index(drop=True),
        positions[drawn],
        more + int((~drawn).sum()),
    )


WHOLE = frozenset(field.name for fields in FIELDS.values() for field in fields if field.kind in ("year", "count")) | {
    "services_further",
    "services_nearer",
    "services_lost",
}
"""Columns that hold whole numbers."""
