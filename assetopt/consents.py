"""Consents that a plan's disposals need; they are told with the plan, never block it.

Reorganisation of local government (2007 Act, s24 and s27): a partner with a ``vesting_date`` that disposes of land before
that day needs its successor's consent once the disposals together, earlier ones added up, are worth more than
``disposals.consent_threshold``:   earlier_disposals + sum of market_value of what it sells or transfers before vesting.
A disposal is dated to the start of the year vacated plus the months to its completed sale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from assetopt.errors import Issue
from assetopt.finance import add_months, financial_year_start
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "consent_s24"
"""The name of the warning, first word of what it says."""


def consent_warnings(problem: Problem, line: Timeline) -> tuple[Issue, ...]:
    """Return one warning per partner whose disposals before vesting need consent."""
    return tuple(_reorganisation(problem, line))


@dataclass(frozen=True)
class Early:
    """A partner whose disposals before its vesting need its successor's consent.

    ``before`` are (day, site id, market value £) of those disposals, ``past`` £ what it had disposed of already.
    """

    partner: str
    heir: str
    vesting: date
    past: float
    before: tuple[tuple[date, str, float], ...]

    @property
    def total(self) -> float:
        """All of it, £."""
        return self.past + sum(value for _, _, value in self.before)


def planned_days(problem: Problem, line: Timeline) -> dict[int, date]:
    """Return the day on which each building of a plan is disposed of, by row of the sites."""
    s, days = problem.facts.sites, {}
    for i in np.flatnonzero(s.existing & (line.vacated < problem.years)).tolist():
        months = float(s.months_to_sale[i]) if s.on_exit[i] == "sell" else 0.0
        days[i] = add_months(financial_year_start(problem.base_year + int(line.vacated[i])), months)
    return days


def early_disposals(problem: Problem, days: Mapping[int, date]) -> Iterator[Early]:
    """Yield the partners that need consent where buildings are disposed of on these days."""
    partners, s = problem.estate.partners, problem.facts.sites
    disposed = (s.tenure == "freehold") & np.isin(s.on_exit.astype(str), ["sell", "transfer"]) & (s.market_value > 0)
    for row in np.flatnonzero(partners["vesting_date"].notna().to_numpy()):
        name, vesting = str(partners["partner_id"].iloc[row]), partners["vesting_date"].iloc[row].date()
        heir = str(partners["successor_id"].iloc[row]) or "its successor"
        before = [
            (days[i], str(s.ids[i]), float(s.market_value[i]))
            for i in np.flatnonzero(disposed & (s.partner == name)).tolist()
            if i in days and days[i] < vesting
        ]
        earlier = partners["earlier_disposals"].iloc[row]
        found = Early(name, heir, vesting, 0.0 if pd.isna(earlier) else float(earlier), tuple(sorted(before)))
        if before and found.total > problem.scenario.disposals.consent_threshold:
            yield found


def _reorganisation(problem: Problem, line: Timeline) -> Iterator[Issue]:
    threshold = problem.scenario.disposals.consent_threshold
    for found in early_disposals(problem, planned_days(problem, line)):
        each = [f"{site} £{value:,.0f} on {day}" for day, site, value in found.before]
        listed = ", ".join([f"£{found.past:,.0f} before as_at"] * (found.past > 0) + each)
        yield Issue(
            f"plan, partner {found.partner}",
            f"{NAME}: disposals before vesting on {found.vesting} add up to £{found.total:,.0f}, "
            f"above £{threshold:,.0f} ({listed})",
            f"seek the consent of {found.heir} (2007 Act s24; s27 adds earlier disposals), or dispose after vesting",
            "warning",
        )
