"""What a plan costs: one cost a file, priced for the solver (``price``) and recounted for the ledger (``amount``).

A cost module has ``NAME``, ``TOTAL`` (which of the objective's four parts it belongs to), a docstring with its formula, and

    price(form: Formulation) -> None                       charges columns (and adds derived ones) in ``form.program``
    amount(problem: Problem, line: Timeline) -> list[DataFrame]     ledger lines by year, from the plan's states
"""

from __future__ import annotations

from types import ModuleType

from assetopt.costs import (
    backlog,
    closing,
    dilapidations,
    double_running,
    fixed,
    holding,
    income,
    journeys,
    moving,
    opening,
    penalties,
    placements,
    preferences,
    receipts,
    rent,
    residual,
    running,
    variable,
    works,
)

COSTS: dict[str, ModuleType] = {
    cost.NAME: cost
    for cost in (
        running,
        variable,
        rent,
        income,
        fixed,
        backlog,
        opening,
        works,
        moving,
        placements,
        closing,
        double_running,
        holding,
        receipts,
        dilapidations,
        residual,
        journeys,
        penalties,
        preferences,
    )
}
"""Every cost by name."""
