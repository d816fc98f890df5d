"""Make Wealdmere, a county that does not exist, so that anyone can try assetopt without anybody's real register.

Run ``python data/make_wealdmere.py`` to rewrite ``data/wealdmere/*.csv``; the same bytes come out on every run. Only
``Generator.random`` is drawn from (the most stable stream of numpy) and every number is rounded before it is written.
The cast (towns, bodies, buildings) stands in ``wealdmere_cast.py``, leases, works, standards and other terms in
``wealdmere_terms.py``; the rules below turn both into positions, spaces, teams and money. ``wealdmere/README.md`` lists
every assumption.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import wealdmere_cast as cast
import wealdmere_terms as terms

SEED = 20270401
Cell = str | int | float
Row = dict[str, Cell]
Tables = dict[str, list[Row]]


class Draw:
    """Random numbers in a fixed order, all from ``Generator.random``."""

    def __init__(self, seed: int) -> None:
        self._stream = np.random.default_rng(seed)

    def u(self, low: float, high: float) -> float:
        """Return a number between ``low`` and ``high``."""
        return low + (high - low) * float(self._stream.random())

    def chance(self, share: float) -> bool:
        """Return true in ``share`` of all draws."""
        return float(self._stream.random()) < share

    def pick(self, things: Sequence[str]) -> str:
        """Return one of ``things``."""
        return things[int(float(self._stream.random()) * len(things))]

    def spot(self, x: float, y: float, radius: float) -> tuple[int, int]:
        """Return a point in a disc, whole metres."""
        angle, r = self.u(0, 2 * math.pi), radius * math.sqrt(self.u(0, 1))
        return round(x + r * math.cos(angle)), round(y + r * math.sin(angle))


def near(value: float, step: int) -> int:
    """Round to the nearest ``step``."""
    return int(step * math.floor(value / step + 0.5))


def polar(town: cast.Town, angle: float, share: float) -> tuple[float, float]:
    """Return the point at ``share`` of a town's radius in the direction ``angle`` (degrees)."""
    a = math.radians(angle)
    return town.easting + share * town.radius * math.cos(a), town.northing + share * town.radius * math.sin(a)


# --- people -----------------------------------------------------------------------------------------------------------


