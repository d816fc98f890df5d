"""Tiny estates as inline tables, one a function: each small enough to check every plan of it by hand or by enumeration."""

from __future__ import annotations

from functools import cache
from io import StringIO

import pandas as pd

from assetopt.estate import Estate
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.scenario import Scenario
from assetopt.timeline import Timeline, lay_out
from assetopt.verify import judge

PARTNERS = "partner_id,name,sector\ncouncil,Council,council\nnhs,Trust,nhs\npolice,Police,police\n"


def table(text: str) -> pd.DataFrame:
    """Read one inline CSV; every cell is text, as in a file."""
    return pd.read_csv(StringIO(text.strip().replace(" ", "")), dtype=str, keep_default_na=False)


def estate(**tables: str) -> Estate:
    """Make an estate from inline CSVs; partners are council, nhs and police unless given."""
    return _estate(tuple(sorted({"partners": PARTNERS, **tables}.items())))


@cache
def _estate(tables: tuple[tuple[str, str], ...]) -> Estate:
    return Estate.from_frames(**{name: table(text) for name, text in tables})


def scenario(**tables: object) -> Scenario:
    """Return a scenario in plain money: two decision years, four appraisal years, nothing discounted, nothing assumed.

    A table that is given is laid over these; ``appraisal`` key by key.
    """
    plain: dict[str, object] = {
        "base_year": 2027, "decision_years": 2, "appraisal_years": 4, "discount": 0.0, "residual_value": False,
        "optimism_bias": False,
    }  # fmt: skip
    given = dict(tables)
    plain |= given.pop("appraisal", {})  # type: ignore[operator, call-overload]
    exact = {"gap": 0.0, "saving_gap": 0.0, "time_limit": 60.0, "threads": 1}
    return Scenario.model_validate({"appraisal": plain, "defaults": {"use": "none"}, "solver": exact, **given})


def problem(tables: dict[str, str], **settings: object) -> Problem:
    """Return the problem of inline CSVs and scenario tables."""
    return Problem(estate(**tables), scenario(**settings))


# --- plans in one line ------------------------------------------------------------------------------------------------


def plan_of(asked: Problem, *, leave: dict[str, int] | None = None, open_: dict[str, int] | None = None,
            move: dict[str, tuple[str, int]] | None = None, close: dict[str, int] | None = None,
            build: dict[str, int] | None = None,
            split: dict[str, list[tuple[str, int, float]]] | None = None) -> Plan:  # fmt: skip
    """Write a plan by what changes; years are calendar years, whatever is not named stays as it is today.

    ``leave``: site -> year vacated. ``move``: team -> (site, year). ``split``: team -> [(site, year, share), ...], the
    rest stays at home.
    """
    leave, open_, move, close, build, split = (
        leave or {},
        open_ or {},
        move or {},
        close or {},
        build or {},
        split or {},
    )
    facts = asked.facts
    sites, teams = [], []
    for i, site in enumerate(facts.sites.ids):
        if facts.sites.external[i]:
            continue
        gone = "dispose" if facts.sites.tenure[i] == "freehold" else "exit_lease"
        still, event = ("not_opened", "open") if facts.sites.candidate[i] else ("keep", gone)
        year = (open_ if facts.sites.candidate[i] else leave).get(str(site))
        sites.append((site, facts.sites.partner[i], still if year is None else event, year))
    for s, team in enumerate(facts.teams.ids):
        home = facts.teams.home[s]
        rows = [(*move[str(team)], 1.0)] if team in move else split.get(str(team), [])
        teams += [(team, "move", site, year, share) for site, year, share in rows]
        if team in close:
            teams.append((team, "close", "", close[str(team)], 1.0))
        elif home >= 0 and (rest := 1.0 - sum(row[2] for row in rows)) > 1e-9:
            teams.append((team, "stay", facts.sites.ids[home], None, rest))
    works = [
        (
            work,
            facts.sites.ids[facts.interventions.site[m]],
            "build" if work in build else "not_built",
            build.get(str(work)),
        )
        for m, work in enumerate(facts.interventions.ids)
    ]
    return Plan(
        pd.DataFrame(sites, columns=["site_id", "partner_id", "action", "year"]),
        pd.DataFrame(teams, columns=["team_id", "action", "site_id", "year", "share"]),
        pd.DataFrame(works, columns=["intervention_id", "site_id", "action", "year"]),
    )


def line_of(asked: Problem, **changes: object) -> Timeline:
    """Lay out a plan of :func:`plan_of` in years."""
    line, faults = lay_out(asked, plan_of(asked, **changes))  # type: ignore[arg-type]
    assert line is not None, faults
    return line


def breaches_of(asked: Problem, rule: str, **changes: object) -> list[tuple[str, float, str]]:
    """Return (subject, excess, message) of every breach of one rule by a plan of :func:`plan_of`."""
    verdict = judge(asked, plan_of(asked, **changes)).verdict  # type: ignore[arg-type]
    return [(v.subject, v.excess, v.message) for v in verdict.violations if v.rule == rule]


def ledger_of(asked: Problem, cost: str, **changes: object) -> dict[tuple[str, str, int], float]:
    """Return what one cost writes for a plan: (subject, head, calendar year) -> £ real, undiscounted, of the economic ledger."""
    recount = judge(asked, plan_of(asked, **changes))  # type: ignore[arg-type]
    assert recount.books is not None, recount.verdict.violations
    book = recount.books.plan
    book = book[book["cost"] == cost]
    return {
        (row.subject, row.head, row.year + asked.base_year): row.economic
        for row in book.itertuples()
        if abs(row.economic) > 1e-9
    }


# --- one team, its home, and an empty building beside it ---------------------------------------------------------------

SPACES = "site_id,space_type,capacity\nhome,office,100\nother,office,100\n"
TEAMS = "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\n"
NEEDS = "team_id,space_type,amount\nt,office,10\n"
PLACE = "site_id,partner_id,name,easting,northing"
OTHER = "other,council,Other,601000,150000"


def two_sites(columns: str, home: str, other: str = "freehold", **settings: object) -> Problem:
    """``home`` (easting 600000) houses team t and has these cells; ``other`` stands empty beside it."""
    gaps = "," * (columns.count(",") - other.count(","))
    more = {"visits", "demand", "standards", "service_types", "placements", "compatibility", "interventions",
            "intervention_spaces", "teams", "needs", "spaces", "partners", "funds"}  # fmt: skip
    tables = {name: str(settings.pop(name)) for name in sorted(more & set(settings))}
    sites = f"{PLACE},{columns}\nhome,council,Home,600000,150000,{home}\n{OTHER},{other}{gaps}\n"
    return problem({"sites": sites, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS, **tables}, **settings)


GONE: dict[str, object] = {"leave": {"home": 2027}, "move": {"t": ("other", 2027)}}
"""The changes with which t leaves home for the other building at once."""
