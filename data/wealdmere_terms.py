"""The terms of Wealdmere: special leases and locks, works, money, standards and the rules of living together.

Nothing here exists; every figure is made up within the ranges that ``wealdmere/README.md`` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Facts = dict[str, str | int | float]


def table(columns: str, text: str) -> list[Facts]:
    """Read rows written as ``a | b | c``, one a line; an empty cell stays away."""
    names = columns.split()
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [{n: c for n, c in zip(names, row, strict=True) if c} for row in rows]


def _candidate(area: int, opening: int, end: int, running: int, carbon: int, **more: str | int) -> Facts:
    facts: Facts = {"status": "candidate", "gia_m2": area, "tenure": "freehold", "running_cost": running}
    facts |= {"variable_share": 0.25, "opening_cost": opening, "end_value": end, "carbon_t": carbon}
    return facts | {"step_free": "yes", "tags": "hub", "confidence": "C"} | more


_OUTSIDE: Facts = {"status": "external", "tenure": "freehold", "step_free": "yes", "confidence": "B"}

SPECIAL: dict[str, Facts] = {
    # leases
    "har-priory-house": {
        "lease_end": "2034-09-28",
        "lease_break": "2028-09-28;2031-09-28",
        "break_notice_months": 6,
        "break_penalty": 120000,
    },
    "har-wcht-suite": {
        "head_site_id": "har-priory-house",
        "lease_end": "2030-09-28",
        "lease_break": "2028-09-28",
        "break_penalty": "",
    },
    "ash-wcht-suite": {"head_site_id": "ash-civic", "lease_end": "2031-03-31", "lease_break": "2029-03-31"},
    "har-exchange": {  # the first break is missed: notice would have been due on 2026-09-24
        "lease_end": "2033-03-24",
        "lease_break": "2027-03-24;2030-03-24",
        "break_notice_months": 6,
    },
    "ash-annexe": {"lease_end": "2027-09-28", "lease_break": "", "break_penalty": "", "break_notice_months": 6},
    "har-trinity": {
        "lease_end": "2033-03-24",
        "lease_break": "2029-03-24",
        "security_of_tenure": "no",
        "replacement_rent": 452000,
    },
    "ash-wcht-office": {
        "lease_end": "2032-06-23",
        "lease_break": "",
        "break_penalty": "",
        "security_of_tenure": "no",
        "replacement_rent": 208000,
    },
    "ash-jobcentre": {"landlord_public": "yes"},
    # the long contracts
    "har-general": {
        "lease_end": "2041-06-30",
        "fixed_cost": 4150000,
        "lock": "keep",
        "lock_reason": "acute hospital, private finance contract to 2041",
    },
    "har-health-2": {"lease_end": "2034-03-31", "fixed_cost": 312000, "fixed_cost_until": "2034-03-31"},
    # locks
    "ash-hospital": {"lock": "keep", "lock_reason": "hospital: outside this review"},
    "har-police-hq": {"lock": "keep", "lock_reason": "control room and emergency network"},
    "har-depot": {"lock": "keep", "lock_reason": "only waste transfer licence in the district"},
    "har-fire": {"lock": "keep", "lock_reason": "response cover"},
    "ash-fire": {"lock": "keep", "lock_reason": "response cover"},
    "har-record-store": {"lock": "keep", "lock_reason": "archive climate, statutory deposit"},
    "har-unit-7": {"restricted": "yes", "lock": "keep", "lock_reason": "place is confidential"},
    # income from others in the building
    "har-library": {"income": 18000},
    "har-civic": {"income": 64000},
    "ash-area-office": {"income": 22000, "income_payer_partner_id": "mh"},
    # empty buildings and their way out
    "har-old-library": {"use_status": "vacant", "condition": "D", "backlog_funded": "no", "tags": "listed"},
    "ash-old-clinic": {"use_status": "surplus", "disposal_deductions": 40000},
    "bra-old-depot": {"use_status": "surplus", "disposal_deductions": 180000, "tags": "depot;contaminated"},
    "tar-old-police": {"use_status": "vacant", "on_exit": "mothball"},
    "mil-old-school": {"use_status": "surplus", "on_exit": "transfer", "transferee_partner_id": "mh"},
    "ash-empty-office": {"use_status": "vacant", "lease_end": "2031-09-28", "lease_break": "2029-09-28"},
    "har-county-hall": {"disposal_deductions": 650000, "tags": "office;listed"},
    "ash-youth": {"backlog_funded": "no"},
    # candidates and neighbours
    "new-har-hub": _candidate(4200, 9800000, 6100000, 546000, 92, tags="hub;town_centre"),
    "new-ash-health": _candidate(2800, 8400000, 4300000, 448000, 70, tags="clinical;hub"),
    "new-bra-village": _candidate(2200, 4600000, 2500000, 275000, 48),
    "new-tar-blue": _candidate(1400, 3700000, 1650000, 189000, 38, tags="blue_light"),
    "new-mil-hub": _candidate(1200, 780000, 0, 150000, 26, tenure="leasehold", rent=126000, lease_end="2052-03-31"),
    "ext-ive-library": _OUTSIDE | {"tags": "volunteers"},
    "ext-upb-library": _OUTSIDE | {"tags": "volunteers"},
}
"""What overwrites the rules for single sites; an empty text takes a fact away."""

VARIABLE_COST: dict[tuple[str, str], Facts] = {
    ("new-har-hub", "office"): {"variable_cost": 42},
    ("new-har-hub", "front"): {"variable_cost": 50},
    ("new-ash-health", "clinical"): {"variable_cost": 58},
    ("new-ash-health", "front"): {"variable_cost": 48},
    ("new-ash-health", "office"): {"variable_cost": 40},
    ("new-bra-village", "office"): {"variable_cost": 40},
    ("new-bra-village", "front"): {"variable_cost": 44},
    ("new-tar-blue", "operational"): {"variable_cost": 36},
    ("new-tar-blue", "office"): {"variable_cost": 38},
    ("new-tar-blue", "front"): {"variable_cost": 40},
    ("new-mil-hub", "office"): {"variable_cost": 38},
    ("new-mil-hub", "front"): {"variable_cost": 40},
}
"""£ a year per m2 in use."""

SPECIAL_TEAMS: dict[str, Facts] = {
    "har-library-west--library": {"closable": "yes", "running_cost": 72000, "closing_cost": 24000},
    "ash-library-south--library": {"closable": "yes", "running_cost": 66000, "closing_cost": 22000},
    "wre-library--library": {"closable": "yes", "running_cost": 23000, "closing_cost": 8000},
    "fal-library--library": {"closable": "yes", "running_cost": 22000},
    "oxw-police--police-counter": {"closable": "yes", "running_cost": 34000, "closing_cost": 12000},
    "hob-police--police-counter": {"closable": "yes", "running_cost": 27000},
    "har-children-2--childrens-centre": {"closable": "yes", "running_cost": 118000, "closing_cost": 45000},
    "qua-children--childrens-centre": {"closable": "yes", "running_cost": 84000, "closing_cost": 30000},
    "har-county-hall--ict": {"divisible": "yes", "move_cost": 96000},
    "har-county-hall--highways": {"divisible": "yes"},
    "har-police-hq--cid": {"divisible": "yes", "radius_km": 40},
    "har-police-hq--control-room": {"movable": "no", "move_cost": ""},
    "har-depot--street-services": {"movable": "no", "move_cost": ""},
    "har-record-store--street-services": {"name": "Archive deposit", "movable": "no", "move_cost": ""},
    "har-register--registrars": {"earliest_move": 2028},
    "har-jobcentre--jobcentre": {"earliest_move": 2029},
    "bra-health--community-clinic": {"earliest_move": 2028},
}

OVERFULL = {"tar-police--neighbourhood-policing": {"office": 131}}
"""The one home that is over-full today: Tarnbury Police Station, office."""

VISITS = {
    "library": (2.6, "population", 0.3),
    "gp": (5.2, "population", 0.3),
    "community_clinic": (1.3, "population", 0.2),
    "police_counter": (0.12, "population", 0.8),
    "children_centre": (2.2, "pop_under16", 0.9),
    "registrar": (0.08, "population", 0.0),
    "jobcentre": (0.8, "population", 1.4),
    "adult_social_care": (0.6, "pop_65plus", 0.5),
    "youth": (1.1, "pop_under16", 0.6),
    "customer_contact": (0.35, "population", 0.9),
}
"""Visits a head and year, the column of heads, and the tilt by deprivation. Nobody visits a fire station."""


@dataclass(frozen=True)
class Work:
    """One possible piece of works: what it changes (m2), a price of its own (£) or 0, and further columns."""

    site_id: str
    kind: str
    change: Mapping[str, int]
    optimism: str = "standard"
    cost: int = 0
    more: Facts = field(default_factory=dict)


WORKS_PRICE = {"refurb-front": 620, "refurb-clinical": 1020, "refurb-office": 480, "extend": 3400}
"""£ per m2 gained, before optimism bias, fees and VAT."""

WORKS = (
    Work("har-county-hall", "refurb-front", {"office": -420, "front": 400}, more={"months": 9}),
    Work("har-civic", "refurb-front", {"office": -260, "front": 250}, more={"months": 8}),
    Work(
        "har-civic",
        "refurb-clinical",
        {"office": -320, "clinical": 300},
        more={"months": 10, "payer_partner_id": "wcht"},
    ),
    Work("har-library", "refurb-office", {"front": -420, "office": 420}, more={"months": 6}),
    Work("har-police", "refurb-front", {"office": -90, "front": 90}, more={"months": 4}),
    Work("har-health-1", "extend", {"clinical": 320, "front": 60}, "non_standard", more={"months": 14}),
    Work("har-mh-hq", "refurb-front", {"office": -160, "front": 150}),
    Work("ash-civic", "refurb-front", {"office": -300, "front": 290}, more={"months": 7}),
    Work(
        "ash-civic",
        "refurb-clinical",
        {"office": -280, "clinical": 260},
        more={"months": 10, "payer_partner_id": "wcht"},
    ),
    Work("ash-area-office", "refurb-front", {"office": -260, "front": 250}, more={"months": 6}),
    Work("ash-library", "refurb-office", {"front": -180, "office": 180}),
    Work("ash-health", "refurb-clinical", {"office": -120, "clinical": 110}, more={"months": 5}),
    Work("bra-one-stop", "refurb-front", {"office": -180, "front": 170}, more={"months": 4}),
    Work("bra-health", "refurb-clinical", {"office": -110, "clinical": 100}),
    Work("bra-hvdc-office", "refurb-front", {"office": -200, "front": 190}, more={"months": 4}),
    Work("tar-one-stop", "refurb-front", {"office": -150, "front": 140}, more={"months": 4}),
    Work("tar-addc-office", "refurb-front", {"office": -220, "front": 210}, more={"months": 5}),
    Work("tar-health", "refurb-clinical", {"office": -90, "clinical": 85}),
    Work("mil-one-stop", "refurb-front", {"office": -140, "front": 130}, more={"months": 4}),
    Work("oxw-office", "refurb-front", {"office": -90, "front": 85}, more={"months": 3}),
    Work("elm-fire", "extend", {"front": 130}, more={"months": 9, "payer_partner_id": "wcc"}),
    Work("ald-fire", "extend", {"front": 130, "office": 40}, more={"months": 9}),
    Work("har-fire", "extend", {"office": 240}, more={"months": 11}),
    Work(
        "har-county-hall",
        "retrofit",
        {},
        "non_standard",
        2900000,
        {"months": 12, "running_cost_change": -190000, "carbon_change": -210},
    ),
    Work("ash-civic", "retrofit", {}, "non_standard", 980000, {"running_cost_change": -66000, "carbon_change": -72}),
    Work(
        "har-police",
        "retrofit",
        {},
        "standard",
        310000,
        {"months": 5, "running_cost_change": -34000, "carbon_change": -41},
    ),
)

FUNDS: dict[str, tuple[tuple[int, ...], Facts]] = {
    "wcc-capital": ((4200000, 4200000, 3500000, 3000000, 3000000), {"partner_id": "wcc", "takes_receipts": "yes"}),
    "hvdc-capital": ((900000, 900000, 900000, 700000, 700000), {"partner_id": "hvdc", "takes_receipts": "yes"}),
    "addc-capital": ((750000, 750000, 750000, 600000, 600000), {"partner_id": "addc", "takes_receipts": "yes"}),
    "wht-capital": ((2600000, 2400000, 2400000, 2000000, 2000000), {"partner_id": "wht", "takes_receipts": "no"}),
    "wcht-capital": ((1500000, 1500000, 1200000, 1200000, 1200000), {"partner_id": "wcht", "takes_receipts": "no"}),
    "wpol-capital": ((1300000, 1200000, 1000000, 1000000, 900000), {"partner_id": "wpol", "takes_receipts": "yes"}),
    "wfrs-capital": ((600000, 600000, 500000, 500000, 500000), {"partner_id": "wfrs", "takes_receipts": "yes"}),
    "mh-capital": ((800000, 800000, 800000, 800000, 800000), {"partner_id": "mh", "takes_receipts": "yes"}),
    "one-county-transformation": (
        (2500000, 2500000, 1500000, 0, 0),
        {"partner_id": "wcc", "pays_for": "all", "uses": "works;opening;moving", "takes_receipts": "no"},
    ),
    "blue-light-grant": (
        (0, 1200000, 1200000, 0, 0),
        {"partner_id": "wfrs", "pays_for": "wpol;wfrs", "uses": "works;opening"},
    ),
    "wcc-change-revenue": (
        (450000, 450000, 450000, 300000, 300000),
        {"partner_id": "wcc", "kind": "revenue", "price_basis": "nominal", "uses": "moving;dilapidations;holding"},
    ),
}
for _name, (_, _facts) in FUNDS.items():
    for _key, _value in (("kind", "capital"), ("price_basis", "real"), ("takes_receipts", "no"), ("confidence", "B")):
        _facts.setdefault(_key, _value)
    _facts.setdefault("pays_for", _facts["partner_id"])
    _facts.setdefault("uses", "all")
    _facts.setdefault("carry_forward", "no" if _facts["kind"] == "revenue" or _name.startswith("wht") else "yes")

SERVICE_TYPES = table(
    "service_type public min_points max_points min_points_per_district min_point_share statutory",
    """
