"""How prices of boundaries are written down: ``boundaries.json``, a CSV a table, and a workbook."""

from __future__ import annotations

import math

from assetopt.certificate import pounds
from assetopt.report.tables import Kind
from assetopt.scenario import Scenario
from assetopt.studies.boundaries import Boundaries, Wall
from assetopt.studies.folder import StudyFolder
from assetopt.studies.page import Picture
from assetopt.studies.writing import number, range_of, table, write_tables

FILE = "boundaries.json"
SHOWN, DRAWN = 5, 25


def write_boundaries(folder: StudyFolder, scenario: Scenario, found: Boundaries) -> None:
    """Write every file of the study."""
    folder.write_json(FILE, boundaries_document(found))
    names = [player.name for player in found.players]
    walls = [
        {
            "kind": w.kind, "wall": w.name, "price": w.price.value, "low": w.price.low, "high": w.price.high,
            "sure": w.price.sure, "annual": w.annual, "minutes": w.minutes, "what": w.what,
        }
        for w in found.walls
    ]  # fmt: skip
    solves = [
        {
            "solve": s.key, "status": s.status, "saving": s.saving.value, "low": s.saving.low, "high": s.saving.high,
            "gap": s.gap, "annual": s.annual, "minutes": s.minutes,
        }
        for s in found.solves
    ]  # fmt: skip
    pairs = _pairs(found)
    matrix = [
        {"partner": one, **{f"with_{other}": pairs.get(frozenset((one, other)), math.nan) for other in names}}
        for one in names
    ]
    money: Kind = "money"
    tables = [
        table(
            "walls",
            (
                ("kind", "text", "Kind"), ("wall", "text", "Boundary"), ("price", money, "Costs (£ present value)"),
                ("low", money, "At least (£)"), ("high", money, "At most (£)"), ("sure", "flag", "Beyond the gaps of the solves"),
                ("annual", money, "Costs a year (£ of revenue, plans found)"),
                ("minutes", "travel", "Mean way by car is longer without it (minutes)"), ("what", "text", "What is compared"),
            ),
            walls,
        ),
        table(
            "pairs",
            (("partner", "text", "Partner"), *((f"with_{name}", money, f"Wall to {name} costs (£)") for name in names)),
            matrix,
        ),
        table(
            "solves",
            (
                ("solve", "text", "Solve"), ("status", "text", "Status"), ("saving", money, "Saves (£ present value)"),
                ("low", money, "At least (£)"), ("high", money, "At most (£)"), ("gap", "share", "Gap, of the cost"),
                ("annual", money, "Saves a year (£ of revenue)"),
                ("minutes", "travel", "Mean way by car, more than today (minutes)"),
            ),
            solves,
        ),
    ]  # fmt: skip
    known = sorted((w for w in found.walls if math.isfinite(w.price.value)), key=lambda w: -w.price.value)[:DRAWN]
    picture = Picture(
        "What each boundary costs, £ present value (walls that may as well cost nothing say so)",
        tuple(f"{w.kind}: {w.name}" + ("" if w.price.sure else " (unsure)") for w in known),
        tuple(w.price.value for w in known),
    )
    title = f"Prices of boundaries: {scenario.name or 'plan'}"
    write_tables(folder, title, sentences(found), tables, {"walls": picture})


def _pairs(found: Boundaries) -> dict[frozenset[str], float]:
    by_name = {wall.name: wall.price.value for wall in found.walls if wall.kind == "pair"}
    out: dict[frozenset[str], float] = {}
    for at, one in enumerate(found.players):
        for other in found.players[at + 1 :]:
            out[frozenset((one.name, other.name))] = by_name.get(f"{one.name}+{other.name}", math.nan)
    return out


def sentences(found: Boundaries) -> list[str]:
    """Say in plain words what was found, the dearest walls first."""
    out = [_told(wall) for wall in found.walls if wall.kind == "both"]
    for kind, title in (("buildings", ""), ("money", ""), ("out", "Staying out"), ("pair", "Pairs"), ("rule", "Rules")):
        some = [wall for wall in found.walls if wall.kind == kind]
        known = sorted((w for w in some if math.isfinite(w.price.value)), key=lambda w: -w.price.value)
        out += [f"{title}: {_told(wall)}" if title else _told(wall) for wall in known[:SHOWN]]
        if len(some) > SHOWN:
            out.append(f"{title}: {len(some) - SHOWN} more in walls.csv.")
    out += [f"Fault: {breach}." for breach in found.breaches]
    out += [f"Failed: {key}: {why}" for key, why in found.failures.items()]
    return [*out, *found.notes]


def _told(wall: Wall) -> str:
    price = wall.price
    if not math.isfinite(price.value):
        return f"{wall.name}: not known."
    span = f"between {pounds(price.low)} and {pounds(price.high)}"
    span = span if price.known else "with no bound on one side"
    doubt = "" if price.sure else ": no more than the solves leave open"
    return f"{wall.name} costs {pounds(price.value)} ({span}{doubt}) - {wall.what}."


def boundaries_document(found: Boundaries) -> dict[str, object]:
    """Return ``boundaries.json`` as Python objects; money in £ present value, ``annual`` in £ a year."""
    return {
        "partners": [player.name for player in found.players],
        "groups": {player.name: list(player.partners) for player in found.players},
        "walls": [
            {
                "kind": w.kind, "name": w.name, "what": w.what, "price": range_of(w.price), "sure": w.price.sure,
                "annual": number(w.annual), "minutes": number(w.minutes),
            }
            for w in found.walls
        ],
        "solves": [
            {
                "key": s.key, "status": s.status, "saving": range_of(s.saving), "annual": number(s.annual),
                "minutes": number(s.minutes), "gap": None if math.isnan(s.gap) else round(s.gap, 6),
            }
            for s in found.solves
        ],
        "sentences": sentences(found),
        "breaches": list(found.breaches),
        "failures": dict(sorted(found.failures.items())),
    }  # fmt: skip
