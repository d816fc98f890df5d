"""Says whether a programme is a pure location problem, and reads it as one."""

from __future__ import annotations

from assetopt.program import Program
from assetopt.proof.location_reading import Location, read_location

__all__ = ["Location", "recognise"]


def recognise(program: Program) -> Location | None:
    """Return the programme as a :class:`Location`, or None where a column or row of it is something else."""
    return read_location(program)
