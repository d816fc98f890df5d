"""How a stressed plan is written down: ``stress.json``, a CSV a table, and a workbook."""

from __future__ import annotations

import math

from assetopt.certificate import pounds
from assetopt.report.tables import Kind
from assetopt.scenario import Scenario
from assetopt.studies.page import Picture
from assetopt.studies.runner import Runner
from assetopt.studies.stress import Stress, title_of
from assetopt.studies.writing import number, range_of, table, write_tables

FILE = "stress.json"
SHARES = (0.1, 0.5, 0.9)
TENTHS = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
MONEY: Kind = "money"


def write_stress(runner: Runner, scenario: Scenario, found: Stress) -> None:
    """Write every file of the study."""
    runner.folder.write_json(FILE, stress_document(found))
    swings = [
        {
            "quantity": s.quantity, "low": s.low, "high": s.high, "saving_low": s.saving_low, "saving_high": s.saving_high,
            "swing": abs(s.saving_high - s.saving_low), "switching": math.nan if s.switching is None else s.switching,
        }
        for s in found.swings
    ]  # fmt: skip
    draws = [{"draw": at, "saving": saving} for at, saving in enumerate(found.savings.tolist())]
    regrets = [
        {"plan": r.plan, "largest": r.largest.value, "low": r.largest.low, "high": r.largest.high}
        for r in found.regrets
    ]
    tables = [
        table(
            "tornado",
            (
                ("quantity", "text", "Quantity"), ("low", "number", "Low (times stated)"),
                ("high", "number", "High (times stated)"),
                ("saving_low", MONEY, "Saves at low (£ present value)"), ("saving_high", MONEY, "Saves at high (£ present value)"),
                ("swing", MONEY, "Swing (£)"), ("switching", "number", "Saves nothing at (times stated)"),
            ),
            swings,
        ),
        table(
            "quantiles",
            (("share", "share", "Part of the draws that save less"), ("saving", MONEY, "Saves (£ present value)")),
            [{"share": tenth / 100, "saving": found.quantile(tenth / 100)} for tenth in TENTHS],
        ),
        table("draws", (("draw", "count", "Draw"), ("saving", MONEY, "Saves (£ present value)")), draws),
        table(
            "regret",
            (
                ("plan", "text", "Plan"), ("largest", MONEY, "Largest regret (£ present value)"), ("low", MONEY, "At least (£)"),
                ("high", MONEY, "At most (£)"),
            ),
            regrets,
        ),
    ]  # fmt: skip
    pictures = {
        "tornado": Picture(
            "How far each quantity alone moves the saving, £ present value",
            tuple(s.quantity.replace("_", " ") for s in found.swings),
            tuple(abs(s.saving_high - s.saving_low) for s in found.swings),
        ),
        "quantiles": Picture(
            "What the plan saves at least in so many of a hundred draws, £ present value",
            tuple(f"{100 - tenth} of 100" for tenth in TENTHS),
            tuple(found.quantile(tenth / 100) for tenth in TENTHS),
        ),
        "regret": Picture(
            "Largest regret of each plan, £ present value",
            tuple(r.plan for r in found.regrets),
            tuple(r.largest.value for r in found.regrets),
        ),
    }
    write_tables(runner.folder, title_of(scenario), sentences(found), tables, pictures)


def sentences(found: Stress) -> list[str]:
    """Say in plain words what was found."""
    low, middle, high = (pounds(found.quantile(share)) for share in SHARES)
    out = [
        f"As stated the plan saves {pounds(found.stated)}. In {len(found.savings):,} draws it saves {middle} in the middle; in one "
        f"of ten less than {low}, in one of ten more than {high} (P10, P50, P90).",
        f"It loses money in {found.chance_negative:.1%} of the draws.",
        *(
            f"If {part:.0%} of the yearly saving is realised, it saves {pounds(saving)}."
            for part, saving in found.realised.items()
        ),
    ]
    for swing in found.swings:
        turn = "" if swing.switching is None else f"; at {swing.switching:.2f} times what is stated nothing is saved"
        span = f"{pounds(swing.saving_low)} at {swing.low:g} and {pounds(swing.saving_high)} at {swing.high:g} times what is stated"
        out.append(f"{swing.quantity.replace('_', ' ')}: {span}{turn}.")
    for regret in found.regrets:
        if regret.plan in ("this plan", "least regret"):
            most = regret.largest
            out.append(
                f"{regret.plan.capitalize()}: largest regret over {len(regret.by_draw)} draws {pounds(most.value)} "
                f"(at most {pounds(most.high)})."
            )
    if len(found.savings) < found.asked:
        out.append(f"{found.asked - len(found.savings):,} draws could not be costed.")
    return [*out, *(f"Failed: {key}: {why}" for key, why in found.failures.items())]


def stress_document(found: Stress) -> dict[str, object]:
    """Return ``stress.json`` as Python objects; money in £ present value."""
    mean, error = float(found.savings.mean()), math.nan
    if len(found.savings) > 1:
        error = float(found.savings.std(ddof=1)) / math.sqrt(len(found.savings))
    return {
        "stated": number(found.stated),
        "draws": len(found.savings),
        "asked": found.asked,
        "seed": found.seed,
        "ranges": {name: list(three) for name, three in found.ranges.factors.items()},
        "correlation": found.ranges.correlation,
        "mean": number(mean),
        "standard_error": number(error),
        **{f"p{round(share * 100)}": number(found.quantile(share)) for share in SHARES},
        "chance_negative": round(found.chance_negative, 6),
        "realised": {f"{part:g}": number(saving) for part, saving in found.realised.items()},
        "tornado": [
            {
                "quantity": s.quantity, "low": s.low, "high": s.high, "saving_low": number(s.saving_low),
                "saving_high": number(s.saving_high), "switching": None if s.switching is None else round(s.switching, 4),
            }
            for s in found.swings
        ],
        "regret": [
            {"plan": r.plan, "largest": range_of(r.largest), "by_draw": [range_of(part) for part in r.by_draw]}
            for r in found.regrets
        ],
        "least_regret": None if found.least_regret is None else found.least_regret["plan"],
        "sentences": sentences(found),
        "failures": dict(sorted(found.failures.items())),
    }  # fmt: skip
