"""What limits a plan in time and money: dates on which nothing moves, what comes first, and the funds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from assetopt.estate.fields import FinancialYear, Id, Identifier, Name, PartnerId, Pounds, Record, Unit

FundUse = Literal[
    "all",
    "running",
    "variable",
    "lifecycle",
    "rates",
    "rent",
    "income",
    "backlog",
    "works",
    "opening",
    "moving",
    "placement",
    "holding",
    "dilapidations",
    "penalty",
    "receipt",
    "transfer",
    "vat",
]


class Blackout(Record):
    """A time in which nothing changes, for all or for some."""

    TABLE: ClassVar[str] = "blackouts"
    KEY: ClassVar[tuple[str, ...]] = ("blackout_id",)

    blackout_id: Id = Field(description="Identifier of the blackout.")
    start: date = Field(description="First day.")
    end: date = Field(description="Last day.")
    applies_to: Name = Field("", description="A partner, service type, site or team id; empty = all.")
    reason: str = Field("", description="Why; shown in reports.")


class Precedence(Record):
    """What must come before what."""

    TABLE: ClassVar[str] = "precedence"
    KEY: ClassVar[tuple[str, ...]] = ("before", "after")

    before: Name = Field(description="Team, site or intervention that comes first.")
    after: Name = Field(description="Team, site or intervention that comes later.")
    lag_months: Annotated[float, Unit("months")] = Field(0.0, description="Months between them.")
    kind: Literal["finish_start", "together", "apart"] = Field("finish_start", description="How they relate.")
    reason: str = Field("", description="Why; shown in reports.")


class Fund(Record):
    """Money that a partner can spend in one year."""

    TABLE: ClassVar[str] = "funds"
    KEY: ClassVar[tuple[str, ...]] = ("fund_id", "year")

    fund_id: Id = Field(description="Identifier of the fund.")
    year: FinancialYear = Field(description="Year in which the money is there.")
    partner_id: PartnerId = Field(description="Partner that holds the fund.")
    amount: Pounds = Field(description="Money of that year.")
    kind: Literal["capital", "revenue"] = Field(
        "capital", description="capital or revenue; empty is taken as capital, with a warning."
    )
    price_basis: Literal["real", "nominal"] = Field("real", description="real = base-year prices.")
    pays_for: tuple[Annotated[str, Identifier()], ...] = Field(
        ("all",), description="Partner ids with ; between them, or all."
    )
    uses: tuple[FundUse, ...] = Field(("all",), description="Cost heads with ; between them, or all.")
    takes_receipts: bool = Field(False, description="Whether receipts of the partner go into the fund.")
    carry_forward: bool = Field(False, description="Whether money left over is carried to the next year.")
