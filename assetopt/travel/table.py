"""Minutes from a table that somebody measured or computed: one row for each zone, site and mode that can be reached.

A pair that the table does not list cannot be reached (infinite minutes): it counts as unserved, never as near.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assetopt.errors import DataError, Issue

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

__all__ = ["ModeRows", "read_table", "slower_of"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ModeRows:
    """The rows of one mode, with places as positions instead of names.

    Attributes
    ----------
    shape : (int, int)
        Zones and sites of the estate.
    zones, sites : ndarray of intp, shape (rows,)
        Position of each row's zone and site.
    values : ndarray of float64, shape (rows,)
        Minutes; infinite where the table says nothing (nan).
    """

    shape: tuple[int, int]
    zones: IndexArray
    sites: IndexArray
    values: FloatArray

    def minutes(self, sites: IndexArray | None = None) -> FloatArray:
        """Return dense minutes, shape (zones, sites asked for); infinite where there is no row."""
        if sites is None:
            dense = np.full(self.shape, np.inf)
            dense[self.zones, self.sites] = self.values
            return dense
        asked, back = np.unique(sites, return_inverse=True)
        column = np.full(self.shape[1], -1, dtype=np.intp)
        column[asked] = np.arange(len(asked))
        columns = column[self.sites]
        wanted = columns >= 0
        dense = np.full((self.shape[0], len(asked)), np.inf)
        dense[self.zones[wanted], columns[wanted]] = self.values[wanted]
        return dense if np.array_equal(asked, sites) else dense[:, back]

    def within(self, limit: FloatArray, sites: IndexArray) -> sparse.csr_matrix:
        """Return which of ``sites`` each zone reaches in ``limit`` (zones,) minutes, (zones, sites asked for) bool."""
        from scipy import sparse

        wanted = np.isin(self.sites, sites) & (self.values <= limit[self.zones]) & np.isfinite(self.values)
        inside: sparse.csr_matrix = sparse.csr_matrix(
            (np.ones(int(wanted.sum()), dtype=bool), (self.zones[wanted], self.sites[wanted])), shape=self.shape
        )
        chosen = inside[:, sites]
        chosen.sort_indices()
        return chosen

    def nearest(self, sites: IndexArray) -> tuple[FloatArray, IndexArray]:
        """Return the minutes of each zone to its nearest of ``sites``, inf where none is, and its position; (zones,)."""
        column = np.full(self.shape[1], -1, dtype=np.intp)
        column[sites[::-1]] = np.arange(len(sites))[::-1]
        wanted = np.flatnonzero((column[self.sites] >= 0) & np.isfinite(self.values))
        zone, place, value = self.zones[wanted], column[self.sites[wanted]], self.values[wanted]
        order = np.lexsort((place, value, zone))
        first = order[np.unique(zone[order], return_index=True)[1]]
        minutes, where = np.full(self.shape[0], np.inf), np.zeros(self.shape[0], dtype=np.intp)
        minutes[zone[first]], where[zone[first]] = value[first], place[first]
        return minutes, where

    def silent(self) -> tuple[int, int]:
        """Return how many zones and how many sites have no row at all in this mode."""
        zones, sites = self.shape
        return zones - len(np.unique(self.zones)), sites - len(np.unique(self.sites))


def slower_of(one: ModeRows, other: ModeRows) -> ModeRows:
    """Return the pairs that both reach, with the greater of their minutes."""
    sites = max(1, one.shape[1])
    _, first, second = np.intersect1d(
        one.zones * sites + one.sites, other.zones * sites + other.sites, assume_unique=True, return_indices=True
    )
    values = np.maximum(one.values[first], other.values[second])
    return ModeRows(one.shape, one.zones[first], one.sites[first], values)


def read_table(table: pd.DataFrame, zone_ids: Sequence[str], site_ids: Sequence[str]) -> Mapping[str, ModeRows]:
    """Return the rows of a travel table by mode.

    Parameters
    ----------
    table : DataFrame
        Long: columns ``zone_id``, ``site_id``, ``mode``, ``minutes``; one row for a pair and mode.
    zone_ids, site_ids : sequence of str
        The estate's, in the order of the matrices.

    Raises
    ------
    DataError
        A row names a zone or site that the estate does not have (the package reader refuses this first).
    """
    import pandas as pd

    if table.empty:
        return {}
    zones = _positions(table["zone_id"], pd.Index(zone_ids), "zone_id", "demand")
    sites = _positions(table["site_id"], pd.Index(site_ids), "site_id", "sites")
    values = table["minutes"].to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.where(np.isnan(values), np.inf, values)
    codes, modes = pd.factorize(table["mode"], sort=True)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(modes) + 1))
    rows = {str(mode): order[bounds[k] : bounds[k + 1]] for k, mode in enumerate(modes)}
    shape = (len(zone_ids), len(site_ids))
    return {mode: ModeRows(shape, zones[these], sites[these], values[these]) for mode, these in rows.items()}


def _positions(names: pd.Series[str], known: pd.Index[str], column: str, owner: str) -> IndexArray:
    """Return the position of each name among the known ones, or refuse the unknown ones."""
    # Looking up each distinct name once keeps tens of millions of rows quick.
    import pandas as pd

    codes, distinct = pd.factorize(names)
    found = known.get_indexer(pd.Index(distinct))
    missing = [str(name) for name in pd.Index(distinct)[found < 0]]
    if missing or (codes < 0).any():
        what = f'no "{missing[0]}" in {owner}' if missing else "a row without a name"
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise DataError([Issue(f"travel, {column}", what + more, f"take the rows out or add the place to {owner}")])
    return np.asarray(found[codes], dtype=np.intp)
