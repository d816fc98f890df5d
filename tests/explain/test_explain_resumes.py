"""An explanation that is broken off goes on where it was, and one that is done asks nothing twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from random_estates import random_problem
from scipy import sparse
from test_by_hand import NEAR, by_hand
from towns import town

from assetopt.engines.highs_run import run_highs
from assetopt.explain import memory, pricing, run, switching
from assetopt.explain.found import Found
from assetopt.explain.questions import rows_of
from assetopt.explain.run import explain, explain_folder
from assetopt.explain.tables import site_table, team_table
from assetopt.optimise import formulate, optimise
from assetopt.report import verify_folder
from assetopt.result import Result


class Killed(BaseException):
    """What ends a run at any moment; nothing of the product catches it."""


def tables(found: Found) -> list[pd.DataFrame]:
    """Return all that is told, but for what may differ between equal plans: other changes, costs, the order of equal prices."""
    loose = ["what_else_changes", "drivers", "room", "rank"]
    sites = site_table(found).drop(columns=loose).sort_values("site_id", ignore_index=True)
    return [sites, team_table(found).drop(columns=loose[:2]), found.standards]


def alike(one: Found, other: Found) -> None:
    for a, b in zip(tables(one), tables(other), strict=True):
        pd.testing.assert_frame_equal(a, b, rtol=1e-6, atol=0.05)


def no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every way of asking a solver fail."""

    def fail(*_given: object, **_more: object) -> Any:
        raise AssertionError("this was asked before")

    monkeypatch.setattr(pricing, "engine_named", lambda _name: fail)
    for module in (pricing, switching):
        monkeypatch.setattr(module, "run_highs", fail)
    monkeypatch.setattr(pricing.ForcedRelaxation, "ask", fail)
    monkeypatch.setattr(run, "optimise", fail)


ESTATES = {
    "by hand": by_hand,
    "town": lambda: optimise(town("car,20,0.5", "mode,max_minutes,min_share")),
    "drawn": lambda: optimise(random_problem(3)),
}


@pytest.fixture(scope="module", params=list(ESTATES))
def result(request: pytest.FixtureRequest) -> Result:
    return ESTATES[request.param]()


@pytest.mark.parametrize("small", [0, 3_000])
def test_a_second_run_asks_nothing(result: Result, small: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pricing, "SMALL", small)
    first = explain(result, seconds=60.0, threads=1, kept=tmp_path)
    no_solver(monkeypatch)
    alike(first, explain(result, seconds=60.0, threads=1, kept=tmp_path))


@pytest.mark.parametrize("moment", [1, 2, 4, 7])
def test_a_run_that_is_killed_goes_on(
    result: Result, moment: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pricing, "SMALL", 0)
    monkeypatch.setattr(memory, "EVERY", 0.0)
    whole = explain(result, seconds=60.0, threads=1)
    count = 0

    def told(_phase: str, _done: int, _of: int) -> None:
        nonlocal count
        count += 1
        if count == moment:
            raise Killed

    with pytest.raises(Killed):
        explain(result, seconds=60.0, threads=1, told=told, kept=tmp_path)
    (known,) = tmp_path.glob("explain_answers/*/known.json")
    before = json.loads(known.read_text(encoding="utf-8"))["questions"]
    assert any(entry["bounded"] for entry in before.values())
    again = explain(result, seconds=60.0, threads=1, kept=tmp_path)
    alike(whole, again)
    after = json.loads(known.read_text(encoding="utf-8"))["questions"]
    assert all(after[name]["bounded"] for name in before if before[name]["bounded"])
    assert not list(tmp_path.glob("explain_answers/*/.*")), "nothing half-written is left"


