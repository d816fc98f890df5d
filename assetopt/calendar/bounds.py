"""Lower bounds of a calendar that need no search: crews as energy, longest chains, and the dual prices of the relaxation.

Energy: buildings are emptied by at most ``moves_per_month`` moves in a month. However the moves are ordered, the building
emptied r-th has taken at least the r smallest numbers of moves together; by Smith's rule on fractions of moves

    cost >= min over orders of sum_i cost_i(earliest month with that much work done),

here for each building alone (its own work) and for all of them by the cheapest monthly price. Chains: a building goes no
earlier than its longest chain of moves, works, lags and closed months allows. Prices: for any y >= 0 on the rows A x <= b

    cost >= -b y + sum_j min(0, c_j + (A' y)_j)

which is recounted from y alone, whoever found it (:func:`assetopt.proof.prices.certified_bound`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assetopt.calendar.case import Case, Exit, Move, Ref, Window
from assetopt.calendar.programme import Programme
from assetopt.engines.highs_run import run_highs
from assetopt.proof.prices import certified_bound


def tightened(case: Case) -> Case:
    """Return the case with windows cut to what chains and crews allow; no calendar is lost."""
    windows = {ref: case.window(ref) for ref in case.refs()}
    arcs: list[tuple[Ref, Ref, int]] = []
    for link in case.links:
        if link.kind == "before":
            arcs.append((link.first, link.second, link.lag))
        elif link.kind == "together":
            arcs += [(link.first, link.second, 0), (link.second, link.first, 0)]
    for n, site in enumerate(case.exits):
        arcs += [(("move", k), ("exit", n), site.handover) for k, v in enumerate(case.moves) if v.home == site.site]
    for n, opening in enumerate(case.openings):
        arcs += [(("open", n), ("move", k), 0) for k, v in enumerate(case.moves) if v.to == opening.site]
    waits = {("move", k) for k, v in enumerate(case.moves) if v.decants}
    for _ in range(len(windows) + 1):
        changed = False
        for one, two, lag in arcs:
            a, b = windows[one], windows[two]
            # A waiting team leaves before it arrives: what follows its leaving does not follow its arrival.
            if one not in waits or two[0] != "exit":
                first = _first(b, a.first + lag)
                changed |= first > b.first
                windows[two] = b = replace(b, first=max(first, b.first))
            if one not in waits or two[0] != "exit":
                last = _last(a, b.last - lag)
                changed |= last < a.last
                windows[one] = replace(a, last=min(last, a.last))
        if not changed:
            break
    cut = _with(case, windows)
    return replace(cut, exits=tuple(_after_crews(cut, site) for site in cut.exits))


def _first(window: Window, month: int) -> int:
    month = max(window.first, month)
    while month <= window.last and month in window.closed:
        month += 1
    return month


def _last(window: Window, month: int) -> int:
    month = min(window.last, month)
    while month >= window.first and month in window.closed:
        month -= 1
    return month


def _with(case: Case, windows: dict[Ref, Window]) -> Case:
    return replace(
        case,
        moves=tuple(_kept(v, windows["move", k]) for k, v in enumerate(case.moves)),
        works=tuple(replace(v, window=windows["work", k]) for k, v in enumerate(case.works)),
        exits=tuple(replace(v, window=windows["exit", k]) for k, v in enumerate(case.exits)),
        openings=tuple(replace(v, window=windows["open", k]) for k, v in enumerate(case.openings)),
    )


def _kept(move: Move, window: Window) -> Move:
    # Leaving and arriving share a window: one that waits may leave before the month in which it can arrive.
    return move if move.decants else replace(move, window=window)


def _after_crews(case: Case, site: Exit) -> Exit:
    """Return an exit no earlier than a crew alone in the world could have emptied the building."""
    if not case.moves_per_month:
        return site
    firsts = sorted(v.window.first for v in case.moves if v.home == site.site and not v.closes)
    done = -1
    for n in range(len(firsts)):
        # The n-th last moves all start no earlier than firsts[n].
        rest = len(firsts) - n
        done = max(done, firsts[n] + -(-rest // case.moves_per_month) - 1)
    first = _first(site.window, done + site.handover) if firsts else site.window.first
    return replace(site, window=replace(site.window, first=max(first, site.window.first)))


def energy_bound(case: Case) -> float:
    """Return £ that any calendar costs: every building kept at least to its first month, and crews shared by all.

    The month rates are the smallest of each building's months, so that rising costs only raise the truth. Moves are
    spread over months as work in fractions, dearest building per move first: the least that Smith's rule allows.
    """
    alone = [sum(site.cost[: max(0, site.window.first) + 1]) for site in case.exits]
    opened = sum(sum(o.cost[o.window.last :]) for o in case.openings)
    if not case.moves_per_month or not case.exits:
        return float(sum(alone) + opened)
    rate = np.array([min(site.cost, default=0) for site in case.exits], dtype=np.float64)
    count = np.array([sum(v.home == x.site and not v.closes for v in case.moves) for x in case.exits], dtype=np.float64)
    hand = np.array([x.handover for x in case.exits], dtype=np.float64)
    start = float(min((v.window.first for v in case.moves), default=0))
    order = np.argsort(-rate / np.maximum(count, 1e-9))
    # A building whose moves end in month m (a whole number) keeps through m + handover: m + 1 + handover months. The mean
    # busy time of its moves, plus half of its own work, is a floor of the time at which they end.
    end = np.cumsum(count[order]) / case.moves_per_month
    # A building that no crew empties may go before the first move: only its own first month counts.
    waits = count[order] > 0
    together = float((rate[order] * (start + end + hand[order]))[waits].sum())
    together += sum(cost for cost, moves in zip(alone, count, strict=True) if not moves)
    return float(max(sum(alone), together) + opened)


def relaxation_bound(programme: Programme, seconds: float) -> float:
    """Return the bound (£) of the relaxation to fractions, recounted from its row prices; -inf where time was too short."""
    matrix = programme.matrix()
    if not matrix.shape[1]:
        return float(programme.offset)
    answer = run_highs(matrix, relaxed=True, seconds=seconds)
    if answer.status == "infeasible":
        return np.inf
    if answer.duals is None or not np.isfinite(answer.duals).all():
        return -np.inf
    return float(certified_bound(matrix, answer.duals))
