"""Calendars worked by hand, tried out by brute force, and corrupted."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.calendars import chains
from calendar_cases import aimed, binding, case, cheapest, every_schedule, leaving, limits_of, move
from calendar_draw import random_case
from calendar_judge import broken, may_stand, price

from assetopt.calendar import check as checker
from assetopt.calendar import cpsat
from assetopt.calendar.bounds import energy_bound, relaxation_bound, tightened
from assetopt.calendar.case import AccessTest, Case, Link, PointCap, Schedule, Together, Window, Work, cost_parts
from assetopt.calendar.check import check
from assetopt.calendar.model import Model
from assetopt.calendar.search import Answer, solve


def solved(asked: Case) -> Answer:
    answer = solve(asked, seconds=20, threads=1)
    if answer.schedule is not None:
        assert check(asked, answer.schedule) == []
        assert sum(cost_parts(asked, answer.schedule).values()) == answer.objective
        if all(test.shortfall is None for test in asked.tests):
            assert may_stand(asked, answer.schedule)
            assert price(asked, answer.schedule) == answer.objective
    return answer


def test_swap_needs_swing_space() -> None:
    # Two teams of 10 in two buildings of 10: in the month of a move both places are in use, so neither can go first.
    swap = (move("a", 0, 1), move("b", 1, 0))
    assert solved(case(6, [10, 10, 10], moves=swap)).status == "infeasible"


def test_swap_with_swing_space() -> None:
    # a waits in s2 from month 0; s0 is free from month 1, so b goes then; s1 is free from month 2, so a arrives then.
    swap = (move("a", 0, 1, decants=(2,), decant_cost=7), move("b", 1, 0))
    answer = solved(case(6, [10, 10, 10], moves=swap))
    assert (answer.status, answer.objective) == ("optimal", 7)
    assert answer.schedule is not None
    assert (answer.schedule.leave, answer.schedule.arrive, answer.schedule.decant) == ((0, 1), (2, 1), (2, -1))


def test_chain_of_three_moves_from_the_empty_end() -> None:
    # t2 goes to the empty s3 in month 0, t1 to s2 in month 1, t0 to s1 in month 2: s0 is kept for months 0, 1, 2 at £100.
    chain = tuple(move(f"t{k}", k, k + 1) for k in range(3))
    answer = solved(case(6, [10, 10, 10, 10], moves=chain, exits=(leaving(0, 100, 6),)))
    assert (answer.objective, answer.schedule and answer.schedule.arrive) == (300, (2, 1, 0))


def test_crews() -> None:
    # Three teams, one a month: the building is empty after month 2 and a month of hand-over goes by: 4 months at £50.
    teams = tuple(move(f"t{k}", 0, 1) for k in range(3))
    answer = solved(case(6, [30, 30], moves=teams, exits=(leaving(0, 50, 6, handover=1),), moves_per_month=1))
    assert answer.objective == 200


def test_blackout() -> None:
    # Months 0 and 1 are closed for the team: the building is kept in months 0, 1 and 2.
    shut = move("t", 0, 1, window=Window(0, 5, 5, frozenset({0, 1})))
    assert solved(case(6, [10, 10], moves=(shut,), exits=(leaving(0, 50, 6),))).objective == 150


def test_rent_of_a_missed_date() -> None:
    # The crew takes one team a month. s0 costs £10 a month and £1,000 once if it is still held in month 1; s1 £90 a month.
    # s0 first: 10 + (90 + 90) = 190; s1 first: 90 + (10 + 1,010) = 1,110.
    teams = (move("a", 0, 2), move("b", 1, 2))
    dated = leaving(0, 10, 6)
    dated = type(dated)(0, dated.window, (10, 1010, 10, 10, 10, 10), 0)
    answer = solved(case(6, [10, 10, 20], moves=teams, exits=(dated, leaving(1, 90, 6)), moves_per_month=1))
    assert (answer.objective, answer.schedule and answer.schedule.leave) == (190, (0, 1))


def test_works_give_room_once_they_are_done() -> None:
    # s1 has no room until works of two months are done by month 2: the team moves in month 2, s0 is kept for 3 months.
    work = Work("w", 1, 2, (10.0,), Window(2, 5, 5))
    answer = solved(case(6, [10, 0], moves=(move("t", 0, 1),), works=(work,), exits=(leaving(0, 10, 6),)))
    assert (answer.objective, answer.schedule and answer.schedule.work) == (30, (2,))


def test_one_site_in_works_at_a_time() -> None:
    # Two works of two months, one site at once: done by months 2 and 4, so the dearer building goes in month 2.
    works = tuple(Work(f"w{k}", 2 + k, 2, (10.0,), Window(2, 6, 6)) for k in range(2))
    teams = (move("a", 0, 2), move("b", 1, 3))
    exits = (leaving(0, 10, 7), leaving(1, 30, 7))
    asked = case(7, [10, 10, 0, 0], moves=teams, works=works, exits=exits, works_at_once=1)
    # b by month 2 (3 months at 30), a by month 4 (5 months at 10) = 140; the other way round 3 x 10 + 5 x 30 = 180.
    assert solved(asked).objective == 140


@pytest.mark.parametrize(("kind", "lag", "cost"), [("before", 2, 40), ("together", 0, 20), ("apart", 3, 50)])
def test_links(kind: str, lag: int, cost: int) -> None:
    # Both buildings cost £10 a month. Before by 2: 1 + 3 months; together: 1 + 1; apart by 3: 1 + 4.
    teams = (move("a", 0, 2), move("b", 1, 2))
    exits = (leaving(0, 10, 6), leaving(1, 10, 6))
    link = Link(kind, ("move", 0), ("move", 1), lag)
    assert solved(case(6, [10, 10, 20], moves=teams, exits=exits, links=(link,))).objective == cost


def test_a_public_service_never_lapses() -> None:
    # Two counters, each serves 50 of the 100 people; 50 are asked in every month.
    # a moves from s0 (serves class 0) to s2 (serves nobody), b from s1 (class 1) to s3 (class 0).
    teams = (move("a", 0, 2, service=0), move("b", 1, 3, service=0, window=Window(2, 5, 5)))
    test = AccessTest("near", 0, np.full(6, 50.0), np.array([50.0, 50.0]), (frozenset({0, 3}), frozenset({1})))
    answer = solved(
        case(6, [10, 10, 10, 10], moves=teams, tests=(test,), exits=(leaving(0, 10, 6), leaving(1, 100, 6)))
    )
    # b leaves in its first month, 2 (3 months at 100); a may go at once, as s1 serves 50 until month 2 and s3 from then on.
    assert (answer.objective, answer.schedule and answer.schedule.leave) == (310, (0, 2))
    strict = AccessTest("near", 0, np.full(6, 50.0), np.array([50.0, 50.0]), (frozenset({0, 3}), frozenset()))
    answer = solved(
        case(6, [10, 10, 10, 10], moves=teams, tests=(strict,), exits=(leaving(0, 10, 6), leaving(1, 100, 6)))
    )
    # Now s1 serves nobody: s0 is in use through month 1, in which a leaves, and b is at s3 from month 2: 2 months at 10.
    assert (answer.objective, answer.schedule and answer.schedule.leave) == (320, (1, 2))


def test_points_are_never_more_than_they_may_be() -> None:
    # Two points may be. a closes in month 2 or later, b is new and £10 a month late from month 0 on, c moves. c is one point
    # all the time, so it goes at once; a is one through month 1, and no more at the end of month 2: b comes then, for £20.
    a = move("a", 0, -1, service=0, closes=True, window=Window(2, 5, 5))
    b = move("b", -1, 1, service=0, window=Window(0, 5, 0), late_cost=10)
    c = move("c", 2, 3, service=0, window=Window(0, 5, 0), late_cost=5)
    cap = PointCap("at most 2", 0, frozenset(range(4)), np.full(6, 2.0))
    answer = solved(case(6, [10] * 4, moves=(a, b, c), caps=(cap,)))
    assert (answer.objective, answer.schedule and answer.schedule.arrive) == (20, (2, 2, 0))
    # A month earlier there would be three at the end of month 1; that is the checker's word too.
    early = Schedule((2, 1, 0), (2, 1, 0), (-1, -1, -1), (), (), ())
    wrong = check(case(6, [10] * 4, moves=(a, b, c), caps=(cap,)), early)
    assert [(v.rule, v.message) for v in wrong] == [("points", "at most 2: 1 too many at the end of 1")]


def test_nobody_is_without_those_it_must_be_with() -> None:
    # g must be where h is and both go from s0 to s1: h in month 2 at the earliest, g £7 a month late from month 0 on. g cannot
    # go first, nor stay behind: both in month 2, £14. With two moves a month that is one month; with one there is no calendar.
    g = move("g", 0, 1, window=Window(0, 5, 0), late_cost=7)
    h = move("h", 0, 1, window=Window(2, 5, 5))
    rules = tuple(Together("g with h", site, (0,), (1,)) for site in (0, 1))
    answer = solved(case(6, [20, 20], moves=(g, h), together=rules))
    assert (answer.objective, answer.schedule and answer.schedule.arrive) == (14, (2, 2))
    assert solved(case(6, [20, 20], moves=(g, h), together=rules, moves_per_month=1)).status == "infeasible"
    # Someone who keeps it company stays at s1: g goes at once.
    at_home = (rules[0], Together("g with h", 1, (0,), (1,), hosting=1.0))
    assert solved(case(6, [20, 20], moves=(g, h), together=at_home)).objective == 0
    # Half of h is company for half of g only: g's one move of 0.5 may go with h's 0.5, a whole g may not.
    half = Together("g with h", 1, (0,), (1,))
    small = (move("g", 0, 1, share=0.5), move("h", 0, 1, share=0.5))
    assert solved(case(6, [20, 20], moves=small, together=(half,))).status == "optimal"
    large = (move("g", 0, 1), move("h", 0, 1, share=0.5))
    assert solved(case(6, [20, 20], moves=large, together=(half,))).status == "infeasible"
    # g without h at s1 in month 1, h without g at s0 is nothing that is asked.
    wrong = check(case(6, [20, 20], moves=(g, h), together=rules), Schedule((1, 2), (1, 2), (-1, -1), (), (), ()))
    assert [(v.rule, v.subject) for v in wrong] == [("compatibility", "g with h")]


def test_mean_standards_are_learnt_from_calendars_that_fail() -> None:
    # A mean that only holds while s0 or s2 is open: the first team stays in s0 through month 1, as s2 opens in month 2.
    def short(sites: frozenset[int]) -> float:
        return 0.0 if sites & {0, 2} else 5.0

    teams = (move("a", 0, 3, service=0), move("b", 1, 2, service=0, window=Window(2, 5, 5)))
    test = AccessTest("mean", 0, np.array([0.0]), shortfall=short)
    answer = solved(case(6, [10, 10, 10, 10], moves=teams, tests=(test,), exits=(leaving(0, 10, 6),)))
    assert (answer.status, answer.objective) == ("optimal", 20)


@pytest.mark.slow
def test_a_search_that_is_stopped_keeps_its_best_calendar_and_its_bound() -> None:
    stop, costs = threading.Event(), []

    def told(cost: int | None, bound: float, seconds: float) -> None:
        if cost is not None:
            costs.append(cost)
            stop.set()

    asked = chains(200)
    answer = solve(asked, seconds=250, threads=2, stop=stop, told=told)
    assert answer.schedule is not None
    assert check(asked, answer.schedule) == []
    assert answer.objective == sum(cost_parts(asked, answer.schedule).values()) <= costs[0]
    assert answer.status == "feasible"
    assert answer.bound < answer.objective


def test_nothing_to_do_is_an_empty_calendar() -> None:
    answer = solve(case(6, [10]))
    assert (answer.status, answer.objective, answer.schedule) == ("optimal", 0, Schedule((), (), (), (), (), ()))


SEEDS = 300
"""Cases that the suite tries out by brute force, in blocks of BLOCK."""

BLOCK = 60
BLOCKS = [0, *(pytest.param(k, marks=pytest.mark.slow) for k in range(1, SEEDS // BLOCK))]


@pytest.mark.parametrize("block", BLOCKS)
def test_brute_force_agrees(block: int) -> None:
    held = 0
    for seed in range(BLOCK * block, BLOCK * (block + 1)):
        asked = random_case(seed)
        want, answer = cheapest(asked), solved(asked)
        assert answer.status == ("infeasible" if want is None else "optimal"), seed
        assert answer.objective == want, seed
        assert answer.notes == (), seed  # the checker refused nothing that the model allows
        if want is not None:
            held += 1
            cut = tightened(asked)
            assert energy_bound(cut) <= want + 1e-6, seed
            assert relaxation_bound(Model(asked).programme, 10) <= want + 1e-6, seed
    assert held >= BLOCK // 5  # enough of the cases have a calendar, or few tests would test anything


OCCURS = {
    "blackout": 50, "moves": 50, "fte": 50, "works": 15, "room": 100, "handback": 50, "opening": 30, "must not": 30, "must": 30,
    "points": 30, "access": 30, "before": 30, "together": 20, "apart": 20, "before with a lag": 10, "apart with a lag": 10,
    "two works": 30, "standing": 100, "two kinds": 80, "foes that wait": 15, "a counter that waits": 30, "an empty building": 30,
}  # fmt: skip
"""How many of the seeds have each kind of limit, at least."""

BINDS = ("blackout", "moves", "fte", "works", "room", "handback", "opening", "must not", "must", "points", "access", "before",
         "together", "apart")  # fmt: skip
"""Kinds of limit of the judge that can be left out of a case."""


def test_every_kind_of_limit_comes_and_binds_in_the_random_cases() -> None:
    """A limit binds where without it a calendar would be cheaper, or there would be one: else no test would miss it."""
    has, binds = Counter[str](), Counter[str]()
    for seed in range(SEEDS):
        asked = random_case(seed)
        has.update(limits_of(asked))
        binds.update(binding(asked))
    assert {name: has[name] for name, least in OCCURS.items() if has[name] < least} == {}
    assert {name: binds[name] for name in BINDS if binds[name] < 3} == {}


@pytest.mark.parametrize("block", BLOCKS)
def test_the_checker_judges_every_calendar_of_a_case_as_a_diary_does(block: int) -> None:
    judged = stood = 0
    for seed in range(BLOCK * block, BLOCK * (block + 1)):
        asked = random_case(seed)
        schedules = list(every_schedule(asked))
        random = np.random.default_rng(seed)
        # Of very many, an even sample.
        for at in random.permutation(len(schedules))[:200]:
            schedule = schedules[at]
            holds = may_stand(asked, schedule)
            assert (check(asked, schedule) == []) == holds, (seed, schedule)
            assert sum(cost_parts(asked, schedule).values()) == price(asked, schedule), (seed, schedule)
            judged, stood = judged + 1, stood + holds
    assert min(stood, judged - stood) > 100  # both verdicts were asked for


RULES = {
    "_windows": {"window", "blackout", "waiting"}, "_links": {"before", "together", "apart"}, "_rooms": {"room"},
    "_crews": {"moves", "fte", "works"}, "_buildings": {"handback", "opening"}, "_public": {"access"}, "_company": {"must not"},
    "_escorted": {"must"}, "_points": {"points"},
}  # fmt: skip
"""The checker's functions, and the kinds of limit of the judge that each has to catch."""

