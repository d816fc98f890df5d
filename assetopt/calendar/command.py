"""`assetopt calendar`: one run from the folder to its files, told on the way."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assetopt.calendar.capital import elsewhere
from assetopt.calendar.repair import Repaired, repair_plan, write_repaired
from assetopt.calendar.run import Calendar, NoCalendar, calendar_for
from assetopt.calendar.settings import settings_of
from assetopt.calendar.writing import write_calendar
from assetopt.certificate import pounds
from assetopt.report.explained import explained_in
from assetopt.report.reading import verified_plan


@dataclass(frozen=True)
class Done:
    """What a run came to."""

    found: Calendar | NoCalendar
    repaired: Repaired | None
    out: str | None

    @property
    def ok(self) -> bool:
        """True where there is a calendar, of the plan or of the repaired one."""
        return isinstance(self.found, Calendar) or (self.repaired is not None and self.repaired.calendar is not None)

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        answer = self.found.answer
        out: dict[str, object] = {
            "ok": isinstance(self.found, Calendar), "sentence": self.found.sentence, "out": self.out,
            "certificate": {
                "status": answer.status, "objective": answer.objective,
                "bound": answer.bound if math.isfinite(answer.bound) else None, "gap": answer.gap,
            },
        }  # fmt: skip
        if isinstance(self.found, NoCalendar) and self.found.diagnosis is not None:
            out["limits"] = list(self.found.diagnosis.limits)
            out["ways"] = [{"what": way.words, "cost": way.cost} for way in self.found.diagnosis.ways]
        if self.repaired is not None:
            out["repaired"] = self.repaired.as_dict()
        return out


def calendar_command(
    folder: Path,
    changes: Mapping[str, object],
    *,
    threads: int,
    seed: int,
    stop: threading.Event,
    repair: Path | None,
    say: Callable[[str], None],
    complain: Callable[[str], None],
    quiet: bool,
) -> Done:
    """Find the calendar of the plan in ``folder`` and write it there; see :mod:`assetopt.calendar.run`.

    ``changes`` are settings that go before those of the plan's scenario.
    """
    from assetopt.report.write import refuse_what_stands_there

    if repair is not None:
        refuse_what_stands_there(repair, overwrite=False)
    explained_in(folder)  # what cannot be read is told now, not after the search
    problem, recount, _ = verified_plan(folder)
    settings = settings_of(problem.scenario, changes)

    def told(cost: int | None, bound: float, at: float) -> None:
        if not quiet:
            best = "none yet" if cost is None else f"£{cost:,}"
            least = f"£{bound:,.0f}" if math.isfinite(bound) else "none yet"
            complain(f"calendar {at:6.1f} s  best {best}  bound {least}")

    found = calendar_for(problem, recount, settings, threads=threads, seed=seed, stop=stop, told=told)
    if isinstance(found, Calendar):
        paths = write_calendar(found, folder, threads=threads, seed=seed)
        for line in summary(found):
            say(line)
        say(f"Written to {folder}: {', '.join(path.name for path in paths)}")
        return Done(found, None, str(folder))
    complain(found.sentence)
    if found.diagnosis is not None:
        for line in found.diagnosis.lines():
            complain(f"  {line}")
    if repair is None or found.answer.status != "infeasible":
        return Done(found, None, None)
    repaired = repair_plan(found.diary, recount, settings, threads=threads, seed=seed, stop=stop)
    (say if repaired.calendar is not None else complain)(repaired.sentence)
    if repaired.calendar is not None:
        write_repaired(repaired, folder, repair)
        write_calendar(repaired.calendar, repair, threads=threads, seed=seed)
        say(f"Written to {repair}")
    return Done(found, repaired, None if repaired.calendar is None else str(repair))


def summary(found: Calendar) -> list[str]:
    """Return a calendar in a few lines."""
    diary, schedule, case = found.diary, found.schedule, found.diary.case
    lines = [found.sentence]
    past = [step for step in found.steps if step.past]
    if past:
        lines.append(
            f"{len(past)} steps should have been taken before {diary.problem.scenario.appraisal.asked_on.isoformat()}"
        )
    coming = [step for step in found.steps if not step.past][:5]
    lines += [f"Decide by {step.day.isoformat()}  {step.what} (else {pounds(step.lost)})" for step in coming]
    waits = sum(place >= 0 for place in schedule.decant)
    late = sum(max(0, schedule.month(ref) - case.window(ref).target) > 0 for ref in case.refs())
    lines.append(
        f"{late} of {len(case.refs())} steps are later than the plan means; {waits} teams wait in a third building"
    )
    moved = elsewhere(diary, schedule)
    if moved:
        lines.append(f"{pounds(moved)} of works falls in another financial year than the plan books it to")
    lines += [f"note: {note}" for note in found.answer.notes]
    return lines
