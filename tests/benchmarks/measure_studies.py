"""How a study's time falls with workers: one process, two, a Dask cluster of two, and a simulated cluster of any size.

    python -m tests.benchmarks.measure_studies MODEL [--group NAME=WHO;WHO ...] [--set KEY=VALUE ...] [--dask]

The simulation lays the measured seconds of every solve on W workers, each as soon as those it waits for are done and a worker
is free. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import heapq
import os
import tempfile
import time
from pathlib import Path

from assetopt.read import read_model
from assetopt.studies.coalitions import jobs_of
from assetopt.studies.players import players_of
from assetopt.studies.runner import Resources, Runner


def makespan(jobs: list[tuple[str, tuple[str, ...], float]], workers: int) -> float:
    """Return when all (key, keys before, seconds) are done on so many workers, each started as soon as it can be."""
    waiting, ready_at = list(jobs), {}
    free = [0.0] * workers
    heapq.heapify(free)
    while waiting:
        able = [job for job in waiting if all(key in ready_at for key in job[1])]
        job = min(able, key=lambda one: max((ready_at[key] for key in one[1]), default=0.0))
        start = max(heapq.heappop(free), max((ready_at[key] for key in job[1]), default=0.0))
        ready_at[job[0]] = start + job[2]
        heapq.heappush(free, ready_at[job[0]])
        waiting.remove(job)
    return max(ready_at.values(), default=0.0)


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser()
    ask.add_argument("model")
    ask.add_argument("--group", action="append", default=[])
    ask.add_argument("--set", action="append", default=[])
    ask.add_argument("--dask", action="store_true")
    given = ask.parse_args()
    model = read_model(given.model, given.set)
    groups = {name: who.split(";") for name, who in (text.split("=", 1) for text in given.group)}
    players = players_of(model.estate, groups)
    jobs = jobs_of(model.estate, model.scenario, players, range(1, 1 << len(players)))
    print(f"{len(players)} players, {len(jobs)} solves, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    seconds: dict[int, float] = {}
    timed: list[tuple[str, tuple[str, ...], float]] = []
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            with Runner(model.estate, Path(folder) / "out", "share", Resources(workers)) as runner:
                answers = runner.run(jobs)
            seconds[workers] = time.monotonic() - began
        if workers == 1:
            timed = [(job.key, job.after, float(answers[job.key]["certificate"]["seconds"])) for job in jobs]  # type: ignore[index,call-overload]
        print(f"{workers} workers: {seconds[workers]:.1f} s, {seconds[1] / seconds[workers]:.2f} x")
    if given.dask:
        _dask(model, jobs, seconds[1])
    for workers in (1, 2, 4, 8, 16, 32):
        print(f"simulated, {workers} workers: {makespan(timed, workers):.1f} s of solving")


def _dask(model: object, jobs: list[object], alone: float) -> None:
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        tempfile.TemporaryDirectory() as f,
    ):
        began = time.monotonic()
        with Runner(model.estate, Path(f) / "out", "share", Resources(scheduler=cluster.scheduler_address)) as runner:  # type: ignore[attr-defined]
            runner.run(jobs)  # type: ignore[arg-type]
        took = time.monotonic() - began
    print(f"Dask, 2 workers: {took:.1f} s, {alone / took:.2f} x")


if __name__ == "__main__":
    main()
