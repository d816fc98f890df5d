"""The access tables on a county of four zones, worked out by hand, and beside a recount in plain loops."""

from __future__ import annotations

import math
from collections import defaultdict

import pandas as pd
import pytest
from estates import PLACE, line_of, problem

from assetopt.measures import (
    cumulative_table,
    equity_table,
    groups_table,
    overflow_warnings,
    points_table,
    views_of,
    worst_table,
    zones_table,
)
from assetopt.problem import Problem
from assetopt.timeline import Timeline

TABLES = {
    "sites": f"{PLACE},tenure\na,council,A,600000,150000,freehold\nb,council,B,601000,150000,freehold\n"
             "c,council,C,602000,150000,freehold\n",
    "spaces": "site_id,space_type,capacity\na,room,9\nb,room,9\nc,room,9\n",
    "teams": "team_id,partner_id,name,service_type,site_id,closable\n"
             "la,council,LA,library,a,yes\nlb,council,LB,library,b,yes\nga,council,GA,gp,a,yes\ngc,council,GC,gp,c,yes\n",
    "needs": "team_id,space_type,amount\nla,room,1\nlb,room,1\nga,room,1\ngc,room,1\n",
    "service_types": "service_type,public\nlibrary,yes\ngp,yes\n",
    "demand": "zone_id,easting,northing,population,district,ward,imd_decile,rural,pop_old,pop_no_car\n"
              "z1,600000,150000,100,n,w1,1,no,40,50\nz2,601000,150000,60,n,w2,10,no,10,0\n"
              "z3,602000,150000,30,s,w3,,yes,20,10\nz4,603000,150000,10,s,,5,yes,0,5\n",
    "travel": "zone_id,site_id,mode,minutes\n"
              "z1,a,car,5\nz1,b,car,11\nz1,c,car,20\nz2,a,car,8\nz2,b,car,4\nz2,c,car,9\n"
              "z3,a,car,25\nz3,b,car,12\nz3,c,car,3\nz4,b,car,14\n"
              "z1,a,walk,15\nz1,b,walk,40\nz2,b,walk,10\n",
    "visits": "zone_id,service_type,visits\nz1,library,50\nz2,library,30\nz3,library,20\n",
    "point_capacity": "site_id,service_type,visits\na,library,60\nb,library,70\n",
    "standards": "standard_id,service_type,mode,max_minutes,min_share,segment\nlib,library,car,10,0.5,all\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> Problem:
    return problem(TABLES, rules={"access": {}})


@pytest.fixture(scope="module")
def line(asked: Problem) -> Timeline:
    """Both public teams of site a close, the library at once, the GP a year later."""
    return line_of(asked, close={"la": 2027, "ga": 2028})


def group(table: pd.DataFrame, service: str, name: str, mode: str = "car", standard: str = "") -> pd.Series:
    found = table.query("service_type == @service and group == @name and mode == @mode and standard_id == @standard")
    assert len(found) == 1
    return found.iloc[0]


def test_a_group_by_hand(asked: Problem, line: Timeline) -> None:
    table = groups_table(asked, views_of(asked, line))
    # library by car: today z1 5 (a), z2 4 (b), z3 12 (b), z4 14 (b); after (b alone): 11, 4, 12, 14
    row = group(table, "library", "everyone")
    assert row["mean_today"] == pytest.approx((100 * 5 + 60 * 4 + 30 * 12 + 10 * 14) / 200)
    assert row["mean_change"] == pytest.approx(100 * 6 / 200)
    assert (row["p90_today"], row["p95_today"], row["max_today"]) == (12, 12, 14)  # 190 of 200 people are within 12
    assert (row["people_further"], row["people_losing"], row["mean_loss"], row["worst_zone"]) == (100, 100, 6, "z1")
    assert group(table, "library", "1")["people_losing"] == 100
    assert group(table, "library", "pop_old")["people_losing"] == 40


def test_bands_add_up_to_everyone(asked: Problem, line: Timeline) -> None:
    table = groups_table(asked, views_of(asked, line))
    for _, part in table[table["breakdown"] != "group"].groupby(["kind", "service_type", "mode", "breakdown"]):
        assert part["people"].sum() == 200


def test_people_without_a_car_are_never_shown_by_car(asked: Problem, line: Timeline) -> None:
    table = groups_table(asked, views_of(asked, line))
    without = table[table["group"] == "pop_no_car"]
    assert set(without["mode"]) == {"walk"}
    row = group(table, "library", "pop_no_car", "walk")
    # On foot z1 reaches a (15) and b (40), z2 b, nobody else anything: after, z1 goes to b.
    assert (row["people"], row["unreached_today"], row["unreached"]) == (65, 15, 15)
    assert (row["people_losing"], row["mean_loss"]) == (50, 25)
    assert "as if everybody had a car" in group(table, "library", "everyone")["caveat"]


def test_losing_the_last_point_is_further_and_never_an_average(asked: Problem, line: Timeline) -> None:
    table = groups_table(asked, views_of(asked, line))
    row = group(table, "gp", "everyone", "walk")  # the GP surgery at a was the only one in walking reach of z1
    assert (row["unreached_today"], row["unreached"]) == (100, 200)
    assert (row["people_further"], row["people_losing"], row["worst_zone"]) == (100, 100, "z1")
    assert math.isnan(row["mean_loss"])
    assert math.isnan(row["max"])
    zones = zones_table(asked, views_of(asked, line)).query("service_type == 'gp' and mode == 'walk'")
    assert zones.set_index("zone_id")["state"].to_dict() == {"z1": "lost", "z2": "none", "z3": "none", "z4": "none"}


def test_a_standard_counts_whom_it_serves(asked: Problem, line: Timeline) -> None:
    table = groups_table(asked, views_of(asked, line))
    row = group(table, "library", "everyone", standard="lib")  # within 10 minutes: z1 and z2 today, z2 after
    assert (row["served_today"], row["served"], row["share"]) == (160, 60, 0.3)
    assert (row["served_worst_year"], row["worst_year"]) == (60, 2028)
    assert group(table, "library", "w1", standard="lib")["served"] == 0


def test_the_worst_year_is_found_also_on_the_way(asked: Problem) -> None:
    # The library team of a moves to c in 2027; b's moves to a in 2028: in 2027 z1 has b (11), in the end a (5) again.
    moving = line_of(asked, move={"la": ("c", 2027), "lb": ("a", 2028)})
    views = views_of(asked, moving)
    row = group(groups_table(asked, views), "library", "1")
    assert (row["mean_today"], row["mean"], row["worst_year"], row["mean_worst_year"]) == (5, 5, 2027, 11)
    zones = zones_table(asked, views).query("service_type == 'library' and mode == 'car'").set_index("zone_id")
    assert zones.loc["z1", ["state", "worst_year", "way_worst_year"]].tolist() == ["on the way", 2027, 11]
    assert zones.loc["z4", "state"] == "lost"  # z4 reaches b alone


def test_losers_and_winners_by_name(asked: Problem) -> None:
    moving = line_of(asked, move={"lb": ("c", 2027)})
    views = views_of(asked, moving)
    lose = worst_table(asked, views).query("service_type == 'library' and mode == 'car'")
    gain = worst_table(asked, views, winners=True).query("service_type == 'library' and mode == 'car'")
    # z4 reached b alone; z2: 4 to 8 (a is nearer than c); z3: 12 to 3
    assert lose[["rank", "zone_id", "point_today", "point"]].to_numpy().tolist() == [
        [1, "z4", "b", ""], [2, "z2", "b", "a"],
    ]  # fmt: skip
    assert gain[["zone_id", "change", "point"]].to_numpy().tolist() == [["z3", -9, "c"]]


def test_zones_and_groups_that_lose_two_services_at_once(asked: Problem, line: Timeline) -> None:
    table = cumulative_table(asked, views_of(asked, line))
    car = table[table["mode"] == "car"]
    # gp by car, a gone: z1 5 -> 20, z2 8 -> 9 (one minute, no more than noticeable); library: z1 alone
    zones = car[car["kind"] == "zone"]
    assert zones[["group", "services", "people", "extra_minutes"]].to_numpy().tolist() == [
        ["z1", "gp; library", 100, 21]
    ]
    everyone = car[car["group"] == "everyone"].iloc[0]
    assert (everyone["people_losing_two"], everyone["share_losing_two"], everyone["people_losing_one"]) == (100, 0.5, 0)
    old = car[car["group"] == "pop_old"].iloc[0]
    assert (old["people"], old["people_losing_two"]) == (70, 40)
    assert (car["group"] != "pop_no_car").all()
    walk = table[(table["mode"] == "walk") & (table["kind"] == "zone")].iloc[0]
    assert (walk["group"], walk["services"], walk["lost"]) == ("z1", "gp; library", "gp")


def test_equity_figures_by_hand(asked: Problem, line: Timeline) -> None:
    row = equity_table(asked, views_of(asked, line)).query("service_type == 'library' and mode == 'car'").iloc[0]
    assert (row["deprived_fifth_today"], row["deprived_fifth"]) == (5, 11)
    assert (row["least_deprived_fifth"], row["deprived_gap_today"], row["deprived_gap"]) == (4, 1, 7)
    assert row["rural_gap_today"] == pytest.approx((30 * 12 + 10 * 14) / 40 - (100 * 5 + 60 * 4) / 160)
    assert row["worst_decile_today"] == pytest.approx((10 * 14 + 10 * 12) / 20)
    assert row["aversion_minutes"] == 20


def test_visits_go_to_the_nearest_point_and_what_overflows_is_named(asked: Problem, line: Timeline) -> None:
    table = points_table(asked, views_of(asked, line)).query("service_type == 'library'").set_index("site_id")
    assert table["visits_today"].to_dict() == {"a": 50, "b": 50}
    assert table["visits"].to_dict() == {"a": 0, "b": 100}
    assert (table.loc["b", "use"], table.loc["b", "overflow_today"], table.loc["b", "overflow"]) == (100 / 70, 0, 30)
    assert (table.loc["b", "people_today"], table.loc["b", "people"]) == (100, 200)
    told = overflow_warnings(table.reset_index())
    assert len(told) == 1
    assert "100 visits a year go to library at B" in told[0].what
    assert "30 too many" in told[0].what


def test_of_points_as_near_the_first_by_its_id_is_the_nearest() -> None:
    even = TABLES["travel"].replace("z1,b,car,11", "z1,b,car,5").replace("z2,b,car,4", "z2,b,car,8")
    order = "\n".join([TABLES["sites"].splitlines()[n] for n in (0, 2, 3, 1)]) + "\n"  # b, c, a
    asked = problem({**TABLES, "travel": even, "sites": order})
    view = next(v for v in views_of(asked, line_of(asked)) if v.service_type == "library" and v.mode == "car")
    assert asked.facts.sites.ids[view.point_today].tolist() == ["a", "a", "b", "b"]


def test_the_tables_beside_a_recount_in_plain_loops(asked: Problem, line: Timeline) -> None:
    """No code of the package: minutes from the text above, open points from the plan told in ``line``."""
    minutes: dict[tuple[str, str, str], float] = {}
    for text in TABLES["travel"].splitlines()[1:]:
        zone, site, mode, value = text.split(",")
        minutes[zone, site, mode] = float(value)
    people = {row.split(",")[0]: float(row.split(",")[3]) for row in TABLES["demand"].splitlines()[1:]}
    points = {"library": (["a", "b"], ["b"]), "gp": (["a", "c"], ["c"])}
    table = groups_table(asked, views_of(asked, line))
    for service, (before, after) in points.items():
        for mode in ("car", "walk"):
            tally: dict[str, float] = defaultdict(float)
            for zone, number in people.items():
                old = min((minutes.get((zone, s, mode), math.inf) for s in before), default=math.inf)
                new = min((minutes.get((zone, s, mode), math.inf) for s in after), default=math.inf)
                tally["unreached_today"] += number * math.isinf(old)
                tally["unreached"] += number * math.isinf(new)
                tally["people_further"] += number * (new > old)
                tally["people_losing"] += number * (new > old + 1.0)
                tally["people_nearer"] += number * (new < old)
            row = group(table, service, "everyone", mode)
            for name, value in tally.items():
                assert row[name] == value, (service, mode, name)


def test_without_people_there_are_no_tables() -> None:
    tables = {name: text for name, text in TABLES.items() if name not in ("demand", "travel", "visits", "standards")}
    empty = problem(tables)
    views = views_of(empty, line_of(empty))
    assert views == ()
    for made in (groups_table, zones_table, worst_table, cumulative_table, equity_table, points_table):
        assert not len(made(empty, views))
