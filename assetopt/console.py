"""What the command line shows: messages that no name in the data can garble, and progress while a plan is searched."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from assetopt.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Callable

    from assetopt.engines.outcome import Progress

EVERY_SECONDS = 5.0
"""Progress that is not shown on a terminal is written at most this often, or when the phase changes."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal; tab and line feed are left."""


def say(text: str = "", stream: TextIO | None = None) -> None:
    """Print a text, never wrapped or cut; characters that steer a terminal are shown as a box."""
    out = sys.stdout if stream is None else stream
    line = _CONTROL.sub("�", text) + "\n"
    try:
        out.write(line)
    except UnicodeEncodeError:
        out.write(line.encode(out.encoding or "ascii", errors="replace").decode(out.encoding or "ascii"))
    out.flush()


def complain(text: str) -> None:
    """Print a text to standard error."""
    say(text, sys.stderr)


def list_issues(issues: Iterable[Issue], what: str = "fault") -> None:
    """Print each issue on its line, and how many there are."""
    count = 0
    for count, issue in enumerate(issues, start=1):  # noqa: B007
        complain(str(issue).replace("\n", " "))
    complain(f"{count} {what}{'' if count == 1 else 's'}")


def progress_text(progress: Progress) -> str:
    """Return one line of progress: time, phase, best plan, bound and gap."""
    from assetopt.certificate import gap_of, pounds

    parts = [f"{progress.seconds:6.1f} s", progress.phase]
    if progress.best is not None:
        parts.append(f"best {pounds(progress.best)}")
    if progress.bound is not None:
        parts.append(f"bound {pounds(progress.bound)}")
    gap = gap_of(progress.best, progress.bound)
    if gap is not None:
        parts.append(f"gap {gap:.3%}")
    return "  ".join(parts)


@contextlib.contextmanager
def progress_shown(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows progress on standard error: a status line on a terminal, else lines now and then."""
    if quiet:
        yield lambda progress: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status("reading") as status:
            yield lambda progress: status.update(Text(progress_text(progress)))
    else:
        yield _Lines()


class _Lines:
    """Writes a line of progress when the phase changes, and otherwise every few seconds."""

    def __init__(self) -> None:
        self.phase = ""
        self.last = -EVERY_SECONDS

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.phase != self.phase or now - self.last >= EVERY_SECONDS:
            self.phase, self.last = progress.phase, now
            complain(progress_text(progress))
