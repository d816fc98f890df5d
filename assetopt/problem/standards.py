"""Access standards made ready: for each, which possible point serves which zone, and how many people must be served.

Two shapes cover every standard of the contract. A :class:`CoverTest` asks that at least ``required`` people of a group
live in a zone that some open point covers (thresholds, shares, nobody further than x minutes more than today). A
:class:`MeanTest` asks that the mean minutes (or km) to the nearest open point stay within a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from assetopt.errors import DataError, Issue
from assetopt.estate.standards_words import CROW, NO_CAR, PER_GROUP, alternatives, without_a_car
from assetopt.problem.day_trip import DayTrip
from assetopt.problem.facts import Bools, Floats, Ints, codes
from assetopt.problem.segments import People, without_car
from assetopt.problem.ways import Ways

Force = Literal["hard", "soft", "trigger"]
SLACK = 1e-10
"""Share of a group's people by which the rows are looser than the rule, against rounding; the rule allows 1e-6.

It lies well below a solver's tolerances: with 1e-7, tight rows implied bounds within 1e-6 of each other, and HiGHS 1.14
called a plan 2.5 % above another optimal (tests/test_models.py would notice).
"""


@dataclass(frozen=True)
class PointSites:
    """Where a public service may have a point.

    ``sites`` (n,) site indices, sorted; ``today`` (n,) open today; ``pinned`` (n,) open in every year whatever is decided.
    """

    sites: Ints
    today: Bools
    pinned: Bools


@dataclass(frozen=True)
class Group:
    """People a standard speaks of: ``weight`` (n_zones,) people; ``required`` and ``today`` people (or a mean)."""

    label: str
    weight: Floats
    required: float
    today: float

    @property
    def total(self) -> float:
        return float(self.weight.sum())


@dataclass(frozen=True)
class Metric:
    """Ways to the possible points of one service by the modes of one standard."""

    ways: Ways
    modes: list[str]
    points: PointSites

    def every(self) -> Floats:
        """Return all ways, (n_zones, n_points)."""
        return self.ways.every(self.modes, self.points.sites)

    def within(self, limit: float | Floats) -> sparse.csr_matrix:
        """Return which points each zone reaches within its limit, (n_zones, n_points) bool."""
        return self.ways.within(self.modes, self.points.sites, limit)

    def nearest(self, open_points: Bools) -> Floats:
        """Return the way to the nearest of the open points, (n_zones,), inf where there is none."""
        return self.ways.nearest(self.modes, self.points.sites[open_points])[0]


@dataclass(frozen=True)
class Limit:
    """One threshold of a test: ``metric`` to the nearest open point at most ``most``, minutes or km (one, or by zone)."""

    metric: Metric
    unit: Literal["minutes", "km"]
    most: float | Floats


@dataclass(frozen=True)
class CoverTest:
    """At least ``group.required`` people of every group live in a zone that an open point covers.

    ``cover`` is (n_zones, n_points) bool over ``sites``, sparse: it has an entry where a point covers a zone. ``limits``
    are the thresholds behind it, of which either will do; ``part`` tells apart several tests of one standard and kind.
    """

    standard: int
    name: str
    kind: Literal["share", "extra_minutes", "extra_km"]
    force: Force
    penalty: float
    service: int
    sites: Ints
    pinned: Bools
    cover: sparse.csr_matrix
    groups: tuple[Group, ...]
    limits: tuple[Limit, ...] = ()
    part: str = ""

    @property
    def label(self) -> str:
        """What tells this test from every other: number of the standard, kind and part."""
        return f"{self.standard}:{self.kind}{self.part}"

    def served(self, open_points: Bools) -> Bools:
        """Return which zones an open point covers, (n_zones,); ``open_points`` is (n_points,)."""
        return np.asarray(self.cover @ np.asarray(open_points, dtype=bool), dtype=bool)


@dataclass(frozen=True)
class MeanTest:
    """The population-weighted mean of ``metric`` to the nearest open point is at most ``group.required``."""

    standard: int
    name: str
    unit: str
    force: Force
    service: int
    sites: Ints
    pinned: Bools
    metric: Floats
    groups: tuple[Group, ...]
    limits: tuple[Limit, ...] = ()

    def mean(self, group: Group, open_points: Bools) -> float:
        """Return the mean over the group's people, inf where someone reaches no point."""
        nearest = nearest_of(self.metric[:, open_points])
        at = group.weight > 0
        return float(group.weight[at] @ nearest[at] / max(group.total, 1e-12)) if at.any() else 0.0


