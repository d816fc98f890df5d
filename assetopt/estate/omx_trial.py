"""A first reading of an OMX file by another process, since a damaged one can make the HDF5 library hang or crash.

Run by itself (``python omx_trial.py FILE``) it reads every part of the file and says nothing; how it ends is the answer.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LEAST_SECONDS, BYTES_A_SECOND = 60.0, 5_000_000
"""What a reading may take: this long, and longer for a large file; a sound one reads 20 times as fast."""

MAX_NAMES = 10_000_000
"""Zones or sites that one lookup may name."""


def why_unreadable(path: Path, least_seconds: float = LEAST_SECONDS) -> str:
    """Say why an OMX file must not be opened in this process; empty where it may be."""
    seconds = least_seconds + path.stat().st_size / BYTES_A_SECOND
    try:
        trial = subprocess.run(
            [sys.executable, "-I", __file__, str(path.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return f"reading it does not end within {seconds:.0f} seconds: it is damaged"
    if trial.returncode < 0:
        return "it is so damaged that the HDF5 library breaks down on it"
    told = trial.stderr.decode("utf-8", "replace").strip().splitlines()
    return (told[-1] if told else "it cannot be opened") if trial.returncode else ""


def _read_all(path: str) -> None:
    import h5py

    with h5py.File(path, "r") as file:
        for group in ("lookup", "data"):
            _refuse_elsewhere(file, group)
            for name in file.get(group, {}):
                _refuse_elsewhere(file, f"{group}/{name}")
                item = file[f"{group}/{name}"]
                if group == "lookup" and item.size > MAX_NAMES:
                    raise ValueError(f"/lookup names {item.size:,} places; at most {MAX_NAMES:,} are read")
                list(item.attrs.items())
                for start in range(0, item.shape[0] if item.shape else 0, 256):
                    item[start : start + 256]
        list(file.attrs.items())


def _refuse_elsewhere(file, name: str) -> None:  # type: ignore[no-untyped-def]
    """Refuse a part that lies in another file: a file names nothing outside itself."""
    import h5py

    linked = isinstance(file.get(name, getlink=True), h5py.ExternalLink)
    part = None if linked else file.get(name)
    if linked or (isinstance(part, h5py.Dataset) and (part.external or part.is_virtual)):
        raise ValueError(f"/{name} lies in another file; write the matrix into this one")


if __name__ == "__main__":
    try:
        _read_all(sys.argv[1])
    except Exception as fault:
        sys.exit(str(fault).split("\n")[0] or type(fault).__name__)
