"""Checking the proof of a report folder: the bound is worked out again from the prices in it, without any solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assetopt.certificate import Unit, saving_gap_of
from assetopt.costs.aim import unit_of
from assetopt.plan import Violation
from assetopt.proof import KINDS, Proof, recount
from assetopt.proof.fingerprint import fingerprint, prices_sha256
from assetopt.report.comparing import compare_object, stated
from assetopt.report.document import PLAN_FILE, SCHEMA_VERSION, read_json
from assetopt.report.proving import PROOF_FILE, SAME, rounding, steps

if TYPE_CHECKING:
    from assetopt.problem import Problem
    from assetopt.program import Floats, Program

RELATIVE = 1e-6
"""By how much a recounted bound may differ from the stated one."""


@dataclass
class ProofVerdict:
    """What was found about the bound: breaches, what the prices give (£, None where there are none), and both in words."""

    violations: list[Violation] = field(default_factory=list)
    recounted: float | None = None
    sentence: str = ""


def check_proof(
    folder: Path, plan_certificate: Mapping[str, object], problem: Problem, objective: float, today: float | None
) -> ProofVerdict:
    """Check ``certificate.json`` of a folder against ``plan.json``'s certificate, the inputs and the recounted cost.

    Parameters
    ----------
    folder : pathlib.Path
    plan_certificate : mapping
        ``certificate`` of ``plan.json``.
    problem : Problem
        Read from the folder's inputs.
    objective, today : float
        Recounted cost of the plan and of carrying on as today (None where today is no plan), £.
    """
    place, verdict = folder / PROOF_FILE, ProofVerdict()
    if not place.is_file():
        verdict.sentence = f"The bound was not checked: there is no {PROOF_FILE}."
        return verdict
    try:
        document = _read(place)
    except (OSError, ValueError, RecursionError) as fault:
        verdict.violations.append(_breach(f"cannot be read: {fault}"))
        return verdict
    for name in SAME:
        wanted = plan_certificate.get(name)
        if name not in document:
            verdict.violations.append(_breach("is missing", name))
        elif document[name] != wanted:
            verdict.violations.append(
                _breach(f"the file says {stated(document[name])}, {PLAN_FILE} says {stated(wanted)}", name)
            )
    from assetopt.optimise import formulate

    program = formulate(problem).program
    wrong = list(compare_object(f"{PROOF_FILE}, programme", document["programme"], fingerprint(program).as_dict()))
    verdict.violations += wrong
    prices, faults = _prices(document, program)
    verdict.violations += faults
    if prices is None:
        return verdict
    _check_bound(
        document, plan_certificate, program, prices, bool(wrong), objective, today, verdict, unit_of(problem.scenario)
    )
    return verdict


def _read(place: Path) -> dict[str, object]:
    document = read_json(place.read_bytes())
    if not isinstance(document, dict):
        raise ValueError("it holds no object")
    missing = [
        name for name in ("schema_version", "programme", "steps", "prices", "prices_sha256") if name not in document
    ]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    if document["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"schema version {stated(document['schema_version'])}; this version reads {SCHEMA_VERSION}")
    listed = document["steps"]
    if not isinstance(listed, list) or not all(
        isinstance(step, dict) and _is_number(step.get("bound")) for step in listed
    ):
        raise ValueError("its steps are not of the form that is written")
    return document


def _prices(document: Mapping[str, object], program: Program) -> tuple[Floats | None, list[Violation]]:
    """Return the prices of all rows, (m,), or None and why they cannot be used."""
    told = document["prices"]
    rows = told.get("rows") if isinstance(told, dict) else None
    values = told.get("values") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not isinstance(values, list) or len(rows) != len(values):
        return None, [_breach("rows and values are not two lists of the same length", "prices")]
    if not all(type(row) is int and _is_number(row) for row in rows) or not all(_is_number(value) for value in values):
        return None, [_breach("a row is no whole number, or a value no number", "prices")]
    number, value = np.array(rows, dtype=np.float64), np.array(values, dtype=np.float64)
    if (
        (np.diff(number) <= 0).any()
        or ((number < 0) | (number >= program.n_rows)).any()
        or not np.isfinite(value).all()
    ):
        return None, [
            _breach("the rows are not rising row numbers of the programme, or a value is not finite", "prices")
        ]
    at = number.astype(np.int64)
    prices = np.zeros(program.n_rows)
    prices[at] = value
    sha = prices_sha256(at, value)
    if sha != document["prices_sha256"]:
        return prices, [_breach("the prices are not those that were written", "prices_sha256")]
    return prices, []


def _check_bound(
    document: Mapping[str, object],
    plan_certificate: Mapping[str, object],
    program: Program,
    prices: Floats,
    other_programme: bool,
    objective: float,
    today: float | None,
    verdict: ProofVerdict,
    unit: Unit,
) -> None:
    """Recount the price step, and compare the steps with what the certificate's figures give."""
    listed: list[dict[str, object]] = document["steps"]  # type: ignore[assignment]
    final = plan_certificate.get("bound")
    final = float(final) if _is_number(final) else None  # type: ignore[arg-type]
    first = listed[0] if listed and listed[0].get("kind") in KINDS else None
    kind, claimed = (None, None) if first is None else (str(first["kind"]), float(first["bound"]))  # type: ignore[arg-type]
    engine, engine_version = (str(plan_certificate.get(name, "")) for name in ("engine", "engine_version"))
    expected = steps(kind, claimed, final, engine, engine_version)
    verdict.violations += compare_object(f"{PROOF_FILE}, steps", listed, expected, 0.0)
    if kind is None or claimed is None:
        if prices.any():
            verdict.violations.append(_breach("there are prices, but no step that rests on them", "steps"))
        verdict.sentence = "No part of the bound was recounted: there are no prices."
        if final is not None:
            verdict.sentence = f"No part of the bound was recounted: {unit.exact(final)} rests on {_tree(expected)}."
        return
    if other_programme:
        return
    found = recount(program, Proof(kind, prices, claimed))  # type: ignore[arg-type]
    if not np.isfinite(found):
        verdict.violations.append(_breach(f"the prices give no bound, the file states {unit.exact(claimed)}", "steps"))
        return
    verdict.recounted = found
    verdict.violations += _compare(found, claimed, final, objective, unit)
    share = saving_gap_of(objective, min(found, objective), today, unit.saves)
    beside = f", saving gap {share:.2%}" if share is not None else ""
    verdict.sentence = f"Bound recounted from prices: {unit.exact(found)}{beside}; nothing rests on a solver."
    if final is not None and len(expected) > 1:
        rest = f"the rest, {unit.exact(final - found)}, rests on {_tree(expected)}"
        verdict.sentence = f"Bound recounted from prices: {unit.exact(found)}{beside}; {rest}."


