"""A machine that fails: a full disk, a read-only folder, a clock that goes back, two runs in one folder, little memory."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from small_estate import write_model
from typer.testing import CliRunner

from assetopt.cli import app
from assetopt.memory_limit import ENOUGH, is_lack_of_memory, scarce_memory
from assetopt.registry import Registry
from assetopt.report import verify_folder
from assetopt.report.approvals import APPROVALS_FILE, approve, check_approvals, read_log
from assetopt.report.audit import read_document

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and limits of Linux")


def said(*words: object, code: int) -> str:
    run = CliRunner().invoke(app, [str(word) for word in words])
    assert run.exit_code == code, run.output
    told = run.stdout + run.stderr
    assert "fault of the program" not in told
    return told


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("machine")
    said("solve", write_model(folder), "--out", folder / "out", "--quiet", code=0)
    return folder


def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a small disk of memory, where this account may."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this account may not mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    yield from mounted(tmp_path / "disk", "size=256k")


@pytest.fixture
def locked_disk(tmp_path: Path) -> Iterator[Path]:
    yield from mounted(tmp_path / "disk", "ro,size=256k")


def fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with contextlib.suppress(OSError), (disk / "fill").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    free = os.statvfs(disk).f_bavail
    assert free == 0


# --- full disk --------------------------------------------------------------------------------------------------------


def test_a_report_that_does_not_fit_on_the_disk_leaves_nothing_and_says_so(solved: Path, small_disk: Path) -> None:
    told = said("solve", solved / "small.toml", "--out", small_disk / "out", "--quiet", code=2)
    assert "No space left on device; make room" in told
    assert not list(small_disk.iterdir())


def test_a_report_is_not_lost_when_its_successor_does_not_fit(solved: Path, tmp_path: Path) -> None:
    for disk in mounted(tmp_path / "disk", "size=2M"):
        shutil.copytree(solved / "out", disk / "out")
        before = {path.name: path.read_bytes() for path in (disk / "out").iterdir() if path.is_file()}
        fill(disk)
        said("solve", solved / "small.toml", "--out", disk / "out", "--overwrite", "--quiet", code=2)
        assert verify_folder(disk / "out").ok
        assert {path.name: path.read_bytes() for path in (disk / "out").iterdir() if path.is_file()} == before
        assert {path.name for path in disk.iterdir()} == {"out", "fill"}


def test_registry_and_approvals_on_a_full_disk_keep_what_they_held(solved: Path, tmp_path: Path) -> None:
    for disk in mounted(tmp_path / "disk", "size=2M"):
        shutil.copytree(solved / "out", disk / "out")
        said("runs", "add", disk / "out", "--registry", disk / "runs.db", code=0)
        said("approve", disk / "out", "--partner", "kcc", "--as", "Director", code=0)
        held, log = Registry(disk / "runs.db").runs(), (disk / "out" / APPROVALS_FILE).read_bytes()
        fill(disk)
        while (
            told := CliRunner().invoke(app, ["runs", "add", str(solved / "out"), "--registry", str(disk / "runs.db")])
        ).exit_code == 0:
            fill(disk)  # SQLite found room in the file itself
            held = Registry(disk / "runs.db").runs()
            assert len(held) < 3
        assert "disk is full" in told.output or "disk I/O" in told.output
        long = "x" * 9_000
        assert "No space" in said("approve", disk / "out", "--partner", "nhs", "--as", "D", "--note", long, code=2)
        assert (disk / "out" / APPROVALS_FILE).read_bytes() == log
        (disk / "fill").unlink()
        assert Registry(disk / "runs.db").runs() == held
        assert verify_folder(disk / "out").ok


@pytest.mark.parametrize("command", ["calendar", "explain"])
def test_what_is_added_to_a_report_stands_whole_or_not_at_all(solved: Path, tmp_path: Path, command: str) -> None:
    for disk in mounted(tmp_path / "disk", "size=4M"):
        shutil.copytree(solved / "out", disk / "out")
        said(command, disk / "out", "--quiet", code=0)
        before = {path.name: path.read_bytes() for path in (disk / "out").iterdir() if path.is_file()}
        fill(disk)
        assert "No space left on device; make room" in said(command, disk / "out", "--quiet", code=2)
        assert {path.name: path.read_bytes() for path in (disk / "out").iterdir() if path.is_file()} == before
        assert verify_folder(disk / "out").ok


@pytest.mark.parametrize("command", ["calendar", "explain"])
def test_a_report_that_may_not_be_written_to_is_told(solved: Path, tmp_path: Path, command: str) -> None:
    for disk in mounted(tmp_path / "disk", "size=4M"):
        shutil.copytree(solved / "out", disk / "out")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert "Read-only file system" in said(command, disk / "out", "--quiet", code=2)


@pytest.mark.parametrize("words", [["init"], ["init", "--xlsx"]])
def test_a_template_on_a_full_disk_leaves_nothing(small_disk: Path, words: list[str]) -> None:
    fill(small_disk)
    (small_disk / "a").mkdir()
    said(*words, small_disk / "a" / "new", code=2)
    assert not list((small_disk / "a").iterdir())


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from assetopt.cli import main
main()
"""


