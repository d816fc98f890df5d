"""The rules a plan must keep: one file each, said once to the solver (``constrain``) and once to the checker (``violations``).

A rule module has ``NAME``, a docstring with its formula, and two functions:

    constrain(form: Formulation) -> None                    writes rows (and derived columns) to ``form.program``
    violations(problem: Problem, line: Timeline) -> list[Violation]    recounts the rule from facts and plan alone
"""

from __future__ import annotations

from types import ModuleType

from assetopt.rules import (
    access,
    budget,
    capacity,
    change,
    compatibility,
    disposals,
    eligibility,
    limits,
    locks,
    no_partner_worse_off,
    open_site,
    placement,
    service_points,
    step_free,
    superior_interest,
    tenure,
    visits,
)

RULES: dict[str, ModuleType] = {
    rule.NAME: rule
    for rule in (
        placement,
        eligibility,
        open_site,
        capacity,
        locks,
        tenure,
        superior_interest,
        compatibility,
        access,
        service_points,
        step_free,
        visits,
        change,
        disposals,
        limits,
        budget,
        no_partner_worse_off,
    )
}
"""Every rule by name, in the order in which breaches are reported."""
