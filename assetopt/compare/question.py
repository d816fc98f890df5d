"""What differs in the question: version, data, scenario, audience; and whether the plans are of one estate at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from assetopt.compare.side import Side
from assetopt.errors import DataError, Issue
from assetopt.report.comparing import stated

MOST = 8
LEAST_IN_COMMON = 0.5
"""Share of the smaller plan's sites and partners that two plans must have in common to be of one estate."""

_SILENT = ("name", "data", "solver", "calendar")
"""Settings that change what a plan is called, how it was found or how it is carried out, not what was asked."""


def letters(count: int) -> list[str]:
    """Return A, B, C, ..."""
    return [chr(ord("A") + number) for number in range(count)]


def refuse_strangers(sides: Sequence[Side]) -> None:
    """Raise DataError where there are too few or too many plans, or they are of different estates."""
    if not 2 <= len(sides) <= MOST:
        raise DataError([Issue("compare", f"{len(sides)} plans were named", f"name two to {MOST} report folders")])
    issues = []
    first = sides[0]
    for side in sides[1:]:
        for table, key, word in (("sites", "site_id", "sites"), ("sites", "partner_id", "partners"),
                                 ("access", "service_type", "services")):  # fmt: skip
            one, other = (set(one.tables[table][key]) for one in (first, side))
            both = one & other
            if one and other and len(both) < LEAST_IN_COMMON * min(len(one), len(other)):
                what = (
                    f"{first.name} and {side.name} are of different estates: "
                    f"{len(both)} {word} in common of {len(one)} and {len(other)}"
                )
                issues.append(Issue("compare", what, "compare plans of one estate"))
                break
    if issues:
        raise DataError(issues)


def question_table(sides: Sequence[Side]) -> pd.DataFrame:
    """Return what differs, one row a thing: ``about`` (version, data, scenario, audience), ``what``, and each plan's value."""
    rows = [*_version(sides), *_audience(sides), *_data(sides), *_scenario(sides)]
    return pd.DataFrame(rows, columns=["about", "what", *letters(len(sides))])


def question_notes(sides: Sequence[Side], table: pd.DataFrame) -> tuple[str, ...]:
    """Return in plain words what a reader has to know before reading any figure."""
    out = []
    about = set(table["about"])
    if "version" in about:
        out.append("The plans were written by different versions of assetopt.")
    if "audience" in about:
        out.append("The reports are for different audiences: what one keeps back is missing here.")
    if "data" in about:
        files = ", ".join(table.loc[table["about"] == "data", "what"])
        out.append(f"The plans rest on different data ({files}): figures differ for that too.")
    if "scenario" in about:
        count = int((table["about"] == "scenario").sum())
        out.append(f"The question differs in {count} {'setting' if count == 1 else 'settings'}, listed below.")
    if not same_data_known(sides):
        out.append("Whether the plans rest on the same data is not known: reports for an audience do not say.")
    elif not about:
        out.append("All plans answer the same question on the same data, with the same version.")
    return tuple(out)


def same_data_known(sides: Sequence[Side]) -> bool:
    """Say whether every plan states the hashes of what it was made from."""
    return all(side.part("inputs") for side in sides)


def same_data(sides: Sequence[Side]) -> bool:
    """Say whether all plans rest on the same data files."""
    return same_data_known(sides) and not list(_data(sides))


def _version(sides: Sequence[Side]) -> Iterator[tuple[str, ...]]:
    told = [str(side.document.get("assetopt_version", "")) for side in sides]
    if len(set(told)) > 1:
        yield ("version", "assetopt", *told)


def _audience(sides: Sequence[Side]) -> Iterator[tuple[str, ...]]:
    told = [str(side.part("audience").get("for", "full")) for side in sides]
    if len(set(told)) > 1:
        yield ("audience", "for", *told)


def _data(sides: Sequence[Side]) -> Iterator[tuple[str, ...]]:
    if not same_data_known(sides):
        return
    files = [{name: str(sha) for name, sha in side.part("inputs").items() if name.startswith("data")} for side in sides]
    for name in sorted({name for one in files for name in one}):
        told = [one.get(name, "") for one in files]
        if len(set(told)) > 1:
            yield ("data", name.removeprefix("data/"), *(f"sha256 {sha[:12]}" if sha else "not there" for sha in told))


def _scenario(sides: Sequence[Side]) -> Iterator[tuple[str, ...]]:
    flat = [dict(_flat(side.part("scenario"))) for side in sides]
    for name in sorted({name for one in flat for name in one}):
        told = [stated(one.get(name)) for one in flat]
        if len(set(told)) > 1 and name.split(".")[0] not in _SILENT:
            yield ("scenario", name, *told)


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
