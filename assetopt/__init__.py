"""Optimises shared public estates: which buildings to keep, leave, open or invest in, which team moves where and when.

The public names below are loaded when they are first used, so that ``import assetopt`` and ``--help`` are quick.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetopt.api import verify as verify
    from assetopt.certificate import Certificate as Certificate
    from assetopt.compare import Comparison as Comparison
    from assetopt.compare import compare as compare
    from assetopt.engines.outcome import Progress as Progress
    from assetopt.errors import AssetoptError as AssetoptError
    from assetopt.errors import DataError as DataError
    from assetopt.errors import InputError as InputError
    from assetopt.errors import Issue as Issue
    from assetopt.errors import ScenarioError as ScenarioError
    from assetopt.errors import SolverError as SolverError
    from assetopt.estate import Estate as Estate
    from assetopt.optimise import optimise as optimise
    from assetopt.plan import Plan as Plan
    from assetopt.plan import Violation as Violation
    from assetopt.problem import Problem as Problem
    from assetopt.read import Model as Model
    from assetopt.read import read_estate as read_estate
    from assetopt.read import read_model as read_model
    from assetopt.read import read_scenario as read_scenario
    from assetopt.report.audience import Audience as Audience
    from assetopt.report.audit import FolderVerdict as FolderVerdict
    from assetopt.report.exporting import export as export
    from assetopt.report.reading import read_result as read_result
    from assetopt.result import Result as Result
    from assetopt.scenario import Scenario as Scenario
    from assetopt.verify import Verdict as Verdict

    __version__: str

_HOMES = {
    "AssetoptError": "errors",
    "Audience": "report.audience",
    "Certificate": "certificate",
    "Comparison": "compare",
    "DataError": "errors",
    "Estate": "estate",
    "FolderVerdict": "report.audit",
    "InputError": "errors",
    "Issue": "errors",
    "Model": "read",
    "Plan": "plan",
    "Problem": "problem",
    "Progress": "engines.outcome",
    "Result": "result",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "SolverError": "errors",
    "Verdict": "verify",
    "Violation": "plan",
    "compare": "compare",
    "export": "report.exporting",
    "optimise": "optimise",
    "read_estate": "read",
    "read_model": "read",
    "read_result": "report.reading",
    "read_scenario": "read",
    "verify": "api",
}
"""Where each public name lives."""

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("assetopt")
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(f"assetopt.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'assetopt' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Keeps ``assetopt.optimise`` and ``assetopt.verify`` the functions, although modules of the same names exist."""

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and name in _HOMES:
            return  # the import system would bind the module here; it stays in sys.modules
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
