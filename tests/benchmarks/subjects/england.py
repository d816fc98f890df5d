"""All England with one decision year."""

from __future__ import annotations

from benchmarks.case import Case, Subject
from benchmarks.estates import PEERS, england, needs

SUBJECT = Subject(
    name="england",
    title="England, one decision year",
    kind="estate",
    peers=PEERS,
    budgets=(600.0,),
    cases=lambda: [Case("england", england)],
    needs=lambda: needs("england"),
)