MATTER, ALONE = 1000, 10
"""Corruptions that matter, and how many of them at least break one kind of limit and no other."""

Corrupted = tuple[Case, Schedule]


@functools.cache
def corruptions() -> tuple[tuple[Corrupted, ...], tuple[Corrupted, ...], Counter[str]]:
    """Return corruptions that matter, some that do not, and how many of the first break one kind of limit only, by kind."""
    random, alone = np.random.default_rng(1), Counter[str]()
    wrong: list[Corrupted] = []
    harmless: list[Corrupted] = []
    for seed in range(20 * MATTER):
        asked = random_case(seed)
        rare = min(BINDS, key=lambda kind: alone[kind])
        if len(wrong) > MATTER // 4 and alone[rare] < 2 * ALONE and rare not in limits_of(asked):
            continue  # what is rarely broken alone is looked for where it can be
        model = Model(asked)
        found = cpsat.search(model.programme, 5)
        if found.values is None:
            continue
        sound = model.read(found.values)
        for _ in range(4):
            changed = aimed(asked, sound, random, alone)
            kinds = set(broken(asked, changed))
            (wrong if kinds else harmless).append((asked, changed))
            alone.update(kinds if len(kinds) == 1 else ())
            if len(wrong) == MATTER:
                return tuple(wrong), tuple(harmless), alone
    raise AssertionError("too few of the random cases have a calendar")


