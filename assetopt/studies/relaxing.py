"""Rules that are policy rather than physics, each relaxed by one step: a wider choice in every case, never a narrower one.

access           today's share asked where today fails; every limit 5 minutes (2 km) wider
budget           not tested; consent: side payments allowed, then not tested
change           a cap a quarter higher (at least by one); the lead time six months shorter
limits           a tenth wider
disposals        one more sale a year and area
capacity         no headroom kept free
step-free        sites of unknown access allowed; then not tested
decisions        none taken beforehand
placements       pairs that are not listed allowed
service points   one fewer asked of each service
locks            sites that a partner wants kept or closed (``lock``) are free
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from assetopt.estate import Estate
from assetopt.scenario import Scenario
from assetopt.studies.players import scenario_with

MINUTES, KM = 5.0, 2.0
WIDER = 0.25
LIMIT = 0.10
MONTHS = 6


@dataclass(frozen=True)
class Relaxed:
    """A rule relaxed by one step: its name, what was done, and the question that results."""

    name: str
    what: str
    scenario: Scenario
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def relaxations(estate: Estate, scenario: Scenario) -> list[Relaxed]:
    """Return every rule that this question has, relaxed by one step."""
    return [
        *_access(estate, scenario),
        *_consent_and_money(scenario),
        *_change(scenario),
        *_limits(scenario),
        *_others(estate, scenario),
    ]


def _access(estate: Estate, scenario: Scenario) -> Iterator[Relaxed]:
    access = scenario.rules.access
    if access is not None and len(estate.standards):
        if access.floor == "asked":
            now = {**access.model_dump(exclude_unset=True), "floor": "today"}
            wider = scenario_with(scenario, rules={"access": now})
            yield Relaxed("access: floor", "where today falls short of a standard, today's share is asked", wider)
        hard = (estate.standards["force"] == "hard").to_numpy(dtype=bool)
        fixed = estate.standards["not_below_today"].fillna(False).to_numpy(dtype=bool)
        free = hard & ~fixed & (access.floor == "asked")
        if free.any():
            table = estate.standards.copy()
            table["max_minutes"] = table["max_minutes"].mask(free, table["max_minutes"] + MINUTES)
            table["max_km"] = table["max_km"].mask(free, table["max_km"] + KM)
            what = f"limits of {int(free.sum())} hard standards {MINUTES:g} minutes or {KM:g} km wider"
            yield Relaxed("access: limits", what, scenario, {"standards": table})
        if hard.all():
            off = scenario_with(scenario, rules={"access": None})
            yield Relaxed("access", "no access standard holds", off)
        elif hard.any():
            softer = {"standards": estate.standards[~hard].reset_index(drop=True)}
            yield Relaxed("access", "no hard access standard of the data package holds", scenario, softer)
    step_free = scenario.rules.step_free
    said = bool(estate.sites["step_free"].isin(["yes", "no"]).any())
    if step_free.hold and (said or step_free.unknown == "refused"):
        if step_free.unknown == "refused":
            wider = scenario_with(scenario, rules={"step_free": {"unknown": "allowed"}})
            yield Relaxed("step_free: unknown", "sites whose access is unknown are allowed", wider)
        yield Relaxed("step_free", "not asked", scenario_with(scenario, rules={"step_free": {"hold": False}}))


def _consent_and_money(scenario: Scenario) -> Iterator[Relaxed]:
    consent = scenario.rules.no_partner_worse_off
    if consent is not None:
        if not consent.side_payments:
            wider = scenario_with(scenario, rules={"no_partner_worse_off": {"side_payments": True}})
            yield Relaxed("no_partner_worse_off: side payments", "partners with a test may settle up", wider)
        off = scenario_with(scenario, rules={"no_partner_worse_off": None})
        yield Relaxed("no_partner_worse_off", "no partner's own test holds", off)
    if scenario.rules.budget is not None:
        yield Relaxed("budget", "no budget is tested", scenario_with(scenario, rules={"budget": None}))


def _change(scenario: Scenario) -> Iterator[Relaxed]:
    for name, cap in scenario.change:
        if not name.startswith("max_") or cap is None:
            continue
        more = cap + max(1, math.ceil(cap * WIDER)) if isinstance(cap, int) else cap * (1 + WIDER)
        yield Relaxed(f"change: {name}", f"{more:g} in place of {cap:g}", scenario_with(scenario, change={name: more}))
    lead = scenario.change.lead_months
    if lead > 0:
        less = max(0, lead - MONTHS)
        what = f"{less} months in place of {lead}"
        yield Relaxed("change: lead_months", what, scenario_with(scenario, change={"lead_months": less}))
    sales = scenario.disposals.max_per_year_per_area
    if sales is not None:
        wider = scenario_with(scenario, disposals={"max_per_year_per_area": sales + 1})
        yield Relaxed("disposals: max_per_year_per_area", f"{sales + 1} in place of {sales}", wider)


def _limits(scenario: Scenario) -> Iterator[Relaxed]:
    limits = scenario.limits
    for name, value in limits:
        if not isinstance(value, int | float):
            continue
        step = max(1, math.ceil(abs(value) * LIMIT)) if isinstance(value, int) else abs(value) * LIMIT
        wider = max(0, value - step) if name.startswith("min_") else value + step
        what = f"{wider:,.6g} in place of {value:,.6g}"
        yield Relaxed(f"limits: {name}", what, scenario_with(scenario, limits={name: wider}))
    if limits.max_carbon_by_year:
        most = {year: amount * (1 + LIMIT) for year, amount in limits.max_carbon_by_year.items()}
        changed = scenario_with(scenario, limits={"max_carbon_by_year": most})
        yield Relaxed("limits: max_carbon_by_year", "every year's a tenth higher", changed)


def _others(estate: Estate, scenario: Scenario) -> Iterator[Relaxed]:
    headroom = scenario.rules.capacity.headroom
    if headroom > 0:
        wider = scenario_with(scenario, rules={"capacity": {"headroom": 0.0}})
        yield Relaxed("capacity: headroom", f"none in place of {headroom:.0%}", wider)
    taken = scenario.decisions
    if taken.keep or taken.stay:
        free = scenario_with(scenario, decisions={"keep": (), "stay": ()})
        what = f"{len(taken.keep)} sites kept and {len(taken.stay)} teams that stay are free again"
        yield Relaxed("decisions", what, free)
    if scenario.placements.only_listed:
        free = scenario_with(scenario, placements={"only_listed": False})
        yield Relaxed("placements: only_listed", "pairs that are not listed are allowed", free)
    services = estate.service_types
    asked = services["min_points"].fillna(0) > 0
    if asked.any():
        table = services.assign(min_points=services["min_points"].where(~asked, services["min_points"] - 1))
        yield Relaxed("service points", "one fewer asked of each service", scenario, {"service_types": table})
    locked = estate.sites["lock"] == "keep"
    if locked.any():
        table = estate.sites.assign(lock=estate.sites["lock"].mask(locked, ""))
        yield Relaxed("locks", f"{int(locked.sum())} sites locked to be kept are free", scenario, {"sites": table})
