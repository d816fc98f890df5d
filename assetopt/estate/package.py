"""The data package described for people and machines: ``datapackage.json``, and empty templates to fill in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from assetopt.estate.fields import GROUP, OWN, Column, Record, columns_of
from assetopt.estate.records import RECORDS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

    from assetopt.estate.estate import Estate

PACKAGE_FILE = "datapackage.json"
_CREATED_BY = "assetopt"
_PROFILE = "tabular-data-package"
_TYPES = {
    "text": "string",
    "choice": "string",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
}

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def datapackage(estate: Estate | None = None) -> dict[str, Json]:
    """Describe a data package as a Frictionless Data Package with a Table Schema a table.

    Parameters
    ----------
    estate : Estate, optional
        Describe the tables and columns that `Estate.write` writes for it; None describes every table and column of the
        contract.

    Returns
    -------
    dict
        Ready for `json.dumps`. Units and defaults stand in the field descriptions.
    """
    from assetopt.estate.writing import written_columns

    tables = list(RECORDS) if estate is None else [t for t in RECORDS if t in estate.present]
    resources: list[Json] = []
    for table in tables:
        record = RECORDS[table]
        columns = list(columns_of(record).values())
        if estate is not None:
            frame = estate.tables[table]
            columns = [column_named(table, name) for name in written_columns(table, frame)]
        resources.append(_resource(record, columns, tables))
    name = "data-package" if estate is None else estate.name
    return {
        "profile": _PROFILE,
        "name": re.sub(r"[^a-z0-9._-]+", "-", name.casefold()).strip("-") or "data-package",
        "title": name,
        "description": "Shared public estate. Money is pounds in base-year prices, excluding VAT.",
        "created_by": _CREATED_BY,
        "resources": resources,
    }


def column_named(table: str, name: str) -> Column:
    """Return a column of a table, population groups and the user's own ``x_`` columns included."""
    known = columns_of(RECORDS[table])
    if name in known:
        return known[name]
    if name.startswith(GROUP):
        about = f"Residents in the group {name.removeprefix(GROUP)}: people, not a share."
        return Column(name, "number", False, False, (), 0.0, None, "people", "", None, False, about)
    return Column(name, "text", False, False, (), None, None, "", "", None, False, "The user's own.")


def explained(column: Column) -> str:
    """Return one line about a column: what it is, its unit, its default."""
    about = column.description
    if column.several:
        about += " Several values have ; between them." if ";" not in about else ""
    if column.unit:
        about += f" Unit: {column.unit}."
    if column.default is not None:
        about += f" Default: {default_text(column)}."
    return about


def default_text(column: Column) -> str:
    """Return a contract default as it would be written in a cell; empty when there is none."""
    if column.default is None:
        return ""
    if isinstance(column.default, bool):
        return "yes" if column.default else "no"
    return f"{column.default:g}" if isinstance(column.default, float) else str(column.default)


def range_text(column: Column) -> str:
    """Return the legal range or the legal values of a column in words."""
    if column.choices:
        return ", ".join(column.choices)
    if column.kind == "boolean":
        return "yes, no"
    if column.low is not None and column.high is not None:
        return f"{column.low:.10g} to {column.high:.10g}"
    return f"{column.low:g} or more" if column.low is not None else ""


def _resource(record: type[Record], columns: list[Column], tables: list[str]) -> dict[str, Json]:
    names = [column.name for column in columns]
    schema: dict[str, Json] = {
        "fields": [_field(column) for column in columns],
        "missingValues": [""],
    }
    if all(key in names for key in record.KEY):
        schema["primaryKey"] = list(record.KEY)
    keys: list[Json] = []
    for column in columns:
        if column.ref in tables:
            resource = "" if column.ref == record.TABLE else column.ref
            reference: dict[str, Json] = {"resource": resource, "fields": RECORDS[column.ref].KEY[0]}
            keys.append({"fields": column.name, "reference": reference})
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": record.TABLE,
        "path": f"{record.TABLE}.csv",
        "profile": "tabular-data-resource",
        "title": record.TABLE.replace("_", " ").capitalize(),
        "description": (record.__doc__ or "").strip(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Json]:
    kind = "string" if column.is_text else _TYPES[column.kind]
    field: dict[str, Json] = {"name": column.name, "type": kind, "description": explained(column)}
    if kind == "boolean":
        field["trueValues"], field["falseValues"] = ["yes"], ["no"]
    limits: dict[str, Json] = {}
    if column.required and column.name != "minutes":
        limits["required"] = True
    if column.choices and not column.several:
        limits["enum"] = list(column.choices)
    if column.low is not None:
        limits["minimum"] = int(column.low) if column.low.is_integer() else column.low
    if column.high is not None:
        limits["maximum"] = int(column.high) if column.high.is_integer() else column.high
    if limits:
        field["constraints"] = limits
    return field