@pytest.mark.parametrize("damage", [b"", b"{", b"[1, 2]", b'{"questions": 3, "rules": {"site a": 4}}', b"\xff\x00"])
def test_damaged_answers_are_asked_again(damage: bytes, tmp_path: Path) -> None:
    result = by_hand()
    first = explain(result, seconds=60.0, threads=1, kept=tmp_path)
    for path in tmp_path.glob("explain_answers/*/*"):
        path.write_bytes(damage)
    alike(first, explain(result, seconds=60.0, threads=1, kept=tmp_path))


def test_a_plan_in_the_folder_is_believed_only_as_far_as_it_holds(tmp_path: Path) -> None:
    """Damaged plan files and made-up plans change no price: what a plan costs is worked out anew."""
    result = by_hand()
    first = explain(result, seconds=60.0, threads=1, kept=tmp_path)
    (known,) = tmp_path.glob("explain_answers/*/known.json")
    document = json.loads(known.read_text(encoding="utf-8"))
    for entry in document["questions"].values():
        entry["plan"] = "../../outside" if entry["plan"] else "0" * 32
    known.write_text(json.dumps(document), encoding="utf-8")
    alike(first, explain(result, seconds=60.0, threads=1, kept=tmp_path))


def test_half_decisions_in_a_plan_file_are_not_believed(tmp_path: Path) -> None:
    """A plan file that was filled with the relaxation's fractions would look cheaper than any plan is."""
    result = by_hand()
    first = explain(result, seconds=60.0, threads=1, kept=tmp_path)
    form = formulate(result.problem)
    asked = next(k for k, question in enumerate(first.asked) if question.kind == "site" and question.index == NEAR)
    core = form.program.core
    row = rows_of([first.asked[asked]], core.shape[1])
    matrix = replace(
        core, a=sparse.vstack([core.a, row], format="csr"), row_lower=np.append(core.row_lower, 1.0),
        row_upper=np.append(core.row_upper, np.inf), redundant=np.append(core.redundant, False),
    )  # fmt: skip
    relaxed = run_highs(matrix, relaxed=True).values
    assert relaxed is not None
    assert core.objective(relaxed) < first.prices.most[asked] - 1.0
    columns = np.flatnonzero(relaxed)
    for path in tmp_path.glob("explain_answers/*/*.npz"):
        np.savez_compressed(path, columns=columns, values=relaxed[columns])
    alike(first, explain(result, seconds=60.0, threads=1, kept=tmp_path))


def test_answers_about_another_plan_are_not_taken(tmp_path: Path) -> None:
    explain(by_hand(), seconds=60.0, threads=1, kept=tmp_path)
    explain(optimise(town("car,20,0.5", "mode,max_minutes,min_share")), seconds=60.0, threads=1, kept=tmp_path)
    assert len(list(tmp_path.glob("explain_answers/*/known.json"))) == 2


CHILD = """
import sys
import assetopt.explain.memory, assetopt.explain.pricing, assetopt.cli
assetopt.explain.memory.EVERY, assetopt.explain.pricing.SMALL = 0.0, 0
sys.argv = ["assetopt", "explain", sys.argv[1], "--threads", "1"]
assetopt.cli.main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_random_moments_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = by_hand().write(tmp_path / "out")
    moments, seen = random.Random(7), 0
    for _ in range(int(os.environ.get("ASSETOPT_KILLS", "16"))):
        process = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0.8, 3.0))
        process.kill()
        process.wait()
        for known in folder.glob("explain_answers/*/known.json"):
            document = json.loads(known.read_text(encoding="utf-8"))
            plans = {entry["plan"] for entry in document["questions"].values()} - {""}
            for name in plans:
                with np.load(known.with_name(f"{name}.npz"), allow_pickle=False) as parts:
                    assert len(parts["columns"]) == len(parts["values"]) > 0
            seen += 1
        assert verify_folder(folder).ok
    assert seen > 0
    monkeypatch.setattr(pricing, "SMALL", 0)
    alike(explain_folder(folder, seconds=60.0, threads=1), explain(by_hand(), seconds=60.0, threads=1))
