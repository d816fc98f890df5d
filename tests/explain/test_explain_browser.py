"""``explain.html`` in a browser: it asks for nothing and passes axe-core, in the light, in the dark and 320 px wide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import breaches, browser, visit
from towns import town

from assetopt.explain.run import explain
from assetopt.explain.writing import write_explanation
from assetopt.optimise import optimise


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two libraries with a hard standard, one of which the plan may close: tables of sites, teams, standards and a sheet."""
    folder = tmp_path_factory.mktemp("explained")
    result = optimise(town("car,20,0.5", "mode,max_minutes,min_share", decisions={"close": ["east"]}))
    result.write(folder / "plan")
    write_explanation(explain(result, seconds=60.0, threads=1), folder / "plan")
    return folder / "plan"


SCREENS = pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)])


def shown(opened: Any, path: Path, scheme: str, width: int) -> Any:
    """A page with everything unfolded, in which nobody meets a barrier."""
    noted = visit(opened, path, width, color_scheme=scheme)
    noted.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert breaches(noted.page) == []
    assert noted.trouble == []
    # Nothing but tables, which scroll by themselves, is wider than the screen.
    assert noted.page.evaluate("document.documentElement.scrollWidth") <= width
    return noted.page


@SCREENS
def test_the_report_shows_it_and_is_open_to_all(written: Path, opened: Any, scheme: str, width: int) -> None:
    page = shown(opened, written / "report.html", scheme, width)
    assert page.locator("#why-sites-table tbody tr").count() >= 2
    assert "option: could close" in page.locator("#why-sites-table").inner_text()
    assert page.locator("#sheets h3").count() == 1


@SCREENS
def test_the_page_is_open_to_all(written: Path, opened: Any, scheme: str, width: int) -> None:
    page = shown(opened, written / "explain.html", scheme, width)
    assert page.locator("main h2").count() == 4
    assert page.locator("main h3").count() == 1
    assert page.locator("main table tbody tr").count() >= 6
