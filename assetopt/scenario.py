"""The question that is asked of an estate: what may change, which rules hold, what money is worth, how long to search.

Every setting and every assumed parameter stands here once, with its shipped value, unit, range and source;
``assetopt defaults`` prints this list and ``assetopt schema`` exports it as JSON Schema.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assetopt.travel.params import TravelParams

T = TypeVar("T")

BACKGROUND = "background knowledge; to be confirmed by an estates professional"
DESIGN = "design choice of assetopt"


class Strict(BaseModel):
    """A frozen table of settings; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True, allow_inf_nan=False)


MANY = 1_000_000_000
"""The most that a count may be: more than any estate has, and exact in every file."""


def setting(
    default: T,
    text: str,
    unit: str = "",
    source: str = DESIGN,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> T:
    """Declare one setting: shipped value, meaning, unit, source and range."""
    field: T = Field(
        default, description=text, json_schema_extra={"unit": unit, "source": source}, ge=ge, gt=gt, le=le, lt=lt
    )
    return field


Share = Annotated[float, Field(ge=0, le=1)]
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Appraisal(Strict):
    """How money and time are counted."""

    base_year: int = setting(
        2027, "Financial year 2027/28 is year 0; prices are of this year", "year", ge=1990, le=2200
    )
    as_at: Annotated[date, Field(strict=False)] | None = setting(
        None,
        "The day the question is asked; notices, consultation and works are counted from it; "
        "empty: 1 April of the year before base_year",
        "date",
    )
    decision_years: int = setting(
        5, "Changes may happen in years 0..n-1, at the start of the year", "years", ge=1, le=30
    )
    appraisal_years: int = setting(
        25, "Cash flows of years 0..n-1 are counted", "years", "domain.md 8: 10-60", ge=1, le=125
    )
    discount: str | float = setting(
        "green-book-2026", "A named schedule, or a flat real rate such as 0.035", "a year", "HMT Green Book 2026"
    )
    residual_value: bool = setting(
        True, "An owned site still held at the end is credited its discounted net market value"
    )
    deflator: float = setting(
        0.02, "Turns real into nominal for cash", "a year", "GDP deflator, long-run", ge=-0.1, le=0.5
    )
    optimism_bias: bool = setting(
        True, "Lift capital cost and duration of works and openings", "", "Mott MacDonald (2002), HMT Green Book"
    )
    optimism_level: float = setting(
        1.0,
        "Where between the lower (0) and the upper bound (1) of optimism bias the lift stands; below 1 only on evidence "
        "that risks are managed",
        "share of the way",
        "Mott MacDonald (2002): start at upper; defaults.optimism_* give the upper bound",
        ge=0,
        le=1,
    )
    contingency: float = setting(
        0.0,
        "Lift of the capital of works and openings where optimism_bias is false; the two are never added",
        "share",
        "background knowledge; 0.10 is usual, 0 with optimism bias",
        ge=0,
        le=5,
    )
    backlog: Literal["funded", "statutory"] = setting(
        "funded",
        "Which backlog the plan pays: funded = what today's budgets pay; statutory = besides, the statutory part of what "
        "they do not (do minimum). Business as usual pays the funded part alone",
    )

    @model_validator(mode="after")
    def _horizon(self) -> Appraisal:
        if self.appraisal_years < self.decision_years:
            raise ValueError(
                f"appraisal_years ({self.appraisal_years}) must be at least decision_years ({self.decision_years})"
            )
        if self.optimism_bias and self.contingency > 0:
            raise ValueError(
                f"contingency ({self.contingency:g}) would lift capital a second time; set optimism_bias = false or "
                "contingency = 0"
            )
        return self

    @property
    def asked_on(self) -> date:
        """The day the question is asked."""
        return self.as_at or date(self.base_year - 1, 4, 1)


class Groups(Strict):
    """Partners that share their buildings, as lists of partner ids or sectors."""

    groups: Annotated[tuple[Names, ...], Field(strict=False)]


class Boundaries(Strict):
    """Who may use whose buildings and money."""

    estate: Literal["own", "pooled"] | Groups = setting(
        "pooled", "own: a team may move only to its partner's sites; pooled: to any; groups: within its group"
    )
    budgets: Literal["ring_fenced", "aligned", "pooled"] = setting(
        "pooled", "How funds may be used where [rules.budget] holds"
    )
    veto: Names = setting(
        (),
        "Partners that take no part: their sites and teams stay as today, nobody moves in, nothing of theirs is built or "
        "opened",
    )


class Change(Strict):
    """The balance between change and maintenance."""

    lead_months: int = setting(
        0, "Nothing happens before as_at + lead (decision, consultation)", "months", ge=0, le=600
    )
    max_moves_per_year: int | None = setting(None, "Teams that may move in one year", "teams", ge=0, le=MANY)
    max_fte_per_year: float | None = setting(None, "Staff whose team moves in one year", "FTE", ge=0)
    max_sites_in_works_per_year: int | None = setting(
        None, "Sites with interventions in one year", "sites", ge=0, le=MANY
    )
    max_moves_per_year_per_town: int | None = setting(
        None,
        "Teams that may move into one town in one year; a site's town is its market_area, else the district around it",
        "teams",
        ge=0,
        le=MANY,
    )
    max_fte_per_year_per_town: float | None = setting(
        None, "Staff whose team moves into one town in one year", "FTE", ge=0
    )
    max_sites_in_works_per_year_per_town: int | None = setting(
        None, "Sites with interventions in one town in one year", "sites", ge=0, le=MANY
    )


Steps = Annotated[tuple[Share, ...], Field(strict=False)]


class Disposals(Strict):
    """What selling many buildings at once does, and what it needs."""

    max_per_year_per_area: int | None = setting(
        None,
        "Sales that may complete in one market_area in one year; sites without one are not counted",
        "sales",
        ge=0,
        le=MANY,
    )
    haircut: Steps = setting(
        (),
        "Share off the price of the 1st, 2nd, 3rd, ... and (last entry) every further sale that completes in one "
        "market_area in one year, the dearest first; such as [0, 0.05, 0.1]",
        "share of the price",
        "no agreed source; domain.md T12: ten surplus offices in one town do not sell at the price of one",
    )
    consent_threshold: float = setting(
        100_000.0,
        "Disposals of a partner before its vesting_date that together are worth more need consent (told, never blocked)",
        "£",
        "Local Government and Public Involvement in Health Act 2007, s24 and s27; amended in 2026, terms not seen",
        ge=0,
    )

    @model_validator(mode="after")
    def _rising(self) -> Disposals:
        if list(self.haircut) != sorted(self.haircut):
            listed = ", ".join(f"{step:g}" for step in self.haircut)
            raise ValueError(f"haircut [{listed}] must not fall from one sale to the next")
        return self


class CapacityRule(Strict):
    """Room for every team."""

    headroom: float = setting(0.0, "Share of every space kept free", "share", ge=0, lt=1)


class StandardSet(Strict):
    """Published standards that are added to the data package's own, and what differs from how they are shipped."""

    set: str = setting("", 'Name of the set, such as "post_office" or "library/county" (models/standards)')
    service_type: str | None = setting(None, "Your name of the service")
    force: Literal["hard", "soft", "trigger"] | None = setting(None, "Force of all its rows")
    penalty: float | None = setting(None, "Price of each person short, where force is soft", "£", ge=0)
    mode: str | None = setting(None, 'Mode of all its rows, such as "car;transit"')
    per: str | None = setting(None, "Column of demand in each of whose values its rows hold")
    stay_minutes: float | None = setting(None, "Stay between the way there and the way back", "minutes", ge=0)


class AccessRule(Strict):
    """Every citizen's way to every service."""

    floor: Literal["asked", "today"] = setting(
        "asked", "today: a hard standard that today's estate fails is lowered to today's share"
    )
    standards: Annotated[tuple[str | StandardSet, ...], Field(strict=False)] = setting(
        (), 'Published standards besides those of the data package, such as ["post_office", "library/county"]'
    )


class StepFreeRule(Strict):
    """Public teams enter step-free sites only, or with the works that make them so."""

    hold: bool = setting(True, "Whether the rule holds, where any site says whether it is step-free")
    unknown: Literal["allowed", "refused"] = setting(
        "allowed", "Sites whose step_free is unknown: allowed (a named risk) or refused, as those with no"
    )


class BudgetRule(Strict):
    """Money by partner, fund and year."""

    floor: Literal["asked", "today"] = setting(
        "asked",
        "asked: funds pay for all capital; today: for what the plan spends beyond business as usual, whose own spending "
        "is in budgets that are not in the funds table",
    )
    flexible_receipts_until: int | None = setting(
        None,
        "Last financial year in which councils, police and fire may spend receipts on the revenue cost of change "
        "(moving, penalty, dilapidations)",
        "year",
        "domain.md S50: England's direction on flexible use of receipts",
        ge=1990,
        le=2200,
    )


class ConsentRule(Strict):
    """Every partner's financial test of the plan, against business as usual."""

    side_payments: bool = setting(
        False, "Whether partners with a test may settle up among themselves, each year alike; it nets to zero"
    )


class RuleSettings(Strict):
    """The rules that can be set; placement, open site, tenure, locks, compatibility and the rest always hold."""

    capacity: CapacityRule = CapacityRule()
    access: AccessRule | None = setting(None, "Access standards hold when this table is present")
    step_free: StepFreeRule = StepFreeRule()
    budget: BudgetRule | None = setting(None, "Budgets by partner, fund and year hold when this table is present")
    no_partner_worse_off: ConsentRule | None = setting(
        None, "The partners' own tests (partners.consent) hold when this table is present"
    )


class JourneyCost(Strict):
    """The price of the public's journeys to the nearest open point."""

    value_of_time: float = setting(
        0.0, "0: journeys are reported, not priced", "£ an hour", "no agreed source; TAG data book gives ranges", ge=0
    )
    mode: str = setting("car", "Travel mode by which journeys are priced")
    assignment: Literal["nearest", "system"] = setting(
        "nearest",
        "nearest: people go to the nearest open point, whatever it takes; system: the plan assigns visits to open points "
        "within point_capacity, at the least travel",
    )

    @model_validator(mode="after")
    def _price_of_assigning(self) -> JourneyCost:
        if self.assignment == "system" and self.value_of_time <= 0:
            raise ValueError(
                'assignment = "system" needs a value_of_time above 0: visits are assigned at the least travel'
            )
        return self


class EquityCost(Strict):
    """The price of long ways, which weigh more the longer they are (Kolm-Pollak)."""

    price: float = setting(
        0.0,
        "Price of each person's felt minutes to the nearest open point of each service; 0: equity is reported, not priced",
        "£ a year per person and felt minute",
        "no agreed source: a choice of the decision makers",
        ge=0,
    )
    aversion_minutes: float = setting(
        20.0,
        "Aversion to long ways: another so many minutes on a way weigh e = 2.7 times as much; the shorter, the more the "
        "furthest count. Used by the cost and by the report's equally-distributed equivalent",
        "minutes",
        "domain.md 7.3: kappa 0.05 a minute, range 0.02-0.1 (50-10 minutes)",
        ge=2,
        le=10_000,
    )
    mode: str = setting("car", "Travel mode by which they are priced")
    services: Names = setting((), "Service types that are priced; empty: every public service with a possible point")


class CostSettings(Strict):
    """Costs beside the estate's own."""

    journeys: JourneyCost = JourneyCost()
    equity: EquityCost = EquityCost()


class PlacementSettings(Strict):
    """Which team may go where."""

    only_listed: bool = setting(False, "A pair that is not in the placements table is not allowed")


class Limits(Strict):
    """Hard limits on the plan as a whole."""

    min_sites: int | None = setting(None, "Fewest sites held in the last decision year", "sites", ge=0, le=MANY)
    max_sites: int | None = setting(None, "Most sites held in the last decision year", "sites", ge=0, le=MANY)
    max_capital: float | None = setting(None, "Works and openings together, undiscounted", "£", ge=0)
    max_npv_cost: float | None = setting(None, "Most that the plan's npv_cost may be, present value", "£")
    max_measure: float | None = setting(
        None,
        "Most that objective.measure may be, in its own unit: with minimise = cost the cheapest plan with such access",
        "unit of the measure",
        ge=0,
    )
    max_points: dict[str, Annotated[int, Field(ge=0)]] = setting(
        {},
        "service type = most points in every decision year, besides service_types.max_points, such as {library = 60}",
        "points",
    )
    min_receipts: float | None = setting(None, "Net receipts together, undiscounted", "£", ge=0)
    max_carbon: float | None = setting(None, "Emissions in the last decision year", "tCO2e a year", ge=0)
    max_carbon_by_year: dict[str, Annotated[float, Field(ge=0)]] = setting(
        {}, "year = most emissions of that year; years without an entry are free, such as {2030 = 1200}", "tCO2e a year"
    )

    @model_validator(mode="after")
    def _years(self) -> Limits:
        for year in self.max_carbon_by_year:
            if not (year.isdecimal() and len(year) == 4):
                raise ValueError(f'max_carbon_by_year has "{year}" for a year; give {{2030 = 1200}}')
        return self


class Objective(Strict):
    """What the best plan is: least cost, best access, or fewest points."""

    minimise: Literal["cost", "access", "points"] = setting(
        "cost",
        "cost: the estate's, and what is priced beside it; access: long ways, with the cost reported and capped by "
        "limits.max_npv_cost; points: the number of open service points",
    )
    measure: Literal["mean", "furthest", "beyond", "priced"] = setting(
        "mean",
        "With minimise = access: mean = people x minutes to the nearest open point; furthest = minutes of the furthest "
        "zone; beyond = people further than within_minutes; priced = what [costs] and soft standards price, £",
    )
    within_minutes: float = setting(20.0, "What beyond counts from", "minutes", gt=0, le=10_000)
    services: Names = setting((), "Service types that count; empty: every public service with a possible point")
    mode: str = setting("car", 'Travel mode that counts; the better of two: "car;transit"')
    weight: str = setting(
        "population", "How much a zone counts: a column of people in demand (population, pop_65plus ...), or visits"
    )
    unreached_minutes: float | None = setting(
        None,
        "Minutes that count for a zone that reaches no open point, and the most for any; empty: the longest way known "
        "and one more",
        "minutes",
        gt=0,
        le=1_000_000,
    )


class Decisions(Strict):
    """Decisions that are taken already."""

    keep: Names = setting((), "Sites held in all years")
    close: Names = setting((), "Sites vacated in some decision year")
    stay: Names = setting((), "Teams that neither move nor close")
    move: dict[str, str] = setting({}, "team = site: there by the last decision year")


class Assumed(Strict):
    """What fills a fact that the data package leaves empty; each use is recorded in the plan with confidence C."""

    use: Literal["shipped", "none"] = setting(
        "shipped", "none: every assumed cost, receipt, share, duration and bias is zero"
    )
    variable_share: Share = setting(0.25, "Share of a site's running cost that follows its use", "share", BACKGROUND)
    double_running_months: float = setting(
        2.0, "Running cost paid twice when a team leaves a site that closes", "months", BACKGROUND, ge=0, le=24
    )
    closing_cost: float = setting(0.0, "Cost of closing a team", "£ a team", BACKGROUND, ge=0)
    move_cost_per_fte: float = setting(
        300.0, "Cost of moving a team", "£ per FTE", f"{BACKGROUND}; range 150-600", ge=0
    )
    dilapidations_per_m2: float = setting(
        180.0, "Handing back a leasehold", "£ per m2 GIA", "domain.md S45: 160-215 or a year's rent", ge=0
    )
    sale_cost_share: Share = setting(
        0.025, "Agents', legal and marketing cost of a sale", "share of the price", f"{BACKGROUND}; range 0.015-0.04"
    )
    months_to_sale: float = setting(
        18.0, "From vacating a freehold to the completed sale", "months", f"{BACKGROUND}; range 12-30", ge=0, le=240
    )
    holding_cost_per_m2: float = setting(
        40.0, "Security, insurance and utilities of a void", "£ per m2 GIA a year", f"{BACKGROUND}; range 20-60", ge=0
    )
    break_notice_months: float = setting(
        6.0, "Notice for a break or expiry", "months", f"{BACKGROUND}; range 3-12", ge=0, le=60
    )
    intervention_months: float = setting(
        6.0, "Duration of works whose duration is not given", "months", DESIGN, ge=0, le=240
    )
    optimism_capital_standard: float = setting(
        0.24,
        "Lift of capital, standard buildings",
        "share",
        "Mott MacDonald (2002) upper bound; range 0.02-0.24",
        ge=0,
        le=5,
    )
    optimism_capital_non_standard: float = setting(
        0.51,
        "Lift of capital, non-standard buildings",
        "share",
        "Mott MacDonald (2002) upper bound; range 0.04-0.51",
        ge=0,
        le=5,
    )
    optimism_duration_standard: float = setting(
        0.04,
        "Lift of duration, standard buildings",
        "share",
        "Mott MacDonald (2002) upper bound; range 0.01-0.04",
        ge=0,
        le=5,
    )
    optimism_duration_non_standard: float = setting(
        0.39,
        "Lift of duration, non-standard buildings",
        "share",
        "Mott MacDonald (2002) upper bound; range 0.02-0.39",
        ge=0,
        le=5,
    )
    recharge_without_agreement: Share = setting(
        1.0,
        "Of a guest's share by floor area, at cost: how much is recharged where cost_shares has no row for the site",
        "share",
        "Crown memorandum of terms of occupation, domain.md S52: costs follow floor area; range 0-1",
    )
    market_rent_yield: float = setting(
        0.07,
        "Market rent of a building whose rent is not known",
        "share of market_value a year",
        f"{BACKGROUND}; range 0.05-0.10",
        ge=0,
        le=1,
    )
    vat_rate: float = setting(
        0.20, "Standard rate of value added tax", "share", "Value Added Tax Act 1994, s2; domain.md 8", ge=0, le=1
    )
    vat_share_running: Share = setting(
        0.6,
        "Part of running cost that is bought with VAT: energy, cleaning, repairs, security; not wages or insurance",
        "share",
        f"{BACKGROUND}; range 0.4-0.8",
    )
    vat_recovery_section_33: Share = setting(
        1.0,
        "VAT recovered by councils, police and fire where partners do not say",
        "share",
        "Value Added Tax Act 1994, s33; domain.md S54",
    )
    vat_recovery_nhs_capital: Share = setting(
        0.0,
        "VAT on capital recovered by NHS bodies and departments where partners do not say",
        "share",
        f"{BACKGROUND}: contracted-out services headings (s41); range 0-0.5",
    )
    vat_recovery_nhs_opex: Share = setting(
        0.25,
        "VAT on running cost recovered by NHS bodies and departments where partners do not say",
        "share",
        f"{BACKGROUND}: contracted-out services headings (s41); range 0-0.5",
    )
    vat_recovery_other: Share = setting(
        0.15,
        "VAT recovered by housing, voluntary and other bodies where partners do not say",
        "share",
        f"{BACKGROUND}: partial exemption; range 0-0.3",
    )
    guest_notice_months: float = setting(
        6.0,
        "Notice by which host or guest may end a shared occupation (heads of terms)",
        "months",
        f"{BACKGROUND}; range 3-12",
        ge=0,
        le=60,
    )
    deprived_max_decile: int = setting(
        2, "Zones up to this IMD decile are 'deprived' (1 = most deprived)", "decile", ge=1, le=10
    )

    noticeable_minutes: float = setting(
        1.0,
        "A way that gets longer (shorter) by more than this counts as a loss (gain) in the access tables",
        "minutes",
        f"{DESIGN}; lokigi's decision summary uses 1.0; range 0-5",
        ge=0,
        le=60,
    )
    noticeable_km: float = setting(
        0.5,
        "The same for standards in kilometres",
        "km",
        f"{DESIGN}; a minute at 30 km/h; range 0-2",
        ge=0,
        le=30,
    )

    def value(self, name: str) -> float:
        """Return the assumed parameter in force: what the scenario sets, else the shipped value, else 0 with use = none."""
        if self.use == "none" and name not in self.model_fields_set and name not in _DEFINITIONS:
            return 0.0
        return float(getattr(self, name))


_DEFINITIONS = {"deprived_max_decile", "vat_recovery_section_33", "noticeable_minutes", "noticeable_km"}
"""Parameters that define a word or state a law rather than assume a fact: ``use = "none"`` leaves them."""


class SolverSettings(Strict):
    """How the plan is searched for, and when to stop."""

    engine: str = setting("auto", "auto, highs, cbc, cp-sat, decomposition or any solver that PuLP lists")
    gap: float = setting(
        0.0001, "Stop at this distance between plan and bound, as a share of the objective", "share", ge=0
    )
    saving_gap: float = setting(
        0.01, "or at this distance as a share of the saving; 0 switches the test off", "share", ge=0
    )
    time_limit: float = setting(120.0, "Wall time for reading, formulating and solving", "seconds", gt=0)
    threads: int = setting(2, "Processor threads", ge=1, le=256)
    seed: int = setting(1, "Random seed", ge=0, le=2**31 - 1)


class CalendarSettings(Strict):
    """What `assetopt calendar` assumes when it turns years into months; no part of the question that `solve` answers."""

    moves_per_month: int | None = setting(
        None,
        "Teams that crews can move in a month; empty: a twelfth of change.max_moves_per_year, rounded up, or of the moves of "
        "the plan's busiest year, at least 2",
        "teams",
        ge=1,
        le=MANY,
    )
    fte_per_month: float | None = setting(None, "Staff whose team moves in a month; empty: no cap", "FTE", ge=0)
    works_at_once: int | None = setting(
        None, "Sites in works in one month; empty: change.max_sites_in_works_per_year", "sites", ge=1, le=MANY
    )
    handover_months: int = setting(
        1,
        "Between the last team's move and the handback: stripping out, records, keys",
        "months",
        BACKGROUND,
        ge=0,
        le=60,
    )
    run_up_months: int = setting(
        12,
        "A change of plan year t is meant to stand on 1 April t; it may happen in so many months before",
        "months",
        ge=0,
        le=120,
    )
    slip_months: int = setting(12, "and may be so many months late", "months", ge=0, le=120)
    late_cost: int = setting(
        100,
        "For every month that a move or works is late, beside what lateness itself costs: a priority, no money",
        "£",
        ge=0,
        le=1_000_000,
    )
    least_open_days: int = setting(
        14, "A month in which blackouts leave fewer days is closed", "days", BACKGROUND, ge=0, le=31
    )
    decants: bool = setting(
        True, "Whether a team that serves no public may wait in a third building where moves stand in each other's way"
    )
    approval_months: int = setting(
        2, "Time for an approval; nothing moves before it, counted from as_at, unless a lease ends first", "months", BACKGROUND,
        ge=0, le=60,
    )  # fmt: skip
    consultation_months: int = setting(
        3,
        "For consultation about a public service, before its approval (12 weeks is usual)",
        "months",
        BACKGROUND,
        ge=0,
        le=60,
    )
    register_days: int = setting(
        40, "Working days on the public register of surplus property", "working days", BACKGROUND, ge=0, le=400
    )
    advertisement_months: int = setting(1, "To advertise a disposal", "months", BACKGROUND, ge=0, le=60)
    time_limit: float = setting(60.0, "Wall time of the search for a calendar", "seconds", gt=0)
    gap: float = setting(0.0, "Stop at this distance between calendar and bound, as a share of its cost", "share", ge=0)


class Scenario(Strict):
    """The question. Read from TOML with :func:`assetopt.read_scenario`, or made here from keyword arguments.

    Raises
    ------
    pydantic.ValidationError
        On an unknown key, a wrong type or a value out of range; :func:`assetopt.read_scenario` turns it into a
        :class:`~assetopt.errors.ScenarioError` that names file, key and value.
    """

    name: str = setting("", "Name of the scenario, shown in reports")
    data: str = setting("", "Folder or workbook of the data package, relative to the scenario file")
    appraisal: Appraisal = Appraisal()
    boundaries: Boundaries = Boundaries()
    change: Change = Change()
    disposals: Disposals = Disposals()
    rules: RuleSettings = RuleSettings()
    costs: CostSettings = CostSettings()
    placements: PlacementSettings = PlacementSettings()
    limits: Limits = Limits()
    objective: Objective = Objective()
    decisions: Decisions = Decisions()
    defaults: Assumed = Assumed()
    travel: TravelParams = TravelParams()
    solver: SolverSettings = SolverSettings()
    calendar: CalendarSettings = CalendarSettings()

    @model_validator(mode="after")
    def _measured(self) -> Scenario:
        if self.limits.max_measure is not None and self.objective.measure == "priced":
            raise ValueError(
                'limits.max_measure needs objective.measure = "mean", "furthest" or "beyond"; what is priced has no unit '
                "of its own"
            )
        return self
