"""The command that turns published registers into a data package, and drafts a mapping for any other spreadsheet."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetopt.console import say
from assetopt.errors import DataError, Issue

if TYPE_CHECKING:
    from assetopt.importing import Mapping

Faults = Callable[[], AbstractContextManager[None]]

NO = 1
DRAFT = "draft"


def add_import(app: typer.Typer, faults: Faults) -> None:
    """Add the command ``import`` to the command line; ``faults`` turns what goes wrong into messages and exits."""

    @app.command(name="import")
    def import_(
        form: Annotated[
            str,
            typer.Argument(
                metavar="FORMAT",
                help="transparency, eric, libraries, the path of a mapping.toml, or draft (a mapping).",
            ),
        ],
        file: Annotated[Path, typer.Argument(metavar="FILE", help="The register: .csv, .xlsx, .xls or .ods.")],
        out: Annotated[
            Path, typer.Option("--out", metavar="DIR", help="A new folder; with draft, a new mapping file.")
        ],
        also: Annotated[
            list[str] | None,
            typer.Option("--also", metavar="FORMAT=FILE", help="Another register of the same area; may be repeated."),
        ] = None,
        postcodes: Annotated[
            Path | None,
            typer.Option(
                "--postcodes", metavar="FILE", help="Postcode, easting, northing: for rows without coordinates."
            ),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON to standard output.")] = False,
    ) -> None:
        """Turn a published register into a data package; every row and every defect is counted and listed."""
        with faults():
            from assetopt.importing import draft_mapping, import_registers, read_mapping
            from assetopt.importing.sources import read_register
            from assetopt.importing.writing import import_text, refuse_folder, write_import

            if form == DRAFT:
                text = draft_mapping(read_register(file))
                if out.exists():
                    raise DataError([Issue(str(out), "is there already; nothing was written", "name a new file")])
                out.write_text(text, encoding="utf-8", newline="\n")
                say(str(out))
                return
            refuse_folder(out)
            parts = [(read_mapping(form), file), *(_part(text) for text in also or ())]
            found = import_registers(parts, postcodes)
            write_import(found, out)
            if as_json:
                from assetopt.report.document import json_text

                sys.stdout.write(json_text(found.as_dict()))
            else:
                say(import_text(found).rstrip("\n"))
                say(f"Written to {out}")
            if found.estate is None:
                raise typer.Exit(NO)


def _part(text: str) -> tuple[Mapping, Path]:
    from assetopt.importing import read_mapping

    form, equals, path = text.partition("=")
    if not equals or not path:
        raise DataError([Issue("--also", f'is "{text}"', "write FORMAT=FILE, such as eric=site_returns.csv")])
    return read_mapping(form), Path(path)
