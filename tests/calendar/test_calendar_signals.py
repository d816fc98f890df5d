"""The real command told to stop, or killed: its best calendar is kept, and no file is ever half written."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from assetopt.report import verify_folder
from assetopt.report.together import MARK

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("ASSETOPT_KILLS", "8"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the shipped county."""
    out = tmp_path_factory.mktemp("plan") / "out"
    words = ["solve", "models/quick.toml", "--out", str(out), "--time-limit", "45", "--quiet"]
    subprocess.run([sys.executable, "-m", "assetopt", *words], cwd=ROOT, check=True, timeout=200)
    return out


def command(folder: Path, seconds: int) -> list[str]:
    words = ["calendar", str(folder), "--time-limit", str(seconds), "--threads", "1"]
    return [sys.executable, "-m", "assetopt", *words]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_search_that_is_told_to_stop_writes_its_best_calendar(
    number: signal.Signals, report: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    shutil.copytree(report, folder)
    with subprocess.Popen(command(folder, 200), cwd=ROOT, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "best £" in line:
                run.send_signal(number)
                break
        run.communicate(timeout=60)
    assert run.returncode == 0
    document = json.loads((folder / "calendar.json").read_text(encoding="utf-8"))
    assert document["verdict"] == {"ok": True, "violations": []}
    assert document["events"]  # the plan changes something, or nothing was there to stop
    assert whole(folder)


def test_a_command_killed_at_any_moment_leaves_every_file_whole(report: Path, tmp_path: Path) -> None:
    """Killed from the first file that is being written on; the next run clears what the killed ones left."""
    folder, draw, left = tmp_path / "out", random.Random(1), 0
    shutil.copytree(report, folder)
    for _ in range(KILLS):
        with subprocess.Popen(
            command(folder, 4), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            while run.poll() is None and not list(folder.glob(f".*{MARK}*")):
                time.sleep(0.0005)
            time.sleep(draw.uniform(0.0, 0.02))
            run.kill()
        left += bool(list(folder.glob(f".*{MARK}*")))
        assert whole(folder)
    assert left > 0  # some were killed in the middle of it
    subprocess.run(command(folder, 4), cwd=ROOT, check=True, timeout=120, capture_output=True)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert whole(folder)
    print(f"killed {KILLS} times, {left} of them in the middle of writing")


def whole(folder: Path) -> bool:
    """Read every file to its end; the plan beside them still verifies."""
    for path in folder.glob("calendar*"):
        text = path.read_text(encoding="utf-8")
        ends = {".csv": "\n", ".json": "}", ".svg": "</svg>", ".ics": "END:VCALENDAR"}[path.suffix]
        assert (text if path.suffix == ".csv" else text.rstrip()).endswith(ends), path.name
        if path.suffix == ".json":
            json.loads(text)
    assert (folder / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    load_workbook(folder / "plan.xlsx", read_only=True).close()
    verdict = verify_folder(folder)
    assert verdict.ok, verdict.violations[:3]
    return True
