"""The rows of a programme as members of rules: a rule and what it speaks of, such as the room for desks at one site.

Rows of one rule and subject, over all years, are one member. Rows that define derived columns, and rows of rules that hold
always, belong to none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from assetopt.formulation import Formulation
from assetopt.owners import OWNERS
from assetopt.plan import Violation
from assetopt.program import Ints, RowBlock

WHOLE = ("budget", "visits")
"""Rules whose rows hang together: each is one member."""


@dataclass(frozen=True)
class Member:
    """Some rows of one rule.

    Attributes
    ----------
    rule, subject : str
        As the checker names them; ``subject`` is empty where the whole rule is one member.
    kind : str
        Space type, where the rule is about room.
    rows : (n,) array
        Row numbers of the whole programme.
    years : (n,) array
        Decision year index of each row, -1 where it is about all years.
    """

    rule: str
    subject: str
    kind: str
    rows: Ints
    years: Ints

    def matches(self, violation: Violation) -> bool:
        """Say whether a breach is one of this member."""
        if violation.rule != self.rule or self.subject not in ("", violation.subject):
            return False
        return not self.kind or f", {self.kind}, " in violation.message

    def within(self, years: Iterable[int]) -> Member:
        """Return the rows of these years only."""
        at = np.isin(self.years, list(years))
        return replace(self, rows=self.rows[at], years=self.years[at])


def members_of(form: Formulation) -> list[Member]:
    """Return every member of every rule that may give way, in the order of :data:`assetopt.owners.OWNERS`."""
    found: dict[tuple[str, str, str], list[tuple[Ints, Ints]]] = {}
    for block in form.program.rows:
        rule = block.rule.split(":")[0]
        if rule not in OWNERS or (block.defines and rule not in WHOLE):
            continue
        names, kinds = _named(form, block, rule)
        years = block.labels.get("year", np.full(block.size, -1))
        keys = [f"{name}\0{kind}" for name, kind in zip(names, kinds, strict=True)]
        each, of = np.unique(np.array(keys, dtype=object), return_inverse=True)
        order = np.argsort(of, kind="stable")
        for key, part in zip(each, np.split(order, np.cumsum(np.bincount(of))[:-1]), strict=True):
            name, kind = key.split("\0")
            found.setdefault((rule, name, kind), []).append((block.first + part, years[part]))
    made = [
        Member(*key, np.concatenate([rows for rows, _ in parts]), np.concatenate([years for _, years in parts]))
        for key, parts in found.items()
    ]
    rank = list(OWNERS).index
    return sorted(made, key=lambda member: rank(member.rule))


def _named(form: Formulation, block: RowBlock, rule: str) -> tuple[list[str], list[str]]:
    """Return the subject and the space type of each row of a block."""
    f = form.problem.facts
    none = [""] * block.size
    if rule in WHOLE:
        return none, none
    if block.subjects:
        return list(block.subjects), none
    by_team = "team" in block.labels and rule != "compatibility"
    ids, at = (f.teams.ids, block.labels["team"]) if by_team else (f.sites.ids, block.labels["site"])
    kinds = [str(f.space_types[k]) for k in block.labels["item"].tolist()] if rule == "capacity" else none
    return [str(name) for name in ids[at]], kinds
