"""The page of a comparison in a browser: no request, no dialog, nothing that a name can break, keyboard and axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from audience_cases import solved as secret_plan
from small_estate import SCENARIO, write_model

from assetopt.compare import compare
from assetopt.compare.page import page_text
from assetopt.optimise import optimise
from assetopt.read import read_model
from assetopt.report.audience import Audience

EVIL = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "javascript:alert(3)", "&lt;b&gt;&#x41;'",
    "=1+1\u202eevil\u2066",
    "x" * 10_000, "</title></style><svg onload=alert(4)>",
)  # fmt: skip
OWN = SCENARIO + '\n[boundaries]\nestate = "own"\n'


def plans(folder: Path, **names: str) -> list[Path]:
    out = []
    for name, scenario in (("shared", SCENARIO), ("own", OWN)):
        model = folder / f"{name}-model"
        model.mkdir()
        out.append(optimise(read_model(write_model(model, scenario, **names)).problem()).write(folder / name))
    return out


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    evil = dict(zip(("depot", "hall", "shop", "desk", "nurses", "clerks"), EVIL, strict=False))
    compare(plans(folder, **evil), folder / "out.html")
    return folder / "out.html"


class Reader(HTMLParser):
    """Collects tags, attributes and headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_one_file_without_addresses_events_or_inline_styles(page_file: Path) -> None:
    found = Reader(page_file.read_text(encoding="utf-8")).tags
    names = [tag for tag, _ in found]

    assert names.count("script") == names.count("style") == 1
    assert not {"img", "link", "iframe", "object", "base", "form"} & set(names)
    for _, attrs in found:
        assert not [name for name in attrs if name.startswith("on") or name in ("style", "src")]
        assert (attrs.get("href") or "#").startswith("#")
    policy = next(attrs["content"] for tag, attrs in found if tag == "meta" and "http-equiv" in attrs)
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")


def test_what_differs_in_the_question_stands_before_any_figure(page_file: Path) -> None:
    page = page_file.read_text(encoding="utf-8")
    assert (
        page.index("The question differs in 1 setting")
        < page.index('<section id="totals"')
        < page.index('<section id="cash"')
    )


def test_every_table_has_a_caption_and_headings_with_scope(page_file: Path) -> None:
    found = Reader(page_file.read_text(encoding="utf-8")).tags
    tables, captions = (sum(tag == name for tag, _ in found) for name in ("table", "caption"))

    assert tables == captions >= 8
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in found if tag == "th")


def test_the_same_plans_give_the_same_page(tmp_path: Path) -> None:
    paths = plans(tmp_path)
    assert page_text(compare(paths)) == page_text(compare(paths))


def test_a_page_for_the_public_names_no_building(tmp_path: Path) -> None:
    full = [secret_plan().write(tmp_path / "a"), secret_plan(values={"a1": 444_000.0}).write(tmp_path / "b")]
    compare(full, tmp_path / "out.html", audience=Audience(redact=True, public=True))
    page = (tmp_path / "out.html").read_text(encoding="utf-8")

    assert "Saving against today" in page
    for word in ("Depot", "Rosewood", "refuge", "oldrefuge"):
        assert word not in page, word


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium here")
    with sync.sync_playwright() as play:
        made = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def opened(browser, page_file: Path) -> Iterator[object]:  # type: ignore[no-untyped-def]
    """The page in a browser; when the test is over, nothing may have been asked for, said or complained of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda fault: heard.append(f"fault: {fault}"))
    page.on("dialog", lambda dialog: (heard.append("dialog"), dialog.dismiss()))
    page.on("request", lambda request: heard.append(request.url) if request.url != page_file.as_uri() else None)
    page.goto(page_file.as_uri())
    yield page
    assert heard == []
    context.close()


def test_hostile_names_do_nothing_in_a_browser(opened) -> None:  # type: ignore[no-untyped-def]
    assert opened.title() == "Comparison of plans"
    assert opened.locator("main script, main img, svg[onload]").count() == 0
    assert opened.get_by_text("<script>alert(1)</script>").count() > 0


def test_tables_are_sorted_and_filtered_by_keyboard(opened) -> None:  # type: ignore[no-untyped-def]
    table = opened.locator("#teams-table")
    button = table.locator("thead button").nth(1)
    button.focus()
    opened.keyboard.press("Enter")
    assert table.locator("th[aria-sort=ascending]").count() == 1
    first = table.locator("tbody tr").first.locator("td").first.inner_text()
    opened.keyboard.press("Enter")
    assert table.locator("tbody tr").first.locator("td").first.inner_text() != first

    box = opened.get_by_label("Filter rows: Teams on which plans differ, with each plan's reason")
    box.fill("nurses")
    assert table.locator("tbody tr:visible").count() == 1
    assert opened.get_by_role("status").filter(has_text="1 of 2 rows").count() == 1


def test_the_slider_uncovers_the_other_plan(opened) -> None:  # type: ignore[no-untyped-def]
    opened.locator("input[type=range]").focus()
    over = opened.locator(".over")
    before = over.evaluate("node => node.style.clipPath")
    opened.keyboard.press("ArrowRight")
    assert over.evaluate("node => node.style.clipPath") != before
    assert over.locator("svg").get_attribute("aria-label").startswith("Plan A: ")


def test_exact_figures_come_on_demand(opened) -> None:  # type: ignore[no-untyped-def]
    figure = opened.locator("#headlines-table data").nth(1)
    shown = "node => getComputedStyle(node, '::after').content"
    assert figure.evaluate(shown) == "none"
    opened.locator("#exact").check()
    assert figure.get_attribute("title") in figure.evaluate(shown)


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_the_page_never_scrolls_sideways(opened, width: int) -> None:  # type: ignore[no-untyped-def]
    opened.set_viewport_size({"width": width, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme: str) -> None:  # type: ignore[no-untyped-def]
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened.emulate_media(color_scheme=scheme)
    opened.locator("details").evaluate_all("nodes => nodes.forEach(node => node.open = true)")
    found = axe.Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_everything_is_there_to_read(browser, page_file: Path) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("figure.map svg").count() == 2
    assert page.locator("#sites-table tbody tr").count() == 2
    assert page.locator("#cash h3").first.inner_text() == "Plan B less plan A"
    context.close()
