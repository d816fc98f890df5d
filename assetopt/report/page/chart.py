"""Pictures of figures as SVG, each with its words and, behind it, the table it shows; nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from assetopt.report.page.words import pounds, text

WIDTH, LEFT, TOP, FOOT = 860, 76, 12, 26
SERIES = 6
"""Series that can be told apart: by colour, and by hatching or dashes."""

_HATCHES = (
    "",
    "M0 8L8 0",
    "M0 0L8 8",
    "M0 4H8",
    "M4 0V8",
    "M0 4H8M4 0V8",
)


def figure(key: str, title: str, told: str, drawing: str, behind: Markup, legend: Markup | str = "") -> Markup:
    """Return a picture with its caption, its words for those who do not see it, and its table to unfold.

    Parameters
    ----------
    key : str
        Unique on the page.
    title, told : str
        The caption; and what the picture says, in a sentence.
    drawing : str
        An ``svg`` element's inside, with its ``viewBox`` first: from the functions of this module.
    behind : Markup
        The table with every figure.
    legend : Markup or str
    """
    box, inside = drawing.split("|", 1)
    return Markup(
        '<figure class="chart" id="{}"><figcaption>{}</figcaption>{}<div class="wide" role="group" tabindex="0" aria-label="{}">'
        '<svg viewBox="{}" role="img" aria-label="{}">{}</svg></div>'
        '<details><summary>Figures behind this picture<span class="unseen">: {}</span></summary>{}</details></figure>'
    ).format(
        key, text(title), legend, text(title), box, text(f"{title}. {told}", 600), Markup(inside), text(title), behind
    )


def legend(key: str, names: Sequence[str], lines: bool = False) -> Markup:
    """Return the key of series: a sample of colour and hatching (or dash), and the name."""
    items = []
    for at, label in enumerate(names):
        sample = (
            f'<path class="l{at}" d="M0 8H26"/>'
            if lines
            else f'<rect class="s{at}" width="26" height="16"/>{_hatched(key, at, "M0 0H26V16H0Z")}'
        )
        items.append(
            Markup('<li><svg class="sample" viewBox="0 0 26 16" aria-hidden="true">{}</svg> {}</li>').format(
                Markup(sample), text(label)
            )
        )
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items))


def _hatched(key: str, at: int, path: str) -> str:
    return f'<path fill="url(#{key}-h{at})" d="{path}"/>' if _HATCHES[at % SERIES] else ""


def _patterns(key: str, count: int) -> str:
    return (
        "<defs>"
        + "".join(
            f'<pattern id="{key}-h{at}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<path class="hatch" d="{_HATCHES[at % SERIES]}"/></pattern>'
            for at in range(count)
            if _HATCHES[at % SERIES]
        )
        + "</defs>"
    )


def _ticks(low: float, high: float) -> np.ndarray:
    """Return round values from below ``low`` to above ``high``, about five."""
    high = high if high > low else low + 1.0
    span = high - low
    step = 10.0 ** np.floor(np.log10(span / 4))
    step *= next(by for by in (1, 2, 2.5, 5, 10) if span / (step * by) <= 5.5)
    return np.asarray(np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step)


class _Scale:
    """Years across, £ up: the frame of a chart, with its lines and words."""

    def __init__(self, low: float, high: float, count: int, height: int) -> None:
        self.ticks = _ticks(min(low, 0.0), max(high, 0.0))
        self.low, self.high = float(self.ticks[0]), float(self.ticks[-1])
        self.height, self.step = height, (WIDTH - LEFT - 8) / max(count, 1)

    def x(self, at: float) -> float:
        return LEFT + (at + 0.5) * self.step

    def y(self, amount: float) -> float:
        return TOP + (self.height - TOP - FOOT) * (self.high - amount) / (self.high - self.low)

    def frame(self, words: Sequence[str]) -> str:
        lines = "".join(
            f'<path class="{"axis" if tick == 0 else "grid"}" d="M{LEFT} {self.y(tick):.1f}H{WIDTH - 8}"/>'
            f'<text x="{LEFT - 6}" y="{self.y(tick) + 4:.1f}" text-anchor="end">{text(pounds(float(tick)))}</text>'
            for tick in self.ticks
        )
        every = max(1, -(-len(words) // 12))
        return lines + "".join(
            f'<text x="{self.x(at):.1f}" y="{self.height - 6}" text-anchor="middle">{text(word)}</text>'
            for at, word in enumerate(words)
            if at % every == 0
        )

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {self.height}"


def stacked(key: str, words: Sequence[str], amounts: np.ndarray, height: int = 320) -> str:
    """Return bars by year, series upon series: what is above nought upwards, what is below downwards.

    Parameters
    ----------
    words : sequence of str
        Under the bars, n.
    amounts : (k, n) array
        £ of k series, k at most `SERIES`.
    """
    up, down = np.where(amounts > 0, amounts, 0.0), np.where(amounts < 0, amounts, 0.0)
    scale = _Scale(float(down.sum(axis=0).min()), float(up.sum(axis=0).max()), len(words), height)
    wide = scale.step * 0.8
    parts = [_patterns(key, len(amounts)), scale.frame(words)]
    tops, lows = np.zeros(len(words)), np.zeros(len(words))
    for series, row in enumerate(amounts):
        path = ""
        for at, amount in enumerate(row.tolist()):
            if not amount:
                continue
            base = (tops if amount > 0 else lows)[at]
            (tops if amount > 0 else lows)[at] += amount
            one, two = scale.y(base), scale.y(base + amount)
            path += f"M{scale.x(at) - wide / 2:.1f} {one:.1f}h{wide:.1f}V{two:.1f}h{-wide:.1f}Z"
        if path:
            parts.append(f'<path class="s{series}" d="{path}"/>{_hatched(key, series, path)}')
    return scale.box + "|" + "".join(parts)


def lines(words: Sequence[str], amounts: np.ndarray, height: int = 320) -> str:
    """Return k lines over n years, each with its own dash and its own marks."""
    scale = _Scale(float(amounts.min(initial=0.0)), float(amounts.max(initial=0.0)), len(words), height)
    parts = [scale.frame(words)]
    for series, row in enumerate(amounts):
        points = [(scale.x(at), scale.y(amount)) for at, amount in enumerate(row.tolist()) if amount == amount]
        path = "".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(points))
        parts.append(f'<path class="l{series}" d="{path}"/>')
    return scale.box + "|" + "".join(parts)


def bridge(words: Sequence[str], amounts: Sequence[float], totals: Sequence[bool]) -> str:
    """Return a bridge from sum to sum, lying down so that its words can be read: a bar a step, from where the last ended."""
    high = 30
    spans: list[tuple[float, float]] = []
    run = 0.0
    for amount, whole in zip(amounts, totals, strict=True):
        spans.append((0.0, amount) if whole else (run, run + amount))
        run = amount if whole else run + amount
    low, top = min(min(span) for span in spans), max(max(span) for span in spans)
    left, right = 330, WIDTH - 90
    wide = (right - left) / ((top - min(low, 0.0)) or 1.0)

    def x(amount: float) -> float:
        return left + (amount - min(low, 0.0)) * wide

    parts = [f'<path class="axis" d="M{x(0):.1f} 4V{len(words) * high + 4}"/>']
    for at, (word, amount, whole, (a, b)) in enumerate(zip(words, amounts, totals, spans, strict=True)):
        y = 8 + at * high
        kind = "total" if whole else "more" if amount >= 0 else "less"
        said = pounds(amount) if whole else f"{'+' if amount >= 0 else ''}{pounds(amount)}"
        parts.append(
            f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{text(word, 41)}</text>'
            f'<rect class="{kind}" x="{min(x(a), x(b)):.1f}" y="{y}" width="{max(abs(x(b) - x(a)), 1):.1f}" height="{high - 10}"/>'
            f'<text x="{max(x(a), x(b)) + 6:.1f}" y="{y + 15}">{said}</text>'
        )
    return f"0 0 {WIDTH} {len(words) * high + 12}|" + "".join(parts)


def bars(words: Sequence[str], amounts: Sequence[float], said: Sequence[str], left: int = 220) -> str:
    """Return bars lying down, a word before and the figure behind each."""
    high, most = 28, max((abs(amount) for amount in amounts), default=0.0) or 1.0
    parts = []
    for at, (word, amount, figure_) in enumerate(zip(words, amounts, said, strict=True)):
        y, wide = 6 + at * high, (WIDTH - left - 110) * abs(amount) / most
        parts.append(
            f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{text(word, 25)}</text>'
            f'<rect class="s0" x="{left}" y="{y}" width="{max(wide, 1):.1f}" height="{high - 8}"/>'
            f'<text x="{left + wide + 6:.1f}" y="{y + 15}">{text(figure_)}</text>'
        )
    return f"0 0 {WIDTH} {len(words) * high + 10}|" + "".join(parts)


SIGNS = {"works": "W", "move": "M", "void": "V", "exit": "X"}
"""The letter of each kind of bar, so that colour is not needed."""


def gantt(rows: Sequence[tuple[str, Sequence[tuple[str, int, int, str]]]], years: Sequence[int]) -> str:
    """Return a strip by year: a row a thing, with bars from year to year.

    Parameters
    ----------
    rows : sequence of (name, bars)
        Each bar is (kind, first year, last year, words), the kind one of `SIGNS`; bars of one year share its width.
    years : sequence of int
        Across.
    """
    left, high = 260, 24
    step = (WIDTH - left - 8) / max(len(years), 1)
    deep = 26 + len(rows) * high
    parts = [
        f'<path class="grid" d="M{left + at * step:.1f} 20V{deep}"/>'
        f'<text x="{left + (at + 0.5) * step:.1f}" y="14" text-anchor="middle">{value}</text>'
        for at, value in enumerate(years)
    ]
    for at, (label, spans) in enumerate(rows):
        y = 24 + at * high
        parts.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{text(label, 32)}</text>')
        for year_at, value in enumerate(years):
            here = [span for span in spans if span[1] <= value <= span[2]]
            wide = step / max(len(here), 1)
            for part, (kind, _, _, words) in enumerate(here):
                x = left + year_at * step + part * wide
                parts.append(
                    f'<g><title>{text(f"{value}: {words}")}</title><rect class="g-{kind}" x="{x + 1:.1f}" y="{y + 2}" '
                    f'width="{max(wide - 2, 2):.1f}" height="{high - 6}"/>'
                    f'<text class="on" x="{x + 4:.1f}" y="{y + 15}">{SIGNS[kind]}</text></g>'
                )
    return f"0 0 {WIDTH} {deep + 4}|" + "".join(parts)
