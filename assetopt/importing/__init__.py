"""Registers as bodies publish them, turned into a data package with every row and every defect accounted for."""

from assetopt.importing.draft import draft_mapping
from assetopt.importing.imported import Imported, import_registers
from assetopt.importing.mapping import FORMATS, Mapping, read_mapping

__all__ = ["FORMATS", "Imported", "Mapping", "draft_mapping", "import_registers", "read_mapping"]
