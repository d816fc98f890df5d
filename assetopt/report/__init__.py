"""The report of a plan: a folder with the plan for machines, tables, a workbook, and the inputs it was made from."""

from __future__ import annotations

from assetopt.report.audit import FolderVerdict, verify_folder
from assetopt.report.terminal import summary
from assetopt.report.write import refuse_what_stands_there, write_report

__all__ = ["FolderVerdict", "refuse_what_stands_there", "summary", "verify_folder", "write_report"]
