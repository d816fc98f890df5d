"""``assetopt travel``: compute the minutes of a model, keep them, and say what they are and how many pairs are out of reach.

Minutes on a road network go into the cache, where the next run finds them. With ``--out`` they are written as a travel
table that a data package can take in: ``x_basis`` and ``x_about`` say what they are, so an estimate stays one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assetopt.errors import Issue, ScenarioError
from assetopt.travel import CROW, members, split_modes
from assetopt.travel.made import Snapping
from assetopt.travel.stored import rows_of, stored_table

if TYPE_CHECKING:
    import pyarrow as pa

    from assetopt.read import Model
    from assetopt.travel import Travel

SUFFIXES = (".parquet", ".csv")
_NAMED = 5


@dataclass(frozen=True)
class ModeTold:
    """One mode: ``pairs`` within the limit of ``zones`` x ``sites``, and km from the places to the network (None: none)."""

    mode: str
    basis: str
    about: str
    zones: int
    sites: int
    pairs: int
    unreachable: int
    within: float | None
    zones_without: int
    sites_without: int
    snap_median_km: float | None
    snap_p95_km: float | None
    snap_max_km: float | None
    snap_worst: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Travelled:
    """What `compute_travel` did."""

    provider: str
    modes: tuple[ModeTold, ...]
    notes: tuple[str, ...]
    out: str | None
    cache: str | None
    seconds: float

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return asdict(self)


def compute_travel(
    model: Model, out: Path | None = None, modes: Sequence[str] = (), within: float | None = None
) -> Travelled:
    """Compute minutes and keep them.

    Parameters
    ----------
    model : Model
    out : pathlib.Path, optional
        ``.parquet`` or ``.csv``; the cache of minutes on roads when left out.
    modes : sequence of str
        What the model computes and what its standards name, when left out.
    within : float, optional
        Minutes; what takes longer is out of reach.

    Raises
    ------
    ScenarioError
        No demand, a mode without minutes, or a name of a file that is no table.
    OSError
        When the file cannot be written.
    """
    began = time.perf_counter()
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise ScenarioError([Issue("--out", f"{out} is neither .parquet nor .csv", "give one of these suffixes")])
    if not len(model.estate.demand):
        raise ScenarioError([Issue("demand", "there is no demand table, so there are no journeys", "add demand")])
    travel = model.problem().travel
    asked = [member for mode in modes for part in split_modes(mode) for member in members(part)]
    asked = list(dict.fromkeys(asked or _default_modes(model, travel)))
    most = np.inf if within is None else within
    told = tuple(_one(travel, mode, most) for mode in asked)
    if out is not None:
        _write(travel, asked, most, out)
    folder = None if travel.cache is None else str(travel.cache.folder)
    provider = model.scenario.travel.provider or ("table" if travel.table.given else "geodesic")
    return Travelled(
        provider, told, travel.notes, None if out is None else str(out), folder, time.perf_counter() - began
    )


def _default_modes(model: Model, travel: Travel) -> list[str]:
    basis = travel.basis
    named = [m for text in model.estate.standards["mode"] for part in split_modes(str(text)) for m in members(part)]
    found = [mode for mode, kind in basis.items() if kind != "estimated" or mode in named]
    return found or [mode for mode in basis if mode != CROW][:1]


def _one(travel: Travel, mode: str, most: float) -> ModeTold:
    began = time.perf_counter()
    about = travel.about([mode])[mode]
    zones, sites = len(travel.zone_ids), len(travel.site_ids)
    made = travel.made(mode)
    if made is None and not np.isfinite(most):
        pairs, silent = zones * sites, (0, 0)  # a straight line reaches everywhere
    else:
        rows = rows_of(travel, mode, most)
        pairs, silent = len(rows.values), rows.silent()
    snapping = None if made is None else made.snapping
    median, p95, worst_km, worst = _snapped(travel, snapping)
    return ModeTold(
        mode, travel.basis_of(mode), about, zones, sites, pairs, zones * sites - pairs,
        None if np.isinf(most) else most, *silent, median, p95, worst_km, worst, time.perf_counter() - began,
    )  # fmt: skip


def _snapped(
    travel: Travel, snapping: Snapping | None
) -> tuple[float | None, float | None, float | None, tuple[str, ...]]:
    if snapping is None or not np.isfinite(snapping.all).any():
        return None, None, None, ()
    ids, km = travel.zone_ids + travel.site_ids, snapping.all
    known = np.flatnonzero(np.isfinite(km))
    worst = known[np.argsort(-km[known], kind="stable")][:_NAMED]
    names = tuple(f"{ids[k]} {km[k] * 1000:.0f} m" for k in worst)
    km = km[known]
    return float(np.median(km)), float(np.quantile(km, 0.95)), float(km.max()), names


def _write(travel: Travel, modes: list[str], most: float, out: Path) -> None:
    """Write whole or not at all."""
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet

    table = stored_table(travel, modes, most)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f".{out.name}.partial")
    try:
        if out.suffix.lower() == ".csv":
            csv.write_csv(table.cast(_plain(table)), fresh)
        else:
            parquet.write_table(table, fresh, compression="zstd")
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)


def _plain(table: pa.Table) -> pa.Schema:
    """Return the schema of a table with its names written out, as CSV has them."""
    import pyarrow as pa

    return pa.schema([(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema])


def travelled_text(found: Travelled) -> str:
    """Return what was done, for reading; lines are not wrapped."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Travelled) -> Iterator[str]:
    yield f"Travel by provider {found.provider}, {found.seconds:.1f} s"
    for told in found.modes:
        limit = "" if told.within is None else f" within {told.within:g} minutes"
        yield f"{told.mode} ({told.basis}): {told.pairs:,} of {told.zones:,} x {told.sites:,} pairs{limit}"
        nowhere = f"{told.zones_without:,} zones and {told.sites_without:,} sites reach nothing"
        yield f"  {told.unreachable:,} pairs out of reach; {nowhere}"
        if told.snap_max_km is not None:
            assert told.snap_median_km is not None
            assert told.snap_p95_km is not None
            yield (
                f"  places to the network: median {told.snap_median_km * 1000:.0f} m, 95 % within "
                f"{told.snap_p95_km * 1000:.0f} m, at most {told.snap_max_km * 1000:.0f} m; furthest: {', '.join(told.snap_worst)}"
            )
        yield f"  {told.about}"
        yield f"  {told.seconds:.1f} s"
    yield from (f"Note: {note}" for note in found.notes)
    if found.out is not None:
        yield f"Written to {found.out}"
    elif any(told.basis == "road" for told in found.modes):
        yield f"Kept in {found.cache}" if found.cache else "Not kept: the cache is off (ASSETOPT_CACHE)"
    elif any(told.basis.startswith("router") for told in found.modes):
        yield "Not kept: a routing service may answer otherwise tomorrow; --out FILE writes a travel table"
