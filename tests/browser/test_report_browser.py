"""report.html in a browser: it asks for nothing, works by keyboard and on a phone, and meets WCAG as far as axe-core sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import breaches, browser, visit
from small_estate import solved


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    return solved(folder).write(folder / "out") / "report.html"


def test_it_asks_for_nothing_and_complains_of_nothing(opened: Any, path: Path) -> None:
    noted = visit(opened, path)
    noted.page.locator("#exact").check()

    assert noted.trouble == []
    assert noted.page.locator("main section").count() >= 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(opened: Any, path: Path, scheme: str, width: int) -> None:
    page = visit(opened, path, width, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")

    assert breaches(page) == []


def test_without_scripts_everything_can_be_read(opened: Any, path: Path) -> None:
    page = visit(opened, path, java_script_enabled=False).page

    assert page.locator("#disposals-table tbody tr").first.is_visible()
    assert page.locator(".maps figure svg").count() == 2
    assert page.locator("input[type=search]").count() == 0


def test_a_click_on_a_heading_sorts_by_it_and_another_the_other_way(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    table = page.locator("#cash-all-table")
    years = lambda: table.locator("tbody tr:not(.sum) th").all_text_contents()  # noqa: E731
    button = table.locator("thead button").first

    button.click()
    assert table.locator("thead th").first.get_attribute("aria-sort") == "ascending"
    assert years() == [f"{year}/{year - 1999}" for year in range(2027, 2037)]
    button.click()
    assert table.locator("thead th").first.get_attribute("aria-sort") == "descending"
    assert years() == [f"{year}/{year - 1999}" for year in range(2036, 2026, -1)]


def test_money_is_sorted_by_its_amount_and_the_total_stays_last(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    table = page.locator("#cash-all-table")
    table.locator("thead button").nth(1).click()
    amounts = [
        float(value)
        for value in table.locator("tbody tr:not(.sum) td:nth-child(2) data").evaluate_all(
            "all => all.map(one => one.value)"
        )
    ]

    assert len(amounts) == 10  # years
    assert amounts == sorted(amounts, reverse=True)
    assert table.locator("tbody tr").last.get_attribute("class") == "sum"


def test_the_filter_keeps_rows_that_have_every_word_and_says_how_many(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    box = page.get_by_role("searchbox", name="Filter rows: Cash of all partners by year")
    box.fill("2027/28 ")

    assert page.locator("#cash-all-table tbody tr:visible").count() == 1
    assert "1 of 10 rows" in page.get_by_role("status").all_text_contents()
    box.fill("")
    assert page.locator("#cash-all-table tbody tr:visible").count() == 11  # and the total


def test_the_slider_uncovers_the_map_by_arrow_keys(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")

    assert slider.input_value() == "51"
    assert "49%" in page.locator(".maps .over").evaluate("one => getComputedStyle(one).clipPath")
    page.keyboard.press("Home")
    assert "100%" in page.locator(".maps .over").evaluate("one => getComputedStyle(one).clipPath")


def test_buttons_zoom_both_maps_and_back(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    boxes = lambda: page.locator(".maps svg").evaluate_all("all => all.map(one => one.getAttribute('viewBox'))")  # noqa: E731
    whole = boxes()
    page.get_by_role("button", name="Zoom in").click()

    assert boxes()[0] == boxes()[1] != whole[0]
    page.get_by_role("button", name="Whole map").click()
    assert boxes() == whole


def test_everything_can_be_reached_by_keyboard_and_shows_where_one_is(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    wanted = page.evaluate(
        "[...document.querySelectorAll('a, button, input, summary, [tabindex]')].filter(e => e.checkVisibility()).length"
    )
    seen, bare = 0, []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement;"
            " return [e.tagName, e.outerHTML.slice(0, 80), getComputedStyle(e).outlineStyle]; }"
        )
        if here[0] == "BODY":
            break
        seen += 1
        bare += [here[1]] if here[2] == "none" else []

    assert seen == wanted
    assert bare == []


def test_enter_on_a_link_of_the_contents_leads_to_its_section(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    page.get_by_role("navigation").get_by_role("link", name="Audit trail").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(50)

    assert page.url.endswith("#audit")


@pytest.mark.parametrize("width", [320, 640])  # 640: a screen of 1280 at 200 % zoom
def test_a_narrow_page_does_not_scroll_sideways(opened: Any, path: Path, width: int) -> None:
    page = visit(opened, path, width).page
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_dark_page_is_dark(opened: Any, path: Path) -> None:
    colours = [
        visit(opened, path, color_scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]

    assert colours == ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]


def test_printed_it_shows_all_rows_and_no_tools(opened: Any, path: Path) -> None:
    page = visit(opened, path, color_scheme="dark").page
    page.emulate_media(media="print")

    assert not page.locator("nav").is_visible()
    assert page.locator(".tools:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.scroll')).maxHeight") == "none"
    assert page.locator("details table").first.is_visible()
    assert page.locator("summary:visible").count() == 0
    assert page.pdf(format="A4", prefer_css_page_size=True)[:5] == b"%PDF-"


def test_printed_both_maps_stand_whole_side_by_side_today_first(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    page.emulate_media(media="print")
    today, plan = (
        page.locator(".maps figure", has=page.locator("figcaption", has_text=words)) for words in ("Today", "With this")
    )
    boxes = [figure.bounding_box() for figure in (today, plan)]

    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    assert today.evaluate("one => getComputedStyle(one).clipPath") == "none"
    assert page.locator(".screen:visible").count() == 0


def test_printed_no_table_is_wider_than_the_paper_and_headings_come_again(opened: Any, path: Path) -> None:
    page = visit(opened, path, 688).page  # A4 less two margins of 14 mm, at 96 dots an inch
    page.emulate_media(media="print")
    wide = page.evaluate(
        "[...document.querySelectorAll('table')].filter(one => one.getBoundingClientRect().right > 688.5).map(one => one.id)"
    )

    assert wide == []
    # Chromium repeats a head that may not be broken, and paints no button in one that it repeats.
    assert page.locator("thead").first.evaluate("one => getComputedStyle(one).breakInside") == "avoid"
    assert page.locator("thead button").first.evaluate("one => getComputedStyle(one).display") == "contents"


def test_exact_figures_come_on_demand(opened: Any, path: Path) -> None:
    page = visit(opened, path).page
    amount = page.locator("#decision .tiles data").first
    exact = lambda: amount.evaluate("one => getComputedStyle(one, '::after').content")  # noqa: E731

    assert amount.get_attribute("title").startswith("£")
    assert exact() == "none"
    page.locator("#exact").check()
    assert exact() != "none"
