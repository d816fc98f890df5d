"""What is odd about an estate without being impossible: teams that do not fit, square feet, costs far out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.estate.findings import Findings, shown
from assetopt.estate.typed import Typed

SQUARE_FEET = 10.76
AREAS_M2 = (20.0, 60_000.0)
COST_PER_M2 = (10.0, 1_500.0)
"""£ a year and m2 outside which a running cost is told; usual is £100 to £450."""
FILLED_ODD, FILLED_WRONG = 1.2, 5.0
"""Capacity over floor area: above the first it is odd, above the second a unit must be wrong."""

Tables = dict[str, Typed]


def check_plausibility(tables: Tables, findings: Findings) -> None:
    """Look for what an estates team would want to know before trusting an answer.

    Parameters
    ----------
    tables : dict
        Typed tables without faults; the required ones are all there.
    findings : Findings
        Takes the warnings.
    """
    _sites(tables["sites"], findings)
    _leases(tables["sites"], findings)
    _same_building(tables["sites"], findings)
    _homes(tables, findings)
    if "interventions" in tables:
        _works_at_external_sites(tables, findings)
    if "demand" in tables:
        _people(tables["demand"], findings)
    if "visits" in tables and "service_types" in tables:
        _visits(tables, findings)


def _name(typed: Typed, row: int) -> str:
    frame = typed.frame
    return f"{frame['name'].iloc[row]} ({frame[frame.columns[0]].iloc[row]})"


def check_units(tables: Tables, findings: Findings) -> None:
    """Compare the sum of a site's spaces with its floor area: capacity / gia_m2.

    Parameters
    ----------
    tables : dict
        Typed tables, perhaps with other faults.
    findings : Findings
        Takes a fault where capacity can only be in another unit than the floor area, and a warning where it is odd.
    """
    if "sites" not in tables or "spaces" not in tables:
        return
    sites, spaces = tables["sites"], tables["spaces"].frame
    held = spaces.groupby("site_id")["capacity"].sum()
    area = sites.frame["gia_m2"]
    total = sites.frame["site_id"].map(held).astype(float)
    ratio = (total / area.where(area > 0)).to_numpy()

    def what(row: int) -> str:
        compared = f"spaces of {total[row]:,.0f} in a floor area of {area[row]:,.0f} m2"
        return f"{_name(sites, row)}: {compared}, {ratio[row]:.1f} times as much"

    feet = f"one of them is in another unit; capacity in square feet is {SQUARE_FEET} times that in m2"
    findings.rows(sites.place, "gia_m2", np.flatnonzero(ratio > FILLED_WRONG), what, feet)
    odd = np.flatnonzero((ratio > FILLED_ODD) & (ratio <= FILLED_WRONG))
    findings.rows(sites.place, "gia_m2", odd, what, "check the units of both", "warning")


def _sites(sites: Typed, findings: Findings) -> None:
    frame, place = sites.frame, sites.place
    existing = frame["status"] == "existing"
    area = frame["gia_m2"]
    out = np.flatnonzero((area < AREAS_M2[0]) | (area > AREAS_M2[1]))
    findings.rows(
        place,
        "gia_m2",
        out,
        lambda row: f"{_name(sites, row)}: {area[row]:,.0f} m2 is outside the usual 20 to 60,000",
        "check it; square feet are not m2",
        "warning",
    )
    rate = frame["running_cost"] / area.where(area > 0)
    out = np.flatnonzero((rate < COST_PER_M2[0]) & (frame["running_cost"] > 0) | (rate > COST_PER_M2[1]))
    findings.rows(
        place,
        "running_cost",
        out,
        lambda row: f"{_name(sites, row)}: £{rate[row]:,.2f} per m2 a year; £100 to £450 is usual",
        "check the cost and the floor area",
        "warning",
    )
    unvalued = existing & (frame["tenure"] == "freehold") & frame["market_value"].isna()
    if unvalued.any():
        count, owned = int(unvalued.sum()), int((existing & (frame["tenure"] == "freehold")).sum())
        what_ = f"{count:,} of {owned:,} existing freehold sites have no market_value; the model assumes one"
        findings.say(f"{place.label}, market_value", what_, "give values for sites that may be sold", "warning")
    uprn = frame["uprn"]
    odd = np.flatnonzero((uprn != "") & ~uprn.str.fullmatch(r"\d{1,12}"))
    findings.rows(
        place,
        "uprn",
        odd,
        lambda row: f"{shown(uprn.iloc[row])} is no UPRN: up to 12 digits",
        "format the column as text before saving from a spreadsheet",
        "warning",
    )


def _leases(sites: Typed, findings: Findings) -> None:
    frame, place = sites.frame, sites.place
    dated = frame["lease_end"].notna()
    open_ended = (
        (frame["tenure"] == "leasehold") & ~dated & (frame["lease_break"] == "") & (frame["status"] == "existing")
    )
    findings.rows(
        place,
        "lease_end",
        np.flatnonzero(open_ended),
        lambda row: f"{_name(sites, row)}: a leasehold without lease_end or lease_break",
        "give the end of the lease",
        "warning",
    )
    pfi = (frame["tenure"] == "pfi") & ~dated & (frame["status"] == "existing")
    findings.rows(
        place,
        "lease_end",
        np.flatnonzero(pfi),
        lambda row: f"{_name(sites, row)}: a pfi contract without lease_end",
        "give the end of the contract",
        "warning",
    )
    last = pd.to_datetime(frame["lease_break"].map(lambda text: max(str(text).split(";")).strip() or None))
    late = np.flatnonzero(frame["lease_end"] < last)
    findings.rows(
        place,
        "lease_break",
        late,
        lambda row: f"{_name(sites, row)}: lease_end is before the last lease_break, {last[row]:%Y-%m-%d}",
        "check both dates",
        "warning",
    )
    odd = np.flatnonzero((frame["tenure"] == "freehold") & (frame["rent"] > 0) & (frame["landlord_partner_id"] != ""))
    findings.rows(
        place,
        "tenure",
        odd,
        lambda row: f"{_name(sites, row)}: a freehold that pays rent to a landlord",
        "is it a leasehold?",
        "warning",
    )


def _same_building(sites: Typed, findings: Findings) -> None:
    """Two rows that may be one building counted twice."""
    frame = sites.frame
    uprn = frame["uprn"].str.lstrip("0")
    address = (frame["name"].str.casefold() + "|" + frame["postcode"].str.replace(" ", "").str.upper()).mask(
        frame["postcode"] == "", ""
    )
    head = frame["head_site_id"].where(frame["head_site_id"] != "", frame["site_id"])
    _tell_same(sites, uprn, head, "uprn", "UPRN", False, findings)
    _tell_same(sites, address, head, "postcode", "name and postcode", True, findings)


def _tell_same(
    sites: Typed, key: pd.Series, head: pd.Series, column: str, label: str, other_partner: bool, findings: Findings
) -> None:
    """Tell rows with the key of an earlier row, unless `head_site_id` links the two."""
    frame = pd.DataFrame({"key": key, "head": head, "partner": sites.frame["partner_id"], "row": np.arange(len(key))})
    frame = frame.loc[frame["key"] != ""]
    both = frame.join(frame.drop_duplicates("key").set_index("key").add_suffix("_first"), on="key")
    double = (both["row"] != both["row_first"]) & (both["head"] != both["head_first"])
    if other_partner:
        double &= both["partner"] != both["partner_first"]
    told = both.loc[double]
    first = dict(zip(told["row"].tolist(), told["row_first"].tolist(), strict=True))
    findings.rows(
        sites.place,
        column,
        list(first),
        lambda row: f"{_name(sites, row)} and {_name(sites, first[row])} have the same {label}",
        "if one holds the superior interest, name it in head_site_id; if it is one site, keep one row",
        "warning",
    )


def _homes(tables: Tables, findings: Findings) -> None:
    """Teams without needs, sites without spaces, and homes that hold less than their teams need."""
    sites, spaces, teams, needs = (tables[t] for t in ("sites", "spaces", "teams", "needs"))
    bare = np.flatnonzero(~teams.frame["team_id"].isin(needs.frame["team_id"]))
    findings.rows(
        teams.place,
        "team_id",
        bare,
        lambda row: f"{_name(teams, row)} has no row in needs; it fits any site",
        "give its needs",
        "warning",
    )
    empty = (sites.frame["status"] == "existing") & ~sites.frame["site_id"].isin(spaces.frame["site_id"])
    findings.rows(
        sites.place,
        "site_id",
        np.flatnonzero(empty),
        lambda row: f"{_name(sites, row)} has no row in spaces; no team with needs fits there",
        "give its spaces",
        "warning",
    )
    status = sites.frame.set_index("site_id")["status"]
    early = np.flatnonzero(teams.frame["site_id"].map(status) == "candidate")
    findings.rows(
        teams.place,
        "site_id",
        early,
        lambda row: f"{_name(teams, row)} lives at a candidate site, which is not open yet",
        "leave its home empty, or make the site existing",
        "warning",
    )
    _full_homes(sites, spaces, teams, needs, findings)


def _full_homes(sites: Typed, spaces: Typed, teams: Typed, needs: Typed, findings: Findings) -> None:
    home = teams.frame[["team_id", "site_id"]]
    asked = needs.frame[["team_id", "space_type", "amount"]].merge(home, on="team_id")
    total = asked.loc[asked["site_id"] != ""].groupby(["site_id", "space_type"])["amount"].sum().reset_index()
    both = total.merge(spaces.frame[["site_id", "space_type", "capacity"]], on=["site_id", "space_type"], how="left")
    both["capacity"] = both["capacity"].fillna(0.0)
    both["row"] = pd.Index(sites.frame["site_id"]).get_indexer(pd.Index(both["site_id"]))
    over = both.loc[both["amount"] > both["capacity"] * (1 + 1e-9) + 1e-9].sort_values(["row", "space_type"])
    names = sites.frame["name"].array
    told = iter(
        [
            f"{names[row]}, {kind}: {amount:,.10g} needed, {held:,.10g} held"
            for row, kind, amount, held in zip(
                over["row"].tolist(),
                over["space_type"].tolist(),
                over["amount"].tolist(),
                over["capacity"].tolist(),
                strict=True,
            )
        ]
    )
    fix = "check needs and spaces: today's estate breaks its own capacity"
    findings.rows(sites.place, "site_id", over["row"].tolist(), lambda _: next(told), fix, "warning")


def _works_at_external_sites(tables: Tables, findings: Findings) -> None:
    works = tables["interventions"]
    status = tables["sites"].frame.set_index("site_id")["status"]
    outside = np.flatnonzero(works.frame["site_id"].map(status) == "external")
    findings.rows(
        works.place,
        "site_id",
        outside,
        lambda row: f"works at {works.frame['site_id'].iloc[row]}, an external site, are not ours to do",
        "take them out, or change the site's status",
        "warning",
    )


def _people(demand: Typed, findings: Findings) -> None:
    nobody = np.flatnonzero(demand.frame["population"] == 0)
    findings.rows(
        demand.place,
        "population",
        nobody,
        lambda row: f"nobody lives in zone {demand.frame['zone_id'].iloc[row]}",
        "check it",
        "warning",
    )


def _visits(tables: Tables, findings: Findings) -> None:
    kinds = tables["service_types"].frame
    public = set(kinds.loc[kinds["public"], "service_type"])
    visits = tables["visits"]
    rows = np.flatnonzero(~visits.frame["service_type"].isin(list(public)))
    kind = visits.frame["service_type"]
    findings.rows(
        visits.place,
        "service_type",
        rows,
        lambda row: f"visits to {shown(kind.iloc[row])}, which is not public in service_types",
        "make it public, or take the visits out",
        "warning",
    )
