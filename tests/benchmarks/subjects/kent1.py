"""Kent and Medway with one decision year."""

from __future__ import annotations

from benchmarks.case import Case, Subject
from benchmarks.estates import PEERS, kent, needs

SUBJECT = Subject(
    name="kent1",
    title="Kent, one decision year",
    kind="estate",
    peers=PEERS,
    budgets=(60.0, 120.0, 600.0),
    cases=lambda: [Case("kent", lambda: kent(1))],
    needs=lambda: needs("kent"),
)
