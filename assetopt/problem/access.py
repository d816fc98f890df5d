"""The access side of a problem: ways between zones and sites, where services may have points, and the standards.

All of it is worked out on first use and kept: an estate without demand never builds a travel matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.errors import DataError, Issue
from assetopt.estate.standards_words import NO_CAR, PER_GROUP, alternatives, without_a_car
from assetopt.problem.facts import Floats, codes
from assetopt.problem.standards import CoverTest, MeanTest, PointSites, StandardReader
from assetopt.problem.step_free import step_free_notes
from assetopt.problem.ways import Kilometres, Minutes
from assetopt.travel import Travel, build_travel

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem


class Access:
    """Travel, service points and standards of one problem."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    @cached_property
    def travel(self) -> Travel:
        """Minutes and kilometres between zones and sites."""
        estate = self._problem.estate
        return build_travel(estate.demand, estate.sites, estate.travel, self._problem.scenario.travel)

    @cached_property
    def minutes(self) -> Minutes:
        """Minutes between zones and sites: all of them, those within a limit, or the nearest."""
        return Minutes(self.travel)

    @cached_property
    def km(self) -> Kilometres:
        """Kilometres between zones and sites, in the same ways."""
        return Kilometres(self.travel)

    def points(self, service: int) -> PointSites:
        """Return where a service may have a point."""
        return self._points[service]

    @cached_property
    def _points(self) -> dict[int, PointSites]:
        p = self._problem
        f = p.facts
        team, site = p.pairs
        can_leave = np.zeros(len(f.teams), dtype=bool)
        can_leave[team] = True
        can_leave |= f.teams.closable & ~p.stay & bool(p.may_change.any())
        out = {}
        for q in range(len(f.services)):
            ours = f.teams.service == q
            home = f.teams.home[ours & (f.teams.home >= 0)]
            fixed = f.teams.home[ours & (f.teams.home >= 0) & ~can_leave]
            sites = np.unique(np.concatenate([home, site[ours[team]]]))
            out[q] = PointSites(sites, np.isin(sites, home), np.isin(sites, fixed))
        return out

    @cached_property
    def tests(self) -> tuple[list[CoverTest], list[MeanTest]]:
        """Every share and extra-travel test, and every mean test."""
        p = self._problem
        standards = p.estate.standards
        if not len(standards):
            return [], []
        if not len(p.estate.demand):
            raise DataError(
                [Issue("demand", "the standards table has rows, but there is no demand table to test them on")]
            )
        rule = p.scenario.rules.access
        reader = StandardReader(
            p.estate.demand,
            p.facts.services,
            self.points,
            self.minutes,
            self.km,
            p.scenario.defaults.value("deprived_max_decile"),
            "asked" if rule is None else rule.floor,
        )
        return reader.read(standards)

    @cached_property
    def notes(self) -> tuple[Issue, ...]:
        """Warnings about who gets in and who is left out of a measure."""
        return (*step_free_notes(self._problem), *self._uncounted())

    def _uncounted(self) -> Iterator[Issue]:
        """Tell standards per group by car alone: they leave out people without a car."""
        p = self._problem
        if NO_CAR not in p.estate.demand.columns:
            return
        for _, row in p.estate.standards.iterrows():
            if str(row["per"]) == PER_GROUP and not without_a_car(alternatives(str(row["mode"]))):
                what = f"per = {PER_GROUP} by car alone: {NO_CAR} is left out, as they have none"
                fix = "add another mode, such as car;transit, or a standard of their own"
                yield Issue(f"standards, {row['standard_id']}, mode", what, fix, "warning")

    @cached_property
    def journey_services(self) -> list[tuple[int, Floats]]:
        """(service, visits by zone) of every public service with visits and at least one possible point."""
        p = self._problem
        v = p.estate.visits
        zones = pd.Index(p.estate.demand["zone_id"])
        out = []
        for q, name in enumerate(p.facts.services):
            rows = v[v["service_type"] == name]
            if p.facts.public[q] and len(rows) and len(self.points(q).sites):
                amount = np.zeros(len(zones))
                np.add.at(amount, codes(rows["zone_id"], zones), np.asarray(rows["visits"], dtype=np.float64))
                out.append((q, amount))
        return out

    @cached_property
    def site_district(self) -> npt.NDArray[np.object_]:
        """(n_sites,): the district of the nearest zone, empty without a demand table."""
        d, sites = self._problem.estate.demand, self._problem.facts.sites
        if not len(d):
            return np.full(len(sites), "", dtype=object)
        from scipy.spatial import cKDTree

        tree = cKDTree(np.column_stack([d["easting"], d["northing"]]))
        nearest = tree.query(np.column_stack([sites.easting, sites.northing]))[1]
        return np.asarray(d["district"].astype(object).to_numpy()[nearest], dtype=object)
