"""Sentences about minutes: that they are estimated and how far off that may be, or whose table they are from and when.

Nobody may take an estimated minute for a measured one, so every table of access names the basis beside its figures, and
the basis of straight lines comes with its error band (``error_bands.toml``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from assetopt.travel.made import Basis
from assetopt.travel.modes import members, split_modes
from assetopt.travel.params import CROW, TravelParams

if TYPE_CHECKING:
    import pandas as pd

    from assetopt.travel.matrix import Travel

__all__ = ["ABOUT", "BASIS", "WINDOW", "about_estimate", "described", "travel_frame"]

BASIS: Final = "x_basis"
"""Column of a travel table: estimated, road or router where the minutes were computed so; anything else is a table."""

ABOUT: Final = "x_about"
"""Column of a travel table: a sentence about the minutes of a mode, in its first row at least."""

WINDOW: Final = "x_window"
"""Column of a travel table: when people set out, such as ``Thu 23 April 2026, 14:00-15:00``; in any row of a mode."""

_BASES: Final[dict[str, Basis]] = {
    "estimated": "estimated", "straight_line": "estimated", "straight line": "estimated", "road": "road",
    "router": "router",
}  # fmt: skip


def about_estimate(mode: str, params: TravelParams) -> str:
    """Return a sentence about minutes estimated from straight lines, with the error band."""
    how = "a curve" if mode in params.curves else f"{params.speeds[mode]:g} km/h and circuity {params.circuity[mode]:g}"
    text = f"minutes by {mode} are estimated from straight lines by {how}"
    shipped = TravelParams()
    band = _bands().get(mode)
    parts = ("curves", "speeds", "circuity")
    if band is None or any(getattr(params, part).get(mode) != getattr(shipped, part).get(mode) for part in parts):
        return f"{text}; the scenario's own, whose error is not known"
    text += f"; eight in ten lie within {_percent(band['low'])} to {_percent(band['high'])} of it"
    if "near_km" in band:
        text += f", up to {band['near_km']:g} km within {_percent(band['near_low'])} to {_percent(band['near_high'])}"
    return f"{text} ({band['evidence']})"


def travel_frame(travel: Travel | None, named: Iterable[str]) -> pd.DataFrame:
    """Return ``mode, basis, window, about``, a row for each mode in texts such as ``car;transit``; ``crow`` has none."""
    import pandas as pd

    modes = sorted({mode for text in named if text for part in split_modes(text) for mode in members(part)} - {CROW})
    about = {} if travel is None else travel.about(modes)
    rows = [] if travel is None else [(m, travel.basis[m], travel.windows.get(m, ""), about[m]) for m in modes]
    return pd.DataFrame(rows, columns=["mode", "basis", "window", "about"], dtype="str")


def _percent(share: float) -> str:
    return f"{share:+.0%}".replace("%", " %")


@cache
def _bands() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("assetopt.travel") / "error_bands.toml").read_text(encoding="utf-8"))


def described(table: pd.DataFrame) -> dict[str, tuple[Basis, str, str]]:
    """Return for each mode of a travel table its basis, a sentence about it, and its window of departure."""
    out: dict[str, tuple[Basis, str, str]] = {}
    for mode, rows in table.groupby("mode", sort=True, observed=True):
        basis = _BASES.get(_said(rows, BASIS).casefold(), "table")
        window, about = _said(rows, WINDOW), _said(rows, ABOUT)
        if not about:
            parts = [f"minutes by {mode} are from the travel table"]
            parts += [f"setting out {window}"] if window else []
            parts += [f"{name.replace('_', ' ')} {said}" for name in ("source", "as_of") if (said := _said(rows, name))]
            about = "; ".join(parts)
        out[str(mode)] = basis, about, window
    return out


def _said(rows: pd.DataFrame, column: str) -> str:
    """Return the one value of a column, or how many there are; empty where it has none."""
    if column not in rows:
        return ""
    values = [text for value in rows[column].dropna().unique() if (text := str(value).strip())]
    if len(values) == 1:
        return values[0].removesuffix(" 00:00:00")
    return f"{len(values)} different ones" if values else ""
