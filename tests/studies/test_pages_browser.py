"""The pages of the five studies in a browser: they ask for nothing and pass axe-core, on a phone and in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import breaches, browser, visit
from three_partners import estate, scenario

from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.studies.alternatives import alternatives
from assetopt.studies.boundaries import boundaries
from assetopt.studies.frontier import frontier
from assetopt.studies.share import share
from assetopt.studies.stress import stress


def _share(out: Path) -> None:
    share(estate(), scenario(), out)


def _boundaries(out: Path) -> None:
    boundaries(estate(), scenario(), out)


def _frontier(out: Path) -> None:
    frontier(estate(), scenario(), out, axis="moves", points=3)


def _alternatives(out: Path) -> None:
    alternatives(estate(), scenario(), out, within=2.0, count=3)


def _stress(out: Path) -> None:
    plan = optimise(Problem(estate(), scenario())).write(out.parent / "plan")
    stress(plan, out, draws=20, regrets=2)


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("study", [_share, _boundaries, _frontier, _alternatives, _stress])
def test_a_study_s_page_is_open_to_all(study: Any, opened: Any, tmp_path: Path) -> None:
    study(tmp_path / "out")

    for scheme, width in (("light", 1280), ("dark", 320)):
        noted = visit(opened, tmp_path / "out" / "report.html", width, color_scheme=scheme)
        noted.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert breaches(noted.page) == []
        assert noted.trouble == []
        # Nothing but tables, which scroll by themselves, is wider than the screen.
        assert noted.page.evaluate("document.documentElement.scrollWidth") <= width
        assert noted.page.locator("main table tbody tr").count() > 0
