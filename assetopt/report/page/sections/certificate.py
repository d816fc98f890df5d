"""How good the plan is, in plain words: how much cheaper any other plan could be, in pounds."""

from __future__ import annotations

from markupsafe import Markup

from assetopt.report.page.facts import Facts
from assetopt.report.page.shell import Section
from assetopt.report.page.table import Column, table
from assetopt.report.page.words import money, pounds, text

_STOPPED = {
    "time": "The search ended at its time limit; a longer one may find a better plan or a closer bound.",
    "gap": "The search ended because it was as close as asked.",
    "saving_gap": "The search ended because it was as close to the saving as asked.",
}


def gap_pounds(facts: Facts) -> float | None:
    """Return by how much a better plan could be cheaper; None where no bound is stated or pounds are kept back."""
    told = facts.part("certificate")
    best, bound = told.get("objective"), told.get("bound")
    if not isinstance(best, int | float) or not isinstance(bound, int | float):
        return None
    return 0.0 if told.get("gap") == 0 else max(0.0, float(best) - float(bound))


def certificate_section(facts: Facts) -> Section:
    """Return the section; without pounds where they are kept back."""
    told, gap = facts.part("certificate"), gap_pounds(facts)
    parts: list[Markup] = []
    if gap is not None:
        best, bound = told["objective"], told["bound"]
        assert isinstance(best, int | float)
        assert isinstance(bound, int | float)
        if gap == 0:
            words = Markup("No plan that keeps the rules can cost less: this one is proven to be the cheapest.")
        else:
            words = Markup(
                "This plan costs {}, and no plan that keeps the rules can cost less than {}. So at most {} is left on the table."
            ).format(money(float(best)), money(float(bound)), money(gap))
        parts.append(Markup('<p class="lead">{}</p>').format(words))
        if gap:
            share = told.get("saving_gap")
            if isinstance(share, int | float):
                parts.append(Markup("<p>That is {:.2%} of the saving that this plan makes.</p>").format(share))
    parts.append(Markup("<p>{}</p>").format(text(told.get("sentence", ""), 600)))
    why = _STOPPED.get(str(told.get("stopped", "")))
    if why and gap != 0:
        parts.append(Markup("<p>{}</p>").format(why))
    verdict = facts.part("verdict")
    if verdict:
        breaches = verdict.get("violations")
        count = len(breaches) if isinstance(breaches, list) else 0
        parts.append(
            Markup("<p>{}</p>").format(
                "Every rule and every cost of the plan was counted again without a solver: all rules hold."
                if verdict.get("ok")
                else f"Counted again without a solver, the plan breaks rules in {count} places."
            )
        )
    rows = [
        (label, value if isinstance(value, Markup) else text(value))
        for label, value in (
            ("Cost of this plan", _money(told.get("objective"))),
            ("Cost of leaving things as they are", _money(told.get("objective_today"))),
            ("No plan can cost less than", _money(told.get("bound"))),
            ("At most left on the table", _money(gap)),
            ("Status", told.get("status")),
            ("Engine", f"{told.get('engine')} {told.get('engine_version')}"),
        )
        if value not in (None, "")
    ]
    columns = [Column("What"), Column("Figure")]
    parts.append(table("certificate", "The certificate in figures", columns, rows, tools=False))
    notes = told.get("notes")
    if isinstance(notes, list | tuple) and notes:
        items = Markup("").join(Markup("<li>{}</li>").format(text(note, 600)) for note in notes)
        parts.append(Markup("<h3>Notes</h3><ul>{}</ul>").format(items))
    return Section("certificate", "How good it is: the certificate", Markup("").join(parts))


def _money(value: object) -> Markup | None:
    return money(float(value)) if isinstance(value, int | float) and pounds(float(value)) else None
