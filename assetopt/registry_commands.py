"""The commands of trust: the run registry, approvals, and outturn against plan."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetopt.console import complain, say
from assetopt.errors import DataError, Issue

if TYPE_CHECKING:
    from assetopt.registry import Registry, Run

Faults = Callable[[], AbstractContextManager[None]]
Solve = Callable[..., None]

NO = 1
RegistryPath = Annotated[Path, typer.Option("--registry", metavar="PATH", help="The registry file.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run, or its beginning.")]
Report = Annotated[Path, typer.Argument(metavar="DIR", help="A report folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON to standard output.")]


def add_registry(app: typer.Typer, faults: Faults, solve: Solve) -> None:
    """Add ``runs``, ``approve``, ``approvals`` and ``track``; ``solve`` is the command that a rerun calls."""
    runs = typer.Typer(help="The registry of runs: list, show, open, rerun, add, prune.", no_args_is_help=True)
    app.add_typer(runs, name="runs")
    _add_runs(runs, faults, solve)
    _add_trust(app, faults)


def _add_runs(runs: typer.Typer, faults: Faults, solve: Solve) -> None:
    @runs.command(name="list")
    def list_(registry: RegistryPath, as_json: Json = False) -> None:
        """List every run, the latest first."""
        with faults():
            from dataclasses import asdict

            found = _existing(registry).runs()
            if as_json:
                _print_json([asdict(run) for run in found])
                return
            for run in found:
                say(run_line(run))
            say(f"{len(found)} run{'' if len(found) == 1 else 's'}")

    @runs.command()
    def show(run: RunId, registry: RegistryPath, as_json: Json = False) -> None:
        """Show one run, and whether its folder still holds its plan."""
        with faults():
            from dataclasses import asdict

            from assetopt.registry import gone

            found = _existing(registry).find(run)
            facts = asdict(found) | {"folder_state": gone(found) or ("as it was" if found.plan_sha256 else "no plan")}
            if as_json:
                _print_json(facts)
            else:
                for name, value in facts.items():
                    say(f"{name:<14} {'' if value is None else value}")

    @runs.command(name="open")
    def open_(run: RunId, registry: RegistryPath) -> None:
        """Open a run's report.html in the browser, and print where it is."""
        with faults():
            from assetopt.registry import gone

            found = _existing(registry).find(run)
            page = Path(found.folder) / "report.html"
            why = gone(found) or ("" if page.is_file() else "it has no report.html")
            if why:
                raise DataError([Issue(found.folder, f"cannot be opened: {why}")])
            say(str(page))
            if sys.stdout.isatty():
                import webbrowser

                webbrowser.open(page.as_uri())

    @runs.command()
    def rerun(
        run: RunId,
        registry: RegistryPath,
        out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the new report folder goes.")],
    ) -> None:
        """Solve a run's own inputs again, settings and seed as they were, and say whether the plan costs the same."""
        with faults():
            from assetopt.registry import gone, run_of_folder

            old = _existing(registry).find(run)
            scenario = Path(old.folder) / "inputs" / "scenario.toml"
            why = gone(old) or ("" if scenario.is_file() else "it has no inputs/ (written with --no-inputs?)")
            if why:
                raise DataError([Issue(old.folder, f"cannot be run again: {why}")])
            code = 0
            try:
                solve(model=scenario, out=out, registry=registry)
            except typer.Exit as end:
                code = end.exit_code
            if code == 0:
                new = run_of_folder(out)
                say(f"objective then {_money(old.objective)}, now {_money(new.objective)}")
            raise typer.Exit(code)

    @runs.command()
    def add(
        folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Report folders, or folders of them.")],
        registry: RegistryPath,
    ) -> None:
        """Put report folders into the registry: all of them, and a lost registry is rebuilt."""
        with faults():
            from assetopt.registry import Registry, report_folders, run_of_folder

            target, count, wrong = Registry(registry), 0, 0
            for root in folders:
                found = report_folders(root)
                if not found:
                    complain(f"{root}: holds no report")
                    wrong += 1
                for folder in found:
                    try:
                        target.put(run_of_folder(folder))
                        count += 1
                    except DataError as fault:
                        complain(str(fault))
                        wrong += 1
            say(f"{count} added, {wrong} not")
            raise typer.Exit(NO if wrong else 0)

    @runs.command()
    def prune(
        registry: RegistryPath,
        yes: Annotated[bool, typer.Option("--yes", help="Do it; without this only what would go is listed.")] = False,
    ) -> None:
        """Forget runs whose folder is gone or holds another plan. No folder is ever deleted."""
        with faults():
            from assetopt.registry import gone

            target = _existing(registry)
            stale = [(run, why) for run in target.runs() if (why := gone(run))]
            for run, why in stale:
                say(f"{run.run_id}  {run.folder}: {why}")
            if yes:
                target.forget([run for run, _ in stale])
            say(f"{len(stale)} {'forgotten' if yes else 'would be forgotten; --yes does it'}")


