"""Money that is counted wrong before anything is solved: with VAT in it, twice, in a lease that ends before it begins, or
in a fund that pays for nothing.

What contradicts itself is a fault. What may be right, but would be counted twice if it is what it looks like, is a warning.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.estate.findings import Findings, nearest, shown
from assetopt.estate.typed import Typed

Tables = dict[str, Typed]

VAT_WORDS = r"\b(?:inc|incl|including|inclusive of|with|gross of)\.?\s+vat\b|\bvat\s+(?:inc|incl|included|inclusive)\b"
RECEIPT_WORDS = r"\breceipts?\b|\bdisposals?\b|\bsales?\b"
MONEY_TABLES = ("sites", "interventions", "placements", "teams", "funds")
ROUNDING = 0.0005
"""How far shares may miss one: 0.333 three times is meant as thirds."""

CAPITAL_USES = {"lifecycle", "backlog", "works", "opening"}
"""Heads of capital spending; see :data:`assetopt.costs.ledger.KINDS`."""
EITHER_USES = {"all", "vat", "transfer"}
"""Uses that a fund of either kind can pay."""


def check_money(tables: Tables, findings: Findings) -> None:
    """Look for money that would be counted wrong.

    Parameters
    ----------
    tables : dict
        Typed tables, perhaps with other faults.
    findings : Findings
        Takes the faults and warnings.
    """
    _vat(tables, findings)
    if "sites" in tables:
        _leases(tables["sites"], findings)
        _twice(tables["sites"], findings)
        _backlog(tables["sites"], findings)
    if "cost_shares" in tables:
        _weights(tables, findings)
    if "funds" in tables:
        _funds(tables["funds"], findings)
    if "disposal_triggers" in tables:
        _triggers(tables, findings)
    if "partners" in tables:
        _successors(tables["partners"], findings)


def _vat(tables: Tables, findings: Findings) -> None:
    """Costs with VAT in them: 120 that should be 100."""
    for name in ("sites", "interventions"):
        if name in tables:
            typed = tables[name]
            rows = np.flatnonzero(typed.frame["includes_vat"].to_numpy(dtype=bool))
            what = "the row's money includes VAT, and money is wanted without it"
            fix = "take the VAT off (£120 with VAT at 20 % is £100) and set includes_vat = no; VAT is added by partner"
            findings.rows(typed.place, "includes_vat", rows, what, fix)
    for name in MONEY_TABLES:
        if name in tables:
            typed = tables[name]
            said = typed.frame["source"].astype("str")
            rows = np.flatnonzero(said.str.contains(VAT_WORDS, case=False, regex=True).to_numpy(dtype=bool))
            findings.words(
                typed.place, "source", said.tolist(), rows, lambda v: f"{shown(v)} speaks of money with VAT in it",
                lambda _: "give money without VAT; VAT that is not recovered is added by partner", "warning",
            )  # fmt: skip


def _leases(sites: Typed, findings: Findings) -> None:
    """A lease that ends, or may be broken, before it begins."""
    frame, place = sites.frame, sites.place
    start, end = frame["lease_start"], frame["lease_end"]
    findings.rows(
        place,
        "lease_end",
        np.flatnonzero(end < start),
        lambda row: f"the lease ends on {end[row]:%Y-%m-%d}, before it starts on {start[row]:%Y-%m-%d}",
        "swap or correct them",
    )
    first = pd.to_datetime(frame["lease_break"].map(lambda text: min(str(text).split(";")).strip() or None))
    findings.rows(
        place,
        "lease_break",
        np.flatnonzero(first < start),
        lambda row: f"the break of {first[row]:%Y-%m-%d} is before the lease starts on {start[row]:%Y-%m-%d}",
        "correct one of them",
    )
    idle = (frame["sublet_income"] > 0) & (frame["tenure"] != "leasehold")
    findings.rows(
        place,
        "sublet_income",
        np.flatnonzero(idle),
        lambda row: (
            f"a {frame['tenure'].iloc[row]} cannot be sublet after it is left, so sublet_income is never counted"
        ),
        "rent from today's occupiers goes into income",
        "warning",
    )


def _twice(sites: Typed, findings: Findings) -> None:
    """The worth of one building counted twice."""
    frame, place = sites.frame, sites.place
    value, off = frame["market_value"], frame["disposal_deductions"]
    findings.rows(
        place,
        "end_value",
        np.flatnonzero((frame["end_value"] > 0) & (frame["status"] == "existing")),
        lambda row: (
            f"end_value £{frame['end_value'].iloc[row]:,.0f} of an existing site is not counted: its worth at the end is "
            "its net market_value, and counting both would count it twice"
        ),
        "end_value is for candidates; leave it empty",
        "warning",
    )
    findings.rows(
        place,
        "disposal_deductions",
        np.flatnonzero((value > 0) & (off == value)),
        lambda row: (
            f"disposal_deductions are the market_value, £{value[row]:,.0f}: the receipt is counted and taken off again"
        ),
        "deductions are remediation, debt and clawback alone",
        "warning",
    )
    owned = (frame["tenure"] == "freehold") & (frame["status"] == "existing") & (value > 0)
    worth = frame.loc[owned].drop_duplicates("site_id").set_index("site_id")["market_value"]
    head = frame["head_site_id"]
    findings.rows(
        place,
        "market_value",
        np.flatnonzero(owned & head.isin(list(worth.index))),
        lambda row: (
            f"this freehold (£{value[row]:,.0f}) and its superior interest {shown(head.iloc[row])} "
            f"(£{worth[head.iloc[row]]:,.0f}) both have a market_value: one building would be sold twice"
        ),
        "give the value to the interest that is sold",
        "warning",
    )


def _backlog(sites: Typed, findings: Findings) -> None:
    frame = sites.frame
    part, whole = frame["statutory_backlog"], frame["backlog"].fillna(0.0)
    findings.rows(
        sites.place,
        "statutory_backlog",
        np.flatnonzero(part > whole),
        lambda row: f"£{part[row]:,.0f} is more than the backlog it is a part of, £{whole[row]:,.0f}",
        "backlog is the whole, statutory_backlog the part that the law asks for",
    )


def weights_of(text: str) -> dict[str, float] | None:
    """Return ``kcc=0.6;nhs=0.4`` as partner -> weight, None where it cannot be read."""
    out: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, number = (piece.strip() for piece in part.partition("="))
        try:
            value = float(number.removesuffix("%")) / (100.0 if number.endswith("%") else 1.0)
        except ValueError:
            return None
        if not name or name in out or not (0.0 <= value <= 1.0):
            return None
        out[name] = value
    return out


def _weights(tables: Tables, findings: Findings) -> None:
    """Shares of a building's cost: named partners, each share 0-1, together one."""
    typed = tables["cost_shares"]
    frame, text = typed.frame, typed.frame["weights"]
    read = [weights_of(cell) for cell in text]
    bad = [row for row, found in enumerate(read) if found is None]
    findings.words(
        typed.place, "weights", text.array, bad, lambda v: f"{shown(v)} cannot be read as shares 0-1 of partners",
        lambda _: "write kcc=0.6;nhs=0.4",
    )  # fmt: skip
    total = [None if not found else sum(found.values()) for found in read]
    missed = [row for row, value in enumerate(total) if value is not None and abs(value - 1.0) > ROUNDING]
    findings.words(
        typed.place, "weights", text.array, missed,
        lambda v: f"the shares {shown(v)} sum to {sum((weights_of(v) or {}).values()):.10g}, not to 1",
        lambda _: "give shares of the whole cost that sum to 1",
    )  # fmt: skip
    bare = (frame["basis"].isin(["fixed", "benefit"]) & (text == "")).to_numpy(dtype=bool)
    findings.rows(
        typed.place, "weights", np.flatnonzero(bare), lambda row: f"basis {frame['basis'].iloc[row]} needs weights",
        "write kcc=0.6;nhs=0.4",
    )  # fmt: skip
    if "partners" in tables:
        known = set(tables["partners"].frame["partner_id"])
        lost = {row: name for row, found in enumerate(read) for name in found or {} if name not in known}
        findings.rows(
            typed.place, "weights", list(lost), lambda row: f"no partner {shown(lost[row])} in {tables['partners'].place.label}",
            lambda row: nearest(lost[row], known) or "give partner ids",
        )  # fmt: skip


