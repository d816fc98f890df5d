"""The command line: reads arguments, calls one function a command, prints, and says by its exit code how it went.

0 done, 1 no plan exists or a plan fails its verification, 2 bad input, 3 stopped without a plan.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from assetopt.console import complain, list_issues, progress_shown, say
from assetopt.errors import AssetoptError, InputError
from assetopt.explain.command import add_explain
from assetopt.import_commands import add_import
from assetopt.memory_limit import is_lack_of_memory, scarce_memory
from assetopt.registry_commands import add_registry
from assetopt.study_commands import add_studies

if TYPE_CHECKING:
    from assetopt.report.audit import FolderVerdict
    from assetopt.report.running import RunningReport
    from assetopt.result import Result

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_MEMORY = "there is not enough memory for this problem"
OK, NO, BAD_INPUT, NO_ANSWER, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141

app = typer.Typer(
    help=(
        "Optimises shared public estates: which buildings to keep, leave, open or invest in, which team moves where."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_state = {"debug": False, "began": 0.0}

ModelPath = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A scenario file, or a data package folder or workbook.")
]
Setting = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Override a setting, such as solver.time_limit=60; may be repeated."
    ),
]
Redact = Annotated[bool, typer.Option("--redact", help="Restricted sites lose name, place and value.")]
Band = Annotated[bool, typer.Option("--band", help="Receipts in bands.")]
For = Annotated[str, typer.Option("--for", metavar="PARTNER", help="One partner's rows in full, others as totals.")]
Public = Annotated[
    bool, typer.Option("--public", help="For everybody: no values, leases or closures under discussion.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON to standard output.")]


def _version(asked: bool) -> None:
    if asked:
        import assetopt

        say(f"assetopt {assetopt.__version__}")
        raise typer.Exit(OK)


@app.callback()
def _begin(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a fault.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    _state["debug"], _state["began"] = debug, time.monotonic()
    if scarce := scarce_memory():
        complain(scarce)


@contextlib.contextmanager
def _faults_as_exit(as_json: bool = False) -> Iterator[None]:
    """Turn what goes wrong into a plain message and the exit code of the contract."""
    try:
        yield
    except InputError as fault:
        _maybe_raise()
        if as_json:
            issues = [{"where": i.where, "what": i.what, "fix": i.fix} for i in fault.issues]
            _print_json({"ok": False, "faults": issues})
        list_issues(fault.issues)
        raise typer.Exit(BAD_INPUT) from None
    except AssetoptError as fault:
        _maybe_raise()
        complain(str(fault))
        raise typer.Exit(BAD_INPUT) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(PIPE_CLOSED) from None
    except OSError as fault:
        _maybe_raise()
        complain(_told(fault))
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt:
        complain("interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except MemoryError:
        _maybe_raise()
        complain(NO_MEMORY)
        raise typer.Exit(BAD_INPUT) from None
    except typer.Exit:
        raise
    except Exception as fault:
        _maybe_raise()
        if is_lack_of_memory(fault):
            complain(NO_MEMORY)
            raise typer.Exit(BAD_INPUT) from None
        complain(f"assetopt failed, which is a fault of the program: {type(fault).__name__}: {fault}")
        complain("run it again as `assetopt --debug ...` and report what it shows")
        raise typer.Exit(BAD_INPUT) from None


def _maybe_raise() -> None:
    if _state["debug"]:
        raise


def _told(fault: OSError) -> str:
    fix = "; make room, or name a folder on another disk" if fault.errno in FULL else ""
    if fault.strerror and fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}{fix}"
    return f"{fault.strerror}{fix}" if fix else str(fault) or type(fault).__name__


def _print_json(document: object) -> None:
    from assetopt.report.document import json_text

    sys.stdout.write(json_text(document))
    sys.stdout.flush()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    xlsx: Annotated[bool, typer.Option("--xlsx", help="One workbook in place of CSV files.")] = False,
) -> None:
    """Write an empty, documented data package and a scenario."""
    with _faults_as_exit():
        from assetopt.templates import write_model

        for path in write_model(folder, xlsx=xlsx):
            say(str(path))


@app.command()
def check(model: ModelPath, settings: Setting = None, as_json: Json = False) -> None:
    """Report every fault at once, data quality, and today's estate against every rule."""
    with _faults_as_exit(as_json):
        from assetopt.check import check as look
        from assetopt.check import check_text
        from assetopt.read import read_model

        found = look(read_model(model, settings or ()))
        if as_json:
            _print_json(found.as_dict())
        else:
            say(check_text(found).rstrip("\n"))


