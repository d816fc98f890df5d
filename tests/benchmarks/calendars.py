"""Measures calendars: ``python -m tests.benchmarks.calendars --budget SECONDS``; a seeded relocation at every size, and plans.

The case is that of question 132656 of cs.stackexchange (office moves over time): teams leave buildings that are given up for
others, with crews, fees for staying on, and full buildings. Which place a team goes to is settled by the yearly plan and so given
here; the question leaves it open. No team has a place to wait in, so each moves once and the question's limit of three moves a
team holds by itself. ``--folder`` measures the plan of a report folder, with the ``[calendar]`` of its scenario.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from assetopt.calendar import cpsat
from assetopt.calendar.bounds import tightened
from assetopt.calendar.case import Case, Exit, Move, Opening, Window
from assetopt.calendar.check import check
from assetopt.calendar.facts import diary
from assetopt.calendar.model import Model
from assetopt.calendar.search import solve
from assetopt.report.reading import verified_plan

SIZES = (40, 60, 100, 200, 400)


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


def chains(teams: int, seed: int = 1, months: int = 36) -> Case:
    """Return a case of full buildings: teams move in rows of two to eight, each into the place that the next one leaves.

    A row ends in an empty place, and the building at its head is given up; every fifth row is a circle, whose teams may wait
    in one of two small buildings. Crews move a twelfth of the teams in a month and a tenth of all staff; some months are closed.
    """
    random = np.random.default_rng(seed)
    fte = random.integers(3, 40, teams)
    order = random.permutation(teams)
    moves: list[Move] = []
    exits: list[Exit] = []
    limit = [10.0 * f for f in fte]  # building k is the home of team k, and exactly as large
    shelters = [teams, teams + 1]
    limit += [400.0, 400.0]
    at = rows = 0
    while at < teams:
        row = order[at : at + int(random.integers(2, 9))].tolist()
        at, rows = at + len(row), rows + 1
        circle = rows % 5 == 0 and len(row) > 1
        for k, team in enumerate(row):
            if k + 1 < len(row):
                to = row[k + 1]
            elif circle:
                to = row[0]
            else:
                to = len(limit)
                limit.append(10.0 * fte[team])
            limit[to] = max(limit[to], 10.0 * fte[team])
            closed = (
                frozenset(random.choice(months, 2, replace=False).tolist()) if random.random() < 0.3 else frozenset()
            )
            target = int(random.integers(6, months - 4))
            moves.append(
                Move(f"t{team:03d}", team, to, (10.0 * fte[team],), Window(0, months - 1, target, closed), float(fte[team]),
                     decants=tuple(shelters) if circle else (), decant_cost=int(fte[team]) * 600, late_cost=100)
            )  # fmt: skip
        if not circle:
            rent = int(fte[row[0]]) * 250
            exits.append(Exit(row[0], Window(0, months - 1, months - 1), (rent,) * months, 1))
    sites = len(limit)
    return Case(
        months, tuple(f"p{i:03d}" for i in range(sites)), ("desks",), np.array(limit)[:, None], np.zeros((sites, 1)),
        tuple(moves), (), tuple(exits), (), moves_per_month=max(2, teams // 12), fte_per_month=float(fte.sum()) / 10,
    )  # fmt: skip


def measured(name: str, case: Case, budget: float, threads: int, alone: float) -> str:
    """Return a row of the table; ``alone`` seconds go to CP-SAT by itself on the same programme (0: it is left out)."""
    answer = solve(case, seconds=budget, threads=threads)
    held = answer.schedule is not None and not check(case, answer.schedule)
    gap = "-" if answer.gap is None else f"{answer.gap:.2%}"
    first = "-" if answer.first is None else f"{answer.first:.1f}"
    other = "-"
    if alone > 0:
        model = Model(tightened(case))
        began = time.monotonic()
        found = cpsat.search(model.programme, alone, threads=threads)
        if found.values is not None:
            value = model.programme.value(found.values)
            other = f"{max(0.0, value - found.bound) / max(1, value):.1%} at {time.monotonic() - began:.0f} s"
    pounds = ["-" if value is None else f"{value:,.0f}" for value in (answer.objective, answer.bound)]
    cells = (name, len(case.moves), len(case.exits), case.months, answer.status, *pounds, gap, first,
             f"{answer.seconds:.1f}", "yes" if held else "no", other)  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--budget", type=float, default=60.0)
    asked.add_argument("--alone", type=float, default=20.0, help="seconds for CP-SAT by itself")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--sizes", default=",".join(map(str, SIZES)))
    asked.add_argument("--folder", type=Path, action="append", default=[])
    given = asked.parse_args()
    print(
        "| case | moves | handbacks | months | status | cost £ | bound £ | gap | first s | s | checked "
        "| CP-SAT alone: gap to its bound |"
    )
    print("|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---|---:|")
    for size in (int(text) for text in given.sizes.split(",") if text):
        case = relocation(size, given.seed)
        print(measured(f"relocation, {size} teams", case, given.budget, given.threads, given.alone), flush=True)
        case = chains(size, given.seed)
        print(measured(f"full buildings, {size} teams", case, given.budget, given.threads, given.alone), flush=True)
    for folder in given.folder:
        problem, recount, _ = verified_plan(folder)
        assert recount.line is not None
        case = diary(problem, recount.plan, recount.line, problem.scenario.calendar).case
        print(measured(problem.scenario.name, case, given.budget, given.threads, given.alone), flush=True)


if __name__ == "__main__":
    main()
