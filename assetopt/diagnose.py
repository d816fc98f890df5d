"""When no plan exists: which rules stand in the way, and how far each would have to give for a plan to exist.

Each rule in turn, policy before physics, may be broken at a price; the programme is then solved for the least breach. The
plan that comes out is judged like any other: what the verifier says it breaks, and nothing else, would have to give. Where
no rule is enough by itself, all may give together, and those that need not are held again one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assetopt.engines.completion import complete
from assetopt.engines.elastic import elastic
from assetopt.engines.highs_run import run_highs
from assetopt.engines.outcome import Task
from assetopt.formulation import Formulation
from assetopt.program import Floats, Matrix
from assetopt.timeline import business_as_usual, lay_out
from assetopt.verify import judge

OWNERS = {
    "change": "policy",
    "limits": "policy",
    "disposals": "policy",
    "budget": "policy",
    "no_partner_worse_off": "policy",
    "access": "policy",
    "service_points": "policy",
    "visits": "policy",
    "compatibility": "preference",
    "locks": "preference",
    "step_free": "statutory",
    "tenure": "statutory",
    "superior_interest": "statutory",
    "capacity": "physical",
}
"""Who may change a rule: policy and preference first, then what law and bricks say. Rules that are not listed hold always."""


@dataclass(frozen=True)
class Relaxation:
    """Rules that let a plan exist if they give together, and by how much.

    Attributes
    ----------
    rules : tuple of str
        Each is needed where there are several: without its giving, no plan was found.
    breaches : tuple of str
        What a plan that exists then breaks, in the verifier's words; it breaks nothing else.
    least : bool
        Whether it was proved, within 1 %, that no plan breaks less; else the time ended first.
    """

    rules: tuple[str, ...]
    breaches: tuple[str, ...]
    least: bool

    @property
    def owner(self) -> str:
        """Who has to give way: of several rules, the one that is hardest to change."""
        order = list(OWNERS)
        return OWNERS[max(self.rules, key=order.index)]

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "rules": list(self.rules), "owner": self.owner, "breaches": list(self.breaches), "least": self.least,
        }  # fmt: skip


def relaxations(form: Formulation, task: Task, seconds: float = 10.0) -> tuple[Relaxation, ...]:
    """Return what would let a plan exist, each by itself, policy first; empty where nothing is found in the time.

    Parameters
    ----------
    form : Formulation
        Proved to have no plan.
    task : Task
        Its deadline ends the search.
    seconds : float
        At most, for each of the searches.
    """
    search = _Search(form, task, seconds)
    alone = [found for rule in OWNERS if (found := search.giving((rule,))) is not None]
    if alone:
        return tuple(alone)
    together = search.giving(tuple(OWNERS))
    if together is None:
        return ()
    for rule in reversed(together.rules):
        fewer = search.giving(tuple(other for other in together.rules if other != rule))
        together = fewer or together
    return (together,)


class _Search:
    """Looks for the plan that is nearest to keeping all rules when some of them may give."""

    def __init__(self, form: Formulation, task: Task, seconds: float) -> None:
        self._form, self._task, self._seconds = form, task, seconds
        self._matrix = form.program.matrix
        self._rule = np.concatenate(
            [np.full(block.size, block.rule.split(":")[0], dtype=object) for block in form.program.rows]
        )

    def giving(self, rules: Sequence[str]) -> Relaxation | None:
        """Return how far these rules have to give, None where that is not enough, or was not found in the time."""
        form, task = self._form, self._task
        rows = np.flatnonzero(np.isin(self._rule, list(rules)))
        if not len(rows) or task.stop.is_set() or task.remaining <= 0:
            return None
        soft, _ = elastic(self._matrix, rows)
        answer = run_highs(
            soft,
            seconds=min(self._seconds, task.remaining),
            gap=0.01,
            threads=task.threads,
            seed=task.seed,
            start=self._today(soft),
        )
        if answer.values is None:
            return None
        found = judge(form.problem, form.decode(answer.values[: self._matrix.shape[1]])).verdict.violations
        broken = {violation.rule for violation in found}
        if not broken or not broken <= set(rules):
            return None
        return Relaxation(
            tuple(rule for rule in OWNERS if rule in broken),
            tuple(violation.message for violation in found),
            answer.status == "optimal",
        )

    def _today(self, soft: Matrix) -> Floats | None:
        """Return today's estate as a point of the elastic programme, None where it breaks other rules too."""
        form = self._form
        if (form.problem.facts.teams.home < 0).any():
            return None
        line, _ = lay_out(form.problem, business_as_usual(form.problem))
        values = None if line is None else form.encode(line)
        if values is None:
            return None
        more = soft.shape[1] - len(values)
        mask = np.concatenate([form.decision_mask(), np.zeros(more, dtype=bool)])
        return complete(soft, np.concatenate([values, np.zeros(more)]), mask, self._task)
