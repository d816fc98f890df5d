"""How good a plan is, and how that is known: status, bound, gaps, engine, and the same in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, cast

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


SHOWN = 3
"""Breaches told of one way to let a plan exist; how many more there are is said."""

CONFLICT_SHOWN = 10
"""Members of a conflict that are told one by one; of more, only some of each rule are, and how many more there are."""


@dataclass(frozen=True)
class Certificate:
    """The contract's certificate; money in £, gaps as shares (0.004 = 0.4 %), None where there is no such number."""

    status: Status
    objective: float | None
    objective_today: float | None
    bound: float | None
    gap: float | None
    saving_gap: float | None
    engine: str
    engine_version: str
    seconds: float
    threads: int
    seed: int
    sentence: str
    stopped: str
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reductions: Mapping[str, int] = field(default_factory=dict)
    """How much was taken out of the programme without losing its optimum, by kind."""
    relaxations: tuple[Mapping[str, object], ...] = ()
    """Where no plan exists, what would let one exist, each by itself: ``rules``, ``owner``, ``breaches`` and ``would_do`` in words,
    ``least``."""
    conflicts: tuple[Mapping[str, object], ...] = ()
    """Where no plan exists, sets of ``members`` that cannot all be kept, no member in two of them; ``irreducible`` where each
    was confirmed to be needed, else ``note`` says why not."""

    def as_dict(self) -> dict[str, object]:
        """Return the certificate as the contract's JSON object."""
        lists = {
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "reductions": dict(sorted(self.reductions.items())),
            "relaxations": [dict(way) for way in self.relaxations],
            "conflicts": [dict(conflict) for conflict in self.conflicts],
        }
        return asdict(self) | lists

    def ways(self) -> list[str]:
        """Say what would let a plan exist, a line a way; empty where ``reasons`` say it all."""
        lines = [line for conflict in self.conflicts for line in _conflict_lines(conflict)]
        if not self.relaxations:
            return lines
        choice = len(self.relaxations) > 1
        lines.append(f"A plan exists if {'one of these' if choice else 'all of this'} gives way:")
        for way in self.relaxations:
            rules, texts = _texts(way, "rules"), _texts(way, "would_do") or _texts(way, "breaches")
            more = f"; and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
            less = "" if way["least"] else " (less may be enough: the time ended before that was settled)"
            named = ", ".join(rule.replace("_", " ") for rule in rules)
            lines.append(f"{way['owner']} ({named}): {'; '.join(texts[:SHOWN])}{more}{less}")
        return lines


def _conflict_lines(conflict: Mapping[str, object]) -> list[str]:
    """Say which rules are in each other's way, a line a member."""
    members = cast("list[Mapping[str, object]]", conflict.get("members", []))
    if not members:
        return []
    sure = "without any one of them a plan keeps the rest" if conflict["irreducible"] else conflict["note"]
    held = f"; {conflict['held']}" if conflict.get("held") else ""
    lines = [f"No plan keeps all of these together ({sure}{held}):"]
    whose = [f"{member['owner']} ({str(member['rule']).replace('_', ' ')})" for member in members]
    for owner in dict.fromkeys(whose):
        texts = [str(member["text"]) for member, of in zip(members, whose, strict=True) if of == owner]
        if len(members) > CONFLICT_SHOWN and len(texts) > SHOWN:
            lines.append(f"{owner}: {'; '.join(texts[:SHOWN])}; and {len(texts) - SHOWN} more")
        else:
            lines += [f"{owner}: {text}" for text in texts]
    return lines


def _texts(way: Mapping[str, object], name: str) -> list[str]:
    return [str(text) for text in cast("list[object]", way.get(name, []))]


def gap_of(objective: float | None, bound: float | None) -> float | None:
    """Return (objective - bound) / max(1, |objective|), 0 within rounding, None without both."""
    if objective is None or bound is None:
        return None
    distance = objective - bound
    return 0.0 if distance <= max(1e-6, 1e-9 * abs(objective)) else distance / max(1.0, abs(objective))


