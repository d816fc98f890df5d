"""Subjects made of the published location instances, each with the best value that was published for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import published

from benchmarks.case import Case, Location, Subject

PEERS = ("cbc", "highs", "scip", "cp-sat")


def published_subject(
    name: str,
    title: str,
    budgets: tuple[float, ...],
    *,
    folder: str = "",
    keep: Callable[[str, str], bool] = lambda _instance, _problem: True,
    proved: dict[str, float] | None = None,
    peers: tuple[str, ...] = PEERS,
) -> Subject:
    """Return the subject of a set.

    Parameters
    ----------
    name, title, budgets
        As for `benchmarks.case.Subject`.
    folder : str
        The set's folder; ``name`` when left out.
    keep : callable
        Says of an instance and problem (UFLP, CFLP, SSCFLP, PMED) whether it belongs to the subject.
    proved : dict, optional
        Optima proved elsewhere, in place of what ``best_known.csv`` has.
    """
    return Subject(
        name=name,
        title=title,
        kind="location",
        peers=peers,
        budgets=budgets,
        cases=partial(_cases, folder or name, keep, proved or {}),
        needs=_needs,
    )


def location(set_: str, instance: str, problem: str) -> Location:
    """Read one instance as one problem."""
    read = published.read(set_, instance, problem)
    return Location(read, single=problem == "SSCFLP", capacitated=problem in ("CFLP", "SSCFLP"))


def _needs() -> str:
    return "" if published.available() else published.WHY_SKIPPED


def _cases(set_: str, keep: Callable[[str, str], bool], proved: dict[str, float]) -> Sequence[Case]:
    table = pd.read_csv(published.folder() / "best_known.csv")
    table = table[table["set"] == set_]
    names = zip(table["instance"].tolist(), table["problem"].tolist(), strict=True)
    values = zip(table["value"].astype(float).tolist(), table["status"].tolist(), strict=True)
    known: dict[tuple[str, str], tuple[float | None, str]] = dict(zip(names, values, strict=True))
    cases = []
    for instance in published.instances(set_):
        problems = published.problems(set_, instance)
        for problem in problems:
            if not keep(instance, problem):
                continue
            value, status = known.get((instance, problem), (None, ""))
            if instance in proved:
                value, status = proved[instance], "optimal"
            name = f"{instance}/{problem}" if len(problems) > 1 else instance
            cases.append(Case(name, partial(location, set_, instance, problem), value, status))
    return cases
