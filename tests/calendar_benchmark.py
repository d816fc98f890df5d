"""Seeded calendars of any size: teams leave buildings that are given up for others, with crews, fees and full buildings."""

from __future__ import annotations

import numpy as np

from assetopt.calendar.case import Case, Exit, Move, Opening, Window


def relocation(teams: int, seed: int = 1, months: int = 24) -> Case:
    """Return a case like question 132656 of cs.stackexchange, at 200 teams: 250 places, 150 given up, 100 added, 24 months.

    A quarter more places than teams to begin with: of these, three quarters as many as there are teams are given up, half as
    many are added, each from some month on. A place takes one or two teams of its size. Being in a place after it was to be
    given up costs its rent and a fee; opening one early costs its rent. Crews move a tenth of the teams in a month.
    """
    random = np.random.default_rng(seed)
    old, added, dropped = teams * 5 // 4, teams // 2, teams * 3 // 4
    sites = old + added
    size = random.integers(2, 9, sites) * 10
    homes = random.permutation(old)[:teams]
    need = np.minimum(size[homes], random.integers(2, 9, teams) * 10)
    gone = set(random.permutation(homes)[:dropped].tolist())
    standing = np.zeros(sites)
    free = size.astype(float).copy()
    moves, movers = [], []
    for k, home in enumerate(homes.tolist()):
        if home not in gone:
            standing[home] += need[k]
            free[home] -= need[k]
        else:
            movers.append(k)
    for i in gone:
        free[i] = 0
    used_new: set[int] = set()
    # Some go to places added, some to places that are free or that another leaves but are kept: chains.
    stay = [h for h in homes.tolist() if h not in gone]
    chain = dict(zip(random.permutation(stay)[: len(stay) // 2].tolist(), [None] * (len(stay) // 2), strict=True))
    for k in movers + [list(homes).index(h) for h in chain]:
        home = int(homes[k])
        if home in chain:
            standing[home] -= need[k]
        options = [i for i in range(sites) if i not in gone and i != home and free[i] >= need[k]]
        if not options:
            if home in chain:
                standing[home] += need[k]
                continue
            options = [int(np.argmax(free))]
        to = (
            int(options[int(random.integers(min(6, len(options))))])
            if random.random() < 0.5
            else int(random.choice(options))
        )
        free[to] -= need[k]
        if home in chain:
            free[home] += 0  # its old room is free only once it has left: nobody was promised it here
        if to >= old:
            used_new.add(to)
        target = int(random.integers(3, months - 2))
        moves.append(
            Move(f"t{k:03d}", home, to, (float(need[k]),), Window(0, months - 1, target), float(need[k]) / 10, late_cost=50,
                 decant_cost=2_000)
        )  # fmt: skip
    limit = np.maximum(size.astype(float), standing)
    for v in moves:
        limit[v.home] = max(limit[v.home], v.need[0])
    arrive = np.zeros(sites)
    for v in moves:
        arrive[v.to] += v.need[0]
    limit = np.maximum(limit, arrive + standing)
    rent = random.integers(2, 20, sites) * 250
    exits = []
    for i in sorted(gone):
        due = int(random.integers(4, months - 1))
        cost = [int(rent[i])] * months
        for m in range(due + 1, months):
            cost[m] += int(rent[i]) // 2
        if due + 1 < months:
            cost[due + 1] += int(rent[i]) * 3  # the fee of staying on
        exits.append(Exit(i, Window(0, months - 1, due), tuple(cost), 0))
    openings = []
    for i in sorted(used_new):
        ready = int(random.integers(0, months * 2 // 3))
        openings.append(Opening(i, Window(ready, months - 1, ready), (int(rent[i]),) * months))
    return Case(
        months, tuple(f"p{i:03d}" for i in range(sites)), ("desks",), limit[:, None], standing[:, None], tuple(moves), (),
        tuple(exits), tuple(openings), moves_per_month=max(2, round(len(moves) / 12)),
    )  # fmt: skip
