"""Where scenario and data, each right by itself, do not meet: money in years that nobody looks at, caps on nameless areas.

None of it stops a run; each is told by ``check`` and stands among the warnings of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from assetopt.errors import Issue

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem


def money_notes(problem: Problem) -> tuple[Issue, ...]:
    """Return every such warning."""
    return (*_fund_years(problem), *_idle_funds(problem), *_areas(problem), *_carbon(problem))


def _fund_years(problem: Problem) -> Iterator[Issue]:
    funds, first, last = problem.estate.funds, problem.base_year, problem.base_year + problem.horizon - 1
    for fund, rows in funds[(funds["year"] < first) | (funds["year"] > last)].groupby("fund_id", sort=True):
        years = ", ".join(f"{int(year)}" for year in sorted(rows["year"]))
        what = f"£{rows['amount'].sum():,.0f} of {fund} stand in {years}, outside the appraisal ({first} to {last})"
        yield Issue(f"funds, {fund}, year", f"{what}: never used", "correct the year, or appraisal_years", "warning")


def _idle_funds(problem: Problem) -> Iterator[Issue]:
    """Funds that may pay for nobody where every partner pays for itself alone."""
    if problem.scenario.rules.budget is None or problem.scenario.boundaries.budgets != "ring_fenced":
        return
    funds = problem.estate.funds
    for (fund, partner), rows in funds.groupby(["fund_id", "partner_id"], sort=True):
        named = {name for cell in rows["pays_for"] for name in str(cell).split(";")}
        if not named & {"all", str(partner)}:
            what = (
                f"budgets are ring_fenced and {fund} of {partner} pays for {', '.join(sorted(named))} alone: for nobody"
            )
            fix = f'add {partner} to pays_for, or set boundaries.budgets = "aligned"'
            yield Issue(f"funds, {fund}, pays_for", what, fix, "warning")


def _areas(problem: Problem) -> Iterator[Issue]:
    s, asked, change = problem.facts.sites, problem.scenario.disposals, problem.scenario.change
    sold = s.existing & (s.tenure == "freehold") & (s.on_exit == "sell") & (s.market_value > 0)
    bare = int((sold & (s.market_area == "")).sum())
    if bare and (asked.max_per_year_per_area is not None or asked.haircut):
        what = f"{bare:,} of {int(sold.sum()):,} freeholds that may be sold have no market_area"
        yield Issue(
            "sites, market_area", f"{what}; [disposals] does not count them", "give their market_area", "warning"
        )
    caps = (
        change.max_moves_per_year_per_town,
        change.max_fte_per_year_per_town,
        change.max_sites_in_works_per_year_per_town,
    )
    if any(cap is not None for cap in caps):
        lost = int((~s.external & (problem.town.of < 0)).sum())
        if lost:
            what = f"{lost:,} sites have neither a market_area nor a district around them; caps by town leave them out"
            yield Issue("sites, market_area", what, "give their market_area", "warning")


def _carbon(problem: Problem) -> Iterator[Issue]:
    limits, first, last = problem.scenario.limits, problem.base_year, problem.base_year + problem.horizon - 1
    for year in sorted(limits.max_carbon_by_year):
        if not first <= int(year) <= last:
            what = f"the cap of {year} lies outside the appraisal ({first} to {last}) and is never tested"
            yield Issue(f"scenario, limits.max_carbon_by_year.{year}", what, "correct the year", "warning")
    table = problem.estate.sites
    ours = (table["status"] != "external").to_numpy(dtype=bool)
    bare = int((ours & np.isnan(table["carbon_t"].to_numpy(dtype=np.float64))).sum())
    if bare and (limits.max_carbon is not None or limits.max_carbon_by_year):
        what = f"{bare:,} of {int(ours.sum()):,} sites have no carbon_t and count as 0 against the cap"
        yield Issue("sites, carbon_t", what, "give their emissions", "warning")
