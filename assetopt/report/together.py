"""Files that belong together, put into a folder that stands already: all of them, or those that were there before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MARK = ".partial-"
KEPT = ".before-"


def write_together(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder; none takes its place before all are written in full.

    A process that is killed while they take their places, which is a handful of renames, may leave some new beside some old;
    each is whole, and the next run puts it right.

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
        When they cannot be written, with the name of the file that could not; what stood there before stands there still, and
        nothing else does.
    """
    fresh = {name: folder / f".{name}{MARK}{os.getpid()}" for name in contents}
    before = {name: folder / f".{name}{KEPT}{os.getpid()}" for name in contents}
    try:
        for name, content in contents.items():
            with _told_of(folder / name):
                _clear(folder, name)
                fresh[name].write_bytes(content)
                if (folder / name).is_file():
                    shutil.copy2(folder / name, before[name])
        _take_places(folder, fresh, before)
    finally:
        for path in (*fresh.values(), *before.values()):
            path.unlink(missing_ok=True)
    return [folder / name for name in contents]


def _take_places(folder: Path, fresh: Mapping[str, Path], before: Mapping[str, Path]) -> None:
    """Rename all to their names; where one cannot be, those that were are taken back."""
    done: list[str] = []
    try:
        for name, path in fresh.items():
            done.append(name)
            with _told_of(folder / name):
                path.replace(folder / name)
    except BaseException:
        for name in done:
            if before[name].exists():
                before[name].replace(folder / name)
            else:
                (folder / name).unlink(missing_ok=True)
        raise


@contextmanager
def _told_of(target: Path) -> Iterator[None]:
    """Let an error name the file that is asked for, not the one beside it that is written first."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error


def _clear(folder: Path, name: str) -> None:
    """Take away what a run that was killed has left unfinished."""
    for mark in (MARK, KEPT):
        for left in folder.glob(f".{name}{mark}*"):
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
