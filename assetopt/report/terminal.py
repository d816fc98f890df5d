"""A plan in a few lines of plain text, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assetopt.certificate import pounds

if TYPE_CHECKING:
    from assetopt.result import Result


def summary(result: Result) -> str:
    """Return what a planner wants to know first; lines are not wrapped."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    yield result.problem.scenario.name or "Plan"
    yield result.certificate.sentence
    yield from result.certificate.notes
    if result.plan is None:
        yield from result.certificate.reasons
        return
    totals, access = result.totals, result.access

    def money(name: str) -> str:
        value = totals[name]
        return pounds(float(value)) if isinstance(value, int | float) else "not known"

    yield ""
    yield _row("Cost of the plan", f"{money('npv_cost')} present value; carrying on as today {money('npv_cost_today')}")
    yield _row("Saving", f"{money('npv_saving')} present value, {money('annual_saving')} a year once done")
    beside = {"journeys": "Journeys", "penalties": "Shortfalls", "preferences": "Preferences", "equity": "Long ways"}
    for name, label in beside.items():
        now, then = totals[f"npv_{name}"], totals[f"npv_{name}_today"]
        if now or then:
            yield _row(f"{label}, priced", f"{money(f'npv_{name}')}; today {money(f'npv_{name}_today')}")
    yield _row(
        "Capital", f"{money('capital')} for works and openings; at most {money('peak_net_capital')} out at a time"
    )
    yield _row("Net receipts", f"{money('receipts')} ({money('receipts_low')} to {money('receipts_high')})")
    yield _row(
        "Paid back",
        f"from {totals['payback_year']}" if totals["payback_year"] is not None else "not within the appraisal",
    )
    yield _row("Sites", f"{totals['sites_kept']} held at the end, {totals['sites_disposed']} left")
    teams = result.plan.teams
    closed = int((teams["action"] == "close").sum())
    yield _row("Teams", f"{totals['teams_moved']} move" + (f", {closed} close" if closed else ""))
    built = int((result.plan.interventions["action"] == "build").sum())
    if built:
        yield _row("Interventions", f"{built} built")
    if len(access):
        hold = int(access["holds"].sum())
        yield _row("Access", f"{hold} of {len(access)} tests hold as asked")
    if len(result.assumptions):
        yield _row("Assumptions", f"{int(result.assumptions['rows'].sum()):,} facts were assumed (see assumptions.csv)")
    verdict = result.verdict
    if verdict is not None:
        words = "every rule holds by an independent recount" if verdict.ok else f"{len(verdict.violations)} breaches"
        yield _row("Verified", words)


def _row(label: str, text: str) -> str:
    return f"{label:<23}{text}"
