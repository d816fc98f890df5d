"""Who is measured: each peer is a module that takes a location problem, an estate's programme, or both.

A module has ``solve_location(problem, limits)`` and ``solve_matrix(handed, limits)`` as far as it can; both return a
`benchmarks.found.Found`. Heavy imports stand at its top: they are made before the clock starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import cast

from benchmarks.case import Kind, Limits, Location, Question
from benchmarks.found import Found
from benchmarks.handover import Handed

OURS = "assetopt"


@dataclass(frozen=True)
class Peer:
    """A peer: its name on the command line, its module, and the packages whose versions are shown."""

    name: str
    module: str
    packages: tuple[str, ...]

    def missing(self) -> str:
        """Return the first of its packages that is not installed, "" for none."""
        for package in self.packages:
            try:
                version(package)
            except PackageNotFoundError:
                return package
        return ""

    def versions(self) -> dict[str, str]:
        """Return the version of each of its packages."""
        return {package: version(package) for package in self.packages}


_ALL = (
    Peer("cbc", "cbc", ("pulp",)),
    Peer("highs", "highs", ("highspy",)),
    Peer("scip", "scip", ("pyscipopt",)),
    Peer("cp-sat", "cpsat", ("ortools",)),
    Peer("spopt", "spopt_median", ("spopt", "pulp")),
    Peer("pulp", "pulp_build", ("pulp",)),
    Peer(OURS, "ours", ("assetopt", "highspy")),
)
PEERS = {peer.name: peer for peer in _ALL}
"""Peers by name; the last is ourselves."""


def location_solver(name: str) -> Callable[[Location, Limits], Found]:
    """Return a peer's way to solve location problems, its packages imported."""
    module = import_module(f"benchmarks.peers.{PEERS[name].module}")
    return cast(Callable[[Location, Limits], Found], module.solve_location)


def matrix_solver(name: str) -> Callable[[Handed, Limits], Found]:
    """Return a peer's way to solve a programme, its packages imported."""
    module = import_module(f"benchmarks.peers.{PEERS[name].module}")
    return cast(Callable[[Handed, Limits], Found], module.solve_matrix)


def estate_solver(kind: Kind) -> Callable[[Question, Limits], Found]:
    """Return our way to solve an estate, or where the subject only builds, to formulate it."""
    module = import_module(f"benchmarks.peers.{PEERS[OURS].module}")
    return cast(Callable[[Question, Limits], Found], module.build if kind == "build" else module.solve_estate)
