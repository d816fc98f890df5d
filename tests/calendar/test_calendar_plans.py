"""Calendars of whole plans: leases and notice, blackouts, money, diagnosis, repair, files and the command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from estates import GONE, plan_of, problem, two_sites
from small_estate import write_model
from typer.testing import CliRunner

from assetopt.calendar.facts import diary
from assetopt.calendar.ics import escaped, folded
from assetopt.calendar.leases import leases_of
from assetopt.calendar.months import Months, working_days_before
from assetopt.calendar.run import Calendar, NoCalendar, calendar_for
from assetopt.calendar.settings import Settings
from assetopt.calendar.tables import calendar_tables
from assetopt.cli import app
from assetopt.errors import DataError
from assetopt.estate import Estate
from assetopt.problem import Problem
from assetopt.verify import judge

QUICK = Settings(handover_months=0, approval_months=0, consultation_months=0, time_limit=10.0)


def found(problem: Problem, settings: Settings = QUICK, **changes: object) -> Calendar | NoCalendar:
    recount = judge(problem, plan_of(problem, **(changes or GONE)))  # type: ignore[arg-type]
    assert recount.verdict.ok, recount.verdict.violations
    return calendar_for(problem, recount, settings, threads=1)


def test_months() -> None:
    months = Months.after(date(2026, 11, 2))
    assert (months.origin, months.tell(0), months.of(date(2027, 4, 1))) == (date(2026, 12, 1), "December 2026", 4)
    # The month of a break on 31 March is March; of one on 1 April it is March too, since April would begin.
    assert [months.ended(date(2027, 3, 31)), months.ended(date(2027, 4, 1))] == [3, 3]
    assert (months.year(3), months.year(4)) == (2026, 2027)
    # 20 December to 4 January leaves 19 days of December and 27 of January open: neither is closed. A whole May is.
    assert months.closed(((date(2026, 12, 20), date(2027, 1, 4)),), 12, 14) == frozenset()
    assert months.closed(((date(2027, 4, 20), date(2027, 6, 10)),), 12, 14) == frozenset({5})
    # Two overlapping spans count their days once: 1-10 and 5-17 May shut 17 days of 31 and leave 14.
    assert (
        months.closed(((date(2027, 5, 1), date(2027, 5, 10)), (date(2027, 5, 5), date(2027, 5, 17))), 12, 14)
        == frozenset()
    )
    assert months.closed(((date(2027, 5, 1), date(2027, 5, 18)),), 12, 14) == frozenset({5})
    # 1 May 2027 is a Saturday; 3 May is the first working day outside the span.
    assert months.open_day(5, ((date(2027, 5, 3), date(2027, 5, 3)),)) == date(2027, 5, 4)
    assert working_days_before(date(2027, 5, 10), 5) == date(2027, 5, 3)  # a Monday and the Monday before


LEASE = "tenure,running_cost,rent,lease_end,lease_break,break_notice_months"


def test_notice_missed_by_a_month() -> None:
    # A break on 31 March 2028 with six months' notice: by 30 September 2027. From September it can be given, from October
    # not: rent of £1,000 a month then runs to the expiry on 31 March 2030.
    problem = two_sites(LEASE, "leasehold,0,12000,2030-03-31,2028-03-31,6")
    site = int(problem.facts.sites.index.get_loc("home"))
    for origin, first, missed in ((date(2027, 9, 1), date(2028, 3, 31), 0), (date(2027, 10, 1), date(2030, 3, 31), 1)):
        months = Months(origin)
        lease = leases_of(problem, months, 60, [site])[site]
        assert (lease.events[0].day, len(lease.missed)) == (first, missed)
        assert lease.events[0].notice == (date(2027, 9, 30) if not missed else date(2029, 9, 30))
    lease = leases_of(problem, Months(date(2027, 9, 1)), 60, [site])[site]
    # Month 6 is March 2028. Still held in April 2028 (month 7), the rent of the 24 months to March 2030 is due.
    assert (lease.extra[:7].sum(), lease.extra[7]) == (0.0, 24_000.0)


def test_money_of_a_month() -> None:
    # £12,000 a year, no variable part: home is left by 31 March 2027 as planned, so the calendar adds nothing of it, and gives
    # the plan's provision of two months (2,000) back. In a blackout to 30 June the handback is on 31 July: 4 months late.
    columns = "tenure,running_cost,variable_share"
    free = found(two_sites(columns, "freehold,12000,0"))
    assert isinstance(free, Calendar)
    assert [d for d, _ in free.restated.by_head().items() if d != "provision" and free.restated.by_head()[d][0]] == []
    problem = two_sites(columns, "freehold,12000,0")
    shut = Problem(with_blackout(problem, "2026-04-01", "2027-06-30", "t"), problem.scenario)
    late = found(shut)
    assert isinstance(late, Calendar)
    assert late.diary.tell(late.schedule.exit[0]) == "July 2027"
    assert late.restated.by_head()["kept"][0] == pytest.approx(4_000.0)


def with_blackout(problem: Problem, start: str, end: str, whom: str) -> Estate:
    """The estate with one blackout."""
    frames = {key: frame for key, frame in problem.estate.tables.items() if len(frame)}
    row = pd.DataFrame({"blackout_id": ["b"], "start": [start], "end": [end], "applies_to": [whom]})
    return Estate.from_frames("changed", **{**frames, "blackouts": row})


def test_blackout_over_every_month_is_a_fault() -> None:
    problem = two_sites("tenure,running_cost", "freehold,1000")
    shut = Problem(with_blackout(problem, "2020-01-01", "2040-01-01", "council"), problem.scenario)
    with pytest.raises(DataError, match="blackouts close every month"):
        found(shut)


def test_deadline_before_the_start_is_a_fault() -> None:
    problem = two_sites("tenure,running_cost", "freehold,1000")
    with pytest.raises(DataError, match="before the first month in which it may happen"):
        found(problem, Settings(run_up_months=0, slip_months=0))


def test_a_plan_without_changes_has_an_empty_calendar() -> None:
    problem = two_sites("tenure,running_cost", "freehold,1000")
    empty = found(problem, leave={})
    assert isinstance(empty, Calendar)
    assert empty.sentence == "The plan changes nothing, so its calendar is empty."


def swap() -> tuple[Problem, dict[str, object]]:
    """Two full buildings whose teams change places in 2027, and a third with room for either."""
    spaces = "site_id,space_type,capacity\nhome,office,10\nother,office,10\nthird,office,10\n"
    teams = "team_id,partner_id,name,service_type,site_id,move_cost\nt,council,T,admin,home,500\nu,council,U,admin,other,500\n"
    needs = "team_id,space_type,amount\nt,office,10\nu,office,10\n"
    home = "freehold,1000\nthird,council,Third,602000,150000,freehold,1000"
    problem = two_sites("tenure,running_cost", home, spaces=spaces, teams=teams, needs=needs)
    return problem, {"move": {"t": ("other", 2027), "u": ("home", 2027)}}


def test_swap_waits_in_the_third_building() -> None:
    problem, changes = swap()
    answer = found(problem, **changes)
    assert isinstance(answer, Calendar)
    assert answer.cost()["decants"] == 500
    assert sorted(answer.schedule.decant) == [-1, problem.facts.sites.index.get_loc("third")]


def test_without_decants_the_diagnosis_names_the_room_and_what_would_do() -> None:
    problem, changes = swap()
    settings = Settings(handover_months=0, approval_months=0, decants=False, time_limit=10.0)
    none = found(problem, settings, **changes)
    assert isinstance(none, NoCalendar)
    assert none.diagnosis is not None
    assert none.diagnosis.shrunk
    # Each room alone could be full while the other gave way, so both are needed for the conflict.
    text = "\n".join(none.diagnosis.limits)
    assert "home has 10 of office" in text
    assert "other has 10 of office" in text
    ways = [way.words for way in none.diagnosis.ways]
    # Ten more at either end lets one team come before the other leaves.
    assert any("find 10 more of office at home" in way for way in ways)
    assert any("wait in another building" in way for way in ways)
    # By name: either may wait in the third building, and all that this calendar costs is the second move.
    named = [(way.words, way.cost) for way in none.diagnosis.ways if " wait at " in way.words]
    assert named == [(f"let {team} wait at third (£500 for the second move)", 500) for team in "tu"]


# --- files and the command ---------------------------------------------------------------------------------------------


def test_ics_text_is_escaped_and_folded() -> None:
    assert escaped("a;b,c\\d\ne\x07") == "a\\;b\\,c\\\\d\\ne "
    line = "SUMMARY:" + "é" * 80
    parts = folded(line).split("\r\n ")
    assert "".join(parts) == line
    assert all(len(part.encode()) <= 75 - (n > 0) for n, part in enumerate(parts))


def written(tmp_path: Path, **names: str) -> Path:
    from small_estate import solved

    out = tmp_path / "out"
    solved(tmp_path, **names).write(out)
    return out


def test_the_command_writes_everything_and_the_plan_still_verifies(tmp_path: Path) -> None:
    out = written(tmp_path, hall="=HYPERLINK(1)<script>alert(1)</script>", clerks="]]><b>&")
    run = CliRunner().invoke(app, ["calendar", str(out), "--time-limit", "10", "--threads", "1"])
    assert run.exit_code == 0, run.output
    document = json.loads((out / "calendar.json").read_text())
    assert document["verdict"] == {"ok": True, "violations": []}
    assert document["certificate"]["status"] == "optimal"
    assert document["events"]
    for name in ("calendar_sites.svg", "calendar_partners.svg", "calendar_rooms.svg"):
        from xml.etree import ElementTree

        text = (out / name).read_text()
        ElementTree.fromstring(text)
        assert "<script" not in text
    assert "\n=HYPERLINK" not in (out / "calendar.csv").read_text()
    assert ",=HYPERLINK" not in (out / "calendar.csv").read_text()
    from openpyxl import load_workbook

    assert {"Calendar", "Calendar decide by", "Calendar staff"} <= set(load_workbook(out / "plan.xlsx").sheetnames)
    page = (out / "report.html").read_text()
    assert 'id="months"' in page
    assert "The last day for each decision" in page
    assert "<script>alert(1)" not in page
    assert "<style>text{" not in page  # its policy would refuse a picture's own style
    assert CliRunner().invoke(app, ["verify", str(out)]).exit_code == 0
    again = {path.name: path.read_bytes() for path in out.glob("calendar*.csv")}
    run = CliRunner().invoke(app, ["calendar", str(out), "--time-limit", "10", "--threads", "1", "--json"])
    assert json.loads(run.stdout)["ok"] is True
    assert again == {path.name: path.read_bytes() for path in out.glob("calendar*.csv")}


@pytest.mark.slow
def test_the_scenario_says_what_a_calendar_assumes_and_the_command_line_goes_first(tmp_path: Path) -> None:
    model = write_model(tmp_path)
    run = CliRunner()
    assert run.invoke(app, ["solve", str(model), "--out", str(tmp_path / "plain"), "--quiet"]).exit_code == 0
    assert "calendar" not in json.loads((tmp_path / "plain" / "plan.json").read_text(encoding="utf-8"))["scenario"]
    asked = "\n[calendar]\nhandover_months = 3\nregister_days = 60\ntime_limit = 9\n"
    model.write_text(model.read_text(encoding="utf-8") + asked, encoding="utf-8")
    out = tmp_path / "out"
    assert run.invoke(app, ["solve", str(model), "--out", str(out), "--quiet"]).exit_code == 0
    assert run.invoke(app, ["verify", str(out)]).exit_code == 0
    assert run.invoke(app, ["calendar", str(out), "--quiet"]).exit_code == 0
    settings = json.loads((out / "calendar.json").read_text(encoding="utf-8"))["settings"]
    assert (settings["handover_months"], settings["register_days"], settings["run_up_months"]) == (3, 60, 12)
    assert settings["time_limit"] == 9
    assert run.invoke(app, ["calendar", str(out), "--handover-months", "1", "--quiet"]).exit_code == 0
    settings = json.loads((out / "calendar.json").read_text(encoding="utf-8"))["settings"]
    assert (settings["handover_months"], settings["register_days"]) == (1, 60)


def test_a_wrong_calendar_table_is_told_like_any_other_setting(tmp_path: Path) -> None:
    model = write_model(tmp_path)
    wrong = "\n[calendar]\nhandover_month = 3\nslip_months = -1\n"
    model.write_text(model.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    told = CliRunner().invoke(app, ["check", str(model)])
    assert told.exit_code == 2
    assert "handover_months" in told.output  # the key that was meant
    assert "slip_months" in told.output


def test_the_command_refuses_a_plan_that_does_not_verify(tmp_path: Path) -> None:
    out = written(tmp_path)
    document = json.loads((out / "plan.json").read_text())
    document["totals"]["npv_cost"] += 1000
    (out / "plan.json").write_text(json.dumps(document))
    run = CliRunner().invoke(app, ["calendar", str(out)])
    assert run.exit_code == 2
    assert not (out / "calendar.json").exists()


@pytest.mark.slow
def test_repair_takes_a_later_year_and_the_mended_plan_verifies(tmp_path: Path) -> None:
    # Three teams leave home by 1 April 2027, one a month, in the two months before and no later: two can. The third, and with
    # it the building, goes in the run-up to 1 April 2028.
    import threading

    from assetopt.calendar.repair import repair_plan, write_repaired
    from assetopt.report.audit import verify_folder

    teams = "team_id,partner_id,name,service_type,site_id\n" + "".join(
        f"t{k},council,T{k},admin,home\n" for k in range(3)
    )
    needs = "team_id,space_type,amount\n" + "".join(f"t{k},office,10\n" for k in range(3))
    appraisal = {"base_year": 2027, "decision_years": 3, "appraisal_years": 10}
    problem = two_sites(
        "tenure,running_cost",
        "freehold,12000",
        teams=teams,
        needs=needs,
        appraisal=appraisal,
        solver={"time_limit": 20},
    )
    goes = {f"t{k}": ("other", 2027) for k in range(3)}
    recount = judge(problem, plan_of(problem, leave={"home": 2027}, move=goes))
    assert recount.verdict.ok, recount.verdict.violations
    settings = Settings(
        moves_per_month=1, handover_months=0, approval_months=0, run_up_months=2, slip_months=0, time_limit=20.0
    )
    none = calendar_for(problem, recount, settings, threads=1)
    assert isinstance(none, NoCalendar)
    assert none.diagnosis is not None
    assert none.diagnosis.limits == ("at most 1 team can move in a month",)
    assert any(way.words == "allow 2 teams a month in place of 1" for way in none.diagnosis.ways)
    mended = repair_plan(none.diary, recount, settings, threads=1, seed=1, stop=threading.Event())
    assert mended.calendar is not None, mended.sentence
    assert mended.recount is not None
    later = mended.recount.plan.teams
    assert sorted(later["year"].tolist()) == [2027, 2027, 2028]
    assert mended.recount.plan.sites.set_index("site_id")["year"]["home"] == 2028
    # The building is kept a year longer: £12,000 in the base year, as defaults add nothing for two freeholds without value.
    assert mended.extra is not None
    assert mended.extra > 0

    from assetopt.optimise import optimise

    folder = tmp_path / "plan"
    optimise(problem).write(folder)
    write_repaired(mended, folder, tmp_path / "mended")
    verdict = verify_folder(tmp_path / "mended")
    assert verdict.ok, verdict.violations


def test_rent_is_restated_from_the_plan_s_own_date() -> None:
    # A break on 30 September 2026, six months' notice, as at 1 April 2026 (notice of the same day: 30 March, missed) and the
    # expiry on 31 December 2027. Home is to be empty on 1 April 2027; the plan pays rent to 1 April 2028, the calendar to the
    # expiry: 3 months of £1,000 less.
    answer = found(two_sites(LEASE, "leasehold,0,12000,2027-12-31,2026-09-30,6"))
    assert isinstance(answer, Calendar)
    assert answer.restated.by_head()["rent"][1] == pytest.approx(-3_000.0)
    # Nothing is charged in the search for a date that could not be kept in any case.
    assert answer.cost()["kept"] == 0


def test_a_void_is_counted_in_months_where_the_plan_counts_years() -> None:
    # Home costs £12,000 a year while in use and £1,200 while empty, 15 months to its sale. The plan pays 2 whole years from
    # 1 April 2027: £1,200 in 2027 and in 2028. The team goes in the first month, April 2026 (month 0), so home stands empty
    # from May 2026 to July 2027: 11 months of £100 in 2026 (before the base year: not counted) and 4 in 2027.
    answer = found(
        two_sites(
            "tenure,running_cost,holding_cost,on_exit,months_to_sale",
            "freehold,12000,1200,sell,15",
            "freehold,,,,",
            appraisal={"as_at": "2026-04-01"},
        )
    )
    assert isinstance(answer, Calendar)
    assert answer.schedule.exit == (0,)
    lines = answer.restated.lines
    empty = lines[(lines["head"] == "void") & (lines["subject"] == "home")].groupby("year")[["months", "cash"]].sum()
    assert empty["cash"].to_dict() == pytest.approx({2026: 1_100.0, 2027: 400.0 - 1_200.0, 2028: -1_200.0})
    assert empty["months"].to_dict() == {2026: 11, 2027: 4 - 12, 2028: -12}
    assert answer.restated.by_head()["void"][0] == pytest.approx(400 - 2_400)
    events = calendar_tables(answer)["calendar"].frame
    assert events.loc[events["kind"] == "sale", ["began", "month"]].to_numpy().tolist() == [["2026-05", "2027-08"]]


def test_a_mean_standard_holds_before_the_base_year_as_today_does() -> None:
    # 100 people, 6 km from a today and 4 km from b. Asked from the base year on: 5 km; before, no more than today's 6.
    asked = problem(
        {
            "sites": (
                "site_id,partner_id,name,easting,northing,tenure\na,council,A,606000,150000,freehold\n"
                "b,council,B,604000,150000,freehold\n"
            ),
            "spaces": "site_id,space_type,capacity\na,desk,9\nb,desk,9\n",
            "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,library,a\n",
            "needs": "team_id,space_type,amount\nt,desk,1\n",
            "service_types": "service_type,public\nlibrary,yes\n",
            "demand": "zone_id,easting,northing,population\nz,600000,150000,100\n",
            "standards": "standard_id,service_type,mode,max_km,measure,force\nm,library,crow,5,mean,hard\n",
        },
        rules={"access": {}},
        appraisal={"as_at": "2026-06-01"},
    )
    recount = judge(asked, plan_of(asked, move={"t": ("b", 2027)}))
    assert recount.verdict.ok, recount.verdict.violations
    assert recount.line is not None
    case = diary(asked, recount.plan, recount.line, QUICK).case
    late, early = sorted(case.tests, key=lambda test: -float(test.required[0]))
    start, a, b = int(late.required[0]), frozenset([0]), frozenset([1])

    assert (start > 0, int(early.required[0])) == (True, 0)
    # (6 - 5) x 100 people, where 6 km of the grid are 5.98 km on the ground.
    assert [late.short(a, start - 1), late.short(a, start), late.short(b, start)] == pytest.approx([0, 98, 0], abs=0.1)
    assert [early.short(a, 0), early.short(b, 0)] == pytest.approx([0, 0])
    assert early.short(frozenset(), 0) > 0  # nobody may be without it meanwhile


def test_a_plan_s_must_and_most_points_hold_while_it_is_carried_out() -> None:
    # A library that must be where the archive is; both go from home to other, and there may be one library. So they go in one
    # month, and the library is one point all the time: in the month of its move it counts where it is at the end.
    asked = two_sites(
        "tenure,running_cost",
        "freehold,12000",
        teams="team_id,partner_id,name,service_type,site_id\nt0,council,T0,library,home\nr,council,R,archive,home\n",
        needs="team_id,space_type,amount\nt0,office,10\nr,office,10\n",
        service_types="service_type,public,max_points\nlibrary,yes,1\narchive,no,\n",
        compatibility="a,b,rule,scope,weight,reason\nlibrary,archive,must,site,,books\n",
        appraisal={"as_at": "2026-04-01"},
    )
    changes = {"leave": {"home": 2027}, "move": {"t0": ("other", 2027), "r": ("other", 2027)}}
    recount = judge(asked, plan_of(asked, **changes))  # type: ignore[arg-type]
    assert recount.verdict.ok, recount.verdict.violations
    assert recount.line is not None
    case = diary(asked, recount.plan, recount.line, QUICK).case
    # Where t0 comes and where it goes, r is the only company; the one library moves, and is at no time one too many.
    number = {v.team: k for k, v in enumerate(case.moves)}
    assert [(case.sites[x.site], x.guests, x.hosts, x.first) for x in case.together] == [
        (site, (number["t0"],), (number["r"],), 0) for site in ("home", "other")
    ]
    assert [(cap.sites, set(cap.most.tolist())) for cap in case.caps] == [(frozenset({0, 1}), {1.0})]
    answer = calendar_for(asked, recount, QUICK, threads=1)
    assert isinstance(answer, Calendar)
    assert len(set(answer.schedule.arrive)) == 1
    # With a crew for one move a month there is none, and the rule is named with what lifting it would do.
    none = calendar_for(asked, recount, Settings(moves_per_month=1, handover_months=0, time_limit=10.0), threads=1)
    assert isinstance(none, NoCalendar)
    assert none.diagnosis is not None
    assert any(limit.startswith("t0 (library) may only be where archive is, at ") for limit in none.diagnosis.limits)
    said = "let it lapse while things move that t0 (library) may only be where archive is"
    assert said in [way.words for way in none.diagnosis.ways]


def test_one_team_may_go_later_where_the_crew_is_too_small() -> None:
    # Three teams, one move a month, only February and March 2027 (months 10 and 11 from April 2026): one goes in April instead.
    # Home is then kept for months 0 to 12 at £1,000, and that team is a month late at £100: £13,100, whichever team it is.
    asked = two_sites(
        "tenure,running_cost",
        "freehold,12000",
        teams="team_id,partner_id,name,service_type,site_id\n"
        + "".join(f"t{k},council,T{k},admin,home\n" for k in range(3)),
        needs="team_id,space_type,amount\n" + "".join(f"t{k},office,10\n" for k in range(3)),
        appraisal={"as_at": "2026-04-01"},
    )
    settings = Settings(
        moves_per_month=1, handover_months=0, approval_months=0, run_up_months=2, slip_months=0, time_limit=10.0
    )
    none = found(asked, settings, leave={"home": 2027}, move={f"t{k}": ("other", 2027) for k in range(3)})
    assert isinstance(none, NoCalendar)
    assert none.diagnosis is not None
    named = [(way.words, way.cost) for way in none.diagnosis.ways if way.words.startswith("move ")]
    assert named == [(f"move t{k} in April 2027, after March 2027", 13_100) for k in range(3)]
    assert [way.cost for way in none.diagnosis.ways] == sorted(way.cost for way in none.diagnosis.ways)


def test_a_team_waits_elsewhere_while_its_goal_is_full_and_its_building_is_dear() -> None:
    # x goes from old (£1,000 a month) to goal, which is full until y leaves; y cannot before February 2027, month 10 from April
    # 2026. x can be at goal in month 11, its target: old is kept for 12 months, £12,000. Waiting at swing from month 0, old is
    # kept for one month, and a second move costs £500: £1,500. At more than £11,000 for it, waiting costs more than it saves.
    def asked(second: int) -> Calendar | NoCalendar:
        names = ("old", "goal", "swing", "end")
        offices = "".join(
            f"{i},council,{i},60{k}000,150000,freehold,{12000 if i == 'old' else 0}\n" for k, i in enumerate(names)
        )
        return found(
            problem(
                {
                    "sites": "site_id,partner_id,name,easting,northing,tenure,running_cost\n" + offices,
                    "spaces": "site_id,space_type,capacity\n" + "".join(f"{i},office,10\n" for i in names),
                    "teams": "team_id,partner_id,name,service_type,site_id,move_cost\n"
                    f"x,council,X,post,old,{second}\ny,council,Y,records,goal,0\n",
                    "needs": "team_id,space_type,amount\nx,office,10\ny,office,10\n",
                    "blackouts": "blackout_id,applies_to,start,end,reason\nb,y,2026-04-01,2027-01-31,elections\n",
                },
                appraisal={"as_at": "2026-04-01"},
            ),
            leave={"old": 2027},
            move={"x": ("goal", 2027), "y": ("end", 2027)},
        )

    waits, stays = asked(500), asked(11_001)
    assert isinstance(waits, Calendar)
    assert isinstance(stays, Calendar)
    x = [v.team for v in waits.diary.case.moves].index("x")
    assert (waits.answer.objective, waits.schedule.leave[x], waits.schedule.arrive[x]) == (1_500, 0, 11)
    assert waits.diary.case.sites[waits.schedule.decant[x]] == "swing"
    assert (stays.answer.objective, stays.schedule.leave[x]) == (12_000, 11)


@pytest.mark.parametrize(("rule", "places"), [("", ("swing",)), ("must_not", ())])
def test_nobody_waits_where_it_must_not_be(rule: str, places: tuple[str, ...]) -> None:
    # Two teams of 10 change places in buildings of 10; a third building has room for one, and u is in it. Only where each may
    # be with u does it wait there.
    offices = "".join(f"{i},council,{i},60{k}000,150000,freehold\n" for k, i in enumerate(("east", "west", "swing")))
    teams = {"s": ("post", "east"), "t": ("records", "west"), "u": ("payroll", "swing")}
    kinds = "".join(f"{kind},payroll,{rule},site,,\n" for kind in ("post", "records")) if rule else ""
    asked = problem(
        {
            "sites": "site_id,partner_id,name,easting,northing,tenure\n" + offices,
            "spaces": "site_id,space_type,capacity\neast,office,10\nwest,office,10\nswing,office,20\n",
            "teams": "team_id,partner_id,name,service_type,site_id\n"
            + "".join(f"{t},council,{t},{kind},{site}\n" for t, (kind, site) in teams.items()),
            "needs": "team_id,space_type,amount\n" + "".join(f"{t},office,10\n" for t in teams),
            **({"compatibility": "a,b,rule,scope,weight,reason\n" + kinds} if kinds else {}),
        }
    )
    recount = judge(asked, plan_of(asked, move={"s": ("west", 2027), "t": ("east", 2027)}))
    assert recount.verdict.ok, recount.verdict.violations
    assert recount.line is not None
    case = diary(asked, recount.plan, recount.line, QUICK).case
    assert [tuple(case.sites[i] for i in v.decants) for v in case.moves] == [places, places]


def test_works_that_make_a_site_step_free_come_before_a_public_team_with_a_deadline() -> None:
    # The lease of home ends on 31 January 2027, so the team is to be gone by January, before the works' own 1 April: they
    # still come first. As at 1 April 2026, with three months of works, they are done by July 2026 or later.
    asked = two_sites(
        "tenure,lease_end,security_of_tenure,step_free",
        "leasehold,2027-01-31,no,yes",
        "freehold,,,no",
        teams="team_id,partner_id,name,service_type,site_id\nt,council,T,desk,home\n",
        service_types="service_type,public\ndesk,yes\n",
        interventions="intervention_id,site_id,capital_cost,months,makes_step_free\nramp,other,1,3,yes\n",
        appraisal={"as_at": "2026-04-01"},
    )
    recount = judge(asked, plan_of(asked, build={"ramp": 2027}, **GONE))  # type: ignore[arg-type]
    assert recount.verdict.ok, recount.verdict.violations
    assert recount.line is not None
    case = diary(asked, recount.plan, recount.line, QUICK).case
    assert case.moves[0].window.target < case.works[0].window.target - 1
    assert [(x.kind, x.first, x.second) for x in case.links] == [("before", ("work", 0), ("move", 0))]
    answer = calendar_for(asked, recount, QUICK, threads=1)
    assert isinstance(answer, Calendar)
    assert 3 <= answer.schedule.work[0] <= answer.schedule.arrive[0] <= case.moves[0].window.last


def test_no_staff_may_move_is_a_cap_and_not_no_cap() -> None:
    asked = two_sites("tenure", "freehold")
    recount = judge(asked, plan_of(asked, **GONE))  # type: ignore[arg-type]
    assert recount.line is not None
    assert diary(asked, recount.plan, recount.line, Settings(fte_per_month=0.0)).case.fte_per_month == 0.0
    assert diary(asked, recount.plan, recount.line, QUICK).case.fte_per_month is None


@pytest.mark.slow
def test_an_interrupted_search_keeps_its_best_calendar(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "assetopt"]
    solve = [*command, "solve", "models/quick.toml", "--out", str(tmp_path / "out"), "--time-limit", "15", "--quiet"]
    subprocess.run(solve, cwd=root, check=True, timeout=120)
    asked = [*command, "calendar", str(tmp_path / "out"), "--time-limit", "200", "--threads", "1"]
    with subprocess.Popen(asked, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "best £" in line:
                run.send_signal(signal.SIGINT)
                break
        told, _ = run.communicate(timeout=60)
    assert run.returncode == 0
    assert "Written to" in told
    document = json.loads((tmp_path / "out" / "calendar.json").read_text(encoding="utf-8"))
    certificate = document["certificate"]
    assert certificate["bound"] <= certificate["objective"]
    assert document["verdict"] == {"ok": True, "violations": []}
