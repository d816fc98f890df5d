"""Jobs that go wrong in every way a job can."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from assetopt.errors import AssetoptError


def add(_estate, job, starts):
    """Add a number to the sum of those before; note in a file that it was done."""
    if "log" in job.more:
        with open(job.more["log"], "a", encoding="utf-8") as log:
            log.write(f"{job.key}\n")
    return {"sum": job.more["number"] + sum(start["sum"] for start in starts)}


def refuse(_estate, job, _starts):
    """Fail with a reason."""
    raise AssetoptError("it cannot be")


def stumble(_estate, job, _starts):
    """Fail by a fault of the program."""
    return 1 / 0


def die(_estate, job, _starts):
    """Take the worker along."""
    os._exit(9)


def die_once(_estate, job, _starts):
    """Take the worker along the first time."""
    mark = Path(job.more["mark"])
    if not mark.exists():
        mark.write_text("x", encoding="utf-8")
        os._exit(9)
    return {"sum": 1}


def take(_estate, job, _starts):
    """Take so many bytes of memory."""
    return {"sum": float(np.ones(int(job.more["bytes"]) // 8).sum())}


def wait_and_add(_estate, job, starts):
    """Take a while."""
    time.sleep(job.more["seconds"])
    return {"sum": job.more["number"] + sum(start["sum"] for start in starts), "pid": os.getpid()}
