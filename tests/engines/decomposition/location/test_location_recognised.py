"""What the location engine takes for a location problem, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
from small_locations import program_of, random_program

from assetopt.engines.decomposition.location import recognise
from assetopt.program import CONTINUOUS, Program

COST = np.array([[1.0, 5.0, 4.0], [6.0, 2.0, 3.0]])


def two_sites() -> Program:
    """Two sites with room 7 and 9 for teams that need 2, 3 and 4."""
    return program_of(np.array([10.0, 20.0]), np.array([7.0, 9.0]), np.array([2.0, 3.0, 4.0]), COST, whole=True)


def test_costs_room_and_demand_are_read() -> None:
    location = recognise(two_sites())
    assert location is not None
    assert location.fixed.tolist() == [10.0, 20.0]
    assert location.capacity[0] == 7.0
    assert location.demand.tolist() == [2.0, 3.0, 4.0]
    # Room 9 is all three together: it cannot bind.
    assert location.capacity[1] == np.inf
    assert location.offset == 0.0


def test_values_put_a_plan_back_into_the_programme() -> None:
    program = two_sites()
    location = recognise(program)
    assert location is not None
    held = np.array([False, True])
    values = location.values(held, held[location.arc_facility].astype(float))
    # Site 1 alone: 20 to hold, 6 + 2 + 3 to serve.
    assert program.matrix.objective(values) == 31.0
    assert program.matrix.excess(values) == 0.0
    assert location.read(values)[0].tolist() == [False, True]


def test_a_foreign_row_is_not_taken() -> None:
    program = two_sites()
    program.add_rows("access", 1, lower=1.0, entries=[([0, 0], [0, 4], 1.0)])
    assert recognise(program) is None


def test_a_redundant_foreign_row_does_not_matter() -> None:
    program = two_sites()
    program.add_rows("access", 1, upper=2.0, entries=[([0, 0], [0, 4], 1.0)], redundant=True)
    assert recognise(program) is not None


def test_a_foreign_column_in_a_row_is_not_taken() -> None:
    program = two_sites()
    extra = program.add_columns("short", 1, form=CONTINUOUS, upper=np.inf)
    program.add_rows("access", 1, lower=0.0, entries=[(0, extra, 1.0), (0, 0, 1.0)])
    assert recognise(program) is None


def test_a_foreign_column_that_stands_alone_goes_to_its_cheaper_limit() -> None:
    program = two_sites()
    extra = program.add_columns("spare", 1, lower=1.0, upper=3.0)
    program.charge("spare", extra, 5.0)
    location = recognise(program)
    assert location is not None
    assert location.offset == 5.0


def test_two_rooms_that_bind_at_one_site_are_not_taken() -> None:
    program = two_sites()
    move, vacate = program.columns["move"].ids, program.columns["vacate"].ids
    at = move[program.column_label("site")[move] == 0]
    program.add_rows("capacity", 1, upper=2.0, entries=[(np.zeros(3), at, 1.0), (0, vacate[0], 2.0)])
    assert recognise(program) is None


def test_a_team_that_is_not_tied_to_its_site_is_not_taken() -> None:
    """Nothing keeps a team that needs no room out of a site that is given up: a rule is missing."""
    program = Program()
    move = program.add_columns("move", 1, team=[0], site=[0], year=0)
    program.add_columns("vacate", 1, site=[0], year=0)
    program.add_rows("placement", 1, lower=1.0, upper=1.0, entries=[(0, move, 1.0)])
    assert recognise(program) is None


def test_two_years_are_not_taken() -> None:
    program = Program()
    move = program.add_columns("move", 1, team=[0], site=[0], year=0)
    vacate = program.add_columns("vacate", 2, site=[0, 0], year=[0, 1])
    program.add_rows("placement", 1, lower=1.0, upper=1.0, entries=[(0, move, 1.0)])
    program.add_rows("open_site", 1, upper=1.0, entries=[(0, move, 1.0), ([0, 0], vacate, 1.0)])
    assert recognise(program) is None


@pytest.mark.parametrize("seed", range(7))
def test_every_small_kind_is_taken(seed: int) -> None:
    assert recognise(random_program(seed)) is not None
