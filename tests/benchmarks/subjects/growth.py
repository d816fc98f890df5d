"""How time and gap grow: ever larger parts of England around one place, each within the next."""

from __future__ import annotations

from functools import partial

from benchmarks.case import Case, Subject
from benchmarks.estates import PEERS, WHOLE, needs, part_of_england

SIZES = (50, 150, 450, 1_000, 2_000, 4_000, 8_000, WHOLE)


def _case(sites: int) -> Case:
    return Case(str(sites), partial(part_of_england, sites))


def _more(name: str) -> Case | None:
    return _case(int(name)) if name.isdecimal() and 2 <= int(name) <= WHOLE else None


SUBJECT = Subject(
    name="growth",
    title="From 50 to 13,863 sites",
    kind="estate",
    peers=PEERS,
    budgets=(60.0,),
    cases=lambda: [_case(sites) for sites in SIZES],
    needs=lambda: needs("england"),
    more=_more,
)
