"""Published instances through the location engine: the published optimum, proved."""

from __future__ import annotations

import time

import pytest
from published import WHY_SKIPPED, available, best_known, frames, problems, read, scenario
from small_locations import solved

from assetopt.engines.decomposition.location import recognise
from assetopt.engines.outcome import Task
from assetopt.estate import Estate
from assetopt.optimise import formulate
from assetopt.problem import Problem
from assetopt.program import Program
from assetopt.proof import recount
from assetopt.scenario import Scenario

pytestmark = pytest.mark.skipif(not available(), reason=WHY_SKIPPED)

FAST = [
    ("orlib_cap", "cap61", "CFLP"), ("orlib_cap", "cap64", "SSCFLP"), ("orlib_cap", "cap74", "UFLP"),
    ("holmberg", "p1", "SSCFLP"), ("holmberg", "p22", "SSCFLP"), ("pmed", "pmed1", "PMED"), ("pmed", "pmed3", "PMED"),
]  # fmt: skip
SLOW = [
    ("orlib_cap", "capa1", "CFLP"), ("orlib_cap", "capb1", "CFLP"), ("tbed1", "p1", "CFLP"),
    *(("holmberg", f"p{k}", "SSCFLP") for k in (2, 5, 13, 20, 25, 27)),
    *(("delmaire", f"p{k}", "SSCFLP") for k in (1, 3, 7, 13)),
    *(("pmed", f"pmed{k}", "PMED") for k in (6, 8, 11, 16, 20)),
]  # fmt: skip


def program_of(set_: str, name: str, kind: str) -> Program:
    instance = read(set_, name, kind)
    estate = Estate.from_frames(instance.name, **frames(instance))
    return formulate(Problem(estate, Scenario.model_validate(scenario(instance)))).program


@pytest.mark.parametrize(
    ("set_", "name", "kind"), [*FAST, *(pytest.param(*one, marks=pytest.mark.slow) for one in SLOW)]
)
def test_the_published_optimum_is_proved_and_its_proof_recounts(set_: str, name: str, kind: str) -> None:
    program = program_of(set_, name, kind)
    location = recognise(program)
    assert location is not None
    task = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 180.0)
    outcome, best = solved(program, location, task)
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(best_known(set_, name, kind), rel=1e-6)
    assert best.proof is not None
    assert recount(program, best.proof) == pytest.approx(best.proof.bound, rel=1e-12)
    assert best.proof.bound <= best_known(set_, name, kind) * (1 + 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", problems("coursera", "fl_200_7") and ["fl_25_2", "fl_50_6", "fl_100_7"] if available() else []
)
def test_thresholds_are_reached(name: str) -> None:
    program = program_of("coursera", name, "SSCFLP")
    location = recognise(program)
    assert location is not None
    outcome, _ = solved(program, location, Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 60.0))
    assert outcome.status == "optimal"
    assert outcome.objective is not None
    assert outcome.objective <= best_known("coursera", name, "SSCFLP")
