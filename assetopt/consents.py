"""Consents that a plan's disposals need; they are told with the plan, never block it.

Reorganisation of local government (2007 Act, s24 and s27): a partner with a ``vesting_date`` that disposes of land before
that day needs its successor's consent once the disposals together, earlier ones added up, are worth more than
``disposals.consent_threshold``:   earlier_disposals + sum of market_value of what it sells or transfers before vesting.
A disposal is dated to the start of the year vacated plus the months to its completed sale.
"""

from __future__ import annotations

from collections.abc import Iterator

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


def _reorganisation(problem: Problem, line: Timeline) -> Iterator[Issue]:
    partners, s = problem.estate.partners, problem.facts.sites
    threshold = problem.scenario.disposals.consent_threshold
    disposed = s.existing & (s.tenure == "freehold") & np.isin(s.on_exit.astype(str), ["sell", "transfer"])
    disposed &= (line.vacated < problem.years) & (s.market_value > 0)
    for row in np.flatnonzero(partners["vesting_date"].notna().to_numpy()):
        name, vesting = str(partners["partner_id"].iloc[row]), partners["vesting_date"].iloc[row].date()
        heir = str(partners["successor_id"].iloc[row]) or "its successor"
        before = []
        for i in np.flatnonzero(disposed & (s.partner == name)):
            months = float(s.months_to_sale[i]) if s.on_exit[i] == "sell" else 0.0
            day = add_months(financial_year_start(problem.base_year + int(line.vacated[i])), months)
            if day < vesting:
                before.append((day, str(s.ids[i]), float(s.market_value[i])))
        earlier = partners["earlier_disposals"].iloc[row]
        past = 0.0 if pd.isna(earlier) else float(earlier)
        total = past + sum(value for _, _, value in before)
        if not before or total <= threshold:
            continue
        each = [f"{site} £{value:,.0f} on {day}" for day, site, value in sorted(before)]
        listed = ", ".join([f"£{past:,.0f} before as_at"] * (past > 0) + each)
        yield Issue(
            f"plan, partner {name}",
            f"{NAME}: disposals before vesting on {vesting} add up to £{total:,.0f}, above £{threshold:,.0f} ({listed})",
            f"seek the consent of {heir} (2007 Act s24; s27 adds earlier disposals), or dispose after vesting",
            "warning",
        )
