"""The decision on one page: what changes, what it saves and costs, who is affected, and what has to be true."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from assetopt.account.bridge import ALL
from assetopt.report.page.facts import Facts, service
from assetopt.report.page.sections.certificate import gap_pounds
from assetopt.report.page.shell import Section
from assetopt.report.page.words import money, plural, text, year

_STATUS = {
    "model_option": "an option from a model: nothing in it is decided, nor has anybody been consulted on it",
    "for_consultation": "an option for consultation: nothing in it is decided",
    "decided": "decided",
}


def decision_section(facts: Facts) -> Section:
    """Return the first section."""
    status = _STATUS.get(facts.status, "an option")
    parts = [
        Markup('<p class="lead">This plan is {}.</p>').format(status),
        _tiles(facts),
        _list("What changes", _changes(facts)),
    ]
    parts.append(_list("Who gets further or nearer", _access(facts)))
    parts.append(_list("The biggest caveats", caveats(facts)[:3]))
    parts.append(_list("What must be true", list(_must(facts))))
    return Section(
        "decision", "The decision on one page" if facts.decided else "The option on one page", Markup("").join(parts)
    )


def _list(title: str, items: list[Markup]) -> Markup:
    inside = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup("<h3>{}</h3><ul>{}</ul>").format(title, inside) if items else Markup("")


def _tiles(facts: Facts) -> Markup:
    tiles: list[tuple[str, Markup, str]] = []
    saving, annual = facts.total("npv_saving"), facts.total("annual_saving")
    if saving is not None:
        word = "Saving against today" if saving >= 0 else "Extra cost against today"
        appraisal = facts.part("scenario").get("appraisal")
        years = appraisal.get("appraisal_years") if isinstance(appraisal, dict) else None
        over = f"present value over {years} years" if years else "present value"
        tiles.append((word, money(abs(saving)), over))
    if annual is not None:
        tiles.append(
            (
                "Saving a year, once done" if annual >= 0 else "Extra cost a year, once done",
                money(abs(annual)),
                "budgets, today's prices",
            )
        )
    if facts.total("capital") is not None:
        tiles.append(("Capital for works", money(facts.total("capital")), "with optimism bias"))
    if facts.total("receipts") is not None:
        tiles.append(("Receipts from sales", money(facts.total("receipts")), "net of costs, not discounted"))
    back = facts.total("payback_year")
    if back is not None:
        tiles.append(("Paid back from", Markup(year(back)), "financial year"))
    elif saving is not None:
        tiles.append(("Paid back", Markup("not within the years counted"), ""))
    inside = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>").format(*tile) for tile in tiles
    )
    return Markup('<dl class="tiles">{}</dl>').format(inside) if tiles else Markup("")


def _changes(facts: Facts) -> list[Markup]:
    sites, teams, works = facts.frame("sites"), facts.frame("teams"), facts.frame("interventions")
    could = "" if facts.decided else "could "

    def verb(one: str, many: str, count: float) -> str:
        return one if facts.decided and count == 1 else many

    out: list[Markup] = []
    for actions, done in ((["dispose"], "be sold or handed on"), (["exit_lease"], "be left at a lease's end or break")):
        count = int(sites["action"].isin(actions).sum())
        if count:
            word = ("are to " if count > 1 else "is to ") if facts.decided else could
            out.append(
                Markup('{} {}{} (<a href="#disposals">which, and why</a>)').format(
                    plural(count, "building"), word, done
                )
            )
    opened = int((sites["action"] == "open").sum())
    if opened:
        out.append(Markup("{} {}{}").format(plural(opened, "new site"), could, verb("opens", "open", opened)))
    moves = facts.total("teams_moved")
    if moves:
        out.append(
            Markup('{} {}{} (<a href="#moves">who, where and when</a>)').format(
                plural(moves, "team"), could, verb("moves", "move", moves)
            )
        )
    closing = int((teams["action"] == "close").sum())
    if closing:
        out.append(Markup("{} {}{}").format(plural(closing, "team"), could, verb("closes", "close", closing)))
    built = int((works["action"] == "build").sum())
    if built:
        out.append(
            Markup("{} {}{}").format(
                plural(built, "piece") + " of works", could, verb("is done", "be done" if could else "are done", built)
            )
        )
    kept = facts.total("sites_kept")
    if kept is not None:
        out.append(Markup("{} {} held at the end").format(plural(kept, "site"), "is" if kept == 1 else "are"))
    return out


def _access(facts: Facts) -> list[Markup]:
    groups, out = facts.frame("access_groups"), []
    rows = groups[(groups["kind"] == "service") & (groups["breakdown"] == "everyone") & (groups["people_losing"] > 0)]
    for row in rows.sort_values("people_losing", ascending=False, kind="stable").head(2).to_dict("records"):
        out.append(
            Markup("{:,.0f} people ({:.0%}) {} noticeably further to {} by {}: {:.1f} {} on average").format(
                row["people_losing"],
                row["share_losing"],
                "go" if facts.decided else "would go",
                text(service(row["service_type"])),
                text(row["mode"]),
                row["mean_loss"],
                text(row["unit"]),
            )
        )
    gains = groups[(groups["kind"] == "service") & (groups["breakdown"] == "everyone") & (groups["people_gaining"] > 0)]
    for row in gains.sort_values("people_gaining", ascending=False, kind="stable").head(1).to_dict("records"):
        out.append(
            Markup("{:,.0f} people {} noticeably nearer to {} by {}: {:.1f} {} on average").format(
                row["people_gaining"],
                "get" if facts.decided else "would get",
                text(service(row["service_type"])),
                text(row["mode"]),
                row["mean_gain"],
                text(row["unit"]),
            )
        )
    both = facts.frame("access_cumulative")
    both = both[(both["kind"] == "group") & (both["breakdown"] == "everyone") & (both["people_losing_two"] > 0)]
    for row in both.head(1).to_dict("records"):
        out.append(
            Markup("{:,.0f} people ({:.0%}) lose on two services or more by {}").format(
                row["people_losing_two"], row["share_losing_two"], text(row["mode"])
            )
        )
    standards = facts.frame("access")
    if len(standards):
        holds = int(standards["holds"].sum())
        out.append(
            Markup('{} of {} access standards hold (<a href="#access">who and where</a>)').format(holds, len(standards))
        )
    elif not out and len(groups):
        out.append(Markup('Nobody has noticeably further to go (<a href="#access">by place and group</a>)'))
    return out


def caveats(facts: Facts) -> list[Markup]:
    """Return what could make the plan a worse one than it looks: those with pounds first, the largest of them first."""
    pounds: list[tuple[float, Markup]] = []
    receipts, gap = facts.total("receipts") or 0.0, gap_pounds(facts)
    if receipts > 0:
        pounds.append(
            (receipts, Markup("{} of receipts are estimates until the sales are made").format(money(receipts)))
        )
    if gap is not None and gap > 0:
        pounds.append(
            (
                gap,
                Markup('a cheaper plan may exist, by at most {} (<a href="#certificate">certificate</a>)').format(
                    money(gap)
                ),
            )
        )
    closure = facts.total("npv_saving_service_closure") or 0.0
    if closure > 0:
        pounds.append(
            (closure, Markup("{} of the saving comes from closing teams, not from buildings").format(money(closure)))
        )
    liability = facts.total("backlog_liability") or 0.0
    if liability > 0:
        pounds.append((liability, Markup("{} of backlog maintenance stays unpaid").format(money(liability))))
    out = [words for _, words in sorted(pounds, key=lambda pair: -pair[0])]
    failing = [row for row in facts.frame("access").to_dict("records") if not row["holds"]]
    if failing:
        out.insert(0, Markup("{} not hold").format(plural(len(failing), "access standard does", "access standards do")))
    filled = facts.frame("assumptions")
    if len(filled):
        worst = filled[filled["confidence"] == "C"]
        out.append(
            Markup(
                '{} stand in for missing facts, {} of them of confidence C (<a href="#assumptions">which</a>)'
            ).format(plural(len(filled), "assumption"), len(worst))
        )
    travel = facts.frame("travel")
    guessed = travel[travel["basis"] == "estimated"] if len(travel) else travel
    if len(guessed):
        out.append(Markup("minutes by {} are estimated, not routed").format(text(", ".join(guessed["mode"]))))
    odd = len(facts.entries("warnings"))
    if odd:
        out.append(Markup('{} in the data look odd (<a href="#quality">data quality</a>)').format(plural(odd, "point")))
    return [Markup(str(words)[0].upper() + str(words)[1:]) if str(words)[:1].islower() else words for words in out]


def _must(facts: Facts) -> Iterator[Markup]:
    receipt = facts.frame("sites")
    sold = receipt[receipt["receipt"] > 0]
    if len(sold):
        yield Markup("The {} that bring receipts sell for what is assumed, and when").format(
            plural(len(sold), "building")
        )
    capital = facts.total("capital") or 0.0
    if capital > 0:
        yield Markup("The works cost no more than {}").format(money(capital))
    for row in facts.entries("warnings"):
        if str(row.get("what", "")).startswith("consent_"):
            yield text(row.get("fix", ""))
    bridge = facts.frame("bridge")
    whole = bridge[(bridge["item"] == "cash_real") & (bridge["partner_id"] != ALL)]
    worse = whole[whole["amount"] > whole["amount_today"] + 0.5]
    if len(worse):
        names = ", ".join(facts.partner_words(key) for key in worse["partner_id"].head(4))
        more = f" and {len(worse) - 4} more" if len(worse) > 4 else ""
        yield Markup("Partners that pay more than today agree all the same: {}{}").format(text(names), more)
    moves = facts.total("teams_moved")
    if moves:
        yield Markup("{} can work from the buildings that {} named").format(plural(moves, "team"), "are")
    hard = facts.frame("access")
    if len(hard):
        yield Markup("People can and will use the point that is then nearest")
