"""How evenly ways are spread over people, today and after: no average hides a few, and no single figure is a verdict.

All figures are over people who reach a point both today and after; ``people_unreached`` are not among them. A gap is the
mean way of the first group less that of the second: the most deprived fifth (deciles 1, 2) and the least deprived (9, 10),
rural and urban. Formulas stand in :mod:`assetopt.measures.spread`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetopt.measures.spread import equally_distributed, gini, worst_mean
from assetopt.measures.views import View
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats

FIGURES = (
    "mean", "gini", "worst_decile", "deprived_fifth", "least_deprived_fifth", "deprived_gap", "rural_mean", "urban_mean",
    "rural_gap", "ede",
)  # fmt: skip
COLUMNS = (
    "service_type", "mode", "basis", "unit", "people", "people_compared", "people_unreached", "aversion_minutes",
    *(name for figure in FIGURES for name in (f"{figure}_today", figure)),
)  # fmt: skip


def equity_table(problem: Problem, views: Sequence[View]) -> pd.DataFrame:
    """Return one row per service and mode; ``ede`` is the Kolm-Pollak equivalent at ``aversion_minutes``."""
    d = problem.estate.demand
    decile = np.asarray(d["imd_decile"], dtype=np.float64)
    rural = d["rural"].astype(object)
    known = rural.notna().to_numpy(dtype=bool)
    is_rural = rural.fillna(False).to_numpy(dtype=bool)
    groups = {
        "deprived_fifth": decile <= 2, "least_deprived_fifth": decile >= 9, "rural_mean": known & is_rural,
        "urban_mean": known & ~is_rural,
    }  # fmt: skip
    aversion = problem.scenario.costs.equity.aversion_minutes
    rows = []
    for view in views:
        if view.standard_id:
            continue
        both = np.isfinite(view.today) & np.isfinite(view.after)
        weight = np.where(both, view.weight, 0.0)
        row: dict[str, object] = {
            **view.heads, "people": float(view.weight.sum()), "people_compared": float(weight.sum()),
            "people_unreached": float(view.weight.sum() - weight.sum()), "aversion_minutes": aversion,
        }  # fmt: skip
        for suffix, way in (("_today", view.today), ("", view.after)):
            row |= {f"{name}{suffix}": value for name, value in _figures(way, weight, aversion, groups).items()}
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _figures(way: Floats, weight: Floats, aversion: float, groups: dict[str, Bools]) -> dict[str, float]:
    at = weight > 0
    out = {
        "mean": _mean(way, weight, at),
        "gini": gini(way, weight),
        "worst_decile": worst_mean(way, weight),
        "ede": equally_distributed(way, weight, aversion),
    }
    out |= {name: _mean(way, weight, at & where) for name, where in groups.items()}
    out["deprived_gap"] = out["deprived_fifth"] - out["least_deprived_fifth"]
    out["rural_gap"] = out["rural_mean"] - out["urban_mean"]
    return out


def _mean(way: Floats, weight: Floats, where: Bools) -> float:
    total = float(weight[where].sum())
    return float(way[where] @ weight[where]) / total if total > 0 else float("nan")
