"""The estate's facts as arrays, with every gap filled by a recorded assumption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.estate import Estate
from assetopt.problem.assumptions import AssumptionLog
from assetopt.problem.disposals import triggers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

PRIVATE, PUBLIC, BILLING, EXCHEQUER = "_private", "_public", "_billing_authority", "_exchequer"
"""Reserved payers and payees: outsiders, public bodies outside the partnership, the collectors of rates and of VAT."""


LEAST_POINT_SHARE = 0.001
"""``min_point_share`` = 0 means any share that is one, and a team's thousandth is the least that can be told from none."""


def codes(values: pd.Series | npt.NDArray[np.object_] | Sequence[str], ids: pd.Index) -> Ints:
    """Return the position of each value in ``ids``, -1 where it is empty or unknown."""
    return np.asarray(ids.get_indexer(pd.Index(np.asarray(values, dtype=object))), dtype=np.int64)


def texts(values: pd.Series) -> Texts:
    """Return a text column as an object array."""
    return np.asarray(values.astype(object), dtype=object)


def numbers(values: pd.Series) -> Floats:
    """Return a numeric column as float64, missing as NaN."""
    return np.asarray(values, dtype=np.float64)


def zero(values: pd.Series) -> Floats:
    """Return a numeric column with missing values as 0: nothing was said, and nothing is assumed."""
    return np.nan_to_num(numbers(values))


@dataclass(frozen=True)
class SiteFacts:
    """One entry a site, shape (n_sites,); money in £ or £ a year of the base year."""

    ids: Texts
    index: pd.Index
    """The ids once more, for look-ups."""
    partner: Texts
    name: Texts
    existing: Bools
    candidate: Bools
    external: Bools
    spare: Bools
    """Vacant or surplus today."""
    tenure: Texts
    on_exit: Texts
    lock: Texts
    head: Ints
    gia: Floats
    running_cost: Floats
    variable_share: Floats
    lifecycle_cost: Floats
    business_rates: Floats
    fixed_cost: Floats
    income: Floats
    income_payer: Texts
    rent: Floats
    landlord: Texts
    security: Bools
    replacement_rent: Floats
    break_penalty: Floats
    break_notice_months: Floats
    dilapidations: Floats
    backlog: Floats
    backlog_year: Floats
    backlog_funded: Bools
    market_value: Floats
    market_value_low: Floats
    market_value_high: Floats
    sale_cost_share: Floats
    disposal_deductions: Floats
    months_to_sale: Floats
    holding_cost: Floats
    opening_cost: Floats
    end_value: Floats
    sublet_income: Floats
    statutory_backlog: Floats
    market_area: Texts
    trigger_words: Texts
    """What lengthens the sale, in words; empty where nothing does."""
    carbon: Floats
    lat: Floats
    lon: Floats
    easting: Floats
    northing: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class TeamFacts:
    """One entry a team, shape (n_teams,)."""

    ids: Texts
    index: pd.Index
    """The ids once more, for look-ups."""
    partner: Texts
    name: Texts
    service: Ints
    """Index into :attr:`Facts.services`."""
    home: Ints
    """Site index, -1 for a team that is not yet housed."""
    fte: Floats
    movable: Bools
    closable: Bools
    divisible: Bools
    move_cost: Floats
    closing_cost: Floats
    running_cost: Floats
    earliest_move: Floats
    radius_km: Floats
    need: Floats
    """(n_teams, n_space_types): amount needed of each space type."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class InterventionFacts:
    """One entry an intervention, shape (n_interventions,)."""

    ids: Texts
    index: pd.Index
    """The ids once more, for look-ups."""
    site: Ints
    payer: Texts
    capital_cost: Floats
    non_standard: Bools
    running_cost_change: Floats
    carbon_change: Floats
    months: Floats
    change: Floats
    """(n_interventions, n_space_types): capacity change."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Facts:
    """All facts the model uses, as arrays."""

    partners: pd.Index
    public_purse: Bools
    sectors: Texts
    sites: SiteFacts
    teams: TeamFacts
    interventions: InterventionFacts
    space_types: pd.Index
    services: pd.Index
    public: Bools
    """(n_services,): services to the public."""
    min_point_share: Floats
    capacity: Floats
    """(n_sites, n_space_types): today's capacity, 0 where a site has none."""
    variable_cost: Floats
    """(n_sites, n_space_types): £ a year per unit in use, NaN where not given."""

    def in_purse(self, bodies: Texts) -> Floats:
        """Return 1 for bodies inside the public purse and 0 for others, shape of ``bodies``."""
        known = dict(zip(self.partners, self.public_purse.astype(float), strict=True))
        known.update({PRIVATE: 0.0, PUBLIC: 1.0, BILLING: 1.0, EXCHEQUER: 1.0})
        return np.array([known[body] for body in bodies], dtype=np.float64)


