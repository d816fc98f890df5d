"""Finding the tables of a data package: a folder of CSV or Parquet files, or one workbook with a sheet per table."""

from __future__ import annotations

from pathlib import Path

from assetopt.errors import DataError, Issue
from assetopt.estate.binary_files import read_parquet, read_sheet, sheet_names
from assetopt.estate.building import build_estate, unknown_table
from assetopt.estate.estate import Estate
from assetopt.estate.fields import OWN, columns_of
from assetopt.estate.findings import Findings, nearest
from assetopt.estate.matrices import read_omx
from assetopt.estate.raw import RawTable, SourceFile, digest
from assetopt.estate.records import RECORDS
from assetopt.estate.text_files import read_csv
from assetopt.estate.words import clean_header

TABLE_SUFFIXES = (".csv", ".parquet")
BOOK_SUFFIXES = (".xlsx", ".xlsm")
_NOT_A_TABLE = ("readme", "documentation", "notes")


def read_folder_or_book(path: Path) -> Estate:
    """Read a data package; see `assetopt.read.read_estate`."""
    if path.is_dir():
        return _read_folder(path)
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError([Issue(str(path), "there is no such folder or workbook", nearest(path.name, beside))])
    if path.suffix.lower() in BOOK_SUFFIXES:
        return _read_book(path)
    fix = f"name its folder, {path.parent}" if path.suffix.lower() in TABLE_SUFFIXES else ""
    raise DataError(
        [Issue(str(path), "a data package is a folder of CSV or Parquet files, or one .xlsx workbook", fix)]
    )


def _read_folder(folder: Path) -> Estate:
    findings = Findings()
    found: dict[str, list[Path]] = {}
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
    for path in files:
        if path.suffix.lower() in TABLE_SUFFIXES or path.name.lower() == "travel.omx":
            found.setdefault(clean_header(path.stem), []).append(path)
    raws: list[RawTable] = []
    sources: list[SourceFile] = []
    for table, paths in found.items():
        if table not in RECORDS:
            for path in paths:
                _tell_unknown(path.name, table, findings)
            continue
        if len(paths) > 1:
            both = " and ".join(path.name for path in paths)
            findings.say(table, f"the table stands twice: {both}", "keep one of them")
        path = paths[0]
        sha, paired = digest(path)
        sources.append(SourceFile(path.name, path, sha))
        if path.suffix.lower() == ".csv":
            raw = read_csv(path, table, columns_of(RECORDS[table]), findings, paired)
        elif path.suffix.lower() == ".omx":
            raw = read_omx(path, findings)
        else:
            raw = read_parquet(path, table, findings)
        if raw is not None:
            raws.append(raw)
    books = [path.name for path in files if path.suffix.lower() in BOOK_SUFFIXES]
    if not raws and books:
        raise DataError([Issue(str(folder), "the folder holds no table", f"name the workbook: {folder / books[0]}")])
    return build_estate(folder.resolve().name, raws, sources, findings, frozenset(found))


def _read_book(path: Path) -> Estate:
    findings = Findings()
    raws: list[RawTable] = []
    found: set[str] = set()
    for sheet in sheet_names(path, findings):
        table = clean_header(sheet)
        if table not in RECORDS:
            _tell_unknown(f"{path.name} sheet {sheet}", table, findings)
        elif table in found:
            findings.say(f"{path.name} sheet {sheet}", "the table stands twice", "keep one of the sheets")
        else:
            found.add(table)
            raw = read_sheet(path, sheet, table, findings)
            if raw is not None:
                raws.append(raw)
    sources = (SourceFile(path.name, path, digest(path)[0]),)
    return build_estate(path.stem, raws, sources, findings, frozenset(found))


def _tell_unknown(label: str, table: str, findings: Findings) -> None:
    if not table.startswith(OWN) and table not in _NOT_A_TABLE:
        findings.say(label, "unknown table; it was not read", unknown_table(table), "warning")
