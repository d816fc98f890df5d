"""The programme as arrays: whole, and without its redundant rows."""

from __future__ import annotations

import numpy as np
import pytest

from assetopt.program import IMPLIED, Matrix, Program


def small() -> Program:
    """Three columns; rows x + y <= 1, then two redundant ones, then 2 z = 1, then a row with doubles and a zero."""
    program = Program()
    x, y = program.add_columns("x", 2, team=[4, 5])
    (z,) = program.add_columns("z", 1, form=IMPLIED, upper=3.0)
    program.add_rows("room", 1, upper=1.0, entries=[([0, 0], [x, y], 1.0)])
    program.add_rows("link", 2, upper=[5.0, 6.0], entries=[([0, 1], [y, x], [7.0, 8.0])], redundant=True)
    program.add_rows("limit", 1, lower=1.0, upper=1.0, entries=[(0, z, 2.0)])
    program.add_rows("limit", 1, lower=0.0, entries=[(0, z, 1.5), (0, x, 1.0), (0, z, 1.5), (0, x, -1.0)])
    program.charge("rent", [x, z, x], [1.0, 2.0, 3.0])
    program.charge_constant("rent", 9.0)
    return program


WHOLE = [[1, 1, 0], [0, 7, 0], [8, 0, 0], [0, 0, 2], [0, 0, 3]]


def same(one: Matrix, other: Matrix) -> None:
    for name in ("cost", "lower", "upper", "form", "row_lower", "row_upper", "redundant"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.offset == other.offset
    for part in ("data", "indices", "indptr"):
        assert np.array_equal(getattr(one.a, part), getattr(other.a, part)), part


def test_the_whole_programme() -> None:
    matrix = small().matrix
    assert matrix.a.toarray().tolist() == WHOLE
    assert matrix.row_lower.tolist() == [-np.inf, -np.inf, -np.inf, 1, 0]
    assert matrix.row_upper.tolist() == [1, 5, 6, 1, np.inf]
    assert (matrix.cost.tolist(), matrix.offset) == ([4, 0, 2], 9)
    assert (matrix.lower.tolist(), matrix.upper.tolist()) == ([0, 0, 0], [1, 1, 3])


def test_entries_that_cancel_are_gone() -> None:
    assert small().matrix.a.nnz == 6


@pytest.mark.parametrize("first", ["core", "matrix"])
def test_the_core_is_the_whole_without_its_redundant_rows_whichever_is_asked_for_first(first: str) -> None:
    program = small()
    getattr(program, first)
    same(program.core, program.matrix.without(program.matrix.redundant))
    assert program.matrix.a.toarray().tolist() == WHOLE


def test_every_row_of_the_core_knows_its_rule() -> None:
    program = small()
    assert program.core_rule.tolist() == ["room", "limit", "limit"]
    assert program.redundant_rows.tolist() == [False, True, True, False, False]


def test_without_redundant_rows_the_core_is_the_whole() -> None:
    program = Program()
    program.add_columns("x", 1)
    program.add_rows("room", 1, upper=1.0, entries=[(0, 0, 1.0)])
    assert program.core is program.matrix


def test_a_programme_without_rows_has_columns_all_the_same() -> None:
    program = Program()
    program.add_columns("x", 2)
    assert (program.matrix.shape, program.core.shape, program.core_rule.tolist()) == ((0, 2), (0, 2), [])


def test_what_was_given_may_change_afterwards() -> None:
    program, upper, value = Program(), np.ones(1), np.ones(1)
    (x,) = program.add_columns("x", 1, upper=upper)
    program.add_rows("room", 1, upper=upper, entries=[(0, x, value)])
    program.charge("rent", x, value)
    upper[0] = value[0] = 5.0
    matrix = program.matrix
    assert (matrix.upper[0], matrix.row_upper[0], matrix.a[0, 0], matrix.cost[0]) == (1, 1, 1, 1)


@pytest.mark.parametrize(("row", "column"), [(-1, 0), (1, 0), (0, -1), (0, 1)])
def test_an_entry_outside_its_block_is_refused(row: int, column: int) -> None:
    # A row of -1 once meant the last row of the block before.
    program = Program()
    program.add_columns("x", 1)
    program.add_rows("room", 1, upper=1.0, entries=[(0, 0, 1.0)])
    with pytest.raises(ValueError, match="index"):
        program.add_rows("room", 1, upper=1.0, entries=[(row, column, 1.0)])


def test_what_costs_nothing_is_still_a_cost_by_name() -> None:
    program = Program()
    x = program.add_columns("x", 2)
    program.charge("rent", x, [0.0, 0.0])
    assert program.term_values(np.ones(2)) == {"rent": 0.0}
