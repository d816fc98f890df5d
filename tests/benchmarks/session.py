"""Runs every solver in turn on every case: one process prepares, one solves under the watchdog, one scores."""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypedDict

from benchmarks import peers
from benchmarks.case import Case, Subject
from benchmarks.found import Found
from benchmarks.results import Record, append, saved_90
from benchmarks.run_one import CLOCK, Job
from benchmarks.watchdog import Watched, watch

GRACE = 15.0
"""Seconds after its budget at which a run is killed."""

PREPARE = 1_800.0
"""Seconds for what is not on the clock: reading, writing the programme for the peers, importing packages, scoring."""

ROOT = Path(__file__).resolve().parents[2]


class Facts(TypedDict, total=False):
    """What preparing a case tells: its size, and of an estate today's cost (£) and what it took (s, MB)."""

    size: str
    today: float | None
    read: float
    formulate: float
    memory: float
    failed: str


@dataclass(frozen=True)
class Plan:
    """What a session runs, and how.

    Attributes
    ----------
    who : tuple of str
        Solvers in the order of their runs.
    budgets : tuple of float
        Seconds; empty for each subject's own.
    only : tuple of str
        Names or patterns of cases; empty for all.
    """

    who: tuple[str, ...]
    budgets: tuple[float, ...] = ()
    only: tuple[str, ...] = ()
    threads: int = 2
    seed: int = 1
    engine: str = "auto"
    memory_mb: float = 14_000.0


_MADE: tuple[Literal["read", "formulate", "memory"], ...] = ("read", "formulate", "memory")


def run_subject(
    asked: Subject, plan: Plan, done: set[tuple[str, str, float, str]], results: Path, tell: Callable[[str], None]
) -> None:
    """Run what is not ``done`` yet of a subject, and append it to the file ``results``."""
    lacking = asked.needs()
    if lacking:
        tell(f"{asked.name}: left out, {lacking}")
        return
    for case in asked.chosen(plan.only):
        todo = [
            (budget, who)
            for budget in plan.budgets or asked.budgets
            for who in plan.who
            if who in (*asked.peers, peers.OURS) and (asked.name, case.name, budget, label(who, plan)) not in done
        ]
        if not todo:
            continue
        with tempfile.TemporaryDirectory(prefix="benchmark-") as place:
            shared = Path(place)
            facts = _prepared(asked, case, plan, shared)
            for number, (budget, who) in enumerate(todo):
                folder = shared / str(number)
                folder.mkdir()
                record = run(asked, case, plan, budget, who, facts, shared, folder)
                append(results, record)
                tell(told(record))


def label(who: str, plan: Plan) -> str:
    """Return the name under which a run is listed: ours has the engine in it unless it is the usual one."""
    return f"{who} ({plan.engine})" if who == peers.OURS and plan.engine != "auto" else who


def told(record: Record) -> str:
    """Return one line about a run."""

    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:,.2f}"

    gap = "-" if record.gap is None else f"{record.gap:.4%}"
    seconds = "-" if record.seconds is None else f"{record.seconds:.2f}"
    return (
        f"{record.subject} {record.case} {record.budget:g} s {record.who}: {record.outcome} {record.why}| "
        f"objective {number(record.objective)} bound {number(record.bound)} gap {gap} | {seconds} s, cpu {record.cpu:.1f}, "
        f"{record.memory_mb:,.0f} MB | {record.said}"
    )


