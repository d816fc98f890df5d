"""report.html holds nothing but what the tables say, in words that fit the status, and the same bytes every time."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from small_estate import solved

from assetopt.report.document import plan_document
from assetopt.report.layers import plan_layers
from assetopt.report.page import report_page
from assetopt.report.page.facts import Facts
from assetopt.report.page.sections.capacity import capacity_section
from assetopt.report.page.words import exact_pounds, pounds
from assetopt.report.tables import Table, report_tables
from assetopt.result import Result


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


def page_of(result: Result, status: str = "model_option") -> str:
    tables = report_tables(result)
    document = plan_document(result, {}, tables)
    totals = document["totals"]
    assert isinstance(totals, dict)
    document["totals"] = totals | {"plan_status": status}
    return report_page(document, tables, plan_layers(result.problem.estate, tables, status), {"nhs": "Kent Health"})


def test_it_has_the_sections_in_the_order_of_the_contents(result: Result) -> None:
    page = page_of(result)

    sections = re.findall(r'<section id="(\w+)"', page)
    assert sections[:7] == ["decision", "certificate", "options", "map", "disposals", "moves", "money"]
    assert sections[-1] == "audit"
    assert re.findall(r'<li><a href="#(\w+)">', page.split("</nav>")[0]) == sections


def test_nothing_closes_before_it_is_decided(result: Result) -> None:
    option, decided = page_of(result), page_of(result, "decided")

    assert "option: could close" in option
    assert "The option on one page" in option
    assert not re.search(r"\bcloses\b|\bclosed\b", re.sub(r"<(style|script)>.*?</\1>", "", option, flags=re.DOTALL))
    assert "The decision on one page" in decided
    assert "could close" not in decided


def test_the_saving_of_the_first_page_is_that_of_the_totals(result: Result) -> None:
    saving = result.totals["npv_saving"]
    assert isinstance(saving, float)

    first = page_of(result).split('<section id="certificate"')[0]
    assert f'title="{exact_pounds(saving)}">{pounds(saving)}</data>' in first


def test_a_proven_plan_is_said_to_be_the_cheapest(result: Result) -> None:
    assert "this one is proven to be the cheapest" in page_of(result)  # a gap of 0 was asked and reached


def test_the_same_result_gives_the_same_page_without_clock_time(result: Result, tmp_path: Path) -> None:
    page = page_of(result)

    assert page == page_of(result)
    assert "seconds" not in page


@pytest.mark.parametrize(
    ("amount", "short", "exact"),
    [
        (1_234_567.89, "£1.2m", "£1,234,567.89"),
        (2_914_261_266.83, "£2,914.3m", "£2,914,261,266.83"),
        (45_400.0, "£45k", "£45,400.00"),
        (999_499.0, "£999k", "£999,499.00"),
        (999_500.0, "£1.0m", "£999,500.00"),
        (-300.4, "\N{MINUS SIGN}£300", "\N{MINUS SIGN}£300.40"),
        (-0.001, "£0", "£0.00"),
    ],
)
def test_money_is_short_and_exact(amount: float, short: str, exact: str) -> None:
    assert (pounds(amount), exact_pounds(amount)) == (short, exact)


def section(page: str, key: str) -> str:
    return page.split(f'<section id="{key}"')[1].split("</section>")[0]


def test_few_partners_stand_beside_each_other_with_years_down_the_page(result: Result) -> None:
    # Paper is narrow: two partners and their sum are three columns, where ten years would be ten.
    table = section(page_of(result), "money").split('id="cash-partners-table"')[1].split("</table>")[0]
    heads = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", table)
    totals = [float(value) for value in re.findall(r'value="([^"]*)"', table.split('class="sum"')[1])]

    assert heads == ["Year", "kcc", "Kent Health", "All partners"]
    assert table.count('<th scope="row">20') == 10
    assert totals[0] + totals[1] == pytest.approx(totals[2], abs=0.02)


def test_every_site_stands_with_owner_tenure_area_and_running_cost(result: Result) -> None:
    # The depot is sold, so it stands first, with 500 m2 and £60,000 a year today and nothing then.
    capacity = section(page_of(result), "capacity")
    first = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", capacity.split("<tbody>")[1].split("</tr>")[0])

    assert [re.sub("<[^>]*>", "", cell) for cell in first] == [
        "Depot", "option: could close and be sold or handed on", "2027/28", "Kent Health", "freehold", "500", "£60k", "£0",
    ]  # fmt: skip


def test_room_stands_by_site_and_in_sum(result: Result) -> None:
    # 50 + 72 + 10 desks today, of which 30 + 40 + 5 are used; the depot's 50 go, its nurses' 30 come to the hall.
    capacity = section(page_of(result), "capacity")
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", capacity.split('id="rooms-all-table"')[1].split("<tbody>")[1])

    assert cells[:8] == ["office", "3", "132", "75", "56.8%", "82", "75", "91.5%"]
    assert "97.2%" in capacity.split('id="rooms-table"')[1]  # the hall: 70 of 72


def test_a_large_estate_shows_its_first_rows_and_names_the_table_with_all(result: Result) -> None:
    def many(table: Table) -> Table:
        return replace(table, frame=pd.concat([table.frame] * 300, ignore_index=True))

    tables = report_tables(result)
    grown = {name: many(table) if name in ("sites", "rooms") else table for name, table in tables.items()}
    body = str(capacity_section(Facts(plan_document(result, {}, tables), grown)).body)

    assert "400 further rows stand in sites.csv." in body
    assert "400 further rows stand in rooms.csv." in body
    assert body.count("<tr>") < 1_100


def test_assumptions_say_how_many_pounds_rest_on_them_the_most_first(result: Result) -> None:
    told = section(page_of(result), "assumptions")
    amounts = [abs(float(value)) for value in re.findall(r'<data class="m" value="([^"]*)"', told)][::2]

    assert "the assumed value a quarter higher" in told
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] > 1_000


def test_where_pounds_are_kept_back_assumptions_say_nothing_of_them(result: Result) -> None:
    tables = report_tables(result)
    told = tables["assumptions"]
    tables["assumptions"] = replace(told, frame=told.frame.assign(cost_change=float("nan"), saving_change=float("nan")))
    page = report_page(plan_document(result, {}, tables), tables, (), {})

    assert "rests on each" not in page
    assert "Value tried" not in page
