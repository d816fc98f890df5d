"""How minutes are estimated from straight lines where nobody has given a table of travel times.

The shipped car curve was fitted to straight-line kilometres, so no circuity is laid on it; walking and cycling have a
circuity (how much longer the way is than the straight line) and a speed. There is no curve for public transport:
straight-line bus times are not evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["CROW", "CurvePoint", "TravelParams"]

CROW: Final = "crow"
"""The mode of a standard that counts straight-line kilometres; it has no minutes."""

CurvePoint = tuple[float, float]

_CURVES: Final[dict[str, list[CurvePoint]]] = {"car": [(0, 4), (5, 15.5), (15, 28.9), (40, 49.4), (100, 97)]}
_SPEEDS: Final[dict[str, float]] = {"walk": 4.8, "cycle": 14.0}
_CIRCUITY: Final = 1.3


class TravelParams(BaseModel):
    """The ``[travel]`` table of a scenario.

    A mode is estimated by its curve (of straight-line km) or by its speed and circuity, never both: a speed that you
    give replaces the shipped curve of that mode, a curve that you give replaces its shipped speed, and giving both is
    refused, as is a circuity that nothing would use. What you do not name keeps its shipped value.

    Raises
    ------
    pydantic.ValidationError
        Unknown key, value out of range, a curve that falls or does not start at 0 km, or settings at odds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    provider: Literal["table", "geodesic", "road"] | None = Field(
        default=None,
        description="Where minutes come from. Empty: the package's travel table for the modes it has, straight lines "
        "for the rest. table: the table only. geodesic: straight lines only.",
        json_schema_extra={"source": "assetopt contract, section 3"},
    )
    curves: dict[str, list[CurvePoint]] = Field(
        default=_CURVES,
        description="Minutes by straight-line km for each mode: points (km, minutes), straight between them, the last "
        "slope beyond. Starts at 0 km: the minutes there are for parking, walking and waiting.",
        json_schema_extra={
            "unit": "km, minutes",
            "source": "car: fitted by assetopt to England's published median car minutes by straight-line distance",
            "range": "km from 0 and rising; minutes 0 or more and not falling",
        },
    )
    circuity: dict[str, float] = Field(
        default=dict.fromkeys(_SPEEDS, _CIRCUITY),
        description="Length of the way over the straight line, for modes with a speed; 1.3 where not given.",
        json_schema_extra={"unit": "km per km", "source": "circuity studies of road networks", "range": "1.2-1.4"},
    )
    speeds: dict[str, float] = Field(
        default=_SPEEDS,
        description="Door-to-door speed along the way, for modes without a curve.",
        json_schema_extra={
            "unit": "km/h",
            "source": "background knowledge; to be confirmed by a transport planner",
            "range": "walk 4-5.5, cycle 12-18",
        },
    )

    @model_validator(mode="before")
    @classmethod
    def _lay_over_the_shipped_values(cls, given: object) -> object:
        """Merge what is given with what is shipped, mode by mode, and refuse settings that would be ignored."""
        if not isinstance(given, Mapping):
            return given
        named: dict[str, dict[str, object]] = {}
        for key in ("curves", "circuity", "speeds"):
            value = given.get(key, {})
            if not isinstance(value, Mapping):
                return given  # the field's own validation says what is wrong
            named[key] = dict(value)
        curves, circuity, speeds = named["curves"], named["circuity"], named["speeds"]
        for mode in sorted(curves.keys() & speeds.keys()):
            raise ValueError(f"{mode} has both a curve and a speed; give one of them")
        shipped_curves = {mode: points for mode, points in _CURVES.items() if mode not in speeds}
        shipped_speeds = {mode: speed for mode, speed in _SPEEDS.items() if mode not in curves}
        all_speeds = shipped_speeds | speeds
        for mode in sorted(circuity.keys() - all_speeds.keys()):
            raise ValueError(
                f"a circuity for {mode} has nothing to act on: a curve takes straight-line km; give speeds.{mode} too"
            )
        return {
            **given,
            "curves": shipped_curves | curves,
            "speeds": all_speeds,
            "circuity": dict.fromkeys(all_speeds, _CIRCUITY) | circuity,
        }

    @model_validator(mode="after")
    def _check_ranges(self) -> TravelParams:
        for mode in [*self.curves, *self.speeds]:
            if mode == CROW or not mode.strip() or ";" in mode:
                raise ValueError(f'"{mode}" is no mode that takes minutes')
        for mode, points in self.curves.items():
            _check_curve(mode, points)
        for mode, factor in self.circuity.items():
            if not 1 <= factor <= 5:
                raise ValueError(f"circuity.{mode} is {factor:g}; the way is 1 to 5 times the straight line")
        for mode, speed in self.speeds.items():
            if not 0 < speed <= 1000:
                raise ValueError(f"speeds.{mode} is {speed:g}; a speed is above 0 and at most 1000 km/h")
        return self

    @property
    def estimated_modes(self) -> tuple[str, ...]:
        """Modes whose minutes can be estimated from straight lines."""
        return tuple(sorted(self.curves.keys() | self.speeds.keys()))


def _check_curve(mode: str, points: list[CurvePoint]) -> None:
    """Raise ValueError unless the points start at 0 km, rise in km and never fall in minutes."""
    kms = [km for km, _ in points]
    minutes = [value for _, value in points]
    if len(points) < 2 or kms[0] != 0:
        raise ValueError(f"curves.{mode} needs two points or more, the first at 0 km")
    if any(later <= earlier for earlier, later in pairwise(kms)):
        raise ValueError(f"curves.{mode}: kilometres must rise from point to point")
    if minutes[0] < 0 or any(later < earlier for earlier, later in pairwise(minutes)):
        raise ValueError(f"curves.{mode}: minutes must be 0 or more and must not fall with distance")
