"""The folder of a study: every answer stands in it as soon as it is there, so that a broken study goes on where it stood."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from assetopt.errors import AssetoptError
from assetopt.report.document import STUDY_FILE
from assetopt.studies.job import Answer, Job

SOLVES = "solves"

AUDIENCE = "partners"
"""Who may see a study."""


class StudyFolder:
    """One study's folder.

    Parameters
    ----------
    path : Path
        New, empty, or with an earlier run of the same sort of study in it, whose answers are used where they fit.
    sort : str
        The study: boundaries, share, frontier, alternatives or stress.
    known : sequence of Path
        Folders of other studies; an answer of theirs to the same question is taken over.

    Raises
    ------
    FileExistsError
        Where something else stands there.
    AssetoptError
        Where a folder of ``known`` is no study.
    """

    def __init__(self, path: Path, sort: str, known: Sequence[Path] = ()) -> None:
        self.path, self.sort, self._known = path, sort, tuple(known)
        strange = [str(other) for other in known if not _sort_of(other)]
        if strange:
            raise AssetoptError(f"no study stands in {', '.join(strange)}: name the folder that a study wrote to")
        if path.exists() and not path.is_dir():
            raise FileExistsError(f"{path} is a file; name a folder for the study")
        if path.is_dir() and any(path.iterdir()):
            stands = _sort_of(path)
            if stands != sort:
                what = f"a study of another sort ({stands})" if stands else "something that is no study"
                raise FileExistsError(f"{path} holds {what}; name a new or empty folder")
        (path / SOLVES).mkdir(parents=True, exist_ok=True)
        self.write_json(STUDY_FILE, {"study": sort, "assetopt_version": version("assetopt"), "complete": False})

    def place_of(self, job: Job, estate: str) -> Path:
        """Return where the answer of a job on an estate (its content) stands."""
        return self.path / SOLVES / f"{_name(job, estate)}.json"

    def read(self, job: Job, estate: str) -> Answer | None:
        """Return an answer that is there already, or in a known study, from which it is copied; a damaged one is none."""
        place = self.place_of(job, estate)
        own = _object_in(place)
        if own is not None and "fault" not in own:
            return own
        for other in self._known:
            found = _object_in(other / SOLVES / place.name)
            if found is not None and "fault" not in found:
                self.keep(job, estate, found)
                return found
        return None

    def keep(self, job: Job, estate: str, answer: Answer) -> None:
        """Put an answer into the folder, whole or not at all."""
        self._write(self.place_of(job, estate), _json(answer).encode("utf-8"))

    def write_json(self, name: str, document: Mapping[str, object]) -> None:
        """Write one JSON object of the study; it says for whom it is."""
        told = {"audience": AUDIENCE, **document}
        self.write_text(name, json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write one file of the study, whole or not at all."""
        self._write(self.path / name, text.encode("utf-8"))

    def write_bytes(self, name: str, content: bytes) -> None:
        """Write one file of the study, whole or not at all."""
        self._write(self.path / name, content)

    def finish(self, failures: dict[str, str]) -> None:
        """Say that the study is complete, and what failed in it, by job."""
        told = {"study": self.sort, "assetopt_version": version("assetopt"), "complete": True}
        self.write_json(STUDY_FILE, {**told, "failures": dict(sorted(failures.items()))})

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            fresh.write_bytes(content)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def _object_in(path: Path) -> dict[str, object] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _sort_of(path: Path) -> str:
    """Return which study stands in a folder, empty for none."""
    return str((_object_in(path / STUDY_FILE) or {}).get("study", ""))


def _json(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n"


def _name(job: Job, estate: str) -> str:
    whole = f"{version('assetopt')} {estate} {job.content}"
    return hashlib.sha256(whole.encode("utf-8")).hexdigest()[:32]
