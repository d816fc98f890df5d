"""Two libraries, a site that could be a third, and four zones of 100, 200, 300 and 400 people with minutes by car and walk."""

from __future__ import annotations

from estates import problem

from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,tenure,use_status
west,council,W,600000,150000,freehold,in_use
east,council,E,610000,150000,freehold,in_use
mid,council,M,605000,150000,freehold,vacant
"""
TABLES = {
    "sites": SITES,
    "spaces": "site_id,space_type,capacity\nwest,desk,9\neast,desk,9\nmid,desk,9\n",
    "teams": "team_id,partner_id,name,service_type,site_id,closable\nlw,council,LW,library,west,no\n"
        "le,council,LE,library,east,yes\n",
    "needs": "team_id,space_type,amount\nlw,desk,1\nle,desk,1\n",
    "service_types": "service_type,public\nlibrary,yes\n",
    # straight lines in km: west 0 3 9 20, east 10 7 1 10, mid 5 2 4 15
    "demand": """
zone_id,easting,northing,population,district,ward,imd_decile,rural,pop_no_car,pop_over_75
z1,600000,150000,100,north,w1,1,no,40,10
z2,603000,150000,200,north,w2,3,no,20,
z3,609000,150000,300,south,w3,2,yes,30,60
z4,620000,150000,400,south,,,,10,80
""",
    "travel": """
zone_id,site_id,mode,minutes
z1,west,car,5
z1,east,car,30
z1,mid,car,15
z2,west,car,12
z2,east,car,25
z2,mid,car,8
z3,west,car,28
z3,east,car,6
z3,mid,car,14
z4,west,car,50
z4,east,car,20
z4,mid,car,40
z1,west,walk,10
z2,mid,walk,4
z3,east,walk,15
""",
}  # fmt: skip


def town(row: str, columns: str, access: dict[str, object] | None = None, **settings: object) -> Problem:
    """Return the town with one standard for libraries; ``row`` holds the cells of ``columns``."""
    standards = f"standard_id,service_type,{columns}\ns,library,{row}\n"
    return problem({**TABLES, "standards": standards}, rules={"access": {} if access is None else access}, **settings)
