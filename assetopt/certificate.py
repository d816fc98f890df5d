"""How good a plan is, and how that is known: status, bound, gaps, engine, and the same in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


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

    def as_dict(self) -> dict[str, object]:
        """Return the certificate as the contract's JSON object."""
        lists = {
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "reductions": dict(sorted(self.reductions.items())),
        }
        return asdict(self) | lists


def gap_of(objective: float | None, bound: float | None) -> float | None:
    """Return (objective - bound) / max(1, |objective|), 0 within rounding, None without both."""
    if objective is None or bound is None:
        return None
    distance = objective - bound
    return 0.0 if distance <= max(1e-6, 1e-9 * abs(objective)) else distance / max(1.0, abs(objective))


def saving_gap_of(objective: float | None, bound: float | None, today: float | None) -> float | None:
    """Return (objective - bound) / (objective_today - objective), None where today is no plan or nothing is saved."""
    if objective is None or bound is None or today is None or today - objective <= 0:
        return None
    return 0.0 if gap_of(objective, bound) == 0.0 else (objective - bound) / (today - objective)


def pounds(amount: float) -> str:
    """Return money for reading: £1,234 up to a hundred thousand, then £1.23m."""
    if abs(amount) >= 100_000:
        return f"{'-' if amount < 0 else ''}£{abs(amount) / 1e6:,.2f}m"
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.0f}"


def sentence(
    status: Status,
    objective: float | None,
    bound: float | None,
    today: float | None,
    stopped: str,
    reasons: tuple[str, ...],
) -> str:
    """Say the certificate in words."""
    if status == "infeasible":
        first = f" {reasons[0][0].upper()}{reasons[0][1:]}." if reasons else ""
        return f"No plan can keep every rule.{first}"
    if objective is None:
        why = {"time": "the time limit", "interrupt": "the interruption"}.get(stopped, "the search ended")
        return f"No plan was found before {why}; whether one exists is not known."
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
    ended = {
        "time": " The search ended at the time limit.",
        "interrupt": " The search was interrupted.",
        "gap": " The search ended at the gap that was asked for.",
        "saving_gap": " The search ended at the saving gap that was asked for.",
        "ended": " The solver ended by itself.",
    }.get(stopped, "")
    return (
        f"Within {share:.3%} ({pounds(objective - bound)}{beside}) of the best that can exist "
        f"under these rules.{saving}{ended}"
    )