adult_social_care | yes | 4  |   |   |     | yes
back_office       | no  |    |   |   |     |
children_centre   | yes | 7  |   | 1 |     | yes
community_clinic  | yes | 7  |   | 1 |     |
customer_contact  | yes | 6  | 14| 1 | 0.3 |
fire_station      | yes | 14 |   | 3 |     | yes
gp                | yes | 24 |   | 4 |     | yes
jobcentre         | yes | 4  |   |   |     |
library           | yes | 16 |   | 4 |     | yes
police_counter    | yes | 5  |   | 1 |     |
registrar         | yes | 3  | 6 | 1 |     | yes
youth             | yes | 4  |   |   |     |
""",
)

_STANDARD = (
    "standard_id service_type mode max_minutes max_km measure min_share segment per not_below_today max_extra_minutes"
    " max_share_losing force penalty reason"
)
STANDARDS = table(
    _STANDARD,
    """
library-car|library|car|15|||0.95|all|district|no|10||hard||county policy
library-deprived|library|walk|30|||0.80|deprived|all|no|||hard||equality policy
library-crow|library|crow||3.219||0.85|all|all|yes|||soft|20|two miles
gp-car|gp|car|15|||0.95|all|all|no|10||hard||care board policy
gp-no-car|gp|walk|40|||0.78|pop_no_car|all|no|||hard||equality policy
clinic-car|community_clinic|car|22|||0.95|all|all|yes|||hard||care board policy
police-car|police_counter|car|30|||0.90|all|all|no|10||hard||police and crime plan
police-near|police_counter|car|20|||0.88|all|all|no|||hard||police and crime plan
children-near|children_centre|walk;car|15|||0.70|pop_under16|all|no|||hard||sufficiency duty
registrar-car|registrar|car|30|||0.95|all|all|no|||hard||registration scheme
jobcentre-crow|jobcentre|crow||4.828||0.60|all|all|no|||trigger||three miles
care-car|adult_social_care|car|20|||0.80|pop_65plus|all|no|||soft|15|care strategy
youth-car|youth|car|20|||0.65|pop_under16|all|no||0.10|hard||youth strategy
fire-mean|fire_station|car|12||mean||all|all|no|||hard||fire plan
contact-rural|customer_contact|car|25|||0.95|rural|all|no|||hard||customer strategy
""",
)

for _row in STANDARDS:
    _row["measure"] = _row.get("measure", "share")
    _row["source"] = "made up for this county"

COMPATIBILITY = table(
    "a b rule scope weight reason",
    """