def documentation() -> list[tuple[str, str, str, str, str, str, str]]:
    """Return one row a column: table, column, required, unit, range, default, meaning."""
    rows = []
    for table, record in RECORDS.items():
        for name, column in columns_of(record).items():
            need = "key" if name in record.KEY else "required" if column.required else ""
            kind = column.unit or ("date (YYYY-MM-DD)" if column.kind == "date" else "")
            about = column.description
            rows.append((table, name, need, kind, range_text(column), default_text(column), about))
    return rows


def write_template(folder: str | Path, xlsx: bool = False) -> tuple[Path, ...]:
    """Write an empty, documented data package to fill in.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made where it is missing.
    xlsx : bool
        One workbook ``estate.xlsx`` with a sheet per table and a sheet ``documentation``, in place of CSV files with
        ``README.md`` and ``datapackage.json``.

    Returns
    -------
    tuple of pathlib.Path
        The files written.

    Raises
    ------
    FileExistsError
        If one of the files is there already: nobody's facts are overwritten.
    """
    import json

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, str] = {}
    if not xlsx:
        texts = {f"{table}.csv": ",".join(columns_of(record)) + "\n" for table, record in RECORDS.items()}
        texts["README.md"] = readme()
        texts[PACKAGE_FILE] = json.dumps(datapackage(), indent=2, ensure_ascii=False) + "\n"
    names = list(texts) or ["estate.xlsx"]
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise FileExistsError(f"{folder.name} already holds {', '.join(there)}; nothing was written")
    if xlsx:
        _write_book(folder / "estate.xlsx")
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    return tuple(folder / name for name in sorted(names))


def readme() -> str:
    """Return the documentation of every table and column as Markdown."""
    lines = [
        "# Data package",
        "",
        "One CSV file for each table. The five required tables are partners, sites, spaces, teams and needs; take away",
        "or leave empty what you do not use. Money is pounds in base-year prices, excluding VAT. Dates are YYYY-MM-DD.",
        f"Yes/no cells take yes, no, true, false, 1 or 0. Columns that start with {OWN} are your own.",
        "An empty cell means the default, or, where there is none, that the value is not known.",
    ]
    rows = documentation()
    for table, record in RECORDS.items():
        need = " (required)" if record.REQUIRED_TABLE else ""
        lines += ["", f"## {table}{need}", "", (record.__doc__ or "").strip(), ""]
        lines.append(f"Key: {', '.join(record.KEY)}.")
        if record.GROUPS:
            lines.append(f"Any number of columns {GROUP}<group> count the residents of a group.")
        lines += ["", "| column | | unit | values | default | meaning |", "|---|---|---|---|---|---|"]
        for row in rows:
            if row[0] == table:
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in (f"`{row[1]}`", *row[2:])) + " |")
    return "\n".join(lines) + "\n"


def _write_book(path: Path) -> None:
    import io

    import xlsxwriter

    content = io.BytesIO()  # whole before it is written, so that a full disk leaves no half of an archive open
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        for table, record in RECORDS.items():
            _write_sheet(book, table, list(columns_of(record).values()))
        sheet = book.add_worksheet("documentation")
        heads = ("table", "column", "", "unit", "values", "default", "meaning")
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, heads, bold)
        for i, row in enumerate(documentation(), 1):
            sheet.write_row(i, 0, row)
        sheet.set_column(0, 5, 20)
        sheet.set_column(6, 6, 90)
        sheet.freeze_panes(1, 0)
    path.write_bytes(content.getvalue())


def _write_sheet(book: Workbook, table: str, columns: list[Column]) -> None:
    """A sheet with a header row; text cells are formatted as text, so that a spreadsheet leaves identifiers alone."""
    sheet = book.add_worksheet(table)
    head, must = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for i, column in enumerate(columns):
        form = text if column.is_text else day if column.kind == "date" else None
        sheet.set_column(i, i, max(12, len(column.name) + 2), form)
        sheet.write_string(0, i, column.name, must if column.required else head)
        sheet.write_comment(0, i, explained(column))
        choices = ["yes", "no"] if column.kind == "boolean" else list(column.choices)
        if choices and not column.several:
            sheet.data_validation(1, i, 10_000, i, {"validate": "list", "source": choices})
    sheet.freeze_panes(1, 0)
