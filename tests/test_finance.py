"""Money and time: each number below can be checked on paper or against the published tables."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from assetopt.finance import (
    NEVER,
    add_months,
    annuity,
    discount_factors,
    financial_year_start,
    first_financial_year_after,
    lifted_cost,
    lifted_months,
    mixed_optimism_bias,
    months_after,
    optimism_bias,
    optimism_classes,
    schedule,
    schedules,
)

GREEN_BOOK = "green-book-2026"
SENSITIVITY = "green-book-2026-sensitivity"


@pytest.mark.parametrize(
    ("year", "factor"),
    [
        (0, 1.0),
        (1, 0.966184),
        (5, 0.841973),
        (10, 0.708919),
        (25, 0.423147),
        (30, 0.356278),
        (31, 0.345901),
        (60, 0.146782),
    ],
)
def test_the_green_book_factors_are_the_published_ones(year: int, factor: float) -> None:
    assert discount_factors(GREEN_BOOK, 126)[year] == pytest.approx(factor, abs=5e-7)


def test_the_rate_steps_down_after_year_30_and_after_year_75() -> None:
    factors = discount_factors(GREEN_BOOK, 126)
    steps = factors[:-1] / factors[1:] - 1  # steps[t - 1] is the rate of year t
    assert steps[[29, 30, 74, 75, 124]] == pytest.approx([0.035, 0.03, 0.03, 0.025, 0.025])


@pytest.mark.parametrize(
    ("name", "last", "worth"),
    [
        (GREEN_BOOK, 5, 4.5151),
        (GREEN_BOOK, 10, 8.3166),
        (GREEN_BOOK, 25, 16.4815),
        (GREEN_BOOK, 30, 18.3920),
        (GREEN_BOOK, 60, 25.3753),
        (SENSITIVITY, 60, 28.1435),
    ],
)
def test_annuities_of_years_one_to_n_are_the_published_ones(name: str, last: int, worth: float) -> None:
    assert annuity(discount_factors(name, 61), 1, last) == pytest.approx(worth, abs=5e-5)


def test_a_hundred_thousand_a_year_for_thirty_years_is_worth_1839205() -> None:
    assert round(100_000 * annuity(discount_factors(GREEN_BOOK, 31), 1, 30)) == 1_839_205


def test_an_annuity_of_no_years_is_worth_nothing() -> None:
    assert annuity(discount_factors(GREEN_BOOK, 5), 3, 2) == 0.0


@pytest.mark.parametrize(("first", "last"), [(-1, 2), (0, 5)])
def test_an_annuity_outside_the_factors_is_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="outside the 5 years"):
        annuity(discount_factors(GREEN_BOOK, 5), first, last)


@pytest.mark.parametrize("flat", [0.035, "0.035"])
def test_a_flat_rate_may_be_a_number_or_its_text(flat: str | float) -> None:
    # 1 / 1.035 ** 40, where the schedule would have dropped to 3 %
    assert discount_factors(flat, 41)[40] == pytest.approx(1.035**-40, rel=1e-12)


@pytest.mark.parametrize("zero", [0, 0.0, "0", "none"])
def test_no_discounting_counts_every_year_the_same(zero: str | float) -> None:
    assert discount_factors(zero, 3).tolist() == [1.0, 1.0, 1.0]


def test_no_years_have_no_factors() -> None:
    assert discount_factors(GREEN_BOOK, 0).shape == (0,)


def test_an_unknown_schedule_is_named_with_the_nearest_and_all_known() -> None:
    with pytest.raises(ValueError, match=r'"green-book-2062"; did you mean "green-book-2026"\?.*sensitivity, none'):
        discount_factors("green-book-2062", 5)


@pytest.mark.parametrize("rate", [3.5, "3.5", 1, -1.0, float("nan"), "nan", float("inf")])
def test_a_rate_that_is_no_share_is_refused(rate: str | float) -> None:
    with pytest.raises(ValueError, match=r"write 0\.035 for 3\.5 %"):
        discount_factors(rate, 5)


@pytest.mark.parametrize("years", [-1, 127])
@pytest.mark.parametrize("discount", [GREEN_BOOK, "none", 0.035])
def test_years_beyond_125_are_refused(discount: str | float, years: int) -> None:
    with pytest.raises(ValueError, match="years 0 to 125"):
        discount_factors(discount, years)


def test_every_shipped_schedule_covers_126_years_and_names_its_source() -> None:
    assert schedules() == [GREEN_BOOK, SENSITIVITY, "none"]
    for name in schedules():
        assert len(schedule(name).rates) == 126
        assert len(schedule(name).source) > 20


# --- optimism bias ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("class_", "level", "capital", "duration"),
    [
        ("standard", "upper", 0.24, 0.04),
        ("standard", "lower", 0.02, 0.01),
        ("non_standard", "upper", 0.51, 0.39),
        ("non_standard", "lower", 0.04, 0.02),
    ],
)
def test_the_optimism_table_is_mott_macdonalds(class_: str, level: str, capital: float, duration: float) -> None:
    bias = optimism_bias(class_, level)  # type: ignore[arg-type]
    assert (bias.capital, bias.duration) == (capital, duration)


def test_a_mix_is_weighted_by_capital() -> None:
    # 0.7 x 24 % + 0.3 x 51 % = 32.1 %; 0.7 x 4 % + 0.3 x 39 % = 14.5 %
    mixed = mixed_optimism_bias({"standard": 7_000_000, "non_standard": 3_000_000})
    assert (mixed.capital, mixed.duration) == (pytest.approx(0.321), pytest.approx(0.145))


@pytest.mark.parametrize("mix", [{}, {"standard": 0.0}, {"standard": 2.0, "non_standard": -1.0}])
def test_a_mix_without_weights_is_refused(mix: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="more than zero"):
        mixed_optimism_bias(mix)


def test_cost_and_duration_are_lifted() -> None:
    bias = optimism_bias("non_standard")
    assert lifted_cost(100_000, bias) == pytest.approx(151_000)
    assert lifted_months(10, bias) == pytest.approx(13.9)


def test_an_unknown_optimism_class_is_named_with_the_nearest() -> None:
    assert optimism_classes() == ["standard", "non_standard"]
    with pytest.raises(ValueError, match='"standrad"; did you mean "standard"'):
        optimism_bias("standrad")


def test_an_unknown_optimism_level_is_refused() -> None:
    with pytest.raises(ValueError, match='not "middle"'):
        optimism_bias("standard", "middle")  # type: ignore[arg-type]


# --- dates -----------------------------------------------------------------------------------------------------------


def test_a_financial_year_starts_on_the_first_of_april() -> None:
    assert financial_year_start(2027) == date(2027, 4, 1)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2028-03-31", 2028),
        ("2028-04-01", 2029),
        ("2028-12-31", 2029),
        ("2029-01-01", 2029),
        ("1969-12-31", 1970),
        ("1969-03-31", 1969),
    ],
)
def test_the_next_financial_year_starts_strictly_after_the_date(day: str, year: int) -> None:
    assert first_financial_year_after(np.datetime64(day)) == year
    assert financial_year_start(year) > date.fromisoformat(day)
    assert financial_year_start(year - 1) <= date.fromisoformat(day)


def test_a_missing_date_is_never() -> None:
    dates = np.array(["2028-03-31", "NaT", "2028-04-01"], dtype="datetime64[D]")
    assert first_financial_year_after(dates).tolist() == [2028, NEVER, 2029]


def test_dates_may_come_as_a_column_with_time_of_day() -> None:
    column = pd.Series([pd.Timestamp("2028-03-31 23:59"), pd.NaT, pd.Timestamp("2028-04-01 00:01")])
    assert first_financial_year_after(column).tolist() == [2028, NEVER, 2029]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 1), 0, date(2026, 11, 1)),
        (date(2026, 11, 1), 14, date(2028, 1, 1)),
        (date(2028, 3, 31), -1, date(2028, 2, 29)),
        (date(2027, 1, 15), 10.4, date(2027, 12, 15)),  # parts of a month count whole: 11
        (date(2027, 1, 15), 12.0000000001, date(2028, 1, 15)),  # rounding dust is no month
    ],
)
def test_months_are_added_by_the_calendar(start: date, months: float, end: date) -> None:
    assert add_months(start, months) == end
    assert months_after(start, [months])[0] == np.datetime64(end)


def test_ten_months_with_optimism_bias_take_eleven() -> None:
    # 10 x 1.04 = 10.4, rounded up
    assert add_months(date(2027, 1, 15), lifted_months(10, optimism_bias("standard"))) == date(2027, 12, 15)


def test_a_missing_duration_has_no_end() -> None:
    ends = months_after(date(2027, 1, 31), [1, np.nan])
    assert ends[0] == np.datetime64("2027-02-28")
    assert np.isnat(ends[1])


@pytest.mark.parametrize("months", [float("nan"), float("inf"), 12 * 9000])
def test_a_date_outside_the_calendar_is_refused(months: float) -> None:
    with pytest.raises(ValueError, match=r"finite|outside the calendar"):
        add_months(date(2027, 1, 31), months)
