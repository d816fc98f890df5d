"""Draws from stated ranges: three points each (low, most likely, high), alike within a market area as far as is stated.

    z[i] = sqrt(r) x common[area of i] + sqrt(1 - r) x own[i]        standard normal, r the correlation
    factor[i] = inverse of the triangular distribution at Phi(z[i])

A draw depends on the seed and its number alone, so that draws may be worked on anywhere in any order.
"""

from __future__ import annotations

import math
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from assetopt.errors import Issue, ScenarioError, did_you_mean
from assetopt.estate import Estate
from assetopt.problem import Problem
from assetopt.problem.facts import Floats

QUANTITIES: dict[str, tuple[float, float, float]] = {
    "receipts": (0.8, 1.0, 1.1),
    "running_cost": (0.9, 1.0, 1.15),
    "capital": (0.9, 1.0, 1.3),
    "months_to_sale": (0.7, 1.0, 2.0),
    "take_up": (0.75, 1.0, 1.0),
    "demand": (0.9, 1.0, 1.1),
}
"""What is drawn, as factors of what the facts say (design choices, to be replaced by your own; low, most likely, high).

receipts: sale prices, by site, where the table gives no low and high of its own. running_cost: by site. capital: of works and
openings, by site, on top of optimism bias. months_to_sale: by site. take_up: the part of the yearly saving that is realised,
one figure. demand: visits, one figure."""

CORRELATION = 0.7


@dataclass(frozen=True)
class Ranges:
    """Low, most likely and high of every quantity, and how alike sites of one market area are (0 to 1)."""

    factors: Mapping[str, tuple[float, float, float]] = field(default_factory=lambda: dict(QUANTITIES))
    correlation: float = CORRELATION

    def only(self, *names: str) -> Ranges:
        """Return ranges in which everything but the named quantities is fixed at what the facts say."""
        fixed = {name: (three if name in names else (1.0, 1.0, 1.0)) for name, three in self.factors.items()}
        return replace(self, factors=fixed)


def read_ranges(path: Path) -> Ranges:
    """Read ranges from a TOML file: ``receipts = [0.7, 1.0, 1.2]`` and so on, and ``correlation = 0.5``.

    Raises
    ------
    ScenarioError
        With every fault at once.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise ScenarioError([Issue(str(path), f"cannot be read: {fault}")]) from None
    faults, factors, correlation = [], dict(QUANTITIES), CORRELATION
    for name, value in given.items():
        where = f"{path.name}, {name}"
        if name == "correlation":
            if isinstance(value, int | float) and 0 <= value <= 1:
                correlation = float(value)
            else:
                faults.append(Issue(where, f"is {value}", "give a number from 0 to 1"))
        elif name not in QUANTITIES:
            faults.append(Issue(where, "is not drawn", did_you_mean(name, [*QUANTITIES, "correlation"])))
        elif _is_three(value):
            factors[name] = (float(value[0]), float(value[1]), float(value[2]))
        else:
            faults.append(
                Issue(where, f"is {value}", "give low, most likely and high, rising and not below 0: [0.8, 1, 1.2]")
            )
    if faults:
        raise ScenarioError(faults)
    return Ranges(factors, correlation)


def _is_three(value: object) -> bool:
    numbers = isinstance(value, list) and len(value) == 3 and all(isinstance(part, int | float) for part in value)
    return numbers and 0 <= value[0] <= value[1] <= value[2] <= sys.float_info.max  # type: ignore[index]


def triangular(u: Floats, low: Floats, mode: Floats, high: Floats) -> Floats:
    """Return the value below which a share ``u`` of a triangular distribution lies; all (n,)."""
    span = high - low
    turn = np.divide(mode - low, span, out=np.zeros_like(span), where=span > 0)
    rising = low + np.sqrt(u * span * (mode - low))
    falling = high - np.sqrt((1.0 - u) * span * (high - mode))
    return np.where(span <= 0, mode, np.where(u < turn, rising, falling))


@dataclass(frozen=True)
class Draw:
    """One draw: factors by site, (n_sites,), of receipts, running cost, capital and months to sale; and two single ones."""

    receipts: Floats
    running_cost: Floats
    capital: Floats
    months_to_sale: Floats
    take_up: float
    demand: float


def as_stated(n_sites: int) -> Draw:
    """Return the draw in which everything is as the facts say."""
    one = np.ones(n_sites)
    return Draw(one, one, one, one, 1.0, 1.0)


def draw(problem: Problem, ranges: Ranges, seed: int, number: int) -> Draw:
    """Return draw ``number`` of a seed for an estate."""
    random = np.random.default_rng([seed, number])
    sites = problem.facts.sites
    n = len(sites)
    area = pd.factorize(pd.Series(sites.market_area, dtype=object))[0]
    named = np.asarray(sites.market_area != "", dtype=bool)
    out: dict[str, Floats] = {}
    for name in ("receipts", "running_cost", "capital", "months_to_sale"):
        common = random.standard_normal(int(area.max(initial=0)) + 1)
        own = random.standard_normal(n)
        z = np.where(
            named, math.sqrt(ranges.correlation) * common[area] + math.sqrt(1.0 - ranges.correlation) * own, own
        )
        low, mode, high = (np.full(n, part) for part in ranges.factors[name])
        if name == "receipts" and ranges.factors[name] != (1.0, 1.0, 1.0):
            low, high = _of_table(problem, low, high)
        out[name] = triangular(ndtr(z), low, mode, high)
    single = []
    for name in ("take_up", "demand"):
        low, mode, high = (np.array([part]) for part in ranges.factors[name])
        single.append(float(triangular(np.array([random.random()]), low, mode, high)[0]))
    return Draw(out["receipts"], out["running_cost"], out["capital"], out["months_to_sale"], *single)


def _of_table(problem: Problem, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest factor of every sale price, the table's own where it has them."""
    s, t = problem.facts.sites, problem.estate.sites
    priced = s.market_value > 0
    base = np.where(priced, s.market_value, 1.0)
    own_low = priced & t["market_value_low"].notna().to_numpy()
    own_high = priced & t["market_value_high"].notna().to_numpy()
    low = np.where(own_low, np.minimum(1.0, s.market_value_low / base), low)
    return low, np.where(own_high, np.maximum(1.0, s.market_value_high / base), high)


def tables_of(problem: Problem, drawn: Draw) -> dict[str, pd.DataFrame]:
    """Return the tables of the estate as a draw has them; take-up is no table."""
    estate: Estate = problem.estate
    sites = estate.sites
    assumed = problem.scenario.defaults.value("months_to_sale")
    months = sites["months_to_sale"].mask(sites["months_to_sale"].isna() & (sites["tenure"] == "freehold"), assumed)
    out = {
        "sites": sites.assign(
            market_value=sites["market_value"] * drawn.receipts,
            market_value_low=sites["market_value_low"] * drawn.receipts,
            market_value_high=sites["market_value_high"] * drawn.receipts,
            running_cost=sites["running_cost"] * drawn.running_cost,
            opening_cost=sites["opening_cost"] * drawn.capital,
            months_to_sale=months * drawn.months_to_sale,
        )
    }
    if len(estate.interventions):
        at = problem.facts.interventions.site
        out["interventions"] = estate.interventions.assign(
            capital_cost=estate.interventions["capital_cost"] * drawn.capital[at]
        )
    if len(estate.visits):
        out["visits"] = estate.visits.assign(visits=estate.visits["visits"] * drawn.demand)
    return out
