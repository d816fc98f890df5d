"""Column generation over sites: which teams fit together in a room, and what a place in each is worth.

The master programme chooses a mix of states for every site and a mix of packings for every room of a state; the prices of
the rows that link sites ask every site for a better packing (:mod:`assetopt.proof.sites`), until none is left. Every
round gives a lower bound that needs no solver to check.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from assetopt.engines.decomposition.projection import Projection
from assetopt.engines.highs_master import GrowingLP
from assetopt.engines.highs_run import money_scale
from assetopt.program import Floats, Ints
from assetopt.proof.sites import Answer, Leaving, Sites

SMOOTH = 0.5
"""Weight of the best prices so far in the prices that sites are asked at (Wentges 1997)."""


Entries = list[tuple[int, float]]
"""Entries of a master column beyond the priced rows: (row, value)."""

Keyed = tuple[Ints, Floats, Entries, tuple[object, ...]]
"""A master column: programme columns, how much of each, entries, and a key by which it is known again."""


CLOSED = 1e-4
"""Column generation ends when the master's value is within this share (of the saving) of the bound."""


@dataclass
class Mix:
    """Where column generation stands: prices, bound, and how often the master's mix uses every column (n,)."""

    prices: Floats
    bound: float
    value: float
    use: Floats
    near: Floats
    """(n,) least reduced cost (£) of a packing or state that has the column, inf where none has."""
    rounds: int
    patterns: int


