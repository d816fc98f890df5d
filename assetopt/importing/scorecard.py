"""How good each partner's facts are, and which ten facts the plan would gain most from having.

Worth of a fact: by how much the plan's saving changes when the value assumed for it is a quarter higher (lower where it
cannot be higher), everything else and the plan itself unchanged; recounted, not solved again (`assetopt.resting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from assetopt.estate import Estate
from assetopt.estate.quality import quality
from assetopt.problem import Problem
from assetopt.report.audit import plan_of, problem_of, read_plan_document
from assetopt.resting import resting_on
from assetopt.timeline import lay_out

if TYPE_CHECKING:
    from assetopt.plan import Plan

FACTS = 10
PLAUSIBLE = {"gia_m2": (20.0, 60_000.0)}
COST_PER_M2 = (20.0, 1_000.0)
"""Running cost a year and square metre outside which cost and area contradict each other, £; wide on purpose."""
_NAMED = 5


@dataclass(frozen=True)
class PartnerScore:
    """One partner's facts.

    Attributes
    ----------
    partner_id : str
    sites : int
        Its sites, external ones apart.
    completeness : float or None
        Share 0-1 of the columns that matter, and apply, that are filled.
    undated : float or None
        Share 0-1 of sites without ``as_of``.
    age_years : float or None
        Median age of those with one, at ``as_at``.
    consistency : float or None
        Share 0-1 of sites without a contradiction: a UPRN of two of its sites, an area or a cost per m2 out of range.
    assumed : float or None
        Of the facts about sites that the plan changes (all sites without a plan), the share 0-1 that is empty or marked C.
    """

    partner_id: str
    sites: int
    completeness: float | None
    undated: float | None
    age_years: float | None
    consistency: float | None
    assumed: float | None


@dataclass(frozen=True)
class Wanted:
    """One fact worth collecting.

    Attributes
    ----------
    table, column, parameter : str
        The fact, and the setting that stands in for it.
    rows : int
        Rows that lack it.
    effect : float or None
        Change of ``npv_saving``, £, when the assumed value is a quarter higher (lower where it cannot be higher); None
        without a plan, and where the assumed value is 0.
    where : str
        Partners that lack it most, and the sites among them that the plan changes.
    """

    table: str
    column: str
    parameter: str
    rows: int
    effect: float | None
    where: str


@dataclass(frozen=True)
class Scorecard:
    """Scores by partner, and the facts most worth collecting, dearest first."""

    partners: tuple[PartnerScore, ...]
    wanted: tuple[Wanted, ...]
    has_plan: bool

    def as_dict(self) -> dict[str, object]:
        """Return the scorecard as a JSON object."""
        return {
            "has_plan": self.has_plan,
            "partners": [asdict(score) for score in self.partners],
            "wanted": [asdict(fact) for fact in self.wanted],
        }


def scorecard(problem: Problem, plan: Plan | None = None) -> Scorecard:
    """Score the facts of a problem; with a plan, weigh what is missing by its effect on the plan's saving."""
    changed = set(problem.estate.sites["site_id"])
    if plan is not None:
        changed = set(plan.sites.loc[~plan.sites["action"].isin(("keep", "not_opened")), "site_id"])
    wanted = _wanted(problem, plan, changed)
    return Scorecard(tuple(_scores(problem, changed)), wanted, plan is not None)


def scorecard_of_report(folder: Path) -> Scorecard:
    """Score the inputs of a report folder by its plan; raises DataError where there is none."""
    document = read_plan_document(folder)
    return scorecard(problem_of(folder), plan_of(folder, document))


def _scores(problem: Problem, changed: set[str]) -> Iterator[PartnerScore]:
    estate = problem.estate
    day = pd.Timestamp(problem.scenario.appraisal.asked_on)
    for partner in estate.partners["partner_id"]:
        sites = estate.sites
        mine = sites[(sites["partner_id"] == partner) & (sites["status"] != "external")]
        dated = pd.to_datetime(mine["as_of"].where(mine["as_of"] != ""), errors="coerce", format="ISO8601")
        ages = (day - dated.dropna()).dt.days / 365.25
        filled, rows = _filled(estate, mine)
        weak, all_rows = _assumed(estate, mine[mine["site_id"].isin(changed)])
        yield PartnerScore(
            str(partner),
            len(mine),
            filled / rows if rows else None,
            float(dated.isna().mean()) if len(mine) else None,
            float(ages.median()) if len(ages) else None,
            float(_consistent(mine).mean()) if len(mine) else None,
            weak / all_rows if all_rows else None,
        )


def _filled(estate: Estate, sites: pd.DataFrame) -> tuple[int, int]:
    table = quality(replace(estate, tables={**estate.tables, "sites": sites}, present=frozenset({"sites"})))
    return int(table["filled"].sum()), int(table["rows"].sum())


