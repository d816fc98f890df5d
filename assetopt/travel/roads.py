"""Who may use a road, in which direction and how fast: OpenStreetMap tags turned into km/h for each mode.

    km/h = min(km/h of the class of highway, limit_share x posted limit)          0 where the mode may not go

The speeds, and what parking and turning add, are data: ``road_speeds.toml``, over which a scenario lays its own values.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from assetopt.errors import Issue, ScenarioError, did_you_mean
from assetopt.travel.osm import Tags
from assetopt.travel.params import RoadSettings

__all__ = ["ROAD_MODES", "RoadRules", "road_rules"]

_ACCESS: Final[dict[str, tuple[str, ...]]] = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "walk": ("foot", "access"),
    "cycle": ("bicycle", "vehicle", "access"),
}
"""Which tag speaks of a mode; the first that is there counts."""

ROAD_MODES: Final = tuple(_ACCESS)

_CLOSED: Final = frozenset(
    {"no", "private", "agricultural", "forestry", "emergency", "military", "permit", "use_sidepath", "dismount"}
)
_OPEN: Final = frozenset({"yes", "designated", "permissive", "official"})
_NO_ROAD: Final = frozenset(
    {"construction", "proposed", "abandoned", "razed", "disused", "raceway", "bus_guideway", "busway", "elevator"}
)
_PASSED: Final[dict[str, frozenset[str]]] = {
    "car": frozenset(
        {
            "cattle_grid", "border_control", "toll_booth", "sally_port", "gate", "lift_gate", "swing_gate", "no",
            "entrance", "height_restrictor", "kerb", "bump_gate", "sump_buster",
        }
    ),
}  # fmt: skip
"""Barriers that a mode passes unless an access tag says otherwise; for other modes all but ``_STOPPED``."""
_STOPPED: Final[dict[str, frozenset[str]]] = {
    "walk": frozenset({"wall", "fence", "hedge", "retaining_wall"}),
    "cycle": frozenset({"wall", "fence", "hedge", "retaining_wall", "stile", "kissing_gate", "turnstile"}),
}
_RANK: Final = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "road", "residential", "living_street",
    "service", "pedestrian", "cycleway", "track", "bridleway", "path", "footway", "steps",
)  # fmt: skip
_NO_STOPPING: Final = frozenset({"motorway", "motorway_link"})
_LIMITS: Final = {"GB:motorway": 70, "GB:nsl_dual": 70, "GB:nsl_single": 60, "GB:nsl_restricted": 30, "national": 60}
_KM_PER_MILE: Final = 1.609344
_MPH: Final = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?$")


@dataclass(frozen=True)
class RoadRules:
    """What one mode may do, in the units of ``road_speeds.toml``."""

    mode: str
    speeds: Mapping[str, float]
    limit_share: float
    parking_minutes: float
    give_way_seconds: float
    signal_seconds: float
    snap_kmh: float

    def speed(self, tags: Tags) -> tuple[float, float]:
        """Return km/h along a way in its own direction and against it; 0 where the mode may not go."""
        kmh = self._class_speed(tags)
        if not kmh:
            return 0.0, 0.0
        both = tags.get("maxspeed", "")
        forward = min(kmh, self.limit_share * limit_kmh(tags.get("maxspeed:forward", both)))
        backward = min(kmh, self.limit_share * limit_kmh(tags.get("maxspeed:backward", both)))
        along, against = self._directions(tags)
        return forward * along, backward * against

    def stops_at(self, tags: Tags) -> bool:
        """Say whether a node with these tags cannot be passed."""
        word = self._access(tags)
        if word in _CLOSED:
            return True
        barrier = tags.get("barrier", "")
        if not barrier or word in _OPEN:
            return False
        if self.mode in _PASSED:
            return barrier not in _PASSED[self.mode]
        return barrier in _STOPPED[self.mode]

    def rank(self, tags: Tags) -> int:
        """Return how important a road is, 0 the most; slip roads count as the road that they belong to."""
        name = tags.get("highway", "").removesuffix("_link")
        return _RANK.index(name) if name in _RANK else len(_RANK)

    def stopping(self, tags: Tags) -> bool:
        """Say whether journeys may start and end along a way."""
        return tags.get("highway", "") not in _NO_STOPPING

    @property
    def text(self) -> str:
        """Everything that a graph depends on, as text."""
        speeds = sorted(self.speeds.items())
        return repr((self.mode, speeds, self.limit_share, self.give_way_seconds, self.signal_seconds))

    def _access(self, tags: Tags) -> str:
        return next((tags[key] for key in _ACCESS[self.mode] if key in tags), "")

    def _class_speed(self, tags: Tags) -> float:
        name = tags.get("highway", "")
        if name in _NO_ROAD or self._access(tags) in _CLOSED or (self.mode == "car" and tags.get("area") == "yes"):
            return 0.0
        if self.speeds.get(name):
            return self.speeds[name]
        own = next((tags[key] for key in _ACCESS[self.mode][:-1] if key in tags), "")
        allowed = own in _OPEN or (self.mode == "walk" and tags.get("sidewalk") in ("both", "left", "right", "yes"))
        return min((kmh for kmh in self.speeds.values() if kmh), default=0.0) if allowed else 0.0

    def _directions(self, tags: Tags) -> tuple[bool, bool]:
        if self.mode == "walk":
            return True, True
        oneway = tags.get("oneway", "")
        if self.mode == "cycle" and (
            tags.get("oneway:bicycle") == "no" or tags.get("cycleway", "").startswith("opposite")
        ):
            return True, True
        if oneway in ("-1", "reverse"):
            return False, True
        if oneway in ("yes", "1", "true"):
            return True, False
        if oneway == "reversible":
            return False, False
        # Traffic islands of these kinds go one way unless they say no.
        implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") in _NO_STOPPING
        return True, not implied or oneway == "no"


def limit_kmh(text: str) -> float:
    """Return a posted limit in km/h, infinite where there is none or it cannot be read."""
    text = text.split(";")[0].strip()
    if text in _LIMITS:
        return _LIMITS[text] * _KM_PER_MILE
    found = _MPH.match(text)
    if not found or float(found[1]) <= 0:
        return float("inf")
    return float(found[1]) * (_KM_PER_MILE if found[2] == "mph" else 1.0)


@cache
def _shipped() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads((files("assetopt.travel") / "road_speeds.toml").read_text(encoding="utf-8"))


def road_rules(mode: str, settings: RoadSettings | None = None) -> RoadRules:
    """Return the shipped rules of a mode with a scenario's own values laid over them.

    Raises
    ------
    ScenarioError
        A mode that no road network has, or a class of highway that the shipped table does not know.
    """
    shipped = _shipped()
    if mode not in shipped:
        near = did_you_mean(mode, shipped)
        fix = f"{near} Or import a matrix: a road network has {', '.join(shipped)}".removeprefix(" Or ")
        raise ScenarioError([Issue("[travel] modes", f'no minutes by "{mode}" on a road network', fix)])
    table = dict(shipped[mode])
    speeds = table.pop("speeds")
    table.pop("sources")
    assert isinstance(speeds, dict)
    given = RoadSettings() if settings is None else settings
    known = {name for rules in shipped.values() for name in rules["speeds"]}  # type: ignore[attr-defined]
    wrong = [name for name in given.speeds if name not in known]
    if wrong:
        raise ScenarioError(
            [
                Issue(
                    f"[travel] road.{mode}.speeds.{name}", "is no class of highway", did_you_mean(name, known)
                )
                for name in wrong
            ]
        )  # fmt: skip
    own = {name: value for name, value in given.model_dump(exclude={"speeds"}).items() if value is not None}
    return RoadRules(mode, {**speeds, **given.speeds}, **{**table, **own})
