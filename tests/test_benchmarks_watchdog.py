"""A run that hangs, or takes too much memory, is killed with everything it started, and what it used is told."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from benchmarks import session
from benchmarks.case import Case, Location, Subject
from benchmarks.watchdog import Watched, watch


def run(tmp_path: Path, program: str, *, seconds: float = 20.0, memory_mb: float = 4_000.0) -> Watched:
    command = [sys.executable, "-c", program]
    return watch(command, seconds=seconds, memory_mb=memory_mb, log=tmp_path / "log", folder=tmp_path)


def gone(pid: int) -> bool:
    """Say whether a process ended; one that nobody has waited for yet has ended too."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_a_process_that_ends_is_left_alone_and_measured(tmp_path: Path) -> None:
    used = run(
        tmp_path, "import time; t = time.process_time()\nwhile time.process_time() < t + 0.3: pass\nprint('done')"
    )
    assert (used.ended, used.code) == ("itself", 0)
    assert used.cpu >= 0.3
    assert used.memory_mb > 1
    assert (tmp_path / "log").read_text() == "done\n"


def test_memory_is_that_of_the_largest_moment(tmp_path: Path) -> None:
    # 200 MB of ones, held no longer than it takes to make them: the kernel's own figure has them
    used = run(tmp_path, "x = b'1' * 200_000_000; del x")
    assert used.memory_mb >= 190


def test_a_process_that_hangs_is_killed(tmp_path: Path) -> None:
    used = run(tmp_path, "import time; time.sleep(600)", seconds=0.5)
    assert used.ended == "time"
    assert used.code < 0


def test_what_a_killed_process_started_is_killed_too_even_in_a_session_of_its_own(tmp_path: Path) -> None:
    inner = "import time; time.sleep(600)"
    program = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {inner!r}], start_new_session=True)\n"
        "open('part', 'w').write(str(child.pid))\n"
        "import os; os.rename('part', 'pid')\n"
        "time.sleep(600)"
    )
    used = watch(
        [sys.executable, "-c", program],
        seconds=0.3,
        memory_mb=4_000.0,
        log=tmp_path / "log",
        folder=tmp_path,
        clock=tmp_path / "pid",
        before=60.0,
    )
    assert used.ended == "time"
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_process_that_takes_too_much_memory_is_killed(tmp_path: Path) -> None:
    used = run(tmp_path, "import time; x = b'1' * 300_000_000; time.sleep(600)", memory_mb=200)
    assert used.ended == "memory"


def test_the_clock_starts_when_its_file_appears(tmp_path: Path) -> None:
    program = "import time; time.sleep(0.8); open('clock', 'w'); time.sleep(600)"
    began = time.monotonic()
    used = watch(
        [sys.executable, "-c", program],
        seconds=0.3,
        memory_mb=4_000.0,
        log=tmp_path / "log",
        folder=tmp_path,
        clock=tmp_path / "clock",
        before=60.0,
    )
    # it lived through the 0.8 s before its clock, then 0.3 s more
    assert used.ended == "time"
    assert time.monotonic() - began >= 1.1
    assert used.seconds < time.monotonic() - began - 0.5


def test_a_process_that_never_starts_its_clock_is_killed(tmp_path: Path) -> None:
    used = watch(
        [sys.executable, "-c", "import time; time.sleep(600)"],
        seconds=100.0,
        memory_mb=4_000.0,
        log=tmp_path / "log",
        folder=tmp_path,
        clock=tmp_path / "clock",
        before=0.4,
    )
    assert used.ended == "time"


def location() -> Location:
    raise AssertionError("read only in the run's own process")


SUBJECT = Subject("town", "Town", "location", ("cbc",), (1.0,), lambda: [Case("t", location)], lambda: "")


@pytest.mark.parametrize(("ended", "why"), [("time", "15 s after its budget"), ("memory", "at 14,000 MB")])
def test_a_killed_peer_is_recorded_as_killed_and_has_no_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: str, why: str
) -> None:
    def killed(*_: object, **__: object) -> Watched:
        return Watched(ended, -9, 16.0, 15.5, 300.0)  # type: ignore[arg-type]

    monkeypatch.setattr(session, "watch", killed)
    plan = session.Plan(who=("cbc",))
    record = session.run(SUBJECT, Case("t", location), plan, 1.0, "cbc", {"size": "1 x 1"}, tmp_path, tmp_path)
    assert (record.outcome, record.why, record.objective, record.cpu) == ("killed", why, None, 15.5)


def test_a_peer_that_fails_is_recorded_with_its_last_words_and_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed(*_: object, **__: object) -> Watched:
        (tmp_path / "log.txt").write_text(
            "Traceback ...\nOSError: no file " + os.sep.join(["", "a", "b", "c.py"]) + "\n"
        )
        return Watched("itself", 1, 1.0, 1.0, 100.0)

    monkeypatch.setattr(session, "watch", failed)
    record = session.run(
        SUBJECT, Case("t", location), session.Plan(who=("cbc",)), 1.0, "cbc", {"size": "1 x 1"}, tmp_path, tmp_path
    )
    assert (record.outcome, record.why) == ("failed", "OSError: no file ...")
