"""A map for every plan, and a slider between two of them where scripts run; the tables say the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from assetopt.compare.comparison import Comparison
from assetopt.compare.page.cells import text
from assetopt.compare.question import letters
from assetopt.compare.side import Side
from assetopt.report.layers import action_label

_WIDTH = 1000.0
MOST_POINTS = 6_000
"""Sites that stay, and zones, are drawn up to this number; sites that change always are."""

_SHAPES = {
    "dispose": "M-7-7L7 7M7-7L-7 7", "exit_lease": "M0-8L8 0L0 8L-8 0Z", "open": "M0-9L3-3L9-3L4 2L6 9L0 5L-6 9L-4 2L-9-3L-3-3Z",
}  # fmt: skip
"""A cross, a diamond and a star."""
_KEY = (("keep", "circle"), ("dispose", "cross"), ("exit_lease", "diamond"), ("open", "star"))


def map_section(comparison: Comparison) -> Iterator[str]:
    """Yield the maps one below the other, all in one frame and scale."""
    places = [place for side in comparison.sides for place in _every_place(side)]
    if not places:
        return
    frame = _Frame(np.array(places))
    status = str(comparison.sides[0].part("totals").get("plan_status", ""))
    shapes = [(name, _SHAPES.get(name, "M0 0h0"), f"{action_label(name, status)} ({shape})") for name, shape in _KEY]
    shapes += [
        ("moves", "M-9 0L9 0", "move of a team (line)"),
        ("further", "M0 0h0", "zone with further to go (square)"),
    ]
    shapes += [("nearer", "M0 0h0", "zone with less far to go (dot)")]
    key = "".join(
        f'<li><svg class="sign" viewBox="-10 -10 20 20" aria-hidden="true"><path class="{name}" d="{path}"/></svg> '
        f"{text(words)}</li>"
        for name, path, words in shapes
    )
    yield f'<ul class="key">{key}</ul><div id="maps">'
    for letter, side in zip(letters(len(comparison.sides)), comparison.sides, strict=True):
        yield _figure(frame, letter, side)
    yield "</div>"


class _Frame:
    """Degrees to the plane of the picture: north is up, and a kilometre is as long both ways."""

    def __init__(self, places: np.ndarray) -> None:
        self.squeeze = float(np.cos(np.radians(places[:, 1].mean())))
        self.west, self.north = float(places[:, 0].min()), float(places[:, 1].max())
        wide = max((float(places[:, 0].max()) - self.west) * self.squeeze, 1e-6)
        high = self.north - float(places[:, 1].min())
        self.scale = min((_WIDTH - 40) / wide, 1400 / max(high, 1e-6))
        self.height = high * self.scale + 40
        self.width = wide * self.scale + 40

    def at(self, place: Sequence[float]) -> str:
        x = 20 + (place[0] - self.west) * self.squeeze * self.scale
        return f"{x:.1f} {20 + (self.north - place[1]) * self.scale:.1f}"


def _every_place(side: Side) -> Iterator[tuple[float, float]]:
    for feature in side.features:
        for place in _places(feature):
            yield float(place[0]), float(place[1])


def _places(feature: Mapping[str, object]) -> list[Sequence[float]]:
    shape = feature.get("geometry")
    found = shape.get("coordinates") if isinstance(shape, dict) else None
    if not isinstance(found, list) or not found:
        return []
    return found if isinstance(found[0], list) else [found]


def _figure(frame: _Frame, letter: str, side: Side) -> str:
    layers: dict[str, list[tuple[Mapping[str, object], list[Sequence[float]]]]] = {
        "sites": [],
        "moves": [],
        "zones": [],
    }
    for feature in side.features:
        told = feature.get("properties")
        if isinstance(told, dict) and str(told.get("layer")) in layers:
            layers[str(told["layer"])].append((told, _places(feature)))
    parts, left_out = [], 0
    for word, test in (("further", "services_further"), ("nearer", "services_nearer")):
        drawn = [places[0] for told, places in layers["zones"] if told.get(test) and places]
        left_out += max(0, len(drawn) - MOST_POINTS)
        parts.append(f'<path class="{word}" d="{_dots(frame, drawn[:MOST_POINTS])}"/>')
    lines = "".join(f"M{frame.at(places[0])}L{frame.at(places[-1])}" for _, places in layers["moves"] if places)
    parts.append(f'<path class="moves" d="{lines}"/>')
    kept = [places[0] for told, places in layers["sites"] if told.get("action") == "keep" and places]
    left_out += max(0, len(kept) - MOST_POINTS)
    parts.append(f'<path class="keep" d="{_dots(frame, kept[:MOST_POINTS])}"/>')
    count: dict[str, int] = {"keep": len(kept)}
    for told, places in layers["sites"]:
        action = str(told.get("action"))
        count[action] = count.get(action, 0) + (action != "keep")
        if action in _SHAPES and places:
            parts.append(
                f'<path class="{action}" transform="translate({frame.at(places[0])})" d="{_SHAPES[action]}">'
                f"<title>{text(told.get('name') or told.get('site_id'))}</title></path>"
            )
    words = f"{count['keep']} sites stay, {count.get('dispose', 0) + count.get('exit_lease', 0)} could close, " + (
        f"{count.get('open', 0)} could open, {len(layers['moves'])} moves of teams"
    )
    more = f" {left_out} points are not drawn." if left_out else ""
    label = f"Map of plan {letter}: {words}. The tables below list every difference."
    return (
        f'<figure class="map" data-plan="{letter}"><figcaption>Plan {letter}: <bdi>{text(side.name)}</bdi>. {words}.{more}'
        f'</figcaption><svg viewBox="0 0 {frame.width:.0f} {frame.height:.0f}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg></figure>"
    )


def _dots(frame: _Frame, places: Sequence[Sequence[float]]) -> str:
    return "".join(f"M{frame.at(place)}h0" for place in places)
