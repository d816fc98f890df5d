"""The facts about a shared estate: every table of the data package as a typed frame, checked against the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assetopt.errors import DataError, Issue
from assetopt.estate.raw import SourceFile


@dataclass(frozen=True, eq=False)
class Estate:
    """Partners, sites, spaces, teams, demand and the rest, read and checked.

    Attributes
    ----------
    name : str
        Name of the data package.
    tables : mapping of str to pandas.DataFrame
        One typed frame a table, all tables of the contract; an absent one has no rows but all its columns. Text is
        ``str`` with "" for missing, numbers are float64 with NaN, booleans are ``bool`` where the contract has a
        default and ``boolean`` with NA elsewhere, dates are datetime64 with NaT, and several values in one cell are
        text with ``;`` between them. Columns stand in contract order, then ``pop_``, then ``x_``; rows as they were
        read.
    present : frozenset of str
        Tables that have rows.
    warnings : tuple of Issue
        What is odd but does not stop a run.
    files : tuple of SourceFile
        What was read; empty for an estate made from frames.

    Notes
    -----
    Contract defaults are filled in. A missing number that only the model assumes a value for stays NaN.
    ``sites`` and ``demand`` have both lat/lon and easting/northing.
    """

    name: str
    tables: Mapping[str, pd.DataFrame]
    present: frozenset[str]
    warnings: tuple[Issue, ...] = ()
    files: tuple[SourceFile, ...] = ()

    @classmethod
    def from_frames(cls, name: str = "estate", **frames: pd.DataFrame) -> Estate:
        """Make an estate from pandas frames, with the same checks as for files.

        Parameters
        ----------
        name : str
            Name of the estate.
        **frames : pandas.DataFrame
            Tables by name: ``sites=..., teams=...``. Cells may be text or typed. The index is not looked at.

        Raises
        ------
        DataError
            With every fault found; a place reads ``sites, row 3, rent``, where the first row of a frame is row 2, as in
            a spreadsheet.
        """
        from assetopt.estate.building import build_estate, unknown_table
        from assetopt.estate.raw import from_frame
        from assetopt.estate.records import RECORDS

        unknown = [Issue(table, "unknown table", unknown_table(table)) for table in frames if table not in RECORDS]
        if unknown:
            raise DataError(unknown)
        return build_estate(name, [from_frame(table, frame) for table, frame in frames.items()])

    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the tables that are present as CSV, and ``datapackage.json``; see `assetopt.estate.writing`."""
        from assetopt.estate.writing import write_estate

        return write_estate(self, Path(folder))

    def equals(self, other: Estate) -> bool:
        """Say whether both hold the same tables: rows, order, columns, types and values."""
        return self.present == other.present and all(
            frame.equals(other.tables[table]) and list(frame.columns) == list(other.tables[table].columns)
            for table, frame in self.tables.items()
        )

    @property
    def partners(self) -> pd.DataFrame:
        """Organisations, keyed by ``partner_id``."""
        return self.tables["partners"]

    @property
    def sites(self) -> pd.DataFrame:
        """Buildings, keyed by ``site_id``."""
        return self.tables["sites"]

    @property
    def spaces(self) -> pd.DataFrame:
        """Space held, keyed by ``site_id``, ``space_type``."""
        return self.tables["spaces"]

    @property
    def teams(self) -> pd.DataFrame:
        """Teams and service points, keyed by ``team_id``."""
        return self.tables["teams"]

    @property
    def needs(self) -> pd.DataFrame:
        """Space needed, keyed by ``team_id``, ``space_type``."""
        return self.tables["needs"]

    @property
    def placements(self) -> pd.DataFrame:
        """Cost and permission of placing a team at a site, keyed by ``team_id``, ``site_id``."""
        return self.tables["placements"]

    @property
    def cost_shares(self) -> pd.DataFrame:
        """How a site's cost is shared, keyed by ``site_id``."""
        return self.tables["cost_shares"]

    @property
    def compatibility(self) -> pd.DataFrame:
        """Who may share a building, keyed by ``a``, ``b``."""
        return self.tables["compatibility"]

    @property
    def service_types(self) -> pd.DataFrame:
        """Kinds of service, keyed by ``service_type``."""
        return self.tables["service_types"]

    @property
    def interventions(self) -> pd.DataFrame:
        """Works that may be done, keyed by ``intervention_id``."""
        return self.tables["interventions"]

    @property
    def intervention_spaces(self) -> pd.DataFrame:
        """Space that works change, keyed by ``intervention_id``, ``space_type``."""
        return self.tables["intervention_spaces"]

    @property
    def demand(self) -> pd.DataFrame:
        """Zones where people live, keyed by ``zone_id``."""
        return self.tables["demand"]

    @property
    def visits(self) -> pd.DataFrame:
        """Visits a year, keyed by ``zone_id``, ``service_type``."""
        return self.tables["visits"]

    @property
    def point_capacity(self) -> pd.DataFrame:
        """Visits a year that service points take, keyed by ``site_id``, ``service_type``."""
        return self.tables["point_capacity"]

    @property
    def travel(self) -> pd.DataFrame:
        """Minutes, keyed by ``zone_id``, ``site_id``, ``mode``; always long, and only pairs that can be reached."""
        return self.tables["travel"]

    @property
    def blackouts(self) -> pd.DataFrame:
        """Times in which nothing changes, keyed by ``blackout_id``."""
        return self.tables["blackouts"]

    @property
    def precedence(self) -> pd.DataFrame:
        """What comes before what, keyed by ``before``, ``after``."""
        return self.tables["precedence"]

    @property
    def standards(self) -> pd.DataFrame:
        """Access standards, keyed by ``standard_id``."""
        return self.tables["standards"]

    @property
    def funds(self) -> pd.DataFrame:
        """Money a year, keyed by ``fund_id``, ``year``."""
        return self.tables["funds"]
