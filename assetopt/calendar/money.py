"""The plan's cost with the calendar in it: what each month before or after 1 April changes, in both ledgers.

The yearly plan pays for a building to the 1 April of its year, and sets ``double_running_months`` aside. The calendar knows the
month: that provision is given back, and every month that a building is really kept longer (or shorter) is paid (or saved):

    npv_cost with calendar = npv_cost - provision + sum of (months x rate x discount factor of the month's year)

Months before the base year lie outside the appraisal; they are listed and not counted. ``late_cost`` is a priority, no money.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.calendar.case import NOWHERE, Schedule
from assetopt.calendar.facts import Diary
from assetopt.costs.holding import void_years
from assetopt.verify import Recount

COLUMNS = ("subject", "partner_id", "head", "year", "months", "economic", "cash", "present_value", "counted")


@dataclass(frozen=True)
class Restated:
    """``lines``: one row a subject, head and financial year (:data:`COLUMNS`, £); the plan's cost before and with them."""

    lines: pd.DataFrame
    npv_cost: float

    @property
    def difference(self) -> float:
        """£ present value that the calendar adds to ``npv_cost``."""
        return float(self.lines["present_value"].sum())

    @property
    def npv_cost_with_calendar(self) -> float:
        """£ present value of the plan with the calendar in it."""
        return self.npv_cost + self.difference

    @property
    def cash_difference(self) -> float:
        """£ that all partners together pay more (+) or less (-), undiscounted, the months before the base year included."""
        return float(self.lines["cash"].sum())

    def by_head(self) -> dict[str, tuple[float, float]]:
        """Return (present value, cash) in £ by head."""
        sums = self.lines.groupby("head")[["present_value", "cash"]].sum()
        return {str(head): (float(row["present_value"]), float(row["cash"])) for head, row in sums.iterrows()}

    def sentence(self) -> str:
        """Say the difference in words."""
        if not len(self.lines):
            return "The calendar changes nothing in the plan's cost."
        parts = [f"{_pounds(value)} {HEADS[head]}" for head, (value, _) in self.by_head().items() if abs(value) >= 0.5]
        why = f": {'; '.join(parts)}" if parts else ""
        more = f"£{abs(self.difference):,.0f} {'more' if self.difference >= 0 else 'less'}"
        return f"With the calendar in it the plan costs {more} than its own account by years says{why}."


HEADS = {
    "kept": "for buildings kept past, or left before, the 1 April of the plan",
    "rates": "of business rates on them",
    "rent": "of rent to another date than the plan pays to",
    "void": "of keeping empty buildings safe until they are sold: in months, where the plan counts whole years",
    "receipt": "because sales come later or earlier",
    "provision": "of double running that the plan had set aside",
    "opened": "for buildings opened before, or after, the 1 April of the plan",
    "decants": "for teams that move twice",
}
"""What each head is, in words."""


def _pounds(amount: float) -> str:
    return f"{'-' if amount < 0 else '+'}£{abs(amount):,.0f}"


def restated(diary: Diary, schedule: Schedule, recount: Recount) -> Restated:
    """Return the plan's cost with a calendar in it."""
    rows = [
        row
        for row in (
            *_exits(diary, schedule),
            *_voids(diary, schedule),
            *_openings(diary, schedule),
            *_decants(diary, schedule),
        )
        if row[5] or row[6]
    ]
    rows += _provision(diary, recount)
    lines = pd.DataFrame(rows, columns=list(COLUMNS[:7]))
    lines["months"] = lines["months"].astype(np.int64) if len(lines) else lines["months"]
    index = lines["year"].to_numpy(dtype=np.int64) - diary.problem.base_year
    inside = (index >= 0) & (index < diary.problem.horizon)
    factor = diary.problem.factors[np.clip(index, 0, diary.problem.horizon)]
    lines["present_value"] = np.where(inside, lines["economic"].to_numpy(dtype=np.float64) * factor, 0.0)
    lines["counted"] = inside
    order = ["subject", "head", "year"]
    assert recount.books is not None
    from assetopt.account.books import parts

    return Restated(
        lines.sort_values(order, kind="stable", ignore_index=True), float(parts(recount.books.plan)["npv_cost"])
    )


Row = tuple[str, str, str, int, int, float, float]


