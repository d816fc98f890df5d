"""How a shared saving is written down: ``share.json``, a CSV a table, and a workbook."""

from __future__ import annotations

import numpy as np

from assetopt.certificate import pounds
from assetopt.scenario import Scenario
from assetopt.studies.coalitions import Coalitions
from assetopt.studies.folder import StudyFolder
from assetopt.studies.interval import SMALL
from assetopt.studies.page import Picture
from assetopt.studies.share import Shares
from assetopt.studies.writing import number, range_of, table, write_tables

FILE = "share.json"
DRAWN = 20

HEADINGS = {
    "shapley": "By what each brings (Shapley)",
    "nucleolus": "Safest from walking out (nucleolus)",
    "equal": "Equal",
    "floor_area": "By floor area",
    "fte": "By staff (FTE)",
    "own_saving": "By what each saves alone",
}


def write_shares(folder: StudyFolder, scenario: Scenario, shares: Shares) -> None:
    """Write every file of the study."""
    folder.write_json(FILE, share_document(shares))
    rules = list(shares.rules)
    names = [player.name for player in shares.players]
    found = shares.coalitions
    coalitions = [
        {
            "members": "+".join(found.members(int(mask))), "size": int(mask).bit_count(), "saving": saving.value,
            "low": saving.low, "high": saving.high, "status": status,
        }
        for mask, saving, status in zip(found.masks, found.savings, found.status, strict=True)
    ]  # fmt: skip
    partners = [
        {
            "partner": name, "before": shares.before[i], "after": shares.after[i], "own": shares.own[i],
            **{f"share_{rule}": shares.rules[rule][i] for rule in rules},
            **{f"yearly_{rule}": shares.payments[rule][i] for rule in rules},
        }
        for i, name in enumerate(names)
    ]  # fmt: skip
    stability = []
    for rule in rules:
        mask, gain = shares.blocking(rule)
        stability.append(
            {
                "rule": rule, "stable": gain.value <= SMALL, "sure": gain.sure, "members": "+".join(found.members(mask)),
                "gain": gain.value, "low": gain.low, "high": gain.high,
            }
        )  # fmt: skip
    payments = [
        {"rule": rule, "year": shares.base_year + year, "partner": name, "received": shares.payments[rule][i]}
        for rule in rules
        for year in range(shares.years)
        for i, name in enumerate(names)
    ]
    tables = [
        table(
            "partners",
            (
                ("partner", "text", "Partner"), ("before", "money", "Bears as today (£ present value)"),
                ("after", "money", "Bears under the plan, before side payments (£ present value)"),
                ("own", "money", "Saves by itself under the plan (£ present value)"),
                *((f"share_{rule}", "money", f"{HEADINGS[rule]} (£ present value)") for rule in rules),
                *((f"yearly_{rule}", "money", f"{HEADINGS[rule]}: received each year (£ real; minus: paid)") for rule in rules),
            ),
            partners,
        ),
        table(
            "coalitions",
            (
                ("members", "text", "Members"), ("size", "count", "How many"),
                ("saving", "money", "Saves (£ present value)"), ("low", "money", "At least (£)"), ("high", "money", "At most (£)"),
                ("status", "text", "Solve"),
            ),
            coalitions,
        ),
        table(
            "stability",
            (
                ("rule", "text", "Rule"), ("stable", "flag", "Nobody gains by walking out"),
                ("sure", "flag", "Beyond the gaps of the solves"), ("members", "text", "Who gains most, or loses least"),
                ("gain", "money", "They gain by walking out (£ present value)"), ("low", "money", "At least (£)"),
                ("high", "money", "At most (£)"),
            ),
            stability,
        ),
        table(
            "side_payments",
            (
                ("rule", "text", "Rule"), ("year", "year", "Year (first of the financial year)"),
                ("partner", "text", "Partner"), ("received", "money", "Received (£ real; minus: paid)"),
            ),
            payments,
        ),
    ]  # fmt: skip
    pictures = {
        "partners": Picture(
            f"{HEADINGS['shapley']}, £ present value", tuple(names), tuple(float(given) for given in shares.rules["shapley"])
        ),
        "coalitions": Picture(
            "What the coalitions save that save most, £ present value",
            *_largest(found),
        ),
    }  # fmt: skip
    title = f"Sharing the saving: {scenario.name or 'plan'}"
    write_tables(folder, title, sentences(shares), tables, pictures)


def _largest(found: Coalitions) -> tuple[tuple[str, ...], tuple[float, ...]]:
    savings = np.array([saving.value for saving in found.savings])
    chosen = np.argsort(-savings, kind="stable")[:DRAWN]
    return tuple(_short(found, int(mask)) for mask in found.masks[chosen]), tuple(savings[chosen].tolist())


