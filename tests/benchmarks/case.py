"""What is measured: a subject is a set of like problems, a case one of them, and everybody gets the same one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from published import Instance

if TYPE_CHECKING:
    from assetopt.estate import Estate
    from assetopt.problem import Problem

Kind = Literal["location", "estate", "build"]
"""Textbook location problems, whole estates, and programmes that are only built."""


@dataclass(frozen=True, eq=False)
class Location:
    """A textbook location problem.

    Attributes
    ----------
    instance : published.Instance
    single : bool
        Whether a customer must be served from one facility. Without capacities (UFLP, PMED) splitting one never pays, so
        it is not forbidden there.
    capacitated : bool
        Whether capacities are part of the problem; without them they never bind.
    """

    instance: Instance
    single: bool
    capacitated: bool

    @property
    def size(self) -> str:
        """Facilities x customers."""
        m, n = self.instance.cost.shape
        return f"{m:,} x {n:,}"


@dataclass(frozen=True, eq=False)
class Question:
    """An estate and a scenario, not yet read.

    Attributes
    ----------
    read : callable
        Returns the estate.
    settings : mapping
        The scenario without its solver table.
    """

    read: Callable[[], Estate]
    settings: Mapping[str, object]

    def problem(self, solver: Mapping[str, object] | None = None) -> Problem:
        """Read the estate and prepare the problem."""
        from assetopt.problem import Problem
        from assetopt.scenario import Scenario

        extra = {"solver": dict(solver)} if solver else {}
        return Problem(self.read(), Scenario.model_validate({**self.settings, **extra}))


@dataclass(frozen=True)
class Case:
    """One problem of a subject.

    Attributes
    ----------
    name : str
        Unique within the subject; ``cap61/CFLP`` where an instance is several problems.
    load : callable
        Returns the problem; may take seconds.
    best : float or None
        The best objective known from elsewhere.
    best_is : str
        What that value is: optimal, best known, upper threshold; "" without one.
    """

    name: str
    load: Callable[[], Location | Question]
    best: float | None = None
    best_is: str = ""


@dataclass(frozen=True)
class Subject:
    """A set of like problems, registered by one file of ``benchmarks/subjects``.

    Attributes
    ----------
    name : str
        As ``--set`` takes it; the name of the file.
    title : str
        Heading of its table.
    kind : Kind
    peers : tuple of str
        Who can take it, beside us; see `benchmarks.peers`.
    budgets : tuple of float
        Seconds for each run where the command line does not say.
    cases : callable
        Returns its cases in order.
    more : callable, optional
        Returns a case by a name that is not among ``cases``, or None.
    needs : callable
        Says what is missing on this machine, "" for nothing.
    """

    name: str
    title: str
    kind: Kind
    peers: tuple[str, ...]
    budgets: tuple[float, ...]
    cases: Callable[[], Sequence[Case]]
    needs: Callable[[], str]
    more: Callable[[str], Case | None] = lambda _name: None

    def chosen(self, only: Sequence[str]) -> list[Case]:
        """Return the cases named by ``only`` (names, names before a slash, or patterns such as ``cap6*``); all for none."""
        cases = list(self.cases())
        if not only:
            return cases
        found = [
            case
            for case in cases
            if any(fnmatchcase(name, wanted) for wanted in only for name in (case.name, case.name.split("/")[0]))
        ]
        names = {case.name for case in cases}
        extra = [case for wanted in only if wanted not in names for case in [self.more(wanted)] if case is not None]
        return found + extra

    def case(self, name: str) -> Case:
        """Return the case of that name; raises KeyError."""
        for case in self.chosen([name]):
            if case.name == name:
                return case
        raise KeyError(f"{self.name} has no case {name!r}")


@dataclass(frozen=True)
class Limits:
    """What a run may use: wall seconds since ``began`` (``time.monotonic()``), threads, seed; ``engine`` is for us alone.

    ``cpu`` is what the process had used of the processor when the clock started (seconds).
    """

    seconds: float
    threads: int
    seed: int
    began: float
    engine: str = "auto"
    cpu: float = 0.0

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.seconds - self.spent)
