"""Who may see what: a report for everybody who holds the data, without restricted sites, for one partner, or public.

A view is made of the plan's tables before anything is written, from an allow-list: what is not chosen is not there.
"""

from __future__ import annotations

from assetopt.report.audience.audience import EVERYTHING, Audience, audience_for
from assetopt.report.audience.view import View, view_of

__all__ = ["EVERYTHING", "Audience", "View", "audience_for", "view_of"]
