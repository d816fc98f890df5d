"""Everything found wrong or odd while reading, collected so that all of it is told at once, with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assetopt.errors import Issue, Severity, did_you_mean

LISTED = 20
"""Faults of one kind in one column that are listed singly; the rest are counted in a last line."""
LISTED_WARNINGS = 10
"""The same for warnings."""

_SHOWN = 60
_NEAR = 3000

Say = str | Callable[[int], str]


@dataclass(frozen=True)
class Place:
    """Where the rows of a table came from.

    Attributes
    ----------
    table : str
        Table name in the contract.
    label : str
        How the table is called in messages: ``sites.csv``, ``kent.xlsx sheet sites``, or ``sites`` without a file.
    numbers : array of int, shape (rows,)
        Row numbers as a spreadsheet shows them (the header is row 1).
    """

    table: str
    label: str
    numbers: npt.NDArray[np.int64]

    def at(self, row: int, column: str) -> str:
        """Return ``sites.csv, row 14, rent`` for the row at this position."""
        return f"{self.label}, row {self.numbers[row]}, {column}"


@dataclass
class Findings:
    """A growing list of issues."""

    issues: list[Issue] = field(default_factory=list)

    def say(self, where: str, what: str, fix: str = "", severity: Severity = "fault") -> None:
        """Add one issue."""
        self.issues.append(Issue(where, what, fix, severity))

    def rows(
        self,
        place: Place,
        column: str,
        rows: npt.NDArray[np.intp] | Iterable[int],
        what: Say,
        fix: Say = "",
        severity: Severity = "fault",
    ) -> None:
        """Add one issue for each row, at most `LISTED` (`LISTED_WARNINGS`) of them, and say how many more there are.

        Parameters
        ----------
        place : Place
            Table that the rows are in.
        column : str
            Column to name.
        rows : array of int
            Positions in the table, counted from 0.
        what, fix : str or callable
            Text, or a function of the position that gives it.
        severity : {"fault", "warning"}
            Of all of them.
        """
        found = np.asarray(rows if isinstance(rows, np.ndarray) else list(rows), dtype=np.intp)
        listed = LISTED if severity == "fault" else LISTED_WARNINGS
        for row in found[:listed].tolist():
            said = what if isinstance(what, str) else what(row)
            would_do = fix if isinstance(fix, str) else fix(row)
            self.issues.append(Issue(place.at(row, column), said, would_do, severity))
        if len(found) > listed:
            more, numbers = len(found) - listed, place.numbers[found[listed:]]
            span = f"rows {numbers.min()} to {numbers.max()}"
            self.issues.append(
                Issue(f"{place.label}, {span}, {column}", f"{more:,} more of the same kind", "", severity)
            )

    def words(
        self,
        place: Place,
        column: str,
        values: Sequence[str],
        rows: npt.NDArray[np.intp] | Iterable[int],
        what: Callable[[str], str],
        fix: Callable[[str], str],
        severity: Severity = "fault",
    ) -> None:
        """Do as `rows`, where what is said depends on the value alone.

        Parameters
        ----------
        values : sequence of str
            Value of every row of the table.
        what, fix : callable
            Functions of the value of a row.
        """
        self.rows(place, column, rows, lambda row: what(values[row]), lambda row: fix(values[row]), severity)

    @property
    def faults(self) -> list[Issue]:
        """The issues that stop a run, file by file."""
        return self._by_file("fault")

    @property
    def warnings(self) -> list[Issue]:
        """The issues that do not, file by file."""
        return self._by_file("warning")

    def _by_file(self, severity: Severity) -> list[Issue]:
        files = {name: i for i, name in enumerate(dict.fromkeys(_file(issue) for issue in self.issues))}
        chosen = [issue for issue in self.issues if issue.severity == severity]
        return sorted(chosen, key=lambda issue: files[_file(issue)])


def _file(issue: Issue) -> str:
    return issue.where.split(",")[0]


def shown(value: str) -> str:
    """Return a value in quotes on one line, cut when it is long."""
    line = " ".join(value.split())
    return f'"{line[: _SHOWN - 1]}…"' if len(line) > _SHOWN else f'"{line}"'


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean "..."?``; in a long list only words of like length and letters are tried."""
    options = list(known)
    if len(options) > _NEAR:
        folded = word.casefold()
        same = [k for k in options if k.casefold() == folded]
        if same:
            return f'did you mean "{same[0]}"?'
        options = [k for k in options if abs(len(k) - len(word)) <= 2 and (k[:2] == word[:2] or k[-2:] == word[-2:])]
        options = options[:_NEAR]
    return did_you_mean(word, options)
