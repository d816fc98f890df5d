"""Working through the jobs of a study: what is known is not asked again, what fails is told, what is found is kept at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from pathlib import Path

from assetopt.estate import Estate
from assetopt.studies.folder import StudyFolder
from assetopt.studies.job import Answer, Job, estate_content
from assetopt.studies.pools import Pool, pool_of

DEATHS = 2
"""Times that a worker may die while a job is handed in before the job is tried alone; and alone, before it has failed."""

Tell = Callable[[str], None]


def unheard(_text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Resources:
    """What a study may use: ``workers`` processes (0: this one), or a Dask ``scheduler``; ``memory`` GB a worker.

    ``known`` are folders of other studies whose answers are taken where they answer the same question.
    """

    workers: int = 0
    scheduler: str = ""
    memory: float | None = None
    tell: Tell = unheard
    known: tuple[Path, ...] = ()


class Runner:
    """Answers jobs on one estate, from the study's folder where they stand there, else by its workers.

    Parameters
    ----------
    estate : Estate
    folder : Path
    sort : str
        The study, as in :class:`~assetopt.studies.folder.StudyFolder`.
    resources : Resources
    """

    def __init__(self, estate: Estate, folder: str | Path, sort: str, resources: Resources) -> None:
        self.estate, self.folder = estate, StudyFolder(Path(folder), sort, resources.known)
        self._resources = resources
        self._content = estate_content(estate)
        self._pool: Pool | None = None
        self.failures: dict[str, str] = {}
        self.solved = 0
        self.found = 0

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if self._pool is not None:
            self._pool.close(at_once=kind is not None)
            self._pool = None

    @property
    def _workers(self) -> Pool:
        if self._pool is None:
            r = self._resources
            self._pool = pool_of(self.estate, r.workers, r.scheduler, r.memory)
        return self._pool

    def run(self, jobs: Iterable[Job]) -> dict[str, Answer]:
        """Answer every job; those that failed are left out and stand in ``failures``.

        Raises
        ------
        ValueError
            Where two jobs have one key, or one waits for a job that is not among them.
        """
        run = _Run(list(jobs), self._tell)
        for job in run.jobs:
            answer = self.folder.read(job, self._content)
            if answer is not None:
                run.settle(job, answer)
                self.found += 1
        run.begin()
        while run.open:
            self._hand_in(run)
            if not run.busy:
                raise ValueError("the jobs of a study wait for each other")
            self._take_in(run)
        self.failures.update(run.failures)
        return {job.key: run.answers[job.key] for job in run.jobs if job.key in run.answers}

    def _hand_in(self, run: _Run) -> None:
        room = 1 if run.alone else self._workers.room
        while len(run.busy) < room and (job := run.next()) is not None:
            run.busy[self._workers.submit(job, run.starts(job))] = job

    def _take_in(self, run: _Run) -> None:
        done, _ = wait(run.busy, timeout=5.0, return_when=FIRST_COMPLETED)
        broken = False
        for future in done:
            job = run.busy.pop(future)
            try:
                answer = future.result()
            except BrokenExecutor:
                broken = True
                run.died(job)
                continue
            except Exception as fault:
                answer = {"fault": f"{type(fault).__name__}: {fault}"}
            if "fault" not in answer:
                self.folder.keep(job, self._content, answer)
                self.solved += 1
            run.settle(job, answer)
        if broken:
            for job in run.busy.values():
                run.died(job)
            run.busy.clear()
            self._workers.renew()
        run.report()

    def _tell(self, text: str) -> None:
        self._resources.tell(text)


class _Run:
    """What is done, under way and to come of one list of jobs."""

    def __init__(self, jobs: list[Job], tell: Tell) -> None:
        self.jobs = jobs
        by_key = {job.key: job for job in jobs}
        if len(by_key) < len(jobs):
            raise ValueError("two jobs of a study have one key")
        for job in jobs:
            for key in job.after:
                if key not in by_key:
                    raise ValueError(f'job "{job.key}" waits for "{key}", which is no job')
        self.answers: dict[str, Answer] = {}
        self.failures: dict[str, str] = {}
        self.busy: dict[Future[Answer], Job] = {}
        self.alone = False
        self._deaths: dict[str, int] = {}
        self._alone_deaths: dict[str, int] = {}
        self._waiting: list[Job] = []
        self._tell, self._began, self._told, self._known = tell, time.monotonic(), -10.0, 0

    def begin(self) -> None:
        """Start the clock once it is known which answers stand there already."""
        self._known = len(self.answers)
        self._waiting = [job for job in self.jobs if job.key not in self.answers]
        if self._known:
            self._tell(f"{self._known} of {len(self.jobs)} stand there already")

    @property
    def open(self) -> bool:
        """Whether a job is still to be done."""
        return bool(self._waiting or self.busy)

    def next(self) -> Job | None:
        """Return a job whose predecessors are done and which nobody is at under another name; None for now.

        A job over which workers died again and again comes last, and alone.
        """
        if self.alone and self.busy:
            return None
        self.alone = False
        under_way = {job.content for job in self.busy.values()}
        ready = [job for job in self._waiting if self._ready(job) and job.content not in under_way]
        for job in ready:
            if self._deaths.get(job.key, 0) < DEATHS:
                self._waiting.remove(job)
                return job
        if self.busy or not ready:
            return None
        self.alone = True
        self._waiting.remove(ready[0])
        return ready[0]

    def _ready(self, job: Job) -> bool:
        return all(key in self.answers or key in self.failures for key in job.after)

    def starts(self, job: Job) -> list[Answer]:
        """Return the answers of the jobs that came before it."""
        return [self.answers[key] for key in job.after if key in self.answers]

    def died(self, job: Job) -> None:
        """Take note that a worker died while a job was handed in; who was to blame is not known at first."""
        blamed = self._alone_deaths if self.alone else self._deaths
        blamed[job.key] = blamed.get(job.key, 0) + 1
        if self._alone_deaths.get(job.key, 0) >= DEATHS:
            self.settle(job, {"fault": "its worker process died each time, alone at last: too little memory?"})
        else:
            self._waiting.append(job)

    def settle(self, job: Job, answer: Answer) -> None:
        """Take in an answer, for every job that asks the same."""
        same = [job, *(other for other in self._waiting if other.content == job.content and other.key != job.key)]
        self._waiting = [other for other in self._waiting if other not in same]
        for one in same:
            if "fault" in answer:
                self.failures[one.key] = str(answer["fault"])
                self._tell(f"{one.key} failed: {answer['fault']}")
            else:
                self.answers[one.key] = answer

    def report(self) -> None:
        """Say how far it is, and about how long it will take, now and then."""
        now = time.monotonic() - self._began
        done = len(self.answers) + len(self.failures) - self._known
        left = len(self.jobs) - len(self.answers) - len(self.failures)
        if not left or now - self._told >= 5.0:
            self._told = now
            text = f"{len(self.answers) + len(self.failures)} of {len(self.jobs)} done, {now:.0f} s"
            if left and done:
                text += f", about {now / done * left:.0f} s to go"
            self._tell(text)
