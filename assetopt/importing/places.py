"""Which rows speak of one building: parts of a site join it, and what two partners may share is marked, not merged."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

import numpy as np
from scipy.spatial import KDTree

from assetopt.importing.entries import MERGED, NO_PLACE, SITE, SPACE, Entry, Fact

ADDED = (
    "gia_m2",
    "idle_m2",
    "running_cost",
    "business_rates",
    "rent",
    "backlog",
    "lifecycle_cost",
    "income",
    "carbon_t",
)
"""Facts of parts of a site that add up, unless every part repeats the figure of the whole."""

NEAR_METRES = 50.0
LIKE = 0.75
"""Names that agree so far (Ratcliff and Obershelp 1988, 1 = same letters) are taken for one place, to be looked at."""

_COMMON = re.compile(r"\b(the|nhs|trust|hospital|centre|center|library|site|house|building|health|clinic)\b")


def name_sites(entries: Sequence[Entry]) -> None:
    """Give every site its id, and join rows of one partner that carry one UPRN, or one code, to a single site."""
    first: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.outcome == SITE:
            key = entry.text("uprn") or entry.text("code") or f"row-{entry.row}"
            first[(entry.text("partner_id"), key)].append(entry)
    taken: set[str] = set()
    for (partner, key), rows in first.items():
        name = base = f"{partner}-{re.sub(r'[^0-9A-Za-z._-]+', '-', key)}"
        count = 2
        while name in taken:
            name, count = f"{base}-{count}", count + 1
        taken.add(name)
        for entry in rows:
            entry.site_id = name
        if len(rows) > 1:
            _join(rows, "UPRN" if rows[0].text("uprn") else "code")


def _join(rows: list[Entry], by: str) -> None:
    head, parts = rows[0], rows[1:]
    for fact in dict.fromkeys(fact for entry in rows for fact in entry.facts):
        known = [(entry, entry.facts[fact]) for entry in rows if fact in entry.facts]
        if fact in ADDED or fact.startswith(SPACE):
            head.facts[fact] = _added(head, fact, [value for _, value in known if isinstance(value, float)])
        elif fact not in head.facts:
            head.facts[fact] = known[0][1]
        elif fact in ("tenure", "use_status") and len({value for _, value in known}) > 1:
            said = ", ".join(sorted({str(value) for _, value in known}))
            head.say(fact, said, "rows of one site disagree", f"the first row's {head.facts[fact]} stands")
    for entry in parts:
        entry.outcome, entry.reason = MERGED, f"same partner and {by} as row {head.row}: part of {head.site_id}"
    head.say(by, str(len(rows)), f"one {by} on several rows", "one site; its rows are listed as merged")


def _added(head: Entry, fact: str, values: list[float]) -> Fact:
    if len(values) > 1 and len(set(values)) == 1 and values[0]:
        head.say(fact, f"{values[0]:g}", "whole-site figure repeated on each part", "counted once")
        return values[0]
    return math.fsum(values)


def mark_repeats(entries: Sequence[Entry]) -> None:
    """Mark codes on several rows, and count an area once that one partner repeats on sites of one postcode."""
    for code, rows in _by(entries, lambda entry: entry.text("code")).items():
        if len(rows) > 1:
            for entry in rows:
                entry.say("code", code, "code on several rows", "the site's id tells them apart")
    sites = [entry for entry in entries if entry.outcome == SITE]

    def block(entry: Entry) -> str:
        area, code = entry.number("gia_m2"), entry.text("postcode")
        return f"{entry.text('partner_id')}|{code}|{area!r}" if area and code else ""

    for rows in _by(sites, block).values():
        for entry in rows[1:]:
            said = f"{entry.facts.pop('gia_m2'):g}"
            entry.facts["x_gia_m2_published"] = said
            entry.say("gia_m2", said, "whole-site figure repeated on each part", f"counted once, at {rows[0].site_id}")


def mark_shared(entries: Sequence[Entry]) -> None:
    """Mark sites of different partners that may be one building; nothing is merged, since each has its own interest."""
    sites = [entry for entry in entries if entry.outcome in (SITE, NO_PLACE)]
    for uprn, rows in _by(sites, lambda entry: entry.text("uprn")).items():
        _mark(rows, _any, f"UPRN {uprn}", "one UPRN under two partners")
    for code, rows in _by(sites, lambda entry: entry.text("postcode")).items():
        _mark(rows, _alike, f"postcode {code}", "one place under two partners")
        _mark(rows, lambda a, b: not _alike(a, b), f"postcode {code}", "one postcode under two partners")
    placed = [entry for entry in sites if entry.number("easting") is not None and entry.number("northing") is not None]
    if placed:
        points = np.array([[entry.number("easting"), entry.number("northing")] for entry in placed], dtype=float)
        near = KDTree(points).query_pairs(NEAR_METRES, output_type="ndarray")
        for i, j in near.tolist():
            _mark([placed[i], placed[j]], _any, f"within {NEAR_METRES:g} m", "one place under two partners")


def _mark(rows: Sequence[Entry], test: Callable[[Entry, Entry], bool], by: str, defect: str) -> None:
    for entry in rows:
        others = [o for o in rows if o.text("partner_id") != entry.text("partner_id") and test(entry, o)]
        known = set(entry.text("x_may_share_with").split(";")) - {""}
        new = [other.site_id for other in others if other.site_id not in known]
        if new:
            entry.facts["x_may_share_with"] = ";".join(sorted(known | set(new)))
            entry.say(by, ";".join(sorted(new)), defect, "both kept; name the superior interest in head_site_id if so")


def _any(a: Entry, b: Entry) -> bool:
    return True


def _alike(a: Entry, b: Entry) -> bool:
    one, two = (_COMMON.sub(" ", e.text("name").casefold()).split() for e in (a, b))
    return SequenceMatcher(None, " ".join(one), " ".join(two), autojunk=False).ratio() >= LIKE


def _by(entries: Iterable[Entry], key: Callable[[Entry], str]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if name := key(entry):
            groups[name].append(entry)
    return groups
