"""What a calendar assumes and a user may change: the scenario's [calendar], and what the command line says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from assetopt.scenario import CalendarSettings as Settings
from assetopt.scenario import Scenario

__all__ = ["Settings", "settings_of"]


def settings_of(scenario: Scenario, changes: Mapping[str, object]) -> Settings:
    """Return the settings of a scenario with some changed, checked again; a change to None is none.

    Raises
    ------
    pydantic.ValidationError
        On a wrong type or a value out of range.
    """
    told = {name: value for name, value in changes.items() if value is not None}
    return Settings.model_validate({**scenario.calendar.model_dump(), **told})
