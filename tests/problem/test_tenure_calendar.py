"""When an occupier may leave a building, and until when it pays for it."""

from __future__ import annotations

import pytest
from estates import two_sites

from assetopt.problem.tenure import NEVER, Tenure

COLUMNS = "tenure,lease_end,lease_break,break_notice_months,security_of_tenure,fixed_cost_until"
CLOCK = {"decision_years": 3, "appraisal_years": 6}


def calendar(cells: str, as_at: str = "2026-04-01") -> Tenure:
    return two_sites(COLUMNS, cells, appraisal={**CLOCK, "as_at": as_at}).tenure


@pytest.mark.parametrize(
    ("cells", "exits"),
    [
        ("freehold,,,,,", [0, 1, 2]),
        ("licence,,,,,", [0, 1, 2]),
        ("pfi,2029-03-31,,,,", [2, 2, 2]),
        ("pfi,2028-03-31,,,,", [1, 1, 2]),  # over before it is left
        ("pfi,,,,,", [NEVER, NEVER, NEVER]),
        ("leasehold,,,,,", [NEVER, NEVER, NEVER]),
        ("leasehold,2028-03-31,,6,,", [1, 1, NEVER]),  # the first year that starts after it; renewed after
        ("leasehold,2028-04-01,,6,,", [2, 2, 2]),  # a day later, a year later
        ("leasehold,2030-06-30,2028-03-31,6,,", [1, 1, 4]),
        ("leasehold,2030-06-30,2028-03-31;2029-03-31,6,,", [1, 1, 2]),
        ("leasehold,2032-12-31,,6,,", [NEVER, NEVER, NEVER]),  # year 6 = H: behind the horizon
        ("leasehold,2032-03-31,,6,,", [5, 5, 5]),
    ],
)
def test_the_exit_year_by_the_year_of_vacating(cells: str, exits: list[int]) -> None:
    assert calendar(cells).exit_year[0].tolist() == exits


@pytest.mark.parametrize(
    ("as_at", "first", "missed"),
    [
        ("2027-06-01", 1, False),  # six months before 2028-03-31 is 2027-09-30
        ("2027-09-30", 1, False),  # the last day
        ("2027-10-01", 4, True),
        ("2027-11-01", 4, True),
    ],
)
def test_a_break_counts_only_while_its_notice_is_in_time(as_at: str, first: int, missed: bool) -> None:
    found = calendar("leasehold,2030-06-30,2028-03-31,6,,", as_at)
    assert (found.exit_year[0, 0], bool(found.missed[0])) == (first, missed)
    assert bool(found.exit_by_break[0, 0]) is (not missed)


def test_a_break_and_an_expiry_in_one_year_are_an_expiry() -> None:
    assert calendar("leasehold,2028-03-31,2028-01-31,6,,").exit_by_break.any() == False  # noqa: E712


@pytest.mark.parametrize(
    ("cells", "forced"),
    [
        ("leasehold,2028-03-31,,6,no,", 1),
        ("leasehold,2028-03-31,,6,yes,", NEVER),
        ("leasehold,2026-03-31,,6,no,", NEVER),  # over before the base year: holding over
        ("leasehold,2027-03-31,,6,no,", 0),
        ("leasehold,2031-03-31,,6,no,", 4),  # behind the decision years: leaves then
        ("leasehold,2035-03-31,,6,no,", NEVER),  # behind the horizon
        ("licence,2028-03-31,,6,no,", NEVER),
        ("leasehold,,,6,no,", NEVER),
    ],
)
def test_without_security_a_lease_is_left_when_it_ends(cells: str, forced: int) -> None:
    assert calendar(cells).forced[0] == forced


def test_a_lease_without_security_ends_without_notice() -> None:
    assert calendar("leasehold,2028-03-31,,24,no,").exit_year[0].tolist() == [1, 1, NEVER]
    assert calendar("leasehold,2028-03-31,,36,yes,").exit_year[0].tolist() == [NEVER, NEVER, NEVER]


@pytest.mark.parametrize(
    ("cells", "until"),
    [
        ("pfi,2029-03-31,,,,", 2),
        ("pfi,2029-03-31,,,,2030-03-31", 3),
        ("freehold,,,,,2028-03-31", 1),
        ("freehold,,,,,", NEVER),
    ],
)
def test_charges_end_with_their_date_or_a_pfi_contract(cells: str, until: int) -> None:
    assert calendar(cells).charges_end[0] == until
