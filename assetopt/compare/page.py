"""A comparison as one page."""

from __future__ import annotations

from assetopt.compare.comparison import Comparison


def page_text(comparison: Comparison) -> str:
    """Return the page."""
    raise NotImplementedError
