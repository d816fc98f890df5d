"""The tables of an explanation: sites from essential to swappable, teams, standards, and a sheet a closed building."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from assetopt.certificate import pounds
from assetopt.explain.found import ORDER, Found
from assetopt.report.page.sections.why import listed

SITES = (
    "rank", "site_id", "name", "partner_id", "decision", "other_way", "standing", "price_low", "price_high", "settled", "price",
    "why", "drivers", "yearly_low", "yearly_high", "receipt_low", "receipt_high", "room_low", "room_high", "room", "minutes",
    "teams", "fte", "people", "visits",
    "what_else_changes",
)  # fmt: skip
TEAMS = (
    "team_id", "name", "partner_id", "service_type", "decision", "other_way", "standing", "price_low", "price_high", "settled",
    "price", "drivers", "fte", "what_else_changes",
)  # fmt: skip


def site_table(found: Found) -> pd.DataFrame:
    """Return one row a site, from what cannot be given up to what could change at no cost."""
    result, s = found.result, found.result.problem.facts.sites
    own = result.sites.set_index("site_id")
    points = result.service_points.groupby("site_id")[["people_today", "people", "visits_today", "visits"]].max()
    rows = []
    for k in (k for k, question in enumerate(found.asked) if question.kind == "site"):
        question, name = found.asked[k], str(s.ids[found.asked[k].index])
        teams = _teams_of(found, question.index)
        used = points.loc[name] if name in points.index else None
        rows.append(
            {
                "site_id": name, "name": str(s.name[question.index]), "partner_id": str(s.partner[question.index]),
                "why": str(own["reason"].get(name, "")), "teams": len(teams),
                "fte": float(np.nan_to_num(result.problem.estate.teams["fte"].to_numpy(dtype=np.float64)[teams]).sum()),
                "people": np.nan if used is None else _most(used, "people_today", "people"),
                "visits": np.nan if used is None else _most(used, "visits_today", "visits"),
                **_priced(found, k), **found.flips(k), **found.room_and_minutes(k),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=[name for name in SITES if name != "rank"])
    if not len(table):
        return pd.DataFrame(columns=list(SITES))
    order = table["standing"].map({state: at for at, state in enumerate(ORDER)})
    table = table.assign(
        order=order, worth=-table["price_low"].fillna(-np.inf), most=-table["price_high"].fillna(np.inf)
    )
    table = table.sort_values(["order", "worth", "most", "site_id"], kind="stable", ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table[list(SITES)]


def team_table(found: Found) -> pd.DataFrame:
    """Return one row a team."""
    facts, teams = found.result.problem.facts.teams, found.result.problem.estate.teams
    rows = []
    for k in (k for k, question in enumerate(found.asked) if question.kind == "team"):
        row = teams.iloc[found.asked[k].index]
        rows.append(
            {
                "team_id": str(facts.ids[found.asked[k].index]), "name": str(row["name"]), "partner_id": str(row["partner_id"]),
                "service_type": str(row["service_type"]), "fte": float(row["fte"]) if pd.notna(row["fte"]) else np.nan,
                **_priced(found, k),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(TEAMS)).sort_values("team_id", kind="stable", ignore_index=True)


def _most(row: Any, *names: str) -> float:
    """Return the largest of some cells, NaN where all are empty."""
    values = np.array([float(row[name]) for name in names])
    return float(np.nanmax(values)) if np.isfinite(values).any() else np.nan


def _priced(found: Found, k: int) -> dict[str, object]:
    question, (low, high), changes = found.asked[k], found.price(k), found.changes(k)
    return {
        "decision": question.decision, "other_way": question.other, "standing": found.standing(k),
        "price_low": low, "price_high": high, "settled": bool(found.prices.settled[k]), "price": found.price_words(k),
        "drivers": found.drivers(k), "what_else_changes": listed(changes) or "nothing else",
    }  # fmt: skip


def _teams_of(found: Found, site: int) -> np.ndarray:
    """Return the teams that are at a site today or in the plan's last decision year."""
    problem, recount = found.result.problem, found.result.recount
    assert recount is not None
    assert recount.line is not None
    end = recount.line.shares(problem.years - 1).tocsc()
    there = end.indices[end.indptr[site] : end.indptr[site + 1]]
    return np.union1d(np.flatnonzero(problem.facts.teams.home == site), there).astype(np.int64)


