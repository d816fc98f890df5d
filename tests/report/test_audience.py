"""Who may see what: what is hidden is in no byte of the folder, and cannot be worked back from what is shown."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from audience_cases import content, solved, written

from assetopt.errors import DataError
from assetopt.report import write_report
from assetopt.report.audience import Audience, audience_for
from assetopt.report.audience.checking import verify_view
from assetopt.report.exporting import export
from assetopt.report.reading import read_result
from assetopt.result import Result

REDACTED, BANDED, PUBLIC = Audience(redact=True), Audience(redact=True, band=True), Audience(redact=True, public=True)
OF_A = Audience(partner="a")
SECRETS = (
    "refuge", "Rosewood", "Alderwood", "ME14 9QQ", "100099887766", "571234", "151234", "571876", "151876", "777701", "555503",
    "47113", "37117", "Team of oldrefuge",
)  # fmt: skip


@pytest.fixture(scope="module")
def result() -> Result:
    return solved()


@pytest.fixture(scope="module")
def full(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(result, tmp_path_factory.mktemp("full") / "out")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- redacted --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", [REDACTED, BANDED, PUBLIC, Audience(redact=True, partner="b"), OF_A])
def test_no_byte_of_the_folder_names_a_restricted_site(result: Result, tmp_path: Path, audience: Audience) -> None:
    files = written(result, tmp_path / "out", audience)

    assert "plan.xlsx/xl/sharedStrings.xml" in files
    for name, data in files.items():
        for secret in SECRETS:
            assert secret.lower().encode() not in data.lower(), (name, secret)


def test_the_full_report_does_hold_these_words_so_the_test_can_fail(full: Path) -> None:
    text = b"".join(path.read_bytes() for path in full.rglob("*") if path.is_file())
    assert all(secret.encode() in text for secret in SECRETS)


OTHER_SECRET = {
    "name": "Elm Lodge",
    "easting": 590_000,
    "market_value": 12_000,
    "running_cost": 99_000,
    "postcode": "CT1 1AA",
}


@pytest.mark.parametrize(
    "audience",
    [REDACTED, BANDED, PUBLIC, Audience(partner="c"), Audience(redact=True, partner="b")],
    ids=lambda audience: audience.name,
)
def test_a_redacted_folder_is_the_same_whatever_name_place_and_value_are(
    result: Result, tmp_path: Path, audience: Audience
) -> None:
    # Nothing can be worked back from bytes that do not depend on it. Partner a is not among them: it hosts the team of the
    # restricted site, and its own bill for that stands in its own rows.
    other = solved(secret=OTHER_SECRET, sold_secret={**OTHER_SECRET, "market_value": 888_000})
    assert other.totals["npv_cost"] != result.totals["npv_cost"]

    assert written(result, tmp_path / "one", audience) == written(other, tmp_path / "other", audience)


def test_a_redacted_folder_keeps_what_happens_to_a_restricted_site(result: Result, tmp_path: Path) -> None:
    write_report(result, tmp_path / "out", audience=REDACTED)
    found = {row["site_id"]: row for row in rows(tmp_path / "out" / "sites.csv")}

    # In the order of their ids: oldrefuge, refuge.
    assert [found[f"restricted-{n}"]["action"] for n in (1, 2)] == ["dispose", "keep"]
    assert (
        found["restricted-1"]["name"] == found["restricted-1"]["receipt"] == found["restricted-1"]["npv_change"] == ""
    )
    assert len(found) == len(result.sites)


def test_redacted_tables_still_add_up(result: Result, tmp_path: Path) -> None:
    # Receipts of the sites shown are the total; the cash of every partner is its bridge's last sum.
    out = write_report(result, tmp_path / "out", audience=REDACTED)
    totals = json.loads((out / "plan.json").read_text(encoding="utf-8"))["totals"]
    receipts = sum(float(row["receipt"] or 0) for row in rows(out / "sites.csv"))
    cash = sum(float(row["cash_nominal"]) for row in rows(out / "cash.csv") if row["partner_id"] == "b")
    bridge = next(row for row in rows(out / "bridge.csv") if row["partner_id"] == "b" and row["item"] == "cash_nominal")

    assert totals["receipts"] == pytest.approx(receipts, abs=0.01)
    assert totals["receipts"] < float(result.totals["receipts"] or 0) - 100_000
    assert cash == pytest.approx(float(bridge["amount"]), abs=0.01)


def test_banded_receipts_do_not_tell_which_value_within_the_band(tmp_path: Path) -> None:
    # a1 is worth 110,000, or 120,000: after costs of sale both are between £100k and £250k.
    one = written(solved(), tmp_path / "one", BANDED)
    other = written(solved(values={"a1": 120_000.0}), tmp_path / "other", BANDED)

    assert one == other
    shown = {row["site_id"]: row["receipt_band"] for row in rows(tmp_path / "one" / "sites.csv")}
    assert shown["a1"] == "£100k to £250k"
    assert shown["hub"] == "none"


# --- one partner -----------------------------------------------------------------------------------------------------


def test_a_partner_sees_its_own_rows_in_full_and_no_others(result: Result, full: Path, tmp_path: Path) -> None:
    out = write_report(result, tmp_path / "out", audience=OF_A)

    for name, column in (
        ("sites", "partner_id"),
        ("teams", "partner_id"),
        ("cash", "partner_id"),
        ("budget", "partner_id"),
    ):
        own = [row for row in rows(full / f"{name}.csv") if row[column] == "a"]
        assert rows(out / f"{name}.csv") == own, name
    assert {row["payer"] == "a" or row["payee"] == "a" for row in rows(out / "transfers.csv")} == {True}


def test_a_partner_cannot_work_back_what_another_sells_for(result: Result, tmp_path: Path) -> None:
    # Two of b's sites change value by as much up as down: every total stays, and so must every byte.
    other = solved(values={"b1": 140_000.0 + 7_000, "b2": 150_000.0 - 7_000})
    values = result.sites.set_index("site_id")["receipt"], other.sites.set_index("site_id")["receipt"]
    assert values[0]["b1"] != values[1]["b1"]

    assert written(result, tmp_path / "one", OF_A) == written(other, tmp_path / "other", OF_A)


def test_totals_of_others_that_rest_on_too_few_are_hidden(result: Result, tmp_path: Path) -> None:
    # b and c build nothing; for b, the others a and c sell nine sites, so their receipts may be shown.
    out = write_report(result, tmp_path / "out", audience=Audience(partner="b"))
    told = {(row["who"], row["item"]): row for row in rows(out / "in_total.csv")}
    receipts = result.sites[result.sites["partner_id"] != "b"]["receipt"].sum()

    assert float(told["others", "net receipts"]["amount"]) == pytest.approx(receipts, abs=0.01)
    assert float(told["others", "sites that could close"]["amount"]) == 9


def test_one_dominant_sale_hides_the_total_of_the_others(tmp_path: Path) -> None:
    # c1 makes nearly all of what b and c sell for: the total would tell it within a tenth.
    result = solved(values={"c1": 90_000_000.0})
    out = write_report(result, tmp_path / "out", audience=Audience(partner="a", redact=True))
    told = {(row["who"], row["item"]): row for row in rows(out / "in_total.csv")}

    assert told["others", "net receipts"]["amount"] == ""
    assert told["others", "net receipts"]["shown_as"].startswith("hidden")


def test_a_partner_sees_the_room_of_its_own_buildings_alone(result: Result, full: Path, tmp_path: Path) -> None:
    out = write_report(result, tmp_path / "out", audience=OF_A)

    assert rows(out / "rooms.csv") == [row for row in rows(full / "rooms.csv") if row["partner_id"] == "a"]


def test_redacted_there_is_no_room_of_restricted_sites_nor_of_where_their_teams_go(
    result: Result, full: Path, tmp_path: Path
) -> None:
    # refuge and oldrefuge are restricted, and the team of oldrefuge moves to the hub.
    out = write_report(result, tmp_path / "out", audience=REDACTED)
    gone = {"refuge", "oldrefuge", "hub"}

    assert rows(out / "rooms.csv") == [row for row in rows(full / "rooms.csv") if row["site_id"] not in gone]
    sites = {row["site_id"]: row for row in rows(out / "sites.csv")}
    assert sites["a1"]["running_cost_today"] == "51000.00"
    for site in ("restricted-1", "restricted-2", "hub"):
        assert (sites[site]["running_cost_today"], sites[site]["running_cost"]) == ("", ""), site


@pytest.mark.parametrize("audience", [REDACTED, BANDED, PUBLIC, OF_A], ids=lambda audience: audience.name)
def test_no_view_says_how_many_pounds_rest_on_an_assumption(
    result: Result, full: Path, tmp_path: Path, audience: Audience
) -> None:
    # They are pounds of all sites together, restricted ones and those of others included.
    out = write_report(result, tmp_path / "out", audience=audience)
    pounds = [row["cost_change"] for row in rows(full / "assumptions.csv") if row["cost_change"] not in ("", "0.00")]
    told = rows(out / "assumptions.csv")

    assert len(pounds) > 3
    assert [row["parameter"] for row in told] == [row["parameter"] for row in rows(full / "assumptions.csv")]
    assert {row["cost_change"] + row["saving_change"] for row in told} == {""}
    for name in ("plan.json", "report.html", "plan.xlsx/xl/worksheets/sheet1.xml"):
        data = content(out)[name]
        assert not [amount for amount in pounds if amount.lstrip("-").encode() in data], name


# --- public ----------------------------------------------------------------------------------------------------------


def test_the_public_folder_names_no_building_before_it_is_decided(result: Result, tmp_path: Path) -> None:
    files = written(result, tmp_path / "out", PUBLIC)

    assert "sites.csv" not in files
    assert "rooms.csv" not in files
    assert "cash.csv" not in files
    for site in (*(f"Depot {name}" for name in ("a1", "b1", "c6")), '"dispose"', "oldrefuge-team"):
        assert not [name for name, data in files.items() if site.encode() in data], site


def test_the_public_folder_shows_access_by_no_place(result: Result, full: Path, tmp_path: Path) -> None:
    files = written(result, tmp_path / "out", PUBLIC)

    assert "Harbour" in (full / "access.csv").read_text(encoding="utf-8")
    for place in ("Harbour", "Ward 3", "z05"):
        assert not [name for name, data in files.items() if place.encode() in data], place
    assert {row["standard_id"] for row in rows(tmp_path / "out" / "access.csv")} == {"desk"}


def test_the_public_folder_is_the_same_whichever_site_is_worth_what(result: Result, tmp_path: Path) -> None:
    other = solved(values={"b1": 147_000.0, "b2": 143_000.0})  # 140,000 and 150,000: 290,000 together either way
    assert written(result, tmp_path / "one", PUBLIC) == written(other, tmp_path / "other", PUBLIC)


def test_a_decided_plan_shows_what_closes_but_no_value(tmp_path: Path) -> None:
    out = write_report(solved(status="decided"), tmp_path / "out", audience=PUBLIC)
    found = {row["site_id"]: row for row in rows(out / "sites.csv")}

    assert found["a1"]["action"] == "dispose"
    for kept_back in ("receipt", "exit_year", "npv_change", "reason", "running_cost", "running_cost_today"):
        assert {row[kept_back] for row in found.values()} == {""}, kept_back
    assert "refuge" not in " ".join(found)
    assert len(found) == 16


# --- asking for a view -----------------------------------------------------------------------------------------------


def test_a_view_has_no_inputs_and_says_what_it_keeps_back(result: Result, tmp_path: Path) -> None:
    out = write_report(result, tmp_path / "out", audience=PUBLIC)
    document = json.loads((out / "plan.json").read_text(encoding="utf-8"))

    assert not (out / "inputs").exists()
    assert not (out / "certificate.json").exists()
    assert document["inputs"] == {}
    assert document["audience"]["for"] == "public"
    assert len(document["audience"]["kept_back"]) == 3


@pytest.mark.parametrize("audience", [REDACTED, BANDED, PUBLIC, OF_A])
def test_a_view_is_verified_against_the_full_report(full: Path, tmp_path: Path, audience: Audience) -> None:
    out = write_report(read_result(full), tmp_path / "out", audience=audience)
    assert verify_view(out, full).ok

    path = out / "access.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("yes", "no", 1), encoding="utf-8")
    (out / "extra.csv").write_text("a\n")
    messages = " ".join(violation.message for violation in verify_view(out, full).violations)
    assert "access.csv, " in messages
    assert "extra.csv is not for this audience" in messages


def test_export_makes_a_view_of_a_full_report_and_a_geopackage_of_it(full: Path, tmp_path: Path) -> None:
    pytest.importorskip("geopandas")
    export(full, tmp_path / "public", public=True)
    export(full, tmp_path / "redacted.gpkg", redact=True)

    assert verify_view(tmp_path / "public", full).ok
    assert b"Rosewood" not in (tmp_path / "redacted.gpkg").read_bytes()


def test_a_view_cannot_be_exported_again_or_verified_alone(full: Path, tmp_path: Path) -> None:
    export(full, tmp_path / "public", public=True)
    for ask in (lambda: export(tmp_path / "public", tmp_path / "more", redact=True), lambda: verify_view(full, full)):
        with pytest.raises(DataError, match="audience"):
            ask()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"partner": "x"}, 'no partner "x"; use one of a, b, c'),
        ({"partner": "a", "public": True}, "one partner or for everybody"),
        ({"band": True, "public": True}, "bands go with"),
        ({}, "the same report once more"),
    ],
)
def test_what_cannot_be_asked_is_told(full: Path, tmp_path: Path, asked: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        export(full, tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()


def test_a_plan_on_the_way_is_not_saved_for_an_audience(result: Result, tmp_path: Path) -> None:
    from assetopt.report.running import RunningReport

    report = RunningReport(tmp_path / "out", audience=PUBLIC)
    report.save(result)
    assert not (tmp_path / "out").exists()
    report.finish(result)
    assert not (tmp_path / "out" / "inputs").exists()


def test_everything_is_an_audience_too(result: Result) -> None:
    assert audience_for(result.problem).everything
