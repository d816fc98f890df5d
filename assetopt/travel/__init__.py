"""How far people are from services: minutes by mode and kilometres between zones and sites."""

from __future__ import annotations

from assetopt.travel.build import build_travel
from assetopt.travel.made import Basis
from assetopt.travel.matrix import Travel
from assetopt.travel.modes import members, split_modes
from assetopt.travel.params import CROW, TravelParams

__all__ = ["CROW", "Basis", "Travel", "TravelParams", "build_travel", "members", "split_modes"]
