"""The financial years in which works fall when they are carried out, beside the year to which the plan books their capital."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from assetopt.calendar.case import Schedule
from assetopt.calendar.facts import Diary
from assetopt.problem.facts import codes

Row = tuple[str, str, str, int, int, int, float]
"""Works, site, who pays, year booked, year in which it falls, months in it, £ capital with optimism bias."""


def capital_by_year(diary: Diary, schedule: Schedule) -> Iterator[Row]:
    """Yield the capital of all works by the year in which it falls, spread evenly over their months."""
    problem, iv = diary.problem, diary.problem.facts.interventions
    number = codes([work.intervention for work in diary.case.works], iv.index)
    for work, m, done in zip(diary.case.works, number.tolist(), schedule.work, strict=True):
        span = range(done - work.months, done) if work.months else range(done, done + 1)
        booked = problem.base_year + int(diary.line.built[m])
        for year, months in sorted(Counter(diary.months.year(month) for month in span).items()):
            amount = float(problem.works_cost[m]) * months / len(span)
            yield work.intervention, diary.case.sites[work.site], str(iv.payer[m]), booked, year, months, amount


def elsewhere(diary: Diary, schedule: Schedule) -> float:
    """Return how much capital falls in another financial year than the plan books it to, £."""
    return float(np.sum([row[6] for row in capital_by_year(diary, schedule) if row[3] != row[4]]))
