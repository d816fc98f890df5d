"""The contract for machines: ``plan.json``, with everything a plan states, in fixed order and without clock times."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assetopt.report.tables import IN_PLAN, Table, report_tables

if TYPE_CHECKING:
    from assetopt.errors import Issue
    from assetopt.result import Result
    from assetopt.scenario import Scenario

SCHEMA_VERSION = "1.0"
PLAN_FILE = "plan.json"
STUDY_FILE = "study.json"
"""What tells the folder of a study, which is no report and for partners only."""
INTERIM = "interim"
"""Key of a ``plan.json`` that was saved while the search was running; a finished one has no such key."""


def plan_document(
    result: Result,
    inputs: Mapping[str, str],
    tables: Mapping[str, Table] | None = None,
    totals: Mapping[str, float | int | str | None] | None = None,
    warnings: bool = True,
) -> dict[str, object]:
    """Return ``plan.json`` as Python objects.

    Parameters
    ----------
    result : Result
        With a plan.
    inputs : mapping of str to str
        sha256 of every file, by its name inside ``inputs/``.
    tables : mapping, optional
        From `report_tables`, where they have been made already.
    totals : mapping, optional
        Where they are not those of the result.
    warnings : bool
        Whether they are stated.
    """
    from importlib.metadata import version

    tables = report_tables(result) if tables is None else tables
    verdict = result.verdict
    return {
        "schema_version": SCHEMA_VERSION,
        "assetopt_version": version("assetopt"),
        "scenario": scenario_document(result.problem.scenario),
        "inputs": dict(sorted(inputs.items())),
        "certificate": result.certificate.as_dict(),
        "verdict": None if verdict is None else verdict.as_dict(),
        "totals": totals_document(result.totals if totals is None else totals),
        **{name: tables[name].records() for name in IN_PLAN},
        "warnings": warnings_document(result.warnings) if warnings else [],
    }


def scenario_document(scenario: Scenario) -> dict[str, object]:
    """Return every setting with the value in force, ``null`` where there is none; ``calendar`` where the scenario has it."""
    return scenario.model_dump(mode="json", exclude=unasked(scenario))


def unasked(scenario: Scenario) -> set[str]:
    """Return the tables that are no part of a plan's question and that its scenario does not have."""
    return {"calendar"} - scenario.model_fields_set


def totals_document(totals: Mapping[str, float | int | str | None]) -> dict[str, float | int | str | None]:
    """Return the totals with money to the penny and carbon to the kilogram."""
    return {name: _total(name, value) for name, value in totals.items()}


def _total(name: str, value: float | int | str | None) -> float | int | str | None:
    if not isinstance(value, float):
        return value
    return round(value, 3 if name == "carbon_t" else 2) + 0.0


def warnings_document(warnings: tuple[Issue, ...]) -> list[dict[str, str]]:
    """Return what is odd in the data."""
    return [{"where": issue.where, "what": issue.what, "fix": issue.fix} for issue in warnings]


def json_text(document: object) -> str:
    """Return JSON text: indented by one, names as they are spelt, a line feed at the end, never NaN."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(content: bytes) -> object:
    """Return what a JSON file of a report holds; NaN, infinite numbers and whole numbers beyond 64 bits are none.

    Raises
    ------
    ValueError, RecursionError
        Where it is no JSON of that kind.
    """

    def refuse(word: str) -> float:
        raise ValueError(f"{word[:40]} is no number that can be counted with")

    def whole(word: str) -> int:
        return int(word) if len(word) < 19 else int(refuse(word))

    def broken(word: str) -> float:
        return value if math.isfinite(value := float(word)) else refuse(word)

    return json.loads(content.decode("utf-8"), parse_constant=refuse, parse_int=whole, parse_float=broken)