def _funds(funds: Typed, findings: Findings) -> None:
    """A fund that can pay for nothing, or whose receipts stand in it already."""
    frame, place = funds.frame, funds.place
    uses = frame["uses"].map(lambda text: set(str(text).split(";")) - {""})
    kind = frame["kind"]

    def fits(row: int) -> bool:
        asked = uses.iloc[row] - {"receipt"}
        capital = kind.iloc[row] == "capital"
        return bool(asked & EITHER_USES) or any((use in CAPITAL_USES) == capital for use in asked)

    idle = [row for row in range(len(frame)) if not fits(row)]
    findings.rows(
        place,
        "uses",
        idle,
        lambda row: (
            f"a {kind.iloc[row]} fund that pays only for {frame['uses'].iloc[row]} pays for nothing of its kind"
        ),
        "name heads of its kind, or all",
        "warning",
    )
    named = frame["fund_id"].astype("str") + " " + frame["source"].astype("str")
    named = named.str.replace("_", " ").str.replace("-", " ")
    double = frame["takes_receipts"] & (frame["amount"] > 0) & named.str.contains(RECEIPT_WORDS, case=False, regex=True)
    findings.rows(
        place,
        "amount",
        np.flatnonzero(double),
        lambda row: (
            f"£{frame['amount'].iloc[row]:,.0f} in a fund of receipts that takes_receipts: sales of the plan are added to "
            "it, and those that stand in the amount already would be counted twice"
        ),
        "leave sales that the plan decides out of the amount",
        "warning",
    )


def _triggers(tables: Tables, findings: Findings) -> None:
    """A trigger without its months, or of a site that is never sold."""
    typed = tables["disposal_triggers"]
    frame = typed.frame
    bare = np.flatnonzero((frame["kind"] == "other") & frame["months"].isna())
    findings.rows(typed.place, "months", bare, "a trigger of kind other needs its months", "give the months it adds")
    if "sites" not in tables:
        return
    sites = tables["sites"].frame.drop_duplicates("site_id").set_index("site_id")
    sold = (sites["tenure"] == "freehold") & (sites["on_exit"] == "sell") & (sites["status"] == "existing")
    idle = np.flatnonzero(~frame["site_id"].map(sold).fillna(True).astype(bool))
    findings.rows(
        typed.place,
        "site_id",
        idle,
        lambda row: f"{frame['site_id'].iloc[row]} is not a freehold that is sold on leaving, so nothing waits for it",
        "take the row out, or check tenure and on_exit",
        "warning",
    )


def _successors(partners: Typed, findings: Findings) -> None:
    frame = partners.frame
    undated = np.flatnonzero((frame["successor_id"] != "") & frame["vesting_date"].isna())
    what = "a successor without a vesting_date: disposals before vesting cannot be told"
    findings.rows(partners.place, "vesting_date", undated, what, "give the day on which it takes over", "warning")
