"""Mending a plan that cannot be kept month by month: later years for what needs them, judged anew, and what that costs.

The calendar is solved with every change free to be late to the end of the decision years; what it cannot do in time moves to the
first year that can. The mended plan must keep every rule of the yearly model; its calendar is then found and checked as usual.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetopt.calendar.facts import Diary
from assetopt.calendar.search import solve
from assetopt.calendar.settings import Settings
from assetopt.certificate import Certificate, gap_of, pounds, saving_gap_of, sentence
from assetopt.costs.aim import unit_of
from assetopt.errors import DataError
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.verify import Recount, judge

if TYPE_CHECKING:
    from assetopt.calendar.run import Calendar


@dataclass(frozen=True)
class Repaired:
    """A mended plan with its calendar, or why there is none; ``changed`` ids whose year is another, ``extra`` £ of objective."""

    problem: Problem
    recount: Recount | None
    calendar: Calendar | None
    changed: tuple[str, ...]
    extra: float | None
    sentence: str

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "ok": self.calendar is not None, "sentence": self.sentence, "changed": list(self.changed), "extra": self.extra,
        }  # fmt: skip


def repair_plan(
    diary: Diary, recount: Recount, settings: Settings, *, threads: int, seed: int,
    stop: threading.Event | None = None,
) -> Repaired:  # fmt: skip
    """Return the plan with years that can be kept; see the module."""
    from assetopt.calendar.facts import diary as lay
    from assetopt.calendar.run import Calendar, calendar_for

    problem, plan = diary.problem, recount.plan
    assert recount.line is not None

    def failed(why: str) -> Repaired:
        return Repaired(problem, None, None, (), None, f"The plan was not mended: {why}.")

    last = problem.years - 1
    brief = settings.model_copy(update={"time_limit": settings.time_limit / 2})
    longer = brief.model_copy(update={"slip_months": settings.slip_months + 12 * max(1, last)})
    try:
        free = lay(problem, plan, recount.line, longer)
    except DataError as fault:
        return failed(str(fault).splitlines()[0])
    answer = solve(free.case, seconds=longer.time_limit, threads=threads, seed=seed, gap=0.02, stop=stop)
    if answer.schedule is None:
        return failed(
            "later years do not help"
            if answer.status == "infeasible"
            else "no calendar with later years was found in time"
        )
    years, schedule = _years(diary, settings), answer.schedule
    new: dict[str, dict[str, int]] = {"team": {}, "site": {}, "work": {}}
    for k, v in enumerate(free.case.moves):
        new["team"][v.team] = max(new["team"].get(v.team, 0), years(schedule.arrive[k]))
    for k, x in enumerate(free.case.exits):
        new["site"][free.case.sites[x.site]] = years(schedule.exit[k])
    for k, o in enumerate(free.case.openings):
        new["site"][free.case.sites[o.site]] = years(schedule.open[k])
    for k, w in enumerate(free.case.works):
        new["work"][w.intervention] = years(schedule.work[k])
    sites, teams, works, changed = plan.sites, plan.teams, plan.interventions, []
    later = (
        _later(sites, "site_id", new["site"]),
        _later(teams, "team_id", new["team"]),
        _later(works, "intervention_id", new["work"]),
    )
    for table, before, key in zip(later, (sites, teams, works), ("site_id", "team_id", "intervention_id"), strict=True):
        moved = (table["year"] != before["year"]) & before["year"].notna()
        changed += table.loc[moved, key].astype(str).tolist()
    if any(float(table["year"].max()) > problem.base_year + last for table in later if len(table)):
        return failed(
            f"it needs a year after {problem.base_year + last}, the last in which changes may happen; allow more decision_years"
        )
    if not changed:
        return failed("no other year helps")
    mended = judge(problem, Plan(*later, plan.assignment))
    if not mended.verdict.ok:
        return failed(f"with years that can be kept it breaks a rule: {mended.verdict.violations[0].message}")
    found = calendar_for(problem, mended, brief, threads=threads, seed=seed, stop=stop)
    was, now = recount.verdict.objective_recomputed, mended.verdict.objective_recomputed
    extra = None if was is None or now is None else now - was
    if not isinstance(found, Calendar):
        return failed("with the later years, too, no calendar was found")
    cost = "" if extra is None else f" That costs {pounds(extra)} more by the plan's own account."
    some = ", ".join(changed[:6]) + (", ..." if len(changed) > 6 else "")
    said = f"Mended: {len(changed)} decisions take a later year ({some}).{cost}"
    return Repaired(problem, mended, found, tuple(changed), extra, said)


def _years(diary: Diary, settings: Settings):  # type: ignore[no-untyped-def]
    """Return a function from a month to the first decision year whose slip reaches it."""
    base, starts = diary.problem.base_year, diary.months.start_of

    def year(month: int) -> int:
        t = 0
        while starts(base + t) + settings.slip_months - 1 < month:
            t += 1
        return base + t

    return year


def _later(table: pd.DataFrame, key: str, years: dict[str, int]) -> pd.DataFrame:
    """Return the table with years put off where ``years`` names a later one."""
    asked = table[key].map(years).astype("float64")
    return table.assign(year=np.where(table["year"].notna(), np.fmax(table["year"], asked), np.nan))


def write_repaired(repaired: Repaired, folder: Path, out: Path) -> None:
    """Write the report folder of a mended plan; the bound is that of the plan in ``folder``, whose problem is the same."""
    from assetopt.report.audit import read_plan_document
    from assetopt.report.write import write_report
    from assetopt.result import Result

    told = read_plan_document(folder)["certificate"]
    assert isinstance(told, dict)
    assert repaired.recount is not None
    objective, bound, today = (
        repaired.recount.verdict.objective_recomputed,
        told.get("bound"),
        told.get("objective_today"),
    )
    gap, unit = gap_of(objective, bound), unit_of(repaired.problem.scenario)
    saving = saving_gap_of(objective, bound, today, unit.saves)
    certificate = Certificate(
        **{
            **told, "status": "feasible", "objective": objective, "gap": gap, "saving_gap": saving, "stopped": "ended",
            "reasons": (), "notes": (*told.get("notes", ()), "years were put off so that the plan can be carried out"),
            "sentence": sentence("feasible", objective, bound, today, "ended", (), unit),
        }
    )  # fmt: skip
    write_report(Result(repaired.problem, certificate, repaired.recount), out)
