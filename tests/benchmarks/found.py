"""What a run leaves behind: a point or a plan, a bound, and the solver's own words, as files that the scorer reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Found:
    """A run's answer, as the solver gave it; nothing in it is believed but the bound, and that is compared with all plans.

    Attributes
    ----------
    said : str
        The solver's status in its own words.
    bound : float
        The lower bound it claims, -inf for none.
    opened, shares : (m,) and (m, n) arrays, optional
        For a location problem: which facilities are open, and which share of each customer they serve.
    values : (columns,) array, optional
        For an estate handed over as a programme: the value of every column.
    plan : dict, optional
        For an estate solved by us: the tables of the plan.
    trace : tuple of (seconds, objective)
        When it said to have which plan.
    figures : dict
        Further figures, such as build seconds.
    """

    said: str
    bound: float = -np.inf
    opened: Floats | None = None
    shares: Floats | None = None
    values: Floats | None = None
    plan: dict[str, list[dict[str, object]]] | None = None
    trace: tuple[tuple[float, float], ...] = ()
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is no point at all."""
        return self.opened is None and self.values is None and self.plan is None

    def write(self, folder: Path) -> None:
        """Write ``found.npz`` and ``found.json``; the second comes last and whole."""
        arrays = {"opened": self.opened, "shares": self.shares, "values": self.values}
        np.savez(folder / "found.npz", allow_pickle=False, **{k: v for k, v in arrays.items() if v is not None})
        rest = {
            "said": self.said,
            "bound": self.bound if np.isfinite(self.bound) else None,
            "plan": self.plan,
            "trace": self.trace,
            "figures": self.figures,
        }
        (folder / "found.part").write_text(json.dumps(rest))
        (folder / "found.part").replace(folder / "found.json")

    @classmethod
    def read(cls, folder: Path) -> Found | None:
        """Return what `write` left, None where it left nothing."""
        if not (folder / "found.json").is_file():
            return None
        rest = json.loads((folder / "found.json").read_text())
        with np.load(folder / "found.npz") as part:
            arrays = {name: part[name] for name in part.files}
        bound = -np.inf if rest["bound"] is None else float(rest["bound"])
        trace = tuple((float(seconds), float(best)) for seconds, best in rest["trace"])
        return cls(
            said=rest["said"],
            bound=bound,
            opened=arrays.get("opened"),
            shares=arrays.get("shares"),
            values=arrays.get("values"),
            plan=rest["plan"],
            trace=trace,
            figures=rest["figures"],
        )
