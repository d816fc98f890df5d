"""`assetopt explain`: one run from the folder to its files, told on the way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetopt.console import complain, say

if TYPE_CHECKING:
    from assetopt.explain.found import Found

Faults = Callable[[bool], AbstractContextManager[None]]
Stops = Callable[[], AbstractContextManager[Event]]

SHOWN = 5
"""Buildings of each standing that the terminal names."""


def add_explain(app: typer.Typer, faults: Faults, stops: Stops) -> None:
    """Add the command; ``faults`` turns what goes wrong into exit codes, ``stops`` gives the event that Ctrl-C sets."""

    @app.command()
    def explain(
        folder: Annotated[Path, typer.Argument(metavar="DIR", help="A report folder.")],
        site: Annotated[list[str] | None, typer.Option("--site", help="Only this site; may be repeated.")] = None,
        team: Annotated[list[str] | None, typer.Option("--team", help="Only this team; may be repeated.")] = None,
        standard: Annotated[
            list[str] | None, typer.Option("--standard", help="Only this standard; may be repeated.")
        ] = None,
        time_limit: Annotated[float, typer.Option(min=1, help="Seconds for all prices together.")] = 600.0,
        threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = 2,
        seed: Annotated[int, typer.Option(help="Random seed.")] = 1,
        quiet: Annotated[bool, typer.Option("--quiet", help="Show faults only.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    ) -> None:
        """Say why each decision stands, what the other way would cost, and what would have to change."""
        with faults(as_json), stops() as stop:
            from assetopt.calendar.writing import calendar_in
            from assetopt.explain.run import explain_folder
            from assetopt.explain.writing import write_explanation

            chosen = bool(site or team or standard)
            if not chosen:
                calendar_in(folder)  # what cannot be read is told now, not after the search

            began, last = time.monotonic(), 0.0

            def told(phase: str, done: int, of: int) -> None:
                nonlocal last
                now = time.monotonic()
                if not quiet and (now - last > 2.0 or done == of):
                    last = now
                    complain(f"explain {now - began:6.1f} s  {phase}: {done} of {of}")

            found = explain_folder(
                folder, seconds=time_limit, threads=threads, seed=seed, stop=stop, told=told, sites=frozenset(site or ()),
                teams=frozenset(team or ()), standards=frozenset(standard or ()),
            )  # fmt: skip
            paths = [] if chosen else write_explanation(found, folder)
            if as_json:
                typer.echo(json.dumps(_as_dict(found), ensure_ascii=False, indent=1, allow_nan=False))
            elif not quiet:
                for line in lines(found, every=chosen):
                    say(line)
                if paths:
                    say(f"Written to {folder}: {', '.join(path.name for path in paths)}")


def lines(found: Found, *, every: bool) -> list[str]:
    """Return an explanation in a few lines, or ``every`` decision that was asked about."""
    from assetopt.explain.tables import better_words, site_table, team_table

    out = [] if every else [found.sentence]
    note = better_words(found)
    out += [note] if note else []
    sites = site_table(found)
    for standing, part in sites.groupby("standing", sort=False):
        shown = part if every else part.head(SHOWN)
        for row in shown.to_dict("records"):
            out.append(_told(row))
        if len(part) > len(shown):
            out.append(f"{standing}  and {len(part) - len(shown)} more")
    if every:
        for row in team_table(found).to_dict("records"):
            out.append(_told(row))
    for row in found.standards.to_dict("records"):
        most = "an unknown amount" if row["price_high"] != row["price_high"] else f"£{row['price_high']:,.0f}"
        out.append(f"standard  {row['standard_id']} costs £{row['price_low']:,.0f} to {most}: {row['what']}")
    return out


def _told(row: dict[Any, Any]) -> str:
    why = f"; {row['drivers']}" if row["standing"] in ("essential", "priced", "swappable") else ""
    return f"{row['standing']}  {row['name']} ({row['decision']}); {row['other_way']}: {row['price']}{why}"


def _as_dict(found: Found) -> dict[str, object]:
    from assetopt.explain.tables import site_table, team_table
    from assetopt.plan import table_records

    return {
        "sentence": found.sentence, "sites": table_records(site_table(found)), "teams": table_records(team_table(found)),
        "standards": table_records(found.standards),
    }  # fmt: skip
