"""Large matrices of estimated minutes are kept on disk, so that the same question is not computed twice.

A file's name is the sha256 of everything its numbers depend on, so a stale answer cannot be found. The cache never
makes a run fail: a folder that cannot be written or a damaged file means computing again, and a note.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["CACHE_BYTES", "MatrixCache", "content_key", "default_cache_folder"]

CACHE_BYTES: Final = 1_000_000_000
"""The folder holds at most this much; the matrices that were used longest ago go first."""

_FORMAT: Final = b"assetopt-travel-1"
_PREFIX: Final = "travel-"
# What reading a damaged or unreadable file may raise: a wrong length in its header can even ask for too much memory.
_DAMAGE: Final = (OSError, ValueError, KeyError, EOFError, MemoryError, NotImplementedError, zipfile.BadZipFile)

FloatArray = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[np.generic]]
Kept = TypeVar("Kept")


def default_cache_folder() -> Path | None:
    """Return ``$ASSETOPT_CACHE``, or ``assetopt`` in ``$XDG_CACHE_HOME`` (``~/.cache``); None when switched off.

    ``ASSETOPT_CACHE=off`` switches the cache off.
    """
    named = os.environ.get("ASSETOPT_CACHE", "")
    if named.casefold() == "off":
        return None
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base:
        return Path(base) / "assetopt"
    try:
        return Path.home() / ".cache" / "assetopt"
    except RuntimeError:  # no home folder
        return None


def content_key(*parts: npt.NDArray[np.float64] | str) -> str:
    """Return the sha256 of arrays (shape and bytes) and texts, in order."""
    digest = hashlib.sha256(_FORMAT)
    for part in parts:
        if isinstance(part, str):
            data, head = part.encode(), f"text {len(part.encode())}"
        else:
            array = np.ascontiguousarray(part, dtype="<f8")
            data, head = array.tobytes(), f"array {array.shape}"
        digest.update(f"|{head}|".encode())
        digest.update(data)
    return digest.hexdigest()


@dataclass(frozen=True)
class MatrixCache:
    """A folder of matrices by content.

    Attributes
    ----------
    folder : Path
        Made when first written to.
    limit : int
        Bytes that the folder may hold.
    """

    folder: Path
    limit: int = CACHE_BYTES

    def get(
        self, key: str, shape: tuple[int, int], compute: Callable[[], FloatArray], note: Callable[[str], None]
    ) -> FloatArray:
        """Return the matrix of that key, from disk or computed and kept.

        Parameters
        ----------
        key : str
            From `content_key`.
        shape : (int, int)
            What is expected; a file of another shape is damaged.
        compute : callable
            Makes the matrix.
        note : callable
            Told, in a sentence, when the cache could not be used.
        """
        return self._found(key, lambda path: _load(path, key, shape), compute, lambda made: {"minutes": made}, note)

    def arrays(self, key: str, compute: Callable[[], Arrays], note: Callable[[str], None]) -> Arrays:
        """Return several arrays by name, from disk or computed and kept: a road graph, or a sparse matrix."""
        return self._found(key, lambda path: _load_all(path, key), compute, lambda made: made, note)

    def _found(
        self,
        key: str,
        load: Callable[[Path], Kept],
        compute: Callable[[], Kept],
        parts: Callable[[Kept], Arrays],
        note: Callable[[str], None],
    ) -> Kept:
        path = self.folder / f"{_PREFIX}{key}.npz"
        try:
            kept = load(path)
        except FileNotFoundError:
            pass
        except _DAMAGE as fault:
            note(f"a stored travel matrix could not be read ({type(fault).__name__}) and was computed again")
        else:
            with contextlib.suppress(OSError):
                os.utime(path)  # used now: the last to go
            return kept
        made = compute()
        try:
            self._keep(path, key, parts(made))
        except OSError as fault:
            note(f"travel matrices are not stored: the cache folder cannot be used ({type(fault).__name__})")
        return made

    def _keep(self, path: Path, key: str, arrays: Arrays) -> None:
        """Write whole or not at all, then make room."""
        if sum(array.nbytes for array in arrays.values()) > self.limit:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".writing-", suffix=".npz", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                np.savez(stream, key=np.array(key), **arrays)  # type: ignore[arg-type]
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        self._make_room(path)

    def _make_room(self, newest: Path) -> None:
        """Remove the matrices used longest ago until the folder is within its limit."""
        entries: list[tuple[float, int, Path]] = []
        for entry in self.folder.glob(f"{_PREFIX}*.npz"):
            with contextlib.suppress(OSError):  # another process may have removed it
                stat = entry.stat()
                entries.append((stat.st_mtime, stat.st_size, entry))
        total = sum(size for _, size, _ in entries)
        for _, size, entry in sorted(entries):
            if total <= self.limit:
                return
            if entry != newest:
                with contextlib.suppress(OSError):
                    entry.unlink()
                total -= size


def _load_all(path: Path, key: str) -> Arrays:
    """Return the arrays in a file, or raise when it is not what its name says."""
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        if str(stored["key"]) != key:
            raise ValueError("the key inside differs from the name")
        return {name: np.asarray(stored[name]) for name in stored.files if name != "key"}


def _load(path: Path, key: str, shape: tuple[int, int]) -> FloatArray:
    """Return the matrix in a file, or raise when it is not what its name says."""
    # Opened here because np.load leaves a damaged file open.
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        if str(stored["key"]) != key:
            raise ValueError("the key inside differs from the name")
        matrix = np.asarray(stored["minutes"])
    if matrix.dtype != np.float64 or matrix.shape != shape:
        raise ValueError("not a matrix of the expected shape")
    return matrix
