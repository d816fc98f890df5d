"""Whether the access side of a data package can be what was meant: standards, segments, groups and where people live."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import numpy as np
import pandas as pd

from assetopt.estate.fields import GROUP
from assetopt.estate.findings import Findings, Place, nearest, shown
from assetopt.estate.records.access import Mode
from assetopt.estate.seaside import check_on_land
from assetopt.estate.standards_words import (
    AREAS,
    BETTER,
    CROW,
    JOIN,
    PER_GROUP,
    alternatives,
    members,
    own_column,
    segment_parts,
)
from assetopt.estate.typed import Typed
from assetopt.estate.words import clean_header

Tables = dict[str, Typed]
MODES = tuple(get_args(Mode))
GROUP_ROUNDING = 10.0
"""People by which a group may exceed its zone: published counts are perturbed one by one."""
FAR_KM = 30.0
"""A site further than this from every zone is told; the remotest English village is some 15 km from the next."""


def check_access(tables: Tables, findings: Findings) -> None:
    """Check demand, and the standards against demand and teams; everything is told at once.

    Parameters
    ----------
    tables : dict
        Typed tables, perhaps with other faults.
    findings : Findings
        Takes faults and warnings.
    """
    for table in ("demand", "sites"):
        if table in tables:
            check_on_land(tables[table], findings)
    if "demand" in tables:
        _groups(tables["demand"], findings)
        _spellings(tables["demand"], findings)
        if "sites" in tables:
            _far_sites(tables["sites"], tables["demand"], findings)
    if "standards" in tables:
        standards, demand = tables["standards"], tables.get("demand")
        if demand is None:
            if len(standards):
                what = "there is no demand table, so no access standard can be measured"
                findings.say(standards.place.label, what, "add demand", "warning")
        else:
            check_standards(standards.frame, standards.place, demand.frame, demand.place.label, findings)
        teams = tables.get("teams")
        if teams is not None and "service_type" in teams.coded:
            check_points(standards.frame, standards.place, teams.frame, findings)


def check_standards(
    standards: pd.DataFrame, place: Place, demand: pd.DataFrame, label: str, findings: Findings
) -> None:
    """Check modes, segments and ``per`` of standards against ``demand``; plain spellings are put right in ``standards``."""
    _modes(standards, place, findings)
    filled = {str(c) for c in demand.columns if (demand[c].notna() & (demand[c] != "")).any()}
    groups = [str(c) for c in demand.columns if str(c).startswith(GROUP)]
    _segments(standards, place, demand, groups, filled, label, findings)
    _per(standards, place, demand, groups, filled, label, findings)
    keep = standards["not_below_today"].astype(bool) & (standards["measure"] == "share")
    everybody = keep & (standards["min_share"] >= 1.0) & (standards["force"] == "hard")
    fix = "give min_share = 0 to hold today's share alone"
    what = "not_below_today comes on top of min_share, and min_share is 1: everybody is asked for"
    findings.rows(place, "min_share", np.flatnonzero(everybody), what, fix, "warning")
    bare = (standards["back_mode"] != "") & standards["stay_minutes"].isna()
    what = "there and back, without a stay: minutes at the place itself do not count"
    fix = "give stay_minutes, or 0 where the travel table already holds the stay"
    findings.rows(place, "stay_minutes", np.flatnonzero(bare), what, fix, "warning")


def check_points(standards: pd.DataFrame, place: Place, teams: pd.DataFrame, findings: Findings) -> None:
    """Tell standards for a service that no team gives: no site is or can become a point of it."""
    given = set(teams["service_type"])
    asked = standards["service_type"]
    known = teams["service_type"].unique().tolist()
    findings.words(
        place,
        "service_type",
        asked.to_list(),
        np.flatnonzero(~asked.isin(list(given)) & (asked != "")),
        lambda v: f"no team gives service {shown(v)}, so it has no point today and can have none",
        lambda v: nearest(v, known) or "add the team to teams, or take the standard out",
    )


def _modes(standards: pd.DataFrame, place: Place, findings: Findings) -> None:
    for column in ("mode", "back_mode"):
        cells = standards[column].astype("str")
        tidy = cells.map({cell: _tidy(cell) for cell in cells.unique()}).astype("str")
        standards[column] = tidy
        wrong = {cell: lost for cell in tidy.unique() if (lost := [m for m in _all_members(cell) if m not in MODES])}
        findings.words(
            place,
            column,
            tidy.to_list(),
            np.flatnonzero(tidy.isin(list(wrong))),
            lambda v, w=wrong: f"no mode {shown(w[v][0])}",  # type: ignore[misc]
            lambda v, w=wrong: nearest(w[v][0], MODES) or "modes are " + ", ".join(MODES),  # type: ignore[misc]
        )
        joined = {c for c in tidy.unique() if any(CROW in members(a) and len(members(a)) > 1 for a in _parts(c))}
        fix = f"write {CROW} alone, or with {BETTER} for the better of two"
        what = "crow is no way to travel, so it cannot be one of two that must both do"
        findings.rows(place, column, np.flatnonzero(tidy.isin(list(joined))), what, fix)


def _tidy(cell: str) -> str:
    return BETTER.join(JOIN.join(m.casefold() for m in members(a)) for a in _parts(cell))


def _parts(cell: str) -> list[str]:
    return alternatives(cell) if cell.strip(f"{BETTER} ") else []


def _all_members(cell: str) -> list[str]:
    return [mode for part in _parts(cell) for mode in members(part)]


def _segments(
    standards: pd.DataFrame,
    place: Place,
    demand: pd.DataFrame,
    groups: list[str],
    filled: set[str],
    label: str,
    findings: Findings,
) -> None:
    known = ["all", *AREAS, *groups]
    cells = standards["segment"].astype("str")

    def plain(cell: str) -> str:
        words = [w if w in known else clean_header(w) if clean_header(w) in known else w for w in segment_parts(cell)]
        return JOIN.join(words) or ("all" if cell else cell)

    cells = cells.map({cell: plain(cell) for cell in cells.unique()}).astype("str")
    standards["segment"] = cells
    wrong: dict[str, tuple[str, str]] = {}
    for cell in cells.unique():
        parts = segment_parts(cell)
        if not parts or own_column(cell) in filled:
            continue
        lost = [part for part in parts if part not in known]
        people = [part for part in parts if part not in AREAS]
        empty = [part for part in parts if AREAS.get(part, part) not in filled]
        if lost:
            listed = "give one of " + ", ".join(known[:12]) + f", or several with {JOIN}"
            fix = nearest(lost[0], known) or nearest(GROUP + lost[0], known) or listed
            wrong[cell] = (f"no segment {shown(lost[0])}", fix)
        elif len(people) > 1:
            what = f"nobody knows how many people are both {people[0]} and {people[1]}"
            wrong[cell] = (what, f"give demand a column {own_column(cell)}")
        elif empty:
            needed = AREAS.get(empty[0], empty[0])
            what = f"{shown(empty[0])} needs {needed}, which is empty in every row of {label}"
            fix = "fill that column of demand, or use all"
            if len(parts) > 1:
                fix += f"; or give demand a column {own_column(cell)}"
            wrong[cell] = (what, fix)
    rows = np.flatnonzero(cells.isin(list(wrong)))
    findings.words(place, "segment", cells.to_list(), rows, lambda v: wrong[v][0], lambda v: wrong[v][1])


def _per(
    standards: pd.DataFrame,
    place: Place,
    demand: pd.DataFrame,
    groups: list[str],
    filled: set[str],
    label: str,
    findings: Findings,
) -> None:
    columns = [str(c) for c in demand.columns]
    known = ["all", PER_GROUP, *columns]
    cells = standards["per"].astype("str")
    plain = {
        cell: cell if cell in known or clean_header(cell) not in known else clean_header(cell)
        for cell in cells.unique()
    }
    cells = cells.map(plain).astype("str")
    standards["per"] = cells
    listed = "give one of " + ", ".join(known[:12])
    lost = np.flatnonzero(~cells.isin(known) & (cells != ""))
    findings.words(
        place, "per", cells.to_list(), lost, lambda v: f"no column of demand {shown(v)}", lambda v: nearest(v, known) or listed
    )  # fmt: skip
    bare = {c for c in columns if c not in filled} | ({PER_GROUP} if not groups else set())
    findings.words(
        place,
        "per",
        cells.to_list(),
        np.flatnonzero(cells.isin(list(bare))),
        lambda v: (
            f"per = {PER_GROUP} needs pop_ columns, and {label} has none"
            if v == PER_GROUP
            else f"{shown(v)} needs {v}, which is empty in every row of {label}"
        ),
        lambda v: (
            "add pop_ columns to demand, or use all" if v == PER_GROUP else "fill that column of demand, or use all"
        ),
    )
    people = demand["population"].to_numpy(dtype=float)
    for name in sorted(set(cells) & set(columns) & filled):
        blank = (demand[name].isna() | (demand[name].astype("str") == "")).to_numpy(dtype=bool)
        if blank.any():
            what = (
                f"{int(blank.sum()):,} of {len(demand):,} zones ({people[blank].sum():,.0f} people) have no {name}: "
                f"a standard per {name} does not speak of them"
            )
            findings.say(f"{label}, {name}", what, f"fill {name} in these zones", "warning")


def _groups(demand: Typed, findings: Findings) -> None:
    """Tell groups of more people than live in the zone."""
    frame = demand.frame
    total = frame["population"].to_numpy(dtype=float)
    for name in (str(c) for c in frame.columns if str(c).startswith(GROUP)):
        count = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
        more = np.nan_to_num(count - total, nan=0.0)
        wrong = more > np.maximum(GROUP_ROUNDING, 0.05 * total)
        for rows, severity in ((wrong, "fault"), ((more > 0) & ~wrong, "warning")):
            findings.rows(
                demand.place,
                name,
                np.flatnonzero(rows),
                lambda row, n=name, c=count: (
                    f"{c[row]:,.0f} people of {n}, but only {total[row]:,.0f} live in the zone"
                ),  # type: ignore[misc]
                "correct one of the two; a group is part of population",
                severity,  # type: ignore[arg-type]
            )


def _spellings(demand: Typed, findings: Findings) -> None:
    """Tell districts and wards that differ from another only in capitals, blanks or punctuation."""
    for name in ("district", "ward", "postcode_district"):
        cells = demand.frame[name].astype("str")
        count = Counter(cells[cells != ""])
        kin: dict[str, list[str]] = {}
        for word in count:
            kin.setdefault("".join(ch for ch in word.casefold() if ch.isalnum()), []).append(word)
        rare = {
            word: max(words, key=lambda w: (count[w], w))
            for words in kin.values()
            if len(words) > 1
            for word in words
            if word != max(words, key=lambda w: (count[w], w))
        }
        findings.words(
            demand.place,
            name,
            cells.to_list(),
            np.flatnonzero(cells.isin(list(rare))),
            lambda v, n=name, r=rare: f"{n} {shown(v)} stands beside {shown(r[v])}, and counts as another",  # type: ignore[misc]
            lambda v, r=rare: f"did you mean {shown(r[v])}?",  # type: ignore[misc]
            "warning",
        )


def _far_sites(sites: Typed, demand: Typed, findings: Findings) -> None:
    """Tell sites that are far from everybody."""
    from scipy.spatial import cKDTree

    at = sites.frame[["easting", "northing"]].to_numpy(dtype=float)
    zones = demand.frame[["easting", "northing"]].to_numpy(dtype=float)
    zones = zones[np.isfinite(zones).all(axis=1)]
    known = np.isfinite(at).all(axis=1)
    if not len(zones) or not known.any():
        return
    away = np.zeros(len(at))
    away[known] = cKDTree(zones).query(at[known])[0] / 1000
    findings.rows(
        sites.place,
        "easting" if "easting" in sites.given else "lat",
        np.flatnonzero(away > FAR_KM),
        lambda row: f"{sites.frame['site_id'].iloc[row]} is {away[row]:,.0f} km from the nearest zone of demand",
        "check its position, or add the zones that it serves",
        "warning",
    )
