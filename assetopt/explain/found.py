"""What was found about a plan: the price of every decision the other way, as tables that a person can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from assetopt.certificate import gap_of, pounds
from assetopt.explain.pricing import Prices
from assetopt.explain.questions import Question
from assetopt.explain.switching import Switch
from assetopt.formulation import Formulation
from assetopt.plan import Plan
from assetopt.result import Result

ESSENTIAL, FIXED, OPEN, PRICED, FREE = "essential", "held", "not known", "priced", "swappable"

ORDER = (ESSENTIAL, FIXED, OPEN, PRICED, FREE)

LISTED = 8
"""Changes, wards or teams that a cell names; the rest are counted."""


@dataclass(frozen=True, eq=False)
class Found:
    """A plan, its questions and their prices.

    Attributes
    ----------
    result : Result
    form : Formulation
    values : (n,) array, the plan
    asked : list of Question
    prices : Prices
    standards : DataFrame
        One row a hard standard: ``standard_id, service_type, share_required, share, price_low, price_high, settled, what``.
    rules : mapping of int to str
        By question without another way: the rules that stand in the way.
    switches : mapping of int to Switch
        By question of a kept site: from which room or minutes on it would go.
    """

    result: Result
    form: Formulation
    values: np.ndarray
    asked: list[Question]
    prices: Prices
    standards: pd.DataFrame
    rules: dict[int, str] = field(default_factory=dict)
    switches: dict[int, Switch] = field(default_factory=dict)

    def standing(self, k: int) -> str:
        """Say where a decision stands: essential (proved), held (by a lock), swappable (at no cost), priced or not known."""
        if self.asked[k].fixed:
            return FIXED
        if self.prices.impossible[k]:
            return ESSENTIAL
        if not np.isfinite(self.prices.most[k]):
            return OPEN
        return FREE if self.prices.high[k] <= self.prices.tolerance else PRICED

    def price(self, k: int) -> tuple[float, float]:
        """Return the least and most that the other way costs more (£); NaN where there is no such number."""
        if self.asked[k].fixed or self.prices.impossible[k]:
            return np.nan, np.nan
        low, high = float(self.prices.low[k]), float(self.prices.high[k])
        return (low if np.isfinite(low) else np.nan), (high if np.isfinite(high) else np.nan)

    def price_words(self, k: int) -> str:
        """Return the price as a sentence."""
        question = self.asked[k]
        if question.fixed:
            return f"no price: {question.fixed}"
        if self.prices.impossible[k]:
            return f"no plan under these rules has it {question.other}: {self.prices.how[k]}"
        low, high = self.price(k)
        if np.isnan(high):
            at_least = "no bound is known yet" if np.isnan(low) or low <= 0 else f"at least {pounds(low)}"
            return f"{at_least}; no plan that has it {question.other} was found in the time given"
        if self.prices.settled[k]:
            return "nothing" if abs(high) <= self.prices.tolerance else pounds(high)
        if high < -self.prices.tolerance:
            return f"less than nothing: a plan that has it {question.other} is {pounds(-high)} cheaper"
        if not low > self.prices.tolerance:
            return "nothing" if high <= self.prices.tolerance else f"at most {pounds(high)}, perhaps nothing"
        return f"between {pounds(low)} and {pounds(high)}"

    @cached_property
    def _known(self) -> dict[int, tuple[pd.Series, pd.Series]]:
        """What becomes of sites, and where teams are, in each distinct plan that was met; filled as it is asked for."""
        return {}

    def _outline(self, values: np.ndarray | None) -> tuple[pd.Series, pd.Series]:
        """Return by site its action, and by team its place, of a plan; None is the plan that is explained."""
        if id(values) not in self._known:
            plan = self.result.plan if values is None else self.form.decode(values)
            assert plan is not None
            self._known[id(values)] = plan.sites.set_index("site_id")["action"], _places(plan)
        return self._known[id(values)]

    def changes(self, k: int) -> list[str]:
        """Return what else differs in the best plan found that decides a question the other way."""
        if self.prices.plans[k] is None:
            return []
        facts, subject, out = self.result.problem.facts, self.asked[k], list[str]()
        site, team = (subject.index if subject.kind == kind else -1 for kind in ("site", "team"))
        (a, there), (b, then) = self._outline(None), self._outline(self.prices.plans[k])
        for name in a.index[a.to_numpy() != b.reindex(a.index).to_numpy()]:
            if site < 0 or name != facts.sites.ids[site]:
                out.append(f"{self._names[name]}: {DONE[b[name]]} (in the plan: {DONE[a[name]]})")
        for name in there.index[there.to_numpy() != then.reindex(there.index).to_numpy()]:
            if team < 0 or name != facts.teams.ids[team]:
                out.append(
                    f"team {name}: {_at(then[name], self._names)} (in the plan: {_at(there[name], self._names)})"
                )
        return out

    @cached_property
    def _names(self) -> dict[str, str]:
        return dict(zip(self.result.problem.facts.sites.ids, self.result.problem.facts.sites.name, strict=True))

    @cached_property
    def _terms(self) -> dict[str, np.ndarray]:
        """Every cost of the model by column, £."""
        return {name: self.form.program.cost_of(name) for name in self.form.program.terms}

    def drivers(self, k: int) -> str:
        """Return the rules that stand in the way, or the costs that make the difference, largest first."""
        if self.asked[k].fixed:
            return self.asked[k].fixed
        if self.prices.impossible[k]:
            return self.rules.get(k, "no single rule: several together leave no plan")
        values = self.prices.plans[k]
        if values is None:
            return "not known: no plan the other way was found"
        step = values - self.values
        at = np.flatnonzero(step)
        difference = {name: float(cost[at] @ step[at]) for name, cost in self._terms.items()}
        top = sorted(difference.items(), key=lambda item: (-abs(item[1]), item[0]))[:4]
        told = [
            f"{name.replace('_', ' ')} {'+' if amount > 0 else '-'}{pounds(abs(amount))}"
            for name, amount in top
            if abs(amount) >= 1.0
        ]
        return "; ".join(told) or "no cost differs"

    def room_and_minutes(self, k: int) -> dict[str, object]:
        """Return the switching values of room and of standards of a site, as cells."""
        switch = self.switches.get(k, Switch(np.nan, np.nan, "", ""))
        return {
            "room_low": switch.room_low, "room_high": switch.room_high, "room": switch.room, "minutes": switch.minutes,
        }  # fmt: skip

    def flips(self, k: int) -> dict[str, float]:
        """Return the switching values of a site: by how much a yearly cost or the receipt has to change, £.

        ``yearly_low`` to ``yearly_high``: change of the yearly cost of holding the site; ``receipt_low`` to ``receipt_high``:
        change of its net receipt. Up for a kept site, down for a closed one; below ``low`` the decision stands, from
        ``high`` on the plan that was found the other way is the cheaper. NaN where none can be told.
        """
        out = dict.fromkeys(("yearly_low", "yearly_high", "receipt_low", "receipt_high"), np.nan)
        p, question = self.result.problem, self.asked[k]
        low, high = self.price(k)
        if question.kind != "site" or np.isnan(high) or p.facts.sites.candidate[question.index]:
            return out
        i, vacate = question.index, self.form.vacate[question.index]
        values = self.prices.plans[k] if question.some else self.values
        assert values is not None
        done = [t for t in range(p.years) if vacate[t] >= 0 and values[vacate[t]] > 0.5]
        if not done:
            return out
        first = min(t for t in range(p.years) if vacate[t] >= 0) if question.some else done[0]
        factor, end = p.factors, p.horizon
        low = max(0.0, low) if np.isfinite(low) else 0.0
        out["yearly_low"] = low / float(factor[first:end].sum())
        out["yearly_high"] = max(0.0, high) / float(factor[done[0] : end].sum())
        wait = int(np.ceil(float(p.facts.sites.months_to_sale[i]) / 12.0))
        held = float(factor[end]) if p.scenario.appraisal.residual_value else 0.0
        sold = str(p.facts.sites.tenure[i]) == "freehold" and not len(p.scenario.disposals.haircut)
        if sold and done[0] + wait < end and first + wait < end and factor[done[0] + wait] - held > 0:
            out["receipt_low"] = low / float(factor[first + wait] - held)
            out["receipt_high"] = max(0.0, high) / float(factor[done[0] + wait] - held)
        return out

    @property
    def sentence(self) -> str:
        """The certificate in words, with what could change and what could not."""
        return sentence(self)


DONE = {
    "keep": "kept", "dispose": "sold", "exit_lease": "lease left", "open": "opened", "not_opened": "not opened",
}  # fmt: skip


def _places(plan: Plan) -> pd.Series:
    table = plan.teams
    told = table["action"] + " " + table["site_id"]
    return told.groupby(table["team_id"]).agg(" and ".join)


def _at(told: str, names: dict[str, str]) -> str:
    action, _, site = str(told).partition(" ")
    return "closed" if action == "close" else f"at {names.get(site, site)}"


def sentence(found: Found) -> str:
    """Say how good the plan is, how many decisions could change at no cost, and how many buildings are essential."""
    certificate, prices = found.result.certificate, found.prices
    share = gap_of(certificate.objective, certificate.bound)
    if share is None or certificate.objective is None or certificate.bound is None:
        first = "How far this plan is from the best that exists is not known"
    elif share <= 1e-6:
        first = "No plan under these rules is cheaper, and that is proved"
    else:
        first = f"Within {share:.2%} ({pounds(certificate.objective - certificate.bound)}) of the best that exists"
    standing = [found.standing(k) for k in range(len(found.asked))]
    site = [question.kind == "site" for question in found.asked]
    free = sum(state == FREE for state in standing)
    essential = sum(state == ESSENTIAL and mine for state, mine in zip(standing, site, strict=True))
    held = sum(state == FIXED and mine for state, mine in zip(standing, site, strict=True))
    asked = int(sum(state != FIXED for state in standing))
    open_ = sum(state == PRICED and not done for state, done in zip(standing, prices.settled.tolist(), strict=True))
    buildings = "1 building is essential" if essential == 1 else f"{essential} buildings are essential"
    words = f"{first}; {free} of {asked} decisions could change at no cost; {buildings}"
    if held:
        words += f", and {held} more {'is' if held == 1 else 'are'} held by locks or decisions taken beforehand"
    if open_:
        words += f"; {open_} prices are not settled yet"
    return f"{words}."
