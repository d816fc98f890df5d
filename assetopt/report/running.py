"""The report of a search that is still running: its last good plan stands on disk, whatever becomes of the search.

At every moment the folder is absent, or what it was before, or a report that verifies: the first plan comes in with a
whole folder, later ones replace ``plan.json`` in one step, and the finished ``plan.json`` is the last file to come.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from assetopt.report.document import INTERIM, PLAN_FILE, json_text, plan_document
from assetopt.report.inputs import InputFile, computed_travel, input_files
from assetopt.report.tables import report_tables
from assetopt.report.write import beside, copy_inputs, fill, move_in, refuse_what_stands_there, write_report

if TYPE_CHECKING:
    from assetopt.report.audience import Audience
    from assetopt.result import Result


class RunningReport:
    """Writes one report folder again and again while plans get better, and completes it at the end.

    Parameters
    ----------
    folder, overwrite, inputs, audience
        As for `write_report`. What stands at ``folder`` is replaced by the first plan that is saved; for an audience none is
        saved before the end.

    Raises
    ------
    OSError
        Where the report must not or cannot be written.
    """

    def __init__(
        self, folder: str | Path, *, overwrite: bool = False, inputs: bool = True, audience: Audience | None = None
    ) -> None:
        self.folder, self.audience = Path(folder), audience
        self.overwrite, self.inputs = overwrite, inputs
        self._target = self.folder.resolve()
        self._files: list[InputFile] | None = None
        refuse_what_stands_there(self.folder, overwrite=overwrite)

    def save(self, result: Result) -> None:
        """Put a plan of the running search on disk: ``plan.json``, marked as interim, and ``inputs/``.

        Raises
        ------
        OSError
            When it cannot be written; what stood there stays.
        """
        if self.audience is not None and not self.audience.everything:
            return
        if self._files is None or not self._target.is_dir():
            self._begin(result)
            return
        fresh = beside(self._target)
        try:
            fresh.write_bytes(_interim(result, self._files))
            fresh.replace(self._target / PLAN_FILE)
        finally:
            fresh.unlink(missing_ok=True)

    def finish(self, result: Result) -> Path:
        """Write the whole report; raises what `write_report` raises, and then the last saved plan still stands."""
        if self._files is None or not self._target.is_dir():
            return write_report(
                result, self.folder, overwrite=self.overwrite, inputs=self.inputs, audience=self.audience
            )
        fresh = beside(self._target)
        try:
            fresh.mkdir()
            fill(result, fresh, self._files)
            for path in sorted(fresh.iterdir(), key=lambda path: path.name == PLAN_FILE):
                os.replace(path, self._target / path.name)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return self.folder

    def _begin(self, result: Result) -> None:
        refuse_what_stands_there(self.folder, overwrite=self.overwrite)
        files = input_files(result.problem.estate, result.problem.scenario, computed_travel(result.problem))
        self._target.parent.mkdir(parents=True, exist_ok=True)
        fresh = beside(self._target)
        try:
            fresh.mkdir()
            (fresh / PLAN_FILE).write_bytes(_interim(result, files))
            if self.inputs:
                copy_inputs(files, fresh)
            move_in(fresh, self._target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        self._files = files


def _interim(result: Result, files: list[InputFile]) -> bytes:
    document = plan_document(result, {file.name: file.sha256 for file in files}, report_tables(result, weighed=False))
    return json_text({INTERIM: True} | document).encode("utf-8")