def caught() -> None:
    """Assert that the checker refuses every corruption that matters, and lets stand what may."""
    wrong, harmless, _ = corruptions()
    assert sum(check(asked, changed) == [] for asked, changed in wrong) == 0
    assert sum(check(asked, changed) != [] for asked, changed in harmless) == 0


def test_the_checker_catches_every_corruption_that_matters_and_they_aim_at_every_rule() -> None:
    caught()
    wrong, harmless, alone = corruptions()
    assert len(wrong) == MATTER
    assert harmless  # some corruptions are calendars too
    for asked, changed in harmless:
        assert sum(cost_parts(asked, changed).values()) == price(asked, changed)
    every = set().union(*RULES.values())
    assert {kind: alone[kind] for kind in every if alone[kind] < ALONE} == {}


@pytest.mark.parametrize("rule", RULES)
def test_a_checker_that_has_forgotten_a_rule_is_found_out(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, rule, lambda *_: [])
    missed = Counter(
        kind
        for asked, changed in corruptions()[0]
        if check(asked, changed) == []
        for kind in set(broken(asked, changed))
    )
    assert {kind for kind, number in missed.items() if number >= ALONE} == RULES[rule]
    with pytest.raises(AssertionError):
        caught()


def test_a_calendar_that_leaves_an_event_out_is_refused() -> None:
    asked = random_case(0)
    for name in ("leave", "arrive", "decant"):
        schedule = next(every_schedule(asked))
        assert {v.subject for v in check(asked, replace(schedule, **{name: ()}))} == {name}


