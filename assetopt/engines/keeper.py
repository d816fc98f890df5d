"""Hands the best plan on to be kept now and then while the search goes on, so that a lost run does not lose its plan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from assetopt.program import Floats


class Keeper:
    """Calls ``keep(values, bound)`` with the newest plan, in a thread of its own, at most every ``every`` seconds.

    The search itself only leaves its plans here; it neither waits nor sees anything of what is done with them.

    Parameters
    ----------
    keep : callable
        May take its time; what it raises ends the keeping and is given back by :meth:`close`.
    first, every : float
        Seconds to the first call, and between the end of one and the next; at least ten times what the last one took.
    deadline : float
        ``time.monotonic()`` near which no call is begun that would not be done in time, judging by the last.
    """

    def __init__(
        self, keep: Callable[[Floats, float], None], *, first: float, every: float, deadline: float = float("inf")
    ) -> None:
        self._keep, self._every, self._deadline = keep, every, deadline
        self._newest: tuple[Floats, float] | None = None
        self._error: Exception | None = None
        self._closed = False
        self._change = threading.Condition()
        self._next = time.monotonic() + first
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def hear(self, values: Floats, bound: float) -> None:
        """Leave a better plan here; returns at once."""
        with self._change:
            self._newest = (values, bound)
            self._change.notify()

    def close(self) -> Exception | None:
        """End the keeping, waiting for a call that is under way; return what went wrong, if anything did."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join()
        return self._error

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._closed and (self._newest is None or time.monotonic() < self._next):
                    self._change.wait(None if self._newest is None else max(0.0, self._next - time.monotonic()))
                if self._closed or self._newest is None:
                    return
                (values, bound), self._newest = self._newest, None
            began = time.monotonic()
            try:
                self._keep(values, bound)
            except Exception as error:
                self._error = error
                return
            took = time.monotonic() - began
            self._next = time.monotonic() + max(self._every, 10.0 * took)
            if self._next + 2.0 * took > self._deadline:
                return
