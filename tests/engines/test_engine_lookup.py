"""Engines are found by name, and a wrong name is answered with the right ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assetopt.engines import Engine, available, engine_named
from assetopt.engines.auto import auto
from assetopt.engines.cpsat import cpsat
from assetopt.engines.decomposition import decomposition
from assetopt.engines.highs import highs
from assetopt.engines.pulp import PulpEngine
from assetopt.errors import SolverError


def test_our_own_engines_are_available() -> None:
    assert {"auto", "highs", "cbc", "cp-sat", "decomposition"} <= set(available())


def test_solvers_that_pulp_finds_are_available() -> None:
    assert {"HiGHS", "PULP_CBC_CMD"} <= set(available())


@pytest.mark.parametrize("name", ["highs", "HIGHS", "Highs", " highs "])
def test_highs_is_the_direct_engine_in_any_spelling_but_one(name: str) -> None:
    assert engine_named(name) is highs


def test_the_spelling_of_pulp_is_highs_through_pulp() -> None:
    assert engine_named("HiGHS") == PulpEngine("HiGHS", name="HiGHS")


@pytest.mark.parametrize("name", ["cp-sat", "CP-SAT", "Cp-Sat"])
def test_cp_sat_is_found_in_any_spelling(name: str) -> None:
    assert engine_named(name) is cpsat


@pytest.mark.parametrize("name", ["cbc", "CBC"])
def test_cbc_is_the_one_that_pulp_brings(name: str) -> None:
    assert engine_named(name) == PulpEngine("PULP_CBC_CMD", name="cbc")


def test_a_misspelt_engine_is_answered_with_a_guess() -> None:
    with pytest.raises(SolverError, match='no engine "higsh" here; did you mean "highs"'):
        engine_named("higsh")


def test_an_unknown_engine_is_answered_with_all_that_are_known() -> None:
    with pytest.raises(SolverError, match=r"Known: auto, highs, cbc, cp-sat"):
        engine_named("abacus")


@pytest.mark.parametrize(("name", "engine"), [("auto", auto), ("Auto", auto), ("Decomposition", decomposition)])
def test_auto_and_decomposition_are_found_in_any_spelling(name: str, engine: Engine) -> None:
    assert engine_named(name) is engine


def test_every_available_name_leads_to_an_engine() -> None:
    assert all(callable(engine_named(name)) for name in available())


def test_finding_an_engine_imports_no_solver() -> None:
    code = (
        "import sys; from assetopt.engines import engine_named; engine_named('highs'); engine_named('cp-sat'); "
        "engine_named('cbc'); engine_named('auto'); print(sorted({'highspy', 'ortools', 'pulp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
