"""Plans of a study as full report folders, which can be opened, verified and compared like any other."""

from __future__ import annotations

from collections.abc import Mapping

from assetopt.scenario import Scenario
from assetopt.studies.job import Answer, Job
from assetopt.studies.runner import Runner
from assetopt.studies.solving import result_of, solve

PLANS = "plans"


def write_plans(runner: Runner, asked: Mapping[str, tuple[Scenario, Answer]]) -> None:
    """Write a report folder ``plans/NAME`` for every plan: the scenario it answers, and its solve."""
    for name, (scenario, answer) in asked.items():
        folder = runner.folder.path / PLANS / folder_of(name)
        result_of(runner.estate, Job(name, solve, scenario), answer).write(folder, overwrite=True)


def folder_of(name: str) -> str:
    """Return the folder name of a plan: ``plan 2`` stands in ``plan_2``."""
    return name.replace(" ", "_")
