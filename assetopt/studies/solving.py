"""One solve of a study, as a worker does it: the plan, how good it is, whose money it saves and whose way it lengthens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from assetopt.account import Books
from assetopt.account.cash import by_body
from assetopt.certificate import Certificate
from assetopt.errors import AssetoptError, Issue, ScenarioError
from assetopt.estate import Estate
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.result import Result
from assetopt.scenario import Scenario
from assetopt.studies.interval import Interval
from assetopt.studies.job import Answer, Job
from assetopt.studies.players import scenario_with
from assetopt.verify import judge, today_ledger


def solve(estate: Estate, job: Job, starts: list[Answer]) -> Answer:
    """Solve a job's problem on one thread, from the best of the plans given, or the plan in ``job.more["start"]``.

    Returns
    -------
    dict with ``certificate``, ``today`` (the objective of business as usual, None where a team has no home), ``plan``
    (None where there is none), ``totals``, ``partners`` (:func:`money`) and ``ways`` (:func:`ways`).
    """
    from assetopt.optimise import optimise

    problem = Problem(job.estate_of(estate), one_thread(job.scenario))
    known = [start for start in starts if start.get("plan") is not None]
    best = min(known, key=lambda start: objective_of(start) or np.inf, default=None)
    if best is None and "start" in job.more:
        best = {"plan": job.more["start"]}
    return answer_of(optimise(problem, start=None if best is None else plan_of(best)))


def answer_of(result: Result) -> Answer:
    """Return a result as a job's answer."""
    problem, recount = result.problem, result.recount
    books = None if recount is None else recount.books
    today = today_cost(problem) if books is None else _cost_of_today(problem, books.today)
    out: Answer = {"certificate": result.certificate.as_dict(), "today": today, "plan": None}
    if recount is not None and books is not None:
        out["plan"] = recount.plan.records()
        out["totals"] = dict(result.totals)
        out["partners"] = money(problem, books)
        out["ways"] = ways(result)
    return out


def today_cost(problem: Problem) -> float | None:
    """Return what business as usual comes to in the scenario's objective, None where a team has no home today."""
    return _cost_of_today(problem, today_ledger(problem))


def _cost_of_today(problem: Problem, ledger: pd.DataFrame | None) -> float | None:
    from assetopt.costs.aim import counted

    return None if ledger is None else Books(ledger, ledger, counted(problem.scenario)).objective


FINE = 1e-6
"""Gap of the cost below which a study's solves do not stop for it, where they may stop for the gap of the saving."""


def one_thread(scenario: Scenario) -> Scenario:
    """Return a scenario as a study solves it: on one thread, for its workers share the machine.

    A gap of the cost that is nothing to the whole estate is much to what two partners save: savings are compared, and so their
    own gap ends a solve.
    """
    solver = scenario.solver
    gap = min(solver.gap, FINE) if solver.saving_gap > 0 else solver.gap
    return scenario.model_copy(update={"solver": solver.model_copy(update={"threads": 1, "gap": gap})})


def ending_by_cost(scenario: Scenario, answer: Answer) -> Scenario:
    """Return a scenario whose solves end where the gap of the saving would, though today is no plan for them.

    A building that must go makes today no plan, and no gap of a saving ends a solve: the same pounds, taken from the saving of
    the plan in ``answer``, are put as a gap of the cost.
    """
    solver, cost = scenario.solver, objective_of(answer)
    near = 0.0
    if cost is not None and answer["today"] is not None:
        near = solver.saving_gap * max(0.0, saving_of(answer).value) / max(1.0, abs(cost))
    return scenario_with(scenario, solver={"gap": max(solver.gap, near), "saving_gap": 0.0})


# --- reading answers back --------------------------------------------------------------------------------------------


def plan_of(answer: Answer) -> Plan:
    """Return the plan of an answer that has one."""
    return Plan.from_records(cast("Mapping[str, list[Mapping[str, object]]]", answer["plan"]))


def certificate_of(answer: Answer) -> Certificate:
    """Return how good the plan of an answer is."""
    given = dict(cast("Mapping[str, object]", answer["certificate"]))
    given["reasons"] = tuple(cast("list[str]", given["reasons"]))
    given["notes"] = tuple(cast("list[str]", given["notes"]))
    for name in ("relaxations", "conflicts"):
        given[name] = tuple(cast("list[dict[str, object]]", given.get(name, [])))
    return Certificate(**given)  # type: ignore[arg-type]


def status_of(answer: Answer) -> str:
    """Return the status of an answer: optimal, feasible, infeasible or unknown."""
    return certificate_of(answer).status


def objective_of(answer: Answer) -> float | None:
    """Return what the plan of an answer comes to, None without one."""
    return certificate_of(answer).objective


def cost_of(answer: Answer) -> Interval:
    """Return what the best plan comes to: the plan found is the most, the bound the least."""
    certificate = certificate_of(answer)
    if certificate.status == "infeasible":
        return Interval(np.inf, np.nan, np.inf)
    most = np.inf if certificate.objective is None else certificate.objective
    least = -np.inf if certificate.bound is None else certificate.bound
    return Interval(least, np.nan if certificate.objective is None else most, most)


