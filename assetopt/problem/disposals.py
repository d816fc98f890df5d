"""What stands between vacating a building and selling it: triggers that add months, and markets that sales share.

months to sale = months_to_sale + sum over the site's disposal_triggers of their months (one after the other, which is
cautious; a trigger that runs beside another is given 0 months). A site's market is its ``market_area``; a site without
one shares its market with nobody. No trigger ever blocks a sale.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.estate import Estate
from assetopt.problem.assumptions import Assumption, AssumptionLog

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

TABLE = "disposal_triggers"


@dataclass(frozen=True)
class TriggerKind:
    """What is assumed of one kind of trigger: months, their range and source."""

    about: str
    months: float
    range: str
    source: str


@cache
def trigger_kinds() -> dict[str, TriggerKind]:
    """Return what is shipped for every kind of trigger."""
    text = (files("assetopt") / "triggers" / "england.toml").read_text(encoding="utf-8")
    return {
        name: TriggerKind(str(row["about"]), float(row["months"]), str(row["range"]), str(row["source"]))
        for name, row in tomllib.loads(text)["kinds"].items()
    }


@dataclass(frozen=True)
class Triggers:
    """Delay of every sale: ``months`` (n_sites,), and ``words`` (n_sites,) that name them, empty without any."""

    months: Floats
    words: Texts


def triggers(estate: Estate, sites: pd.Index, sold: Bools, log: AssumptionLog) -> Triggers:
    """Add up the triggers of the sites marked in ``sold``; months that are not given are assumed and written down."""
    table = estate.tables[TABLE]
    months, words = np.zeros(len(sites)), np.full(len(sites), "", dtype=object)
    if not len(table):
        return Triggers(months, words)
    site = np.asarray(sites.get_indexer(pd.Index(table["site_id"])), dtype=np.int64)
    kind, given = np.asarray(table["kind"], dtype=object), np.asarray(table["months"], dtype=np.float64)
    known = trigger_kinds()
    shipped = np.array([known[str(name)].months if log.assumed.use == "shipped" else 0.0 for name in kind])
    delay = np.where(np.isnan(given), shipped, given)
    mine = sold[site]
    for name in sorted(set(kind[mine & np.isnan(given)])):
        rows = int((mine & np.isnan(given) & (kind == name)).sum())
        value = known[str(name)].months if log.assumed.use == "shipped" else 0.0
        log.entries.append(
            Assumption(TABLE, "months", rows, f"triggers.{name}", value, "months", known[str(name)].source, "C")
        )
    for row in np.flatnonzero(mine):
        i = int(site[row])
        months[i] += delay[row]
        said = f"{str(kind[row]).replace('_', ' ')} {delay[row]:.10g} months"
        words[i] = f"{words[i]}, {said}" if words[i] else said
    return Triggers(months, words)


@dataclass(frozen=True)
class Areas:
    """Which area each site is in: ``of`` (n_sites,) index into ``names``, -1 for none."""

    of: Ints
    names: tuple[str, ...]

    @classmethod
    def read(cls, labels: Texts) -> Areas:
        """Return the areas named by ``labels`` (n_sites,); empty = none."""
        names = sorted({str(label) for label in labels} - {""})
        return cls(
            np.asarray(pd.Index(names, dtype=object).get_indexer(pd.Index(labels)), dtype=np.int64), tuple(names)
        )
