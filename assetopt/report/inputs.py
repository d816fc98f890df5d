"""The ``inputs/`` of a report: scenario as resolved and tables as read, so that a plan can be recounted anywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetopt.estate import Estate
    from assetopt.scenario import Scenario

INPUTS = "inputs"
SCENARIO_FILE = "scenario.toml"
DATA = "data"

_HEAD = "# The scenario as it was solved: base file, overrides and shipped values included.\n"


@dataclass(frozen=True)
class InputFile:
    """One file of ``inputs/``: its name there, its bytes where they are ours, else where to copy them from."""

    name: str
    sha256: str
    content: bytes | None = None
    source: Path | None = None

    def write(self, folder: Path) -> None:
        """Write or copy the file below ``folder``; raises OSError where what was read has changed since."""
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = self.content if self.content is not None else (self.source or path).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise OSError(f"{self.source} has changed since it was read")
        path.write_bytes(content)


def input_files(estate: Estate, scenario: Scenario) -> list[InputFile]:
    """Return the files of ``inputs/``, sorted by name: byte copies of what was read, or the tables written out anew.

    An estate made from frames, and one whose files have changed or gone since they were read, is written as CSV.
    """
    files = _copies(estate)
    if files is None:
        files = _written(estate)
    names = [file.name for file in files]
    book = names[0] if len(names) == 1 and not names[0].endswith((".csv", ".parquet")) else DATA
    text = _ours(SCENARIO_FILE, scenario_toml(scenario, book).encode("utf-8"))
    return sorted([text, *files], key=lambda file: file.name)


def scenario_toml(scenario: Scenario, data: str) -> str:
    """Return the scenario as TOML text with every value in force, naming its data package ``data``."""
    import tomli_w

    # With use = "none" a parameter counts only where the scenario sets it, so the others must stay unset.
    table = scenario.model_dump(mode="python", exclude_none=True) | {"data": data}
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


def _written(estate: Estate) -> list[InputFile]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        estate.write(folder)
        return [_ours(f"{DATA}/{path.name}", path.read_bytes()) for path in sorted(Path(folder).iterdir())]
