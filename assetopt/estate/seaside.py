"""Positions in the sea or in another country, told by squares of 5 km that hold land (``land/land.csv``).

A position is told when neither its square nor one of the eight around it holds land of the United Kingdom, so nothing
within 5 km of a coast or border is ever called wrong.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.estate.findings import Findings
from assetopt.estate.records import RECORDS
from assetopt.estate.typed import Typed

Bools = npt.NDArray[np.bool_]
SQUARE_KM = 5


def check_on_land(typed: Typed, findings: Findings) -> None:
    """Tell every row of ``sites`` or ``demand`` whose position is no place of the United Kingdom.

    A zone there is a fault: its people could not be served. A site there is a warning: ships and forts exist.
    """
    frame = typed.frame
    east, north = (frame[c].to_numpy(dtype=float) for c in ("easting", "northing"))
    column = "easting" if "easting" in typed.given else "lat"
    known = np.isfinite(east) & np.isfinite(north)
    # What stands outside the grid is told where positions are read.
    x = np.where(known, east, 0.0) // (SQUARE_KM * 1000)
    y = np.where(known, north, 0.0) // (SQUARE_KM * 1000)
    home, abroad = _land()["uk"], _land()["abroad"]
    inside = known & (x >= 0) & (y >= 0) & (x < home.shape[1]) & (y < home.shape[0])
    cell = (np.where(inside, y, 0).astype(int), np.where(inside, x, 0).astype(int))
    lost = np.flatnonzero(inside & ~home[cell])
    foreign = abroad[cell]
    names = frame[RECORDS[typed.place.table].KEY[0]].to_list()
    people = frame["population"].to_numpy(dtype=float) if "population" in frame else None

    def what(row: int) -> str:
        where = "in another country" if foreign[row] else "in the sea, more than 5 km from any land"
        who = "" if people is None else f"; {people[row]:,.0f} people"
        return f"{names[row]} at easting {east[row]:,.0f}, northing {north[row]:,.0f} is {where}{who}"

    fix = "correct the position; a lost digit or another grid (Irish grid, ITM) does this"
    findings.rows(typed.place, column, lost, what, fix, "warning" if people is None else "fault")


@cache
def _land() -> dict[str, Bools]:
    """Return (260, 140) masks of the squares on or next to land, by country, from the south-west corner."""
    text = files("assetopt.estate").joinpath("land", "land.csv")
    with text.open(encoding="utf-8") as file:
        runs = pd.read_csv(file)
    out = {}
    for country, rows in runs.groupby("country"):
        here = np.zeros((262, 142), dtype=bool)
        spans = zip(rows["northing_km"], rows["from_easting_km"], rows["to_easting_km"], strict=True)
        for north, start, stop in spans:
            here[1 + north // SQUARE_KM, 1 + start // SQUARE_KM : 1 + stop // SQUARE_KM] = True
        near = np.zeros((260, 140), dtype=bool)
        for dy in range(3):
            for dx in range(3):
                near |= here[dy : dy + 260, dx : dx + 140]
        out[str(country)] = near
    return out
