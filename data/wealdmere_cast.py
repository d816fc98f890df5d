"""The cast of Wealdmere: its towns, public bodies and buildings, written out for people to read.

Nothing here exists. Positions are EPSG:27700 metres and fall on land in inland southern England; names, people, leases
and sums are made up. ``make_wealdmere.py`` turns this cast into the tables of ``data/wealdmere``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wealdmere_buildings import BUILDINGS_TABLE

Facts = dict[str, str | int | float]


@dataclass(frozen=True)
class Town:
    """A town: centre, radius in metres, number of zones, direction of its poor quarter (degrees), wealth."""

    name: str
    easting: int
    northing: int
    radius: int
    zones: int
    district: str
    poor_angle: int
    wealth: float


@dataclass(frozen=True)
class Village:
    """A village with services."""

    name: str
    easting: int
    northing: int
    district: str


@dataclass(frozen=True)
class Crew:
    """A team that belongs to a kind of building, with its share of each space in use there (relative)."""

    name: str
    service: str
    spaces: Mapping[str, float]
    movable: bool = True
    partner: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of building: usable space as shares of the gross area, crew, £/m2 of running, value and rent."""

    split: Mapping[str, float]
    crew: tuple[Crew, ...]
    pools_per_1000_m2: float
    running: tuple[float, float]
    value: float
    rent: float
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Building:
    """One building: where (c centre, i inner, d poor quarter, s other side, e edge), who has it, how big, how held.

    Tenure: F freehold, L leasehold, C licence, P pfi; ``L:hvdc`` = let by partner hvdc.
    """

    site_id: str
    town: str
    kind: str
    partner: str
    spot: str
    gia: int
    tenure: str
    name: str


TOWNS = {
    "har": Town("Harrowmere", 430500, 158500, 4200, 76, "Harrow Vale", 60, 5.6),
    "ash": Town("Ashenford", 446000, 166500, 3600, 56, "Ashen Downs", 200, 5.2),
    "bra": Town("Brackenholt", 417500, 167000, 2700, 35, "Harrow Vale", 330, 5.0),
    "tar": Town("Tarnbury", 444500, 149500, 2500, 30, "Ashen Downs", 120, 6.4),
    "mil": Town("Millscombe", 411000, 150500, 2200, 23, "Fenmarch", 20, 4.4),
    "oxw": Town("Oxwell Priory", 421500, 145500, 1800, 16, "Fenmarch", 250, 5.8),
    "sal": Town("Sallowby", 434500, 171500, 1500, 12, "Harrow Vale", 90, 6.6),
}

VILLAGES = {
    "elm": Village("Elmcote", 424000, 161500, "Harrow Vale"),
    "qui": Village("Nether Quill", 437800, 161800, "Harrow Vale"),
    "tho": Village("Thornhay", 426500, 168800, "Harrow Vale"),
    "sor": Village("Great Sorrel", 440200, 172600, "Ashen Downs"),
    "pen": Village("Pennymarsh", 452400, 171000, "Ashen Downs"),
    "ald": Village("Cold Aldwick", 453000, 160800, "Ashen Downs"),
    "wre": Village("Wrenstow", 438400, 153600, "Ashen Downs"),
    "tam": Village("Lower Tamsin", 451200, 153400, "Ashen Downs"),
    "mar": Village("Marlhurst", 438800, 144200, "Ashen Downs"),
    "qua": Village("Quarrendene", 430200, 149800, "Harrow Vale"),
    "hob": Village("Hobbs Lacey", 414600, 158600, "Fenmarch"),
    "dun": Village("Dunmarrow", 406200, 157000, "Fenmarch"),
    "sta": Village("Stanwater", 407600, 165800, "Harrow Vale"),
    "fal": Village("Fallowick", 415400, 143600, "Fenmarch"),
    "ive": Village("Ivelthorpe", 428200, 142600, "Fenmarch"),
    "ske": Village("Skerrow", 405800, 144800, "Fenmarch"),
    "upb": Village("Upper Bracken", 419600, 174200, "Harrow Vale"),
}

