"""A plan in a notebook and in a terminal: pictures, a short table, eighty columns; names are text everywhere."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from small_estate import solved

from assetopt.errors import DataError
from assetopt.report import summary
from assetopt.result import Result

EVIL = "<script>alert(1)</script>$x_$ & \"q\" 'a'"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"), depot=EVIL)


@pytest.fixture
def pyplot(monkeypatch: pytest.MonkeyPatch) -> object:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


class Tags(HTMLParser):
    """Collects the tags and the text of a fragment."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_shows_the_sentence_the_totals_and_the_sites_that_change(result: Result) -> None:
    found = Tags(result._repr_html_())

    assert result.certificate.sentence in found.text
    assert "option: could close" in found.text
    assert EVIL in found.text
    assert set(found.tags) == {"h4", "p", "table", "caption", "tbody", "tr", "th", "td", "thead"}


def test_a_notebook_shows_why_there_is_no_plan(tmp_path: Path) -> None:
    from dataclasses import replace

    none = replace(solved(tmp_path), recount=None)
    none = replace(none, certificate=replace(none.certificate, sentence="No plan.", reasons=("<b>room</b>",)))
    assert Tags(none._repr_html_()).text == "SmallNo plan.<b>room</b>"


def test_a_terminal_gets_eighty_columns_and_a_file_whole_lines(result: Result) -> None:
    wide, narrow = summary(result), summary(result, 80)

    assert max(len(line) for line in narrow.splitlines()) <= 80 < max(len(line) for line in wide.splitlines())
    assert narrow.split() == wide.split()
    label = next(line for line in narrow.splitlines() if line.startswith("Capital"))
    assert label.index("£") == 23


def test_the_map_draws_every_site_and_every_move(result: Result, pyplot: object) -> None:
    axes = result.plot_map()
    labels = [text.get_text() for text in axes.get_legend().get_texts()]

    assert labels == ["moves (1)", "keep (2)", "option: could close and be sold or handed on (1)"]
    axes.figure.canvas.draw()


def test_cash_is_drawn_as_the_budget_says(result: Result, pyplot: object) -> None:
    axes = result.plot_cash()
    budget = result.budget[(result.budget["partner_id"] == "_all") & (result.budget["kind"] == "receipts")]
    bars = {container.get_label(): [bar.get_height() for bar in container] for container in axes.containers}

    assert bars["receipts"] == pytest.approx((budget["change_real"] / 1e6).tolist())
    assert list(bars) == ["capital", "receipts", "revenue"]
    axes.figure.canvas.draw()


def test_access_is_drawn_standard_by_standard(result: Result, pyplot: object) -> None:
    axes = result.plot_access()
    bars = [[bar.get_width() for bar in container] for container in axes.containers]

    assert bars == [
        pytest.approx((result.access["share_today"] * 100).tolist()),
        pytest.approx((result.access["share"] * 100).tolist()),
    ]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["desk-car, share, everyone"]
    axes.figure.canvas.draw()


def test_pictures_can_share_a_figure(result: Result, pyplot: object) -> None:
    figure, (one, other) = pyplot.subplots(1, 2)  # type: ignore[attr-defined]
    assert result.plot_cash(one) is one
    assert result.plot_map(other).figure is figure


def test_a_plan_without_standards_has_no_picture_of_access(result: Result, pyplot: object) -> None:
    from dataclasses import replace

    bare = replace(result)
    bare.__dict__["access"] = result.access.iloc[:0]
    with pytest.raises(ValueError, match="nothing to draw"):
        bare.plot_access()


@pytest.mark.parametrize("name", ["plot_map", "plot_cash", "plot_access"])
def test_without_matplotlib_it_says_what_to_install(result: Result, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(DataError, match=r"assetopt\[plot\]"):
        getattr(result, name)()
