"""The engine for large programmes: what links the parts is priced, what is inside a part is decided exactly.

Pure location problems (customers, places, one capacity a place) go to :mod:`.location`, estates to :mod:`.estate`.
"""

from __future__ import annotations

from dataclasses import replace

from assetopt.engines.decomposition.country import LARGEST
from assetopt.engines.decomposition.country import solve as solve_country
from assetopt.engines.decomposition.estate import Estate
from assetopt.engines.decomposition.estate import solve as solve_estate
from assetopt.engines.decomposition.location import recognise
from assetopt.engines.decomposition.location import solve as solve_location
from assetopt.engines.highs import first_plan, highs
from assetopt.engines.highs_run import Answer, version
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Outcome, Task
from assetopt.engines.screen import screen, unbounded
from assetopt.engines.watch import watched
from assetopt.errors import SolverError
from assetopt.program import Program

__all__ = ["decomposition"]

NAME = "decomposition"


def decomposition(program: Program, task: Task) -> Outcome:
    """Solve ``program`` in parts within ``task``: prices, packings and bounds of our own, HiGHS for what is small.

    A programme that is neither a location problem nor an estate (no moves between sites) is handed to HiGHS whole, and a
    note says so.

    Raises
    ------
    SolverError
        If the cost can fall without limit, or HiGHS fails before there is a plan.
    """
    engine_version = version()
    answered = screen(program.core, task, NAME, engine_version)
    if answered is not None:
        return answered
    location = recognise(program)
    estate = Estate.read(program) if location is None else None
    if location is None and estate is None:
        outcome = highs(program, task)
        return replace(
            outcome,
            notes=(
                *outcome.notes,
                "the programme is neither an estate nor a location problem: HiGHS has solved it whole",
            ),
        )
    best = Incumbent(program.core, task)
    counts: dict[str, int] = {}

    def work() -> Answer | None:
        if location is not None:
            solve_location(location, program, best, task)
            return None
        assert estate is not None
        if best.values is None:
            answer = first_plan(program.core, best, task)
            if answer.status in ("infeasible", "unbounded"):
                return answer
        if best.values is not None:
            large = estate.sites.structure.sites > LARGEST
            counts.update((solve_country if large else solve_estate)(estate, best, task))
        return None

    try:
        answer = watched(work, task)
    except SolverError as error:
        if best.values is None:
            raise
        best.note(f"HiGHS failed on the way ({error}); this is the best plan there was")
        answer = None
    if answer is not None and answer.status == "unbounded":
        raise unbounded()
    if best.values is None and (answer is not None or best.infeasible_proved):
        return best.infeasible(NAME, engine_version)
    return replace(best.outcome(NAME, engine_version, stopped=best.why_stop() or "ended"), reductions=counts)
