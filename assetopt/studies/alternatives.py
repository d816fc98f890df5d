"""Other plans about as good: what stands in all of them may be done without regret, what differs is for those who live there.

    left[i]              = sum over t of vacate[i,t]        (a candidate: opened[i])
    apart(x, plan j)     = sum over sites left in j of (1 - left[i]) + sum over the others of left[i]
    next plan            = the one whose smallest distance to all before it is largest, of those whose cost is within the limit

Then the cheapest plan is looked for that leaves the same sites, so that no team moves for the sake of being different.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from assetopt.errors import AssetoptError
from assetopt.estate import Estate
from assetopt.formulation import Entry, Formulation
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.problem.facts import codes
from assetopt.program import CONTINUOUS, Bools, Floats, Ints
from assetopt.scenario import Scenario
from assetopt.studies.interval import Interval
from assetopt.studies.job import Answer, Job
from assetopt.studies.players import scenario_with
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.searching import Line, aim_at, hold_below, objective_line, result_within, search
from assetopt.studies.solving import (
    answer_of,
    cost_of,
    ending_by_cost,
    objective_of,
    one_thread,
    plan_of,
    refuse_other_aims,
    saving_of,
    solve,
    without_fault,
)
from assetopt.verify import judge

BEST = "best"
MOST_FORCED = 12
"""Open decisions whose worth is solved for; of more, those that plans differ in most evenly. The plans found bound the rest."""


@dataclass(frozen=True)
class Choice:
    """What becomes of one site: in how many plans it goes (a candidate: opens), its class, and what the choice is worth.

    ``decision`` is no-regret (goes in all), never (in none) or open. ``worth`` is what the best plan in which it goes costs
    less than the best in which it stays (£; below 0: staying is worth more); None where it is not open.
    """

    site_id: str
    partner_id: str
    action: str
    count: int
    decision: str
    worth: Interval | None


@dataclass(frozen=True)
class Alternatives:
    """Plans within the limit, the best first.

    Attributes
    ----------
    limit : float
        Most that a plan may cost, £.
    answers : mapping
        Name of a plan = the answer of its solve.
    apart : (k, k)
        In how many sites any two differ.
    choices : tuple of Choice
        Every site that any plan could leave or open.
    sought : int
        How many plans were asked for.
    """

    limit: float
    answers: Mapping[str, Answer]
    apart: Ints
    choices: tuple[Choice, ...]
    sought: int
    notes: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)


def alternatives(
    estate: Estate,
    scenario: Scenario,
    out: str | Path,
    *,
    within: float = 0.02,
    of_saving: bool = False,
    count: int = 12,
    resources: Resources | None = None,
) -> Alternatives:
    """Find plans that differ in which sites go, all nearly as good as the best; written to a folder, each as a report.

    Parameters
    ----------
    estate, scenario
    out : str or pathlib.Path
        The study's folder; an earlier run's answers in it are used.
    within : float
        How much dearer than the best plan found a plan may be, as a share of its cost.
    of_saving : bool
        As a share of its saving instead.
    count : int
        Plans, the best among them.
    resources : Resources, optional

    Raises
    ------
    AssetoptError
        Where there is no best plan, or, with ``of_saving``, business as usual has no cost.
    FileExistsError
        Where the folder holds something else.
    """
    from assetopt.studies.alternatives_report import write_alternatives

    refuse_other_aims(scenario)
    with Runner(estate, out, "alternatives", resources or Resources()) as runner:
        first = Job(BEST, solve, scenario)
        best = without_fault(runner.run([first]), BEST, runner.failures)
        cost = objective_of(best)
        assert cost is not None
        share = within * (saving_of(best).value if of_saving else abs(cost))
        limit = cost + max(0.0, share)
        plans = _different(runner, first, best, limit, count)
        taken = {name: _taken(plan_of(answer)) for name, answer in plans.items()}
        apart = np.array(
            [[int((one != other).sum()) for other in taken.values()] for one in taken.values()], dtype=np.int64
        )
        choices = _choices(runner, first, plans, taken)
        notes = [] if len(plans) == count else [f"{len(plans)} of {count} plans: no other was found within the limit"]
        found = Alternatives(limit, plans, apart, choices, count, tuple(notes), dict(runner.failures))
        write_alternatives(runner, scenario, found)
        runner.folder.finish(runner.failures)
    return found


def _different(runner: Runner, first: Job, best: Answer, limit: float, count: int) -> dict[str, Answer]:
    """Return plans one after the other, each far from all before it; fewer where there are no more."""
    bound = cost_of(best).low
    told = {"limit": limit, "bound": bound if np.isfinite(bound) else None}
    sites: dict[str, object] = {BEST: best["plan"]}
    plans: dict[str, Answer] = {BEST: best}
    cheaper: list[Job] = []
    while len(sites) < count or cheaper:
        # The next choice of sites is looked for while the last one is made as cheap as it can be.
        name = f"plan {len(sites) + 1}"
        jobs = list(cheaper)
        if len(sites) < count:
            jobs.append(Job(name, differ, first.scenario, more={**told, "before": list(sites.values())}))
        answers = runner.run(jobs)
        plans |= {job.more["plan"]: answers[job.key] for job in cheaper if job.key in answers}  # type: ignore[misc]
        found, cheaper = answers.get(name), []
        if found is not None and found["plan"] is not None:
            sites[name] = found["plan"]
            more = {**told, "plan": name, "found": found["plan"]}
            cheaper = [Job(f"{name} at its cheapest", cheapest_alike, ending_by_cost(first.scenario, best), more=more)]
        else:
            count = len(sites)
    return plans


def differ(estate: Estate, job: Job, _starts: list[Answer]) -> Answer:
    """Find sites to leave and open, within the limit, that are furthest from those before; no plan where none differs."""
    from assetopt.optimise import formulate

    scenario = one_thread(job.scenario)
    problem = Problem(job.estate_of(estate), scenario)
    form = formulate(problem)
    program = form.program
    limit = float(cast("float", job.more["limit"]))
    before = cast("list[object]", job.more["before"])
    plans = [plan_of({"plan": plan}) for plan in before]
    taken = [_taken(plan) for plan in plans]
    hold_below(program, objective_line(program), limit)
    order = codes(plans[0].sites["site_id"], problem.facts.sites.index).tolist()
    changing = [_changing(form, site) for site in order]
    free = [site for site, column in enumerate(changing) if len(column)]
    least = program.add_columns("least distance", 1, form=CONTINUOUS, lower=0.0, upper=float(len(free)))
    total: list[tuple[Ints, Floats]] = []
    for plan in taken:
        # least - sum over sites not taken of left + sum over those taken of left <= how many are taken
        sign = np.array([1.0 if plan[site] else -1.0 for site in free])
        column = np.concatenate([changing[site] for site in free] or [np.empty(0, np.int64)])
        weight = np.concatenate(
            [np.full(len(changing[site]), s) for site, s in zip(free, sign, strict=True)] or [np.empty(0)]
        )
        row = np.zeros(len(column) + 1, dtype=np.int64)
        entries: list[Entry] = [(row, np.append(column, least), np.append(weight, 1.0))]
        program.add_rows("distance", 1, upper=float((sign > 0).sum()), entries=entries)
        total.append((column, weight))
    even = 1.0 / (1.0 + len(free) * len(taken))
    aim_at(
        program,
        Line(least, np.array([-1.0])),
        *(Line(column, weight * even) for column, weight in total),
    )
    # Whole sites: a plan a tenth short of the furthest is far enough.
    recount, _ = search(form, plans[-1], scenario.solver.time_limit / 2, gap=0.1)
    if recount is None or any((_taken(recount.plan) == plan).all() for plan in taken):
        return {"plan": None}
    return {"plan": recount.plan.records()}


def cheapest_alike(estate: Estate, job: Job, _starts: list[Answer]) -> Answer:
    """Find the cheapest plan that leaves and opens just the sites of the one found, so that no team moves for show."""
    from assetopt.optimise import optimise

    problem = Problem(job.estate_of(estate), one_thread(job.scenario))
    found = judge(problem, plan_of({"plan": job.more["found"]}))
    limit = float(cast("float", job.more["limit"]))
    action = found.plan.sites.set_index("site_id")["action"]
    taken, solver = problem.scenario.decisions, problem.scenario.solver
    keep = tuple(dict.fromkeys((*taken.keep, *action.index[action == "keep"])))
    close = tuple(dict.fromkeys((*taken.close, *action.index[action.isin(["dispose", "exit_lease", "not_opened"])])))
    decisions = taken.model_copy(update={"keep": keep, "close": close})
    brief = solver.model_copy(update={"time_limit": solver.time_limit / 2})
    asked = problem.scenario.model_copy(update={"decisions": decisions, "solver": brief})
    again = optimise(Problem(problem.estate, asked), start=found.plan)
    recount = found if again.plan is None else judge(problem, again.plan)
    before, after = found.verdict.objective_recomputed, recount.verdict.objective_recomputed
    same = (_taken(recount.plan) == _taken(found.plan)).all()
    if not (recount.verdict.ok and same and (after or 0.0) < (before or 0.0)):
        recount = found
    if (recount.verdict.objective_recomputed or np.inf) > limit + 1e-6 * max(1.0, abs(limit)):
        raise AssetoptError("a plan was found beyond the limit")
    note = "found for being different from the plans before it; the bound is that of the best plan"
    bound = cast("float | None", job.more["bound"])
    return answer_of(result_within(problem, recount, again.certificate, bound, note))


def _changing(form: Formulation, site: int) -> Ints:
    """Return the columns whose sum says that a site goes (a candidate: opens)."""
    block = form.open if form.problem.facts.sites.candidate[site] else form.vacate
    return np.asarray(block[site][block[site] >= 0], dtype=np.int64)


def _taken(plan: Plan) -> Bools:
    """Return which sites go or open, in the order of the plan's table."""
    return np.asarray(plan.sites["action"].isin(["dispose", "exit_lease", "open"]), dtype=bool)


