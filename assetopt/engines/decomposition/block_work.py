"""What a process does with one block of a country: prices from its relaxation, or better prices and a plan from packings."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from assetopt.engines.decomposition.blocks import only
from assetopt.engines.decomposition.ends import Ends
from assetopt.engines.decomposition.estate import Estate, first_prices
from assetopt.engines.decomposition.patterns import Mix, generate
from assetopt.engines.decomposition.regions import can_bind
from assetopt.engines.highs_run import run_highs
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Task
from assetopt.program import Bools, Floats, Ints, Matrix
from assetopt.proof.labels import MOVE, Labels

MORE = 10
"""Moves of a team that pay at the relaxation's prices and are let in at a time."""

SETTLED = 5e-4
"""What moves that are still out could improve a relaxation by, as a share of what it saves, at which it is good enough."""

CLOSED = 2e-2
"""Distance of bound and master (of the saving) at which a block's prices are good enough."""

PLAN_GAP = 5e-3
"""Gap of a block's plan, of what it saves."""


@dataclass(frozen=True, eq=False)
class Begin:
    """A block that is asked for its first prices.

    Attributes
    ----------
    matrix : Matrix
        The block, all else as today.
    labels : Labels; block : (n,); row_year : (m,)
    today : (n,) values
    seconds : float
        What it may take.
    """

    matrix: Matrix
    labels: Labels
    block: Ints
    row_year: Ints
    today: Floats
    seconds: float


def begin(asked: Begin) -> Floats | None:
    """Return the row prices (m,) of a block's end state, relaxed; None when there was no time for them."""
    bind = can_bind(asked.matrix)
    estate = Estate.made(asked.matrix.without(~bind), asked.labels, asked.block, asked.row_year[bind], None)
    found = first_prices(estate, asked.today, asked.seconds, lambda _v, _b: False)
    if found is None:
        return None
    prices = np.zeros(len(bind))
    prices[bind] = found.prices
    return prices


@dataclass(frozen=True, eq=False)
class Relax:
    """A block whose relaxation is asked for.

    Attributes
    ----------
    matrix : Matrix
        The relaxation, the price of rows that are held in its costs.
    team : (n,) int
    near : (n,) bool
        Columns to begin with.
    seconds : float
        What it may take.
    """

    matrix: Matrix
    team: Ints
    near: Bools
    seconds: float


def relax(asked: Relax) -> Floats | None:
    """Return the row prices (m,) of a block's relaxation, None when there was no time for them.

    Moves beyond the near ones come in when they pay at the prices, as often as they do.
    """
    until = time.monotonic() + asked.seconds
    bind = can_bind(asked.matrix)
    matrix = asked.matrix.without(~bind)
    transposed = matrix.a.T.tocsr()
    used = asked.near.copy()
    prices = np.zeros(len(bind))
    found = False
    while time.monotonic() < until:
        answer = run_highs(
            only(matrix, np.flatnonzero(used)), relaxed=True, seconds=until - time.monotonic(),
            options={"solver": "simplex"},
        )  # fmt: skip
        if answer.status != "optimal" or answer.duals is None:
            break
        prices[bind] = np.where(np.isfinite(answer.duals), answer.duals, 0.0)
        found = True
        reduced = matrix.cost - transposed @ answer.duals
        out = np.flatnonzero(~used & (reduced < 0))
        best = np.zeros(int(asked.team.max(initial=-1)) + 2)
        np.minimum.at(best, asked.team[out], reduced[out])
        if answer.objective is None or -best.sum() <= SETTLED * abs(answer.objective - matrix.offset):
            break
        order = np.lexsort((reduced[out], asked.team[out]))
        team = asked.team[out][order]
        used[out[order[np.arange(len(out)) - np.searchsorted(team, team) < MORE]]] = True
    return prices if found else None


