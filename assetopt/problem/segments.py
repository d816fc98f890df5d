"""Whom a standard speaks of: people by zone of a segment, and the groups in which it has to hold.

A segment is ``all``, an area (``rural``, ``urban``, ``deprived``), a ``pop_`` group, or several joined by ``+``: the people
of that group in the zones that are all of those areas. Areas are whole zones, so a compound of areas is exact by zone; where
``demand`` has the compound as a column of its own (``pop_deprived_urban`` for ``deprived+urban``), that column counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.estate.standards_words import AREAS, EVERYONE, GROUP, NO_CAR, PER_GROUP, own_column, segment_parts
from assetopt.problem.facts import Bools, Floats


@dataclass(frozen=True)
class People:
    """The ``demand`` table as people by zone; ``deprived_max_decile`` says which zones are deprived."""

    demand: pd.DataFrame
    deprived_max_decile: float

    def segment(self, name: str) -> Floats:
        """Return the people of a segment by zone, (n_zones,).

        Raises
        ------
        ValueError
            A word in it that is no segment, or two ``pop_`` groups, whose overlap nobody knows.
        """
        own = own_column(name)
        if own in self.demand.columns:
            return self._column(own)
        parts = segment_parts(name)
        groups = [part for part in parts if part not in AREAS]
        unknown = [part for part in groups if part not in self.demand.columns]
        if unknown:
            raise ValueError(f'no segment "{unknown[0]}"')
        if len(groups) > 1:
            raise ValueError(f"nobody knows how many people are both {groups[0]} and {groups[1]}; give demand {own}")
        people = self._column(groups[0] if groups else "population")
        for area in (part for part in parts if part in AREAS):
            people = np.where(self._inside(area), people, 0.0)
        return people

    def groups(self, segment: str, per: str) -> list[tuple[str, Floats]]:
        """Return the groups in which a standard holds, by name, each (n_zones,) people."""
        if per in EVERYONE:
            return [("everyone" if segment in EVERYONE else segment, self.segment(segment))]
        if per == PER_GROUP:
            parts = segment_parts(segment)
            if any(part not in AREAS for part in parts):
                raise ValueError('per = group takes the pop_ groups one by one; give segment "all" or an area')
            return [
                (name, self.segment("+".join([*parts, name])))
                for name in sorted(str(c) for c in self.demand.columns if str(c).startswith(GROUP))
            ]
        weight, column = self.segment(segment), self.demand[per]
        known = (column.notna() & (column.astype(str) != "")).to_numpy(dtype=bool)
        return [
            (
                f"{per} {_word(value)}",
                np.where(known & (column == value).fillna(False).to_numpy(dtype=bool), weight, 0.0),
            )
            for value in sorted(column[known].unique())
        ]

    def _column(self, name: str) -> Floats:
        return np.nan_to_num(np.asarray(self.demand[name], dtype=np.float64))

    def _inside(self, area: str) -> Bools:
        if area == "deprived":
            decile = np.asarray(self.demand["imd_decile"], dtype=np.float64)
            return np.asarray(np.nan_to_num(decile, nan=99) <= self.deprived_max_decile, dtype=bool)
        rural = np.asarray(self.demand["rural"].astype(object).fillna(False).astype(bool), dtype=bool)
        return rural if area == "rural" else ~rural


def without_car(segment: str) -> bool:
    """Say whether a segment, or a group, is of people without a car."""
    return NO_CAR in segment_parts(segment)


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
