"""What a pound in a later year is worth today, how far early estimates are lifted, and when a financial year starts.

Pure functions and nothing else: no ledger, no estate. Discount schedules and the optimism bias table are versioned data
(``assetopt/schedules``, ``assetopt/optimism``), each with its source, because the Green Book changes.

References
----------
HM Treasury, The Green Book (February 2026). Mott MacDonald, Review of Large Public Procurement in the UK (2002).
"""

from __future__ import annotations

import math
import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from assetopt.errors import did_you_mean

__all__ = [
    "LAST_DISCOUNT_YEAR",
    "NEVER",
    "OptimismBias",
    "Schedule",
    "add_months",
    "annuity",
    "discount_factors",
    "financial_year_start",
    "first_financial_year_after",
    "lifted_cost",
    "lifted_months",
    "mixed_optimism_bias",
    "months_after",
    "optimism_bias",
    "optimism_classes",
    "schedule",
    "schedules",
]

LAST_DISCOUNT_YEAR: Final = 125
"""The last year for which a discount factor is defined; year 0 is the base year."""

NEVER: Final = 9999
"""The financial year that stands for "no such date"; later than any horizon."""

_MONTH_SLACK: Final = 1e-9  # 12 x 1.0 may come back as 12.000000000000002: that is still 12 months


@dataclass(frozen=True)
class Schedule:
    """A named discount schedule.

    Attributes
    ----------
    name : str
        The name a scenario uses, such as ``green-book-2026``.
    title, source : str
        What it is, and where the rates come from.
    rates : tuple of float, length 126
        Rate of each year 0..125 as a share (0.035 = 3.5 %). The rate of year 0 is never used: DF(0) = 1.
    """

    name: str
    title: str
    source: str
    rates: tuple[float, ...]


@dataclass(frozen=True)
class OptimismBias:
    """How far an estimate is lifted: shares of the estimate (0.24 lifts 100 to 124).

    Attributes
    ----------
    capital : float
        Share added to capital cost.
    duration : float
        Share added to the months that works take.
    """

    capital: float
    duration: float


# --- discounting -----------------------------------------------------------------------------------------------------


def schedules() -> list[str]:
    """Return the names of the shipped discount schedules, in alphabetical order."""
    folder = files("assetopt") / "schedules"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


@cache
def schedule(name: str) -> Schedule:
    """Return one shipped discount schedule.

    Raises
    ------
    ValueError
        No schedule has that name; the message lists those that are known.
    """
    known = schedules()
    if name not in known:
        hint = " ".join(
            filter(None, [did_you_mean(name, known), f"known: {', '.join(known)}, or a rate such as 0.035"])
        )
        raise ValueError(f'no discount schedule "{name}"; {hint}')
    data = tomllib.loads((files("assetopt") / "schedules" / f"{name}.toml").read_text(encoding="utf-8"))
    rates: list[float] = []
    for band in data["bands"]:
        if band["first_year"] != len(rates):
            raise ValueError(f"discount schedule {name}: a band starts in year {band['first_year']}, not {len(rates)}")
        rates += [float(band["rate"])] * (band["last_year"] - band["first_year"] + 1)
    if len(rates) != LAST_DISCOUNT_YEAR + 1:
        raise ValueError(f"discount schedule {name}: rates for {len(rates)} years, not {LAST_DISCOUNT_YEAR + 1}")
    return Schedule(name, str(data["title"]), str(data["source"]), tuple(rates))


def discount_factors(discount: str | float, years: int) -> npt.NDArray[np.float64]:
    """Return what a real pound of each year is worth in year 0.

    ``DF(0) = 1`` and ``DF(t) = DF(t - 1) / (1 + rate of year t)``.

    Parameters
    ----------
    discount : str or float
        The name of a shipped schedule, or a flat rate as a share: 0.035 or "0.035" for 3.5 %.
    years : int
        How many years, 0..126: the answer covers years 0..years - 1.

    Returns
    -------
    ndarray of float64, shape (years,)

    Raises
    ------
    ValueError
        Unknown schedule; a rate that is not between -1 and 1 (3.5 is 350 %); years below 0 or beyond year 125.

    Examples
    --------
    >>> discount_factors("green-book-2026", 2).round(6).tolist()
    [1.0, 0.966184]
    """
    if not 0 <= years <= LAST_DISCOUNT_YEAR + 1:
        raise ValueError(f"discount factors are defined for years 0 to {LAST_DISCOUNT_YEAR}, not for {years} years")
    rate = _flat_rate(discount)
    if rate is None:
        rates = np.array(schedule(str(discount)).rates[:years])
    else:
        if not -1 < rate < 1:
            raise ValueError(f"a discount rate is a share between -1 and 1 (write 0.035 for 3.5 %), not {discount}")
        rates = np.full(years, rate)
    rates[:1] = 0.0
    return np.asarray(1.0 / np.cumprod(1.0 + rates), dtype=np.float64)


def _flat_rate(discount: str | float) -> float | None:
    """Return the rate when ``discount`` is a number (even nan or infinite), or None when it is a name."""
    try:
        return float(discount)
    except ValueError:
        return None


def annuity(factors: npt.NDArray[np.float64], first: int, last: int) -> float:
    """Return the worth in year 0 of £1 in each of the years ``first``..``last``, both included.

    Parameters
    ----------
    factors : ndarray, shape (years,)
        From `discount_factors`.
    first, last : int
        Years. An empty span (``last < first``) is worth 0.

    Raises
    ------
    ValueError
        The span reaches outside the years of ``factors``.
    """
    if last < first:
        return 0.0
    if first < 0 or last >= len(factors):
        raise ValueError(f"years {first} to {last} reach outside the {len(factors)} years that have a discount factor")
    return float(factors[first : last + 1].sum())


