"""Value added tax that is not recovered, on top of what partners buy: payer -> exchequer.

    vat = rate x standard_rated[head] x (1 - recovery of the payer, capital or opex by the head's kind) x amount

``standard_rated`` is the part of a head's spending that bears VAT (vat_heads.toml, with its reasons). It comes on top of
resources only: rent and recharges are exempt unless a landlord has opted to tax, and damages bear none. VAT is a transfer
whoever pays it, so it costs the public purse nothing; but the same works cost partners differently.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from assetopt.costs.flow import Flow
from assetopt.costs.ledger import KINDS, Lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import EXCHEQUER, Floats
from assetopt.timeline import Timeline

NAME = "vat"
TOTAL = "npv_cost"

WAGES = ("closing", "placements")
"""Costs that are people's pay and expenses: no VAT, whatever their head."""


@cache
def heads() -> dict[str, float | None]:
    """Return the part of each head that bears VAT; None: the assumed ``vat_share_running``."""
    with files("assetopt.costs").joinpath("vat_heads.toml").open("rb") as file:
        table = tomllib.load(file)
    return {head: row.get("standard_rated") for head, row in table["heads"].items()}


def rated(problem: Problem, head: str) -> float:
    """Return VAT on £1 of a head, nothing recovered."""
    part = heads().get(head, 0.0)
    return problem.taxes.rate * (problem.taxes.share_running if part is None else part)


def on_top(form: Formulation, money: Mapping[str, Sequence[Flow]]) -> Iterator[Flow]:
    """Yield the tax on every resource that a partner pays for; of the kind of what is bought."""
    taxes = form.problem.taxes
    for cost, flows in money.items():
        for one in flows if cost not in WAGES else ():
            rate = rated(form.problem, one.head)
            if one.payee is not None or not rate or not len(one):
                continue
            tax = one.amount * rate * taxes.irrecoverable(one.payer, one.kind == "capital")
            due = tax != 0
            yield replace(
                one, head=NAME, other_kind=one.kind, columns=one.columns[due], payer=one.payer[due], amount=tax[due],
                first=one.first[due], last=one.last[due], payee=np.full(int(due.sum()), EXCHEQUER, dtype=object),
            )  # fmt: skip


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return nothing: it comes on top of the other lines."""
    return []


def amount_on_top(problem: Problem, line: Timeline, lines: pd.DataFrame) -> list[pd.DataFrame]:
    """Return one line of tax for every resource line that bears some."""
    bought = lines[(lines["payee"] == "") & (lines["payer"] != "") & ~lines["cost"].isin(WAGES)]
    rates = {head: rated(problem, head) for head in KINDS}
    kept: Floats = np.where(
        bought["kind"] == "capital",
        problem.taxes.irrecoverable(bought["payer"].to_numpy(dtype=object), True),
        problem.taxes.irrecoverable(bought["payer"].to_numpy(dtype=object), False),
    )
    tax = bought["amount"].to_numpy(dtype=np.float64) * bought["head"].map(rates).to_numpy(dtype=np.float64) * kept
    return [bought.assign(cost=NAME, head=NAME, payee=EXCHEQUER, amount=tax, economic=0.0)[tax != 0]]