@pytest.mark.parametrize("most", [150, pytest.param(MATTER, marks=pytest.mark.slow)])
def test_the_model_refuses_what_the_diary_refuses(most: int) -> None:
    wrong, harmless, _ = corruptions()
    for asked, changed in wrong[:most]:
        assert not stands(Model(asked), changed), changed
    for asked, changed in harmless[:most]:
        assert stands(Model(asked), changed), changed


def test_an_empty_building_may_go_before_any_move_and_the_bound_says_so() -> None:
    # s2 is empty and costs £10 a month; the only move waits for month 3. The empty one goes in month 0: £10, and s0 after 4.
    late = move("t", 0, 1, window=Window(3, 5, 5))
    asked = case(6, [10, 10, 10], moves=(late,), exits=(leaving(0, 1, 6), leaving(2, 10, 6)), moves_per_month=1)
    assert energy_bound(tightened(asked)) <= 14
    assert solved(asked).objective == 14


def test_works_take_room_where_nobody_moves() -> None:
    # Those who stay at s2 use all of it: works that take some of it can never be done.
    work = Work("w", 2, 1, (-5.0,), Window(1, 5, 5))
    assert solved(case(6, [10, 10, 10], [0, 0, 10], moves=(move("t", 0, 1),), works=(work,))).status == "infeasible"


