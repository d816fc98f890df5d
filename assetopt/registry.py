"""The run registry: who ran what, when, from which inputs, with which result; one SQLite file that several may write.

What it holds of a finished run stands in the run's folder too (``plan.json`` and ``run.json``), so a lost registry is
rebuilt from the folders. Write-ahead logging lets one process write while others read; a second writer waits.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import math
import os
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assetopt.errors import DataError, Issue, did_you_mean
from assetopt.report.audit import read_document
from assetopt.report.document import INTERIM, PLAN_FILE, json_text

RUN_FILE = "run.json"
VERSION = 1
WAIT_SECONDS = 60.0
"""How long a writer waits for another."""

RUNNING = "running"
REBUILD = "rebuild it: assetopt runs add FOLDER... --registry NEW.db"
_MARK = 0x61737365  # "asse": PRAGMA application_id, so that somebody else's database is not taken for a registry
_LONGEST = 2_000_000


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes
    ----------
    run_id : str
        Twelve hexadecimal digits.
    began, ended : str
        UTC, ISO 8601; empty where not known.
    who : str
        Name of the account.
    model, settings, folder : str
        What was solved, with which settings (a JSON list), and the absolute path of the report folder.
    version : str
        Of assetopt.
    status : str
        running, or the status of the certificate; failed where the run broke off with a message.
    objective, bound, gap, npv_saving, seconds : float or None
    engine : str
    verified : int or None
        1 where the verifier agreed.
    inputs_sha256, plan_sha256 : str
        Of the list of inputs with their digests, and of ``plan.json``.
    """

    run_id: str
    began: str = ""
    ended: str = ""
    who: str = ""
    model: str = ""
    settings: str = "[]"
    folder: str = ""
    version: str = ""
    status: str = ""
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    npv_saving: float | None = None
    seconds: float | None = None
    engine: str = ""
    verified: int | None = None
    inputs_sha256: str = ""
    plan_sha256: str = ""


_NAMES = tuple(field.name for field in fields(Run))
_NUMBERS = ("objective", "bound", "gap", "npv_saving", "seconds")