def nearest_of(metric: Floats) -> Floats:
    """Return the smallest entry of each row, inf for rows without entries."""
    return metric.min(axis=1) if metric.shape[1] else np.full(metric.shape[0], np.inf)


@dataclass(frozen=True)
class StandardReader:
    """Turns rows of the ``standards`` table into tests."""

    demand: pd.DataFrame
    services: pd.Index
    points: Callable[[int], PointSites]
    minutes: Ways
    km: Ways
    deprived_max_decile: float
    floor: Literal["asked", "today"]

    def read(self, standards: pd.DataFrame) -> tuple[list[CoverTest], list[MeanTest]]:
        """Return all tests of all standards; raises DataError naming every standard that cannot be read."""
        covers: list[CoverTest] = []
        means: list[MeanTest] = []
        faults: list[Issue] = []
        for index, (_, row) in enumerate(standards.iterrows()):
            try:
                c, m = self._one(index, row)
            except (ValueError, KeyError) as error:
                text = str(error.args[0]) if error.args else str(error)
                faults.append(Issue(f"standards, {row['standard_id']}", text))
                continue
            covers.extend(c)
            means.extend(m)
        if faults:
            raise DataError(faults)
        return covers, means

    def _one(self, index: int, row: pd.Series) -> tuple[list[CoverTest], list[MeanTest]]:
        """Return the tests of one row; people without a car among ``per = group`` are a test of their own."""
        service = int(codes([str(row["service_type"])], self.services)[0])
        if service < 0:
            raise ValueError(f'no team and no service_types row has the service type "{row["service_type"]}"')
        groups = People(self.demand, self.deprived_max_decile).groups(str(row["segment"]), str(row["per"]))
        modes, back = alternatives(str(row["mode"])), alternatives(str(row["back_mode"] or row["mode"]))
        afoot, afoot_back = without_a_car(modes), without_a_car(back)
        if without_car(str(row["segment"])):
            if not afoot or not afoot_back:
                raise ValueError("people without a car are not measured by car; give another mode")
            return self._of(index, row, service, afoot, afoot_back, groups)
        if str(row["per"]) != PER_GROUP or (len(afoot), len(afoot_back)) == (len(modes), len(back)):
            return self._of(index, row, service, modes, back, groups)
        covers, means = self._of(index, row, service, modes, back, [g for g in groups if g[0] != NO_CAR])
        stranded = [g for g in groups if g[0] == NO_CAR]
        if stranded and afoot and afoot_back:
            more, further = self._of(index, row, service, afoot, afoot_back, stranded, ":no_car")
            covers, means = covers + more, means + further
        return covers, means

    def _of(
        self,
        index: int,
        row: pd.Series,
        service: int,
        modes: list[str],
        back: list[str],
        groups: list[tuple[str, Floats]],
        part: str = "",
    ) -> tuple[list[CoverTest], list[MeanTest]]:
        points = self.points(service)
        max_minutes, max_km = float(row["max_minutes"]), float(row["max_km"])
        timed, timed_back = [m for m in modes if m != CROW], [m for m in back if m != CROW]
        if not timed and np.isnan(max_km):
            raise ValueError("mode crow has kilometres only; give max_km")
        minutes = Metric(self._clock(row, timed_back), timed, points) if timed else None
        km = Metric(self.km, modes, points)
        force: Force = row["force"]
        base = CoverTest(
            index,
            str(row["standard_id"]),
            "share",
            force,
            float(np.nan_to_num(row["penalty"])),
            service,
            points.sites,
            points.pinned,
            sparse.csr_matrix(np.zeros((len(self.demand), 0), dtype=bool)),
            (),
            part=part,
        )
        covers: list[CoverTest] = []
        means: list[MeanTest] = []
        limits = tuple(
            Limit(metric, unit, most)  # type: ignore[arg-type]
            for metric, unit, most in ((minutes, "minutes", max_minutes), (km, "km", max_km))
            if metric is not None and not np.isnan(most)
        )
        keep = bool(row["not_below_today"])
        if row["measure"] == "mean":
            if not limits:
                raise ValueError("measure mean needs a mode with minutes, or max_km")
            means.append(self._mean(base, limits[0], groups, keep, points.today))
        else:
            parts = [limit.metric.within(limit.most + 1e-9) for limit in limits]
            cover = sum(parts[1:], parts[0]) if parts else Metric(self.km, [CROW], points).within(-np.inf)
            test = replace(base, cover=cover, limits=limits)
            covers.append(self._share(test, float(row["min_share"]), groups, keep, points.today))
        losing = float(np.nan_to_num(row["max_share_losing"]))
        extra_minutes, extra_km = float(row["max_extra_minutes"]), float(row["max_extra_km"])
        if not np.isnan(row["max_share_losing"]) and np.isnan(extra_minutes) and np.isnan(extra_km):
            # Nothing said of how far: whoever is any further away loses, in the unit of the standard.
            extra_minutes, extra_km = (
                (0.0, np.nan) if minutes is not None and not np.isnan(max_minutes) else (np.nan, 0.0)
            )
        for metric, extra, unit in ((minutes, extra_minutes, "minutes"), (km, extra_km, "km")):
            if np.isnan(extra):
                continue
            if metric is None:
                raise ValueError("max_extra_minutes needs a mode with minutes")
            covers.append(self._extra(base, metric, extra, unit, losing, groups, points.today))
        return covers, means

    def _clock(self, row: pd.Series, back: list[str]) -> Ways:
        """Return how minutes are counted: there, or there and back with a stay between."""
        stay = float(row["stay_minutes"])
        if not row["back_mode"]:
            if not np.isnan(stay):
                raise ValueError("stay_minutes is given without back_mode; give the mode of the way back")
            return self.minutes
        if not back:
            raise ValueError("back_mode crow has no minutes; give another mode")
        return DayTrip(self.minutes, tuple(back), float(np.nan_to_num(stay)))

    def _share(
        self, test: CoverTest, share: float, groups: list[tuple[str, Floats]], keep: bool, today: Bools
    ) -> CoverTest:
        served = test.served(today)
        made = []
        for label, weight in groups:
            total, now = float(weight.sum()), float(weight[served].sum())
            required = share * total
            if self.floor == "today" and test.force == "hard":
                required = min(required, now)
            made.append(Group(label, weight, max(required, now) if keep else required, now))
        return replace(test, groups=tuple(made))

    def _extra(
        self,
        test: CoverTest,
        metric: Metric,
        extra: float,
        unit: str,
        losing: float,
        groups: list[tuple[str, Floats]],
        today: Bools,
    ) -> CoverTest:
        now = metric.nearest(today)
        reached = np.isfinite(now)
        # Who reaches nothing today cannot lose.
        most = np.where(reached, now + extra, -np.inf)
        cover = metric.within(most + 1e-9)
        made = []
        for label, weight in groups:
            weight = np.where(reached, weight, 0.0)
            total = float(weight.sum())
            made.append(Group(label, weight, (1.0 - losing) * total, total))
        kind = f"extra_{unit}"
        limit = Limit(metric, unit, most)  # type: ignore[arg-type]
        return replace(test, kind=kind, cover=cover, groups=tuple(made), limits=(limit,))  # type: ignore[arg-type]

    def _mean(
        self,
        base: CoverTest,
        limit: Limit,
        groups: list[tuple[str, Floats]],
        keep: bool,
        today: Bools,
    ) -> MeanTest:
        most, metric = float(limit.most), limit.metric
        test = MeanTest(
            base.standard, base.name, limit.unit, base.force, base.service, base.sites, base.pinned, metric.every(), (),
            (limit,),
        )  # fmt: skip
        made = []
        for label, weight in groups:
            group = Group(label, weight, most, 0.0)
            now = test.mean(group, today)
            allowed = max(most, now) if self.floor == "today" and base.force == "hard" else most
            made.append(replace(group, required=min(allowed, now) if keep else allowed, today=now))
        return replace(test, groups=tuple(made))


def needs_km(row: pd.Series) -> bool:
    """Say whether a standard speaks of kilometres."""
    return bool(not np.isnan(float(row["max_km"])) or not np.isnan(float(row["max_extra_km"])))
