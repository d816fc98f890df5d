"""``explain.json`` as pages read it: checked whole before any of it is shown, so that a damaged file is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ValidationError

from assetopt.errors import DataError, Issue

EXPLAIN_FILE = "explain.json"


class Site(BaseModel):
    """A building and the price of the other way."""

    name: str
    decision: str
    standing: str
    price: str
    drivers: str
    yearly_low: float | None
    yearly_high: float | None
    receipt_low: float | None
    receipt_high: float | None
    room_low: float | None
    room_high: float | None
    room: str
    minutes: str
    teams: int
    people: float | None


class Standard(BaseModel):
    """A standard and what it costs."""

    standard_id: str
    service_type: str
    share_required: float | None
    share: float | None
    price_low: float | None
    price_high: float | None
    what: str


class Served(BaseModel):
    """A service of a building: for how many it is the nearest, their way today and after, where they would go."""

    service_type: str
    unit: str
    people: float | None
    people_deprived: float | None
    people_rural: float | None
    way_today: float | None
    way: float | None
    alternatives: list[str]
    wards: list[str]


class Sheet(BaseModel):
    """A building that could close."""

    name: str
    ward: str
    cost_to_keep: str
    teams: list[str]
    services: list[Served]
    best_plan_that_keeps_it: list[str]


class Explained(BaseModel):
    """What a report shows of an explanation."""

    sentence: str
    note: str
    sites: list[Site]
    standards: list[Standard]
    buildings: list[Sheet]


def explained_in(folder: Path) -> Mapping[str, object]:
    """Return the explanation that stands in a report folder; empty where there is none.

    Raises
    ------
    DataError
        Where it cannot be read, or is not what ``assetopt explain`` of this version writes.
    """
    path = folder / EXPLAIN_FILE
    if not path.is_file():
        return {}
    try:
        return Explained.model_validate_json(path.read_bytes(), strict=True).model_dump()
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ", ".join(str(part) for part in first["loc"])
        what = f"cannot be read: {where + ': ' if where else ''}{first['msg']}"
    except OSError as fault:
        what = f"cannot be read: {fault}"
    raise DataError([Issue(str(path), what, "run assetopt explain again")])
