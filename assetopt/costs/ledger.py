"""The ledger: every flow of money of a plan as one line, from which all totals, cash tables and transfers are summed.

A line is a resource (``payee`` empty: the money leaves the estate for good) or a transfer between two bodies. The
economic ledger counts a resource in full and a transfer only as far as it crosses the border of the public purse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints, Texts

Kind = Literal["capital", "revenue", "end_value"]

KINDS: dict[str, Kind] = {
    "running": "revenue",
    "variable": "revenue",
    "lifecycle": "capital",
    "rates": "revenue",
    "rent": "revenue",
    "income": "revenue",
    "backlog": "capital",
    "works": "capital",
    "opening": "capital",
    "moving": "revenue",
    "placement": "revenue",
    "holding": "revenue",
    "dilapidations": "revenue",
    "penalty": "revenue",
    "receipt": "capital",
    "transfer": "revenue",
    "vat": "revenue",
    "side_payment": "revenue",
    "end_value": "end_value",
    "journeys": "revenue",
    "access": "revenue",
    "preference": "revenue",
    "equity": "revenue",
    "natural": "revenue",
}
"""Heads of the cash ledger and their kind; the last five but one are priced beside the estate's own costs."""

TAXES = ("rates", "vat", "transfer", "side_payment")
"""Heads that are transfers whoever pays them, recharges among them: never in the economic ledger (method.md 3)."""

COLUMNS = ("cost", "head", "kind", "subject", "year", "payer", "payee", "amount", "economic")


@dataclass(frozen=True)
class Lines:
    """Ledger lines of one cost and head as arrays, (n,) each; see :func:`lines`."""

    cost: str
    head: str
    subject: Texts
    year: Ints
    payer: Texts
    payee: Texts
    amount: Floats
    economic: Floats

    def __len__(self) -> int:
        return len(self.year)


def lines(
    problem: Problem,
    cost: str,
    head: str,
    subject: npt.ArrayLike,
    payer: Texts,
    amount: Floats,
    payee: Texts | None = None,
) -> Lines:
    """Return one ledger line for every amount that is not zero.

    Parameters
    ----------
    cost : name of the cost (a file in costs/).
    head : one of :data:`KINDS`.
    subject : (n,) ids of the sites, teams or interventions.
    payer, payee : (n,) partner ids or reserved bodies; without ``payee`` the lines are resources.
    amount : (n, H) or (n, H + 1) £ by year, base-year prices, undiscounted; column H holds end values.
    """
    row, year = np.nonzero(amount)
    value = amount[row, year]
    if payee is None:
        to = np.full(len(row), "", dtype=object)
        economic = value
    else:
        to = payee[row]
        economic = value * (0.0 if head in TAXES else crossing(problem, payer, payee)[row])
    return Lines(cost, head, np.asarray(subject, dtype=object)[row], year, payer[row], to, value, economic)


def frame(parts: Sequence[Lines]) -> pd.DataFrame:
    """Return lines as one table with :data:`COLUMNS`: ``year`` the year index, ``economic`` what the public purse bears (£)."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    count = [len(part) for part in parts]

    def repeated(words: list[str]) -> Texts:
        return np.repeat(np.array(words, dtype=object), count)

    return pd.DataFrame(
        {
            "cost": repeated([part.cost for part in parts]),
            "head": repeated([part.head for part in parts]),
            "kind": repeated([KINDS[part.head] for part in parts]),
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS[3:]},
        }
    )


def crossing(problem: Problem, payer: Texts, payee: Texts) -> Floats:
    """Return the part of a transfer that the public purse bears: 1, 0 or -1, shape of ``payer``."""
    return problem.facts.in_purse(payer) - problem.facts.in_purse(payee)


def years(problem: Problem) -> npt.NDArray[np.int64]:
    """Return (1, H) year indices, to compare with first and last years."""
    return np.arange(problem.horizon)[None, :]