class Registry:
    """A registry file.

    Parameters
    ----------
    path : pathlib.Path
        Made where it is missing.

    Raises
    ------
    DataError
        Where the file is no registry, or is one of a later version.
    OSError
        Where it cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.parent.is_dir():
            raise DataError([Issue(str(path), "cannot be made: there is no such folder", f"make {path.parent} first")])
        with self._open() as base:
            base.execute("PRAGMA journal_mode=WAL")
            base.execute("BEGIN IMMEDIATE")
            mark, version = (
                base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            )
            tables = base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if (mark != _MARK and tables) or version > VERSION:
                base.execute("ROLLBACK")
                what = (
                    "is a database of something else"
                    if mark != _MARK
                    else f"is of version {version}, this reads {VERSION}"
                )
                raise DataError([Issue(str(path), what, "name another file")])
            base.execute(f"PRAGMA application_id={_MARK}")
            base.execute(f"PRAGMA user_version={VERSION}")
            kinds = (
                f"{name} {'REAL' if name in _NUMBERS else 'INTEGER' if name == 'verified' else 'TEXT'}"
                for name in _NAMES[1:]
            )
            base.execute(f"CREATE TABLE IF NOT EXISTS runs (run_id TEXT PRIMARY KEY, {', '.join(kinds)})")
            base.execute("COMMIT")

    def put(self, run: Run) -> None:
        """Write one run, in place of an earlier state of it; it is on disk when this returns."""
        marks = ", ".join("?" for _ in _NAMES)
        with self._open() as base:
            values = [getattr(run, name) for name in _NAMES]
            base.execute(f"INSERT OR REPLACE INTO runs ({', '.join(_NAMES)}) VALUES ({marks})", values)

    def runs(self) -> list[Run]:
        """Return every run, the latest first; raises DataError where a row is not of the form that is written."""
        with self._open() as base:
            rows = base.execute(f"SELECT {', '.join(_NAMES)} FROM runs ORDER BY began DESC, run_id").fetchall()
        faults = [
            Issue(f"{self.path}, run {row[0]!r}", f"{name} is {value!r}", REBUILD)
            for row in rows
            for name, value in zip(_NAMES, row, strict=True)
            if not _fits(name, value)
        ]
        if faults:
            raise DataError(faults)
        return [Run(*row) for row in rows]

    def find(self, start: str) -> Run:
        """Return the run whose id begins so; raises DataError where none or several do."""
        found = [run for run in self.runs() if run.run_id.startswith(start)] if start else []
        if len(found) == 1:
            return found[0]
        ids = [run.run_id for run in found or self.runs()]
        what = f'"{start}" is the beginning of {len(found)} runs' if found else f'there is no run "{start}"'
        raise DataError([Issue(str(self.path), what, ", ".join(ids[:10]) if found else did_you_mean(start, ids))])

    def forget(self, runs: Sequence[Run]) -> None:
        """Take runs out of the registry; their folders are not touched."""
        with self._open() as base:
            base.executemany("DELETE FROM runs WHERE run_id = ?", [(run.run_id,) for run in runs])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)) as base:
                base.execute("PRAGMA synchronous=FULL")
                yield base
        except sqlite3.DatabaseError as fault:
            broken = any(word in str(fault) for word in ("malformed", "not a database"))
            fix = REBUILD if broken else ""
            raise DataError([Issue(str(self.path), f"cannot be used as a registry: {fault}", fix)]) from fault
        except UnicodeDecodeError as fault:
            # SQLite's own message repeats names out of a damaged file, which are no text.
            what = "cannot be used as a registry: its own description of its tables is damaged"
            raise DataError([Issue(str(self.path), what, REBUILD)]) from fault


def _fits(name: str, value: object) -> bool:
    """Say whether a value of a row is of the kind that `Registry.put` writes."""
    if name in _NUMBERS:
        return value is None or (isinstance(value, int | float) and math.isfinite(value))
    return (value is None or isinstance(value, int)) if name == "verified" else isinstance(value, str)


def begun(model: Path, settings: Sequence[str], folder: Path) -> Run:
    """Return a run that begins now."""
    import assetopt

    try:
        who = getpass.getuser()
    except (KeyError, OSError):
        who = ""
    return Run(
        uuid.uuid4().hex[:12],
        began=_now(),
        who=who,
        model=str(model.resolve()),
        settings=json.dumps(list(settings)),
        folder=str(folder.resolve()),
        version=assetopt.__version__,
        status=RUNNING,
    )


def ended(run: Run, certificate: Mapping[str, object]) -> Run:
    """Return a run with its result: from ``plan.json`` where it has one, else from the certificate alone."""
    done = Run(**asdict(run) | {"ended": _now(), "status": str(certificate["status"])} | _of_certificate(certificate))
    return Run(**asdict(done) | _of_folder(Path(run.folder))) if (Path(run.folder) / PLAN_FILE).is_file() else done


def write_run_file(run: Run) -> None:
    """Write ``run.json`` beside the plan, in one step, so that the registry can be rebuilt."""
    folder = Path(run.folder)
    if not (folder / PLAN_FILE).is_file():
        return
    fresh = folder / f".{RUN_FILE}.{os.getpid()}"
    try:
        fresh.write_text(json_text(asdict(run)), encoding="utf-8")
        fresh.replace(folder / RUN_FILE)
    finally:
        fresh.unlink(missing_ok=True)


def run_of_folder(folder: Path) -> Run:
    """Return the run that wrote a report folder; raises DataError where it is no report.

    Without ``run.json``, or with one that cannot be read, the plan's own digest names the run.
    """
    known = _of_folder(folder)
    named: dict[str, Any] = {"run_id": str(known["plan_sha256"])[:12]} | _told(folder / RUN_FILE) | known
    return Run(**named | {"folder": str(folder.resolve())})


def report_folders(root: Path) -> list[Path]:
    """Return a folder that is a report, or every report below it (links are not followed)."""
    if (root / PLAN_FILE).is_file():
        return [root]
    return sorted(Path(at) for at, _, names in os.walk(root) if PLAN_FILE in names)


def gone(run: Run) -> str:
    """Say why a run's folder no longer tells of it; empty where it does, or where the run never had a plan."""
    if not run.plan_sha256:
        return ""
    plan = Path(run.folder) / PLAN_FILE
    if not plan.is_file():
        return "its folder is gone"
    return "" if _sha(plan) == run.plan_sha256 else "its folder holds another plan"


def _of_folder(folder: Path) -> dict[str, object]:
    document = read_document(folder)
    certificate, totals, verdict = document["certificate"], document["totals"], document["verdict"]
    assert isinstance(certificate, dict)
    assert isinstance(totals, dict)
    assert isinstance(verdict, dict)
    inputs = json.dumps(document["inputs"], sort_keys=True, separators=(",", ":"))
    return {
        **_of_certificate(certificate),
        "status": "interim" if document.get(INTERIM) is True else str(certificate.get("status", "")),
        "version": str(document["assetopt_version"]),
        "npv_saving": _number(totals.get("npv_saving")),
        "verified": int(verdict.get("ok") is True),
        "inputs_sha256": hashlib.sha256(inputs.encode()).hexdigest(),
        "plan_sha256": _sha(folder / PLAN_FILE),
    }


def _of_certificate(certificate: Mapping[str, object]) -> dict[str, object]:
    numbers = {name: _number(certificate.get(name)) for name in ("objective", "bound", "gap", "seconds")}
    return numbers | {"engine": str(certificate.get("engine", ""))}


def _told(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > _LONGEST:
            return {}
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    texts = ("run_id", "began", "ended", "who", "model", "settings")
    return {name: told[name] for name in texts if isinstance(told.get(name), str) and told[name]}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
