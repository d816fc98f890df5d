"""A proof is prices; the bound is worked out from them alone, and the best proof is kept beside the best bound."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import county, enumerate_optimum, knapsack, random_program

from assetopt.engines import Task
from assetopt.engines.highs import highs
from assetopt.engines.incumbent import Incumbent
from assetopt.program import Program
from assetopt.proof import Proof, recount
from assetopt.proof.fingerprint import fingerprint, prices_sha256


def shop() -> Program:
    """Worth 60, 100 and 120, weights 10, 20 and 30, room 50, on a base of 1,000."""
    return knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0, offset=1000.0)


def test_a_recount_takes_nothing_from_the_stated_bound() -> None:
    # At the price of 4 a unit: 1,000 - (60 + 100 + 2/3 x 120) = 760, whatever the proof says.
    assert recount(shop(), Proof("relaxation", np.array([-4.0]), 999.0)) == pytest.approx(760.0)


def test_a_proof_of_another_programme_is_refused() -> None:
    with pytest.raises(ValueError, match="2 prices, the programme 1 rows"):
        recount(shop(), Proof("relaxation", np.zeros(2), 0.0))


@pytest.mark.parametrize(
    ("kind", "prices", "bound"),
    [("guess", np.zeros(1), 0.0), ("relaxation", np.array([np.nan]), 0.0), ("relaxation", np.zeros(1), -np.inf)],
)
def test_a_proof_that_proves_nothing_cannot_be_made(kind: str, prices: np.ndarray, bound: float) -> None:
    with pytest.raises(ValueError):
        Proof(kind, prices, bound)  # type: ignore[arg-type]


def test_the_prices_of_a_proof_cannot_be_changed() -> None:
    prices = np.array([-4.0])
    proof = Proof("relaxation", prices, 760.0)
    prices[0] = 0.0
    assert proof.prices.tolist() == [-4.0]
    with pytest.raises(ValueError, match="read-only"):
        proof.prices[0] = 1.0


# --- what the incumbent keeps ----------------------------------------------------------------------------------------


def test_the_best_proof_is_kept_beside_a_better_bound_without_one() -> None:
    best = Incumbent(shop().matrix, Task())
    best.raise_bound(700.0, Proof("relaxation", np.array([-3.0]), 700.0))
    best.raise_bound(770.0)
    better = Proof("relaxation", np.array([-4.0]), 760.0)
    best.raise_bound(760.0, better)
    best.raise_bound(710.0, Proof("relaxation", np.array([-3.5]), 710.0))

    assert best.bound == 770.0
    assert best.proof is better
    assert best.outcome("x", "1").proof is better


def test_a_proof_raises_the_bound_by_itself() -> None:
    best = Incumbent(shop().matrix, Task())
    best.raise_bound(-np.inf, Proof("relaxation", np.array([-4.0]), 760.0))
    assert best.bound == 760.0


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_the_proof_of_a_solve_is_recounted_and_never_above_the_optimum(seed: int, threads: int) -> None:
    program = random_program(seed)
    optimum = enumerate_optimum(program)
    outcome = highs(program, Task(gap=0.0, saving_gap=0.0, threads=threads))
    if optimum is None:
        assert outcome.status == "infeasible"
        return
    assert outcome.proof is not None
    assert recount(program, outcome.proof) == outcome.proof.bound <= optimum + 1e-6


def test_a_relaxation_without_some_rows_still_has_a_price_for_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    import assetopt.engines.highs as engine

    monkeypatch.setattr(engine, "LARGE", 100)
    program, today = county(sites=40, reach=6)
    outcome = highs(program, Task(gap=0.05, saving_gap=0.0, threads=1, start=today))
    assert outcome.proof is not None
    assert outcome.proof.prices.shape == (program.n_rows,)
    assert not outcome.proof.prices[program.matrix.redundant].any()
    assert recount(program, outcome.proof) == outcome.proof.bound


def test_a_programme_without_rows_is_proved_without_a_solver() -> None:
    program = Program()
    program.charge("worth", program.add_columns("take", 2), [-5.0, 3.0])
    outcome = highs(program, Task())
    assert outcome.proof is not None
    assert outcome.proof.bound == pytest.approx(-5.0)


# --- fingerprints ----------------------------------------------------------------------------------------------------


def test_the_same_programme_has_the_same_fingerprint() -> None:
    assert fingerprint(random_program(3)) == fingerprint(random_program(3))


def test_a_fingerprint_forgives_the_last_digits_of_a_sum() -> None:
    one, other = (knapsack([0.3, 2.0], [weight, 1.0], 5.0) for weight in (0.3, 0.1 + 0.2))
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    "other",
    [
        knapsack([60.0, 100.1, 120.0], [10.0, 20.0, 30.0], 50.0, offset=1000.0),
        knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.1], 50.0, offset=1000.0),
        knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.1, offset=1000.0),
        knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0, offset=1000.1),
    ],
    ids=["cost", "entry", "side", "offset"],
)
def test_another_programme_has_another_fingerprint(other: Program) -> None:
    assert fingerprint(other).sha256 != fingerprint(shop()).sha256


def test_the_digest_of_prices_sees_the_last_digit() -> None:
    rows = np.array([3, 7])
    assert prices_sha256(rows, np.array([0.3, 1.0])) != prices_sha256(rows, np.array([0.1 + 0.2, 1.0]))
