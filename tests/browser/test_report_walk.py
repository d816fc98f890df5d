"""A planner's walk through the reports of the demo and of Kent, counted in steps; and how large and how quick they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import breaches, browser, visit

from assetopt.optimise import optimise
from assetopt.read import read_model

ROOT = Path(__file__).resolve().parent.parent.parent
KENT = Path(os.environ.get("ASSETOPT_SHARED", ROOT.parent / "shared")) / "realdata" / "kent"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module", params=["demo", "kent"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    model = ROOT / "models" / "quick.toml"
    if request.param == "kent":
        if not KENT.is_dir():
            pytest.skip("no real package kent; set ASSETOPT_SHARED")
        model = folder / "kent.toml"
        model.write_text(
            f'name = "Kent"\ndata = "{KENT.resolve()}"\n[appraisal]\ndecision_years = 1\n[rules.access]\n'
            '[solver]\nengine = "decomposition"\ntime_limit = 25\n',
            encoding="utf-8",
        )
    return optimise(read_model(model).problem()).write(folder / "out") / "report.html"


def test_it_is_under_two_megabytes_asks_for_nothing_and_meets_wcag(opened: Any, path: Path) -> None:
    noted = visit(opened, path)
    noted.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")

    assert path.stat().st_size < 2_000_000
    assert breaches(noted.page) == []
    assert noted.trouble == []
    assert visit(opened, path, 320).page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_three_largest_receipts_are_one_step_away(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    page.get_by_role("navigation").get_by_role("link", name="Buildings that could close").click()
    amounts = page.locator("#disposals-table tbody tr:not(.sum) td:nth-child(7) data").evaluate_all(
        "all => all.map(one => +one.value)"
    )

    assert amounts[0] > 0
    assert amounts[:3] == sorted(amounts, reverse=True)[:3]
    assert page.locator("#disposals-table tbody tr").nth(2).is_visible()


def test_who_loses_a_library_in_one_district_is_two_steps_away(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    page.get_by_role("navigation").get_by_role("link", name="Access").click()
    table = page.locator("table", has=page.locator("caption", has_text="By district"))
    district = table.locator("tbody tr", has_text="library").first.locator("th").inner_text()
    page.get_by_role("searchbox", name="Filter rows: By district").fill(f"library {district}")
    left = table.locator("tbody tr:visible").all_inner_texts()

    assert left
    assert all("library" in row and district in row for row in left)
