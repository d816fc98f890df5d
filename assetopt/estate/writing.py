"""Writing an estate as a data package: a CSV file a table, the same bytes every time, and nothing lost on the way."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd

from assetopt.estate.estate import Estate
from assetopt.estate.fields import GROUP, OWN, columns_of
from assetopt.estate.package import PACKAGE_FILE, datapackage
from assetopt.estate.records import RECORDS

_EXACT = 2.0**53


def write_estate(estate: Estate, folder: Path) -> tuple[Path, ...]:
    """Write the tables that are present, and ``datapackage.json``.

    Parameters
    ----------
    estate : Estate
        What to write.
    folder : pathlib.Path
        Made where it is missing. Tables of an earlier writing that the estate no longer has are taken away.

    Returns
    -------
    tuple of pathlib.Path
        The files written, by name.

    Raises
    ------
    FileExistsError
        If the folder holds tables that were not written by this function and that reading it would mix in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder, {f"{table}.csv" for table in estate.present})
    written = []
    for table in RECORDS:
        if table in estate.present:
            path = folder / f"{table}.csv"
            path.write_bytes(table_csv(table, estate.tables[table]).encode("utf-8"))
            written.append(path)
    path = folder / PACKAGE_FILE
    path.write_bytes((json.dumps(datapackage(estate), indent=2, ensure_ascii=False) + "\n").encode("utf-8"))
    return tuple(sorted([*written, path]))


def table_csv(table: str, frame: pd.DataFrame) -> str:
    """Return a typed table as CSV text: LF, ``yes``/``no``, ISO dates, whole numbers without a point.

    Columns of the contract that are empty throughout are left out, as reading brings them back.
    """
    texts = {name: _as_text(frame[name]) for name in written_columns(table, frame)}
    plain = pd.DataFrame(texts)
    # A carriage return is a line end to most readers, and the csv module does not quote it by itself.
    wild = any(values.str.contains("\r", regex=False).any() for values in texts.values())
    text = plain.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_ALL if wild else csv.QUOTE_MINIMAL)
    return str(text)


def written_columns(table: str, frame: pd.DataFrame) -> list[str]:
    """Return the columns of a table that are worth writing: required, own, population groups, or not empty."""
    columns = columns_of(RECORDS[table])
    kept = []
    for name in frame.columns:
        always = name.startswith((OWN, GROUP)) or columns[name].required
        if always or bool((frame[name].notna() & (frame[name] != "")).any()):
            kept.append(name)
    return kept


def _as_text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(values.dtype):
        truth = values.astype("boolean")
        text = np.where(truth.isna(), "", np.where(truth.fillna(False), "yes", "no"))
        return pd.Series(text, dtype="str")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = np.datetime_as_string(values.to_numpy(dtype="datetime64[s]"), unit="D")
        return pd.Series(np.where(values.isna(), "", days), dtype="str")
    if pd.api.types.is_float_dtype(values.dtype):
        numbers = values.to_numpy()
        known = ~np.isnan(numbers)
        whole = known & (np.floor(numbers) == numbers) & (np.abs(numbers) < _EXACT)
        text = np.full(len(numbers), "", dtype=object)
        text[whole] = numbers[whole].astype(np.int64).astype(str)
        rest = known & ~whole
        text[rest] = [repr(number) for number in numbers[rest].tolist()]
        return pd.Series(text, dtype="str")
    return values


def _clear(folder: Path, ours: set[str]) -> None:
    """Take away tables of an earlier writing; refuse to mix with tables of somebody else."""
    stale = [
        path
        for path in sorted(folder.iterdir())
        if path.stem in RECORDS and path.suffix in (".csv", ".parquet") and path.name not in ours
    ]
    if not stale:
        return
    listed: set[str] = set()
    package = folder / PACKAGE_FILE
    if package.is_file():
        try:
            found = json.loads(package.read_text(encoding="utf-8"))
            listed = {str(resource["path"]) for resource in found["resources"]} if found["created_by"] else set()
        except (ValueError, KeyError, TypeError, RecursionError):
            listed = set()
    foreign = [path.name for path in stale if path.name not in listed]
    if foreign:
        raise FileExistsError(f"{folder.name} already holds {', '.join(foreign)}; write into an empty folder")
    for path in stale:
        path.unlink()
