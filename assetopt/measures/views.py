"""Every zone's nearest open point of each public service by each mode, and by each standard's own measure.

``today`` is the estate as it stands, ``after`` the last decision year of the plan. A way is in minutes (in km for
standards that speak of kilometres alone), infinite where no open point can be reached. Of points that are equally near,
within a billionth, the one whose site_id comes first in the alphabet is the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from assetopt.estate.standards_words import CAR, CROW, NO_CAR, PER_GROUP, alternatives, members
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints
from assetopt.problem.standards import CoverTest, MeanTest
from assetopt.problem.visiting import assigned_services
from assetopt.problem.ways import Ways
from assetopt.timeline import Timeline

NOT_SENT = "to the nearest open point, though the plan assigns visits"
"""Added to the basis with ``assignment = "system"``."""

STRAIGHT = "straight line"
"""Basis of kilometres by mode ``crow``: measured, but along no road."""


@dataclass(frozen=True, eq=False)
class View:
    """The way of every zone to its nearest open point of one service, today and after.

    Attributes
    ----------
    standard_id : str
        The standard whose measure this is; empty for a plain view of service and mode.
    service : int
        Position in ``facts.services``.
    mode : str
        Such as ``car``, or ``car;transit`` for the better of the two.
    basis : str
        ``table``, ``estimated`` (straight lines turned into minutes or road kilometres) or ``straight line`` (crow).
    unit : {"minutes", "km"}
    segment : str
        Whom the standard speaks of; ``all`` for plain views.
    weight : (n_zones,) people it speaks of.
    today, after : (n_zones,) way, inf where nothing is reached.
    point_today, point : (n_zones,) index of the nearest open site, -1 for none.
    open_today, open_after : (n,) indices of the open sites.
    served_today, served : (n_zones,) bool, None where there is no threshold for single zones.
    max_minutes, max_km : float
        The standard's threshold, NaN for none.
    noticeable : float
        A difference of more than this counts as a loss or a gain, in ``unit``.
    years : tuple of (n_zones,) arrays
        The way in every decision year; the last is ``after``. Years alike are the same array.
    served_years : tuple of (n_zones,) bool arrays, empty where ``served`` is None.
    base_year : int
    """

    standard_id: str
    service: int
    service_type: str
    mode: str
    basis: str
    unit: Literal["minutes", "km"]
    segment: str
    weight: Floats
    today: Floats
    after: Floats
    point_today: Ints
    point: Ints
    open_today: Ints
    open_after: Ints
    served_today: Bools | None
    served: Bools | None
    max_minutes: float
    max_km: float
    noticeable: float
    years: tuple[Floats, ...]
    served_years: tuple[Bools, ...]
    base_year: int

    @property
    def kind(self) -> str:
        """``standard`` or ``service``."""
        return "standard" if self.standard_id else "service"

    @property
    def change(self) -> Floats:
        """(n_zones,): how much further (positive) or nearer; inf where a point is lost, -inf where one is gained, else 0."""
        out = np.zeros(len(self.today))
        before, now = np.isfinite(self.today), np.isfinite(self.after)
        both = before & now
        out[both] = self.after[both] - self.today[both]
        out[before & ~now] = np.inf
        out[~before & now] = -np.inf
        out[np.abs(out) < 1e-9] = 0.0
        return out

    @property
    def worst(self) -> tuple[Floats, Ints]:
        """(n_zones,) the longest way in any decision year, and the first year in which it is that long."""
        ways = np.array(self.years)
        top = ways.argmax(axis=0)
        return ways[top, np.arange(ways.shape[1])], self.base_year + top

    @property
    def loses(self) -> Bools:
        """(n_zones,): whose way gets longer by more than ``noticeable``, or who reach no point any more."""
        return np.asarray(self.change > self.noticeable + 1e-9, dtype=bool)

    @property
    def gains(self) -> Bools:
        """(n_zones,): whose way gets shorter by more than ``noticeable``, or who reach a point at last."""
        return np.asarray(self.change < -self.noticeable - 1e-9, dtype=bool)

    @property
    def by_car(self) -> bool:
        """Whether a car is used in any way that counts."""
        words = self.mode.replace(" and back by ", ";")
        return any(CAR in members(mode) for mode in alternatives(words))

    @property
    def heads(self) -> dict[str, object]:
        """The columns by which a table names the view."""
        return {"service_type": self.service_type, "mode": self.mode, "basis": self.basis, "unit": self.unit}


def service_modes(problem: Problem, service: int) -> list[str]:
    """Return the modes in which a service is shown: those with a table, car, and those that its standards name."""
    known = problem.travel.basis
    standards = problem.estate.standards
    named = standards.loc[standards["service_type"] == str(problem.facts.services[service]), "mode"].astype(str)
    asked = {m for text in named for mode in alternatives(text) for m in members(mode)}
    asked |= {CAR, problem.scenario.costs.journeys.mode}
    return [mode for mode, basis in known.items() if basis != "estimated" or mode in asked]


def views_of(problem: Problem, line: Timeline | None) -> tuple[View, ...]:
    """Return the plain views by service and mode, then one a standard; ``line`` None gives today alone."""
    if not len(problem.estate.demand):
        return ()
    finder = _Finder(problem, line)
    shown = {test.service for test in problem.cover_tests} | {test.service for test in problem.mean_tests}
    plain = [
        finder.plain(q, mode)
        for q in range(len(problem.facts.services))
        if (problem.facts.public[q] or q in shown) and len(problem.points(q).sites)
        for mode in service_modes(problem, q)
    ]
    return (*plain, *finder.standards())


class _Finder:
    """Finds nearest points once for each service and set of modes."""

    def __init__(self, problem: Problem, line: Timeline | None) -> None:
        self.problem, self.line = problem, line
        self.people = np.asarray(problem.estate.demand["population"], dtype=np.float64)
        self._points: dict[int, list[Bools]] = {}
        self._found: dict[tuple[int, str, int], list[tuple[Floats, Ints]]] = {}

    def open(self, service: int) -> list[Bools]:
        """Return which possible points of a service are open today, then in each decision year."""
        if service not in self._points:
            points = self.problem.points(service)
            years = range(self.problem.years)
            then = [
                points.today if self.line is None else self.line.open_points(service, points.sites, t) for t in years
            ]
            self._points[service] = [points.today, *then]
        return self._points[service]

    def ways(self, service: int, modes: list[str], unit: str, by: Ways | None) -> list[tuple[Floats, Ints]]:
        """Return ways and nearest sites today, then in each decision year; the same arrays where the same points are open."""
        metric: Ways = by if by is not None else self.problem.minutes if unit == "minutes" else self.problem.km
        key = (service, ";".join(modes), id(metric))
        if key not in self._found:
            sites = self.problem.points(service).sites
            known: dict[bytes, tuple[Floats, Ints]] = {}
            for points in self.open(service):
                if points.tobytes() not in known:
                    known[points.tobytes()] = self._nearest(metric, modes, sites[points])
            self._found[key] = [known[points.tobytes()] for points in self.open(service)]
        return self._found[key]

    def _nearest(self, metric: Ways, modes: list[str], sites: Ints) -> tuple[Floats, Ints]:
        """Return the way to the nearest of the sites, and that site, the first by its id where several are as near."""
        there = sites[np.argsort(self.problem.facts.sites.ids[sites].astype(str), kind="stable")]
        way, place = metric.nearest(modes, there)
        reached = np.isfinite(way)
        site = np.full(len(way), -1, dtype=np.int64)
        site[reached] = there[place[reached]]
        if len(there) > 1:
            near = metric.within(modes, there, np.where(reached, way + 1e-9, -np.inf))
            some = reached & (np.diff(near.indptr) > 0)
            site[some] = there[near.indices[near.indptr[:-1][some]]]
        return way, site

    def _label(self, basis: str) -> str:
        """Return the basis of travel, and a word where the plan sends people elsewhere than to the nearest point."""
        return f"{basis}; {NOT_SENT}" if assigned_services(self.problem) else basis

    def plain(self, service: int, mode: str) -> View:
        """Return the view of one service by one mode; everybody counts."""
        basis = self.problem.travel.basis_of(mode)
        return self._view("", service, mode, basis, "minutes", "all", self.people, None, np.nan, np.nan)

    def _view(
        self, standard: str, service: int, mode: str, basis: str, unit: Literal["minutes", "km"], segment: str, weight: Floats,
        served: list[Bools] | None, max_minutes: float, max_km: float, ways: Ways | None = None, modes: list[str] | None = None,
    ) -> View:  # fmt: skip
        found, points = self.ways(service, modes or [mode], unit, ways), self.open(service)
        sites = self.problem.points(service).sites
        return View(
            standard, service, str(self.problem.facts.services[service]), mode, self._label(basis), unit, segment, weight,
            today=found[0][0], after=found[-1][0], point_today=found[0][1], point=found[-1][1],
            open_today=sites[points[0]], open_after=sites[points[-1]],
            served_today=served[0] if served else None, served=served[-1] if served else None,
            max_minutes=max_minutes, max_km=max_km,
            noticeable=self.problem.scenario.defaults.value("noticeable_minutes" if unit == "minutes" else "noticeable_km"),
            years=tuple(way for way, _ in found[1:]), served_years=tuple(served[1:]) if served else (),
            base_year=self.problem.base_year,
        )  # fmt: skip

    def standards(self) -> list[View]:
        """Return one view a standard (two where people without a car are told apart), in the order of the table."""
        problem = self.problem
        out: dict[tuple[int, str], View] = {}
        for cover in problem.cover_tests:
            if cover.kind == "share":
                served = [cover.served(points) for points in self.open(cover.service)]
                out[cover.standard, cover.part] = self._standard(cover, served)
        for mean in problem.mean_tests:
            out[mean.standard, ""] = self._standard(mean, None)
        return [out[key] for key in sorted(out)]

    def _standard(self, test: CoverTest | MeanTest, served: list[Bools] | None) -> View:
        row: pd.Series = self.problem.estate.standards.iloc[test.standard]
        part = getattr(test, "part", "")
        if test.limits:
            limit = test.limits[0]
            modes, unit, ways = limit.metric.modes, limit.unit, limit.metric.ways
        else:  # nothing but extra ways is asked: shown by the modes that are named
            named = alternatives(str(row["mode"]))
            modes = [mode for mode in named if mode != CROW] or [CROW]
            unit = "km" if modes == [CROW] else "minutes"
            ways = self.problem.km if unit == "km" else self.problem.minutes
        segment = NO_CAR if part else str(row["segment"]) or "all"
        by_group = str(row["per"]) == PER_GROUP and not part
        weights = [group.weight for group in test.groups]
        weight = self.people if by_group else np.max(weights, axis=0) if weights else np.zeros(len(self.people))
        mode = ";".join(modes) + (f" and back by {row['back_mode']}" if row.get("back_mode") else "")
        limits = float(row["max_minutes"]), float(row["max_km"])
        basis = self._basis(modes, unit)
        return self._view(
            str(row["standard_id"]),
            test.service,
            mode,
            basis,
            unit,
            segment,
            weight,
            served,
            *limits,
            ways=ways,
            modes=modes,
        )

    def _basis(self, modes: list[str], unit: str) -> str:
        if unit == "km":
            return STRAIGHT if modes == [CROW] else "estimated"
        return self.problem.travel.basis_of(";".join(one for mode in modes for one in members(mode)))
