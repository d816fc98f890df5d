"""Settings in layers: a base file, the scenario file over it, then the command line; each knows where it is from."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from assetopt.errors import Issue, ScenarioError, did_you_mean

Toml: TypeAlias = object
"""Text, number, boolean, date, list or table."""

Table: TypeAlias = dict[str, Toml]
Key: TypeAlias = tuple[str, ...]

COMMAND_LINE = "command line"


@dataclass(frozen=True)
class TomlFile:
    """One file that was read: where it stands and the sha256 of its bytes."""

    path: Path
    sha256: str


@dataclass
class Layers:
    """The merged settings, and which file (or the command line) each of them comes from."""

    table: Table = field(default_factory=dict)
    origin: dict[Key, str] = field(default_factory=dict)
    files: list[TomlFile] = field(default_factory=list)
    data_folder: Path = field(default_factory=Path)
    """The folder to which ``data`` is relative: that of the file that states it."""
    network_folder: Path = field(default_factory=Path)
    """The same for ``travel.network``."""

    def anchor(self, table: Mapping[str, Toml], folder: Path) -> None:
        """Take note of the folder of a file (or the working folder) whose table names other files."""
        if "data" in table:
            self.data_folder = folder
        travel = table.get("travel")
        if isinstance(travel, dict) and "network" in travel:
            self.network_folder = folder

    def lay(self, table: Mapping[str, Toml], label: str) -> None:
        """Lay a table over what is there, key by key."""
        _lay(self.table, table, (), label, self.origin)

    def where(self, key: Sequence[str]) -> str:
        """Return the place of a setting for a message: ``total_place.toml, appraisal.decision_years``."""
        at = tuple(key)
        inside = [name for path, name in self.origin.items() if path[: len(at)] == at and path != at]
        above = [self.origin[at[:end]] for end in range(len(at), 0, -1) if at[:end] in self.origin]
        label = " and ".join(dict.fromkeys(inside)) or next(iter(above), "scenario")
        return f"{label}, {dotted(key)}" if key else label


def dotted(key: Sequence[str]) -> str:
    """Return a key as TOML writes it, quoted where it must be."""
    plain = [part.replace("_", "").replace("-", "") for part in key]
    return ".".join(
        part if bare.isascii() and bare.isalnum() else json.dumps(part, ensure_ascii=False)
        for part, bare in zip(key, plain, strict=True)
    )


def read_layers(path: Path, overrides: Sequence[str] = ()) -> Layers:
    """Read a scenario file, the base it names, and the overrides.

    Parameters
    ----------
    path : pathlib.Path
        The scenario file.
    overrides : sequence of str
        ``key.sub=value``; the value as TOML writes it, bare words taken as text.

    Raises
    ------
    ScenarioError
        A file that is missing or no TOML, a base that has a base itself, an override that cannot be read.
    """
    layers = Layers()
    own = _read(path, path.name, layers)
    base = own.pop("base", None)
    if base is not None:
        _read_base(path, base, layers)
    layers.anchor(own, path.parent)
    layers.lay(own, path.name)
    set_on_command_line(layers, overrides)
    return layers


def set_on_command_line(layers: Layers, overrides: Sequence[str]) -> None:
    """Lay ``key.sub=value`` texts over the layers; ``data`` is then relative to the working folder."""
    faults: list[Issue] = []
    for text in overrides:
        try:
            table = _override(text)
        except ValueError as fault:
            faults.append(Issue(f"--set {text}", str(fault), "write KEY=VALUE, such as solver.time_limit=60"))
            continue
        if "base" in table:
            faults.append(Issue(f"--set {text}", "a base is named in the scenario file only"))
            continue
        layers.anchor(table, Path())
        layers.lay(table, COMMAND_LINE)
    if faults:
        raise ScenarioError(faults)


def _read_base(path: Path, base: Toml, layers: Layers) -> None:
    if not isinstance(base, str) or not base:
        raise ScenarioError([Issue(f"{path.name}, base", f"is {shown(base)}", 'name a file: base = "baseline.toml"')])
    place = path.parent / base
    if not place.is_file():
        what = f'"{base}" is not there (looked for {tidy(place)})'
        fix = _shipped(place.name) or _beside(place) or "it is relative to this file"
        raise ScenarioError([Issue(f"{path.name}, base", what, fix)])
    table = _read(place, place.name, layers)
    if "base" in table:
        what = f'"{base}" has a base itself, {shown(table["base"])}; one level is all there is'
        raise ScenarioError([Issue(f"{path.name}, base", what, "name that file, or write its settings out")])
    layers.anchor(table, place.parent)
    layers.lay(table, place.name)


PRESETS = Path(__file__).parents[1] / "models" / "presets"
"""The shipped textbook problems; they stand beside the package in the sources, and not in an installed package."""


def _shipped(name: str) -> str:
    """Say where a shipped preset of that name stands, where there is one."""
    place = PRESETS / (name if name.endswith(".toml") else f"{name}.toml")
    return f"the shipped preset is {tidy(place)}: give that path, from this file or whole" if place.is_file() else ""


def _read(path: Path, label: str, layers: Layers) -> Table:
    if not path.is_file():
        what = "this is a folder" if path.is_dir() else "there is no such scenario file"
        raise ScenarioError([Issue(tidy(path), what, _beside(path))])
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise ScenarioError([Issue(tidy(path), f"cannot be read: {fault.strerror}")]) from fault
    try:
        table: Table = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise ScenarioError([Issue(f"{label}, line {line}", "is not UTF-8 text", "save the file as UTF-8")]) from fault
    except (
        ValueError,
        RecursionError,
    ) as fault:  # a number of 5,000 digits is a ValueError, nesting without end the other
        raise ScenarioError(
            [Issue(label, f"is no valid TOML: {fault}", "text needs quotes, and every key stands once")]
        ) from fault
    layers.files.append(TomlFile(path, hashlib.sha256(content).hexdigest()))
    return table


def _override(text: str) -> Table:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ValueError("has no key and value")
    if "\n" in text or "\r" in text:
        raise ValueError("has more than one line")
    value = value.strip()
    if not value:
        raise ValueError("has no value")
    try:
        return tomllib.loads(f"{key} = {value}")
    except tomllib.TOMLDecodeError:
        pass
    except RecursionError as fault:
        raise ValueError("is nested without end") from fault
    if value[0] in "\"'[{":
        raise ValueError(f"the value {value} is no valid TOML")
    try:
        return tomllib.loads(f"{key} = {json.dumps(value)}")
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f'"{key.strip()}" is no key') from fault


def _lay(into: Table, table: Mapping[str, Toml], at: Key, label: str, origin: dict[Key, str]) -> None:
    for name, value in table.items():
        key = (*at, name)
        here = into.get(name)
        if isinstance(value, dict):
            if not isinstance(here, dict):
                into[name] = here = {}
                _forget(key, origin)
                origin[key] = label
            _lay(here, value, key, label, origin)
        else:
            into[name] = value
            _forget(key, origin)
            origin[key] = label


def _forget(key: Key, origin: dict[Key, str]) -> None:
    for known in [path for path in origin if path[: len(key)] == key]:
        del origin[known]


def shown(value: Toml) -> str:
    """Return a value as TOML would write it, long ones cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(item) for item in value) + "]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{dotted((str(key),))} = {shown(item)}" for key, item in value.items()) + "}"
    else:
        text = str(value)
    return text if len(text) <= 120 else text[:117] + "..."


def tidy(path: Path) -> str:
    """Return a path without ``..`` steps, for reading."""
    import os

    return os.path.normpath(path)


def _beside(path: Path) -> str:
    """Return the nearest name in the folder of a path that is not there."""
    if not path.parent.is_dir():
        return f"there is no folder {tidy(path.parent)}"
    return did_you_mean(path.name, sorted(p.name for p in path.parent.iterdir()))


def beside(path: Path) -> str:
    """Return what would do in place of a path that is not there; may be empty."""
    return _beside(path)
