"""What to know before solving: how good the facts are, which rules today's estate keeps, what no plan could mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetopt.account import Books, cash_table
from assetopt.certificate import pounds
from assetopt.costs.aim import unit_of
from assetopt.errors import Issue
from assetopt.estate.quality import quality
from assetopt.estate.records import RECORDS
from assetopt.measures import access_table
from assetopt.plan import Violation, table_records
from assetopt.problem import Problem
from assetopt.problem.blockers import blockers
from assetopt.problem.nearest_value import nearest_mean, nearest_value
from assetopt.rules import RULES
from assetopt.travel import CROW, members, split_modes
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
    costs : DataFrame
        What the base year costs as things stand, to be ticked against the ledger, £ in base-year prices: columns
        ``partner_id, head, kind, economic, cash_real``; empty where today is no plan.
    notices : tuple of str
        Breaks and expiries whose notice date has passed, a line a site.
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
    costs: pd.DataFrame
    notices: tuple[str, ...]
    pairs: int
    movable: int

    @property
    def travel(self) -> Mapping[str, str]:
        """A sentence about the minutes of every mode that a standard names; see `assetopt.travel.Travel.about`."""
        if not len(self.problem.estate.demand):
            return {}
        texts = self.problem.estate.standards["mode"].astype(str)
        named = {mode for text in texts if text for part in split_modes(text) for mode in members(part)}
        return self.problem.travel.about(sorted(named - {CROW}))

    @property
    def travel_notes(self) -> tuple[str, ...]:
        """What is odd about minutes: places off the network, pairs out of reach."""
        return self.problem.travel.notes if self.travel else ()

    @property
    def warnings(self) -> list[Issue]:
        """What a reader should know and what stops nothing."""
        return [*self.model.notes, *self.model.estate.warnings, *self.problem.notes]

    def as_dict(self) -> dict[str, object]:
        """Return the findings as a JSON object."""
        issues = self.warnings
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
            "costs_today": table_records(self.costs),
            "notices_missed": list(self.notices),
            "access": table_records(self.access),
            "travel": dict(self.travel),
            "travel_notes": list(self.travel_notes),
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
        objective_today=None if today is None or today.books is None else today.books.objective_today,
        access=_access(problem),
        unreachable=tuple(blockers(problem)),
        costs=todays_costs(problem, today.books if today is not None else None),
        notices=tuple(_notices(problem)),
        pairs=len(team),
        movable=len(pd.unique(team)),
    )


def todays_costs(problem: Problem, books: Books | None) -> pd.DataFrame:
    """Return what business as usual costs in the base year by partner and head, see :attr:`Checked.costs`."""
    columns = ["partner_id", "head", "kind", "economic", "cash_real"]
    if books is None or books.today is None:
        return pd.DataFrame(columns=columns)
    table = cash_table(problem, Books(books.today, books.today))
    first = (table["year"] == problem.base_year) & (table["kind"] != "end_value")
    return table.loc[first, columns].reset_index(drop=True)


def _notices(problem: Problem) -> Iterator[str]:
    s = problem.facts.sites
    for i in np.flatnonzero(problem.tenure.missed):
        yield f"{s.ids[i]}: {problem.tenure.missed_words[i]} and cannot be used"


def _standings(problem: Problem, broken: tuple[Violation, ...]) -> Iterator[RuleStanding]:
    for name in dict.fromkeys([*RULES, *(violation.rule for violation in broken)]):
        found = tuple(violation for violation in broken if violation.rule == name)
        missing = _not_in_force(problem, name)
        state = "broken" if found else "not in force" if missing else "holds"
        yield RuleStanding(name, state, "" if found else missing, found)


def _not_in_force(problem: Problem, rule: str) -> str:
    """Say what a rule lacks; empty where it is in force."""
    scenario, estate = problem.scenario, problem.estate
    standards = estate.standards
    lacks = {
        "access": (scenario.rules.access is None, "the scenario has no table [rules.access]"),
        "compatibility": (not len(estate.compatibility), "there is no compatibility table"),
        "step_free": (
            problem.step_free is None,
            "no site says whether it is step-free"
            if scenario.rules.step_free.hold
            else "rules.step_free.hold is false",
        ),
        "service_points": (not len(estate.service_types), "there is no service_types table"),
        "limits": (
            all(v is None or v == {} for v in scenario.limits.model_dump().values()),
            "the scenario gives no [limits]",
        ),
        "disposals": (
            scenario.disposals.max_per_year_per_area is None,
            "the scenario gives no disposals.max_per_year_per_area",
        ),
        "budget": (scenario.rules.budget is None, "the scenario has no table [rules.budget]"),
        "no_partner_worse_off": (
            scenario.rules.no_partner_worse_off is None,
            "the scenario has no table [rules.no_partner_worse_off]",
        ),
        "superior_interest": (not (estate.sites["head_site_id"] != "").any(), "no site names a head_site_id"),
    }
    missing, why = lacks.get(rule, (False, ""))
    if rule == "access" and not missing and not (standards["force"] == "hard").any():
        return "there is no hard standard"
    if rule == "no_partner_worse_off" and not missing and not problem.consent.tests.any():
        return "no partner has a test (partners.consent)"
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
    """Return, for every test and group, the nearest value that today's estate would keep."""
    out: dict[tuple[str, str, str], str] = {}
    for test in problem.cover_tests:
        today = problem.points(test.service).today
        served = test.served(today)
        for group in test.groups:
            if float(group.weight[served].sum()) < group.required:
                out[(test.name, test.kind, group.label)] = nearest_value(test, group, today)
    for mean in problem.mean_tests:
        today = problem.points(mean.service).today
        for group in mean.groups:
            if group.today > group.required:
                out[(mean.name, f"mean {mean.unit}", group.label)] = nearest_mean(mean, group, today)
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
    yield from _costs(found)
    yield from _notice_lines(found)
    yield from _rules(found)
    yield from _access_lines(found.access, _guessed(found.problem), in_force=scenario.rules.access is not None)
    yield from _travel_lines(found.travel, found.travel_notes)
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
    issues = found.warnings
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


