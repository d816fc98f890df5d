"""Spoiling of files in the ways that files are spoiled: bytes, text, tables, JSON trees and parts of archives."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import zipfile
from collections.abc import Callable

WORDS = (
    "", " ", "0", "-0", "-1", "1e308", "1e309", "-1e400", "nan", "NaN", "inf", "-Infinity", "1,234.5", "1.234,5", "£12",
    "12%", "0x10", "1_000", "٣", "½", "１２", "99999999999999999999", "0.1", "1e-320", "true", "yes", "N/A", "null", "-",
    "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "<script>alert(1)</script>", "'; DROP TABLE runs; --", "../../x",
    "/etc/passwd", "C:\\x", "\\\\host\\x", "a\x00b", "\ufeff", "\u202ehall", "\ud7ff", "\U0001f3e2", "hall", "HALL",
    " hall ", "kcc", "nhs", "kcc;nhs", ";;", "2027", "2027-02-30", "31/12/2027", "0000-00-00", "9999-12-31", "1900-01-01",
    "29/02/2028", "2027-04-01T00:00:00Z", "44197", "keep", "close", "dispose", "move", "stay", "x" * 5_000, '"', '""', "\n",
    "\r", "\t", ",", ";", "|", "{0}", "{site}", "%s", "%n", "${x}", "$(x)", "`x`", "{{7*7}}", "__class__", "site_id",
)  # fmt: skip
"""Texts that have broken readers of tables somewhere."""

VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 0.5, 1e308, -1e308, 1e-320, 10**30, 2**63, -(2**63) - 1, 10**400, "", "x", [], {}, [[]],
    [None], {"a": 1}, [1, 2, 3], {"": None}, *WORDS[:20],
)  # fmt: skip
"""What may stand in a JSON tree where something else should."""


def bytes_of(draw: random.Random, content: bytes) -> bytes:
    """Spoil bytes once to four times: flip, cut out, cut off, double, put in, set to a run."""
    out = bytearray(content)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        at = draw.randrange(len(out) + 1)
        size = min(draw.choice((1, 2, 8, 64, 1000)), len(out) - at)
        how = draw.randrange(7)
        if how == 0 and size:
            out[at] ^= 1 << draw.randrange(8)
        elif how == 1:
            del out[at : at + size]
        elif how == 2 and draw.random() < 0.3:
            del out[at:]
        elif how == 3:
            out[at:at] = out[at : at + size]
        elif how == 4:
            out[at:at] = draw.choice(WORDS).encode("utf-8", "surrogatepass")
        elif how == 5:
            out[at : at + size] = bytes([draw.choice((0, 255, 32, 10, 34, 91, 123, draw.randrange(256)))]) * size
        else:
            out[at:at] = draw.randbytes(draw.choice((1, 4, 16)))
    return bytes(out)


def table(draw: random.Random, content: bytes) -> bytes:
    """Spoil a CSV as a hand would: a cell, a header, a row or a column of it, or its separator and encoding."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
    for _ in range(draw.choice((1, 1, 2, 5))):
        _spoil(draw, rows)
    text = io.StringIO()
    separator = draw.choice((",",) * 12 + (";", "\t", "|"))
    csv.writer(text, delimiter=separator, lineterminator=draw.choice(("\n", "\r\n"))).writerows(rows)
    encoding = draw.choice(("utf-8",) * 12 + ("utf-8-sig", "cp1252", "utf-16", "latin-1"))
    return text.getvalue().encode(encoding, "replace")


def _spoil(draw: random.Random, rows: list[list[str]]) -> None:
    row = draw.choice(rows) if rows else []
    how = draw.randrange(8)
    if how <= 3 and len(rows) > 1 and rows[0]:
        below = draw.choice(rows[1:])
        if below:
            below[draw.randrange(len(below))] = draw.choice(WORDS)
    elif how == 4 and row:
        row[draw.randrange(len(row))] = draw.choice(WORDS)
    elif how == 5 and rows:
        rows.insert(draw.randrange(len(rows) + 1), list(row))
    elif how == 6 and rows:
        rows.remove(row)
    elif row:
        del row[draw.randrange(len(row))]


def tree(draw: random.Random, document: object) -> tuple[object, tuple[object, ...]]:
    """Spoil one node of a JSON tree: replace, take out, double or rename; return the tree and where that was."""
    whole = copy.deepcopy(document)
    here, path = whole, []
    while isinstance(here, (dict, list)) and here:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = draw.choice(keys)
        path.append(key)
        below = here[key]  # type: ignore[index, call-overload]
        if not (isinstance(below, (dict, list)) and below) or draw.random() < 0.1:
            break
        here = below
    if not path:
        return draw.choice(VALUES), ()
    key, how = path[-1], draw.randrange(10)
    if how == 0:
        del here[key]  # type: ignore[attr-defined]
    elif how == 1 and isinstance(here, list):
        here.append(copy.deepcopy(here[key]))
    elif how == 2 and isinstance(here, dict):
        here[draw.choice(WORDS)] = here.pop(key)
    elif how <= 5 and type(here[key]) in (int, float):  # type: ignore[index, call-overload]
        here[key] = here[key] * draw.choice((2, -1, 0.5, 1.001)) + draw.choice((0, 1, 1000))  # type: ignore[index, call-overload]
    else:
        here[key] = draw.choice(VALUES)  # type: ignore[index, call-overload]
    return whole, tuple(path)


def json_of(draw: random.Random, content: bytes) -> bytes:
    """Spoil a JSON file as a tree (mostly) or as bytes."""
    if draw.random() < 0.25:
        return bytes_of(draw, content)
    whole, _ = tree(draw, json.loads(content))
    return json.dumps(whole).encode()


def archive(draw: random.Random, content: bytes, spoil: Callable[[random.Random, bytes], bytes] = bytes_of) -> bytes:
    """Spoil one part of an archive (mostly), its list of parts, or its bytes."""
    how = draw.random()
    if how < 0.2:
        return bytes_of(draw, content)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        parts = book.namelist()
        chosen = draw.choice(parts)
        for name in parts:
            part = book.read(name)
            if name != chosen:
                fresh.writestr(name, part)
            elif how < 0.9:
                fresh.writestr(name, spoil(draw, part))
            elif how < 0.95:
                fresh.writestr(f"../../{name}", part)
    return out.getvalue()


def markup(draw: random.Random, content: bytes) -> bytes:
    """Spoil a part of a workbook: a value between tags (mostly) or bytes."""
    places = [at for at, byte in enumerate(content) if byte == ord(">")]
    if not places or draw.random() < 0.4:
        return bytes_of(draw, content)
    at = draw.choice(places) + 1
    end = content.find(b"<", at)
    word = draw.choice(WORDS).replace("&", "").replace("<", "").encode("utf-8", "surrogatepass")
    return content[:at] + word + content[end if end >= 0 else at :]
