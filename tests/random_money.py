"""The random estates with all money on: recharges by every basis, VAT, retention, rates, a partner outside the purse."""

from __future__ import annotations

import numpy as np
import pandas as pd
from random_estates import random_problem

from assetopt.estate import Estate
from assetopt.problem import Problem
from assetopt.scenario import Scenario


def moneyed_problem(seed: int, rules: bool = False) -> Problem:
    """Return random estate number ``seed`` with shared costs, taxes and three partners that differ in them.

    With ``rules`` budgets and consent (with side payments) hold; the funds are ample, so that there is a plan.
    """
    plain = random_problem(seed)
    random = np.random.default_rng(1_000 + seed)
    tables = {name: frame.copy() for name, frame in plain.estate.tables.items() if len(frame)}
    tables["partners"] = pd.DataFrame(
        {
            "partner_id": ["a", "b", "c"], "name": ["A", "B", "C"], "sector": ["council", "nhs", "housing"],
            "vat_recovery_capital": [1.0, None, 0.1], "vat_recovery_opex": [None, 0.3, None],
            "receipt_retention": [1.0, 0.5, 0.75],
        }
    )  # fmt: skip
    site, team = tables["sites"], tables["teams"]
    n = len(site)
    site["partner_id"] = random.choice(["a", "b", "c"], n)
    team["partner_id"] = random.choice(["a", "b", "c"], len(team))
    team["fte"] = random.integers(1, 30, len(team)).astype(float)
    for column, most in (("business_rates", 9), ("lifecycle_cost", 5), ("fixed_cost", 4), ("backlog", 30)):
        site[column] = random.integers(0, most, n) * 1_000.0
    site["gia_m2"] = 200.0
    site["variable_share"] = 0.25
    site["fixed_cost_until"] = pd.Timestamp("2031-06-30")
    site["income"] = np.where(random.random(n) < 0.3, 1_500.0, 0.0)
    payer = random.choice(["a", "", "c"], n)
    site["income_payer_partner_id"] = np.where(payer == site["partner_id"], "", payer)
    if "landlord_partner_id" in site:
        site.loc[site["landlord_partner_id"] == site["partner_id"], "landlord_partner_id"] = ""
    basis = random.choice(["floor_area", "fte", "fixed", "benefit"], n)
    tables["cost_shares"] = pd.DataFrame(
        {
            "site_id": site["site_id"], "basis": basis,
            "weights": np.where(np.isin(basis, ["fixed", "benefit"]), "a=0.5;b=0.3;c=0.2", ""),
            "common_parts": random.choice([0.0, 0.2], n), "rent_policy": random.choice(["nil", "cost", "market"], n),
        }
    )[random.random(n) < 0.8]  # fmt: skip
    settings = plain.scenario.model_dump(exclude_unset=True)
    asked = {name: table for name, table in settings.get("rules", {}).items() if name == "access"}
    tables.pop("funds", None)
    if rules:
        tables["partners"]["consent"] = ["no_worse_off", "max_loss", "no_worse_off"]
        tables["partners"]["max_loss"] = [None, 20_000.0, None]
        tables["funds"] = _funds(random, plain.base_year)
        asked |= {"budget": {}, "no_partner_worse_off": {"side_payments": True}}
    settings["rules"] = asked
    settings["defaults"] = {
        "use": "none", "vat_rate": 0.2, "vat_share_running": 0.6, "vat_recovery_nhs_capital": 0.0, "double_running_months": 2.0,
        "recharge_without_agreement": 1.0, "market_rent_yield": 0.07,
    }  # fmt: skip
    return Problem(Estate.from_frames(f"moneyed {seed}", **tables), Scenario.model_validate(settings))


def _funds(random: np.random.Generator, first: int) -> pd.DataFrame:
    """Return capital of every partner for each of twelve years, of two funds for the first."""
    rows = [
        (
            fund,
            first + year,
            partner,
            float(random.integers(200, 400)) * 1_000.0,
            "capital",
            partner,
            "all",
            "yes",
            "yes",
        )
        for fund, partner in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("c1", "c"))
        for year in range(12)
    ]
    columns = ["fund_id", "year", "partner_id", "amount", "kind", "pays_for", "uses", "takes_receipts", "carry_forward"]
    return pd.DataFrame(rows, columns=columns)
