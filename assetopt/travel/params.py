"""How minutes are estimated from straight lines where nobody has given a table of travel times.

The shipped car curve was fitted to straight-line kilometres, so no circuity is laid on it; walking and cycling have a
circuity (how much longer the way is than the straight line) and a speed. There is no curve for public transport:
straight-line bus times are not evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

__all__ = ["COMPUTED", "CROW", "ROUTERS", "CurvePoint", "RoadSettings", "TravelParams"]

CROW: Final = "crow"
"""The mode of a standard that counts straight-line kilometres; it has no minutes."""

ROUTERS: Final = ("osrm", "valhalla")
"""Providers that ask a routing service over HTTP."""

COMPUTED: Final = ("road", *ROUTERS)
"""Providers whose minutes are computed on a network and kept in the report's ``inputs/``."""

CurvePoint = tuple[float, float]

_CURVES: Final[dict[str, list[CurvePoint]]] = {"car": [(0, 4), (5, 15.5), (15, 28.9), (40, 49.4), (100, 97)]}
_SPEEDS: Final[dict[str, float]] = {"walk": 4.8, "cycle": 14.0}
_CIRCUITY: Final = 1.3


class RoadSettings(BaseModel):
    """What a scenario sets in place of the shipped ``road_speeds.toml`` for one mode; empty keeps the shipped value."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    speeds: dict[str, Annotated[float, Field(ge=0, le=200)]] = Field(
        default={}, description="km/h by class of highway; 0 closes the class to the mode."
    )
    limit_share: Annotated[float, Field(gt=0, le=2)] | None = Field(
        default=None, description="Nobody drives faster than this share of the posted limit on average."
    )
    parking_minutes: Annotated[float, Field(ge=0, le=60)] | None = Field(
        default=None, description="Minutes added to every journey, for parking and the walk from the car."
    )
    give_way_seconds: Annotated[float, Field(ge=0, le=300)] | None = Field(
        default=None, description="Seconds where a road meets a more important one."
    )
    signal_seconds: Annotated[float, Field(ge=0, le=300)] | None = Field(
        default=None, description="Seconds at every set of traffic lights."
    )
    snap_kmh: Annotated[float, Field(gt=0, le=200)] | None = Field(
        default=None, description="Speed along the straight line between a place and its nearest node of the network."
    )


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

    provider: Literal["table", "geodesic", "road", "osrm", "valhalla"] | None = Field(
        default=None,
        description="Where minutes come from. Empty: the package's travel table for the modes it has, straight lines "
        "for the rest. table: the table only. geodesic: straight lines only. road: the OpenStreetMap extract named by "
        "network. osrm, valhalla: the routing service at url. The last three take modes that they do not compute, such "
        "as transit, from the table, and never estimate.",
        json_schema_extra={"source": "assetopt contract, section 3"},
    )
    network: str = Field(
        default="",
        description="For road: an OpenStreetMap extract (.osm.pbf), relative to this file.",
        json_schema_extra={"source": "assetopt issue 5"},
    )
    url: str | dict[str, str] = Field(
        default="",
        description='For osrm and valhalla: where the service is, such as "http://localhost:5000"; or one for each mode.',
        json_schema_extra={"source": "assetopt issue 5"},
    )
    profiles: dict[str, str] = Field(
        default={},
        description="Name that the routing service has for a mode, where it is not the usual one "
        "(osrm: driving, foot, bike; valhalla: auto, pedestrian, bicycle).",
        json_schema_extra={"source": "OSRM and Valhalla documentation"},
    )
    modes: tuple[str, ...] = Field(
        default=("car", "walk"),
        description="Modes that a road network or a routing service is asked for.",
        json_schema_extra={"source": "assetopt", "range": "car, walk, cycle"},
    )
    max_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(
        default=120.0,
        description="What takes longer on a road network or by a routing service counts as out of reach; a lower value "
        "saves time and memory.",
        json_schema_extra={"unit": "minutes", "source": "as r5 computed devon_miu: 120", "range": "30-240"},
    )
    snap_warn_km: Annotated[float, Field(ge=0)] = Field(
        default=1.0,
        description="Places further than this from the network are named.",
        json_schema_extra={"unit": "km", "source": "assetopt; rutland_road's furthest is 0.9", "range": "0.2-2"},
    )
    snap_max_km: Annotated[float, Field(gt=0)] = Field(
        default=5.0,
        description="Places further than this from the network cannot be reached and reach nothing.",
        json_schema_extra={"unit": "km", "source": "assetopt", "range": "1-10"},
    )
    road: dict[str, RoadSettings] = Field(
        default={},
        description="By mode: what is set in place of the shipped assetopt/travel/road_speeds.toml.",
        json_schema_extra={"source": "assetopt/travel/road_speeds.toml"},
    )
    timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = Field(
        default=30.0,
        description="How long one answer of a routing service is waited for.",
        json_schema_extra={"unit": "seconds", "source": "assetopt", "range": "5-120"},
    )
    retries: Annotated[int, Field(ge=0, le=20)] = Field(
        default=3,
        description="How often a question to a routing service is asked again after a failure that may pass.",
        json_schema_extra={"source": "assetopt", "range": "0-10"},
    )
    batch: Annotated[int, Field(ge=1, le=5000)] = Field(
        default=50,
        description="Zones and sites in one question to a routing service: 50 x 50 is what Valhalla takes unless told "
        "otherwise, and half of what OSRM takes each way.",
        json_schema_extra={"source": "Valhalla max_matrix_location_pairs 2500; OSRM max-table-size 100"},
    )
    recorded: bool = Field(
        default=False,
        description="Set in the inputs of a report: the minutes of provider stand in the travel table; nothing is "
        "computed or asked again.",
        json_schema_extra={"source": "assetopt"},
    )
    _network_folder: str = PrivateAttr(default="")
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
        for mode in [*self.curves, *self.speeds, *self.modes]:
            if mode == CROW or not mode.strip() or ";" in mode or "+" in mode:
                raise ValueError(f'"{mode}" is no mode that takes minutes')
        self._check_provider()
        for mode, points in self.curves.items():
            _check_curve(mode, points)
        for mode, factor in self.circuity.items():
            if not 1 <= factor <= 5:
                raise ValueError(f"circuity.{mode} is {factor:g}; the way is 1 to 5 times the straight line")
        for mode, speed in self.speeds.items():
            if not 0 < speed <= 1000:
                raise ValueError(f"speeds.{mode} is {speed:g}; a speed is above 0 and at most 1000 km/h")
        return self

    def _check_provider(self) -> None:
        for name, wanted in (("network", ("road",)), ("url", ROUTERS)):
            if self.provider is None and getattr(self, name):
                offered = " or ".join(f'provider = "{one}"' for one in wanted)
                raise ValueError(f"{name} is given and nothing would use it; say {offered}")
        if self.provider == "road" and not self.network:
            raise ValueError('provider = "road" needs network = "path to an .osm.pbf file", relative to the scenario')
        if self.provider in ROUTERS and not self.recorded:
            for mode in self.modes:
                url = self.url_of(mode)
                if not url.startswith(("http://", "https://")):
                    what = f'is "{url}"' if url else f"says nothing about {mode}" if self.url else "is missing"
                    raise ValueError(
                        f'provider = "{self.provider}" needs url = "http://..." of the routing service; it {what}'
                    )
        for mode in self.road if self.provider == "road" else ():
            if mode not in self.modes:
                raise ValueError(f"road.{mode} is given, and modes = {list(self.modes)} does not ask for {mode}")
        if self.provider in COMPUTED and not self.modes:
            raise ValueError('modes is empty; modes = ["car"] asks for one')
        if self.snap_max_km < self.snap_warn_km:
            raise ValueError(f"snap_max_km {self.snap_max_km:g} is below snap_warn_km {self.snap_warn_km:g}")

    def url_of(self, mode: str) -> str:
        """Return where the routing service for a mode is; empty where nothing is said."""
        url = self.url if isinstance(self.url, str) else self.url.get(mode, "")
        return url.rstrip("/")

    @property
    def network_path(self) -> Path:
        """Where the road network is looked for."""
        return Path(self._network_folder) / self.network

    def found_in(self, folder: Path) -> None:
        """Take note of the folder that ``network`` is relative to; the reader does."""
        self._network_folder = str(folder)

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
