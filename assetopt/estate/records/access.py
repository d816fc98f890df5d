"""Whom the estate serves: where people live, how far they travel, and the standards they are promised."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Le
from pydantic import Field

from assetopt.estate.fields import (
    Easting,
    Id,
    Kilometres,
    Latitude,
    Longitude,
    Minutes,
    Name,
    Northing,
    People,
    Pounds,
    Record,
    Share,
    SiteId,
    Unit,
    ZoneId,
)

Mode = Literal["car", "transit", "transit_back", "walk", "cycle", "crow"]


class Zone(Record):
    """One small area where people live, with a representative point."""

    TABLE: ClassVar[str] = "demand"
    KEY: ClassVar[tuple[str, ...]] = ("zone_id",)
    GROUPS: ClassVar[bool] = True

    zone_id: Id = Field(description="Identifier of the zone, such as an LSOA code.")
    lat: Latitude | None = Field(None, description="Latitude; give lat and lon, or easting and northing.")
    lon: Longitude | None = Field(None, description="Longitude, negative west of Greenwich.")
    easting: Easting | None = Field(None, description="British National Grid easting.")
    northing: Northing | None = Field(None, description="British National Grid northing.")
    population: People = Field(description="Residents.")
    district: str = Field("", description="District the zone lies in.")
    ward: str = Field("", description="Ward the zone lies in.")
    postcode_district: str = Field("", description="First half of the postcode, such as TN23.")
    imd_decile: Annotated[int, Ge(1), Le(10), Unit("decile")] | None = Field(
        None, description="Decile of deprivation, 1 = most deprived."
    )
    rural: bool | None = Field(None, description="Whether the zone is rural.")


class Visit(Record):
    """How often the people of a zone visit a service."""

    TABLE: ClassVar[str] = "visits"
    KEY: ClassVar[tuple[str, ...]] = ("zone_id", "service_type")

    zone_id: ZoneId = Field(description="Zone.")
    service_type: Name = Field(description="Public service type.")
    visits: Annotated[float, Ge(0), Unit("visits a year")] = Field(description="Visits a year by all residents.")


class PointCapacity(Record):
    """How many visits a year a service point takes; a point that is not listed is not looked at."""

    TABLE: ClassVar[str] = "point_capacity"
    KEY: ClassVar[tuple[str, ...]] = ("site_id", "service_type")

    site_id: SiteId = Field(description="Site of the point.")
    service_type: Name = Field(description="Public service type that the capacity is for.")
    visits: Annotated[float, Ge(0), Unit("visits a year")] = Field(description="Visits a year that the point can take.")


class Travel(Record):
    """How long it takes from a zone to a site; a pair that is not listed cannot be reached."""

    TABLE: ClassVar[str] = "travel"
    KEY: ClassVar[tuple[str, ...]] = ("zone_id", "site_id", "mode")

    zone_id: ZoneId = Field(description="Zone where the journey starts.")
    site_id: SiteId = Field(description="Site where it ends.")
    mode: Mode = Field("car", description="transit = public transport, crow = straight line.")
    minutes: Minutes | None = Field(description="One-way journey time; leave out or empty = cannot be reached.")


class Standard(Record):
    """A promise of access: so many of these people within so many minutes or kilometres of this service."""

    TABLE: ClassVar[str] = "standards"
    KEY: ClassVar[tuple[str, ...]] = ("standard_id",)

    standard_id: Id = Field(description="Identifier of the standard.")
    service_type: Name = Field(description="Service it speaks of.")
    mode: tuple[Name, ...] = Field(
        ("car",), description="Mode; several with ; between them = the better of them, with + between them = both must."
    )
    back_mode: tuple[Name, ...] = Field(
        (), description="Mode of the way back, such as transit_back: minutes then count there, stay and back."
    )
    stay_minutes: Minutes | None = Field(None, description="Stay between the way there and the way back; empty = 0.")
    max_minutes: Minutes | None = Field(None, description="Longest journey; give this or max_km (both = either).")
    max_km: Kilometres | None = Field(
        None, description="Longest distance: straight for mode crow, times the mode's circuity for others."
    )
    measure: Literal["share", "mean"] = Field("share", description="Share of people within the limit, or the mean.")
    min_share: Share = Field(1.0, description="Share of people who must be within the limit.")
    segment: str = Field("all", description="all, rural, urban, deprived, a pop_ group of demand, or several with +.")
    per: str = Field(
        "all",
        description="all, or a column of demand: the standard holds in each of its values; group = each pop_ column.",
    )
    not_below_today: bool = Field(False, description="Whether the share may not fall below today's.")
    max_extra_minutes: Minutes | None = Field(None, description="Most minutes that anybody may lose.")
    max_extra_km: Kilometres | None = Field(None, description="Most kilometres that anybody may lose.")
    max_share_losing: Share | None = Field(None, description="Largest share of people who may lose.")
    force: Literal["hard", "soft", "trigger"] = Field("hard", description="hard = must hold, soft = priced.")
    penalty: Pounds | None = Field(None, description="Price of each person short of a soft standard.")
    reason: str = Field("", description="Why; shown in reports.")