PRICE_LEVEL = {
    "har": 1.12,
    "ash": 1.05,
    "bra": 0.92,
    "tar": 1.08,
    "mil": 0.82,
    "oxw": 0.95,
    "sal": 1.15,
} | dict.fromkeys(VILLAGES, 0.95)
"""Town factor on market values and rents."""

PARTNERS: list[Facts] = [
    {"partner_id": "wcc", "name": "Wealdmere County Council", "sector": "council", "consent": "no_worse_off"},
    {"partner_id": "hvdc", "name": "Harrow Vale District Council", "sector": "council", "consent": "no_worse_off"},
    {"partner_id": "addc", "name": "Ashen Downs District Council", "sector": "council", "consent": "no_worse_off"},
    {"partner_id": "wht", "name": "Wealdmere Hospitals NHS Trust", "sector": "nhs", "consent": "no_worse_off"},
    {"partner_id": "wcht", "name": "Wealdmere Community Health NHS Trust", "sector": "nhs", "consent": "no_worse_off"},
    {"partner_id": "wpol", "name": "Wealdmere Police", "sector": "police", "consent": "max_loss", "max_loss": 500000},
    {"partner_id": "wfrs", "name": "Wealdmere Fire and Rescue Service", "sector": "fire", "consent": "no_worse_off"},
    {"partner_id": "mh", "name": "Mereside Homes", "sector": "housing", "consent": "max_loss", "max_loss": 0},
]
for _row, _earlier in ((PARTNERS[1], 60_000), (PARTNERS[2], "")):  # both districts go into the county council
    _row |= {"successor_id": "wcc", "vesting_date": "2028-04-01", "earlier_disposals": _earlier}
for _row, _vat, _purse, _kept in zip(
    PARTNERS, (1, 1, 1, 0.2, 0.2, 1, 1, 0.1), ("yes",) * 7 + ("no",), (1, 1, 1, 0.5, 0.75, 1, 1, 1), strict=True
):
    _row |= {
        "public_purse": _purse,
        "vat_recovery_capital": _vat,
        "vat_recovery_opex": _vat,
        "receipt_retention": _kept,
    }
    _row |= {"confidence": "B"}

_gp = Crew("GP practice", "gp", {"clinical": 1.0, "front": 1.0, "office": 0.6})
_clinic = Crew("Community clinic", "community_clinic", {"clinical": 1.0, "front": 0.5, "office": 0.2})
_nurses = Crew("District nursing", "back_office", {"office": 0.6, "parking": 1.0})
_contact = Crew("Customer contact", "customer_contact", {"front": 1.0, "office": 0.2})
_care = Crew("Adult social care", "adult_social_care", {"front": 0.8, "office": 0.6, "meeting": 0.5})
_response = Crew("Response", "back_office", {"operational": 1.0, "office": 0.7, "parking": 1.0}, tags=("uniformed",))
_counter = Crew("Police counter", "police_counter", {"front": 1.0, "office": 0.1})
_patrol = Crew("Neighbourhood policing", "back_office", {"office": 0.8, "parking": 0.4})
_fire = Crew("Fire station", "fire_station", {"operational": 1.0, "office": 0.5}, movable=False)
_safety = Crew("Fire safety", "back_office", {"office": 0.8})
_custody = Crew("Custody", "back_office", {"operational": 0.8, "office": 0.2}, movable=False, tags=("custody",))
_custody_health = Crew(
    "Custody healthcare", "back_office", {"office": 0.1}, partner="wcht", tags=("custody_healthcare",)
)
_records = Crew("Registration records", "back_office", {"office": 0.8}, tags=("registration_records",))

