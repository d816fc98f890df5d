"""Where today's estate breaks a rule, the nearest plan that keeps every rule comes first."""

from __future__ import annotations

import numpy as np
import pytest
from phased_cases import task_for, two_halls

from assetopt.engines import start as module
from assetopt.engines.start import nearest_plan


@pytest.fixture(autouse=True)
def _nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL", 0)


def test_a_plan_is_its_own_nearest() -> None:
    program, today = two_halls()
    mask = np.ones(program.n_columns, dtype=bool)
    found = nearest_plan(program.matrix, today, mask, task_for(), 10.0)
    assert found is not None
    assert found.tolist() == today.tolist()


def test_a_broken_rule_is_mended_with_few_changes() -> None:
    program, today = two_halls()
    vacate = program.columns["vacate"].ids
    # Hall 0 must go: team 0 moves, team 1 stays.
    program.add_rows("locks", 1, entries=[(0, vacate[0], 1.0)], lower=1.0)
    found = nearest_plan(program.matrix, today, np.ones(program.n_columns, dtype=bool), task_for(), 10.0)
    assert found is not None
    assert program.matrix.excess(found) <= 1e-6
    assert found[vacate].tolist() == [1.0, 0.0]
    assert found[program.columns["move"].ids].tolist() == [1.0, 0.0]


def test_rules_that_nothing_keeps_have_no_nearest_plan() -> None:
    program, today = two_halls()
    program.add_rows("limits", 1, entries=[(0, program.columns["vacate"].ids, 1.0)], lower=2.0)
    assert nearest_plan(program.matrix, today, np.ones(program.n_columns, dtype=bool), task_for(), 10.0) is None


def test_small_programmes_are_left_to_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL", 7)
    program, today = two_halls()
    assert nearest_plan(program.matrix, today, np.ones(program.n_columns, dtype=bool), task_for(), 10.0) is None
