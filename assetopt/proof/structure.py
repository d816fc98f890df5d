"""Reads a programme as sites: what each may do, which teams could stand there, and how much room they would take.

Nothing is known of rules. A row is *kept* (held exactly inside a site) when all its columns belong to one site and its
shape is one of those below; every other row is *priced*. Dropping or pricing a row can only make the bound lower, so
what is not recognised costs strength, never truth.

    home      stay[t] = stay[t-1] - out[t] - close[t],  stay[-1] = 1                 (of one team)
    room      sum of w x (moves of all years, stay of the last year) <= room + what the site's switches add
    group     c <= sum of items of one room;  c >= each of them                     (c: a side column of the site)
    overlap   c >= vacate[t] + out[s,t] - 1
    switches  vacate, open and build of a site: a handful of combinations, those that the rows among them forbid left out
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.program import Bools, Ints, Matrix
from assetopt.proof.labels import BUILD, CLOSE, MOVE, OPEN, OTHER, OUT, STAY, VACATE, Labels
from assetopt.proof.rooms import Inner, Rooms, inner_rows, read_rooms
from assetopt.proof.states import States


@dataclass(frozen=True, eq=False)
class Structure:
    """A programme as sites. n columns, S states, K rooms, J items, H homes, D years; -1 where there is none.

    Attributes
    ----------
    years : int
    item_columns : (J, D) columns that put the item there: moves by year (one of them), or the last stay of a home team
    item_home : (J,) home number of an item that is a stay, else -1
    item_room, item_weight, item_group : (J,) items are sorted by room
    room_first : (K + 1,) items of each room
    room_site : (K,)
    out, close, stay : (H, D) columns of teams that may leave home
    home_site : (H,), home_item : (H,)
    forced : (H, D) whether the team must have left when the site was vacated by that year
    state_site : (S,); state_vacate : (S,) year of vacating, -1 when held
    state_choice : list of (c,) arrays per state: one column of each array is taken
    state_room : (S, r) csr: room numbers; value = whole room in units
    group_column : (G,), group_strict : (G,) whether every member switches the column on
    double_column : (number of sites, D), double_member : (H, D)
    free : (n,) columns that are decided by their price alone
    """

    years: int
    sites: int
    item_columns: Ints
    item_home: Ints
    item_room: Ints
    item_weight: Ints
    item_group: Ints
    room_first: Ints
    room_site: Ints
    out: Ints
    close: Ints
    stay: Ints
    home_site: Ints
    home_item: Ints
    forced: Bools
    state_site: Ints
    state_vacate: Ints
    state_choice: list[list[Ints]]
    state_slots: list[Ints]
    slot_room: Ints
    slot_units: Ints
    group_column: Ints
    group_strict: Bools
    double_column: Ints
    double_member: Bools
    free: Bools
    kept: Bools
    """(m,) rows that are held exactly; prices on them are of no use."""


def read_structure(matrix: Matrix, labels: Labels) -> Structure:
    """Read a programme without redundant rows as sites."""
    n, m = len(labels.kind), matrix.a.shape[0]
    years = int(labels.year.max(initial=0)) + 1
    sites = int(labels.site.max(initial=-1)) + 1
    inner = inner_rows(matrix, labels)
    kept = np.zeros(m, dtype=bool)
    switch = labels.is_kind(VACATE, OPEN, BUILD)
    homes = _homes(matrix, labels, inner, years, kept)
    pair_columns, pair_of_column = _pairs(labels, years)
    item_of_column = np.full(n, -1, dtype=np.int64)
    moves = np.flatnonzero(pair_of_column >= 0)
    item_of_column[moves] = pair_of_column[moves]
    pairs = len(pair_columns)
    last = homes.stay[:, -1]
    item_of_column[last] = pairs + np.arange(len(last))
    item_columns = np.concatenate([pair_columns, np.column_stack([np.full((len(last), years - 1), -1), last[:, None]])])
    item_site = labels.site[item_columns.max(axis=1)]
    rooms = read_rooms(matrix, labels, inner, item_of_column, item_columns, switch, kept)
    group_column, group_strict, item_group = _groups(matrix, labels, inner, item_of_column, rooms, kept)
    double_column, double_member = _doubles(matrix, labels, inner, homes, sites, years, kept)
    order = np.argsort(np.where(rooms.room < 0, len(rooms.rows), rooms.room), kind="stable")
    home_item = np.argsort(order, kind="stable")[pairs:]
    forced = _forced(matrix, labels, inner, homes, switch, years)
    lived_in = np.zeros(sites, dtype=bool)
    lived_in[item_site[pairs:]] = True
    states = States(matrix, labels, inner, rooms, lived_in, kept)
    free = labels.kind == OTHER
    free[group_column] = False
    free[double_column[double_column >= 0]] = False
    free |= states.others
    free |= ~(switch | (item_of_column >= 0) | (labels.kind == OTHER) | homes.mine)
    item_home = np.concatenate([np.full(pairs, -1), np.arange(len(last))]).astype(np.int64)
    room = rooms.room[order]
    return Structure(
        years, sites,
        item_columns[order], item_home[order], room, rooms.weight[order], item_group[order],
        np.searchsorted(np.where(room < 0, len(rooms.rows), room), np.arange(len(rooms.rows) + 1)),
        inner.site[rooms.rows],
        homes.out, homes.close, homes.stay, item_site[pairs:], home_item, forced,
        states.site, states.vacate, states.choice, states.slots, states.slot_room, states.slot_units,
        group_column, group_strict, double_column, double_member, free, kept,
    )  # fmt: skip


def _pairs(labels: Labels, years: int) -> tuple[Ints, Ints]:
    """Return the move columns of each pair, (P, D), and the pair of each column, (n,)."""
    moves = np.flatnonzero(labels.kind == MOVE)
    width = int(labels.site.max(initial=0)) + 1
    _, pair = np.unique(labels.team[moves] * width + labels.site[moves], return_inverse=True)
    count = int(pair.max(initial=-1)) + 1
    columns = np.full((count, years), -1, dtype=np.int64)
    columns[pair, labels.year[moves]] = moves
    of = np.full(len(labels.kind), -1, dtype=np.int64)
    of[moves] = pair
    return columns, of


@dataclass(frozen=True)
class _Homes:
    out: Ints
    close: Ints
    stay: Ints
    mine: Bools
    """(n,) columns that these homes explain."""
    of_team: Ints


def _homes(matrix: Matrix, labels: Labels, inner: Inner, years: int, kept: Bools) -> _Homes:
    """Find the teams whose stay, out and close columns obey the home rows in every year."""
    teams = int(labels.team.max(initial=-1)) + 1
    grid = {}
    for kind in (OUT, CLOSE, STAY):
        block = np.full((teams, years), -1, dtype=np.int64)
        columns = np.flatnonzero(labels.kind == kind)
        block[labels.team[columns], labels.year[columns]] = columns
        grid[kind] = block
    full: Bools = np.asarray((grid[OUT] >= 0).all(axis=1) & (grid[STAY] >= 0).all(axis=1), dtype=bool)
    # A home row: an equality whose entries are exactly stay[t] + out[t] (+ close[t]) - stay[t-1].
    equal = (matrix.row_lower == matrix.row_upper) & (inner.site >= 0)
    use = equal[inner.row]
    row, column, value = inner.row[use], inner.column[use], inner.value[use]
    at = (labels.kind[column] == STAY) & (value == 1.0)
    row_team, row_year = np.full(len(equal), -1, dtype=np.int64), np.full(len(equal), -1, dtype=np.int64)
    row_team[row[at]], row_year[row[at]] = labels.team[column[at]], labels.year[column[at]]
    s, t = row_team[row], row_year[row]
    known = s >= 0
    before = np.where(t > 0, grid[STAY][s, np.maximum(t - 1, 0)], -2)
    fits = (
        ((column == grid[STAY][s, t]) & (value == 1.0))
        | ((column == grid[OUT][s, t]) & (value == 1.0))
        | ((column == grid[CLOSE][s, t]) & (value == 1.0))
        | ((column == before) & (value == -1.0))
    ) & known
    asked = 2 + (grid[CLOSE][row_team, row_year] >= 0) + (row_year > 0)
    whole = np.bincount(row, weights=fits, minlength=len(equal)) == asked
    whole &= np.bincount(row, minlength=len(equal)) == asked
    whole &= (row_team >= 0) & (matrix.row_lower == np.where(row_year == 0, 1.0, 0.0))
    done = np.zeros((teams, years), dtype=bool)
    done[row_team[whole], row_year[whole]] = True
    full &= done.all(axis=1)
    chosen = np.flatnonzero(full)
    kept[np.flatnonzero(whole)[full[row_team[whole]]]] = True
    mine = np.zeros(len(labels.kind), dtype=bool)
    for block in grid.values():
        mine[block[chosen][block[chosen] >= 0]] = True
    of_team = np.full(teams, -1, dtype=np.int64)
    of_team[chosen] = np.arange(len(chosen))
    return _Homes(grid[OUT][chosen], grid[CLOSE][chosen], grid[STAY][chosen], mine, of_team)


def _groups(
    matrix: Matrix, labels: Labels, inner: Inner, item_of_column: Ints, rooms: Rooms, kept: Bools
) -> tuple[Ints, Bools, Ints]:
    """Find side columns that stand for "some item of this set is here"."""
    m = len(kept)
    side = (labels.kind == OTHER) & (labels.site >= 0) & (matrix.lower == 0.0) & (matrix.upper == 1.0)
    is_side, item = side[inner.column], item_of_column[inner.column]
    upper = (matrix.row_upper == 0.0) & ~np.isfinite(matrix.row_lower) & (inner.site >= 0)
    ok = np.where(is_side, inner.value > 0, (item >= 0) & (inner.value < 0))
    upper &= np.bincount(inner.row, weights=~ok, minlength=m) == 0
    upper &= np.bincount(inner.row, weights=is_side, minlength=m) == 1
    item_group = np.full(len(rooms.room), -1, dtype=np.int64)
    group_of_column = np.full(len(labels.kind), -1, dtype=np.int64)
    columns: list[int] = []
    start = np.searchsorted(inner.row, np.arange(m + 1))
    for r in np.flatnonzero(upper):
        part = slice(start[r], start[r + 1])
        c = int(inner.column[part][is_side[part]][0])
        members = item[part][~is_side[part]]
        members = np.unique(members)
        if group_of_column[c] >= 0 or not len(members):
            continue
        room = rooms.room[members]
        if (room < 0).any() or (room != room[0]).any() or (item_group[members] >= 0).any():
            continue
        group_of_column[c] = len(columns)
        item_group[members] = len(columns)
        columns.append(c)
        kept[r] = True
    # Strict where the column cannot be 0 while a member is there: c - item >= 0 for each of them.
    lower = (matrix.row_lower == 0.0) & ~np.isfinite(matrix.row_upper) & (inner.site >= 0)
    count = np.bincount(inner.row, minlength=m)
    covered = np.zeros(len(item_group), dtype=bool)
    for r in np.flatnonzero(lower & (count >= 2)):
        part = slice(start[r], start[r + 1])
        value, col = inner.value[part], inner.column[part]
        plus = value > 0
        if plus.sum() != 1 or not (value[plus] >= -value[~plus]).all() or not is_side[part][plus].all():
            continue
        g = group_of_column[col[plus][0]]
        members = np.unique(item[part][~plus])
        if g < 0 or len(members) != 1 or members[0] < 0 or item_group[members[0]] != g:
            continue
        covered[members[0]] = True
        kept[r] = True
    strict = np.ones(len(columns), dtype=bool)
    strict[item_group[(item_group >= 0) & ~covered]] = False
    return np.array(columns, dtype=np.int64), strict, item_group


def _doubles(
    matrix: Matrix, labels: Labels, inner: Inner, homes: _Homes, sites: int, years: int, kept: Bools
) -> tuple[Ints, Bools]:
    """Find side columns that are 1 when a site is vacated in the year in which one of its teams moves out."""
    m = len(kept)
    kind = labels.kind[inner.column]
    part = (
        ((kind == OTHER) & (inner.value == 1.0)).astype(int)
        + 10 * ((kind == VACATE) & (inner.value == -1.0)).astype(int)
        + 100 * ((kind == OUT) & (inner.value == -1.0)).astype(int)
    )
    shape = np.bincount(inner.row, weights=part, minlength=m) == 111
    shape &= np.bincount(inner.row, minlength=m) == 3
    shape &= (matrix.row_lower == -1.0) & ~np.isfinite(matrix.row_upper)
    of_row = np.full((3, m), -1, dtype=np.int64)
    use = shape[inner.row]
    for k, which in enumerate((OTHER, VACATE, OUT)):
        at = use & (kind == which)
        of_row[k, inner.row[at]] = inner.column[at]
    column = np.full((sites, years), -1, dtype=np.int64)
    member = np.zeros((len(homes.out), years), dtype=bool)
    rows = np.flatnonzero(shape)
    c, v, o = of_row[:, rows]
    year = labels.year[v]
    team = homes.of_team[labels.team[o]]
    right = (labels.year[o] == year) & (labels.year[c] == year) & (team >= 0)
    right &= (matrix.lower[c] == 0.0) & (matrix.upper[c] == 1.0)
    for r, col, vac, home, t in zip(rows[right], c[right], v[right], team[right], year[right], strict=True):
        site = labels.site[vac]
        if column[site, t] in (-1, col):
            column[site, t] = col
            member[home, t] = True
            kept[r] = True
    return column, member


def _forced(matrix: Matrix, labels: Labels, inner: Inner, homes: _Homes, switch: Bools, years: int) -> Bools:
    """Say from which year's vacating on a home team cannot still be there, (H, D): vacated by then, gone by then."""
    m = len(inner.site)
    kind = labels.kind[inner.column]
    item = (kind == STAY) | (kind == MOVE)
    good = (inner.site >= 0) & np.isfinite(matrix.row_upper)
    good &= np.bincount(inner.row, weights=~((item & (inner.value > 0)) | switch[inner.column]), minlength=m) == 0
    # What the row leaves when the site is vacated in year v and nothing is built.
    left = np.repeat(matrix.row_upper[:, None], years, axis=1)
    gone = (kind == VACATE) & good[inner.row]
    left[inner.row[gone], labels.year[inner.column[gone]]] -= inner.value[gone]
    vacated = np.zeros((m, years), dtype=bool)
    vacated[inner.row[gone], labels.year[inner.column[gone]]] = True
    # Works that would add room at a vacated site are forbidden by a row among the switches; without it nothing follows.
    forced = np.zeros((len(homes.stay), years, years), dtype=bool)
    at = (kind == STAY) & good[inner.row]
    row, col, value = inner.row[at], inner.column[at], inner.value[at]
    home, t = homes.of_team[labels.team[col]], labels.year[col]
    known = home >= 0
    row, home, t, value = row[known], home[known], t[known], value[known]
    out = vacated[row] & (left[row] < value[:, None] - 1e-6 * np.maximum(1.0, value[:, None]))
    np.logical_or.at(forced, (home, t), out)
    # Vacated in v: gone by v if stay[t] is impossible for t = v (then for all later ones, since nobody comes back).
    diagonal: Bools = np.asarray(forced[:, np.arange(years), np.arange(years)], dtype=bool)
    return diagonal
