"""Side payments: who gives, who gets, how much a year."""

from __future__ import annotations

import pandas as pd
import pytest
from estates import problem
from money_cases import ASKING, asking

from assetopt.costs.side_payments import settle

COLUMNS = ["cost", "payer", "payee", "year", "amount"]


def test_givers_share_in_proportion_to_what_they_could_give() -> None:
    partners = ASKING["partners"].replace("police,Police,police,none", "police,Police,police,no_worse_off")
    partners = partners.replace("no_worse_off,,,3", "no_worse_off,,,")
    asked = problem({**ASKING, "partners": partners}, rules={"no_partner_worse_off": {"side_payments": True}})
    # Over four years that count in full: the trust loses 400 (100 a year), homes gain 600 (150), police 200 (50).
    usual = pd.DataFrame(columns=COLUMNS)
    plan = pd.DataFrame(
        [["x", "nhs", "", 0, 400.0], ["x", "mh", "", 1, -600.0], ["x", "_private", "police", 2, 200.0]], columns=COLUMNS
    )
    (paid,) = settle(asked, plan, usual)
    yearly = paid.groupby(["payer", "payee"])["amount"].agg(["first", "count"])
    assert yearly.loc[("mh", "nhs")].to_list() == [75.0, 4]
    assert yearly.loc[("police", "nhs")].to_list() == [25.0, 4]
    assert len(yearly) == 2


def test_later_money_counts_less() -> None:
    asked = problem(ASKING, **asking(True))
    usual = pd.DataFrame(columns=COLUMNS)
    # The trust loses 1,000 in year 3; each pound a year is worth 1 + 1/1.035 + 1/1.035^2 + 1/1.035^3 = 3.801637 to it.
    plan = pd.DataFrame([["x", "nhs", "", 3, 1000.0], ["x", "_private", "mh", 0, 5000.0]], columns=COLUMNS)
    (paid,) = settle(asked, plan, usual)
    assert paid["amount"].unique() == pytest.approx(1000 / 1.035**3 / 3.801637, rel=1e-6)
