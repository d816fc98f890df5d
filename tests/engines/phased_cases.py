"""Further programmes for the engine tests: two halls, a county over several years, and one without a plan in sight."""

from __future__ import annotations

import time

import numpy as np

from assetopt.engines import Task
from assetopt.program import IMPLIED, Floats, Program


def market_split(seed: int = 1, rows: int = 5, n: int = 45) -> Program:
    """Divide goods so that several totals are met exactly: nobody here finds a plan, or that there is none, in a minute."""
    rng = np.random.default_rng(seed)
    program = Program()
    take = program.add_columns("take", n, item=np.arange(n))
    program.charge("cost", take, rng.integers(1, 100, n) * 1000.0)
    weight = rng.integers(0, 100, (rows, n))
    half = np.floor(weight.sum(axis=1) / 2).astype(float)
    row, column = np.divmod(np.arange(rows * n), n)
    program.add_rows("split", rows, entries=[(row, take[column], weight.ravel())], lower=half, upper=half)
    return program


def two_halls() -> tuple[Program, Floats]:
    """Two halls of 10 desks, a team of 5 in each; moving costs £100, an empty hall saves £1,000 (hall 0) or £800 (hall 1).

    Returns the programme and today's values. Best: team 0 moves to hall 1 and hall 0 goes, 10,000 + 100 - 1,000 = 9,100.
    """
    program = Program()
    move = program.add_columns("move", 2, team=[0, 1], site=[1, 0], year=0)
    vacate = program.add_columns("vacate", 2, site=[0, 1], year=0)
    stay = program.add_columns("stay", 2, form=IMPLIED, team=[0, 1], site=[0, 1], year=0)
    program.charge("moving", move, 100.0)
    program.charge("holding", vacate, [-1000.0, -800.0])
    program.charge_constant("holding", 10_000.0)
    both = np.arange(2)
    program.add_rows("placement", 2, entries=[(both, move, 1.0), (both, stay, 1.0)], lower=1.0, upper=1.0)
    program.add_rows(
        "capacity", 2, entries=[(both, move[::-1], 5.0), (both, stay, 5.0), (both, vacate, 10.0)], upper=10.0
    )
    return program, np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0])


def phased_county(seed: int = 1, sites: int = 12, years: int = 3, cap: int = 3) -> tuple[Program, Floats]:
    """Draw a county whose teams (two a site, in half-empty buildings) may move in any year, at most ``cap`` a year.

    Returns the programme and today's values, which are a plan. Kinds: move(team, site, year), vacate(site, year): from
    that year on, stay(team, year) IMPLIED.
    """
    rng = np.random.default_rng(seed)
    teams = 2 * sites
    home = np.repeat(np.arange(sites), 2)
    need = rng.integers(5, 40, teams).astype(float)
    capacity = np.rint(np.bincount(home, weights=need) * rng.uniform(1.2, 2.5, sites))
    grid = [axis.ravel() for axis in np.meshgrid(np.arange(teams), np.arange(1, 5), np.arange(years), indexing="ij")]
    team, year = grid[0], grid[2]
    site = (home[team] + grid[1]) % sites
    v_site, v_year = (axis.ravel() for axis in np.meshgrid(np.arange(sites), np.arange(years), indexing="ij"))
    s_team, s_year = (axis.ravel() for axis in np.meshgrid(np.arange(teams), np.arange(years), indexing="ij"))
    program = Program()
    move = program.add_columns("move", len(team), team=team, site=site, year=year)
    vacate = program.add_columns("vacate", len(v_site), site=v_site, year=v_year)
    stay = program.add_columns("stay", len(s_team), form=IMPLIED, team=s_team, site=home[s_team], year=s_year)
    program.charge("moving", move, np.rint(need * rng.uniform(100, 300, teams))[team])
    program.charge("holding", vacate, -(years - v_year) * np.rint(capacity * 100.0)[v_site])
    program.charge_constant("holding", 1e6)
    for t in range(years):
        every, _where = np.arange(teams), np.arange(sites)
        moved, gone, here = year <= t, v_year <= t, s_year == t
        program.add_rows(
            "placement",
            teams,
            entries=[(team[moved], move[moved], 1.0), (every, stay[here], 1.0)],
            lower=1.0,
            upper=1.0,
        )
        program.add_rows(
            "capacity",
            sites,
            entries=[
                (site[moved], move[moved], need[team[moved]]),
                (home, stay[here], need),
                (v_site[gone], vacate[gone], capacity[v_site[gone]]),
            ],
            upper=capacity,
        )
        program.add_rows("limits", 1, entries=[(0, move[year == t], 1.0)], upper=float(cap))
    program.add_rows("vacate_once", sites, entries=[(v_site, vacate, 1.0)], upper=1.0)
    today = np.zeros(program.n_columns)
    today[stay] = 1.0
    return program, today


def task_for(
    seconds: float = 60.0,
    *,
    gap: float = 0.0,
    saving_gap: float = 0.0,
    today: float | None = None,
    threads: int = 1,
    seed: int = 1,
    start: Floats | None = None,
) -> Task:
    """Ask for a proof unless told otherwise."""
    return Task(
        gap=gap,
        saving_gap=saving_gap,
        objective_today=today,
        deadline=time.monotonic() + seconds,
        threads=threads,
        seed=seed,
        start=start,
    )
