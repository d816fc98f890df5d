"""Published access standards, shipped as data (``models/standards``), laid under a data package's own.

``[rules.access] standards = ["post_office", {set = "library/county", service_type = "libraries"}]`` adds the rows of those
files to the ``standards`` table. A row of the data package with the same ``standard_id`` wins, so a published row is changed
by copying it; and a written estate that already holds the rows is read back as it was.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from assetopt.errors import DataError, Issue, ScenarioError, did_you_mean
from assetopt.estate import Estate
from assetopt.estate.access import check_points, check_standards
from assetopt.estate.fields import OWN
from assetopt.estate.findings import Findings
from assetopt.estate.raw import from_frame
from assetopt.estate.typed import Typed, read_table
from assetopt.scenario import Scenario, StandardSet

WHERE = "scenario, rules.access.standards"
VARIANT = f"{OWN}variant"


def folder() -> Path:
    """Return where the shipped standards stand: beside the source, or where an installation puts shared data."""
    beside = Path(__file__).resolve().parents[2] / "models" / "standards"
    return beside if beside.is_dir() else Path(sysconfig.get_path("data")) / "share" / "assetopt" / "standards"


def published() -> list[str]:
    """Return the names of the shipped sets, in alphabetical order: ``post_office``, ``library/county``."""
    names: list[str] = []
    for path in sorted(folder().glob("*.csv")):
        variants = [v for v in dict.fromkeys(_text(path.stem)[VARIANT]) if v]
        names += [f"{path.stem}/{variant}" for variant in variants] or [path.stem]
    return names


def with_published(estate: Estate, scenario: Scenario) -> tuple[Estate, tuple[Issue, ...]]:
    """Return the estate with the sets that the scenario names, and what is odd about them.

    Raises
    ------
    ScenarioError
        A set that is not shipped, or that is named twice.
    DataError
        Rows that the estate cannot be held against: no such service, no such group or column of demand.
    """
    rule = scenario.rules.access
    asked = [s if isinstance(s, StandardSet) else StandardSet(set=s) for s in (rule.standards if rule else ())]
    if not asked:
        return estate, ()
    _refuse_names([one.set for one in asked])
    found = Findings()
    rows: list[pd.DataFrame] = []
    for one in asked:
        typed = _typed(one, found)
        own = set(estate.standards["standard_id"])
        new = ~typed.frame["standard_id"].isin(own).to_numpy()
        place = replace(typed.place, numbers=typed.place.numbers[new])
        frame = typed.frame.loc[new, [c for c in typed.frame.columns if not c.startswith(OWN)]].reset_index(drop=True)
        if len(estate.demand):
            check_standards(frame, place, estate.demand, "demand", found)
        check_points(frame, place, estate.teams, found)
        rows.append(frame)
    if found.faults:
        raise DataError(found.faults)
    more = pd.concat(rows, ignore_index=True)
    if not len(more):
        return estate, ()
    table = more if not len(estate.standards) else pd.concat([estate.standards, more], ignore_index=True)
    for column in estate.standards.columns:
        if column in more and table[column].dtype != more[column].dtype:
            table[column] = table[column].astype(more[column].dtype)
    tables = {**estate.tables, "standards": table}
    return replace(estate, tables=tables, present=estate.present | {"standards"}), tuple(found.warnings)


def _refuse_names(names: Sequence[str]) -> None:
    known = published()
    faults = []
    for name in dict.fromkeys(names):
        variants = [k for k in known if k.startswith(f"{name}/")]
        if variants:
            faults.append(Issue(WHERE, f'"{name}" has several sets', "name one: " + ", ".join(variants)))
        elif name not in known:
            fix = did_you_mean(name, known) or "shipped are " + ", ".join(known)
            faults.append(Issue(WHERE, f'no set of standards "{name}" is shipped', fix))
        elif list(names).count(name) > 1:
            fix = "for a second service, copy the rows into the standards table"
            faults.append(Issue(WHERE, f'"{name}" is named twice', fix))
    if faults:
        raise ScenarioError(faults)


def _typed(asked: StandardSet, findings: Findings) -> Typed:
    file, _, variant = asked.set.partition("/")
    text = _text(file)
    text = text[text[VARIANT] == variant] if variant else text
    changes = asked.model_dump(exclude={"set"}, exclude_none=True)
    text = text.assign(**{name: str(value) for name, value in changes.items()})
    raw = replace(from_frame("standards", text.reset_index(drop=True)), label=f"standards {asked.set}")
    return read_table(raw, findings)


@cache
def _text(name: str) -> pd.DataFrame:
    return pd.read_csv(folder() / f"{name}.csv", dtype=str, keep_default_na=False)
