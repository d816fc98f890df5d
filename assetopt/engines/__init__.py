"""Engines solve a programme: HiGHS, decomposition, CP-SAT, CBC and others through PuLP; all give the same honest answer."""

from __future__ import annotations

from assetopt.engines.outcome import Engine, Outcome, Progress, Task
from assetopt.errors import SolverError, did_you_mean

__all__ = ["Engine", "Outcome", "Progress", "Task", "available", "engine_named"]

_OWN = ("auto", "highs", "cbc", "cp-sat", "decomposition")


def available() -> list[str]:
    """Return the names that :func:`engine_named` takes here: our own, then every solver PuLP finds installed."""
    from assetopt.engines.pulp import installed

    return [*_OWN, *installed()]


def engine_named(name: str) -> Engine:
    """Return the engine of that name; capitals do not matter.

    Parameters
    ----------
    name : str
        auto (by size and shape), highs, cbc, cp-sat, decomposition,
        or a solver as PuLP lists it, such as ``HiGHS`` or ``SCIP_CMD``. Spelt
        exactly ``HiGHS``, it is HiGHS through PuLP; ``highs`` is the direct and faster way.

    Raises
    ------
    SolverError
        If there is no such engine, or it is not installed.
    """
    folded = name.strip().casefold()
    if folded == "auto":
        from assetopt.engines.auto import auto

        return auto
    if folded == "decomposition":
        from assetopt.engines.decomposition import decomposition

        return decomposition
    if folded == "highs" and name.strip() != "HiGHS":
        from assetopt.engines.highs import highs

        return highs
    if folded == "cp-sat":
        from assetopt.engines.cpsat import cpsat

        return cpsat
    from assetopt.engines.pulp import PulpEngine, installed

    if folded == "cbc":
        return PulpEngine("PULP_CBC_CMD", name="cbc")
    known = {solver.casefold(): solver for solver in installed()}
    if folded in known:
        return PulpEngine(known[folded], name=known[folded])
    names = available()
    hint = did_you_mean(name, names)
    raise SolverError(f'there is no engine "{name}" here; {hint + " " if hint else ""}Known: {", ".join(names)}')
