"""Small counts: hidden with their complements, so that no sum over what is shown gives one away."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from audience_cases import plain_zones, solved
from hypothesis import given, settings
from hypothesis import strategies as st

from assetopt.report.audience.counts import rests_on_many, unsafe, with_complements
from assetopt.report.audience.public import small_counts_hidden
from assetopt.report.audience.summary import band
from assetopt.report.tables import report_tables


def test_counts_under_ten_and_all_but_under_ten_are_unsafe() -> None:
    count = np.array([0.0, 1.0, 9.0, 10.0, 50.0, 91.0, 90.0, 100.0])
    assert unsafe(count, np.full(8, 100.0)).tolist() == [False, True, True, False, False, True, False, False]


def test_the_smallest_other_count_is_hidden_with_a_lone_small_one() -> None:
    # 4 alone could be worked back from the total of 84; with 30 hidden beside it, 34 is all that can be.
    count = np.array([4.0, 50.0, 30.0])
    hidden = with_complements(count, np.full(3, 1000.0), np.array([True, False, False]))
    assert hidden.tolist() == [True, False, True]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8))
def test_no_hidden_count_follows_from_the_total_and_those_shown(groups: list[tuple[int, int]]) -> None:
    # By linear algebra: unknown are the hidden counts c and rests r of each group. Known: each group's people c + r, the
    # totals of c and of r, each shown count. A count is given away where its unit vector lies in the span of these.
    count = np.array([float(c) for c, _ in groups])
    whole = count + np.array([float(r) for _, r in groups])
    first = unsafe(count, whole)
    hidden = with_complements(count, whole, first)
    if not hidden.any() or hidden.all():
        return  # where all are hidden the total is hidden by the same test, or is safe itself
    n = len(groups)
    equations = [np.eye(2 * n)[g] + np.eye(2 * n)[n + g] for g in range(n)]
    equations += [np.concatenate([np.ones(n), np.zeros(n)]), np.concatenate([np.zeros(n), np.ones(n)])]
    equations += [np.eye(2 * n)[g] for g in range(n) if not hidden[g]]
    known = np.array(equations)
    rank = np.linalg.matrix_rank(known)
    for g in np.flatnonzero(hidden):
        assert np.linalg.matrix_rank(np.vstack([known, np.eye(2 * n)[g]])) == rank + 1
    together = count[hidden].sum(), (whole - count)[hidden].sum()
    assert all(part == 0 or part >= 10 for part in together)


def test_sums_need_enough_parts_and_none_that_dominate() -> None:
    # p % rule: without the two largest, at least a tenth of the largest must be left.
    assert rests_on_many(np.array([100.0, 80.0, 6.0, 5.0]), 3)
    assert not rests_on_many(np.array([100.0, 80.0, 6.0, 3.0]), 3)
    assert not rests_on_many(np.array([100.0, 80.0]), 3)
    assert not rests_on_many(np.zeros(5), 3)


def test_public_access_tables_give_no_small_count_away_by_any_sum() -> None:
    # Decile 1 has 6 people in one zone and decile 2 has 14 of whom 5 are near: both must vanish, and with them what would
    # tell them. The attacker knows all that is shown: groups of a breakdown add up to everyone.
    zones = plain_zones().assign(
        population=[6, 5, 9, 1000, 1003, 1004, 1005, 1006, 1007, 1008, ], imd_decile=[1, 2, 2, 3, 4, 5, 6, 7, 8, 9],
        easting=[575_000 + 40_000 * (n in (2, 9)) + 400 * n for n in range(10)],
    )  # fmt: skip
    result = solved(zones=zones)
    true = report_tables(result)["access_groups"]
    shown = small_counts_hidden(true, 7046.0).frame
    standard = (true.frame["standard_id"] == "desk") & (true.frame["breakdown"] == "imd_decile")
    everyone = (true.frame["standard_id"] == "desk") & (true.frame["breakdown"] == "everyone")

    for column in ("people", "served", "served_today"):
        real = true.frame.loc[standard, column].to_numpy(dtype=float)
        seen = shown.loc[standard, column].to_numpy(dtype=float)
        assert np.array_equal(seen[~np.isnan(seen)], real[~np.isnan(seen)])
        hidden = np.isnan(seen)
        assert hidden[:2].all()
        assert hidden.sum() >= 2
        left = float(true.frame.loc[everyone, column].iloc[0]) - np.nansum(seen)
        assert left >= 10
        assert left == pytest.approx(real[hidden].sum())
    assert shown.loc[standard, "share"].isna().to_numpy()[:2].all()


def test_a_table_without_small_counts_is_left_as_it_is() -> None:
    table = report_tables(solved())["access"]
    pd.testing.assert_frame_equal(small_counts_hidden(table, 10_045.0).frame, table.frame, check_dtype=False)


def test_bands_say_where_a_receipt_lies() -> None:
    assert [band(x) for x in (0.0, -5.0, 99_999.0, 100_000.0, 3e6, 2e7)] == [
        "none", "a net cost", "up to £100k", "£100k to £250k", "£2.5m to £5m", "£10m and more",
    ]  # fmt: skip
    from assetopt.report.audience.summary import BANDS

    assert all(low < high for low, high in pairwise(BANDS))
