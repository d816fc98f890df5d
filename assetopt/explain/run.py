"""Explaining one plan: read it, ask every question, price the answers, and say which rules stand in the way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import cast

import numpy as np
import pandas as pd

from assetopt.engines import Task
from assetopt.engines.completion import complete
from assetopt.engines.mending import POLICIES
from assetopt.errors import AssetoptError, DataError, Issue
from assetopt.explain.found import Found
from assetopt.explain.memory import SAME_TIME, Memory, number, plain
from assetopt.explain.pricing import Pricer
from assetopt.explain.questions import Question, questions
from assetopt.explain.switching import switches
from assetopt.optimise import formulate, optimise
from assetopt.problem import Problem
from assetopt.result import Result
from assetopt.studies.job import with_tables
from assetopt.studies.solving import refuse_other_aims

RULES = (*POLICIES, "capacity", "tenure", "superior_interest", "service_points", "step_free", "locks", "open_site")
"""Rules that may stand in the way of a decision, in the order in which they are tried."""

STANDARDS_SHARE, RULES_SHARE, SWITCHES_SHARE = 0.15, 0.1, 0.1
"""Shares of the time that the standards, the rules behind what is essential, and switching values may take."""

Told = Callable[[str, int, int], None]


def quiet(_phase: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def explain(
    result: Result, *, seconds: float = 600.0, threads: int = 2, seed: int = 1, stop: Event | None = None,
    told: Told = quiet, duals: np.ndarray | None = None, sites: frozenset[str] = frozenset(),
    teams: frozenset[str] = frozenset(), standards: frozenset[str] = frozenset(), kept: Path | None = None,
) -> Found:  # fmt: skip
    """Price every decision of a plan the other way.

    Parameters
    ----------
    result : Result
        With a plan that verifies.
    seconds : float
        Wall time; what is not settled by then is an interval.
    duals : (m,) array, optional
        Row prices of the plan's proof.
    sites, teams, standards : sets of ids
        The subjects asked about; all three empty asks about all.
    kept : pathlib.Path, optional
        A folder in which answers are kept as they are found, and looked up before anything is asked.

    Raises
    ------
    DataError
        For ids that the estate does not have.
    ScenarioError
        Where the objective is no cost.
    """
    began, stop = time.monotonic(), stop or Event()
    problem, recount = result.problem, result.recount
    refuse_other_aims(problem.scenario)
    if recount is None or recount.line is None:
        raise AssetoptError("there is no plan to explain")
    _refuse_unknown(problem, sites, teams, standards)
    form = formulate(problem)
    encoded = form.encode(recount.line)
    spare = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 60.0, threads=threads, seed=seed)
    values = None if encoded is None else complete(form.program.core, encoded, form.decision_mask(), spare)
    if values is None:
        raise AssetoptError("the plan cannot be read as decisions of this model; solve it again with this version")
    chosen = bool(sites or teams or standards)
    asked = [
        q
        for q in questions(form, recount.line)
        if not chosen or _named(problem, q) in (sites if q.kind == "site" else teams)
    ]
    bound = result.certificate.bound
    memory = None if kept is None else Memory(kept, form, values)
    pricer = Pricer(
        form, values, -np.inf if bound is None else bound, asked, duals,
        seconds=(1 - STANDARDS_SHARE - RULES_SHARE - SWITCHES_SHARE) * seconds, threads=threads, seed=seed, stop=stop,
        told=told, memory=memory,
    )  # fmt: skip
    prices = pricer.run()
    rules = _rules(pricer, time.monotonic() + RULES_SHARE * seconds)
    flips = switches(pricer, time.monotonic() + SWITCHES_SHARE * seconds, told)
    pricer.keep(now=True)
    until = began + seconds
    wanted = [s for s in _hard(problem) if not chosen or s in standards]
    rows = _standards(result, wanted, until, threads, seed, stop, told, pricer)
    return Found(result, form, values, asked, prices, rows, rules, flips)


def _named(problem: Problem, question: Question) -> str:
    facts = problem.facts.sites if question.kind == "site" else problem.facts.teams
    return str(facts.ids[question.index])


def _refuse_unknown(problem: Problem, sites: frozenset[str], teams: frozenset[str], standards: frozenset[str]) -> None:
    faults = []
    for option, given, known in (
        ("--site", sites, problem.facts.sites.ids), ("--team", teams, problem.facts.teams.ids),
        ("--standard", standards, problem.estate.standards["standard_id"].to_numpy(dtype=object)),
    ):  # fmt: skip
        near = ", ".join(str(word) for word in list(known)[:5])
        faults += [
            Issue(option, f'"{name}" is not in the plan', f"name one of: {near}" if near else "the estate has none")
            for name in sorted(given - {str(word) for word in known})
        ]
    if faults:
        raise DataError(faults)


def _rules(pricer: Pricer, until: float) -> dict[int, str]:
    """Return by question without another way the rules without which the relaxation has one."""
    out: dict[int, str] = {}
    rule = pricer.form.program.core_rule
    for k in np.flatnonzero(pricer.prices.impossible).tolist():
        if time.monotonic() > until or pricer.stop.is_set():
            out[k] = "not looked for in the time given"
            continue
        name, sides = _named(pricer.form.problem, pricer.asked[k]), pricer.asked[k].sides
        memory = pricer.memory
        if memory is not None and (known := memory.about("rules", f"{pricer.asked[k].kind} {name}")):
            if known.get("told"):
                out[k] = str(known["told"])
            continue
        shown = pricer.relaxation.ask(k, *sides, 5.0) == np.inf  # else only whole decisions have no way
        in_way = [
            each for each in RULES
            if shown and (rule == each).any() and pricer.relaxation.without(k, *sides, rule == each, 5.0)
        ]  # fmt: skip
        if in_way:
            out[k] = "rules in the way: " + ", ".join(each.replace("_", " ") for each in in_way)
        if memory is not None:
            memory.note("rules", f"{pricer.asked[k].kind} {name}", {"told": out.get(k, "")})
            pricer.keep()
    return out


def _hard(problem: Problem) -> list[str]:
    if problem.scenario.rules.access is None or not len(problem.estate.standards):
        return []
    table = problem.estate.standards
    return [str(name) for name in table.loc[table["force"] == "hard", "standard_id"]]


def _standards(
    result: Result, wanted: list[str], until: float, threads: int, seed: int, stop: Event, told: Told, pricer: Pricer
) -> pd.DataFrame:
    """Return what each hard standard costs: the plan's cost less the best without that standard."""
    problem, cost = result.problem, result.certificate.objective
    assert cost is not None
    rows: list[dict[str, object]] = []
    access = result.access
    for done, name in enumerate(wanted):
        mine = access[access["standard_id"] == name]
        here = mine.iloc[0] if len(mine) else None
        row: dict[str, object] = {
            "standard_id": name, "service_type": "" if here is None else str(here["service_type"]),
            "share_required": np.nan if here is None else float(here["share_required"]),
            "share": np.nan if here is None else float(here["share"]),
            "price_low": 0.0, "price_high": np.nan, "settled": False, "what": "not asked in the time given",
        }  # fmt: skip
        slice_ = (until - time.monotonic()) / (len(wanted) - done)
        known = {} if pricer.memory is None else pricer.memory.about("standards", name)
        answer = cast("dict[str, object]", known.get("answer") or {})
        enough = answer.get("settled") is True or number(known.get("seconds"), 0.0) >= SAME_TIME * slice_
        if set(answer) == {"price_low", "price_high", "settled", "what"} and (enough or stop.is_set()):
            row.update(answer, price_high=number(answer["price_high"], np.nan))
        elif slice_ > 0.5 and not stop.is_set():
            answer = _without(problem, result, name, cost, slice_, threads, seed, stop)
            row.update(answer)
            if pricer.memory is not None and not stop.is_set():
                high = plain(number(answer["price_high"], np.nan))
                pricer.memory.note("standards", name, {"seconds": slice_, "answer": {**answer, "price_high": high}})
                pricer.keep(now=True)
        rows.append(row)
        told("standards", done + 1, len(wanted))
    columns = (
        "standard_id", "service_type", "share_required", "share", "price_low", "price_high", "settled", "what",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _without(
    problem: Problem, result: Result, name: str, cost: float, seconds: float, threads: int, seed: int, stop: Event
) -> dict[str, object]:
    table = problem.estate.standards
    estate = with_tables(problem.estate, {"standards": table[table["standard_id"] != name].reset_index(drop=True)})
    wanted = {"time_limit": seconds, "gap": 1e-7, "saving_gap": 0.0, "threads": threads, "seed": seed, "engine": "auto"}
    solver = problem.scenario.solver.model_copy(update=wanted)
    other = Problem(estate, problem.scenario.model_copy(update={"solver": solver}))
    found = optimise(other, start=result.plan, stop=stop).certificate
    low = 0.0 if found.objective is None else max(0.0, cost - found.objective)
    high = np.nan if found.bound is None else max(low, cost - found.bound)
    settled = found.status == "optimal"
    what = (
        "the same plan would be best without it"
        if settled and low <= 1e-6 * max(1.0, abs(cost))
        else ("what it costs to keep this standard" if settled else "between the two; the search ended at its time")
    )
    return {"price_low": low, "price_high": low if settled else high, "settled": settled, "what": what}


def explain_folder(folder: Path, **given: object) -> Found:
    """Explain the plan of a report folder; see :func:`explain`.

    Raises
    ------
    DataError
        Where the folder's plan does not verify.
    """
    from assetopt.report.inputs import INPUTS, SCENARIO_FILE
    from assetopt.report.reading import certificate_of, verified_plan

    if (folder / "plan.json").is_file() and not (folder / INPUTS / SCENARIO_FILE).is_file():
        what = "has no inputs/: it was written with --no-inputs or for an audience"
        raise DataError([Issue(str(folder), what, "explain the full report")])
    problem, recount, document = verified_plan(folder)
    told = document["certificate"]
    assert isinstance(told, dict)
    certificate = replace(certificate_of(told), objective=recount.verdict.objective_recomputed)
    result = Result(problem, certificate, recount)
    return explain(result, duals=_duals(folder, problem), kept=folder, **given)  # type: ignore[arg-type]


def _duals(folder: Path, problem: Problem) -> np.ndarray | None:
    """Return the row prices of the folder's proof, (m,); any finite prices give a bound that is worked out anew."""
    from assetopt.report.proving import PROOF_FILE

    if not (folder / PROOF_FILE).is_file():
        return None
    document = json.loads((folder / PROOF_FILE).read_text(encoding="utf-8"))
    steps, prices = document.get("steps") or [{}], document["prices"]
    if steps[0].get("kind") != "sites":
        return None
    out = np.zeros(formulate(problem).program.n_rows)
    out[np.array(prices["rows"], dtype=np.int64)] = prices["values"]
    return out
