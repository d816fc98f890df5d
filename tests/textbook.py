"""The textbook location problems, laid into estate tables, counted by brute force, and put to spopt on the same matrix.

Every function takes minutes (n_zones, n_sites) without gaps and people (n_zones,). A place is a site with one team that may
close; a zone goes to its nearest open place.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

import assetopt as ao

Floats = npt.NDArray[np.float64]

PRESETS = Path(__file__).parents[1] / "models" / "presets"
NO_SPOPT = "spopt is not installed (the extra bench); the answer is still held against brute force"
HAS_SPOPT = find_spec("spopt") is not None


def draw(seed: int, zones: int = 14, sites: int = 7) -> tuple[Floats, Floats]:
    """Draw minutes and people; half of the draws in whole minutes, where many ways are equally long."""
    random = np.random.default_rng(seed)
    place, home = random.uniform(0, 40, (sites, 2)), random.uniform(0, 40, (zones, 2))
    minutes = np.hypot(*(home[:, None, :] - place[None, :, :]).transpose(2, 0, 1)) + 1.0
    return (np.ceil(minutes) if seed % 2 else np.round(minutes, 3)), random.integers(1, 90, zones) * 10.0


def tables(
    minutes: Floats, people: Floats, radius: float | None = None, cost: Sequence[float] | None = None
) -> dict[str, pd.DataFrame]:
    """Lay the matrix into a data package; ``radius`` makes a standard that everybody be within, ``cost`` is £ a year a place."""
    zones, sites = [f"z{k:03}" for k in range(len(people))], [f"s{k:02}" for k in range(minutes.shape[1])]
    teams = [f"t{k:02}" for k in range(len(sites))]
    out = {
        "partners": pd.DataFrame({"partner_id": ["council"], "name": ["Council"], "sector": ["council"]}),
        "sites": pd.DataFrame(
            {
                "site_id": sites, "partner_id": "council", "name": sites, "easting": 500_000 + np.arange(len(sites)) * 100,
                "northing": 200_000, "tenure": "licence", "running_cost": 1.0 if cost is None else cost, "variable_share": 0.0,
            }
        ),
        "spaces": pd.DataFrame({"site_id": sites, "space_type": "desk", "capacity": 1.0}),
        "teams": pd.DataFrame(
            {
                "team_id": teams, "partner_id": "council", "name": teams, "service_type": "library", "site_id": sites,
                "closable": "yes",
            }
        ),
        "needs": pd.DataFrame({"team_id": teams, "space_type": "desk", "amount": 1.0}),
        "service_types": pd.DataFrame({"service_type": ["library"], "public": ["yes"]}),
        "demand": pd.DataFrame({"zone_id": zones, "easting": 500_000, "northing": 200_000, "population": people}),
        "travel": pd.DataFrame(
            {
                "zone_id": np.repeat(zones, len(sites)), "site_id": np.tile(sites, len(zones)), "mode": "car",
                "minutes": minutes.ravel(),
            }
        ),
    }  # fmt: skip
    if radius is not None:
        out["standards"] = pd.DataFrame(
            {
                "standard_id": ["all"],
                "service_type": ["library"],
                "mode": ["car"],
                "max_minutes": [radius],
                "min_share": [1.0],
            }
        )
    return out


def asked(preset: str, estate: dict[str, pd.DataFrame], *settings: str) -> ao.Problem:
    """Return a preset's question over these tables."""
    scenario = ao.read_scenario(PRESETS / f"{preset}.toml", ["data=none", *settings])
    return ao.Problem(ao.Estate.from_frames("textbook", **estate), scenario)


def value_of(preset: str, minutes: Floats, people: Floats, opened: Sequence[int], radius: float = 0.0) -> float:
    """Return what a set of open places comes to."""
    way = minutes[:, list(opened)].min(axis=1)
    if preset == "p_median":
        return float(people @ way)
    return float(way.max()) if preset == "p_centre" else float(people[way > radius].sum())


def brute(preset: str, minutes: Floats, people: Floats, p: int, radius: float = 0.0) -> float:
    """Return the least over all sets of p places (more places are never worse)."""
    return min(value_of(preset, minutes, people, s, radius) for s in combinations(range(minutes.shape[1]), p))


def brute_cover(minutes: Floats, radius: float, cost: Sequence[float]) -> float:
    """Return the least cost of places that leave nobody further than ``radius``; inf where there is none."""
    within, n = minutes <= radius, minutes.shape[1]
    sets = (list(s) for size in range(1, n + 1) for s in combinations(range(n), size))
    return min((sum(cost[k] for k in s) for s in sets if within[:, s].any(axis=1).all()), default=np.inf)


def spopt(preset: str, minutes: Floats, people: Floats, p: int = 0, radius: float = 0.0) -> float:
    """Return spopt's optimum of the same matrix, solved by CBC; maximal covering turned into people left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp
        from spopt.locate import LSCP, MCLP, PCenter, PMedian

        model = {
            "p_median": lambda: PMedian.from_cost_matrix(minutes, people, p_facilities=p),
            "p_centre": lambda: PCenter.from_cost_matrix(minutes, p_facilities=p),
            "max_cover": lambda: MCLP.from_cost_matrix(minutes, people, service_radius=radius, p_facilities=p),
            "set_cover": lambda: LSCP.from_cost_matrix(minutes, service_radius=radius),
        }[preset]()
        model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0.0, options=["allow 0"]), results=False)
    found = float(model.problem.objective.value())
    return float(people.sum()) - found if preset == "max_cover" else found
