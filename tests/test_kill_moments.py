"""Killed at random moments while it solves, studies, or writes a registry or a log: what was said to be saved is there.

``ASSETOPT_KILLS=200 pytest -m slow -s tests/test_kill_moments.py`` kills a quarter as many times in each of five sorts of work.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_estate import write_model
from test_registry import SEALER, WRITER
from test_registry import _kill as killed_in

from assetopt.optimise import optimise
from assetopt.read import read_model
from assetopt.registry import Registry
from assetopt.report import verify_folder
from assetopt.report.approvals import read_log

ROOT = Path(__file__).parents[1]
KILLS = int(os.environ.get("ASSETOPT_KILLS", "16"))
EACH = max(1, KILLS // 4)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
]


NURSERY = """
import json, os, sys
import assetopt.optimise, assetopt.cli, assetopt.read, assetopt.report, assetopt.registry
import assetopt.report.running, assetopt.report.workbook, assetopt.studies.frontier, scipy.sparse, highspy
module = sys.modules["assetopt.optimise"]
module.FIRST_SAVE, module.SAVE_EVERY = 0.0, 0.05
print("ready", flush=True)
for line in sys.stdin:
    words, told = json.loads(line)
    child = os.fork()
    if child == 0:
        os.setsid()
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.argv = ["assetopt", *words]
        assetopt.cli.main()
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""
"""Everything is imported once, then each run is a fork, saving as often as it can: moments are spent on the work itself."""


