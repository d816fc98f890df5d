"""Time and memory to build programmes of up to five million columns, in arrays and in PuLP."""

from __future__ import annotations

from functools import partial

from benchmarks.case import Case, Subject
from benchmarks.estates import made_up


def _more(name: str) -> Case | None:
    try:
        columns = int(float(name))
    except ValueError:
        return None
    return Case(name, partial(made_up, columns)) if columns >= 1_000 else None


SUBJECT = Subject(
    name="build",
    title="Building large programmes",
    kind="build",
    peers=("pulp",),
    budgets=(600.0,),
    cases=lambda: [case for name in ("1e5", "1e6", "5e6") for case in [_more(name)] if case is not None],
    needs=lambda: "",
    more=_more,
)
