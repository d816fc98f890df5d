"""Runs a solver beside the waiting main thread, so that Ctrl-C works and a solver that will not stop is left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from assetopt.engines.outcome import Task

T = TypeVar("T")

GRACE = 5.0
"""Seconds a solver may take to stop after the deadline or after it was asked to."""

_TICK = 0.1


def watched(work: Callable[[], T], task: Task, grace: float = GRACE) -> T | None:
    """Run ``work`` in a daemon thread and return its result, or None when it was left behind.

    The calling thread waits in short steps, so that Python's signal handlers run (one of them may set ``task.stop``).
    ``work`` should watch ``task.stop`` and ``task.deadline`` itself; if it is still at it ``grace`` seconds after
    either, it is abandoned. An exception in ``work`` is raised here.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    done = threading.Event()

    def body() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=body, name="assetopt-solver", daemon=True).start()
    asked: float | None = None
    while not done.wait(_TICK):
        now = time.monotonic()
        if asked is None and (task.stop.is_set() or now >= task.deadline):
            asked = now
        if asked is not None and now >= asked + grace:
            return None
    if errors:
        raise errors[0]
    return results[0]