custody            | children_centre      | must_not | site |      | safeguarding: detained people and small children
custody            | children             | must_not | site |      | safeguarding: detained people and young people
custody            | library              | must_not | site |      | security of the custody block
offender_services  | children_centre      | must_not | site |      | safeguarding
offender_services  | youth                | must_not | site |      | safeguarding
gp                 | police_counter       | must_not | site |      | clinical confidentiality
community_clinic   | jobcentre            | must_not | site |      | clinical confidentiality
custody_healthcare | custody              | must     | site |      | healthcare serves the custody block
registration_records | registrar          | must     | site |      | registers are used at the counter
library            | customer_contact     | prefer   | site | 6000 | one front desk
registrar          | customer_contact     | prefer   | site | 4000 | one front desk
gp                 | community_clinic     | prefer   | site | 8000 | shared nursing and reception
children_centre    | library              | prefer   | site | 3000 | families use both
jobcentre          | adult_social_care    | prefer   | site | 2500 | joint cases
police_counter     | fire_station         | prefer   | site | 3500 | shared blue light base
""",
)

PLACEMENTS = table(
    "team_id site_id allowed annual_cost annual_cost_years one_off_cost",
    """
har-library--library              | har-police      | no  |       |   |
har-library--library              | har-county-hall | yes | 12000 | 5 | 85000
har-register--registrars          | har-police      | no  |       |   |
har-jobcentre--jobcentre          | har-health-1    | no  |       |   |
har-civic--customer-contact       | har-county-hall | yes |       |   | 40000
har-gp-1--gp-practice             | har-civic       | yes | 15000 |   | 60000
ash-gp-1--gp-practice             | ash-civic       | yes | 12000 |   | 55000
ash-register--registrars          | ash-jobcentre   | no  |       |   |
ash-jobcentre--jobcentre          | ash-library     | no  |       |   |
bra-police--police-counter        | bra-one-stop    | yes | 4000  |   | 18000
mil-police--police-counter        | mil-library     | no  |       |   |
har-general--bookings             | har-trinity     | yes | 20000 | 3 |
sal-police--police-counter        | sal-police      | yes | 1500  |   |
tar-youth--youth-service          | tar-police      | no  |       |   |
""",
)

COST_SHARES = table(
    "site_id basis common_parts rent_policy",
    """
