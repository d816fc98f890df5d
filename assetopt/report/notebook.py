"""A plan as a notebook shows it: the sentence, the totals a planner asks for first, and what changes; every name escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from assetopt.report.layers import action_label
from assetopt.report.terminal import headline

if TYPE_CHECKING:
    from assetopt.result import Result

MOST_SITES = 12
"""Sites shown, those that change the cost most; how many more there are is said."""


def notebook_html(result: Result) -> str:
    """Return a fragment of HTML without any style, script or address of its own."""
    return "".join(_parts(result))


def _parts(result: Result) -> Iterator[str]:
    yield f"<h4>{escape(result.problem.scenario.name or 'Plan')}</h4>"
    yield f"<p>{escape(result.certificate.sentence)}</p>"
    if result.plan is None:
        told = (*result.certificate.reasons, *result.certificate.ways())
        yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in told)}</ul>"
        return
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(label)}</th><td style="text-align:left">{escape(text)}</td></tr>'
        for label, text in headline(result)
    )
    yield f"<table><caption>The plan in short</caption><tbody>{rows}</tbody></table>"
    sites = result.sites
    changed = sites[sites["year"].notna()]
    if changed.empty:
        yield "<p>No site changes.</p>"
        return
    order = changed["npv_change"].abs().sort_values(ascending=False, kind="stable").index
    shown = changed.loc[order].head(MOST_SITES)
    status = str(result.totals["plan_status"])
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Site", "Partner", "What becomes of it", "Year", "Why"))
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:left">{escape(str(text))}</td>'
            for text in (
                row["name"],
                row["partner_id"],
                action_label(row["action"], status),
                int(row["year"]),
                row["reason"],
            )
        )
        + "</tr>"
        for row in shown.to_dict("records")
    )
    more = f" ({len(changed) - len(shown)} more in result.sites)" if len(changed) > len(shown) else ""
    yield (
        f"<table><caption>Sites that change{more}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
