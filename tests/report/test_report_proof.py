"""certificate.json holds what the bound rests on, and every tampering with it is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_estate import solved, write_model

from assetopt.optimise import formulate, optimise
from assetopt.proof import Proof, recount
from assetopt.proof.fingerprint import prices_sha256
from assetopt.read import read_model
from assetopt.report import verify_folder
from assetopt.report.proof_audit import check_proof
from assetopt.report.proving import solver_name
from assetopt.result import Result

Document = dict
Edit = Callable[[Document], object]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


@pytest.fixture
def out(result: Result, tmp_path: Path) -> Path:
    return result.write(tmp_path / "out")


def read(out: Path, name: str = "certificate.json") -> Document:
    return json.loads((out / name).read_text(encoding="utf-8"))


def edited(out: Path, change: Edit, name: str = "certificate.json") -> str:
    """Change one of the JSON files and return what the verifier says, one breach a line."""
    document = read(out, name)
    change(document)
    (out / name).write_text(json.dumps(document), encoding="utf-8")
    verdict = verify_folder(out)
    assert not verdict.ok
    return "\n".join(violation.message for violation in verdict.violations)


def signed(document: Document) -> None:
    """Let the digest of the prices fit them again, as a forger would."""
    prices = document["prices"]
    document["prices_sha256"] = prices_sha256(np.array(prices["rows"]), np.array(prices["values"]))


# --- what is written -------------------------------------------------------------------------------------------------


def test_the_proof_has_its_keys_in_a_fixed_order(out: Path) -> None:
    assert list(read(out)) == [
        "schema_version", "status", "objective", "objective_today", "bound", "gap", "saving_gap", "sentence",
        "reductions", "programme", "steps", "prices", "prices_sha256",
    ]  # fmt: skip


def test_the_figures_are_those_of_plan_json(out: Path) -> None:
    proof, certificate = read(out), read(out, "plan.json")["certificate"]
    for name in ("status", "objective", "objective_today", "bound", "gap", "saving_gap", "sentence", "reductions"):
        assert proof[name] == certificate[name]


def test_the_prices_read_back_give_the_stated_bound_to_the_last_digit(result: Result, out: Path) -> None:
    document, program = read(out), formulate(result.problem).program
    prices = np.zeros(program.n_rows)
    prices[document["prices"]["rows"]] = document["prices"]["values"]

    step = document["steps"][0]

    assert recount(program, Proof(step["kind"], prices, 0.0)) == step["bound"]


def test_the_steps_say_what_rests_on_prices_and_what_on_a_solver(result: Result, out: Path) -> None:
    prices, tree = read(out)["steps"]
    assert (prices["kind"], prices["recountable"]) == ("relaxation", True)
    assert prices["rests_on"] == "row prices in this file, recounted by assetopt verify"
    assert (tree["kind"], tree["recountable"], tree["bound"]) == ("branching", False, result.certificate.bound)
    version = result.certificate.engine_version
    assert tree["rests_on"] == f"the branch and bound tree of HiGHS {version}, not recountable without it"


def test_the_same_run_writes_the_same_proof(out: Path, tmp_path: Path) -> None:
    again = solved(tmp_path / "again").write(tmp_path / "second")
    assert (again / "certificate.json").read_bytes() == (out / "certificate.json").read_bytes()


def test_a_bound_that_prices_reach_rests_on_no_solver(result: Result, tmp_path: Path) -> None:
    from dataclasses import replace

    assert result.proof is not None
    reached = result.proof.bound
    certificate = result.certificate
    gap = (certificate.objective - reached) / certificate.objective
    weaker = replace(certificate, bound=reached, gap=gap, status="feasible")
    out = replace(result, certificate=weaker).write(tmp_path / "out")
    assert [step["kind"] for step in read(out)["steps"]] == ["relaxation"]


@pytest.mark.parametrize(
    ("engine", "engine_version", "name"),
    [
        ("highs", "1.14.0", "HiGHS 1.14.0"),
        ("decomposition", "1.14.0", "HiGHS 1.14.0"),
        ("SCIP_CMD", "", "SCIP_CMD"),
    ],
)
def test_solvers_are_named_as_their_makers_do(engine: str, engine_version: str, name: str) -> None:
    assert solver_name(engine, engine_version) == name


# --- what verify says of it ------------------------------------------------------------------------------------------


def test_verify_says_what_it_recounted_and_what_rests_on_the_solver(result: Result, out: Path) -> None:
    verdict = verify_folder(out)

    assert verdict.ok
    assert result.proof is not None
    assert verdict.bound_recounted == pytest.approx(result.proof.bound, rel=1e-9)
    assert f"Bound recounted from prices: £{result.proof.bound:,.2f}, saving gap " in verdict.sentence
    rest = result.certificate.bound - result.proof.bound
    assert f"the rest, £{rest:,.2f}, rests on the branch and bound tree of HiGHS" in verdict.sentence
    assert verdict.as_dict()["bound_recounted"] == verdict.bound_recounted


def test_a_folder_without_a_proof_verifies_and_says_so(out: Path) -> None:
    (out / "certificate.json").unlink()
    verdict = verify_folder(out)
    assert verdict.ok
    assert "The bound was not checked: there is no certificate.json." in verdict.sentence
    assert verdict.bound_recounted is None


def test_a_folder_of_an_earlier_version_verifies(out: Path) -> None:
    (out / "certificate.json").unlink()
    document = read(out, "plan.json")
    del document["certificate"]["reductions"]
    (out / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    assert verify_folder(out).ok


def test_a_bound_without_prices_is_told_as_the_solvers_word(tmp_path: Path) -> None:
    from dataclasses import replace

    result = replace(solved(tmp_path), proof=None)
    out = result.write(tmp_path / "out")
    assert read(out)["prices"] == {"rows": [], "values": []}
    verdict = verify_folder(out)
    assert verdict.ok
    assert (
        f"No part of the bound was recounted: £{result.certificate.bound:,.2f} rests on the branch" in verdict.sentence
    )


# --- tampering -------------------------------------------------------------------------------------------------------


def lower_a_price(document: Document) -> None:
    document["prices"]["values"][0] *= 0.9


def test_a_tampered_multiplier_is_found_by_its_digest_and_by_the_recount(out: Path) -> None:
    told = edited(out, lower_a_price)
    assert "certificate.json, prices_sha256: the prices are not those that were written" in told
    assert "certificate.json, steps: the prices give a bound of £" in told


def test_a_tampered_multiplier_with_a_forged_digest_is_found_by_the_recount(out: Path, result: Result) -> None:
    assert result.proof is not None

    def forge(document: Document) -> None:
        lower_a_price(document)
        signed(document)

    told = edited(out, forge)
    assert "prices_sha256" not in told
    assert f"the file states £{result.proof.bound:,.2f}" in told


def test_a_price_that_is_left_out_is_found(out: Path) -> None:
    def shorten(document: Document) -> None:
        document["prices"]["rows"].pop(0)
        document["prices"]["values"].pop(0)
        signed(document)

    assert "the prices give a bound of £" in edited(out, shorten)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["steps"][0].update(bound=d["steps"][0]["bound"] + 1000), "the prices give a bound of £"),
        (lambda d: d["steps"][0].update(bound=d["objective"] + 1000), "the prices give a bound of £"),
        (lambda d: d["steps"][0].update(kind="sites"), "the prices give a bound of £"),
        (lambda d: d["steps"][0].update(kind="location"), "the prices give no bound, the file states £"),
        (lambda d: d["steps"][1].update(bound=d["bound"] - 7), "certificate.json, steps, 2, bound: the file says"),
        (lambda d: d["steps"][1].update(recountable=True), "certificate.json, steps, 2, recountable: the file says true"),
        (lambda d: d["steps"][1].update(rests_on="prices"), 'rests_on: the file says "prices"'),
        (lambda d: d["steps"].pop(), "certificate.json, steps: the file says"),
        (lambda d: d["steps"].pop(0), "there are prices, but no step that rests on them"),
        (lambda d: d.update(bound=d["bound"] - 1), "certificate.json, bound: the file says"),
        (lambda d: d.update(status="feasible"), 'certificate.json, status: the file says "feasible", plan.json says "optimal"'),
        (lambda d: d.update(objective=d["objective"] - 1), "certificate.json, objective: the file says"),
        (lambda d: d.update(gap=0.1), "certificate.json, gap: the file says 0.1"),
        (lambda d: d.update(sentence="Fine."), 'certificate.json, sentence: the file says "Fine."'),
        (lambda d: d.update(reductions={"pairs": 3}), "certificate.json, reductions: the file says"),
        (lambda d: d.pop("gap"), "certificate.json, gap: is missing"),
        (lambda d: d["programme"].update(sha256="0" * 64), "certificate.json, programme, sha256: the file says"),
        (lambda d: d["programme"].update(rows=1), "certificate.json, programme, rows: the file says 1"),
        (lambda d: d["prices"]["rows"].__setitem__(0, 10**9), "certificate.json, prices: the rows are not rising"),
        (lambda d: d["prices"]["rows"].__setitem__(0, 10**400), "is no number that can be counted with"),
        (lambda d: d["prices"]["rows"].reverse(), "certificate.json, prices: the rows are not rising"),
        (lambda d: d["prices"]["values"].pop(), "not two lists of the same length"),
        (lambda d: d["prices"]["values"].__setitem__(0, "much"), "a value no number"),
        (lambda d: d.update(prices=[]), "not two lists of the same length"),
        (lambda d: d.update(steps={}), "its steps are not of the form"),
        (lambda d: d.update(schema_version="9"), 'schema version "9"'),
        (lambda d: d.pop("prices_sha256"), "certificate.json: cannot be read: it lacks prices_sha256"),
    ],
)  # fmt: skip
def test_an_edit_of_the_proof_is_found_and_named(out: Path, result: Result, change: Edit, message: str) -> None:
    document, certificate = read(out), result.certificate
    change(document)
    (out / "certificate.json").write_text(json.dumps(document), encoding="utf-8")
    assert certificate.objective is not None

    found = check_proof(out, certificate.as_dict(), result.problem, certificate.objective, certificate.objective_today)

    assert any(message in violation.message for violation in found.violations)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"prices": NaN}'])
def test_a_proof_that_cannot_be_read_is_a_breach(out: Path, text: str) -> None:
    (out / "certificate.json").write_text(text, encoding="utf-8")
    verdict = verify_folder(out)
    assert not verdict.ok
    assert "certificate.json: cannot be read" in verdict.violations[0].message


def test_a_bound_raised_in_both_files_beyond_the_plan_is_found(out: Path) -> None:
    def raise_it(document: Document) -> None:
        document["bound"] += 5000.0

    for name in ("certificate.json",):
        document = read(out, name)
        raise_it(document)
        (out / name).write_text(json.dumps(document), encoding="utf-8")
    told = edited(out, lambda document: raise_it(document["certificate"]), "plan.json")
    assert "which is more than the plan costs" in told


def test_a_bound_below_what_the_prices_give_is_found(out: Path, result: Result) -> None:
    # Whoever understates the bound, in both files and in words, still has prices that say more.
    assert result.proof is not None
    low = result.proof.bound - 1000.0
    document = read(out)
    document["bound"] = low
    document["steps"] = document["steps"][:1]
    (out / "certificate.json").write_text(json.dumps(document), encoding="utf-8")
    told = edited(out, lambda plan: plan["certificate"].update(bound=low), "plan.json")
    assert f"the file states £{low:,.2f}, the prices alone give £{result.proof.bound:,.2f}" in told


def test_a_tampered_plan_is_found(out: Path) -> None:
    # The depot is kept after all, the nurses stay: the plan costs as much as today, which is not what is stated.
    def keep(plan: Document) -> None:
        plan["sites"][0].update(action="keep", year=None)
        next(row for row in plan["teams"] if row["team_id"] == "nurses").update(
            action="stay", site_id="depot", year=None
        )

    told = edited(out, keep, "plan.json")
    assert "certificate, objective: the file says 141351" in told


def test_a_proof_of_other_inputs_is_found_by_its_fingerprint(out: Path, tmp_path: Path) -> None:
    # The same county whose hall costs £1 a year more to run: everything recounted alike but the programme.
    model = write_model(tmp_path / "other")
    path = tmp_path / "other" / "data" / "sites.csv"
    text = path.read_text(encoding="utf-8")
    assert "100000" in text
    path.write_text(text.replace("100000", "100001"), encoding="utf-8")
    other = optimise(read_model(model).problem()).write(tmp_path / "other_out")
    (other / "certificate.json").write_bytes((out / "certificate.json").read_bytes())
    told = "\n".join(violation.message for violation in verify_folder(other).violations)
    assert "certificate.json, programme, sha256" in told