def _choices(runner: Runner, first: Job, plans: Mapping[str, Answer], taken: Mapping[str, Bools]) -> tuple[Choice, ...]:
    """Return what becomes of every site, and what each open choice is worth."""
    table = plan_of(plans[BEST]).sites
    counts = np.sum(list(taken.values()), axis=0)
    n = len(plans)
    candidate = table["action"].isin(["open", "not_opened"]).to_numpy()
    open_ = np.flatnonzero((counts > 0) & (counts < n))
    forced = open_[np.argsort(np.abs(counts[open_] - n / 2), kind="stable")][:MOST_FORCED]
    ending = ending_by_cost(first.scenario, plans[BEST])

    best = cost_of(plans[BEST])

    def cheapest_other(site: int) -> Answer:
        """Return the cheapest plan found that has a site the other way than the best."""
        other = [plans[name] for name in plans if taken[name][site] != taken[BEST][site]]
        return min(other, key=lambda answer: objective_of(answer) or np.inf)

    jobs, asked = [], {}
    for at in forced.tolist():
        site = str(table["site_id"].iloc[at])
        goes = bool(taken[BEST][at])
        if candidate[at] and not goes:
            continue  # that a candidate must open cannot be asked for
        other = {"keep": (site,)} if goes and not candidate[at] else {"close": (site,)}
        now = ending.decisions
        merged = {key: (*getattr(now, key), *names) for key, names in other.items()}
        key = f"{site} the other way"
        start = {"start": cheapest_other(at)["plan"]}
        jobs.append(Job(key, solve, scenario_with(ending, decisions=merged), more=start))
        asked[at] = key
    answers = runner.run(jobs)
    out = []
    for at in range(len(table)):
        worth = None
        if 0 < counts[at] < n:
            # No plan costs less than the bound on all of them, and one that has it the other way was found.
            found = cost_of(cheapest_other(at))
            other_way = Interval(best.low, found.value, found.high)
            if at in asked and asked[at] in answers:
                solved = cost_of(answers[asked[at]])
                other_way = min(other_way, solved, key=lambda cost: cost.high).at_least(solved.low)
            worth = other_way - best if taken[BEST][at] else best - other_way
        count = int(counts[at])
        decision = "no-regret" if count == n else "never" if count == 0 else "open"
        row = table.iloc[at]
        what = "open" if candidate[at] else "leave"
        out.append(Choice(str(row["site_id"]), str(row["partner_id"]), what, count, decision, worth))
    return tuple(out)
