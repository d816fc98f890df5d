"""What each boundary between partners costs: a wall is priced by the saving without it less the saving with it.

    buildings        every partner may use every building - each only its own
    money            funds pay for all partners - for those they name (aligned) - for their own (ring-fenced)
    pair p, q        saving of p and q together - p alone - q alone
    out: p           saving of all - all but p - p alone
    rule             saving with the rule relaxed by one step - as asked

Each saving is known between what was found and what was proved, and so is each price. Where a price could as well be nothing
it is said so. A wider choice never saves less: that is checked, within the gaps, for every wall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from assetopt.errors import AssetoptError
from assetopt.estate import Estate
from assetopt.scenario import Scenario
from assetopt.studies.interval import SMALL, UNKNOWN, Interval
from assetopt.studies.job import Answer, Job
from assetopt.studies.players import Player, label, only, players_of, scenario_with
from assetopt.studies.relaxing import relaxations
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.solving import mean_minutes, refuse_other_aims, saving_of, solve, status_of, total_of

MONEY = ("ring_fenced", "aligned", "pooled")
ASKED = "as asked"


@dataclass(frozen=True)
class Wall:
    """One boundary and its price.

    Attributes
    ----------
    kind : buildings, money, both, pair, out or rule.
    name, what : what it is called, and what was compared.
    price : Interval
        £ present value that it costs.
    annual : float
        £ a year of revenue, after the decision years, between the plans found; NaN where one has no plan.
    minutes : float
        By how much the mean way by car is longer without the wall, between the plans found; NaN where not known.
    """

    kind: str
    name: str
    what: str
    price: Interval
    annual: float
    minutes: float


@dataclass(frozen=True)
class Solve:
    """One solve of the study: its key, status, what it saves, and its gap as a share of the objective."""

    key: str
    status: str
    saving: Interval
    annual: float
    minutes: float
    gap: float


@dataclass(frozen=True)
class Boundaries:
    """Every wall, the pairs as a matrix, every solve; ``breaches`` tell where a wall would save money (there are none)."""

    players: tuple[Player, ...]
    walls: tuple[Wall, ...]
    solves: tuple[Solve, ...]
    breaches: tuple[str, ...]
    notes: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)

    def solve(self, key: str) -> Solve | None:
        """Return a solve by its key, None where it failed."""
        return next((one for one in self.solves if one.key == key), None)


def boundaries(
    estate: Estate,
    scenario: Scenario,
    out: str | Path,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    resources: Resources | None = None,
) -> Boundaries:
    """Price every boundary; written to a folder.

    Parameters
    ----------
    estate, scenario
        Money walls have a price only where the scenario has ``[rules.budget]``.
    out : str or pathlib.Path
        The study's folder; an earlier run's answers in it are used.
    groups : mapping, optional
        Partners that speak with one voice.
    resources : Resources, optional

    Raises
    ------
    InputError
        Where a group names who is no partner.
    AssetoptError
        Where business as usual has no cost, or every solve failed.
    FileExistsError
        Where the folder holds something else.
    """
    from assetopt.studies.boundaries_report import write_boundaries

    refuse_other_aims(scenario)
    players = players_of(estate, groups, scenario.boundaries.veto)
    jobs, wider = _jobs(estate, scenario, players)
    with Runner(estate, out, "boundaries", resources or Resources()) as runner:
        answers = runner.run(jobs)
        if not answers:
            raise AssetoptError("every solve failed, the first so: " + next(iter(runner.failures.values())))
        found = _priced(estate, scenario, players, answers, wider, runner.failures)
        write_boundaries(runner.folder, scenario, found)
        runner.folder.finish(runner.failures)
    return found


def _inside(player: Player) -> str:
    return f"alone: {player.name}"


def _pair(one: Player, other: Player) -> str:
    return f"pair: {label((one, other))}"


def _without(player: Player) -> str:
    return f"without: {player.name}"


def _matrix(buildings: str, money: str) -> str:
    return f"buildings {buildings}, money {money}"


def _jobs(estate: Estate, scenario: Scenario, players: Sequence[Player]) -> tuple[list[Job], list[tuple[str, str]]]:
    """Return the solves, and which choice (second) holds which other (first)."""
    jobs: dict[str, Job] = {}
    wider: list[tuple[str, str]] = []

    def ask(key: str, asked: Scenario, tables: Mapping[str, object], *narrower: str) -> None:
        after = tuple(name for name in narrower if name in jobs)
        jobs[key] = Job(key, solve, asked, tables, after=after)  # type: ignore[arg-type]
        wider.extend((name, key) for name in after)

    for player in players:
        ask(_inside(player), *only(estate, scenario, players, [player]))
    for one, other in combinations(players, 2):
        if len(players) > 2:
            ask(_pair(one, other), *only(estate, scenario, players, [one, other]), _inside(one), _inside(other))
    for player in players:
        rest = [other for other in players if other is not player]
        if len(players) > 3:
            pairs = [_pair(one, other) for one, other in combinations(rest, 2)]
            ask(_without(player), *only(estate, scenario, players, rest), *pairs)
    all_but = [_without(player) for player in players] + [_inside(player) for player in players]
    pairs = [_pair(one, other) for one, other in combinations(players, 2)]
    ask("all", *only(estate, scenario, players, players), *all_but, *pairs)
    single = all(len(player.partners) == 1 for player in players)
    own: object = "own" if single else {"groups": [list(player.partners) for player in players]}
    for buildings in ("own", "pooled"):
        for at, money in enumerate(MONEY):
            # Without budgets money has no walls: the questions are the same, and are asked once.
            held = money if scenario.rules.budget is not None else "pooled"
            setting = {"estate": own if buildings == "own" else "pooled", "budgets": held}
            narrower = [_matrix(buildings, MONEY[at - 1])] if at else []
            narrower += [_matrix("own", money)] if buildings == "pooled" else []
            ask(_matrix(buildings, money), scenario_with(scenario, boundaries=setting), {}, *narrower)
    ask(ASKED, scenario, {})
    for relaxed in relaxations(estate, scenario):
        ask(f"rule {relaxed.name}", relaxed.scenario, relaxed.tables, ASKED)
    return list(jobs.values()), wider


def _priced(
    estate: Estate,
    scenario: Scenario,
    players: Sequence[Player],
    answers: Mapping[str, Answer],
    wider: Sequence[tuple[str, str]],
    failures: Mapping[str, str],
) -> Boundaries:
    savings = {key: saving_of(answer) for key, answer in answers.items()}
    savings = {key: UNKNOWN if status_of(answers[key]) == "infeasible" else s for key, s in savings.items()}
    breaches = _tighten(savings, wider)
    solves = {key: _solve(key, answer, savings[key]) for key, answer in answers.items()}

    def wall(kind: str, name: str, what: str, more: str, *less: str) -> Wall:
        keys = (more, *less)
        if any(key not in solves for key in keys):
            return Wall(kind, name, what, UNKNOWN, np.nan, np.nan)
        price, annual, minutes = (solves[more].saving, solves[more].annual, solves[more].minutes)
        for key in less:
            price = price - solves[key].saving
            annual, minutes = annual - solves[key].annual, minutes - solves[key].minutes
        return Wall(kind, name, what, price, annual, minutes)

    first, last = _matrix("own", "ring_fenced"), _matrix("pooled", "pooled")
    walls = [wall("both", "buildings and money", "everything pooled, against each for itself", last, first)]
    budgets = scenario.rules.budget is not None
    for money in MONEY if budgets else MONEY[-1:]:
        with_money = f", money {money.replace('_', '-')}" if budgets else ""
        what = f"every building open to all, against each its own{with_money}"
        walls.append(wall("buildings", f"buildings{with_money}", what, _matrix("pooled", money), _matrix("own", money)))
    for buildings in ("own", "pooled") if budgets else ():
        for less, more in pairwise(MONEY):
            what = f"money {more.replace('_', '-')}, against {less.replace('_', '-')}; buildings {buildings}"
            name = f"money {less.replace('_', '-')}, buildings {buildings}"
            walls.append(wall("money", name, what, _matrix(buildings, more), _matrix(buildings, less)))
    for one, other in combinations(players, 2) if len(players) > 2 else ():
        what = f"{one.name} and {other.name} together, against each alone"
        walls.append(wall("pair", label((one, other)), what, _pair(one, other), _inside(one), _inside(other)))
    for player in players:
        what = f"all together, against {player.name} on its own"
        rest = _without(player) if len(players) > 3 else _rest(players, player)
        if rest:
            walls.append(wall("out", player.name, what, "all", rest, _inside(player)))
    for relaxed in relaxations(estate, scenario):
        walls.append(wall("rule", relaxed.name, relaxed.what, f"rule {relaxed.name}", ASKED))
    notes = [] if budgets else ["Money walls have no price here: the scenario has no [rules.budget]."]
    return Boundaries(
        tuple(players), tuple(walls), tuple(solves.values()), tuple(breaches), tuple(notes), dict(failures)
    )


def _rest(players: Sequence[Player], player: Player) -> str:
    """Return the key of everybody else where that is a pair or one, empty for a single player."""
    rest = [other for other in players if other is not player]
    return _pair(*rest) if len(rest) == 2 else _inside(rest[0]) if len(rest) == 1 else ""


def _solve(key: str, answer: Answer, saving: Interval) -> Solve:
    today, after = mean_minutes(answer)
    cost = saving.high - saving.low
    objective = total_of(answer, "npv_cost")
    gap = cost / max(1.0, abs(objective)) if np.isfinite(cost) and np.isfinite(objective) else np.nan
    return Solve(key, status_of(answer), saving, total_of(answer, "annual_saving"), after - today, gap)


def _tighten(savings: dict[str, Interval], wider: Sequence[tuple[str, str]]) -> list[str]:
    """Let narrower choices say how little, and wider ones how much, each can save; return where they contradict."""
    breaches = []
    for less, more in wider:
        if less in savings and more in savings and not np.isnan(savings[less].value):
            low, high = savings[less].low, savings[more].high
            if low > high + max(SMALL, 1e-6 * abs(low)):
                breaches.append(
                    f'"{less}" saves at least £{low:,.2f}, but "{more}" at most £{high:,.2f}: a wall saves money'
                )
                continue
            now = savings[more]
            savings[more] = Interval(max(now.low, low), float(np.fmax(now.value, savings[less].value)), now.high)
    for less, more in reversed(list(wider)):
        if less in savings and more in savings:
            now = savings[less]
            savings[less] = Interval(now.low, now.value, max(now.low, min(now.high, savings[more].high)))
    return breaches
