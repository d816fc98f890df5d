"""The proof beside the plan: ``certificate.json``, with the prices that the bound rests on and what rests on a solver.

Whoever has the inputs can work the bound out again from these prices, on any machine, without any solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assetopt.proof.fingerprint import prices_sha256
from assetopt.report.document import SCHEMA_VERSION

if TYPE_CHECKING:
    from assetopt.result import Result

PROOF_FILE = "certificate.json"

SAME = ("status", "objective", "objective_today", "bound", "gap", "saving_gap", "sentence", "reductions")
"""Entries that stand in plan.json's certificate too."""

FROM_PRICES = "row prices in this file, recounted by assetopt verify"

_SOLVERS = {"highs": "HiGHS", "cbc": "CBC", "cp-sat": "CP-SAT"}
_TREE = "the branch and bound tree of"
_OWN_TREE = "the branching and rounding of assetopt's decomposition, with"


def proof_document(result: Result) -> dict[str, object] | None:
    """Return ``certificate.json`` as Python objects, or None where no programme was formulated.

    Its numbers are written in full, so that reading them back gives the same ones; nothing in it depends on the clock
    but where the search itself ended by it.
    """
    if result.programme is None:
        return None
    told, proof = result.certificate.as_dict(), result.proof
    rows = np.flatnonzero(proof.prices) if proof is not None else np.empty(0, dtype=np.int64)
    values = proof.prices[rows] if proof is not None else np.empty(0)
    kind, bound = (None, None) if proof is None else (proof.kind, proof.bound)
    return {
        "schema_version": SCHEMA_VERSION,
        **{name: told[name] for name in SAME},
        "programme": result.programme.as_dict(),
        "steps": steps(
            kind, bound, result.certificate.bound, result.certificate.engine, result.certificate.engine_version
        ),
        "prices": {"rows": rows.tolist(), "values": values.tolist()},
        "prices_sha256": prices_sha256(rows, values),
    }


def steps(
    kind: str | None, from_prices: float | None, bound: float | None, engine: str, engine_version: str
) -> list[dict[str, object]]:
    """Return what the bound rests on, step by step: prices, then a solver's tree where that goes further.

    Parameters
    ----------
    kind, from_prices : str, float, or None
        How the prices are evaluated and what they give (£); None where there are no prices.
    bound : float or None
        The certificate's bound, £.
    engine, engine_version : str
        Of the certificate.
    """
    out: list[dict[str, object]] = []
    if kind is not None and from_prices is not None:
        out.append({"kind": kind, "bound": from_prices, "recountable": True, "rests_on": FROM_PRICES})
    if bound is not None and (from_prices is None or bound - from_prices > rounding(bound)):
        tree = _OWN_TREE if engine == "decomposition" else _TREE
        words = f"{tree} {solver_name(engine, engine_version)}, not recountable without it"
        out.append({"kind": "branching", "bound": bound, "recountable": False, "rests_on": words})
    return out


def rounding(amount: float) -> float:
    """Return what counts as no difference beside an amount, £."""
    return max(1e-6, 1e-9 * abs(amount))


def solver_name(engine: str, engine_version: str) -> str:
    """Return the name of a solver as its makers write it, with its version: HiGHS 1.14.0."""
    name = _SOLVERS["highs"] if engine == "decomposition" else _SOLVERS.get(engine, engine)
    return f"{name} {engine_version}".strip()
