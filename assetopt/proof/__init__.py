"""What a bound rests on: a few prices, from which anyone can work the bound out again without any solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from assetopt.program import Floats, Program

__all__ = ["KINDS", "Kind", "Proof", "recount"]

Kind = Literal["relaxation", "sites", "location"]

KINDS: tuple[str, ...] = get_args(Kind)
"""Ways of evaluating prices; :func:`recount` knows each."""


@dataclass(frozen=True, eq=False)
class Proof:
    """Prices that prove a lower bound.

    Attributes
    ----------
    kind : str
        How the prices are evaluated: "relaxation" by weak duality alone, "sites" with the exact least cost of each site's
        own little problem, "location" with the capacity and knapsacks of a pure location problem.
    prices : (m,) array
        £ per unit of each row of ``program.matrix``, positive where the lower side is priced; 0 for rows left out.
    bound : float
        £, finite: what the engine evaluated.

    Raises
    ------
    ValueError
        If the kind is unknown, the bound is not finite or a price is no finite number.
    """

    kind: Kind
    prices: Floats
    bound: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind of proof {self.kind!r}")
        prices = np.array(self.prices, dtype=np.float64)
        if prices.ndim != 1 or not np.isfinite(prices).all() or not np.isfinite(self.bound):
            raise ValueError("a proof needs one finite price a row and a finite bound")
        prices.setflags(write=False)
        object.__setattr__(self, "prices", prices)
        object.__setattr__(self, "bound", float(self.bound))


def recount(program: Program, proof: Proof) -> float:
    """Evaluate a proof anew, from the programme and the prices alone; its ``bound`` is not looked at.

    Returns
    -------
    float
        A lower bound (£) on every plan's cost, valid whatever the prices are; -inf where they are worth nothing.

    Raises
    ------
    ValueError
        If the proof does not have one price for every row of the programme.
    """
    if proof.prices.shape != (program.n_rows,):
        raise ValueError(f"the proof has {proof.prices.size} prices, the programme {program.n_rows} rows")
    if proof.kind == "sites":
        from assetopt.proof.sites import sites_bound

        return sites_bound(program, proof.prices)
    if proof.kind == "location":
        from assetopt.proof.location import location_bound

        return location_bound(program, proof.prices)
    from assetopt.proof.prices import certified_bound

    return certified_bound(program.matrix, proof.prices)
