"""The comparison: what differs in the question first, then tables, each with columns in a fixed order and unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from assetopt.compare import decisions, money, people
from assetopt.compare.question import letters, question_notes, question_table, refuse_strangers
from assetopt.compare.side import Side
from assetopt.plan import table_records
from assetopt.report.tables import Field, Kind, Table, rounded

_HEADINGS: dict[str, tuple[Kind, str]] = {
    "plan": ("text", "Plan"), "name": ("text", "Name"), "status": ("text", "Status"), "sentence": ("text", "How good it is"),
    "about": ("text", "About"), "what": ("text", "What"), "item": ("text", "Item"), "unit": ("text", "Unit"),
    "id": ("text", "Id"), "partner_id": ("text", "Partner"), "kind": ("text", "Kind"), "does": ("text", "All do"),
    "changes": ("flag", "A change"), "same_year": ("flag", "In the same year"), "years": ("text", "Years"),
    "service_type": ("text", "Service"), "mode": ("text", "Mode"), "zone_id": ("text", "Zone"), "district": ("text", "District"),
    "ward": ("text", "Ward"), "people": ("people", "People"), "way_today": ("travel", "Way today"),
    "people_nearer": ("people", "People nearer than with A"), "people_further": ("people", "People further than with A"),
    "mean_nearer": ("travel", "They are nearer by, on average"), "mean_further": ("travel", "They are further by, on average"),
    "most_nearer": ("travel", "Most nearer"), "most_nearer_zone": ("text", "Zone"),
    "most_further": ("travel", "Most further"), "most_further_zone": ("text", "Zone"),
    "people_gaining": ("people", "People who reach a point only with this plan"),
    "people_losing": ("people", "People who reach a point only with A"), "standard_id": ("text", "Standard"),
    "breakdown": ("text", "By"), "group": ("text", "Group"), "year": ("year", "Year (first of the financial year)"),
}  # fmt: skip
_PER_PLAN: dict[str, tuple[Kind, str]] = {
    "": ("number", ""), "does": ("text", "does"), "year": ("year", "year"), "why": ("text", "why"), "way": ("travel", "way"),
    "mean": ("travel", "mean way"), "share": ("share", "share served"), "real": ("money", "£ real"),
    "nominal": ("money", "£ nominal"),
}  # fmt: skip
KEYS: dict[str, tuple[str, ...]] = {
    "plans": ("plan",), "question": ("about", "what"), "totals": ("item",), "sites": ("id",), "teams": ("id",),
    "common_core": ("kind", "id"), "access": ("plan", "service_type", "mode"),
    "access_groups": ("kind", "standard_id", "service_type", "mode", "breakdown", "group"),
    "access_zones": ("service_type", "mode", "zone_id"), "cash": ("partner_id", "year", "kind"),
}  # fmt: skip
"""Every table of a comparison, in the order in which it is read."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plans side by side.

    Attributes
    ----------
    sides : tuple of Side
        The plans, A first.
    notes : tuple of str
        What differs in version, data, scenario or audience, in plain words; said before any figure.
    tables : mapping of str to Table
        By the names of :data:`KEYS`.
    """

    sides: tuple[Side, ...]
    notes: tuple[str, ...]
    tables: Mapping[str, Table]

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables as plain frames."""
        return {name: table.frame for name, table in self.tables.items()}

    def as_dict(self) -> dict[str, object]:
        """Return the comparison as a JSON object."""
        plans = {letter: side.name for letter, side in zip(letters(len(self.sides)), self.sides, strict=True)}
        rows = {name: table_records(table.frame) for name, table in self.tables.items()}
        return {"schema_version": "1.0", "plans": plans, "notes": list(self.notes), "tables": rows}


def compared(sides: Sequence[Side]) -> Comparison:
    """Compare plans; raises DataError where there are fewer than two, more than eight, or they are of different estates."""
    refuse_strangers(sides)
    question = question_table(sides)
    by_zone = people.zones(sides)
    frames = {
        "plans": _plans(sides), "question": question, "totals": money.totals(sides), "sites": decisions.differing(sides, "site"),
        "teams": decisions.differing(sides, "team"), "common_core": decisions.common_core(sides),
        "access": people.winners_and_losers(sides, by_zone), "access_groups": people.groups(sides), "access_zones": by_zone,
        "cash": money.cash(sides),
    }  # fmt: skip
    tables = {name: _table(name, frames[name]) for name in KEYS}
    return Comparison(tuple(sides), question_notes(sides, question), tables)


def _plans(sides: Sequence[Side]) -> pd.DataFrame:
    rows = [
        (
            letter,
            side.name,
            str(side.part("certificate").get("status", "")),
            str(side.part("certificate").get("sentence", "")),
        )
        for letter, side in zip(letters(len(sides)), sides, strict=True)
    ]
    return pd.DataFrame(rows, columns=["plan", "name", "status", "sentence"])


def _table(name: str, frame: pd.DataFrame) -> Table:
    fields = tuple(_fields(frame))
    columns: dict[str, pd.Series] = {}
    for field in fields:
        values = frame[field.name]
        if field.kind == "text":
            columns[field.name] = values.fillna("").astype("str")
        elif field.kind == "flag":
            columns[field.name] = values.astype(bool)
        else:
            columns[field.name] = pd.Series(rounded(values.to_numpy(dtype=float, na_value=float("nan")), field.kind))
    return Table(name, fields, KEYS[name], pd.DataFrame(columns, columns=[field.name for field in fields]))


def _fields(frame: pd.DataFrame) -> Iterator[Field]:
    for column in map(str, frame.columns):
        if column in _HEADINGS:
            yield Field(column, *_HEADINGS[column])
            continue
        if len(column) == 1 and column.isupper():
            yield Field(column, "text", column)
            continue
        letter, _, rest = column.partition("_")
        less = rest.endswith("less_a")
        kind, words = _PER_PLAN[rest.removesuffix("less_a").rstrip("_")]
        heading = f"{letter.upper()} less A" if less else letter.upper()
        yield Field(column, kind, f"{heading}: {words}" if words else heading)
