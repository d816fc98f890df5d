"""Spoiled files of every kind are refused in words or read; none ends in a traceback, a hang or a wrong figure.

``ASSETOPT_FUZZ_CASES=100000 ASSETOPT_FUZZ_FIRST=0 pytest -m slow tests/test_fuzz.py`` runs that many cases from that one on.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import pytest
from fuzz_subjects import Ground, lay_ground, spoil_and_read, subject_of

CASES, FIRST = int(os.environ.get("ASSETOPT_FUZZ_CASES", "5000")), int(os.environ.get("ASSETOPT_FUZZ_FIRST", "0"))
SECONDS_A_CASE = 90
"""After this long a case counts as hanging; the slowest takes about two.

An OMX file on which HDF5 never ends is given up by the reader after 60."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return lay_ground(tmp_path_factory.mktemp("fuzz"))


def _place(fault: Exception) -> str:
    """Return the line of the package where a fault came out."""
    ours = [at for at in traceback.extract_tb(fault.__traceback__) if "/assetopt/" in Path(at.filename).as_posix()]
    return f"at {ours[-1].name}, line {ours[-1].lineno}" if ours else "in the test"


def faults_of(ground: Ground, first: int, count: int) -> list[str]:
    """Run cases, and return what was neither read nor refused, once a kind."""

    def hangs(number: int, frame: object) -> None:
        raise TimeoutError(f"hangs for more than {SECONDS_A_CASE} seconds")

    found: dict[str, str] = {}
    came_to: Counter[str] = Counter()
    took: Counter[str] = Counter()
    began = time.process_time()
    before = signal.signal(signal.SIGALRM, hangs)
    try:
        for number in range(first, first + count):
            subject = subject_of(number)
            signal.alarm(SECONDS_A_CASE)
            start = time.process_time()
            try:
                came_to[spoil_and_read(number, ground, subject)] += 1
            except Exception as fault:
                came_to["fault"] += 1
                kind = f"{subject.__name__}: {type(fault).__name__} {_place(fault)}"
                found.setdefault(kind, f"case {number}, {kind}: {str(fault)[:500]}")
            finally:
                signal.alarm(0)
                took[subject.__name__] += time.process_time() - start  # type: ignore[assignment]
    finally:
        signal.signal(signal.SIGALRM, before)
    print(f"cases {first} to {first + count - 1}: {dict(came_to)}, {time.process_time() - began:.0f} s of processor")
    print(", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.most_common(8)))
    assert sum(came_to.values()) == count
    assert count < 100 or min(came_to["read"], came_to["refused"]) > count // 10, (
        came_to
    )  # else it spoils nothing, or all
    return list(found.values())


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGALRM")


def test_three_hundred_spoiled_files_are_read_or_refused(ground: Ground) -> None:
    assert not faults_of(ground, 0, 300)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_thousands_of_spoiled_files_are_read_or_refused(ground: Ground) -> None:
    found = faults_of(ground, FIRST, CASES)
    assert not found, "\n".join(found)
