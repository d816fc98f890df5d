"""A plan: what becomes of every site, team and intervention, and in which year; written and read as plain tables.

``year`` is the first calendar year of a financial year (2027 for 2027/28) and missing where nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

SITE_ACTIONS = ("keep", "dispose", "exit_lease", "open", "not_opened")
TEAM_ACTIONS = ("stay", "move", "close")
INTERVENTION_ACTIONS = ("build", "not_built")

SITE_COLUMNS = ("site_id", "partner_id", "action", "year")
TEAM_COLUMNS = ("team_id", "action", "site_id", "year", "share")
INTERVENTION_COLUMNS = ("intervention_id", "site_id", "action", "year")
ASSIGNMENT_COLUMNS = ("service_type", "zone_id", "site_id", "year", "share")


@dataclass(frozen=True)
class Violation:
    """One breach of one rule by a plan.

    ``excess`` is by how much, in the unit of the rule (m2, people, £, ...); 1 where a rule can only hold or not.
    """

    rule: str
    subject: str
    excess: float
    message: str

    def as_dict(self) -> dict[str, str | float]:
        """Return the breach as the contract's JSON object."""
        return {"rule": self.rule, "subject": self.subject, "excess": self.excess, "message": self.message}


@dataclass(frozen=True)
class Plan:
    """Three tables, one row a decision, sorted by id; and a fourth where the plan says who goes where.

    Attributes
    ----------
    sites : DataFrame
        Columns ``site_id, partner_id, action, year``; every existing and candidate site once.
    teams : DataFrame
        Columns ``team_id, action, site_id, year, share``; every team once, a divisible team once per site with a share.
        ``site_id`` is empty where a team closes.
    interventions : DataFrame
        Columns ``intervention_id, site_id, action, year``; every intervention once.
    assignment : DataFrame
        Columns ``service_type, zone_id, site_id, year, share``: what share of a zone's visits goes where in a decision
        year. Empty unless the scenario asks for ``assignment = "system"``.
    """

    sites: pd.DataFrame
    teams: pd.DataFrame
    interventions: pd.DataFrame
    assignment: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ASSIGNMENT_COLUMNS)))

    def __post_init__(self) -> None:
        object.__setattr__(self, "sites", _table(self.sites, SITE_COLUMNS, ("site_id",)))
        object.__setattr__(self, "teams", _table(self.teams, TEAM_COLUMNS, ("team_id", "site_id")))
        object.__setattr__(
            self, "interventions", _table(self.interventions, INTERVENTION_COLUMNS, ("intervention_id",))
        )
        key = ("service_type", "zone_id", "site_id", "year")
        object.__setattr__(self, "assignment", _table(self.assignment, ASSIGNMENT_COLUMNS, key))

    def records(self) -> dict[str, list[dict[str, object]]]:
        """Return the tables as lists of JSON objects, missing years as None; an empty assignment is left out."""
        more = {"assignment": table_records(self.assignment)} if len(self.assignment) else {}
        return {
            "sites": table_records(self.sites),
            "teams": table_records(self.teams),
            "interventions": table_records(self.interventions),
            **more,
        }

    @classmethod
    def from_records(cls, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Plan:
        """Read the three tables back from the lists of JSON objects in ``plan.json``; further keys are ignored."""
        frames = []
        for name, columns in (
            ("sites", SITE_COLUMNS),
            ("teams", TEAM_COLUMNS),
            ("interventions", INTERVENTION_COLUMNS),
            ("assignment", ASSIGNMENT_COLUMNS),
        ):
            rows = [{column: row.get(column) for column in columns} for row in tables.get(name, ())]
            frames.append(pd.DataFrame(rows, columns=list(columns)))
        return cls(*frames)

    def same_as(self, other: Plan) -> bool:
        """Say whether two plans decide the same."""
        return self.records() == other.records()


def table_records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return rows as JSON objects: missing numbers as None, whole numbers of ``year`` columns as int."""
    columns: dict[str, list[object]] = {}
    for name in table.columns:
        values = table[name]
        missing = values.isna().to_numpy()
        cells: list[object] = values.astype(object).tolist()
        if name == "year" or name.endswith("_year"):
            cells = [None if gone else int(v) for v, gone in zip(cells, missing, strict=True)]  # type: ignore[call-overload]
        elif missing.any():
            cells = [None if gone else v for v, gone in zip(cells, missing, strict=True)]
        columns[str(name)] = cells
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _table(table: pd.DataFrame, columns: tuple[str, ...], keys: tuple[str, ...]) -> pd.DataFrame:
    out = pd.DataFrame({name: table[name] for name in columns})
    for name in columns:
        if name in ("year", "share"):
            out[name] = pd.to_numeric(out[name], errors="coerce").astype("float64")
        else:
            out[name] = out[name].astype(object).where(out[name].notna(), "").astype(str).astype("str")
    return out.sort_values(list(keys), kind="stable", ignore_index=True)