KINDS = {
    "head_office": Kind({"office": 0.58, "front": 0.05}, (), 1.9, (130, 165), 1300, 150, ("office",)),
    "civic": Kind({"office": 0.52, "front": 0.10}, (_contact,), 1.8, (125, 160), 1250, 145, ("office", "hub")),
    "office": Kind({"office": 0.66}, (), 1.8, (120, 165), 1350, 150, ("office",)),
    "one_stop": Kind({"office": 0.46, "front": 0.20}, (_contact, _care), 2.0, (125, 160), 1200, 135, ("hub",)),
    "library": Kind(
        {"front": 0.66, "office": 0.10},
        (Crew("Library", "library", {"front": 1.0, "office": 0.8}),),
        0,
        (105, 150),
        1200,
        110,
        ("ground_floor",),
    ),
    "children": Kind(
        {"front": 0.54, "office": 0.16},
        (Crew("Children's centre", "children_centre", {"front": 1.0, "office": 1.0}, tags=("children",)),),
        0,
        (110, 150),
        1150,
        105,
        ("ground_floor", "outdoor_space"),
    ),
    "youth": Kind(
        {"front": 0.62, "office": 0.10},
        (Crew("Youth service", "youth", {"front": 1.0, "office": 1.0}, tags=("children",)),),
        0,
        (100, 135),
        950,
        95,
    ),
    "register": Kind(
        {"front": 0.40, "office": 0.30},
        (Crew("Registrars", "registrar", {"front": 1.0, "office": 0.6}), _records),
        0,
        (120, 150),
        1500,
        130,
        ("listed",),
    ),
    "jobcentre": Kind(
        {"front": 0.34, "office": 0.40},
        (Crew("Jobcentre", "jobcentre", {"front": 1.0, "office": 0.6}),),
        1.0,
        (125, 160),
        1200,
        150,
    ),
    "day_centre": Kind({"front": 0.48, "office": 0.18}, (_care,), 0.6, (110, 145), 1050, 100, ("ground_floor",)),
    "depot": Kind(
        {"operational": 0.66, "office": 0.10},
        (Crew("Street services", "back_office", {"operational": 1.0, "office": 0.5, "parking": 1.0}),),
        0.4,
        (100, 115),
        850,
        80,
        ("depot",),
    ),
    "gp": Kind({"clinical": 0.56, "front": 0.14, "office": 0.10}, (_gp,), 0, (150, 200), 1850, 190, ("clinical",)),
    "health_centre": Kind(
        {"clinical": 0.48, "front": 0.11, "office": 0.20},
        (_clinic, _gp, _nurses),
        0,
        (150, 205),
        1700,
        180,
        ("clinical",),
    ),
    "clinic": Kind(
        {"clinical": 0.50, "front": 0.10, "office": 0.14}, (_clinic,), 0, (140, 190), 1550, 160, ("clinical",)
    ),
    "hospital": Kind(
        {"clinical": 0.58, "office": 0.12, "front": 0.04},
        (
            Crew("Outpatients", "community_clinic", {"clinical": 0.2, "front": 0.8, "office": 0.1}, movable=False),
            Crew("Wards and theatres", "back_office", {"clinical": 0.8, "office": 0.3}, movable=False),
            Crew("Bookings", "back_office", {"office": 0.3}),
            Crew("Medical records", "back_office", {"office": 0.3}),
        ),
        0,
        (215, 245),
        1400,
        0,
        ("clinical",),
    ),
    "police_station": Kind(
        {"operational": 0.34, "office": 0.34, "front": 0.06},
        (_counter, _response, _patrol),
        0.7,
        (130, 175),
        1200,
        140,
        ("blue_light",),
    ),
    "police_post": Kind(
        {"front": 0.20, "office": 0.44}, (_counter, _patrol), 0, (115, 150), 1150, 110, ("blue_light",)
    ),
    "police_hq": Kind({"office": 0.50, "operational": 0.16}, (), 1.6, (135, 170), 1150, 0, ("blue_light", "office")),
    "fire_station": Kind(
        {"operational": 0.60, "office": 0.16},
        (_fire, _safety),
        0,
        (100, 130),
        1050,
        0,
        ("blue_light", "response_cover"),
    ),
    "housing": Kind({"office": 0.48, "front": 0.16}, (_contact,), 2.2, (120, 150), 1250, 135, ("office",)),
}

