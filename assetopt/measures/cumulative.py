"""Cumulative impact: zones, and groups of people, that lose two or more services at once.

A zone loses a service when its way to the nearest open point gets longer by more than ``noticeable_minutes``, or no point
can be reached any more. Services are compared by one mode at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assetopt.estate.standards_words import NO_CAR
from assetopt.measures.bands import bands_of
from assetopt.measures.spread import sums
from assetopt.measures.views import View
from assetopt.measures.zones import place_columns
from assetopt.problem import Problem

COLUMNS = (
    "kind", "mode", "row", "breakdown", "group", "basis", "district", "ward", "imd_decile", "rural", "people", "services_losing",
    "services", "people_losing_two", "share_losing_two", "people_losing_one", "extra_minutes", "lost",
)  # fmt: skip


def cumulative_table(problem: Problem, views: Sequence[View]) -> pd.DataFrame:
    """Return groups (every band), then zones that lose two or more services.

    For a zone ``services_losing`` counts and ``services`` names what it loses, ``extra_minutes`` adds up the longer ways
    and ``lost`` names services that it reaches no more. For a group ``services`` names what people who lose two or more
    lose, ``services_losing`` is the most that any of its zones loses, ``extra_minutes`` the mean of those people's sums.
    """
    plain = [view for view in views if not view.standard_id]
    parts: list[pd.DataFrame] = []
    for mode in dict.fromkeys(view.mode for view in plain):
        parts += _of_mode(problem, [view for view in plain if view.mode == mode])
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)] if parts else pd.DataFrame(columns=list(COLUMNS))


def _of_mode(problem: Problem, views: list[View]) -> list[pd.DataFrame]:
    names = np.array([view.service_type for view in views], dtype=object)
    loses = np.array([view.loses for view in views])
    finite = np.array([np.where(view.loses & np.isfinite(view.change), view.change, 0.0) for view in views])
    gone = np.array([np.isposinf(view.change) for view in views])
    count, extra = loses.sum(axis=0), finite.sum(axis=0)
    heads = {"mode": views[0].mode, "basis": views[0].basis}
    people = views[0].weight
    two = count >= 2
    out: list[pd.DataFrame] = []
    row = 0
    for bands in bands_of(problem):
        if bands.labels == (NO_CAR,) and views[0].by_car:
            continue
        weight = people if bands.people is None else bands.people
        code, n = bands.code, len(bands.labels)
        total, hit = sums(weight, code, n), sums(np.where(two, weight, 0.0), code, n)
        named = np.zeros((n, len(views)), dtype=bool)
        at = np.flatnonzero(two & (weight > 0))
        for number in range(len(views)):
            named[code[at[loses[number, at]]], number] = True
        most = np.zeros(n, dtype=np.int64)
        here = np.flatnonzero(weight > 0)
        np.maximum.at(most, code[here], count[here])
        part = sums(np.where(two, weight * extra, 0.0), code, n)
        out.append(
            pd.DataFrame(
                {
                    "kind": "group", **heads, "row": np.arange(row, row + n), "breakdown": bands.name,
                    "group": list(bands.labels), "district": "", "ward": "", "imd_decile": np.nan, "rural": "",
                    "people": total, "services_losing": most, "services": _listed(named, names),
                    "people_losing_two": hit, "share_losing_two": _share(hit, total),
                    "people_losing_one": sums(np.where(count == 1, weight, 0.0), code, n),
                    "extra_minutes": np.divide(part, hit, out=np.full(n, np.nan), where=hit > 0), "lost": "",
                }
            )
        )  # fmt: skip
        row += n
    at = np.flatnonzero(two)
    place = place_columns(problem, at)
    out.append(
        place.rename(columns={"zone_id": "group"}).assign(
            kind="zone", **heads, row=np.arange(len(at)), breakdown="zone", people=people[at], services_losing=count[at],
            services=_listed(loses[:, at].T, names), people_losing_two=people[at], people_losing_one=0.0,
            share_losing_two=1.0, extra_minutes=extra[at], lost=_listed(gone[:, at].T, names),
        )
    )  # fmt: skip
    return out


def _listed(which: np.ndarray, names: np.ndarray) -> list[str]:
    """Return the names that each row of a (n, n_services) mask marks; each distinct row is put in words once."""
    if not len(which):
        return []
    rows, back = np.unique(which, axis=0, return_inverse=True)
    words = ["; ".join(names[row]) for row in rows]
    return [words[number] for number in np.asarray(back).ravel()]


def _share(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, total, out=np.full(len(total), np.nan), where=total > 0), dtype=np.float64)
