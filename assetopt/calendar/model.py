"""The calendar as a programme of steps: every limit of a case as rows, every pound as a price (method.md section 7).

With L, A, W, X, O the steps of leaving, arriving, works, handback and opening (1 from the month on in which it happens):

    room:      standing + sum_s need_s (1 - L_s[m-1]) + sum_s need_s A_s[m] + waiting <= limit + change x W[m]
    handback:  X_i[m] <= L_s[m - handover]           opening, works first, order:  later[m] <= earlier[m - lag]
    crews:     sum_s (A_s[m] - A_s[m-1]) <= moves_per_month, likewise FTE; sites with W[m+d] - W[m] = 1 <= works_at_once
    points:    sum_i point[i,m] <= most[m],  point[i,m] >= 1 - L_s[m] at home, A_s[m] where s goes
    together:  sum of guests' shares present <= sum of hosts' shares present, each site and month
    access:    served[c,m] <= sum of teams present at its points;  sum_c weight_c served[c,m] >= required[m]
    cost:      sum_i cost_i[m] (1 - X_i[m-1]) + sum_j cost_j[m] O_j[m] + decants + late_cost (1 - A[m]) from the target on
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from assetopt.calendar.case import NOWHERE, AccessTest, Case, Link, Move, Ref, Schedule, Work
from assetopt.calendar.programme import NO, YES, Programme, Steps, Term
from assetopt.problem.facts import Ints

UNIT = 100
"""Room is counted in hundredths of its unit, people in thousandths."""

PEOPLE = 1000

SHARE = 100_000
"""Shares of divisible teams are counted in parts of this size."""


class Model:
    """A case and its programme; ``leave``, ``arrive``, ``work``, ``exit``, ``open`` are the steps of every event."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.programme = p = Programme()
        self.arrive = [p.steps(move.window) for move in case.moves]
        self.waits = [bool(move.decants) for move in case.moves]
        self.leave = [
            p.steps(move.window) if wait else arrive
            for move, wait, arrive in zip(case.moves, self.waits, self.arrive, strict=True)
        ]
        self.work = [p.steps(work.window) for work in case.works]
        self.exit = [p.steps(site.window) for site in case.exits]
        self.open = [p.steps(site.window) for site in case.openings]
        self.at: dict[int, dict[int, int]] = {}
        self.waiting: dict[tuple[int, int], list[int]] = {}
        self._waiting()
        self._room()
        self._exits()
        self._links()
        self._crews()
        self._works_at_once()
        self._apart()
        self._together()
        self._caps()
        for test in case.tests:
            self._access(test)
        self._money()

    def steps_of(self, ref: Ref) -> Steps:
        """Return the steps of an event; of a move, those of the arrival."""
        kind, k = ref
        return {"move": self.arrive, "work": self.work, "exit": self.exit, "open": self.open}[kind][k]

    def present(self, move: int, site: int, month: int) -> list[Term]:
        """Return the terms that are 1 where a moving team uses a site in a month."""
        event = self.case.moves[move]
        if site == event.home:
            return [(1, YES), (-1, self.leave[move].at(month - 1))]
        if site == event.to:
            return [(1, self.arrive[move].at(month))]
        if (move, site) in self.waiting:
            return [(1, self.waiting[move, site][month])]
        return []

    # --- rows ----------------------------------------------------------------------------------------------------

    def _waiting(self) -> None:
        p = self.programme
        company = {k for rule in self.case.together for k in rule.hosts}
        for k, move in enumerate(self.case.moves):
            if not move.decants:
                continue
            leave, arrive = self.leave[k], self.arrive[k]
            self.at[k] = {site: p.variable() for site in move.decants}
            one = [(1, g) for g in self.at[k].values()]
            p.add(one, 1)
            for m in range(self.case.months):
                p.add([(1, arrive.at(m)), (-1, leave.at(m))], 0)
                p.add([(1, leave.at(m)), (-1, arrive.at(m)), *((-1, g) for _, g in one)], 0)
            for site, g in self.at[k].items():
                here = [p.variable() for _ in range(self.case.months)]
                for m, x in enumerate(here):
                    p.add([(1, leave.at(m)), (1, g), (-1, arrive.at(m - 1)), (-1, x)], 1)
                self.waiting[k, site] = here
                if k in company:  # others may rely on its being there, so it must not only be said to be
                    for m, x in enumerate(here):
                        p.add([(1, x), (-1, g)], 0)
                        p.add([(1, x), (-1, leave.at(m))], 0)
                        p.add([(1, x), (1, arrive.at(m - 1))], 1)
                p.charge(move.decant_cost, g)
            if k in company:
                months = range(self.case.months)
                between = [t for m in months for t in ((-1, leave.at(m)), (1, arrive.at(m)))]
                p.add([*one, *between], 0)

    def _room(self) -> None:
        case, p = self.case, self.programme
        for site in range(len(case.sites)):
            here = [k for k, v in enumerate(case.moves) if site in (v.home, v.to) or (k, site) in self.waiting]
            works = [(k, w) for k, w in enumerate(case.works) if w.site == site]
            if not here and not works:
                continue
            for kind in range(len(case.space_types)):
                needs = [(k, _up(case.moves[k].need[kind])) for k in here if case.moves[k].need[kind] > 0]
                changes = [(k, w.months, w.change[kind]) for k, w in works if w.change[kind]]
                if not needs and not changes:
                    continue
                room = _down(float(case.limit[site, kind])) - _up(float(case.standing[site, kind]))
                before: list[Term] | None = None
                for m in range(case.months):
                    terms = [(need * a, x) for k, need in needs for a, x in self.present(k, site, m)]
                    for k, months, change in changes:
                        if change > 0:
                            terms.append((-_down(change), self.work[k].at(m)))
                        else:
                            terms.append((_up(-change), self.work[k].at(m + months)))
                    if terms != before:
                        p.add(terms, room, ("room", str(site), str(kind), str(m)))
                    before = terms

    def _exits(self) -> None:
        case, p = self.case, self.programme
        for number, site in enumerate(case.exits):
            for k, move in enumerate(case.moves):
                if move.home == site.site:
                    for m in range(case.months):
                        terms = [(1, self.exit[number].at(m)), (-1, self.leave[k].at(m - site.handover))]
                        p.add(terms, 0, ("exit", str(number)))
        for number, opening in enumerate(case.openings):
            for k, move in enumerate(case.moves):
                if move.to == opening.site:
                    for m in range(case.months):
                        p.add([(1, self.arrive[k].at(m)), (-1, self.open[number].at(m))], 0, ("open", str(number)))

    def _links(self) -> None:
        for number, link in enumerate(self.case.links):
            tag = ("link", str(number))
            for terms, most in self._link(link):
                self.programme.add(terms, most, tag)

    def _link(self, link: Link) -> Iterable[tuple[list[Term], int]]:
        one, two = self.steps_of(link.first), self.steps_of(link.second)
        for m in range(-max(1, link.lag), self.case.months):
            if link.kind == "before":
                yield [(1, two.at(m)), (-1, one.at(m - link.lag))], 0
            elif link.kind == "together":
                yield [(1, two.at(m)), (-1, one.at(m))], 0
                yield [(1, one.at(m)), (-1, two.at(m))], 0
            else:
                end = m + max(1, link.lag) - 1
                yield [(1, one.at(end)), (-1, one.at(m - 1)), (1, two.at(end)), (-1, two.at(m - 1))], 1

    def _crews(self) -> None:
        case, p = self.case, self.programme
        caps = (
            ("moves", case.moves_per_month, [int(not move.closes) for move in case.moves]),
            ("fte", case.fte_per_month, [0 if move.closes else _up(move.fte) for move in case.moves]),
        )
        if case.moves_per_month is None and case.fte_per_month is None:
            return
        again: dict[tuple[int, int], int] = {}
        for k, sites in self.at.items():
            for m in range(case.months):
                again[k, m] = x = p.variable()
                chosen = [(1, g) for g in sites.values()]
                p.add([(1, self.arrive[k].at(m)), (-1, self.arrive[k].at(m - 1)), *chosen, (-1, x)], 1)
        for name, cap, weight in caps:
            if cap is None:
                continue
            most = int(cap) if name == "moves" else _down(float(cap))
            for m in range(case.months):
                terms = [(w, self.leave[k].at(m)) for k, w in enumerate(weight)]
                terms += [(-w, self.leave[k].at(m - 1)) for k, w in enumerate(weight)]
                terms += [(weight[k], x) for (k, month), x in again.items() if month == m]
                p.add(terms, most, (name, str(m)))

    def _works_at_once(self) -> None:
        case, p = self.case, self.programme
        if case.works_at_once is None:
            return
        sites = sorted({work.site for work in case.works})
        for m in range(-max((w.months for w in case.works), default=0), case.months):
            busy: list[Term] = []
            for site in sites:
                spans = [
                    [(1, self.work[k].at(m + w.months)), (-1, self.work[k].at(m))]
                    for k, w in enumerate(case.works)
                    if w.site == site
                ]
                if len(spans) == 1:
                    busy += spans[0]
                    continue
                x = p.variable()
                for span in spans:
                    p.add([*span, (-1, x)], 0)
                busy.append((1, x))
            p.add(busy, case.works_at_once, ("works", str(m)))

    def _apart(self) -> None:
        for one, two in self.case.apart:
            a, b = self.case.moves[one], self.case.moves[two]
            for site in {a.home, a.to, *a.decants} & {b.home, b.to, *b.decants} - {NOWHERE}:
                for m in range(self.case.months):
                    terms = self.present(one, site, m) + self.present(two, site, m)
                    self.programme.add(terms, 1, ("apart", str(one), str(two)))

    def _together(self) -> None:
        moves, p = self.case.moves, self.programme
        for number, rule in enumerate(self.case.together):
            shares = [*(moves[k].share for k in rule.guests), *(-moves[k].share for k in rule.hosts)]
            unit = 1 if all(float(x).is_integer() for x in (*shares, rule.staying, rule.hosting)) else SHARE
            loose = 0 if unit == 1 else len(shares) // 2 + 1  # what rounding may take
            weight = [(k, round(x * unit)) for k, x in zip(rule.guests + rule.hosts, shares, strict=True)]
            most = round(rule.hosting * unit) - round(rule.staying * unit) + loose
            before: list[Term] | None = None
            for m in range(rule.first, self.case.months):
                terms = [(n * a, x) for k, n in weight for a, x in self.present(k, rule.site, m)]
                if terms != before:
                    p.add(terms, most, ("must", str(number), str(m)))
                before = terms

    def _caps(self) -> None:
        case, p = self.case, self.programme
        for number, cap in enumerate(case.caps):
            here = [
                [k for k, v in enumerate(case.moves) if v.service == cap.service and i in (v.home, v.to)]
                for i in sorted(cap.sites)
            ]
            for m in range(case.months):
                rows: list[Term] = []
                for site, teams in zip(sorted(cap.sites), here, strict=True):
                    ends = [self._at_the_end(k, site, m) for k in teams]
                    if len(ends) == 1:
                        rows += ends[0]
                        continue
                    x = p.variable()
                    for terms in ends:
                        p.add([*terms, (-1, x)], 0)
                    rows.append((1, x))
                p.add(rows, int(np.floor(float(cap.most[m]) + 1e-6)), ("points", str(number), str(m)))

    def _at_the_end(self, move: int, site: int, month: int) -> list[Term]:
        """Return the terms that are 1 where a team is at its home, or its goal, when a month is over."""
        if site == self.case.moves[move].home:
            return [(1, YES), (-1, self.leave[move].at(month))]
        return [(1, self.arrive[move].at(month))]

    def _access(self, test: AccessTest) -> None:
        p = self.programme
        if test.shortfall is not None:
            return
        loose = int(np.ceil(len(test.weight) * 0.5 + PEOPLE * test.tolerance * 0.5))
        weight = [round(float(w) * PEOPLE) for w in test.weight]
        before: tuple[list[list[Term]], int] | None = None
        for m in range(self.case.months):
            least = int(np.floor(float(test.required[m]) * PEOPLE)) - loose
            if least <= 0:
                continue
            near = [
                [(-a, x) for site in sorted(reach) for a, x in self.points(test.service, site, m)]
                for reach in test.reach
            ]
            if before == (near, least):
                continue
            before = (near, least)
            rows: list[Term] = []
            for w, terms in zip(weight, near, strict=True):
                x = p.variable()
                p.add([(1, x), *terms], 0)
                rows.append((-w, x))
            p.add(rows, -least, ("access", test.label, str(m)))

    def points(self, service: int, site: int, month: int) -> list[Term]:
        """Return the terms that make a changing point of a service: the moving teams that are there."""
        out: list[Term] = []
        for k, move in enumerate(self.case.moves):
            if move.service == service and site in (move.home, move.to):
                out += self.present(k, site, month)
        return out

    def need_one_of(self, test: AccessTest, sites: Iterable[int]) -> None:
        """Ask that in every month of a test one of ``sites`` is open: what a calendar that failed it has shown."""
        chosen = sorted(sites)
        for m in range(int(test.required[0]), self.case.months):
            terms = [(-a, x) for site in chosen for a, x in self.points(test.service, site, m)]
            self.programme.add(terms, -1, ("access", test.label, str(m)))

    def _money(self) -> None:
        case, p = self.case, self.programme
        for steps, site in zip(self.exit, case.exits, strict=True):
            for m, amount in enumerate(site.cost):
                p.charge(amount, YES)
                p.charge(-amount, steps.at(m - 1))
        for steps, opening in zip(self.open, case.openings, strict=True):
            for m, amount in enumerate(opening.cost):
                p.charge(amount, steps.at(m))
        timed: list[tuple[Steps, Move | Work]] = [*zip(self.arrive, case.moves, strict=True)]
        timed += zip(self.work, case.works, strict=True)
        for steps, event in timed:
            for m in range(max(0, event.window.target), event.window.last):
                if event.late_cost:
                    p.charge(event.late_cost, YES)
                    p.charge(-event.late_cost, steps.at(m))

    # --- there and back ------------------------------------------------------------------------------------------

    def read(self, values: Ints) -> Schedule:
        """Return the calendar that (n,) values say."""

        def month(steps: Steps) -> int:
            return next((m for m in range(steps.first, steps.last) if values[steps.at(m)]), steps.last)

        leave, arrive = [month(s) for s in self.leave], [month(s) for s in self.arrive]
        decant = [
            next((site for site, g in self.at.get(k, {}).items() if values[g]), NOWHERE)
            if leave[k] < arrive[k]
            else NOWHERE
            for k in range(len(arrive))
        ]
        return Schedule(
            tuple(leave), tuple(arrive), tuple(decant), tuple(month(s) for s in self.work),
            tuple(month(s) for s in self.exit), tuple(month(s) for s in self.open),
        )  # fmt: skip

    def step_values(self, schedule: Schedule) -> dict[int, int]:
        """Return the values of the steps and waiting places that say a calendar (not of what is derived from them)."""
        out: dict[int, int] = {}
        pairs: list[tuple[Steps, int]] = []
        for all_steps, months in (
            (self.leave, schedule.leave), (self.arrive, schedule.arrive), (self.work, schedule.work),
            (self.exit, schedule.exit), (self.open, schedule.open),
        ):  # fmt: skip
            pairs += list(zip(all_steps, months, strict=True))
        for steps, when in pairs:
            for m in range(steps.first, steps.last):
                x = steps.at(m)
                if x >= 0:
                    out[x] = max(out.get(x, 0), int(when <= m))
        for k, sites in self.at.items():
            for site, g in sites.items():
                out[g] = int(schedule.decant[k] == site)
        return out


def _up(amount: float) -> int:
    return int(np.ceil(amount * UNIT - 1e-6))


def _down(amount: float) -> int:
    return int(np.floor(amount * UNIT + 1e-6))


__all__ = ["NO", "YES", "Model"]