def saving_of(answer: Answer) -> Interval:
    """Return what the best plan saves against business as usual, £.

    Raises
    ------
    AssetoptError
        Where business as usual has no cost, because a team has no home today.
    """
    today = cast("float | None", answer["today"])
    if today is None:
        raise AssetoptError(
            "a saving needs business as usual, but a team has no home today: give it one, or take it out"
        )
    return Interval.exactly(today) - cost_of(answer)


def total_of(answer: Answer, name: str) -> float:
    """Return one of the totals of an answer's plan, NaN without it."""
    value = cast("Mapping[str, float | None]", answer.get("totals") or {}).get(name)
    return np.nan if value is None else float(value)


def result_of(estate: Estate, job: Job, answer: Answer) -> Result:
    """Return an answer as the full result that it was, judged again."""
    problem = Problem(job.estate_of(estate), one_thread(job.scenario))
    return Result(problem, certificate_of(answer), judge(problem, plan_of(answer)))


# --- whose money, whose way ------------------------------------------------------------------------------------------


def money(problem: Problem, books: Books) -> dict[str, dict[str, object]]:
    """Return by partner what it bears, in the plan and as today.

    ``npv`` and ``npv_today`` (£, present value): resources, and what crosses the border of the public purse, borne by the
    partner, together with what partners pay one another (recharges, rents between public bodies). Those nets to zero, so the
    partners add up to ``npv_cost``. Taxes, and receipts handed over, are nobody's here. ``years`` and ``years_today`` are
    the same by appraisal year, undiscounted, end values in a last year of their own.
    """
    out: dict[str, dict[str, object]] = {}
    for suffix, book in (("", books.plan), ("_today", books.today)):
        if book is None:
            continue
        yearly = _by_year(problem, book)
        for row, partner in enumerate(problem.facts.partners):
            mine = out.setdefault(str(partner), {})
            mine[f"npv{suffix}"] = float(yearly[row] @ problem.factors)
            mine[f"years{suffix}"] = [round(float(amount), 2) + 0.0 for amount in yearly[row]]
    return out


def _by_year(problem: Problem, book: pd.DataFrame) -> np.ndarray:
    """Return (partners, H + 1) what each bears by year, £ undiscounted."""
    partners = problem.facts.partners
    out = np.zeros((len(partners), problem.horizon + 1))
    mine = by_body(book, problem)
    between = (book["economic"] == 0) & (book["kind"] != "end_value")
    between &= book["payer"].isin(partners) & book["payee"].isin(partners)
    for table, who, amount, sign in (
        (mine, "partner_id", "economic", 1.0),
        (book[between], "payer", "amount", 1.0),
        (book[between], "payee", "amount", -1.0),
    ):
        row = partners.get_indexer(pd.Index(table[who]))
        known = row >= 0
        year = table["year"].to_numpy(dtype=np.int64)[known]
        np.add.at(out, (row[known], year), sign * table[amount].to_numpy(dtype=np.float64)[known])
    return out


def ways(result: Result) -> list[dict[str, object]]:
    """Return by service and mode the mean way of everybody, today and after: minutes, and for how many people."""
    table = result.access_groups
    if not len(table):
        return []
    chosen = table[(table["kind"] == "service") & (table["breakdown"] == "everyone") & (table["unit"] == "minutes")]
    columns = ["service_type", "mode", "people", "mean_today", "mean", "unreached", "unreached_today"]
    rows = chosen[columns].astype(object).where(chosen[columns].notna(), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows.to_dict("records")]


def _plain(value: object) -> object:
    return float(value) if isinstance(value, np.floating | np.integer) else value


def mean_minutes(answer: Answer, mode: str = "car") -> tuple[float, float]:
    """Return the mean minutes to a service, today and after, over all services by people; NaN without any."""
    table = pd.DataFrame(cast("list[dict[str, object]]", answer.get("ways") or []))
    if not len(table):
        return np.nan, np.nan
    table = table[table["mode"] == mode].dropna(subset=["mean", "mean_today"])
    people = table["people"].to_numpy(dtype=np.float64)
    if people.sum() <= 0:
        return np.nan, np.nan
    today, after = (
        float(people @ table[name].to_numpy(dtype=np.float64) / people.sum()) for name in ("mean_today", "mean")
    )
    return today, after


def refuse_other_aims(scenario: Scenario) -> None:
    """Refuse a scenario whose objective is not the cost: studies compare pounds.

    Raises
    ------
    ScenarioError
    """
    if scenario.objective.minimise != "cost":
        what = f'is "{scenario.objective.minimise}", but studies compare what plans cost'
        raise ScenarioError([Issue("scenario, objective.minimise", what, "ask with --set objective.minimise=cost")])


def without_fault(answers: Mapping[str, Answer], key: str, failures: Mapping[str, str]) -> Answer:
    """Return an answer that a study cannot do without, with its plan.

    Raises
    ------
    AssetoptError
        Where its job failed or found no plan.
    """
    if key not in answers:
        raise AssetoptError(f"{key} failed, and nothing can be said without it: {failures.get(key, 'no answer')}")
    answer = answers[key]
    if answer["plan"] is None:
        why = certificate_of(answer).sentence if answer.get("certificate") else str(answer.get("why", ""))
        raise AssetoptError(f"nothing can be said without a plan for {key}: {why}")
    return answer
