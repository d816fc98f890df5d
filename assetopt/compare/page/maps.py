"""A map of every plan beside the first one's, with a slider between the two where scripts run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from markupsafe import Markup

from assetopt.compare.comparison import Comparison
from assetopt.compare.question import letters
from assetopt.compare.side import Side
from assetopt.report.layers import action_label
from assetopt.report.page.map import SHAPES, SIGNS, Frame, marks
from assetopt.report.page.shell import Section
from assetopt.report.page.words import name, text

Features = list[tuple[Mapping[str, object], np.ndarray]]


def map_section(comparison: Comparison) -> Section:
    """Return the section; empty where the reports have no maps."""
    title = "Map"
    each = [_layers(side) for side in comparison.sides]
    places = [place for layers in each for features in layers.values() for _, place in features]
    if not places:
        return Section("map", title, Markup(""))
    frame = Frame(np.concatenate(places))
    status = str(comparison.sides[0].part("totals").get("plan_status", ""))
    drawn = [
        _figure(frame, letter, side, layers, status)
        for letter, side, layers in zip(letters(len(each)), comparison.sides, each, strict=True)
    ]
    body = Markup("<p>The slider uncovers one plan over the other; the tables below list every difference.</p>") + _key(
        status
    )
    for at, letter in enumerate(letters(len(each))[1:], start=1):
        pair = Markup('<div class="maps">{}</div>').format(drawn[0] + drawn[at])
        if at == 1:
            body += pair
        else:
            body += Markup("<details><summary>Plan A and plan {}</summary>{}</details>").format(letter, pair)
    return Section("map", title, body)


def _layers(side: Side) -> dict[str, Features]:
    out: dict[str, Features] = {"zones": [], "moves": [], "sites": []}
    for feature in side.features:
        told, shape = feature.get("properties"), feature.get("geometry")
        if isinstance(told, dict) and isinstance(shape, dict) and str(told.get("layer")) in out:
            out[str(told["layer"])].append((told, np.atleast_2d(np.asarray(shape["coordinates"], dtype=np.float64))))
    return out


def _figure(frame: Frame, letter: str, side: Side, layers: Mapping[str, Features], status: str) -> Markup:
    count: dict[str, int] = {}
    for told, _ in layers["sites"]:
        count[str(told.get("action"))] = count.get(str(told.get("action")), 0) + 1
    said = ", ".join(f"{count[kind]:,} {action_label(kind, status)}" for kind in SHAPES if kind in count)
    words = f"Plan {letter}: {said}; {len(layers['moves']):,} moves of teams."
    return Markup(
        '<figure class="map"><figcaption>Plan {}: {}</figcaption><svg viewBox="{}" role="img" aria-label="{}">{}</svg></figure>'
    ).format(letter, name(side.name), frame.box, words, Markup("".join(_drawing(frame, layers, status))))


def _drawing(frame: Frame, layers: Mapping[str, Features], status: str) -> Iterator[str]:
    for look, test in (("p-far1", "services_further"), ("p-near1", "services_nearer")):
        yield f'<path class="{look}" d="{_dots(frame, [place for told, place in layers["zones"] if told.get(test)])}"/>'
    ends = [frame.at(place).reshape(-1)[[0, 1, -2, -1]] for _, place in layers["moves"]]
    lines = "".join(f"M{a:g} {b:g}L{c:g} {d:g}" for a, b, c, d in (end.tolist() for end in ends))
    yield f'<path class="p-moves" d="{lines}"/>'
    kept = [place for told, place in layers["sites"] if told.get("action") == "keep"]
    yield f'<path class="p-keep" d="{_dots(frame, kept)}"/>'
    for told, place in layers["sites"]:
        action = str(told.get("action"))
        if action in SIGNS and action != "keep":
            label = f"{told.get('name') or told.get('site_id')}: {action_label(action, status)}"
            yield f'<path class="p-{action}" d="{marks(frame.at(place[:1]), SIGNS[action])}"><title>{text(label)}</title></path>'


def _dots(frame: Frame, places: list[np.ndarray]) -> str:
    return marks(frame.at(np.concatenate([place[:1] for place in places])), "h0") if places else ""


def _key(status: str) -> Markup:
    rows = [
        (f"p-{kind}", f"M12 12{sign}", f"{SHAPES[kind]}: {action_label(kind, status)}") for kind, sign in SIGNS.items()
    ]
    rows += [("p-moves", "M2 12H22", "line: a team moves"), ("p-far1", "M12 12h0", "square: place with further to go than today"),
             ("p-near1", "M12 12h0", "round: place with less far to go than today")]  # fmt: skip
    items = [
        Markup('<li><svg viewBox="0 0 24 24" aria-hidden="true"><path class="{}" d="{}"/></svg> {}</li>').format(*row)
        for row in rows
    ]
    return Markup('<div class="map"><ul class="key">{}</ul></div>').format(Markup("").join(items))
