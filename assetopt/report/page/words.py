"""Text and numbers as a page shows them: names are hostile until escaped; money is short, and exact on demand."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from assetopt.report.tables import Kind

LONGEST = 200
"""Letters of a text that are shown; the tables as CSV have the whole."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def seen(page: str) -> str:
    """Return a text with every mark that nobody sees made visible, however it came in."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", page)


def clean(value: object, longest: int = LONGEST) -> str:
    """Return text without marks that nobody sees or that turn the line, cut where it is very long; not escaped."""
    text = seen(str(value))
    return text if len(text) <= longest else f"{text[:longest]}\N{HORIZONTAL ELLIPSIS}"


def text(value: object, longest: int = LONGEST) -> Markup:
    """Return text for the inside of an element or of a quoted attribute; markup that is markup already stays."""
    return value if isinstance(value, Markup) else escape(clean(value, longest))


def name(value: object) -> Markup:
    """Return a name from the data, set apart so that letters of another direction do not turn its neighbours."""
    shown = text(value)
    return shown if str(shown).isascii() or isinstance(value, Markup) else Markup("<bdi>{}</bdi>").format(shown)


def pounds(amount: float) -> str:
    """Return £ as planners say it: £2,914.3m, £1.2m, £45k, -£300."""
    sign, size = ("\N{MINUS SIGN}" if round(amount, 2) < 0 else ""), abs(amount)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.1f}m"
    if size >= 9_950:
        return f"{sign}£{size / 1e3:,.0f}k"
    return f"{sign}£{size:,.0f}"


def exact_pounds(amount: float) -> str:
    """Return £ to the penny."""
    return f"{chr(0x2212) if round(amount, 2) < 0 else ''}£{abs(amount):,.2f}"


def money(amount: float | None) -> Markup:
    """Return £ short, with the exact figure as the value of the element, as its title, and in place of it on demand."""
    if amount is None or amount != amount:  # NaN
        return _NONE
    return Markup('<data class="m" value="{:.2f}" title="{}">{}</data>').format(
        amount + 0.0, exact_pounds(amount), pounds(amount)
    )


def year(value: float) -> str:
    """Return a financial year by its first calendar year: 2027/28."""
    return f"{int(value)}/{(int(value) + 1) % 100:02d}"


def plural(count: float, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{count:,.0f} {one if round(count) == 1 else many or one + 's'}"


_NONE = Markup('<span class="none">none</span>')


def cell(value: object, kind: Kind) -> Markup:
    """Return one value as a page shows its kind."""
    if isinstance(value, Markup):
        return value
    if kind == "text":
        return name(value) if value else Markup("")
    if kind == "flag":
        return Markup("yes" if value else "no")
    if value is None or not isinstance(value, int | float) or value != value:  # NaN
        return _NONE
    if kind == "money":
        return money(float(value))
    return Markup(_number(float(value), kind))


def _number(value: float, kind: Kind) -> str:
    if kind == "year":
        return year(value)
    if kind == "count":
        return f"{value:,.0f}"
    if kind in ("share", "exact_share"):
        return f"{value:.1%}"
    if kind == "people":
        return f"{value:,.0f}"
    return f"{value:,.1f}" if kind == "travel" else f"{value:,.10g}"
