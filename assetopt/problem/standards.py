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
from assetopt.problem.facts import Bools, Floats, Ints, codes
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
class CoverTest:
    """At least ``group.required`` people of every group live in a zone that an open point covers.

    ``cover`` is (n_zones, n_points) bool over ``sites``, sparse: it has an entry where a point covers a zone.
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

    def mean(self, group: Group, open_points: Bools) -> float:
        """Return the mean over the group's people, inf where someone reaches no point."""
        nearest = nearest_of(self.metric[:, open_points])
        at = group.weight > 0
        return float(group.weight[at] @ nearest[at] / max(group.total, 1e-12)) if at.any() else 0.0


def nearest_of(metric: Floats) -> Floats:
    """Return the smallest entry of each row, inf for rows without entries."""
    return metric.min(axis=1) if metric.shape[1] else np.full(metric.shape[0], np.inf)


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
class StandardReader:
    """Turns rows of the ``standards`` table into tests."""

    demand: pd.DataFrame
    services: pd.Index
    points: Callable[[int], PointSites]
    minutes: Ways
    km: Ways
    deprived_max_decile: float
    floor: Literal["asked", "today"]

    def segment(self, name: str) -> Floats:
        """Return the people of a segment by zone, (n_zones,)."""
        d = self.demand
        people = np.asarray(d["population"], dtype=np.float64)
        if name in ("", "all"):
            return people
        if name in ("rural", "urban"):
            rural = np.asarray(d["rural"].astype(object).fillna(False).astype(bool), dtype=bool)
            return np.where(rural if name == "rural" else ~rural, people, 0.0)
        if name == "deprived":
            decile = np.asarray(d["imd_decile"], dtype=np.float64)
            return np.where(np.nan_to_num(decile, nan=99) <= self.deprived_max_decile, people, 0.0)
        return np.nan_to_num(np.asarray(d[name], dtype=np.float64))

    def groups(self, row: pd.Series) -> list[tuple[str, Floats]]:
        """Return the groups in which a standard holds, by name."""
        weight = self.segment(str(row["segment"]))
        per = str(row["per"])
        if per in ("", "all"):
            return [("everyone" if row["segment"] in ("", "all") else str(row["segment"]), weight)]
        column = self.demand[per]
        known = (column.notna() & (column.astype(str) != "")).to_numpy(dtype=bool)
        return [
            (
                f"{per} {_word(value)}",
                np.where(known & (column == value).fillna(False).to_numpy(dtype=bool), weight, 0.0),
            )
            for value in sorted(column[known].unique())
        ]

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

    def modes(self, row: pd.Series) -> list[str]:
        """Return the modes a standard is measured by; people without a car are not measured by car."""
        modes = [m.strip() for m in str(row["mode"]).split(";") if m.strip()] or ["car"]
        if row["segment"] == "pop_no_car":
            modes = [m for m in modes if m != "car"]
            if not modes:
                raise ValueError("people without a car are not measured by car; give another mode")
        return modes

    def _one(self, index: int, row: pd.Series) -> tuple[list[CoverTest], list[MeanTest]]:
        service = int(codes([str(row["service_type"])], self.services)[0])
        if service < 0:
            raise ValueError(f'no team and no service_types row has the service type "{row["service_type"]}"')
        points = self.points(service)
        modes = self.modes(row)
        timed = [m for m in modes if m != "crow"]
        max_minutes, max_km = float(row["max_minutes"]), float(row["max_km"])
        if not timed and np.isnan(max_km):
            raise ValueError("mode crow has kilometres only; give max_km")
        minutes = Metric(self.minutes, timed, points) if timed else None
        km = Metric(self.km, modes, points) if needs_km(row) else None
        groups = self.groups(row)
        force: Force = row["force"]
        name = str(row["standard_id"])
        base = CoverTest(
            index,
            name,
            "share",
            force,
            float(np.nan_to_num(row["penalty"])),
            service,
            points.sites,
            points.pinned,
            sparse.csr_matrix(np.zeros((len(self.demand), 0), dtype=bool)),
            (),
        )
        covers: list[CoverTest] = []
        means: list[MeanTest] = []
        if row["measure"] == "mean":
            metric, limit, unit = (minutes, max_minutes, "minutes") if not np.isnan(max_minutes) else (km, max_km, "km")
            if metric is None:
                raise ValueError("measure mean needs a mode with minutes, or max_km")
            means.append(self._mean(base, metric, limit, unit, groups, bool(row["not_below_today"]), points.today))
        else:
            asked = [(minutes, max_minutes), (km, max_km)]
            parts = [
                metric.within(limit + 1e-9) for metric, limit in asked if metric is not None and not np.isnan(limit)
            ]
            cover = sum(parts[1:], parts[0]) if parts else Metric(self.km, ["crow"], points).within(-np.inf)
            covers.append(
                self._share(
                    replace(base, cover=cover),
                    float(row["min_share"]),
                    groups,
                    bool(row["not_below_today"]),
                    points.today,
                )
            )
        losing = float(np.nan_to_num(row["max_share_losing"]))
        extra_minutes, extra_km = float(row["max_extra_minutes"]), float(row["max_extra_km"])
        if not np.isnan(row["max_share_losing"]) and np.isnan(extra_minutes) and np.isnan(extra_km):
            # Nothing said of how far: whoever is any further away loses, in the unit of the standard.
            extra_minutes, extra_km = (
                (0.0, np.nan) if minutes is not None and not np.isnan(max_minutes) else (np.nan, 0.0)
            )
        for metric, extra, kind in ((minutes, extra_minutes, "extra_minutes"), (km, extra_km, "extra_km")):
            if np.isnan(extra):
                continue
            if metric is None:
                raise ValueError("max_extra_minutes needs a mode with minutes")
            covers.append(self._extra(replace(base, kind=kind), metric, extra, losing, groups, points.today))  # type: ignore[arg-type]
        return covers, means

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
        losing: float,
        groups: list[tuple[str, Floats]],
        today: Bools,
    ) -> CoverTest:
        now = metric.nearest(today)
        reached = np.isfinite(now)
        # Who reaches nothing today cannot lose.
        cover = metric.within(np.where(reached, now + extra + 1e-9, -np.inf))
        made = []
        for label, weight in groups:
            weight = np.where(reached, weight, 0.0)
            total = float(weight.sum())
            made.append(Group(label, weight, (1.0 - losing) * total, total))
        return replace(test, cover=cover, groups=tuple(made))

    def _mean(
        self,
        base: CoverTest,
        metric: Metric,
        limit: float,
        unit: str,
        groups: list[tuple[str, Floats]],
        keep: bool,
        today: Bools,
    ) -> MeanTest:
        test = MeanTest(
            base.standard, base.name, unit, base.force, base.service, base.sites, base.pinned, metric.every(), ()
        )
        made = []
        for label, weight in groups:
            group = Group(label, weight, limit, 0.0)
            now = test.mean(group, today)
            allowed = max(limit, now) if self.floor == "today" and base.force == "hard" else limit
            made.append(replace(group, required=min(allowed, now) if keep else allowed, today=now))
        return replace(test, groups=tuple(made))


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def needs_km(row: pd.Series) -> bool:
    """Say whether a standard speaks of kilometres."""
    return bool(not np.isnan(float(row["max_km"])) or not np.isnan(float(row["max_extra_km"])))
