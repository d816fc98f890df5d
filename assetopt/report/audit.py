"""Checking a report folder as an auditor would: recount the plan from its inputs, and compare every figure it states.

No solver takes part. The bound is worked out again from the prices in ``certificate.json``; what a solver's own tree
added to it is told apart. Whether gap, status and sentence follow from the bound is checked in any case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from assetopt.certificate import POUNDS, Certificate, Unit, gap_of, saving_gap_of, sentence
from assetopt.costs.aim import unit_of
from assetopt.errors import DataError, InputError, Issue
from assetopt.plan import Plan, Violation
from assetopt.report.approvals import check_approvals
from assetopt.report.comparing import compare_csv, compare_object, compare_rows, same_number, stated
from assetopt.report.document import INTERIM, PLAN_FILE, SCHEMA_VERSION, STUDY_FILE, plan_document, read_json
from assetopt.report.geojson import MAP_FILE, compare_map
from assetopt.report.inputs import INPUTS, NETWORK, SCENARIO_FILE
from assetopt.report.layers import plan_layers
from assetopt.report.proof_audit import ProofVerdict, check_proof
from assetopt.report.tables import IN_PLAN, Table, report_tables
from assetopt.verify import judge, judge_today

if TYPE_CHECKING:
    from assetopt.problem import Problem
    from assetopt.result import Result
    from assetopt.verify import Recount

KEYS = (
    "schema_version", "assetopt_version", "scenario", "inputs", "certificate", "verdict", "totals", "sites", "teams",
    "interventions", "access", "cash", "assumptions",
)  # fmt: skip
"""Keys without which a file is no plan."""


@dataclass(frozen=True)
class FolderVerdict:
    """What the recount of a report folder found.

    Attributes
    ----------
    violations : tuple of Violation
        Breaches of rules by the plan, then (rule "inputs") inputs that are not what was solved, then (rule "stated")
        every figure that the folder states and the recount does not find.
    objective_recomputed : float or None
        £; None where the plan cannot be laid out.
    sentence : str
        The finding in plain words, and what part of the bound was recounted.
    bound_recounted : float or None
        What the prices in ``certificate.json`` prove, £; None where there are none.
    """

    violations: tuple[Violation, ...]
    objective_recomputed: float | None
    sentence: str
    bound_recounted: float | None = None

    @property
    def ok(self) -> bool:
        """True where nothing differs and no rule is broken."""
        return not self.violations

    def as_dict(self) -> dict[str, object]:
        """Return the verdict as a JSON object."""
        return {
            "ok": self.ok,
            "violations": [violation.as_dict() for violation in self.violations],
            "objective_recomputed": self.objective_recomputed,
            "bound_recounted": self.bound_recounted,
            "sentence": self.sentence,
        }


def verify_folder(path: str | Path) -> FolderVerdict:
    """Recount a report folder from its own inputs and compare everything it states.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder that `write_report` wrote.

    Raises
    ------
    DataError
        Where there is nothing to verify: no folder, no readable ``plan.json``, no ``inputs/``.
    """
    folder = Path(path)
    document = read_plan_document(folder)
    found = [*_inputs(folder, document), *check_approvals(folder, document)]
    try:
        problem = problem_of(folder)
        problem.cover_tests  # noqa: B018 - standards that cannot be read are found here
    except InputError as fault:
        found += [Violation("inputs", issue.where, 1.0, f"{INPUTS}: {issue}") for issue in fault.issues]
        return _verdict(found, None, document, ProofVerdict())
    recount = judge(problem, plan_of(folder, document))
    found += recount.verdict.violations
    objective, proof = recount.verdict.objective_recomputed, ProofVerdict()
    if recount.line is None or objective is None:
        what = "the plan cannot be laid out in years, so its figures were not compared"
        found.append(Violation("stated", PLAN_FILE, 1.0, what))
    else:
        today = _today(problem)
        found += _stated(folder, document, problem, recount, today)
        if document.get(INTERIM) is not True:
            told = document["certificate"]
            assert isinstance(told, dict)
            proof = check_proof(folder, told, problem, objective, today)
            found += proof.violations
    return _verdict(found, objective, document, proof, unit_of(problem.scenario))


def _today(problem: Problem) -> float | None:
    """Return the cost of carrying on as today, £, None where today is no plan."""
    today = judge_today(problem)
    return today.books.objective_today if today is not None and today.books is not None and today.verdict.ok else None


def read_plan_document(folder: Path) -> dict[str, object]:
    """Return ``plan.json`` of a full report; raises DataError where it is none, or is for an audience, or has no inputs."""
    document = read_document(folder)
    if "audience" in document:
        told = document["audience"]
        whose = told.get("for") if isinstance(told, dict) else ""
        what = f"is a report for an audience ({whose}) and has no {INPUTS}/: who holds the full report can verify it"
        raise DataError([Issue(str(folder), what, f"assetopt verify {folder} --against FULL")])
    if not (folder / INPUTS).is_dir():
        what = f"cannot be verified: it has no {INPUTS}/ (written with --no-inputs?)"
        raise DataError([Issue(str(folder), what, "solve again without --no-inputs")])
    return document


def read_document(folder: Path) -> dict[str, object]:
    """Return ``plan.json`` of any report folder; raises DataError where it is not there or is no plan."""
    place = folder / PLAN_FILE
    if not folder.is_dir():
        raise DataError([Issue(str(folder), "there is no such report folder")])
    if not place.is_file() and (folder / STUDY_FILE).is_file():
        what = "is a study, which is for partners only: it says who gains and loses, and names every building"
        raise DataError(
            [Issue(str(folder), what, "name the report folder of a plan; some studies have theirs in plans/")]
        )
    if not place.is_file():
        raise DataError([Issue(str(folder), f"is not a report: it has no {PLAN_FILE}")])

    try:
        document = read_json(place.read_bytes())
    except (OSError, ValueError, RecursionError) as fault:
        raise DataError([Issue(str(place), f"cannot be read as JSON: {fault}")]) from fault
    if not isinstance(document, dict):
        raise DataError([Issue(str(place), "is not a plan: it holds no object")])
    missing = [key for key in KEYS if key not in document]
    if missing:
        raise DataError([Issue(str(place), f"is not a plan: it lacks {', '.join(missing)}")])
    if document["schema_version"] != SCHEMA_VERSION:
        what = f"has schema version {stated(document['schema_version'])}; this version reads {SCHEMA_VERSION}"
        raise DataError([Issue(str(place), what)])
    wrong = [key for key in IN_PLAN if key in document and not _is_rows(document[key])]
    wrong += [
        key for key in ("scenario", "inputs", "certificate", "verdict", "totals") if not isinstance(document[key], dict)
    ]
    if wrong:
        raise DataError([Issue(str(place), f"is not a plan: {', '.join(wrong)} not of the form that is written")])
    return document


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _inputs(folder: Path, document: Mapping[str, object]) -> Iterator[Violation]:
    listed = document["inputs"]
    assert isinstance(listed, dict)
    root = folder / INPUTS
    there = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    for name, sha in sorted(listed.items()):
        if name not in there and name.startswith(f"{NETWORK}/"):
            continue  # minutes on it are recorded; whoever puts it there has it compared
        if name not in there:
            yield Violation("inputs", name, 1.0, f"{INPUTS}/{name} is missing")
        elif hashlib.sha256(there[name].read_bytes()).hexdigest() != sha:
            yield Violation("inputs", name, 1.0, f"{INPUTS}/{name} is not the file that was solved (sha256 differs)")
    for name in sorted(there.keys() - listed.keys()):
        yield Violation("inputs", name, 1.0, f"{INPUTS}/{name} was not there when the plan was solved")


def problem_of(folder: Path) -> Problem:
    """Return the problem that the ``inputs/`` of a report folder give."""
    from assetopt.read import read_model

    return read_model(folder / INPUTS / SCENARIO_FILE).problem()


def plan_of(folder: Path, document: Mapping[str, object]) -> Plan:
    """Return the plan that ``plan.json`` states; raises DataError where it is none."""
    tables = {name: document[name] for name in ("sites", "teams", "interventions", "assignment") if name in document}
    try:
        return Plan.from_records(tables)  # type: ignore[arg-type]
    except (TypeError, ValueError) as fault:
        raise DataError([Issue(str(folder / PLAN_FILE), f"is not a plan: {fault}")]) from fault


def _stated(
    folder: Path, document: Mapping[str, object], problem: Problem, recount: Recount, today: float | None
) -> Iterator[Violation]:
    from assetopt.result import Result

    certificate, faults = _certificate(document, problem, recount.verdict.objective_recomputed, today)
    yield from faults
    result = Result(problem, certificate, recount)
    tables = report_tables(result, weighed=document.get(INTERIM) is not True)
    yield from _document(document, result, tables)
    if document.get(INTERIM) is True:
        return
    for name, table in tables.items():
        yield from compare_csv(folder / f"{name}.csv", table)
    yield from compare_map(folder / MAP_FILE, plan_layers(problem.estate, tables, str(result.totals["plan_status"])))


def _document(document: Mapping[str, object], result: Result, tables: Mapping[str, Table]) -> Iterator[Violation]:
    expected = plan_document(result, {}, tables)
    for name in ("scenario", "verdict", "totals"):
        wanted = expected[name]
        if name == "scenario":  # inputs/ has the data beside it
            wanted = _as_solved(wanted, document[name])  # type: ignore[arg-type]
        yield from compare_object(f"{PLAN_FILE}, {name}", document[name], wanted, 0.0 if name == "scenario" else 0.01)
    for name in IN_PLAN:
        if name in document:
            yield from compare_rows(name, document[name], tables[name])
        else:
            yield Violation("stated", f"{PLAN_FILE}, {name}", 1.0, f"{PLAN_FILE}: {name} is missing")
    told = document.get("warnings")
    if isinstance(told, list):  # where they stand depends on the form of the tables, what they say does not
        said = [row.get("what") for row in told if isinstance(row, dict)]
        yield from compare_object(f"{PLAN_FILE}, warnings", said, [issue.what for issue in _warnings(result)])


def _as_solved(read: Mapping[str, object], told: Mapping[str, object]) -> dict[str, object]:
    """Return a scenario read from ``inputs/`` with what differs there by design: where data and road network lie."""
    out = {**read, "data": told.get("data")}
    travel, before = read["travel"], told.get("travel")
    if isinstance(travel, dict) and isinstance(before, dict) and travel.get("recorded"):
        out["travel"] = {**travel, "recorded": before.get("recorded")}
        if Path(str(before.get("network"))).name == travel["network"]:
            out["travel"]["network"] = before["network"]  # type: ignore[index]
    return out


def _warnings(result: Result) -> tuple[Issue, ...]:
    return result.warnings


# --- certificate -----------------------------------------------------------------------------------------------------


def _certificate(
    document: Mapping[str, object], problem: Problem, objective: float | None, today: float | None
) -> tuple[Certificate, list[Violation]]:
    """Return the certificate that follows from the recount and the stated bound, and what the file states otherwise."""
    told = document["certificate"]
    assert isinstance(told, dict)
    bound = told.get("bound")
    bound = float(bound) if isinstance(bound, int | float) and not isinstance(bound, bool) else None
    faults: list[Violation] = []

    def fault(name: str, message: str) -> None:
        faults.append(Violation("stated", f"certificate.{name}", 1.0, f"{PLAN_FILE}, certificate, {name}: {message}"))

    if bound is not None and objective is not None and bound > objective + 0.01 + 1e-9 * abs(objective):
        fault("bound", f"the file says {stated(bound)}, which is more than the plan costs, {stated(objective)}")
    # Within rounding the stated figures are used, so that gap and sentence are what the file's own figures give.
    cost = _near(told.get("objective"), objective)
    base = _near(told.get("objective_today"), today)
    gap = gap_of(cost, bound)
    status = "optimal" if gap is not None and gap <= 1e-6 else "feasible"
    stopped, solver, unit = str(told.get("stopped", "")), problem.scenario.solver, unit_of(problem.scenario)
    expected: dict[str, object] = {
        "status": status, "objective": cost, "objective_today": base, "gap": gap,
        "saving_gap": saving_gap_of(cost, bound, base, unit.saves), "threads": solver.threads, "seed": solver.seed,
        "sentence": sentence(status, cost, bound, base, stopped, (), unit),  # type: ignore[arg-type]
    }  # fmt: skip
    owed = [part.name for part in fields(Certificate) if part.default is MISSING and part.default_factory is MISSING]
    for name in (name for name in (*owed, "reasons", "notes") if name not in told):
        fault(name, "is missing")
    for name, value in expected.items():
        here = told.get(name)
        if name in told and not (same_number(here, value, 1e-9) if isinstance(value, float) else here == value):
            fault(name, f"the file says {stated(here)}, the recount says {stated(value)}")
    certificate = Certificate(
        status=status, objective=cost, objective_today=base, bound=bound, gap=gap,  # type: ignore[arg-type]
        saving_gap=saving_gap_of(cost, bound, base, unit.saves), engine="", engine_version="", seconds=0.0,
        threads=solver.threads, seed=solver.seed, sentence=str(expected["sentence"]), stopped=stopped,
    )  # fmt: skip
    return certificate, faults


def _near(told: object, recounted: float | None) -> float | None:
    """Return the stated figure where it is the recounted one to the penny, else the recounted one."""
    if recounted is None or isinstance(told, bool) or not isinstance(told, int | float):
        return recounted
    return float(told) if same_number(told, recounted, 0.01) else recounted


def _verdict(
    found: list[Violation],
    objective: float | None,
    document: Mapping[str, object],
    proof: ProofVerdict,
    unit: Unit = POUNDS,
) -> FolderVerdict:
    if found:
        rules = sum(violation.rule not in ("stated", "inputs") for violation in found)
        parts = [f"{rules} breaches of rules"] if rules else []
        other = len(found) - rules
        parts += [f"{other} things that are not as stated"] if other else []
        text = f"not verified: {' and '.join(parts)}"
        if document["assetopt_version"] != version("assetopt"):
            text += f" (written by assetopt {document['assetopt_version']}; this is {version('assetopt')})"
        return FolderVerdict(tuple(found), objective, text, proof.recounted)
    told = document["certificate"]
    words = str(told.get("sentence", "")) if isinstance(told, dict) else ""
    recounted = f"every stated figure is what the recount gives ({unit.exact(objective or 0.0)})"
    text = f"verified: every rule holds, and {recounted}. {words} {proof.sentence}".rstrip()
    if document.get(INTERIM) is True:
        text += f" Saved while the search was running: only {PLAN_FILE} was looked at, and the bound was not checked."
    return FolderVerdict((), objective, text, proof.recounted)
