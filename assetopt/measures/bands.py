"""Who the groups of people are: everyone, tenths of deprivation, rural and urban, counted groups, districts, wards.

Every band of the data is kept, also one in which nothing changes or nobody lives; zones of which a fact is not known
are a band of their own, so that the bands of a breakdown add up to everyone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints

NOT_KNOWN = "not known"


@dataclass(frozen=True, eq=False)
class Bands:
    """One way of dividing people.

    Attributes
    ----------
    name : str
        Column of ``demand``, or ``everyone`` or ``group``.
    labels : tuple of str
    code : (n_zones,) position of each zone's label.
    people : (n_zones,) people of the group, None where everybody of the zone is meant.
    """

    name: str
    labels: tuple[str, ...]
    code: Ints
    people: Floats | None = None


def bands_of(problem: Problem) -> tuple[Bands, ...]:
    """Return every breakdown that the demand table allows, and those that standards name in ``per``."""
    d = problem.estate.demand
    out = [Bands("everyone", ("everyone",), np.zeros(len(d), dtype=np.int64))]
    decile = pd.Series(np.asarray(d["imd_decile"], dtype=np.float64))
    if decile.notna().any():
        code = np.where(decile.notna(), decile.fillna(1).to_numpy() - 1, 10).astype(np.int64)
        out.append(Bands("imd_decile", _named([str(n) for n in range(1, 11)], code), code))
    rural = d["rural"].astype(object)
    if rural.notna().any():
        code = np.where(rural.notna(), np.where(rural.fillna(False).astype(bool), 0, 1), 2).astype(np.int64)
        out.append(Bands("rural", _named(["rural", "urban"], code), code))
    for column in d.columns:
        if str(column).startswith("pop_"):
            people = np.nan_to_num(np.asarray(d[column], dtype=np.float64))
            out.append(Bands("group", (str(column),), np.zeros(len(d), dtype=np.int64), people))
    asked = [str(text) for text in problem.estate.standards["per"].unique()] if len(problem.estate.standards) else []
    done = {"", "all", *(bands.name for bands in out)}
    for name in dict.fromkeys(["district", "ward", *asked]):
        if name in d.columns and name not in done and not name.startswith("pop_"):
            found = _column(name, d[name])
            out += [found] if found is not None else []
    return tuple(out)


def _named(labels: list[str], code: Ints) -> tuple[str, ...]:
    return (*labels, NOT_KNOWN) if (code == len(labels)).any() else tuple(labels)


def _column(name: str, values: pd.Series) -> Bands | None:
    known = (values.notna() & (values.astype(str) != "")).to_numpy(dtype=bool)
    if not known.any():
        return None
    distinct = sorted(values[known].unique())
    code = np.full(len(values), len(distinct), dtype=np.int64)
    code[known] = pd.Index(distinct).get_indexer(pd.Index(values[known]))
    return Bands(name, _named([f"{v:g}" if isinstance(v, float) else str(v) for v in distinct], code), code)
