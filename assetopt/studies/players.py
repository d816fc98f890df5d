"""Who takes part in a study: each partner for itself, or several with one voice; and what a coalition is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from assetopt.errors import Issue, ScenarioError, did_you_mean
from assetopt.estate import Estate
from assetopt.scenario import Scenario


@dataclass(frozen=True)
class Player:
    """One voice: its name, and the partners (ids) it speaks for."""

    name: str
    partners: tuple[str, ...]


def players_of(
    estate: Estate, groups: Mapping[str, Sequence[str]] | None = None, aside: Sequence[str] = ()
) -> tuple[Player, ...]:
    """Return who takes part.

    Parameters
    ----------
    estate : Estate
    groups : mapping, optional
        Name of a player = its partners' ids, or sectors. Partners that no group names are players of their own.
    aside : sequence of str
        Partners that take no part in any case (``boundaries.veto``); they are no players.

    Raises
    ------
    ScenarioError
        With every name that is no partner and no sector, and every partner that two groups name.
    """
    table = estate.partners
    ids = [str(name) for name in table["partner_id"]]
    sectors: dict[str, list[str]] = {}
    for name, sector in zip(ids, table["sector"], strict=True):
        sectors.setdefault(str(sector), []).append(name)
    faults: list[Issue] = []
    taken: dict[str, str] = {}
    out: list[Player] = []
    for group, words in (groups or {}).items():
        members: list[str] = []
        for word in words:
            found = [word] if word in ids else sectors.get(word, [])
            if not found:
                fix = did_you_mean(word, [*ids, *sectors])
                faults.append(Issue(f"group {group}", f'no partner and no sector "{word}"', fix))
            for name in found:
                if name in members:
                    continue
                if name in taken:
                    what = f'partner "{name}" is in group "{taken[name]}" too'
                    faults.append(Issue(f"group {group}", what, "name each partner once"))
                taken[name] = group
                members.append(name)
        out.append(Player(group, tuple(members)))
    clash = {player.name for player in out} & {name for name in ids if name not in taken}
    faults += [
        Issue(f"group {name}", "is the id of a partner outside it", "call it otherwise") for name in sorted(clash)
    ]
    if faults:
        raise ScenarioError(faults)
    every = (*out, *(Player(name, (name,)) for name in ids if name not in taken))
    inside = (Player(one.name, tuple(name for name in one.partners if name not in aside)) for one in every)
    playing = tuple(one for one in inside if one.partners)
    if not playing:
        raise ScenarioError([Issue("scenario, boundaries.veto", "names every partner", "leave somebody to take part")])
    return playing


def by_sector(estate: Estate) -> dict[str, list[str]]:
    """Return groups in which all partners of a sector speak with one voice."""
    return {str(sector): [str(sector)] for sector in dict.fromkeys(estate.partners["sector"])}


def scenario_with(scenario: Scenario, **tables: Mapping[str, object]) -> Scenario:
    """Return a scenario with some settings changed, checked again: ``boundaries={"estate": "own"}``.

    A rule (``rules={"budget": None}``) is taken out by None.
    """
    asked = scenario.model_dump(exclude_unset=True)
    for name, changes in tables.items():
        asked[name] = {**asked.get(name, {}), **changes}
    changed = Scenario.model_validate(asked)
    return changed.model_copy(update={"travel": scenario.travel})


def only(
    estate: Estate, scenario: Scenario, players: Sequence[Player], members: Iterable[Player]
) -> tuple[Scenario, dict[str, pd.DataFrame]]:
    """Return the question in which some players pool buildings and money, and all others go on as today.

    Sites and teams of the others stay as they are, and their funds pay for nobody else. Consents of single partners are no
    rule here: what each gets is settled afterwards.

    Returns
    -------
    The scenario, and the tables of the estate that are replaced.
    """
    inside = {name for player in members for name in player.partners}
    aside = tuple(name for player in players for name in player.partners if name not in inside)
    veto = tuple(dict.fromkeys((*scenario.boundaries.veto, *aside)))
    budgets = "pooled" if not aside or scenario.rules.budget is None else "aligned"
    asked = scenario_with(
        scenario,
        boundaries={"estate": "pooled", "budgets": budgets, "veto": veto},
        rules={"no_partner_worse_off": None},
    )
    return asked, {"funds": _funds_within(estate.funds, inside)} if budgets == "aligned" else {}


def _funds_within(funds: pd.DataFrame, inside: set[str]) -> pd.DataFrame:
    """Return funds of which those of members pay for all members, and any other for its own partner alone."""
    together, out = ";".join(sorted(inside)), funds.copy()
    mine = funds["partner_id"].isin(inside)
    own = [
        str(who) if {"all", "", str(who)} & {word.strip() for word in str(words).split(";")} else "nobody"
        for who, words in zip(funds["partner_id"], funds["pays_for"], strict=True)
    ]
    out["pays_for"] = pd.Series(own, index=funds.index, dtype=funds["pays_for"].dtype).mask(mine, together)
    out["uses"] = funds["uses"].mask(mine & (funds["kind"] == "capital"), "all;" + funds["uses"])
    return out


def label(members: Iterable[Player]) -> str:
    """Return what a coalition is called."""
    return "+".join(player.name for player in members) or "nobody"
