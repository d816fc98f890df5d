"""Reading what the user gives: the data package with the facts, and the scenario with the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetopt.errors import AssetoptError, DataError, Issue, ScenarioError

if TYPE_CHECKING:
    from assetopt.estate import Estate
    from assetopt.problem import Problem
    from assetopt.scenario import Scenario
    from assetopt.toml_layers import Layers


def read_estate(path: str | Path) -> Estate:
    """Read and check a data package.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder in which each table stands as ``NAME.csv`` or ``NAME.parquet``, or one ``.xlsx`` workbook with a sheet
        per table. Other files are left alone.

    Returns
    -------
    Estate
        With every table typed, contract defaults filled, and what is odd in `Estate.warnings`.

    Raises
    ------
    DataError
        With every fault of every table, found in one reading: file, row as a spreadsheet numbers it, column, value and
        what would do.
    """
    from assetopt.estate.folders import read_folder_or_book

    return read_folder_or_book(Path(path))


@dataclass(frozen=True)
class ReadFile:
    """One file that was read: what it is called, where it stands, and the sha256 of its bytes."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class Model:
    """Facts and question together, as `read_model` found them.

    Attributes
    ----------
    estate : Estate
    scenario : Scenario
        ``scenario.data`` is as the file states it.
    files : tuple of ReadFile
        Every file that was read: scenario, its base, tables.
    notes : tuple of Issue
        What a reader should know and what stops nothing, such as a scenario file that was not used.
    """

    estate: Estate
    scenario: Scenario
    files: tuple[ReadFile, ...]
    notes: tuple[Issue, ...] = ()

    def problem(self) -> Problem:
        """Prepare the problem; raises DataError or ScenarioError where estate and scenario contradict each other."""
        from assetopt.problem import Problem

        return Problem(self.estate, self.scenario)


def read_scenario(path: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario file; its data package is not looked at.

    Parameters
    ----------
    path : str or pathlib.Path
        A TOML file. With ``base = "other.toml"`` (relative to it) its tables are laid over that file's, key by key.
    overrides : sequence of str
        ``"solver.time_limit=60"``, laid over the file; values as TOML writes them, bare words are text.

    Returns
    -------
    Scenario
        ``data`` is as the file states it, relative to the file.

    Raises
    ------
    ScenarioError
        With every fault at once: file, key, value and what would do.
    """
    from assetopt.toml_layers import read_layers

    return _validated(read_layers(Path(path), overrides))


def read_model(path: str | Path, overrides: Sequence[str] = ()) -> Model:
    """Read a scenario file and the data package that it names, or a data package under the shipped default scenario.

    Parameters
    ----------
    path : str or pathlib.Path
        A scenario file (``.toml``), a data package folder or an ``.xlsx`` workbook.
    overrides : sequence of str
        As for `read_scenario`; ``data=...`` is relative to the working folder.

    Raises
    ------
    ScenarioError, DataError
        With every fault; those of scenario and data together where both can be read.
    """
    from assetopt.estate.folders import BOOK_SUFFIXES
    from assetopt.toml_layers import Layers, beside, read_layers, set_on_command_line, tidy

    path = Path(path)
    if not path.exists():
        raise ScenarioError([Issue(tidy(path), "there is no such file or folder", beside(path))])
    if path.is_dir() or path.suffix.lower() in BOOK_SUFFIXES:
        layers = Layers(data_folder=Path())
        layers.lay(
            {"name": path.resolve().name.removesuffix(".xlsx"), "data": str(path), "rules": {"access": {}}},
            "default scenario",
        )
        set_on_command_line(layers, overrides)
        return _model(layers, _unused(path))
    if path.suffix.lower() in (".csv", ".parquet"):
        fix = f"name its folder, {tidy(path.parent)}"
        raise ScenarioError([Issue(tidy(path), "is one table; a model is a scenario file or a data package", fix)])
    return _model(read_layers(path, overrides), ())


def _unused(path: Path) -> tuple[Issue, ...]:
    if not (path.is_dir() and (path / "scenario.toml").is_file()):
        return ()
    what = "was not used: a folder is solved under the shipped default scenario"
    return (Issue(str(path / "scenario.toml"), what, "name the file itself to use it", "warning"),)


def _model(layers: Layers, notes: tuple[Issue, ...]) -> Model:
    scenario: Scenario | None = None
    found: list[AssetoptError] = []
    try:
        scenario = _validated(layers)
    except ScenarioError as fault:
        found.append(fault)
    estate: Estate | None = None
    try:
        estate = _estate_of(layers)
    except (DataError, ScenarioError) as fault:
        found.append(fault)
    if scenario is None or estate is None:
        issues = [issue for fault in found for issue in getattr(fault, "issues", ())]
        raise type(found[0])(issues) if len(found) == 1 else ScenarioError(issues)
    files = [ReadFile(file.path.name, file.path, file.sha256) for file in layers.files]
    files += [ReadFile(file.name, file.path, file.sha256) for file in estate.files]
    return Model(estate, scenario, tuple(files), notes)


def _estate_of(layers: Layers) -> Estate:
    from assetopt.toml_layers import COMMAND_LINE, beside, shown, tidy

    data = layers.table.get("data")
    where = layers.where(("data",))
    if data is None:
        label = layers.files[0].path.name if layers.files else "scenario"
        fix = 'data = "../data/NAME" names the data package, relative to this file'
        raise ScenarioError([Issue(f"{label}, data", "is missing", fix)])
    if not isinstance(data, str) or not data.strip():
        if isinstance(data, str):
            raise ScenarioError([Issue(where, f"is {shown(data)}", 'give a path: data = "../data/NAME"')])
        raise ScenarioError([])  # the scenario's own check says what is wrong
    place = layers.data_folder / data
    if not place.exists():
        root = "the working folder" if where.startswith(COMMAND_LINE) else f"the folder of {where.split(',')[0]}"
        what = f"{shown(data)} is not there: looked for {tidy(place)}, relative to {root}"
        raise ScenarioError([Issue(where, what, beside(place))])
    return read_estate(place)


def _validated(layers: Layers) -> Scenario:
    from pydantic import ValidationError

    from assetopt.finance import discount_factors
    from assetopt.scenario import Scenario
    from assetopt.setting_faults import setting_faults

    try:
        scenario = Scenario.model_validate(layers.table)
    except ValidationError as fault:
        raise ScenarioError(setting_faults(fault, layers, Scenario)) from fault
    if scenario.travel.network:
        scenario.travel.found_in(layers.network_folder)
    try:
        discount_factors(scenario.appraisal.discount, scenario.appraisal.appraisal_years + 1)
    except ValueError as fault:
        raise ScenarioError([Issue(layers.where(("appraisal", "discount")), str(fault))]) from fault
    return scenario
