"""Ourselves, through the public interface that everybody has: ``assetopt.optimise``, reading and laying out included."""

from __future__ import annotations

import time

import highspy  # noqa: F401 - so that nobody's imports are on the clock
import numpy as np
import published

from assetopt.engines.outcome import Progress
from assetopt.estate import Estate
from assetopt.optimise import formulate, optimise
from assetopt.problem import Problem
from assetopt.result import Result
from assetopt.scenario import Scenario
from benchmarks.case import Limits, Location, Question
from benchmarks.found import Found
from benchmarks.watchdog import peak_mb, resident_mb


def solver_settings(limits: Limits) -> dict[str, object]:
    """Return a solver table that runs the whole time unless the best plan is proved."""
    return {
        "engine": limits.engine,
        "time_limit": float(limits.seconds),
        "gap": 0.0,
        "saving_gap": 0.0,
        "threads": limits.threads,
        "seed": limits.seed,
    }


def solve_location(problem: Location, limits: Limits) -> Found:
    """Lay the instance out as assetopt tables and optimise."""
    instance = problem.instance
    estate = Estate.from_frames(instance.name, **published.frames(instance))
    settings = {**published.scenario(instance), "solver": solver_settings(limits)}
    result, trace = _optimise(Problem(estate, Scenario.model_validate(settings)), limits)
    if result.plan is None:
        return Found(result.certificate.sentence, _bound(result), trace=trace)
    m, n = instance.cost.shape
    sites, teams = result.plan.sites, result.plan.teams
    kept = sites.loc[sites["action"] == "keep", "site_id"].str[1:].astype(int).to_numpy() - 1
    opened = np.zeros(m)
    opened[kept] = 1.0
    placed = teams[teams["site_id"] != ""]
    site = placed["site_id"].str[1:].astype(int).to_numpy() - 1
    team = placed["team_id"].str[1:].astype(int).to_numpy() - 1
    shares = np.zeros((m, n))
    np.add.at(shares, (site, team), placed["share"].to_numpy())
    return Found(_said(result), _bound(result), opened, shares, trace=trace)


def solve_estate(question: Question, limits: Limits) -> Found:
    """Read the estate and optimise."""
    result, trace = _optimise(question.problem(solver_settings(limits)), limits)
    plan = None if result.plan is None else result.plan.records()
    today = result.certificate.objective_today
    figures = {} if today is None else {"today": today}
    return Found(_said(result), _bound(result), plan=plan, trace=trace, figures=figures)


def build(question: Question, limits: Limits) -> Found:
    """Formulate and join the programme's arrays: what there is to hand to a solver; reading is not counted."""
    problem = question.problem()
    before, began = resident_mb(), time.monotonic()
    matrix = formulate(problem).program.matrix
    seconds = time.monotonic() - began
    rows, columns = matrix.shape
    figures = {"build": seconds, "added": peak_mb() - before, "columns": float(columns), "rows": float(rows)}
    return Found("built", figures=figures)


def _optimise(problem: Problem, limits: Limits) -> tuple[Result, tuple[tuple[float, float], ...]]:
    trace: list[tuple[float, float]] = []

    def hear(progress: Progress) -> None:
        if progress.best is not None and (not trace or progress.best < trace[-1][1]):
            trace.append((limits.spent, progress.best))

    result = optimise(problem, progress=hear, began=limits.began)
    return result, tuple(trace)


def _bound(result: Result) -> float:
    bound = result.certificate.bound
    return -np.inf if bound is None else bound


def _said(result: Result) -> str:
    certificate = result.certificate
    return f"{certificate.status} ({certificate.engine}, stopped by {certificate.stopped})"
