"""For whom a report is written, and what that means in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from assetopt.errors import DataError, Issue

if TYPE_CHECKING:
    from assetopt.problem import Problem


@dataclass(frozen=True)
class Audience:
    """For whom a report is.

    Attributes
    ----------
    redact : bool
        Restricted sites lose name, place and value.
    band : bool
        Receipts are shown in bands.
    partner : str
        The partner for whom it is, whose own rows are shown in full; empty for no partner in particular.
    public : bool
        For everybody.
    """

    redact: bool = False
    band: bool = False
    partner: str = ""
    public: bool = False

    @property
    def everything(self) -> bool:
        """Whether nothing is kept back."""
        return not (self.redact or self.band or self.partner or self.public)

    @property
    def name(self) -> str:
        """Return the word that ``plan.json`` and the tables use: full, redacted, partner ... or public."""
        if self.public:
            return "public"
        if self.partner:
            return f"partner {self.partner}" + (", redacted" if self.redact else "")
        return "full" if self.everything else "redacted"

    def as_dict(self) -> dict[str, object]:
        """Return the audience as it stands in ``plan.json``."""
        return {"for": self.name, **asdict(self), "kept_back": self.rules()}

    @classmethod
    def from_dict(cls, told: Mapping[str, object]) -> Audience:
        """Read it back from ``plan.json``."""
        flags = {name: told.get(name) is True for name in ("redact", "band", "public")}
        return cls(partner=str(told.get("partner", "")), **flags)

    def rules(self) -> list[str]:
        """Return what is kept back, a sentence each."""
        if self.public:
            return [
                "Money is shown in total only, where at least 10 buildings or teams make it up and no two dominate it.",
                "Which building stays or closes is not shown before the plan is decided, nor what would tell it: places of "
                "access, moves, receipts, leases and money by partner, year or building.",
                "Counts under 10 are hidden, and with them the counts by which they could be worked back.",
            ]
        if self.partner:
            return [
                f"Rows of {self.partner} are shown in full; of the others only totals, where at least 3 of their buildings "
                "or teams make them up and no two dominate them.",
                "Access is shown by place for services that this partner alone runs.",
                *(_REDACTED if self.redact else ()),
            ]
        return [*(_REDACTED if self.redact else ()), *(_BANDED if self.band else ())]


_REDACTED = (
    "Restricted sites have no name, place or value; their teams and works neither.",
    "Money is without restricted sites throughout, totals included, and without the use of buildings to which their teams "
    "move, so that no difference tells theirs; the certificate therefore states no pounds.",
    "Services with a point at a restricted site are not shown by place.",
)
_BANDED = (
    "Receipts are in bands; money is without receipts, parts of them that are handed over, and end values throughout.",
)

EVERYTHING = Audience()


def audience_for(
    problem: Problem, *, redact: bool = False, band: bool = False, partner: str = "", public: bool = False
) -> Audience:
    """Return the audience that was asked for.

    Raises
    ------
    DataError
        Where there is no such partner, or two audiences are asked for at once.
    """
    issues = []
    partners = sorted(problem.estate.partners["partner_id"])
    if partner and public:
        issues.append(Issue("--for, --public", "a report is for one partner or for everybody", "give one of them"))
    if band and (partner or public):
        issues.append(Issue("--band", "bands go with a full or a redacted report", "take --band out"))
    if partner and partner not in partners:
        issues.append(Issue("--for", f'there is no partner "{partner}"', f"use one of {', '.join(partners)}"))
    if issues:
        raise DataError(issues)
    return Audience(redact=redact or public, band=band, partner=partner, public=public)