@dataclass(frozen=True, eq=False)
class Improve:
    """A block whose prices and plan are to be improved.

    Attributes
    ----------
    matrix : Matrix
        The block around the plan: all else where the plan has it.
    lower, upper : (m,) sides of the rows when nothing else is fixed
    labels : Labels; block : (n,); row_year : (m,)
    fixed : (m,) bool
        Rows whose price is held.
    prices : (m,) prices to begin with
    guests : (n,) bool
        Moves of teams from outside: they may be made in the bound, and stay as they are in the plan.
    plan, today : (n,) values
    seconds : float
    seed : int
    """

    matrix: Matrix
    lower: Floats
    upper: Floats
    labels: Labels
    block: Ints
    row_year: Ints
    fixed: Bools
    prices: Floats
    guests: Bools
    plan: Floats
    today: Floats
    seconds: float
    seed: int


@dataclass(frozen=True)
class Improved:
    """Values (n,) and row prices (m,) of a block; prices are at least as good as they were."""

    values: Floats
    prices: Floats


def improve(asked: Improve) -> Improved:
    """Improve the prices of a block by column generation, then its plan by kernels around the mix."""
    began = time.monotonic()
    dual = replace(asked.matrix, row_lower=asked.lower, row_upper=asked.upper)
    estate = Estate.made(dual, asked.labels, asked.block, asked.row_year, asked.fixed)
    estate.projection.base[asked.fixed] = asked.prices[asked.fixed]
    held = asked.prices[asked.fixed]
    side = np.where(held > 0, asked.lower[asked.fixed], asked.upper[asked.fixed])
    over = np.where(held == 0, 0.0, held * (np.where(held == 0, 0.0, side) - (dual.a @ asked.today)[asked.fixed]))
    mix = generate(
        estate.sites, estate.projection, asked.prices, [asked.plan], until=began + 0.6 * asked.seconds,
        hear=lambda _bound, _prices: False, closed=CLOSED, today=dual.objective(asked.today) + float(over.sum()),
    )  # fmt: skip
    return Improved(_plan(asked, mix, began + asked.seconds), mix.prices)


def _plan(asked: Improve, mix: Mix, until: float) -> Floats:
    mine = np.flatnonzero(~asked.guests | (asked.plan > 0.5))
    part = Replan(
        only(asked.matrix, mine), asked.labels.take(mine), asked.block[mine], asked.plan[mine],
        asked.matrix.objective(asked.today), until - time.monotonic(), asked.seed,
    )  # fmt: skip
    out = asked.plan.copy()
    out[mine] = _kernels(part, Ends(part.matrix, part.labels, part.block), mix.use[mine], mix.near[mine])
    return out


@dataclass(frozen=True, eq=False)
class Replan:
    """A block whose plan is to be improved around its relaxation.

    Attributes
    ----------
    matrix : Matrix
        The block around the plan: all else where the plan has it.
    labels : Labels; block : (n,)
    plan : (n,) values
    today : float
        What the block costs as today, £.
    seconds : float
    seed : int
    """

    matrix: Matrix
    labels: Labels
    block: Ints
    plan: Floats
    today: float
    seconds: float
    seed: int


def replan(asked: Replan) -> Floats:
    """Return a plan (n,) of the block that is no worse."""
    began = time.monotonic()
    ends = Ends(asked.matrix, asked.labels, asked.block)
    found = ends.relax(asked.plan, 0.4 * asked.seconds, lambda _v, _b: False)
    if found is None:
        return asked.plan
    reduced = found.cost - asked.matrix.a.T @ found.prices
    left = replace(asked, seconds=asked.seconds - (time.monotonic() - began))
    return _kernels(left, ends, found.use, np.asarray(reduced))


def _kernels(asked: Replan, ends: Ends, use: Floats, near: Floats) -> Floats:
    """Decide the moves of a mix anew, then those whose reduced cost ``near`` is nought."""
    task = Task(
        gap=0.0, saving_gap=0.0, deadline=time.monotonic() + max(0.0, asked.seconds), threads=1, seed=asked.seed,
        start=asked.plan, objective_today=asked.today,
    )  # fmt: skip
    best = Incumbent(asked.matrix, task)
    if best.values is None:
        return asked.plan
    for wanted, share, nodes in ((use > 1e-6, 0.6, 20), (near <= 1.0, 0.9, 1)):
        pairs = np.unique(ends.pair[wanted & (ends.labels.kind == MOVE)])
        seconds = share * task.remaining
        if len(pairs) and seconds > 0.1:
            ends.kernel(best, pairs, use, seconds, nodes, gap=PLAN_GAP)
    return best.values
