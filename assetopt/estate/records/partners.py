"""Who takes part: the partners, their teams, the space the teams need, and who can share with whom."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from assetopt.estate.fields import (
    Amount,
    Count,
    FinancialYear,
    Id,
    Kilometres,
    Name,
    PartnerId,
    People,
    Pounds,
    PoundsAYear,
    Record,
    Share,
    SiteId,
    TeamId,
    Years,
)

Sector = Literal["council", "nhs", "police", "fire", "central", "housing", "voluntary", "other"]
PRIVATE_SECTORS = ("housing", "voluntary", "other")


class Partner(Record):
    """One organisation that owns or rents buildings, or whose teams use them."""

    TABLE: ClassVar[str] = "partners"
    KEY: ClassVar[tuple[str, ...]] = ("partner_id",)
    REQUIRED_TABLE: ClassVar[bool] = True

    partner_id: Id = Field(description="Short name of the partner, used in all other tables.")
    name: str = Field(description="Full name of the partner.")
    sector: Sector = Field(description="Social landlord = housing, charity or social enterprise = voluntary.")
    public_purse: bool | None = Field(
        None, description="Whether its money counts as public; empty = yes, but no for housing, voluntary and other."
    )
    vat_recovery_capital: Share | None = Field(None, description="Share of VAT on capital that is recovered.")
    vat_recovery_opex: Share | None = Field(None, description="Share of VAT on running costs that is recovered.")
    receipt_retention: Share | None = Field(None, description="Share of a sale's receipt that the partner keeps.")
    consent: Literal["none", "no_worse_off", "max_loss", ""] = Field(
        "", description="Financial test before it agrees to a plan; none or empty = no financial test."
    )
    max_loss: Pounds | None = Field(None, description="Largest loss it accepts, net present value.")
    max_annual_loss: PoundsAYear | None = Field(None, description="Largest loss it accepts in any one year.")
    payback_years: Years | None = Field(None, description="Years within which its own outlay must come back.")
    successor_id: PartnerId = Field("", description="Partner that inherits on the vesting date.")
    vesting_date: date | None = Field(None, description="Day on which the successor takes over.")
    earlier_disposals: Pounds | None = Field(
        None, description="Land disposed of since the direction was given and before as_at; added to later disposals."
    )


class Team(Record):
    """One group of people that is placed as a whole, or a service point."""

    TABLE: ClassVar[str] = "teams"
    KEY: ClassVar[tuple[str, ...]] = ("team_id",)
    REQUIRED_TABLE: ClassVar[bool] = True

    team_id: Id = Field(description="Identifier of the team.")
    partner_id: PartnerId = Field(description="Partner that the team belongs to.")
    name: str = Field(description="Name of the team.")
    service_type: Name = Field(description="Service it gives; public ones stand in service_types.")
    site_id: SiteId = Field("", description="Home today; empty = not yet housed.")
    fte: People | None = Field(None, description="Full-time equivalents.")
    movable: bool = Field(True, description="Whether the team may move to another site.")
    closable: bool = Field(False, description="Whether the team may be closed.")
    divisible: bool = Field(False, description="Whether the team may be spread over several sites.")
    move_cost: Pounds | None = Field(None, description="One-off cost of moving the team.")
    closing_cost: Pounds | None = Field(None, description="One-off cost of closing the team.")
    running_cost: PoundsAYear | None = Field(None, description="Cost of the team that closing it saves.")
    earliest_move: FinancialYear | None = Field(None, description="First year in which it may move or close.")
    radius_km: Kilometres | None = Field(None, description="How far from home it may move, in a straight line.")
    tags: str = Field("", description="Your own words for rules to match, with ; between them.")


class Need(Record):
    """How much of one kind of space a team needs."""

    TABLE: ClassVar[str] = "needs"
    KEY: ClassVar[tuple[str, ...]] = ("team_id", "space_type")
    REQUIRED_TABLE: ClassVar[bool] = True

    team_id: TeamId = Field(description="Team that needs the space.")
    space_type: Name = Field(description="Kind of space, as in spaces.")
    amount: Amount = Field(description="Space needed on a peak day, in the unit of spaces.capacity.")


class Compatibility(Record):
    """Who must, must not or would rather share a building."""

    TABLE: ClassVar[str] = "compatibility"
    KEY: ClassVar[tuple[str, ...]] = ("a", "b")

    a: Name = Field(description="Service type or tag.")
    b: Name = Field(description="Service type or tag.")
    rule: Literal["must_not", "must", "prefer"] = Field(description="What holds for a and b in one building.")
    scope: Literal["site"] = Field("site", description="Where it holds.")
    weight: PoundsAYear | None = Field(None, description="Worth of a preference that is met.")
    reason: str = Field("", description="Why; shown in reports.")


class ServiceType(Record):
    """One kind of service, and how many points of it there must be."""

    TABLE: ClassVar[str] = "service_types"
    KEY: ClassVar[tuple[str, ...]] = ("service_type",)

    service_type: Id = Field(description="Service type as in teams.")
    public: bool = Field(False, description="Whether residents visit it.")
    min_points: Count | None = Field(None, description="Fewest points in the whole area.")
    max_points: Count | None = Field(None, description="Most points in the whole area.")
    min_points_per_district: Count | None = Field(None, description="Fewest points in each district.")
    min_point_share: Share = Field(0.2, description="Share of a team at a site that makes the site a point.")
    statutory: bool | None = Field(None, description="Whether the service is a legal duty.")


class Placement(Record):
    """What it costs to place one team at one site, or that it is not allowed."""

    TABLE: ClassVar[str] = "placements"
    KEY: ClassVar[tuple[str, ...]] = ("team_id", "site_id")

    team_id: TeamId = Field(description="Team.")
    site_id: SiteId = Field(description="Site.")
    allowed: bool = Field(True, description="Whether the team may use the site.")
    annual_cost: PoundsAYear | None = Field(None, description="Cost of the team being there.")
    annual_cost_years: Years | None = Field(None, description="For how many years; empty = all.")
    one_off_cost: Pounds | None = Field(None, description="Cost of placing it there, paid once.")
