"""The part of a receipt that the owner does not keep: (1 - ``receipt_retention``) x receipt goes to the exchequer.

Paid in the year in which the sale completes, as a capital transfer; a sale that costs more than it brings is the owner's
alone. It is a transfer and no cost to the public purse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from assetopt.costs.flow import Flow
from assetopt.costs.ledger import Lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import EXCHEQUER, Bools, Texts
from assetopt.timeline import Timeline

NAME = "retention"
TOTAL = "npv_cost"


def on_top(form: Formulation, money: Mapping[str, Sequence[Flow]]) -> Iterator[Flow]:
    """Yield a part of every receipt, from its payee to the exchequer."""
    for cost, flows in money.items():
        for one in flows:
            if one.head != "receipt" or one.payee is None:
                continue
            part = one.amount * form.problem.taxes.handed_over(one.payee)
            counts = (part > 0) if cost == "receipts" else (part != 0)
            yield replace(
                one, head="transfer", other_kind="capital", columns=one.columns[counts], payer=one.payee[counts],
                amount=part[counts], first=one.first[counts], last=one.last[counts], payee=_exchequer(counts),
            )  # fmt: skip


def _exchequer(counts: Bools) -> Texts:
    return np.full(int(counts.sum()), EXCHEQUER, dtype=object)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return nothing: it comes on top of the receipts."""
    return []


def amount_on_top(problem: Problem, line: Timeline, lines: pd.DataFrame) -> list[pd.DataFrame]:
    """Return one line for every receipt line of which a part is handed over."""
    sold = lines[(lines["head"] == "receipt") & (lines["payee"] != "") & (lines["kind"] == "capital")]
    owner = sold["payee"].to_numpy(dtype=object)
    part = sold["amount"].to_numpy(dtype=np.float64) * problem.taxes.handed_over(owner)
    counts = (part != 0) & ((part > 0) | (sold["cost"] != "receipts").to_numpy(dtype=bool))
    to = np.full(len(sold), EXCHEQUER, dtype=object)
    return [
        sold.assign(cost=NAME, head="transfer", payer=owner, payee=to, amount=part, economic=0.0)[counts],
    ]
