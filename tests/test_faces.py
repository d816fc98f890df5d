"""Said to the solver or said to the checker, every rule and every cost is the same: all plans of tiny estates show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec

import pytest
from estates import problem
from faces import Faces, compare, proofs
from money_cases import ASKING, FUNDED, asking, funded

from assetopt.errors import SolverError
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.rules import RULES

Settings = dict[str, object]


@dataclass(frozen=True, eq=False)
class Case:
    """A tiny estate, the scenario laid over the plain one, and which plans to try.

    ``shares`` are those that a divisible team may take; ``forbidden`` tries to move and close who may not.
    """

    tables: dict[str, str]
    settings: Settings = field(default_factory=dict)
    shares: tuple[float, ...] = ()
    forbidden: bool = False

    def problem(self, engine: str = "highs") -> Problem:
        """Return the problem, for one engine."""
        exact = {"gap": 0.0, "saving_gap": 0.0, "time_limit": 60.0, "threads": 1, "engine": engine}
        return problem(self.tables, **{**self.settings, "solver": exact})


def priced_estate() -> Case:
    """Every cost of a site at once: a freehold, a lease with a break, a candidate, works that take space away."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,status,tenure,gia_m2,running_cost,variable_share,lifecycle_cost,business_rates,fixed_cost,fixed_cost_until,income,rent,landlord_partner_id,lease_end,lease_break,break_notice_months,break_penalty,dilapidations,backlog,backlog_year,market_value,sale_cost_share,disposal_deductions,months_to_sale,holding_cost,opening_cost,end_value,use_status
hall,council,Hall,600000,150000,existing,freehold,100,9000,0.3,700,400,300,2028-06-30,250,,,,,,,,5000,2028,40000,0.02,1000,12,900,,,in_use
annex,nhs,Annex,601000,150000,existing,leasehold,50,5000,0.2,0,200,100,,0,2000,,2029-09-30,2028-03-31,6,800,1500,700,,,,,0,0,,,in_use
new,council,New,602000,150000,candidate,freehold,80,4000,0.1,100,0,0,,0,500,police,,,,,,0,,,,,,,6000,8000,in_use
""",
            "spaces": """
site_id,space_type,capacity,variable_cost
hall,office,10,
hall,clinic,2,
annex,office,4,60
new,office,12,
""",
            "teams": """
team_id,partner_id,name,service_type,site_id,movable,closable,move_cost,closing_cost,running_cost
desk,council,Desk,admin,hall,yes,no,500,,
ward,nhs,Ward,health,annex,no,yes,300,1200,2500
""",
            "needs": "team_id,space_type,amount\ndesk,office,6\nward,office,4\n",
            "interventions": """
intervention_id,site_id,capital_cost,optimism_class,running_cost_change,months
fit,hall,2000,standard,150,6
""",
            "intervention_spaces": "intervention_id,space_type,capacity_change\nfit,office,3\nfit,clinic,-2\n",
            "placements": """
team_id,site_id,annual_cost,annual_cost_years,one_off_cost
desk,hall,40,3,
desk,new,70,2,90
ward,annex,20,,
""",
        },
        {
            "appraisal": {"discount": "green-book-2026", "residual_value": True, "optimism_bias": True, "as_at": "2026-06-01"},
            "defaults": {"use": "shipped"},
            "limits": {"max_capital": 9000.0},
        },
    )  # fmt: skip


def neighbours_estate() -> Case:
    """A team without a home, one that must not meet it, and two that would rather be together."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,status,tenure,running_cost
a,council,A,600000,150000,existing,freehold,3000
b,nhs,B,601000,150000,existing,licence,2000
""",
            "spaces": "site_id,space_type,capacity\na,office,20\nb,office,20\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,tags,radius_km,move_cost
kids,council,Kids,childcare,a,,5,100
fresh,council,Fresh,custody,,,,
desk,nhs,Desk,advice,b,,,100
""",
            "needs": "team_id,space_type,amount\nfresh,office,5\nkids,office,5\ndesk,office,12\n",
            "compatibility": """
a,b,rule,weight
custody,childcare,must_not,
childcare,advice,prefer,150
""",
        },
        {"change": {"max_moves_per_year": 1}},
        forbidden=True,
    )


def broken_today_estate() -> Case:
    """A must_not that today's homes break, of sides that share a team; and a must."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost
a,council,A,600000,150000,freehold,3000
b,council,B,601000,150000,freehold,2000
c,council,C,602000,150000,freehold,1000
""",
            "spaces": "site_id,space_type,capacity\na,office,10\nb,office,10\nc,office,10\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,tags
