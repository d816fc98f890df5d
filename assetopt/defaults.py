"""Every shipped value in one list: settings of a scenario, assumed parameters, column defaults of the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assetopt.estate.package import documentation
from assetopt.scenario import Scenario
from assetopt.setting_faults import choices, range_text
from assetopt.toml_layers import shown


@dataclass(frozen=True)
class Shipped:
    """One shipped value: ``key`` as in the scenario file, or ``table.column`` of the data package.

    ``value`` is as TOML writes it, empty where nothing is assumed; ``kind`` is setting, assumption or column.
    """

    kind: str
    key: str
    value: str
    unit: str
    range: str
    source: str
    meaning: str

    def as_dict(self) -> dict[str, str]:
        """Return the entry as a JSON object."""
        return asdict(self)


def shipped_values() -> list[Shipped]:
    """Return every setting and assumed parameter, then every column of the data package that has a default."""
    return [*_settings(Scenario, ()), *_columns()]


def _settings(model: type[BaseModel], at: tuple[str, ...]) -> Iterator[Shipped]:
    for name, field in model.model_fields.items():
        inner = _table_of(field)
        if inner is not None and field.description is None:
            yield from _settings(inner, (*at, name))
            continue
        yield _setting(field, (*at, name))
        if inner is not None:  # a rule that holds when its table is present
            yield from _settings(inner, (*at, name))


def _setting(field: FieldInfo, key: tuple[str, ...]) -> Shipped:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    value = field.get_default(call_default_factory=False)
    return Shipped(
        kind="assumption" if key[0] == "defaults" and key[-1] != "use" else "setting",
        key=".".join(key),
        value="" if value is None else shown(value),
        unit=str(extra.get("unit", "")),
        range=str(extra.get("range", "")) or range_text(field) or ", ".join(choices(field)),
        source=str(extra.get("source", "")),
        meaning=field.description or "",
    )


def _table_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the settings that a field is a table of; boundaries.estate takes words as well and is none."""
    from assetopt.setting_faults import table_model

    return None if choices(field) else table_model(field)


def _columns() -> Iterator[Shipped]:
    for table, column, _, unit, limits, default, meaning in documentation():
        if default:
            yield Shipped("column", f"{table}.{column}", default, unit, limits, "assetopt contract, section 2", meaning)


def defaults_text() -> str:
    """Return the list for reading: a line a value, sources below it."""
    titles = {
        "setting": "Settings",
        "assumption": "Assumed where the data is silent",
        "column": "Column defaults of the data package",
    }
    lines: list[str] = []
    kind = ""
    for value in sorted(shipped_values(), key=lambda v: list(titles).index(v.kind)):
        if value.kind != kind:
            kind = value.kind
            lines += ["", titles[kind]] if lines else [titles[kind]]
        unit = f" {value.unit}" if value.unit and value.value else f" ({value.unit})" if value.unit else ""
        limits = f" [{value.range}]" if value.range else ""
        lines.append(f"  {value.key} = {value.value or 'none'}{unit}{limits}")
        source = f" Source: {value.source}." if value.source else ""
        lines.append(f"      {value.meaning.rstrip('.')}.{source}")
    return "\n".join(lines) + "\n"
