"""What the columns of a programme stand for, as arrays, so that a part of a programme can be read like the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.program import Bools, Ints, Program

OTHER, MOVE, SHARE, CLOSE, OUT, STAY, VACATE, OPEN, BUILD = range(9)
"""Kinds of column; SHARE is every column of a divisible team, OTHER whatever a rule or cost has added for itself."""

_KINDS = {
    "move": MOVE,
    "move_share": SHARE,
    "close": CLOSE,
    "out": OUT,
    "out_share": SHARE,
    "stay": STAY,
    "stay_share": SHARE,
    "vacate": VACATE,
    "open": OPEN,
    "build": BUILD,
}


@dataclass(frozen=True)
class Labels:
    """Kind, team, site, year and item of n columns, each (n,); -1 where a column has none."""

    kind: Ints
    team: Ints
    site: Ints
    year: Ints
    item: Ints

    @classmethod
    def of(cls, program: Program) -> Labels:
        """Read the labels of a whole programme."""
        kind = np.zeros(program.n_columns, dtype=np.int64)
        for block in program.columns.values():
            kind[block.first : block.first + block.size] = _KINDS.get(block.kind, OTHER)
        return cls(kind, *(program.column_label(name) for name in ("team", "site", "year", "item")))

    def take(self, columns: Ints) -> Labels:
        """Return the labels of some columns, in that order."""
        return Labels(*(part[columns] for part in (self.kind, self.team, self.site, self.year, self.item)))

    def compact(self) -> Labels:
        """Return the same labels with teams and sites counted anew from 0, without gaps."""
        return Labels(self.kind, _dense(self.team), _dense(self.site), self.year, self.item)

    def is_kind(self, *kinds: int) -> Bools:
        """Say which columns are of one of the kinds."""
        return np.isin(self.kind, kinds)


def _dense(label: Ints) -> Ints:
    known = np.unique(label[label >= 0])
    return np.where(label >= 0, np.searchsorted(known, label), -1)