def _add_trust(app: typer.Typer, faults: Faults) -> None:
    @app.command()
    def approve(
        folder: Report,
        partner: Annotated[str, typer.Option("--partner", help="The partner that approves.")],
        role: Annotated[str, typer.Option("--as", metavar="ROLE", help='The office, such as "Director of Property".')],
        scope: Annotated[
            list[str] | None, typer.Option(help="data, plan or charges; may be repeated. Default: all.")
        ] = None,
        note: Annotated[str, typer.Option(help="Why, or with which reservations.")] = "",
        withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an approval back.")] = False,
    ) -> None:
        """Write a partner's approval of a verified report into its sealed log."""
        with faults():
            from assetopt.report.approvals import SCOPES, known_partner
            from assetopt.report.approvals import approve as append
            from assetopt.report.audit import problem_of, read_plan_document, verify_folder
            from assetopt.report.document import INTERIM

            chosen = scope or list(SCOPES)
            wrong = [name for name in chosen if name not in SCOPES]
            if wrong or not role.strip():
                fix = f"scopes are {', '.join(SCOPES)}" if wrong else "name the office that approves"
                raise DataError([Issue("--scope" if wrong else "--as", f"{', '.join(wrong) or 'is empty'}", fix)])
            document = read_plan_document(folder)
            known_partner(partner, problem_of(folder).estate.partners)
            if document.get(INTERIM) is True and not withdraw:
                raise DataError(
                    [Issue(str(folder), "holds an interim plan of a run that did not end", "solve it to its end")]
                )
            broken = [v for v in verify_folder(folder).violations if v.rule != "approvals"]
            if broken and not withdraw:
                raise DataError(
                    [Issue(str(folder), f"does not verify: {broken[0].message}", "assetopt verify lists all")]
                )
            for entry in append(folder, document, partner, role, chosen, note, withdraw):
                say(
                    f"{entry.number}  {entry.at}  {entry.partner_id}  {entry.scope}  {entry.decision}  seal {entry.seal}"
                )

    @app.command()
    def approvals(folder: Report, as_json: Json = False) -> None:
        """Say who has approved what, and whether the plan is agreed (exit 0) or not (exit 1)."""
        with faults():
            from assetopt.report.approvals import agreement
            from assetopt.report.audit import problem_of, read_plan_document

            found = agreement(folder, read_plan_document(folder), problem_of(folder).estate.partners)
            if as_json:
                _print_json(found.as_dict())
            else:
                for fault in found.faults:
                    say(f"FAULT {fault}")
                for (who, what), state in found.state.items():
                    say(f"{who:<30} {what:<8} {state}")
                say("Agreed by every partner that must." if found.agreed else "Not agreed.")
            raise typer.Exit(0 if found.agreed else NO)

    @app.command()
    def track(
        folder: Report,
        actuals: Annotated[
            Path, typer.Argument(metavar="ACTUALS", help="CSV: partner_id, year, head, amount (£ nominal).")
        ],
        as_json: Json = False,
    ) -> None:
        """Hold what was paid and received against the plan, by owner and by benefit."""
        with faults():
            from assetopt.report.audit import read_document
            from assetopt.tracking import track as hold
            from assetopt.tracking import track_text

            found = hold(read_document(folder), actuals)
            if as_json:
                _print_json(found.as_dict())
            else:
                say(track_text(found).rstrip("\n"))


def _existing(path: Path) -> Registry:
    from assetopt.registry import Registry

    if not path.is_file():
        raise DataError(
            [
                Issue(
                    str(path),
                    "there is no such registry",
                    "solve with --registry, or make one: assetopt runs add DIR --registry PATH",
                )
            ]
        )
    return Registry(path)


def run_line(run: Run) -> str:
    """Return a run in one line, as `assetopt runs list` shows it."""
    gap = "" if run.gap is None else f"gap {run.gap:.2%}"
    head = f"{run.run_id}  {run.began or '-':<25}  {run.who or '-':<12}  {run.status:<10}"
    return f"{head}  {_money(run.npv_saving):>16}  {gap:<12}  {run.folder}"


def _money(value: float | None) -> str:
    return "-" if value is None else f"£{value:,.0f}"


def _print_json(document: object) -> None:
    from assetopt.report.document import json_text

    sys.stdout.write(json_text(document))
    sys.stdout.flush()
