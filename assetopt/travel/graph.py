"""A road network as a graph of junctions: chains of nodes between them are merged, what cannot be left is cut off.

Of the arcs that a mode may use, the largest strongly connected part is kept, so that nothing in it is a trap. A node
with two neighbours and nothing to decide becomes part of a chain; a chain is one arc with the sum of its minutes.
Places on a chain are found again by how long the chain has taken up to there, so that merging changes no answer.

    minutes of an arc = km / (km/h) x 60 + seconds of give way and signals at its end / 60
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from assetopt.errors import Issue, ScenarioError
from assetopt.travel.geodesic import km_apart
from assetopt.travel.osm import Network
from assetopt.travel.roads import RoadRules

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["RoadGraph", "build_graph", "least_arcs"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

_LEAST_MINUTES: Final = 1e-9  # an arc of no length must not vanish from a sparse matrix


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Junctions, chains between them, and the nodes along the chains.

    Attributes
    ----------
    lat, lon : ndarray of float64, shape (nodes,)
        Every node of the network that the mode may use.
    junction : ndarray of int, shape (nodes,)
        Number of the junction that a node is, -1 for nodes along a chain.
    stopping : ndarray of bool, shape (nodes,)
        Whether journeys may start and end there.
    tail, head : ndarray of int, shape (chains,)
        Junctions at which each chain starts and ends.
    minutes : ndarray of float64, shape (chains,)
    inner_node, inner_chain : ndarray of int, shape (n,)
        A node along a chain, and the chain; two-way roads are two chains.
    inner_minutes : ndarray of float64, shape (n,)
        Minutes from the start of the chain to the node.
    """

    lat: FloatArray
    lon: FloatArray
    junction: IndexArray
    stopping: BoolArray
    tail: IndexArray
    head: IndexArray
    minutes: FloatArray
    inner_node: IndexArray
    inner_chain: IndexArray
    inner_minutes: FloatArray

    @property
    def junctions(self) -> int:
        """How many junctions there are."""
        return int(self.junction.max(initial=-1)) + 1

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return everything as arrays by name, to be stored."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> RoadGraph:
        """Return the graph that `arrays` came from."""
        return cls(**arrays)  # type: ignore[arg-type]

    def reversed_with(self, nodes: IndexArray) -> tuple[sparse.csr_matrix, IndexArray]:
        """Return the graph with every arc turned round and some nodes put into their chains, and the nodes' numbers.

        Parameters
        ----------
        nodes : ndarray of int
            Nodes that journeys start or end at.

        Returns
        -------
        csr_matrix of float64
            Minutes from the row back to the column.
        ndarray of int, shape of ``nodes``
            Rows of the matrix.
        """
        from scipy import sparse

        inner = np.unique(nodes[self.junction[nodes] < 0])
        number = self.junction.copy()
        number[inner] = self.junctions + np.arange(len(inner))
        is_stop = np.zeros(len(self.lat), dtype=bool)
        is_stop[inner] = True
        on = np.flatnonzero(is_stop[self.inner_node])
        on = on[np.lexsort((self.inner_minutes[on], self.inner_chain[on]))]
        chain, stop, spent = self.inner_chain[on], number[self.inner_node[on]], self.inner_minutes[on]
        first = np.ones(len(on), dtype=bool)
        first[1:] = chain[1:] != chain[:-1]
        last = np.ones(len(on), dtype=bool)
        last[:-1] = first[1:]
        before = np.where(first, self.tail[chain], np.roll(stop, 1))
        spent_before = np.where(first, 0.0, np.roll(spent, 1))
        tail = np.concatenate([self.tail, before, stop[last]])
        head = np.concatenate([self.head, stop, self.head[chain[last]]])
        minutes = np.concatenate([self.minutes, spent - spent_before, self.minutes[chain[last]] - spent[last]])
        tail, head, minutes = least_arcs(tail, head, minutes)
        size = self.junctions + len(inner)
        matrix: sparse.csr_matrix = sparse.csr_matrix(
            (np.maximum(minutes, _LEAST_MINUTES), (head, tail)), shape=(size, size)
        )
        return matrix, number[nodes]


def least_arcs(tail: IndexArray, head: IndexArray, minutes: FloatArray) -> tuple[IndexArray, IndexArray, FloatArray]:
    """Return each pair of places once, with its least minutes, and none from a place to itself.

    A sparse matrix would add parallel arcs up: two roads between the same junctions would be slower than either.
    """
    keep = np.flatnonzero(tail != head)
    order = keep[np.lexsort((minutes[keep], head[keep], tail[keep]))]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (tail[order[1:]] != tail[order[:-1]]) | (head[order[1:]] != head[order[:-1]])
    order = order[first]
    return tail[order], head[order], minutes[order]


