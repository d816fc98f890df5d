"""How a building's cost is shared with guests: teams of another partner than the one whose building it is.

    share[s,i] = floor[s] / whole_floor[i]       basis floor_area (and where a row names none)
               = fte[s] / whole_fte[i]           basis fte
               = 0                               basis fixed, benefit: the partner's weight counts, once it has a team there

    whole_floor[i] = max(capacity[i], (1 - common_parts) x gia_m2)         over all space types but parking
    whole_fte[i]   = max(FTE there today, capacity[i] x FTE per unit of floor in use)

A share is of the whole building, not of the part that the plan fills: what stands empty is the host's, one guest's charge
does not hang on who else comes, and so every charge is linear in the decisions. Common parts are shared as the rest is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.estate import Estate
from assetopt.estate.money import weights_of
from assetopt.problem.assumptions import AssumptionLog
from assetopt.problem.facts import Bools, Facts, Floats, Ints, Texts, codes, numbers, texts

NOT_FLOOR = ("parking",)
"""Space types outside the building: they take no part of its cost."""

BY_WEIGHT = ("fixed", "benefit")
"""Bases in which a partner pays its weight, whatever room its teams take."""


@dataclass(frozen=True)
class Sharing:
    """How each site's cost is shared; one entry a site, shape (n_sites,), unless said otherwise.

    Attributes
    ----------
    basis : floor_area, fte, fixed or benefit.
    rent_policy : nil, cost or market.
    agreed : the site has a row in ``cost_shares``.
    part : how much of a guest's charge is made: 1 where agreed, the assumed part elsewhere, 0 at external sites.
    common_parts : share of the building that all use together, 0 where it is not given.
    whole_floor, whole_fte : what stands for the whole building.
    weight : (n_sites, n_partners), 0 but for fixed and benefit.
    steady, rates, rent, replacement : £ a year that guests share, in the years that :mod:`assetopt.costs.recharges` names.
    floor, fte : (n_teams,) what a team's share is measured by.
    """

    facts: Facts
    basis: Texts
    rent_policy: Texts
    agreed: Bools
    part: Floats
    common_parts: Floats
    whole_floor: Floats
    whole_fte: Floats
    weight: Floats
    steady: Floats
    rates: Floats
    rent: Floats
    replacement: Floats
    floor: Floats
    fte: Floats

    def guest(self, team: Ints, site: Ints) -> Bools:
        """Say which teams would be guests that pay a recharge, shape of ``team``.

        Not at external sites, and not the partner whose payment for the building stands in the ledger as ``income``.
        """
        s = self.facts.sites
        who = self.facts.teams.partner[team]
        pays_already = (s.income[site] > 0) & (s.income_payer[site] == who)
        return np.asarray((who != s.partner[site]) & ~pays_already & (self.part[site] > 0), dtype=bool)

    def by_weight(self, site: Ints) -> Bools:
        """Say at which sites a partner's weight counts, shape of ``site``."""
        return np.isin(self.basis[site], BY_WEIGHT)

    def share(self, team: Ints, site: Ints) -> Floats:
        """Return each team's share of the site's cost, shape of ``team``; 0 where weights count."""
        by_fte = self.basis[site] == "fte"
        above = np.where(by_fte, self.fte[team], self.floor[team])
        below = np.where(by_fte, self.whole_fte[site], self.whole_floor[site])
        share = np.divide(above, below, out=np.zeros(len(team)), where=below > 0)
        return np.where(self.by_weight(site), 0.0, share)


def read_sharing(estate: Estate, facts: Facts, log: AssumptionLog, steady: Floats) -> Sharing:
    """Return how costs are shared; ``steady`` (n_sites,) is the running and life-cycle cost of holding a site, £ a year."""
    s, t = facts.sites, facts.teams
    table = estate.cost_shares
    at = codes(table["site_id"], s.index)
    n = len(s)
    agreed = np.zeros(n, dtype=bool)
    agreed[at] = True

    def column(name: str, missing: str) -> Texts:
        out = np.full(n, missing, dtype=object)
        given = texts(table[name])
        out[at] = np.where(given == "", missing, given)
        return out

    common = np.zeros(n)
    common[at] = np.nan_to_num(numbers(table["common_parts"]))
    policy = column("rent_policy", "nil")
    policy[~agreed] = "cost"
    assumed = log.assumed.value("recharge_without_agreement")
    part = np.where(s.external, 0.0, np.where(agreed, 1.0, assumed))
    open_sites = int((~agreed & ~s.external).sum())
    if open_sites and len(facts.partners) > 1:
        log.record("cost_shares", "basis", open_sites, "recharge_without_agreement", assumed)
    notice = log.assumed.value("guest_notice_months")
    if notice > 0 and len(facts.partners) > 1:
        log.record("cost_shares", "(notice)", int((~s.external).sum()), "guest_notice_months", notice)
    inside = ~facts.space_types.isin(NOT_FLOOR)
    capacity = facts.capacity[:, inside].sum(axis=1)
    floor = t.need[:, inside].sum(axis=1)
    yearly = log.assumed.value("market_rent_yield")
    market = (policy == "market") & (s.rent <= 0) & ~s.external
    if market.any():
        log.record("sites", "rent", int(market.sum()), "market_rent_yield", yearly)
    pays_rent = np.isin(policy, ["cost", "market"])
    return Sharing(
        facts=facts,
        basis=column("basis", "floor_area"),
        rent_policy=policy,
        agreed=agreed,
        part=part,
        common_parts=common,
        whole_floor=np.maximum(capacity, np.where(common > 0, (1.0 - common) * s.gia, 0.0)),
        whole_fte=_whole_fte(facts, capacity, floor),
        weight=_weights(table, at, facts),
        steady=steady + np.where(market, s.market_value * yearly, 0.0),
        rates=s.business_rates,
        rent=np.where(pays_rent, s.rent, 0.0),
        replacement=np.where(pays_rent, s.replacement_rent, 0.0),
        floor=floor,
        fte=t.fte,
    )


LEAST_FLOOR = 1e-6
"""Floor area (m2) below which a team's room says nothing of how dense people sit."""


def _whole_fte(facts: Facts, capacity: Floats, floor: Floats) -> Floats:
    """Return (n_sites,) the FTE that each building holds when full, at the density of its teams today."""
    t, n = facts.teams, len(facts.sites)
    housed = t.home >= 0
    people, used = np.zeros(n), np.zeros(n)
    np.add.at(people, t.home[housed], t.fte[housed])
    np.add.at(used, t.home[housed], floor[housed])
    overall = t.fte.sum() / floor.sum() if floor.sum() > LEAST_FLOOR else 0.0
    density = np.divide(people, used, out=np.full(n, overall), where=(used > LEAST_FLOOR) & (people > 0))
    return np.asarray(np.maximum(people, capacity * density), dtype=np.float64)


def _weights(table: pd.DataFrame, at: Ints, facts: Facts) -> Floats:
    """Return (n_sites, n_partners) the weights of fixed and benefit shares."""
    out = np.zeros((len(facts.sites), len(facts.partners)))
    for site, basis, text in zip(at.tolist(), table["basis"], table["weights"], strict=True):
        for name, weight in (weights_of(str(text)) or {}).items() if basis in BY_WEIGHT else ():
            out[site, facts.partners.get_loc(name)] = weight
    return out