def saving_gap_of(
    objective: float | None, bound: float | None, today: float | None, saves: bool = True
) -> float | None:
    """Return (objective - bound) / (objective_today - objective), None where today is no plan or nothing is saved.

    Where the objective is not the cost of the estate (``saves`` false) there is none either.
    """
    if not saves or objective is None or bound is None or today is None or today - objective <= 0:
        return None
    return 0.0 if gap_of(objective, bound) == 0.0 else (objective - bound) / (today - objective)


def pounds(amount: float) -> str:
    """Return money for reading: £1,234 up to a hundred thousand, then £1.23m."""
    if abs(amount) >= 100_000:
        return f"{'-' if amount < 0 else ''}£{abs(amount) / 1e6:,.2f}m"
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.0f}"


@dataclass(frozen=True)
class Unit:
    """What an objective is stated in: ``name`` empty for £; ``saves`` where less of it than today is a saving."""

    name: str = ""
    saves: bool = True

    def tell(self, amount: float) -> str:
        """Return an amount for reading."""
        if not self.name:
            return pounds(amount)
        return f"{amount:,.0f} {self.name}" if abs(amount) >= 1000 else f"{amount:,.6g} {self.name}"

    def exact(self, amount: float) -> str:
        """Return an amount to the penny, or to the hundredth of the unit."""
        return f"{amount:,.2f} {self.name}" if self.name else f"£{amount:,.2f}"


POUNDS = Unit()


def sentence(
    status: Status,
    objective: float | None,
    bound: float | None,
    today: float | None,
    stopped: str,
    reasons: tuple[str, ...],
    unit: Unit = POUNDS,
) -> str:
    """Say the certificate in words."""
    if status == "infeasible":
        first = f" {reasons[0][0].upper()}{reasons[0][1:]}." if reasons else ""
        return f"No plan can keep every rule.{first}"
    if objective is None:
        why = {"time": "the time limit", "interrupt": "the interruption"}.get(stopped, "the search ended")
        return f"No plan was found before {why}; whether one exists is not known."
    if not unit.saves:
        return _in_unit(status, objective, bound, today, stopped, unit)
    saving = ""
    if today is not None:
        change = today - objective
        saving = f" It saves {pounds(change)} against today." if change > 0.005 else " It saves nothing against today."
    if status == "optimal":
        return f"No plan costs less under these rules: this one costs {pounds(objective)}, and that is proved.{saving}"
    if bound is None:
        return f"This plan costs {pounds(objective)}; how much better another could be is not known.{saving}"
    share = gap_of(objective, bound) or 0.0
    of_saving = saving_gap_of(objective, bound, today)
    beside = f", {of_saving:.2%} of the saving" if of_saving is not None else ""
    return (
        f"Within {share:.3%} ({pounds(objective - bound)}{beside}) of the best that can exist "
        f"under these rules.{saving}{_ENDED.get(stopped, '')}"
    )


_ENDED = {
    "time": " The search ended at the time limit.",
    "interrupt": " The search was interrupted.",
    "gap": " The search ended at the gap that was asked for.",
    "saving_gap": " The search ended at the saving gap that was asked for.",
    "ended": " The solver ended by itself.",
}


def _in_unit(
    status: Status, objective: float, bound: float | None, today: float | None, stopped: str, unit: Unit
) -> str:
    """Say the certificate where the objective is not the cost of the estate."""
    beside = "" if today is None else f" Today's estate comes to {unit.tell(today)}."
    if status == "optimal":
        return f"No plan is better under these rules: this one comes to {unit.tell(objective)}, and that is proved.{beside}"
    if bound is None:
        return f"This plan comes to {unit.tell(objective)}; how much better another could be is not known.{beside}"
    share = gap_of(objective, bound) or 0.0
    return (
        f"This plan comes to {unit.tell(objective)}, within {share:.3%} ({unit.tell(objective - bound)}) of the best that "
        f"can exist under these rules.{beside}{_ENDED.get(stopped, '')}"
    )
