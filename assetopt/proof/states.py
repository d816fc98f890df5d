"""Lists what a site may do with its switches (vacate, open, works), and the rooms that each choice leaves."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy import sparse

from assetopt.program import Bools, Ints, Matrix
from assetopt.proof.labels import BUILD, OPEN, VACATE, Labels
from assetopt.proof.rooms import Inner, Rooms

MOST_WORKS = 3
"""Works of one site that are decided one by one; any others may happen in every state (which only lowers the bound)."""


class States:
    """Every combination of switches of every site, and the rooms they leave.

    ``lived_in`` (sites,) marks the homes of teams that may leave: they have a state even where nothing can be switched.
    """

    def __init__(
        self, matrix: Matrix, labels: Labels, inner: Inner, rooms: Rooms, lived_in: Bools, kept: Bools
    ) -> None:
        sites = len(lived_in)
        self.site_list: list[int] = []
        self.vacate_list: list[int] = []
        self.choice: list[list[Ints]] = []
        self.slots: list[Ints] = []
        self.others = np.zeros(len(labels.kind), dtype=bool)
        """(n,) works that are not decided one by one: their prices alone decide them."""
        slot_number: dict[tuple[int, int], int] = {}
        most = np.bincount(
            rooms.room[rooms.room >= 0], weights=rooms.weight[rooms.room >= 0], minlength=len(rooms.rows)
        )
        by_site = [np.flatnonzero(labels.kind == kind) for kind in (VACATE, OPEN, BUILD)]
        by_site = [columns[np.argsort(labels.site[columns], kind="stable")] for columns in by_site]
        bounds = [np.searchsorted(labels.site[columns], np.arange(sites + 1)) for columns in by_site]
        csr = matrix.a
        room_order = np.argsort(inner.site[rooms.rows], kind="stable")
        room_bound = np.searchsorted(inner.site[rooms.rows][room_order], np.arange(sites + 1))
        only = _switch_rows(labels, inner)
        kept[[r for rows in only.values() for r in rows]] = True
        effect = _effects(csr, rooms, labels)
        for i in range(sites):
            vacate, opens, builds = (
                columns[bound[i] : bound[i + 1]] for columns, bound in zip(by_site, bounds, strict=True)
            )
            mine = room_order[room_bound[i] : room_bound[i + 1]]
            if not (len(vacate) or len(opens) or len(builds) or len(mine) or lived_in[i]):
                continue  # nothing happens here that a price could change
            works = [builds[labels.item[builds] == item] for item in np.unique(labels.item[builds])]
            given, works = works[MOST_WORKS:], works[:MOST_WORKS]
            for work in given:
                self.others[work] = True
            rows = only.get(i, [])
            lives: list[tuple[int, list[Ints]]] = [(-1, [])] if not len(opens) else [(-1, []), (-1, [opens])]
            lives += [(int(labels.year[c]), [np.array([c])]) for c in vacate]

            for (gone, life), on in product(lives, product((False, True), repeat=len(works))):
                choice = [*life, *(work for work, chosen in zip(works, on, strict=True) if chosen)]
                if _forbidden(matrix, rows, choice, given):
                    continue
                if gone >= 0 and not all(_forbidden(matrix, rows, [*life, work], given) for work in given):
                    gone = -1
                if gone >= 0 and len(choice) > 1:
                    gone = -1  # works at a vacated site: nothing is known of who must have left
                slots: list[int] = []
                possible = True
                for k in mine:
                    row = rooms.rows[k]
                    room = float(matrix.row_upper[row])
                    room -= sum(min(effect.get((k, int(c)), 0.0) for c in columns) for columns in choice)
                    room += sum(max(0.0, max(-effect.get((k, int(c)), 0.0) for c in work)) for work in given)
                    slack = 1e-6 * max(1.0, abs(matrix.row_upper[row]))
                    units = int(np.floor((room + slack) / rooms.unit[k]))
                    if units < 0:
                        possible = False  # who cannot leave has no room then
                        break
                    units = min(units, int(most[k]))  # more than everybody needs is not used
                    slots.append(slot_number.setdefault((int(k), units), len(slot_number)))
                if not possible:
                    continue
                self.site_list.append(i)
                self.vacate_list.append(gone)
                self.choice.append(choice)
                self.slots.append(np.array(slots, dtype=np.int64))
        self.site = np.array(self.site_list, dtype=np.int64)
        self.vacate = np.array(self.vacate_list, dtype=np.int64)
        pairs = np.array(list(slot_number), dtype=np.int64).reshape(-1, 2)
        self.slot_room, self.slot_units = pairs[:, 0], pairs[:, 1]


def _effects(csr: sparse.csr_matrix, rooms: Rooms, labels: Labels) -> dict[tuple[int, int], float]:
    """Return the entries of switches in the rooms' rows."""
    part = csr[rooms.rows]
    room = np.repeat(np.arange(len(rooms.rows)), np.diff(part.indptr))
    at = np.isin(labels.kind[part.indices], (VACATE, OPEN, BUILD))
    return {(int(k), int(c)): float(v) for k, c, v in zip(room[at], part.indices[at], part.data[at], strict=True)}


def _switch_rows(labels: Labels, inner: Inner) -> dict[int, list[int]]:
    """Return the rows that only switches are in, by site."""
    m = len(inner.site)
    switch = labels.is_kind(VACATE, OPEN, BUILD)[inner.column]
    only = (inner.site >= 0) & (np.bincount(inner.row, weights=~switch, minlength=m) == 0)
    out: dict[int, list[int]] = {}
    for r in np.flatnonzero(only):
        out.setdefault(int(inner.site[r]), []).append(int(r))
    return out


def _forbidden(matrix: Matrix, rows: list[int], choice: list[Ints], others: list[Ints]) -> bool:
    """Say whether a row among the switches forbids the choice whatever its years are and whichever ``others`` happen."""
    for r in rows:
        first, last = matrix.a.indptr[r], matrix.a.indptr[r + 1]
        entry = dict(zip(matrix.a.indices[first:last].tolist(), matrix.a.data[first:last].tolist(), strict=True))
        low = sum(min(entry.get(int(c), 0.0) for c in columns) for columns in choice)
        high = sum(max(entry.get(int(c), 0.0) for c in columns) for columns in choice)
        low += sum(min(0.0, entry.get(int(c), 0.0)) for columns in others for c in columns)
        high += sum(max(0.0, entry.get(int(c), 0.0)) for columns in others for c in columns)
        if low > matrix.row_upper[r] + 1e-6 or high < matrix.row_lower[r] - 1e-6:
            return True
    return False
