"""Every plan in form of a tiny estate, as years: the brute force behind ``test_faces``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from assetopt.account import ledger
from assetopt.engines import Task
from assetopt.engines.completion import complete
from assetopt.formulation import Formulation
from assetopt.optimise import formulate
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.program import CONTINUOUS
from assetopt.rules import RULES
from assetopt.timeline import Timeline
from assetopt.verify import breaches

Row = tuple[int, int, float]
"""A team's row at another site: (site, year, share)."""
Fate = tuple[tuple[Row, ...], int]
"""What becomes of a team: its rows elsewhere, and the year it closes (NEVER where it does not)."""


def fates(problem: Problem, team: int, shares: tuple[float, ...], forbidden: bool) -> list[Fate]:
    """Return what a plan may say of a team: stay, move to any site in any year, be split, close.

    What ``movable`` and ``closable`` forbid, and moves to external sites, are in it only when ``forbidden``: they multiply
    plans, and the checker sees each team by itself.
    """
    teams, d = problem.facts.teams, range(problem.years)
    home = int(teams.home[team])
    moves = forbidden or home < 0 or teams.movable[team]
    into = ~problem.facts.sites.external | forbidden
    away = [i for i in range(len(problem.facts.sites)) if i != home and moves and into[i]]
    out: list[Fate] = []
    if teams.divisible[team]:
        for split in product((0.0, *shares), repeat=len(away)):
            there = [(i, share) for i, share in zip(away, split, strict=True) if share > 0]
            if sum(split) > 1 + 1e-9 or (home < 0 and abs(sum(split) - 1) > 1e-9):
                continue
            for years in product(d, repeat=len(there)):
                out.append((tuple((i, t, share) for (i, share), t in zip(there, years, strict=True)), NEVER))
    else:
        out += [(((i, t, 1.0),), NEVER) for i in away for t in d]
        out += [((), NEVER)] if home >= 0 else []
    return out + [((), t) for t in d if home >= 0 and (teams.closable[team] or forbidden)]


def every_plan(problem: Problem, shares: tuple[float, ...] = (), forbidden: bool = False) -> Iterator[Timeline]:
    """Yield every plan in form; a divisible team takes each of ``shares`` at each site."""
    f, d = problem.facts, problem.years
    events = [NEVER, *range(d)]
    sites = [events if not f.sites.external[i] else [NEVER] for i in range(len(f.sites))]
    works = [events] * len(f.interventions)
    people = [fates(problem, s, shares, forbidden) for s in range(len(f.teams))]
    for when in product(*sites):
        event = np.array(when, dtype=np.int64)
        vacated = np.where(f.sites.existing, event, NEVER)
        opened = np.where(f.sites.candidate, event, NEVER)
        for built in product(*works):
            for fate in product(*people):
                rows = [(s, *row) for s, (moves, _) in enumerate(fate) for row in moves]
                closed = np.array([year for _, year in fate], dtype=np.int64)
                gone = np.zeros(len(f.teams))
                for s, _, _, share in rows:
                    gone[s] += share
                kept = np.where((f.teams.home >= 0) & (closed >= d), 1.0 - gone, 0.0)
                yield Timeline(
                    problem, vacated, opened, np.array(built, dtype=np.int64), closed,
                    np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype=np.int64),
                    np.array([row[2] for row in rows], dtype=np.int64), np.array([row[3] for row in rows], dtype=np.float64),
                    np.where(np.abs(kept) < 1e-9, 0.0, kept),
                )  # fmt: skip


@dataclass
class Faces:
    """What the two faces of rules and costs say of every plan.

    Attributes
    ----------
    plans, valid : int
        How many plans there are, and how many of them the checker lets pass.
    apart : list of str
        Plans on which the faces disagree, in words; empty when all is well.
    best : float
        The least recounted cost of a valid plan (£), inf without one.
    broken : set of str
        Rules that some plan breaks and no other rule forbids it: the rows of these were tested for real.
    """

    plans: int = 0
    valid: int = 0
    best: float = np.inf
    broken: frozenset[str] = frozenset()
    apart: tuple[str, ...] = ()


