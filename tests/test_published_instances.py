"""Published location problems, asked through the public API, come out at their published optimum."""

from __future__ import annotations

import pytest
from published import WHY_SKIPPED, available, best_known, frames, problems, read, scenario

from assetopt.estate import Estate
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.scenario import Scenario

pytestmark = pytest.mark.skipif(not available(), reason=WHY_SKIPPED)

CAP = [f"cap{series}{number}" for series in (6, 7, 10) for number in (1, 2, 3, 4)]
ASKED = [("orlib_cap", name, kind) for name in CAP for kind in ("UFLP", "CFLP", "SSCFLP")]
ASKED += [("holmberg", f"p{number}", "SSCFLP") for number in range(1, 21)]
ASKED += [("pmed", f"pmed{number}", "PMED") for number in range(1, 6)]
SECONDS = {"pmed", *(f"p{number}" for number in range(4, 21))}
"""Sets and instances that are left to the slow run: up to ten seconds each, half a minute together."""


def published() -> list[object]:
    """Return every instance and problem that has a published optimum; those that take seconds are marked slow."""
    if not available():
        return [ASKED[0]]
    return [
        pytest.param(*one, marks=pytest.mark.slow if {one[0], one[1]} & SECONDS else ())
        for one in ASKED
        if one[2] in problems(one[0], one[1])
    ]


@pytest.mark.parametrize(("set_", "name", "kind"), published())
def test_the_published_optimum_is_reached_and_proved(set_: str, name: str, kind: str) -> None:
    instance = read(set_, name, kind)
    exact = {"gap": 0.0, "saving_gap": 0.0, "time_limit": 120.0, "threads": 2}
    asked = Problem(
        Estate.from_frames(instance.name, **frames(instance)),
        Scenario.model_validate({**scenario(instance), "solver": exact}),
    )
    certificate = optimise(asked).certificate
    assert certificate.status == "optimal"
    assert certificate.objective == pytest.approx(best_known(set_, name, kind), rel=1e-6)