one,council,One,red,a,blue
two,council,Two,blue,a,
three,council,Three,red,b,
guard,council,Guard,green,c,
""",
            "needs": "team_id,space_type,amount\none,office,1\ntwo,office,1\nthree,office,1\nguard,office,1\n",
            "compatibility": "a,b,rule,weight\nred,blue,must_not,\nred,red,prefer,70\nblue,blue,prefer,50\ngreen,red,prefer,400\n",
        },
        {"appraisal": {"decision_years": 1}},
    )


def must_estate() -> Case:
    """Reception may only be where advice is, in every year."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,status,tenure,running_cost
a,council,A,600000,150000,existing,freehold,3000
b,council,B,601000,150000,existing,freehold,2000
c,council,C,602000,150000,candidate,freehold,500
""",
            "spaces": "site_id,space_type,capacity\na,office,10\nb,office,10\nc,office,10\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,closable,running_cost
reception,council,Reception,reception,a,no,
advice,council,Advice,advice,a,no,
""",
            "needs": "team_id,space_type,amount\nreception,office,1\nadvice,office,1\n",
            "compatibility": "a,b,rule\nreception,advice,must\n",
        },
    )


def access_estate() -> Case:
    """Every shape of standard on two libraries, one that may open and one outside our reach; visits are priced."""
    zones = ("zone_id,easting,northing,population,district,rural,imd_decile,pop_no_car,pop_old\n"
             "z1,600000,150000,500,north,no,1,100,50\nz2,604000,150000,300,north,no,5,60,80\n"
             "z3,608000,150000,150,south,yes,7,20,40\nz4,614000,150000,50,south,yes,9,0,10\n")  # fmt: skip
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,status,tenure,running_cost
a,council,A,600000,150000,existing,freehold,3000
b,council,B,606000,150000,existing,freehold,2500
c,council,C,610000,150000,candidate,freehold,1500
x,police,X,615000,150000,external,freehold,0
""",
            "spaces": "site_id,space_type,capacity\na,desk,9\nb,desk,9\nc,desk,9\nx,desk,9\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,closable,running_cost,movable
l1,council,L1,library,a,no,,yes
l2,council,L2,library,b,yes,2000,yes
l3,police,L3,library,x,no,,no
""",
            "needs": "team_id,space_type,amount\nl1,desk,2\nl2,desk,3\nl3,desk,1\n",
            "service_types": "service_type,public,min_points,max_points,min_points_per_district\nlibrary,yes,2,3,1\n",
            "demand": zones,
            "visits": "zone_id,service_type,visits\nz1,library,900\nz2,library,400\nz3,library,100\nz4,library,30\n",
            "standards": """
standard_id,service_type,mode,max_minutes,max_km,measure,min_share,segment,per,not_below_today,max_extra_minutes,max_extra_km,max_share_losing,force,penalty
share,library,car,15,,share,0.6,all,all,no,,,,hard,
district,library,car,22,,share,0.3,all,district,no,,,,hard,
rural,library,crow,,9,share,1,rural,all,no,,,,hard,
extra,library,car,60,,share,0,all,all,no,14,,,hard,
losing,library,car,60,,share,0,all,all,no,,,0.75,hard,
mean,library,car,17,,mean,,all,all,no,,,,hard,
soft,library,car,12,,share,0.9,all,district,yes,,,,soft,2
old,library,walk,30,4,share,0.2,pop_old,all,no,,5,,soft,3
trigger,library,car,1,,share,1,all,all,no,,,,trigger,
""",
        },
        {
            "rules": {"access": {}}, "costs": {"journeys": {"value_of_time": 6.0, "mode": "car"}},
            "appraisal": {"discount": 0.035},
        },
    )  # fmt: skip


def split_estate() -> Case:
    """A divisible health team, a whole one, and points that need a fifth of a team."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost
a,nhs,A,600000,150000,freehold,3000
b,nhs,B,604000,150000,freehold,2500
c,nhs,C,609000,150000,freehold,2000
""",
            "spaces": "site_id,space_type,capacity\na,room,10\nb,room,9\nc,room,4\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,divisible,move_cost,movable
mix,nhs,Mix,clinic,a,yes,600,yes
fix,nhs,Fix,clinic,b,no,100,no
""",
            "needs": "team_id,space_type,amount\nmix,room,8\nfix,room,4\n",
            "service_types": "service_type,public,min_points,max_points\nclinic,yes,,2\n",
            "demand": "zone_id,easting,northing,population\nz1,600000,150000,300\nz2,604000,150000,200\nz3,609000,150000,100\n",
            "visits": "zone_id,service_type,visits\nz1,clinic,50\nz3,clinic,70\n",
            "standards": """
