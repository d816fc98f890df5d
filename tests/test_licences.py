"""What assetopt needs to run has a stated licence that binds nobody who uses it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

LISTING = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "list_licences.py"))
FREE = (
    "MIT",
    "BSD",
    "Apache",
    "ISC",
    "PSF",
    "Python Software Foundation",
    "MPL",
    "Mozilla",
    "0BSD",
    "HPND",
    "Unlicense",
)


def test_every_package_that_runs_has_a_licence_that_binds_nobody() -> None:
    found = {name: LISTING["licence"](package) for name, package in LISTING["needed"]().items()}
    assert {"numpy", "pulp", "highspy", "ortools", "pydantic-core"} <= found.keys()
    assert not {name: said for name, said in found.items() if not any(word in said for word in FREE) or "GPL" in said}


def test_the_listing_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    LISTING["main"]()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| package | version | licence |"
    assert any(line.startswith("| pulp | ") and line.endswith("| MIT |") for line in lines)
