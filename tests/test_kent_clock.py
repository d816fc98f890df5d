"""Kent itself: its time limit bites, and killed at a random moment the last plan saved verifies."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from test_killed import OFTEN, killed

from assetopt.report import verify_folder

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ASSETOPT_SHARED", ROOT.parent / "shared"))
KENT = SHARED / "realdata" / "kent"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not KENT.is_dir(), reason=f"no real package kent in {SHARED}; set ASSETOPT_SHARED"),
]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "kent.toml"
    path.write_text(
        f'name = "Kent"\ndata = "{KENT.resolve()}"\n[appraisal]\nbase_year = 2026\ndecision_years = 1\n[rules.access]\n'
        '[solver]\ngap = 0.0\nsaving_gap = 0.0\nengine = "decomposition"\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("limit", [4, 15])
def test_a_time_limit_bites_within_five_seconds(model: Path, tmp_path: Path, limit: int) -> None:
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "assetopt",
        "solve",
        str(model),
        "--out",
        str(out),
        "--time-limit",
        str(limit),
        "--quiet",
    ]
    subprocess.run(command, check=True, cwd=ROOT)
    certificate = json.loads((out / "plan.json").read_text(encoding="utf-8"))["certificate"]
    assert certificate["seconds"] <= limit + 5
    assert verify_folder(out).ok


def test_killed_at_a_random_moment_its_last_plan_verifies(model: Path, tmp_path: Path) -> None:
    draw = random.Random(11)
    run = [sys.executable, "-c", OFTEN, "solve", str(model), "--quiet", "--time-limit", "60"]
    for number in range(2):
        out = tmp_path / f"out{number}"
        killed([*run, "--out", str(out)], out, draw.uniform(0.0, 15.0))
        verdict = verify_folder(out)
        assert verdict.ok, verdict.violations[:3]