def test_nobody_keeps_company_where_it_does_not_wait() -> None:
    # g goes to s1 by month 1, where it must not be without h; h may wait there, and does: leaving that out would be cheaper.
    g = move("g", 0, 1, window=Window(1, 1, 1))
    h = move("h", 2, 3, window=Window(0, 4, 0), decants=(1,), decant_cost=7, late_cost=1)
    rule = Together("g with h", 1, (0,), (1,), first=1)
    asked = case(6, [10, 20, 10, 10], moves=(g, h), together=(rule,))
    assert solved(asked).status == "infeasible"  # h leaves s1 in the end, and g stays
    after = Together("g with h", 1, (0,), (1,), hosting=0.0, first=1)
    passing = replace(asked, moves=(replace(g, home=1, to=0, window=Window(2, 2, 2)), h), together=(after,))
    answer = solved(passing)
    assert (answer.objective, answer.schedule and answer.schedule.decant) == (9, (-1, 1))


def test_foes_do_not_meet_where_one_of_them_waits() -> None:
    # The swap of a and b needs s2, where a would wait; c stands there until month 3, and a must not meet it.
    swap = (move("a", 0, 1, decants=(2,), decant_cost=7), move("b", 1, 0), move("c", 2, 3, window=Window(3, 5, 5)))
    asked = case(6, [10, 10, 20, 10], moves=swap, exits=(leaving(2, 0, 6),))
    early = Schedule((0, 1, 3), (2, 1, 3), (2, -1, -1), (), (), ())
    kept = replace(asked, exits=(), apart=((0, 2),))
    assert check(replace(asked, exits=()), early) == []
    assert {v.rule for v in check(kept, early)} == {"compatibility"}
    answer = solved(kept)
    assert answer.schedule is None or answer.schedule.leave[0] > 3


def stands(model: Model, schedule: Schedule) -> bool:
    """Say by the model's rows whether a calendar may stand."""
    asked = model.case
    for k, v in enumerate(asked.moves):
        waits = schedule.decant[k] != -1
        if waits != (schedule.leave[k] < schedule.arrive[k]) or schedule.leave[k] > schedule.arrive[k]:
            return False
        if {schedule.leave[k], schedule.arrive[k]} - set(v.window.months()):
            return False
    for events, months in (
        (asked.works, schedule.work), (asked.exits, schedule.exit), (asked.openings, schedule.open),
    ):  # fmt: skip
        if any(m not in e.window.months() for e, m in zip(events, months, strict=True)):  # type: ignore[attr-defined]
            return False
    found = cpsat.search(model.programme, 5, fixed=model.step_values(schedule))
    # The model has no word for waiting where nobody may: what it reads back is then another calendar.
    return found.values is not None and model.read(found.values) == schedule
