"""Views of random plans: every audience can be served, and none of them reads a restricted site's id or name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from audience_cases import content
from random_estates import random_problem
from random_money import moneyed_problem

from assetopt.estate import Estate
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.report import write_report
from assetopt.report.audience import Audience


def marked(asked: Problem, seed: int) -> Problem:
    """The same problem with about a third of its sites restricted and names that nothing else has."""
    random = np.random.default_rng(seed)
    tables = {name: frame for name, frame in asked.estate.tables.items() if len(frame)}
    sites = tables["sites"]
    flags = random.random(len(sites)) < 0.35
    flags[int(random.integers(len(sites)))] = True
    names = [f"Quillhaven{at} House" if flag else f"Plain {at}" for at, flag in enumerate(flags)]
    tables["sites"] = sites.assign(restricted=flags, name=names)
    return Problem(Estate.from_frames("random", **tables), asked.scenario)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "seed"), [(random_problem, 8), (random_problem, 14), (random_problem, 18), (moneyed_problem, 0)],
    ids=["access", "markets", "everything", "money"],
)  # fmt: skip
def test_every_audience_is_served_and_reads_no_restricted_name(
    make: Callable[[int], Problem], seed: int, tmp_path: Path
) -> None:
    result = optimise(marked(make(seed), seed))
    if result.plan is None:
        pytest.skip("no plan keeps every rule here")
    partners = sorted(result.problem.estate.partners["partner_id"])
    audiences = [Audience(redact=True), Audience(redact=True, band=True), Audience(redact=True, public=True)]
    audiences += [Audience(redact=True, partner=partner) for partner in partners]
    for number, audience in enumerate(audiences):
        out = write_report(result, tmp_path / str(number), audience=audience)
        for name, data in content(out).items():
            assert b"quillhaven" not in data.lower(), (audience.name, name)