EXTRA_CREW = {
    "har-police": (_custody, _custody_health),
    "ash-police": (_custody, _custody_health),
    "har-county-hall": (Crew("Youth justice", "back_office", {"office": 1.0}, tags=("offender_services",)),),
    "ash-area-office": (
        Crew("Probation liaison", "back_office", {"office": 0.5}, tags=("offender_services",)),
        Crew("Housing options desk", "back_office", {"office": 0.6}, partner="addc"),
    ),
    "bra-one-stop": (
        Crew("Registrars", "registrar", {"front": 0.4, "office": 0.3}),
        Crew("Beat team", "back_office", {"office": 0.6}, partner="wpol", tags=("uniformed",)),
    ),
    "mil-one-stop": (Crew("Community safety", "back_office", {"office": 0.5}, partner="wpol"),),
    "har-civic": (Crew("Youth advice", "youth", {"front": 0.6, "office": 0.1}, partner="wcc", tags=("children",)),),
    "oxw-fire": (Crew("Patrol base", "back_office", {"operational": 0.25, "office": 0.5}, partner="wpol"),),
    "oxw-office": (Crew("Health visiting", "back_office", {"office": 0.5}, partner="wcht"),),
}
"""Teams beyond the usual crew of a building: buildings that are shared already today are among them."""

M2_PER_FTE = {"office": 6.0, "front": 28.0, "clinical": 20.0, "operational": 45.0}
"""m2 in use per FTE: 10 m2 a desk x 0.6 desks an FTE for offices; the others are made up."""

RADIUS_KM = {
    "back_office": 25,
    "library": 3,
    "gp": 3,
    "community_clinic": 6,
    "police_counter": 8,
    "children_centre": 3,
    "registrar": 12,
    "jobcentre": 6,
    "adult_social_care": 8,
    "youth": 5,
    "fire_station": 5,
    "customer_contact": 8,
}

_DESKS = {
    "wcc": "Finance|People|Legal|ICT|Property|Highways|Schools|Children's social work|Adults commissioning|"
    "Public health|Procurement|Democratic services|Trading standards|Minerals planning|Transport|Audit|"
    "Emergency planning|Archives|Fostering|Special needs|Records|Waste|Climate|Payroll|Communications",
    "hvdc": "Planning|Revenues|Benefits|Environmental health|Housing options|Licensing|District finance|District ICT|"
    "Building control|Elections|Parks|Economic growth",
    "addc": "Planning|Revenues|Benefits|Environmental health|Housing options|Licensing|District finance|"
    "Building control|Elections|Leisure",
    "wht": "Trust finance|Workforce|Governance|Digital|Estates|Coding|Research|Procurement",
    "wcht": "Community finance|Therapies|Health visiting|Quality|Workforce|Digital|Continuing care|School nursing",
    "wpol": "CID|Control room|Intelligence|Standards|Police finance|Digital forensics|Training|Roads policing|"
    "Licensing|Criminal justice|Victims|Vetting",
    "wfrs": "Prevention|Fire training|Fire finance|Operations support|Fleet|Protection",
    "mh": "Lettings|Repairs|Income|Development|Tenancies|Home finance|Sheltered housing",
}
DESKS = {partner: names.split("|") for partner, names in _DESKS.items()}
"""Names of back-office teams, dealt out in this order."""


def _buildings(text: str) -> list[Building]:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [Building(a, b, c, d, e, int(f), g, h) for a, b, c, d, e, f, g, h in rows]


BUILDINGS = _buildings(BUILDINGS_TABLE)
OUTSIDE = {b.site_id for b in BUILDINGS if b.site_id.startswith("ext-")}
EMPTY = {b.site_id for b in BUILDINGS if b.site_id.startswith("new-") or "-old-" in b.site_id or "-empty-" in b.site_id}
