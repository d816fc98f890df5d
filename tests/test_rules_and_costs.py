"""A rule or cost is one file: registered, explained and tested, or it is not finished."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import assetopt
from assetopt.account import PARTS
from assetopt.costs import COSTS
from assetopt.rules import RULES

PACKAGE = Path(assetopt.__file__).parent
TESTS = Path(__file__).parent
NOT_COSTS = {"__init__", "aim", "flow", "ledger"}


def files(room: str) -> list[str]:
    return sorted(path.stem for path in (PACKAGE / room).glob("*.py") if path.stem not in NOT_COSTS)


MODULES = [("rules", name) for name in files("rules")] + [("costs", name) for name in files("costs")]


@pytest.mark.parametrize(("room", "name"), MODULES)
def test_every_rule_and_cost_is_registered_under_its_file_name(room: str, name: str) -> None:
    module = import_module(f"assetopt.{room}.{name}")
    assert name == module.NAME
    assert {"rules": RULES, "costs": COSTS}[room][name] is module


@pytest.mark.parametrize(("room", "name"), MODULES)
def test_every_rule_and_cost_is_explained(room: str, name: str) -> None:
    module = import_module(f"assetopt.{room}.{name}")
    first = (module.__doc__ or "").strip().splitlines()[0]
    assert len(first) > 20
    said = [face for face in ("flows", "on_top", "price") if hasattr(module, face)]
    assert room == "rules" or len(said) == 1
    for face in ("constrain", "violations") if room == "rules" else (*said, "amount"):
        assert getattr(module, face).__doc__, f"{room}/{name}.py, {face} has no docstring"


@pytest.mark.parametrize(("room", "name"), MODULES)
def test_every_rule_and_cost_has_a_test_file(room: str, name: str) -> None:
    assert "\ndef test_" in (TESTS / room / f"test_{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COSTS)
def test_every_cost_belongs_to_one_part_of_the_objective(name: str) -> None:
    assert COSTS[name].TOTAL in PARTS


def test_there_are_rules_and_costs() -> None:
    assert len(MODULES) == len(RULES) + len(COSTS) > 25
