"""Programmes for the engine tests: tiny ones with known answers, and a county drawn at random."""

from __future__ import annotations

import numpy as np

from assetopt.program import IMPLIED, INTEGER, Floats, Program


def knapsack(values: list[float], weights: list[float], capacity: float, offset: float = 0.0) -> Program:
    """Choose things worth ``values`` (as negative costs) whose weights fit the capacity."""
    program = Program()
    take = program.add_columns("take", len(values), item=np.arange(len(values)))
    program.charge("worth", take, -np.asarray(values))
    program.charge_constant("base", offset)
    program.add_rows("capacity", 1, entries=[(0, take, weights)], upper=capacity)
    return program


def hard_program(seed: int = 1, n: int = 150, m: int = 60) -> Program:
    """A multidimensional knapsack that no solver here proves in a minute; doing nothing is a plan."""
    rng = np.random.default_rng(seed)
    program = Program()
    take = program.add_columns("take", n, item=np.arange(n))
    program.charge("worth", take, -rng.integers(50, 100, n) * 1e4)
    weight = rng.integers(1, 100, (m, n))
    row, column = np.divmod(np.arange(m * n), n)
    program.add_rows(
        "capacity", m, entries=[(row, take[column], weight.ravel())], upper=float(weight.sum(axis=1).mean() / 2)
    )
    return program


def random_program(seed: int, n: int = 7, m: int = 4) -> Program:
    """A small programme in whole numbers: binaries, a wider whole-number column, mixed rows; may be infeasible."""
    rng = np.random.default_rng(seed)
    program = Program()
    upper = np.ones(n)
    upper[-1] = 3.0
    x = program.add_columns("x", n, upper=upper, item=np.arange(n))
    program.charge("cost", x, rng.integers(-20, 21, n) * 1000.0)
    program.charge_constant("base", float(rng.integers(-5, 6)) * 1e4)
    a = rng.integers(-4, 7, (m, n))
    row, column = np.divmod(np.arange(m * n), n)
    lower = np.where(rng.random(m) < 0.4, rng.integers(-3, 4, m), -np.inf).astype(float)
    high = np.where(rng.random(m) < 0.8, rng.integers(2, 10, m), np.inf).astype(float)
    if seed % 5 == 0:
        lower[0] = high[0] = float(rng.integers(0, 5))
    program.add_rows("rows", m, entries=[(row, x[column], a.ravel())], lower=lower, upper=high)
    return program


def enumerate_optimum(program: Program) -> float | None:
    """Return the optimum of a small all-integer programme by trying every point, or None if there is no plan."""
    matrix = program.matrix
    axes = [np.arange(low, high + 1) for low, high in zip(matrix.lower, matrix.upper, strict=True)]
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    activity = points @ matrix.a.toarray().T
    fine = ((activity >= matrix.row_lower - 1e-9) & (activity <= matrix.row_upper + 1e-9)).all(axis=1)
    return float((points[fine] @ matrix.cost).min() + matrix.offset) if fine.any() else None


def county(sites: int = 450, per_site: int = 2, reach: int = 27, seed: int = 1) -> tuple[Program, Floats]:
    """Draw a county: teams in half-empty buildings that may move to the ``reach`` nearest ones, so that some can go.

    Returns the programme and today's values (nobody moves, nothing is vacated), which are a plan.
    Kinds: move(team, site, year), vacate(site, year), stay(team, year) IMPLIED, out(team, year) IMPLIED.
    """
    rng = np.random.default_rng(seed)
    teams = sites * per_site
    place = rng.random((sites, 2))
    home = np.concatenate([np.arange(sites), rng.integers(0, sites, teams - sites)])
    need = np.rint(rng.lognormal(4.6, 0.8, teams)) + 5
    used = np.bincount(home, weights=need, minlength=sites)
    capacity = np.rint(used * rng.uniform(1.05, 2.2, sites) + rng.uniform(0, 60, sites))
    distance = np.hypot(*(place[:, None, :] - place[None, :, :]).transpose(2, 0, 1))
    near = np.argsort(distance, axis=1, kind="stable")[:, 1 : reach + 1]
    team = np.repeat(np.arange(teams), reach)
    site = near[home].ravel()
    fits = need[team] <= capacity[site]
    team, site = team[fits], site[fits]
    program = Program()
    move = program.add_columns("move", len(team), team=team, site=site, year=0)
    vacate = program.add_columns("vacate", sites, site=np.arange(sites), year=0)
    stay = program.add_columns("stay", teams, form=IMPLIED, team=np.arange(teams), site=home, year=0)
    out = program.add_columns("out", teams, form=IMPLIED, team=np.arange(teams), site=home, year=0)
    program.charge("moving", move, (np.rint(need * rng.uniform(150, 400, teams)))[team])
    program.charge("holding", vacate, -np.rint(capacity * rng.uniform(800, 2500, sites) + 50_000))
    program.charge_constant("holding", 1.0e9)
    every = np.arange(teams)
    program.add_rows(
        "placement", teams, entries=[(every, stay, 1.0), (every, out, 1.0)], lower=1.0, upper=1.0, team=every
    )
    program.add_rows(
        "move_once", teams, entries=[(team, move, 1.0), (every, out, -1.0)], lower=0.0, upper=0.0, team=every
    )
    program.add_rows("home", teams, entries=[(every, stay, 1.0), (every, vacate[home], 1.0)], upper=1.0, team=every)
    where = np.arange(sites)
    program.add_rows(
        "capacity",
        sites,
        entries=[(site, move, need[team]), (home, stay, need), (where, vacate, capacity)],
        upper=capacity,
        site=where,
    )
    pair = np.arange(len(team))
    program.add_rows(
        "open_site",
        len(team),
        entries=[(pair, move, 1.0), (pair, vacate[site], 1.0)],
        upper=1.0,
        redundant=True,
        team=team,
        site=site,
    )
    today = np.zeros(program.n_columns)
    today[stay] = 1.0
    assert program.matrix.form[move[0]] == INTEGER
    return program, today
