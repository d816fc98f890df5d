"""What the answer stands on: assumptions with their confidence, data quality, rules in force, and the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from assetopt.report.page.facts import Facts, service
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import name, plural, text

_NUMBER, _ONE = r"£?\d[\d,.]*[mk]?", r"\bteam (use|move|close)s\b"
_WEIGHED = Markup(
    "<p>How much of the answer rests on each: the same plan was counted again with the assumed value a quarter higher (a quarter "
    "lower where it cannot be higher), nothing else changed and nothing solved anew. The pounds are present values of the whole "
    "appraisal: by how much the plan would then cost more, and save more against carrying on as today. An assumption of 0 is not "
    "tried, as a quarter more is 0 again. One parameter may fill several rows; each then shows what rests on all of them, so "
    "the rows do not add up.</p>"
)
_CONFIDENCE = {"A": "A, measured", "B": "B, estimated", "C": "C, assumed"}


def assumptions_section(facts: Facts) -> Section:
    """Return the section; empty where no default filled a gap."""
    title, frame = "Assumptions", facts.frame("assumptions")
    if not len(frame):
        return Section("assumptions", title, Markup(""))
    sites = max(len(facts.frame("sites")), 1)
    weighed = bool(frame["cost_change"].notna().any())
    pounds = (
        Column("Costs more by (£)", "money"),
        Column("Saves more by (£)", "money"),
        Column("Value tried", "number"),
    )
    columns = [
        Column("What was missing"),
        *(pounds if weighed else ()),
        Column("Value", "number"),
        Column("Unit"),
        Column("Rows filled", "count"),
        Column("Parameter"),
        Column("Confidence"),
        Column("Source", wide=True),
        Column("Note", wide=True),
    ]
    order = frame.assign(size=frame["cost_change"].abs()).sort_values(
        ["size", "rows", "table", "column"], ascending=[False, False, True, True], kind="stable"
    )
    rows = [
        (
            name(f"{r['table']}: {service(r['column'])}"),
            *((r["cost_change"], r["saving_change"], r["value_tried"]) if weighed else ()),
            r["value"],
            r["unit"],
            r["rows"],
            service(r["parameter"]),
            _CONFIDENCE.get(r["confidence"], r["confidence"]),
            text(r["source"], 400),
            text(r["note"], 400),
        )
        for r in order.to_dict("records")
    ]
    least = frame[frame["confidence"] == "C"]
    own = frame[frame["table"] == "sites"]
    most = min(int(own["rows"].max()), sites) if len(own) else 0  # others' buildings count among the rows
    words = f"{plural(len(frame), 'default')} filled {plural(float(frame['rows'].sum()), 'gap')} in the data; "
    words += f"{len(least)} of them have confidence C, assumed."
    words += (
        f" Of {sites} sites up to {most} ({most / sites:.0%}) rest on one and the same default."
        if most and len(facts.frame("sites"))
        else ""
    )
    return Section(
        "assumptions",
        "Assumptions and how sure they are",
        Markup("<p>{}</p>").format(words)
        + (_WEIGHED if weighed else Markup(""))
        + table("assumptions", "Defaults that filled missing facts", columns, rows, source="assumptions.csv"),
    )


def quality_section(facts: Facts) -> Section:
    """Return the section; empty where nothing in the data looks odd, or nothing may be said of it."""
    told = facts.entries("warnings")
    if not told:
        return Section("quality", "Data quality", Markup(""))
    columns = [Column("Where"), Column("What", wide=True), Column("What would mend it", wide=True)]
    rows = [(name(r.get("where", "")), text(r.get("what", ""), 500), text(r.get("fix", ""), 500)) for r in told]
    words = Markup("<p>{} looked odd when the data was read; the plan was made with the data as it is.</p>").format(
        plural(len(told), "point")
    )
    return Section(
        "quality",
        "Data quality",
        words + table("quality", "What looks odd in the data", columns, rows, source="plan.json"),
    )


def rules_section(facts: Facts) -> Section:
    """Return the section: every rule and limit with its setting, the standards that bind, and what keeps sites."""
    scenario = facts.part("scenario")
    rows = [(service(rule), service(key), value) for rule, key, value in _settings(scenario)]
    parts = [
        Markup(
            "<p>Placement, open site, capacity, tenure, locks, compatibility and service points always hold. "
            "Those below were set.</p>"
        )
    ]
    if rows:
        parts.append(
            table(
                "rules",
                "Rules and limits in force",
                [Column("Rule"), Column("Setting"), Column("Value")],
                rows,
                tools=False,
            )
        )
    parts += [_binding(facts), _reasons(facts)]
    body = Markup("").join(parts) if scenario else Markup("")
    return Section("rules", "Rules in force, and which bind", body)


def _settings(scenario: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    rules = scenario.get("rules")
    for rule, settings in (rules if isinstance(rules, Mapping) else {}).items():
        if isinstance(settings, Mapping):
            for key, value in settings.items():
                if value not in (None, [], {}):
                    yield rule, key, str(value)
            if not settings:
                yield rule, "", "in force"
    for group in ("limits", "change", "disposals", "boundaries", "decisions", "placements"):
        settings = scenario.get(group)
        for key, value in (settings if isinstance(settings, Mapping) else {}).items():
            if value not in (None, [], {}, False):
                yield group, key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _binding(facts: Facts) -> Markup:
    frame = facts.frame("access")
    shares = frame[(frame["measure"] == "share") & (frame["people"] > 0)]
    if not len(shares):
        return Markup("")
    slack = (shares["served_worst_year"] - shares["required"]) / shares["people"]
    order = shares.assign(slack=slack).sort_values(["slack", "standard_id", "group"], kind="stable")
    columns = [
        Column("Standard"),
        Column("Group"),
        Column("Force"),
        Column("Share asked", "share"),
        Column("Worst year", "share"),
        Column("Room left", "share"),
        Column("Binds (less than 0.5 % left)", "flag"),
    ]
    rows = [
        (
            name(r["standard_id"]),
            service(r["group"]),
            r["force"],
            r["share_required"],
            r["served_worst_year"] / r["people"],
            r["slack"],
            r["slack"] < 0.005,
        )
        for r in order.to_dict("records")
    ]
    return Markup("<h3>Access standards, the tightest first</h3>") + table(
        "binding", "How much room each access standard leaves", columns, rows, source="access.csv", most=200
    )


def _reasons(facts: Facts) -> Markup:
    sites = facts.frame("sites")
    told = (
        sites.loc[sites["reason"] != "", "reason"]
        .str.replace(_NUMBER, "\N{HORIZONTAL ELLIPSIS}", regex=True)
        .str.replace(_ONE, r"teams \1", regex=True)
    )
    counts = told.to_frame("reason").groupby("reason", sort=True).size().reset_index(name="sites")
    if not len(counts):
        return Markup("")
    counts = counts.sort_values(["sites", "reason"], ascending=[False, True], kind="stable")
    rows = [(text(r["reason"], 300), r["sites"]) for r in counts.to_dict("records")]
    return Markup("<h3>What decides about sites</h3>") + table(
        "reasons",
        "Reasons, and of how many sites",
        [Column("Reason"), Column("Sites", "count")],
        rows,
        source="sites.csv",
        most=40,
    )


def audit_section(facts: Facts) -> Section:
    """Return the last section: what went in, with which versions and settings, and how to get the same again."""
    told, scenario = facts.part("certificate"), facts.part("scenario")
    solver = scenario.get("solver")
    rows: list[tuple[object, object]] = [
        ("Scenario", scenario.get("name", "")),
        ("assetopt", facts.document.get("assetopt_version", "")),
        ("Schema of plan.json", facts.document.get("schema_version", "")),
        ("Engine", f"{told.get('engine')} {told.get('engine_version')}"),
        ("Seed", str(told.get("seed"))),
        ("Threads", str(told.get("threads"))),
    ]
    rows += [
        (f"Solver: {service(key)}", str(value))
        for key, value in (solver if isinstance(solver, Mapping) else {}).items()
    ]
    body = table("versions", "Versions and settings", [Column("What"), Column("Value")], rows, tools=False)
    hashes = facts.part("inputs")
    if hashes:
        body += Markup(
            "<h3>Do it again</h3><p>Inside the report folder, these run the same question anew and recount this plan:</p>"
            '<pre tabindex="0"><code>assetopt solve inputs/scenario.toml --out ../again\nassetopt verify .</code></pre>'
            "<p>A run that ends by its gap gives the same plan; one that ends by the clock may end elsewhere.</p>"
        )
        files = [(name(key), Markup("<code>{}</code>").format(text(value))) for key, value in hashes.items()]
        body += table("hashes", "Every file that was read", [Column("File"), Column("SHA-256")], files, tools=False)
    return Section("audit", "Audit trail", body)