def build_graph(network: Network, rules: RoadRules) -> RoadGraph:
    """Return the graph of one mode.

    Raises
    ------
    ScenarioError
        There is nothing in the network that the mode may use.
    """
    tail, head, minutes, rank, stopping = _arcs(network, rules)
    nodes = _largest_part(tail, head, len(network.lat))
    if not len(nodes):
        what = f"the network has no road that may be used by {rules.mode}"
        raise ScenarioError([Issue("[travel] network", what, "take an extract that covers the zones and sites")])
    number = np.full(len(network.lat), -1, dtype=np.intp)
    number[nodes] = np.arange(len(nodes))
    inside = (number[tail] >= 0) & (number[head] >= 0)
    tail, head, minutes, rank = number[tail[inside]], number[head[inside]], minutes[inside], rank[inside]
    may_stop = np.zeros(len(nodes), dtype=bool)
    may_stop[tail[stopping[inside]]] = may_stop[head[stopping[inside]]] = True
    degree = _neighbours(tail, head, len(nodes))
    top = np.full(len(nodes), 99, dtype=np.intp)
    np.minimum.at(top, tail, rank)
    np.minimum.at(top, head, rank)
    gives_way = (degree[head] > 2) & (rank > top[head])
    minutes = minutes + gives_way * (rules.give_way_seconds / 60.0)
    lights = np.array([n for n, tags in network.node_tags.items() if tags.get("highway") == "traffic_signals"], np.intp)
    signal = np.zeros(len(nodes), dtype=bool)
    signal[number[lights[number[lights] >= 0]]] = True
    minutes = minutes + signal[head] * (rules.signal_seconds / 60.0)
    return _contracted(network.lat[nodes], network.lon[nodes], may_stop, tail, head, minutes, degree)


def _arcs(network: Network, rules: RoadRules) -> tuple[IndexArray, IndexArray, FloatArray, IndexArray, BoolArray]:
    """Return the arcs that a mode may use, each pair once: tail, head, minutes, importance, whether one may stop."""
    speeds = np.array([rules.speed(tags) for tags in network.tags], dtype=np.float64).reshape(-1, 2)
    ranks = np.array([rules.rank(tags) for tags in network.tags], dtype=np.intp)
    stops = np.array([rules.stopping(tags) for tags in network.tags], dtype=bool)
    closed = np.zeros(len(network.lat) + 1, dtype=bool)  # the last is the node that is not there, -1
    closed[[n for n, tags in network.node_tags.items() if rules.stops_at(tags)]] = True
    closed[-1] = True
    a, b = network.refs[:-1], network.refs[1:]
    step = np.flatnonzero((network.way[:-1] == network.way[1:]) & ~closed[a] & ~closed[b] & (a != b))
    a, b, kind = a[step], b[step], network.kind[network.way[:-1][step]]
    km = km_apart(network.lat[a], network.lon[a], network.lat[b], network.lon[b])
    along, against = speeds[kind, 0] > 0, speeds[kind, 1] > 0
    tail, head = np.concatenate([a[along], b[against]]), np.concatenate([b[along], a[against]])
    kmh = np.concatenate([speeds[kind[along], 0], speeds[kind[against], 1]])
    minutes = np.concatenate([km[along], km[against]]) / kmh * 60.0
    kinds = np.concatenate([kind[along], kind[against]])
    order = np.lexsort((minutes, head, tail))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    order = order[first]
    return tail[order], head[order], minutes[order], ranks[kinds[order]], stops[kinds[order]]


def _largest_part(tail: IndexArray, head: IndexArray, count: int) -> IndexArray:
    """Return the nodes of the largest part in which every node can be left and come back to."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    if not len(tail):
        return np.empty(0, dtype=np.intp)
    ones = sparse.csr_matrix((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count))
    _, part = connected_components(ones, directed=True, connection="strong")
    used = np.zeros(count, dtype=bool)
    used[tail] = used[head] = True
    largest = np.bincount(part[used]).argmax()
    return np.flatnonzero((part == largest) & used)


def _neighbours(tail: IndexArray, head: IndexArray, count: int) -> IndexArray:
    """Return how many different neighbours each node has, whichever way the arcs go."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    pairs = np.unique(low * np.int64(count) + high)
    return np.bincount(np.concatenate([pairs // count, pairs % count]), minlength=count).astype(np.intp)


def _contracted(
    lat: FloatArray,
    lon: FloatArray,
    stopping: BoolArray,
    tail: IndexArray,
    head: IndexArray,
    minutes: FloatArray,
    degree: IndexArray,
) -> RoadGraph:
    """Merge the chains of nodes with two neighbours, one way or both ways throughout."""
    count = len(lat)
    into, out = np.bincount(head, minlength=count), np.bincount(tail, minlength=count)
    inner = (degree == 2) & (into == out)
    if inner.all():  # a ring: something must be a junction
        inner[0] = False
    junction = np.where(inner, -1, np.cumsum(~inner) - 1)
    # The arc before one that starts along a chain: the one into its tail that does not come from its head.
    by_head = np.argsort(head, kind="stable")
    start = np.searchsorted(head[by_head], np.arange(count))
    first = by_head[start[tail]]
    second = by_head[np.minimum(start[tail] + 1, len(by_head) - 1)]
    earlier = np.where(tail[first] != head, first, second)
    root = np.where(inner[tail], earlier, np.arange(len(tail)))
    spent, above = minutes.copy(), np.where(inner[tail], earlier, -1)
    while (going := np.flatnonzero(above >= 0)).size:
        step = above[going]
        spent[going], above[going] = spent[going] + spent[step], above[step]
    while not np.array_equal(further := root[root], root):
        root = further
    ends = np.flatnonzero(~inner[head])
    chain = np.full(len(tail), -1, dtype=np.intp)
    chain[root[ends]] = np.arange(len(ends))
    along = np.flatnonzero(inner[head])
    return RoadGraph(
        lat, lon, junction.astype(np.intp), stopping, junction[tail[root[ends]]].astype(np.intp),
        junction[head[ends]].astype(np.intp), spent[ends], head[along], chain[root[along]], spent[along],
    )  # fmt: skip
