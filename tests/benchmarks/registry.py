"""The list of subjects: every file of ``benchmarks/subjects`` registers one, by the name of the file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from benchmarks.case import Subject

FOLDER = Path(__file__).with_name("subjects")


def names() -> list[str]:
    """Return the names of all subjects, in the order of their tables."""
    found = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
    return [name for name in ORDER if name in found] + [name for name in found if name not in ORDER]


ORDER = (
    "orlib_cap", "holmberg", "delmaire", "yang", "orlib_large", "tbed1", "koerkel_ghosh", "coursera", "pmed",
    "kent1", "kent5", "growth", "england", "build",
)  # fmt: skip
"""The order of the tables; further subjects follow by name."""


@cache
def subject(name: str) -> Subject:
    """Return the subject of that name; raises KeyError where no file registers it."""
    if name not in names():
        raise KeyError(name)
    found: Subject = import_module(f"benchmarks.subjects.{name}").SUBJECT
    return found
