"""Small seeded random estates with every rule switched on in turn: the ground on which bounds and plans are tried."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.estate import Estate
from assetopt.problem import Problem
from assetopt.scenario import Scenario

FEATURES = (
    "plain", "leases", "works", "two needs", "closing", "divisible", "candidates", "unhoused", "access", "compatibility",
    "caps", "locks", "points", "many works", "markets", "money", "funds",
    "consent", "everything",
)  # fmt: skip
"""What an estate may have beside freeholds and moves; estate number n has feature n modulo their number."""


def random_problem(seed: int) -> Problem:
    """Return a problem of 3-5 sites, 4-8 teams and 1-3 years; its feature is ``FEATURES[seed % len(FEATURES)]``."""
    random = np.random.default_rng(seed)
    feature = FEATURES[seed % len(FEATURES)]

    def has(name: str) -> bool:
        return feature in (name, "everything")

    sites, teams, years = int(random.integers(3, 6)), int(random.integers(4, 9)), int(random.integers(1, 4))
    names = [f"s{i}" for i in range(sites)]
    home = random.integers(0, sites, teams)
    need = random.integers(1, 8, teams) * 10
    room = np.bincount(home, weights=need, minlength=sites) + random.integers(0, 12, sites) * 10
    tables: dict[str, pd.DataFrame] = {
        "partners": pd.DataFrame({"partner_id": ["a", "b"], "name": ["A", "B"], "sector": ["council", "nhs"]}),
        "sites": pd.DataFrame(
            {
                "site_id": names,
                "partner_id": random.choice(["a", "b"], sites),
                "name": names,
                "easting": 600_000 + random.integers(0, 40, sites) * 100,
                "northing": 150_000 + random.integers(0, 40, sites) * 100,
                "tenure": "freehold",
                "running_cost": random.integers(5, 60, sites) * 1_000,
                "market_value": random.integers(0, 400, sites) * 1_000,
                "months_to_sale": 12,
            }
        ),
        "spaces": pd.DataFrame({"site_id": names, "space_type": "office", "capacity": room}),
        "teams": pd.DataFrame(
            {
                "team_id": [f"t{j}" for j in range(teams)],
                "partner_id": random.choice(["a", "b"], teams),
                "name": [f"T{j}" for j in range(teams)],
                "service_type": random.choice(["library", "clinic", "admin"], teams),
                "site_id": [names[i] for i in home],
                "move_cost": random.integers(0, 40, teams) * 1_000,
            }
        ),
        "needs": pd.DataFrame({"team_id": [f"t{j}" for j in range(teams)], "space_type": "office", "amount": need}),
    }
    settings: dict[str, object] = {
        "appraisal": {"base_year": 2027, "decision_years": years, "appraisal_years": 12, "residual_value": True},
        "defaults": {"use": "none"},
    }
    site, team = tables["sites"], tables["teams"]
    if has("leases"):
        leased = random.random(sites) < 0.6
        site["tenure"] = np.where(leased, "leasehold", site["tenure"])
        site["rent"] = np.where(leased, random.integers(1, 50, sites) * 1_000, 0)
        site["lease_end"] = np.where(leased, "2033-03-31", None)
        site["lease_break"] = np.where(leased & (random.random(sites) < 0.5), "2028-03-31", None)
        site["break_penalty"] = np.where(leased, 9_000, 0)
        site["dilapidations"] = np.where(leased, 20_000, 0)
    if has("works"):
        m = int(random.integers(1, 4))
        at = random.choice(names, m)
        ids = [f"m{k}" for k in range(m)]
        tables["interventions"] = pd.DataFrame(
            {"intervention_id": ids, "site_id": at, "capital_cost": random.integers(1, 80, m) * 1_000}
        )
        tables["intervention_spaces"] = pd.DataFrame(
            {"intervention_id": ids, "space_type": "office", "capacity_change": random.choice([-20, 30, 60, 90], m)}
        )
    if feature == "many works":
        ids = [f"m{k}" for k in range(5)]
        tables["interventions"] = pd.DataFrame(
            {"intervention_id": ids, "site_id": names[0], "capital_cost": random.integers(1, 30, 5) * 1_000}
        )
        tables["intervention_spaces"] = pd.DataFrame(
            {"intervention_id": ids, "space_type": "office", "capacity_change": random.choice([10, 20, 40], 5)}
        )
        settings["limits"] = {"max_capital": 60_000}
    if has("two needs"):
        tables["spaces"] = pd.concat(
            [tables["spaces"], pd.DataFrame({"site_id": names, "space_type": "front", "capacity": 40 + room // 2})]
        )
        more = pd.DataFrame({"team_id": team["team_id"], "space_type": "front", "amount": need // 4})
        tables["needs"] = pd.concat([tables["needs"], more[random.random(teams) < 0.6]])
    if has("closing"):
        team["closable"] = random.random(teams) < 0.5
        team["running_cost"] = random.integers(0, 20, teams) * 1_000
        team["closing_cost"] = random.integers(0, 60, teams) * 1_000
    if has("divisible"):
        team["divisible"] = random.random(teams) < 0.4
    if has("candidates"):
        site.loc[sites - 1, "status"] = "candidate"
        site["status"] = site["status"].fillna("existing")
        site["opening_cost"] = np.where(site["status"] == "candidate", 30_000, 0)
        team.loc[team["site_id"] == names[-1], "site_id"] = names[0]
        tables["spaces"].loc[tables["spaces"]["site_id"] == names[0], "capacity"] += int(room[-1])
    if has("unhoused"):
        team.loc[0, "site_id"] = ""
    if has("access") or has("points"):
        tables["service_types"] = pd.DataFrame(
            {"service_type": ["library", "clinic", "admin"], "public": [True, True, False]}
        )
        zones = 12
        tables["demand"] = pd.DataFrame(
            {
                "zone_id": [f"z{k}" for k in range(zones)],
                "easting": 600_000 + random.integers(-20, 60, zones) * 100,
                "northing": 150_000 + random.integers(-20, 60, zones) * 100,
                "population": random.integers(5, 90, zones) * 10,
                "district": random.choice(["east", "west"], zones),
            }
        )
    if has("access"):
        tables["standards"] = pd.DataFrame(
            {
                "standard_id": ["near", "way"],
                "service_type": ["library", "clinic"],
                "mode": ["crow", "crow"],
                "max_km": [2.0, 3.0],
                "min_share": [0.6, 0.5],
                "not_below_today": [bool(random.random() < 0.5), False],
            }
        )
        # A standard for a service that no team gives is refused.
        tables["standards"] = tables["standards"][tables["standards"]["service_type"].isin(team["service_type"])]
        settings["rules"] = {"access": {"floor": "today"}}
    if has("points"):
        tables["service_types"]["min_points"] = [1 if (team["service_type"] == "library").any() else 0, 0, 0]
    if has("compatibility"):
        tables["compatibility"] = pd.DataFrame(
            {
                "a": ["library", "admin"],
                "b": ["clinic", "library"],
                "rule": ["must_not", "prefer"],
                "weight": [None, 3_000],
            }
        )
    if has("caps"):
        settings["change"] = {"max_moves_per_year": int(random.integers(1, 3)), "max_sites_in_works_per_year": 1}
        settings["limits"] = {"max_sites": sites - 1} if random.random() < 0.3 and feature == "caps" else {}
    if has("markets"):
        site["market_area"] = random.choice(["east", "west", ""], sites, p=[0.6, 0.3, 0.1])
        site["carbon_t"] = random.integers(1, 9, sites)
        site["sublet_income"] = np.where(site["tenure"] == "leasehold", 4_000, 0)
        team["fte"] = random.integers(1, 9, teams)
        sales: dict[str, object] = {"haircut": [0.0, 0.2, 0.5]}
        if random.random() < 0.5:
            sales["max_per_year_per_area"] = int(random.integers(1, 3))
            caps = {"max_fte_per_year": 12.0, "max_moves_per_year_per_town": 2}
            settings["change"] = {**settings.get("change", {}), **caps}  # type: ignore[dict-item]
        settings["disposals"] = sales
        if random.random() < 0.3 and feature == "markets":
            settings["limits"] = {"max_carbon_by_year": {str(2026 + years): float(site["carbon_t"].sum() - 1)}}
        sold = site.loc[site["tenure"] == "freehold", "site_id"].iloc[:1]
        tables["disposal_triggers"] = pd.DataFrame({"site_id": sold, "kind": "planning", "months": 5.0})
    if has("locks"):
        site["lock"] = np.where(random.random(sites) < 0.3, "keep", None)
    if has("money"):
        add_money(random, tables)
    if has("funds"):
        tables["funds"] = funds(random, years)
        rules = settings.get("rules", {})
        assert isinstance(rules, dict)
        settings["rules"] = {**rules, "budget": {"floor": str(random.choice(["asked", "today"]))}}
        settings["boundaries"] = {"budgets": str(random.choice(["ring_fenced", "aligned", "pooled"]))}
        site["market_value_low"] = site["market_value"] * 0.8
        site["lifecycle_cost"] = random.integers(0, 5, sites) * 1_000
    if has("consent"):
        tables["partners"]["consent"] = ["no_worse_off", "max_loss"]
        tables["partners"]["max_loss"] = [None, int(random.integers(0, 200)) * 1_000]
        tables["partners"]["max_annual_loss"] = [None, 60_000 if random.random() < 0.5 else None]
        rules = settings.get("rules", {})
        assert isinstance(rules, dict)
        settings["rules"] = {**rules, "no_partner_worse_off": {"side_payments": bool(random.random() < 0.5)}}
    return Problem(Estate.from_frames(f"random {seed}", **tables), Scenario.model_validate(settings))


def add_money(random: np.random.Generator, tables: dict[str, pd.DataFrame]) -> None:
    """Give every site costs of each head, and partners rent and income of each other."""
    site = tables["sites"]
    n = len(site)
    for name, most in (
        ("lifecycle_cost", 4),
        ("business_rates", 6),
        ("income", 3),
        ("fixed_cost", 3),
        ("backlog", 30),
        ("holding_cost", 3),
    ):
        site[name] = random.integers(0, most, n) * 1_000
    site["backlog_year"] = random.integers(2027, 2031, n)
    site["variable_share"] = 0.3
    site["income_payer_partner_id"] = random.choice(["a", "b", ""], n)
    site["landlord_partner_id"] = random.choice(["a", "b", ""], n)
    leased = site["tenure"] == "leasehold"
    site.loc[~leased | (site["landlord_partner_id"] == site["partner_id"]), "landlord_partner_id"] = ""
    site.loc[site["income_payer_partner_id"] == site["partner_id"], "income_payer_partner_id"] = ""
    site["security_of_tenure"] = np.where(leased & (random.random(n) < 0.3), "no", None)


def funds(random: np.random.Generator, years: int) -> pd.DataFrame:
    """Return capital and revenue of both partners, some of it for the other, some of it for some heads only."""
    parts = []
    for fund, partner, kind, pays_for, uses, most in (
        ("a-cap", "a", "capital", "all", "all", 60), ("b-cap", "b", "capital", "b", "all", 60),
        ("b-works", "b", "capital", "a", "works;opening;moving", 30), ("a-rev", "a", "revenue", "all", "moving;penalty", 60),
    ):  # fmt: skip
        parts.append(
            pd.DataFrame(
                {
                    "fund_id": fund, "year": np.arange(2027, 2027 + years), "partner_id": partner, "kind": kind,
                    "amount": random.integers(5, most, years) * 1_000, "pays_for": pays_for, "uses": uses,
                    "takes_receipts": ["no", "yes"][int(random.random() < 0.7)],
                    "carry_forward": ["no", "yes"][int(random.random() < 0.6)],
                }
            )
        )  # fmt: skip
    return pd.concat(parts)