standard_id,service_type,mode,max_minutes,min_share,force,penalty
soft,clinic,car,8,1,soft,4
hard,clinic,car,14,0.8,hard,
""",
        },
        {
            "rules": {"access": {}}, "costs": {"journeys": {"value_of_time": 6.0}},
            "defaults": {"use": "shipped", "months_to_sale": 0.0},
        },
        (0.1, 0.2, 0.8),
    )  # fmt: skip


def split_rules_estate() -> Case:
    """Two divisible teams that must not meet, of which one would rather meet a third."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost
a,nhs,A,600000,150000,freehold,3000
b,nhs,B,604000,150000,freehold,2500
c,nhs,C,609000,150000,freehold,2000
""",
            "spaces": "site_id,space_type,capacity\na,room,20\nb,room,20\nc,room,20\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,divisible
red,nhs,Red,red,a,yes
blue,nhs,Blue,blue,b,yes
host,nhs,Host,host,c,no
""",
            "needs": "team_id,space_type,amount\nred,room,4\nblue,room,4\nhost,room,2\n",
            "compatibility": "a,b,rule,weight\nred,blue,must_not,\nred,host,prefer,900\n",
        },
        {"appraisal": {"decision_years": 1}},
        (0.5, 1.0),
    )


def split_must_estate() -> Case:
    """A divisible team that may only be where another divisible one is, to the same share."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost
a,nhs,A,600000,150000,freehold,3000
b,nhs,B,604000,150000,freehold,2500
""",
            "spaces": "site_id,space_type,capacity\na,room,20\nb,room,20\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,divisible
guest,nhs,Guest,guest,a,yes
host,nhs,Host,host,a,yes
""",
            "needs": "team_id,space_type,amount\nguest,room,4\nhost,room,4\n",
            "compatibility": "a,b,rule\nguest,host,must\n",
        },
        {},
        (0.3, 0.5, 1.0),
    )


def overlap_estate() -> Case:
    """Two divisible teams, each on both sides of a must_not that today breaks."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost
a,nhs,A,600000,150000,freehold,3000
b,nhs,B,604000,150000,freehold,2500
""",
            "spaces": "site_id,space_type,capacity\na,room,20\nb,room,20\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,divisible
one,nhs,One,red,a,yes
two,nhs,Two,red,a,yes
""",
            "needs": "team_id,space_type,amount\none,room,4\ntwo,room,4\n",
            "compatibility": "a,b,rule,weight\nred,red,must_not,\n",
        },
        {"appraisal": {"decision_years": 1}},
        (0.3, 0.5, 1.0),
    )


def tenures_estate() -> Case:
    """A lease that must be left, and a licence under a superior interest; limits on sites and carbon."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost,rent,lease_end,security_of_tenure,replacement_rent,dilapidations,head_site_id,backlog,market_value,carbon_t,fixed_cost
short,police,Short,600000,150000,leasehold,1000,700,2028-03-31,no,900,300,,100,,5,
desk,police,Desk,600100,150000,licence,500,100,,,,,head,,,2,50
head,council,Head,600100,150000,freehold,2000,,,,,,,,9000,9,
""",
            "spaces": "site_id,space_type,capacity\nshort,office,5\ndesk,office,9\nhead,office,9\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,earliest_move
beat,police,Beat,police,short,2027
post,police,Post,police,desk,2028
""",
            "needs": "team_id,space_type,amount\nbeat,office,4\npost,office,4\n",
        },
        {
            "limits": {"max_sites": 2, "max_carbon": 14.5, "min_sites": 1},
            "appraisal": {"residual_value": True, "discount": 0.035},
        },
    )


def market_estate() -> Case:
    """Three freeholds in one market, of which one a year may be sold by itself, and a lease that can be sublet."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,use_status,running_cost,market_value,sale_cost_share,months_to_sale,market_area,rent,sublet_income
