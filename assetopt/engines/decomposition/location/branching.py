"""Proves by cases: a facility is held, or it is not; each case has its own customer prices and its own bound.

A best-first tree over facilities and, where they are all decided and customers are whole, over who is served from where.
The bound of a case is the priced one of :mod:`assetopt.proof.location`, which counts whole customers (exact knapsacks)
where a relaxation would split them: ten cases of ours did more on published instances than minutes of branch and cut.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assetopt.engines.decomposition.location.ascent import Ascent, ascend
from assetopt.engines.decomposition.location.fixing import Left, fix
from assetopt.engines.decomposition.location.work import Work
from assetopt.program import Bools, Floats

LEAF_ROUNDS = 4
"""A case without undecided facilities gets so many times the rounds."""


@dataclass
class Case:
    """What is left of a case, its prices and its bound."""

    left: Left
    price: Floats
    bound: float
    share: Floats
    """(k,) how much each arc served of late."""
    site: int = -1
    """The facility that is decided next, -1 where all are decided."""
    tried: bool = False
    """Whether it was tried to decide the case as a whole."""


class Tree:
    """All cases that may still hold a better plan.

    Parameters
    ----------
    work : Work
    left : Left
        What a better plan may use.
    ascent : Ascent
        Prices of the whole.
    found : callable
        Receives the ascent of each case that stays open: what its relaxation holds.
    decide : callable
        Asked to decide a case without undecided facilities as a whole; says whether that is done.
    rounds : int
        Ascent iterations a case.
    """

    def __init__(
        self,
        work: Work,
        left: Left,
        ascent: Ascent,
        found: Callable[[Bools, Ascent], None],
        decide: Callable[[Case], bool],
        rounds: int = 40,
    ) -> None:
        self.work, self.found, self.decide, self.rounds = work, found, decide, rounds
        self.open: list[tuple[float, int, Case]] = []
        self.stuck = np.inf
        """Least bound of the cases that could not be decided."""
        self.cases = 0
        self._push(Case(_copy(left), ascent.price.copy(), ascent.bound, ascent.share))
        self._first = True

    def bound(self) -> float:
        """Return the bound over all cases, £; inf when none is left."""
        return min(self.open[0][0] if self.open else np.inf, self.stuck)

    def grow(self, stop: Callable[[], bool]) -> bool:
        """Decide cases, the least bound first, until none is left (True) or ``stop`` says so (False)."""
        work = self.work
        while self.open and not stop():
            case = self.open[0][2]
            if work.lifted(case.bound) < work.cutoff():
                parts = self._parts(case)
                if stop():
                    return False
            else:
                parts = []
            # The case leaves only now: its bound counts until its parts are there.
            heapq.heappop(self.open)
            for part in parts:
                self._push(part)
            if np.isfinite(self.bound()):
                work.raise_bound(self.bound())
        return not self.open and self.stuck == np.inf

    def _push(self, case: Case) -> None:
        self.cases += 1
        heapq.heappush(self.open, (case.bound, self.cases, case))

    def _parts(self, case: Case) -> list[Case]:
        """Return the cases that a case falls into, without those that cannot hold a better plan."""
        p = self.work.location
        if self._first:
            self._first = False
            return self._priced([case], 4)
        if case.site < 0 and not case.tried:
            case.tried = True
            if self.decide(case):
                return []
        parts = []
        if case.site >= 0:
            for held in (False, True):
                left = _copy(case.left)
                (left.always if held else left.never)[case.site] = True
                left.arcs &= ~left.never[p.arc_facility]
                parts.append(Case(left, case.price, case.bound, case.share))
            return self._priced(parts, 1)
        arc = self._doubtful(case)
        if arc < 0:
            if self.decide(case):
                return []
            self.stuck = min(self.stuck, case.bound)
            return []
        for served in (False, True):
            left = _copy(case.left)
            if served:
                left.arcs &= p.arc_customer != p.arc_customer[arc]
            left.arcs[arc] = served
            parts.append(Case(left, case.price, case.bound, case.share, tried=True))
        return self._priced(parts, 1)

    def _doubtful(self, case: Case) -> int:
        """Return the arc in play whose share is most in doubt, weighed by what the customer takes; -1 where none can be cut."""
        p = self.work.location
        arcs = np.flatnonzero(case.left.arcs & p.whole[p.arc_customer])
        several = np.bincount(p.arc_customer[case.left.arcs], minlength=p.n)[p.arc_customer[arcs]] > 1
        arcs = arcs[several]
        if not len(arcs):
            return -1
        doubt = 0.5 - np.abs(np.clip(case.share[arcs], 0.0, 1.0) - 0.5)
        return int(arcs[np.argmax(doubt * (1.0 + p.demand[p.arc_customer[arcs]]))])

    def _priced(self, parts: list[Case], times: int) -> list[Case]:
        return [part for part in parts if self._price(part, times)]

    def _price(self, case: Case, times: int) -> bool:
        """Price a case and shrink it; say whether it may hold a better plan."""
        work, p = self.work, self.work.location
        if not (np.bincount(p.arc_customer[case.left.arcs], minlength=p.n) > 0).all():
            return False
        pricing = case.left.pricing(p)
        ascent = Ascent(
            case.price.copy(), -np.inf, None, ~pricing.never, np.zeros(p.m), np.zeros(len(p.arc_cost)), step=0.4
        )
        undecided = bool((~(case.left.always | case.left.never)).any())
        rounds = self.rounds * (times if undecided or case.tried else LEAF_ROUNDS)

        def done() -> bool:
            return work.over() or work.lifted(ascent.bound) >= work.cutoff()

        ascend(pricing, ascent, work.upper, done, rounds=rounds, exact=pricing.exact, least_step=0.02)
        case.bound = max(case.bound, ascent.bound)
        if work.lifted(case.bound) >= work.cutoff():
            return False
        if ascent.packing is not None:
            worn = max(1e-9, 1.0 - 0.97 ** max(1, ascent.rounds))
            ascent.share /= worn
            case.price, case.share = ascent.price, ascent.share
            if not case.tried:
                self.found(ascent.held, ascent)
            if not fix(pricing, ascent, work.cutoff(), case.left):
                return False
            undecided_sites = np.flatnonzero(~(case.left.always | case.left.never))
            case.site = -1
            if len(undecided_sites):
                often = ascent.often[undecided_sites] / worn
                case.site = int(undecided_sites[np.argmin(np.abs(often - 0.5))])
        return True


def _copy(left: Left) -> Left:
    return Left(left.always.copy(), left.never.copy(), left.arcs.copy())
