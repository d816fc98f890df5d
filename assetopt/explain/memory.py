"""What is known of a plan's questions, kept in its folder as it is found: an explanation that is broken off goes on where it was.

``explain_answers/KEY/`` holds ``known.json`` and one file a plan that was met; KEY is the sha256 of the programme, the plan and the
version, so that answers are never taken for those of another plan. Each file appears whole or not at all. Plans are worked
out anew when they are read: what one costs, and which questions it answers, is never taken from a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import math
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np

from assetopt.explain.questions import Question
from assetopt.formulation import Formulation
from assetopt.program import Floats
from assetopt.proof.fingerprint import fingerprint
from assetopt.report.together import write_together

FOLDER, KNOWN = "explain_answers", "known.json"

SAME_TIME = 0.9
"""Share of the time to be given from which on what an earlier run left open counts as asked: the clock is never the same."""

EVERY = 5.0
"""Seconds after which what is new is written."""

Entry = dict[str, Any]


class Answers(Protocol):
    """What a pricer knows, by question, as far as it is kept."""

    asked: list[Question]

    def known(self, k: int) -> Entry:
        """Return what is known of one question as JSON."""
        ...

    def plan(self, k: int) -> Floats | None:
        """Return the best plan that answers it."""
        ...


class Memory:
    """The answers about one plan in one folder.

    Parameters
    ----------
    folder : Path
        The report folder.
    form : Formulation
    values : (n,) array
        The plan that is explained.
    """

    def __init__(self, folder: Path, form: Formulation, values: Floats) -> None:
        whole = f"{version('assetopt')} {fingerprint(form.program).sha256} "
        digest = hashlib.sha256(whole.encode() + np.round(values, 6).astype("<f8").tobytes())
        self._path = folder / FOLDER / digest.hexdigest()[:32]
        self._facts, self._columns = form.problem.facts, form.program.n_columns
        self._last = time.monotonic()
        self._written: set[str] = set()
        self._document = self._read()

    def entry(self, question: Question) -> Entry:
        """Return what is known of a question, empty where nothing is."""
        return self._part("questions", self._name(question))

    def about(self, part: str, name: str) -> Entry:
        """Return what is known of a standard, a switching value or the rules in the way, by part and name."""
        return self._part(part, name)

    def note(self, part: str, name: str, entry: Entry) -> None:
        """Take in what was found of one thing, and write it soon."""
        self._document.setdefault(part, {})[name] = entry

    def name(self, question: Question) -> str:
        """Return what tells a question from every other."""
        return self._name(question)

    def plan(self, question: Question) -> Floats | None:
        """Return the best plan known that answers a question; None where there is none or its file is damaged."""
        found = str(self.entry(question).get("plan", ""))
        if not found.isalnum():
            return None
        try:
            with np.load(io.BytesIO((self._path / f"{found}.npz").read_bytes()), allow_pickle=False) as parts:
                columns, amounts = parts["columns"].astype(np.int64), parts["values"].astype(np.float64)
        except (OSError, ValueError, KeyError, BadZipFile):
            return None
        if columns.shape != amounts.shape or (len(columns) and not 0 <= columns.min() <= columns.max() < self._columns):
            return None
        values = np.zeros(self._columns)
        values[columns] = amounts
        self._written.add(f"{found}.npz")
        return values if np.isfinite(values).all() else None

    def keep(self, answers: Answers, *, now: bool = False) -> None:
        """Write what is new, at most every few seconds unless ``now``; a folder that takes nothing is left alone."""
        if not now and time.monotonic() - self._last < EVERY:
            return
        self._last = time.monotonic()
        fresh: dict[str, bytes] = {}
        for k, question in enumerate(answers.asked):
            entry, values = answers.known(k), answers.plan(k)
            entry["plan"] = "" if values is None else self._named(values, fresh)
            self.note("questions", self._name(question), entry)
        fresh[KNOWN] = json.dumps(self._document, ensure_ascii=False, allow_nan=False, default=float).encode()
        with contextlib.suppress(OSError):
            self._path.mkdir(parents=True, exist_ok=True)
            write_together(self._path, fresh)
            self._written |= set(fresh)

    def _named(self, values: Floats, fresh: dict[str, bytes]) -> str:
        """Return the name of a plan's file, without its ending, and add it to ``fresh`` where it does not stand there yet."""
        columns = np.flatnonzero(values)
        content = columns.astype("<i8").tobytes() + values[columns].astype("<f8").tobytes()
        name = hashlib.sha256(content).hexdigest()[:32]
        if f"{name}.npz" not in self._written | fresh.keys():
            out = io.BytesIO()
            np.savez_compressed(out, columns=columns, values=values[columns])
            fresh[f"{name}.npz"] = out.getvalue()
        return name

    def _read(self) -> dict[str, dict[str, Entry]]:
        try:
            found = json.loads((self._path / KNOWN).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        parts = {name: part for name, part in found.items() if isinstance(part, dict)}
        return {
            name: {key: entry for key, entry in part.items() if isinstance(entry, dict)} for name, part in parts.items()
        }

    def _part(self, part: str, name: str) -> Entry:
        return self._document.get(part, {}).get(name, {})

    def _name(self, question: Question) -> str:
        ids = self._facts.sites.ids if question.kind == "site" else self._facts.teams.ids
        return f"{question.kind} {ids[question.index]}: {question.other}"


def number(value: object, missing: float) -> float:
    """Return a number from JSON, ``missing`` where it is none."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else missing


def plain(value: float) -> float | None:
    """Return a number for JSON, None where it is not finite."""
    return float(value) if math.isfinite(value) else None
