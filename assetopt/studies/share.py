"""What partners save together, and how to share it: what each could do without the others, whether the whole holds, who pays whom.

Each coalition's saving v(C) is that of a solve in which its members pool buildings and money and everybody else goes on as
today (:mod:`assetopt.studies.coalitions`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from assetopt.estate import Estate
from assetopt.finance import discount_factors
from assetopt.scenario import Scenario
from assetopt.studies.coalitions import Coalitions, jobs_of, key_of, read_coalitions
from assetopt.studies.core import LeastCore, excesses, least_core, nucleolus_over
from assetopt.studies.games import (
    MOST_EXACT,
    Floats,
    Ints,
    coalitions_of,
    in_proportion,
    sampled_orders,
    sampled_shapley,
    shapley,
    shapley_range,
)
from assetopt.studies.interval import SMALL, Interval
from assetopt.studies.job import Answer
from assetopt.studies.players import Player, players_of
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.side_payments import level_payments
from assetopt.studies.solving import refuse_other_aims, without_fault

RULES = ("shapley", "nucleolus", "equal", "floor_area", "fte", "own_saving")
"""Rules of sharing, in the order of the tables."""


@dataclass(frozen=True)
class Shares:
    """How a saving may be shared.

    Attributes
    ----------
    coalitions : Coalitions
    rules : mapping
        Rule = (n,) what it gives each player, £ present value; a rule without a basis (no floor area given) is left out.
    ranges : mapping
        Rule = (low, high), each (n,), where the gaps of the solves or the sampling leave it open.
    core : LeastCore
        On the plans found; ``core_low`` and ``core_high`` are the least and the most that its value can be.
    own, before, after : (n,)
        What each player saves under the plan before any payment; what it bears as today, and under the plan; £ present value.
    payments : mapping
        Rule = (n,) £ a year received (negative: paid), in each appraisal year.
    orders : int
        Orders sampled; 0 where every coalition was solved.
    """

    coalitions: Coalitions
    rules: Mapping[str, Floats]
    ranges: Mapping[str, tuple[Floats, Floats]]
    core: LeastCore
    core_low: float
    core_high: float
    own: Floats
    before: Floats
    after: Floats
    payments: Mapping[str, Floats]
    base_year: int
    years: int
    orders: int
    notes: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)

    @property
    def players(self) -> tuple[Player, ...]:
        """Who shares."""
        return self.coalitions.players

    @property
    def core_is_sure(self) -> bool:
        """Whether the gaps of the solves leave no doubt whether the core is empty."""
        return self.core_low > SMALL or self.core_high <= SMALL

    def proper(self, part: str) -> tuple[Ints, Floats]:
        """Return the coalitions that were asked, nobody and everybody left out, and a part of what each saves."""
        return _proper(self.coalitions, part)

    def blocking(self, rule: str) -> tuple[int, Interval]:
        """Return the coalition that gains most by walking out of what a rule gives, and how much (£ present value)."""
        x = self.rules[rule]
        masks, gain = self.proper("value")
        if not len(masks):
            return 0, Interval.exactly(0.0)
        at = int(np.argmax(excesses(masks, gain, x)))
        mask = int(masks[at])
        given = math.fsum(float(x[i]) for i in range(len(x)) if mask >> i & 1)
        return mask, self.coalitions.of(mask) - Interval.exactly(given)


def share(
    estate: Estate,
    scenario: Scenario,
    out: str | Path,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    orders: int = 24,
    resources: Resources | None = None,
) -> Shares:
    """Solve every coalition and share the saving by every rule; written to a folder.

    Parameters
    ----------
    estate, scenario
        The scenario's boundaries are not used: members pool, others go on as today.
    out : str or pathlib.Path
        The study's folder; an earlier run's answers in it are used.
    groups : mapping, optional
        Partners that speak with one voice; see :func:`assetopt.studies.players.players_of`.
    orders : int
        With more than ten players: how many orders of joining are sampled (an even number).
    resources : Resources, optional

    Raises
    ------
    InputError
        Where a group names who is no partner.
    AssetoptError
        Where business as usual has no cost, or the plan of all together failed.
    FileExistsError
        Where the folder holds something else.
    """
    from assetopt.studies.share_report import write_shares

    refuse_other_aims(scenario)
    players = players_of(estate, groups, scenario.boundaries.veto)
    n = len(players)
    everybody = (1 << n) - 1
    drawn = None if n <= MOST_EXACT else sampled_orders(n, max(2, orders // 2), scenario.solver.seed)
    masks = _asked(n, drawn)
    with Runner(estate, out, "share", resources or Resources()) as runner:
        answers = runner.run(jobs_of(estate, scenario, players, masks))
        whole = without_fault(answers, key_of(players, everybody), runner.failures)
        found = read_coalitions(players, masks, answers)
        shares = _shared(estate, scenario, found, drawn, whole, runner.failures)
        write_shares(runner.folder, scenario, shares)
        runner.folder.finish(runner.failures)
    return shares


def _asked(n: int, drawn: Ints | None) -> list[int]:
    """Return the coalitions to solve: all, or those of the orders drawn, each player alone, and all but each."""
    everybody = (1 << n) - 1
    if drawn is None:
        return list(range(1, everybody + 1))
    alone = [1 << i for i in range(n)]
    return sorted({*coalitions_of(drawn).ravel().tolist(), *alone, *(everybody & ~one for one in alone), everybody})


def _shared(
    estate: Estate,
    scenario: Scenario,
    found: Coalitions,
    drawn: Ints | None,
    whole: Answer,
    failures: Mapping[str, str],
) -> Shares:
    n, total = len(found.players), found.total
    masks, gain = _proper(found, "value")
    notes: list[str] = []
    ranges: dict[str, tuple[Floats, Floats]] = {}
    if drawn is None:
        by_joining = shapley(found.game())
        ranges["shapley"] = shapley_range(found.game("low"), found.game("high"))
    else:
        sampled = sampled_shapley(lambda mask: found.of(mask).value, drawn)
        by_joining, slack = sampled.value, _open(found, drawn)
        ranges["shapley"] = (sampled.low - slack, sampled.high + slack)
        notes.append(
            f"{n} partners make {2**n - 1:,} coalitions; {len(found.masks):,} were solved, those of {sampled.orders} orders "
            "of joining: the Shapley value has a 95 % confidence interval, core and nucleolus know these coalitions only"
        )
    rules: dict[str, Floats] = {
        "shapley": by_joining,
        "nucleolus": nucleolus_over(n, masks, gain, total.value),
        "equal": np.full(n, total.value / n),
    }
    for name, weights in _weights(estate, found).items():
        given = in_proportion(total.value, weights)
        if given is None:
            what = {"floor_area": "floor area", "fte": "staff (FTE)", "own_saving": "what each saves alone"}[name]
            why = "some is below nothing" if (weights < 0).any() else "it is nothing, or not given, for everybody"
            notes.append(f"No sharing by {what}: {why}.")
        else:
            rules[name] = given
    before, after = _money(found.players, whole)
    own = before - after
    beside = total.value - math.fsum(own)
    if abs(beside) > 1.0:
        notes.append(
            f"£{beside:,.0f} of the saving is priced beside the estate's money (journeys, penalties, preferences) or left "
            "open by a part of it that does better alone; nobody can pay it out, and in the side payments all bear it alike"
        )
    appraisal = scenario.appraisal
    annuity = float(discount_factors(appraisal.discount, appraisal.appraisal_years + 1)[:-1].sum())
    held = least_core(n, masks, gain, total.value)
    return Shares(
        coalitions=found,
        rules={name: rules[name] for name in RULES if name in rules},
        ranges=ranges,
        core=held,
        core_low=least_core(n, masks, _proper(found, "low")[1], total.high).value,
        core_high=least_core(n, masks, _proper(found, "high")[1], total.low).value,
        own=own,
        before=before,
        after=after,
        payments={name: level_payments(given, own, annuity) for name, given in rules.items()},
        base_year=appraisal.base_year,
        years=appraisal.appraisal_years,
        orders=0 if drawn is None else len(drawn),
        notes=tuple(notes),
        failures=dict(failures),
    )


def _proper(found: Coalitions, part: str) -> tuple[Ints, Floats]:
    inside = found.masks < (1 << len(found.players)) - 1
    gain = np.array([float(getattr(saving, part)) for saving in found.savings])
    return found.masks[inside], gain[inside]


def _open(found: Coalitions, drawn: Ints) -> Floats:
    """Return (n,) by how much the gaps of the solves leave each mean open, either way."""
    out = np.zeros(drawn.shape[1])
    for order, met in zip(drawn, coalitions_of(drawn), strict=True):
        before = Interval.exactly(0.0)
        for player, mask in zip(order.tolist(), met.tolist(), strict=True):
            after = found.of(mask)
            brought = after - before
            out[player] += max(brought.high - brought.value, brought.value - brought.low)
            before = after
    return out / len(drawn)


def _weights(estate: Estate, found: Coalitions) -> dict[str, Floats]:
    """Return what simple rules share by, (n,) each: floor area held today, staff, and what each saves alone."""
    sites, teams = estate.sites, estate.teams
    ours = sites[sites["status"] == "existing"]
    area = {str(name): float(m2) for name, m2 in ours.groupby("partner_id")["gia_m2"].sum().items()}
    staff = {str(name): float(fte) for name, fte in teams.groupby("partner_id")["fte"].sum().items()}

    def added(table: Mapping[str, float], player: Player) -> float:
        return math.fsum(float(table.get(name, 0.0)) for name in player.partners)

    return {
        "floor_area": np.array([added(area, player) for player in found.players]),
        "fte": np.array([added(staff, player) for player in found.players]),
        "own_saving": np.array([found.of(1 << i).value for i in range(len(found.players))]),
    }


def _money(players: Sequence[Player], whole: Answer) -> tuple[Floats, Floats]:
    """Return (n,) what each player bears as today and under the plan of all, £ present value."""
    money = cast("Mapping[str, Mapping[str, float]]", whole["partners"])
    before, after = (
        np.array([math.fsum(money[name][key] for name in player.partners) for player in players])
        for key in ("npv_today", "npv")
    )
    return before, after
