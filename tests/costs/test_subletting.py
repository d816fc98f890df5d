"""Rent from a subtenant, between the vacating and the lawful exit."""

from __future__ import annotations

import pytest
from estates import GONE, ledger_of, line_of, two_sites
from faces import both_faces


@pytest.mark.parametrize(
    ("cells", "years"),
    [
        ("leasehold,100,,2030-03-31,", (2027, 2028, 2029)),  # to its end: rent stops in 2030
        ("leasehold,100,12,2030-03-31,", (2028, 2029)),  # a year to find the subtenant
        ("leasehold,100,,,", (2027, 2028, 2029, 2030)),  # no lawful exit: to the end of the horizon
        ("leasehold,100,,2028-09-30,no", (2027, 2028)),  # insecure: gone with the lease
        ("freehold,100,,,", ()),
        ("leasehold,,,2030-03-31,", ()),
    ],
)
def test_a_vacated_leasehold_is_let_until_its_exit(cells: str, years: tuple[int, ...]) -> None:
    asked = two_sites("tenure,sublet_income,months_to_sale,lease_end,security_of_tenure", cells)
    assert ledger_of(asked, "subletting", **GONE) == {("home", "income", year): -100 for year in years}
    assert both_faces(asked, "subletting", line_of(asked, **GONE)) == pytest.approx((-100 * len(years),) * 2)
    if "no" not in cells:
        assert both_faces(asked, "subletting", line_of(asked)) == (0, 0)
