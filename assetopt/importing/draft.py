"""A first mapping for any spreadsheet, proposed from its headers by likeness; a person reads and mends it."""

from __future__ import annotations

from difflib import SequenceMatcher

import tomli_w

from assetopt.importing.mapping import METRES, UNITS
from assetopt.importing.sources import Register, header_key

MEANT: dict[str, tuple[str, ...]] = {
    "partner_id": ("organisation code", "organisation", "owner", "partner", "authority", "trust code"),
    "partner": ("organisation name", "trust name", "authority name"),
    "code": ("asset code", "asset id", "property reference", "site code", "building id", "unique asset id"),
    "uprn": ("uprn", "unique property reference number"),
    "name": ("name", "property name", "site name", "building name", "premises"),
    "x_address": ("address", "street", "address 1"),
    "postcode": ("postcode", "post code"),
    "x": ("easting", "geo x", "longitude", "lon", "lng"),
    "y": ("northing", "geo y", "latitude", "lat"),
    "tenure": ("tenure", "tenure type", "interest"),
    "gia_m2": ("gia", "gross internal area", "floor area", "nia", "area m2", "area sqm", "area sq ft"),
    "running_cost": ("running cost", "annual cost", "premises cost", "operating cost"),
    "business_rates": ("business rates", "nndr", "rates"),
    "rent": ("rent", "annual rent", "passing rent", "rent pa"),
    "lease_end": ("lease end", "lease expiry", "expiry date"),
    "lease_break": ("break date", "lease break"),
    "backlog": ("backlog", "backlog maintenance", "condition cost", "repair cost"),
    "condition": ("condition", "condition grade", "condition category"),
    "market_value": ("market value", "valuation", "asset value", "capital value"),
    "carbon_t": ("carbon", "tco2e", "emissions"),
}
"""Words that headers use for a fact."""

LIKELY = 0.8
"""From this likeness on (1 = same letters, Ratcliff and Obershelp) a header is proposed."""

_UNITS = {"sqft": ("sqft", "squarefeet", "ft2"), "ha": ("hectare",), "acre": ("acre",), "gbp_k": ("000s", "k")}


def draft_mapping(register: Register) -> str:
    """Return the text of a mapping file for a register: likely headers as settings, all the others as comments."""
    scored = sorted(
        ((_likeness(name, words), fact, name) for fact, words in MEANT.items() for name in register.header if name),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    columns: dict[str, dict[str, object]] = {}
    taken: dict[str, str] = {}
    for score, fact, name in scored:
        if score >= LIKELY and fact not in columns and header_key(name) not in taken:
            taken[header_key(name)] = f"{fact}, likeness {score:.2f}"
            unit = _unit(name, fact)
            columns[fact] = {"from": [name]} | ({"unit": unit} if unit else {})
    for fact, others in (("partner_id", "partner"), ("name", "x_address")):
        if fact not in columns:
            columns[fact] = dict(columns[others]) if others in columns else {"constant": f"FILL IN {fact}"}
    body = {"title": register.label, "source": register.label, "sector": "council", "columns": columns}
    notes = [
        f"# {' '.join(name.split())[:80]}: " + (taken.get(header_key(name)) or "not proposed")
        for name in register.header
        if name
    ]
    head = [
        "# A proposal from the headers alone: look at every line. Units: " + ", ".join(u for u in UNITS if u) + ".",
        "# Rows that are no buildings in use: [[leave_out]] with reason, column = [...] and values = [...].",
        "# The headers, and what each was taken for:",
    ]
    return "\n".join([*head, *notes, "", tomli_w.dumps(body)])


def _likeness(name: str, words: tuple[str, ...]) -> float:
    key = header_key(name.split("(")[0])
    return max(SequenceMatcher(None, key, header_key(word), autojunk=False).ratio() for word in words)


def _unit(name: str, fact: str) -> str:
    if not fact.endswith("_m2"):
        return ""
    key = header_key(name)
    found = next((unit for unit, marks in _UNITS.items() if any(mark in key for mark in marks)), "")
    return found if found and UNITS[found][0] == METRES else ""
