"""Take the pictures of docs/reports.md from a report: ``python docs/make_report_pictures.py REPORT_FOLDER``; needs chromium."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "pictures"
PICTURES = (("decision", "light", 1100), ("map", "light", 1100), ("money", "dark", 1100), ("access", "light", 360))
"""Section, colours and width of each."""


def main(folder: Path) -> None:
    """Write one JPEG a picture."""
    from playwright.sync_api import sync_playwright

    HERE.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for section, scheme, width in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": 760}, color_scheme=scheme)
            page.goto((folder / "report.html").resolve().as_uri() + f"#{section}")
            page.wait_for_timeout(300)
            page.screenshot(path=HERE / f"report_{section}.jpg", type="jpeg", quality=55)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