def completed(form: Formulation, line: Timeline, events: np.ndarray, direct: np.ndarray) -> np.ndarray | None:
    """Return the plan as a point of the programme with derived columns at their best, None where no row lets it be."""
    values = form.encode(line)
    if values is None:
        return None
    matrix = form.program.matrix
    activity = matrix.a[direct] @ values
    slack = 1e-6 * np.maximum(
        1.0, np.abs(np.where(np.isfinite(matrix.row_upper[direct]), matrix.row_upper[direct], 0.0))
    )
    if ((activity > matrix.row_upper[direct] + slack) | (activity < matrix.row_lower[direct] - slack)).any():
        return None
    return complete(matrix, values, events, Task(gap=0.0, saving_gap=0.0, threads=1))


def broken_rules(problem: Problem, line: Timeline) -> set[str]:
    """Return the rules that a plan breaks, or the first two of them."""
    found: set[str] = set()
    for name, rule in RULES.items():
        if rule.violations(problem, line):
            found.add(name)
        if len(found) == 2:
            break
    return found


def both_faces(problem: Problem, cost: str, line: Timeline) -> tuple[float, float]:
    """Return what the programme charges and what the ledger counts for one cost of a plan, £ discounted."""
    form = formulate(problem)
    direct = np.zeros(form.program.n_rows, dtype=bool)
    values = completed(form, line, form.decision_mask(), direct)
    assert values is not None, f"no row lets this plan be: {describe(line)}"
    book = ledger(problem, line)
    counted = float(book.loc[book["cost"] == cost, "present"].sum())
    return form.program.term_values(values).get(cost, 0.0), counted


def proofs(problem: Problem, engine: str) -> set[str]:
    """Return the statuses an engine may give its best plan: CP-SAT steps through fractions, so its bound stays below."""
    form = formulate(problem).program.matrix.form
    return {"optimal", "feasible"} if engine == "cp-sat" and (form == CONTINUOUS).any() else {"optimal"}


def describe(line: Timeline) -> str:
    """Say a plan in one line, for a failing test."""
    f = line.problem.facts
    parts = [f"{name} out {t}" for name, t in zip(f.sites.ids, line.vacated, strict=True) if t < NEVER]
    parts += [f"{name} opens {t}" for name, t in zip(f.sites.ids, line.opened, strict=True) if t < NEVER]
    parts += [f"{name} built {t}" for name, t in zip(f.interventions.ids, line.built, strict=True) if t < NEVER]
    parts += [f"{name} closes {t}" for name, t in zip(f.teams.ids, line.closed, strict=True) if t < NEVER]
    moves = zip(line.move_team, line.move_site, line.move_year, line.move_share, strict=True)
    parts += [f"{f.teams.ids[s]} to {f.sites.ids[i]} in {t} ({share:g})" for s, i, t, share in moves]
    return ", ".join(parts) or "nothing changes"


def compare(problem: Problem, shares: tuple[float, ...] = (), forbidden: bool = False) -> Faces:
    """Judge every plan by the programme and by the checker."""
    form = formulate(problem)
    matrix = form.program.matrix
    events = form.decision_mask()
    derived_use = matrix.a[:, ~events]
    direct = np.asarray(np.diff(derived_use.tocsr().indptr) == 0)
    plans, valid, best = 0, 0, np.inf
    apart: list[str] = []
    broken: set[str] = set()
    for line in every_plan(problem, shares, forbidden):
        plans += 1
        rules = broken_rules(problem, line)
        values = completed(form, line, events, direct)
        if (values is not None) != (not rules):
            said = "; ".join(v.message for v in breaches(problem, line)) or "no breach"
            apart.append(f"{describe(line)}: rows {'hold' if values is not None else 'do not hold'}, checker: {said}")
        if len(rules) == 1:
            broken |= rules
        if rules or values is None:
            continue
        valid += 1
        book = ledger(problem, line)
        counted = book.groupby("cost")["present"].sum()
        priced = form.program.term_values(values)
        for name in sorted(set(counted.index) | set(priced)):
            one, other = priced.get(name, 0.0), float(counted.get(name, 0.0))
            if abs(one - other) > 1e-6 * max(1.0, abs(other)):
                apart.append(f"{describe(line)}: {name} priced £{one:,.6f}, recounted £{other:,.6f}")
        best = min(best, float(book["present"].sum()))
    return Faces(plans, valid, best, frozenset(broken), tuple(apart))
