"""Writes the measured runs into the tables of a Markdown page, and leaves every word around them alone.

A table stands between ``<!-- table NAME -->`` and ``<!-- end -->``; what stands outside is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.case import Subject
from benchmarks.peers import OURS
from benchmarks.results import Record

HEADER = "header"
"""Name of the table that says machine, versions and seed."""

LONG = 24
"""Tables with more rows than this are folded away under their summary."""

_MARKED = re.compile(r"(<!-- table (?P<name>\S+) -->\n).*?(<!-- end -->)", re.DOTALL)

Cells = Callable[[Record], Sequence[str]]


def rewrite(page: Path, records: Sequence[Record], subjects: Sequence[Subject]) -> None:
    """Replace the tables of all subjects that have records; a table without a place gets one at the end of the page."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    tables = {HEADER: ("Measured with", header(records))} if records else {}
    for subject in subjects:
        mine = [record for record in records if record.subject == subject.name]
        if mine:
            tables[subject.name] = (subject.title, table(subject, mine))
    places = {found["name"] for found in _MARKED.finditer(text)}
    for name, (title, _) in tables.items():
        if name not in places:
            text = f"{text.rstrip()}\n\n## {title}\n\n<!-- table {name} -->\n<!-- end -->\n".lstrip()

    def put(found: re.Match[str]) -> str:
        name = found["name"]
        return f"{found[1]}\n{tables[name][1].strip()}\n\n{found[3]}" if name in tables else found[0]

    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_MARKED.sub(put, text), encoding="utf-8")


def header(records: Sequence[Record]) -> str:
    """Return the lines that say what was used; where runs differ, all values."""
    versions: dict[str, set[str]] = {}
    for record in records:
        for package, number in record.versions.items():
            versions.setdefault(package, set()).add(number)
    used = ", ".join(f"{package} {' and '.join(sorted(numbers))}" for package, numbers in sorted(versions.items()))

    def each(values: Sequence[object]) -> str:
        return " and ".join(sorted({str(value) for value in values}))

    return (
        f"{used}\n\n{each([r.machine for r in records])}; threads {each([r.threads for r in records])}, "
        f"seed {each([r.seed for r in records])}; measured {each([r.day for r in records])}\n"
    )


def table(subject: Subject, records: Sequence[Record]) -> str:
    """Return a subject's table: who did what in one line each, then every run."""
    records = _in_order(subject, records)
    if subject.kind == "build":
        return _build_table(records)
    titles, cells = _estate_columns(records) if subject.kind == "estate" else _location_columns(records)
    full = _markdown(titles, [cells(record) for record in records])
    told = f"{summary(records)}\n\n" if subject.kind == "location" else f"{best_lines(records)}\n\n"
    if len(records) > LONG:
        full = f"<details><summary>All {len(records)} runs</summary>\n\n{full}\n</details>"
    return f"{told}{full}\n"


def summary(records: Sequence[Record]) -> str:
    """Return one row for each budget and solver: how many proved, how many at the best value, how far off, how long."""
    rows = []
    known = known_values(records)
    for budget, who in dict.fromkeys((record.budget, record.who) for record in records):
        mine = [record for record in records if (record.budget, record.who) == (budget, who)]
        ran = [record for record in mine if record.outcome != "left out"]
        if not ran:
            rows.append([f"{budget:g} s", who, "0", "", "", "", "", "", mine[0].why])
            continue
        plans = [record for record in ran if record.outcome == "plan"]
        off = [gap for record in plans if (gap := to_best(record, known)) is not None]
        gaps = [record.gap for record in plans if record.gap is not None]
        times = [record.seconds for record in ran if record.seconds is not None]
        complete = len(plans) == len(ran)
        rows.append(
            [
                f"{budget:g} s",
                who,
                str(len(ran)),
                str(sum(record.proved and not wrong(record, known) for record in plans)),
                str(sum(gap <= 1e-6 for gap in off)),
                _percent(max(off)) if off and complete else f"no plan for {len(ran) - len(plans)}" if ran else "",
                _percent(max(gaps)) if len(gaps) == len(ran) else f"unknown for {len(ran) - len(gaps)}",
                f"{np.mean(times):,.2f}" if times else "",
                f"{max(times):,.2f}" if times else "",
            ]
        )
    titles = [
        "budget", "who", "runs", "proved optimal", "at the best known", "farthest from it", "widest own gap",
        "mean s", "longest s",
    ]  # fmt: skip
    return _markdown(titles, rows)


def best_lines(records: Sequence[Record]) -> str:
    """Return a computed sentence for each case and budget: what it is, our saving and gap, and the best peer's."""
    lines = []
    for case, budget in dict.fromkeys((record.case, record.budget) for record in records):
        mine = [record for record in records if (record.case, record.budget) == (case, budget)]
        ours = [record for record in mine if record.who.startswith(OURS)]
        others = sorted(
            (record for record in mine if record.who not in {one.who for one in ours} and (record.saving or 0.0) > 1.0),
            key=lambda record: -(record.saving or 0.0),
        )
        if not ours:
            continue
        figures = ours[0].figures
        made = (
            f" (read in {figures['read']:.1f} s, formulated in {figures['formulate']:.1f} s, {figures['memory']:,.0f} MB)"
            if "formulate" in figures
            else ""
        )
        beside = f"; the best peer, {others[0].who}, {_saving_words(others[0])}" if others else ""
        if not others and len(mine) > len(ours):
            beside = "; no peer saves anything"
        told = ", ".join(f"{record.who} {_saving_words(record)}" for record in ours)
        lines.append(f"{case}, {budget:g} s{made}: {told}{beside}.")
    return "  \n".join(lines)


