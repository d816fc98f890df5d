"""A plan in a few lines of plain text, for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assetopt.certificate import pounds

if TYPE_CHECKING:
    from assetopt.result import Result


_LABEL = 23


def summary(result: Result, width: int | None = None) -> str:
    """Return what a planner wants to know first.

    Parameters
    ----------
    result : Result
    width : int, optional
        Columns of the terminal; without it no line is wrapped, as output that is captured never is.
    """
    lines = list(_lines(result))
    if width is not None:
        lines = [part for line in lines for part in _wrapped(line, width)]
    return "\n".join(lines) + "\n"


def _wrapped(line: str, width: int) -> list[str]:
    """Return a line in parts that fit; what follows a label is set in beneath it."""
    labelled = len(line) > _LABEL and line[:_LABEL].endswith("  ")
    indent = " " * (_LABEL if labelled else 0)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _lines(result: Result) -> Iterator[str]:
    yield result.problem.scenario.name or "Plan"
    yield result.certificate.sentence
    yield from result.certificate.notes
    if result.plan is None:
        yield from (*result.certificate.reasons, *result.certificate.ways())
        return
    yield ""
    yield from (_row(label, text) for label, text in headline(result))


def headline(result: Result) -> Iterator[tuple[str, str]]:
    """Return label and text of what a planner wants to know first, of a result that has a plan."""
    assert result.plan is not None
    totals, access = result.totals, result.access

    def money(name: str) -> str:
        value = totals[name]
        return pounds(float(value)) if isinstance(value, int | float) else "not known"

    yield ("Cost of the plan", f"{money('npv_cost')} present value; carrying on as today {money('npv_cost_today')}")
    yield ("Saving", f"{money('npv_saving')} present value, {money('annual_saving')} a year once done")
    beside = {"journeys": "Journeys", "penalties": "Shortfalls", "preferences": "Preferences", "equity": "Long ways"}
    for name, label in beside.items():
        now, then = totals[f"npv_{name}"], totals[f"npv_{name}_today"]
        if now or then:
            yield (f"{label}, priced", f"{money(f'npv_{name}')}; today {money(f'npv_{name}_today')}")
    yield ("Capital", f"{money('capital')} for works and openings; at most {money('peak_net_capital')} out at a time")
    yield ("Net receipts", f"{money('receipts')} ({money('receipts_low')} to {money('receipts_high')})")
    yield (
        "Paid back",
        f"from {totals['payback_year']}" if totals["payback_year"] is not None else "not within the appraisal",
    )
    yield ("Sites", f"{totals['sites_kept']} held at the end, {totals['sites_disposed']} left")
    teams = result.plan.teams
    closed = int((teams["action"] == "close").sum())
    yield ("Teams", f"{totals['teams_moved']} move" + (f", {closed} close" if closed else ""))
    built = int((result.plan.interventions["action"] == "build").sum())
    if built:
        yield ("Interventions", f"{built} built")
    if len(access):
        hold = int(access["holds"].sum())
        yield ("Access", f"{hold} of {len(access)} tests hold as asked")
    assumed = result.problem.assumption_table()
    if len(assumed):
        yield ("Assumptions", f"{int(assumed['rows'].sum()):,} facts were assumed (see assumptions.csv)")
    verdict = result.verdict
    if verdict is not None:
        words = "every rule holds by an independent recount" if verdict.ok else f"{len(verdict.violations)} breaches"
        yield ("Verified", words)


def _row(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"