hall,council,Hall,600000,150000,freehold,in_use,900,3000,0.1,0,town,,
barn,nhs,Barn,600100,150000,freehold,vacant,40,2500,,12,town,,
yard,council,Yard,600200,150000,freehold,vacant,40,2400,,0,town,,
shop,nhs,Shop,600300,150000,leasehold,vacant,300,,,,,100,80
""",
            "spaces": "site_id,space_type,capacity\nhall,office,9\nbarn,office,9\nyard,office,9\nshop,office,9\n",
            "teams": "team_id,partner_id,name,service_type,site_id\ncrew,council,Crew,admin,hall\n",
            "needs": "team_id,space_type,amount\ncrew,office,4\n",
            "disposal_triggers": "site_id,kind,months\nyard,planning,6\n",
        },
        {"disposals": {"haircut": [0.0, 0.4, 0.5], "max_per_year_per_area": 2}, "appraisal": {"discount": 0.035}},
    )


def contracts_estate() -> Case:
    """A pfi contract, a lease that ends behind the decision years without security, one without an exit; all may go."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,use_status,running_cost,rent,lease_end,security_of_tenure,replacement_rent,dilapidations,backlog,backlog_year,fixed_cost,fixed_cost_until,break_notice_months,months_to_sale,holding_cost,head_site_id
unit,council,Unit,600000,150000,pfi,in_use,1500,800,2029-03-31,,,,,,200,,,12,30,
late,council,Late,600100,150000,leasehold,vacant,1000,700,2029-09-30,no,900,300,100,2030,40,2028-12-31,24,,,
long,council,Long,600200,150000,leasehold,vacant,1000,650,,,,250,60,2035,20,,,,,late
""",
            "spaces": "site_id,space_type,capacity\nunit,office,5\nlate,office,5\nlong,office,9\n",
            "teams": "team_id,partner_id,name,service_type,site_id\ncrew,council,Crew,admin,unit\n",
            "needs": "team_id,space_type,amount\ncrew,office,4\n",
        },
        {"appraisal": {"residual_value": True, "discount": 0.035}},
    )


def decided_estate() -> Case:
    """Decisions taken, a candidate to be opened, lead time, works under a cap, and a home that is overfull today."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,status,tenure,running_cost,lock,opening_cost,market_value,sale_cost_share
a,council,A,600000,150000,existing,freehold,3000,,,8000,0
b,council,B,601000,150000,existing,freehold,2500,close,,5000,0
c,council,C,602000,150000,candidate,freehold,1000,keep,400,,
""",
            "spaces": "site_id,space_type,capacity\na,office,3\nb,office,10\nc,office,6\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,movable
big,council,Big,admin,a,no
mid,council,Mid,admin,b,yes
""",
            "needs": "team_id,space_type,amount\nbig,office,7\nmid,office,5\n",
            "interventions": """
intervention_id,site_id,capital_cost,months
w1,a,100,3
w2,c,200,5
""",
            "intervention_spaces": "intervention_id,space_type,capacity_change\nw1,office,4\nw2,office,-0.5\n",
        },
        {
            "appraisal": {"as_at": "2027-01-01"}, "change": {"lead_months": 4, "max_sites_in_works_per_year": 1},
            "limits": {"min_receipts": 4000.0}, "rules": {"capacity": {"headroom": 0.1}},
        },
    )  # fmt: skip


def overfull_estate() -> Case:
    """A home that holds more than it should today: what is there may stay, and another may take its place."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost
a,council,A,600000,150000,freehold,3000
b,council,B,601000,150000,freehold,2500
""",
            "spaces": "site_id,space_type,capacity\na,office,3\nb,office,10\n",
            "teams": "team_id,partner_id,name,service_type,site_id\nbig,council,Big,admin,a\nmid,council,Mid,admin,b\n",
            "needs": "team_id,space_type,amount\nbig,office,7\nmid,office,5\n",
        },
        {"decisions": {"move": {"mid": "a"}}},
    )


def early_home_estate() -> Case:
    """A team that lives at a candidate, which has to be opened at once, beside one that nobody would open."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,status,tenure,running_cost,opening_cost
a,council,A,600000,150000,candidate,freehold,3000,100
b,council,B,601000,150000,existing,freehold,2500,
""",
            "spaces": "site_id,space_type,capacity\na,office,3\nb,office,10\n",
            "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,a\nu,council,U,admin,a\n",
            "needs": "team_id,space_type,amount\nt,office,2\n",
        },
    )


def funded_estate() -> Case:
    """Capital, revenue and receipts in funds that may help the other partner."""
    return Case(FUNDED, funded("aligned"))


def asking_estate() -> Case:
    """Partners that test the plan and settle up."""
    return Case(ASKING, asking(True))


