"""Ways and nodes of an OpenStreetMap extract as arrays: what a graph of any mode is made from.

Only what lies on a ``highway`` is kept. Two readings: the first takes the ways, the second the nodes that they name, so
that memory follows the roads and not the extract. osmium (extra ``road``) does the reading.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assetopt.errors import Issue, ScenarioError

__all__ = ["Network", "read_network"]

WAY_KEYS = (
    "highway", "access", "vehicle", "motor_vehicle", "motorcar", "foot", "bicycle", "oneway", "oneway:bicycle",
    "junction", "maxspeed", "maxspeed:forward", "maxspeed:backward", "area", "cycleway", "sidewalk",
)  # fmt: skip
NODE_KEYS = ("highway", "barrier", "access", "vehicle", "motor_vehicle", "motorcar", "foot", "bicycle")

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
Tags = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Network:
    """Ways as runs of nodes, with their tags.

    Attributes
    ----------
    lat, lon : ndarray of float64, shape (nodes,)
        Degrees (WGS84).
    refs : ndarray of int, shape (steps,)
        Nodes of all ways, one way after the other; -1 where the extract cuts a way off.
    way : ndarray of int, shape (steps,)
        Which way each of them belongs to.
    kind : ndarray of int, shape (ways,)
        Position in ``tags``.
    tags : tuple of mappings
        The different sets of tags that ways have, as far as they matter.
    node_tags : mapping of int to mapping
        Tags of the nodes that have any which matter: barriers, traffic lights.
    """

    lat: FloatArray
    lon: FloatArray
    refs: IndexArray
    way: IndexArray
    kind: IndexArray
    tags: tuple[Tags, ...]
    node_tags: Mapping[int, Tags]


def read_network(path: Path) -> Network:
    """Return the highways of an ``.osm.pbf`` file.

    Raises
    ------
    ScenarioError
        osmium is not installed, the file is not there, or it cannot be read; in words.
    """
    try:
        import osmium
    except ImportError as fault:
        what = 'provider = "road" reads OpenStreetMap with osmium, which is not installed'
        raise ScenarioError([Issue("[travel] provider", what, "pip install assetopt[road]")]) from fault
    if not path.is_file():
        raise ScenarioError([Issue("[travel] network", f"{path} is not there", "it is relative to the scenario file")])
    try:
        return _read(path, osmium)
    except RuntimeError as fault:
        what = f"{path} cannot be read as an OpenStreetMap extract: {fault}"
        raise ScenarioError([Issue("[travel] network", what, "download the .osm.pbf file again")]) from fault


def _read(path: Path, osmium) -> Network:  # type: ignore[no-untyped-def]
    ids, sizes, kinds = array("q"), array("q"), array("q")
    seen: dict[tuple[str | None, ...], int] = {}
    ways = osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    for way in ways:
        nodes = [node.ref for node in way.nodes]
        ids.extend(nodes)
        sizes.append(len(nodes))
        tags = way.tags
        kinds.append(seen.setdefault(tuple(tags.get(key) for key in WAY_KEYS), len(seen)))
    named = np.frombuffer(ids, dtype=np.int64) if len(ids) else np.empty(0, dtype=np.int64)
    known, lat, lon, node_tags = _nodes(path, np.unique(named), osmium)
    at = np.searchsorted(known, named)
    at[at == len(known)] = 0
    refs = np.where(known[at] == named, at, -1) if len(known) else np.full(len(named), -1)
    way_of = np.repeat(np.arange(len(sizes)), np.asarray(sizes, dtype=np.int64))
    words = tuple({key: value for key, value in zip(WAY_KEYS, values, strict=True) if value} for values in seen)
    return Network(
        lat, lon, refs.astype(np.intp), way_of.astype(np.intp), np.asarray(kinds, dtype=np.intp), words, node_tags
    )


def _nodes(  # type: ignore[no-untyped-def]
    path: Path, wanted: npt.NDArray[np.int64], osmium
) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray, dict[int, Tags]]:
    """Return ids (sorted), latitude and longitude of the wanted nodes that are there, and the tags that matter."""
    found, lats, lons = array("q"), array("d"), array("d")
    tagged: dict[int, Tags] = {}
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.IdFilter(wanted.tolist()))
    for node in nodes:
        place = node.location
        if not place.valid():
            continue
        found.append(node.id)
        lats.append(place.lat)
        lons.append(place.lon)
        tags = node.tags
        if len(tags):
            kept = {key: str(tags.get(key)) for key in NODE_KEYS if key in tags}
            if kept:
                tagged[node.id] = kept
    ids = np.asarray(found, dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    position = {int(ids[k]): k for k in np.searchsorted(ids, np.array(sorted(tagged), dtype=np.int64)).tolist()}
    return (
        ids, np.asarray(lats, dtype=np.float64)[order], np.asarray(lons, dtype=np.float64)[order],
        {position[name]: tags for name, tags in tagged.items()},
    )  # fmt: skip
