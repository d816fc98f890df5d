"""A comparison as one page that opens anywhere, offline: no request, readable without scripts, every name escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from assetopt.compare.comparison import Comparison
from assetopt.compare.page.cells import text
from assetopt.compare.page.charts import cash_section
from assetopt.compare.page.maps import map_section
from assetopt.compare.page.sections import (
    access_section,
    core_section,
    decisions_section,
    plans_section,
    question_section,
    totals_section,
)


def page_text(comparison: Comparison) -> str:
    """Return the page; the same comparison gives the same bytes."""
    style, script = (_shipped(name) for name in ("style.css", "script.js"))
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    body = "\n".join(_body(comparison))
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Comparison of plans</title>
<style>{style}</style>
</head>
<body>
{body}
<script>{script}</script>
</body>
</html>
"""


def _shipped(name: str) -> str:
    return files("assetopt.compare.page").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def _body(comparison: Comparison) -> Iterator[str]:
    sections = [
        ("plans", "Plans and question", "".join((*plans_section(comparison), *question_section(comparison)))),
        ("totals", "Totals", "".join(totals_section(comparison))),
        ("map", "Map", "".join(map_section(comparison))),
        ("sites", "Sites that differ", "".join(decisions_section(comparison, "sites"))),
        ("teams", "Teams that differ", "".join(decisions_section(comparison, "teams"))),
        ("core", "What all plans agree on", "".join(core_section(comparison))),
        ("access", "Who is nearer, who is further", "".join(access_section(comparison))),
        ("cash", "Cash by partner and year", "".join(cash_section(comparison))),
    ]
    shown = [section for section in sections if section[2]]
    links = "".join(f'<li><a href="#{key}">{text(title)}</a></li>' for key, title, _ in shown)
    notes = "".join(f"<li>{text(note)}</li>" for note in comparison.notes)
    yield '<a class="skip" href="#plans">Skip to the plans</a>'
    yield f'<header><h1>Comparison of plans</h1><ul class="notes">{notes}</ul>'
    yield "<p>Differences are each plan less plan A. Plans are options, neither decisions nor a consultation.</p>"
    yield '<p><label><input type="checkbox" id="exact"> Exact figures</label></p></header>'
    yield f'<nav aria-label="Sections"><ul>{links}</ul></nav><main>'
    for key, title, content in shown:
        yield f'<section id="{key}" aria-labelledby="{key}-title"><h2 id="{key}-title">{text(title)}</h2>{content}</section>'
    yield "</main>"