har-civic       | floor_area | 0.20 | cost
ash-area-office | fte        | 0.25 | cost
ash-civic       | floor_area | 0.20 | cost
bra-one-stop    | fte        | 0.20 | nil
mil-one-stop    | floor_area | 0.15 | nil
oxw-fire        | floor_area | 0.10 | market
oxw-office      | fte        | 0.20 | cost
""",
)

DISPOSAL_TRIGGERS = table(
    "site_id kind months reason",
    """
har-old-library | listed            |    | Carnegie library, grade II
har-old-library | acv               | 0  | a reading society has asked to bid; runs beside the listed building consent
mil-old-school  | statutory_consent |    | playing field of a former school
bra-old-depot   | planning          | 12 | sold once housing is permitted
ash-old-clinic  | public_register   |    | surplus land of a public body
""",
)

BLACKOUTS = table(
    "blackout_id start end applies_to reason",
    """
county-election-2029 | 2029-04-01 | 2029-05-10 | wcc             | county election
elections-2027       | 2027-04-01 | 2027-05-10 | hvdc            | district election
winter-2027          | 2027-12-01 | 2028-02-29 | wht             | winter pressures
winter-2028          | 2028-12-01 | 2029-02-28 | wht             | winter pressures
summer-term-2028     | 2028-05-15 | 2028-07-21 | children_centre | end of school year
christmas-2027       | 2027-12-20 | 2028-01-04 |                 | no moves over Christmas
""",
)

PRECEDENCE = table(
    "before after lag_months kind reason",
    """
