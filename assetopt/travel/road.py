"""Minutes on a road network: an OpenStreetMap extract, Dijkstra's algorithm from the sites, places at their nearest nodes.

    minutes[z,i] = km(z, node z) / snap speed + least minutes(node z -> node i) + km(node i, i) / snap speed + parking

The search starts at the sites and runs backwards along the arcs, because sites are few and zones are many. What takes
longer than ``max_minutes`` in all is out of reach and takes no memory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from assetopt.errors import Issue, ScenarioError
from assetopt.travel.cache import MatrixCache, content_key
from assetopt.travel.geodesic import StraightLines
from assetopt.travel.graph import RoadGraph, build_graph
from assetopt.travel.made import Basis, Made, Snapping, named_far
from assetopt.travel.osm import Network, read_network
from assetopt.travel.params import TravelParams
from assetopt.travel.reach import nearest_place
from assetopt.travel.roads import RoadRules, road_rules
from assetopt.travel.table import ModeRows

__all__ = ["RoadNetwork", "road_minutes"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
Arrays = dict[str, npt.NDArray[np.generic]]

_FORMAT: Final = "road-1"
_ENTRIES: Final = 8_000_000  # of the dense answer of one search: 64 MB
_CHUNK: Final = 1 << 22


@dataclass(eq=False)
class RoadNetwork:
    """Computes minutes by car, on foot and by bicycle on the roads of an extract.

    Attributes
    ----------
    path : pathlib.Path
        The ``.osm.pbf`` file.
    zone_ids, site_ids : tuple of str
    lines : StraightLines
        Where the places are.
    params : TravelParams
    cache : MatrixCache or None
        Keeps graphs and matrices by their content.
    """

    path: Path
    zone_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    lines: StraightLines
    params: TravelParams
    cache: MatrixCache | None = None
    basis: Basis = "road"
    told: list[str] = field(default_factory=list)

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that the scenario asks for."""
        return self.params.modes

    @cached_property
    def sha256(self) -> str:
        """Digest of the extract."""
        if not self.path.is_file():
            what = f"{self.path} is not there"
            raise ScenarioError([Issue("[travel] network", what, "it is relative to the scenario file")])
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    @cached_property
    def _network(self) -> Network:
        return read_network(self.path)

    def rules(self, mode: str) -> RoadRules:
        """Return speeds and penalties of a mode."""
        return road_rules(mode, self.params.road.get(mode))

    def graph(self, mode: str) -> RoadGraph:
        """Return the graph of a mode, from the cache or made."""
        rules = self.rules(mode)
        key = content_key(_FORMAT, self.sha256, rules.text)
        return RoadGraph.of(self._kept(key, lambda: build_graph(self._network, rules).arrays()))

    def make(self, mode: str) -> Made:
        """Compute the minutes of one mode."""
        rules, params = self.rules(mode), self.params
        settings = repr((rules.text, rules.parking_minutes, rules.snap_kmh, params.max_minutes, params.snap_max_km))
        key = content_key(_FORMAT, self.sha256, settings, self.lines.zones, self.lines.sites)
        found = self._kept(
            key, lambda: road_minutes(self.graph(mode), rules, self.lines, params.max_minutes, params.snap_max_km)
        )
        shape = (len(self.zone_ids), len(self.site_ids))
        rows = ModeRows(
            shape, found["zones"].astype(np.intp), found["sites"].astype(np.intp), found["minutes"].astype(np.float64)
        )
        snapping = Snapping(found["zone_km"].astype(np.float64), found["site_km"].astype(np.float64))
        notes = named_far(self.zone_ids + self.site_ids, snapping.all, params.snap_warn_km, params.snap_max_km)
        return Made(rows, self._about(mode, rules, snapping, notes), notes, snapping)

    def _about(self, mode: str, rules: RoadRules, snapping: Snapping, notes: tuple[str, ...]) -> str:
        parts = [
            f"minutes by {mode} on the road network {self.path.name} (sha256 {self.sha256[:16]}; (c) OpenStreetMap "
            f"contributors, ODbL), free of traffic, at assumed speeds"
        ]
        if rules.parking_minutes:
            parts.append(f"{rules.parking_minutes:g} minutes for parking included")
        parts.append(f"over {self.params.max_minutes:g} minutes counts as out of reach")
        km = snapping.all
        if len(km):
            at = int(km.argmax())
            worst = (self.zone_ids + self.site_ids)[at]
            half = f"half of them within {np.median(km) * 1000:.0f} m"
            parts.append(f"places lie at most {km[at] * 1000:.0f} m from it ({worst}), {half}")
        return "; ".join([*parts, *notes])

    def __getstate__(self) -> dict[str, object]:
        """Leave the network as read behind when this is sent to another process."""
        return {name: value for name, value in self.__dict__.items() if name != "_network"}

    def _kept(self, key: str, compute) -> Arrays:  # type: ignore[no-untyped-def]
        if self.cache is None:
            return compute()  # type: ignore[no-any-return]
        return self.cache.arrays(key, compute, self.told.append)


