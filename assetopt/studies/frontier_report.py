"""How a frontier is written down: ``frontier.json``, a CSV, a workbook, and a report folder for every point."""

from __future__ import annotations

from assetopt.certificate import pounds
from assetopt.report.tables import Kind
from assetopt.scenario import Scenario
from assetopt.studies.axes import UNITS
from assetopt.studies.frontier import Frontier
from assetopt.studies.page import Picture
from assetopt.studies.plan_reports import folder_of, write_plans
from assetopt.studies.runner import Runner
from assetopt.studies.solving import mean_minutes, total_of
from assetopt.studies.writing import number, table, write_tables

FILE = "frontier.json"
MONEY: Kind = "money"


def write_frontier(runner: Runner, scenario: Scenario, found: Frontier) -> None:
    """Write every file of the study."""
    write_plans(runner, {one.name: (scenario, one.answer) for one in found.points})
    runner.folder.write_json(FILE, frontier_document(found))
    unit = UNITS[found.axis][0]
    rows: list[dict[str, object]] = [
        {
            "point": one.name, "axis": one.axis, "axis_low": one.axis_low, "cost": one.cost, "cost_low": one.cost_low,
            "buys": one.buys, "saving": total_of(one.answer, "npv_saving"), "minutes": mean_minutes(one.answer)[1],
            "knee": one.name == found.knee, "folder": f"plans/{folder_of(one.name)}",
        }
        for one in found.points
    ]  # fmt: skip
    points = table(
        "points",
        (
            ("point", "text", "Point"), ("axis", "number", f"{found.axis.capitalize()}"),
            ("axis_low", "number", "No plan has less than"), ("cost", MONEY, "Cost (£ present value)"),
            ("cost_low", MONEY, "No plan with so little costs less than (£)"), ("buys", MONEY, f"One {unit} more saves (£)"),
            ("saving", MONEY, "Saves (£ present value)"), ("minutes", "travel", "Mean way by car (minutes)"),
            ("knee", "flag", "Knee"), ("folder", "text", "Report"),
        ),
        rows,
    )  # fmt: skip
    picture = Picture(
        f"Saving by {found.axis}, £ present value",
        tuple(f"{one.axis:,.6g}" + (" (knee)" if one.name == found.knee else "") for one in found.points),
        tuple(total_of(one.answer, "npv_saving") for one in found.points),
    )
    title = f"Cost and {found.axis}: {scenario.name or 'plan'}"
    write_tables(runner.folder, title, sentences(found), [points], {"points": picture})


def sentences(found: Frontier) -> list[str]:
    """Say in plain words what was found."""
    first, last, unit = found.points[0], found.points[-1], UNITS[found.axis][0]
    out = [
        f"With the least {found.axis} there can be ({first.axis:,.6g}) the estate costs {pounds(first.cost)}; at the least cost, "
        f"{pounds(last.cost)}, {found.axis} is {last.axis:,.6g}."
    ]
    for one in found.points[:-1]:
        out.append(f"From {one.axis:,.6g} on, one {unit} more saves {pounds(one.buys)}.")
    if found.knee:
        knee = next(one for one in found.points if one.name == found.knee)
        out.append(f"The knee is at {knee.axis:,.6g} and {pounds(knee.cost)}: beyond it more buys less.")
    out += [f"Failed: {key}: {why}" for key, why in found.failures.items()]
    return [*out, *found.notes]


def frontier_document(found: Frontier) -> dict[str, object]:
    """Return ``frontier.json`` as Python objects; money in £ present value."""
    return {
        "axis": found.axis,
        "unit": UNITS[found.axis][0],
        "step": UNITS[found.axis][1],
        "points": [
            {
                "name": one.name, "axis": round(one.axis, 6), "axis_low": number(one.axis_low), "cost": number(one.cost),
                "cost_low": number(one.cost_low), "buys": number(one.buys), "folder": f"plans/{folder_of(one.name)}",
                "saving": number(total_of(one.answer, "npv_saving")), "minutes": number(mean_minutes(one.answer)[1]),
            }
            for one in found.points
        ],
        "knee": found.knee or None,
        "sentences": sentences(found),
        "failures": dict(sorted(found.failures.items())),
    }  # fmt: skip