class Master:
    """The growing master programme of one structure.

    Rows, in order: priced rows of the programme, one per site (its states add up to 1), one per slot (its packings add up
    to the states that offer it), one per home team (it stays in a packing, leaves, or its site is vacated).
    """

    def __init__(self, sites: Sites, projection: Projection) -> None:
        self.sites, self.projection = sites, projection
        matrix, s = sites.matrix, sites.structure
        m = self.priced = projection.spread.shape[1]
        self.a = (projection.spread.T @ matrix.a).tocsc()
        self.cost = matrix.cost - matrix.a.T @ projection.base
        self.own = np.unique(s.state_site)
        self.site_row = np.full(s.sites, -1, dtype=np.int64)
        self.site_row[self.own] = m + np.arange(len(self.own))
        first_slot = m + len(self.own)
        least = np.full(len(s.room_site), np.iinfo(np.int64).max)
        at = s.item_room >= 0
        np.minimum.at(least, s.item_room[at], s.item_weight[at])
        self.real = s.slot_units >= least[s.slot_room]
        self.slot_row = np.full(len(s.slot_room), -1, dtype=np.int64)
        self.slot_row[self.real] = first_slot + np.arange(int(self.real.sum()))
        first_home = first_slot + int(self.real.sum())
        self.home_row = first_home + np.arange(len(s.out))
        rows = first_home + len(s.out)
        lower = np.concatenate([projection.lower, np.ones(len(self.own)), np.zeros(rows - first_slot)])
        upper = np.concatenate([projection.upper, np.ones(len(self.own)), np.zeros(rows - first_slot)])
        self.lp = GrowingLP(lower, upper, money_scale(matrix.cost))
        self.rows = rows
        self.known: set[tuple[object, ...]] = set()
        self.origin: list[tuple[Ints, Floats]] = []
        """Per master column: columns of the programme and how much of each it stands for."""
        self._static()

    # --- columns -------------------------------------------------------------------------------------------------

    def _add(self, columns: list[tuple[Ints, Floats, Entries]], upper: Floats | float = np.inf,
             lower: Floats | float = 0.0) -> None:  # fmt: skip
        """Add master columns: (programme columns, amounts, entries beyond the priced rows)."""
        if not columns:
            return
        cost = self.cost
        k = len(columns)
        sizes = np.array([len(c) for c, _, _ in columns])
        source = np.concatenate([c for c, _, _ in columns]) if k else np.empty(0, dtype=np.int64)
        amount = np.concatenate([x for _, x, _ in columns])
        number = np.repeat(np.arange(k), sizes)
        pick = sparse.csc_matrix((amount, (source, number)), shape=(len(cost), k))
        top = (self.a @ pick).tocsc()
        extra = [(row, j, value) for j, (_, _, entries) in enumerate(columns) for row, value in entries]
        if extra:
            r, c, v = (np.array(part) for part in zip(*extra, strict=True))
            bottom = sparse.csc_matrix((v, (r - self.priced, c)), shape=(self.rows - self.priced, k))
        else:
            bottom = sparse.csc_matrix((self.rows - self.priced, k))
        whole = sparse.vstack([top, bottom], format="csc")
        money = np.asarray(pick.T @ cost).ravel()
        self.lp.add(money, np.broadcast_to(lower, k).astype(float), np.broadcast_to(upper, k).astype(float), whole)
        self.origin.extend((c, x) for c, x, _ in columns)

    def _static(self) -> None:
        """Add free columns, homes that are left in held sites, items without a room."""
        matrix, s = self.sites.matrix, self.sites.structure
        one = np.ones(1)
        free = np.flatnonzero(s.free)
        self._add([(np.array([j]), one, []) for j in free], matrix.upper[free], matrix.lower[free])
        leaving = []
        for block in (s.out, s.close):
            for t in range(s.years):
                for h in np.flatnonzero(block[:, t] >= 0):
                    columns = np.concatenate([[block[h, t]], s.stay[h, :t]]).astype(np.int64)
                    leaving.append((columns, np.ones(len(columns)), [(int(self.home_row[h]), 1.0)]))
        self._add(leaving)
        loose = np.flatnonzero(s.item_room < 0)
        for j in loose:
            if s.item_home[j] < 0:
                columns = s.item_columns[j][s.item_columns[j] >= 0]
                self._add([(np.array([c]), one, []) for c in columns], 1.0)
            else:
                self._add([self._item(int(j), int(s.item_columns[j].max()))], 1.0)
        states = np.flatnonzero(s.state_vacate < 0)
        held: list[tuple[Ints, Floats, Entries]] = []
        homes_of = [np.flatnonzero(s.home_site == i) for i in range(s.sites)]
        self.homes_of = homes_of
        for k in states:
            i = int(s.state_site[k])
            entries = [(int(self.site_row[i]), 1.0)]
            entries += [(int(self.slot_row[x]), -1.0) for x in s.state_slots[k] if self.real[x]]
            entries += [(int(self.home_row[h]), -1.0) for h in homes_of[i]]
            choices = [(self._combine(choice), entries) for choice in self._choices(s.state_choice[k])]
            held.extend((c, x, entries) for (c, x), entries in choices)
        self._add(held)

    @staticmethod
    def _combine(columns: list[int]) -> tuple[Ints, Floats]:
        return np.array(columns, dtype=np.int64), np.ones(len(columns))

    @staticmethod
    def _choices(choice: list[Ints]) -> list[list[int]]:
        """Return every way to take one column of each array."""
        out: list[list[int]] = [[]]
        for columns in choice:
            out = [[*taken, int(c)] for taken in out for c in columns]
        return out

    def _item(self, j: int, column: int) -> tuple[Ints, Floats, Entries]:
        s = self.sites.structure
        h = int(s.item_home[j])
        if h < 0:
            return np.array([column]), np.ones(1), []
        return s.stay[h].copy(), np.ones(s.years), [(int(self.home_row[h]), 1.0)]

    def offer(self, answer: Answer, prices: Floats, tolerance: float) -> int:
        """Add the packings and states that pay at the master's own ``prices``, (rows,); return how many."""
        s = self.sites.structure
        new: list[Keyed] = []
        for x in np.flatnonzero(self.real):
            table = answer.tables[s.slot_room[x]]
            if table is None:
                items: list[int] = []
            else:
                items = table.chosen(int(s.slot_units[x]))
            first = int(s.room_first[s.slot_room[x]])
            column = self._packing(int(x), [first + j for j in items], answer.reduced)
            if column is not None:
                new.append(column)
        for k in np.flatnonzero(s.state_vacate >= 0):
            column = self._vacating(int(k), answer.reduced, answer.leaving)
            if column is not None:
                new.append(column)
        if prices.size:
            keep = []
            for column in new:
                c, amount, entries, _ = column
                worth = float((self.cost[c] * amount).sum())
                worth -= sum(prices[row] * value for row, value in entries)
                worth -= self._priced_value(c, amount, prices)
                if worth < -tolerance:
                    keep.append(column)
            new = keep
        return self.take(new)

    def take(self, new: list[Keyed]) -> int:
        """Add columns that are not there yet; return how many there were."""
        self.known.update(key for *_, key in new)
        self._add([(c, x, entries) for c, x, entries, _ in new])
        return len(new)

    def _priced_value(self, columns: Ints, amount: Floats, prices: Floats) -> float:
        total = 0.0
        for c, x in zip(columns, amount, strict=True):
            part = slice(self.a.indptr[c], self.a.indptr[c + 1])
            total += x * float((prices[self.a.indices[part]] * self.a.data[part]).sum())
        return total

    def _packing(self, slot: int, items: list[int], reduced: Floats) -> Keyed | None:
        s = self.sites.structure
        columns: list[Ints] = []
        entries = [(int(self.slot_row[slot]), 1.0)]
        groups = set()
        for j in items:
            options = s.item_columns[j][s.item_columns[j] >= 0]
            c, _, more = self._item(j, int(options[np.argmin(reduced[options])]))
            columns.append(c)
            entries.extend(more)
            groups.add(int(s.item_group[j]))
        columns += [np.array([s.group_column[g]]) for g in sorted(groups) if g >= 0]
        flat = np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
        key = ("slot", slot, *sorted(flat.tolist()))
        if key in self.known:
            return None
        return flat, np.ones(len(flat)), entries, key

    def _vacating(self, state: int, reduced: Floats, leaving: Leaving) -> Keyed | None:
        """Return the state's column with the cheapest way out for the site's own teams."""
        s = self.sites.structure
        i, v = int(s.state_site[state]), int(s.state_vacate[state])
        columns: list[int] = [int(choice[np.argmin(reduced[choice])]) for choice in s.state_choice[state]]
        best: tuple[float, list[int]] | None = None
        double = int(s.double_column[i, v])
        for loud in (False, True):
            total, taken = (max(float(reduced[double]), 0.0), [double]) if loud and double >= 0 else (0.0, [])
            if loud and double < 0:
                continue
            for h in self.homes_of[i]:
                options: list[tuple[float, list[int]]] = []
                for t in range(s.years):
                    late = bool(s.forced[h, v]) and t > v
                    if not late and (loud or t != v or not s.double_member[h, v]):
                        options.append((float(leaving.out[h, t]), [int(s.out[h, t]), *s.stay[h, :t].tolist()]))
                    if not late and s.close[h, t] >= 0:
                        options.append((float(leaving.close[h, t]), [int(s.close[h, t]), *s.stay[h, :t].tolist()]))
                if not options:
                    total = np.inf
                    break
                cost, way = min(options)
                total += cost
                taken = taken + way
            if np.isfinite(total) and (best is None or total < best[0]):
                best = (total, taken)
        if best is None:
            return None
        flat = np.array(columns + best[1], dtype=np.int64)
        key = ("state", state, *sorted(flat.tolist()))
        if key in self.known:
            return None
        entries = [(int(self.site_row[i]), 1.0)]
        entries += [(int(self.slot_row[x]), -1.0) for x in s.state_slots[state] if self.real[x]]
        return flat, np.ones(len(flat)), entries, key

    def switches_of(self, site: int) -> Ints:
        """Return every switch column of a site."""
        if not hasattr(self, "_switches"):
            s = self.sites.structure
            of: dict[int, set[int]] = {}
            for k, choice in enumerate(s.state_choice):
                of.setdefault(int(s.state_site[k]), set()).update(int(c) for columns in choice for c in columns)
            self._switches = {i: np.array(sorted(columns), dtype=np.int64) for i, columns in of.items()}
        return self._switches.get(site, np.empty(0, dtype=np.int64))

    def use(self, values: Floats) -> Floats:
        """Return how much of every programme column the master's mix uses, (n,)."""
        out = np.zeros(self.sites.matrix.shape[1])
        for value, (columns, amount) in zip(values, self.origin[: len(values)], strict=True):
            if value > 1e-9:
                np.add.at(out, columns, value * amount)
        return out

    def near(self, reduced: Floats) -> Floats:
        """Return the least reduced cost of a master column that has each programme column, (n,)."""
        out = np.full(self.sites.matrix.shape[1], np.inf)
        for value, (columns, _) in zip(reduced, self.origin[: len(reduced)], strict=True):
            np.minimum.at(out, columns, value)
        return out


