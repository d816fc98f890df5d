"""Each peer, given a location problem in its own way, finds the plan that paper finds, and the scorer agrees with it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from benchmarks.case import Limits, Location
from benchmarks.peers import PEERS, location_solver
from benchmarks.peers.cbc import bound_told
from benchmarks.score import score
from published import Instance

pytestmark = pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated:DeprecationWarning")

# Facilities with room 5 cost 10 and 20, customers need 2, 2 and 3.
FIXED, ROOM, NEED = np.array([10.0, 20.0]), np.array([5.0, 5.0]), np.array([2.0, 2.0, 3.0])
COST = np.array([[1.0, 2.0, 6.0], [4.0, 5.0, 3.0]])


def town(kind: str) -> Location:
    free = kind in ("UFLP", "PMED")
    instance = Instance(
        kind,
        np.zeros(2) if kind == "PMED" else FIXED,
        np.full(2, 3.0) if free else ROOM,
        np.ones(3) if free else NEED,
        COST,
        1 if kind == "PMED" else None,
        kind in ("UFLP", "CFLP"),
    )
    return Location(instance, single=kind == "SSCFLP", capacitated=not free)


CASES = {
    "UFLP": 19.0,  # the first alone: 10 + 1 + 2 + 6
    "SSCFLP": 36.0,  # 7 needed, so both: 30 + 1 + 2 + 3
    "CFLP": 36.0,
    "PMED": 9.0,  # the first: 1 + 2 + 6, the second 4 + 5 + 3
}


@pytest.mark.parametrize("kind", sorted(CASES))
@pytest.mark.parametrize("peer", ["cbc", "highs", "scip", "cp-sat", "assetopt"])
def test_a_peer_finds_and_proves_the_best_plan(peer: str, kind: str) -> None:
    if PEERS[peer].missing():
        pytest.skip(f"{PEERS[peer].missing()} is not installed")
    problem = town(kind)
    solve = location_solver(peer)
    found = solve(problem, Limits(20.0, 1, 1, time.monotonic()))
    assert score(problem, found).objective == pytest.approx(CASES[kind], rel=1e-6)
    assert found.bound == pytest.approx(CASES[kind], rel=1e-4)
    assert found.bound <= CASES[kind] + 1e-6


@pytest.mark.parametrize(
    ("log", "bound"),
    [
        ("Result - Optimal solution found\n", 7.0),
        ("Result - Stopped on time limit\nLower bound:                    5.5\n", 5.5),
        ("Result - Optimal solution found (within gap tolerance)\n", -np.inf),
        ("Result - Stopped on time limit\n", -np.inf),
    ],
)
def test_the_bound_of_cbc_is_what_its_log_proves(log: str, bound: float) -> None:
    assert bound_told(log, 7.0) == bound
