"""Decide by: the last day for each approval, consultation, notice, register step and advertisement, and what missing it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assetopt.calendar.case import NOWHERE, Schedule
from assetopt.calendar.facts import Diary
from assetopt.calendar.money import void
from assetopt.calendar.months import working_days_before
from assetopt.consents import early_disposals
from assetopt.finance import add_months
from assetopt.problem.facts import codes


@dataclass(frozen=True)
class Step:
    """One thing that somebody must have done by ``day``; ``lost`` £ if not; ``past`` where that day has gone already."""

    day: date
    kind: str
    subject: str
    partner: str
    what: str
    lost: float
    past: bool


def steps(diary: Diary, schedule: Schedule) -> list[Step]:
    """Return every step in order of its day."""
    found = [
        *_buildings(diary, schedule),
        *_services(diary, schedule),
        *_works(diary, schedule),
        *_consents(diary, schedule),
    ]
    return sorted(found, key=lambda step: (step.day, step.kind, step.subject))


def _step(diary: Diary, day: date, kind: str, subject: str, partner: str, what: str, lost: float) -> Step:
    return Step(day, kind, subject, partner, what, float(lost), day < diary.problem.scenario.appraisal.asked_on)


def _buildings(diary: Diary, schedule: Schedule) -> Iterator[Step]:
    f, case, settings = diary.problem.facts, diary.case, diary.settings
    sector = dict(zip(f.partners, f.sectors, strict=True))
    for site, month in zip(case.exits, schedule.exit, strict=True):
        i, name, partner = site.site, case.sites[site.site], str(f.sites.partner[site.site])
        after = month + 1
        slip = float(site.cost[after]) if after < case.months else float(site.cost[-1])
        leaves = [schedule.leave[k] for k, v in enumerate(case.moves) if v.home == i]
        first = diary.months.first(min([*leaves, month]))
        yield _step(diary, add_months(first, -settings.approval_months), "approval", name, partner,
                    f"approve leaving {name}: its first step is in {diary.tell(min([*leaves, month]))}", slip)  # fmt: skip
        lease = diary.lease.get(i)
        if lease is not None:
            event = lease.next_from(month)
            if event is not None and event.notice is not None:
                later = [e for e in lease.events if e.month > event.month]
                end = (
                    later[0].month
                    if later
                    else diary.months.start_of(diary.problem.base_year + diary.problem.horizon) - 1
                )
                rent = float(f.sites.rent[i]) / 12.0 * (end - event.month)
                word = "break" if event.is_break else "end of the lease"
                yield _step(diary, event.notice, "notice", name, partner,
                            f"serve notice for the {word} of {event.day.isoformat()}", rent)  # fmt: skip
        if f.sites.tenure[i] == "freehold" and f.sites.on_exit[i] == "sell":
            handed = diary.months.last(month)
            month_later = float(diary.late_receipt[i] + f.sites.holding_cost[i] / 12.0)
            if sector.get(partner) == "central":
                day = working_days_before(handed, settings.register_days)
                yield _step(diary, day, "register", name, partner,
                            f"enter {name} on the register of surplus property ({settings.register_days} working days)",
                            month_later)  # fmt: skip
            day = add_months(handed, -settings.advertisement_months)
            yield _step(diary, day, "advertisement", name, partner, f"advertise the disposal of {name}", month_later)


def _services(diary: Diary, schedule: Schedule) -> Iterator[Step]:
    f, settings, case = diary.problem.facts, diary.settings, diary.case
    exit_of = {x.site: x for x in case.exits}
    which = codes([v.team for v in case.moves], f.teams.index)
    for k, (move, team) in enumerate(zip(case.moves, which, strict=True)):
        if not f.public[f.teams.service[team]] or move.home == NOWHERE:
            continue
        day = add_months(
            diary.months.first(schedule.leave[k]), -settings.approval_months - settings.consultation_months
        )
        what = "closing" if move.closes else f"moving to {case.sites[move.to]}"
        x = exit_of.get(move.home)
        lost = 0.0 if x is None else float(x.cost[min(schedule.leave[k] + x.handover + 1, case.months - 1)])
        yield _step(diary, day, "consultation", move.team, move.partner,
                    f"begin to consult on {what}: {settings.consultation_months} months, then approval", lost)  # fmt: skip


def _works(diary: Diary, schedule: Schedule) -> Iterator[Step]:
    payer = dict(zip(diary.problem.facts.interventions.ids, diary.problem.facts.interventions.payer, strict=True))
    for work, done in zip(diary.case.works, schedule.work, strict=True):
        begin = done - work.months
        day = add_months(diary.months.first(begin), -diary.settings.approval_months)
        what = f"approve works at {diary.case.sites[work.site]}: they begin in {diary.tell(begin)}"
        yield _step(
            diary, day, "approval", work.intervention, str(payer[work.intervention]), what, float(work.late_cost)
        )


def _consents(diary: Diary, schedule: Schedule) -> Iterator[Step]:
    """Yield the consents without which a disposal before vesting must wait until then; the wait is what is lost."""
    s, months = diary.problem.facts.sites, diary.months
    row = {str(s.ids[x.site]): x.site for x in diary.case.exits}
    sold = {
        x.site: months.first(void(diary, x.site, month)[1] if s.on_exit[x.site] == "sell" else month + 1)
        for x, month in zip(diary.case.exits, schedule.exit, strict=True)
    }
    for found in early_disposals(diary.problem, sold):
        for day, site, _ in found.before:
            i = row[site]
            wait = months.of(found.vesting) - months.of(day)
            lost = wait * float(diary.late_receipt[i] + s.holding_cost[i] / 12.0)
            what = f"have the consent of {found.heir} to dispose of {site}, or wait until vesting on {found.vesting}"
            yield _step(diary, day, "consent", site, found.partner, what, lost)
