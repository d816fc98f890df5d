"""The words of the ``standards`` table: segments such as ``deprived+urban``, modes such as ``car;transit``."""

from __future__ import annotations

GROUP = "pop_"
EVERYONE = ("", "all")
AREAS: dict[str, str] = {"rural": "rural", "urban": "rural", "deprived": "imd_decile"}
"""Segments that are whole zones, and the column of ``demand`` that tells which."""
PER_GROUP = "group"
"""``per = group``: the standard holds for the people of every ``pop_`` column."""
NO_CAR = "pop_no_car"
CAR = "car"
CROW = "crow"
JOIN = "+"
BETTER = ";"


def segment_parts(segment: str) -> list[str]:
    """Return the words of a segment, none where it is everyone."""
    return [part.strip() for part in segment.split(JOIN) if part.strip() not in EVERYONE]


def own_column(segment: str) -> str:
    """Return the column of ``demand`` that would hold a compound segment's people: ``pop_deprived_urban``."""
    return GROUP + "_".join(part.removeprefix(GROUP) for part in segment_parts(segment))


def alternatives(mode: str) -> list[str]:
    """Return the modes of which the better counts; each may be several joined by ``+``, all of which must do."""
    return [part.strip() for part in mode.split(BETTER) if part.strip()] or [CAR]


def members(alternative: str) -> list[str]:
    """Return the single modes of ``car+transit``."""
    return [part.strip() for part in alternative.split(JOIN) if part.strip()]


def without_a_car(modes: list[str]) -> list[str]:
    """Return the alternatives that need no car."""
    return [mode for mode in modes if CAR not in members(mode)]
