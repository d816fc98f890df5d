"""Whether every name that one table uses stands in the table it refers to; a slip is told with its neighbour."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from assetopt.errors import Severity
from assetopt.estate.fields import columns_of
from assetopt.estate.findings import Findings, nearest, shown
from assetopt.estate.records import RECORDS
from assetopt.estate.typed import Typed
from assetopt.estate.words import MISSING, several

Tables = dict[str, Typed]
_NOUNS = {"partners": "partner", "sites": "site", "teams": "team", "interventions": "intervention", "demand": "zone"}


def check_references(tables: Tables, findings: Findings) -> None:
    """Check every reference between the tables.

    Parameters
    ----------
    tables : dict
        Typed tables that could be read. A reference to a table that could not is left alone: that is told already.
    findings : Findings
        Takes what refers to nothing.
    """
    for table, typed in tables.items():
        for name, column in columns_of(RECORDS[table]).items():
            if column.ref and name in typed.coded:
                _check_key(tables, typed, name, column.ref, column.required, findings)
    for table, column_name in (("sites", "head_site_id"), ("partners", "successor_id")):
        if table in tables:
            _check_cycles(tables[table], RECORDS[table].KEY[0], column_name, findings)
    _check_service_types(tables, findings)
    _check_space_types(tables, findings)
    _check_compatibility(tables, findings)
    _check_named_things(tables, findings)
    if "precedence" in tables:
        _check_order(tables["precedence"], findings)


def _check_key(tables: Tables, typed: Typed, name: str, target: str, required: bool, findings: Findings) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    place, coded = typed.place, typed.coded[name]
    if target not in tables:
        if target == "interventions":
            findings.say(place.label, f"the table needs {target}, which is missing", f"add {target}")
        elif target == "demand" and len(typed):
            what = "there is no demand table, so the zones have no people and no place"
            findings.say(place.label, what, "add demand", "warning")
        return
    key = RECORDS[target].KEY[0]
    if key not in tables[target].coded or (not len(tables[target]) and RECORDS[target].REQUIRED_TABLE):
        return
    known = tables[target].coded[key].words
    lost = ~np.array(pc.is_in(coded.words, value_set=known).to_numpy(zero_copy_only=False), dtype=bool)
    if not lost.any():
        return
    if not required:
        blank = np.array(pc.is_in(pc.utf8_lower(coded.words), value_set=pa.array(MISSING)), dtype=bool) & lost
        if blank.any():
            rows = coded.spread(blank)
            typed.frame[name] = typed.frame[name].mask(rows, "")
            lost &= ~blank
    listed, label = known.to_pylist(), tables[target].place.label
    findings.words(
        place,
        name,
        typed.frame[name].array,
        np.flatnonzero(coded.spread(lost)),
        lambda v: f"no {_NOUNS[target]} {shown(v)} in {label}",
        lambda v: nearest(v, listed) or f"add it to {target}, or correct it",
    )


def _check_cycles(typed: Typed, key: str, column: str, findings: Findings) -> None:
    """A chain of references that comes back to its start."""
    linked = typed.frame.loc[typed.frame[column] != "", [key, column]]
    after = dict(zip(linked[key].tolist(), linked[column].tolist(), strict=True))
    in_cycle: set[str] = set()
    done: set[str] = set()
    for start in after:
        path: list[str] = []
        at = start
        while at in after and at not in done and at not in path:
            path.append(at)
            at = after[at]
        if at in path:
            in_cycle.update(path[path.index(at) :])
        done.update(path)
    rows = np.flatnonzero(typed.frame[key].isin(in_cycle) & (typed.frame[column] != ""))
    findings.words(
        typed.place,
        column,
        typed.frame[column].array,
        rows,
        lambda v: f"{shown(v)} leads back to this row itself",
        lambda _: "break the circle",
    )


def _values(tables: Tables, table: str, column: str) -> set[str]:
    return set(tables[table].coded[column].words.to_pylist()) if _has(tables, table, column) else set()


def _has(tables: Tables, table: str, column: str) -> bool:
    return table in tables and column in tables[table].coded


def _tags(tables: Tables) -> set[str]:
    cells = _values(tables, "teams", "tags") | _values(tables, "sites", "tags")
    return {tag for cell in cells for tag in several(cell)}


def _tell_unknown(
    typed: Typed,
    column: str,
    known: Iterable[str],
    what: Callable[[str], str],
    otherwise: str,
    findings: Findings,
    severity: Severity = "fault",
) -> None:
    """Tell every value of a column that is not among the known ones, with its nearest neighbour."""
    values, listed = typed.frame[column], list(known)
    rows = np.flatnonzero(~values.isin(listed) & (values != ""))
    findings.words(typed.place, column, values.array, rows, what, lambda v: nearest(v, listed) or otherwise, severity)


def _check_service_types(tables: Tables, findings: Findings) -> None:
    listed, used = _values(tables, "service_types", "service_type"), _values(tables, "teams", "service_type")
    if "service_types" in tables and _has(tables, "teams", "service_type"):
        _tell_unknown(
            tables["teams"],
            "service_type",
            listed,
            lambda v: f"{shown(v)} is not in service_types; it is taken as not public",
            "add it to service_types",
            findings,
            "warning",
        )
    for table in ("standards", "visits", "point_capacity"):
        if _has(tables, table, "service_type") and (listed or used):
            _tell_unknown(
                tables[table],
                "service_type",
                listed | used,
                lambda v: f"no team and no service type {shown(v)}",
                "give a service type of teams or service_types",
                findings,
            )


def _check_space_types(tables: Tables, findings: Findings) -> None:
    """A space type that is needed and that nobody has, nor could have after works."""
    if not _has(tables, "needs", "space_type") or not _has(tables, "spaces", "space_type"):
        return
    spaces, needs = tables["spaces"].frame, tables["needs"]
    named = set(spaces["space_type"])
    provided = set(spaces.loc[~(spaces["capacity"] <= 0), "space_type"])
    if "intervention_spaces" in tables:
        works = tables["intervention_spaces"].frame
        named |= set(works["space_type"])
        provided |= set(works.loc[~(works["capacity_change"] <= 0), "space_type"])
    values = needs.frame["space_type"]
    lacking = ~values.isin(list(provided)) & (values != "") & ~(needs.frame["amount"] <= 0)

    def what(word: str) -> str:
        if word in named:
            return f"{shown(word)} is needed, but its capacity is nowhere above 0"
        return f"{shown(word)} is a needed space type that no site or intervention provides"

    def fix(word: str) -> str:
        return nearest(word, provided) or "add it to spaces or intervention_spaces"

    findings.words(needs.place, "space_type", values.array, np.flatnonzero(lacking), what, fix)


def _check_compatibility(tables: Tables, findings: Findings) -> None:
    if "compatibility" not in tables or "teams" not in tables:
        return
    known = _values(tables, "service_types", "service_type") | _values(tables, "teams", "service_type") | _tags(tables)
    for column in ("a", "b"):
        _tell_unknown(
            tables["compatibility"],
            column,
            known,
            lambda v: f"{shown(v)} matches no service type and no tag, so the rule never applies",
            "",
            findings,
            "warning",
        )


def _check_named_things(tables: Tables, findings: Findings) -> None:
    """Columns that name a thing of one of several tables."""
    keys = {table: _values(tables, table, RECORDS[table].KEY[0]) for table in _NOUNS}
    if not keys["partners"] or not keys["sites"] or not keys["teams"]:
        return
    moved = keys["teams"] | keys["sites"] | keys["interventions"]
    services = _values(tables, "teams", "service_type") | _values(tables, "service_types", "service_type")
    if _has(tables, "blackouts", "applies_to"):
        known = moved | keys["partners"] | services
        _tell_nothing(tables["blackouts"], "applies_to", known, "partner, service type, site or team", findings)
    for column in ("before", "after"):
        if _has(tables, "precedence", column):
            _tell_nothing(tables["precedence"], column, moved, "team, site or intervention", findings)
    if _has(tables, "funds", "pays_for"):
        _check_pays_for(tables["funds"], keys["partners"], tables["partners"].place.label, findings)


def _check_order(precedence: Typed, findings: Findings) -> None:
    """Things that each would have to be finished before the other starts."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    frame = precedence.frame
    ordered = frame.loc[(frame["kind"] == "finish_start") & (frame["before"] != "") & (frame["after"] != "")]
    names = pd.Index(pd.concat([ordered["before"], ordered["after"]]).unique())
    before, after = names.get_indexer(pd.Index(ordered["before"])), names.get_indexer(pd.Index(ordered["after"]))
    links = coo_array((np.ones(len(ordered)), (before, after)), shape=(len(names), len(names)))
    _, circle = connected_components(links, directed=True, connection="strong")
    rows = ordered.index.to_numpy()[(circle[before] == circle[after]) & (before != after)]
    what = "before and after stand in a circle: each waits for the other"
    findings.rows(precedence.place, "after", rows, what, "take one of the rows of the circle out")


def _tell_nothing(typed: Typed, column: str, known: set[str], nouns: str, findings: Findings) -> None:
    fix = "give one of their identifiers"
    _tell_unknown(typed, column, known, lambda v: f"no {nouns} {shown(v)}", fix, findings)


def _check_pays_for(funds: Typed, partners: set[str], label: str, findings: Findings) -> None:
    known = partners | {"all"}

    def lost(cell: str) -> list[str]:
        return [part for part in cell.split(";") if part and part not in known]

    cells = funds.frame["pays_for"]
    findings.words(
        funds.place,
        "pays_for",
        cells.array,
        np.flatnonzero(cells.map({cell: bool(lost(cell)) for cell in cells.unique()})),
        lambda v: f"no partner {shown(lost(v)[0])} in {label}",
        lambda v: nearest(lost(v)[0], known) or "give partner ids with ; between them, or all",
    )