def generate(
    sites: Sites,
    projection: Projection,
    start: Floats,
    plans: list[Floats],
    *,
    until: float,
    hear: Callable[[float, Floats], bool],
    each: Callable[[int, Callable[[], Mix]], None] = lambda _round, _mix: None,
    closed: float = CLOSED,
    today: float | None = None,
) -> Mix:
    """Run column generation until it closes, ``hear`` says stop or time is up.

    Parameters
    ----------
    start : (m,) row prices to begin with, of the programme without redundant rows
    plans : list of (n,) arrays
        Plans whose packings the master begins with, at least one: without it the master has no point.
    until : float
        ``time.monotonic()`` at which to stop.
    hear : callable
        Told bound (£) and its prices (m,) after every round; True stops.
    each : callable
        Told the number of every round, and how to get the mix as it stands.
    closed, today : float
        Stop when the master's value is within this share of what it saves against ``today`` (£, as a rule the offset).
    """
    matrix = sites.matrix
    master = Master(sites, projection)
    side = np.where(projection.base > 0, matrix.row_lower, matrix.row_upper)
    today = matrix.offset if today is None else today
    fixed = float((projection.base * np.where(projection.base != 0, side, 0.0)).sum())
    best = np.array(start)
    answer = sites.answer(best, trace=True)
    bound = answer.bound
    hear(bound, best)
    master.offer(answer, np.empty(0), 0.0)
    for plan in plans:
        add_plan(master, plan)
    value, rounds, values, reduced = np.inf, 0, np.empty(0), np.empty(0)

    def mix() -> Mix:
        return Mix(best, bound, value, master.use(values), master.near(reduced), rounds, master.lp.columns)

    while time.monotonic() < until:
        solved = master.lp.solve(until - time.monotonic())
        if solved is None:
            break
        objective, values, duals, reduced = solved
        value = objective + matrix.offset + fixed
        rounds += 1
        full = projection.prices(duals[: master.priced])
        smooth = SMOOTH
        while True:
            ask = smooth * best + (1 - smooth) * full
            answer = sites.answer(ask, trace=True)
            if answer.bound > bound:
                bound, best = answer.bound, ask
            added = master.offer(answer, duals, 1e-9 * max(1.0, abs(value)))
            if added or smooth == 0.0:
                break
            smooth = 0.0 if smooth < 0.2 else smooth / 2
        each(rounds, mix)
        if hear(bound, best) or not added or value - bound <= closed * abs(today - value):
            break
    return mix()


