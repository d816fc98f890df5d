"""A model to start from: an empty data package, and a scenario in which every setting stands with value and meaning."""

from __future__ import annotations

from pathlib import Path

from assetopt.defaults import Shipped, shipped_values
from assetopt.estate.package import write_template

SCENARIO_FILE = "scenario.toml"


def write_model(folder: str | Path, *, xlsx: bool = False) -> tuple[Path, ...]:
    """Write an empty data package and ``scenario.toml`` into a new or empty folder; return the files.

    Raises
    ------
    FileExistsError
        Where the folder holds anything, or is a file.
    OSError
        Where it cannot be written; nothing is left behind.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not an empty folder; nothing was written")
    made = not folder.exists()
    path = folder / SCENARIO_FILE
    try:
        files = write_template(folder, xlsx=xlsx)
        path.write_text(scenario_text("estate.xlsx" if xlsx else "."), encoding="utf-8", newline="\n")
    except OSError:  # the folder was empty: what stands in it now is half of this
        for half in folder.iterdir() if folder.is_dir() else ():
            half.unlink()
        if made and folder.is_dir():
            folder.rmdir()
        raise
    return tuple(sorted([*files, path]))


ON_REQUEST = ("rules.budget", "rules.no_partner_worse_off")
"""Tables whose presence alone puts a rule in force that needs facts of its own: they are named, not written."""


def scenario_text(data: str) -> str:
    """Return a scenario file in which every setting is commented out, with its value, unit, range and meaning."""
    lines = [
        "# The question. Settings that are commented out have the value shown; take the # away to change one.",
        "# `assetopt defaults` lists them all with their sources.",
        'name = "My scenario"',
        f'data = "{data}"    # relative to this file',
        '# base = "other.toml"    # this file is laid over that one',
    ]
    table = ""
    for value in shipped_values():
        if value.kind == "column" or "." not in value.key:
            continue
        here, key = value.key.rsplit(".", 1)
        if value.key in ON_REQUEST:
            lines += ["", f"# [{value.key}]    # {value.meaning}; its settings: assetopt defaults"]
        if value.key in ON_REQUEST or here in ON_REQUEST:
            continue
        if value.key == "rules.access":
            lines += ["", f"# {value.meaning}."]
            continue
        if here != table:
            table = here
            lines += ["", f"[{table}]"] if table == "rules.access" or lines[-1:] != [""] else [f"[{table}]"]
        lines.append(_line(key, value))
    return "\n".join(lines) + "\n"


def _line(key: str, value: Shipped) -> str:
    about = value.meaning + (f" ({value.unit})" if value.unit else "") + (f"; {value.range}" if value.range else "")
    return f"# {key} = {value.value or '...'}    # {about}"


def scenario_schema() -> dict[str, object]:
    """Return the JSON Schema of the scenario file; ``base`` is a key of the file only."""
    from assetopt.scenario import Scenario

    schema: dict[str, object] = Scenario.model_json_schema()
    properties = schema["properties"]
    assert isinstance(properties, dict)
    properties["base"] = {"type": "string", "description": "A scenario file that this one is laid over, relative to it"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
