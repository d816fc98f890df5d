"""Writing a comparison: as JSON, as a workbook, or as a page, by the ending of the file's name."""

from __future__ import annotations

import os
from pathlib import Path

from assetopt.compare.comparison import Comparison
from assetopt.errors import DataError, Issue

SUFFIXES = (".html", ".xlsx", ".json")


def refuse(out: Path, *, overwrite: bool) -> None:
    """Raise before any work where the file must not be written."""
    if out.suffix.lower() not in SUFFIXES:
        raise DataError(
            [Issue(str(out), "is no kind of file that a comparison is", f"end it in {', '.join(SUFFIXES)}")]
        )
    if out.is_dir():
        raise FileExistsError(f"{out} is a folder")
    if out.exists() and not overwrite:
        raise FileExistsError(f"{out} exists already; name another file, or overwrite it (--overwrite)")


def write(comparison: Comparison, out: Path) -> None:
    """Write the file; it appears whole or not at all."""
    content = _bytes(comparison, out.suffix.lower())
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.parent / f".{out.name}.partial-{os.getpid()}"
    try:
        fresh.write_bytes(content)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)


def _bytes(comparison: Comparison, suffix: str) -> bytes:
    if suffix == ".json":
        from assetopt.report.document import json_text

        return json_text(comparison.as_dict()).encode("utf-8")
    if suffix == ".xlsx":
        from assetopt.compare.workbook import workbook_bytes

        return workbook_bytes(comparison)
    from assetopt.compare.page import page_text

    return page_text(comparison).encode("utf-8")
