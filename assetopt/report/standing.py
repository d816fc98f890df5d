"""A report that stands in its folder, and its page and workbook written anew with what was found about the plan since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assetopt.problem import Problem
from assetopt.report.audit import read_plan_document
from assetopt.report.document import totals_document
from assetopt.report.layers import plan_layers
from assetopt.report.reading import certificate_of
from assetopt.report.tables import Table, report_tables
from assetopt.result import Result
from assetopt.verify import Recount


@dataclass(frozen=True)
class Standing:
    """A report folder's plan with its tables.

    Attributes
    ----------
    document : mapping
        ``plan.json``.
    own : mapping of str to Table
        The report's own tables.
    """

    result: Result
    document: Mapping[str, object]
    own: Mapping[str, Table]

    @classmethod
    def of(cls, folder: Path, problem: Problem, recount: Recount) -> Standing:
        """Return the report in ``folder``, whose plan was recounted."""
        document = read_plan_document(folder)
        told = document["certificate"]
        assert isinstance(told, dict)
        result = Result(problem, certificate_of(told), recount)
        return cls(result, document, report_tables(result))

    def page(
        self, more: Mapping[str, Table], pictures: Mapping[str, str], explained: Mapping[str, object]
    ) -> dict[str, bytes]:
        """Return ``report.html`` with a calendar's tables and pictures and an explanation, where there are such."""
        from assetopt.report.page import PAGE_FILE, report_page
        from assetopt.report.write import partner_names

        layers = plan_layers(self.result.problem.estate, self.own, str(self.result.totals["plan_status"]))
        names = partner_names(self.result)
        return {
            PAGE_FILE: report_page(self.document, {**self.own, **more}, layers, names, pictures, explained).encode()
        }

    def workbook(self, more: Mapping[str, Table], sheets: Sequence[str]) -> dict[str, bytes]:
        """Return ``plan.xlsx`` with more sheets behind its own."""
        from assetopt.report.workbook import BOOK_FILE, workbook_bytes

        totals = totals_document(self.result.totals)
        return {BOOK_FILE: workbook_bytes(self.result, {**self.own, **more}, totals, sheets)}
