"""What each partner gets back of its VAT, and what it keeps of its receipts.

A blank ``vat_recovery`` is filled by the partner's sector: councils, police and fire recover all of it (section 33 bodies);
NHS bodies and departments only what falls under the contracted-out services headings; others are partly exempt. A blank
``receipt_retention`` is 1: a partner keeps what it sells for unless its row says that it has to hand a part over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assetopt.estate import Estate
from assetopt.problem.assumptions import AssumptionLog
from assetopt.problem.facts import Bools, Facts, Floats, Texts, numbers

_BY_SECTOR = (
    (("council", "police", "fire"), "vat_recovery_section_33", "vat_recovery_section_33"),
    (("nhs", "central"), "vat_recovery_nhs_capital", "vat_recovery_nhs_opex"),
    (("housing", "voluntary", "other"), "vat_recovery_other", "vat_recovery_other"),
)
"""Sectors, and the assumed parameters for capital and for running cost."""


@dataclass(frozen=True)
class Taxes:
    """One entry a partner, shape (n_partners,), shares 0-1; ``rate`` is the standard rate of VAT."""

    partners: pd.Index
    rate: float
    share_running: float
    recovery_capital: Floats
    recovery_opex: Floats
    retention: Floats

    def irrecoverable(self, payer: Texts, capital: bool) -> Floats:
        """Return the share of VAT that each payer does not get back, shape of ``payer``; 0 for bodies outside."""
        recovered = self.recovery_capital if capital else self.recovery_opex
        at = self.partners.get_indexer(pd.Index(payer))
        return np.where(at >= 0, 1.0 - recovered[np.maximum(at, 0)], 0.0)

    def handed_over(self, owner: Texts) -> Floats:
        """Return the share of a receipt that each owner does not keep, shape of ``owner``; 0 for bodies outside."""
        at = self.partners.get_indexer(pd.Index(owner))
        return np.where(at >= 0, 1.0 - self.retention[np.maximum(at, 0)], 0.0)


def read_taxes(estate: Estate, facts: Facts, log: AssumptionLog) -> Taxes:
    """Return the partners' VAT and retention, gaps filled from ``log``."""
    p = estate.partners
    rate = log.assumed.value("vat_rate")
    capital, opex = numbers(p["vat_recovery_capital"]), numbers(p["vat_recovery_opex"])
    for sectors, of_capital, of_opex in _BY_SECTOR:
        ours = np.isin(facts.sectors, sectors)
        capital = _fill(log, "vat_recovery_capital", capital, of_capital, ours)
        opex = _fill(log, "vat_recovery_opex", opex, of_opex, ours)
    if rate > 0 and ((capital < 1) | (opex < 1)).any():
        paying = int(((capital < 1) | (opex < 1)).sum())
        log.record("partners", "(VAT)", paying, "vat_rate", rate)
        log.record("sites", "running_cost", len(facts.sites), "vat_share_running", _running(log))
    return Taxes(
        partners=facts.partners,
        rate=rate,
        share_running=_running(log),
        recovery_capital=np.nan_to_num(capital, nan=1.0),
        recovery_opex=np.nan_to_num(opex, nan=1.0),
        retention=np.nan_to_num(numbers(p["receipt_retention"]), nan=1.0),
    )


def _running(log: AssumptionLog) -> float:
    return log.assumed.value("vat_share_running")


def _fill(log: AssumptionLog, column: str, values: Floats, parameter: str, where: Bools) -> Floats:
    """Return ``values`` with the gaps of some rows filled; other gaps stay."""
    missing = np.isnan(values) & where
    if not missing.any():
        return values
    if log.assumed.value("vat_rate") > 0:
        log.record("partners", column, int(missing.sum()), parameter, log.assumed.value(parameter))
    return np.where(missing, log.assumed.value(parameter), values)