class Nursery:
    """Starts runs that are to be killed."""

    def __init__(self, folder: Path) -> None:
        self.told = folder / "told.txt"
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(self, words: list[str], seconds: float | None = None, seen: Path | None = None) -> list[str]:
        """Run a command, kill it after so many seconds unless it is done, and return the lines it had printed.

        The seconds are counted from when the file ``seen`` is there, where one is named.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([words, str(self.told)]) + "\n")
        self.process.stdin.flush()
        child = int(self._line())
        if seconds is not None:
            latest = time.monotonic() + 120
            while seen is not None and not seen.exists() and time.monotonic() < latest:
                time.sleep(0.01)
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        assert self._line() == "gone"
        return self.told.read_text().split("\n")[:-1] if self.told.exists() else []

    def lasting(self, words: list[str]) -> float:
        """Return how long a command takes when nobody kills it, so that moments fall all over it; seconds."""
        began = time.monotonic()
        self.run(words)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    found = Nursery(tmp_path_factory.mktemp("nursery"))
    yield found
    assert found.process.stdin is not None
    assert found.process.stdout is not None
    found.process.stdin.close()
    found.process.wait(60)
    found.process.stdout.close()


def killed_after_its_first_word(code: list[str], seconds: float) -> list[str]:
    """Run a writer, and kill it so many seconds after its first word: starting up writes nothing."""
    return killed_in([sys.executable, "-c", *code], seconds)


def moments(seed: int, longest: float) -> Iterator[float]:
    draw = random.Random(seed)
    for _ in range(EACH):
        yield draw.uniform(0.0, longest)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


def test_a_killed_solve_leaves_no_report_or_one_that_verifies_and_a_registry_that_is_whole(
    model: Path, tmp_path: Path, nursery: Nursery
) -> None:
    base, left = tmp_path / "runs.db", Counter[str]()
    words = ["solve", str(model), "--quiet", "--json", "--registry", str(base), "--out"]
    longest = 1.1 * nursery.lasting([*words, str(tmp_path / "whole")])
    for number, seconds in enumerate(moments(1, longest)):
        out = tmp_path / f"out{number}"
        told = nursery.run([*words, str(out)], seconds)
        runs = {run.folder: run for run in Registry(base).runs()}
        if not out.exists():
            left["nothing"] += 1
            assert not told, "said to be done, and is not there"
            continue
        verdict = verify_folder(out)
        assert verdict.ok, verdict.violations[:3]
        left["report" if (out / "report.html").exists() else "interim plan"] += 1
        assert str(out.resolve()) in runs, "a plan whose run was not registered first"
        if told:
            assert json.loads("\n".join(told))["certificate"]["status"] == "optimal"
            assert runs[str(out.resolve())].status == "optimal"
    assert sum(left.values()) == EACH
    assert len(Registry(base).runs()) <= EACH + 1
    print(f"solve: killed {EACH} times in {longest:.1f} s: {dict(left)}")


def test_a_long_solve_killed_after_its_first_plan_leaves_its_best_one(tmp_path: Path, nursery: Nursery) -> None:
    """On the shipped county, where better plans come and are saved for seconds on end."""
    left, bounds = Counter[str](), 0
    for number, seconds in enumerate(moments(4, 5.0)):
        out = tmp_path / f"out{number}"
        words = ["solve", str(ROOT / "models" / "quick.toml"), "--time-limit", "12", "--quiet", "--out", str(out)]
        nursery.run(words, seconds, seen=out / "plan.json")
        verdict = verify_folder(out)
        assert verdict.ok, verdict.violations[:3]
        document = json.loads((out / "plan.json").read_text(encoding="utf-8"))
        left["interim plan" if "interim" in document else "report"] += 1
        bounds += document["certificate"]["bound"] is not None
        shutil.rmtree(out)
    assert left["interim plan"] > 0
    assert sum(left.values()) == EACH
    print(f"long solve: killed {EACH} times after its first plan: {dict(left)}, {bounds} with a bound")


def test_a_report_killed_while_it_is_replaced_is_the_old_one_or_the_new_one(
    model: Path, tmp_path: Path, nursery: Nursery
) -> None:
    """With --overwrite over one that stands: at no moment is the plan that was there lost without another."""
    out, left = tmp_path / "out", Counter[str]()
    words = ["solve", str(model), "--quiet", "--overwrite", "--out", str(out)]
    longest = 1.1 * nursery.lasting(words)
    for seconds in moments(2, longest):
        nursery.run(words, seconds)
        olds = [path for path in tmp_path.iterdir() if ".old-" in path.name]
        found = out if out.exists() else olds[0]  # between two renames the old one stands beside, whole
        left["in place" if out.exists() else "beside"] += 1
        verdict = verify_folder(found)
        assert verdict.ok, verdict.violations[:3]
        if not out.exists():
            olds[0].rename(out)
        for litter in tmp_path.glob(".out.*"):
            shutil.rmtree(litter)
    assert sum(left.values()) == EACH
    print(f"replace: killed {EACH} times in {longest:.1f} s: {dict(left)}")


def test_a_killed_study_goes_on_and_keeps_every_answer_it_had(model: Path, tmp_path: Path, nursery: Nursery) -> None:
    out, kept = tmp_path / "study", 0
    words = ["frontier", str(model), "--axis", "moves", "--points", "3", "--workers", "0", "--out", str(out)]
    longest = 1.1 * nursery.lasting([*words[:-1], str(tmp_path / "whole")])
    before: dict[str, bytes] = {}
    for seconds in moments(3, longest):
        nursery.run(words, seconds)
        now = {path.name: path.read_bytes() for path in (out / "solves").glob("*.json")}
        assert before.items() <= now.items(), "an answer that was there is gone or another"
        assert all(isinstance(json.loads(content), dict) for content in now.values())
        kept = max(kept, len(now))
        if (out / "study.json").exists():
            assert json.loads((out / "study.json").read_bytes())["study"] == "frontier"
        before = now
        if draw_again(seconds, longest):
            shutil.rmtree(out, ignore_errors=True)
            before = {}
    nursery.run(words)
    assert before.items() <= {path.name: path.read_bytes() for path in (out / "solves").glob("*.json")}.items()
    assert json.loads((out / "study.json").read_bytes())["complete"] is True
    print(f"study: killed {EACH} times in {longest:.1f} s; up to {kept} answers were kept")


def draw_again(seconds: float, longest: float) -> bool:
    """Say whether the study begins anew after this kill: now and then, so that early moments come again."""
    return int(1000 * seconds / longest) % 4 == 0


def test_a_killed_writer_of_registry_or_log_loses_nothing_it_said(model: Path, tmp_path: Path) -> None:
    report, base, told = tmp_path / "report", tmp_path / "runs.db", 0
    optimise(read_model(model).problem()).write(report)
    for number, seconds in enumerate(moments(4, 0.2)):
        if number % 2:
            lines = killed_after_its_first_word([WRITER, str(base), f"w{number:03d}-", "100000"], seconds)
            assert set(lines) <= {run.run_id for run in Registry(base).runs()}
        else:
            lines = killed_after_its_first_word([SEALER, str(report), "kcc", "100000"], seconds)
            log, faults = read_log(report)
            assert faults == ()
            assert set(lines) <= {entry.seal for entry in log}
        told += len(lines)
    assert told
    print(f"registry and log: killed {EACH} times; {told:,} entries had been said to be saved, and all were there")
