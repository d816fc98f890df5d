"""Pages that open anywhere, offline: no request, readable without scripts, every name escaped."""

from assetopt.report.page.report_page import PAGE_FILE, report_page

__all__ = ["PAGE_FILE", "report_page"]
