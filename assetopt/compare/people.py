"""Who is better and who worse off with one plan than with the first: by service, by group and by zone.

A zone that a report does not list is as far from its nearest point as today.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetopt.compare.question import letters, same_data
from assetopt.compare.side import Side

_ZONE = ["service_type", "mode", "zone_id"]
_GROUP = ["kind", "standard_id", "service_type", "mode", "breakdown", "group"]
_PLACE = ["district", "ward", "people", "unit", "way_today"]
_COLUMNS = [
    "plan", "service_type", "mode", "unit", "people_nearer", "people_further", "mean_nearer", "mean_further", "most_nearer",
    "most_nearer_zone", "most_further", "most_further_zone", "people_gaining", "people_losing",
]  # fmt: skip
LEAST = 0.005
"""Ways that differ by less are the same: they are written to two decimals."""


def zones(sides: Sequence[Side]) -> pd.DataFrame:
    """Return every zone whose way differs between plans.

    Columns: ``service_type, mode, zone_id, district, ward, people, unit, way_today``, the way with each plan (``a_way``),
    and each other plan's less the first's (``b_less_a``); missing where no point is reached.
    """
    each = [side.tables["access_zones"].set_index(_ZONE) for side in sides]
    each = [one[~one.index.duplicated()] for one in each]
    index = each[0].index
    for one in each[1:]:
        index = index.union(one.index)
    places = pd.concat([one[_PLACE] for one in each])
    out = places[~places.index.duplicated()].reindex(index)
    known = same_data(sides)
    for letter, one in zip(letters(len(sides)), each, strict=True):
        listed = index.isin(one.index)
        way = one["way"].reindex(index).astype("float64")
        out[f"{letter.lower()}_way"] = np.where(listed | (not known), way, out["way_today"])
        out[f"{letter.lower()}_known"] = listed | known
    first, apart = out["a_way"], np.zeros(len(out), dtype=bool)
    for letter in (letter.lower() for letter in letters(len(sides))[1:]):
        way = out[f"{letter}_way"]
        out[f"{letter}_less_a"] = way - first
        lost = way.isna() != first.isna()
        apart |= ((out[f"{letter}_less_a"].abs() > LEAST) | lost).to_numpy() & (
            out[f"{letter}_known"] & out["a_known"]
        ).to_numpy()
    out = out[apart].drop(columns=[name for name in out if str(name).endswith("_known")])
    return out.reset_index()


def winners_and_losers(sides: Sequence[Side], by_zone: pd.DataFrame) -> pd.DataFrame:
    """Return by plan, service and mode how many people are nearer or further than with the first plan.

    Columns: ``plan, service_type, mode, unit, people_nearer, people_further, mean_nearer, mean_further, most_nearer,
    most_nearer_zone, most_further, most_further_zone, people_gaining, people_losing`` (who reach a point with one plan only).
    """
    rows = []
    for letter in letters(len(sides))[1:]:
        less = by_zone[f"{letter.lower()}_less_a"]
        gained = by_zone["a_way"].isna() & by_zone[f"{letter.lower()}_way"].notna()
        lost = by_zone["a_way"].notna() & by_zone[f"{letter.lower()}_way"].isna()
        table = by_zone.assign(less=less, gained=gained, lost=lost)
        for (service, mode), part in table.groupby(["service_type", "mode"], sort=True):
            near, far = part[part["less"] < -LEAST], part[part["less"] > LEAST]
            rows.append(
                (
                    letter, service, mode, part["unit"].iloc[0], near["people"].sum(), far["people"].sum(),
                    _mean(near), _mean(far), near["less"].min(), _zone(near, "idxmin"), far["less"].max(), _zone(far, "idxmax"),
                    part.loc[part["gained"], "people"].sum(), part.loc[part["lost"], "people"].sum(),
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS)


def _mean(part: pd.DataFrame) -> float:
    people = float(part["people"].sum())
    return float((part["people"] * part["less"]).sum()) / people if people else float("nan")


def _zone(part: pd.DataFrame, which: str) -> str:
    return str(part.loc[getattr(part["less"], which)(), "zone_id"]) if len(part) else ""


def groups(sides: Sequence[Side]) -> pd.DataFrame:
    """Return mean way and share served of every group with each plan, where plans differ.

    Columns: ``kind, standard_id, service_type, mode, breakdown, group, people``, then ``a_mean``, ``a_share``, ... and
    ``b_mean_less_a``, ``b_share_less_a``, ...
    """
    each = [side.tables["access_groups"].set_index(_GROUP) for side in sides]
    each = [one[~one.index.duplicated()] for one in each]
    index = each[0].index
    for one in each[1:]:
        index = index.intersection(one.index, sort=False)
    out = pd.DataFrame({"people": each[0]["people"].reindex(index)}, index=index)
    for letter, one in zip(letters(len(sides)), each, strict=True):
        for name in ("mean", "share"):
            out[f"{letter.lower()}_{name}"] = one[name].reindex(index)
    apart = np.zeros(len(out), dtype=bool)
    for letter in (letter.lower() for letter in letters(len(sides))[1:]):
        for name, least in (("mean", LEAST), ("share", 5e-7)):
            less = out[f"{letter}_{name}"] - out[f"a_{name}"]
            out[f"{letter}_{name}_less_a"] = less
            apart |= (less.abs() > least).to_numpy()
    return out[apart].reset_index()
