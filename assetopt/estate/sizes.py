"""How much a file may hold before it is opened: a small file that unpacks to a huge one is refused unread."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from assetopt.estate.extents import too_wide_sheet

MAX_BOOK_BYTES = 1_000_000_000
"""A workbook's parts, unpacked and added up; a sheet of a million rows and 15 columns takes some 600 MB."""

MAX_MEMBERS = 10_000
"""Parts of a workbook."""

MAX_CELLS = 3_000_000_000
"""Cells of a Parquet table, as it states them itself; England's zones and sites by one mode take 1,800,000,000."""

_NO_ARCHIVE = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
)


def too_large_book(path: Path) -> str:
    """Say why a workbook is refused by its size, before a library unpacks it; empty where it may be opened.

    A file that is no archive is not judged: reading it says what is wrong.
    """
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            if len(parts) > MAX_MEMBERS:
                return f"has {len(parts):,} parts; at most {MAX_MEMBERS:,} are read"
            size = sum(part.file_size for part in parts)
            if size > MAX_BOOK_BYTES:
                return f"unpacks to {size:,} bytes; at most {MAX_BOOK_BYTES:,} are read"
            return too_wide_sheet(book)
    except _NO_ARCHIVE:
        return ""
