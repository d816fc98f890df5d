"""Who may change a rule: the order in which what stands in the way of a plan is told."""

from __future__ import annotations

from collections.abc import Iterable

OWNERS = {
    "change": "policy",
    "limits": "policy",
    "disposals": "policy",
    "budget": "policy",
    "no_partner_worse_off": "policy",
    "access": "policy",
    "service_points": "policy",
    "visits": "policy",
    "eligibility": "policy",
    "compatibility": "preference",
    "locks": "preference",
    "step_free": "statutory",
    "tenure": "statutory",
    "superior_interest": "statutory",
    "capacity": "physical",
}
"""Policy and preference first, then what law and bricks say. Rules that are not listed hold always."""


def owner_of(rules: Iterable[str]) -> str:
    """Return whose rules these are: of several, the one that is hardest to change."""
    return OWNERS[max(rules, key=list(OWNERS).index)]
