"""What to know before solving: how good the facts are, which rules today's estate keeps, what no plan could mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetopt.certificate import pounds
from assetopt.estate.quality import quality
from assetopt.estate.records import RECORDS
from assetopt.measures import access_table, weighted_quantile
from assetopt.plan import Violation, table_records
from assetopt.problem import Problem
from assetopt.problem.blockers import blockers
from assetopt.rules import RULES
from assetopt.travel.params import CROW
from assetopt.verify import judge_today

if TYPE_CHECKING:
    from assetopt.read import Model


@dataclass(frozen=True)
class RuleStanding:
    """How today's estate stands on one rule: ``state`` is "holds", "broken" or "not in force"."""

    rule: str
    state: str
    note: str
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Checked:
    """What `check` found out about a model that can be read.

    Attributes
    ----------
    counts : dict
        Rows of every table that is present.
    quality : DataFrame
        See :func:`assetopt.estate.quality.quality`.
    rules : tuple of RuleStanding
        Today's estate on every rule; empty where a team has no home today, so that today is no plan.
    objective_today : float or None
        What carrying on as today costs (£ present value); None where today is no plan.
    access : DataFrame
        Today's access; columns ``standard_id, group, force, measure, asked, today, holds, nearest``.
    unreachable : tuple of str
        Why no plan can exist, as far as it is seen without a search.
    pairs, movable : int
        Candidate pairs of team and site, and how many teams have one.
    """

    model: Model
    problem: Problem
    counts: dict[str, int]
    quality: pd.DataFrame
    rules: tuple[RuleStanding, ...]
    objective_today: float | None
    access: pd.DataFrame
    unreachable: tuple[str, ...]
    pairs: int
    movable: int

    def as_dict(self) -> dict[str, object]:
        """Return the findings as a JSON object."""
        issues = [*self.model.notes, *self.model.estate.warnings]
        return {
            "ok": True,
            "faults": [],
            "name": self.model.scenario.name,
            "tables": self.counts,
            "warnings": [{"where": i.where, "what": i.what, "fix": i.fix} for i in issues],
            "quality": table_records(self.quality),
            "rules": [
                {"rule": r.rule, "state": r.state, "note": r.note, "violations": [v.as_dict() for v in r.violations]}
                for r in self.rules
            ],
            "objective_today": self.objective_today,
            "access": table_records(self.access),
            "unreachable": list(self.unreachable),
            "pairs": self.pairs,
            "teams_with_a_choice": self.movable,
            "assumptions": [entry.as_dict() for entry in self.problem.assumptions],
        }


def check(model: Model) -> Checked:
    """Hold a model against everything that can be said without solving it.

    Raises
    ------
    DataError, ScenarioError
        Where estate and scenario contradict each other.
    """
    problem = model.problem()
    estate = model.estate
    team, _ = problem.pairs
    today = judge_today(problem)
    broken = today.verdict.violations if today is not None else ()
    return Checked(
        model=model,
        problem=problem,
        counts={table: len(estate.tables[table]) for table in RECORDS if table in estate.present},
        quality=quality(estate),
        rules=tuple(_standings(problem, broken)) if today is not None else (),
        objective_today=None if today is None else today.verdict.objective_recomputed,
        access=_access(problem),
        unreachable=tuple(blockers(problem)),
        pairs=len(team),
        movable=len(pd.unique(team)),
    )


def _standings(problem: Problem, broken: tuple[Violation, ...]) -> Iterator[RuleStanding]:
    for name in dict.fromkeys([*RULES, *(violation.rule for violation in broken)]):
        found = tuple(violation for violation in broken if violation.rule == name)
        missing = _not_in_force(problem, name)
        state = "broken" if found else "not in force" if missing else "holds"
        yield RuleStanding(name, state, "" if found else missing, found)
    for name in ("budget", "no_partner_worse_off"):
        yield RuleStanding(name, "not in force", "not in this version", ())


def _not_in_force(problem: Problem, rule: str) -> str:
    """Say what a rule lacks; empty where it is in force."""
    scenario, estate = problem.scenario, problem.estate
    standards = estate.standards
    lacks = {
        "access": (scenario.rules.access is None, "the scenario has no table [rules.access]"),
        "compatibility": (not len(estate.compatibility), "there is no compatibility table"),
        "service_points": (not len(estate.service_types), "there is no service_types table"),
        "limits": (all(v is None for v in scenario.limits.model_dump().values()), "the scenario gives no [limits]"),
        "superior_interest": (not (estate.sites["head_site_id"] != "").any(), "no site names a head_site_id"),
    }
    missing, why = lacks.get(rule, (False, ""))
    if rule == "access" and not missing and not (standards["force"] == "hard").any():
        return "there is no hard standard"
    return why if missing else ""


def _access(problem: Problem) -> pd.DataFrame:
    table = access_table(problem, None)
    mean = table["measure"].astype(str).str.startswith("mean")
    asked = table["share_required"].where(~mean, table["required"])
    today = table["share_today"].where(~mean, table["mean_today"])
    out = pd.DataFrame(
        {
            "standard_id": table["standard_id"],
            "group": table["group"],
            "force": table["force"],
            "measure": table["measure"],
            "people": table["people"],
            "asked": asked.astype("float64"),
            "today": today.astype("float64"),
            "holds": table["holds"].astype(bool),
        }
    )
    nearest = _nearest(problem)
    rows = zip(out["standard_id"], out["measure"], out["group"], out["holds"], strict=True)
    return out.assign(nearest=["" if holds else nearest.get((s, m, g), "") for s, m, g, holds in rows])


