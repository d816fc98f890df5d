"""The tables for one partner: its own rows in full, of the others nothing but totals that rest on many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from assetopt.account.books import of_part
from assetopt.estate import Estate
from assetopt.report.audience.counts import Floats
from assetopt.report.audience.hidden import Hidden
from assetopt.report.audience.redacted import closed_services, filled, kept, scrubbed
from assetopt.report.audience.summary import Line, summary_table, total
from assetopt.report.tables import Table
from assetopt.result import Result

LEAST = 3
"""Buildings or teams of other partners on which a total of theirs must rest."""

OTHERS = "others"


def partner_tables(
    own: tuple[Result, Mapping[str, Table]],
    others: tuple[Result, Mapping[str, Table]],
    partner: str,
    hidden: Hidden,
    known: frozenset[str],
) -> dict[str, Table]:
    """Return the tables that a partner may see.

    ``own`` is the result with its tables from which the partner's rows are taken, ``others`` the one, without what is kept
    back, from which the totals of the others are made.

    Its own: sites with their room, teams, works, cash, transfers from or to it, bridge, budget, payments, heads of terms as
    host or guest (without what others sell), and access by place for services that it alone runs.
    """
    result, tables = own
    estate = result.problem.estate
    run_by_others = frozenset(estate.teams.loc[estate.teams["partner_id"] != partner, "service_type"].astype(str))
    out = closed_services(tables, run_by_others, known)
    out["access_cumulative"] = kept(out["access_cumulative"], False)

    def where(name: str, column: str, ids: frozenset[str]) -> None:
        out[name] = kept(out[name], out[name].frame[column].isin(ids))

    where("sites", "partner_id", frozenset({partner}))
    where("teams", "partner_id", frozenset({partner}))
    where("interventions", "site_id", _owned(estate, "sites", "site_id", partner))
    for name in ("rooms", "cash", "bridge", "budget"):
        where(name, "partner_id", frozenset({partner}))
    transfers = out["transfers"].frame
    out["transfers"] = kept(out["transfers"], (transfers["payer"] == partner) | (transfers["payee"] == partner))
    out["payments"] = _payments(out["payments"], estate.funds, partner)
    out["heads_of_terms"] = _terms(out["heads_of_terms"], estate, partner)
    out["in_total"] = summary_table([*_lines(result, tables, partner, partner), *_lines(*others, partner, OTHERS)])
    return {name: scrubbed(table, hidden) for name, table in out.items() if name != "in_total"} | {
        "in_total": out["in_total"]
    }


def _payments(table: Table, funds: pd.DataFrame, partner: str) -> Table:
    own = set(funds.loc[funds["partner_id"] == partner, "fund_id"].astype(str)) if len(funds) else set()
    return kept(table, table.frame["fund_id"].isin(own) | (table.frame["partner_id"] == partner))


def _terms(table: Table, estate: Estate, partner: str) -> Table:
    """Return the heads of terms as host or guest; what the guest sells is its own affair, and so are its side payments."""
    frame = table.frame
    out = kept(table, (frame["occupier_partner_id"] == partner) | (frame["host_partner_id"] == partner))
    owner = estate.sites.set_index("site_id")["partner_id"]
    home = estate.teams.set_index("team_id")["site_id"]

    def sells_own(row: pd.Series) -> bool:
        left = home.reindex(str(row["teams"]).split("; ")).dropna()
        return bool(row["occupier_partner_id"] == partner and (owner.reindex(left[left != ""]) == partner).all())

    theirs = [not sells_own(row) for _, row in out.frame.iterrows()]
    guest = [row != partner for row in out.frame["occupier_partner_id"]]
    out = filled(out, pd.Series(theirs, dtype=bool), receipt=None, receipt_kept=None)
    return filled(out, pd.Series(guest, dtype=bool), side_payment=None, side_payments=None)


def _owned(estate: Estate, table: str, key: str, partner: str) -> frozenset[str]:
    frame = estate.tables[table]
    return frozenset(frame.loc[frame["partner_id"] == partner, key].astype(str))


def _lines(result: Result, tables: Mapping[str, Table], partner: str, who: str) -> Iterator[Line]:
    """Yield the totals of a partner, or of the others: those that rest on few are kept back."""
    estate, mine = result.problem.estate, who == partner
    own_sites = _owned(estate, "sites", "site_id", partner)
    sites, teams, works = (tables[name].frame for name in ("sites", "teams", "interventions"))
    own_works = frozenset(works.loc[works["site_id"].isin(own_sites), "intervention_id"])
    sites = sites[(sites["partner_id"] == partner) == mine]
    teams = teams[(teams["partner_id"] == partner) == mine]
    works = works[works["site_id"].isin(own_sites) == mine]
    change = cost_changes(result)
    about = change.index.isin(own_sites | _owned(estate, "teams", "team_id", partner) | own_works)

    def add(item: str, unit: str, parts: pd.Series | Floats) -> Line:
        values = np.nan_to_num(np.asarray(parts, dtype=np.float64))
        if mine:
            return Line(who, item, unit, round(float(values.sum()), 2))
        return total(who, item, unit, values, LEAST)

    moved = teams[teams["action"] == "move"].drop_duplicates("team_id")
    yield add("sites that could close", "sites", sites["action"].isin(["dispose", "exit_lease"]))
    yield add("sites that could open", "sites", sites["action"] == "open")
    yield add("teams that could move", "teams", np.ones(len(moved)))
    yield add("change in cost to the public purse, present value", "£", change.to_numpy()[about == mine])
    yield add("net receipts", "£", sites["receipt"])
    yield add("capital for works", "£", works["capital"])


def cost_changes(result: Result) -> pd.Series:
    """Return subject -> £ that the plan changes in the economic ledger, present value."""
    assert result.recount is not None
    assert result.recount.books is not None
    books = result.recount.books
    if books.today is None:
        return pd.Series(dtype="float64")
    now, then = (
        book[of_part(book, "npv_cost")].groupby("subject")["present"].sum() for book in (books.plan, books.today)
    )
    return now.sub(then, fill_value=0.0)
