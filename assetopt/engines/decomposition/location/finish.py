"""Hands what is left of a location problem to one branch and cut, and makes sure that what it says holds for the whole."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from assetopt.engines.decomposition.location.ascent import Ascent
from assetopt.engines.decomposition.location.core import Core, lay_out
from assetopt.engines.decomposition.location.fixing import Left
from assetopt.engines.decomposition.location.work import Work
from assetopt.engines.highs_run import Answer, Options, run_highs
from assetopt.program import Bools, Floats

REACH = 0.25
"""Arcs of customers that may be split stay in play up to this share above the customer's price; see :func:`finish`."""

PLAIN = 2_500
"""Up to so many arcs everything is stated."""


def near_arcs(work: Work, left: Left, ascent: Ascent, reach: float) -> Bools:
    """Return the arcs in play (k,) that cost at most ``reach`` (share) more than the customer's price, or all if few."""
    p = work.location
    if left.arcs.sum() <= PLAIN:
        return left.arcs.copy()
    limit = ascent.price + reach * np.abs(ascent.price)
    return np.asarray(left.arcs & (p.arc_cost <= limit[p.arc_customer]))


def links_of(work: Work, left: Left, ascent: Ascent, room: float = 0.02) -> Bools:
    """Return the arcs (k,) whose link to their facility is worth stating: those that gain, or nearly, at the prices."""
    p = work.location
    if left.arcs.sum() <= PLAIN:
        return left.arcs.copy()
    gained = ascent.price[p.arc_customer] * (1 + room) - p.arc_cost
    return np.asarray(left.arcs & (gained > 0))


def finish(
    work: Work,
    left: Left,
    ascent: Ascent,
    *,
    seconds: float = np.inf,
    links: bool = True,
    options: Options | None = None,
    halt: Callable[[], bool] | None = None,
    threads: int = 1,
    reach: float | None = None,
) -> bool:
    """Branch and cut over all that a better plan can use; say whether nothing better can be left.

    Arcs far above their customer's price are stood for by one escape a customer: as cheap as the cheapest of them, and
    without room or facility, so that the least cost stays a lower bound. Where the best choice uses an escape, the
    customer's arcs come back in and the search is repeated.
    """
    arcs = near_arcs(work, left, ascent, REACH if reach is None else reach)
    ends = time.monotonic() + seconds
    while True:
        whole = bool(arcs.sum() == left.arcs.sum())
        core = lay_out(
            work.location, arcs, left.always, left.never,
            links=links_of(work, left, ascent) if links else None, escape=not whole,
        )  # fmt: skip
        answer = search(
            work,
            core,
            seconds=max(0.0, ends - time.monotonic()),
            gap=0.0,
            options=options,
            halt=halt,
            threads=threads,
        )
        if answer.status == "infeasible":
            # Without a plan that is a grave word: a second search on another path must agree.
            return work.plan() is not None or _no_plan(work, core)
        if answer.status != "optimal" or answer.values is None:
            return False
        if core.plan(answer.values) is not None:
            return settled(work, answer)
        used = answer.values[len(core.sites) + len(core.arcs) :] > 1e-6
        customers = np.zeros(work.location.n, dtype=bool)
        customers[core.escapes[used]] = True
        arcs = arcs | (left.arcs & customers[work.location.arc_customer])


def settled(work: Work, answer: Answer) -> bool:
    """Say whether a branch and cut that ended leaves nothing better than the best plan."""
    if answer.status == "infeasible":
        return True
    doubt = max(10.0 * answer.tolerance, 1e-9 * abs(answer.bound))
    return answer.status == "optimal" and work.lifted(answer.bound + doubt) >= work.cutoff()


def _no_plan(work: Work, core: Core) -> bool:
    again = search(work, core, bounding=False, options={"presolve": "off"})
    return again.status == "infeasible"


def search(
    work: Work,
    core: Core,
    *,
    seconds: float = np.inf,
    options: Options | None = None,
    halt: Callable[[], bool] | None = None,
    bounding: bool = True,
    threads: int = 1,
    gap: float = 0.0,
) -> Answer:
    """Run one branch and cut; its plans are offered, and its bound too when it holds for all (``bounding``).

    ``gap`` is the solver's own; what the task asks for is met through the best plan and bound.
    """

    def take(values: Floats | None) -> None:
        plan = core.plan(values) if values is not None else None
        if plan is None:
            return
        held, share = plan
        if not work.location.bounded:
            work.offer_nearest(held)
        else:
            whole = work.location.whole[work.location.arc_customer]
            work.offer(held, np.where(whole, np.rint(share), share))

    def hear(values: Floats | None, bound: float) -> bool:
        take(values)
        if bounding and np.isfinite(bound):
            work.raise_bound(bound)
        return work.over() or (halt is not None and halt())

    plan = work.plan()
    start = core.start(*plan) if plan is not None else None
    answer = run_highs(
        core.matrix,
        seconds=min(seconds, work.task.remaining),
        gap=gap,
        threads=threads,
        seed=work.task.seed,
        start=start,
        hear=hear,
        options=options,
    )
    take(answer.values)
    if bounding and answer.status in ("optimal", "limit"):
        work.raise_bound(answer.bound)
    return answer
