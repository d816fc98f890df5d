"""Every ledger line of a plan and of business as usual, and the parts of the objective that they add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.costs import COSTS, book
from assetopt.costs.aim import NATURAL
from assetopt.problem import Problem
from assetopt.timeline import Timeline

PARTS = ("npv_cost", "npv_journeys", "npv_penalties", "npv_preferences", "npv_equity", NATURAL)
"""What an objective may be made of; see :mod:`assetopt.costs.aim` for what counts."""


def ledger(problem: Problem, line: Timeline, part: str = "") -> pd.DataFrame:
    """Return every ledger line of a plan (see :mod:`assetopt.costs.ledger`), with its ``present`` value in £.

    Where a ``part`` of the objective is named, only lines that belong to it.
    """
    out = book(problem, line, part)
    factor = problem.factors[out["year"].to_numpy(dtype=np.int64)]
    return out.assign(present=out["economic"].to_numpy(dtype=np.float64) * factor)


def parts(book: pd.DataFrame) -> dict[str, float]:
    """Return every part, discounted; £ but for the last."""
    return {part: float(book.loc[of_part(book, part), "present"].sum()) for part in PARTS}


def of_part(book: pd.DataFrame, part: str) -> pd.Series:
    """Say which ledger lines belong to a part of the objective."""
    return book["cost"].isin([name for name, cost in COSTS.items() if part == cost.TOTAL])


@dataclass(frozen=True)
class Books:
    """The ledgers of a plan and of business as usual; ``today`` is None where a team has no home today."""

    plan: pd.DataFrame
    today: pd.DataFrame | None
    counted: tuple[str, ...] = PARTS[:-1]
    """The parts that add up to the objective."""

    @property
    def objective(self) -> float:
        """What the plan comes to, all parts that count, discounted; £ unless the scenario minimises something else."""
        return self._sum(self.plan)

    @property
    def objective_today(self) -> float | None:
        """What business as usual comes to."""
        return None if self.today is None else self._sum(self.today)

    def _sum(self, book: pd.DataFrame) -> float:
        found = parts(book)
        return sum(found[part] for part in self.counted)
