"""Names that want to run, to send or to mislead: in every text of a report at once they stay letters on its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from browsing import browser, visit
from small_estate import solved

from assetopt.report.document import plan_document
from assetopt.report.layers import Layer, plan_layers
from assetopt.report.page import report_page
from assetopt.report.page.words import LONGEST, clean
from assetopt.report.tables import Table, report_tables
from assetopt.result import Result

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</style><img src=x onerror=alert(3)>",
    '"><svg/onload=alert(4)>',
    "'\" onmouseover=alert(5) autofocus onfocus=alert(6) x='",
    "</title></table></section><iframe src=http://example.invalid/></iframe>",
    "javascript:alert(7)",
    '<a href="javascript:alert(8)" id=exact>press</a>',
    "&lt;script&gt;alert(9)&lt;/script&gt; &amp;#60; &#x3c;b&#x3e;",
    "{{ 7*7 }}{% raw %}${alert(10)}`",
    "<!-- --><![CDATA[ ]]><base href=http://example.invalid/><meta http-equiv=refresh content='0;url=http://example.invalid'>",
    '=HYPERLINK("http://example.invalid/"&A1)',
    "null\x00byte\x01\x1b[31m\x7f",
    "turned \u202eevil\u202c \u2066isolate\u2069 \u200fmark \ufeffbom",
    "\u05d1\u05d9\u05ea \u0627\u0644\u0645\u062f\u064a\u0646\u0629",
    "<b>" * 3_400,
    "x" * 10_000,
    "<link rel=stylesheet href=//example.invalid/a.css><style>@import url(//example.invalid/b.css);body{display:none}</style>",
)

CLOSED = frozenset(
    {"action", "kind", "breakdown", "basis", "measure", "unit", "force", "state", "confidence", "item", "head", "mode"}
)
"""Columns whose words are ours, on which the page depends; everything else is hostile."""


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


class Spoiler:
    """Puts hostile names, one after the other, in place of every text; one text becomes one name throughout."""

    def __init__(self, first: int) -> None:
        self.next, self.known = count(first), dict[str, str]()

    def text(self, value: str) -> str:
        if value in ("", "_all"):
            return value
        if value not in self.known:
            at = next(self.next)
            self.known[value] = f"{HOSTILE[at % len(HOSTILE)]} {at}"
        return self.known[value]

    def table(self, table: Table) -> Table:
        frame = table.frame.copy()
        for field in table.fields:
            if field.kind == "text" and field.name not in CLOSED:
                frame[field.name] = [self.text(value) for value in frame[field.name].astype(str)]
        return replace(table, frame=frame)

    def layer(self, layer: Layer) -> Layer:
        frame = layer.frame.copy()
        for name in frame.columns:
            if name not in CLOSED and frame[name].map(lambda value: isinstance(value, str)).any():
                frame[name] = [self.text(value) if isinstance(value, str) else value for value in frame[name]]
        return replace(layer, frame=frame)

    def document(self, value: object) -> object:
        if isinstance(value, dict):
            return {key: self.document(inside) for key, inside in value.items()}
        if isinstance(value, list):
            return [self.document(inside) for inside in value]
        return self.text(value) if isinstance(value, str) and value not in ("model_option", "decided") else value


def spoiled(result: Result, first: int) -> str:
    """Return the page of a result in which every name is hostile."""
    spoil, tables = Spoiler(first), report_tables(result)
    document = plan_document(result, {"data/sites.csv": "0" * 64}, tables)
    document["warnings"] = [{"where": "sites.csv", "what": f"consent_{first}", "fix": "mend it"}]
    layers = plan_layers(result.problem.estate, tables, "model_option")
    partners = result.problem.estate.partners
    told = spoil.document(document)
    assert isinstance(told, dict)
    told["inputs"] = {spoil.text("data/sites.csv"): spoil.text("0" * 64)}
    names = {
        spoil.text(key): spoil.text(name) for key, name in zip(partners["partner_id"], partners["name"], strict=True)
    }
    return report_page(
        told,
        {name: spoil.table(table) for name, table in tables.items()},
        [spoil.layer(layer) for layer in layers],
        names,
    )


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 4))
def test_hostile_names_do_nothing_in_a_browser(opened: Any, result: Result, tmp_path: Path, first: int) -> None:
    path = tmp_path / "report.html"
    path.write_text(spoiled(result, first), encoding="utf-8")
    noted = visit(opened, path)
    noted.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for button in noted.page.locator("thead button").all()[:6]:
        button.dispatch_event("click")
    for box in noted.page.locator("input[type=search]").all()[:3]:
        box.fill("<script>")
    noted.page.mouse.move(300, 300)
    noted.page.wait_for_timeout(100)

    assert noted.trouble == []
    assert noted.page.locator("script").count() == 1
    assert (
        noted.page.locator(
            "iframe, img, base, link, object, embed, [onload], [onerror], [onfocus], [onmouseover]"
        ).count()
        == 0
    )
    assert noted.page.locator("a").evaluate_all("all => all.every(one => one.getAttribute('href').startsWith('#'))")
    assert noted.page.evaluate("document.documentElement.scrollWidth") == 1280
    assert noted.page.locator("main section").count() >= 10


def test_without_chromium_too_no_hostile_name_is_markup(result: Result) -> None:
    for first in range(0, len(HOSTILE), 4):
        page = spoiled(result, first)

        assert page.count("<script") == 1
        assert "<iframe" not in page
        assert "<img" not in page
        assert not set("\x00\x01\x1b\x7f\u202e\u2066\u200f\ufeff") & set(page)
        assert "x" * 1_001 not in page


@pytest.mark.parametrize("name", [*HOSTILE, "lone \ud800 surrogate"])
def test_a_name_is_cut_and_loses_what_nobody_sees(name: str) -> None:
    shown = clean(name)

    assert len(shown) <= LONGEST + 1
    assert all(letter.isprintable() for letter in shown)