def _sites(estate: Estate, partners: pd.Index, log: AssumptionLog) -> SiteFacts:
    t = estate.sites
    ids = pd.Index(t["site_id"])
    status, tenure = texts(t["status"]), texts(t["tenure"])
    existing, candidate = status == "existing", status == "candidate"
    freehold = existing & (tenure == "freehold")
    leasehold = existing & (tenure == "leasehold")
    gia = numbers(t["gia_m2"])
    value = zero(t["market_value"])
    running = zero(t["running_cost"])
    landlord = np.where(
        texts(t["landlord_partner_id"]) != "",
        texts(t["landlord_partner_id"]),
        np.where(np.asarray(t["landlord_public"].fillna(False), dtype=bool), PUBLIC, PRIVATE),
    ).astype(object)
    payer = texts(t["income_payer_partner_id"])
    delay = triggers(estate, ids, freehold & (texts(t["on_exit"]) == "sell"), log)
    low, high = numbers(t["market_value_low"]), numbers(t["market_value_high"])
    return SiteFacts(
        ids=np.asarray(ids, dtype=object),
        index=ids,
        partner=texts(t["partner_id"]),
        name=texts(t["name"]),
        existing=existing,
        candidate=candidate,
        external=status == "external",
        spare=np.isin(texts(t["use_status"]), ["vacant", "surplus"]),
        tenure=tenure,
        on_exit=texts(t["on_exit"]),
        lock=texts(t["lock"]),
        head=codes(t["head_site_id"], ids),
        gia=np.nan_to_num(gia),
        running_cost=running,
        variable_share=log.fill(
            "sites",
            "variable_share",
            numbers(t["variable_share"]),
            "variable_share",
            (existing | candidate) & (running > 0),
        ),
        lifecycle_cost=zero(t["lifecycle_cost"]),
        business_rates=zero(t["business_rates"]),
        fixed_cost=zero(t["fixed_cost"]),
        income=zero(t["income"]),
        income_payer=np.where(payer != "", payer, PRIVATE).astype(object),
        rent=zero(t["rent"]),
        landlord=landlord,
        security=np.asarray(t["security_of_tenure"].fillna(True), dtype=bool),
        replacement_rent=zero(t["replacement_rent"]),
        break_penalty=zero(t["break_penalty"]),
        break_notice_months=log.fill(
            "sites", "break_notice_months", numbers(t["break_notice_months"]), "break_notice_months", leasehold
        ),
        dilapidations=log.fill(
            "sites", "dilapidations", numbers(t["dilapidations"]), "dilapidations_per_m2", leasehold, gia
        ),
        backlog=zero(t["backlog"]),
        backlog_year=numbers(t["backlog_year"]),
        backlog_funded=np.asarray(t["backlog_funded"].fillna(True), dtype=bool),
        market_value=value,
        market_value_low=np.where(np.isnan(low), value, low),
        market_value_high=np.where(np.isnan(high), value, high),
        sale_cost_share=log.fill(
            "sites", "sale_cost_share", numbers(t["sale_cost_share"]), "sale_cost_share", freehold & (value > 0)
        ),
        disposal_deductions=zero(t["disposal_deductions"]),
        months_to_sale=delay.months
        + log.fill("sites", "months_to_sale", numbers(t["months_to_sale"]), "months_to_sale", freehold),
        holding_cost=log.fill(
            "sites", "holding_cost", numbers(t["holding_cost"]), "holding_cost_per_m2", freehold, gia
        ),
        opening_cost=zero(t["opening_cost"]),
        end_value=zero(t["end_value"]),
        sublet_income=zero(t["sublet_income"]),
        statutory_backlog=np.where(
            np.isnan(numbers(t["statutory_backlog"])), zero(t["backlog"]), zero(t["statutory_backlog"])
        ),
        market_area=texts(t["market_area"]),
        trigger_words=delay.words,
        carbon=zero(t["carbon_t"]),
        lat=numbers(t["lat"]),
        lon=numbers(t["lon"]),
        easting=numbers(t["easting"]),
        northing=numbers(t["northing"]),
    )