def _assumed(estate: Estate, sites: pd.DataFrame) -> tuple[int, int]:
    """Return the facts about sites that are empty or marked C, and all that apply."""
    filled, rows = _filled(estate, sites)
    marked = sites[sites["confidence"] == "C"]
    return rows - filled + _filled(estate, marked)[0], rows


def _consistent(sites: pd.DataFrame) -> pd.Series:
    good = ~(sites["uprn"].duplicated(keep=False) & (sites["uprn"] != "") & (sites["head_site_id"] == ""))
    for column, (low, high) in PLAUSIBLE.items():
        good &= sites[column].isna() | sites[column].between(low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = sites["running_cost"] / sites["gia_m2"]
    return good & (cost.isna() | cost.between(*COST_PER_M2))


def _wanted(problem: Problem, plan: Plan | None, changed: set[str]) -> tuple[Wanted, ...]:
    missing = []
    for entry in problem.assumptions:
        gaps = _lacking(problem.estate, entry.table, entry.column)
        if entry.parameter and gaps is not None and len(gaps) >= entry.rows:
            missing.append((entry, gaps))  # not a rate that holds for every row, but a fact that a row lacks
    line = None if plan is None else lay_out(problem, plan)[0]
    rests = {} if line is None else resting_on(problem, line, [entry.parameter for entry, _ in missing])
    found = []
    for entry, gaps in missing:
        effect = rests[entry.parameter].saving if entry.parameter in rests else None
        where = _where(gaps, entry.rows, changed)
        found.append(Wanted(entry.table, entry.column, entry.parameter, entry.rows, effect, where))
    said = {(fact.table, fact.column) for fact in found}
    for column in ("gia_m2", "running_cost", "backlog"):  # nothing stands in for them, though money follows from them
        gaps = _lacking(problem.estate, "sites", column)
        if gaps is not None and len(gaps) and ("sites", column) not in said:
            found.append(Wanted("sites", column, "", len(gaps), None, _where(gaps, len(gaps), changed)))
    found.sort(key=lambda fact: (-abs(fact.effect or 0.0), -fact.rows, fact.table, fact.column))
    return tuple(found[:FACTS])


def _lacking(estate: Estate, table: str, column: str) -> pd.DataFrame | None:
    """Return the rows that lack a fact; None where the table has no such column."""
    frame = estate.tables.get(table)
    if frame is None or column not in frame:
        return None
    ours = frame[frame["status"] == "existing"] if table == "sites" else frame
    return ours[ours[column].isna() | (ours[column] == "")]


def _where(gaps: pd.DataFrame, rows: int, changed: set[str]) -> str:
    """Name the partners that lack a fact most, and sites among them that the plan changes.

    Where the fact is asked of some of the empty rows only (``rows`` is fewer), partners are not counted.
    """
    if "partner_id" not in gaps:
        return ""
    most = gaps["partner_id"].value_counts().head(3).items() if len(gaps) == rows else ()
    text = ", ".join(f"{name} {count}" for name, count in most)
    named = list(dict.fromkeys(name for name in gaps.get("site_id", ()) if name in changed))[:_NAMED]
    return "; such as ".join(part for part in (text, ", ".join(named)) if part)


def scorecard_text(found: Scorecard) -> str:
    """Return the scorecard for reading."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Scorecard) -> Iterator[str]:
    yield "Facts by partner (share filled; age in years; share without contradiction; share assumed" + (
        " about what the plan changes):" if found.has_plan else "):"
    )
    yield f"  {'':<40}{'sites':>7}{'filled':>9}{'undated':>9}{'age':>7}{'sound':>8}{'assumed':>9}"
    for score in found.partners:
        shares = [score.completeness, score.undated, score.consistency, score.assumed]
        filled, undated, sound, assumed = ("" if share is None else f"{share:.0%}" for share in shares)
        age = "" if score.age_years is None else f"{score.age_years:.1f}"
        yield f"  {score.partner_id:<40}{score.sites:>7}{filled:>9}{undated:>9}{age:>7}{sound:>8}{assumed:>9}"
    yield ""
    yield "Facts most worth collecting" + (
        " (change of the saving, £, when the assumed value is a quarter higher, or lower where it cannot be higher):"
        if found.has_plan
        else " (no plan given: by rows):"
    )
    for fact in found.wanted:
        effect = "" if fact.effect is None else f"{fact.effect:+,.0f}"
        stand_in = f" ({fact.parameter} stands in)" if fact.parameter else " (nothing stands in)"
        yield f"  {effect:>14}  {fact.table}, {fact.column}: {fact.rows:,} rows{stand_in}" + (
            f": {fact.where}" if fact.where else ""
        )
