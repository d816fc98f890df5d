"""Access and room as a planner shows them: who is how far from what, today and after a plan, and how full buildings are.

One idea a module: ``views`` finds every zone's nearest point, ``bands`` says who the groups are, ``spread`` has the
statistics; the others make a table each of them. ``rooms`` counts space instead of people.
"""

from __future__ import annotations

from assetopt.measures.access import access_table, weighted_quantile
from assetopt.measures.cumulative import cumulative_table
from assetopt.measures.equity import equity_table
from assetopt.measures.groups import groups_table
from assetopt.measures.points import overflow_warnings, points_table
from assetopt.measures.rooms import rooms_table
from assetopt.measures.views import View, views_of
from assetopt.measures.zones import worst_table, zones_table

__all__ = [
    "View",
    "access_table",
    "cumulative_table",
    "equity_table",
    "groups_table",
    "overflow_warnings",
    "points_table",
    "rooms_table",
    "views_of",
    "weighted_quantile",
    "worst_table",
    "zones_table",
]
