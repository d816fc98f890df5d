"""A county whose plan is fixed by locks: values can be changed and the plan stays, so that what a view hides can be told."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd

from assetopt.estate import Estate
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.report import write_report
from assetopt.report.audience import Audience
from assetopt.result import Result
from assetopt.scenario import Scenario

SETTINGS = {
    "appraisal": {"decision_years": 2, "appraisal_years": 10, "base_year": 2027},
    "rules": {"access": {}},
    "solver": {"gap": 0, "saving_gap": 0, "time_limit": 30, "threads": 1},
}

OWNERS = {"a": 3, "b": 6, "c": 6}
"""Sites that are sold, by partner; all their teams go to the hub, which is a's."""


def frames(
    values: dict[str, float] | None = None,
    secret: dict[str, object] | None = None,
    sold_secret: dict[str, object] | None = None,
    zones: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables.

    Parameters
    ----------
    values : market values by site id, where they differ from 100,000 + 10,000 x number.
    secret, sold_secret : what to change of the restricted sites ``refuge`` (kept) and ``oldrefuge`` (sold).
    zones : the demand table.
    """
    sold = [f"{owner}{number}" for owner, count in OWNERS.items() for number in range(1, count + 1)]
    rows = [
        {
            "site_id": site, "partner_id": site[0], "name": f"Depot {site}", "easting": 575_000 + 500 * at, "northing": 155_000,
            "tenure": "freehold", "running_cost": 50_000 + 1_000 * at, "lock": "close",
            "market_value": (values or {}).get(site, 100_000 + 10_000 * at),
        }
        for at, site in enumerate(sold, start=1)
    ]  # fmt: skip
    rows.append({"site_id": "hub", "partner_id": "a", "name": "Hub", "easting": 575_000, "northing": 156_000,
                 "tenure": "freehold", "running_cost": 300_000, "lock": "keep", "market_value": 2_000_000})  # fmt: skip
    hidden = {
        "tenure": "freehold",
        "restricted": "yes",
        "postcode": "ME14 9QQ",
        "uprn": "100099887766",
        "partner_id": "b",
    }
    rows.append({"site_id": "refuge", "name": "Rosewood Refuge", "easting": 571_234, "northing": 151_234,
                 "running_cost": 47_113, "lock": "keep", "market_value": 777_701, **hidden, **(secret or {})})  # fmt: skip
    rows.append({"site_id": "oldrefuge", "name": "Alderwood House", "easting": 571_876, "northing": 151_876,
                 "running_cost": 37_117, "lock": "close", "market_value": 555_503, **hidden, **(sold_secret or {})})  # fmt: skip
    sites = pd.DataFrame(rows)
    teams = pd.DataFrame(
        {
            "team_id": [f"{site}-team" for site in sites["site_id"]],
            "partner_id": sites["partner_id"],
            "name": [f"Team of {site}" for site in sites["site_id"]],
            "service_type": ["help_desk" if site == "hub" else "back_office" for site in sites["site_id"]],
            "site_id": sites["site_id"],
            "fte": 10,
            "movable": ["no" if site in ("hub", "refuge") else "yes" for site in sites["site_id"]],
        }
    )
    return {
        "partners": pd.DataFrame({"partner_id": list("abc"), "name": ["A", "B", "C"], "sector": ["council", "nhs", "police"]}),
        "sites": sites,
        "spaces": pd.DataFrame({"site_id": sites["site_id"], "space_type": "office",
                                "capacity": [500.0 if site == "hub" else 10.0 for site in sites["site_id"]]}),
        "teams": teams,
        "needs": pd.DataFrame({"team_id": teams["team_id"], "space_type": "office", "amount": 10.0}),
        "service_types": pd.DataFrame({"service_type": ["help_desk"], "public": ["yes"]}),
        "demand": zones if zones is not None else plain_zones(),
        "standards": pd.DataFrame({"standard_id": ["desk", "near"], "service_type": "help_desk", "mode": "car",
                                   "max_minutes": [15, 10], "min_share": 0.0, "per": ["all", "district"]}),
    }  # fmt: skip


def plain_zones() -> pd.DataFrame:
    """Ten zones, one a decile, ever further from the hub."""
    return pd.DataFrame(
        {
            "zone_id": [f"z{n:02}" for n in range(1, 11)], "easting": [575_000 + 1_500 * n for n in range(10)],
            "northing": 156_000, "population": [1_000 + n for n in range(10)], "imd_decile": list(range(1, 11)),
            "district": "Harbour", "ward": [f"Ward {n}" for n in range(10)],
        }
    )  # fmt: skip


def solved(status: str = "model_option", **changes: object) -> Result:
    """The one plan there is, with a certificate that holds no clock time."""
    estate = Estate.from_frames("county", **frames(**changes))  # type: ignore[arg-type]
    result = optimise(Problem(estate, Scenario.model_validate({"name": "County", **SETTINGS})))
    assert result.plan is not None, result.certificate.sentence
    fixed = replace(result, certificate=replace(result.certificate, seconds=0.0))
    if status != "model_option":
        fixed.totals["plan_status"] = status
    return fixed


def written(result: Result, folder: Path, audience: Audience) -> dict[str, bytes]:
    """Every file of the report for an audience, workbooks taken apart into their parts."""
    write_report(result, folder, audience=audience)
    return content(folder)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by name; what is in a workbook as files of its own."""
    out = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        out[path.relative_to(folder).as_posix()] = data
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(BytesIO(data)) as book:
                out |= {f"{path.name}/{name}": book.read(name) for name in book.namelist()}
    return out
