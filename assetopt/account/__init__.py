"""Every pound of a plan, added up: the ledger, and what totals, cash, bridge, budget book and heads of terms are made of it."""

from __future__ import annotations

from assetopt.account.books import PARTS, Books, ledger, parts
from assetopt.account.bridge import bridge_table
from assetopt.account.budget import budget_table
from assetopt.account.cash import cash_table, funds_of, payment_table, transfer_table
from assetopt.account.terms import terms_table
from assetopt.account.totals import totals

__all__ = [
    "PARTS",
    "Books",
    "bridge_table",
    "budget_table",
    "cash_table",
    "funds_of",
    "ledger",
    "parts",
    "payment_table",
    "terms_table",
    "totals",
    "transfer_table",
]
