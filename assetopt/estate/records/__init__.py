"""One record type for each table of the data package, in contract order; everything else is derived from them."""

from __future__ import annotations

from assetopt.estate.fields import Record
from assetopt.estate.records.access import PointCapacity, Standard, Travel, Visit, Zone
from assetopt.estate.records.partners import Compatibility, Need, Partner, Placement, ServiceType, Team
from assetopt.estate.records.places import CostShare, DisposalTrigger, Intervention, InterventionSpace, Site, Space
from assetopt.estate.records.rules import Blackout, Fund, Precedence

RECORDS: dict[str, type[Record]] = {
    record.TABLE: record
    for record in (
        Partner,
        Site,
        Space,
        Team,
        Need,
        Placement,
        CostShare,
        Compatibility,
        ServiceType,
        Intervention,
        InterventionSpace,
        DisposalTrigger,
        Zone,
        Visit,
        PointCapacity,
        Travel,
        Blackout,
        Precedence,
        Standard,
        Fund,
    )
}
REQUIRED_TABLES: tuple[str, ...] = tuple(name for name, record in RECORDS.items() if record.REQUIRED_TABLE)

__all__ = [
    "RECORDS",
    "REQUIRED_TABLES",
    "Blackout",
    "Compatibility",
    "CostShare",
    "DisposalTrigger",
    "Fund",
    "Intervention",
    "InterventionSpace",
    "Need",
    "Partner",
    "Placement",
    "PointCapacity",
    "Precedence",
    "Record",
    "ServiceType",
    "Site",
    "Space",
    "Standard",
    "Team",
    "Travel",
    "Visit",
    "Zone",
]
