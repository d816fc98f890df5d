"""One piece of a study: a problem to solve or a plan to cost again, told apart from every other by its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from assetopt.estate import Estate
from assetopt.scenario import Scenario

Answer = dict[str, object]
"""What a job comes back with: a JSON object; with the key ``fault`` where it failed."""

FORMAT = 1
"""Raised when answers change their form, so that older ones are not taken for these."""


@dataclass(frozen=True)
class Job:
    """A job and what it needs.

    Attributes
    ----------
    key : str
        Its name within the study, such as ``coalition council+nhs``.
    work : callable
        Module-level function of (estate, job, starts) that returns an :data:`Answer`; ``starts`` are the answers of
        ``after`` that did not fail, in that order.
    scenario : Scenario
    tables : mapping
        Tables of the estate that are replaced for this job.
    more : mapping
        What else the work asks for; JSON.
    after : tuple of str
        Keys of jobs that come first; their plans are starts, never part of the question.
    """

    key: str
    work: Callable[[Estate, Job, list[Answer]], Answer]
    scenario: Scenario
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    after: tuple[str, ...] = ()

    @cached_property
    def content(self) -> str:
        """The sha256 of what is asked; jobs that ask the same have the same, whatever they are called."""
        asked = {
            "format": FORMAT,
            "work": f"{self.work.__module__}.{self.work.__qualname__}",
            "scenario": scenario_content(self.scenario),
            "tables": {name: frame_content(self.tables[name]) for name in sorted(self.tables)},
            "more": self.more,
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode("utf-8")).hexdigest()

    def estate_of(self, estate: Estate) -> Estate:
        """Return the estate with this job's tables in it."""
        return with_tables(estate, self.tables)


def with_tables(estate: Estate, tables: Mapping[str, pd.DataFrame]) -> Estate:
    """Return an estate with some tables replaced; rows and columns are those of the table replaced."""
    if not tables:
        return estate
    return Estate(estate.name, {**estate.tables, **tables}, estate.present, estate.warnings, ())


def scenario_content(scenario: Scenario) -> dict[str, object]:
    """Return what a scenario asks; its name and where its data stand are no part of that."""
    asked: dict[str, object] = scenario.model_dump(mode="json", exclude_unset=True, exclude={"name", "data"})
    if scenario.travel.network:
        asked["network"] = str(scenario.travel.network_path)
    return asked


def frame_content(frame: pd.DataFrame) -> str:
    """Return the sha256 of a table: column names and types, and every cell in order."""
    told = hashlib.sha256(repr([(str(name), str(kind)) for name, kind in frame.dtypes.items()]).encode("utf-8"))
    told.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return told.hexdigest()


def estate_content(estate: Estate) -> str:
    """Return the sha256 of an estate's tables, wherever they were read from."""
    told = hashlib.sha256()
    for name in sorted(estate.present):
        told.update(f"{name} {frame_content(estate.tables[name])}\n".encode())
    return told.hexdigest()
