"""A calendar beside the plan's years: capital that falls in another financial year, and consents before vesting."""

from __future__ import annotations

from datetime import date

import pytest
from estates import plan_of, problem

from assetopt.calendar.case import Schedule
from assetopt.calendar.decide import steps
from assetopt.calendar.facts import diary
from assetopt.calendar.run import Calendar, calendar_for
from assetopt.calendar.settings import Settings
from assetopt.calendar.tables import calendar_tables
from assetopt.verify import judge

FREE = Settings(handover_months=0, approval_months=0, consultation_months=0, time_limit=10.0)

TABLES = {
    "sites": "site_id,partner_id,name,easting,northing,tenure,use_status\n"
        "home,council,Home,600000,150000,freehold,in_use\nother,council,Other,601000,150000,freehold,in_use\n",
    "spaces": "site_id,space_type,capacity\nhome,office,20\nother,office,0\n",
    "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\n",
    "needs": "team_id,space_type,amount\nt,office,10\n",
    "interventions": "intervention_id,site_id,capital_cost,months\nfit,other,120000,6\n",
    "intervention_spaces": "intervention_id,space_type,capacity_change\nfit,office,10\n",
}  # fmt: skip


def test_capital_falls_in_the_years_in_which_the_works_run() -> None:
    # Six months of works at £120,000, booked to 2028 by the plan: £20,000 a month. Done by the start of month 3 after
    # 1 April 2027 (July), they ran from January: three months (£60,000) in 2026/27, three in 2027/28, none in 2028/29.
    asked = problem(TABLES, appraisal={"as_at": "2026-04-01"})
    recount = judge(asked, plan_of(asked, build={"fit": 2028}, move={"t": ("other", 2028)}))
    assert recount.verdict.ok, recount.verdict.violations
    assert recount.line is not None
    laid = diary(asked, recount.plan, recount.line, FREE)
    done = laid.months.of(date(2027, 7, 1))
    from assetopt.calendar.capital import capital_by_year, elsewhere

    schedule = Schedule((done,), (done,), (-1,), (done,), (), ())
    rows = list(capital_by_year(laid, schedule))
    assert rows == [
        ("fit", "other", "council", 2028, 2026, 3, pytest.approx(60_000)),
        ("fit", "other", "council", 2028, 2027, 3, pytest.approx(60_000)),
    ]
    assert elsewhere(laid, schedule) == pytest.approx(120_000)
    found = calendar_for(asked, recount, FREE, threads=1)
    assert isinstance(found, Calendar)
    assert calendar_tables(found)["calendar_capital"].frame["capital"].sum() == pytest.approx(120_000)


def test_a_sale_before_vesting_needs_consent_or_waits_for_it() -> None:
    # Handed back at the end of March 2027 and sold three months later, on 1 July 2027: nine months before vesting. Held so long
    # the empty building costs 9 x £1,000 (£12,000 a year), and the receipt comes nine months later.
    tables = {
        "partners": "partner_id,name,sector,successor_id,vesting_date\nnorth,North,council,county,2028-04-01\n"
            "county,County,council,,\n",
        "sites": "site_id,partner_id,name,easting,northing,tenure,use_status,market_value,months_to_sale,on_exit,holding_cost\n"
            "lane,north,Lane,600000,150000,freehold,vacant,170000,3,sell,12000\n"
            "hall,county,Hall,601000,150000,freehold,in_use,,,sell,\n",
        "spaces": "site_id,space_type,capacity\nhall,office,9\n",
        "teams": "team_id,partner_id,name,service_type,site_id\nt,county,T,admin,hall\n",
        "needs": "team_id,space_type,amount\nt,office,1\n",
    }  # fmt: skip
    asked = problem(tables, appraisal={"as_at": "2026-04-01"})
    recount = judge(asked, plan_of(asked, leave={"lane": 2027}))
    assert recount.verdict.ok, recount.verdict.violations
    assert recount.line is not None
    laid = diary(asked, recount.plan, recount.line, FREE)
    march = laid.months.of(date(2027, 3, 1))
    schedule = Schedule((), (), (), (), (march,), ())
    (consent,) = [step for step in steps(laid, schedule) if step.kind == "consent"]
    assert (consent.day, consent.subject, consent.partner) == (date(2027, 7, 1), "lane", "north")
    assert consent.what == "have the consent of county to dispose of lane, or wait until vesting on 2028-04-01"
    assert consent.lost == pytest.approx(9 * (1_000 + float(laid.late_receipt[0])))
    late = laid.months.of(date(2028, 1, 1))  # sold on 1 May 2028, after vesting
    assert not [step for step in steps(laid, Schedule((), (), (), (), (late,), ())) if step.kind == "consent"]
