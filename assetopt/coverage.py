"""Access as rows: people served by open points, and the way to the nearest open point.

Zones that the same possible points serve are one class (exact); zones that an always-open point serves need no row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from assetopt.formulation import Entry, Formulation
from assetopt.points import point_columns
from assetopt.problem.facts import Floats, Ints
from assetopt.problem.standards import SLACK, CoverTest
from assetopt.program import CONTINUOUS, IMPLIED

CHUNK = 20_000_000
"""So many pairs of zone and point are laid out at a time (20 MB)."""


def require_cover(form: Formulation, rule: str, test: CoverTest, shortfall: bool = False) -> Ints:
    """Write sum_z weight[g,z] served[z,t] (+ short[g,t]) >= required[g] for every group g and year t.

    Returns the ``short`` columns (n_groups, D) in people when ``shortfall`` is asked for, otherwise an empty array.
    """
    program, d = form.program, form.problem.years
    columns = point_columns(form, test.service)
    weight = np.array([g.weight for g in test.groups]).reshape(len(test.groups), test.cover.shape[0])
    required = np.array([g.required - (0.0 if shortfall else SLACK * g.total) for g in test.groups])
    always = test.served(test.pinned)
    required = required - weight[:, always].sum(axis=1)
    # Less than the slack is asked of nobody; but what is priced is priced to the last person.
    asked = required > (1e-12 if shortfall else SLACK) * np.array([g.total for g in test.groups])
    short = np.empty((0, d), dtype=np.int64)
    if shortfall:
        n = len(test.groups)
        short = program.add_columns(
            f"short:{test.label}",
            n * d,
            form=CONTINUOUS,
            # More than everybody asked for cannot be short.
            upper=np.repeat(np.maximum(0.0, [g.required for g in test.groups]), d),
            year=np.tile(np.arange(d), n),
            item=np.repeat(np.arange(n), d),
        ).reshape(n, d)
    if not asked.any():
        return short
    free = np.flatnonzero(~test.pinned)
    open_zones = np.flatnonzero(~always & (weight[asked].sum(axis=0) > 0))
    cover, zone_class = _alike(test.cover[open_zones][:, free])
    classes = cover.shape[0]
    people = np.zeros((len(test.groups), classes))
    np.add.at(people.T, zone_class, weight[:, open_zones].T)
    # A row in people would have coefficients beyond what a solver's absolute tolerance is made for; a power of ten keeps
    # whole people whole for engines that count in integers.
    scale = 10.0 ** -np.ceil(np.log10(np.maximum(people.max(axis=1, initial=0.0), 1.0)))
    size = np.diff(cover.indptr)
    shared = np.flatnonzero(size > 1)
    served = np.full((classes, d), -1, dtype=np.int64)
    served[shared] = program.add_columns(
        f"served:{test.label}",
        len(shared) * d,
        form=IMPLIED,
        item=np.repeat(shared, d),
        year=np.tile(np.arange(d), len(shared)),
    ).reshape(len(shared), d)
    single = np.flatnonzero(size == 1)
    if len(single):
        served[single] = columns[free[cover.indices[cover.indptr[single]]]]
    within = cover[shared].tocoo()
    row, point = within.row, within.col
    group, part = np.nonzero((people > 0) & asked[:, None] & (size > 0)[None, :])
    for t in range(d):
        program.add_rows(
            rule,
            len(shared),
            upper=0.0,
            defines=True,
            item=np.full(len(shared), test.standard),
            year=np.full(len(shared), t),
            entries=[(np.arange(len(shared)), served[shared, t], 1.0), (row, columns[free[point], t], -1.0)],
        )
        slack: list[Entry] = [(np.flatnonzero(asked), short[asked, t], scale[asked])] if shortfall else []
        program.add_rows(
            rule,
            len(test.groups),
            lower=np.where(asked, required * scale, -np.inf),
            subjects=[f"{test.name}: {group.label}" for group in test.groups],
            item=np.full(len(test.groups), test.standard),
            year=np.full(len(test.groups), t),
            entries=[(group, served[part, t], people[group, part] * scale[group]), *slack],
        )
    return short


def _alike(reach: sparse.csr_matrix) -> tuple[sparse.csr_matrix, Ints]:
    """Return the distinct rows of a (n_zones, n_points) bool matrix, in order, and the number of each zone's row."""
    zones, points = reach.shape
    bits = np.zeros((zones, points // 8 + 1), dtype=np.uint8)
    step = max(1, CHUNK // max(1, points))
    for start in range(0, zones, step):
        packed = np.packbits(reach[start : start + step].toarray(), axis=1)
        bits[start : start + step, : packed.shape[1]] = packed
    # Rows of bytes compare like rows of truth values, many times faster.
    whole = bits.view(np.dtype((np.void, bits.shape[1]))).ravel()
    _, first, number = np.unique(whole, return_index=True, return_inverse=True)
    rows = reach[first]
    rows.sort_indices()
    return rows, np.asarray(number, dtype=np.int64).ravel()


def nearest_chain(
    form: Formulation, name: str, service: int, metric: Floats, zones: Ints, fallback: float
) -> tuple[Floats, Ints, Ints, Floats]:
    """Express each zone's way to its nearest open point, exactly and without assignment columns.

    With a zone's points in order of distance d1 <= d2 <= ..., and far[k] = 1 when none of the first k is open, the way
    is d1 + sum_k (d(k+1) - d(k)) far[k], where far[k] >= far[k-1] - point[k] (Cornuejols, Nemhauser and Wolsey 1980).
    It ends at the first point that is always open; behind the last, ``fallback`` stands. What far[k] says depends on the
    set of the first k points alone, so zones share it wherever these sets are the same.

    Returns
    -------
    base : (n_zones_given,) the first distance.
    zone : (n,) position in ``zones`` of each step.
    columns : (n, D) the ``far`` columns; steps of several zones may have the same.
    step : (n,) the distance that is added when the column is 1.
    """
    program, d = form.program, form.problem.years
    points = form.problem.points(service)
    columns = point_columns(form, service)
    distance = np.where(np.isfinite(metric[zones]), metric[zones], fallback)
    order = np.argsort(distance, axis=1, kind="stable")
    ranked = np.take_along_axis(distance, order, axis=1)
    ranked = np.column_stack([ranked, np.full(len(zones), fallback)])
    pinned = points.pinned[order]
    ends = pinned.argmax(axis=1) if order.shape[1] else np.zeros(len(zones), dtype=np.int64)
    stop = np.where(pinned.any(axis=1), ends, order.shape[1])
    rank = np.arange(order.shape[1])[None, :]
    ahead = ranked[:, [0]] < fallback
    zone, k = np.nonzero((rank < stop[:, None]) & ahead & (ranked[:, :-1] < fallback))
    number, first_seen = _same_sets(order, zone, k)
    m = len(first_seen)
    far = program.add_columns(
        f"far:{name}", m * d, form=IMPLIED, item=np.repeat(zones[zone[first_seen]], d), year=np.tile(np.arange(d), m)
    ).reshape(m, d)
    # One row for every set and the set it grew from; a zone's steps follow each other, so the step before is the parent.
    parent = np.where(k == 0, -1, np.concatenate([[-1], number[:-1]])[: len(number)])
    told = np.unique(number * (m + 1) + parent + 1, return_index=True)[1]
    told.sort()
    rows, grown = np.arange(len(told)), np.flatnonzero(k[told] > 0)
    added = points_at(order, zone[told], k[told])
    for t in range(d):
        program.add_rows(
            name,
            len(told),
            lower=np.where(k[told] == 0, 1.0, 0.0),
            defines=True,
            item=zones[zone[told]],
            year=np.full(len(told), t),
            entries=[
                (rows, far[number[told], t], 1.0),
                (grown, far[parent[told[grown]], t], -1.0),
                (rows, columns[added, t], 1.0),
            ],
        )
    step = ranked[zone, k + 1] - ranked[zone, k]
    return ranked[:, 0], zone, far[number], np.asarray(step, dtype=np.float64)


def _same_sets(order: Ints, zone: Ints, k: Ints) -> tuple[Ints, Ints]:
    """Number the sets of a zone's first k + 1 points, alike where they are the same; and where each is seen first.

    Every point gets two random words, and a set is known by its sums: 128 bits, so that no two sets are taken for one.
    """
    words = np.random.default_rng(1).integers(0, 2**64, (2, order.shape[1]), dtype=np.uint64)
    known = np.empty((len(zone), 2), dtype=np.uint64)
    for part in range(2):
        known[:, part] = np.cumsum(words[part][order], axis=1, dtype=np.uint64)[zone, k]
    whole = np.ascontiguousarray(known).view(np.dtype((np.void, 16))).ravel()
    _, seen, back = np.unique(whole, return_index=True, return_inverse=True)
    rising = np.argsort(seen, kind="stable")
    place = np.empty(len(seen), dtype=np.int64)
    place[rising] = np.arange(len(seen))
    return place[np.asarray(back).ravel()], seen[rising].astype(np.int64)


def points_at(order: Ints, zone: Ints, k: Ints) -> npt.NDArray[np.int64]:
    """Return the point at rank ``k`` of each zone."""
    return np.asarray(order[zone, k], dtype=np.int64)
