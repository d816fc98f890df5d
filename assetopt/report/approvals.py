"""Who agreed to a report, partner by partner: an append-only log in which every line seals the one before.

Each line carries the sha256 of its own content, which includes that of the line before, and of what was approved: the
inputs (scope data) or the whole ``plan.json`` (scopes plan and charges). A change of any line, or of what was approved,
shows; lines cut off at the end do not, so keep the last seal elsewhere (a minute, an e-mail).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, get_args

from assetopt.errors import DataError, Issue, did_you_mean
from assetopt.plan import Violation
from assetopt.report.document import PLAN_FILE

if TYPE_CHECKING:
    import pandas as pd

APPROVALS_FILE = "approvals.jsonl"
FIRST = "0" * 64
MAX_BYTES = 50_000_000
Scope = Literal["data", "plan", "charges"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_KEYS = ("number", "at", "partner_id", "role", "scope", "decision", "note", "approved_sha256", "previous", "seal")


@dataclass(frozen=True)
class Approval:
    """One line of the log.

    Attributes
    ----------
    number : int
        1, 2, ...
    at : str
        UTC, ISO 8601; the clock of the machine, which may be wrong: the order of lines is what is sealed.
    partner_id, role : str
        For whom, and in which office.
    scope : {"data", "plan", "charges"}
    decision : {"approve", "withdraw"}
    note : str
    approved_sha256 : str
        Of the inputs or the plan.
    previous, seal : str
        The seal before, and the sha256 of everything above.
    """

    number: int
    at: str
    partner_id: str
    role: str
    scope: str
    decision: str
    note: str
    approved_sha256: str
    previous: str
    seal: str

    def sealed(self) -> str:
        """Return the seal that this content should carry."""
        content = {key: getattr(self, key) for key in _KEYS[:-1]}
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def line(self) -> str:
        """Return the line as it is written."""
        return json.dumps({key: getattr(self, key) for key in _KEYS}, ensure_ascii=True) + "\n"


def subject_hashes(folder: Path, document: Mapping[str, object]) -> dict[str, str]:
    """Return what each scope approves, as sha256: the list of inputs with their own, or the bytes of ``plan.json``."""
    inputs = json.dumps(document["inputs"], sort_keys=True, separators=(",", ":"))
    plan = hashlib.sha256((folder / PLAN_FILE).read_bytes()).hexdigest()
    return {"data": hashlib.sha256(inputs.encode()).hexdigest(), "plan": plan, "charges": plan}


def approve(
    folder: Path,
    document: Mapping[str, object],
    partner_id: str,
    role: str,
    scopes: Sequence[str],
    note: str = "",
    withdraw: bool = False,
) -> tuple[Approval, ...]:
    """Append one line a scope, under a lock, and return them; they are on disk when this returns.

    A last line that a killed process left half-written was never acknowledged and is cut off.

    Raises
    ------
    DataError
        Where the log does not check: nothing is added to a broken chain.
    OSError
        Where it cannot be written; the log is then as it was.
    """
    hashes = subject_hashes(folder, document)
    added: list[Approval] = []
    with _locked(folder / APPROVALS_FILE) as file:
        told, faults = _parse(_whole_lines(file))
        if faults:
            raise DataError([Issue(APPROVALS_FILE, fault, "restore the log from a copy") for fault in faults])
        previous, number = (told[-1].seal, told[-1].number) if told else (FIRST, 0)
        for scope in dict.fromkeys(scopes):
            number += 1
            now = datetime.now(UTC).isoformat(timespec="seconds")
            decision = "withdraw" if withdraw else "approve"
            bare = Approval(number, now, partner_id, role, scope, decision, note, hashes[scope], previous, "")
            added.append(replace(bare, seal=bare.sealed()))
            previous = added[-1].seal
        end = file.seek(0, os.SEEK_END)
        text = "".join(entry.line() for entry in added).encode()
        try:
            if file.write(text) != len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / APPROVALS_FILE))
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(end)
            raise
    return tuple(added)


def check_approvals(folder: Path, document: Mapping[str, object]) -> Iterator[Violation]:
    """Give every break of the chain, and every approval of something else than what stands here."""
    told, faults = read_log(folder)
    yield from (Violation("approvals", APPROVALS_FILE, 1.0, f"{APPROVALS_FILE}: {fault}") for fault in faults)
    hashes = subject_hashes(folder, document)
    for entry in _last(told).values():
        if entry.decision == "approve" and entry.approved_sha256 != hashes.get(entry.scope):
            what = f"{entry.partner_id} approved another {'set of inputs' if entry.scope == 'data' else 'plan'} ({entry.scope})"
            yield Violation("approvals", entry.partner_id, 1.0, f"{APPROVALS_FILE}, line {entry.number}: {what}")


def read_log(folder: Path) -> tuple[tuple[Approval, ...], tuple[str, ...]]:
    """Return the lines that check, and what is wrong with the first that does not."""
    path = folder / APPROVALS_FILE
    if not path.is_file():
        return (), ()
    if path.stat().st_size > MAX_BYTES:
        return (), (f"is larger than {MAX_BYTES:,} bytes",)
    text = path.read_bytes()
    told, faults = _parse(text[: text.rfind(b"\n") + 1])  # a line without its end was never acknowledged
    return tuple(told), tuple(faults)


@dataclass(frozen=True)
class Agreement:
    """Who has agreed to what.

    Attributes
    ----------
    required : tuple of str
        Partners that must agree: those with a consent test, or all where none has.
    state : dict
        (partner, scope) to approved, withdrawn, outdated (of another plan or other inputs) or missing.
    faults : tuple of str
        What is wrong with the log.
    """

    required: tuple[str, ...]
    state: dict[tuple[str, str], str]
    faults: tuple[str, ...]

    @property
    def agreed(self) -> bool:
        """True where every required partner has approved data, plan and charges as they stand, in a whole log."""
        return not self.faults and all(state == "approved" for state in self.state.values())

    def as_dict(self) -> dict[str, object]:
        """Return the agreement as a JSON object."""
        rows = [{"partner_id": who, "scope": scope, "state": state} for (who, scope), state in self.state.items()]
        return {"agreed": self.agreed, "required": list(self.required), "approvals": rows, "faults": list(self.faults)}


def agreement(folder: Path, document: Mapping[str, object], partners: pd.DataFrame) -> Agreement:
    """Return how far the partners of a report agree to it."""
    tested = partners.loc[partners["consent"].isin(("no_worse_off", "max_loss")), "partner_id"].tolist()
    required = tuple(str(name) for name in (tested or partners["partner_id"].tolist()))
    told, faults = read_log(folder)
    hashes, last = subject_hashes(folder, document), _last(told)

    def state(who: str, scope: str) -> str:
        entry = last.get((who, scope))
        if entry is None:
            return "missing"
        if entry.decision == "withdraw":
            return "withdrawn"
        return "approved" if entry.approved_sha256 == hashes[scope] else "outdated"

    return Agreement(required, {(who, scope): state(who, scope) for who in required for scope in SCOPES}, faults)


def known_partner(name: str, partners: pd.DataFrame) -> str:
    """Return a partner id; raises DataError where it is none."""
    ids = [str(known) for known in partners["partner_id"]]
    if name not in ids:
        raise DataError([Issue("--partner", f'"{name}" is no partner', did_you_mean(name, ids) or ", ".join(ids))])
    return name


def _last(told: Sequence[Approval]) -> dict[tuple[str, str], Approval]:
    return {(entry.partner_id, entry.scope): entry for entry in told}


def _parse(text: bytes) -> tuple[list[Approval], list[str]]:
    told: list[Approval] = []
    previous = FIRST
    for number, line in enumerate(text.split(b"\n")[:-1], 1):
        entry = _read(line)
        if entry is None:
            return told, [f"line {number} cannot be read"]
        if entry.number != number or entry.previous != previous:
            return told, [f"line {number} does not follow the line before: a line was changed, moved or taken out"]
        if entry.seal != entry.sealed():
            return told, [f"line {number} was changed after it was sealed"]
        told.append(entry)
        previous = entry.seal
    return told, []


def _read(line: bytes) -> Approval | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or set(row) != set(_KEYS) or type(row["number"]) is not int:
        return None
    if not all(isinstance(row[key], str) for key in _KEYS[1:]) or row["scope"] not in SCOPES:
        return None
    return Approval(**row) if row["decision"] in ("approve", "withdraw") else None


def _whole_lines(file: IO[bytes]) -> bytes:
    file.seek(0)
    text = file.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise DataError([Issue(APPROVALS_FILE, f"is larger than {MAX_BYTES:,} bytes")])
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        file.truncate(len(whole))
    return whole


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """Open the log for appending while nobody else does; the lock goes with the process, however it ends."""
    with path.open("a+b", buffering=0) as file:
        try:
            import fcntl
        except ImportError:  # a system without file locks: one writer at a time is up to the user
            yield file
            return
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield file
