"""Travel matrices as routers and transport models write them: Parquet of r5 and the like, and OMX.

OMX (open matrix) is HDF5: ``/data/NAME`` is a matrix of one mode, zones down and sites across, and ``/lookup/zone_id`` and
``/lookup/site_id`` name its rows and columns. A window of departure may stand in the file's metadata (``window``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from assetopt.estate.coded import Coded, as_text, from_arrow, from_texts
from assetopt.estate.findings import Findings
from assetopt.estate.omx_trial import why_unreadable
from assetopt.estate.raw import RawTable, numbers_from
from assetopt.estate.words import clean_header

SYNONYMS = {"from_id": "zone_id", "to_id": "site_id", "travel_time": "minutes"}
"""Headers that r5 and others give a long matrix."""
WINDOW = "x_window"
_METADATA = ("window", WINDOW, "departure_window", "departure")
_ROWS = ("zone_id", "zones", "zone", "from_id", "origins", "rows")
_COLUMNS = ("site_id", "sites", "site", "to_id", "destinations", "columns")


def renamed(raw: RawTable) -> RawTable:
    """Return a travel table with the names of the contract in place of a router's; other tables as they are."""
    names = [clean_header(name) for name in raw.header]
    if raw.table != "travel" or not set(SYNONYMS) & set(names):
        return raw
    header = [
        SYNONYMS[name] if name in SYNONYMS and SYNONYMS[name] not in names else written
        for name, written in zip(names, raw.header, strict=True)
    ]
    return RawTable(raw.table, raw.label, tuple(header), raw.columns, raw.numbers, raw.commas_unclear)


def with_window(raw: RawTable, metadata: Mapping[str, str]) -> RawTable:
    """Return a travel table with the window of departure that its file's metadata names as the column ``x_window``."""
    said = next((metadata[name] for name in _METADATA if metadata.get(name)), "")
    if raw.table != "travel" or not said or WINDOW in raw.header:
        return raw
    column = _constant(said, len(raw.numbers))
    return RawTable(
        raw.table, raw.label, (*raw.header, WINDOW), (*raw.columns, column), raw.numbers, raw.commas_unclear
    )


def read_omx(path: Path, findings: Findings) -> RawTable | None:
    """Read an OMX file as a long travel table; None, and a fault, when that cannot be done."""
    try:
        import h5py
    except ImportError:
        what = "OMX is HDF5 and is read with h5py, which is not installed"
        findings.say(path.name, what, "pip install assetopt[omx], or give travel.csv or travel.parquet")
        return None
    if damage := why_unreadable(path):
        findings.say(path.name, f"cannot be read as OMX: {damage}", "write the file again")
        return None
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path.name, findings)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        findings.say(path.name, f"cannot be read as OMX: {str(error).splitlines()[0]}", "write the file again")
        return None


def _read(file, label: str, findings: Findings) -> RawTable | None:  # type: ignore[no-untyped-def]
    matrices = {name: item for name, item in file.get("data", {}).items() if getattr(item, "ndim", 0) == 2}
    lookup = {clean_header(name): item for name, item in file.get("lookup", {}).items()}
    if not matrices:
        findings.say(label, "the file has no matrix in /data", "give one for each mode: /data/car, /data/transit")
        return None
    down = next((lookup[name] for name in _ROWS if name in lookup), None)
    across = next((lookup[name] for name in _COLUMNS if name in lookup), None)
    if down is None or across is None:
        have = f" (it has {', '.join(lookup)})" if lookup else ""
        what = f"nothing says which zones and sites its rows and columns are{have}"
        findings.say(label, what, "give /lookup/zone_id, one a row, and /lookup/site_id, one a column")
        return None
    zones, sites = _names(down[:]), _names(across[:])
    codes: list[list[np.ndarray]] = [[], [], [], []]
    for number, (name, matrix) in enumerate(matrices.items()):
        if matrix.shape != (len(zones), len(sites)):
            what = (
                f"/data/{name} is {matrix.shape[0]} x {matrix.shape[1]}, for {len(zones)} zones and {len(sites)} sites"
            )
            findings.say(label, what, "write it again with its lookups")
            return None
        minutes = np.asarray(matrix[:], dtype=np.float64)
        missing = matrix.attrs.get("NA", file.attrs.get("NA"))
        if missing is not None:
            minutes[minutes == missing] = np.nan
        row, column = np.nonzero(np.isfinite(minutes) & (zones != "")[:, None] & (sites != "")[None, :])
        for part, values in zip(codes, (row, column, np.full(len(row), number), minutes[row, column]), strict=True):
            part.append(values)
    row, column, kind, values = (np.concatenate(part) for part in codes)
    import pyarrow as pa

    header = ["zone_id", "site_id", "minutes"]
    columns = [_coded(row, zones.tolist()), _coded(column, sites.tolist()), from_arrow(pa.array(values))]
    if len(matrices) > 1 or clean_header(next(iter(matrices))) not in ("minutes", "time", "travel_time"):
        header.append("mode")
        columns.append(_coded(kind, [clean_header(name) for name in matrices]))
    raw = RawTable("travel", label, tuple(header), tuple(columns), numbers_from(2, len(values)))
    return with_window(raw, {name: _text(value) for name, value in file.attrs.items()})


def _names(values: np.ndarray) -> np.ndarray:
    return np.array([_text(value) for value in values.tolist()], dtype=object)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace").strip() if isinstance(value, bytes) else as_text(value).strip()


def _coded(codes: np.ndarray, words: list[str]) -> Coded:
    import pyarrow as pa

    return Coded(codes.astype(np.int32), pa.array(words, pa.string()))


def _constant(value: str, rows: int) -> Coded:
    return Coded(np.zeros(rows, dtype=np.int32), from_texts([value]).words)
