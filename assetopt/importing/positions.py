"""Where each site stands: by its own coordinates, whichever kind they are, or else by the centre of its postcode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from assetopt.errors import DataError, Issue
from assetopt.estate.positions import EASTINGS, LATITUDES, LONGITUDES, NORTHINGS, to_grid
from assetopt.importing.entries import NO_PLACE, SITE, Entry
from assetopt.importing.sources import header_key, read_register
from assetopt.importing.values import postcode_in, tidy_text

Grid = tuple[float, float]
_POSTCODES = ("postcode", "pcd", "pcds", "pcd2", "postcodes")
_EAST, _NORTH = ("easting", "eastings", "oseast1m", "x"), ("northing", "northings", "osnrth1m", "y")
_LAT, _LON = ("lat", "latitude"), ("lon", "long", "lng", "longitude")


def read_postcodes(path: Path) -> dict[str, Grid]:
    """Return easting and northing (metres, EPSG:27700) by postcode, from any table that has both.

    Raises
    ------
    DataError
        Where its headers name no postcode, or no position.
    """
    register = read_register(path, ("postcode", "easting", "northing"))
    at = {header_key(name): i for i, name in reversed(list(enumerate(register.header)))}
    post, east, north, lat, lon = (
        next((at[name] for name in names if name in at), None) for names in (_POSTCODES, _EAST, _NORTH, _LAT, _LON)
    )
    if post is None or ((east is None or north is None) and (lat is None or lon is None)):
        what = f"names no postcode and position: {', '.join(register.header)[:200]}"
        raise DataError(
            [Issue(f"{register.label}, row 1", what, "columns postcode, easting and northing (or lat and lon)")]
        )
    grid = east is not None and north is not None
    found: dict[str, Grid] = {}
    for cells in register.cells:
        code = postcode_in(cells[post])
        pair = (cells[east], cells[north]) if grid else (cells[lon], cells[lat])  # type: ignore[index]
        try:
            place = _grid(float(pair[0]), float(pair[1]))
        except ValueError:
            continue
        if code and place:
            found.setdefault(code, place)
    return found


def locate(entries: Sequence[Entry], postcodes: Mapping[str, Grid]) -> None:
    """Give every site its easting and northing; rows without a place are set aside, not dropped."""
    for entry in entries:
        if entry.outcome != SITE:
            continue
        own = _own(entry)
        code = entry.text("postcode")
        if own is None and code in postcodes:
            own = postcodes[code]
            entry.say("postcode", code, "no coordinates", "placed at the centre of its postcode, good to some 200 m")
            entry.facts["x_placed_by"] = "postcode"
        if own is None:
            entry.outcome = NO_PLACE
            entry.reason = (
                "postcode not in the list of postcodes"
                if code and postcodes
                else ("no coordinates; give --postcodes FILE" if code else "neither coordinates nor postcode")
            )
        else:
            entry.facts["easting"], entry.facts["northing"] = own


def _own(entry: Entry) -> Grid | None:
    for one, two in (("x", "y"), ("easting", "northing"), ("lon", "lat")):
        a, b = entry.facts.pop(one, None), entry.facts.pop(two, None)
        if isinstance(a, float) and isinstance(b, float):
            place = _grid(a, b)
            if place is None and (a or b):
                entry.say(f"{one}, {two}", f"{a:g}, {b:g}", "position outside Great Britain", "not used")
            elif place is None:
                entry.say(f"{one}, {two}", "0, 0", "zero where there must be some", "not used")
            else:
                return place
    return None


def _grid(x: float, y: float) -> Grid | None:
    """Return a position on the grid, whether it was given there or as longitude and latitude; None outside Britain."""
    if LONGITUDES[0] <= x <= LONGITUDES[1] and LATITUDES[0] <= y <= LATITUDES[1]:
        east, north = to_grid(np.array([y]), np.array([x]))
        return round(float(east[0]), 1), round(float(north[0]), 1)
    if EASTINGS[0] < x <= EASTINGS[1] and NORTHINGS[0] < y <= NORTHINGS[1] and max(x, y) > 1_000:
        return x, y
    return None


def clean_partner(entries: Sequence[Entry], sector: str) -> dict[str, dict[str, str]]:
    """Give every row its partner's id without blanks, and return the partners by id: name and sector."""
    partners: dict[str, dict[str, str]] = {}
    for entry in entries:
        said = entry.text("partner_id")
        if said:
            name = header_slug(said)
            entry.facts["partner_id"] = name
            partners.setdefault(name, {"partner_id": name, "name": entry.text("partner") or said, "sector": sector})
    return partners


def header_slug(text: str) -> str:
    """Return a name as an identifier: codes as they are, words in lower case with hyphens."""
    plain = tidy_text(text)
    if " " not in plain:
        return plain
    words = "".join(c if c.isalnum() else " " for c in plain.casefold()).split()
    return "-".join(words) or plain
