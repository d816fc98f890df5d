"""Chooses the engine by size and shape, and says which and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assetopt.engines.decomposition import decomposition
from assetopt.engines.decomposition.location import recognise
from assetopt.engines.highs import LARGE, highs
from assetopt.engines.outcome import Outcome, Task
from assetopt.program import INTEGER, Program
from assetopt.proof.labels import MOVE, Labels


def auto(program: Program, task: Task) -> Outcome:
    """Solve with HiGHS alone up to :data:`~assetopt.engines.highs.LARGE` decisions, else by decomposition.

    Pure location problems (places, customers, one room a place) always go to the decomposition, which knows them well.

    Raises
    ------
    SolverError
        As the engine that was chosen does.
    """
    name, why = choice(program)
    outcome = (decomposition if name == "decomposition" else highs)(program, task)
    return replace(outcome, notes=(*outcome.notes, f"auto took {name}: {why}"))


def choice(program: Program) -> tuple[str, str]:
    """Return the engine's name and the reason in words."""
    decisions = int(np.count_nonzero(program.core.form == INTEGER))
    if recognise(program) is not None:
        return "decomposition", "a pure location problem"
    if decisions <= LARGE:
        return "highs", f"{decisions:,} decisions, at most {LARGE:,} go to one exact solve"
    if not (Labels.of(program).kind == MOVE).any():
        return "highs", f"{decisions:,} decisions, but no team that could move"
    return "decomposition", f"{decisions:,} decisions, more than {LARGE:,}"
