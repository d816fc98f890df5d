"""A problem: an estate, its travel times and a scenario, prepared once as years, arrays and candidate pairs."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.errors import DataError, Issue, ScenarioError, did_you_mean
from assetopt.estate import Estate
from assetopt.finance import add_months, discount_factors, financial_year_start, optimism_bias
from assetopt.problem.access import Access
from assetopt.problem.assumptions import Assumption, AssumptionLog
from assetopt.problem.consent import Consent, read_consent
from assetopt.problem.disposals import Areas
from assetopt.problem.facts import Bools, Facts, Floats, Ints, Texts, codes, gather
from assetopt.problem.funds import Funds, read_funds
from assetopt.problem.pairs import REASONS, Screen, groups_of
from assetopt.problem.published import with_published
from assetopt.problem.sharing import Sharing, read_sharing
from assetopt.problem.standards import CoverTest, MeanTest, PointSites
from assetopt.problem.step_free import StepFree, read_step_free
from assetopt.problem.taxes import Taxes, read_taxes
from assetopt.problem.tenure import NEVER, Tenure, tenure_calendar
from assetopt.problem.ways import Kilometres, Minutes
from assetopt.scenario import Scenario
from assetopt.travel import Travel

CHUNK = 200_000
"""Pairs of team and site that are worked on at a time."""


class PlacementCosts(NamedTuple):
    """Costs of (team, site) pairs: £ a year, for how many years, and £ once; each (n,)."""

    annual: Floats
    years: Ints
    one_off: Floats


class Problem:
    """What an engine is asked to solve and the verifier recounts.

    Parameters
    ----------
    estate : Estate
    scenario : Scenario

    Raises
    ------
    DataError, ScenarioError
        When the scenario speaks of what the estate does not have, or the two contradict each other.

    Attributes
    ----------
    years : int
        D, the number of decision years; year index t is calendar year ``base_year + t``.
    horizon : int
        H, the number of appraisal years.
    factors : (H + 1,) array
        Discount factors of years 0..H; the last is that of the end values.
    """

    def __init__(self, estate: Estate, scenario: Scenario) -> None:
        self.estate, self._published_notes = with_published(estate, scenario)
        self.scenario = scenario
        appraisal = scenario.appraisal
        self.base_year = appraisal.base_year
        self.years = appraisal.decision_years
        self.horizon = appraisal.appraisal_years
        self._tagged: dict[str, Bools] = {}
        self._refuse_budgets_without_funds()
        self.factors: Floats = discount_factors(appraisal.discount, self.horizon + 1)
        self.log = AssumptionLog(scenario.defaults)
        estate = self.estate
        self.facts: Facts = gather(estate, self.log)
        self._check_names()
        s = estate.sites
        self.tenure: Tenure = tenure_calendar(
            self.facts.sites,
            s["lease_end"],
            s["lease_break"],
            s["fixed_cost_until"],
            base_year=self.base_year,
            decision_years=self.years,
            horizon=self.horizon,
            asked_on=appraisal.asked_on,
        )
        self._settle_locks()
        self._settle_clock()
        self._settle_bias()
        held = self.fixed_running + self.facts.sites.lifecycle_cost
        self.step_free: StepFree | None = read_step_free(self)
        self.sharing: Sharing = read_sharing(estate, self.facts, self.log, held)
        self.taxes: Taxes = read_taxes(estate, self.facts, self.log)

    def repriced(self, estate: Estate, scenario: Scenario | None = None) -> Problem:
        """Return the problem of an estate that differs in nothing but amounts of money, months to sell and visits.

        Where a ``scenario`` is given it differs in nothing but assumed values. Ways, service points and standards are taken
        over: they rest on none of these, and are dear to work out.
        """
        other = Problem(estate, self.scenario if scenario is None else scenario)
        other.access = self.access
        return other

    # --- what the scenario may ask -------------------------------------------------------------------------------

    def _refuse_budgets_without_funds(self) -> None:
        if self.scenario.rules.budget is not None and not len(self.estate.funds):
            what = "budgets are to hold, but the data package has no funds"
            raise ScenarioError([Issue("scenario, [rules.budget]", what, "add the table funds, or take the rule out")])

    def _check_names(self) -> None:
        sites, teams = self.facts.sites.ids, self.facts.teams.ids
        decisions = self.scenario.decisions
        faults: list[Issue] = []

        def known(key: str, names: tuple[str, ...], ids: Texts, table: str) -> None:
            faults.extend(
                Issue(f"scenario, decisions.{key}", f'no {table[:-1]} "{name}" in {table}', did_you_mean(name, ids))
                for name in names
                if name not in ids
            )

        known("keep", decisions.keep, sites, "sites")
        known("close", decisions.close, sites, "sites")
        known("stay", decisions.stay, teams, "teams")
        known("move", tuple(decisions.move), teams, "teams")
        known("move", tuple(decisions.move.values()), sites, "sites")
        faults.extend(
            Issue("scenario, boundaries.veto", f'no partner "{name}"', did_you_mean(name, set(self.facts.partners)))
            for name in self.scenario.boundaries.veto
            if name not in self.facts.partners
        )
        faults.extend(
            Issue("scenario, decisions", f'team "{name}" is to stay and to move', "take one of the two out")
            for name in sorted(set(decisions.stay) & set(decisions.move))
        )
        homeless = self.facts.teams.ids[self.facts.teams.home < 0]
        faults.extend(
            Issue("scenario, decisions.stay", f'team "{name}" is to stay, but has no home today', "take it out")
            for name in decisions.stay
            if name in homeless
        )
        groups = getattr(self.scenario.boundaries.estate, "groups", ())
        words = set(self.facts.partners) | set(self.facts.sectors)
        faults.extend(
            Issue("scenario, boundaries.estate.groups", f'no partner and no sector "{name}"', did_you_mean(name, words))
            for group in groups
            for name in group
            if name not in words
        )
        if faults:
            raise ScenarioError(faults)

    def _settle_locks(self) -> None:
        s, decisions = self.facts.sites, self.scenario.decisions
        keep = (s.lock == "keep") | np.isin(np.asarray(s.ids, dtype=object), decisions.keep)
        close = (s.lock == "close") | np.isin(np.asarray(s.ids, dtype=object), decisions.close)
        self.aside: Bools = np.isin(s.partner, self.scenario.boundaries.veto)
        keep |= self.aside & s.existing & ~close & (self.tenure.forced >= self.years)
        close |= self.aside & s.candidate & ~keep
        both = np.flatnonzero(keep & close)
        if len(both):
            raise DataError(
                [
                    Issue(
                        f"sites, {s.ids[i]}, lock", "the site is to be kept and to be closed", "take one of the two out"
                    )
                    for i in both
                ]
            )
        homes = np.bincount(self.facts.teams.home[self.facts.teams.home >= 0], minlength=len(s)) > 0
        idle = s.existing & ~homes & ~s.spare & ~keep & ~close & (self.tenure.forced >= self.years)
        if self.scenario.defaults.use == "none":
            idle[:] = False
        elif idle.any():
            self.log.record(
                "sites",
                "lock",
                int(idle.sum()),
                "",
                1.0,
                (
                    "an existing site that hosts no team, neither vacant nor surplus, is kept: it may be "
                    "someone's school"
                ),
            )
        self.keep: Bools = keep | idle
        self.close: Bools = close
        self.must_leave: Bools = (s.existing & close) | (self.tenure.forced < self.years) | (s.candidate & close)
        pinned_move = np.full(len(self.facts.teams), -1, dtype=np.int64)
        if decisions.move:
            team = codes(list(decisions.move), self.facts.teams.index)
            pinned_move[team] = codes(list(decisions.move.values()), s.index)
        self.must_go: Ints = pinned_move
        self.stay: Bools = np.isin(np.asarray(self.facts.teams.ids, dtype=object), decisions.stay) | (
            (pinned_move >= 0) & (pinned_move == self.facts.teams.home)
        )
        home = self.facts.teams.home
        self.stay |= (home >= 0) & s.external[np.maximum(home, 0)]  # points that others run serve people, and stay
        self._hold_teams_of_a_veto()

    def _hold_teams_of_a_veto(self) -> None:
        """Let teams of partners that take no part stay, unless their lease ends or their team has no home."""
        t = self.facts.teams
        theirs = np.isin(t.partner, self.scenario.boundaries.veto) & (t.home >= 0) & (self.must_go < 0)
        self.stay |= theirs & ~self.must_leave[np.maximum(t.home, 0)]

    def _settle_clock(self) -> None:
        """Work out in which decision years what may happen."""
        appraisal, change = self.scenario.appraisal, self.scenario.change
        starts = [financial_year_start(self.base_year + t) for t in range(self.years)]
        ready = add_months(appraisal.asked_on, change.lead_months)
        self.may_change: Bools = np.array([start >= ready for start in starts], dtype=bool)
        first = int(np.argmax(self.may_change)) if self.may_change.any() else NEVER
        t = self.facts.teams
        asked = np.where(np.isnan(t.earliest_move), 0, t.earliest_move - self.base_year).astype(np.int64)
        self.team_from: Ints = np.where(t.home >= 0, np.maximum(asked, first), np.maximum(asked, 0))
        iv = self.facts.interventions
        on = appraisal.optimism_bias
        lift = np.where(
            iv.non_standard,
            self._bias("duration", "non_standard"),
            self._bias("duration", "standard"),
        ) * (1.0 if on else 0.0)
        self.works_months: Floats = iv.months * (1.0 + lift)
        ready_at = [add_months(appraisal.asked_on, change.lead_months + m) for m in self.works_months]
        self.may_build: Bools = np.array([[start >= day for start in starts] for day in ready_at], dtype=bool).reshape(
            len(iv), self.years
        )

    def _settle_bias(self) -> None:
        appraisal, on = self.scenario.appraisal, self.scenario.appraisal.optimism_bias
        iv, s = self.facts.interventions, self.facts.sites
        standard = self._bias("capital", "standard") if on else appraisal.contingency
        non_standard = self._bias("capital", "non_standard") if on else appraisal.contingency
        self.works_cost: Floats = iv.capital_cost * (1.0 + np.where(iv.non_standard, non_standard, standard))
        self.opening_cost: Floats = s.opening_cost * (1.0 + standard)
        if on:
            spent = int((iv.capital_cost > 0).sum()) + int((s.opening_cost > 0).sum())
            if spent:
                self.log.record(
                    "interventions, sites", "capital_cost, opening_cost", spent, "optimism_capital_standard", standard
                )
            if (iv.non_standard & (iv.capital_cost > 0)).any():
                rows = int((iv.non_standard & (iv.capital_cost > 0)).sum())
                self.log.record("interventions", "capital_cost", rows, "optimism_capital_non_standard", non_standard)
        if self.double_running_months > 0:
            self.log.record(
                "sites", "(double running)", int(s.existing.sum()), "double_running_months", self.double_running_months
            )

    def _bias(self, what: str, class_: str) -> float:
        """Return the lift at the scenario's level: lower + level x (upper - lower); ``what`` is capital or duration."""
        upper = self.scenario.defaults.value(f"optimism_{what}_{class_}")
        lower = min(upper, float(getattr(optimism_bias(class_, "lower"), what)))
        return lower + self.scenario.appraisal.optimism_level * (upper - lower)

    # --- money ---------------------------------------------------------------------------------------------------

    @cached_property
    def funds(self) -> Funds:
        """The funds table as arrays."""
        return read_funds(self)

    @cached_property
    def consent(self) -> Consent:
        """The partners' financial tests."""
        return read_consent(self.estate)

    @property
    def double_running_months(self) -> float:
        """Months of running cost paid twice when a team leaves a site in the year it closes."""
        return self.scenario.defaults.value("double_running_months")

    @property
    def end_factor(self) -> float:
        """Discount factor of the end values, year H."""
        return float(self.factors[self.horizon])

    @cached_property
    def tail(self) -> Floats:
        """(H + 1,): the sum of the discount factors of years t..H-1, so that £1 a year from t on costs ``tail[t]``."""
        within = self.factors[: self.horizon]
        return np.append(np.cumsum(within[::-1])[::-1], 0.0)

    def span(self, first: npt.ArrayLike, stop: npt.ArrayLike) -> Floats:
        """Return the sum of the discount factors of years first..stop-1, clipped to the horizon; 0 for empty spans."""
        a = np.clip(np.asarray(first, dtype=np.int64), 0, self.horizon)
        b = np.clip(np.asarray(stop, dtype=np.int64), 0, self.horizon)
        return np.asarray(self.tail[a] - self.tail[np.maximum(a, b)], dtype=np.float64)

    @cached_property
    def state_weight(self) -> Floats:
        """(D,): discount weight of the state in each decision year; the last state lasts to the end of the horizon."""
        return np.append(self.factors[: self.years - 1], self.tail[self.years - 1])

    def placement_costs(self, team: Ints, site: Ints) -> PlacementCosts:
        """Return what the ``placements`` table says of each pair, zeros where it says nothing."""
        table = self.estate.placements
        if not len(table):
            return PlacementCosts(np.zeros(len(team)), np.full(len(team), self.horizon), np.zeros(len(team)))
        key = codes(table["team_id"], self.facts.teams.index) * len(self.facts.sites)
        listed = pd.Index(key + codes(table["site_id"], self.facts.sites.index))
        at = np.asarray(listed.get_indexer(pd.Index(team * len(self.facts.sites) + site)), dtype=np.int64)
        known = at >= 0

        def column(name: str, missing: float) -> Floats:
            values = np.asarray(table[name], dtype=np.float64)
            out = np.full(len(team), missing)
            out[known] = np.nan_to_num(values[at[known]], nan=missing)
            return out

        return PlacementCosts(
            column("annual_cost", 0.0),
            column("annual_cost_years", self.horizon).astype(np.int64),
            column("one_off_cost", 0.0),
        )

    @cached_property
    def net_receipt(self) -> Floats:
        """(n_sites,): sale price less cost of sale and deductions (£); may be negative."""
        s = self.facts.sites
        return s.market_value * (1.0 - s.sale_cost_share) - s.disposal_deductions

    @cached_property
    def void_years(self) -> Ints:
        """(n_sites,): whole years from vacating to the completed sale."""
        return np.ceil(self.facts.sites.months_to_sale / 12.0 - 1e-9).astype(np.int64)

    @cached_property
    def unit_cost(self) -> Floats:
        """(n_teams, n_space_types): variable running cost (£ a year) a team brings along where no unit price is given.

        A site's ``variable_share`` of its running cost is spread over today's use of all its spaces.
        """
        f = self.facts
        home = f.teams.home
        rate = self.home_rate
        own = np.where(np.isnan(f.variable_cost), rate[:, None], f.variable_cost)
        return np.where((home >= 0)[:, None], f.teams.need * own[np.maximum(home, 0)], np.nan)

    @cached_property
    def use_today(self) -> Floats:
        """(n_sites, n_space_types): space in use today, in the unit of the space type."""
        f = self.facts
        out = np.zeros_like(f.capacity)
        housed = f.teams.home >= 0
        np.add.at(out, f.teams.home[housed], f.teams.need[housed])
        return out

    @cached_property
    def home_rate(self) -> Floats:
        """(n_sites,): variable running cost per unit of today's use (£ a year), 0 where nothing is used today."""
        s = self.facts.sites
        use = self.use_today.sum(axis=1)
        pool = np.where(s.external, 0.0, s.running_cost * s.variable_share)
        return np.asarray(np.divide(pool, use, out=np.zeros(len(s)), where=use > 0), dtype=np.float64)

    @cached_property
    def fixed_running(self) -> Floats:
        """(n_sites,): running cost paid while the site is held, whoever is in it (£ a year).

        An existing site that nobody uses today has no variable part, so that today's cost is what the ledger says.
        """
        s = self.facts.sites
        idle = s.existing & (self.use_today.sum(axis=1) <= 0)
        return s.running_cost * (1.0 - np.where(idle, 0.0, s.variable_share))

    def variable_cost_of(self, team: Ints, site: Ints) -> Floats:
        """Return the variable running cost (£ a year) of each team at each site, shape of ``team``.

        With ``spaces.variable_cost``: that price per unit; otherwise the team brings the share it has at home; a team
        without a home pays the site's own rate.
        """
        f = self.facts
        out = np.empty(len(team))
        for start in range(0, len(team), CHUNK):
            who, where = team[start : start + CHUNK], site[start : start + CHUNK]
            given, need = f.variable_cost[where], f.teams.need[who]
            brought = self.unit_cost[who]
            brought = np.where(np.isnan(brought), need * self.home_rate[where][:, None], brought)
            unit = np.where(np.isnan(given), brought, need * np.nan_to_num(given))
            out[start : start + CHUNK] = unit.sum(axis=1)
        return out

    # --- what may go where ---------------------------------------------------------------------------------------

    @cached_property
    def overload(self) -> Floats:
        """(n_sites, n_space_types): by how much today's use exceeds the room that the rule allows (unit of the space)."""
        return np.maximum(0.0, self.use_today - self.room_today)

    @cached_property
    def room_today(self) -> Floats:
        """(n_sites, n_space_types): capacity less headroom."""
        return self.facts.capacity * (1.0 - self.scenario.rules.capacity.headroom)

    @cached_property
    def screen(self) -> Screen:
        """The judge of pairs; ``why_not`` asks it about one."""
        f = self.facts
        n_sites = len(f.sites)
        p = self.estate.placements
        key = codes(p["team_id"], f.teams.index) * n_sites + codes(p["site_id"], f.sites.index)
        allowed = np.asarray(p["allowed"], dtype=bool)
        room = self.room_today + self.overload
        buildable = self.may_build.any(axis=1)
        gain = np.maximum(f.interventions.change, 0.0) * (1.0 - self.scenario.rules.capacity.headroom)
        np.add.at(room, f.interventions.site[buildable], gain[buildable])
        return Screen(
            facts=f,
            leaving=self.must_leave,
            aside=self.aside,
            stay=self.stay,
            must_go=self.must_go,
            has_year=self.team_from < self.years,
            room=room,
            group_of=groups_of(f, self.scenario),
            only_listed=self.scenario.placements.only_listed,
            refused=np.unique(key[~allowed]),
            listed=np.unique(key[allowed]),
            conflict=self._conflicts_with_fixed(),
            steps=None if self.step_free is None else self.step_free.closed,
        )

    def _conflicts_with_fixed(self) -> Ints:
        """Return the keys of pairs where a team would meet one that cannot leave and that it must not share with."""
        f = self.facts
        fixed = (f.teams.home >= 0) & (~f.teams.movable | self.stay) & (~f.teams.closable | self.stay)
        keys: list[Ints] = []
        for a, b in self.must_not:
            for one, other in ((a, b), (b, a)):
                sites = np.unique(f.teams.home[other & fixed])
                teams = np.flatnonzero(one & ~fixed)
                keys.append((teams[:, None] * len(f.sites) + sites[None, :]).ravel())
        return np.unique(np.concatenate(keys)) if keys else np.empty(0, dtype=np.int64)

    @cached_property
    def must_not(self) -> list[tuple[Bools, Bools]]:
        """For every ``must_not`` row of compatibility: the teams on either side, as (n_teams,) masks."""
        table = self.estate.compatibility
        rows = table[table["rule"] == "must_not"]
        return [(self.tagged(a), self.tagged(b)) for a, b in zip(rows["a"], rows["b"], strict=True)]

    def tagged(self, word: str) -> Bools:
        """Return which teams have a service type or a tag of that name, (n_teams,); not to be written to."""
        if word not in self._tagged:
            t = self.estate.teams
            tags = t["tags"].astype(object).map(lambda text: word in [part.strip() for part in str(text).split(";")])
            self._tagged[word] = np.asarray(
                (t["service_type"] == word).to_numpy() | tags.to_numpy(dtype=bool), dtype=bool
            )
        return self._tagged[word]

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Every (team, site) pair that may become a move, sorted by team then site."""
        return self.screen.pairs()

    def why_not(self, team_id: str, site_id: str) -> str:
        """Say in words why a team may not move to a site, or that it may."""
        team = np.array([self.facts.teams.index.get_loc(team_id)], dtype=np.int64)
        site = np.array([self.facts.sites.index.get_loc(site_id)], dtype=np.int64)
        return REASONS[int(self.screen(team, site)[0])]

    # --- access --------------------------------------------------------------------------------------------------

    @cached_property
    def access(self) -> Access:
        """Travel, service points and standards, prepared once."""
        return Access(self)

    @property
    def travel(self) -> Travel:
        """Minutes and kilometres between zones and sites."""
        return self.access.travel

    def points(self, service: int) -> PointSites:
        """Return where a service may have a point."""
        return self.access.points(service)

    @property
    def minutes(self) -> Minutes:
        """Minutes between zones and sites: all of them, those within a limit, or the nearest."""
        return self.access.minutes

    @property
    def km(self) -> Kilometres:
        """Kilometres between zones and sites, in the same ways."""
        return self.access.km

    @property
    def cover_tests(self) -> list[CoverTest]:
        """Every share and extra-travel test, whether the access rule is in force or not."""
        return self.access.tests[0]

    @property
    def mean_tests(self) -> list[MeanTest]:
        """Every mean-travel test."""
        return self.access.tests[1]

    @property
    def journey_services(self) -> list[tuple[int, Floats]]:
        """(service, visits by zone) of every public service with visits and at least one possible point."""
        return self.access.journey_services

    @property
    def site_district(self) -> npt.NDArray[np.object_]:
        """(n_sites,): the district of the nearest zone, empty without a demand table."""
        return self.access.site_district

    @cached_property
    def notes(self) -> tuple[Issue, ...]:
        """Warnings about scenario and data together: what each says alone is right, but does not meet the other."""
        from assetopt.problem.money_notes import money_notes

        return (*money_notes(self), *self._published_notes, *self.access.notes)

    @cached_property
    def market(self) -> Areas:
        """The markets in which sites are sold, by ``market_area``."""
        return Areas.read(self.facts.sites.market_area)

    @cached_property
    def town(self) -> Areas:
        """The towns of the yearly caps: a site's ``market_area``, else the district of its nearest zone."""
        named = self.facts.sites.market_area
        return Areas.read(np.where(named != "", named, self.site_district).astype(object))

    @property
    def assumptions(self) -> list[Assumption]:
        """Every assumed value that was used."""
        return list(self.log.entries)

    def assumption_table(self) -> pd.DataFrame:
        """Return them one a row; columns are the fields of `Assumption`."""
        return pd.DataFrame([entry.as_dict() for entry in self.assumptions])