def _spread(diary: Diary, first: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield (financial year, months) of months first..stop - 1; months are negative where stop lies before first."""
    sign, low, high = (1, first, stop) if stop >= first else (-1, stop, first)
    years = [diary.months.year(m) for m in range(low, high)]
    for year in sorted(set(years)):
        yield year, sign * years.count(year)


def _exits(diary: Diary, schedule: Schedule) -> Iterator[Row]:
    s, purse = diary.problem.facts.sites, diary.problem.facts
    outside = 1.0 - purse.in_purse(s.landlord)
    for site, month in zip(diary.case.exits, schedule.exit, strict=True):
        i = site.site
        name, partner = str(s.ids[i]), str(s.partner[i])
        for year, months in _spread(diary, diary.plan_exit[i] + 1, month + 1):
            kept = months * float(diary.running[i])
            yield name, partner, "kept", year, months, kept, kept
            yield name, partner, "rates", year, months, 0.0, months * float(s.business_rates[i]) / 12.0
            yield name, partner, "receipt", year, months, months * float(diary.late_receipt[i]), 0.0
            if s.tenure[i] == "licence":
                rent = months * float(s.rent[i]) / 12.0
                yield name, partner, "rent", year, months, rent * float(outside[i]), rent
        lease = diary.lease.get(i)
        if lease is None:
            continue
        # The plan pays to the 1 April of its exit year; the calendar to the date at which the building can be handed back.
        base, horizon = diary.problem.base_year, diary.problem.horizon
        end = diary.months.start_of(base + horizon) - 1
        event, planned = lease.next_from(month), int(diary.line.exit_year[i])
        until = min(end, event.month) if event is not None else end
        told = diary.months.start_of(base + min(planned, horizon)) - 1
        for year, months in _spread(diary, told + 1, until + 1):
            rent = months * float(s.rent[i]) / 12.0
            yield name, partner, "rent", year, months, rent * float(outside[i]), rent


def void(diary: Diary, site: int, handback: int) -> tuple[int, int]:
    """Return the months [first, stop) in which a building that is handed back after ``handback`` stands empty until its sale."""
    s = diary.problem.facts.sites
    if s.on_exit[site] == "mothball":
        return handback + 1, max(handback + 1, diary.months.start_of(diary.problem.base_year + diary.problem.horizon))
    return handback + 1, handback + 1 + math.ceil(float(s.months_to_sale[site]) - 1e-9)


def _voids(diary: Diary, schedule: Schedule) -> Iterator[Row]:
    """Yield the months of every void, and less those that the plan's whole years pay for."""
    problem, s = diary.problem, diary.problem.facts.sites
    years = void_years(problem)
    for site, month in zip(diary.case.exits, schedule.exit, strict=True):
        i = site.site
        start = int(diary.line.vacated[i])
        end = min(start + int(years[i]), problem.horizon)
        told = [diary.months.start_of(problem.base_year + t) for t in (start, end)]
        for sign, (first, stop) in ((1, void(diary, i, month)), (-1, (told[0], told[1]))):
            for year, months in _spread(diary, first, stop):
                cost = sign * months * float(s.holding_cost[i]) / 12.0
                yield str(s.ids[i]), str(s.partner[i]), "void", year, sign * months, cost, cost


def _openings(diary: Diary, schedule: Schedule) -> Iterator[Row]:
    s = diary.problem.facts.sites
    outside = 1.0 - diary.problem.facts.in_purse(s.landlord)
    for place, month in zip(diary.case.openings, schedule.open, strict=True):
        i = place.site
        rent = float(s.rent[i]) / 12.0
        for year, months in _spread(diary, month, diary.plan_open[i]):
            economic = months * (float(diary.running[i]) + rent * float(outside[i]))
            cash = months * (float(diary.running[i]) + rent + float(s.business_rates[i]) / 12.0)
            yield str(s.ids[i]), str(s.partner[i]), "opened", year, months, economic, cash


def _decants(diary: Diary, schedule: Schedule) -> Iterator[Row]:
    for k, (move, site) in enumerate(zip(diary.case.moves, schedule.decant, strict=True)):
        if site != NOWHERE:
            cost = float(move.decant_cost)
            yield move.team, move.partner, "decants", diary.months.year(schedule.leave[k]), 0, cost, cost


def _provision(diary: Diary, recount: Recount) -> list[Row]:
    assert recount.books is not None
    book = recount.books.plan
    rows = book[(book["cost"] == "double_running") & (book["economic"].abs() > 1e-9)]
    s = diary.problem.facts.sites
    partner = dict(zip(s.ids, s.partner, strict=True))
    base = diary.problem.base_year
    told = zip(rows["subject"].astype(str), rows["year"].astype(int), rows["economic"].astype(float), strict=True)
    return [(name, str(partner.get(name, "")), "provision", base + year, 0, -cost, -cost) for name, year, cost in told]
