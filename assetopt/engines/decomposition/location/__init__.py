"""Pure location problems: which sites to keep, and which of them serves each team that has no home yet."""

from __future__ import annotations

from assetopt.engines.decomposition.location.recognise import Location, recognise
from assetopt.engines.decomposition.location.solve import solve

__all__ = ["Location", "recognise", "solve"]
