"""Three partners with a building and a team each, small enough to work every coalition out on paper (thousands of pounds).

            costs a year   room   team needs
    a  A         100         60       20
    b  B          60         60       20
    c  C          40         20       20

Four years, nothing discounted; a building that is left in the first year saves four years; a move costs 10.

    alone                       nobody can leave: 0
    a and b   ta to B           400 - 10 = 390       (tb to A would save 240 - 10)
    a and c   tc to A           160 - 10 = 150
    b and c   tc to B           160 - 10 = 150
    all       ta and tc to B    400 + 160 - 20 = 540
"""

from __future__ import annotations

from pathlib import Path

import estates

PARTNERS = "partner_id,name,sector\na,Council,council\nb,Trust,nhs\nc,Police,police\n"
SITES = (
    "site_id,partner_id,name,easting,northing,tenure,running_cost,gia_m2\n"
    "A,a,A,600000,150000,freehold,100000,600\nB,b,B,600100,150000,freehold,60000,300\nC,c,C,600200,150000,freehold,40000,100\n"
)
SPACES = "site_id,space_type,capacity\nA,office,60\nB,office,60\nC,office,20\n"
TEAMS = (
    "team_id,partner_id,name,service_type,site_id,move_cost,fte\n"
    "ta,a,TA,admin,A,10000,30\ntb,b,TB,admin,B,10000,20\ntc,c,TC,admin,C,10000,10\n"
)
NEEDS = "team_id,space_type,amount\nta,office,20\ntb,office,20\ntc,office,20\n"
TABLES = {"partners": PARTNERS, "sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS}

V = {"a": 0, "b": 0, "c": 0, "a+b": 390_000, "a+c": 150_000, "b+c": 150_000, "a+b+c": 540_000}


def estate():
    """The three partners' estate."""
    return estates.estate(**TABLES)


def scenario(**tables: object):
    """The question: one decision year, four years of costs."""
    return estates.scenario(appraisal={"decision_years": 1}, **tables)


MODEL = """name = "Three"
data = "data"

[appraisal]
base_year = 2027
decision_years = 1
appraisal_years = 4
discount = 0.0
residual_value = false
optimism_bias = false

[defaults]
use = "none"

[solver]
gap = 0.0
saving_gap = 0.0
threads = 1
"""


def write_model(folder: Path) -> Path:
    """Write data package and scenario; return the scenario file."""
    estate().write(folder / "data")
    path = folder / "three.toml"
    path.write_text(MODEL, encoding="utf-8")
    return path