def _compare(found: float, claimed: float, final: float | None, objective: float, unit: Unit) -> Iterator[Violation]:
    if not abs(found - claimed) <= RELATIVE * max(1.0, abs(claimed)):
        yield _breach(
            f"the prices give a bound of {unit.exact(found)}, the file states {unit.exact(claimed)}",
            "steps",
            abs(found - claimed),
        )
    if found > objective + max(1.0, RELATIVE * abs(objective)):
        what = f"the prices give a bound of {unit.exact(found)}, which is more than the plan costs, {unit.exact(objective)}"
        yield _breach(what, "steps", found - objective)
    if final is None:
        yield _breach("there is a step, but the certificate states no bound", "bound")
    elif final < min(found, objective) - max(rounding(found), RELATIVE * abs(found)):
        yield _breach(
            f"the file states {unit.exact(final)}, the prices alone give {unit.exact(found)}", "bound", found - final
        )


def _tree(expected: list[dict[str, object]]) -> str:
    return str(expected[-1]["rests_on"]).removesuffix(", not recountable without it")


def _is_number(value: object) -> bool:
    """Say whether a value is a number that a float can hold; JSON can spell greater ones."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _breach(message: str, name: str = "", by: float = 1.0) -> Violation:
    where = f"{PROOF_FILE}, {name}" if name else PROOF_FILE
    return Violation("stated", where, by if np.isfinite(by) and by > 0 else 1.0, f"{where}: {message}")
