"""How far the cells of a workbook reach, from its text alone: two cells at opposite corners of a sheet would unpack to
17,000,000,000 empty ones."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

MAX_SHEET_CELLS = 100_000_000
"""Rows times columns of one sheet; a sheet of a million rows has a hundred columns then."""

_PIECE, _OVERLAP = 1 << 20, 256
_COLUMN = re.compile(rb"""\br=["']([A-Za-z]{2,3})[0-9]""")
_ROW = re.compile(rb"""\br=["'][A-Za-z]{0,3}([0-9]{6,})["']""")
_REPEATED = re.compile(
    rb"""<table:table-(cell|row)\b[^>]*?number-(?:columns|rows)-repeated=["']([0-9]{3,})["'][^>]*?(/?)>"""
)
_VALUED = b"office:value"


def too_wide_sheet(book: zipfile.ZipFile) -> str:
    """Say which sheet of an archive reaches too far; empty where none does.

    Columns up to Z and rows up to 99,999 need no count: they are few enough whatever they are.
    """
    for name in book.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            cells = _of_sheet(book, name)
        elif name == "content.xml":
            cells = _of_document(book, name)
        else:
            continue
        if cells > MAX_SHEET_CELLS:
            return f"has a sheet ({name}) that reaches over {cells:,} cells; at most {MAX_SHEET_CELLS:,} are read"
    return ""


def _of_sheet(book: zipfile.ZipFile, name: str) -> int:
    columns, rows = 26, 99_999
    for piece in _pieces(book, name):
        for letters in set(_COLUMN.findall(piece)):
            columns = max(columns, _number(letters))
        rows = max(rows, max((int(digits) for digits in _ROW.findall(piece)), default=0))
    return columns * rows


def _of_document(book: zipfile.ZipFile, name: str) -> int:
    """Filled cells and rows may be repeated; empty ones to the end of a sheet are, in every file that is written."""
    columns = rows = 1_000
    for piece in _pieces(book, name):
        for found in _REPEATED.finditer(piece):
            kind, count, closed = found.group(1), int(found.group(2)), found.group(3)
            if kind == b"cell" and _VALUED in found.group(0) and not closed:
                columns = max(columns, count)
            if kind == b"row" and _VALUED in piece[found.end() : piece.find(b"</table:table-row", found.end())]:
                rows = max(rows, count)
    return columns * rows


def _pieces(book: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Give a part of an archive piece by piece, each with the end of the one before; no more than it says it holds."""
    left = book.getinfo(name).file_size
    tail = b""
    with book.open(name) as part:
        while left > 0 and (read := part.read(min(_PIECE, left))):
            left -= len(read)
            yield tail + read
            tail = read[-_OVERLAP:]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number
