"""The report of a plan: a folder with the plan for machines, tables, a workbook, and the inputs it was made from."""

from __future__ import annotations

from assetopt.report.audience.audience import Audience
from assetopt.report.audit import FolderVerdict, verify_folder
from assetopt.report.notebook import notebook_html
from assetopt.report.plots import plot_access, plot_cash, plot_map
from assetopt.report.terminal import summary
from assetopt.report.write import refuse_what_stands_there, write_report

__all__ = [
    "Audience",
    "FolderVerdict",
    "notebook_html",
    "plot_access",
    "plot_cash",
    "plot_map",
    "refuse_what_stands_there",
    "summary",
    "verify_folder",
    "write_report",
]
