"""The facts about a shared estate: one record type a table, the `Estate` that holds them, and their checks."""

from __future__ import annotations

from assetopt.estate.estate import Estate
from assetopt.estate.raw import SourceFile

__all__ = ["Estate", "SourceFile"]
