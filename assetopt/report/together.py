"""Files that belong together, put into a folder that stands already: all of them, or those that were there before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

MARK = ".partial-"


def write_together(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder; none takes its place before all are written in full.

    Parameters
    ----------
    folder : pathlib.Path
        Stands already.
    contents : mapping
        File name = what is to be in it; put in place in this order.

    Returns
    -------
    list of pathlib.Path
        What was written.

    Raises
    ------
    OSError
        When they cannot be written; what stood there before stands there still, and nothing else does.
    """
    fresh = {name: folder / f".{name}{MARK}{os.getpid()}" for name in contents}
    try:
        _clear(folder, contents)
        for name, content in contents.items():
            fresh[name].write_bytes(content)
        for name, path in fresh.items():
            path.replace(folder / name)
    finally:
        for path in fresh.values():
            path.unlink(missing_ok=True)
    return [folder / name for name in contents]


def _clear(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Take away what a run that was killed has left unfinished."""
    for name in contents:
        for left in folder.glob(f".{name}{MARK}*"):
            if not _runs(left.name.rpartition("-")[2]):
                left.unlink(missing_ok=True)


def _runs(process: str) -> bool:
    """Say whether a process runs; one that may not be asked does."""
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True
