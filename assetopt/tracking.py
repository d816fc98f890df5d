"""Outturn against plan: what each owner said each benefit would be by now, and what it has been.

Actuals are a CSV with ``partner_id, year, head, amount`` and optionally ``kind``: cash the partner paid in that financial
year, £ nominal, less what it received. A benefit is what the plan changes from carrying on as today.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assetopt.errors import DataError, Issue, did_you_mean
from assetopt.estate.words import clean, clean_header, is_missing, read_number
from assetopt.importing.sources import Register, read_register

NEEDED = ("partner_id", "year", "head", "amount")
_CASH = ("partner_id", "year", "head", "kind")


@dataclass(frozen=True)
class Tracked:
    """Outturn against plan.

    Attributes
    ----------
    rows : pandas.DataFrame
        A row for each owner, head, kind and year that has an actual: ``as_today``, ``planned``, ``actual`` (£ nominal),
        ``promised`` (as today less planned), ``delivered`` (as today less actual), ``variance`` (delivered less promised).
    missing : pandas.DataFrame
        Lines of the plan in the years of the actuals for which no actual was given: owner, head, kind, year, promised.
    """

    rows: pd.DataFrame
    missing: pd.DataFrame

    def by(self, column: str) -> pd.DataFrame:
        """Return promised, delivered and variance by ``partner_id`` or ``head``."""
        return self.rows.groupby(column, sort=True)[["promised", "delivered", "variance"]].sum().reset_index()

    def as_dict(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "by_owner": self.by("partner_id").to_dict("records"),
            "by_benefit": self.by("head").to_dict("records"),
            "rows": self.rows.to_dict("records"),
            "missing": self.missing.to_dict("records"),
        }


def track(document: Mapping[str, object], actuals: Path) -> Tracked:
    """Hold actuals against the cash of a plan.

    Parameters
    ----------
    document : mapping
        ``plan.json``.
    actuals : pathlib.Path
        A CSV or workbook.

    Raises
    ------
    DataError
        With every row that cannot be read, or names an owner, head or year that the plan does not have.
    """
    plan = _cash(document)
    actual = _read(read_register(actuals, NEEDED), plan)
    keys = list(_CASH)
    rows = actual.merge(plan, on=keys, how="left")
    rows["promised"] = rows["as_today"] - rows["planned"]
    rows["delivered"] = rows["as_today"] - rows["actual"]
    rows["variance"] = rows["delivered"] - rows["promised"]
    rest = plan[plan["year"].isin(actual["year"])].merge(actual[keys], on=keys, how="left", indicator=True)
    rest = rest[rest["_merge"] == "left_only"]
    rest = rest.assign(promised=rest["as_today"] - rest["planned"])[[*keys, "promised"]]
    return Tracked(rows.sort_values(keys).reset_index(drop=True), rest.sort_values(keys).reset_index(drop=True))


def _cash(document: Mapping[str, object]) -> pd.DataFrame:
    rows = document["cash"]
    assert isinstance(rows, list)
    found = [
        (
            *(str(row.get(key)) if key != "year" else row.get(key) for key in _CASH),
            row.get("cash_nominal_today"),
            row.get("cash_nominal"),
        )
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("year"), int)
    ]
    table = pd.DataFrame(found, columns=[*_CASH, "as_today", "planned"])
    table[["as_today", "planned"]] = table[["as_today", "planned"]].apply(pd.to_numeric, errors="coerce").fillna(0.0)
    return table.groupby(list(_CASH), as_index=False).sum()


def _read(register: Register, plan: pd.DataFrame) -> pd.DataFrame:
    at = {clean_header(name): i for i, name in reversed(list(enumerate(register.header)))}
    missing = [name for name in NEEDED if name not in at]
    if missing:
        what = f"lacks {', '.join(missing)}; it has {', '.join(register.header)[:200]}"
        raise DataError([Issue(f"{register.label}, row 1", what, f"columns {', '.join(NEEDED)}")])
    issues: list[Issue] = []
    rows = []
    kinds = {(p, h): k for p, h, k in plan[["partner_id", "head", "kind"]].itertuples(index=False)}
    lines = set(plan[["partner_id", "head", "kind"]].itertuples(index=False, name=None))
    years = set(plan["year"])
    for number, cells in zip(register.numbers, register.cells, strict=True):
        if not any(clean(cell) for cell in cells):
            continue
        who, year, head, amount = (clean(cells[at[name]]) for name in NEEDED)
        kind = clean(cells[at["kind"]]) if "kind" in at else kinds.get((who, head), "")
        value, fix = (None, "give a number") if is_missing(amount) else read_number(amount, False, False)
        where = f"{register.label}, row {number}"
        if value is None or not math.isfinite(value):
            issues.append(Issue(f"{where}, amount", f'"{amount}" is no amount', fix))
        if not year.isdecimal() or int(year) not in years:
            issues.append(
                Issue(
                    f"{where}, year",
                    f'"{year}" is no year of the plan',
                    f"{min(years)} to {max(years)}" if years else "",
                )
            )
        if (who, head, kind) not in lines:
            issues.append(
                Issue(
                    f"{where}, head",
                    f"{who} has no {kind} {head} in the plan".replace("  ", " "),
                    _near(who, head, plan),
                )
            )
        rows.append((who, int(year) if year.isdecimal() else 0, head, kind, value))
    if issues:
        raise DataError(issues)
    if not rows:
        raise DataError([Issue(register.label, "holds no actuals", f"give rows of {', '.join(NEEDED)}")])
    table = pd.DataFrame(rows, columns=[*_CASH, "actual"])
    return table.groupby(list(_CASH), as_index=False).sum()


def _near(who: str, head: str, plan: pd.DataFrame) -> str:
    owners: Sequence[str] = sorted(plan["partner_id"].unique())
    if who not in owners:
        return did_you_mean(who, owners)
    heads = sorted(plan.loc[plan["partner_id"] == who, "head"].unique())
    return did_you_mean(head, heads) or f"heads of {who} are {', '.join(heads)}"


def track_text(found: Tracked) -> str:
    """Return the comparison for reading."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Tracked) -> Iterator[str]:
    for title, column in (("By owner", "partner_id"), ("By benefit", "head")):
        yield f"{title + ', £ nominal':<40}{'promised':>16}{'delivered':>16}{'variance':>16}{'share':>8}"
        for row in found.by(column).to_dict("records"):
            share = "" if abs(row["promised"]) < 0.005 else f"{row['delivered'] / row['promised']:.0%}"
            yield f"  {row[column]:<38}{row['promised']:>16,.0f}{row['delivered']:>16,.0f}{row['variance']:>16,.0f}{share:>8}"
    changed = found.missing[found.missing["promised"].abs() >= 0.005]
    if len(changed):
        promised = f"£{changed['promised'].sum():,.0f}"
        yield f"No actual was given for {len(changed)} lines of these years that the plan changes, promised {promised}:"
        for row in changed.head(10).to_dict("records"):
            yield f"  {row['partner_id']}, {row['head']}, {row['year']}: £{row['promised']:,.0f}"