def _saving_words(record: Record) -> str:
    if record.saving is None:
        return "has no usable plan" if record.objective is None else f"has a plan at £{record.objective / 1e6:,.1f}m"
    gap = "" if record.saving_gap is None else f" with a saving gap of {record.saving_gap:.2%}"
    return f"saves £{record.saving / 1e6:,.1f}m{gap}"


def known_values(records: Sequence[Record]) -> dict[tuple[str, str], float]:
    """Return the best value known of each case: what is published, or what a run here found if that is better."""
    known: dict[tuple[str, str], float] = {}
    for record in records:
        for value in (record.best, record.objective):
            if value is not None:
                key = record.subject, record.case
                known[key] = min(known.get(key, np.inf), value)
    return known


def to_best(record: Record, known: dict[tuple[str, str], float]) -> float | None:
    """Return how far a plan is above the best value known, as a share of it; rounding of published values counts as none."""
    best = known.get((record.subject, record.case))
    if record.objective is None or best is None:
        return None
    return max(0.0, (record.objective - best) / max(1.0, abs(best)))


def wrong(record: Record, known: dict[tuple[str, str], float]) -> bool:
    """Say whether the bound that was claimed lies above a plan that exists (beyond the rounding of published values)."""
    best = known.get((record.subject, record.case))
    return record.bound is not None and best is not None and record.bound > best + 2e-6 * max(1.0, abs(best))


def status(record: Record, known: dict[tuple[str, str], float]) -> str:
    """Return how a run ended, in our words; a bound above a plan that exists is called wrong."""
    warning = "; **its bound is wrong**" if wrong(record, known) else ""
    if record.outcome == "plan":
        proved = record.proved and not warning
        word = "proved optimal" if proved else "plan and bound" if record.bound is not None else "plan, no bound"
        return word + warning
    word = {"no plan": "no usable plan"}.get(record.outcome, record.outcome)
    return (f"{word}: {record.why}" if record.why else word) + warning


def _location_columns(records: Sequence[Record]) -> tuple[list[str], Cells]:
    known = known_values(records)
    titles = [
        "instance", "size", "budget s", "who", "objective", "bound", "gap to own bound", "gap to best known", "s",
        "CPU s", "MB", "status",
    ]  # fmt: skip

    def cells(record: Record) -> list[str]:
        return [
            record.case,
            record.size,
            f"{record.budget:g}",
            record.who,
            _number(record.objective),
            _number(record.bound),
            _percent(record.gap),
            _percent(to_best(record, known)),
            _number(record.seconds),
            _number(record.cpu, 1),
            _number(record.memory_mb, 0),
            status(record, known),
        ]

    return titles, cells


def _estate_columns(records: Sequence[Record]) -> tuple[list[str], Cells]:
    known = known_values(records)
    titles = [
        "estate", "columns x rows", "budget s", "who", "cost £m", "bound £m", "saved £m", "at most £m", "gap to own bound",
        "saving gap", "saving behind the best", "90 % of it at s", "s", "CPU s", "MB", "status",
    ]  # fmt: skip

    def cells(record: Record) -> list[str]:
        best = known.get((record.subject, record.case))
        most = None if record.today is None or record.bound is None else (record.today - record.bound) / 1e6
        behind = None
        if record.saving is not None and record.today is not None and best is not None and record.today - best > 1.0:
            behind = (record.today - best - record.saving) / (record.today - best)
        return [
            record.case,
            record.size,
            f"{record.budget:g}",
            record.who,
            _millions(record.objective),
            _millions(record.bound),
            _millions(record.saving),
            _number(most, 1),
            _percent(record.gap),
            _percent(record.saving_gap, 2),
            _percent(behind, 2),
            _number(record.saved_90, 0),
            _number(record.seconds, 1),
            _number(record.cpu, 0),
            _number(record.memory_mb, 0),
            status(record, known),
        ]

    return titles, cells


def _build_table(records: Sequence[Record]) -> str:
    ours = {(record.case, record.budget): record for record in records if record.who == OURS}
    titles = [
        "columns asked", "columns x rows", "who", "build s", "memory added MB", "peak MB", "times our seconds",
        "times our memory", "status",
    ]  # fmt: skip
    rows = []
    for record in records:
        beside = ours.get((record.case, record.budget))

        def ratio(figure: str, record: Record = record, beside: Record | None = beside) -> str:
            if beside is None or figure not in record.figures or not beside.figures.get(figure):
                return ""
            return f"{record.figures[figure] / beside.figures[figure]:,.1f}"

        rows.append(
            [
                record.case,
                record.size,
                record.who,
                _number(record.figures.get("build")),
                _number(record.figures.get("added"), 0),
                _number(record.memory_mb, 0),
                ratio("build"),
                ratio("added"),
                status(record, {}),
            ]
        )
    return _markdown(titles, rows)


def _in_order(subject: Subject, records: Sequence[Record]) -> list[Record]:
    """Return records by case as the subject lists them, then budget, then ours first and peers as listed."""
    cases = {name: number for number, name in enumerate(case.name for case in subject.cases())}
    peers = {name: number for number, name in enumerate((OURS, *subject.peers))}

    def place(record: Record) -> tuple[float, float, str, float, int, str]:
        number = cases.get(record.case, len(cases))
        size = float(record.case) if number == len(cases) and record.case.isdecimal() else 0.0
        who = record.who.split(" (")[0]
        return number, size, record.case, record.budget, peers.get(who, len(peers)), record.who

    return sorted(records, key=place)


def _markdown(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _millions(value: float | None) -> str:
    return _number(None if value is None else value / 1e6, 1)


def _percent(share: float | None, digits: int = 4) -> str:
    if share is None:
        return ""
    return "0 %" if abs(share) <= 1e-6 else f"{100 * share:.{digits}f} %"