@app.command()
def solve(
    model: ModelPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report folder goes.")],
    engine: Annotated[
        str | None, typer.Option(help="auto, highs, decomposition, cbc, cp-sat, or one that PuLP lists.")
    ] = None,
    gap: Annotated[float | None, typer.Option(help="Stop at this gap, as a share of the objective.")] = None,
    saving_gap: Annotated[float | None, typer.Option(help="Stop at this gap, as a share of the saving.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for reading, formulating and solving.")] = None,
    threads: Annotated[int | None, typer.Option(help="Processor threads.")] = None,
    seed: Annotated[int | None, typer.Option(help="Random seed.")] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--start", metavar="PATH", help="A plan to start from: a report folder, plan.json, or own tables."
        ),
    ] = None,
    settings: Setting = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a report that stands at DIR.")] = False,
    no_inputs: Annotated[bool, typer.Option("--no-inputs", help="Leave out inputs/; verify then cannot work.")] = False,
    redact: Redact = False,
    band: Band = False,
    partner: For = "",
    public: Public = False,
    registry: Annotated[
        Path | None, typer.Option("--registry", metavar="PATH", help="Write the run into this registry (SQLite).")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show faults only.")] = False,
    as_json: Json = False,
) -> None:
    """Find the best plan, prove how good it is, verify it, and write the report folder.

    While it searches, the best plan so far is saved to DIR now and then, so that even a killed run leaves one.
    """
    given = {
        "engine": engine,
        "gap": gap,
        "saving_gap": saving_gap,
        "time_limit": time_limit,
        "threads": threads,
        "seed": seed,
    }
    chosen = [f"solver.{key}={json.dumps(value)}" for key, value in given.items() if value is not None]
    with _faults_as_exit(as_json), _stop_on_signals() as stop:
        from assetopt.report.audience.audience import Audience
        from assetopt.report.running import RunningReport

        audience = Audience(redact or public, band, partner, public)
        report = RunningReport(out, overwrite=overwrite, inputs=not no_inputs, audience=audience)
        given_settings = [*(settings or ()), *chosen]
        with _registered(registry, model, given_settings, out) as register:
            result = _solved(model, given_settings, start, report, stop, quiet)
            if result.plan is not None:
                report.finish(result)
            register(result)
        _report_solved(result, out, quiet, as_json)
        code = {"infeasible": NO, "unknown": NO_ANSWER}.get(result.certificate.status, OK)
        raise typer.Exit(code)


@contextlib.contextmanager
def _registered(path: Path | None, model: Path, settings: list[str], out: Path) -> Iterator[Callable[[Result], None]]:
    """Give what writes a run's result into the registry; a run that breaks off with a message is marked failed."""
    if path is None:
        yield lambda result: None
        return
    from dataclasses import replace

    from assetopt.registry import Registry, begun, ended, write_run_file

    registry, run = Registry(path), begun(model, settings, out)
    registry.put(run)

    def register(result: Result) -> None:
        nonlocal run
        run = ended(run, result.certificate.as_dict())
        write_run_file(run)
        registry.put(run)

    try:
        yield register
    except BaseException:
        with contextlib.suppress(AssetoptError, OSError):
            registry.put(replace(run, status="failed") if run.status == "running" else run)
        raise


