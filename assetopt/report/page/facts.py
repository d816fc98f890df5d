"""What a page may say: the document and the tables of a report, and no other figure, so that none can differ from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd
from markupsafe import Markup

from assetopt.account.bridge import ALL
from assetopt.report.layers import Layer
from assetopt.report.page.words import name
from assetopt.report.tables import Table, table_of

_BODIES = {
    "_private": "private owners and tenants", "_public": "other public bodies", "_billing_authority": "the billing authority",
    "_exchequer": "the exchequer", ALL: "all partners",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """A report as it was written.

    Attributes
    ----------
    document : mapping
        ``plan.json``.
    tables : mapping of str to Table
        Those that the reader may see; one that is missing counts as empty.
    layers : mapping of str to Layer
        The map.
    partners : mapping of str to str
        Names by id; an id without one stands for itself.
    pictures : mapping of str to str
        ``svg`` elements by title, of what the tables of a calendar say.
    explained : mapping
        ``explain.json``, where there is one.
    """

    document: Mapping[str, object]
    tables: Mapping[str, Table]
    layers: Mapping[str, Layer] = field(default_factory=dict)
    partners: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    explained: Mapping[str, object] = field(default_factory=dict)

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table's rows."""
        found = self.tables.get(table)
        return (table_of(table, pd.DataFrame()) if found is None else found).frame

    def part(self, key: str) -> Mapping[str, object]:
        """Return a part of the document that is an object; empty where it is missing."""
        found = self.document.get(key)
        return found if isinstance(found, Mapping) else {}

    def entries(self, key: str) -> list[Mapping[str, object]]:
        """Return a part of the document that is a list of objects."""
        return _objects(self.document.get(key))

    def entries_of(self, key: str) -> list[Mapping[str, object]]:
        """Return a part of the explanation that is a list of objects; empty where there is none."""
        return _objects(self.explained.get(key))

    def total(self, key: str) -> float | None:
        """Return a total; None where it is not known or kept back."""
        value = self.part("totals").get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    @cached_property
    def status(self) -> str:
        """``plan_status``."""
        return str(self.part("totals").get("plan_status", ""))

    @property
    def decided(self) -> bool:
        """Whether the plan is a decision; before that everything is an option."""
        return self.status == "decided"

    @cached_property
    def _sites(self) -> dict[str, str]:
        sites = self.frame("sites")
        return dict(zip(sites["site_id"], sites["name"], strict=True))

    def site(self, key: object) -> Markup:
        """Return a site's name, or its id where it has none."""
        return name(self._sites.get(str(key)) or key)

    def site_words(self, key: object) -> str:
        """Return a site's name as it stands in the data, not escaped."""
        return str(self._sites.get(str(key)) or key)

    def partner(self, key: object) -> Markup:
        """Return a partner's name, or what a reserved body is."""
        return name(self.partner_words(key))

    def partner_words(self, key: object) -> str:
        """Return it not escaped."""
        return _BODIES.get(str(key)) or self.partners.get(str(key)) or str(key)


def _objects(found: object) -> list[Mapping[str, object]]:
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def service(key: object) -> str:
    """Return a service or another word of the data with spaces."""
    return str(key).replace("_", " ")
