"""The command line: ``python -m tests.benchmarks --set kent1 --budget 60 --peers cbc,highs,scip,cp-sat,spopt``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import registry, report, results
from benchmarks.peers import OURS, PEERS
from benchmarks.session import ROOT, Plan, run_subject


def main(arguments: Sequence[str]) -> int:
    """Run what is asked and write the page; return the exit code."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        for name in registry.names():
            subject = registry.subject(name)
            budgets = ", ".join(f"{budget:g}" for budget in subject.budgets)
            print(f"{name:14} {subject.title}; {budgets} s; peers {', '.join(subject.peers)}")
        return 0
    chosen = registry.names() if asked.set == "all" else _words(asked.set)
    unknown = [name for name in chosen if name not in registry.names()]
    peers = _words(asked.peers)
    unknown += [name for name in peers if name not in PEERS]
    if unknown or not (chosen or asked.report):
        print(f"unknown: {', '.join(unknown)}" if unknown else "say which --set, or --report")
        print(f"sets: all, {', '.join(registry.names())}\npeers: {', '.join(name for name in PEERS if name != OURS)}")
        return 2
    if "cbc" in peers and "pulp" not in peers:
        peers.append("pulp")  # the door to CBC: what a programme costs to build in it
    plan = Plan(
        who=(*((OURS,) if asked.ours else ()), *(name for name in peers if name != OURS)),
        budgets=tuple(float(budget) for budget in _words(asked.budget)),
        only=tuple(_words(asked.only)),
        threads=asked.threads,
        seed=asked.seed,
        engine=asked.engine,
        memory_mb=asked.memory,
    )
    done = (
        {record.key for record in results.read(asked.results) if record.outcome != "failed"} if asked.resume else set()
    )
    interrupted = False
    if not asked.report:
        try:
            for name in chosen:
                run_subject(registry.subject(name), plan, done, asked.results, lambda line: print(line, flush=True))
        except KeyboardInterrupt:
            interrupted = True
            print("interrupted: what was finished is kept, --resume goes on")
    records = results.read(asked.results)
    report.rewrite(asked.out, records, [registry.subject(name) for name in registry.names()])
    return 130 if interrupted else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--set", default="", help="subjects, with commas between them, or all")
    parser.add_argument("--budget", default="", help="seconds; several with commas; left out: each subject's own")
    parser.add_argument("--peers", default="cbc,highs,scip,cp-sat,spopt", help="with commas; empty for none")
    parser.add_argument(
        "--only", default="", help="cases by name or pattern: p1, cap6*, cap61/SSCFLP; growth takes any number"
    )
    parser.add_argument("--ours", action=argparse.BooleanOptionalAction, default=True, help="measure assetopt too")
    parser.add_argument("--engine", default="auto", help="assetopt's engine")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", type=float, default=14_000.0, help="MB at which a run is killed")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "build" / "benchmarks.jsonl", help="lines are added to it"
    )
    parser.add_argument("--resume", action="store_true", help="leave out what the results already have")
    parser.add_argument("--report", action="store_true", help="run nothing, only write the page from the results")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md", help="the page")
    parser.add_argument("--list", action="store_true", help="list the subjects")
    return parser


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