har-civic--refurb-front   | har-register--registrars           | 1 | finish_start | counter is fitted first
har-health-1--extend      | har-gp-1--gp-practice              | 1 | finish_start | clinical rooms commissioned first
ash-register--registrars  | ash-register--registration-records |   | together     | registers go with the registrars
har-register--registrars  | har-register--registration-records |   | together     | registers go with the registrars
har-county-hall--finance  | har-county-hall--audit             | 2 | apart        | never both at a year end
""",
)

KEYS = {
    "partners": ("partner_id",),
    "sites": ("site_id",),
    "spaces": ("site_id", "space_type"),
    "teams": ("team_id",),
    "needs": ("team_id", "space_type"),
    "interventions": ("intervention_id",),
    "intervention_spaces": ("intervention_id", "space_type"),
    "demand": ("zone_id",),
    "visits": ("zone_id", "service_type"),
    "funds": ("fund_id", "year"),
    "service_types": ("service_type",),
    "standards": ("standard_id",),
    "compatibility": ("a", "b", "rule"),
    "placements": ("team_id", "site_id"),
    "cost_shares": ("site_id",),
    "disposal_triggers": ("site_id", "kind"),
    "blackouts": ("blackout_id",),
    "precedence": ("before", "after"),
}

COLUMNS = {
    "partners": "partner_id name sector public_purse vat_recovery_capital vat_recovery_opex receipt_retention consent"
    " max_loss successor_id vesting_date earlier_disposals confidence",
    "sites": "site_id partner_id name easting northing status use_status tenure head_site_id gia_m2 running_cost"
    " variable_share fixed_cost fixed_cost_until lifecycle_cost business_rates income income_payer_partner_id rent"
    " landlord_partner_id landlord_public lease_end lease_break break_notice_months break_penalty security_of_tenure"
    " replacement_rent dilapidations backlog backlog_year backlog_funded market_value market_value_low"
    " market_value_high sale_cost_share disposal_deductions months_to_sale market_area on_exit transferee_partner_id"
    " holding_cost opening_cost end_value carbon_t condition step_free lock lock_reason tags restricted as_of"
    " confidence",
    "spaces": "site_id space_type capacity variable_cost",
    "teams": "team_id partner_id name service_type site_id fte movable closable divisible move_cost closing_cost"
    " running_cost earliest_move radius_km tags confidence",
    "needs": "team_id space_type amount",
    "interventions": "intervention_id site_id capital_cost kind payer_partner_id optimism_class running_cost_change"
    " carbon_change months confidence",
    "intervention_spaces": "intervention_id space_type capacity_change",
    "demand": "zone_id easting northing population district ward imd_decile rural pop_65plus pop_under16 pop_no_car"
    " confidence",
    "visits": "zone_id service_type visits",
    "funds": "fund_id year partner_id amount kind price_basis pays_for uses takes_receipts carry_forward confidence",
    "service_types": "service_type public min_points max_points min_points_per_district min_point_share statutory",
    "standards": f"{_STANDARD} source",
    "compatibility": "a b rule scope weight reason",
    "placements": "team_id site_id allowed annual_cost annual_cost_years one_off_cost",
    "cost_shares": "site_id basis common_parts rent_policy",
    "disposal_triggers": "site_id kind months reason",
    "blackouts": "blackout_id start end applies_to reason",
    "precedence": "before after lag_months kind reason",
}
"""Columns in their order; only those that are used are written."""
