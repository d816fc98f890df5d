"""When no plan exists: which rules stand in the way, and how far each would have to give for a plan to exist.

Each rule in turn, policy before physics, may be broken at a price; the programme is then solved for the least breach. The
plan that comes out is judged like any other: what the verifier says it breaks, and nothing else, would have to give. Where
no rule is enough by itself, all may give together, and those that need not are held again one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assetopt.breaking import Broken, Ground
from assetopt.conflict import Conflict
from assetopt.members import Member
from assetopt.owners import OWNERS, owner_of
from assetopt.remedies import remedies

MOST = 12
"""Ways that are told."""


@dataclass(frozen=True)
class Relaxation:
    """Rules that let a plan exist if they give together, and by how much.

    Attributes
    ----------
    rules : tuple of str
        Each is needed where there are several: without its giving, no plan was found.
    breaches : tuple of str
        What a plan that exists then breaks, in the verifier's words; it breaks nothing else.
    would_do : tuple of str
        The same as what would have to be done, in the estate's names and settings.
    least : bool
        Whether it was proved, within 1 %, that no plan breaks less; else the time ended first.
    """

    rules: tuple[str, ...]
    breaches: tuple[str, ...]
    would_do: tuple[str, ...]
    least: bool

    @property
    def owner(self) -> str:
        """Who has to give way: of several rules, the one that is hardest to change."""
        return owner_of(self.rules)

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "rules": list(self.rules), "owner": self.owner, "breaches": list(self.breaches),
            "would_do": list(self.would_do), "least": self.least,
        }  # fmt: skip


def relaxations(ground: Ground) -> tuple[Relaxation, ...]:
    """Return what would let a plan exist, each by itself, policy first; empty where nothing is found in the time."""
    alone = [found for rule in OWNERS if (found := giving(ground, _of(ground, (rule,)))) is not None]
    if alone:
        return tuple(alone)
    together = giving(ground, ground.members)
    if together is None:
        return ()
    for rule in reversed(together.rules):
        fewer = giving(ground, _of(ground, tuple(other for other in together.rules if other != rule)))
        together = fewer or together
    return (together,)


def other_ways(ground: Ground, ways: tuple[Relaxation, ...], conflicts: Sequence[Conflict]) -> tuple[Relaxation, ...]:
    """Return the ways, and further ones in which a single member of a conflict gives, by owner."""
    out = list(ways)
    if ways and len(ways[0].rules) > 1:
        return ways
    for said in (said for conflict in conflicts for said in conflict.members):
        if len(out) >= MOST or ground.over:
            break
        found = giving(ground, [said.whole])
        if found is not None and not any(found.would_do == way.would_do for way in out):
            out.append(found)
    return tuple(sorted(out, key=lambda way: list(OWNERS).index(way.rules[0])))


def giving(ground: Ground, soft: Iterable[Member]) -> Relaxation | None:
    """Return how far these members have to give, None where that is not enough, or was not found in the time."""
    soft = list(soft)
    if not soft:
        return None
    mine = {id(member) for member in soft}
    broken = ground.broken(soft, [member for member in ground.members if id(member) not in mine])
    if broken is None or not broken.violations or not _only(broken, soft):
        return None
    return Relaxation(
        tuple(rule for rule in OWNERS if rule in broken.rules),
        tuple(violation.message for violation in broken.violations),
        tuple(remedies(ground.problem, ground.form.problem, broken.line, broken.violations)),
        broken.least,
    )


def _only(broken: Broken, soft: list[Member]) -> bool:
    """Say whether a plan breaks nothing but these members."""
    return all(any(member.matches(violation) for member in soft) for violation in broken.violations)


def _of(ground: Ground, rules: tuple[str, ...]) -> list[Member]:
    return [member for member in ground.members if member.rule in rules]
