"""What is kept back: restricted sites, the tenancies inside them, their teams and works, and every word that names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from assetopt.plan import Plan
from assetopt.problem import Problem

WORD = "[restricted]"
LEAST_LETTERS = 4
"""A name shorter than this is replaced in cells that hold it alone, not inside other text."""


@dataclass(frozen=True)
class Hidden:
    """Ids that are kept back, each with the name that stands in its place, and services whose points they are."""

    sites: dict[str, str]
    teams: dict[str, str]
    interventions: dict[str, str]
    services: frozenset[str]
    words: frozenset[str]
    """Names of places and ids: replaced wherever they stand."""
    hosts: frozenset[str]
    """Sites to which their teams move: each team brings what it used at home, so use is not costed there either."""
    cells: frozenset[str]
    """Names of teams, which may be common words: replaced where a cell holds nothing else."""

    @property
    def subjects(self) -> frozenset[str]:
        """Every id."""
        return frozenset({*self.sites, *self.teams, *self.interventions})

    @property
    def instead(self) -> dict[str, str]:
        """Every id and what stands in its place."""
        return {**self.sites, **self.teams, **self.interventions}

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        long = sorted((word for word in self.words if len(word) >= LEAST_LETTERS), key=lambda word: (-len(word), word))
        if not long:
            return None
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, long))})(?!\w)", re.IGNORECASE)

    def scrub(self, text: str) -> str:
        """Return a text in which no id or name that is kept back is left."""
        if text in self.instead:
            return self.instead[text]
        if text in self.words or text in self.cells:
            return WORD
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self.instead.get(found.group(0), WORD), text)

    def scrubbed(self, value: object) -> object:
        """Return a JSON object in which no text, key or value, names what is kept back; entries under such keys go."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, list):
            kept = [item for item in value if not (isinstance(item, str) and item in self.subjects)]
            return [self.scrubbed(item) for item in kept]
        if isinstance(value, dict):
            kept_ = {
                key: item
                for key, item in value.items()
                if key not in self.subjects and not (isinstance(item, str) and item in self.subjects)
            }
            return {self.scrub(str(key)): self.scrubbed(item) for key, item in kept_.items()}
        return value


def nothing_hidden() -> Hidden:
    """Return what is kept back where no site is restricted."""
    return Hidden({}, {}, {}, frozenset(), frozenset(), frozenset(), frozenset())


def hidden_of(problem: Problem, plan: Plan, spared: str = "") -> Hidden:
    """Return what is kept back because a site is restricted.

    A restricted site takes with it the tenancies inside it, the teams that are there today or after, the works at it, and
    the place-by-place access of services that have a point there.

    Parameters
    ----------
    problem, plan
        The facts and the plan.
    spared : str
        A partner whose own sites, and those in which its teams are or will be, are not kept back.
    """
    estate = problem.estate
    sites, teams, works = estate.sites, estate.teams, estate.interventions
    flagged = sites["restricted"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    own = _known_to(sites, teams, plan, spared).to_numpy(dtype=bool) if spared else flagged & False
    gone = set(sites.loc[flagged & ~own, "site_id"].astype(str))
    while True:
        inside = set(sites.loc[sites["head_site_id"].isin(gone), "site_id"].astype(str)) - gone
        if not inside:
            break
        gone |= inside
    there = set(teams.loc[teams["site_id"].isin(gone), "team_id"].astype(str))
    there |= set(plan.teams.loc[plan.teams["site_id"].isin(gone), "team_id"])
    built = set(works.loc[works["site_id"].isin(gone), "intervention_id"].astype(str))
    services = set(teams.loc[teams["team_id"].isin(there), "service_type"].astype(str))
    words = _words(sites, "site_id", gone, ("name", "postcode", "uprn"))
    words |= there | built
    return Hidden(
        _numbered(gone, "restricted"),
        _numbered(there, "restricted-team"),
        _numbered(built, "restricted-works"),
        frozenset(services),
        frozenset(words),
        frozenset(plan.teams.loc[plan.teams["team_id"].isin(there), "site_id"]) - gone - {""},
        frozenset(_words(teams, "team_id", there, ("name",)) - there),
    )


def _known_to(sites: pd.DataFrame, teams: pd.DataFrame, plan: Plan, partner: str) -> pd.Series:
    """Return which sites a partner knows: its own, and those in which its teams are today or after."""
    own = teams["partner_id"] == partner
    used = set(teams.loc[own, "site_id"]) | set(
        plan.teams.loc[plan.teams["team_id"].isin(teams.loc[own, "team_id"]), "site_id"]
    )
    return (sites["partner_id"] == partner) | sites["site_id"].isin(used)


def _numbered(ids: set[str], word: str) -> dict[str, str]:
    return {name: f"{word}-{number}" for number, name in enumerate(sorted(ids), start=1)}


def _words(table: pd.DataFrame, key: str, gone: set[str], columns: tuple[str, ...]) -> set[str]:
    """Return the words that name what is kept back and nothing else."""
    at = table[key].isin(gone)
    out = set(gone)
    for name in columns:
        if name in table:
            texts = table[name].astype(str)
            out |= set(texts[at]) - set(texts[~at]) - {"", "nan", "<NA>"}
    return out
