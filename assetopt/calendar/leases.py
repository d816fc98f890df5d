"""Leases in months: the dates on which one may leave, the last day for each notice, and the rent of missing one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from assetopt.calendar.months import Months
from assetopt.problem import Problem
from assetopt.problem.facts import Floats
from assetopt.problem.tenure import last_notice


@dataclass(frozen=True)
class Event:
    """A break or the expiry: to be gone by ``day``, in month ``month``; notice by ``notice`` (None: none is needed)."""

    day: date
    month: int
    is_break: bool
    notice: date | None


@dataclass(frozen=True)
class Lease:
    """The events of one lease whose notice can still be given, in order; ``missed`` those whose notice day has passed.

    ``extra`` (n_months,): rent (£) that keeping the building in that month costs, beyond the first event: holding it past a
    date costs at once the rent to the next one, or to the end of the appraisal where there is none.
    """

    events: tuple[Event, ...]
    missed: tuple[Event, ...]
    extra: Floats

    def next_from(self, month: int) -> Event | None:
        """Return the first event at which a building empty by the end of a month can be handed back."""
        return next((event for event in self.events if event.month >= month), None)


def leases_of(problem: Problem, months: Months, count: int, sites: Iterable[int]) -> dict[int, Lease]:
    """Return the lease of every leasehold among ``sites``; notice is counted from the start of month 0."""
    s = problem.facts.sites
    out = {}
    for i in (int(i) for i in sites if s.tenure[i] == "leasehold"):
        given: list[Event] = []
        missed: list[Event] = []
        for day, is_break in _dates(problem, i):
            needs = is_break or bool(s.security[i])
            notice = last_notice(day, float(s.break_notice_months[i])) if needs else None
            event = Event(day, months.ended(day), is_break, notice)
            if event.month < 0:
                continue
            (missed if notice is not None and notice < months.origin else given).append(event)
        out[i] = Lease(tuple(given), tuple(missed), _extra(problem, months, count, i, given))
    return out


def _dates(problem: Problem, site: int) -> list[tuple[date, bool]]:
    table = problem.estate.sites
    breaks = [part.strip() for part in str(table["lease_break"].iloc[site] or "").split(";")]
    dates = [(pd.Timestamp(part).date(), True) for part in breaks if part and part != "nan"]
    end = table["lease_end"].iloc[site]
    if not pd.isna(end):
        dates.append((end.date(), False))
    return sorted(dates)


def _extra(problem: Problem, months: Months, count: int, site: int, events: list[Event]) -> Floats:
    out = np.zeros(count)
    rent = float(problem.facts.sites.rent[site]) / 12.0
    final = months.start_of(problem.base_year + problem.horizon) - 1
    stops = [event.month for event in events] + [final]
    for here, after in pairwise(stops):
        if 0 <= here + 1 < count and after > here:
            out[here + 1] += rent * (after - here)
    return out