def zones(draw: Draw) -> list[Row]:
    """Make the 400 demand zones: towns, villages and scattered hamlets."""
    rows: list[Row] = []
    score: list[float] = []
    for town in cast.TOWNS.values():
        poor = polar(town, town.poor_angle, 0.62)
        for _ in range(town.zones):
            e, n = draw.spot(town.easting, town.northing, town.radius)
            side = math.degrees(math.atan2(n - town.northing, e - town.easting)) % 360
            quarter = ("East", "North", "West", "South")[int((side + 45) % 360 // 90)]
            inner = math.hypot(e - town.easting, n - town.northing) < 0.4 * town.radius
            ward = f"{town.name} {'Centre' if inner else quarter}"
            rows.append({"easting": e, "northing": n, "district": town.district, "ward": ward, "rural": "no"})
            km = math.hypot(e - poor[0], n - poor[1]) / 1000
            score.append(town.wealth - 5.5 * math.exp(-km * km / 1.6) + draw.u(-1.0, 1.0))
    places = list(cast.VILLAGES.values())
    for k in range(400 - len(rows)):
        if k < 7 * len(places):
            home = places[k % len(places)]
            e, n = draw.spot(home.easting, home.northing, 3300)
        else:
            e, n = round(draw.u(404500, 454500)), round(draw.u(141500, 175500))
        home = min(places, key=lambda v: math.hypot(e - v.easting, n - v.northing))
        row: Row = {"easting": e, "northing": n, "district": home.district, "ward": home.name, "rural": "yes"}
        rows.append(row)
        tilt = (e - 430000) / 25000 + (n - 158000) / 18000  # the south-west is poorer
        score.append(6.6 + 1.2 * tilt + draw.u(-0.9, 0.9))
    order = sorted(range(len(rows)), key=lambda k: (score[k], k))
    decile = {k: 1 + int(10 * (place / len(rows)) ** 0.9) for place, k in enumerate(order)}
    out: list[Row] = []
    for k, row in enumerate(rows):
        rural, poverty = row["rural"] == "yes", (10 - decile[k]) / 9
        people = round(draw.u(1050, 2150) * (0.75 if rural else 1.0))
        old = draw.u(0.22, 0.31) if rural else draw.u(0.13, 0.22)
        young = (0.15 if rural else 0.17) + 0.06 * poverty + draw.u(-0.01, 0.01)
        no_car = 0.05 + (0.07 if rural else 0.30) * poverty + draw.u(0, 0.06)
        out.append(
            {"zone_id": f"Z{k + 1:03d}", **row, "population": people, "imd_decile": decile[k]}
            | {"pop_65plus": round(people * old), "pop_under16": round(people * young)}
            | {"pop_no_car": round(people * no_car), "confidence": "A"}
        )
    return out


def visits(draw: Draw, demand: Iterable[Row]) -> list[Row]:
    """Make yearly visits: people of the group that uses the service x visits a head x a tilt by deprivation x noise."""
    rows: list[Row] = []
    for zone in demand:
        poverty = (10 - float(zone["imd_decile"])) / 9
        for service, (a_head, group, tilt) in terms.VISITS.items():
            people = float(zone[group])
            made = people * a_head * (1 + tilt * (poverty - 0.5)) * draw.u(0.85, 1.15)
            rows.append({"zone_id": zone["zone_id"], "service_type": service, "visits": round(made)})
    return rows


# --- buildings --------------------------------------------------------------------------------------------------------


def place(draw: Draw, building: cast.Building, known: Mapping[str, Row]) -> tuple[int, int]:
    """Return a building's position from its town or village and its spot there."""
    head = terms.SPECIAL.get(building.site_id, {}).get("head_site_id")
    if head is not None:
        return int(known[str(head)]["easting"]), int(known[str(head)]["northing"])
    if building.town in cast.VILLAGES:
        village = cast.VILLAGES[building.town]
        return draw.spot(village.easting, village.northing, 450)
    town = cast.TOWNS[building.town]
    if building.spot == "c":
        return draw.spot(town.easting, town.northing, 430)
    if building.spot == "i":
        return draw.spot(*polar(town, draw.u(0, 360), 0.35), 200)
    if building.spot == "d":
        return draw.spot(*polar(town, town.poor_angle, 0.62), 350)
    if building.spot == "s":
        return draw.spot(*polar(town, town.poor_angle + 180, 0.60), 300)
    return draw.spot(*polar(town, town.poor_angle + draw.u(60, 300), 1.05), 250)


def money(draw: Draw, building: cast.Building, kind: cast.Kind) -> Row:
    """Make what a building costs, what it is worth and what is wrong with it."""
    area, factor = building.gia, cast.PRICE_LEVEL[building.town]
    condition = draw.pick("AABBBBBBCCCD")
    backlog = {"A": 0.0, "B": draw.u(0, 45), "C": draw.u(90, 240), "D": draw.u(260, 560)}[condition] * area
    value = min(2000.0, max(800.0, kind.value * factor * draw.u(0.9, 1.1))) * area
    spread = draw.u(0.15, 0.25)
    row: Row = {
        "running_cost": near(area * draw.u(*kind.running), 100),
        "lifecycle_cost": near(area * draw.u(8, 20), 100),
        "business_rates": near(area * draw.u(18, 42), 100),
        "condition": condition,
        "carbon_t": round(area * draw.u(0.030, 0.055), 1),
    }
    if draw.chance(0.5):
        row["variable_share"] = round(draw.u(0.15, 0.35), 2)
    if backlog >= 1000:
        row["backlog"] = near(backlog, 1000)
        if draw.chance(0.85):
            row["backlog_year"] = 2027 + int(draw.u(0, 5))
    if building.tenure == "F":
        row |= {"tenure": "freehold", "on_exit": "sell", "market_value": near(value, 5000)}
        row |= {
            "market_value_low": near(value * (1 - spread), 5000),
            "market_value_high": near(value * (1 + spread), 5000),
        }
        if draw.chance(0.7):
            row["sale_cost_share"] = round(draw.u(0.015, 0.035), 3)
        if draw.chance(0.65):
            row["months_to_sale"] = near(draw.u(9, 30), 3)
        if draw.chance(0.6):
            row["holding_cost"] = near(area * draw.u(20, 55), 100)
    elif building.tenure.startswith("L"):
        row |= lease(draw, building, kind, factor)
    elif building.tenure.startswith("C"):
        row |= {"tenure": "licence", "on_exit": "hand_back", "rent": near(area * draw.u(60, 110), 100)}
        row["landlord_partner_id"] = building.tenure[2:]
    else:
        row |= {"tenure": "pfi", "on_exit": "hand_back"}
    return row


def lease(draw: Draw, building: cast.Building, kind: cast.Kind, factor: float) -> Row:
    """Make a lease: rent, expiry, breaks, notice, penalty and dilapidations."""
    area = building.gia
    rent = near(area * min(220.0, max(80.0, kind.rent * factor * draw.u(0.85, 1.15))), 100)
    end = 2027 + int(draw.u(0, 10))
    quarter = draw.pick(("03-24", "06-23", "09-28", "12-24"))
    end = max(end, 2028) if quarter in ("03-24", "06-23") else end
    row: Row = {"tenure": "leasehold", "on_exit": "hand_back", "rent": rent, "lease_end": f"{end}-{quarter}"}
    if building.tenure[2:]:
        row["landlord_partner_id"] = building.tenure[2:]
    breaks = [year for year in (2028, 2030, 2032, 2034) if year < end - 1 and draw.chance(0.45)]
    if breaks:
        row["lease_break"] = ";".join(f"{year}-{quarter}" for year in breaks)
        if draw.chance(0.6):
            row["break_penalty"] = near(rent * draw.u(0.25, 0.5), 500)
    if draw.chance(0.8):
        row["break_notice_months"] = int(draw.pick(("6", "6", "6", "9", "12")))
    if draw.chance(0.6):
        row["dilapidations"] = near(area * draw.u(160, 215), 500)
    return row


def sites(draw: Draw) -> list[Row]:
    """Make every site of the cast; the special cases of the cast overwrite what the rules made."""
    rows: dict[str, Row] = {}
    for building in cast.BUILDINGS:
        kind = cast.KINDS[building.kind]
        e, n = place(draw, building, rows)
        row: Row = {"site_id": building.site_id, "partner_id": building.partner, "name": building.name}
        row |= {"easting": e, "northing": n, "status": "existing", "use_status": "in_use", "gia_m2": building.gia}
        facts = money(draw, building, kind)
        free = draw.pick(("yes", "yes", "yes", "no", "unknown"))
        doubt = draw.pick("AABBBC")
        area = cast.TOWNS[building.town].name if building.town in cast.TOWNS else "Rural"
        row |= facts | {"step_free": free, "market_area": area, "tags": ";".join(kind.tags)}
        row |= {"as_of": "2026-03-31", "confidence": doubt} | terms.SPECIAL.get(building.site_id, {})
        if row["status"] != "existing":
            keep = {"site_id", "partner_id", "name", "easting", "northing", "status", "gia_m2", "market_area", "as_of"}
            row = {k: v for k, v in row.items() if k in keep or k in terms.SPECIAL[building.site_id]}
        rows[building.site_id] = {k: v for k, v in row.items() if v != ""}
    return list(rows.values())


def spaces(draw: Draw) -> dict[tuple[str, str], int]:
    """Split every floor area into usable space (m2, rooms, bays); together the m2 stay below 85 % of the gross area."""
    room: dict[tuple[str, str], int] = {}
    for building in cast.BUILDINGS:
        kind = cast.KINDS[building.kind]
        for space, share in kind.split.items():
            room[building.site_id, space] = max(5, 5 * int(building.gia * share / 5))
        if kind.split.get("office", 0) >= 0.28 and building.gia >= 400:
            room[building.site_id, "meeting"] = max(1, building.gia // 450)
        if building.spot != "c":
            room[building.site_id, "parking"] = max(4, int(building.gia / draw.u(80, 140)))
        elif building.gia > 1000:
            room[building.site_id, "parking"] = int(building.gia / draw.u(120, 200))
    return room


# --- teams ------------------------------------------------------------------------------------------------------------


def staff(draw: Draw, room: Mapping[tuple[str, str], int]) -> tuple[list[Row], list[Row]]:
    """Fill the buildings with teams: each uses a share of what its building has in use (50 to 86 % of the room)."""
    teams: list[Row] = []
    needs: list[Row] = []
    used_names: dict[str, int] = {}
    for building in cast.BUILDINGS:
        kind = cast.KINDS[building.kind]
        crew = [] if building.site_id in cast.EMPTY else [*kind.crew, *cast.EXTRA_CREW.get(building.site_id, ())]
        pool = 0 if building.site_id in cast.EMPTY else round(building.gia * kind.pools_per_1000_m2 / 1000)
        crew += [cast.Crew("", "back_office", {"office": 1.0, "meeting": 1.0})] * pool
        fill = {s: draw.u(0.50, 0.86) for s in ("office", "front", "clinical", "operational", "meeting", "parking")}
        weight = [{s: share * draw.u(0.7, 1.3) for s, share in member.spaces.items()} for member in crew]
        total = {s: sum(w.get(s, 0.0) for w in weight) for s in fill}
        rooms = int(room.get((building.site_id, "meeting"), 0) * fill["meeting"])
        for member, wish in zip(crew, weight, strict=True):
            name = member.name
            if not name:
                names = cast.DESKS[building.partner]
                turn = used_names.get(building.partner, 0)
                used_names[building.partner] = turn + 1
                name = names[turn % len(names)] + ("" if turn < len(names) else f" {turn // len(names) + 1}")
            slug = "".join(c if c.isalnum() else "-" for c in name.lower().replace("'", ""))
            team_id = f"{building.site_id}--{slug}"
            amount: dict[str, int] = {}
            for space in wish:
                got = int(room.get((building.site_id, space), 0) * fill[space] * wish[space] / total[space])
                if space == "meeting":
                    got = min(1, rooms)
                    rooms -= got
                if got >= (1 if space in ("meeting", "parking") else 4):
                    amount[space] = got
            amount |= terms.OVERFULL.get(team_id, {})
            fte = max(1.0, round(sum(v / cast.M2_PER_FTE[s] for s, v in amount.items() if s in cast.M2_PER_FTE), 1))
            teams.append(team_row(draw, building, member, team_id, name, fte))
            needs += [{"team_id": team_id, "space_type": s, "amount": v} for s, v in sorted(amount.items())]
    unknown = (terms.SPECIAL_TEAMS.keys() | terms.OVERFULL.keys()) - {str(team["team_id"]) for team in teams}
    if unknown:
        raise KeyError(f"no such team: {sorted(unknown)}")
    return teams, needs


def team_row(draw: Draw, building: cast.Building, member: cast.Crew, team_id: str, name: str, fte: float) -> Row:
    """Make one team's row; the special teams of the cast overwrite it."""
    a_head = draw.u(300, 900) * (1.6 if member.service in ("gp", "community_clinic", "fire_station") else 1.0)
    told = draw.chance(0.6)
    label = f"{building.name}: {name}" if member.name and member.name not in building.name else name
    label = building.name if member.name and member.name in building.name else label
    row: Row = {"team_id": team_id, "partner_id": member.partner or building.partner, "name": label}
    row |= {"service_type": member.service, "site_id": building.site_id, "fte": fte}
    row |= {"movable": "yes" if member.movable else "no", "closable": "no", "divisible": "no"}
    if told and member.movable:
        row["move_cost"] = near(fte * a_head, 100)
    row["radius_km"] = cast.RADIUS_KM[member.service]
    row["tags"] = ";".join(member.tags)
    row["confidence"] = draw.pick("AABBC")
    row |= terms.SPECIAL_TEAMS.get(team_id, {})
    if building.site_id in cast.OUTSIDE:
        row |= {"movable": "no", "closable": "no"}
        row.pop("move_cost", None)
    return {k: v for k, v in row.items() if v != ""}


# --- the whole package ------------------------------------------------------------------------------------------------


def works(draw: Draw) -> tuple[list[Row], list[Row]]:
    """Price the works of the cast: what is gained x £/m2, a retrofit by its own figure."""
    rows: list[Row] = []
    changes: list[Row] = []
    for work in terms.WORKS:
        name = f"{work.site_id}--{work.kind}"
        gained = sum(max(0, m2) for m2 in work.change.values())
        cost = work.cost if work.cost else gained * terms.WORKS_PRICE[work.kind] * draw.u(0.92, 1.08)
        row: Row = {"intervention_id": name, "site_id": work.site_id, "capital_cost": near(cost, 500)}
        row |= {"kind": work.kind.split("-")[0], "optimism_class": work.optimism, "confidence": draw.pick("BBC")}
        row |= {k: v for k, v in work.more.items() if v != ""}
        rows.append(row)
        changes += [
            {"intervention_id": name, "space_type": s, "capacity_change": m2} for s, m2 in sorted(work.change.items())
        ]
    return rows, changes


def tables() -> Tables:
    """Return every table of the package, rows in the order of their keys."""
    draw = Draw(SEED)
    demand = zones(draw)
    where = sites(draw)
    room = spaces(draw)
    teams, needs = staff(draw, room)
    built, changed = works(draw)
    capacities: list[Row] = [{"site_id": s, "space_type": k, "capacity": v} for (s, k), v in room.items()]
    for row in capacities:
        row |= terms.VARIABLE_COST.get((str(row["site_id"]), str(row["space_type"])), {})
    out: Tables = {
        "partners": cast.PARTNERS,
        "sites": where,
        "spaces": capacities,
        "teams": teams,
        "needs": needs,
        "interventions": built,
        "intervention_spaces": changed,
        "demand": demand,
        "visits": visits(draw, demand),
        "funds": funds(),
        "service_types": terms.SERVICE_TYPES,
        "standards": terms.STANDARDS,
        "compatibility": terms.COMPATIBILITY,
        "placements": terms.PLACEMENTS,
        "cost_shares": terms.COST_SHARES,
        "disposal_triggers": terms.DISPOSAL_TRIGGERS,
        "blackouts": terms.BLACKOUTS,
        "precedence": terms.PRECEDENCE,
    }
    return {name: sorted(rows, key=lambda r: [str(r[k]) for k in terms.KEYS[name]]) for name, rows in out.items()}


def funds() -> list[Row]:
    """Spread the cast's yearly amounts over 2027 to 2031."""
    return [
        {"fund_id": fund, "year": 2027 + k, "amount": amount, **facts}
        for fund, (amounts, facts) in terms.FUNDS.items()
        for k, amount in enumerate(amounts)
    ]


def write(folder: Path) -> None:
    """Write every table as CSV with LF line ends into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        known = set().union(*(row.keys() for row in rows))
        columns = [c for c in terms.COLUMNS[name].split() if c in known]
        if known - set(columns):
            raise KeyError(f"{name}: no place for {sorted(known - set(columns))}")
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "wealdmere")