# --- optimism bias ---------------------------------------------------------------------------------------------------


@cache
def _bias_table() -> dict[str, dict[str, OptimismBias]]:
    """Return class -> level -> bias, as shipped."""
    text = (files("assetopt") / "optimism" / "mott-macdonald-2002.toml").read_text(encoding="utf-8")
    return {
        class_: {
            level: OptimismBias(float(row["capital"][level]), float(row["duration"][level]))
            for level in ("upper", "lower")
        }
        for class_, row in tomllib.loads(text)["classes"].items()
    }


def optimism_classes() -> list[str]:
    """Return the classes of project that have an optimism bias, as `interventions.optimism_class` writes them."""
    return list(_bias_table())


def optimism_bias(class_: str, level: Literal["upper", "lower"] = "upper") -> OptimismBias:
    """Return the optimism bias of a class of project.

    Parameters
    ----------
    class_ : str
        ``standard`` (capital 24 %, duration 4 %) or ``non_standard`` (51 %, 39 %) building work.
    level : {"upper", "lower"}
        Upper at the start of a project; lower (2 % and 1 %, 4 % and 2 %) only on evidence that risks are managed.

    Raises
    ------
    ValueError
        Unknown class or level.
    """
    table = _bias_table()
    if class_ not in table:
        hint = " ".join(filter(None, [did_you_mean(class_, table), f"known: {', '.join(table)}"]))
        raise ValueError(f'no optimism class "{class_}"; {hint}')
    if level not in table[class_]:
        raise ValueError(f'optimism bias is "upper" or "lower", not "{level}"')
    return table[class_][level]


def mixed_optimism_bias(
    capital_by_class: Mapping[str, float], level: Literal["upper", "lower"] = "upper"
) -> OptimismBias:
    """Return the bias of a project of several classes, weighted by their share of capital.

    Parameters
    ----------
    capital_by_class : mapping of str to float
        Capital of each class, £ or shares, not negative; only the proportions count.

    Raises
    ------
    ValueError
        Unknown class or level, a negative amount, or nothing to weigh by.

    Examples
    --------
    >>> mixed = mixed_optimism_bias({"standard": 70, "non_standard": 30})
    >>> round(mixed.capital, 3), round(mixed.duration, 3)
    (0.321, 0.145)
    """
    total = sum(capital_by_class.values())
    if not total > 0 or min(capital_by_class.values()) < 0:
        raise ValueError("a mix of optimism classes needs capital that is not negative and adds up to more than zero")
    parts = [(amount / total, optimism_bias(class_, level)) for class_, amount in capital_by_class.items()]
    return OptimismBias(
        capital=sum(share * bias.capital for share, bias in parts),
        duration=sum(share * bias.duration for share, bias in parts),
    )


def lifted_cost(cost: float, bias: OptimismBias) -> float:
    """Return a capital cost (£) lifted by its optimism bias."""
    return cost * (1.0 + bias.capital)


def lifted_months(months: float, bias: OptimismBias) -> float:
    """Return a duration in months lifted by its optimism bias; not rounded (see `add_months`)."""
    return months * (1.0 + bias.duration)


# --- dates -----------------------------------------------------------------------------------------------------------


def financial_year_start(year: int) -> date:
    """Return 1 April of a financial year: year 2027 is 2027/28 and starts on 2027-04-01."""
    return date(year, 4, 1)


def first_financial_year_after(dates: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the first financial year that starts after each date, strictly: on 1 April it is the next one.

    2028-03-31 gives 2028 (it starts the day after); 2028-04-01 gives 2029.

    Parameters
    ----------
    dates : array_like of datetime64, date or Series
        Any shape; times of day are dropped; missing dates are ``NaT`` or None.

    Returns
    -------
    ndarray of int64, same shape
        Financial years; `NEVER` (9999) where the date is missing.
    """
    days = np.asarray(dates, dtype="datetime64[D]")
    missing = np.isnat(days)
    # Shifted back by the three months of January to March, a financial year is a calendar year.
    months = days.astype("datetime64[M]").astype(np.int64) - 3
    years = 1970 + months // 12 + 1
    return np.where(missing, NEVER, years).astype(np.int64)


def add_months(start: date, months: float) -> date:
    """Return the day that lies ``months`` calendar months after ``start``.

    A day that the later month lacks becomes its last: 31 January and one month is 28 or 29 February. Parts of a month
    count as whole ones (rounded up, with a slack of 1e-9 for lifted durations).

    Parameters
    ----------
    start : date
    months : float
        Negative counts back.

    Raises
    ------
    ValueError
        ``months`` is not finite, or the answer is outside the years 1..9999.
    """
    if not math.isfinite(months):
        raise ValueError(f"a number of months must be finite, not {months}")
    count = start.year * 12 + start.month - 1 + math.ceil(months - _MONTH_SLACK)
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"{months} months from {start} is outside the calendar")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def months_after(start: date, months: npt.ArrayLike) -> npt.NDArray[np.datetime64]:
    """Return `add_months` for one start and many durations.

    Parameters
    ----------
    start : date
    months : array_like of float
        Any shape; missing (nan) gives ``NaT``.

    Returns
    -------
    ndarray of datetime64[D], same shape
    """
    given = np.asarray(months, dtype=np.float64)
    missing = np.isnan(given)
    whole = np.ceil(np.where(missing, 0.0, given) - _MONTH_SLACK).astype(np.int64)
    month = np.datetime64(start, "M") + whole
    first = month.astype("datetime64[D]")
    length = ((month + 1).astype("datetime64[D]") - first).astype(np.int64)
    answer = first + np.minimum(start.day, length) - 1
    return np.asarray(np.where(missing, np.datetime64("NaT", "D"), answer), dtype="datetime64[D]")