def test_files_that_may_not_grow_are_told_of_like_a_full_disk(solved: Path, tmp_path: Path) -> None:
    """As where no disk can be mounted: a limit on the size of a file, which everybody may set."""
    command = [sys.executable, "-c", LIMITED, "solve", str(solved / "small.toml"), "--out", str(tmp_path / "out")]
    run = subprocess.run([*command, "--quiet"], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert run.returncode == 2, run.stderr
    assert "File too large; make room" in run.stderr
    assert not list(tmp_path.iterdir())


# --- read-only folder -------------------------------------------------------------------------------------------------


def test_nothing_is_solved_for_a_folder_that_cannot_be_written(solved: Path, locked_disk: Path) -> None:
    assert "may not be written to" in said("solve", solved / "small.toml", "--out", locked_disk / "o", code=2)
    told = said("solve", solved / "small.toml", "--out", solved / "o2", "--registry", locked_disk / "r.db", code=2)
    assert "unable to open database file" in told
    assert not (solved / "o2").exists()
    assert "Read-only file system" in said("init", locked_disk / "new", code=2)


# --- clock ------------------------------------------------------------------------------------------------------------


def test_a_clock_that_goes_back_breaks_neither_registry_nor_log(
    solved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Backwards(datetime):
        hours = 0

        @classmethod
        def now(cls, tz: object = None) -> datetime:
            cls.hours += 1
            return datetime(2027, 1, 1, tzinfo=tz) - timedelta(hours=cls.hours)  # type: ignore[arg-type]

    monkeypatch.setattr("assetopt.registry.datetime", Backwards)
    monkeypatch.setattr("assetopt.report.approvals.datetime", Backwards)
    out, base = tmp_path / "out", tmp_path / "runs.db"
    said("solve", solved / "small.toml", "--out", out, "--registry", base, "--quiet", code=0)
    (run,) = Registry(base).runs()
    assert run.ended < run.began
    assert run.status == "optimal"
    document = read_document(out)
    for who in ("kcc", "nhs"):
        approve(out, document, who, "Director", ["plan"])
    log, faults = read_log(out)
    assert not faults
    assert log[1].at < log[0].at
    assert not list(check_approvals(out, document))
    assert run.run_id in said("runs", "list", "--registry", base, code=0)


# --- two at once ------------------------------------------------------------------------------------------------------


def test_two_runs_at_once_into_one_folder_leave_one_whole_report(solved: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "assetopt", "solve", str(solved / "small.toml"), "--out", str(tmp_path / "out")]
    runs = [
        subprocess.Popen([*command, "--quiet", "--overwrite"], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [(run.communicate(timeout=120)[1], run.returncode) for run in runs]
    assert 0 in [code for _, code in ends], ends
    assert all(code in (0, 2) and "fault of the program" not in told for told, code in ends), ends
    assert verify_folder(tmp_path / "out").ok
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


# --- memory -----------------------------------------------------------------------------------------------------------

SHORT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from assetopt.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("limit", [400_000_000, 600_000_000])
def test_a_limit_on_memory_is_told_before_and_its_breach_in_words(solved: Path, tmp_path: Path, limit: int) -> None:
    command = [sys.executable, "-c", SHORT, str(limit), "solve", str(solved / "small.toml"), "--out"]
    threads = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run([*command, str(tmp_path / "out")], capture_output=True, text=True, cwd=ROOT, env=threads)
    assert "the limit on memory (ulimit -v) is 0." in run.stderr
    assert "Traceback" not in run.stderr
    assert "fault of the program" not in run.stderr
    if run.returncode == 0:
        assert verify_folder(tmp_path / "out").ok
    else:
        assert not (tmp_path / "out").exists() or verify_folder(tmp_path / "out").ok


def test_a_library_that_was_refused_memory_is_known_by_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_lack_of_memory(ImportError("x.so: failed to map segment from shared object"))
    assert is_lack_of_memory(RuntimeError("can't start new thread"))
    assert not is_lack_of_memory(ImportError("No module named x"))
    wrapped = ValueError("while reading")
    wrapped.__cause__ = MemoryError()
    assert is_lack_of_memory(wrapped)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1_500_000_000, -1))
    assert "is 1.5 GB; below 3 GB" in scarce_memory()
    monkeypatch.setattr(resource, "getrlimit", lambda which: (ENOUGH, -1))
    assert scarce_memory() == ""
