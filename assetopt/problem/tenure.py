"""When an occupier may leave a building, and until when it pays for it.

A leasehold that is vacated at the start of year t pays rent to its exit year x: the first financial year that starts
after the first break or expiry which ends its occupation in t or later and whose notice, counted from the day the
question is asked, is still in time (2028-03-31 -> year 2028: vacated at the start of 2028/29, no rent from then).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from assetopt.finance import add_months, first_financial_year_after
from assetopt.problem.facts import SiteFacts

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = 10_000
"""A year index that lies behind every horizon."""


@dataclass(frozen=True)
class Tenure:
    """Leaving dates as year indices (0 = base year), for every site and decision year.

    Attributes
    ----------
    exit_year : (n_sites, D) int
        Year index from which rent and charges stop when vacated at the start of decision year t; NEVER without a
        lawful exit inside the horizon.
    exit_by_break : (n_sites, D) bool
        That exit is a break, so that its penalty is due.
    forced : (n_sites,) int
        Year index by which a leasehold without security of tenure is left, NEVER where it may stay.
    charges_end : (n_sites,) int
        Year index from which ``fixed_cost`` is no longer due, whether the site is held or not; NEVER without an end.
    missed : (n_sites, ) bool
        A break or expiry lies ahead whose notice date has passed.
    missed_words : (n_sites, ) str
        Which, and since when, such as "the break of 2028-03-31 needed notice by 2027-09-30"; empty where none is missed.
    """

    exit_year: Ints
    exit_by_break: Bools
    forced: Ints
    charges_end: Ints
    missed: Bools
    missed_words: npt.NDArray[np.object_]


def tenure_calendar(
    sites: SiteFacts,
    lease_end: pd.Series,
    lease_break: pd.Series,
    fixed_cost_until: pd.Series,
    *,
    base_year: int,
    decision_years: int,
    horizon: int,
    asked_on: date,
) -> Tenure:
    """Work out every lawful exit.

    Parameters
    ----------
    lease_end, fixed_cost_until : datetime columns of the sites table (NaT where unknown).
    lease_break : text column, ISO dates with ``;`` between.
    """
    n = len(sites)
    exit_year = np.full((n, decision_years), NEVER, dtype=np.int64)
    by_break = np.zeros((n, decision_years), dtype=bool)
    years = np.arange(decision_years)
    leasehold = (sites.tenure == "leasehold") & sites.existing
    pfi = (sites.tenure == "pfi") & sites.existing
    expiry = _year_index(lease_end, base_year)

    plain = sites.existing & ~leasehold & ~pfi
    exit_year[plain] = years
    exit_year[pfi] = np.maximum(expiry[pfi, None], years)

    events = _events(sites, lease_end, lease_break, leasehold)
    asked = pd.Timestamp(asked_on)
    notice = pd.Series([add_months(asked.date(), m) for m in events["notice"]], index=events.index, dtype="object")
    in_time = pd.to_datetime(events["date"]).to_numpy() >= pd.to_datetime(notice).to_numpy()
    # Without security of tenure a lease ends by itself: nobody has to give notice.
    in_time |= ~events["is_break"].to_numpy() & ~sites.security[events["site"].to_numpy()]
    ahead = pd.to_datetime(events["date"]).to_numpy() >= np.datetime64(asked_on)
    missed = np.zeros(n, dtype=bool)
    missed[events["site"].to_numpy()[ahead & ~in_time]] = True
    words = _missed_words(events[ahead & ~in_time], n)
    events = events[in_time].assign(year=_year_index(events["date"][in_time], base_year))
    for t in years:
        usable = events[events["year"] >= t].sort_values(["site", "year", "is_break"], kind="stable")
        first = usable.drop_duplicates("site")
        at = first["site"].to_numpy()
        exit_year[at, t] = first["year"].to_numpy()
        by_break[at, t] = first["is_break"].to_numpy()
    late = exit_year >= horizon
    exit_year[late] = NEVER
    by_break[late] = False

    forced = np.where(leasehold & ~sites.security & (expiry >= 0) & (expiry < horizon), expiry, NEVER)
    until = _year_index(fixed_cost_until, base_year)
    charges_end = np.where(until < NEVER, until, np.where(pfi, expiry, NEVER))
    return Tenure(exit_year, by_break, forced.astype(np.int64), charges_end.astype(np.int64), missed, words)


def _missed_words(events: pd.DataFrame, n: int) -> npt.NDArray[np.object_]:
    """Say of each site which of its dates cannot be used any more, the nearest first."""
    words = np.full(n, "", dtype=object)
    rows = events.sort_values(["site", "date"], kind="stable")
    for site, date_, is_break, months in zip(rows["site"], rows["date"], rows["is_break"], rows["notice"], strict=True):
        by = last_notice(date_.date(), float(months))
        kind = "break" if is_break else "expiry"
        said = f"the {kind} of {date_:%Y-%m-%d} needed notice by {by:%Y-%m-%d}"
        words[site] = f"{words[site]}; {said}" if words[site] else said
    return words


def last_notice(end: date, months: float) -> date:
    """Return the last day on which a notice of so many months is in time for ``end``."""
    day = add_months(end, -months) if months else end
    while add_months(day, months) > end:
        day -= timedelta(days=1)
    while add_months(day + timedelta(days=1), months) <= end:
        day += timedelta(days=1)
    return day


def _year_index(dates: pd.Series, base_year: int) -> Ints:
    year = np.asarray(first_financial_year_after(dates.to_numpy(dtype="datetime64[D]")), dtype=np.int64)
    return np.where(pd.isna(dates).to_numpy(), NEVER, year - base_year).astype(np.int64)


def _events(sites: SiteFacts, lease_end: pd.Series, lease_break: pd.Series, leasehold: Bools) -> pd.DataFrame:
    """Return one row per break and expiry of a leasehold: site, date, is_break, notice (months)."""
    rows = pd.DataFrame({"site": np.arange(len(sites)), "text": lease_break.to_numpy(dtype=object)})[leasehold]
    rows = rows[rows["text"] != ""]
    rows = rows.assign(date=rows["text"].astype(object).str.split(";")).explode("date")
    breaks = pd.DataFrame(
        {
            "site": rows["site"].to_numpy(dtype=np.int64),
            "date": pd.to_datetime(rows["date"].astype(object).str.strip()).to_numpy(dtype="datetime64[s]"),
            "is_break": np.ones(len(rows), dtype=bool),
        }
    )
    known = leasehold & lease_end.notna().to_numpy()
    ends = pd.DataFrame(
        {
            "site": np.flatnonzero(known),
            "date": lease_end.to_numpy()[known].astype("datetime64[s]"),
            "is_break": np.zeros(int(known.sum()), dtype=bool),
        }
    )
    events = pd.concat([breaks, ends], ignore_index=True)
    return events.assign(notice=sites.break_notice_months[events["site"].to_numpy()])