def run(
    asked: Subject,
    case: Case,
    plan: Plan,
    budget: float,
    who: str,
    facts: Facts,
    shared: Path,
    folder: Path,
) -> Record:
    """Run one solver on one case and score what it leaves."""
    missing = peers.PEERS[who].missing()
    blank = Record(
        subject=asked.name,
        case=case.name,
        budget=budget,
        who=label(who, plan),
        size=facts.get("size", ""),
        outcome="failed",
        best=case.best,
        best_is=case.best_is,
        today=facts.get("today"),
        versions={} if missing else {"python": platform.python_version(), **peers.PEERS[who].versions()},
        machine=f"{os.cpu_count()} cores, {platform.machine()}",
        threads=plan.threads,
        seed=plan.seed,
        day=datetime.date.today().isoformat(),
    )
    if missing:
        return replace(blank, outcome="left out", why=f"{missing} is not installed")
    if "failed" in facts and (who != peers.OURS or asked.kind == "location"):
        return replace(blank, why=f"the case could not be prepared: {facts['failed']}")
    job: Job = {
        "action": "solve",
        "subject": asked.name,
        "case": case.name,
        "who": who,
        "seconds": budget,
        "threads": plan.threads,
        "seed": plan.seed,
        "engine": plan.engine,
        "shared": str(shared),
        "folder": str(folder),
    }
    watched = _step(job, budget + GRACE, plan, clock=folder / CLOCK)
    used = replace(blank, cpu=round(watched.cpu, 2), memory_mb=round(watched.memory_mb))
    found = Found.read(folder)
    if found is None:
        if watched.ended == "itself":
            return replace(used, why=_last_words(folder))
        why = f"at {plan.memory_mb:,.0f} MB" if watched.ended == "memory" else f"{GRACE:g} s after its budget"
        return replace(used, outcome="killed", why=why, seconds=round(watched.seconds, 1))
    done = folder / "solve.json"
    if done.is_file():
        clocked = json.loads(done.read_text())
        used = replace(used, seconds=round(clocked["seconds"], 3), cpu=round(clocked["cpu"], 2))
    figures = {name: facts[name] for name in _MADE if name in facts} | found.figures
    used = replace(used, said=found.said, figures=figures, today=figures.pop("today", used.today))
    used = replace(used, bound=None if found.bound == float("-inf") else found.bound)
    if asked.kind == "build":
        return replace(used, outcome="built", seconds=found.figures["build"])
    if found.said.startswith("left out"):
        return replace(used, outcome="left out", why=found.said.removeprefix("left out: "))
    if found.empty:
        return replace(used, outcome="no plan", why="none found")
    scored = _step({**job, "action": "score"}, PREPARE, plan)
    if scored.code or not (folder / "score.json").is_file():
        return replace(used, why=f"the scorer failed: {_last_words(folder)}")
    counted = json.loads((folder / "score.json").read_text())
    if counted["objective"] is None:
        return replace(used, outcome="no plan", why=counted["why"])
    objective = float(counted["objective"])
    early = saved_90(found.trace, used.today, objective)
    return replace(used, outcome="plan", objective=objective, saved_90=early)


def _prepared(asked: Subject, case: Case, plan: Plan, shared: Path) -> Facts:
    """Prepare a case for all its runs and return what is known of it: size, today."""
    job: Job = {
        "action": "prepare",
        "subject": asked.name,
        "case": case.name,
        "who": "",
        "seconds": PREPARE,
        "threads": plan.threads,
        "seed": plan.seed,
        "engine": plan.engine,
        "shared": str(shared),
        "folder": str(shared),
    }
    watched = _step(job, PREPARE, plan)
    if (shared / "prepare.json").is_file():
        facts: Facts = json.loads((shared / "prepare.json").read_text())
        return facts
    why = _last_words(shared) if watched.ended == "itself" else f"killed, too much {watched.ended}"
    return {"failed": why}


def _step(job: Job, seconds: float, plan: Plan, *, clock: Path | None = None) -> Watched:
    folder = Path(job["folder"])
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    return watch(
        [sys.executable, "-m", "tests.benchmarks.run_one", str(path)],
        seconds=seconds,
        memory_mb=plan.memory_mb,
        log=folder / "log.txt",
        folder=ROOT,
        clock=clock,
        before=PREPARE,
    )


def _last_words(folder: Path) -> str:
    """Return the last line that a process said, without paths of this machine."""
    log = folder / "log.txt"
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    return re.sub(r"(/[\w.+-]+){2,}", "...", lines[-1])[:200] if lines else "it ended without a word"
