"""A mapping says which header of a register tells which fact, in which unit, and which rows are no buildings."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assetopt.errors import DataError, Issue, did_you_mean
from assetopt.estate.fields import OWN, columns_of
from assetopt.estate.records import RECORDS
from assetopt.estate.records.partners import Sector

FOLDER = Path(__file__).with_name("formats")
FORMATS = ("transparency", "eric", "libraries")
"""Mappings that are shipped."""

METRES, POUNDS = "m2", "£"
UNITS: dict[str, tuple[str, float]] = {
    "": ("", 1.0),
    "m2": (METRES, 1.0),
    "sqft": (METRES, 0.09290304),
    "ha": (METRES, 10_000.0),
    "acre": (METRES, 4_046.8564224),
    "gbp": (POUNDS, 1.0),
    "gbp_k": (POUNDS, 1e3),
    "gbp_m": (POUNDS, 1e6),
    "percent": ("share", 0.01),
}
"""What one unit of the register is in the unit of the data package: exact by definition (foot 0.3048 m)."""

SPECIAL = ("partner", "code", "x", "y", "idle_m2")
"""Facts that are not columns of ``sites``: the partner's name, the register's own code of the row, a position whose
kind (degrees or grid) the values tell, and floor area that is empty or under-used."""

MAX_MAPPING_BYTES = 1_000_000


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Source(_Strict):
    """Where one fact comes from: the first header of several that is filled, several joined, several added up, or one
    value for all rows."""

    first: tuple[str, ...] = Field((), alias="from")
    join: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    constant: str = ""
    unit: str = ""
    values: dict[str, str] = Field(default_factory=dict)
    zero_is_missing: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Source:
        ways = sum(bool(way) for way in (self.first, self.join, self.sum, self.constant))
        if ways != 1:
            raise ValueError("give one of from, join, sum and constant")
        if self.unit not in UNITS:
            raise ValueError(f'there is no unit "{self.unit}"; units are ' + ", ".join(u for u in UNITS if u))
        return self

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header this source may read."""
        return (*self.first, *self.join, *self.sum)


class Filter(_Strict):
    """Cells of the first of these headers that is there, and the values (``*`` and ``?`` stand for any text) that fit."""

    column: tuple[str, ...]
    values: tuple[str, ...]


class LeaveOut(Filter):
    """Rows that are no buildings in use, and why; ``unless`` keeps some of them."""

    reason: str
    unless: Filter | None = None


class Occupier(_Strict):
    """The team that stands for whoever is in a building today; it does not move until you say so."""

    service_type: str = "occupier"
    name: str = "Occupier of {site}"


class Mapping(_Strict):
    """A mapping file.

    Attributes
    ----------
    title : str
        What the register is.
    source, as_of : str
        Where it is from and the day or year it speaks of; written into every row.
    sector : str
        Sector of the partners in it.
    columns : dict
        Fact (a column of ``sites``, an ``x_`` column or one of `SPECIAL`) to its source.
    spaces : dict
        Kind of space to its source.
    leave_out : tuple of LeaveOut
        Tried in order; the first that fits gives the reason.
    """

    title: str = ""
    source: str = ""
    as_of: str = ""
    sector: Sector = "council"
    columns: dict[str, Source]
    spaces: dict[str, Source] = Field(default_factory=dict)
    leave_out: tuple[LeaveOut, ...] = ()
    occupier: Occupier = Occupier()

    @model_validator(mode="after")
    def _known_facts(self) -> Mapping:
        known = [*columns_of(RECORDS["sites"]), *SPECIAL]
        for fact in self.columns:
            if fact not in known and not fact.startswith(OWN):
                raise ValueError(f'columns: there is no fact "{fact}"; {did_you_mean(fact, known)}'.rstrip("; "))
        lacking = [fact for fact in ("partner_id", "name") if fact not in self.columns]
        if lacking:
            raise ValueError(f"columns: {' and '.join(lacking)} must come from somewhere")
        return self


def read_mapping(form: str) -> Mapping:
    """Return a shipped mapping by name, or one from a TOML file.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    path = FOLDER / f"{form}.toml" if form in FORMATS else Path(form)
    if not path.is_file():
        fix = did_you_mean(form, FORMATS) or f"formats are {', '.join(FORMATS)}, or the path of a mapping.toml"
        raise DataError([Issue(form, "is no format and no mapping file", fix)])
    if path.stat().st_size > MAX_MAPPING_BYTES:
        raise DataError(
            [Issue(path.name, f"is larger than {MAX_MAPPING_BYTES:,} bytes", "a mapping is a short TOML file")]
        )
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except ValidationError as fault:
        issues = [
            Issue(", ".join([path.name, ".".join(str(part) for part in error["loc"])]).rstrip(", "), error["msg"])
            for error in fault.errors()
        ]
        raise DataError(issues) from fault
    except (ValueError, RecursionError) as fault:
        raise DataError([Issue(path.name, f"cannot be read as TOML: {fault}", "save it as UTF-8 TOML")]) from fault
