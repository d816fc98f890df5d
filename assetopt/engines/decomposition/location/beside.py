"""Runs one piece of work beside another, and hands on what goes wrong in it."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Beside:
    """A thread that starts at once; without work there is none.

    Parameters
    ----------
    work : callable, optional
    """

    def __init__(self, work: Callable[[], None] | None) -> None:
        self._errors: list[BaseException] = []
        self._thread: threading.Thread | None = None
        if work is not None:
            self._thread = threading.Thread(target=self._run, args=(work,), name="assetopt-location", daemon=True)
            self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._errors.append(error)

    def join(self) -> None:
        """Wait for the work to end; raises what it raised."""
        if self._thread is not None:
            self._thread.join()
        if self._errors:
            raise self._errors[0]
