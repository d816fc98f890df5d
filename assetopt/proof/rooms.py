"""Finds the rows that belong to one site alone, and among them the rooms: what the teams there may take up together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.program import Bools, Floats, Ints, Matrix
from assetopt.proof.labels import Labels

UNITS = 20_000
"""The largest room is counted in at most about so many units; finer weights are rounded down."""


@dataclass(frozen=True)
class Inner:
    """The rows whose columns all belong to one site, entry by entry."""

    row: Ints
    column: Ints
    value: Floats
    site: Ints
    """(m,) site of a row, -1 where it is not one site's."""


def inner_rows(matrix: Matrix, labels: Labels) -> Inner:
    """Return the rows of single sites."""
    a = matrix.a
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    site = labels.site[a.indices]
    low, high = np.full(a.shape[0], np.iinfo(np.int64).max), np.full(a.shape[0], -1)
    np.minimum.at(low, row, site)
    np.maximum.at(high, row, site)
    own = np.where((low == high) & (low >= 0), low, -1)
    use = own[row] >= 0
    return Inner(row[use], a.indices[use].astype(np.int64), a.data[use], own)


@dataclass(frozen=True)
class Rooms:
    """K rows in which J items share a room, in whole units of the row."""

    rows: Ints
    """(K,) row numbers."""
    room: Ints
    """(J,) room of each item, -1 where it is in none."""
    weight: Ints
    """(J,) units, rounded down."""
    unit: Floats
    """(K,) size of a unit."""


def read_rooms(
    matrix: Matrix, labels: Labels, inner: Inner, item_of_column: Ints, item_columns: Ints, switch: Bools, kept: Bools
) -> Rooms:
    """Find the rooms, and mark in ``kept`` (m,) those that hold every item of their row."""
    m = len(kept)
    items = len(item_columns)
    is_item, is_switch = item_of_column[inner.column] >= 0, switch[inner.column]
    good = (inner.site >= 0) & np.isfinite(matrix.row_upper) & ~np.isfinite(matrix.row_lower)
    bad = np.bincount(inner.row, weights=~(is_item & (inner.value > 0)) & ~is_switch, minlength=m) > 0
    good &= ~bad & (np.bincount(inner.row, weights=is_item, minlength=m) > 0)
    use = is_item & good[inner.row]
    row, item, value = inner.row[use], item_of_column[inner.column[use]], inner.value[use]
    width = (item_columns >= 0).sum(axis=1)
    key, entry = np.unique(row * items + item, return_inverse=True)
    many = np.bincount(entry, minlength=len(key))
    least = np.full(len(key), np.inf)
    most = np.full(len(key), -np.inf)
    np.minimum.at(least, entry, value)
    np.maximum.at(most, entry, value)
    key_row, key_item = key // items, key % items
    whole = (many == width[key_item]) & (least == most)
    good[key_row[~whole]] = False
    fine = good[key_row]
    key_row, key_item, least = key_row[fine], key_item[fine], least[fine]
    # An item in several rooms is counted in the one it fills most.
    size = np.maximum(matrix.row_upper, 0.0)
    np.maximum.at(size, key_row, least)
    order = np.lexsort((key_row, -least / size[key_row], key_item))
    first = np.ones(len(order), dtype=bool)
    first[1:] = key_item[order][1:] != key_item[order][:-1]
    elsewhere = key_row[order][~first]
    key_row, key_item, least = key_row[order][first], key_item[order][first], least[order][first]
    rows = np.unique(key_row)
    # A room that also holds items counted in another is priced beside it.
    kept[np.setdiff1d(rows, elsewhere)] = True
    number = np.full(m, -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    room = np.full(items, -1, dtype=np.int64)
    room[key_item] = number[key_row]
    amount = np.zeros(items)
    amount[key_item] = least
    # Whole units: one, if all weights are whole numbers and few enough; else the power of two that makes about UNITS of them.
    total = np.bincount(number[key_row], weights=least, minlength=len(rows))
    fraction = np.zeros(len(rows))
    np.maximum.at(fraction, number[key_row], np.abs(least - np.rint(least)))
    reach = np.minimum(total, np.maximum(matrix.row_upper[rows], 1.0) * 2.0)
    unit = 2.0 ** np.ceil(np.log2(np.maximum(reach, 1e-9) / UNITS))
    unit = np.where(fraction == 0, np.maximum(unit, 1.0), unit)
    weight = np.zeros(items, dtype=np.int64)
    at = room >= 0
    weight[at] = np.floor(amount[at] / unit[room[at]] + 1e-9).astype(np.int64)
    return Rooms(rows, room, weight, unit)
