"""Where jobs are worked on: in this process, in processes of this machine, or on a Dask cluster; one solver thread each."""

from __future__ import annotations

import os
import pickle
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from importlib import import_module
from typing import Protocol

from assetopt.errors import AssetoptError
from assetopt.estate import Estate
from assetopt.studies.job import Answer, Job

MEMORY_SHARE = 0.9
"""Of the machine's memory, what all workers together may take unless told otherwise."""


AHEAD = 1
"""Jobs handed in beyond the number of workers, so that none waits for the next."""


class Pool(Protocol):
    """Workers that take jobs."""

    @property
    def room(self) -> int:
        """Jobs that may be handed in at a time."""

    def submit(self, job: Job, starts: list[Answer]) -> Future[Answer]:
        """Hand in a job; its answer, faults included, comes with the future."""

    def renew(self) -> None:
        """Replace workers that died."""

    def close(self, *, at_once: bool = False) -> None:
        """Let the workers go; ``at_once`` without waiting for what they are at."""


def worked(estate: Estate, job: Job, starts: list[Answer]) -> Answer:
    """Do a job; whatever goes wrong in it is its answer."""
    try:
        return job.work(estate, job, starts)
    except MemoryError:
        return {"fault": "there is not enough memory for this problem in one worker"}
    except AssetoptError as fault:
        return {"fault": str(fault)}
    except Exception as fault:
        return {"fault": f"{type(fault).__name__}: {fault}"}


class Here:
    """No workers: each job is done in this process when it is handed in."""

    room = 1

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def submit(self, job: Job, starts: list[Answer]) -> Future[Answer]:
        """Do the job."""
        done: Future[Answer] = Future()
        done.set_result(worked(self._estate, job, starts))
        return done

    def renew(self) -> None:
        """Nothing can have died."""

    def close(self, *, at_once: bool = False) -> None:
        """Nothing to let go."""


# --- processes of this machine ---------------------------------------------------------------------------------------

_given: list[Estate] = []


def _begin(blob: bytes, memory: int) -> None:
    """Take over the estate in a new worker; leave when the study is gone; take no more than so much memory (bytes)."""
    import multiprocessing
    import resource
    import signal
    from multiprocessing.connection import wait

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if memory > 0:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    _given[:] = [pickle.loads(blob)]


def _in_worker(job: Job, starts: list[Answer]) -> Answer:
    return worked(_given[0], job, starts)


class Processes:
    """Processes of this machine, started afresh (spawn).

    Parameters
    ----------
    estate : Estate
    workers : int
    memory : float, optional
        GB that one worker may take; default its part of nine tenths of the machine's.
    """

    def __init__(self, estate: Estate, workers: int, memory: float | None = None) -> None:
        self.room, self._workers = workers + AHEAD, workers
        self._blob = pickle.dumps(estate)
        self._memory = int(memory * 1e9) if memory is not None else _part_of_memory(workers)
        self._pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        from multiprocessing import get_context

        return ProcessPoolExecutor(
            self._workers, get_context("spawn"), initializer=_begin, initargs=(self._blob, self._memory)
        )

    def submit(self, job: Job, starts: list[Answer]) -> Future[Answer]:
        """Hand in a job."""
        return self._pool.submit(_in_worker, job, starts)

    def renew(self) -> None:
        """Replace workers that died."""
        self.close(at_once=True)
        self._pool = self._started()

    def close(self, *, at_once: bool = False) -> None:
        """Let the workers go."""
        if at_once:
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
        self._pool.shutdown(wait=not at_once, cancel_futures=at_once)


def _part_of_memory(workers: int) -> int:
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
    return int(MEMORY_SHARE * whole / workers)


# --- a Dask cluster --------------------------------------------------------------------------------------------------


class Cluster:
    """The workers of a Dask scheduler; a job whose worker is lost is given to another.

    Raises
    ------
    AssetoptError
        Where Dask is not installed or the scheduler does not answer.
    """

    def __init__(self, estate: Estate, address: str, timeout: float = 10.0) -> None:
        try:
            dask = import_module("distributed")
        except ImportError:
            raise AssetoptError("--scheduler needs Dask: pip install 'assetopt[dask]'") from None
        try:
            self._client = dask.Client(address, timeout=timeout, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as fault:
            raise AssetoptError(f"no Dask scheduler answers at {address}: {fault}") from None
        # Handed in as a job rather than scattered: a worker that is lost with it can be made good.
        self._estate = self._client.submit(pickle.loads, pickle.dumps(estate), pure=False)
        self._pool: Executor = self._client.get_executor(pure=False, retries=2)

    @property
    def room(self) -> int:
        """Jobs that may be handed in at a time: workers come and go.

        None ahead: the scheduler gives a job to one worker at once, where it would wait behind another while a worker is free.
        """
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def submit(self, job: Job, starts: list[Answer]) -> Future[Answer]:
        """Hand in a job."""
        return self._pool.submit(worked, self._estate, job, starts)

    def renew(self) -> None:
        """The scheduler sees to lost workers."""

    def close(self, *, at_once: bool = False) -> None:
        """Leave the cluster; what it was given is taken back."""
        self._client.close()


def pool_of(estate: Estate, workers: int, scheduler: str = "", memory: float | None = None) -> Pool:
    """Return the workers asked for: a cluster by address, else so many processes, else (0) this process."""
    if scheduler:
        return Cluster(estate, scheduler)
    return Processes(estate, workers, memory) if workers > 0 else Here(estate)
