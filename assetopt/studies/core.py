"""Whether an agreement holds: would any group of partners do better on its own, by how much, and which sharing is safest from it.

    excess(C, x) = v(C) - x(C)                      what coalition C gains by walking out of sharing x
    least core   = min over x of the largest excess, x(all) = v(all)
    nucleolus    = the sharing whose excesses, largest first, are least one after the other

The core (no coalition gains by walking out) is empty exactly where the least-core value is above zero.

References
----------
D. Schmeidler (1969), The nucleolus of a characteristic function game. M. Maschler, B. Peleg and L. S. Shapley (1979),
Geometric properties of the kernel, nucleolus and related solution concepts. O. N. Bondareva (1963), L. S. Shapley (1967) on
balanced collections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assetopt.studies.games import Floats, Ints, partners_of

CLOSE = 1e-9
"""Part of the largest value below which a difference counts as none."""


@dataclass(frozen=True)
class LeastCore:
    """The least core: ``value`` (£; above 0: the core is empty), a sharing ``x`` (n,) of it, and who binds it.

    ``coalitions`` and ``weights`` are the balanced collection that proves it: every partner's weights add up to 1, and what
    those coalitions gain on their own, so weighted, is more (an empty core) or less than all gain together.
    """

    value: float
    x: Floats
    coalitions: Ints
    weights: Floats

    @property
    def empty(self) -> bool:
        """Whether no sharing keeps everybody in."""
        return self.value > 0.0


def excesses(coalitions: Ints, gain: Floats, x: Floats) -> Floats:
    """Return v(C) - x(C) of every coalition listed, shape of ``coalitions``."""
    return np.asarray(gain - _members(coalitions, len(x)) @ x, dtype=np.float64)


def _members(coalitions: Ints, n: int) -> Floats:
    return np.asarray((coalitions[:, None] >> np.arange(n)[None, :]) & 1, dtype=np.float64)


def proper(game: Floats) -> Ints:
    """Return every coalition but nobody and everybody."""
    return np.arange(1, (1 << partners_of(game)) - 1, dtype=np.int64)


def least_core(n: int, coalitions: Ints, gain: Floats, total: float) -> LeastCore:
    """Return the least core over the coalitions listed (all proper ones: the true one; fewer: no less safe than it looks).

    Parameters
    ----------
    n : number of partners.
    coalitions, gain : (k,) coalitions, neither nobody nor everybody, and what each gains on its own.
    total : what all gain together.
    """
    if n == 1 or not len(coalitions):
        return LeastCore(-np.inf, np.full(n, total / n), np.empty(0, np.int64), np.empty(0))
    scale = _scale(gain, total)
    answer = _level(_members(coalitions, n), gain / scale, np.ones((1, n)), np.array([total / scale]), None)
    bound = answer.price > CLOSE
    value = 0.0 if abs(answer.level) <= CLOSE else answer.level * scale
    # Weights are scaled so that each partner's add up to 1: this is the balanced collection.
    weights = answer.price[bound]
    cover = float((_members(coalitions[bound], n).T @ weights).mean()) or 1.0
    return LeastCore(value, answer.x * scale, coalitions[bound], weights / cover)


def nucleolus(game: Floats) -> Floats:
    """Return (n,) the nucleolus of a whole game, by a sequence of linear programmes.

    Nobody gets less than alone where that is possible for all at once; otherwise (partners would gain more apart) this is
    the pre-nucleolus.
    """
    n, listed = partners_of(game), proper(game)
    return nucleolus_over(n, listed, np.asarray(game[listed]), float(game[-1]))


def nucleolus_over(n: int, coalitions: Ints, gain: Floats, total: float) -> Floats:
    """Return the nucleolus over the coalitions listed, each partner alone among them; arguments as in :func:`least_core`."""
    if n == 1:
        return np.array([total])
    scale = _scale(gain, total)
    gain = gain / scale
    alone = np.array([float(gain[coalitions == 1 << i][0]) for i in range(n)])
    floor = alone if alone.sum() <= total / scale + CLOSE else None
    inside = _members(coalitions, n)
    settled, level = np.ones((1, n)), np.array([total / scale])
    while np.linalg.matrix_rank(settled) < n:
        answer = _level(inside, gain, settled, level, floor)
        # A positive price means tight in every best solution: that coalition's excess is settled for good.
        tight = answer.price > CLOSE
        if not tight.any():
            tight[int(np.argmax(answer.price))] = True
        settled = np.vstack([settled, inside[tight]])
        level = np.append(level, gain[tight] - answer.level)
        keep = _independent(settled)
        settled, level = settled[keep], level[keep]
        left = np.array([not _spanned(settled, row) for row in inside], dtype=bool)
        inside, gain = inside[left], gain[left]
    return np.asarray(np.linalg.lstsq(settled, level, rcond=None)[0] * scale, dtype=np.float64)


@dataclass(frozen=True)
class _Answer:
    level: float
    x: Floats
    price: Floats


def _level(inside: Floats, gain: Floats, settled: Floats, fixed: Floats, floor: Floats | None) -> _Answer:
    """Minimise e where x(C) + e >= v(C) for open coalitions and x(C) is fixed for settled ones."""
    from scipy.optimize import linprog

    n = inside.shape[1]
    found = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=np.hstack([-inside, -np.ones((len(inside), 1))]),
        b_ub=-gain,
        A_eq=np.hstack([settled, np.zeros((len(settled), 1))]),
        b_eq=fixed,
        bounds=[*_at_least(floor, n), (None, None)],
        method="highs-ds",
    )
    if found.status != 0 or found.x is None:
        raise ArithmeticError(f"a linear programme of the game could not be solved: {found.message}")
    price: npt.NDArray[np.float64] = -np.asarray(found.ineqlin.marginals)
    return _Answer(float(found.x[-1]), np.asarray(found.x[:n]), price)


def _at_least(floor: Floats | None, n: int) -> list[tuple[float | None, None]]:
    return [(None, None)] * n if floor is None else [(float(least) - CLOSE, None) for least in floor]


def _scale(gain: Floats, total: float) -> float:
    return max(float(np.abs(gain).max(initial=0.0)), abs(total)) or 1.0


def _spanned(rows: Floats, row: Floats) -> bool:
    return int(np.linalg.matrix_rank(np.vstack([rows, row]))) == len(rows)


def _independent(rows: Floats) -> list[int]:
    """Return the first rows that do not follow from those before them."""
    keep: list[int] = []
    for at in range(len(rows)):
        if int(np.linalg.matrix_rank(rows[[*keep, at]])) == len(keep) + 1:
            keep.append(at)
    return keep


def every(game: Floats) -> LeastCore:
    """Return the least core of a whole game."""
    listed = proper(game)
    return least_core(partners_of(game), listed, game[listed], float(game[-1]))


def worst(game: Floats, x: Floats) -> tuple[int, float]:
    """Return the coalition that would gain most by walking out of sharing ``x``, and how much (below 0: nobody would)."""
    listed = proper(game)
    if not len(listed):
        return 0, 0.0
    found = excesses(listed, game[listed], x)
    at = int(np.argmax(found))
    return int(listed[at]), float(found[at])
