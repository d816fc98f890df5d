"""What can go wrong, said in the user's own terms: where, what, and what would do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["fault", "warning"]


@dataclass(frozen=True, order=True)
class Issue:
    """One finding about an input.

    Attributes
    ----------
    where : str
        File, row and column, such as ``sites.csv, row 14, partner_id``. Rows are counted as a spreadsheet shows them
        (the header is row 1).
    what : str
        What was found, with the value.
    fix : str
        What would do; may be empty.
    severity : {"fault", "warning"}
        A fault stops the run (exit 2); a warning is shown and carried into the plan.
    """

    where: str
    what: str
    fix: str = ""
    severity: Severity = "fault"

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.fix}" if self.fix else "")


class AssetoptError(Exception):
    """The root of everything this package raises on purpose."""


class InputError(AssetoptError):
    """One or more faults in what the user gave; carries all of them."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


class DataError(InputError):
    """Faults in a data package; all of them, found in one reading."""


class ScenarioError(InputError):
    """Faults in a scenario file or in a setting given on the command line."""


class SolverError(AssetoptError):
    """An engine cannot take this problem, failed, or gave an answer that the verifier refused."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean "..."?`` for the nearest known word, or an empty string when none is near."""
    options = [str(k) for k in known]
    near = get_close_matches(word, options, n=1, cutoff=0.6)
    if not near:
        folded = {k.casefold(): k for k in options}
        near = [folded[m] for m in get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)]
    return f'did you mean "{near[0]}"?' if near else ""
