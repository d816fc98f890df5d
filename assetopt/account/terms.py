"""Heads of terms: what a host and its guest have to agree on, one row a site and occupier once the plan is done.

A guest is a partner with teams in another partner's building in the last decision year. Its charge is what the ledger
says it pays in that year (recharges); works are those that the plan builds there; the receipt is that of the buildings
that these teams left and that the plan sells, split as the owner's ``receipt_retention`` has it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from assetopt.account.books import Books
from assetopt.costs import haircut, recharges
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints, codes
from assetopt.timeline import Timeline

COLUMNS = [
    "site_id", "occupier_partner_id", "host_partner_id", "teams", "fte", "space", "area_m2", "common_parts", "basis", "share",
    "agreed", "rent_policy", "annual_charge", "start_year", "there_today", "exit_notice_months", "works", "works_cost",
    "works_payer", "receipt", "receipt_kept", "side_payment", "side_payments",
]  # fmt: skip


def terms_table(problem: Problem, line: Timeline, books: Books) -> pd.DataFrame:
    """Return the heads of terms; columns :data:`COLUMNS`, £ in base-year prices."""
    rows = list(_rows(problem, line, books.plan))
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(problem: Problem, line: Timeline, book: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    f, sharing, last = problem.facts, problem.sharing, problem.years - 1
    here = line.shares(last).tocoo()
    team, site, part = here.row.astype(np.int64), here.col.astype(np.int64), here.data
    guest = (f.teams.partner[team] != f.sites.partner[site]) & ~f.sites.external[site]
    team, site, part = team[guest], site[guest], part[guest]
    who = np.asarray(f.partners.get_indexer(pd.Index(f.teams.partner[team])), dtype=np.int64)
    charges, first = _charges(problem, book), _began(line)
    receipts = problem.net_receipt - haircut.lost(problem, line)
    sides = _side_payments(problem, book)
    keys = site * len(f.partners) + who
    order = np.argsort(keys, kind="stable")
    found, cut = np.unique(keys[order], return_index=True)
    for key, at in zip(found.tolist(), np.split(order, cut[1:]) if len(found) else [], strict=True):
        i, p = divmod(key, len(f.partners))
        teams, shares, partner = team[at], part[at], str(f.partners[p])
        weight = sharing.by_weight(np.array([i]))[0]
        share = float(sharing.weight[i, p] if weight else (sharing.share(teams, site[at]) * shares).sum())
        pays = bool(sharing.guest(teams, site[at]).any())
        floor = float((sharing.floor[teams] * shares).sum())
        began = int(first.loc[[(int(s), i) for s in teams]].min())
        works, cost, payer = _works(problem, line, i)
        receipt, kept = _receipt(problem, line, teams, receipts)
        total, listed = sides.get(partner, (0.0, ""))
        yield (
            f.sites.ids[i], partner, f.sites.partner[i], "; ".join(str(name) for name in f.teams.ids[teams]),
            float((f.teams.fte[teams] * shares).sum()), _space(problem, teams, shares), floor / (1.0 - sharing.common_parts[i])
            if sharing.common_parts[i] < 1 else floor, float(sharing.common_parts[i]),
            sharing.basis[i] if pays else "none", share * float(sharing.part[i]) if pays else 0.0, bool(sharing.agreed[i]),
            sharing.rent_policy[i] if pays else "nil", charges.get((i, partner), 0.0),
            float(problem.base_year + began), bool((f.teams.home[teams] == i).any()),
            problem.scenario.defaults.value("guest_notice_months"), works, cost, payer, receipt, kept, total, listed,
        )  # fmt: skip


def _pounds(money: float) -> str:
    return f"{'-' if money < 0 else ''}£{abs(money):,.2f}"


def _charges(problem: Problem, book: pd.DataFrame) -> dict[tuple[int, str], float]:
    """Return (site, guest) -> £ a year in the last decision year, from the ledger's own lines."""
    f = problem.facts
    lines = book[(book["cost"] == recharges.NAME) & (book["year"] == problem.years - 1)]
    out: dict[tuple[int, str], float] = {}
    for site, partner, money in zip(
        codes(lines["subject"], f.sites.index).tolist(), lines["payer"], lines["amount"], strict=True
    ):
        out[site, str(partner)] = out.get((site, str(partner)), 0.0) + float(money)
    return out


def _began(line: Timeline) -> pd.Series:
    """Return (team, site) -> the first year in which the team is there."""
    team, site, first, share = line.changes
    came = share > 0
    return pd.Series(first[came]).groupby([team[came], site[came]]).min()


def _space(problem: Problem, teams: Ints, shares: np.ndarray) -> str:
    need = (problem.facts.teams.need[teams] * shares[:, None]).sum(axis=0)
    return "; ".join(f"{problem.facts.space_types[int(k)]} {need[k]:.10g}" for k in np.flatnonzero(need > 0))


def _works(problem: Problem, line: Timeline, site: int) -> tuple[str, float, str]:
    """Return the works that the plan builds at a site: their ids, what they cost, and who pays how much."""
    iv = problem.facts.interventions
    built = np.flatnonzero((iv.site == site) & (line.built < problem.years))
    cost = problem.works_cost[built]
    paid = pd.Series(cost, dtype=np.float64).groupby(iv.payer[built].astype(str)).sum() if len(built) else pd.Series()
    return (
        "; ".join(str(name) for name in iv.ids[built]),
        float(cost.sum()),
        "; ".join(f"{name} {_pounds(money)}" for name, money in paid.items()),
    )


def _receipt(problem: Problem, line: Timeline, teams: Ints, receipts: Floats) -> tuple[float, float]:
    """Return what the buildings that these teams left sell for, and what their owners keep of it, £."""
    s = problem.facts.sites
    home = problem.facts.teams.home[teams]
    left = np.unique(home[home >= 0])
    done = line.vacated[left] + problem.void_years[left]
    sold = left[(s.tenure[left] == "freehold") & (s.on_exit[left] == "sell") & (line.vacated[left] < problem.years)
                & (done < problem.horizon)]  # fmt: skip
    receipt = receipts[sold]
    kept = np.where(receipt > 0, receipt * (1.0 - problem.taxes.handed_over(s.partner[sold])), receipt)
    return float(receipt.sum()), float(kept.sum())


def _side_payments(problem: Problem, book: pd.DataFrame) -> dict[str, tuple[float, str]]:
    """Return partner -> what it pays (less what it is paid) by side payments, and the same by year and kind."""
    lines = book[book["cost"] == "side_payments"]
    out: dict[str, tuple[float, str]] = {}
    for partner in problem.facts.partners if len(lines) else ():
        sign = (lines["payer"] == partner).astype(float) - (lines["payee"] == partner).astype(float)
        mine = (lines["amount"] * sign).groupby([lines["year"], lines["kind"]]).sum()
        mine = mine[mine.abs() >= 0.005]
        runs: list[tuple[int, int, str, float]] = []
        for (year, kind), money in sorted(mine.items(), key=lambda item: (item[0][1], item[0][0])):
            first, last, of, same = runs[-1] if runs else (0, 0, "", 0.0)
            if (last + 1, of, round(same, 2)) == (year, kind, round(money, 2)):
                runs[-1] = first, int(year), of, same
            else:
                runs.append((int(year), int(year), str(kind), float(money)))
        base = problem.base_year
        listed = "; ".join(
            f"{base + a}{'' if a == b else f'-{base + b}'} {kind} {_pounds(money)} a year" for a, b, kind, money in runs
        )
        out[str(partner)] = float(mine.sum()), listed
    return out
