"""Estates to measure on: Kent, England, parts of England within each other, and made-up ones of any size."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.case import Question

if TYPE_CHECKING:
    from assetopt.estate import Estate

PEERS = ("cbc", "highs", "scip", "cp-sat")

WHOLE = 13_863
"""Sites in England."""

CENTRE_SEED = 7
"""Picks the site around which England grows."""


def folder(name: str) -> Path:
    """Return the folder of a real estate, which may not be there."""
    shared = os.environ.get("ASSETOPT_SHARED", "")
    root = Path(__file__).resolve().parents[2]
    return (Path(shared) if shared else root.parent / "shared") / "realdata" / name


def needs(name: str) -> str:
    """Say what is missing."""
    if folder(name).is_dir():
        return ""
    return f"the estate {name} is not here: set ASSETOPT_SHARED to the folder that holds realdata/"


def _read(name: str) -> Estate:
    from assetopt.read import read_estate

    return read_estate(folder(name))


def _settings(years: int, floor: str, change: Mapping[str, object] | None = None) -> dict[str, object]:
    return {
        "appraisal": {"base_year": 2026, "decision_years": years, "residual_value": True},
        "rules": {"access": {"floor": floor}},
        **({"change": dict(change)} if change else {}),
    }


def kent(years: int, *, change: Mapping[str, object] | None = None) -> Question:
    """Kent and Medway: 448 sites, 896 teams, 1,065 zones, every standard as asked (today's estate meets them)."""
    return Question(partial(_read, "kent"), _settings(years, "asked", change))


def england() -> Question:
    """All England; a standard that today's estate fails is lowered to today (police counters, of which many have no data)."""
    return Question(partial(_read, "england"), _settings(1, "today"))


def part_of_england(sites: int) -> Question:
    """Return the ``sites`` sites of England that are nearest to one place, under the rules of `england`."""
    return Question(partial(_part, sites), _settings(1, "today"))


def _part(sites: int) -> Estate:
    from assetopt.estate import Estate

    whole = _read("england")
    return whole if sites >= len(whole.sites) else Estate.from_frames(f"{sites} sites", **nearest(whole, sites))


def nearest(whole: Estate, sites: int) -> dict[str, pd.DataFrame]:
    """Return the tables of the part of an estate that lies nearest to one of its sites, drawn by `CENTRE_SEED`.

    Zones are those no farther away than the last site; teams, needs, spaces, works, partners and funds follow the sites.
    The part with fewer sites is always within the one with more.
    """
    east, north = (whole.sites[name].to_numpy(dtype=float) for name in ("easting", "northing"))
    middle = int(np.random.default_rng(CENTRE_SEED).integers(len(east)))
    away: npt.NDArray[np.float64] = np.hypot(east - east[middle], north - north[middle])
    order = np.argsort(away, kind="stable")[:sites]
    zones = whole.demand
    reach = np.hypot(zones["easting"] - east[middle], zones["northing"] - north[middle]) <= away[order].max()
    part = {name: frame for name, frame in whole.tables.items() if name in whole.present}
    part["sites"] = whole.sites.iloc[np.sort(order)]
    part["demand"] = zones[reach]
    kept = set(part["sites"]["site_id"])
    for name, frame in whole.tables.items():
        if name in whole.present and name != "sites" and "site_id" in frame:
            part[name] = frame[frame["site_id"].isin(kept)]
    part["needs"] = whole.needs[whole.needs["team_id"].isin(set(part["teams"]["team_id"]))]
    works = set(part["interventions"]["intervention_id"]) if "interventions" in part else set()
    if "intervention_spaces" in part:
        part["intervention_spaces"] = whole.intervention_spaces[
            whole.intervention_spaces["intervention_id"].isin(works)
        ]
    owners = set(part["sites"]["partner_id"]) | set(part["teams"]["partner_id"])
    part["partners"] = whole.partners[whole.partners["partner_id"].isin(owners)]
    if "funds" in part:
        part["funds"] = whole.funds[whole.funds["partner_id"].isin(owners)]
    return {name: frame.reset_index(drop=True) for name, frame in part.items() if len(frame)}


def made_up(columns: int) -> Question:
    """Return an estate whose programme has about that many columns: 2,000 sites, 5,000 teams and five years for a million."""
    return Question(partial(_made_up, columns / 1e6), {})


def _made_up(share: float) -> Estate:
    """Make the estate; sites stand as dense whatever its size, so that a team always has as many places to go."""
    from assetopt.estate import Estate

    random = np.random.default_rng(7)
    sites, teams = round(2_000 * share), round(5_000 * share)
    side = 100_000 * np.sqrt(share)
    names = [f"s{i}" for i in range(sites)]
    people = [f"t{i}" for i in range(teams)]
    return Estate.from_frames(
        partners=pd.DataFrame({"partner_id": ["p"], "name": ["P"], "sector": ["council"]}),
        sites=pd.DataFrame(
            {
                "site_id": names,
                "partner_id": "p",
                "name": names,
                "easting": random.uniform(400_000, 400_000 + side, sites).round(),
                "northing": random.uniform(150_000, 150_000 + side, sites).round(),
                "tenure": "freehold",
                "running_cost": random.integers(10_000, 90_000, sites),
                "market_value": random.integers(100_000, 900_000, sites),
            }
        ),
        spaces=pd.DataFrame({"site_id": names, "space_type": "office", "capacity": 400}),
        teams=pd.DataFrame(
            {
                "team_id": people,
                "partner_id": "p",
                "name": people,
                "service_type": "office",
                "site_id": [names[i] for i in random.permutation(np.arange(teams) % sites)],
                "fte": 10,
                "radius_km": 8.1,
            }
        ),
        needs=pd.DataFrame({"team_id": people, "space_type": "office", "amount": random.integers(20, 120, teams)}),
    )
