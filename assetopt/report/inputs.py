"""The ``inputs/`` of a report: scenario as resolved and tables as read, so that a plan can be recounted anywhere.

Minutes that were computed on a road network or by a routing service stand there as the table ``travel``, with what they
are in its columns ``x_basis`` and ``x_about`` (the sha256 of the network among it): a recount needs neither network nor
service, and cannot be misled by one that has changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetopt.estate import Estate
    from assetopt.problem import Problem
    from assetopt.scenario import Scenario
    from assetopt.travel import Travel

INPUTS = "inputs"
SCENARIO_FILE = "scenario.toml"
DATA = "data"
NETWORK = "network"
"""Folder of ``inputs/`` in which a road network would stand; it is listed by its sha256 and not copied."""

_HEAD = "# The scenario as it was solved: base file, overrides and shipped values included.\n"


@dataclass(frozen=True)
class InputFile:
    """One file of ``inputs/``: its name there, its bytes where they are ours, else where to copy them from.

    A file without either is listed by its sha256 and not copied: a road network.
    """

    name: str
    sha256: str
    content: bytes | None = None
    source: Path | None = None

    def write(self, folder: Path) -> None:
        """Write or copy the file below ``folder``; raises OSError where what was read has changed since."""
        if self.content is None and self.source is None:
            return
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = self.content if self.content is not None else (self.source or path).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise OSError(f"{self.source} has changed since it was read")
        path.write_bytes(content)


def input_files(estate: Estate, scenario: Scenario, travel: Travel | None = None) -> list[InputFile]:
    """Return the files of ``inputs/``, sorted by name: byte copies of what was read, or the tables written out anew.

    An estate made from frames, and one whose files have changed or gone since they were read, is written as CSV.

    Parameters
    ----------
    estate, scenario
        What was solved.
    travel : Travel, optional
        Given where minutes were computed (`computed_travel`): they are written as the travel table, with those given.
    """
    files = _copies(estate)
    if files is None or (travel is not None and _is_book(files)):
        files = _written(estate)
    if travel is not None:
        from assetopt.travel.stored import stored_bytes

        files = [file for file in files if Path(file.name).stem != "travel"]
        files.append(_ours(f"{DATA}/travel.parquet", stored_bytes(travel)))
        sha = getattr(travel.table.provider, "sha256", "")
        if sha:
            files.append(InputFile(f"{NETWORK}/{Path(scenario.travel.network).name}", sha))
        scenario = recorded(scenario)
    if scenario.rules.access is not None and scenario.rules.access.standards:
        files = _with_standards(files, estate)
    names = [file.name for file in files]
    book = names[0] if _is_book(files) else DATA
    text = _ours(SCENARIO_FILE, scenario_toml(scenario, book).encode("utf-8"))
    return sorted([text, *files], key=lambda file: file.name)


def _is_book(files: list[InputFile]) -> bool:
    return len(files) == 1 and not files[0].name.endswith((".csv", ".parquet", ".omx"))


def computed_travel(problem: Problem) -> Travel | None:
    """Return the travel of a problem whose minutes are computed on a network or by a service; None for all others."""
    from assetopt.travel.params import COMPUTED

    settings = problem.scenario.travel
    if settings.provider not in COMPUTED or settings.recorded or not len(problem.estate.demand):
        return None
    return problem.travel


def recorded(scenario: Scenario) -> Scenario:
    """Return a scenario whose computed minutes stand in the travel table; the network keeps its name only."""
    name = Path(scenario.travel.network).name
    travel = scenario.travel.model_copy(update={"recorded": True, "network": name})
    return scenario.model_copy(update={"travel": travel})


def scenario_toml(scenario: Scenario, data: str) -> str:
    """Return the scenario as TOML text with every value in force, naming its data package ``data``."""
    import tomli_w

    from assetopt.report.document import unasked

    # With use = "none" a parameter counts only where the scenario sets it, so the others must stay unset.
    table = scenario.model_dump(mode="python", exclude_none=True, exclude=unasked(scenario)) | {"data": data}
    if scenario.defaults.use == "none":
        table["defaults"] = scenario.defaults.model_dump(mode="python", exclude_none=True, exclude_unset=True)
    return _HEAD + tomli_w.dumps(table)


def _ours(name: str, content: bytes) -> InputFile:
    return InputFile(name, hashlib.sha256(content).hexdigest(), content)


def _copies(estate: Estate) -> list[InputFile] | None:
    out = []
    for file in estate.files:
        try:
            content = file.path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != file.sha256:
            return None
        out.append(InputFile(f"{DATA}/{file.name}", file.sha256, source=file.path))
    return out or None


def _with_standards(files: list[InputFile], estate: Estate) -> list[InputFile]:
    """Write the standards out with the published rows, so that a recount does not hang on what is shipped then."""
    from assetopt.estate.writing import table_csv

    if len(files) == 1 and not files[0].name.endswith((".csv", ".parquet")):
        return files  # a workbook is copied whole; its published rows are those that are shipped
    old = {f"{DATA}/standards.csv", f"{DATA}/standards.parquet"}
    text = table_csv("standards", estate.standards).encode("utf-8")
    return [*(file for file in files if file.name not in old), _ours(f"{DATA}/standards.csv", text)]


def _written(estate: Estate) -> list[InputFile]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        estate.write(folder)
        return [_ours(f"{DATA}/{path.name}", path.read_bytes()) for path in sorted(Path(folder).iterdir())]