def _short(found: Coalitions, mask: int) -> str:
    """Name a coalition by its members or, where these are most players, by who is left out."""
    members = found.members(mask)
    outside = [player.name for player in found.players if player.name not in members]
    if not outside:
        return "all"
    return f"all but {'+'.join(outside)}" if len(outside) < len(members) else "+".join(members)


def sentences(shares: Shares) -> list[str]:
    """Say in plain words what was found."""
    total, core = shares.coalitions.total, shares.core
    names = [player.name for player in shares.players]
    out = [
        f"Together the {len(names)} save {pounds(total.value)} (between {pounds(total.low)} and {pounds(total.high)})."
    ]
    best = shares.coalitions
    alone = sum(best.of(1 << i).value for i in range(len(names)))
    out.append(f"Each on its own, they save {pounds(alone)}; working together is worth {pounds(total.value - alone)}.")
    doubt = "" if shares.core_is_sure else " The gaps of the solves leave this open."
    if len(names) > 1 and core.empty:
        who = "; ".join("+".join(best.members(int(mask))) for mask in core.coalitions)
        out.append(
            f"No sharing keeps everybody in: whatever is agreed, some of these would do better by {pounds(core.value)} or "
            f"more on their own: {who}.{doubt}"
        )
    elif len(names) > 1:
        out.append(
            f"The whole is stable: some sharing leaves every group {pounds(-core.value)} or more better off inside.{doubt}"
        )
    for rule in shares.rules:
        mask, gain = shares.blocking(rule)
        if gain.value > SMALL and mask:
            sure = "" if gain.sure else ", which is within the gaps of the solves"
            who = "+".join(best.members(mask))
            out.append(f"{HEADINGS[rule]}: {who} would gain {pounds(gain.value)} by walking out{sure}.")
    out += [f"Fault: {breach}" for breach in best.breaches]
    out += [f"Failed: {key}: {why}" for key, why in shares.failures.items()]
    return [*out, *shares.notes]


def share_document(shares: Shares) -> dict[str, object]:
    """Return ``share.json`` as Python objects; money in £ present value, side payments in £ real a year."""
    found = shares.coalitions
    names = [player.name for player in shares.players]

    def by_name(values: object) -> dict[str, float | None]:
        return {name: number(float(value)) for name, value in zip(names, values, strict=True)}  # type: ignore[call-overload]

    stability: dict[str, object] = {}
    for rule in shares.rules:
        mask, gain = shares.blocking(rule)
        stability[rule] = {
            "stable": gain.value <= SMALL, "sure": gain.sure, "members": found.members(mask), "gain": range_of(gain),
        }  # fmt: skip
    years = [shares.base_year + year for year in range(shares.years)]
    return {
        "partners": names,
        "groups": {player.name: list(player.partners) for player in shares.players},
        "saving": range_of(found.total),
        "coalitions": [
            {
                "members": found.members(int(mask)), "saving": number(saving.value), "low": number(saving.low),
                "high": number(saving.high), "status": status,
            }
            for mask, saving, status in zip(found.masks, found.savings, found.status, strict=True)
        ],
        "rules": {rule: by_name(given) for rule, given in shares.rules.items()},
        "ranges": {rule: {"low": by_name(low), "high": by_name(high)} for rule, (low, high) in shares.ranges.items()},
        "core": {
            "empty": shares.core.empty,
            "sure": shares.core_is_sure,
            "least_core": number(shares.core.value),
            "low": number(shares.core_low),
            "high": number(shares.core_high),
            "blocking": [
                {"members": found.members(int(mask)), "weight": round(float(weight), 6), "gain": number(shares.core.value)}
                for mask, weight in zip(shares.core.coalitions, shares.core.weights, strict=True)
                if shares.core.empty
            ],
        },
        "stability": stability,
        "before_and_after": [
            {
                "partner": name, "before": number(shares.before[i]), "after": number(shares.after[i]),
                "own_saving": number(shares.own[i]),
                "after_side_payments": {
                    rule: number(shares.before[i] - shares.rules[rule][i]) for rule in shares.rules
                },
            }
            for i, name in enumerate(names)
        ],
        "side_payments": {
            "unit": "£ real received in each year; minus: paid",
            "years": years,
            **{rule: by_name(payments) for rule, payments in shares.payments.items()},
        },
        "orders_sampled": shares.orders,
        "sentences": sentences(shares),
        "breaches": list(found.breaches),
        "failures": dict(sorted(shares.failures.items())),
    }  # fmt: skip
