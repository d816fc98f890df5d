"""Ten random estates with all money on: transfers net to zero, ledgers reconcile through the bridge, verify agrees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from random_estates import FEATURES
from random_money import moneyed_problem

from assetopt.account.bridge import ALL, LABELS, SUMS
from assetopt.optimise import optimise
from assetopt.report import verify_folder
from assetopt.result import Result

DRAWN = ("plain", "leases", "works", "two needs", "divisible", "candidates", "compatibility", "caps", "everything")
SEEDS = (*(FEATURES.index(name) for name in DRAWN), FEATURES.index("everything") + len(FEATURES))
"""Ten estates; the last two have everything on."""


@pytest.fixture(scope="module", params=SEEDS)
def result(request: pytest.FixtureRequest) -> Result:
    result = optimise(moneyed_problem(request.param, rules=True))
    assert result.plan is not None
    return result


def test_transfers_net_to_zero_each_year(result: Result) -> None:
    told = result.transfers
    assert len(told)
    assert (told["payer"] != "").all()
    assert (told["payee"] != "").all()
    paid = told.groupby(["year", "payer"])["amount"].sum()
    received = told.groupby(["year", "payee"])["amount"].sum()
    net = paid.sub(received.rename_axis(["year", "payer"]), fill_value=0.0)
    assert net.groupby("year").sum().abs().max() < 1e-6
    # and each body's net is its cash less the resources that it buys
    book = result.recount.books.plan  # type: ignore[union-attr]
    bought = book[(book["payee"] == "") & (book["payer"] != "") & (book["kind"] != "end_value")]
    bought = bought.assign(year=bought["year"] + result.problem.base_year)
    cash = result.cash[result.cash["kind"] != "end_value"].groupby(["year", "partner_id"])["cash_real"].sum()
    rest = cash.sub(
        bought.groupby(["year", "payer"])["amount"].sum().rename_axis(["year", "partner_id"]), fill_value=0.0
    )
    rest = rest.sub(net.rename_axis(["year", "partner_id"]), fill_value=0.0)
    assert rest.abs().max() < 1e-6


def test_every_line_that_is_no_resource_has_a_payer_and_a_payee(result: Result) -> None:
    book = result.recount.books.plan  # type: ignore[union-attr]
    told = book[
        book["head"].isin(["rent", "rates", "income", "receipt", "transfer", "vat", "dilapidations", "penalty"])
    ]
    assert ((told["payer"] != "") & (told["payee"] != "") & (told["payer"] != told["payee"])).all()


def test_economic_cash_adds_up_to_the_cost_of_the_plan(result: Result) -> None:
    factors = result.problem.factors[result.cash["year"].to_numpy(dtype=int) - result.problem.base_year]
    assert (result.cash["economic"] * factors).sum() == pytest.approx(result.totals["npv_cost"], abs=0.01)


def test_the_bridge_reconciles_to_the_penny(result: Result) -> None:
    bridge = result.bridge
    for column, whole in (("amount", result.totals["npv_cost"]), ("amount_today", result.totals["npv_cost_today"])):
        if whole is None:
            assert bridge[column].isna().all()
            continue
        suffix = column.removeprefix("amount")
        for partner, rows in bridge.groupby("partner_id"):
            pence = dict(zip(rows["item"], np.rint(rows[column] * 100).astype(int), strict=True))
            assert list(pence) == list(LABELS)
            total = 0
            for item, amount in pence.items():
                if item in SUMS:
                    assert amount == total, (partner, item)
                else:
                    total += amount
            mine = result.cash[
                result.cash["partner_id"].isin(list(result.problem.facts.partners) if partner == ALL else [partner])
            ]
            for item in ("cash_real", "cash_nominal"):
                assert pence[item] == round(mine[f"{item}{suffix}"].round(2).sum() * 100), (partner, item)
        together = bridge.loc[(bridge["partner_id"] == ALL) & (bridge["item"] == "npv_cost"), column]
        assert together.iloc[0] == round(whole, 2)
        sums = bridge[bridge["partner_id"] != ALL].groupby("item")[column].sum()
        told = bridge[bridge["partner_id"] == ALL].set_index("item")[column]
        for item in set(LABELS) - {"npv_cost", "outside"}:
            assert told[item] == pytest.approx(sums[item], abs=0.001)


def test_the_budget_book_is_the_cash_table_by_kind(result: Result) -> None:
    cash = result.cash[~result.cash["partner_id"].str.startswith("_")]
    for suffix in ("real", "nominal", "real_today", "nominal_today"):
        if f"cash_{suffix}" not in cash:
            assert result.budget[suffix].isna().all()
            continue
        kind = cash["kind"].where(cash["kind"] == "revenue", "capital")
        wanted = cash.groupby(["partner_id", "year", kind])[f"cash_{suffix}"].sum()
        told = result.budget.assign(kind=result.budget["kind"].where(result.budget["kind"] == "revenue", "capital"))
        told = told.groupby(["partner_id", "year", "kind"])[suffix].sum()
        both = pd.concat([told[told.index.get_level_values(0) != ALL], wanted], axis=1).fillna(0.0).to_numpy()
        assert np.abs(both[:, 0] - both[:, 1]).max() < 1e-6
        year = told.loc[ALL]
        assert np.abs(year - told.drop(ALL).groupby(["year", "kind"]).sum()).max() < 1e-6


def test_verify_agrees_with_every_table(result: Result, tmp_path: Path) -> None:
    verdict = verify_folder(result.write(tmp_path / "out"))
    assert verdict.ok, verdict.violations
