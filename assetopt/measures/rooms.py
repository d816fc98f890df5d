"""Room and use of every site by kind of space: today, after the plan, and in the decision year that is fullest.

Room is what the site holds, works that are built included, without the headroom of the capacity rule; use is what its teams
need. A site that is not held has no room.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats
from assetopt.timeline import Timeline, as_usual

COLUMNS = (
    "site_id", "space_type", "name", "partner_id", "room_today", "used_today", "use_today", "room", "used", "use", "worst_year",
    "room_worst_year", "used_worst_year", "use_worst_year",
)  # fmt: skip


def rooms_table(problem: Problem, line: Timeline) -> pd.DataFrame:
    """Return one row per site of a partner and kind of space that it has or uses at any time.

    Amounts are in the unit of the kind of space (m2, desks, rooms); ``use`` is used / room, empty where there is no room.
    ``worst_year`` is the first decision year with the highest ``use``, empty where the site is held in none.
    """
    f, years = problem.facts, range(problem.years)
    room = np.stack([_room(problem, line, t) for t in years])
    used = np.stack([_used(problem, line, t) for t in years])
    share = _share(used, room)
    today = as_usual(problem)
    before = np.where(f.sites.existing[:, None], f.capacity, 0.0), _used(problem, today, 0)
    shown = ~f.sites.external[:, None] & (
        (before[0] > 0) | (before[1] > 0) | (room > 0).any(axis=0) | (used > 0).any(axis=0)
    )
    site, kind = np.nonzero(shown)
    fullest = np.where(np.isnan(share), -1.0, share)[:, site, kind]
    worst = fullest.argmax(axis=0)
    ever = fullest.max(axis=0) >= 0
    columns: dict[str, object] = {
        "site_id": f.sites.ids[site],
        "space_type": np.asarray(f.space_types, dtype=object)[kind],
        "name": f.sites.name[site],
        "partner_id": f.sites.partner[site],
        "worst_year": np.where(ever, problem.base_year + worst, np.nan),
    }
    for suffix, held, need in (
        ("_today", before[0][site, kind], before[1][site, kind]),
        ("", room[-1, site, kind], used[-1, site, kind]),
        ("_worst_year", room[worst, site, kind], used[worst, site, kind]),
    ):
        known: Bools = ever if suffix == "_worst_year" else np.ones(len(site), dtype=bool)
        columns[f"room{suffix}"] = np.where(known, held, np.nan)
        columns[f"used{suffix}"] = np.where(known, need, np.nan)
        columns[f"use{suffix}"] = np.where(known, _share(need, held), np.nan)
    return pd.DataFrame(columns, columns=list(COLUMNS))


def _room(problem: Problem, line: Timeline, year: int) -> Floats:
    """Return (n_sites, n_space_types) what is held in a decision year."""
    f = problem.facts
    out = f.capacity.copy()
    on = line.built <= year
    np.add.at(out, f.interventions.site[on], f.interventions.change[on])
    return np.asarray(out * line.operating[:, year][:, None], dtype=np.float64)


def _used(problem: Problem, line: Timeline, year: int) -> Floats:
    """Return (n_sites, n_space_types) what the teams there need in a decision year."""
    return np.asarray(line.shares(year).T @ problem.facts.teams.need, dtype=np.float64)


def _share(used: Floats, room: Floats) -> Floats:
    return np.asarray(np.divide(used, room, out=np.full(used.shape, np.nan), where=room > 1e-9), dtype=np.float64)
