"""A travel matrix as a travel table: one row for each pair that can be reached, with what the minutes are beside them.

Columns ``zone_id, site_id, mode, minutes`` as the data package has them, then ``x_basis`` in all rows and ``x_about`` and
``x_window`` in the first row of each mode (a sentence in every row of England would be a gigabyte): read again as
``travel.parquet`` or ``travel.csv`` the minutes keep their name, so that an estimate stays an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from assetopt.travel.geodesic import estimated_minutes, km_apart
from assetopt.travel.matrix import Travel
from assetopt.travel.table import ModeRows
from assetopt.travel.telling import ABOUT, BASIS, WINDOW

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["rows_of", "stored_bytes", "stored_table"]


def rows_of(travel: Travel, mode: str, most: float) -> ModeRows:
    """Return the pairs that one mode reaches within ``most`` minutes, without measuring the others."""
    made = travel.made(mode)
    if made is not None:
        rows = made.rows
        keep = np.isfinite(rows.values) & (rows.values <= most)
        return ModeRows(rows.shape, rows.zones[keep], rows.sites[keep], rows.values[keep])
    inside = travel.within(mode, most, np.arange(len(travel.site_ids)))
    shape = (len(travel.zone_ids), len(travel.site_ids))
    sites = np.asarray(inside.indices, dtype=np.intp)
    zones = np.repeat(np.arange(shape[0], dtype=np.intp), np.diff(inside.indptr))
    values = np.empty(len(sites))
    step = 1_000_000
    for start in range(0, len(sites), step):
        part = slice(start, start + step)
        a, b = travel.lines.zones[zones[part]], travel.lines.sites[sites[part]]
        values[part] = estimated_minutes(km_apart(a[:, 0], a[:, 1], b[:, 0], b[:, 1]), mode, travel.params)
    return ModeRows(shape, zones, sites, values)


def stored_table(travel: Travel, modes: Sequence[str] | None = None, most: float = np.inf) -> pa.Table:
    """Return minutes as an Arrow table, sorted by mode, zone and site; names are written once.

    Parameters
    ----------
    travel : Travel
    modes : sequence of str, optional
        All modes that are not estimated when left out.
    most : float
        Minutes; what takes longer is left out.
    """
    import pyarrow as pa

    asked = [mode for mode, basis in travel.basis.items() if basis != "estimated"] if modes is None else list(modes)
    about = travel.about(asked)
    zones, sites = pa.array(travel.zone_ids, pa.string()), pa.array(travel.site_ids, pa.string())
    parts = []
    for mode in asked:
        rows = rows_of(travel, mode, most)
        order = np.lexsort((rows.sites, rows.zones))
        columns = {
            "zone_id": pa.DictionaryArray.from_arrays(rows.zones[order].astype(np.int32), zones),
            "site_id": pa.DictionaryArray.from_arrays(rows.sites[order].astype(np.int32), sites),
        }
        for name, value in (("mode", mode), ("minutes", None), *_told(travel, mode, about[mode])):
            if value is None:
                columns[name] = pa.array(rows.values[order])
            else:
                codes = pa.array(np.zeros(len(order), dtype=np.int32))
                if name in (ABOUT, WINDOW):
                    codes = pa.array(np.zeros(len(order), dtype=np.int32), mask=np.arange(len(order)) > 0)
                columns[name] = pa.DictionaryArray.from_arrays(codes, pa.array([value], pa.string()))
        parts.append(pa.table(columns))
    return pa.concat_tables(parts).unify_dictionaries() if parts else _empty()


def _told(travel: Travel, mode: str, about: str) -> tuple[tuple[str, str], ...]:
    return ((BASIS, str(travel.basis[mode])), (ABOUT, about), (WINDOW, travel.windows.get(mode, "")))


def _empty() -> pa.Table:
    import pyarrow as pa

    names = ("zone_id", "site_id", "mode", "minutes", BASIS, ABOUT, WINDOW)
    return pa.table({name: pa.array([], pa.float64() if name == "minutes" else pa.string()) for name in names})


def stored_bytes(travel: Travel) -> bytes:
    """Return `stored_table` of every mode that is not estimated as a Parquet file."""
    import io

    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(stored_table(travel), sink, compression="zstd")
    return sink.getvalue()
