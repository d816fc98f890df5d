"""Verifying a report folder: an honest one passes, and every edit of what it states is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_estate import solved

import assetopt as ao
from assetopt.errors import DataError
from assetopt.report import verify_folder
from assetopt.result import Result

Edit = Callable[[dict], object]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


@pytest.fixture
def out(result: Result, tmp_path: Path) -> Path:
    return result.write(tmp_path / "out")


def edit(out: Path, change: Edit) -> str:
    """Change ``plan.json`` and return what the verifier says."""
    path = out / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    change(plan)
    path.write_text(json.dumps(plan), encoding="utf-8")
    return told(out)


def told(out: Path) -> str:
    verdict = verify_folder(out)
    assert verdict.ok == (not verdict.violations)
    return "\n".join(f"{v.rule}: {v.message}" for v in verdict.violations)


def replace(out: Path, name: str, old: str, new: str) -> str:
    path = out / name
    text = path.read_bytes().decode("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode("utf-8"))
    return told(out)


def test_an_honest_report_is_verified(out: Path, result: Result) -> None:
    verdict = verify_folder(out)

    assert verdict.ok
    assert verdict.sentence.startswith("verified: ")
    assert verdict.objective_recomputed == pytest.approx(result.certificate.objective, abs=0.01)


def test_the_public_verify_takes_a_folder_or_a_result(out: Path, result: Result) -> None:
    assert ao.verify(out).ok
    assert ao.verify(str(out)).ok
    assert ao.verify(result).ok


@pytest.mark.parametrize("site", [0, 1, 2])
def test_any_sites_action_edited_in_plan_json_is_found(out: Path, site: int) -> None:
    def other(plan: dict) -> None:
        row = plan["sites"][site]
        row["action"] = "keep" if row["action"] != "keep" else "dispose"

    assert edit(out, other)


@pytest.mark.parametrize("site", ["depot", "hall", "shop"])
def test_a_site_left_in_plan_json_with_a_year_is_found(out: Path, site: str) -> None:
    def leave(plan: dict) -> None:
        row = next(row for row in plan["sites"] if row["site_id"] == site)
        row["action"], row["year"] = (
            ("keep", None) if row["year"] else ("exit_lease" if site == "shop" else "dispose", 2027)
        )

    assert edit(out, leave)


@pytest.mark.parametrize("site", ["depot", "hall", "shop"])
def test_any_sites_action_edited_in_sites_csv_is_found_and_named(out: Path, site: str) -> None:
    path = out / "sites.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{site},"))
    cells = lines[at].split(",")
    before, cells[2] = cells[2], "mothball"
    lines[at] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")

    assert told(out) == f'stated: sites.csv, {site}, action: the file says "mothball", the plan says "{before}"'


def test_a_later_year_is_found_by_its_cost(out: Path) -> None:
    assert "totals, npv_cost: the file says" in edit(out, lambda plan: plan["sites"][0].update(year=2028))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p["totals"].update(npv_saving=p["totals"]["npv_saving"] + 0.02), "totals, npv_saving"),
        (lambda p: p["totals"].update(sites_disposed=2), "totals, sites_disposed: the file says 2, the plan says 1"),
        (lambda p: p["totals"].pop("receipts"), "totals, receipts: is missing"),
        (lambda p: p["certificate"].update(objective=1.0), "certificate, objective: the file says 1.0"),
        (lambda p: p["certificate"].update(objective_today=None), "certificate, objective_today"),
        (lambda p: p["certificate"].update(gap=0.5), "certificate, gap: the file says 0.5"),
        (lambda p: p["certificate"].update(bound=p["certificate"]["bound"] - 1e5), 'status: the file says "optimal"'),
        (lambda p: p["certificate"].update(bound=p["certificate"]["bound"] + 1), "more than the plan costs"),
        (lambda p: p["certificate"].update(status="feasible"), "certificate, status"),
        (lambda p: p["certificate"].update(sentence="All is well."), "certificate, sentence"),
        (lambda p: p["certificate"].pop("engine"), "certificate, engine: is missing"),
        (lambda p: p["verdict"].update(ok=False), "verdict, ok: the file says false"),
        (lambda p: p["sites"][0].update(reason="because"), 'sites, depot, reason: the file says "because"'),
        (lambda p: p["sites"][1].update(receipt=7.0), "sites, hall, receipt: the file says 7.0"),
        (lambda p: p["sites"][0].update(partner_id="kcc"), "belongs to nhs"),
        (lambda p: p["teams"][0].update(name="X"), "teams, clerks hall, name"),
        (lambda p: p["teams"][0].update(share="1"), "teams, clerks hall, share"),
        (lambda p: p["access"][0].update(share=p["access"][0]["share"] - 0.001), "access, desk-car share everyone, share"),
        (lambda p: p["access"][0].update(holds=1), "access, desk-car share everyone, holds"),
        (lambda p: p["cash"].pop(), "cash, "),
        (lambda p: p["bridge"][0].update(amount=p["bridge"][0]["amount"] - 0.02), "bridge, _all 1, amount"),
        (lambda p: p.pop("bridge"), "plan.json: bridge is missing"),
        (lambda p: p["budget"][2].update(nominal=0), "budget, _all 2027 revenue, nominal"),
        (lambda p: p["heads_of_terms"][0].update(basis="fte"), "heads_of_terms, hall nhs, basis"),
        (lambda p: p["heads_of_terms"].clear(), "heads_of_terms, hall nhs: the row is missing"),
        (lambda p: p["assumptions"][0].update(value=0.5), "assumptions, "),
        (lambda p: p["scenario"]["appraisal"].update(deflator=0.021), "scenario, appraisal, deflator"),
        (lambda p: p["sites"].append(p["sites"][0]), "stands twice in the plan"),
        (lambda p: p["sites"].pop(), "site shop is missing from the plan"),
        (lambda p: p["inputs"].update({"data/sites.csv": "0" * 64}), "data/sites.csv is not the file that was solved"),
    ],
)  # fmt: skip
def test_an_edit_of_plan_json_is_found_and_named(out: Path, change: Edit, message: str) -> None:
    assert message in edit(out, change)


def test_a_breach_of_a_rule_is_named_as_that_rule(out: Path) -> None:
    # The nurses need 30 of the shop's 10.
    def crowd(plan: dict) -> None:
        next(row for row in plan["teams"] if row["team_id"] == "nurses")["site_id"] = "shop"

    assert "capacity: " in edit(out, crowd)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("teams.csv", "nurses,move,hall", "nurses,move,shop", "teams.csv, nurses hall, site_id"),
        ("access.csv", "yes", "no", "holds: the file says"),
        ("cash.csv", ",running,", ",walking,", "head: the file says"),
        ("cash.csv", "-4350.00", "-4350.02", "cash.csv, _exchequer 2027 vat revenue, cash_real: the file says"),
        (
            "transfers.csv",
            "46250.00",
            "46249.98",
            "transfers.csv, 2027 nhs kcc transfer recharges, amount: the file says",
        ),
        ("transfers.csv", "nhs,kcc,transfer", "kcc,nhs,transfer", "payer: the file says"),
        ("bridge.csv", "609315.72", "609315.70", "bridge.csv, _all 3, amount: the file says"),
        ("bridge.csv", "Discounting undone", "Inflation", "bridge.csv, _all 4, what: the file says"),
        ("budget.csv", "-13050.00", "-13050.02", "budget.csv, _all 2027 revenue, change_real: the file says"),
        ("heads_of_terms.csv", "46250.00", "4625.00", "heads_of_terms.csv, hall nhs, annual_charge: the file says"),
        ("heads_of_terms.csv", "nurses", "clerks", "heads_of_terms.csv, hall nhs, teams: the file says"),
        ("payments.csv", "amount\n", "amount\n2027,f,kcc,capital,works,1\n", "payments.csv"),
        ("interventions.csv", "not_built", "build", "interventions.csv, hall-extend, action"),
        ("rooms.csv", ",30,", ",31,", "rooms.csv, depot office, used_today: the file says"),
        ("sites.csv", ",500,", ",501,", "sites.csv, depot, gia_m2: the file says"),
        ("assumptions.csv", ",0.3125,", ",0.3,", "partners vat_recovery_opex vat_recovery_nhs_opex, value_tried: the"),
        ("assumptions.csv", "\n", "\nx,y,1,z,0,,,C,\n", "assumptions.csv"),
        ("sites.csv", "site_id,partner_id", "partner_id,site_id", "sites.csv: the columns are not"),
    ],
)
def test_an_edit_of_a_table_is_found_and_named(out: Path, name: str, old: str, new: str, message: str) -> None:
    assert message in replace(out, name, old, new)


def test_a_table_that_is_gone_is_named(out: Path) -> None:
    (out / "cash.csv").unlink()

    assert told(out) == "stated: cash.csv is missing"


def test_a_row_that_is_gone_is_found(out: Path) -> None:
    path = out / "sites.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")

    assert told(out) == "stated: sites.csv, shop: the row is missing"


def test_a_table_saved_by_a_spreadsheet_still_verifies(out: Path) -> None:
    # Another line end, a byte order mark and 500000 for 500000.00 say the same.
    path = out / "sites.csv"
    text = path.read_text(encoding="utf-8").replace("0.00,", "0,")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))

    assert told(out) == ""


def test_an_edited_input_is_found(out: Path) -> None:
    assert "inputs/data/sites.csv is not the file that was solved" in replace(
        out, "inputs/data/sites.csv", "60000", "60001"
    )


def test_an_edited_scenario_is_found(out: Path) -> None:
    assert "inputs/scenario.toml is not the file" in replace(
        out, "inputs/scenario.toml", "appraisal_years = 10", "appraisal_years = 11"
    )


def test_an_input_that_is_gone_or_new_is_found(out: Path) -> None:
    (out / "inputs" / "data" / "standards.csv").unlink()
    (out / "inputs" / "data" / "funds.csv").write_text("fund_id,year,partner_id,amount\n")

    found = told(out)

    assert "inputs/data/standards.csv is missing" in found
    assert "inputs/data/funds.csv was not there" in found


def test_inputs_that_cannot_be_read_are_breaches(out: Path) -> None:
    (out / "inputs" / "data" / "sites.csv").unlink()

    assert "sites is required and missing" in told(out)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sites": NaN}'])
def test_a_plan_that_cannot_be_read_is_a_fault(out: Path, text: str) -> None:
    (out / "plan.json").write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match=r"plan\.json"):
        verify_folder(out)


def test_rows_of_another_form_are_a_fault(out: Path) -> None:
    with pytest.raises(DataError, match="is not a plan"):
        edit(out, lambda plan: plan.update(sites={"depot": "keep"}))


def test_another_schema_version_is_a_fault(out: Path) -> None:
    with pytest.raises(DataError, match="schema version"):
        edit(out, lambda plan: plan.update(schema_version="2.0"))


def test_a_folder_that_is_no_report_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no plan\.json"):
        verify_folder(tmp_path)
    with pytest.raises(DataError, match="no such report folder"):
        verify_folder(tmp_path / "nowhere")


def test_many_differences_are_counted_not_all_shown() -> None:
    import pandas as pd

    from assetopt.report.comparing import MOST_SHOWN, compare_rows
    from assetopt.report.tables import table_of

    count = MOST_SHOWN + 7
    frame = pd.DataFrame(
        {"site_id": [f"s{n:03}" for n in range(count)], "partner_id": "p", "action": "keep", "year": float("nan")}
    )
    table = table_of("sites", frame)
    wrong = [row | {"action": "open"} for row in table.records()]

    found = list(compare_rows("sites", wrong, table))

    assert found[-1].message == "plan.json, sites: 7 further differences"