def assigned_estate() -> Case:
    """Visits that the plan assigns, with room for all at the nearest point, and long ways priced."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost
a,council,A,600000,150000,freehold,3000
b,council,B,601000,150000,freehold,900
""",
            "spaces": "site_id,space_type,capacity\na,room,9\nb,room,9\n",
            "teams": """
team_id,partner_id,name,service_type,site_id,movable,closable
la,council,LA,library,a,no,yes
lb,council,LB,library,b,no,yes
""",
            "needs": "team_id,space_type,amount\nla,room,1\nlb,room,1\n",
            "service_types": "service_type,public\nlibrary,yes\n",
            "demand": "zone_id,easting,northing,population\nz1,600000,150000,9\nz2,601000,150000,6\nz3,602000,150000,3\n",
            "travel": "zone_id,site_id,mode,minutes\nz1,a,car,5\nz1,b,car,11\nz2,a,car,8\nz2,b,car,9\nz3,a,car,25\n",
            "visits": "zone_id,service_type,visits\nz1,library,50\nz2,library,30\nz3,library,20\n",
            "point_capacity": "site_id,service_type,visits\na,library,100\n",
        },
        {
            "costs": {
                "journeys": {"value_of_time": 30.0, "assignment": "system"},
                "equity": {"price": 2.0, "aversion_minutes": 10.0},
            }
        },
    )


def steps_estate() -> Case:
    """A desk that the public visits, a back office, and buildings behind steps, one of which works can mend."""
    return Case(
        {
            "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost,use_status,step_free
home,council,Home,600000,150000,freehold,900,in_use,no
steps,council,Steps,601000,150000,freehold,100,vacant,no
dark,council,Dark,602000,150000,freehold,300,vacant,
""",
            "spaces": "site_id,space_type,capacity\nhome,office,9\nsteps,office,9\ndark,office,9\n",
            "teams": """
team_id,partner_id,name,service_type,site_id
desk,council,D,desk,home
back,council,B,admin,home
""",
            "needs": "team_id,space_type,amount\ndesk,office,2\nback,office,3\n",
            "service_types": "service_type,public\ndesk,yes\nadmin,no\n",
            "interventions": "intervention_id,site_id,capital_cost,months,makes_step_free\n"
            "ramp,steps,150,0,yes\nlift,dark,50,0,yes\n",
        },
        {"rules": {"step_free": {"unknown": "refused"}}},
    )


def no_plan_estate() -> Case:
    """A site that is to be left and whose team fits nowhere else."""
    case = must_estate()
    return Case({**case.tables, "compatibility": "a,b,rule\nreception,advice,must_not\n"}, {"limits": {"max_sites": 0}})


CASES: dict[str, Callable[[], Case]] = {
    made.__name__: made
    for made in (
        priced_estate, neighbours_estate, broken_today_estate, must_estate, access_estate, split_estate,
        split_rules_estate, split_must_estate, overlap_estate, tenures_estate, market_estate, contracts_estate,
        decided_estate, overfull_estate, early_home_estate, funded_estate, asking_estate, assigned_estate,
        no_plan_estate, steps_estate,
    )
}  # fmt: skip


@cache
def faces(name: str) -> Faces:
    """Judge every plan of a case once for all tests."""
    case = CASES[name]()
    return compare(case.problem(), case.shares, case.forbidden)


@pytest.mark.parametrize("name", CASES)
def test_rows_hold_exactly_when_nothing_is_broken_and_prices_are_what_is_recounted(name: str) -> None:
    found = faces(name)
    assert not found.apart, f"{len(found.apart)} of {found.plans} plans, such as\n" + "\n".join(found.apart[:5])
    assert found.plans > found.valid


def test_between_them_the_estates_break_every_rule_by_itself() -> None:
    assert frozenset().union(*(faces(name).broken for name in CASES)) == set(RULES)


ENGINES = ["highs", "cbc", "cp-sat"]
MODULES = {"highs": "assetopt.engines.highs", "cbc": "assetopt.engines.pulp", "cp-sat": "assetopt.engines.cpsat"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", CASES)
def test_every_engine_finds_the_least_cost_of_all_plans(name: str, engine: str) -> None:
    if find_spec(MODULES[engine]) is None:
        pytest.skip(f"the engine {engine} is not in this version")
    case, found = CASES[name](), faces(name)
    asked = case.problem(engine)
    if case.shares and engine == "cp-sat":
        with pytest.raises(SolverError, match="divisible teams"):
            optimise(asked)
        return
    certificate = optimise(asked).certificate
    if found.valid == 0:
        assert certificate.status == "infeasible"
        return
    assert certificate.status in proofs(asked, engine)
    assert certificate.objective is not None
    assert certificate.bound is not None
    assert certificate.bound <= certificate.objective
    if case.shares:  # shares between those that were tried may be better still
        assert certificate.objective <= found.best + 1e-6 * abs(found.best)
    else:
        assert certificate.objective == pytest.approx(found.best, rel=1e-6)
