"""Where things stand: sites, the space in them, what may be built, and how a site's cost is shared."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from assetopt.estate.fields import (
    Amount,
    Easting,
    FinancialYear,
    Id,
    InterventionId,
    Latitude,
    Longitude,
    Months,
    Name,
    Northing,
    PartnerId,
    Pounds,
    PoundsAYear,
    Record,
    Share,
    SignedAmount,
    SignedPoundsAYear,
    SignedTonnes,
    SiteId,
    SquareMetres,
    Tonnes,
)

# Assumed for a site that says nothing; the reader warns and counts the rows.
ASSUMED_TENURE = "freehold"


class Site(Record):
    """One building, or one interest in it, that a partner owns, rents or may open."""

    TABLE: ClassVar[str] = "sites"
    KEY: ClassVar[tuple[str, ...]] = ("site_id",)
    REQUIRED_TABLE: ClassVar[bool] = True

    site_id: Id = Field(description="Identifier of the site.")
    partner_id: PartnerId = Field(description="Owner, or tenant of a leased site.")
    name: str = Field(description="Name of the building.")
    lat: Latitude | None = Field(None, description="Latitude; give lat and lon, or easting and northing.")
    lon: Longitude | None = Field(None, description="Longitude, negative west of Greenwich.")
    easting: Easting | None = Field(None, description="British National Grid easting.")
    northing: Northing | None = Field(None, description="British National Grid northing.")
    status: Literal["existing", "candidate", "external"] = Field(
        "existing", description="existing, candidate (may be opened) or external (serves people, not ours to change)."
    )
    use_status: Literal["in_use", "vacant", "surplus"] = Field("in_use", description="State of use today.")
    tenure: Literal["freehold", "leasehold", "licence", "pfi", ""] = Field(
        "", description="How the site is held; empty is taken as freehold, with a warning."
    )
    head_site_id: SiteId = Field("", description="Site row of the superior interest in the same building.")
    uprn: Name = Field("", description="Unique property reference number, up to 12 digits.")
    postcode: str = Field("", description="Postcode.")
    gia_m2: SquareMetres | None = Field(None, description="Gross internal area, usually 20 to 60,000.")
    running_cost: PoundsAYear | None = Field(
        None, description="Cost of running the site in resources: not rent, rates, VAT or income."
    )
    variable_share: Share | None = Field(None, description="Share of the running cost that follows use.")
    fixed_cost: PoundsAYear | None = Field(None, description="Cost that leaving does not save.")
    fixed_cost_until: date | None = Field(None, description="Day until which it is due; empty = lease_end for pfi.")
    lifecycle_cost: PoundsAYear | None = Field(None, description="Planned replacement of parts of the building.")
    business_rates: PoundsAYear | None = Field(None, description="Business rates; counted in the cash ledger only.")
    income: PoundsAYear | None = Field(None, description="Income that is lost on leaving.")
    income_payer_partner_id: PartnerId = Field("", description="Partner that pays the income; empty = outside.")
    sublet_income: PoundsAYear | None = Field(
        None, description="Rent from a subtenant once a leasehold is vacated, months_to_sale later, to its lawful exit."
    )
    rent: PoundsAYear | None = Field(None, description="Rent paid.")
    landlord_partner_id: PartnerId = Field("", description="Partner that is paid the rent; empty = outside.")
    landlord_public: bool | None = Field(None, description="Whether a landlord outside the partners is public.")
    lease_start: date | None = Field(None, description="Day on which the lease or contract began.")
    lease_end: date | None = Field(None, description="Day on which the lease or contract ends.")
    lease_break: tuple[date, ...] = Field((), description="Break dates; several with ; between them.")
    break_notice_months: Months | None = Field(None, description="Notice that a break needs.")
    break_penalty: Pounds | None = Field(None, description="Payment due on a break.")
    security_of_tenure: bool = Field(True, description="no = the tenant must leave when the lease ends.")
    replacement_rent: PoundsAYear | None = Field(None, description="Rent expected after the lease ends.")
    dilapidations: Pounds | None = Field(None, description="Payment for repairs due on leaving.")
    backlog: Pounds | None = Field(None, description="Maintenance backlog that staying must clear.")
    statutory_backlog: Pounds | None = Field(
        None,
        description="Part of the backlog that the law asks for; empty = all of it (scenarios that do the minimum).",
    )
    backlog_year: FinancialYear | None = Field(None, description="Year in which the backlog is cleared.")
    backlog_funded: bool = Field(True, description="Whether clearing it is in today's budgets.")
    market_value: Pounds | None = Field(None, description="Market value with vacant possession.")
    market_value_low: Pounds | None = Field(None, description="Low estimate.")
    market_value_high: Pounds | None = Field(None, description="High estimate.")
    sale_cost_share: Share | None = Field(None, description="Cost of selling as a share of the price.")
    disposal_deductions: Pounds | None = Field(None, description="Remediation, debt and clawback taken off.")
    months_to_sale: Months | None = Field(None, description="Months from vacating to the receipt.")
    market_area: str = Field("", description="Market in which the site is sold; for shared price risk.")
    on_exit: Literal["sell", "hand_back", "transfer", "mothball", ""] = Field(
        "", description="What happens on leaving; empty = sell for freehold, hand_back otherwise."
    )
    transferee_partner_id: PartnerId = Field("", description="Partner that takes a transferred site.")
    holding_cost: PoundsAYear | None = Field(None, description="Cost while vacant.")
    opening_cost: Pounds | None = Field(None, description="Cost of opening a candidate site.")
    end_value: Pounds | None = Field(None, description="Value of a candidate site at the end.")
    carbon_t: Tonnes | None = Field(None, description="Emissions of the site.")
    condition: Literal["A", "B", "C", "D", ""] = Field("", description="Condition grade, A good to D bad.")
    step_free: Literal["yes", "no", "unknown", ""] = Field("", description="Step-free access.")
    lock: Literal["keep", "close", ""] = Field("", description="keep = held in all years, close = vacated.")
    lock_reason: str = Field("", description="Why it is locked.")
    tags: str = Field("", description="Your own words for rules to match, with ; between them.")
    restricted: bool | None = Field(None, description="Whether the position is not to be published.")
    includes_vat: bool = Field(False, description="Whether the row's money includes VAT; yes is refused.")


class Space(Record):
    """How much of one kind of space a site holds."""

    TABLE: ClassVar[str] = "spaces"
    KEY: ClassVar[tuple[str, ...]] = ("site_id", "space_type")
    REQUIRED_TABLE: ClassVar[bool] = True

    site_id: SiteId = Field(description="Site that holds the space.")
    space_type: Name = Field(description="office, meeting, front, consult, clinical, store, depot, parking, ...")
    capacity: Amount = Field(description="Space held, in the unit of the space type: m2, desks or rooms.")
    variable_cost: PoundsAYear | None = Field(
        None, description="Cost per unit in use, each year; takes the place of the site's variable_share."
    )


class CostShare(Record):
    """How the partners in a building share its cost."""

    TABLE: ClassVar[str] = "cost_shares"
    KEY: ClassVar[tuple[str, ...]] = ("site_id",)

    site_id: SiteId = Field(description="Site whose cost is shared.")
    basis: Literal["floor_area", "fte", "fixed", "benefit", ""] = Field("", description="What the shares follow.")
    weights: str = Field("", description="Fixed weights, such as kcc=0.6;nhs=0.4.")
    common_parts: Share | None = Field(None, description="Share of the building that all use together.")
    rent_policy: Literal["nil", "cost", "market", ""] = Field("", description="What a guest pays.")


class Intervention(Record):
    """Works that may be done at a site: fit out, refurbish, extend, build, retrofit."""

    TABLE: ClassVar[str] = "interventions"
    KEY: ClassVar[tuple[str, ...]] = ("intervention_id",)

    intervention_id: Id = Field(description="Identifier of the works.")
    site_id: SiteId = Field(description="Site at which they are done.")
    capital_cost: Pounds = Field(description="Cost of the works.")
    kind: str = Field("", description="fit_out, refurb, extend, new_build, retrofit, demolish or your own word.")
    payer_partner_id: PartnerId = Field("", description="Partner that pays; empty = the site's partner.")
    optimism_class: Literal["standard", "non_standard", ""] = Field("", description="Class for optimism bias.")
    running_cost_change: SignedPoundsAYear | None = Field(None, description="Change of the site's running cost.")
    carbon_change: SignedTonnes | None = Field(None, description="Change of the site's emissions.")
    months: Months | None = Field(None, description="Duration of the works.")
    makes_step_free: bool = Field(False, description="Whether the site is step-free once the works are done.")
    includes_vat: bool = Field(False, description="Whether the row's money includes VAT; yes is refused.")


class DisposalTrigger(Record):
    """What lengthens the sale of a site; it never blocks it."""

    TABLE: ClassVar[str] = "disposal_triggers"
    KEY: ClassVar[tuple[str, ...]] = ("site_id", "kind")

    site_id: SiteId = Field(description="Site whose sale takes longer.")
    kind: Literal[
        "acv", "listed", "open_space", "public_register", "statutory_consent", "covenant", "planning", "other"
    ] = Field(description="acv = asset of community value; other needs its months.")
    months: Months | None = Field(None, description="Months added to months_to_sale; empty = as shipped for the kind.")
    reason: str = Field("", description="Why; shown in reports.")


class InterventionSpace(Record):
    """What works change in the space of their site."""

    TABLE: ClassVar[str] = "intervention_spaces"
    KEY: ClassVar[tuple[str, ...]] = ("intervention_id", "space_type")

    intervention_id: InterventionId = Field(description="Works.")
    space_type: Name = Field(description="Kind of space, as in spaces.")
    capacity_change: SignedAmount = Field(description="Space gained, or lost when negative.")