def sheets(found: Found) -> list[dict[str, object]]:
    """Return one sheet a building that the plan leaves: services, alternatives, minutes, people, cost to keep."""
    result, s = found.result, found.result.problem.facts.sites
    zones, points, out = result.access_zones, result.service_points, []
    for k, question in enumerate(found.asked):
        if question.kind != "site" or question.decision != "closed":
            continue
        name, low_high = str(s.ids[question.index]), found.price(k)
        names = result.problem.estate.teams["name"].to_numpy(dtype=object)
        mine = points[(points["site_id"] == name) & points["open_today"].astype(bool)] if len(points) else points
        services = []
        for row in mine.to_dict("records"):
            here = zones[(zones["service_type"] == row["service_type"]) & (zones["mode"] == row["mode"])]
            services.append(_service(row, here[here["point_today"] == name]))
        out.append(
            {
                "site_id": name, "name": str(s.name[question.index]), "partner_id": str(s.partner[question.index]),
                "decision": question.decision, "public": bool(services), "ward": _home_ward(services), "services": services,
                "teams": [str(names[t]) for t in _teams_of(found, question.index)],
                "cost_to_keep": found.price_words(k),
                "cost_to_keep_low": low_high[0], "cost_to_keep_high": low_high[1],
                "best_plan_that_keeps_it": found.changes(k), "drivers": found.drivers(k),
            }
        )  # fmt: skip
    return sorted(out, key=lambda sheet: (not sheet["public"], str(sheet["ward"]), str(sheet["site_id"])))


def _home_ward(services: list[dict[str, Any]]) -> str:
    """Return the ward with most of the people nearest to the service that is nearest to most; empty where none is known."""
    most = max(services, key=lambda told: float(told["people"]), default=None)
    return str(most["wards"][0]) if most is not None and most["wards"] else ""


def _service(point: dict[Any, Any], zones: pd.DataFrame) -> dict[str, object]:
    """Return what becomes of those for whom a point was the nearest of a service."""
    people = zones["people"].to_numpy(dtype=np.float64)
    total = float(people.sum())

    def mean(column: str) -> float:
        way = zones[column].to_numpy(dtype=np.float64)
        known = np.isfinite(way)
        return float(people[known] @ way[known] / people[known].sum()) if people[known].sum() > 0 else np.nan

    def most(column: str) -> list[str]:
        if not len(zones):
            return []
        told = zones[zones[column].astype(str).str.len() > 0]
        return [
            str(name) for name in told.groupby(column)["people"].sum().sort_values(ascending=False, kind="stable").index
        ]

    decile = pd.to_numeric(zones["imd_decile"], errors="coerce").to_numpy(dtype=np.float64)
    unit = str(zones["unit"].iloc[0]) if len(zones) else ""
    rural = zones["rural"].astype(str).str.lower().isin(["true", "yes", "rural"]).to_numpy(dtype=bool)
    return {
        "service_type": str(point["service_type"]), "mode": str(point["mode"]), "unit": unit,
        "people": total, "people_deprived": float(people[decile <= 2].sum()), "people_rural": float(people[rural].sum()),
        "way_today": mean("way_today"), "way": mean("way"), "alternatives": most("point_name"), "wards": most("ward"),
        "people_unreached": float(people[~np.isfinite(zones["way"].to_numpy(dtype=np.float64))].sum()),
        "visits_today": float(point["visits_today"]) if pd.notna(point["visits_today"]) else np.nan,
    }  # fmt: skip


def better(found: Found) -> float:
    """Return by how much the cheapest plan met on the way is cheaper than the plan, £; 0 where none is."""
    least = float(np.min(found.prices.most, initial=np.inf))
    gain = found.prices.objective - least
    return gain if np.isfinite(least) and gain > found.prices.tolerance else 0.0


def better_words(found: Found) -> str:
    """Say that a cheaper plan was met on the way, or nothing."""
    gain = better(found)
    if not gain:
        return ""
    return (
        f"While prices were looked for, a plan was met that is {pounds(gain)} cheaper than this one: prices below zero say so. "
        "Solve again with more time before decisions rest on this plan."
    )