def _costs(found: Checked) -> Iterator[str]:
    """Say what the base year costs by partner, kind and head, to be ticked against the ledger."""
    table, year = found.costs, found.problem.base_year
    if not len(table):
        return
    yield ""
    yield f"Today's cost in {year}/{(year + 1) % 100:02d}, £ in base-year prices (cash: what the body pays less what it receives):"
    yield f"  {'':<30}{'economic':>16}{'cash':>16}"
    bodies = sorted(table["partner_id"].unique(), key=lambda name: (name.startswith("_"), name))
    for partner in bodies:
        rows = table[table["partner_id"] == partner]
        yield f"  {partner}"
        for kind in ("revenue", "capital"):
            mine = rows[rows["kind"] == kind]
            for row in mine.itertuples():
                yield _costs_line(f"  {row.head}", float(row.economic), float(row.cash_real))
            if len(mine):
                yield _costs_line(f"  {kind} together", mine["economic"].sum(), mine["cash_real"].sum())
    ours = table[~table["partner_id"].str.startswith("_")]
    for label, part in (("all partners", ours), ("all bodies, transfers cancel", table)):
        yield _costs_line(label, part["economic"].sum(), part["cash_real"].sum())


def _costs_line(label: str, economic: float, cash: float) -> str:
    return f"  {label:<30}{economic:>16,.2f}{cash:>16,.2f}"


def _notice_lines(found: Checked) -> Iterator[str]:
    if found.notices:
        asked = found.problem.scenario.appraisal.asked_on
        yield ""
        yield f"Notice is too late on {asked} for:"
        yield from (f"  {line}" for line in found.notices)


def _rules(found: Checked) -> Iterator[str]:
    yield ""
    if not found.rules:
        homeless = int((found.problem.facts.teams.home < 0).sum())
        yield f"Today's estate is no plan: {homeless} teams have no home today, so rules cannot be held against it."
        return
    unit, today = unit_of(found.problem.scenario), found.objective_today
    said = (
        ""
        if today is None
        else f"comes to {unit.tell(today)}"
        if unit.name
        else f"costs {pounds(today)}, present value"
    )
    cost = f" (carrying on {said})" if said else ""
    yield f"Today's estate against every rule{cost}:"
    for standing in found.rules:
        note = f": {standing.note}" if standing.note else ""
        count = f", {len(standing.violations)} times" if len(standing.violations) > 1 else ""
        yield f"  {standing.rule}: {standing.state.upper() if standing.violations else standing.state}{count}{note}"
        yield from (f"    {violation.message}" for violation in standing.violations)


def _guessed(problem: Problem) -> set[str]:
    """Return the standards whose minutes are estimated."""
    rows = problem.estate.standards[["standard_id", "mode"]].astype(str).itertuples(index=False, name=None)
    timed = ((name, ";".join(part for part in mode.split(";") if part.strip() != CROW)) for name, mode in rows)
    return {name for name, mode in timed if mode and problem.travel.is_estimated(mode)}


def _access_lines(table: pd.DataFrame, guessed: set[str], *, in_force: bool) -> Iterator[str]:
    if not len(table):
        return
    yield ""
    yield "Access today:" if in_force else "Access today (for information: the scenario has no table [rules.access]):"
    for row in table_records(table):
        mean = str(row["measure"]).startswith("mean")
        asked = _measure(row["asked"], row["measure"], mean)
        today = _measure(row["today"], row["measure"], mean)
        if mean and row["standard_id"] in guessed:
            today = today.replace(" minutes", " estimated minutes")
        fails = "TRIGGERED" if row["force"] == "trigger" else "FAILS"
        word = "ok" if row["holds"] else fails + (f" ({row['nearest']})" if row["nearest"] else "")
        kind = "" if row["measure"] == "share" else f" {row['measure']}"
        yield f"  {row['standard_id']}, {row['group']}{kind} ({row['force']}): {today} today, {asked} asked: {word}"


def _travel_lines(about: Mapping[str, str], notes: Sequence[str]) -> Iterator[str]:
    if about:
        yield ""
        yield "Travel times:"
        yield from (f"  {sentence}" for sentence in about.values())
        yield from (f"  note: {note}" for note in notes)


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
