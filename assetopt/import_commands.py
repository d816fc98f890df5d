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
        as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day or year it speaks of.")] = "",
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
            first = read_mapping(form)
            first = first.model_copy(update={"as_of": as_of}) if as_of else first
            parts = [(first, file), *(_part(text) for text in also or ())]
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

    @app.command()
    def scorecard(
        model: Annotated[
            Path, typer.Argument(metavar="MODEL", help="A report folder (facts are weighed by its plan), or a model.")
        ],
        as_json: Annotated[
            bool, typer.Option("--json", help="Print the scorecard as JSON to standard output.")
        ] = False,
    ) -> None:
        """Say how good each partner's facts are, and which ten are most worth collecting."""
        with faults():
            from assetopt.importing.scorecard import scorecard as score
            from assetopt.importing.scorecard import scorecard_of_report, scorecard_text
            from assetopt.read import read_model

            reported = (model / "plan.json").is_file()
            found = scorecard_of_report(model) if reported else score(read_model(model).problem())
            if as_json:
                from assetopt.report.document import json_text

                sys.stdout.write(json_text(found.as_dict()))
            else:
                say(scorecard_text(found).rstrip("\n"))


def _part(text: str) -> tuple[Mapping, Path]:
    from assetopt.importing import read_mapping

    form, equals, path = text.partition("=")
    if not equals or not path:
        raise DataError([Issue("--also", f'is "{text}"', "write FORMAT=FILE, such as eric=site_returns.csv")])
    return read_mapping(form), Path(path)
