"""The plan for any map: ``plan.geojson`` after RFC 7946 (WGS84, longitude first, no ``crs`` member)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assetopt.plan import Violation
from assetopt.report.comparing import compare_object, limited
from assetopt.report.layers import WHOLE, Layer

MAP_FILE = "plan.geojson"

_DEGREES = 1.5e-6
"""By how much a position may differ: the last decimal that is written."""


def map_document(layers: Sequence[Layer]) -> dict[str, object]:
    """Return the layers as one FeatureCollection.

    Every feature has ``layer`` (sites, moves, zones) among its properties, and the table's columns as in the CSV, null
    where missing. ``left_out`` counts by layer what has no position, or was too much to draw; readers ignore it.
    """
    features = [feature for layer in layers for feature in _features(layer)]
    drawn = [layer.positions.reshape(-1, 2) for layer in layers if len(layer.positions)]
    document: dict[str, object] = {"type": "FeatureCollection"}
    if drawn:
        every = np.concatenate(drawn)
        document["bbox"] = [*every.min(axis=0).tolist(), *every.max(axis=0).tolist()]
    document["left_out"] = {layer.name: layer.left_out for layer in layers}
    document["features"] = features
    return document


def _features(layer: Layer) -> Iterator[dict[str, object]]:
    names = [str(name) for name in layer.frame.columns]
    columns = [[_value(name, value) for value in layer.frame[name].tolist()] for name in names]
    for place, row in zip(layer.positions, zip(*columns, strict=True), strict=True):
        yield {
            "type": "Feature",
            "id": f"{layer.name}/{'/'.join(str(value) for value in _key(layer, dict(zip(names, row, strict=True))))}",
            "geometry": {"type": layer.geometry, "coordinates": _coordinates(layer, place)},
            "properties": {"layer": layer.name, **dict(zip(names, row, strict=True))},
        }


def _key(layer: Layer, row: dict[str, object]) -> list[object]:
    keys = {"sites": ("site_id",), "moves": ("team_id", "to_site_id")}.get(layer.name, ("zone_id",))
    return [row[name] for name in keys]


def _coordinates(layer: Layer, place: npt.NDArray[np.float64]) -> list[object]:
    corners: list[object] = place.tolist()
    return corners if layer.geometry == "LineString" else corners[0]  # type: ignore[return-value]


def _value(name: str, value: object) -> object:
    if isinstance(value, float):
        if value != value:  # NaN
            return None
        return int(value) if name in WHOLE or value == int(value) else value
    return value


def map_text(layers: Sequence[Layer]) -> str:
    """Return ``plan.geojson``: a feature a line, names as they are spelt, never NaN."""
    document = map_document(layers)
    features = document.pop("features")
    assert isinstance(features, list)
    head = json.dumps(document, ensure_ascii=False, allow_nan=False)[:-1]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    return f'{head}, "features": [\n{lines}\n]}}\n'


def compare_map(path: Path, layers: Sequence[Layer]) -> Iterator[Violation]:
    """Compare a ``plan.geojson`` with the one that the plan gives; only rounding may differ."""
    yield from limited(path.name, _differences(path, layers))


def _differences(path: Path, layers: Sequence[Layer]) -> Iterator[Violation]:
    where = path.name
    if not path.is_file():
        yield Violation("stated", where, 1.0, f"{where} is missing")
        return
    content = path.read_bytes()
    if content == map_text(layers).encode("utf-8"):
        return
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        yield Violation("stated", where, 1.0, f"{where} cannot be read as JSON: {fault}")
        return
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or found.get("type") != "FeatureCollection":
        yield Violation("stated", where, 1.0, f"{where} is no FeatureCollection")
        return
    wanted = map_document(layers)
    expected = wanted.pop("features")
    assert isinstance(expected, list)
    yield from compare_object(where, found, wanted, _DEGREES)
    if "crs" in found:
        yield Violation("stated", where, 1.0, f"{where} has a crs member, which RFC 7946 does not allow")
    by_id = {str(one.get("id")): one for one in features if isinstance(one, dict)}
    if len(by_id) != len(features):
        yield Violation("stated", where, 1.0, f"{where}: a feature stands twice, or is none")
    for one in expected:
        here = by_id.pop(one["id"], None)
        at = f"{where}, {one['id']}"
        if here is None:
            yield Violation("stated", at, 1.0, f"{at}: the feature is missing")
            continue
        yield from compare_object(f"{at}, geometry", here.get("geometry"), one["geometry"], _DEGREES)
        yield from compare_object(f"{at}, properties", here.get("properties"), one["properties"], 0.0101)
    for name in by_id:
        yield Violation("stated", f"{where}, {name}", 1.0, f"{where}, {name}: the feature stands in the file only")
