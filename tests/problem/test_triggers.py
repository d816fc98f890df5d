"""What lengthens a sale: months that are added, never a block."""

from __future__ import annotations

from estates import GONE, line_of, plan_of, problem
from faces import both_faces

from assetopt.explanations import site_reasons
from assetopt.problem import Problem
from assetopt.problem.disposals import trigger_kinds
from assetopt.verify import judge

SITES = """
site_id,partner_id,name,easting,northing,tenure,market_value,months_to_sale,holding_cost
home,council,Home,600000,150000,freehold,1000,6,10
other,council,Other,601000,150000,freehold,,,
"""


def asked(triggers: str, **settings: object) -> Problem:
    tables = {
        "sites": SITES,
        "spaces": "site_id,space_type,capacity\nhome,office,9\nother,office,9\n",
        "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\n",
        "needs": "team_id,space_type,amount\nt,office,1\n",
        "disposal_triggers": "site_id,kind,months,reason\n" + triggers,
    }
    return problem(tables, **settings)


def test_months_are_added_one_after_the_other() -> None:
    # 6 + 5 + 2 = 13 months: two whole years void (2 x £10), sold at the start of 2029
    p = asked("home,acv,5,a pub\nhome,planning,2,\n")
    assert p.facts.sites.months_to_sale[0] == 13
    assert p.void_years[0] == 2
    assert both_faces(p, "holding", line_of(p, **GONE)) == (20, 20)
    assert both_faces(p, "receipts", line_of(p, **GONE)) == (-1000, -1000)


def test_months_that_are_not_given_are_shipped_and_written_down_with_their_source() -> None:
    p = asked("home,acv,,\nhome,public_register,,\n", defaults={})
    # 6 + the full moratorium of 6 + 40 working days, 2 months
    assert p.facts.sites.months_to_sale[0] == 14
    used = {entry.parameter: entry for entry in p.assumptions if entry.table == "disposal_triggers"}
    assert {name: (entry.value, entry.rows) for name, entry in used.items()} == {
        "triggers.acv": (6.0, 1),
        "triggers.public_register": (2.0, 1),
    }
    assert "Localism Act 2011" in used["triggers.acv"].source
    assert asked("home,acv,,\n").facts.sites.months_to_sale[0] == 6  # use = "none": nothing is assumed


def test_the_reason_of_a_sale_names_what_it_waits_for() -> None:
    p = asked("home,statutory_consent,8,\n")
    recount = judge(p, plan_of(p, **GONE))
    assert recount.line is not None
    assert recount.books is not None
    told = site_reasons(p, recount.line, recount.books, recount.plan).set_index("site_id")["reason"]
    assert "the sale takes 14 months, of which statutory consent 8 months" in told["home"]


def test_every_kind_has_months_a_range_and_a_source() -> None:
    from typing import get_args

    from assetopt.estate.records import DisposalTrigger

    kinds = trigger_kinds()
    assert set(kinds) == set(get_args(DisposalTrigger.model_fields["kind"].annotation))
    assert all(kind.source and kind.range and kind.about for kind in kinds.values())
