"""How other plans are written down: ``alternatives.json``, a CSV a table, a workbook, and a report folder for every plan."""

from __future__ import annotations

import math

from assetopt.certificate import pounds
from assetopt.report.tables import Kind
from assetopt.scenario import Scenario
from assetopt.studies.alternatives import Alternatives
from assetopt.studies.page import Picture
from assetopt.studies.plan_reports import folder_of, write_plans
from assetopt.studies.runner import Runner
from assetopt.studies.solving import objective_of, total_of
from assetopt.studies.writing import number, range_of, table, write_tables

FILE = "alternatives.json"
MONEY: Kind = "money"


def write_alternatives(runner: Runner, scenario: Scenario, found: Alternatives) -> None:
    """Write every file of the study."""
    write_plans(runner, {name: (scenario, answer) for name, answer in found.answers.items()})
    runner.folder.write_json(FILE, alternatives_document(found))
    names = list(found.answers)
    plans: list[dict[str, object]] = [
        {
            "plan": name, "cost": objective_of(answer), "saving": total_of(answer, "npv_saving"),
            "sites_left": total_of(answer, "sites_disposed"), "teams_moved": total_of(answer, "teams_moved"),
            "nearest": _nearest(found, at), "folder": f"plans/{folder_of(name)}",
        }
        for at, (name, answer) in enumerate(found.answers.items())
    ]  # fmt: skip
    choices = [
        {
            "site_id": c.site_id, "partner_id": c.partner_id, "action": c.action, "decision": c.decision, "plans": c.count,
            "worth": math.nan if c.worth is None else c.worth.value, "low": math.nan if c.worth is None else c.worth.low,
            "high": math.nan if c.worth is None else c.worth.high,
        }
        for c in found.choices
    ]  # fmt: skip
    apart = [
        {"plan": one, **{f"to_{folder_of(other)}": float(found.apart[i, j]) for j, other in enumerate(names)}}
        for i, one in enumerate(names)
    ]
    tables = [
        table(
            "plans",
            (
                ("plan", "text", "Plan"), ("cost", MONEY, "Cost (£ present value)"), ("saving", MONEY, "Saves (£ present value)"),
                ("sites_left", "number", "Sites left"), ("teams_moved", "number", "Teams that move"),
                ("nearest", "number", "Sites in which the nearest other plan differs"), ("folder", "text", "Report"),
            ),
            plans,
        ),
        table(
            "choices",
            (
                ("site_id", "text", "Site"), ("partner_id", "text", "Partner"), ("action", "text", "Choice"),
                ("decision", "text", "In the plans found"), ("plans", "count", "Plans that do so"),
                ("worth", MONEY, "Doing so is worth (£; minus: not doing so is)"), ("low", MONEY, "At least (£)"),
                ("high", MONEY, "At most (£)"),
            ),
            choices,
        ),
        table(
            "apart",
            (
                ("plan", "text", "Plan"),
                *((f"to_{folder_of(name)}", "number", f"Sites that differ from {name}") for name in names),
            ),
            apart,
        ),
    ]  # fmt: skip
    pictures = {
        "plans": Picture(
            "What each plan costs, £ present value", tuple(names), tuple(objective_of(a) or 0.0 for a in found.answers.values())
        ),
        "choices": Picture(
            "What each open choice is worth, £ present value (below nothing: staying as today is)",
            tuple(f"{c.action} {c.site_id}" for c in found.choices if c.worth is not None and c.worth.known),
            tuple(c.worth.value for c in found.choices if c.worth is not None and c.worth.known),
        ),
    }  # fmt: skip
    write_tables(runner.folder, f"Other plans: {scenario.name or 'plan'}", sentences(found), tables, pictures)


def _nearest(found: Alternatives, at: int) -> float:
    others = [int(found.apart[at, other]) for other in range(len(found.answers)) if other != at]
    return float(min(others)) if others else math.nan


LISTED = 12
"""Open choices told in sentences: the surest first, then those worth most."""


def sentences(found: Alternatives) -> list[str]:
    """Say in plain words what was found."""
    by_class = {word: [c for c in found.choices if c.decision == word] for word in ("no-regret", "never", "open")}
    out = [
        f"{len(found.answers)} plans cost {pounds(found.limit)} or less. In all of them {len(by_class['no-regret'])} sites go "
        f"or open, in none {len(by_class['never'])}; {len(by_class['open'])} are open."
    ]
    if by_class["no-regret"]:
        out.append("In every plan found: " + ", ".join(f"{c.action} {c.site_id}" for c in by_class["no-regret"]) + ".")
    choices = [(c, c.worth) for c in by_class["open"] if c.worth is not None and c.worth.known]
    choices.sort(key=lambda one: (not one[1].sure, -abs(one[1].value)))
    for choice, worth in choices[:LISTED]:
        better = choice.action if worth.value >= 0 else "stay as today"
        most = worth.high if worth.value >= 0 else -worth.low
        doubt = "" if worth.sure else f", and {pounds(most)} at most; whether anything, the solves leave open"
        out.append(f"{choice.site_id}: to {better} is worth {pounds(abs(worth.value))} by the plans found{doubt}.")
    if len(choices) > LISTED:
        out.append(f"Open: {len(choices) - LISTED} more in choices.csv.")
    out += [f"Failed: {key}: {why}" for key, why in found.failures.items()]
    return [*out, *found.notes]


def alternatives_document(found: Alternatives) -> dict[str, object]:
    """Return ``alternatives.json`` as Python objects; money in £ present value."""
    return {
        "limit": number(found.limit),
        "plans": [
            {
                "name": name, "cost": number(objective_of(answer) or math.nan), "folder": f"plans/{folder_of(name)}",
                "saving": number(total_of(answer, "npv_saving")),
            }
            for name, answer in found.answers.items()
        ],
        "apart": found.apart.tolist(),
        "choices": [
            {
                "site_id": c.site_id, "partner_id": c.partner_id, "action": c.action, "decision": c.decision, "plans": c.count,
                "worth": None if c.worth is None else range_of(c.worth),
            }
            for c in found.choices
        ],
        "sentences": sentences(found),
        "failures": dict(sorted(found.failures.items())),
    }  # fmt: skip