def road_minutes(graph: RoadGraph, rules: RoadRules, lines: StraightLines, most: float, snap_max: float) -> Arrays:
    """Return the pairs within ``most`` minutes, and how far every place is from the network.

    Parameters
    ----------
    graph : RoadGraph
    rules : RoadRules
        Speed off the network, and parking.
    lines : StraightLines
        Where the places are.
    most : float
        Minutes in all, ends and parking included.
    snap_max : float
        Places further than so many km from the network reach nothing.

    Returns
    -------
    dict of arrays
        ``zones``, ``sites`` (positions), ``minutes``, a row each pair; ``zone_km``, ``site_km``.
    """
    from scipy.sparse.csgraph import dijkstra

    usable = np.flatnonzero(graph.stopping)
    nodes = np.column_stack([graph.lat[usable], graph.lon[usable]])
    zone_km, zone_at = nearest_place(lines.zones, nodes) if len(lines.zones) else (np.empty(0), np.empty(0, np.intp))
    site_km, site_at = nearest_place(lines.sites, nodes) if len(lines.sites) else (np.empty(0), np.empty(0, np.intp))
    zones, sites = np.flatnonzero(zone_km <= snap_max), np.flatnonzero(site_km <= snap_max)
    ends = np.concatenate([usable[zone_at[zones]], usable[site_at[sites]]])
    matrix, number = graph.reversed_with(ends)
    zone_node, site_node = number[: len(zones)], number[len(zones) :]
    from_node, of_site = np.unique(site_node, return_inverse=True)
    zone_leg, site_leg = zone_km / rules.snap_kmh * 60.0, site_km / rules.snap_kmh * 60.0 + rules.parking_minutes
    order = np.argsort(of_site, kind="stable")
    bounds = np.searchsorted(of_site[order], np.arange(len(from_node) + 1))
    found: list[tuple[IndexArray, IndexArray, FloatArray]] = []
    step = max(1, _ENTRIES // max(1, matrix.shape[0]))
    for start in range(0, len(from_node), step):
        chosen = from_node[start : start + step]
        reach = dijkstra(matrix, directed=True, indices=chosen, limit=most)[:, zone_node]
        for k in range(len(chosen)):
            near = np.flatnonzero(np.isfinite(reach[k]))
            for site in sites[order[bounds[start + k] : bounds[start + k + 1]]].tolist():
                minutes = reach[k, near] + zone_leg[zones[near]] + site_leg[site]
                within = minutes <= most
                at = zones[near[within]]
                found.append((at, np.full(len(at), site, dtype=np.intp), minutes[within]))
    empty = np.empty(0, dtype=np.intp)
    zone = np.concatenate([empty, *(part[0] for part in found)]).astype(np.int32)
    site_col = np.concatenate([empty, *(part[1] for part in found)]).astype(np.int32)
    values = np.concatenate([np.empty(0), *(part[2] for part in found)])
    by_zone = np.lexsort((site_col, zone))
    return {
        "zones": zone[by_zone], "sites": site_col[by_zone], "minutes": values[by_zone],
        "zone_km": zone_km, "site_km": site_km,
    }  # fmt: skip
