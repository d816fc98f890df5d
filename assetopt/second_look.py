"""The second look: of the plans that are equally good by an objective that is no money, the cheapest.

Where access or the number of points is minimised, money is no part of the objective: a building that nobody needs any more
may stay open in a best plan, and a candidate may open for nothing. So the same question is asked once more, for least cost:

    minimise  npv_cost + what is priced beside it     subject to the same rules, and    measure <= what the first answer has
"""

from __future__ import annotations

from assetopt.account.books import parts
from assetopt.certificate import pounds
from assetopt.costs.aim import is_natural
from assetopt.costs.natural import services
from assetopt.problem import Problem
from assetopt.verify import Recount

LEAST_SECONDS = 5.0
"""A second look may take as long as the first search did, and at least this; never longer than the time limit leaves."""

SAME = 1e-9
"""Share of the objective by which two plans are equally good."""


def wants_second_look(problem: Problem) -> bool:
    """Say whether the objective leaves money out."""
    return is_natural(problem.scenario)


def cheaper_question(problem: Problem, first: Recount, seconds: float) -> Problem | None:
    """Return the same question for least cost, with the first answer's measure as a limit; None without one to hold."""
    scenario, objective = problem.scenario, first.verdict.objective_recomputed
    if objective is None or first.line is None:
        return None
    if scenario.objective.minimise == "points":
        points = dict(scenario.limits.max_points)
        for q in services(problem):
            opened = [int(first.line.open_points(q, problem.points(q).sites, t).sum()) for t in range(problem.years)]
            name = str(problem.facts.services[q])
            points[name] = min(points.get(name, max(opened)), max(opened))
        limits = scenario.limits.model_copy(update={"max_points": points})
    else:
        most = objective + SAME / 2 * max(1.0, abs(objective))
        limits = scenario.limits.model_copy(update={"max_measure": most})
    asked = scenario.objective.model_copy(update={"minimise": "cost"})
    solver = scenario.solver.model_copy(update={"time_limit": seconds})
    update = {"objective": asked, "limits": limits, "solver": solver}
    return Problem(problem.estate, scenario.model_copy(update=update))


def is_whole(problem: Problem) -> bool:
    """Say whether the cheaper question has every plan that is as good in it.

    Points are held below what the first answer has service by service: with several services, or years, others are as good.
    """
    return problem.scenario.objective.minimise != "points" or (problem.years == 1 and len(services(problem)) == 1)


def choose(first: Recount, second: Recount, proved: bool) -> tuple[Recount, str]:
    """Return the cheaper of two plans that are equally good, and what to say; ``proved`` says that none is cheaper still."""
    one, two = first.verdict.objective_recomputed, second.verdict.objective_recomputed
    if one is None or two is None or first.books is None or second.books is None or not second.verdict.ok:
        return first, ""
    if two > one + SAME * max(1.0, abs(one)):
        return first, ""
    before, after = (parts(books.plan)["npv_cost"] for books in (first.books, second.books))
    better = after < before - 0.005
    rest = "no plan as good costs less, and that is proved" if proved else "whether one as good costs less is not known"
    cost = pounds(after if better else before)
    return second if better else first, f"Of the plans as good as this one the cheapest was looked for: {cost}; {rest}."