def add_plan(master: Master, plan: Floats) -> None:
    """Add the packings and states of a whole plan, so that the master has a point from the first round."""
    s = master.sites.structure
    new = []
    at = np.where(s.item_columns >= 0, plan[np.maximum(s.item_columns, 0)], 0.0)
    here = np.flatnonzero(at.max(axis=1) > 0.5)
    chosen = s.item_columns[here, at[here].argmax(axis=1)]
    price = np.zeros(len(plan))
    price[chosen] = -1.0
    wanted_out = np.where(plan > 0.5, -1.0, 0.0)
    room_items: dict[int, list[int]] = {}
    for j in here:
        room_items.setdefault(int(s.item_room[j]), []).append(int(j))
    for k in range(len(s.state_site)):
        wanted = all((plan[c] > 0.5).any() for c in s.state_choice[k])
        count = sum(int((plan[c] > 0.5).sum()) for c in s.state_choice[k])
        mine = master.switches_of(int(s.state_site[k]))
        if not wanted or count != int((plan[mine] > 0.5).sum()):
            continue
        for x in s.state_slots[k]:
            if master.real[x]:
                column = master._packing(int(x), room_items.get(int(s.slot_room[x]), []), price)
                if column is not None:
                    new.append(column)
        if s.state_vacate[k] >= 0:
            column = master._vacating(k, wanted_out, master.sites.leaving(wanted_out))
            if column is not None:
                new.append(column)
    master.take(new)
