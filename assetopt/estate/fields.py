"""What a column of the data package is: its kind, its unit, its range, what it refers to and what an empty cell means.

The record types in `assetopt.estate.records` say these things once, as annotated types; `columns_of` reads them from
there. The reader, the checks, the documentation, ``datapackage.json`` and the empty templates all use the result.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["text", "number", "integer", "boolean", "date", "choice"]


@dataclass(frozen=True)
class Unit:
    """The unit of a number, as the documentation shows it."""

    name: str


@dataclass(frozen=True)
class Ref:
    """The table whose key this column refers to."""

    table: str


@dataclass(frozen=True)
class Identifier:
    """Marks text that identifies something: compared after trimming, never read as a number."""


# Numbers with their unit and range. Money is pounds in base-year prices, excluding VAT.
Pounds = Annotated[float, Ge(0), Unit("£")]
SignedPounds = Annotated[float, Unit("£")]
PoundsAYear = Annotated[float, Ge(0), Unit("£/yr")]
SignedPoundsAYear = Annotated[float, Unit("£/yr")]
Share = Annotated[float, Ge(0), Le(1), Unit("share 0-1")]
Months = Annotated[float, Ge(0), Unit("months")]
Years = Annotated[float, Ge(0), Unit("years")]
FinancialYear = Annotated[int, Ge(1900), Le(2200), Unit("first calendar year of the financial year")]
Minutes = Annotated[float, Ge(0), Unit("minutes")]
Kilometres = Annotated[float, Ge(0), Unit("km")]
SquareMetres = Annotated[float, Ge(0), Unit("m2")]
Tonnes = Annotated[float, Ge(0), Unit("tCO2e/yr")]
SignedTonnes = Annotated[float, Unit("tCO2e/yr")]
Amount = Annotated[float, Ge(0), Unit("unit of the space type: m2, desks, rooms")]
SignedAmount = Annotated[float, Unit("unit of the space type: m2, desks, rooms")]
People = Annotated[float, Ge(0), Unit("people")]
Count = Annotated[int, Ge(0), Unit("count")]
Latitude = Annotated[float, Ge(49.8), Le(60.9), Unit("degrees (WGS84)")]
Longitude = Annotated[float, Ge(-8.7), Le(1.8), Unit("degrees (WGS84)")]
Easting = Annotated[float, Ge(0), Le(700_000), Unit("metres (EPSG:27700)")]
Northing = Annotated[float, Ge(0), Le(1_300_000), Unit("metres (EPSG:27700)")]

# Identifiers, and references to the key of another table.
Id = Annotated[str, Field(min_length=1), Identifier()]
Name = Annotated[str, Identifier()]
PartnerId = Annotated[str, Ref("partners"), Identifier()]
SiteId = Annotated[str, Ref("sites"), Identifier()]
TeamId = Annotated[str, Ref("teams"), Identifier()]
InterventionId = Annotated[str, Ref("interventions"), Identifier()]
ZoneId = Annotated[str, Ref("demand"), Identifier()]

OWN = "x_"
GROUP = "pop_"


class Record(BaseModel):
    """One row of a table. Frozen; other columns are refused, but for ``x_`` columns, which are the user's own."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)
    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    REQUIRED_TABLE: ClassVar[bool] = False
    GROUPS: ClassVar[bool] = False

    source: str = Field("", description="Where the row's facts come from.")
    as_of: str = Field("", description="The day or year the facts speak of.")
    confidence: Literal["A", "B", "C", ""] = Field("", description="A measured, B estimated, C assumed.")

    @model_validator(mode="after")
    def _only_own_columns_beside_ours(self) -> Record:
        for name in self.model_extra or {}:
            if not name.startswith(OWN) and not (self.GROUPS and name.startswith(GROUP)):
                raise ValueError(f"{name} is no column of {self.TABLE}")
        return self


@dataclass(frozen=True)
class Column:
    """One column of a table, as derived from its record type.

    Attributes
    ----------
    name : str
        Column name in the contract.
    kind : {"text", "number", "integer", "boolean", "date", "choice"}
        Integers are held as float64 too; the kind only asks for whole numbers.
    several : bool
        Whether a cell may hold several values with ``;`` between them.
    required : bool
        Every row must have a value.
    choices : tuple of str
        Legal values of a choice.
    low, high : float or None
        Inclusive range of a number.
    unit : str
        Unit of a number.
    ref : str
        Table whose key the value must be in; empty when none.
    default : str, float, bool or None
        What an empty cell means by contract; None when the contract says nothing (the model may then assume a value,
        and says so in the plan).
    identifier : bool
        Whether the text identifies something.
    description : str
        One line for the documentation.
    """

    name: str
    kind: Kind
    several: bool
    required: bool
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    unit: str
    ref: str
    default: str | float | bool | None
    identifier: bool
    description: str

    @property
    def is_number(self) -> bool:
        """Whether the column is held as float64."""
        return self.kind in ("number", "integer")

    @property
    def is_share(self) -> bool:
        """Whether the number is a share between 0 and 1, where ``12.5%`` may be written."""
        return self.unit.startswith("share")

    @property
    def is_text(self) -> bool:
        """Whether the column is held as text (several dates are)."""
        return self.kind in ("text", "choice") or self.several


_KINDS: dict[type, Kind] = {str: "text", float: "number", int: "integer", bool: "boolean", date: "date"}


def _unwrap(hint: object) -> tuple[object, list[object]]:
    """Strip ``Annotated`` and ``| None`` from a type hint; return the bare type and all annotations met."""
    marks: list[object] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *found = get_args(hint)
            marks.extend(found)
        elif get_origin(hint) in (Union, types.UnionType):
            hint = next(arg for arg in get_args(hint) if arg is not type(None))
        else:
            return hint, marks


def _first(marks: Iterable[object], wanted: type) -> object | None:
    return next((m for m in marks if isinstance(m, wanted)), None)


@cache
def columns_of(record: type[Record]) -> dict[str, Column]:
    """Return the columns of a table by name, in contract order (``source``, ``as_of``, ``confidence`` last).

    Parameters
    ----------
    record : type of Record
        A record type of `assetopt.estate.records`.
    """
    hints = get_type_hints(record, include_extras=True)
    last = list(Record.model_fields)
    names = [n for n in record.model_fields if n not in last] + last
    return {name: _column(record, name, hints[name]) for name in names}


def _column(record: type[Record], name: str, hint: object) -> Column:
    info = record.model_fields[name]
    bare, marks = _unwrap(hint)
    several = get_origin(bare) is tuple
    if several:
        bare, inner = _unwrap(get_args(bare)[0])
        marks += inner
    choices = tuple(c for c in get_args(bare) if c) if get_origin(bare) is Literal else ()
    kind: Kind = "choice" if choices else _KINDS[bare]  # type: ignore[index]
    default = None if info.is_required() else info.get_default()
    if isinstance(default, tuple):
        default = ";".join(str(d) for d in default)
    unit, ref, low, high = _first(marks, Unit), _first(marks, Ref), _first(marks, Ge), _first(marks, Le)
    return Column(
        name=name,
        kind=kind,
        several=several,
        required=info.is_required(),
        choices=choices,
        low=float(str(low.ge)) if isinstance(low, Ge) else None,
        high=float(str(high.le)) if isinstance(high, Le) else None,
        unit=unit.name if isinstance(unit, Unit) else "",
        ref=ref.table if isinstance(ref, Ref) else "",
        default=None if default == "" else default,
        identifier=_first(marks, Identifier) is not None,
        description=info.description or "",
    )
