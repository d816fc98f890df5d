"""One step in a process of its own: ``python -m tests.benchmarks.run_one JOB.json`` prepares, solves or scores.

A job names subject, case and what to do; the clock of a solve starts when the packages are imported and the problem is in
memory, except that reading an estate is on our own clock (its peers get the finished programme).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Literal, TypedDict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.case import Limits, Location, Question, Subject
from benchmarks.found import Found
from benchmarks.handover import prepare, receive
from benchmarks.peers import OURS, estate_solver, location_solver, matrix_solver
from benchmarks.registry import subject
from benchmarks.score import score

CLOCK = "clock"
"""The file that says that the run's clock has started."""


class Job(TypedDict):
    """What one process is asked to do; ``shared`` is the folder of the case, ``folder`` that of the run."""

    action: Literal["prepare", "solve", "score"]
    subject: str
    case: str
    who: str
    seconds: float
    threads: int
    seed: int
    engine: str
    shared: str
    folder: str


def main(path: Path) -> None:
    """Do the job."""
    job: Job = json.loads(path.read_text())
    asked = subject(job["subject"])
    folder = Path(job["folder"])
    if job["action"] == "prepare":
        said = _prepare(asked, job)
    elif job["action"] == "solve":
        said = _solve(asked, job)
    else:
        found = Found.read(folder)
        counted = score(asked.case(job["case"]).load(), found) if found is not None else None
        said = {"objective": counted.objective, "why": counted.why} if counted is not None else {}
    (folder / "part").write_text(json.dumps(said))
    (folder / "part").replace(folder / f"{job['action']}.json")


def _prepare(asked: Subject, job: Job) -> dict[str, object]:
    problem = asked.case(job["case"]).load()
    if isinstance(problem, Location):
        return {"size": problem.size}
    told = prepare(problem, Path(job["shared"]), with_start=asked.kind == "estate")
    return {"size": f"{told['columns']:,.0f} x {told['rows']:,.0f}", **told}


def _solve(asked: Subject, job: Job) -> dict[str, object]:
    who = job["who"]

    def limits() -> Limits:
        (Path(job["folder"]) / CLOCK).touch()
        return Limits(job["seconds"], job["threads"], job["seed"], time.monotonic(), job["engine"], _cpu())

    if asked.kind == "location":
        solve = location_solver(who)
        problem = asked.case(job["case"]).load()
        assert isinstance(problem, Location)
        clock = limits()
        found = solve(problem, clock)
    elif who != OURS:
        solve_matrix = matrix_solver(who)
        handed = receive(Path(job["shared"]))
        clock = limits()
        found = solve_matrix(handed, clock)
    else:
        solve_estate = estate_solver(asked.kind)
        question = asked.case(job["case"]).load()
        assert isinstance(question, Question)
        clock = limits()
        found = solve_estate(question, clock)
    seconds, cpu = clock.spent, _cpu() - clock.cpu
    found.write(Path(job["folder"]))
    return {"seconds": seconds, "cpu": cpu}


def _cpu() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
