"""From a report folder to a calendar: read, lay out in months, search, check, and work out what it costs and what to decide."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assetopt.calendar.case import Ref, Schedule, cost_parts
from assetopt.calendar.chain import critical_chain
from assetopt.calendar.check import check
from assetopt.calendar.decide import Step, steps
from assetopt.calendar.diagnose import Diagnosis, diagnose
from assetopt.calendar.facts import Diary, diary
from assetopt.calendar.money import Restated, restated
from assetopt.calendar.search import Answer, solve
from assetopt.calendar.settings import Settings
from assetopt.certificate import pounds
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.report.reading import verified_plan
from assetopt.verify import Recount


@dataclass(frozen=True)
class Calendar:
    """A calendar that the checker accepts, with what follows from it.

    Attributes
    ----------
    recount : Recount
        The judged plan that it carries out.
    chain : list of (event, what it waits for)
        The critical chain, first event first.
    violations : tuple of Violation
        What the checker says; empty.
    """

    diary: Diary
    recount: Recount
    answer: Answer
    schedule: Schedule
    chain: list[tuple[Ref, str]]
    restated: Restated
    steps: list[Step]
    violations: tuple[Violation, ...]

    @property
    def sentence(self) -> str:
        """The certificate in words."""
        case, answer = self.diary.case, self.answer
        if not case.refs():
            return "The plan changes nothing, so its calendar is empty."
        last = max(self.schedule.month(ref) for ref in case.refs())
        what = f"{len(case.moves)} moves and closures, {len(case.works)} works, {len(case.exits)} handbacks"
        done = f"{what}, all done in {self.diary.tell(last)}."
        if answer.status == "optimal":
            how = f"No calendar under these limits costs less than {pounds(float(answer.objective or 0))}, and that is proved."
        elif answer.gap is None:
            how = f"It costs {pounds(float(answer.objective or 0))}; how much better another could be is not known."
        else:
            best = f"within {answer.gap:.2%} of the best that can exist"
            how = f"It costs {pounds(float(answer.objective or 0))}, {best}."
        return f"{done} {how} {self.restated.sentence()}"

    def cost(self) -> dict[str, int]:
        """Return what the search minimised by head, £."""
        return cost_parts(self.diary.case, self.schedule)


@dataclass(frozen=True)
class NoCalendar:
    """Why there is none: proved (then with what is in the way), or not found in time."""

    diary: Diary
    answer: Answer
    diagnosis: Diagnosis | None

    @property
    def sentence(self) -> str:
        """The finding in words."""
        if self.answer.status != "infeasible":
            return "No calendar was found in the time; whether one exists is not known."
        return "The plan cannot be carried out month by month under these limits."


Told = Callable[[int | None, float, float], None]


def _quiet(cost: int | None, bound: float, seconds: float) -> None:
    return None


def calendar_of(
    folder: str | Path,
    settings: Settings | None = None,
    *,
    threads: int = 2,
    seed: int = 1,
    stop: threading.Event | None = None,
    told: Told = _quiet,
) -> Calendar | NoCalendar:
    """Return the calendar of the plan in a report folder.

    Parameters
    ----------
    folder : str or pathlib.Path
        A report folder whose plan verifies.
    settings : Settings, optional
        Default those of the plan's scenario.
    threads, seed, stop, told
        See :func:`assetopt.calendar.search.solve`.

    Raises
    ------
    DataError
        A plan that does not verify, deadlines before the start, blackouts without an end.
    """
    problem, recount, _ = verified_plan(Path(folder))
    return calendar_for(problem, recount, settings, threads=threads, seed=seed, stop=stop, told=told)


def calendar_for(
    problem: Problem,
    recount: Recount,
    settings: Settings | None = None,
    *,
    threads: int = 2,
    seed: int = 1,
    stop: threading.Event | None = None,
    told: Told = _quiet,
) -> Calendar | NoCalendar:
    """Return the calendar of a judged plan in memory; as :func:`calendar_of`."""
    if recount.line is None:
        raise ValueError("the plan cannot be laid out in years")
    laid = diary(problem, recount.plan, recount.line, settings or problem.scenario.calendar)
    seconds = laid.settings.time_limit
    answer = solve(laid.case, seconds=seconds, threads=threads, seed=seed, gap=laid.settings.gap, stop=stop, told=told)
    if answer.schedule is None:
        found = diagnose(laid, seconds=max(10.0, seconds / 2)) if answer.status == "infeasible" else None
        return NoCalendar(laid, answer, found)
    wrong = tuple(check(laid.case, answer.schedule, laid.tell))
    if wrong:
        raise AssertionError(f"a calendar that does not hold: {wrong[0].message}")
    return Calendar(
        laid, recount, answer, answer.schedule, critical_chain(laid.case, answer.schedule),
        restated(laid, answer.schedule, recount), steps(laid, answer.schedule), wrong,
    )  # fmt: skip
