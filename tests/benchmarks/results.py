"""Measured runs as lines of JSON in one file, so that an interrupted session goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Outcome = Literal["plan", "no plan", "killed", "failed", "left out", "built"]

PROVED = 1e-6
"""Relative distance of plan and bound at which a plan counts as proved optimal, for everybody."""


@dataclass(frozen=True)
class Record:
    """One run of one solver on one case.

    Attributes
    ----------
    subject, case, budget, who
        What was run; together they are the run's name.
    size : str
        Facilities x customers, or columns x rows.
    outcome : Outcome
        ``plan`` only when the scorer took it; ``why`` says the rest.
    objective, bound : float or None
        Recounted cost of the plan, and the bound that the solver claims.
    best, best_is
        What is known of the case from elsewhere.
    today : float or None
        Cost of today's estate.
    seconds, cpu, memory_mb : float
        Wall and processor seconds on the run's own clock, children included, and the peak memory of the whole process and
        its children. Where it was killed they are the watchdog's: ``cpu`` is then that of the whole process.
    saved_90 : float or None
        Seconds at which nine tenths of the final saving were there; None where it did not say.
    said : str
        The solver's own status.
    figures : dict
        Build seconds (``build``) and the memory added by building in MB (``added``); for an estate what it took to read
        (``read``, s) and formulate (``formulate``, s; ``memory``, MB) it once.
    versions : dict
        Of the packages that matter, and of Python.
    """

    subject: str
    case: str
    budget: float
    who: str
    size: str
    outcome: Outcome
    why: str = ""
    objective: float | None = None
    bound: float | None = None
    best: float | None = None
    best_is: str = ""
    today: float | None = None
    seconds: float | None = None
    cpu: float = 0.0
    memory_mb: float = 0.0
    saved_90: float | None = None
    said: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    machine: str = ""
    threads: int = 2
    seed: int = 1
    day: str = ""

    @property
    def key(self) -> tuple[str, str, float, str]:
        """The run's name."""
        return self.subject, self.case, self.budget, self.who

    @property
    def gap(self) -> float | None:
        """(objective - bound) / max(1, |objective|), negative where the bound is wrong; None without both."""
        if self.objective is None or self.bound is None:
            return None
        return (self.objective - self.bound) / max(1.0, abs(self.objective))

    @property
    def proved(self) -> bool:
        """Whether plan and bound meet."""
        return self.gap is not None and abs(self.gap) <= PROVED

    @property
    def saving(self) -> float | None:
        """What the plan saves against today (£)."""
        return None if self.today is None or self.objective is None else self.today - self.objective

    @property
    def saving_gap(self) -> float | None:
        """(objective - bound) / saving; None without a saving or a bound."""
        if self.saving is None or self.bound is None or self.objective is None or self.saving <= 1.0:
            return None
        return (self.objective - self.bound) / self.saving


def read(path: Path) -> list[Record]:
    """Return all records of a file, the last of each name, in the order of their first; none where there is no file."""
    if not path.is_file():
        return []
    found: dict[tuple[str, str, float, str], Record] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            record = Record(**json.loads(line))
            found[record.key] = record
    return list(found.values())


def append(path: Path, record: Record) -> None:
    """Add a record; the file is whole after each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")


def saved_90(trace: Iterable[tuple[float, float]], today: float | None, objective: float | None) -> float | None:
    """Return when nine tenths of the final saving were there; ``trace`` is (seconds, objective)."""
    if today is None or objective is None or today - objective <= 1.0:
        return None
    wanted = today - 0.9 * (today - objective)
    return next((seconds for seconds, best in trace if best <= wanted), None)
