"""How much a file may hold before it is opened: a small file that unpacks to a huge one is refused unread."""

from __future__ import annotations

import zipfile
from pathlib import Path

MAX_BOOK_BYTES = 1_000_000_000
"""A workbook's parts, unpacked and added up; a sheet of a million rows and 15 columns takes some 600 MB."""

MAX_MEMBERS = 10_000
"""Parts of a workbook."""

MAX_CELLS = 3_000_000_000
"""Cells of a Parquet table, as it states them itself; England's zones and sites by one mode take 1,800,000,000."""


def too_large_book(path: Path) -> str:
    """Say why a workbook is refused by its size, from the list of its parts alone; empty where it may be opened.

    A file that is no archive is not judged: reading it says what is wrong.
    """
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    if len(parts) > MAX_MEMBERS:
        return f"has {len(parts):,} parts; at most {MAX_MEMBERS:,} are read"
    size = sum(part.file_size for part in parts)
    return f"unpacks to {size:,} bytes; at most {MAX_BOOK_BYTES:,} are read" if size > MAX_BOOK_BYTES else ""
