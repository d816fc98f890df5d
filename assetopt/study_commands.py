"""The commands of the studies: each reads its arguments, calls one function, and says what was found."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetopt.console import complain, say
from assetopt.errors import Issue, ScenarioError

if TYPE_CHECKING:
    from assetopt.read import Model
    from assetopt.studies.runner import Resources

Faults = Callable[[], AbstractContextManager[None]]

ModelPath = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A scenario file, or a data package folder or workbook.")
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The study's folder; a study that was broken off there goes on.")
]
Setting = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Override a setting of every solve, such as solver.time_limit=60; may be repeated.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=0, help="Processes, one solver thread each; 0: this one. Default: one a processor."),
]
Scheduler = Annotated[
    str, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster in place of processes: tcp://HOST:PORT.")
]
Memory = Annotated[
    float | None, typer.Option("--memory", metavar="GB", help="What one worker may take. Default: its part of 90 %.")
]
Known = Annotated[
    list[Path] | None,
    typer.Option(
        "--known",
        metavar="DIR",
        help="Folder of another study on the same model: what it has solved is not solved again; may be repeated.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
Group = Annotated[
    list[str] | None,
    typer.Option(
        "--group", metavar="NAME=WHO;WHO", help="Partners (ids or sectors) that speak with one voice; may be repeated."
    ),
]
BySector = Annotated[bool, typer.Option("--by-sector", help="All partners of a sector speak with one voice.")]


def _resources(
    workers: int | None, scheduler: str, memory: float | None, quiet: bool, known: list[Path] | None
) -> Resources:
    from assetopt.studies.runner import Resources, unheard

    count = (os.cpu_count() or 1) if workers is None else workers
    return Resources(count, scheduler, memory, unheard if quiet else complain, tuple(known or ()))


def _groups(model: Model, given: list[str] | None, by_sector: bool) -> dict[str, list[str]]:
    from assetopt.studies.players import by_sector as sectors

    out = sectors(model.estate) if by_sector and not given else {}
    faults = []
    for text in given or ():
        name, _, who = text.partition("=")
        members = [word.strip() for word in who.split(";") if word.strip()]
        if not name.strip() or not members:
            faults.append(Issue("--group", f'"{text}" names nobody', 'write --group "health=nhs;mh"'))
        out[name.strip()] = members
    if faults:
        raise ScenarioError(faults)
    return out


def _told(sentences: Sequence[str], out: Path, failures: int) -> None:
    for sentence in sentences:
        say(sentence)
    if failures:
        complain(f"{failures} of the study's jobs failed; the same command tries them again")
    say(f"Written to {out}")


def add_studies(app: typer.Typer, faults: Faults) -> None:
    """Add the studies to the command line; ``faults`` turns what goes wrong into messages and exit codes."""

    @app.command()
    def share(
        model: ModelPath,
        out: Out,
        group: Group = None,
        by_sector: BySector = False,
        orders: Annotated[
            int, typer.Option(min=4, help="With more than ten partners: orders of joining that are sampled.")
        ] = 24,
        workers: Workers = None,
        scheduler: Scheduler = "",
        memory: Memory = None,
        known: Known = None,
        settings: Setting = None,
        quiet: Quiet = False,
    ) -> None:
        """Find what partners save together, and how to share it so that the whole holds."""
        with faults():
            from assetopt.read import read_model
            from assetopt.studies.share import share as study
            from assetopt.studies.share_report import sentences

            read = read_model(model, settings or ())
            groups = _groups(read, group, by_sector)
            using = _resources(workers, scheduler, memory, quiet, known)
            found = study(read.estate, read.scenario, out, groups=groups, orders=orders, resources=using)
            _told(sentences(found), out, len(found.failures))

    @app.command()
    def boundaries(
        model: ModelPath,
        out: Out,
        group: Group = None,
        by_sector: BySector = False,
        workers: Workers = None,
        scheduler: Scheduler = "",
        memory: Memory = None,
        known: Known = None,
        settings: Setting = None,
        quiet: Quiet = False,
    ) -> None:
        """Price every boundary: what each wall between partners, buildings and money costs, and each rule."""
        with faults():
            from assetopt.read import read_model
            from assetopt.studies.boundaries import boundaries as study
            from assetopt.studies.boundaries_report import sentences

            read = read_model(model, settings or ())
            groups = _groups(read, group, by_sector)
            using = _resources(workers, scheduler, memory, quiet, known)
            found = study(read.estate, read.scenario, out, groups=groups, resources=using)
            _told(sentences(found), out, len(found.failures))

    @app.command()
    def alternatives(
        model: ModelPath,
        out: Out,
        within: Annotated[
            float, typer.Option(min=0.0, help="How much dearer than the best a plan may be, as a share of its cost.")
        ] = 0.02,
        of_saving: Annotated[bool, typer.Option("--of-saving", help="As a share of the saving instead.")] = False,
        count: Annotated[int, typer.Option(min=1, help="Plans, the best among them.")] = 12,
        workers: Workers = None,
        scheduler: Scheduler = "",
        memory: Memory = None,
        known: Known = None,
        settings: Setting = None,
        quiet: Quiet = False,
    ) -> None:
        """Find plans nearly as good as the best that differ in which sites go: no regret, never, or open."""
        with faults():
            from assetopt.read import read_model
            from assetopt.studies.alternatives import alternatives as study
            from assetopt.studies.alternatives_report import sentences

            read = read_model(model, settings or ())
            using = _resources(workers, scheduler, memory, quiet, known)
            found = study(
                read.estate, read.scenario, out, within=within, of_saving=of_saving, count=count, resources=using
            )
            _told(sentences(found), out, len(found.failures))

    @app.command()
    def stress(
        report: Annotated[Path, typer.Argument(metavar="DIR", help="A report folder of a plan, with its inputs.")],
        out: Out,
        draws: Annotated[int, typer.Option(min=1, help="How often the plan is costed again.")] = 1000,
        regrets: Annotated[
            int, typer.Option(min=0, max=50, help="On how many of the draws another plan is looked for.")
        ] = 6,
        ranges: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="Ranges as TOML: receipts = [0.7, 1, 1.2]; correlation = 0.5."),
        ] = None,
        seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 1,
        workers: Workers = None,
        scheduler: Scheduler = "",
        memory: Memory = None,
        known: Known = None,
        quiet: Quiet = False,
    ) -> None:
        """Cost a plan again and again on draws from stated ranges: how sure its saving is, and what would turn it."""
        with faults():
            from assetopt.studies.draws import read_ranges
            from assetopt.studies.stress import stress as study
            from assetopt.studies.stress_report import sentences

            using = _resources(workers, scheduler, memory, quiet, known)
            given = None if ranges is None else read_ranges(ranges)
            found = study(report, out, draws=draws, regrets=regrets, ranges=given, seed=seed, resources=using)
            _told(sentences(found), out, len(found.failures))

    @app.command()
    def frontier(
        model: ModelPath,
        out: Out,
        axis: Annotated[str, typer.Option(help="access, carbon, capital, moves or partners.")],
        points: Annotated[int, typer.Option(min=2, help="Points over the axis, the ends among them.")] = 9,
        workers: Workers = None,
        scheduler: Scheduler = "",
        memory: Memory = None,
        known: Known = None,
        settings: Setting = None,
        quiet: Quiet = False,
    ) -> None:
        """Find what one more minute, tonne, move or £100,000 buys: plans of which none is better in both."""
        with faults():
            from assetopt.read import read_model
            from assetopt.studies.frontier import frontier as study
            from assetopt.studies.frontier_report import sentences

            read = read_model(model, settings or ())
            using = _resources(workers, scheduler, memory, quiet, known)
            found = study(read.estate, read.scenario, out, axis=axis, points=points, resources=using)
            _told(sentences(found), out, len(found.failures))
