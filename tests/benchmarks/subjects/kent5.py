"""Kent and Medway with five decision years and at most 60 changes in each."""

from __future__ import annotations

from benchmarks.case import Case, Subject
from benchmarks.estates import PEERS, kent, needs

SUBJECT = Subject(
    name="kent5",
    title="Kent, five decision years, at most 60 moves a year",
    kind="estate",
    peers=PEERS,
    budgets=(60.0, 120.0, 600.0),
    cases=lambda: [Case("kent", lambda: kent(5, change={"max_moves_per_year": 60}))],
    needs=lambda: needs("kent"),
)
