"""PuLP, HiGHS and OR-Tools live in one process, in any order of import, and PuLP is used without a deprecated call."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from engine_cases import knapsack
from phased_cases import task_for

from assetopt.engines.incumbent import Incumbent
from assetopt.engines.pulp import CBC, PulpEngine, _collect, _hand_over

PACKAGES = ("pulp", "highspy", "ortools.sat.python.cp_model")


def child(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "order", list(itertools.permutations(PACKAGES)), ids=lambda order: "-".join(o[0] for o in order)
)
def test_the_solvers_share_a_process_in_any_order_of_import(order: tuple[str, ...]) -> None:
    lines = "\n".join(f"import {name}" for name in order)
    known = child("-c", f"{lines}\nimport pulp\nprint(pulp.listSolvers(onlyAvailable=True))")
    assert "'HiGHS'" in known
    assert "'PULP_CBC_CMD'" in known


@pytest.mark.parametrize("solver", [CBC, "HiGHS"])
def test_building_in_pulp_calls_nothing_deprecated(solver: str, tmp_path: Path) -> None:
    # Equality, range and one-sided rows, an unlimited column: every line of the builder.
    program = knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0)
    take = program.columns["take"].ids
    extra = program.add_columns("extra", 1, upper=np.inf, form=0)
    program.charge("cost", extra, 1.0)
    program.add_rows("tie", 1, entries=[(0, take[0], 1.0), (0, extra, -1.0)], lower=0.0, upper=0.0)
    program.add_rows("some", 1, entries=[(0, take, 1.0)], lower=1.0, upper=2.0)
    start = np.array([1.0, 0.0, 0.0, 1.0])
    _hand_over(program.matrix, start, tmp_path, solver, task_for())
    # PuLP 3 says so of its bundled CBC itself, whose successor is another package; nothing else may be deprecated.
    bundled = "ignore:PULP_CBC_CMD is deprecated:DeprecationWarning"
    child("-W", "error::DeprecationWarning", "-W", bundled, "-m", "assetopt.engines.pulp", os.fspath(tmp_path))
    answer = _collect(tmp_path)
    assert answer is not None
    best = Incumbent(program.matrix, task_for())
    PulpEngine(solver, solver)._read(program.matrix, answer, best)
    assert best.objective == pytest.approx(-220.0)
