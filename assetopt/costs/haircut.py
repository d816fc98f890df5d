"""Sales that press on one market: of those that complete in one ``market_area`` and year, the k-th dearest brings
haircut[k] of its price less (the last entry holds for every further one).

With n_ij = 1 where site i is among the j dearest sold in its area and year, w_i = market_value x (1 - sale_cost_share):

    loss of i = w_i x (h_last x sold_i - sum_j (h_{j+1} - h_j) x n_ij),   n_ij <= sold_i,   sum_i n_ij <= j

The loss is least when the dearest fill the first places, so cost alone sets n. Where a rule looks at who gets the money,
n is binary and n_ij >= sold_i - (dearer ones sold) / j makes the order hold whatever the price. A site without a
``market_area``, or whose sale completes behind the horizon, presses on nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.costs.receipts import completion, sells
from assetopt.formulation import Entry, Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import PRIVATE, Floats, Ints
from assetopt.program import IMPLIED, INTEGER
from assetopt.timeline import Timeline

NAME = "haircut"
TOTAL = "npv_cost"


@dataclass(frozen=True)
class Places:
    """The first places of every area and year as columns; one entry a column n_ij, arrays (k,)."""

    site: Ints
    vacated: Ints
    column: Ints
    worth: Floats
    """What having the place saves, £ undiscounted."""


def weight(problem: Problem, market_value: Floats | None = None) -> Floats:
    """Return (n_sites,) w: what a haircut of 1 would take, £; 0 for sites that press on no market."""
    s = problem.facts.sites
    value = s.market_value if market_value is None else market_value
    return np.where(sells(problem) & (problem.market.of >= 0), value * (1.0 - s.sale_cost_share), 0.0)


def places(form: Formulation) -> Places:
    """Return the columns n_ij; they and their rows are written on first use."""
    if form.places is None:
        form.places = _write(form)
    kept: Places = form.places
    return kept


def _sales(form: Formulation) -> tuple[Ints, Ints, Ints]:
    """Return (site, year vacated, area and year of completion) of every sale that may press on a market."""
    p = form.problem
    when = completion(p)
    can = (form.vacate >= 0) & (when < p.horizon) & (weight(p) > 0)[:, None]
    site, year = np.nonzero(can)
    return site, year, p.market.of[site] * p.horizon + when[site, year]


def _write(form: Formulation) -> Places:
    p, program = form.problem, form.program
    steps = np.asarray(p.scenario.disposals.haircut, dtype=np.float64)
    site, year, group = _sales(form)
    w = weight(p)[site]
    # Dearest first in every area and year; like prices by the order of the sites.
    order = np.lexsort((site, -w, group))
    site, year, group, w = site[order], year[order], group[order], w[order]
    size = pd.Series(group).map(pd.Series(group).value_counts()).to_numpy(dtype=np.int64)
    strict = p.scenario.rules.budget is not None or p.scenario.rules.no_partner_worse_off is not None
    parts: list[Places] = []
    for j in range(1, len(steps)):
        gain = steps[j] - steps[j - 1]
        at = np.flatnonzero(size > j) if gain > 0 else np.empty(0, dtype=np.int64)
        if not len(at):
            continue
        n = np.arange(len(at))
        column = program.add_columns(
            f"full_price:{j}", len(at), form=INTEGER if strict else IMPLIED, site=site[at], year=year[at]
        )
        sale = form.vacate[site[at], year[at]]
        pair: list[Entry] = [(n, column, 1.0), (n, sale, -1.0)]
        program.add_rows(NAME, len(at), upper=0.0, entries=pair, site=site[at], year=year[at])
        each, row = np.unique(group[at], return_inverse=True)
        program.add_rows(NAME, len(each), upper=float(j), entries=[(row, column, 1.0)])
        if strict:
            mine, dearer = np.nonzero((group[at][:, None] == group[at][None, :]) & (n[:, None] > n[None, :]))
            ahead: Entry = (mine, sale[dearer], 1.0 / j)
            program.add_rows(NAME, len(at), lower=0.0, entries=[*pair, ahead], site=site[at], year=year[at])
        parts.append(Places(site[at], year[at], column, w[at] * gain))
    none = np.empty(0, dtype=np.int64)
    return Places(
        np.concatenate([none, *(part.site for part in parts)]),
        np.concatenate([none, *(part.vacated for part in parts)]),
        np.concatenate([none, *(part.column for part in parts)]),
        np.concatenate([np.empty(0), *(part.worth for part in parts)]),
    )


def at_worst(form: Formulation) -> tuple[Ints, Ints, Floats]:
    """Return (site, year vacated, £ lost) of every sale, as long as it has none of the places of :func:`places`."""
    steps = np.asarray(form.problem.scenario.disposals.haircut, dtype=np.float64)
    site, year, group = _sales(form)
    if not len(steps):
        return site[:0], year[:0], np.empty(0)
    # With g possible sales in an area and year, nobody stands behind place g: steps further on are never met.
    size = pd.Series(group).map(pd.Series(group).value_counts()).to_numpy(dtype=np.int64)
    return site, year, weight(form.problem)[site] * steps[np.minimum(size, len(steps)) - 1]


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield what every sale loses when it comes last, and what the first places give back, in the year it completes."""
    if not form.problem.scenario.disposals.haircut:
        return
    p, s = form.problem, form.problem.facts.sites
    first = places(form)
    site, year, loss = at_worst(form)
    for at, t, column, value in (
        (site, year, form.vacate[site, year], -loss),
        (first.site, first.vacated, first.column, first.worth),
    ):
        buyer = np.full(len(at), PRIVATE, dtype=object)
        yield flow(p, "receipt", column, buyer, value, completion(p)[at, t], payee=s.partner[at])


def lost(problem: Problem, line: Timeline, market_value: Floats | None = None) -> Floats:
    """Return (n_sites,) what each completed sale loses, £ undiscounted.

    With ``market_value`` (n_sites,) the places are still taken by the middle value, and the loss is of that other value.
    """
    steps = np.asarray(problem.scenario.disposals.haircut, dtype=np.float64)
    out = np.zeros(len(problem.facts.sites))
    w, shown = weight(problem), weight(problem, market_value)
    done = line.vacated + problem.void_years
    sold = [int(i) for i in np.flatnonzero((line.vacated < problem.years) & (w > 0) & (done < problem.horizon))]
    place: dict[tuple[int, int], int] = {}
    for i in sorted(sold, key=lambda i: (-w[i], i)) if len(steps) else ():
        key = int(problem.market.of[i]), int(done[i])
        out[i] = shown[i] * steps[min(place.get(key, 0), len(steps) - 1)]
        place[key] = place.get(key, 0) + 1
    return out


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return one ledger line per sale that brings less: its private buyer pays that much less."""
    s = problem.facts.sites
    out = np.zeros((len(s), problem.horizon))
    less = lost(problem, line)
    at = np.flatnonzero(less)
    out[at, line.vacated[at] + problem.void_years[at]] = -less[at]
    return [lines(problem, NAME, "receipt", s.ids, np.full(len(s), PRIVATE, dtype=object), out, s.partner)]
