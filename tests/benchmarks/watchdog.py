"""Runs one process with its own clock and memory limit, kills it with all it started, and says what it used."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PULSE = 0.1
"""Seconds between two looks."""

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True)
class Watched:
    """How a process ended and what it used, its own children included.

    Attributes
    ----------
    ended : "itself", "time" or "memory"
    code : int
        Exit code; negative is the signal.
    seconds, cpu : float
        Wall seconds since its clock started (see `watch`), and processor seconds from its beginning.
    memory_mb : float
        The most that it and its children held at one time: the larger of the kernel's figure for one process and of the
        sums seen ten times a second.
    """

    ended: Literal["itself", "time", "memory"]
    code: int
    seconds: float
    cpu: float
    memory_mb: float


def watch(
    command: Sequence[str],
    *,
    seconds: float,
    memory_mb: float,
    log: Path,
    folder: Path,
    clock: Path | None = None,
    before: float = 0.0,
) -> Watched:
    """Run ``command`` in ``folder``; what it prints goes to ``log``.

    It has ``seconds`` from its start, or where a ``clock`` file is named, from when that file appears, and ``before`` seconds
    until then. Whatever it started and left running is killed at the end, also when this is interrupted.
    """
    began = time.monotonic()
    deadline = began + (seconds if clock is None else before)
    waiting = clock
    family: dict[int, str] = {}
    most, cpu = 0.0, 0.0
    ended: Literal["itself", "time", "memory"] = "itself"
    with log.open("wb") as out:
        child = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
            # what a killed solver leaves in its temporary files goes with the folder of the log
            env={**os.environ, "TMPDIR": str(log.parent)},
        )
        try:
            while True:
                pid, status, used = os.wait4(child.pid, os.WNOHANG)
                if pid:
                    break
                seen = _family(child.pid, family)
                most = max(most, sum(megabytes for megabytes, _ in seen))
                cpu = max(cpu, sum(spent for _, spent in seen))
                if waiting is not None and waiting.exists():
                    began, waiting = time.monotonic(), None
                    deadline = began + seconds
                late, large = time.monotonic() > deadline, most > memory_mb
                if ended == "itself" and (late or large):
                    ended = "time" if late else "memory"
                if ended != "itself":
                    _kill(family)
                time.sleep(PULSE)
            child.returncode = os.waitstatus_to_exitcode(status)
        finally:
            _kill(family)
            if child.returncode is None:
                child.kill()
                child.wait()
    return Watched(
        ended=ended,
        code=child.returncode,
        seconds=time.monotonic() - began,
        cpu=max(cpu, used.ru_utime + used.ru_stime),
        memory_mb=max(most, used.ru_maxrss / 1024),
    )


def resident_mb() -> float:
    """Return what this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB


def peak_mb() -> float:
    """Return the most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat after the name: state, parent, ... (field 3 of the manual is the first)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _family(root: int, known: dict[int, str]) -> list[tuple[float, float]]:
    """Return (resident MB, processor seconds) of ``root`` and its descendants, and add them to ``known`` (pid: start)."""
    table = {int(name): stat for name in os.listdir("/proc") if name.isdigit() and (stat := _stat(int(name)))}
    members = {root} | {pid for pid, start in known.items() if pid in table and table[pid][19] == start}
    grown = True
    while grown:
        more = {pid for pid, stat in table.items() if int(stat[1]) in members} - members
        members |= more
        grown = bool(more)
    known |= {pid: table[pid][19] for pid in members if pid in table}
    return [
        (int(table[pid][21]) * _PAGE_MB, sum(map(int, table[pid][11:15])) / _TICK) for pid in members if pid in table
    ]


def _kill(family: dict[int, str]) -> None:
    """Kill every process of a family that is still the one that was seen (not another that took its number)."""
    for pid, start in family.items():
        stat = _stat(pid)
        if stat is not None and stat[19] == start:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
