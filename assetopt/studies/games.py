"""Sharing what partners gain together: what each coalition could gain, and what each member brings to it.

A game of n partners is the gain v(C) of every coalition C. Coalition C is the number whose bit i is set where partner i is a
member, so ``values[0b101]`` is what partners 0 and 2 gain together; nobody gains nothing: ``values[0] = 0``.

References
----------
L. S. Shapley (1953), A value for n-person games. J. Castro, D. Gomez and J. Tejada (2009), Polynomial calculation of the
Shapley value based on sampling, Computers & Operations Research 36.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_EXACT = 10
"""Partners up to which every coalition is solved."""

_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""Student's t, two-sided 95 %, of 1, 2, ... degrees of freedom; beyond the last it is rounded up to 2.131."""


def partners_of(game: Floats) -> int:
    """Return the number of partners of a game, whose values are (2 ** n,).

    Raises
    ------
    ValueError
        Where the values are not those of every coalition, or the empty one gains something.
    """
    n = int(game.size).bit_length() - 1
    if game.ndim != 1 or game.size != 1 << n or n < 1:
        raise ValueError(f"a game of n partners has 2 to the n values, not {game.size}")
    if game[0] != 0:
        raise ValueError(f"nobody gains nothing, but the empty coalition is given {game[0]:g}")
    return n


def membership(n: int) -> npt.NDArray[np.bool_]:
    """Return (2 ** n, n): which partners belong to which coalition."""
    return np.asarray((np.arange(1 << n)[:, None] >> np.arange(n)[None, :]) & 1, dtype=bool)


def shapley(game: Floats) -> Floats:
    """Return (n,) the Shapley value: what each partner brings on average over all orders in which they could join.

    phi[i] = sum over C without i of |C|! (n - |C| - 1)! / n! x (v(C + i) - v(C))
    """
    low, _ = shapley_range(game, game)
    return low


def shapley_range(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return (n,) the least and the most that the Shapley value can be where each v(C) lies between ``low`` and ``high``."""
    n = partners_of(low)
    size = membership(n).sum(axis=1)
    weight = np.array([1.0 / (n * math.comb(n - 1, k)) for k in range(n)])
    least, most = np.empty(n), np.empty(n)
    for i in range(n):
        without = np.flatnonzero((np.arange(1 << n) >> i) & 1 == 0)
        joined, share = without | (1 << i), weight[size[without]]
        least[i] = math.fsum(share * (low[joined] - high[without]))
        most[i] = math.fsum(share * (high[joined] - low[without]))
    return least, most


@dataclass(frozen=True)
class Sampled:
    """A Shapley value from sampled orders: ``value``, and ``low`` to ``high``, in which the true one lies with 95 % confidence.

    Each is (n,). ``orders`` counts the orders, in pairs of one and its reverse.
    """

    value: Floats
    low: Floats
    high: Floats
    orders: int


def sampled_orders(n: int, pairs: int, seed: int) -> Ints:
    """Return (2 x pairs, n) orders in which partners join: each drawn one is followed by its reverse."""
    random = np.random.default_rng(seed)
    drawn = np.array([random.permutation(n) for _ in range(pairs)], dtype=np.int64).reshape(pairs, n)
    return np.stack([drawn, drawn[:, ::-1]], axis=1).reshape(2 * pairs, n)


def coalitions_of(orders: Ints) -> Ints:
    """Return (orders, n) the coalition that stands after each partner of each order has joined."""
    return np.cumsum(np.left_shift(np.int64(1), orders), axis=1)


def sampled_shapley(gain: Callable[[int], float], orders: Ints) -> Sampled:
    """Return the Shapley value as the mean over sampled orders (:func:`sampled_orders`), with its 95 % confidence interval.

    A pair of an order and its reverse is one observation; with fewer than two pairs the interval is without limits, and with
    fewer than a dozen it is rough: what no sampled order showed cannot widen it.
    """
    met = coalitions_of(orders)
    after = np.array([[gain(int(c)) for c in row] for row in met], dtype=np.float64)
    brought = np.empty_like(after)
    np.put_along_axis(brought, orders, np.diff(after, axis=1, prepend=0.0), axis=1)
    pairs = brought.reshape(len(orders) // 2, 2, -1).mean(axis=1)
    value = pairs.mean(axis=0)
    if len(pairs) < 2:
        wide = np.full(len(value), np.inf)
        return Sampled(value, value - wide, value + wide, len(orders))
    t = _T95[min(len(pairs) - 1, len(_T95)) - 1]
    half = t * pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return Sampled(value, value - half, value + half, len(orders))


def in_proportion(total: float, weights: Floats) -> Floats | None:
    """Return ``total`` divided in proportion to weights, None where they do not add up to more than nothing."""
    together = math.fsum(weights)
    return total * weights / together if together > 0 and (weights >= 0).all() else None