def _nearest(problem: Problem) -> dict[tuple[str, str, str], str]:
    """Return, for every share test and group, the minutes within which today's estate would serve the share asked."""
    out: dict[tuple[str, str, str], str] = {}
    for test in problem.cover_tests:
        row = problem.estate.standards.iloc[test.standard]
        if test.kind != "share" or np.isnan(row["max_minutes"]):
            continue
        modes = [mode.strip() for mode in str(row["mode"]).split(";") if mode.strip() not in ("", CROW)] or ["car"]
        if row["segment"] == "pop_no_car":
            modes = [mode for mode in modes if mode != "car"]
        today = test.sites[problem.points(test.service).today]
        if not len(today) or not modes:
            continue
        way, _ = problem.minutes.nearest(modes, today)
        for group in test.groups:
            if group.total > 0:
                enough = weighted_quantile(way, group.weight, group.required / group.total)
                text = f"{np.ceil(enough * 10) / 10:.1f} minutes would hold" if np.isfinite(enough) else ""
                out[(test.name, test.kind, group.label)] = text
    return out


# --- in words --------------------------------------------------------------------------------------------------------


def check_text(found: Checked) -> str:
    """Return the findings for reading; lines are not wrapped."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Checked) -> Iterator[str]:
    scenario = found.model.scenario
    yield scenario.name or "Model"
    yield ""
    yield "Tables: " + ", ".join(f"{table} {count:,}" for table, count in found.counts.items())
    yield from _warnings(found)
    yield from _quality(found.quality)
    yield from _rules(found)
    yield from _access_lines(found.access, in_force=scenario.rules.access is not None)
    yield ""
    if found.unreachable:
        yield "No plan can exist:"
        yield from (f"  {reason}" for reason in found.unreachable)
    else:
        yield "Nothing was found that rules out every plan."
    teams = len(found.problem.facts.teams)
    choice = f"{found.movable:,} of {teams:,} teams have a choice"
    yield f"{found.pairs:,} pairs of team and site may become a move; {choice}."
    yield from _assumptions(found.problem)


def _warnings(found: Checked) -> Iterator[str]:
    issues = [*found.model.notes, *found.model.estate.warnings]
    yield ""
    yield f"{len(issues)} warnings:" if len(issues) != 1 else "1 warning:"
    yield from (f"  {issue}".replace("\n", " ") for issue in issues)


def _quality(table: pd.DataFrame) -> Iterator[str]:
    yield ""
    yield "Data quality (columns that matter; where not filled, a value is assumed or the thing is left out):"
    for name, rows in table[table["rows"] > 0].groupby("table", sort=False):
        first = rows.iloc[0]
        marks = ", ".join(
            f"{first[mark]} {word}"
            for mark, word in (
                ("measured", "measured"),
                ("estimated", "estimated"),
                ("assumed", "assumed"),
                ("unmarked", "unmarked"),
            )
            if first[mark]
        )
        yield f"  {name} ({marks})"
        yield "    " + ", ".join(
            f"{r['column']} {_whole_percent(float(r['filled_share']))}" for _, r in rows.iterrows()
        )


def _whole_percent(share: float) -> str:
    """Return a share in percent; 100 % and 0 % only where exact."""
    if 0.0 < share < 0.01:
        return "under 1 %"
    return f"{min(share, 0.99) if share < 1.0 else 1.0:.0%}".replace("%", " %")


def _rules(found: Checked) -> Iterator[str]:
    yield ""
    if not found.rules:
        homeless = int((found.problem.facts.teams.home < 0).sum())
        yield f"Today's estate is no plan: {homeless} teams have no home today, so rules cannot be held against it."
        return
    cost = (
        "" if found.objective_today is None else f" (carrying on costs {pounds(found.objective_today)}, present value)"
    )
    yield f"Today's estate against every rule{cost}:"
    for standing in found.rules:
        note = f": {standing.note}" if standing.note else ""
        count = f", {len(standing.violations)} times" if len(standing.violations) > 1 else ""
        yield f"  {standing.rule}: {standing.state.upper() if standing.violations else standing.state}{count}{note}"
        yield from (f"    {violation.message}" for violation in standing.violations)


def _access_lines(table: pd.DataFrame, *, in_force: bool) -> Iterator[str]:
    if not len(table):
        return
    yield ""
    yield "Access today:" if in_force else "Access today (for information: the scenario has no table [rules.access]):"
    for row in table_records(table):
        mean = str(row["measure"]).startswith("mean")
        asked = _measure(row["asked"], row["measure"], mean)
        today = _measure(row["today"], row["measure"], mean)
        word = "ok" if row["holds"] else "FAILS" + (f" ({row['nearest']})" if row["nearest"] else "")
        kind = "" if row["measure"] == "share" else f" {row['measure']}"
        yield f"  {row['standard_id']}, {row['group']}{kind} ({row['force']}): {today} today, {asked} asked: {word}"


def _measure(value: object, measure: object, mean: bool) -> str:
    if not isinstance(value, int | float):
        return "not everyone reached"
    return f"{value:.2f} {str(measure).removeprefix('mean').strip()}" if mean else f"{value:.2%}"


def _assumptions(problem: Problem) -> Iterator[str]:
    entries = problem.assumptions
    yield ""
    if not entries:
        yield "Nothing is assumed."
        return
    yield "Assumed where the data is silent (confidence C; [defaults] in the scenario):"
    for entry in entries:
        value = f"{entry.parameter} = {entry.value:g} {entry.unit}".rstrip() if entry.parameter else entry.note
        yield f"  {entry.table}, {entry.column}: {entry.rows:,} rows; {value}"
