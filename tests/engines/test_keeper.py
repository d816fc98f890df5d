"""Plans on the way are handed on now and then, the newest only, and a search never waits for it."""

from __future__ import annotations

import threading
import time

import numpy as np
from engine_cases import knapsack

from assetopt.engines import Task
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.keeper import Keeper


class Shelf:
    """Keeps what it is given, and holds the giver up until it is let go."""

    def __init__(self, held: bool = False) -> None:
        self.kept: list[tuple[float, float]] = []
        self.came, self.go = threading.Event(), threading.Event()
        if not held:
            self.go.set()

    def keep(self, values: np.ndarray, bound: float) -> None:
        self.came.set()
        assert self.go.wait(10)
        self.kept.append((float(values[0]), bound))


def test_a_plan_is_handed_on_with_its_bound() -> None:
    shelf = Shelf()
    keeper = Keeper(shelf.keep, first=0.0, every=0.0)
    keeper.hear(np.array([1.0]), -5.0)
    assert shelf.came.wait(10)
    assert keeper.close() is None
    assert shelf.kept == [(1.0, -5.0)]


def test_only_the_newest_of_several_plans_is_handed_on() -> None:
    shelf = Shelf(held=True)
    keeper = Keeper(shelf.keep, first=0.0, every=0.0)
    keeper.hear(np.array([1.0]), 0.0)
    assert shelf.came.wait(10)
    shelf.came.clear()
    for number in (2.0, 3.0, 4.0):
        keeper.hear(np.array([number]), 0.0)
    shelf.go.set()
    assert shelf.came.wait(10)
    keeper.close()
    assert shelf.kept == [(1.0, 0.0), (4.0, 0.0)]


def test_nothing_is_handed_on_before_the_first_moment() -> None:
    shelf = Shelf()
    keeper = Keeper(shelf.keep, first=3600.0, every=0.0)
    keeper.hear(np.array([1.0]), 0.0)
    keeper.close()
    assert shelf.kept == []


def test_what_goes_wrong_ends_the_keeping_and_is_told() -> None:
    came = threading.Event()

    def full(_values: np.ndarray, _bound: float) -> None:
        came.set()
        raise OSError("no space left")

    keeper = Keeper(full, first=0.0, every=0.0)
    keeper.hear(np.array([1.0]), 0.0)
    assert came.wait(10)
    keeper.hear(np.array([2.0]), 0.0)
    assert str(keeper.close()) == "no space left"


def test_no_call_is_begun_near_the_deadline() -> None:
    shelf = Shelf()
    keeper = Keeper(shelf.keep, first=0.0, every=3600.0, deadline=time.monotonic() + 60.0)
    keeper.hear(np.array([1.0]), 0.0)
    assert shelf.came.wait(10)
    keeper._thread.join(10)  # the next call would come after the deadline, so there is none
    assert not keeper._thread.is_alive()
    assert keeper.close() is None


def test_the_incumbent_tells_every_better_plan_and_no_other() -> None:
    heard: list[tuple[list[float], float]] = []
    task = Task(found=lambda values, bound: heard.append((values.tolist(), bound)))
    best = Incumbent(knapsack([60.0, 100.0], [10.0, 20.0], 20.0).matrix, task)
    best.offer(np.array([1.0, 0.0]))
    best.raise_bound(-130.0)
    best.offer(np.array([0.0, 1.0]))
    best.offer(np.array([1.0, 0.0]))
    best.offer(np.array([1.0, 1.0]))
    assert heard == [([1.0, 0.0], -np.inf), ([0.0, 1.0], -130.0)]
