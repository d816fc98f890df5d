"""What the plans decide: sites and teams on which they differ, with each plan's reason, and what all of them agree on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from assetopt.compare.question import letters
from assetopt.compare.side import Side

UNCHANGED = frozenset({"keep", "stay", "not_opened", "not_built", ""})
_ABSENT = "not in this plan"


def _words(values: pd.Series, missing: str = "") -> pd.Series:
    """Return a column as text, whatever it is where nothing is known of it."""
    return values.astype(object).where(values.notna(), missing).astype(str).astype("str")


def _year(value: float) -> str:
    return "" if value != value else str(int(value))


def _decisions(side: Side, kind: str) -> pd.DataFrame:
    """Return key -> action, year, site, reason, name, partner_id of one plan, one row a site, team or intervention."""
    table = side.tables[{"site": "sites", "team": "teams", "intervention": "interventions"}[kind]]
    if kind == "site":
        out = table.set_index("site_id")[["action", "year", "reason", "name", "partner_id"]].assign(site="")
    elif kind == "intervention":
        out = table.set_index("intervention_id")[["action", "year", "site_id"]].rename(columns={"site_id": "site"})
        out = out.assign(reason="", name="", partner_id="")
    else:
        out = _teams(table, side.tables["sites"].set_index("site_id")["reason"])
    return out[~out.index.duplicated()]


def _teams(table: pd.DataFrame, reasons: pd.Series) -> pd.DataFrame:
    """Return one row a team: a divisible one names its sites with their shares; the reason is that of the site it has today."""
    share = np.where(table["share"] < 1 - 1e-9, [f" {share:.1%}" for share in table["share"]], "")
    rows = table.assign(site=table["site_id"].astype(str) + share, moves=table["action"] == "move")
    rows = rows.sort_values(["team_id", "moves"], ascending=[True, False], kind="stable")
    out = rows.groupby("team_id").agg(
        action=("action", "first"), year=("year", "first"), site=("site", "; ".join), name=("name", "first"),
        partner_id=("partner_id", "first"), home=("home", "first"),
    )  # fmt: skip
    why = _words(reasons.reindex(out["home"])).to_numpy()
    told = [f"{home}: {text}" if text else "" for home, text in zip(out["home"], why, strict=True)]
    return out.assign(reason=told)


def differing(sides: Sequence[Side], kind: str) -> pd.DataFrame:
    """Return the sites (or teams) on which plans differ, with what each plan does, when and why.

    Columns: ``id, name, partner_id``, then for plan A ``a_does``, ``a_year``, ``a_why`` and so on.
    """
    return _rows(sides, kind, agreed=False)


def common_core(sides: Sequence[Side]) -> pd.DataFrame:
    """Return what all plans agree on: ``kind, id, name, partner_id, does, changes, same_year, years``.

    They agree where action and place are the same; ``years`` lists the years where these differ.
    """
    frames = [_rows(sides, kind, agreed=True).assign(kind=kind) for kind in ("site", "team", "intervention")]
    every = pd.concat(frames, ignore_index=True)
    named = [letter.lower() for letter in letters(len(sides))]
    years = [
        [_year(value) for value in row] for row in every[[f"{letter}_year" for letter in named]].to_numpy(dtype=float)
    ]
    action = every["a_does"].str.split(" to ").str[0]
    return pd.DataFrame(
        {
            "kind": every["kind"], "id": every["id"], "name": every["name"], "partner_id": every["partner_id"],
            "does": every["a_does"], "changes": ~action.isin(UNCHANGED).to_numpy(),
            "same_year": [len(set(row)) == 1 for row in years],
            "years": pd.Series([row[0] if len(set(row)) == 1 else ", ".join(row) for row in years], dtype="str"),
        }
    ).astype({"changes": bool, "same_year": bool})  # fmt: skip


def _rows(sides: Sequence[Side], kind: str, agreed: bool) -> pd.DataFrame:
    each = [_decisions(side, kind) for side in sides]
    ids = sorted(set().union(*(one.index for one in each)))
    does, years, whys = zip(*(_told(one.reindex(ids)) for one in each), strict=True)
    same = np.all([one == does[0] for one in does[1:]], axis=0) if ids else np.zeros(0, dtype=bool)
    if not agreed:
        same &= np.all([_equal(one, years[0]) for one in years[1:]], axis=0) if ids else same
    chosen = same if agreed else ~same
    if agreed:
        chosen = chosen & (does[0] != _ABSENT)
    named = pd.concat([one[["name", "partner_id"]] for one in each])
    named = named[~named.index.duplicated()].reindex(ids)
    out: dict[str, object] = {"id": ids, "name": named["name"].to_numpy(), "partner_id": named["partner_id"].to_numpy()}
    for letter, action, year, why in zip(letters(len(sides)), does, years, whys, strict=True):
        out[f"{letter.lower()}_does"], out[f"{letter.lower()}_year"] = action, year
        out[f"{letter.lower()}_why"] = why
    frame = pd.DataFrame(out)
    for name in frame.columns:
        if not name.endswith("_year"):
            frame[name] = _words(frame[name])
    return frame[chosen].reset_index(drop=True)


def _told(table: pd.DataFrame) -> Iterator[np.ndarray]:
    """Return what a plan does with each, when, and why."""
    action = _words(table["action"], _ABSENT).to_numpy(dtype=object)
    place = _words(table["site"]).to_numpy(dtype=object)
    to = np.array(
        [f"{act} to {at}" if act == "move" and at else act for act, at in zip(action, place, strict=True)], dtype=object
    )
    return iter((to, table["year"].to_numpy(dtype=np.float64), _words(table["reason"]).to_numpy(dtype=object)))


def _equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))
