"""What is wrong with a setting, in plain words: the key, the value that stands there, and what would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assetopt.errors import Issue, did_you_mean
from assetopt.toml_layers import Key, Layers, Toml, shown

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


def setting_faults(error: ValidationError, layers: Layers, model: type[BaseModel]) -> list[Issue]:
    """Turn every pydantic error into an issue; one issue a setting, in the order of the file.

    Parameters
    ----------
    error : pydantic.ValidationError
        Raised by ``model``.
    layers : Layers
        What was validated, with the source of each setting.
    model : type
        The settings, such as :class:`assetopt.scenario.Scenario`.
    """
    grouped: dict[Key, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        grouped.setdefault(_key(detail, layers.table), []).append(detail)
    return [Issue(layers.where(key), *_told(key, details, layers, model)) for key, details in grouped.items()]


def _key(detail: ErrorDetails, table: Toml) -> Key:
    """Return the part of pydantic's location that stands in the file; union branches and list items are cut off."""
    steps = detail["loc"]
    key: list[str] = []
    here = table
    for number, step in enumerate(steps):
        if not isinstance(here, Mapping) or not isinstance(step, str):
            break
        if step not in here:
            if detail["type"] == "missing" and number == len(steps) - 1:
                key.append(step)
            break
        key.append(step)
        here = here[step]
    return tuple(key)


def _told(key: Key, details: Sequence[ErrorDetails], layers: Layers, model: type[BaseModel]) -> tuple[str, str]:
    kinds = {str(detail["type"]) for detail in details}
    value = _value(layers.table, key)
    if kinds == {"extra_forbidden"}:
        owner = _model_at(model, key[:-1])
        known = list(owner.model_fields) if owner is not None else []
        parent = "the scenario" if len(key) == 1 else f"[{'.'.join(key[:-1])}]"
        if not known:
            return f"{parent} has no settings", "take it out"
        listed = f"known: {', '.join(known)}"
        near = did_you_mean(key[-1], known)
        return f'there is no setting "{key[-1]}" in {parent}', f"{near} {listed}" if near else listed
    if kinds == {"missing"}:
        return "is missing", ""
    message = next((str(d["msg"]).removeprefix("Value error, ") for d in details if d["type"] == "value_error"), "")
    if message:
        return message, ""
    field = _field_at(model, key)
    wanted = wanted_text(field) if field is not None else " or ".join(str(d["msg"]) for d in details)
    items = [step for detail in details for step in detail["loc"] if isinstance(step, int)]
    more = f" (item {items[0] + 1})" if items else ""
    return f"is {shown(value)}{more}", f"give {wanted}"


def wanted_text(field: FieldInfo) -> str:
    """Say what a setting takes: kind, choices and range, such as ``a whole number, 1 to 30``."""
    kinds = [_kind(option) for option in _options(field.annotation)]
    text = " or ".join(dict.fromkeys(kind for kind in kinds if kind)) or "another value"
    limits = range_text(field)
    return f"{text}, {limits}" if limits else text


def _figure(limit: float) -> str:
    """Return a limit in figures that nobody has to decode: years plain, millions with commas."""
    return f"{limit:g}" if abs(limit) < 1e6 else f"{limit:,.15g}"


def range_text(field: FieldInfo) -> str:
    """Return the legal range of a number in words; empty without one."""
    marks = [*field.metadata]
    for option in _options(field.annotation):
        marks += getattr(option, "__metadata__", ())
        marks += [m for inner in getattr(option, "__metadata__", ()) for m in getattr(inner, "metadata", ())]
    low = next((_figure(m.ge) for m in marks if isinstance(m, Ge) and isinstance(m.ge, int | float)), None)
    above = next((_figure(m.gt) for m in marks if isinstance(m, Gt) and isinstance(m.gt, int | float)), None)
    high = next((_figure(m.le) for m in marks if isinstance(m, Le) and isinstance(m.le, int | float)), None)
    below = next((_figure(m.lt) for m in marks if isinstance(m, Lt) and isinstance(m.lt, int | float)), None)
    if low is not None and high is not None:
        return f"{low} to {high}"
    parts = [f"{low} or more" if low is not None else f"above {above}" if above is not None else ""]
    parts.append(f"at most {high}" if high is not None else f"below {below}" if below is not None else "")
    return " and ".join(part for part in parts if part)


def choices(field: FieldInfo) -> tuple[str, ...]:
    """Return the words that a setting takes, none where it takes anything else."""
    return tuple(
        str(word) for option in _options(field.annotation) if get_origin(option) is Literal for word in get_args(option)
    )


def _kind(option: object) -> str:
    if get_origin(option) is Literal:
        return ", ".join(f'"{word}"' for word in get_args(option))
    if isinstance(option, type) and issubclass(option, BaseModel):
        inside = ", ".join(option.model_fields)
        if inside == "groups":
            return '{groups = [["partner", "partner"], ["partner"]]}'
        return f"a table of {inside}" if inside else "a table"
    origin = get_origin(option)
    inner = {part for arg in get_args(option) for part in _options(arg)}
    if origin is tuple:
        return "a list of numbers 0 to 1 such as [0, 0.05]" if float in inner else 'a list such as ["a", "b"]'
    if origin is dict:
        return "a table of numbers, 0 or more, such as {2030 = 1200}" if float in inner else "a table"
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text in quotes", type(None): ""}
    if option in names:
        return names[option]
    return "a date such as 2026-11-01" if getattr(option, "__name__", "") == "date" else "another value"


def _options(annotation: object) -> list[object]:
    """Return the alternatives of a type: ``int | None`` is int and None, ``Annotated[x, ...]`` is x."""
    import types
    import typing

    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return _options(get_args(annotation)[0])
    if origin in (types.UnionType, typing.Union):
        return [option for part in get_args(annotation) for option in _options(part)]
    return [annotation]


def _model_at(model: type[BaseModel], key: Key) -> type[BaseModel] | None:
    for step in key:
        field = model.model_fields.get(step)
        inner = _models(field) if field is not None else []
        if not inner:
            return None
        model = inner[0]
    return model


def table_model(field: FieldInfo) -> type[BaseModel] | None:
    """Return the settings inside a setting that is a table, None for any other."""
    inner = _models(field)
    return inner[0] if inner and inner[0].model_fields else None


def _models(field: FieldInfo) -> list[type[BaseModel]]:
    return [o for o in _options(field.annotation) if isinstance(o, type) and issubclass(o, BaseModel)]


def _field_at(model: type[BaseModel], key: Key) -> FieldInfo | None:
    for end in range(len(key), 0, -1):  # decisions.move.TEAM is a part of decisions.move
        owner = _model_at(model, key[: end - 1])
        if owner is not None and key[end - 1] in owner.model_fields:
            return owner.model_fields[key[end - 1]]
    return None


def _value(table: Toml, key: Key) -> Toml:
    for step in key:
        if not isinstance(table, Mapping) or step not in table:
            return None
        table = table[step]
    return table
