"""A first good plan for several years: the years are decided one after the other, each exactly, the others as they stand.

Freeing only the events of one year leaves a programme about as small as a problem with a single decision year; presolve
removes the rest. Caps and dates are kept, since nothing but columns is fixed.
"""

from __future__ import annotations

import time

import numpy as np

from assetopt.engines.completion import Slicer
from assetopt.engines.highs_run import run_highs
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.neighbourhood import improve
from assetopt.program import INTEGER, Program

FEW = 3
"""A year gets at least this part of the time that is left: one third."""

ROUNDS = 2
"""Passes over the years; the second mends what the first could not foresee."""


def year_by_year(program: Program, best: Incumbent, until: float, largest: int) -> int:
    """Improve ``best`` by re-deciding one year at a time.

    Parameters
    ----------
    program : Program
        Its columns should carry ``year`` labels; nothing is done with fewer than two years.
    best : Incumbent
        With a plan; improved in place.
    until : float
        ``time.monotonic()`` at which to stop at the latest.
    largest : int
        Years with more INTEGER columns than this are decided by neighbourhoods, not in one piece.

    Returns
    -------
    int
        Years re-decided.
    """
    year = program.column_label("year")
    matrix = program.matrix.without(program.matrix.redundant)
    integer = matrix.form == INTEGER
    years = np.unique(year[integer & (year >= 0)])
    if best.values is None or len(years) < 2:
        return 0
    slicer = Slicer(matrix)
    done = 0
    for left in range(ROUNDS * len(years), 0, -1):
        if best.why_stop() is not None or time.monotonic() >= until:
            break
        t = years[(ROUNDS * len(years) - left) % len(years)]
        free = np.flatnonzero(~integer | (year == t) | (year < 0))
        # The first years hold most of what is to be decided.
        slice_ends = time.monotonic() + (until - time.monotonic()) / min(left, FEW)
        if int(integer[free].sum()) > largest:
            done += improve(program, best, slice_ends, only=(year == t) | (year < 0)) > 0
            continue
        part, _ = slicer.cut(free, best.values, matrix.a @ best.values)
        answer = run_highs(
            part, seconds=max(0.1, slice_ends - time.monotonic()), gap=1e-4, threads=best.task.threads, seed=best.task.seed,
            start=best.values[free], hear=lambda _values, _bound: best.why_stop() is not None,
        )  # fmt: skip
        done += 1
        if answer.values is None:
            continue
        values = best.values.copy()
        values[free] = np.where(integer[free], np.rint(answer.values), answer.values)
        best.offer(values)
    return done
