"""A Dask cluster: a real scheduler and two workers on loopback, one of which is lost midway."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time

import odd_jobs
import pytest
from three_partners import V, estate, scenario

from assetopt.errors import AssetoptError
from assetopt.studies.job import Job
from assetopt.studies.pools import Cluster
from assetopt.studies.runner import Resources, Runner
from assetopt.studies.share import share

pytest.importorskip("distributed", reason="needs the extra dask")
pytestmark = [
    pytest.mark.slow,
    # Dask's own threads and sockets close after the test that used them.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

SCHEDULER = (
    "import asyncio\nfrom distributed import Scheduler\n"
    "async def run():\n"
    "    async with Scheduler(host='127.0.0.1', port=0, dashboard=False) as s:\n"
    "        print('ADDRESS', s.address, flush=True)\n"
    "        await s.finished()\n"
    "asyncio.run(run())\n"
)
WORKER = (
    "import asyncio, sys\nfrom distributed import Worker\n"
    "async def run():\n"
    "    async with Worker(sys.argv[1], nthreads=1, name=sys.argv[2], dashboard=False) as w:\n"
    "        await w.finished()\n"
    "asyncio.run(run())\n"
)


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers; give the address and the workers' processes."""
    place = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=place
        )
    ]
    line = started[0].stdout.readline().decode()
    address = re.search(r"ADDRESS (\S+)", line).group(1)
    for name in ("one", "two"):
        command = [sys.executable, "-c", WORKER, address, name]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, env=place, cwd=tmp_path))
    try:
        yield address, started[1:]
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
            process.wait()
        started[0].stdout.close()


def test_a_study_on_a_cluster_gives_what_it_gives_on_paper(cluster, tmp_path):
    shares = share(estate(), scenario(), tmp_path / "out", resources=Resources(scheduler=cluster[0]))
    assert shares.coalitions.game().tolist() == [0, V["a"], V["b"], V["a+b"], V["c"], V["a+c"], V["b+c"], V["a+b+c"]]
    assert shares.failures == {}


def test_a_worker_that_is_lost_midway_loses_no_job(cluster, tmp_path):
    address, workers = cluster
    jobs = [
        Job(str(k), odd_jobs.wait_and_add, scenario(), more={"number": k, "seconds": 0.8, "key": k}) for k in range(12)
    ]
    lost = threading.Timer(2.0, lambda: os.kill(workers[0].pid, signal.SIGKILL))
    with Runner(estate(), tmp_path / "out", "share", Resources(scheduler=address)) as runner:
        _wait_for_workers(runner, 2)
        lost.start()
        answers = runner.run(jobs)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert runner.failures == {}
    assert {key: answer["sum"] for key, answer in answers.items()} == {str(k): k for k in range(12)}
    # Half of the 4.8 s of work were still to be done: the other worker did more than its half.
    assert sum(answer["pid"] == workers[1].pid for answer in answers.values()) > 6


def _wait_for_workers(runner, count):
    pool = runner._workers
    assert isinstance(pool, Cluster)
    deadline = time.monotonic() + 60
    while len(pool._client.scheduler_info()["workers"]) < count and time.monotonic() < deadline:
        time.sleep(0.1)


def test_a_scheduler_that_is_not_there_is_told():
    with pytest.raises(AssetoptError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster(estate(), "tcp://127.0.0.1:9", timeout=3)
