"""Killed at any moment, a search leaves no folder, or one whose plan verifies."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_estate import write_model

from assetopt.report import verify_folder

ROOT = Path(__file__).resolve().parent.parent

OFTEN = """
import sys
import assetopt.optimise
module = sys.modules["assetopt.optimise"]
module.FIRST_SAVE, module.SAVE_EVERY = 0.0, 0.05
from assetopt.cli import main
main()
"""
"""The command line, saving as often as it can."""

FOR_EVER = """
import sys
from assetopt.optimise import optimise
from assetopt.read import read_model
from assetopt.report.running import RunningReport
from assetopt.timeline import business_as_usual
from assetopt.verify import judge
from dataclasses import replace
problem = read_model(sys.argv[1]).problem()
best = optimise(problem)
def running(recount):
    from assetopt.certificate import sentence
    cost, today = recount.verdict.objective_recomputed, best.certificate.objective_today
    words = sentence("feasible", cost, None, today, "running", ())
    told = replace(best.certificate, status="feasible", objective=cost, bound=None, gap=None, saving_gap=None,
                   stopped="running", sentence=words)
    return replace(best, certificate=told, recount=recount, proof=None)
plans = [running(best.recount), running(judge(problem, business_as_usual(problem)))]
while True:
    report = RunningReport(sys.argv[2], overwrite=True)
    for number in range(3):
        report.save(plans[number % 2])
    report.finish(best)
"""
"""Plans on the way and whole reports, over one another without a pause."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be replaced there"),
]


def killed(command: list[str], out: Path, seconds: float) -> None:
    """Run a command, kill it so many seconds after its first plan is there, and look at what it left."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        began = time.monotonic()
        while not out.exists() and process.poll() is None and time.monotonic() - began < 30:
            time.sleep(0.005)
        time.sleep(seconds)
    finally:
        process.kill()
        process.wait()


def test_a_search_killed_at_any_moment_leaves_a_plan_that_verifies(tmp_path: Path) -> None:
    draw, former = random.Random(3), tmp_path / "former"
    run = [sys.executable, "-c", OFTEN, "solve", str(ROOT / "models" / "quick.toml"), "--quiet"]
    few = ["--set", "change.max_moves_per_year=5", "--saving-gap", "0.3"]
    subprocess.run([*run, *few, "--out", str(former)], check=True, cwd=ROOT)
    for number in range(3):
        out = tmp_path / f"out{number}"
        killed([*run, "--start", str(former), "--out", str(out)], out, draw.uniform(0.0, 3.0))
        verdict = verify_folder(out)
        assert verdict.ok, verdict.violations[:3]


def test_a_report_killed_while_it_is_written_again_and_again_verifies(tmp_path: Path) -> None:
    draw, model, found = random.Random(7), write_model(tmp_path), 0
    for number in range(8):
        out = tmp_path / f"out{number}"
        killed([sys.executable, "-c", FOR_EVER, str(model), str(out)], out, draw.uniform(0.0, 0.6))
        # Where one whole report takes the place of another, there is none for a moment.
        if out.exists():
            found += 1
            verdict = verify_folder(out)
            assert verdict.ok, verdict.violations[:3]
    assert found