def _solved(
    model: Path, settings: list[str], start: Path | None, report: RunningReport, stop: Event, quiet: bool
) -> Result:
    with progress_shown(quiet) as progress:
        from assetopt.engines.outcome import Progress
        from assetopt.read import read_model

        progress(Progress("reading", None, None, time.monotonic() - _state["began"]))
        read = read_model(model, settings)
        warnings = [*read.notes, *read.estate.warnings]
        if warnings and not quiet:
            some = f"{len(warnings)} warnings" if len(warnings) > 1 else "1 warning"
            complain(f"{some} about the inputs; see `assetopt check {model}`")
        from assetopt.optimise import optimise
        from assetopt.report.audience import audience_for

        problem = read.problem()
        asked = report.audience
        if asked is not None:
            audience_for(problem, redact=asked.redact, band=asked.band, partner=asked.partner, public=asked.public)
        return optimise(problem, start=start, on_plan=report.save, progress=progress, stop=stop, began=_state["began"])


def _report_solved(result: Result, out: Path, quiet: bool, as_json: bool) -> None:
    written = result.plan is not None
    if as_json:
        from assetopt.report.document import totals_document

        verdict = result.verdict
        _print_json(
            {
                "certificate": result.certificate.as_dict(),
                "verdict": None if verdict is None else verdict.as_dict(),
                "totals": totals_document(result.totals) if written else None,
                "out": str(out) if written else None,
            }
        )
    if not written:
        complain(result.certificate.sentence)
        for reason in (*result.certificate.reasons, *result.certificate.ways()):
            complain(f"  {reason}")
        if result.certificate.status == "infeasible" and not result.certificate.reasons:
            complain("  which rules are in each other's way was not found out")
    elif not (quiet or as_json):
        from assetopt.report.terminal import summary

        say(summary(result, min(80, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None))
        say(f"Written to {out}")


@contextlib.contextmanager
def _stop_on_signals() -> Iterator[Event]:
    """Give an event that Ctrl-C or SIGTERM sets: the best plan so far is kept. A second one leaves at once."""
    stop = Event()

    def asked(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(INTERRUPTED)
        stop.set()
        os.write(2, b"\nstopping with the best plan so far; once more to leave at once\n")

    before = {}
    with contextlib.suppress(ValueError):  # not in the main thread: signals are somebody else's
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, asked)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A report folder.")],
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FULL", help="The full report, where DIR is for an audience.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Recount a report from its own inputs, without any solver, and compare every figure it states."""
    with _faults_as_exit(as_json):
        verdict: FolderVerdict
        if against is None:
            from assetopt.report.audit import verify_folder

            verdict = verify_folder(folder)
        else:
            from assetopt.report.audience.checking import verify_view

            verdict = verify_view(folder, against)
        if as_json:
            _print_json(verdict.as_dict())
        else:
            say(verdict.sentence)
            for violation in verdict.violations:
                say(f"{violation.rule}: {violation.message}".replace("\n", " "))
        raise typer.Exit(OK if verdict.ok else NO)


@app.command()
def compare(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR DIR...", help="Two to eight report folders.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A file that ends in .html, .xlsx or .json.")],
    redact: Redact = False,
    band: Band = False,
    partner: For = "",
    public: Public = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
) -> None:
    """Lay plans of one estate side by side: what differs in the question, in the answer, for people and for money."""
    with _faults_as_exit():
        from assetopt.compare import compare as lay
        from assetopt.report.audience.audience import Audience

        found = lay(folders, out, audience=Audience(redact or public, band, partner, public), overwrite=overwrite)
        for note in found.notes:
            say(note)
        say(f"Written to {out}")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A full report folder, with inputs/.")],
    out: Annotated[Path, typer.Option("--out", metavar="OUT", help="A new folder, or a file that ends in .gpkg.")],
    redact: Redact = False,
    band: Band = False,
    partner: For = "",
    public: Public = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a report that stands at OUT.")] = False,
) -> None:
    """Write a report anew for an audience, or its map as a GeoPackage, without solving again."""
    with _faults_as_exit():
        from assetopt.report.exporting import export as write

        done = write(folder, out, redact=redact, band=band, partner=partner, public=public, overwrite=overwrite)
        say(f"Written to {done}")


@app.command()
def calendar(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A report folder.")],
    time_limit: Annotated[float | None, typer.Option(min=0.1, help="Seconds for the search.")] = None,
    gap: Annotated[
        float | None, typer.Option(min=0, help="Stop at this gap, as a share of the calendar's cost.")
    ] = None,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 1,
    moves_per_month: Annotated[int | None, typer.Option(min=1, help="Teams that crews can move in a month.")] = None,
    fte_per_month: Annotated[float | None, typer.Option(min=0, help="Staff whose team moves in a month.")] = None,
    works_at_once: Annotated[int | None, typer.Option(min=1, help="Sites in works in one month.")] = None,
    handover_months: Annotated[
        int | None, typer.Option(min=0, max=60, help="Months from the last move to the handback.")
    ] = None,
    run_up_months: Annotated[
        int | None, typer.Option(min=0, max=120, help="Months before 1 April of its year a change may begin.")
    ] = None,
    slip_months: Annotated[
        int | None, typer.Option(min=0, max=120, help="Months after 1 April of its year a change may be late.")
    ] = None,
    decants: Annotated[
        bool | None,
        typer.Option("--decants/--no-decants", help="Whether teams may wait in a third building.", show_default=False),
    ] = None,
    repair: Annotated[
        Path | None,
        typer.Option(
            "--repair", metavar="OUT", help="Where the plan cannot be kept: write one with later years to OUT."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show faults only.")] = False,
    as_json: Json = False,
) -> None:
    """Order the moves, works and handbacks of a plan month by month, and say what to decide by when.

    What is not said here is as the plan's scenario has it under [calendar].
    """
    changes = {
        "time_limit": time_limit, "gap": gap, "moves_per_month": moves_per_month, "fte_per_month": fte_per_month,
        "works_at_once": works_at_once, "handover_months": handover_months, "run_up_months": run_up_months,
        "slip_months": slip_months, "decants": decants,
    }  # fmt: skip
    with _faults_as_exit(as_json), _stop_on_signals() as stop:
        from assetopt.calendar.command import calendar_command

        done = calendar_command(
            folder, changes, threads=threads, seed=seed, stop=stop, repair=repair,
            say=(lambda text: None) if quiet or as_json else say, complain=complain, quiet=quiet,
        )  # fmt: skip
        if as_json:
            _print_json(done.as_dict())
        raise typer.Exit(OK if done.ok else NO)


@app.command()
def travel(
    model: ModelPath,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A travel table, .parquet or .csv, in place of the cache."),
    ] = None,
    mode: Annotated[
        list[str] | None, typer.Option("--mode", help="A mode, such as car or transit; may be repeated.")
    ] = None,
    within: Annotated[
        float | None, typer.Option("--within", metavar="MINUTES", help="Leave out what takes longer.")
    ] = None,
    settings: Setting = None,
    as_json: Json = False,
) -> None:
    """Compute and store the minutes between zones and sites, and say how they were come by."""
    with _faults_as_exit(as_json):
        from assetopt.read import read_model
        from assetopt.travelling import compute_travel, travelled_text

        found = compute_travel(read_model(model, settings or ()), out, mode or (), within)
        if as_json:
            _print_json(found.as_dict())
        else:
            say(travelled_text(found).rstrip("\n"))


@app.command()
def schema(
    data: Annotated[
        bool, typer.Option("--data", help="The data package (Frictionless) in place of the scenario.")
    ] = False,
) -> None:
    """Print the JSON Schema of the scenario, or the description of the data package."""
    with _faults_as_exit():
        if data:
            from assetopt.estate.package import datapackage

            _print_json(datapackage())
        else:
            from assetopt.templates import scenario_schema

            _print_json(scenario_schema())


@app.command()
def defaults(as_json: Json = False) -> None:
    """List every setting, assumed parameter and column default: value, unit, range, source, meaning."""
    with _faults_as_exit():
        from assetopt.defaults import defaults_text, shipped_values

        if as_json:
            _print_json([value.as_dict() for value in shipped_values()])
        else:
            say(defaults_text().rstrip("\n"))


add_studies(app, _faults_as_exit)
add_explain(app, _faults_as_exit, _stop_on_signals)
add_import(app, _faults_as_exit)
add_registry(app, _faults_as_exit, solve)


def main() -> None:
    """Run the command line."""
    app()
