"""A county of two partners, three sites and three teams, small enough to solve in a moment and to check on paper."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assetopt.estate import Estate
from assetopt.problem import Problem
from assetopt.read import read_model
from assetopt.result import Result

SCENARIO = """name = "Small"
data = "data"

[appraisal]
base_year = 2027
as_at = 2026-04-01
decision_years = 2
appraisal_years = 10

[rules.access]

[solver]
gap = 0
saving_gap = 0
time_limit = 30
threads = 1
"""


def frames(**names: str) -> dict[str, pd.DataFrame]:
    """The tables; ``names`` replaces the name of a site or a team by its id."""

    def named(ids: list[str]) -> list[str]:
        return [names.get(key, key.title()) for key in ids]

    sites, teams = ["depot", "hall", "shop"], ["clerks", "desk", "nurses"]
    return {
        "partners": pd.DataFrame(
            {"partner_id": ["kcc", "nhs"], "name": ["Kent County Council", "Kent Health"], "sector": ["council", "nhs"]}
        ),
        "sites": pd.DataFrame(
            {
                "site_id": sites,
                "partner_id": ["nhs", "kcc", "kcc"],
                "name": named(sites),
                "easting": [576_000, 575_000, 575_500],
                "northing": [156_000, 155_000, 155_500],
                "tenure": ["freehold", "freehold", "leasehold"],
                "gia_m2": [500, 1000, 100],
                "running_cost": [60_000, 100_000, 9_000],
                "rent": [None, None, 10_000],
                "market_value": [500_000, 900_000, None],
            }
        ),
        "spaces": pd.DataFrame({"site_id": sites, "space_type": "office", "capacity": [50.0, 72.0, 10.0]}),
        "teams": pd.DataFrame(
            {
                "team_id": teams,
                "partner_id": ["kcc", "kcc", "nhs"],
                "name": named(teams),
                "service_type": ["back_office", "help_desk", "community"],
                "site_id": ["hall", "shop", "depot"],
                "fte": [20, 2, 10],
            }
        ),
        "needs": pd.DataFrame({"team_id": teams, "space_type": "office", "amount": [40.0, 5.0, 30.0]}),
        "service_types": pd.DataFrame({"service_type": ["help_desk"], "public": ["yes"]}),
        "demand": pd.DataFrame(
            {"zone_id": ["z1", "z2"], "easting": [575_000, 577_000], "northing": [155_000, 155_000], "population": [900, 100]}
        ),
        "standards": pd.DataFrame(
            {
                "standard_id": ["desk-car"], "service_type": ["help_desk"], "mode": ["car"], "max_minutes": [20],
                "min_share": [0.9], "reason": ["policy"],
            }
        ),
        "interventions": pd.DataFrame(
            {"intervention_id": ["hall-extend"], "site_id": ["hall"], "capital_cost": [500_000], "months": [3]}
        ),
        "intervention_spaces": pd.DataFrame(
            {"intervention_id": ["hall-extend"], "space_type": ["office"], "capacity_change": [50.0]}
        ),
    }  # fmt: skip


def estate(**names: str) -> Estate:
    """The estate in memory."""
    return Estate.from_frames("small", **frames(**names))


def write_model(folder: Path, scenario: str = SCENARIO, **names: str) -> Path:
    """Write data package and scenario into a folder; return the scenario file."""
    estate(**names).write(folder / "data")
    path = folder / "small.toml"
    path.write_text(scenario, encoding="utf-8")
    return path


def solved(folder: Path, **names: str) -> Result:
    """The best plan of the small estate, read from files in ``folder``."""
    from assetopt.optimise import optimise

    return optimise(read_model(write_model(folder, **names)).problem())


def problem_in_memory(**names: str) -> Problem:
    """The small problem without any file."""
    from assetopt.scenario import Scenario

    settings = {
        "appraisal": {"decision_years": 2, "appraisal_years": 10},
        "solver": {"gap": 0, "saving_gap": 0, "time_limit": 30, "threads": 1},
    }
    return Problem(estate(**names), Scenario.model_validate({"name": "Small", **settings}))
