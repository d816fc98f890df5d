"""An irreducible conflict: rules, and what they speak of, that no plan keeps together, though any of them left out lets one.

Found by holding what a plan of little breach breaks, again and again, until nothing can be held any more (Chinneck's elastic
filter), or from all rules by leaving whole rules out; then shrunk by leaving members out, many at a time and then one by one:
first whole members, then their years. At the end every claim is solved once more: the whole set has no plan; without a member
there is one, and a recount of that plan finds no breach of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from assetopt.breaking import Ground
from assetopt.members import Member
from assetopt.owners import OWNERS
from assetopt.problem.opened import is_small
from assetopt.remedies import remedies

Item = TypeVar("Item")

MOST = 3
"""Conflicts that are told."""

ROUGHLY = 0.3
"""Gap at which the search for what is broken next may end: a plan near the least breach will do."""


@dataclass(frozen=True)
class Said:
    """A member of the conflict in words; ``whole`` is the member with all its years, ``years`` the calendar years needed."""

    member: Member
    whole: Member
    years: tuple[int, ...]
    text: str
    would_do: str

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        m = self.member
        return {
            "rule": m.rule, "subject": m.subject, "kind": m.kind, "years": list(self.years), "owner": OWNERS[m.rule],
            "text": self.text, "would_do": self.would_do,
        }  # fmt: skip


@dataclass(frozen=True)
class Conflict:
    """``members`` cannot all be kept; ``irreducible`` where every one was confirmed to be needed, else ``note`` says why not.

    ``held`` says what a large model does not ask to give, empty in others.
    """

    members: tuple[Said, ...]
    irreducible: bool
    note: str
    held: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "members": [said.as_dict() for said in self.members], "irreducible": self.irreducible, "note": self.note,
            "held": self.held,
        }  # fmt: skip


def find_conflicts(ground: Ground) -> list[Conflict]:
    """Return conflicts that have no member in common, as many as are found in the time; none where none was proved."""
    out: list[Conflict] = []
    while len(out) < MOST:
        told = [said.whole for conflict in out for said in conflict.members]
        found = find_conflict(ground, told)
        if found is None:
            break
        out.append(found)
        if not found.irreducible:
            break
    return out


def find_conflict(ground: Ground, but: Sequence[Member] = ()) -> Conflict | None:
    """Return a conflict without any of the members ``but``; None where none was proved in the time."""
    left_out = {id(member) for member in but}
    members = [member for member in ground.members if id(member) not in left_out]
    held = _gathered(ground, members)
    if held is None:
        held = _thinned(ground, members)
    if not held:
        return None
    # What is hardest to change is left out first, so that what remains is, where there is a choice, somebody's policy.
    held = sorted(held, key=lambda member: -list(OWNERS).index(member.rule))
    fewest, done = shrunk(held, ground.fits)
    wholes = {(m.rule, m.subject, m.kind): m for m in fewest}
    parts = [member.within([year]) for member in fewest for year in np.unique(member.years).tolist()]
    if done and len(parts) > len(fewest):
        kept, done = shrunk(parts, ground.fits)
        fewest = _joined(kept)
    if not done:
        return Conflict(_plainly(ground, fewest, wholes), False, "not shrunk further: the time ended", _held(ground))
    return _confirmed(ground, fewest, wholes)


def shrunk(items: Sequence[Item], fits: Callable[[list[Item]], bool | None]) -> tuple[list[Item], bool]:
    """Leave out what is not needed for a conflict, many at a time, then one by one.

    ``fits`` says of some items whether they can all be kept; None where it does not know. Returns those that are left, and
    whether each is known to be needed.
    """
    kept, size, sure = list(items), max(1, len(items) // 2), True
    while kept:
        first = 0
        while first < len(kept):
            rest = kept[:first] + kept[first + size :]
            answer = fits(rest) if rest else True
            if answer is False:
                kept = rest
            else:
                sure &= answer is not None or size > 1
                first += size
        if size == 1:
            break
        size = max(1, size // 2)
    return kept, sure


def _gathered(ground: Ground, members: list[Member]) -> list[Member] | None:
    """Return members that cannot all be kept, by holding what is broken until no plan is left; none where a plan keeps all."""
    held: list[Member] = []
    for _ in range(len(members) + 1):
        mine = {id(member) for member in held}
        rest = [member for member in members if id(member) not in mine]
        answer = ground.softened(rest, held, ROUGHLY)
        if answer is not None and answer.status == "infeasible":
            return held
        if answer is None or answer.values is None:
            return None
        broken = ground.broken_members(answer.values, rest)
        if not broken:
            return []
        held += broken
    return None


def _thinned(ground: Ground, held: list[Member]) -> list[Member] | None:
    """Leave whole rules out, the hardest to change first; None where that they cannot all be kept is not proved in the time."""
    if ground.fits(held) is not False:
        return None
    for rule in reversed(OWNERS):
        rest = [member for member in held if member.rule != rule]
        if rest and len(rest) < len(held) and ground.fits(rest) is False:
            held = rest
    return held


def _joined(parts: Sequence[Member]) -> list[Member]:
    """Put the years of a member together again."""
    out: dict[tuple[str, str, str], Member] = {}
    for part in parts:
        key = (part.rule, part.subject, part.kind)
        known = out.get(key)
        out[key] = (
            part
            if known is None
            else replace(
                known, rows=np.concatenate([known.rows, part.rows]), years=np.concatenate([known.years, part.years])
            )
        )
    return list(out.values())


def _ordered(members: Sequence[Member]) -> list[Member]:
    return sorted(members, key=lambda m: (list(OWNERS).index(m.rule), m.subject, m.kind))


def _years(ground: Ground, member: Member) -> tuple[int, ...]:
    return tuple(int(t) + ground.problem.base_year for t in np.unique(member.years) if t >= 0)


def _plainly(ground: Ground, members: Sequence[Member], wholes: dict[tuple[str, str, str], Member]) -> tuple[Said, ...]:
    return tuple(Said(m, wholes[m.rule, m.subject, m.kind], _years(ground, m), _name(m), "") for m in _ordered(members))


def _name(member: Member) -> str:
    about = ", ".join(part for part in (member.subject, member.kind) if part)
    return f"{member.rule.replace('_', ' ')}{': ' if about else ''}{about}"


def _confirmed(ground: Ground, members: Sequence[Member], wholes: dict[tuple[str, str, str], Member]) -> Conflict:
    """Solve every claim again, and say of each member how far it has to give where the others are kept."""
    said: list[Said] = []
    note = "" if ground.fits(members) is False else "that they cannot all be kept was not confirmed: the time ended"
    for member in _ordered(members):
        others = [other for other in members if other is not member]
        broken = ground.broken([member], others)
        text, do = _name(member), ""
        if broken is None:
            note = note or f"that {text} is needed was not confirmed: the time ended"
        else:
            mine = [v for v in broken.violations if member.matches(v)]
            theirs = [
                v for v in broken.violations for other in others
                if other.matches(v) and len(other.rows) == len(wholes[other.rule, other.subject, other.kind].rows)
            ]  # fmt: skip
            if theirs:
                note = note or f"the recount of the plan without {text} finds: {theirs[0].message}"
            if mine:
                text = mine[0].message
                do = "; ".join(remedies(ground.problem, ground.form.problem, broken.line, mine))
        said.append(Said(member, wholes[member.rule, member.subject, member.kind], _years(ground, member), text, do))
    return Conflict(tuple(said), not note, note, _held(ground))


def _held(ground: Ground) -> str:
    return "" if is_small(ground.problem) else "radius, placements and boundaries of teams held in all of this"
