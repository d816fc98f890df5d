"""Two partners, two sites and two teams: the smallest estate that has everything required."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assetopt.errors import DataError, Issue
from assetopt.estate import Estate
from assetopt.read import read_estate

FILES = {
    "partners.csv": "partner_id,name,sector\nkcc,Kent County Council,council\nnhs,Kent Health,nhs\n",
    "sites.csv": (
        "site_id,partner_id,name,lat,lon,tenure,gia_m2,running_cost,rent,market_value\n"
        "hall,kcc,Sessions House,51.28,0.52,freehold,1000,150000,,2000000\n"
        "clinic,nhs,Clinic,51.27,1.08,freehold,500,60000,,900000\n"
    ),
    "spaces.csv": "site_id,space_type,capacity\nhall,office,800\nclinic,office,100\nclinic,clinical,300\n",
    "teams.csv": (
        "team_id,partner_id,name,service_type,site_id\n"
        "finance,kcc,Finance,back_office,hall\n"
        "nurses,nhs,Nurses,community,clinic\n"
    ),
    "needs.csv": "team_id,space_type,amount\nfinance,office,500\nnurses,clinical,200\n",
}


def package(folder: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the tiny estate, with some files replaced, added, or (None) left out."""
    for name, content in {**FILES, **(changes or {})}.items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path, **changes: str | bytes | None) -> Estate:
    """Read the tiny estate with changed CSV files: ``read(tmp_path, sites="...")``."""
    return read_estate(package(folder, {f"{name}.csv": content for name, content in changes.items()}))


def faults(folder: Path, **changes: str | bytes | None) -> list[Issue]:
    """Return the faults of the tiny estate with changed CSV files."""
    try:
        read(folder, **changes)
    except DataError as error:
        return list(error.issues)
    return []


def said(issues: tuple[Issue, ...] | list[Issue]) -> str:
    """All issues as text, a line each."""
    return "\n".join(str(issue) for issue in issues)


def sites(*rows: str, columns: str = "site_id,partner_id,name,easting,northing,tenure,gia_m2") -> str:
    """A sites file whose two sites have these cells after the header."""
    return columns + "\n" + "\n".join(rows) + "\n"


def frames() -> dict[str, pd.DataFrame]:
    """The tiny estate as frames of typed cells."""
    return {
        "partners": pd.DataFrame({"partner_id": ["kcc"], "name": ["Kent"], "sector": ["council"]}),
        "sites": pd.DataFrame(
            {
                "site_id": ["hall", "depot"],
                "partner_id": "kcc",
                "name": ["Hall", "Depot"],
                "easting": [575_000, 576_000],
                "northing": [155_000, 156_000],
                "tenure": "freehold",
            }
        ),
        "spaces": pd.DataFrame({"site_id": ["hall", "depot"], "space_type": "office", "capacity": [100.0, 50.0]}),
        "teams": pd.DataFrame(
            {"team_id": ["a"], "partner_id": ["kcc"], "name": ["A"], "service_type": ["s"], "site_id": ["hall"]}
        ),
        "needs": pd.DataFrame({"team_id": ["a"], "space_type": ["office"], "amount": [10]}),
    }
