"""Writing a report folder: it appears whole, with everything in it, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assetopt.report.csv_text import csv_text
from assetopt.report.document import PLAN_FILE, json_text, plan_document, totals_document
from assetopt.report.geojson import MAP_FILE, map_text
from assetopt.report.inputs import INPUTS, InputFile, computed_travel, input_files
from assetopt.report.layers import plan_layers
from assetopt.report.page import PAGE_FILE, report_page
from assetopt.report.proving import PROOF_FILE, proof_document
from assetopt.report.tables import FIELDS, report_tables

if TYPE_CHECKING:
    from assetopt.report.audience import Audience
    from assetopt.result import Result

REPORT_FILES = frozenset(
    {
        PLAN_FILE,
        PROOF_FILE,
        "plan.xlsx",
        PAGE_FILE,
        "in_total.csv",
        "run.json",
        MAP_FILE,
        INPUTS,
        *(f"{name}.csv" for name in FIELDS),
    }
    | {"calendar.csv", "calendar.json", "calendar.ics"}
    | {f"calendar_{name}.csv" for name in ("decide_by", "staff", "rooms", "money", "capital")}
    | {f"calendar_{name}.svg" for name in ("sites", "partners", "rooms")}
    | {"explain.json", "explain.html", "explain_answers"}
    | {f"explain_{name}.csv" for name in ("sites", "teams", "standards")}
)
"""Every name that a report folder may hold; ``overwrite`` deletes nothing else."""

_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")


def write_report(
    result: Result,
    folder: str | Path,
    *,
    overwrite: bool = False,
    inputs: bool = True,
    audience: Audience | None = None,
) -> Path:
    """Write the report folder (contract section 5); it appears whole or not at all.

    Without an audience, sites marked ``restricted`` are written like any other, in the tables and in ``inputs/``: such a
    report is for those who may see the data package. For an audience there is no ``inputs/`` and no ``certificate.json``,
    from which all that is kept back could be worked out: `verify` holds such a folder against the full one.

    Parameters
    ----------
    result : Result
        With a plan.
    folder : str or pathlib.Path
        Made, with the folders above it.
    overwrite : bool
        Replace a report that stands there. A folder with anything else in it is never replaced.
    inputs : bool
        Write ``inputs/``, which `verify` needs.
    audience : Audience, optional
        For whom it is; nobody in particular if not given.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ValueError
        Where there is no plan to write.
    FileExistsError
        When the folder exists and is not to be, or must not be, replaced.
    OSError
        When it cannot be written; nothing is left behind, and a report that was there stays.
    """
    if result.plan is None:
        raise ValueError(f"there is no plan to write: {result.certificate.sentence}")
    target = Path(folder).resolve()
    refuse_what_stands_there(Path(folder), overwrite=overwrite)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = beside(target)
    try:
        fresh.mkdir()
        if audience is not None and not audience.everything:
            fill_view(result, fresh, audience)
        else:
            files = input_files(result.problem.estate, result.problem.scenario, computed_travel(result.problem))
            fill(result, fresh, files)
            if inputs:
                copy_inputs(files, fresh)
        move_in(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Path(folder)


def beside(target: Path) -> Path:
    """Return where what is to stand at ``target`` is written first."""
    return target.parent / f".{target.name}.partial-{os.getpid()}"


def refuse_what_stands_there(folder: Path, *, overwrite: bool) -> None:
    """Raise FileExistsError where a report must not be written, OSError where it cannot be; writes nothing."""
    target = folder.resolve()
    if target.exists() or target.is_symlink():
        if not target.is_dir():
            raise FileExistsError(f"{folder} is a file, not a folder")
        if not overwrite:
            raise FileExistsError(f"{folder} exists already; name another folder, or overwrite it (--overwrite)")
        names = sorted(path.name for path in target.iterdir() if path.name not in _LITTER)
        if names and PLAN_FILE not in names:
            raise FileExistsError(f"{folder} is not a report (it has no {PLAN_FILE}) and is not overwritten")
        own = [name for name in names if name not in REPORT_FILES]
        if own:
            raise FileExistsError(f"{folder} holds more than a report ({', '.join(own[:5])}) and is not overwritten")
    above = target.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise NotADirectoryError(f"{folder} cannot be made: {above} is a file")
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} cannot be made: {above} may not be written to")


def fill(result: Result, folder: Path, files: Sequence[InputFile]) -> None:
    """Write every file of a report but its inputs, which are ``files``."""
    from assetopt.report.workbook import workbook_bytes

    tables = report_tables(result)
    document = plan_document(result, {file.name: file.sha256 for file in files}, tables)
    _write(folder / PLAN_FILE, json_text(document))
    for name, table in tables.items():
        _write(folder / f"{name}.csv", csv_text(table))
    layers = plan_layers(result.problem.estate, tables, str(result.totals["plan_status"]))
    _write(folder / MAP_FILE, map_text(layers))
    _write(folder / PAGE_FILE, report_page(document, tables, layers, partner_names(result)))
    proof = proof_document(result)
    if proof is not None:
        _write(folder / PROOF_FILE, json_text(proof))
    (folder / "plan.xlsx").write_bytes(workbook_bytes(result, tables, totals_document(result.totals)))


def fill_view(result: Result, folder: Path, audience: Audience) -> None:
    """Write every file of a report that an audience may see."""
    from assetopt.report.audience import view_of
    from assetopt.report.workbook import workbook_bytes

    view = view_of(result, audience)
    _write(folder / PLAN_FILE, json_text(view.document))
    for name, table in view.tables.items():
        _write(folder / f"{name}.csv", csv_text(table))
    _write(folder / MAP_FILE, map_text(view.layers))
    _write(folder / PAGE_FILE, report_page(view.document, view.tables, view.layers, partner_names(result)))
    (folder / "plan.xlsx").write_bytes(workbook_bytes(view.result, view.tables, totals_document(view.totals)))


def partner_names(result: Result) -> dict[str, str]:
    """Return the partners' names by id."""
    partners = result.problem.estate.partners
    return dict(zip(partners["partner_id"].astype(str), partners["name"].astype(str), strict=True))


def copy_inputs(files: Sequence[InputFile], folder: Path) -> None:
    """Write ``inputs/`` of a report."""
    for file in files:
        file.write(folder / INPUTS)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def move_in(fresh: Path, target: Path) -> None:
    """Put the new folder in place; an old one is deleted only once the new one stands."""
    if not target.exists():
        fresh.rename(target)
        return
    old = target.parent / f".{target.name}.old-{os.getpid()}"
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