def _teams(estate: Estate, sites: pd.Index, services: pd.Index, spaces: pd.Index, log: AssumptionLog) -> TeamFacts:
    t = estate.teams
    ids = pd.Index(t["team_id"])
    home = codes(t["site_id"], sites)
    closable = np.asarray(t["closable"], dtype=bool)
    movable = np.asarray(t["movable"], dtype=bool)
    need = np.zeros((len(ids), len(spaces)))
    needs = estate.needs
    np.add.at(need, (codes(needs["team_id"], ids), codes(needs["space_type"], spaces)), numbers(needs["amount"]))
    return TeamFacts(
        ids=np.asarray(ids, dtype=object),
        index=ids,
        partner=texts(t["partner_id"]),
        name=texts(t["name"]),
        service=codes(t["service_type"], services),
        home=home,
        fte=zero(t["fte"]),
        movable=movable,
        closable=closable,
        divisible=np.asarray(t["divisible"], dtype=bool),
        move_cost=log.fill(
            "teams", "move_cost", numbers(t["move_cost"]), "move_cost_per_fte", movable & (home >= 0), numbers(t["fte"])
        ),
        closing_cost=log.fill("teams", "closing_cost", numbers(t["closing_cost"]), "closing_cost", closable),
        running_cost=zero(t["running_cost"]),
        earliest_move=numbers(t["earliest_move"]),
        radius_km=numbers(t["radius_km"]),
        need=need,
    )


def _interventions(estate: Estate, sites: SiteFacts, spaces: pd.Index, log: AssumptionLog) -> InterventionFacts:
    t = estate.interventions
    ids = pd.Index(t["intervention_id"])
    site = codes(t["site_id"], sites.index)
    payer = texts(t["payer_partner_id"])
    change = np.zeros((len(ids), len(spaces)))
    s = estate.intervention_spaces
    np.add.at(change, (codes(s["intervention_id"], ids), codes(s["space_type"], spaces)), zero(s["capacity_change"]))
    return InterventionFacts(
        ids=np.asarray(ids, dtype=object),
        index=ids,
        site=site,
        payer=np.where(payer != "", payer, sites.partner[site]).astype(object),
        capital_cost=zero(t["capital_cost"]),
        non_standard=texts(t["optimism_class"]) == "non_standard",
        running_cost_change=zero(t["running_cost_change"]),
        carbon_change=zero(t["carbon_change"]),
        months=log.fill("interventions", "months", numbers(t["months"]), "intervention_months"),
        change=change,
    )


def gather(estate: Estate, log: AssumptionLog) -> Facts:
    """Turn an estate into arrays, filling gaps from ``log``."""
    p = estate.partners
    partners = pd.Index(p["partner_id"])
    sites = _sites(estate, partners, log)
    spaces = pd.Index(
        sorted(
            set(estate.spaces["space_type"])
            | set(estate.needs["space_type"])
            | set(estate.intervention_spaces["space_type"])
        )
    )
    types = estate.service_types
    services = pd.Index(sorted(set(estate.teams["service_type"]) | set(types["service_type"])))
    listed = types.set_index("service_type").reindex(services)
    capacity = np.zeros((len(sites), len(spaces)))
    variable = np.full((len(sites), len(spaces)), np.nan)
    place = codes(estate.spaces["site_id"], sites.index), codes(estate.spaces["space_type"], spaces)
    capacity[place] = zero(estate.spaces["capacity"])
    variable[place] = numbers(estate.spaces["variable_cost"])
    return Facts(
        partners=partners,
        public_purse=np.asarray(p["public_purse"], dtype=bool),
        sectors=texts(p["sector"]),
        sites=sites,
        teams=_teams(estate, sites.index, services, spaces, log),
        interventions=_interventions(estate, sites, spaces, log),
        space_types=spaces,
        services=services,
        public=np.asarray(listed["public"].astype(object).fillna(False).astype(bool), dtype=bool),
        min_point_share=np.maximum(
            np.nan_to_num(numbers(listed["min_point_share"].astype("float64")), nan=0.2), LEAST_POINT_SHARE
        ),
        capacity=capacity,
        variable_cost=variable,
    )
