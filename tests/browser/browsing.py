"""A headless Chromium that notes every request, dialog and complaint of a page; skipped, saying so, where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Noted:
    """A page that stands open, and what it did unasked."""

    page: Any
    trouble: list[str] = field(default_factory=list)


def chromium() -> str:
    """Return the path of Debian's chromium, or skip the test."""
    pytest.importorskip("playwright", reason="the browser tests need playwright: pip install -e '.[dev]'")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("the browser tests need chromium: apt-get install chromium")
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """Open a browser for the tests of a module."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


def visit(opened: Any, path: Path, width: int = 1280, **settings: object) -> Noted:
    """Open a file and note whatever it does but show itself."""
    page = opened.new_context(viewport={"width": width, "height": 900}, **settings).new_page()
    noted = Noted(page)
    address = path.resolve().as_uri()
    page.on(
        "request", lambda request: None if request.url == address else noted.trouble.append(f"request {request.url}")
    )
    page.on("console", lambda message: noted.trouble.append(f"console {message.text}"))
    page.on("pageerror", lambda error: noted.trouble.append(f"error {error}"))
    page.on("dialog", lambda dialog: (noted.trouble.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(address)
    return noted


def breaches(page: Any) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 AA and good practice, an item an element."""
    import axe_playwright_python

    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
