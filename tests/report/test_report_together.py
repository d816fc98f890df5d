"""Files that belong together stand together: all new ones, or all old ones."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assetopt.report.together import KEPT, MARK, write_together

OLD = {"a.csv": b"old a", "b.json": b"old b"}
NEW = {"a.csv": b"new a", "b.json": b"new b", "c.svg": b"new c"}


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_of_them_take_the_place_of_those_before(tmp_path: Path) -> None:
    write_together(tmp_path, OLD)
    (tmp_path / "plan.json").write_bytes(b"mine")
    assert write_together(tmp_path, NEW) == [tmp_path / name for name in NEW]
    assert held(tmp_path) == {**NEW, "plan.json": b"mine"}


def test_where_one_cannot_be_written_all_stay_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_together(tmp_path, OLD)
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name.startswith(".c.svg"):
            write(path, content[:2])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*/c\.svg'$"):
        write_together(tmp_path, NEW)
    assert held(tmp_path) == OLD


def test_where_one_cannot_take_its_place_those_that_did_are_taken_back(tmp_path: Path) -> None:
    write_together(tmp_path, {"b.json": b"old b"})
    (tmp_path / "c.svg").mkdir()
    (tmp_path / "c.svg" / "mine").write_bytes(b"")
    with pytest.raises(OSError, match=r"/c\.svg'$"):
        write_together(tmp_path, NEW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "c.svg"]
    assert (tmp_path / "b.json").read_bytes() == b"old b"


def test_an_interruption_between_two_renames_takes_the_first_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_together(tmp_path, OLD)
    replace = Path.replace

    def stopped(path: Path, target: Path) -> Path:
        if MARK in path.name and target.name == "b.json":
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_together(tmp_path, NEW)
    assert held(tmp_path) == OLD


KILLED = """
import os, signal, sys
from pathlib import Path
from assetopt.report.together import write_together
write = Path.write_bytes
def killed(path, content):
    write(path, content)
    if path.name.startswith(".b.json"):
        os.kill(os.getpid(), signal.SIGKILL)
Path.write_bytes = killed
write_together(Path(sys.argv[1]), {"a.csv": b"new a", "b.json": b"new b", "c.svg": b"new c"})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_run_leaves_the_old_files_and_the_next_run_clears_up(tmp_path: Path) -> None:
    write_together(tmp_path, OLD)
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=Path(__file__).parents[2], timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert {name: content for name, content in held(tmp_path).items() if not name.startswith(".")} == OLD
    assert sum(MARK in name for name in held(tmp_path)) == 2
    assert sum(KEPT in name for name in held(tmp_path)) == 1
    alive = f".a.csv{MARK}{os.getppid()}"  # of a run that is still at it: not ours to take away
    (tmp_path / alive).write_bytes(b"")
    write_together(tmp_path, NEW)
    assert held(tmp_path) == {**NEW, alive: b""}
